"""`coalition sensitivity`."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.answers import printed
from sim.cli.options import Full, ParametersFile, Quiet, Seed, Set, ThreadsOption
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
from sim.experiments.choices import Method
from sim.experiments.resumable import complete_results, run_parts
from sim.experiments.sensitivity.plan import SensitivityOptions
from sim.experiments.sensitivity.sensitivity import analyse, plan_sensitivity
from sim.system.preflight import settle


def sensitivity(
    scenario: Annotated[str, typer.Argument(help="Scenario file, or name of a bundled scenario.")],
    outcome: Annotated[
        list[str] | None,
        typer.Option(
            help="size (usual), contributors, force, p_force_met, or a nation's code: P(committed). "
            "Repeatable."
        ),
    ] = None,
    method: Annotated[
        Method,
        typer.Option(help="sobol shares out the variance; morris screens with an eighth of the points."),
    ] = "both",
    samples: Annotated[
        int,
        typer.Option(
            help="A power of 2, better not below 256. Sobol takes (factors + 2) times as many points, Morris "
            "an eighth as many trajectories, discovery 4 times as many points."
        ),
    ] = 512,
    runs: Annotated[int, typer.Option(help="Runs at each point, the same draws at all.", min=1)] = 32,
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
    threads: ThreadsOption = 0,
    workers: Workers = 0,
    scheduler: SchedulerOption = "",
    unencrypted: Unencrypted = False,
    resume: Resume = False,
    quiet: Quiet = False,
    full: Full = False,
) -> None:
    """Find out which levers and unknowns matter most; a factor that --set gives is held fixed.

    Goes on where it was stopped.
    """
    options = SensitivityOptions(
        runs,
        seed,
        outcomes=tuple(outcome or ["size"]),
        method=method,
        samples=samples,
        second_order=second_order,
        discover=discover,
    )
    executor = chosen_executor(threads, workers, scheduler, unencrypted=unencrypted)
    plan = plan_sensitivity(scenario, factors, options, overrides=set_ or [], parameters=parameters)
    settle(plan.folder(out), plan.need(executor.at_once))
    with going_on_in(plan.folder(out)):
        with rate_bar(plan.base.scenario.name, quiet=quiet) as progress:
            folder = run_parts(plan, out, executor=executor, resume=resume, progress=progress)
        with said_to_work("estimating what matters", quiet=quiet):
            result = analyse(plan, folder, threads=threads)
        complete_results(plan, folder, result, printed(quiet=quiet, full=full))
    print(f"results: {folder}")
