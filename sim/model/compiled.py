"""The compiled run of a chunk: lockstep blocks, counted as they go."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.model.anchoring import start
from sim.model.compilation import kept, load_numba
from sim.model.counting import count_bins, count_end, count_round, record_round, record_terms
from sim.model.happening import come_due, happen, prescribe
from sim.model.lanes import LANES, OPTIONS, State, compilable, empty_state
from sim.model.lockstep import lobby, move_nations, move_world, see_coalition, weigh_further_levels
from sim.model.points import DesignPoints
from sim.model.setup import Setup
from sim.model.tally import Records, Tally

load_numba()


def simulate_chunk(
    setup: Setup,
    points: DesignPoints,
    seed: np.uint64,
    first_run: int,
    width: int,
    tally: Tally,
    records: Records,
    turns: NDArray[np.int32] | None = None,
) -> None:
    """Run the same runs at each point, from `first_run` on, in blocks of at most `width`.

    `records.runs` has a row a run, those of a point one below the other. Threads that share counts are given
    the same `turns`.
    """
    state = empty_state(setup, len(tally.stances))
    state = state if turns is None else state._replace(turns=turns)
    with _garbage_kept():
        _simulate_chunk(setup, points, state, seed, first_run, min(width, LANES), tally, records)


@contextmanager
def _garbage_kept() -> Iterator[None]:
    """Look for no garbage, as a tenth of the first run would be spent on: compiling keeps what it makes."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@compilable
def _fill_lanes(points: DesignPoints, state: State, first_run: int, first_row: int, rows: int) -> None:
    """Give each lane its point and run, from a row of the records on; lanes left over repeat the last."""
    world, runs = state.world[0], rows // points.force_required.size
    for lane in range(LANES):
        row = min(first_row + lane, rows - 1)
        world.point[lane] = row // runs
        world.run[lane] = first_run + row % runs


@kept
@njit(**OPTIONS, nogil=True)  # type: ignore[untyped-decorator]
def _simulate_chunk(
    setup: Setup,
    points: DesignPoints,
    state: State,
    seed: np.uint64,
    first_run: int,
    width: int,
    tally: Tally,
    records: Records,
) -> None:
    runs, block = records.runs.shape[0], 0
    skipped = setup.rounds.size - records.stance.shape[1]
    for row in range(0, runs, width):
        filled = min(width, runs - row)
        _fill_lanes(points, state, first_run, row, runs)
        start(setup, points, state, seed)
        record_terms(state, -skipped, filled, row, records)
        count_round(state, 0, filled, block, tally)
        record_round(state, -skipped, filled, row, records)
        for step in range(1, setup.rounds.size):
            see_coalition(state)
            come_due(setup, state, step)
            prescribe(setup, points, state, step)
            happen(setup, state, step)
            move_world(state, step)
            weigh_further_levels(setup, state)
            move_nations(state, step)
            record_terms(state, step - skipped, filled, row, records)
            count_round(state, step, filled, block, tally)
            record_round(state, step - skipped, filled, row, records)
            lobby(state)
        count_end(state, filled, row, tally, records)
        block += 1
        if block == state.bins.shape[2] or filled < LANES or row + width >= runs:
            count_bins(state, block - 1, filled, tally)
            block = 0
