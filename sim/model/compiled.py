"""The compiled run of a chunk: lockstep blocks, counted as they go."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numba import njit

from sim.model.anchoring import start
from sim.model.compilation import kept, load_numba
from sim.model.counting import count_bins, count_end, count_round, record_round, record_terms
from sim.model.lanes import BLOCKS, LANES, OPTIONS, State, empty_state
from sim.model.lockstep import lobby, move_further_levels, move_nations, move_world
from sim.model.setup import Setup
from sim.model.tally import Records, Tally

load_numba()


def simulate_chunk(
    setup: Setup, seed: np.uint64, first_run: int, width: int, tally: Tally, records: Records
) -> None:
    """Run as many runs as `records.runs` has rows, from `first_run` on, in blocks of at most `width`."""
    state = empty_state(setup, len(tally.stances))
    with _garbage_kept():
        _simulate_chunk(setup, state, seed, first_run, min(width, LANES), tally, records)


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


@kept
@njit(**OPTIONS, nogil=True)  # type: ignore[untyped-decorator]
def _simulate_chunk(
    setup: Setup,
    state: State,
    seed: np.uint64,
    first_run: int,
    width: int,
    tally: Tally,
    records: Records,
) -> None:
    runs, block = records.runs.shape[0], 0
    for row in range(0, runs, width):
        filled = min(width, runs - row)
        start(setup, state, seed, first_run + row)
        record_terms(state, 0, filled, row, records)
        count_round(state, 0, filled, block, tally)
        record_round(state, 0, filled, row, records)
        for step in range(1, setup.rounds.size):
            move_world(state, setup.rounds[step], step)
            move_further_levels(setup, state, step, first_run + row)
            move_nations(state, setup.statements, step)
            record_terms(state, step, filled, row, records)
            count_round(state, step, filled, block, tally)
            record_round(state, step, filled, row, records)
            lobby(state)
        count_end(state, setup.statements, filled, row, tally, records)
        block += 1
        if block == BLOCKS or filled < LANES or row + width >= runs:
            count_bins(state, block - 1, filled, tally)
            block = 0
