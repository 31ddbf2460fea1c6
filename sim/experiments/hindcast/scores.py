"""Scores of forecasts of stances: the lower, the better, 0 for the truth known beforehand.

Forecasts are probabilities of each stance, [..., nation, stance]; leading axes may be waves, parameter draws
or anything else. All scores but the floored logarithm are proper: no forecaster gains by saying other
probabilities than it believes in (Gneiting & Raftery 2007, JASA 102).
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.declarations.arrays import Flags, Floats
from sim.declarations.words import Stance
from sim.model import rules

CUT_POINTS = np.arange(len(Stance) - 1)
"""A stance lies at or below each of these rungs, or above it."""

READINGS = 10_000
"""Even draws over which a reading's error is counted: exact for shares of four decimals."""

LEAST_PROBABILITY = 0.001
"""The logarithmic score counts no less: what a forecast excludes would cost without end."""


class ObservedStances(NamedTuple):
    """What is known of stances: each lies between two rungs, both included.

    They are one rung where a position was recorded. Of a nation that is only known not to have joined,
    all rungs below commitment are left; of one that was not observed, all of them.
    """

    least: NDArray[np.int8]  # (nations,)
    most: NDArray[np.int8]  # (nations,)

    @property
    def is_known(self) -> Flags:
        """Whether anything is known of a nation: it then has scores."""
        return (self.least > Stance.OPPOSED) | (self.most < Stance.COMMITTED)

    @property
    def is_committed(self) -> Flags:
        """Whether a nation is known to be committed."""
        return np.asarray(self.least == Stance.COMMITTED)

    @property
    def tells_commitment(self) -> Flags:
        """Whether it is known if a nation is committed."""
        return self.is_committed | (self.most < Stance.COMMITTED)

    @property
    def probabilities(self) -> Floats:
        """What is known as probabilities, (nations, stances): alike for all rungs that are left."""
        rungs = np.arange(len(Stance))
        left = (rungs >= self.least[:, np.newaxis]) & (rungs <= self.most[:, np.newaxis])
        return np.asarray(left / left.sum(axis=-1, keepdims=True))


def as_read(probabilities: ArrayLike) -> Floats:
    """Return the probabilities of stances as statements are read.

    Parameters
    ----------
    probabilities
        Of the true stances, [..., stance].
    """
    true, read = np.asarray(probabilities, dtype=np.float64), readings()
    # No BLAS, whose order of summation depends on the machine.
    return np.asarray(sum(true[..., stance, np.newaxis] * read[stance] for stance in Stance))


@cache
def readings() -> Floats:
    """Return with which probability each stance (row) is read as each (column), by the model's own rule."""
    draws = (np.arange(READINGS) + 0.5) / READINGS
    read = [[int(rules.rung_read(float(stance), float(draw))) for draw in draws] for stance in Stance]
    return np.array([np.bincount(each, minlength=len(Stance)) / READINGS for each in read])


def ranked_probability_score(probabilities: ArrayLike, observed: ObservedStances) -> Floats:
    """Return the ranked probability score of each nation, [..., nation]; missing where nothing is known.

    The sum over the three cut points of the ladder, not divided by their number, of the squared difference
    between the forecast's and the observed cumulated probability (Epstein 1969; Murphy 1971); for a
    forecast without doubt, how many rungs it is off. Cut points that the observation does not tell are
    left out: of a nation known only as a joiner or not, the Brier score remains.
    """
    below = np.cumsum(np.asarray(probabilities, dtype=np.float64), axis=-1)[..., :-1]
    is_below = observed.most[:, np.newaxis] <= CUT_POINTS
    is_told = is_below | (observed.least[:, np.newaxis] > CUT_POINTS)
    squares = np.where(is_told, (below - is_below) ** 2, 0.0)
    return np.where(observed.is_known, squares[..., 0] + squares[..., 1] + squares[..., 2], np.nan)


def log_score(probabilities: ArrayLike, observed: ObservedStances) -> Floats:
    """Return minus the logarithm of the probability of what was observed, [..., nation], in nats.

    Probabilities below `LEAST_PROBABILITY` count as that. Missing where nothing is known (Good 1952).
    """
    probability = np.clip(probability_of(probabilities, observed), LEAST_PROBABILITY, 1.0)
    return np.where(observed.is_known, -np.log(probability), np.nan)


def probability_of(probabilities: ArrayLike, observed: ObservedStances) -> Floats:
    """Return the probability of what was observed of each nation, [..., nation]; 1 where nothing was."""
    rungs = np.arange(len(Stance))
    fits = (rungs >= observed.least[:, np.newaxis]) & (rungs <= observed.most[:, np.newaxis])
    return np.asarray(np.where(fits, np.asarray(probabilities, dtype=np.float64), 0.0).sum(axis=-1))


def brier_score(probabilities: ArrayLike, observed: ObservedStances) -> Floats:
    """Return the squared error of P(committed), [..., nation]; missing where it is not known (Brier 1950)."""
    committed = np.asarray(probabilities, dtype=np.float64)[..., Stance.COMMITTED]
    return np.where(observed.tells_commitment, (committed - observed.is_committed) ** 2, np.nan)


def size_distribution(committed: ArrayLike) -> Floats:
    """Return the distribution of the number of committed nations that are independent of each other.

    Parameters
    ----------
    committed
        P(committed), [..., nation]. In a run these are 0 or 1 but for the reading error, so the mean over
        runs of what is returned keeps how nations move together.

    Returns
    -------
    Floats
        [..., nations + 1], a probability for each size.
    """
    probabilities = np.asarray(committed, dtype=np.float64)
    nations = probabilities.shape[-1]
    sizes = np.zeros((*probabilities.shape[:-1], nations + 1))
    sizes[..., 0] = 1.0
    for index in range(nations):
        joins = probabilities[..., index, np.newaxis]
        sizes[..., 1 : index + 2] = (
            sizes[..., 1 : index + 2] * (1.0 - joins) + sizes[..., : index + 1] * joins
        )
        sizes[..., :1] *= 1.0 - joins
    return sizes


def crps_of_size(distribution: ArrayLike, size: int) -> Floats:
    """Return the continuous ranked probability score of the coalition's size, in nations, [...].

    For a forecast without doubt, by how many nations it is off (Gneiting & Raftery 2007).

    Parameters
    ----------
    distribution
        A probability for each size from 0, [..., size].
    size
        The observed number of committed nations.
    """
    cumulated = np.cumsum(np.asarray(distribution, dtype=np.float64), axis=-1)
    is_reached = np.arange(cumulated.shape[-1]) >= size
    return np.asarray(((cumulated - is_reached) ** 2).sum(axis=-1))
