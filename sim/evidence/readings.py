"""Latent propensities conditional on readings of some nations, by importance sampling.

A nation contributes if its propensity x = m + e is above 0, e standard logistic. What a reader coded of it,
1 or 0, is wrong one time in ten, so that P(1 | m) = 0.1 + 0.8 logistic(m). The prior of m over the coded
nations is normal. Proposals are drawn from a normal distribution around the mode, with the curvature there;
a fifth of them from the prior, so that no weight can be large (Hesterberg 1995). They are
weighted, and resampled systematically (Kitagawa 1996).
"""

from dataclasses import dataclass

import numpy as np

from sim.declarations.arrays import Floats
from sim.evidence.chance import generator
from sim.evidence.logit import inverse_logit
from sim.inputs.errors import InputError

WRONG = 0.1
"""How often a reading of what a nation contributes is wrong."""

FROM_PRIOR = 0.2
"""Share of proposals that are drawn from the prior."""

LEAST_EFFECTIVE = 1000.0
PROPOSALS_A_DRAW = 4
MOST_DOUBLINGS = 6
MOST_STEPS = 50
TOLERANCE = 1e-8


@dataclass(frozen=True, eq=False)
class Read:
    """Propensities conditional on readings.

    Attributes
    ----------
    m
        Log-odds, in an order without meaning; shape (draws, coded nations).
    effective_size
        Of the proposals: the square of the sum of their weights over the sum of squares (Kong 1992).
    """

    m: Floats
    effective_size: float


@dataclass(frozen=True, eq=False)
class _Coded:
    """Normal prior of m = mean + root v, v standard normal, and the sign of each reading: 1 or -1."""

    mean: Floats
    root: Floats
    signs: Floats

    def log_likelihood(self, v: Floats) -> Floats:
        """Return log P(readings | v) for proposals of shape (..., nations)."""
        p = inverse_logit(self.signs * (self.mean + v @ self.root.T))
        return np.asarray(np.log(WRONG + (1.0 - 2.0 * WRONG) * p).sum(axis=-1))


def given_readings(mean: Floats, covariance: Floats, codes: Floats, draws: int, seed: int) -> Read:
    """Draw propensities of coded nations.

    Parameters
    ----------
    mean, covariance
        Of their prior; shapes (nations,) and (nations, nations).
    codes
        1 contributes, 0 does not; shape (nations,).
    draws, seed
        How many, and of what stream of random numbers.

    Raises
    ------
    InputError
        If the readings are so unlike the prior that even many proposals say little.
    """
    coded = _Coded(mean, np.asarray(np.linalg.cholesky(covariance), dtype=np.float64), 2.0 * codes - 1.0)
    mode, precision = _mode(coded)
    size = PROPOSALS_A_DRAW * max(draws, int(LEAST_EFFECTIVE))
    for _ in range(MOST_DOUBLINGS):
        random = generator(seed, "readings", str(size))
        v, weights = _weighted(coded, mode, precision, size, random)
        effective = float(weights.sum() ** 2 / (weights**2).sum())
        if effective >= LEAST_EFFECTIVE:
            chosen = _resampled(weights, draws, random)
            return Read(coded.mean + v[chosen] @ coded.root.T, effective)
        size *= 2
    raise InputError(
        f"what was read of {len(codes)} nations is so unlike what past coalitions teach that {size // 2:,} "
        f"proposals are worth only {effective:.0f} draws; check the column contributes of positions.csv"
    )


def _mode(coded: _Coded) -> tuple[Floats, Floats]:
    """Return the mode of v and the precision there, by Newton's method.

    The likelihood of a reading that may be wrong is not log-concave: where it curves upwards, its curvature
    counts as none, and steps that lead down are halved.
    """
    v = np.zeros(len(coded.mean))
    height = float(coded.log_likelihood(v))
    for _ in range(MOST_STEPS):
        slope, precision = _slope_and_precision(coded, v)
        step = np.linalg.solve(precision, slope)
        while True:
            reached = v + step
            new_height = float(coded.log_likelihood(reached) - 0.5 * reached @ reached)
            if new_height >= height or np.abs(step).max() < TOLERANCE:
                break
            step = step / 2.0
        v, height = reached, new_height
        if np.abs(step).max() < TOLERANCE:
            break
    return v, _slope_and_precision(coded, v)[1]


def _slope_and_precision(coded: _Coded, v: Floats) -> tuple[Floats, Floats]:
    p = inverse_logit(coded.signs * (coded.mean + coded.root @ v))
    right = 1.0 - 2.0 * WRONG
    ratio = right * p * (1.0 - p) / (WRONG + right * p)
    curvature = np.maximum(ratio**2 - ratio * (1.0 - 2.0 * p), 0.0)
    slope = coded.root.T @ (coded.signs * ratio) - v
    return slope, np.eye(len(v)) + coded.root.T @ (curvature[:, None] * coded.root)


def _weighted(
    coded: _Coded, mode: Floats, precision: Floats, size: int, random: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return proposals of v, shape (size, nations), and their weights, (size,)."""
    factor = np.linalg.cholesky(precision)
    noise = random.standard_normal((size, len(mode)))
    around = mode + np.linalg.solve(factor.T, noise.T).T
    v = np.where(np.arange(size)[:, None] < FROM_PRIOR * size, noise, around)
    log_prior = -0.5 * (v**2).sum(axis=1)
    log_around = np.log(np.diag(factor)).sum() - 0.5 * (((v - mode) @ factor) ** 2).sum(axis=1)
    log_proposal = np.logaddexp(np.log(FROM_PRIOR) + log_prior, np.log1p(-FROM_PRIOR) + log_around)
    log_weights = coded.log_likelihood(v) + log_prior - log_proposal
    return v, np.exp(log_weights - log_weights.max())


def _resampled(weights: Floats, draws: int, random: np.random.Generator) -> np.ndarray:
    """Return which proposals are kept, in random order; shape (draws,)."""
    heights = (np.arange(draws) + random.random()) / draws
    cumulated = np.cumsum(weights) / weights.sum()
    return random.permutation(np.minimum(np.searchsorted(cumulated, heights), len(weights) - 1))
