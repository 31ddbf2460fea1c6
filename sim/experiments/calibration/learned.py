"""How far a posterior has moved from the prior, held against chance.

Draws are given in coordinates that are standard normal under the prior.
"""

import numpy as np

from sim.declarations.arrays import Floats
from sim.declarations.parameters import FITTED
from sim.experiments.calibration.likelihood import effective_size
from sim.inputs.prior import JointPrior
from sim.system.libraries import pd, special

LEVEL = 0.05
"""Probability of a false positive: that any parameter is called learned where none was."""

TAILS = (0.05, 0.95)


def summary(prior: JointPrior, coordinates: Floats, weighted: Floats) -> "pd.DataFrame":
    """Return a row a parameter: what was believed of it before and after, and whether anything was learned.

    Columns
    -------
    parameter, fitted
        Its name, and whether what was recorded may tell something of it.
    prior_mean, prior_low, prior_high
        Mean and the bounds of the middle 90 % of the prior.
    posterior_mean, posterior_low, posterior_high
        The same of the posterior.
    shift
        By how many of the prior's standard deviations the mean has moved.
    spread
        Standard deviation of the posterior as a share of the prior's; chance makes it larger than 1, too.
    distance
        Kolmogorov-Smirnov distance of the posterior from the prior.
    p_value
        Probability of such a distance where nothing was learned, for as many independent draws as the
        weighted ones are worth, times the number of tests left (Holm 1979).
    learned
        Whether that is below `LEVEL`.
    """
    distances = distances_from_prior(coordinates, weighted)
    chance = holm(_chance(distances, effective_size(weighted)))
    after = prior.at_normal(coordinates).T
    rows = []
    for parameter, values, distance, p_value in zip(prior.parameters, after, distances, chance, strict=True):
        mean, deviation = parameter.moments
        low, high = parameter.quantile(np.array(TAILS))
        posterior_mean = float((weighted * values).sum())
        spread = np.sqrt((weighted * (values - posterior_mean) ** 2).sum())
        rows.append(
            {
                "parameter": parameter.name,
                "fitted": parameter.name in FITTED,
                "prior_mean": mean,
                "prior_low": low,
                "prior_high": high,
                "posterior_mean": posterior_mean,
                "posterior_low": quantile(values, weighted, TAILS[0]),
                "posterior_high": quantile(values, weighted, TAILS[1]),
                "shift": (posterior_mean - mean) / deviation,
                "spread": spread / deviation,
                "distance": distance,
                "p_value": p_value,
                "learned": p_value < LEVEL,
            }
        )
    return pd.DataFrame(rows)


def quantile(values: Floats, weighted: Floats, share: float) -> float:
    """Return the least value at or below which this share of the weight lies."""
    order = np.argsort(values, kind="stable")
    place = int(np.searchsorted(np.cumsum(weighted[order]), share))
    return float(values[order][min(place, len(values) - 1)])


def distances_from_prior(coordinates: Floats, weighted: Floats) -> Floats:
    """Return the Kolmogorov-Smirnov distance of each coordinate, weighted, from the standard normal."""
    order = np.argsort(coordinates, axis=0, kind="stable")
    shares = special.ndtr(np.take_along_axis(coordinates, order, axis=0))
    reached = np.cumsum(weighted[order], axis=0)
    before = reached - weighted[order]
    return np.asarray(np.maximum(shares - before, reached - shares).max(axis=0))


def holm(p_values: Floats) -> Floats:
    """Return p-values adjusted for their number: the least times all, the next times one less (Holm 1979)."""
    order = np.argsort(p_values, kind="stable")
    adjusted = np.maximum.accumulate(p_values[order] * np.arange(len(p_values), 0, -1))
    result = np.empty(len(p_values))
    result[order] = np.minimum(adjusted, 1.0)
    return result


def _chance(distances: Floats, draws: float) -> Floats:
    """Return the probability of such distances for so many independent draws of the prior itself."""
    root = np.sqrt(draws)
    return np.asarray(special.kolmogorov((root + 0.12 + 0.11 / root) * distances))
