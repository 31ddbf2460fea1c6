"""How far a command is, shown on a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TimeRemainingColumn


@contextmanager
def progress_bar(*columns: str | ProgressColumn, quiet: bool) -> Iterator[Progress]:
    """Show how much is done, on a terminal, and columns of Rich behind it."""
    console = Console(stderr=True)
    shown = ("{task.description}", BarColumn(), MofNCompleteColumn(), *columns)
    with Progress(*shown, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        yield bar


@contextmanager
def run_bar(runs: int, label: str, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Show how many runs are done, and the time left, until all are; to be called with how many more are."""
    with progress_bar(TimeRemainingColumn(), quiet=quiet) as bar:
        task = bar.add_task(label, total=runs)

        def advance(done: int) -> None:
            bar.advance(task, done)
            if bar.finished:
                bar.stop()

        yield advance


@contextmanager
def said_to_work(what: str, *, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Show, on a terminal, that something is being done that takes a while, or how far it is."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda _: None
        return
    with console.status(what) as status:
        yield status.update
