"""`coalition calibrate`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.common import Quiet, Seed, Threads, app, progress_bar, tell
from sim.cli.past_coalitions import fit_coalitions, named_coalitions, refuse_options
from sim.cli.resumable import going_on_in

Files = Annotated[
    list[str] | None,
    typer.Argument(
        help="Hindcast files, or names of bundled ones, fitted together; or a folder of past coalitions: "
        "coalitions for the bundled one.",
        metavar="[FILE]...",
    ),
]
PriorFile = Annotated[
    Path | None, typer.Option(help="What is believed before (TOML), instead of the bundled file.")
]
Particles = Annotated[int, typer.Option(help="How many draws the posterior has.", min=50)]
Generations = Annotated[
    int, typer.Option(help="How often the worse half of the particles is given up, plus one.", min=1)
]
RunsEach = Annotated[int, typer.Option(help="Runs of each particle.", min=1)]


@app.command()
def calibrate(
    context: typer.Context,
    hindcasts: Files = None,
    wave: Annotated[
        list[str] | None,
        typer.Option(help="Fit only the wave of this date (2025-09-04). Repeatable.", metavar="DATE"),
    ] = None,
    prior: PriorFile = None,
    particles: Particles = 1000,
    generations: Generations = 4,
    runs: RunsEach = 64,
    seed: Seed = 1,
    out: Annotated[Path, typer.Option(help="Where the results go: OUT/calibrate/NAMES/ID.")] = Path(
        "results"
    ),
    threads: Threads = 0,
    quiet: Quiet = False,
) -> None:
    """Fit uncertain parameters to positions recorded later; goes on where it was stopped.

    With a folder of past coalitions (coalition calibrate coalitions), fit who takes part to them instead.
    """
    past = named_coalitions(hindcasts or [])
    if past is not None:
        refuse_options(context, ("hindcasts", "seed", "out", "threads", "quiet"))
        fit_coalitions(past, seed=seed, out=out, quiet=quiet)
        return
    from sim.experiments.calibration.calibrate import (
        calibration_folder,
        plan_calibration,
        results_of_calibration,
        run_calibration,
    )
    from sim.outputs.calibration.figures import save_figures
    from sim.outputs.calibration.tables import calibration_report

    plan = plan_calibration(
        hindcasts or ["europe-2025"],
        waves=wave or [],
        prior=prior,
        runs=runs,
        particles=particles,
        generations=generations,
        seed=seed,
    )
    folder = calibration_folder(plan, out)
    with going_on_in(folder):
        with progress_of_generations(generations, quiet=quiet) as progress:
            result = run_calibration(plan, out, threads=threads, progress=progress)
        with results_of_calibration(plan, out):
            save_figures(result, folder / "figures")
    tell(calibration_report(result), folder, quiet=quiet)


@contextmanager
def progress_of_generations(generations: int, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Show how many generations and runs are done, and the time that it took."""
    from rich.progress import TimeElapsedColumn

    with progress_bar("{task.fields[runs]:,} runs", TimeElapsedColumn(), quiet=quiet) as bar:
        task = bar.add_task("generations", total=generations, runs=0)
        total = 0

        def show(done: int, runs: int) -> None:
            nonlocal total
            total += runs
            bar.update(task, completed=done, runs=total)

        yield show
