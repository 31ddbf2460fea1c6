"""Experiments in parts: computed anywhere, in any order; what is done is kept, and skipped the next time."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from sim.experiments.executors import THREADS, Executor, WorkerDied
from sim.experiments.progress import ProgressOf
from sim.inputs.errors import InputError
from sim.results.about import About
from sim.results.parts import KEPT, PartsFolder
from sim.results.result import Result
from sim.results.saving import SILENT, Reply, complete, finish_parts
from sim.system.libraries import pa
from sim.system.manifests import MANIFEST

PARTS = "parts"
"""Folder of the parts, which is removed when the tables are there."""


class Experiment(Protocol):
    """Something that is computed in parts, each a pure function of what determines the results.

    Attributes
    ----------
    called
        What messages call it: ``sweep``.
    tables
        What the tables made of the parts are called.
    parts
        How many there are.
    total_runs
        How many runs they take together.
    shared
        What every part is computed from.
    compute
        Makes a part of what is shared and of the part's task; a function of a module, so that it can be
        sent to other machines.
    """

    @property
    def called(self) -> str: ...  # noqa: D102

    @property
    def tables(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def parts(self) -> int: ...  # noqa: D102

    @property
    def total_runs(self) -> int: ...  # noqa: D102

    @property
    def shared(self) -> Any: ...  # noqa: D102

    @property
    def compute(self) -> "Callable[[Any, Any], pa.Table]": ...  # noqa: D102

    def runs_in(self, part: int) -> int:
        """Return how many runs a part takes."""
        ...

    def task(self, part: int) -> Any:
        """Return what a part is computed from besides."""
        ...

    def assemble(self, parts: "Iterator[pa.Table]") -> "Iterator[tuple[str, pa.Table]]":
        """Yield rows of the tables, by the tables' names, from the parts in their order."""
        ...

    def folder(self, out: Path) -> Path:
        """Return where the results go below the folder of all results: the same command, the same place."""
        ...

    @property
    def about(self) -> About:
        """What is computed, see `PartsFolder`."""
        ...


def compute_parts(
    experiment: Experiment, numbers: Iterable[int], executor: Executor
) -> "Generator[tuple[int, pa.Table], None, None]":
    """Yield the number of each part and the part, in the order in which they are done."""
    tasks = ((number, experiment.task(number)) for number in numbers)
    with closing(executor.map(experiment.compute, experiment.shared, tasks)) as done:
        yield from done


def results_of(experiment: Experiment, folder: Path) -> PartsFolder:
    """Return the folder of an experiment's results, to be entered as a context."""
    return PartsFolder(folder, experiment.called, experiment.about)


def complete_results(
    experiment: Experiment, folder: Path, result: Result, reply: Reply = SILENT, *, csv: bool = False
) -> None:
    """Write tables and figures of what an experiment's parts say into their folder, and answer meanwhile.

    Raises
    ------
    Failure
        If the folder cannot be written to; the parts are kept.
    """
    with results_of(experiment, folder) as parts:
        complete(result, parts, csv=csv)
        finish_parts(result, folder, reply)


def run_parts(
    experiment: Experiment,
    out: Path,
    *,
    executor: Executor = THREADS,
    resume: bool = False,
    progress: ProgressOf = lambda _done, _total: None,
) -> Path:
    """Compute the parts of an experiment that are not there yet, and put its tables together.

    Parameters
    ----------
    experiment
        What is computed.
    out
        Folder of all results.
    executor
        Where it is computed; the results do not depend on it.
    resume
        Whether there must be something to go on with; else it starts where there is nothing.
    progress
        Told the runs done at the start and after each part.

    Returns
    -------
    Path
        The folder of the tables.

    Raises
    ------
    InputError, Failure
        Where the folder holds what would be mixed, is in use or cannot be written to, or the executor cannot
        compute; then nothing is written.
    """
    folder, total = experiment.folder(out), experiment.total_runs
    if resume and not (folder / MANIFEST).exists():
        raise InputError(_nothing_to_resume(experiment.called, folder), file=folder, key="--resume")
    executor.check()
    with results_of(experiment, folder) as store:
        is_complete = all(map(store.has, experiment.tables))
        missing = [
            number for number in range(experiment.parts) if not (is_complete or store.has(_name(number)))
        ]
        done = total - sum(map(experiment.runs_in, missing))
        progress(done, total)
        with _going_on(), closing(compute_parts(experiment, missing, executor)) as results:
            for number, part in results:
                store.write(_name(number), part)
                done += experiment.runs_in(number)
                progress(done, total)
        if not is_complete:
            parts = (store.read(_name(number)) for number in range(experiment.parts))
            store.write_pieces(experiment.assemble(parts), experiment.tables)
        store.remove(PARTS)
    return folder


@contextmanager
def _going_on() -> Iterator[None]:
    """Say, where a worker has died, that nothing is lost."""
    try:
        yield
    except WorkerDied as died:
        raise WorkerDied(died.place, died.problem, f"{died.way_on}; {KEPT}") from None


def _name(part: int) -> str:
    return f"{PARTS}/{part:06d}"


def _nothing_to_resume(called: str, folder: Path) -> str:
    others = [file.parent.name for file in sorted(folder.parent.glob(f"*/{MANIFEST}"))]
    also = f"; there are {', '.join(others)}, of other options" if others else ""
    return f"there is nothing to resume{also}; without --resume the {called} starts"
