"""What a calibration has learned of each parameter, held against what it seems to learn of none at all.

Particles are given in coordinates that are standard normal under the prior.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.experiments.hindcast.scores import Floats
from sim.inputs.prior import Prior

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.05
"""Probability that anything is said to be learned where nothing was, over all parameters."""

MEAN_DISTANCE = 0.8687
"""Mean of the Kolmogorov distribution: sqrt(n) times the expected distance of n independent draws."""

TAILS = (0.05, 0.95)


class Noise(NamedTuple):
    """How far particles are from their prior where there was nothing to learn.

    Attributes
    ----------
    largest
        The largest distance of a dummy from its prior.
    effective
        How many independent draws would be as far from it as the dummies are, on average; not more than
        there are.
    """

    largest: float
    effective: float


def noise_of(dummies: Floats) -> Noise:
    """Return how far dummies are from the prior that they have to have, (particles, dummies)."""
    distances = normal_distances(dummies)
    effective = min((MEAN_DISTANCE / distances.mean()) ** 2, len(dummies))
    return Noise(float(distances.max()), float(effective))


def normal_distances(particles: Floats) -> Floats:
    """Return the Kolmogorov-Smirnov distance of each coordinate from the standard normal."""
    from scipy.special import ndtr

    shares = ndtr(np.sort(particles, axis=0))
    steps = np.arange(len(particles) + 1)[:, np.newaxis] / len(particles)
    return np.asarray(np.maximum(shares - steps[:-1], steps[1:] - shares).max(axis=0))


def summary(prior: Prior, particles: Floats, noise: Noise) -> "pd.DataFrame":
    """Return a row a parameter: what was believed of it before and after, and whether anything was learned.

    Columns
    -------
    parameter
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
        Probability of such a distance where nothing was learned, for as many draws as the particles are
        worth, times the number of tests left (Holm 1979).
    learned
        Whether that is below `LEVEL`.
    """
    import pandas as pd

    distances = normal_distances(particles)
    chance = holm(_chance(distances, noise.effective))
    after = prior.at_normal(particles).T
    rows = []
    for parameter, values, distance, p_value in zip(prior.parameters, after, distances, chance, strict=True):
        mean, deviation = parameter.moments
        low, high = parameter.quantile(np.array(TAILS))
        rows.append(
            {
                "parameter": parameter.name,
                "prior_mean": mean,
                "prior_low": low,
                "prior_high": high,
                "posterior_mean": values.mean(),
                "posterior_low": np.quantile(values, TAILS[0]),
                "posterior_high": np.quantile(values, TAILS[1]),
                "shift": (values.mean() - mean) / deviation,
                "spread": values.std() / deviation,
                "distance": distance,
                "p_value": p_value,
                "learned": p_value < LEVEL,
            }
        )
    return pd.DataFrame(rows)


def pairs(names: Sequence[str], particles: Floats, noise: Noise) -> "pd.DataFrame":
    """Return a row a pair of parameters: their correlation, and whether it is more than noise.

    Correlations are of the coordinates that are standard normal under the prior, where all are 0. Chance is
    told by Fisher's transformation for as many draws as the particles are worth, times the tests left.
    """
    import pandas as pd
    from scipy.special import ndtr

    first, second = np.triu_indices(len(names), k=1)
    correlation = _correlations(particles)[first, second]
    spread = 1.0 / np.sqrt(max(noise.effective - 3.0, 1.0))
    chance = holm(2.0 * ndtr(-np.abs(np.arctanh(correlation)) / spread))
    table = pd.DataFrame(
        {
            "parameter": [names[int(index)] for index in first],
            "other": [names[int(index)] for index in second],
            "correlation": correlation,
            "p_value": chance,
            "learned": chance < LEVEL,
        }
    )
    order = np.argsort(-np.abs(correlation), kind="stable")
    return table.iloc[order].reset_index(drop=True)


def holm(p_values: Floats) -> Floats:
    """Return p-values adjusted for their number: the least times all, the next times one less (Holm 1979)."""
    order = np.argsort(p_values, kind="stable")
    adjusted = np.maximum.accumulate(p_values[order] * np.arange(len(p_values), 0, -1))
    result = np.empty(len(p_values))
    result[order] = np.minimum(adjusted, 1.0)
    return result


def _correlations(particles: Floats) -> Floats:
    """Return the correlations of coordinates; sums without BLAS, whose order depends on threads."""
    apart = particles - particles.mean(axis=0)
    products = np.einsum("ni,nj->ij", apart, apart)
    sizes = np.sqrt(np.diag(products))
    return np.asarray(products / np.outer(sizes, sizes))


def _chance(distances: Floats, draws: float) -> Floats:
    """Return the probability of such distances for so many independent draws of the prior itself."""
    from scipy.special import kolmogorov

    root = np.sqrt(draws)
    return np.asarray(kolmogorov((root + 0.12 + 0.11 / root) * distances))
