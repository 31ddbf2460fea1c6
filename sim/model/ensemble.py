"""Thousands of runs in lockstep: chunks of runs spread over threads.

A chunk is a pure function of the setup, the seed and its range of runs, and what it adds to the tally are
integers, so threads, chunk size and lane width change nothing but the time taken.
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from sim.inputs.errors import InputError
from sim.model.points import DesignPoints, single_point
from sim.model.setup import Setup
from sim.model.tally import (
    Records,
    Tally,
    add_tally,
    bytes_of,
    empty_records,
    empty_tally,
    last_rows,
    sharing,
)
from sim.system.libraries import Late
from sim.system.threads import computing

compiled = Late("sim.model.compiled")
"""Numba takes half a second to load, and not all that names an ensemble runs one."""

CHUNK = 512
"""Runs that a thread takes at a time by default."""

AHEAD = 2
"""Chunks that may be under way or wait for their turn, a thread; memory does not grow with the others."""


SHARED_FROM = 2**24
"""Bytes of a tally from which on threads count in bins that they share, row by row in turns: of thousands of
rounds one for each thread would take more memory than all else."""


@dataclass(frozen=True)
class Execution:
    """How runs are computed; it changes the time taken and the memory used, not the results.

    Attributes
    ----------
    threads
        How many threads; 0 for one a core.
    chunk
        Runs that a thread takes at a time.
    width
        Lanes in lockstep; 32 keeps a block in the processor's cache.
    """

    threads: int = 0
    chunk: int = CHUNK
    width: int = 32

    @property
    def workers(self) -> int:
        """The number of threads."""
        return self.threads or os.cpu_count() or 1


@dataclass(frozen=True)
class Keep:
    """What to keep.

    Attributes
    ----------
    rows
        Whether how each run ended is kept, beyond what is counted.
    trajectories
        Whether to record stance and propensity of every nation in every round of every run.
    terms
        Whether the trajectories also hold what each propensity is made of, in log-odds: the predisposition
        and each term; they add up to the propensity bit for bit, the terms first, in their order.
    counted
        Of how many of the last rounds counts are kept; of all if None. Runs of which only the end is
        counted take a fifth to a third less time.
    recorded
        Of how many of the last rounds trajectories and terms are kept; of all if None.
    """

    rows: bool = True
    trajectories: bool = False
    terms: bool = False
    counted: int | None = None
    recorded: int | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be kept."""
        if self.terms and not self.trajectories:
            raise InputError("terms are columns of the trajectories; ask for trajectories too", key="terms")

    @property
    def of_each_run(self) -> bool:
        """Whether anything is kept of each run."""
        return self.rows or self.trajectories

    def empty_tally(self, setup: Setup) -> Tally:
        """Return a tally of no runs of a setup."""
        events = setup.contingents.size
        return empty_tally(setup.rounds.size - 1, setup.nations.size, self.counted, events=events)

    def empty_records(self, runs: int, rounds: int, nations: int, events: int = 0) -> Records:
        """Return room for the records of runs; events are those that happen in some runs only."""
        rows = last_rows(rounds, self.recorded)
        asked = {"trajectories": self.trajectories, "terms": self.terms}
        return empty_records(runs, rows, nations, events=events, **asked)


COUNTS = Keep()
"""Counts every round, and records no run."""

AT_END = Keep(counted=1)
"""Counts the end, and records no run."""

RECORDED = Keep(trajectories=True, counted=0)
"""Records every round of every run, and counts nothing."""

ENDS = Keep(trajectories=True, counted=0, recorded=1)
"""Keeps how each run ends, and counts nothing."""

Sink = Callable[[int, Records], None]
"""Takes the number of the first run of a chunk and its records; chunks come in the order of the runs."""


def simulate(
    setup: Setup,
    seed: int,
    runs: range,
    *,
    sink: Sink,
    keep: Keep = Keep(),
    execution: Execution = Execution(),
) -> Tally:
    """Simulate a range of runs and count what happens.

    Parameters
    ----------
    setup
        What the runs share.
    seed
        Not negative; run k of a seed is the same run whenever and wherever it is computed.
    runs
        Which runs; consecutive.
    sink
        Takes the records of each chunk. Only the tally is kept here, so memory does not grow with the
        number of runs unless the sink's does.
    keep
        What the records hold.
    execution
        Threads, chunk size and lane width.

    Returns
    -------
    Tally
        Counts over all runs.
    """
    of_setup = setup.rounds.size - 1, setup.nations.size, setup.contingents.size
    total, tallies = keep.empty_tally(setup), dict[int, Tally]()
    turns = np.zeros(len(total.stances), np.int32) if bytes_of(total) > SHARED_FROM else None
    first_seed, point = np.uint64(seed), single_point(setup)

    def compute(chunk: range) -> tuple[int, Records]:
        thread = threading.get_ident()
        if thread not in tallies:
            own = keep.empty_tally(setup)
            tallies[thread] = own if turns is None else sharing(own, total)
        records = keep.empty_records(len(chunk), *of_setup)
        tally = tallies[thread]
        compiled.simulate_chunk(setup, point, first_seed, chunk.start, execution.width, tally, records, turns)
        return chunk.start, records

    with closing(_computed(execution.workers, compute, _chunks(runs, execution.chunk))) as computed:
        for first_run, records in computed:
            sink(first_run, records)
    for tally in tallies.values():
        add_tally(total, tally)
    return total


def simulate_points(setup: Setup, points: DesignPoints, seed: int, runs: range) -> Records:
    """Simulate the same runs at several points, computed by the thread that asks.

    Parameters
    ----------
    setup
        What the points share.
    points
        What differs between them.
    seed, runs
        As for `simulate`.

    Returns
    -------
    Records
        How runs end, and stance and propensity in the last round: a row a run, those of the first point
        first.
    """
    number = len(points.force_required) * len(runs)
    of_setup = setup.rounds.size - 1, setup.nations.size, setup.contingents.size
    records = ENDS.empty_records(number, *of_setup)
    tally = ENDS.empty_tally(setup)
    compiled.simulate_chunk(setup, points, np.uint64(seed), runs.start, Execution().width, tally, records)
    return records


def _chunks(runs: range, size: int) -> Iterator[range]:
    for first in range(runs.start, runs.stop, size):
        yield range(first, min(first + size, runs.stop))


def _computed(
    workers: int, compute: Callable[[range], tuple[int, Records]], chunks: Iterator[range]
) -> Generator[tuple[int, Records], None, None]:
    """Yield results in the order of the chunks; a single worker is the thread that asks."""
    if workers == 1:
        yield from map(compute, chunks)
        return
    with computing(workers) as pool:
        yield from _in_order((pool.submit(compute, chunk) for chunk in chunks), AHEAD * workers)


def _in_order(
    submitted: Iterator[Future[tuple[int, Records]]], most_waiting: int
) -> Iterator[tuple[int, Records]]:
    """Yield results in the order of the chunks, which are submitted one by one as others are done."""
    waiting: deque[Future[tuple[int, Records]]] = deque()
    try:
        for future in submitted:
            waiting.append(future)
            if len(waiting) > most_waiting:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
