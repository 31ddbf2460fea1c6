"""What all commands share: options and progress."""

import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console, RenderableType

app = typer.Typer(
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        import sim

        print(f"coalition-sim {sim.__version__}")
        raise typer.Exit


@app.callback()
def whole_program(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version and end."),
    ] = False,
) -> None:
    """Simulate who joins a military coalition, when and under which conditions."""


class Stopped(Exception):  # noqa: N818 - not an error
    """The user has stopped a command; the message says how to go on."""


Scenarios = Annotated[list[str], typer.Argument(help="Scenario files, or names of bundled scenarios.")]
Runs = Annotated[int, typer.Option(help="How many runs.", min=1)]
Seed = Annotated[int, typer.Option(help="Seed; run k of a seed is always the same run.", min=0)]
Rounds = Annotated[int | None, typer.Option(help="How many rounds, instead of the scenario's.", min=1)]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change the scenario: washington.involvement=0.75 in round 1, start.… at the start, "
        "nations.CODE.position=open, parameters.b_threat=2.",
    ),
]
Out = Annotated[Path, typer.Option(help="Where the results go: OUT/SCENARIO/RUN.")]
ParametersFile = Annotated[Path | None, typer.Option(help="Behavioural parameters (TOML or Parquet).")]
Threads = Annotated[int, typer.Option(help="Threads; 0 for one a core. Results do not depend on it.", min=0)]


def tell(printed: RenderableType, folder: Path, *, quiet: bool) -> None:
    """Print what was found, keep it in the results folder for reports, and say where that is."""
    from sim.outputs.report.printed import keep_printed
    from sim.outputs.tables import print_table

    if not quiet:
        print_table(printed)
    keep_printed(printed, folder, same_results(sys.argv[1:]))
    print(f"results: {folder}")


WITH_VALUE, WITHOUT = ("--out", "--threads", "--workers", "--scheduler"), ("--resume", "--quiet", "-q")
"""Options that change where and how results are made, not what they are."""


def same_results(arguments: Sequence[str]) -> str:
    """Return the command that makes the same results, without options that do not change them."""
    kept, given = [], iter(arguments)
    for word in given:
        if word in WITH_VALUE:
            next(given, None)
        elif word not in WITHOUT and not word.startswith(tuple(f"{name}=" for name in WITH_VALUE)):
            kept.append(word)
    return shlex.join(["coalition", *kept])


@contextmanager
def progress_bar(runs: int, label: str, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Show how many runs are done, on a terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task(label, total=runs)
        yield lambda done: bar.advance(task, done)
