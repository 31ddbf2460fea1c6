"""How many nations take part in a coalition: a forecast of its size, not only of who."""

from typing import NamedTuple

import numpy as np

from sim.declarations.arrays import Floats
from sim.evidence.logit import inverse_logit

LOW, HIGH = 0.05, 0.95
DRAWS = 4000


class Size(NamedTuple):
    """A forecast of how many nations take part: mean, and the interval that holds 90 % of the draws."""

    mean: float
    low: float
    high: float


def shared_size(mean: Floats, covariance: Floats, random: np.random.Generator) -> Size:
    """Return the size of a coalition whose candidates share shocks.

    Parameters
    ----------
    mean, covariance
        Of x, in log-odds, shapes (candidates,) and (candidates, candidates); see `Posterior.latent`.
    random
        Where draws come from.
    """
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    x = mean + random.standard_normal((DRAWS, len(mean))) @ root.T
    return _size(random.random(x.shape) < inverse_logit(x))


def independent_size(probabilities: Floats, random: np.random.Generator) -> Size:
    """Return the size of a coalition if its candidates had nothing in common."""
    return _size(random.random((DRAWS, len(probabilities))) < probabilities)


def _size(took_part: np.ndarray) -> Size:
    counts = took_part.sum(axis=1)
    low, high = np.quantile(counts, [LOW, HIGH], method="inverted_cdf")
    return Size(float(counts.mean()), float(low), float(high))
