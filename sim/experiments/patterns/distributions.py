"""What distributions look like: how unequal, with how many peaks; ratios with their uncertainty."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sim.declarations.arrays import Floats
from sim.experiments.statistics import Z_95, Interval

RESAMPLES = 400
LEAST_SHARE = 0.1


def gini(values: Floats) -> Floats:
    """Return the Gini coefficient of the positive values in each row.

    0 where all are alike or there is one, towards 1 where one holds nearly all; 0 of none.

    Parameters
    ----------
    values
        Not negative, shape (rows, values).
    """
    values = np.sort(values, axis=1)
    number = (values > 0).sum(axis=1)
    total = values.sum(axis=1)
    # The zeros stand first and weigh nothing, so the ranks of the others are counted from the end.
    from_end = np.arange(values.shape[1], 0, -1)
    weights = number[:, np.newaxis] + 1 - 2 * from_end
    return np.asarray((weights * values).sum(axis=1) / np.maximum(number * total, 1e-300))


def top_share(values: Floats, number: int) -> Floats:
    """Return the share of the total that the largest few values of each row hold; 0 of nothing."""
    largest = np.sort(values, axis=1)[:, -number:].sum(axis=1)
    return np.asarray(largest / np.maximum(values.sum(axis=1), 1e-300))


def bimodal_amplitude(counts: Floats) -> Floats:
    """Return how much lower the valley between two peaks is than the lesser peak, in [0, 1].

    (Zhang, Mapes & Soden 2003, Quarterly Journal of the Royal Meteorological Society 129, 2847-2866.)
    The valley is where that is largest among the values on either side of which a tenth of all counts
    lies, so that the ripples of a tail do not pass for a peak. 0 with one peak, 1 with nothing between two.

    Parameters
    ----------
    counts
        How often each whole number occurred, along the last axis.
    """
    before = np.cumsum(counts, axis=-1) - counts
    after = counts.sum(axis=-1, keepdims=True) - before - counts
    peak_before = np.maximum.accumulate(counts, axis=-1)
    peak_after = np.maximum.accumulate(counts[..., ::-1], axis=-1)[..., ::-1]
    lesser_peak = np.maximum(np.minimum(peak_before, peak_after), 1e-300)
    enough = np.minimum(before, after) >= LEAST_SHARE * counts.sum(axis=-1, keepdims=True)
    return np.asarray(np.where(enough, 1.0 - counts / lesser_peak, 0.0).max(axis=-1))


def ratio_of_sums(numerators: Floats, denominators: Floats, independent: int | None = None) -> Interval:
    """Return the ratio of two sums over runs with its 95 % interval, by linearisation (Cochran 1977).

    Missing where the denominator is 0. The interval counts on so many independent runs, on all if None.
    """
    number, total = len(denominators), denominators.sum()
    if total == 0:
        return Interval(*np.full(3, np.nan))
    ratio = numerators.sum() / total
    residuals = numerators - ratio * denominators
    variance = (residuals**2).sum() / max(number - 1, 1)
    margin = Z_95 * np.sqrt(variance / (independent or number)) / (total / number)
    return Interval(np.asarray(ratio), np.asarray(ratio - margin), np.asarray(ratio + margin))


def bootstrap(
    counts: NDArray[np.integer],
    statistic: Callable[[Floats], Floats],
    rng: np.random.Generator,
    independent: int | None = None,
) -> Interval:
    """Return a statistic of counts with its 95 % percentile interval (Efron 1979).

    Parameters
    ----------
    counts
        How often each kind of run occurred; resampled with replacement, run by run.
    statistic
        Of counts along the last axis, for many rows at once.
    rng
        Resamples.
    independent
        How many runs a resample has, each counting as several where they are fewer than all; all if None.
    """
    number = int(counts.sum())
    counted = independent or number
    resampled = rng.multinomial(counted, counts / number, size=RESAMPLES).astype(np.float64)
    low, high = np.quantile(statistic(resampled * (number / counted)), [0.025, 0.975])
    estimate = statistic(counts[np.newaxis].astype(np.float64))[0]
    return Interval(np.asarray(estimate), np.asarray(low), np.asarray(high))
