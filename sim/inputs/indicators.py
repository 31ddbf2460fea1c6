"""Indicators: columns of the table of nations brought to 0..1 and averaged.

After the Handbook on Constructing Composite Indicators (OECD 2008). Logarithms are rounded to multiples
of 2^-40, sums are exactly rounded (`math.fsum`) and all else is IEEE arithmetic, so a mean has the
same bits on every machine and whatever the order of the rows.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.inputs.csv_file import CsvTable
from sim.inputs.roster_tables import Indicator

FloatArray = NDArray[np.float64]

GRID = 2.0**40
"""Numbers are rounded to multiples of 1 / GRID where the last bit could differ between machines."""


def on_grid(values: FloatArray) -> FloatArray:
    """Return the nearest multiples of 2^-40."""
    return np.rint(values * GRID) / GRID


def min_max(values: FloatArray) -> FloatArray:
    """Return values brought to 0..1 over those present; NaN stays NaN.

    Values that are all equal tell no nation from another. They become 0, not 0.5, because a column that
    nobody or everybody has (no border with Russia in the whole roster) must not move anybody.
    """
    present = values[~np.isnan(values)]
    if present.size == 0:
        return values
    low, high = present.min(), present.max()
    if low == high:
        return np.where(np.isnan(values), math.nan, 0.0)
    scaled: FloatArray = (values - low) / (high - low)
    return scaled


def log10(values: FloatArray) -> FloatArray:
    """Return the log10 of values of at least zero, zero taken as the smallest positive one."""
    positive = values[values > 0]
    floor = positive.min() if positive.size else 1.0
    logs = [math.log10(max(value, floor)) if value >= 0 else math.nan for value in values.tolist()]
    return on_grid(np.array(logs, dtype=np.float64))


def score(indicator: Indicator, table: CsvTable) -> FloatArray:
    """Return an indicator of all nations, brought to 0..1 as it declares; NaN where it is missing.

    Raises
    ------
    InputError
        If a cell is no number, a logarithm is asked of a negative one, or a factor is not in 0..1.
    """
    values = _ratio(table.numbers(indicator.column), indicator.per, table)
    for column, bound in indicator.where_above.items():
        values = np.where(table.numbers(column) > bound, values, math.nan)
    if indicator.log:
        _refuse_negative(indicator.column, table)
        values = log10(values)
    normalised = min_max(-values if indicator.reversed else values)
    if indicator.times is not None:
        factor = [row.number_between(indicator.times, 0.0, 1.0) for row in table.rows]
        normalised = min_max(normalised * np.array(factor, dtype=np.float64))
    return normalised


def mean_of_present(parts: Sequence[FloatArray], nations: int) -> FloatArray:
    """Return the mean over the parts that are present, nation by nation; the middle, 0.5, where none is."""
    means = np.full(nations, 0.5)
    for nation in range(nations):
        present = [float(part[nation]) for part in parts if not math.isnan(part[nation])]
        if present:
            means[nation] = math.fsum(present) / len(present)
    return means


def _ratio(values: FloatArray, per: str | None, table: CsvTable) -> FloatArray:
    """Divide by a column; missing where the divisor is not above zero."""
    if per is None:
        return values
    divisor = table.numbers(per)
    usable = divisor > 0
    ratio = np.divide(values, divisor, out=np.full(values.shape, math.nan), where=usable)
    return np.where(np.isfinite(ratio), ratio, math.nan)


def _refuse_negative(column: str, table: CsvTable) -> None:
    for row in table.rows:
        if row.number(column) < 0:
            raise row.error(column, f"{row.text(column)} has no logarithm; allowed is zero or more")
