"""The `coalition` command."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from sim.inputs.errors import InputError

UsageError: Any = typer.BadParameter.__base__
INTERRUPTED = 130

app = typer.Typer(
    help="Simulate who joins a military coalition, when and under which conditions.",
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Engine(StrEnum):
    """What computes the runs; both give the same bits."""

    ENSEMBLE = "ensemble"
    MESA = "mesa"


class Method(StrEnum):
    """How sensitivity is measured."""

    SOBOL = "sobol"
    MORRIS = "morris"
    BOTH = "both"


def main() -> None:
    """Run the command; mistakes of the user's end with one line and exit code 2."""
    for stream in (sys.stdout, sys.stderr):  # a name that a terminal cannot show must not end a run
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        code = app(sys.argv[1:] or ["--help"], standalone_mode=False)
    except UsageError as error:
        _fail(_usage(error), 2)
    except InputError as error:
        _fail(str(error), 2)
    except OSError as error:
        _fail(" ".join(f"{error.filename or 'output'}: {error.strerror or error}".split()), 1)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    if code == INTERRUPTED:
        _fail("stopped; what was not finished is thrown away", INTERRUPTED)
    sys.exit(code)


def _usage(error: Any) -> str:
    """Return what is wrong with a command line as one line, after the option that it is about."""
    context, option = error.ctx, getattr(error, "param", None)
    if isinstance(error, typer.BadParameter) and option is not None and error.message:
        problem = f"{max(option.opts, key=len)}: {error.message.removeprefix('Value error, ')}"
    else:
        problem = error.format_message()
    command = context.command_path if context else "coalition"
    return f"{' '.join(problem.split())} (see {command} --help)"


def _fail(message: str, code: int) -> NoReturn:
    print(f"coalition: {message}", file=sys.stderr)
    sys.exit(code)


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
        "nations.NLD.position=open, parameters.b_threat=2.",
    ),
]
Out = Annotated[Path, typer.Option(help="Where the results go: OUT/SCENARIO/RUN.")]
ParametersFile = Annotated[Path | None, typer.Option(help="Behavioural parameters (TOML or Parquet).")]
Threads = Annotated[int, typer.Option(help="Threads; 0 for one a core. Results do not depend on it.", min=0)]


@app.command()
def run(
    scenarios: Scenarios,
    runs: Runs = 1000,
    rounds: Rounds = None,
    seed: Seed = 1,
    set_: Set = None,
    parameters: ParametersFile = None,
    out: Out = Path("results"),
    threads: Threads = 0,
    trajectories: Annotated[
        bool, typer.Option("--trajectories", help="Also write every nation's stance in every round and run.")
    ] = False,
    terms: Annotated[
        bool, typer.Option("--terms", help="With --trajectories: also what each propensity is made of.")
    ] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Also write the tables as CSV.")] = False,
    engine: Annotated[
        Engine, typer.Option(help="ensemble is fast, mesa readable; the same bits.")
    ] = Engine.ENSEMBLE,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only where the results are.")] = False,
) -> None:
    """Run scenarios and say who joins, when, and what holds back the others."""
    from sim.experiments.run import RunOptions
    from sim.inputs.case import load_case
    from sim.outputs.store import run_into_folder

    overrides = [*(set_ or []), *([f"rounds={rounds}"] if rounds is not None else [])]
    options = RunOptions(
        runs=runs,
        seed=seed,
        trajectories=trajectories,
        terms=terms,
        engine=engine.value,
        threads=threads,
    )
    cases = [load_case(scenario, overrides, parameters) for scenario in scenarios]
    if engine == Engine.ENSEMBLE:
        _announce_compilation()
    for case in cases:
        with _progress_bar(runs, case.scenario.name, quiet=quiet) as progress:
            result, folder = run_into_folder(case, options, out, csv=csv, progress=progress)
        if not quiet:
            from sim.outputs.tables import print_table, run_report

            print_table(run_report(result))
        print(f"results: {folder}")


@app.command()
def compare(
    scenarios: Annotated[
        list[str], typer.Argument(help="Two scenarios or more; the first is the reference.")
    ],
    runs: Runs = 1000,
    rounds: Rounds = None,
    seed: Seed = 1,
    set_: Set = None,
    parameters: ParametersFile = None,
    out: Annotated[Path, typer.Option(help="Where the results go: OUT/compare/SCENARIOS/ID.")] = Path(
        "results"
    ),
    threads: Threads = 0,
    csv: Annotated[bool, typer.Option("--csv", help="Also write the tables as CSV.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only where the results are.")] = False,
) -> None:
    """Run the same draws under several scenarios and say how each differs from the first."""
    from sim.experiments.run import RunOptions
    from sim.inputs.case import load_case
    from sim.outputs.comparison_store import compare_into_folder

    overrides = [*(set_ or []), *([f"rounds={rounds}"] if rounds is not None else [])]
    options = RunOptions(runs=runs, seed=seed, threads=threads)
    cases = [load_case(scenario, overrides, parameters) for scenario in scenarios]
    _announce_compilation()
    with _progress_bar(runs * len(cases), "comparing", quiet=quiet) as progress:
        comparison, folder = compare_into_folder(cases, options, out, csv=csv, progress=progress)
    if not quiet:
        from sim.outputs.comparison_tables import comparison_report
        from sim.outputs.tables import print_table

        print_table(comparison_report(comparison))
    print(f"results: {folder}")


@app.command()
def sensitivity(
    scenario: Annotated[str, typer.Argument(help="Scenario file, or name of a bundled scenario.")],
    outcome: Annotated[
        list[str] | None,
        typer.Option(help="size (usual), force, p_force_met, or a nation's code: P(committed). Repeatable."),
    ] = None,
    method: Annotated[
        Method, typer.Option(help="sobol shares out the variance; morris screens with a fifth of the points.")
    ] = Method.BOTH,
    samples: Annotated[
        int,
        typer.Option(
            help="A power of 2. Sobol takes (factors + 2) times as many points, Morris a quarter as many "
            "trajectories, discovery 8 times as many points."
        ),
    ] = 256,
    runs: Annotated[int, typer.Option(help="Runs at each point, the same draws at all.", min=1)] = 64,
    seed: Seed = 1,
    factors: Annotated[
        str,
        typer.Option(
            help="Sweep file whose levers and uncertainties vary; its base and design do not count."
        ),
    ] = "all-parameters",
    set_: Set = None,
    parameters: ParametersFile = None,
    second_order: Annotated[
        bool, typer.Option("--second-order", help="Also pairs of factors; nearly twice the points.")
    ] = False,
    discover: Annotated[
        bool,
        typer.Option("--discover", help="Also find conditions under which the outcome is likely (PRIM)."),
    ] = False,
    out: Annotated[Path, typer.Option(help="Where the results go: OUT/sensitivity/SCENARIO/ID.")] = Path(
        "results"
    ),
    threads: Threads = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only where the results are.")] = False,
) -> None:
    """Find out which levers and unknowns matter most; a factor that --set gives is held fixed."""
    from sim.experiments.sensitivity_plan import SensitivityOptions, factors_of
    from sim.inputs.case import load_case
    from sim.inputs.sweep_file import load_sweep
    from sim.outputs.sensitivity_store import sensitivity_into_folder

    options = SensitivityOptions(
        tuple(outcome or ["size"]), method.value, samples, runs, seed, second_order, discover
    )
    case = load_case(scenario, set_ or [], parameters)
    varied = factors_of(load_sweep(factors), set_ or [])
    _announce_compilation()
    total = sum(options.points(len(varied.all)).values()) * runs
    with _progress_bar(total, case.scenario.name, quiet=quiet) as progress:
        result, folder = sensitivity_into_folder(
            case, varied, options, out, threads=threads, progress=progress
        )
    if not quiet:
        from sim.outputs.sensitivity_tables import sensitivity_report
        from sim.outputs.tables import print_table

        print_table(sensitivity_report(result))
    print(f"results: {folder}")


@app.command("scenarios")
def list_scenarios() -> None:
    """List the bundled scenarios."""
    from sim.inputs.bundled import bundled_scenarios
    from sim.inputs.scenario import load_scenario
    from sim.outputs.tables import print_table, scenarios_table

    loaded = {name: load_scenario(path) for name, path in bundled_scenarios().items()}
    rows = [(name, found.title, " ".join(found.description.split())) for name, found in loaded.items()]
    print_table(scenarios_table(rows))


@app.command()
def validate(files: Annotated[list[Path], typer.Argument(help="Scenario files or roster folders.")]) -> None:
    """Check scenarios and rosters; every mistake is named with its file, line and key."""
    mistakes = 0
    for file in files:
        try:
            print(f"{file}: {_checked(file)}")
        except InputError as error:
            mistakes += 1
            print(f"coalition: {error}", file=sys.stderr)
    if mistakes:
        raise typer.Exit(2)


def _checked(file: Path) -> str:
    """Read a scenario or a roster and say what it holds."""
    from sim.inputs.case import load_case
    from sim.inputs.roster import load_roster

    if file.is_dir() or file.name == "roster.toml":
        roster = load_roster(file if file.is_dir() else file.parent)
        return f"ok, {roster.title}: {len(roster.iso3)} nations"
    case = load_case(file)
    events = len(case.scenario.schedule())
    rounds, nations = case.scenario.rounds, len(case.roster.iso3)
    return f"ok, {case.scenario.title}: {rounds} rounds, {events} events, {nations} nations"


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from sim.inputs.scenario import Scenario

    print(json.dumps(Scenario.model_json_schema(), indent=2))


@app.command()
def evidence(
    nation: Annotated[str, typer.Argument(help="ISO code or name.")],
    roster: Annotated[str, typer.Option(help="Roster folder, or one of the bundled ones.")] = "europe-2025",
) -> None:
    """Print what the coding of a nation rests on: indicators, statements, conditions, what is missing."""
    from sim.inputs.bundled import find_roster
    from sim.inputs.evidence import evidence as find_evidence
    from sim.outputs.tables import evidence_report, print_table

    print_table(evidence_report(find_evidence(find_roster(roster), nation)))


def _announce_compilation() -> None:
    """Say why the first run takes longer."""
    from sim.model.compilation import is_compiled

    if not is_compiled():
        print("compiling the model for this machine, once; this takes some 20 seconds", file=sys.stderr)


@contextmanager
def _progress_bar(runs: int, label: str, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Show how many runs are done, on a terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task(label, total=runs)
        yield lambda done: bar.advance(task, done)
