"""Differences between two scenarios whose runs are paired by common random numbers.

Run k draws the same numbers under both, so what both share cancels out of the difference: its variance is
that of the differences run by run, not the sum of two variances.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sim.declarations.arrays import Floats
from sim.experiments import statistics
from sim.experiments.statistics import Z_95, Interval


class PairedSums(NamedTuple):
    """Sums over the runs of two scenarios; arrays of any one shape."""

    reference: Floats
    reference_squares: Floats
    other: Floats
    other_squares: Floats
    products: Floats  # of the two values of the same run


class PairedEstimates(NamedTuple):
    """What two scenarios give, and their paired difference: other minus reference."""

    reference: Interval
    value: Interval
    difference: Interval
    unpaired_runs: Floats  # see `unpaired_runs`


def compare_means(sums: PairedSums, number: int, independent: int | None = None) -> PairedEstimates:
    """Return means of so many runs and their paired difference, with normal intervals.

    Intervals count on the independent runs, on all if None. One of no width says that the difference was the
    same in every run.
    """
    squares = _squared_differences(sums)
    return PairedEstimates(
        reference=statistics.mean(sums.reference, sums.reference_squares, number, independent),
        value=statistics.mean(sums.other, sums.other_squares, number, independent),
        difference=statistics.mean(sums.other - sums.reference, squares, number, independent),
        unpaired_runs=unpaired_runs(sums, number),
    )


def compare_shares(sums: PairedSums, number: int, independent: int | None = None) -> PairedEstimates:
    """Return shares of so many runs and their paired difference, from outcomes that are 0 or 1.

    For these, `products` counts the runs in which both are 1. Intervals count on the independent
    runs, all if None.
    """
    only_reference = sums.reference - sums.products
    only_other = sums.other - sums.products
    return PairedEstimates(
        reference=statistics.share(sums.reference, number, independent),
        value=statistics.share(sums.other, number, independent),
        difference=share_difference(only_reference, only_other, number, independent),
        unpaired_runs=unpaired_runs(sums, number),
    )


def share_difference(
    only_reference: ArrayLike,
    only_other: ArrayLike,
    number: int,
    independent: int | None = None,
    z: float = Z_95,
) -> Interval:
    """Return the difference of two shares of the same runs with its interval.

    The variance is McNemar's: only runs in which the two disagree tell them apart. Half a run is added to
    each of the four cells of the table of agreement (Agresti & Min 2005, Statistics in Medicine 24), so
    that few disagreements, or none, do not pass for certainty.

    Parameters
    ----------
    only_reference, only_other
        In how many runs it holds under one but not under the other.
    number, independent
        Of all runs; how many of them the interval counts on, in which the two disagree as often: all if None.
    z
        Quantile of the normal distribution that the interval's level asks for; that of 95 % if none.
    """
    lost, won = (np.asarray(each, dtype=np.float64) for each in (only_reference, only_other))
    difference = np.asarray((won - lost) / number)
    counted = independent or number
    lost, won = lost * (counted / number), won * (counted / number)
    padded = counted + 2
    centre = (won - lost) / padded
    margin = z * np.sqrt(((won + lost + 1) / padded - centre**2) / padded)
    low, high = np.clip(centre - margin, -1.0, 1.0), np.clip(centre + margin, -1.0, 1.0)
    return Interval(difference, low, high)


def unpaired_runs(sums: PairedSums, number: int) -> Floats:
    """Return how many runs of each scenario, drawn apart, would tell their difference as precisely.

    Infinite where the difference is the same in every run though the values vary; missing where the
    values do not vary.
    """
    paired = _variance(sums.other - sums.reference, _squared_differences(sums), number)
    apart = _variance(sums.reference, sums.reference_squares, number) + _variance(
        sums.other, sums.other_squares, number
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(number * apart / paired)


def _squared_differences(sums: PairedSums) -> Floats:
    return sums.other_squares + sums.reference_squares - 2.0 * sums.products


def _variance(total: Floats, squares: Floats, number: int) -> Floats:
    """Return the variance of whole numbers: exactly 0 where they are all alike."""
    return np.maximum(number * squares - total**2, 0.0) / number**2
