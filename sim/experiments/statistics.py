"""What counts say, with its uncertainty."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.declarations.arrays import Floats
from sim.system.libraries import pd

Z_95 = 1.959963984540054

AT_A_TIME = 4096
"""Rows of bins that are looked at together: of thousands of rounds all at once would take gigabytes."""


class Interval(NamedTuple):
    """Estimates with the bounds of their 95 % confidence intervals."""

    estimate: Floats
    low: Floats
    high: Floats


def share(count: ArrayLike, total: int, independent: int | None = None) -> Interval:
    """Return shares of a total number of runs with Wilson score intervals (Wilson 1927).

    Parameters
    ----------
    count, total
        How many runs, of how many.
    independent
        How many of them the intervals count on, see `independent_runs`; all if None.
    """
    observed, number = np.asarray(count, dtype=np.float64) / total, independent or total
    spread = Z_95**2 / number
    centre = (observed + spread / 2) / (1 + spread)
    margin = Z_95 * np.sqrt(observed * (1 - observed) / number + spread / (4 * number)) / (1 + spread)
    low = np.where(observed == 0, 0.0, np.clip(centre - margin, 0.0, 1.0))
    high = np.where(observed == 1, 1.0, np.clip(centre + margin, 0.0, 1.0))
    return Interval(observed, low, high)


def mean(
    total: ArrayLike, total_of_squares: ArrayLike, number: ArrayLike, independent: ArrayLike | None = None
) -> Interval:
    """Return means of so many runs with normal intervals, from the sums of values and of their squares.

    Intervals count on so many independent runs, on all if None. One run says nothing of how far runs differ:
    its interval is not a number, nor is the mean of none.
    """
    runs = np.asarray(number, dtype=np.float64)
    others = (runs if independent is None else np.asarray(independent, dtype=np.float64)) - 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        average = np.asarray(total, dtype=np.float64) / runs
        variance = np.maximum(np.asarray(total_of_squares, dtype=np.float64) / runs - average**2, 0.0)
        margin = np.where(others > 0.0, Z_95 * np.sqrt(variance / others), np.nan)
    return Interval(average, average - margin, average + margin)


def quantiles_of_counts(counts: NDArray[np.integer], probability: float) -> NDArray[np.int64]:
    """Return the least index along the last axis up to which at least that share of the counts lies."""
    cumulated = counts.cumsum(axis=-1)
    needed = probability * cumulated[..., -1:]
    return np.asarray((cumulated < needed).sum(axis=-1), dtype=np.int64)


def quantiles_of_bins(counts: NDArray[np.integer], probability: float, low: float, high: float) -> Floats:
    """Return quantiles of values counted in equal bins between two limits, interpolated within a bin.

    Parameters
    ----------
    counts
        How many values fell into each bin, along the last axis.
    probability
        In [0, 1].
    low, high
        The limits; values beyond were counted in the outermost bins.
    """
    rows = counts.reshape(-1, counts.shape[-1])
    some = (rows[first : first + AT_A_TIME] for first in range(0, len(rows), AT_A_TIME))
    quantiles = (_quantiles_of_bins(each, probability, low, high) for each in some)
    return np.concatenate([np.empty(0), *quantiles]).reshape(counts.shape[:-1])


def _quantiles_of_bins(counts: NDArray[np.integer], probability: float, low: float, high: float) -> Floats:
    bins = counts.shape[-1]
    cumulated = counts.cumsum(axis=-1)
    needed = probability * cumulated[..., -1:]
    index = (cumulated < needed).sum(axis=-1, keepdims=True)
    within = np.take_along_axis(counts, index, axis=-1)
    before = np.take_along_axis(cumulated, index, axis=-1) - within
    fraction = np.clip((needed - before) / np.maximum(within, 1), 0.0, 1.0)
    return np.asarray(low + (high - low) * (index + fraction)[..., 0] / bins)


def willingness(propensity: ArrayLike) -> Floats:
    """Return the willingness, in (0, 1), of propensities in log-odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.asarray(propensity, dtype=np.float64))))


def rank_correlations(values: ArrayLike, rows: ArrayLike) -> Floats:
    """Return Spearman's correlation of values with each of many rows; 0 where all of a row are alike.

    Parameters
    ----------
    values
        Shape (values,).
    rows
        Shape (rows, values).
    """
    ranks = pd.Series(np.asarray(values)).rank().to_numpy()
    others = pd.DataFrame(np.asarray(rows)).rank(axis=1).to_numpy()
    ranks = ranks - ranks.mean()
    others = others - others.mean(axis=1, keepdims=True)
    spread = np.sqrt((others**2).sum(axis=1) * (ranks**2).sum())
    return np.asarray(others @ ranks / np.where(spread > 0, spread, 1.0))
