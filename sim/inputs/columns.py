"""What the numbers of a column may be: unit, range, codes for what is missing; and codes nobody declared."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sim.inputs.csv_file import CsvRow, CsvTable
from sim.inputs.roster_tables import NumberColumn

USUAL_CODES = (-9.0, -99.0, -999.0, 99.0, 999.0, 9999.0)
"""What data sets write where nothing is known."""


def checked(table: CsvTable, declared: Mapping[str, NumberColumn]) -> CsvTable:
    """Return a table in which the codes that are declared for what is missing are empty cells.

    Raises
    ------
    InputError
        For a number out of the range that is declared.
    """
    here = {column: numbers for column, numbers in declared.items() if column in table.columns}
    return replace(table, rows=tuple(_checked(row, here) for row in table.rows))


def _checked(row: CsvRow, declared: Mapping[str, NumberColumn]) -> CsvRow:
    for column, numbers in declared.items():
        if row.text(column) in numbers.missing or row.number(column) in numbers.missing:
            row = row.with_text(column, "")
        value = row.number(column)
        low, high = numbers.range or (-math.inf, math.inf)
        if value < low or value > high:
            allowed = f"{low:.15g} to {high:.15g} {numbers.unit}".rstrip()
            raise row.error(column, f"{value:.15g} is out of range; allowed is {allowed}")
    return row


@dataclass(frozen=True)
class Suspect:
    """A number that may be a code for what is missing."""

    row: CsvRow
    column: str


def suspects(table: CsvTable, columns: Collection[str]) -> Iterator[Suspect]:
    """Yield the usual codes for what is missing that stand apart from the other numbers of their column."""
    for column in table.columns:
        if column in columns:
            numbers = [row.number(column) for row in table.rows]
            for row, number in zip(table.rows, numbers, strict=True):
                if number in USUAL_CODES and _is_apart(number, numbers):
                    yield Suspect(row, column)


def _is_apart(code: float, numbers: Sequence[float]) -> bool:
    """Tell whether a code is farther from the others than they are from each other, or alone is negative."""
    others = [number for number in numbers if not math.isnan(number) and number not in USUAL_CODES]
    if not others:
        return False
    low, high = min(others), max(others)
    if code < 0 <= low:
        return True
    return max(low - code, code - high) > high - low
