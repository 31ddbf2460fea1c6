"""Tables in CSV files, read so that every mistake can be told with its file, line and column."""

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.inputs.characters import refused_character
from sim.inputs.errors import InputError, near_match
from sim.inputs.text_file import read_text

MAX_BYTES = 5_000_000
MAX_COLUMNS = 1_000
MAX_ROWS = 500_000
"""Far more than a roster needs; a table of this size still fits into memory."""

LARGEST_NUMBER = 1e15
"""Nothing that is counted or measured here is larger; it keeps differences and products finite."""


@dataclass(frozen=True)
class Row:
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
            raise self.error(column, f'"{text}" is not a number; leave it empty if it is not known') from None
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
            return date.fromisoformat(text)
        except ValueError:
            raise self.error(column, f'"{text}" is not a date; write it as 2025-04-10') from None


@dataclass(frozen=True)
class Table:
    """A table: its file, its columns and its rows in the order of the file."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def numbers(self, column: str) -> NDArray[np.float64]:
        """Return a column as numbers, shape (rows,), NaN where empty."""
        return np.array([row.number(column) for row in self.rows], dtype=np.float64)

    def require(self, *columns: str) -> "Table":
        """Return the table if it has the columns; an InputError names the first that is missing."""
        for column in columns:
            if column not in self.columns:
                hint = near_match(column, self.columns) or f"; the columns are {', '.join(self.columns[:12])}"
                raise InputError(f"the column is missing{hint}", file=self.path, line=1, key=column)
        return self


def read_csv(path: Path) -> Table:
    """Read a CSV file with a header line.

    Parameters
    ----------
    path
        A UTF-8 text file, cells separated by commas. Blank lines are skipped.

    Raises
    ------
    InputError
        If the file cannot be read, is no text, has no header, a column twice, a row of another length, or is
        larger than 5 MB.
    """
    lines = _records(path)
    if not lines:
        raise InputError("the file is empty; the first line must name the columns", file=path)
    (first, header), *records = lines
    if len(records) > MAX_ROWS:
        raise InputError(f"has {len(records):,} rows; at most {MAX_ROWS:,} are allowed", file=path)
    columns = tuple(cell.strip() for cell in header)
    _check_columns(path, first, columns)
    return Table(path, columns, tuple(_row(path, columns, *record) for record in records))


def _check_columns(path: Path, line: int, columns: tuple[str, ...]) -> None:
    if len(columns) > MAX_COLUMNS:
        problem = f"names {len(columns):,} columns; at most {MAX_COLUMNS:,} are allowed"
        raise InputError(problem, file=path, line=line)
    for column in columns:
        if columns.count(column) > 1:
            problem = "the column stands there twice"
            raise InputError(problem, file=path, line=line, key=column or "(no name)")


def _records(path: Path) -> list[tuple[int, list[str]]]:
    """Return (line number, cells) of every line that is not blank."""
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    try:
        return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise InputError(f"not readable as CSV: {error}", file=path, line=reader.line_num) from None


def _text(path: Path) -> str:
    text = read_text(path, MAX_BYTES, "a CSV file")
    for number, line in enumerate(text.split("\n"), 1):
        character = refused_character(line)
        if character:
            problem = f"holds the control character {character}, which no text may"
            raise InputError(problem, file=path, line=number)
    return text


def _row(path: Path, columns: tuple[str, ...], line: int, cells: list[str]) -> Row:
    if len(cells) != len(columns):
        problem = (
            f"the line has {len(cells)} cells, the header has {len(columns)}; quote cells that hold commas"
        )
        raise InputError(problem, file=path, line=line)
    return Row(path, line, {column: cell.strip() for column, cell in zip(columns, cells, strict=True)})
