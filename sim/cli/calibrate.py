"""`coalition calibrate`."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.answers import printed
from sim.cli.options import Full, Quiet, Seed, ThreadsOption
from sim.cli.past_coalitions import fit_coalitions, named_coalitions, refuse_options
from sim.cli.progress import run_bar
from sim.cli.resumable import going_on_in
from sim.experiments.calibration.calibrate import (
    calibration_folder,
    plan_calibration,
    results_of_calibration,
    run_calibration,
)
from sim.results.saving import finish_parts
from sim.system.preflight import settle

File = Annotated[
    str,
    typer.Argument(
        help="Hindcast file, or name of a bundled one; or a folder of past coalitions: coalitions for the "
        "bundled one.",
        metavar="[FILE]",
    ),
]
PriorFile = Annotated[
    Path | None, typer.Option(help="What is believed before (TOML), instead of what is declared.")
]
Draws = Annotated[int, typer.Option(help="How many draws of the prior are weighed.", min=10)]
RunsEach = Annotated[int, typer.Option(help="Runs of each draw and wave.", min=1)]


def calibrate(
    context: typer.Context,
    hindcast: File = "europe-2025",
    hold_out: Annotated[
        list[str] | None,
        typer.Option(help="Do not fit the waves of this date (2025-09-04). Repeatable.", metavar="DATE"),
    ] = None,
    prior: PriorFile = None,
    draws: Draws = 4096,
    runs: RunsEach = 256,
    kept: Annotated[int, typer.Option(help="Draws that the posterior is resampled to.", min=1)] = 1000,
    seed: Seed = 1,
    out: Annotated[Path, typer.Option(help="Where the results go: OUT/calibrate/NAME/ID.")] = Path("results"),
    threads: ThreadsOption = 0,
    quiet: Quiet = False,
    full: Full = False,
) -> None:
    """Fit uncertain parameters to positions recorded later; goes on where it was stopped.

    With a folder of past coalitions (coalition calibrate coalitions), fit who takes part to them instead.
    """
    past = named_coalitions([hindcast])
    if past is not None:
        refuse_options(context, ("hindcast", "seed", "out", "threads", "quiet", "full"))
        fit_coalitions(past, seed=seed, out=out, quiet=quiet, full=full)
        return
    plan = plan_calibration(
        hindcast, hold_out=hold_out or [], prior=prior, draws=draws, runs=runs, kept=kept, seed=seed
    )
    folder = calibration_folder(plan, out)
    settle(folder, plan.need(threads))
    with going_on_in(folder):
        with run_bar(plan.total_runs, plan.name, quiet=quiet) as progress:
            result = run_calibration(plan, out, threads=threads, progress=progress)
        with results_of_calibration(plan, out):
            finish_parts(result, folder, printed(quiet=quiet, full=full))
    print(f"results: {folder}")
