"""What commands share that are computed in parts: where, how far they are, and how they go on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import TaskID, TimeRemainingColumn

from sim.cli.progress import progress_bar
from sim.experiments import executors
from sim.experiments.executors import Executor
from sim.inputs.errors import InputError
from sim.system.signals import Stopped

Workers = Annotated[int, typer.Option(help="Processes of this machine, instead of threads.", min=0)]
SchedulerOption = Annotated[str, typer.Option(help="Address of a Dask cluster that runs already, tls://….")]
Unencrypted = Annotated[
    bool, typer.Option("--unencrypted", help="Go to a scheduler without TLS, on a network that is trusted.")
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume", help="Go on with what was stopped, or fail if there is nothing; without it, either."
    ),
]


def chosen_executor(threads: int, workers: int, scheduler: str, *, unencrypted: bool) -> Executor:
    """Return where parts are computed.

    Raises
    ------
    InputError
        If two places are given, or no scheduler to reach unencrypted.
    """
    if workers and scheduler:
        raise InputError("give --workers or --scheduler, not both", key="--workers")
    if unencrypted and not scheduler:
        raise InputError("says how to reach a --scheduler, and none is given", key="--unencrypted")
    if scheduler:
        return executors.Scheduler(scheduler, unencrypted)
    return executors.Processes(workers) if workers else executors.Threads(threads)


@contextmanager
def going_on_in(folder: Path) -> Iterator[None]:
    """Say, where the user stops what fills a folder, that nothing is lost and how to go on."""
    try:
        yield
    except KeyboardInterrupt:
        raise Stopped(f"stopped; what is done is kept in {folder}, the same command goes on") from None


@contextmanager
def rate_bar(label: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Show how many runs are done, how many a second, and the time left."""
    with progress_bar("{task.fields[rate]}", TimeRemainingColumn(), quiet=quiet) as bar:
        tasks: list[TaskID] = []

        def show(done: int, total: int) -> None:
            if not tasks:  # what earlier sessions did does not count as this one's speed
                tasks.append(bar.add_task(label, total=total, completed=done, rate=""))
                return
            speed = bar.tasks[0].speed
            bar.update(tasks[0], completed=done, rate=f"{speed:,.0f} runs/s" if speed else "")

        yield show
