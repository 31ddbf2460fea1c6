"""`coalition sweep`."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.answers import printed
from sim.cli.options import Full, ParametersFile, Quiet, Set, ThreadsOption
from sim.cli.resumable import (
    Resume,
    SchedulerOption,
    Unencrypted,
    Workers,
    chosen_executor,
    going_on_in,
    rate_bar,
)
from sim.experiments.resumable import complete_results
from sim.experiments.sweep.sweep import plan_sweep, run_sweep
from sim.system.preflight import settle


def sweep(
    file: Annotated[str, typer.Argument(help="Sweep file, or name of a bundled sweep.")],
    runs: Annotated[
        int | None, typer.Option(help="Runs at each point, instead of the file's.", min=1)
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed, instead of the file's.", min=0)] = None,
    set_: Set = None,
    parameters: ParametersFile = None,
    out: Annotated[Path, typer.Option(help="Where the results go: OUT/sweeps/NAME/ID.")] = Path("results"),
    threads: ThreadsOption = 0,
    workers: Workers = 0,
    scheduler: SchedulerOption = "",
    unencrypted: Unencrypted = False,
    resume: Resume = False,
    quiet: Quiet = False,
    full: Full = False,
) -> None:
    """Run a scenario at many points of its levers and unknowns; goes on where it was stopped."""
    executor = chosen_executor(threads, workers, scheduler, unencrypted=unencrypted)
    plan = plan_sweep(file, set_ or [], parameters, runs=runs, seed=seed)
    settle(plan.folder(out), plan.need(executor.at_once))
    with going_on_in(plan.folder(out)):
        with rate_bar(plan.name, quiet=quiet) as progress:
            result = run_sweep(plan, out, executor=executor, resume=resume, progress=progress)
        complete_results(plan, result.folder, result, printed(quiet=quiet, full=full))
    print(f"results: {result.folder}")
