"""`coalition compare`."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.answers import printed
from sim.cli.options import (
    Csv,
    Full,
    NumberOfRuns,
    ParametersFile,
    Quiet,
    RoundsOption,
    Seed,
    Set,
    ThreadsOption,
)
from sim.cli.progress import said_to_work
from sim.cli.resumable import (
    Resume,
    SchedulerOption,
    Unencrypted,
    Workers,
    chosen_executor,
    going_on_in,
    rate_bar,
)
from sim.experiments.comparison.compare import compared, plan_comparison
from sim.experiments.resumable import complete_results, run_parts
from sim.experiments.runs import Runs
from sim.system.preflight import settle


def compare(
    scenarios: Annotated[
        list[str], typer.Argument(help="Two scenarios or more; the first is the reference.")
    ],
    runs: NumberOfRuns = 1000,
    rounds: RoundsOption = None,
    seed: Seed = 1,
    set_: Set = None,
    parameters: ParametersFile = None,
    out: Annotated[Path, typer.Option(help="Where the results go: OUT/compare/SCENARIOS/ID.")] = Path(
        "results"
    ),
    threads: ThreadsOption = 0,
    workers: Workers = 0,
    scheduler: SchedulerOption = "",
    unencrypted: Unencrypted = False,
    resume: Resume = False,
    csv: Csv = False,
    quiet: Quiet = False,
    full: Full = False,
) -> None:
    """Run the same draws under several scenarios and say how each differs from the first.

    Goes on where it was stopped.
    """
    executor = chosen_executor(threads, workers, scheduler, unencrypted=unencrypted)
    overrides = [*(set_ or []), *([f"rounds={rounds}"] if rounds is not None else [])]
    plan = plan_comparison(scenarios, Runs(runs, seed, threads), overrides, parameters)
    settle(plan.folder(out), plan.need(executor.at_once))
    with going_on_in(plan.folder(out)):
        with rate_bar("comparing", quiet=quiet) as progress:
            folder = run_parts(plan, out, executor=executor, resume=resume, progress=progress)
        with said_to_work("comparing", quiet=quiet):
            comparison = compared(plan, folder)
        complete_results(plan, folder, comparison, printed(quiet=quiet, full=full), csv=csv)
    print(f"results: {folder}")
