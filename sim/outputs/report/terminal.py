"""What commands print, for a page: the same words and tables, once."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table as TerminalTable
from rich.text import Text

from sim.outputs.report.page import Cell, Column, Section, Table

NO_NUMBER = -1e300
NUMBER = re.compile(r"[<>]?\s*([+-]?[\d,]*\.?\d+)")


def section_of(heading: str, printed: RenderableType) -> Section:
    """Return what a command prints as a section.

    Sentences before the first table stand by themselves; a bold text is the caption of the table that
    follows, any other text a note on the table before it.
    """
    paragraphs: list[str] = []
    tables: list[Table] = []
    caption = heading
    for part in _parts(printed):
        if isinstance(part, TerminalTable):
            tables.append(table_of(caption, part))
        elif part.style == "bold":
            caption = " ".join(part.plain.split())
        else:
            text = " ".join(part.plain.split())
            if tables:
                tables[-1] = replace(tables[-1], notes=[*tables[-1].notes, text])
            else:
                paragraphs.append(text)
    return Section(heading, paragraphs, tables=tables)


def table_of(caption: str, printed: TerminalTable) -> Table:
    """Return a terminal's table as one of a page."""
    columns = [Column(_plain(column.header), column.justify == "right") for column in printed.columns]
    cells = [[_plain(cell) for cell in column.cells] for column in printed.columns]
    rows = [
        [
            Cell(text, _order(text) if column.numbers else text)
            for column, text in zip(columns, row, strict=True)
        ]
        for row in zip(*cells, strict=True)
    ]
    return Table(caption, columns, rows)


def _parts(printed: RenderableType) -> Iterator[Any]:
    """Yield the tables and texts of what is printed, in their order."""
    match printed:
        case Group():
            for part in printed.renderables:
                yield from _parts(part)
        case Padding():
            yield from _parts(printed.renderable)
        case TerminalTable() if any(column.header for column in printed.columns):
            yield printed
        case TerminalTable():  # a grid of facts
            for row in zip(*(column.cells for column in printed.columns), strict=True):
                yield Text(": ".join(_plain(cell) for cell in row))
        case Text():
            yield printed
        case str():
            yield Text(printed)


def _plain(cell: Any) -> str:
    return cell.plain if isinstance(cell, Text) else str(cell)


def _order(text: str) -> float:
    """Return the first number in a cell; cells without one come last, from the largest."""
    found = NUMBER.match(text.strip())
    return float(found[1].replace(",", "")) if found else NO_NUMBER
