"""Simulating runs of a case: here, or in parts that others compute, to the same bits."""

import math
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from typing import NamedTuple

from sim.experiments.executors import Executor, Threads
from sim.experiments.needs import parts_of, seconds_of
from sim.experiments.progress import Progress
from sim.experiments.runs import Runs
from sim.inputs.case import Case
from sim.model.ensemble import CHUNK, COUNTS, Execution, Keep, Sink, simulate
from sim.model.setup import build_setup
from sim.model.tally import Records, Tally, add_tally, sum_of
from sim.system.libraries import Late

one_by_one = Late("sim.model.one_by_one")
"""Mesa takes a quarter of a second to load, and the ensemble needs none."""

GROUP = 128 * CHUNK
"""Runs whose rows are sent, or written, together: some MB."""

TOGETHER = {"ensemble": CHUNK, "mesa": Execution().width}
"""Runs that an engine hands to a sink together; parts are cut between them, so that it is given the same."""

Work = tuple[Case, Runs, Keep]
"""What all parts of the runs of a case share."""


def simulate_case(
    case: Case, runs: Runs, sink: Sink, *, keep: Keep = COUNTS, numbers: range | None = None
) -> Tally:
    """Simulate runs of a case, all or those of some numbers, and hand their records to a sink.

    The records come chunk by chunk, in the order of the runs.
    """
    numbers = range(runs.number) if numbers is None else numbers
    if runs.engine == "mesa":
        tally: Tally = one_by_one.simulate_one_by_one(case, runs.seed, numbers, sink=sink, keep=keep)
        return tally
    setup = build_setup(case.scenario, case.roster, case.parameters, case.timeline)
    execution = Execution(threads=runs.threads)
    return simulate(setup, runs.seed, numbers, sink=sink, keep=keep, execution=execution)


def simulate_on(
    executor: Executor, case: Case, runs: Runs, sink: Sink, *, keep: Keep, progress: Progress
) -> Tally:
    """Simulate runs of a case where an executor computes: the counts and the records of `simulate_case`.

    Parameters
    ----------
    executor
        Where. Threads are those of `runs`, each of which counts in a tally of its own; others are sent parts.
    case, runs, keep
        As for `simulate_case`.
    sink
        Takes the records chunk by chunk, in the order of the runs; not called if nothing is kept of each run.
    progress
        Told the number of runs each time some are done.

    Raises
    ------
    InputError, Failure
        If it cannot compute.
    """
    if isinstance(executor, Threads):
        return simulate_case(case, runs, _telling(progress, sink, keep), keep=keep)
    setup = build_setup(case.scenario, case.roster, case.parameters, case.timeline)
    total = keep.empty_tally(setup)
    compute_all = _in_order if keep.of_each_run else _added_up
    with closing(compute_all(executor, (case, runs.on_one_thread, keep), _parts(case, runs, keep))) as done:
        for part in done:
            add_tally(total, part.tally)
            for first_run, records in part.chunks:
                sink(first_run, records)
            progress(part.runs)
    return total


class Part(NamedTuple):
    """What is sent of a part: counts of so many runs, and chunks of what is kept of each run, in order."""

    runs: int
    tally: Tally
    chunks: list[tuple[int, Records]]


def compute_part(work: Work, numbers: range) -> Part:
    """Simulate some runs of a case, a pure function."""
    case, runs, keep = work
    chunks: list[tuple[int, Records]] = []

    def sink(first_run: int, records: Records) -> None:
        if keep.of_each_run:
            chunks.append((first_run, records))

    tally = simulate_case(case, runs, sink, keep=keep, numbers=numbers)
    return Part(len(numbers), tally, chunks)


def put_together(parts: Sequence[Part]) -> Part:
    """Add up the counts of parts of which nothing else is kept."""
    return Part(sum(part.runs for part in parts), sum_of([part.tally for part in parts]), [])


def _added_up(executor: Executor, work: Work, parts: Iterator[range]) -> Generator[Part, None, None]:
    yield from executor.sums(compute_part, work, parts, put_together)


def _in_order(executor: Executor, work: Work, parts: Iterator[range]) -> Generator[Part, None, None]:
    """Yield parts in their order; those that are done before their turn wait for it here."""
    early: dict[int, Part] = {}
    turn = 0
    with closing(executor.map(compute_part, work, enumerate(parts))) as done:
        for number, part in done:
            early[number] = part
            while turn in early:
                yield early.pop(turn)
                turn += 1


def _parts(case: Case, runs: Runs, keep: Keep) -> Iterator[range]:
    """Yield the runs of each part: a chunk where trajectories are kept, a group at most where rows are."""
    together = TOGETHER[runs.engine]
    share = math.ceil(runs.number / parts_of(seconds_of([case], runs.number, runs.engine)))
    most = together if keep.trajectories else GROUP if keep.rows else runs.number
    size = together * max(min(share, most) // together, 1)
    for first in range(0, runs.number, size):
        yield range(first, min(first + size, runs.number))


def _telling(progress: Progress, sink: Sink, keep: Keep) -> Callable[[int, Records], None]:
    """Return a sink that also tells how many runs are done."""

    def sink_and_tell(first_run: int, records: Records) -> None:
        if keep.of_each_run:
            sink(first_run, records)
        progress(len(records.runs))

    return sink_and_tell
