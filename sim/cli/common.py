"""What all commands share: options and progress."""

import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from sim.system.folders import adding_to
from sim.version import __version__

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn

    from sim.results.result import Result

app = typer.Typer(
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        print(f"coalition-sim {__version__}")
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
        "nations.CODE.position=open, parameters.followership=0.",
    ),
]
Out = Annotated[Path, typer.Option(help="Where the results go: OUT/SCENARIO/RUN.")]
ParametersFile = Annotated[Path | None, typer.Option(help="Behavioural parameters (TOML or Parquet).")]
Threads = Annotated[int, typer.Option(help="Threads; 0 for one a core. Results do not depend on it.", min=0)]
Csv = Annotated[bool, typer.Option("--csv", help="Also write the tables as CSV.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only where the results are.")]


def tell(result: "Result", folder: Path, *, quiet: bool) -> None:
    """Keep the command in the results folder for reports, print the result, and say where that is."""
    from sim.outputs.document.terminal import print_document

    keep(result, folder)  # whether or not anybody reads what is printed
    if not quiet:
        print_document(result.document)
    print(f"results: {folder}")


def keep(result: "Result", folder: Path) -> None:
    """Keep what an answer says in its results folder, with the command that gave it."""
    from sim.results.drawing import keep_document

    with adding_to(folder):
        keep_document(result, folder, same_results(sys.argv[1:]))


WITH_VALUE = ("--out", "--threads", "--workers", "--scheduler", "--page")
WITHOUT = ("--unencrypted", "--resume", "--quiet", "-q", "--report")
"""Options that change where and how results are made, not what they are."""


def same_results(arguments: Sequence[str]) -> str:
    """Return the command that makes the same results, without options that do not change them."""
    kept, words = [], iter(arguments)
    for word in words:
        if word in WITH_VALUE:
            next(words, None)
        elif word not in WITHOUT and not word.startswith(tuple(f"{name}=" for name in WITH_VALUE)):
            kept.append(word)
    return shlex.join(["coalition", *kept])


@contextmanager
def progress_bar(*columns: "str | ProgressColumn", quiet: bool) -> Iterator["Progress"]:
    """Show how much is done, on a terminal, and columns of Rich behind it."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress

    console = Console(stderr=True)
    shown = ("{task.description}", BarColumn(), MofNCompleteColumn(), *columns)
    with Progress(*shown, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        yield bar


@contextmanager
def run_bar(runs: int, label: str, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Show how many runs are done, and the time left; to be called with how many more are."""
    from rich.progress import TimeRemainingColumn

    with progress_bar(TimeRemainingColumn(), quiet=quiet) as bar:
        task = bar.add_task(label, total=runs)
        yield lambda done: bar.advance(task, done)


@contextmanager
def said_to_work(what: str, *, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Show, on a terminal, that something is being done that takes a while, or how far it is."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda _: None
        return
    with console.status(what) as status:
        yield status.update
