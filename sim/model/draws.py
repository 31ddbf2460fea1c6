"""Random draws as pure functions of (seed, run, purpose, nation, round).

Each draw is an element of a tree of SplitMix64 streams (Steele, Lea & Flood 2014): the seed's stream
gives every run a key, the run's stream every purpose, the purpose's every nation, the nation's every
round. So run k is the same run wherever and in whatever order it is computed, two scenarios share their
draws (common random numbers), and adding a nation changes no other nation's draws.

The functions work alike on arrays of ``uint64`` in NumPy and on scalars in Numba.
"""

import hashlib
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.declarations.levels import CONDITIONS, LEVELS, MOST_FURTHER_LEVELS

# Numba turns a mix of uint64 and Python integers into floats, so every constant is a uint64.
GOLDEN_GAMMA = np.uint64(0x9E3779B97F4A7C15)
FIRST_MULTIPLIER = np.uint64(0xBF58476D1CE4E5B9)
SECOND_MULTIPLIER = np.uint64(0x94D049BB133111EB)
SHIFT_30, SHIFT_27, SHIFT_31, SHIFT_11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
ONE = np.uint64(1)

ANCHOR = np.uint64(0)
MOOD = np.uint64(1)
COMMON_MOOD = np.uint64(2)
DEPLOYABLE = np.uint64(7)
REVERSAL = np.uint64(8)
ELECTION = np.uint64(9)
EVENT = np.uint64(10)


def _purposes(first: int, room: int, number: int) -> NDArray[np.uint64]:
    """Return the purposes of a kind of draws; beyond its room they go on far off and move no other kind."""
    return np.array([first + n if n < room else 1000 * first + n for n in range(number)], np.uint64)


CONDITION_PURPOSES = _purposes(3, 4, len(CONDITIONS))
LEVEL_PURPOSES = _purposes(13, 87, len(LEVELS))
FURTHER_PURPOSES = _purposes(100, MOST_FURTHER_LEVELS, MOST_FURTHER_LEVELS)

ALL_NATIONS = np.uint64(26**3)
"""The nation code of draws that concern all nations alike; no ISO code maps to it."""


def mix(state: Any) -> Any:
    """Return the SplitMix64 output for an internal state (uint64)."""
    state = (state ^ (state >> SHIFT_30)) * FIRST_MULTIPLIER
    state = (state ^ (state >> SHIFT_27)) * SECOND_MULTIPLIER
    return state ^ (state >> SHIFT_31)


def element(key: Any, index: Any) -> Any:
    """Return element `index` (from 0) of the SplitMix64 stream seeded with `key` (uint64)."""
    return mix(key + (index + ONE) * GOLDEN_GAMMA)


def uniform(key: Any, index: Any) -> Any:
    """Return element `index` of the stream as a number in [0, 1), a multiple of 2**-53."""
    return np.float64(element(key, index) >> SHIFT_11) * (1.0 / 9007199254740992.0)


def standardised(key: Any, index: Any) -> Any:
    """Return a uniform draw with mean 0 and variance 1, in [-sqrt(3), sqrt(3))."""
    return (2.0 * uniform(key, index) - 1.0) * 1.7320508075688772


def purpose_key(run_key: Any, purpose: Any, nation: Any) -> Any:
    """Return the key of the stream over rounds for a purpose and a nation code (uint64)."""
    return element(element(run_key, purpose), nation)


@cache
def nation_code(iso3: str) -> int:
    """Return the number of an ISO 3166 alpha-3 code, ``AAA`` 0 to ``ZZZ`` 17575."""
    first, second, third = (ord(letter) - ord("A") for letter in iso3)
    return (first * 26 + second) * 26 + third


@cache
def draw_code(name: str) -> int:
    """Return the number of an event's draw, from its name alone: other events change nothing of it."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")


class RunDraws:
    """All draws of one run, as arrays, for the model that is read nation by nation.

    Parameters
    ----------
    seed, run
        Which run; not negative.
    codes
        Nation codes (uint64), shape (nations,).
    rounds
        How many rounds follow the anchor world.

    Attributes
    ----------
    conditions, deployable
        Uniform draws, shapes (CONDITIONS, nations) and (nations,).
    anchors
        Uniform draws for positions stated in a round, shape (rounds + 1, nations).
    moods, common_moods
        Standardised draws, shapes (rounds + 1, nations) and (rounds + 1,).
    reversals
        Uniform draws for the patron, shape (rounds + 1,).
    elections
        Uniform draws for elections, shape (rounds + 1, nations).
    levels
        Uniform draws for levels set in a round, shape (rounds + 1, LEVELS).
    further_levels
        The same for those that the roster declares, shape (rounds + 1, MOST_FURTHER_LEVELS).
    """

    def __init__(self, seed: int, run: int, codes: NDArray[np.uint64], rounds: int) -> None:
        run_key = element(_words(seed), _words(run))
        steps = np.arange(rounds + 1, dtype=np.uint64)[:, np.newaxis]

        def first_draws(purposes: NDArray[np.uint64]) -> NDArray[np.float64]:
            words = purposes[:, np.newaxis]
            return np.asarray(uniform(purpose_key(run_key, words, codes), _words(0)))

        anchor, mood, common_mood, deployable, reversal, election = (
            _words(purpose) for purpose in (ANCHOR, MOOD, COMMON_MOOD, DEPLOYABLE, REVERSAL, ELECTION)
        )
        self.conditions = first_draws(CONDITION_PURPOSES)
        self.deployable = first_draws(deployable)[0]
        self.anchors = uniform(purpose_key(run_key, anchor, codes), steps)
        self.moods = standardised(purpose_key(run_key, mood, codes), steps)
        everybody = _words(ALL_NATIONS)
        self.common_moods = standardised(purpose_key(run_key, common_mood, everybody), steps)[:, 0]
        self.reversals = uniform(purpose_key(run_key, reversal, everybody), steps)[:, 0]
        self.elections = uniform(purpose_key(run_key, election, codes), steps)
        self.levels = uniform(purpose_key(run_key, LEVEL_PURPOSES, everybody), steps)
        self._run_key = run_key
        self.further_levels = uniform(purpose_key(run_key, FURTHER_PURPOSES, everybody), steps)

    def event(self, code: int) -> float:
        """Return the uniform draw of an event, one a run."""
        key = purpose_key(self._run_key, _words(EVENT), _words(np.uint64(code)))
        return float(uniform(key, _words(0))[0])


def _words(number: int | np.uint64) -> NDArray[np.uint64]:
    """Return a number as an array: NumPy warns of overflow, which is meant here, for scalars only."""
    return np.array([number], dtype=np.uint64)
