"""`coalition sweep`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from sim.cli.common import ParametersFile, Set, Stopped, Threads, app
from sim.inputs.errors import InputError

if TYPE_CHECKING:
    from rich.progress import TaskID

    from sim.experiments.executors import Executor


@app.command()
def sweep(
    file: Annotated[str, typer.Argument(help="Sweep file, or name of a bundled sweep.")],
    runs: Annotated[
        int | None, typer.Option(help="Runs at each point, instead of the file's.", min=1)
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed, instead of the file's.", min=0)] = None,
    set_: Set = None,
    parameters: ParametersFile = None,
    out: Annotated[Path, typer.Option(help="Where the results go: OUT/sweeps/NAME/ID.")] = Path("results"),
    threads: Threads = 0,
    workers: Annotated[
        int, typer.Option(help="Processes of a local Dask cluster, instead of threads.", min=0)
    ] = 0,
    scheduler: Annotated[str, typer.Option(help="Address of a Dask cluster that runs already.")] = "",
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", help="Go on with a stopped sweep, or fail if there is none; without it, either."
        ),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only where the results are.")] = False,
) -> None:
    """Run a scenario at many points of its levers and unknowns; goes on where it was stopped."""
    from sim.experiments.sweep import plan_sweep, run_sweep, sweep_folder
    from sim.outputs.sweep_figures import save_figures

    executor = _executor(threads, workers, scheduler)
    plan = plan_sweep(file, set_ or [], parameters, runs=runs, seed=seed)
    try:
        with _progress(plan.name, quiet=quiet) as progress:
            result = run_sweep(plan, out, executor=executor, resume=resume, progress=progress)
        save_figures(result, result.folder / "figures")
    except KeyboardInterrupt:
        folder = sweep_folder(plan, out)
        raise Stopped(f"stopped; what is done is kept in {folder}, the same command goes on") from None
    if not quiet:
        from sim.outputs.sweep_tables import sweep_report
        from sim.outputs.tables import print_table

        print_table(sweep_report(result))
    print(f"results: {result.folder}")


def _executor(threads: int, workers: int, scheduler: str) -> "Executor":
    from sim.experiments.executors import LocalCluster, Scheduler, Threads

    if workers and scheduler:
        raise InputError("give --workers or --scheduler, not both", key="--workers")
    if scheduler:
        return Scheduler(scheduler)
    return LocalCluster(workers) if workers else Threads(threads)


@contextmanager
def _progress(label: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Show how many runs are done, how many a second, and the time left, on a terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        tasks: list[TaskID] = []

        def show(done: int, total: int) -> None:
            if not tasks:  # what earlier sessions did does not count as this one's speed
                tasks.append(bar.add_task(label, total=total, completed=done, rate=""))
                return
            speed = bar.tasks[0].speed
            bar.update(tasks[0], completed=done, rate=f"{speed:,.0f} runs/s" if speed else "")

        yield show
