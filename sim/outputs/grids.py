"""Tables of texts that are shown in the terminal and in the documentation alike."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rich.text import Text

from sim.outputs.whole_table import WholeTable


class Grid(NamedTuple):
    """A table of texts.

    Attributes
    ----------
    columns
        Headings; the first is that of the labels.
    rows
        A text a column.
    numbers
        How many columns after the first hold numbers.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: int


def as_table(grid: Grid) -> WholeTable:
    """Return a table for the terminal."""
    table = WholeTable()
    for place, column in enumerate(grid.columns):
        is_number = 1 <= place <= grid.numbers
        table.add_column(column, justify="right" if is_number else "left", no_wrap=place <= grid.numbers)
    for row in grid.rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def as_markdown(grid: Grid) -> Iterator[str]:
    """Yield the lines of a table in Markdown."""
    ends = ["---:" if 1 <= place <= grid.numbers else ":---" for place in range(len(grid.columns))]
    yield _line(grid.columns)
    yield _line(ends)
    yield from map(_line, grid.rows)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    """Return a text on one line that does not end its cell; spaces that indent it stay."""
    indent = "&nbsp;" * (len(text) - len(text.lstrip()))
    return indent + " ".join(text.split()).replace("|", "\\|")
