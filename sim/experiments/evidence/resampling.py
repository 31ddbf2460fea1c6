"""Intervals by resampling families of coalitions: nations of one theatre are no independent tests."""

import math

import numpy as np

from sim.declarations.arrays import Floats
from sim.evidence.chance import generator
from sim.system.libraries import pd

RESAMPLES = 4000
LOW, HIGH = 0.025, 0.975


def family_counts(families: int, seed: int, resamples: int = RESAMPLES) -> Floats:
    """Return how often each family is drawn in each resample, shape (resamples, families)."""
    drawn = generator(seed, "families").integers(0, families, (resamples, families))
    return np.stack([np.bincount(row, minlength=families) for row in drawn]).astype(np.float64)


def mean_interval(
    values: "pd.Series[float]", families: "pd.Series[str]", counts: Floats
) -> tuple[float, ...]:
    """Return the mean of a value a coalition, and its 95 % interval over resamples of families.

    Parameters
    ----------
    values, families
        A row a coalition; values that are not a number are left out.
    counts
        See `family_counts`; families in alphabetical order.
    """
    sums = values.groupby(families).sum().to_numpy()
    numbers = values.groupby(families).count().to_numpy()
    drawn = counts @ numbers
    means = (counts @ sums)[drawn > 0] / drawn[drawn > 0]
    if not means.size:  # a score that no coalition has, such as AUC where all took part
        return (math.nan,) * 3
    low, high = np.quantile(means, [LOW, HIGH])
    return float(sums.sum() / numbers.sum()), float(low), float(high)
