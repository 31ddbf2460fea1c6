"""Estimates as columns of tables: each with the bounds of its 95 % interval."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sim.declarations.arrays import Floats
from sim.experiments import statistics
from sim.experiments.comparison.paired import PairedEstimates, PairedSums, compare_means
from sim.experiments.statistics import Interval

RANGE = (0.05, 0.95)
"""The quantiles that bound the range of 90 % of the runs."""


def interval_columns(name: str, interval: tuple[ArrayLike, ArrayLike, ArrayLike]) -> dict[str, Any]:
    """Return an estimate and the bounds of its interval: ``p``, ``p_low``, ``p_high``."""
    parts = (part.item() if np.ndim(part) == 0 else part for part in map(np.asarray, interval))
    return dict(zip((name, f"{name}_low", f"{name}_high"), parts, strict=True))


def spread_columns(name: str, values: Floats, independent: int) -> dict[str, Any]:
    """Return the mean over runs with its interval, and the range of 90 % of the runs (`_q05`, `_q95`)."""
    low, high = np.quantile(values, RANGE)
    return {
        **interval_columns(name, mean_of(values, independent)),
        f"{name}_q05": float(low),
        f"{name}_q95": float(high),
    }


def mean_of(values: Floats, independent: int) -> Interval:
    """Return the mean over runs, the first axis, with its interval, which counts on the independent ones."""
    return statistics.mean(values.sum(axis=0), (values * values).sum(axis=0), len(values), independent)


def paired_means(reference: Floats, other: Floats, independent: int) -> PairedEstimates:
    """Return the means of two outcomes of the same runs, the first axis, and their paired difference.

    Intervals count on so many independent runs.
    """
    products = (reference, reference * reference, other, other * other, reference * other)
    sums = PairedSums(*(np.asarray(each.sum(axis=0)) for each in products))
    return compare_means(sums, len(reference), independent)
