"""What simulations take of memory, disk and time, about, estimated from their size before any is run."""

import math
from collections.abc import Sequence

from sim.experiments.choices import Engine
from sim.experiments.executors import THREADS, Executor, Threads
from sim.experiments.rests_on import CHUNK as FEW
from sim.experiments.rests_on import MOST_RUNS
from sim.experiments.runs import Runs
from sim.inputs.case import Case
from sim.model.ensemble import AHEAD, CHUNK, COUNTS, SHARED_FROM, Execution, Keep
from sim.model.tally import empty_tally
from sim.system.preflight import Need

LEAST_PARTS = 128
"""Into how many parts even a small experiment is cut, if it can be: all workers are busy to the end."""

SECONDS_PER_PART = 0.004
"""What a part costs whoever hands it out, besides what computing it takes."""

SECONDS_PER_STEP = {"ensemble": 1.5e-8, "mesa": 4e-5}
"""For a nation and round of a run, on a thread; of a usual machine of 2025."""

SUMMARY = 1.7
"""How much memory the tables of a run take while they are made of its tally, in tallies."""

TABLE_ROW, TERMS_ROW = 40, 90
"""Bytes that a row of trajectories takes while it becomes a table and a file, and what terms add to it."""

STORED_ROW, STORED_TERMS, STORED_RUN, STORED_ROUND = 7.5, 10.0, 11.0, 15.0
"""Bytes on disk of a row of trajectories, of its terms; of a run; of a round and nation."""


def need_of_runs(
    cases: Sequence[Case], runs: Runs, keep: Keep = COUNTS, executor: Executor = THREADS
) -> Need:
    """Return what it takes to run cases one after another, and to write all their results.

    Parameters
    ----------
    cases, runs, keep
        What is run, and what is kept of it.
    executor
        Where they are run; threads are those of `runs`.
    """
    threads = Execution(threads=runs.threads).workers if runs.engine == "ensemble" else 1
    at_once = threads if isinstance(executor, Threads) else executor.at_once
    rounds, nations = _largest(cases)
    rows_of_run = (rounds + 1) * nations if keep.trajectories else 0
    written = min(runs.number, CHUNK) * rows_of_run * (TABLE_ROW + TERMS_ROW * keep.terms)
    tally = _bytes_of_tally(rounds, nations, keep)
    side_by_side = max(1, min(at_once, math.ceil(runs.number / CHUNK)))
    shares = isinstance(executor, Threads) and tally > SHARED_FROM
    running = tally * (1 if shares else side_by_side) + written
    running += _bytes_in_order(rounds, nations, keep, runs.number, CHUNK, at_once)
    watched = min(runs.number, MOST_RUNS)
    looking = tally + _bytes_in_order(rounds, nations, Keep(trajectories=True), watched, FEW, threads)
    stored = STORED_RUN * keep.rows + rows_of_run * (STORED_ROW + STORED_TERMS * keep.terms)
    steps = runs.number * sum(case.scenario.rounds * len(case.roster.iso3) for case in cases)
    return Need(
        memory=max(running, SUMMARY * tally, looking),
        disk=len(cases) * (runs.number * stored + rounds * nations * STORED_ROUND),
        seconds=steps * SECONDS_PER_STEP[runs.engine] / at_once if at_once else 0.0,
    )


def need_in_parts(cases: Sequence[Case], runs: int, total_runs: int, keep: Keep, at_once: int) -> Need:
    """Return what it takes to simulate cases part by part, each part on a thread.

    Parameters
    ----------
    cases
        What is simulated.
    runs, total_runs
        Runs of a part of a case, and in all.
    keep
        What is kept of the runs while they are added up.
    at_once
        How many parts this machine computes at a time; 0 if others do.
    """
    if not at_once:
        return Need()
    rounds, nations = _largest(cases)
    tally = _bytes_of_tally(rounds, nations, keep)
    chunk = _bytes_in_order(rounds, nations, keep, min(runs, CHUNK), CHUNK, 1)
    side_by_side = min(at_once, math.ceil(total_runs / runs))
    return Need(memory=side_by_side * (tally + chunk), seconds=seconds_of(cases, total_runs) / at_once)


def need_in_order(
    cases: Sequence[Case], runs: int, total_runs: int, keep: Keep, *, chunk: int, threads: int
) -> Need:
    """Return what it takes to simulate cases one by one, on threads that take a chunk of runs at a time."""
    workers = Execution(threads=threads).workers
    memory = _bytes_in_order(*_largest(cases), keep, runs, chunk, workers)
    return Need(memory=memory, seconds=seconds_of(cases, total_runs) / workers)


def parts_of(seconds: float) -> int:
    """Return into how many parts to cut what takes so many seconds on one thread.

    Parts do not depend on the machine, so that what is begun on one can go on on another. More of them take
    longer to hand out, with fewer one waits longer for the last: both together are the least where a part
    takes the square root of all seconds times those of handing it out. So the more there is to do, the longer
    parts take, and the more workers one hand can feed.
    """
    return max(LEAST_PARTS, round(math.sqrt(seconds / SECONDS_PER_PART)))


def seconds_of(cases: Sequence[Case], total_runs: int, engine: Engine = "ensemble") -> float:
    """Return how long runs of any of some cases take on one thread, about."""
    return total_runs * math.prod(_largest(cases)) * SECONDS_PER_STEP[engine]


def _largest(cases: Sequence[Case]) -> tuple[int, int]:
    """Return the rounds and the nations of the largest case."""
    sizes = [(case.scenario.rounds, len(case.roster.iso3)) for case in cases]
    return max(sizes, key=math.prod)


def _bytes_of_tally(rounds: int, nations: int, keep: Keep) -> int:
    """Return the memory of a tally: that of two small ones tells what each round adds."""
    one, two = (sum(array.nbytes for array in empty_tally(few, nations, keep.counted)) for few in (1, 2))
    return one + (rounds - 1) * (two - one)


def _bytes_in_order(rounds: int, nations: int, keep: Keep, runs: int, chunk: int, threads: int) -> int:
    """Return the memory of all records that are under way or wait for their turn."""
    one = keep.empty_records(1, rounds, nations)
    waiting = min(AHEAD * threads + 1, math.ceil(runs / chunk))
    return waiting * min(runs, chunk) * sum(array.nbytes for array in one)
