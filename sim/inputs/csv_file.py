"""Tables in CSV files, read so that every mistake is reported with its file, line and column."""

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple, cast, overload

import numpy as np
from numpy.typing import NDArray

from sim.inputs.characters import refused_character
from sim.inputs.days import day_of
from sim.inputs.errors import InputError, near_match
from sim.inputs.text_file import read_text

MAX_COLUMNS = 1_000


class Bounds(NamedTuple):
    """How large a table may be."""

    bytes: int = 5_000_000
    rows: int = 500_000


OF_DATA = Bounds()
"""Far more than a roster needs; a table of this size still fits into memory."""

COMMENT = "#"
"""A line that begins with it is not read."""

SEPARATORS = {";": "semicolons", "\t": "tabs"}
"""What programs other than this one may write between cells."""

LARGEST_NUMBER = 1e15
"""Nothing that is counted or measured here is larger; it keeps differences and products finite."""


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One line of a table.

    Attributes
    ----------
    path, line
        Where it stands.
    cells
        Text by column, stripped; empty where nothing is known.
    """

    path: Path
    line: int
    cells: Mapping[str, str]

    def error(self, column: str, problem: str) -> InputError:
        """Return the error that says what is wrong in a column of this row."""
        return InputError(problem, file=self.path, line=self.line, key=column)

    def with_text(self, column: str, text: str) -> "CsvRow":
        """Return the row with another text in a column."""
        return self if self.text(column) == text else replace(self, cells={**self.cells, column: text})

    def text(self, column: str) -> str:
        """Return the text in a column; empty where it is empty or where the table has no such column."""
        return self.cells.get(column, "")

    def number(self, column: str) -> float:
        """Return the number in a column, NaN where it is empty.

        Raises
        ------
        InputError
            If the text is no finite number.
        """
        text = self.text(column)
        if not text:
            return math.nan
        try:
            value = float(text.replace("_", "?"))
        except ValueError:
            raise self.error(column, _not_a_number(text)) from None
        if not abs(value) <= LARGEST_NUMBER:
            raise self.error(column, f'"{text}" is not allowed; give a finite number, or leave it empty')
        return value

    def number_between(self, column: str, low: float, high: float) -> float:
        """Return the number in a column, NaN where it is empty; an InputError if it is out of range."""
        value = self.number(column)
        if value < low or value > high:
            raise self.error(column, f"{value:g} is out of range; allowed is {low:g} to {high:g}")
        return value

    def day(self, column: str) -> date:
        """Return the date in a column; an InputError if there is none."""
        text = self.text(column)
        try:
            day = day_of(text)
        except ValueError as error:
            raise self.error(column, str(error)) from None
        if isinstance(day, str):
            raise self.error(column, f'"{text}" is not a date; write it as 2025-04-10')
        return cast("date", day)


def has_decimal_comma(text: str) -> bool:
    """Tell whether a text is a number as much of Europe writes it: 0,5."""
    return bool(re.fullmatch(r"[+-]?\d*,\d+", text))


def _not_a_number(text: str) -> str:
    instead = "leave it empty if it is not known"
    if has_decimal_comma(text):
        instead = f"decimals have a point: {text.replace(',', '.')}"
    return f'"{text}" is not a number; {instead}'


@dataclass(frozen=True)
class CsvTable:
    """A table: its file, its columns, its rows in the order of the file, the line that names the columns."""

    path: Path
    columns: tuple[str, ...]
    rows: Sequence[CsvRow]
    header: int = 1

    def numbers(self, column: str) -> NDArray[np.float64]:
        """Return a column as numbers, shape (rows,), NaN where empty."""
        return np.array([row.number(column) for row in self.rows], dtype=np.float64)

    def require(self, *columns: str) -> "CsvTable":
        """Return the table if it has the columns; an InputError names the first that is missing."""
        for column in columns:
            if column not in self.columns:
                hint = near_match(column, self.columns) or f"; the columns are {', '.join(self.columns[:12])}"
                raise InputError(f"the column is missing{hint}", file=self.path, line=self.header, key=column)
        return self


def read_csv(path: Path, bounds: Bounds = OF_DATA) -> CsvTable:
    """Read a CSV file with a header line.

    Parameters
    ----------
    path
        A UTF-8 text file, cells separated by commas. Blank lines and those that begin with ``#`` are skipped,
        and so are columns without a name in which nothing stands.
    bounds
        How large it may be.

    Raises
    ------
    InputError
        If the file cannot be read, is no text, is larger, has no header, other separators than commas, a
        column twice or without a name, or a row of another length.
    """
    lines = list(_records(path, bounds))
    if not lines:
        raise InputError("the file is empty; the first line must name the columns", file=path)
    (first, header), *records = lines
    if len(records) > bounds.rows:
        raise InputError(f"has {len(records):,} rows; at most {bounds.rows:,} are allowed", file=path)
    columns = tuple(cell.strip() for cell in header)
    _check_columns(path, first, columns)
    _check_lengths(path, columns, records)
    _check_names(path, first, columns, records)
    named = tuple(filter(None, columns))
    return CsvTable(path, named, _Rows(path, columns, records), first)


CsvLine = tuple[int, list[str]]
"""The line on which a row begins, and its cells."""


def _check_columns(path: Path, line: int, columns: tuple[str, ...]) -> None:
    if len(columns) > MAX_COLUMNS:
        problem = f"names {len(columns):,} columns; at most {MAX_COLUMNS:,} are allowed"
        raise InputError(problem, file=path, line=line)
    for separator, name in SEPARATORS.items():
        if len(columns) == 1 and separator in columns[0]:
            problem = f"cells are separated by {name}; write commas between them, and a point in decimals"
            raise InputError(problem, file=path, line=line)
    for column in columns:
        if column and columns.count(column) > 1:
            raise InputError("the column stands there twice", file=path, line=line, key=column)


def _check_lengths(path: Path, columns: tuple[str, ...], records: list[CsvLine]) -> None:
    """Refuse rows of another length than the header: the first, and why it may be so."""
    for line, cells in records:
        if len(cells) != len(columns):
            counted = f"the line has {len(cells)} cells, the header has {len(columns)}"
            reasons = {len(columns) + 1: "; row names need a name in the header too"}
            reasons[2 * len(columns)] = "; decimals have a point"
            problem = f"{counted}; quote cells that hold commas{reasons.get(len(cells), '')}"
            raise InputError(problem, file=path, line=line)


def _check_names(path: Path, line: int, columns: tuple[str, ...], records: list[CsvLine]) -> None:
    """Refuse a column without a name, unless nothing stands in it."""
    nameless = [place for place, column in enumerate(columns) if not column]
    if any(cells[place].strip() for _, cells in records for place in nameless):
        problem = "has no name; name it, or leave out row names"
        raise InputError(problem, file=path, line=line, key=f"column {nameless[0] + 1}")


def _records(path: Path, bounds: Bounds) -> Iterator[CsvLine]:
    """Yield every row that is not blank."""
    lines = _Lines(_text(path, bounds.bytes))
    reader = csv.reader(lines, strict=True)
    try:
        while True:
            lines.within_row = False
            cells = next(reader, None)
            if cells is None:
                return
            if any(cell.strip() for cell in cells):
                yield lines.first, cells
    except csv.Error as error:
        raise InputError(f"not readable as CSV: {error}", file=path, line=lines.number) from None


class _Lines:
    """The lines of a text without comments; what begins with ``#`` within a row is none.

    Attributes
    ----------
    number
        Of the line that was read last, from 1.
    first
        Of the line on which the row begins.
    within_row
        Whether the row goes on.
    """

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self.number = self.first = 0
        self.within_row = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        for line in self._lines:
            self.number += 1
            if not self.within_row:
                self.first = self.number
                if line.lstrip().startswith(COMMENT):
                    continue
            self.within_row = True
            return line
        raise StopIteration


def _text(path: Path, most_bytes: int) -> str:
    text = read_text(path, most_bytes, "a CSV file")
    for number, line in enumerate(text.split("\n"), 1):
        character = refused_character(line)
        if character:
            problem = f"holds the control character {character}, which no text may"
            raise InputError(problem, file=path, line=number)
    return text


@dataclass(frozen=True)
class _Rows(Sequence[CsvRow]):
    """Rows, each made when it is asked for: a million of them would take much memory."""

    path: Path
    columns: tuple[str, ...]
    records: Sequence[CsvLine]

    def __len__(self) -> int:
        return len(self.records)

    @overload
    def __getitem__(self, index: int) -> CsvRow: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[CsvRow]: ...
    def __getitem__(self, index: int | slice) -> CsvRow | Sequence[CsvRow]:
        if isinstance(index, slice):
            return _Rows(self.path, self.columns, self.records[index])
        line, cells = self.records[index]
        named = zip(self.columns, cells, strict=True)
        return CsvRow(self.path, line, {column: cell.strip() for column, cell in named if column})
