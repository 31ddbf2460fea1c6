"""The compiled run of a chunk: lockstep blocks, counted as they go."""

import numpy as np
from numba import njit

from sim.model.compilation import use_cache_folder
from sim.model.lockstep import decide_round, empty_state, start, weigh_round
from sim.model.setup import Setup
from sim.model.tally import Records, Tally, count_end, count_round, record_round, record_terms

use_cache_folder()


@njit(error_model="numpy", nogil=True, cache=True)
def simulate_chunk(
    setup: Setup, seed: np.uint64, first_run: int, width: int, tally: Tally, records: Records
) -> None:
    """Run as many runs as `records.runs` has rows, in blocks of `width` lanes, from run `first_run` on."""
    runs = records.runs.shape[0]
    rounds = setup.rounds.size - 1
    state = empty_state(setup, width)
    firsts = np.empty((setup.nations.size + 1, width), np.int64)
    for row in range(0, runs, width):
        lanes = min(width, runs - row)
        firsts[:] = rounds + 1
        start(setup, state, seed, first_run + row, lanes)
        record_terms(setup, state, 0, lanes, row, records)
        count_round(setup, state, 0, lanes, firsts, tally)
        record_round(setup, state, 0, lanes, row, records)
        for step in range(1, rounds + 1):
            weigh_round(setup, state, step, lanes)
            record_terms(setup, state, step, lanes, row, records)
            decide_round(setup, state, step, lanes)
            count_round(setup, state, step, lanes, firsts, tally)
            record_round(setup, state, step, lanes, row, records)
        count_end(setup, state, lanes, row, firsts, tally, records)
