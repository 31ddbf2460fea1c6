"""What a document is made of: sentences, facts, typed tables, and sections of these.

What does not answer at a glance is marked where it is written: `Details`, and rows and columns of tables.
Pages, files and notebooks show all of a document; a terminal shows its `first_screen`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from math import isnan
from typing import TypeAlias

SHORT = 16
"""Characters of a cell that is not broken into lines, as a date or a name."""


@dataclass(frozen=True)
class Cell:
    """A cell of a table: what is read, and by what rows are sorted; those by None come last."""

    text: str
    value: float | str | None

    @property
    def is_short(self) -> bool:
        """Whether it stands on one line: browsers would break a date at its hyphens."""
        return len(self.text) <= SHORT


def number(value: float, text: str) -> Cell:
    """Return a cell that is sorted by a number; one that is not known comes last."""
    return Cell(text, None if isnan(value) else float(value))


def word(text: str) -> Cell:
    """Return a cell that is sorted by what it says."""
    return Cell(text, text)


def nothing(text: str = "") -> Cell:
    """Return a cell that has no value: empty, or why there is none."""
    return Cell(text, None)


@dataclass(frozen=True)
class Table:
    """A table; the first cell of a row names it.

    Attributes
    ----------
    headings
        One a column.
    rows
        A cell a column.
    caption
        What it is, where no heading right above says it.
    most
        How many rows stand on the first screen; all if None.
    aside
        The headings of columns that do not stand there.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    most: int | None = None
    aside: tuple[str, ...] = ()

    @property
    def numbers(self) -> tuple[bool, ...]:
        """Which columns hold numbers: all their values, of those that have any."""
        return tuple(_are_numbers([row[place] for row in self.rows]) for place in range(len(self.headings)))


def _are_numbers(cells: Sequence[Cell]) -> bool:
    values = [cell.value for cell in cells if cell.value is not None]
    return bool(values) and not any(isinstance(value, str) for value in values)


@dataclass(frozen=True)
class Fact:
    """A value with its name, and what it rests on where that is known."""

    name: str
    value: str
    mark: str = ""


@dataclass(frozen=True)
class Facts:
    """Facts below each other."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Note:
    """How to read what stands above: legends, and what numbers rest on."""

    note: str


@dataclass(frozen=True)
class Point:
    """An item of a list; `address` is that of its source, if it has one."""

    text: str
    address: str = ""


@dataclass(frozen=True)
class Points:
    """A list."""

    points: tuple[Point, ...]


def points(texts: Sequence[str]) -> Points:
    """Return a list of texts."""
    return Points(tuple(map(Point, texts)))


@dataclass(frozen=True)
class Code:
    """What is typed."""

    code: str


@dataclass(frozen=True)
class Picture:
    """A figure: its address, which may hold it, what it shows in words, and its size in pixels."""

    source: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it; sections may hold others."""

    heading: str
    blocks: "tuple[Block, ...]"


@dataclass(frozen=True)
class Details:
    """Blocks that do not stand on the first screen; in whole documents they stand where they are."""

    details: "tuple[Block, ...]"


Block: TypeAlias = str | Note | Facts | Points | Table | Code | Picture | Section | Details
"""What stands below each other; a text is a paragraph."""


@dataclass(frozen=True)
class Document:
    """What an answer says. The paragraphs that it begins with are its headline."""

    title: str
    blocks: tuple[Block, ...]

    @property
    def headline(self) -> tuple[str, ...]:
        """What comes first, in sentences."""
        return tuple(block for block in takewhile(_is_paragraph, self.blocks) if isinstance(block, str))

    @property
    def body(self) -> tuple[Block, ...]:
        """What follows the headline."""
        return self.blocks[len(self.headline) :]


def _is_paragraph(block: Block) -> bool:
    return isinstance(block, str)


def whole(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield blocks with details in their places, for those who show all."""
    for block in blocks:
        yield from whole(block.details) if isinstance(block, Details) else (block,)


def first_screen(document: Document) -> Document:
    """Return what answers at a glance: without details, and without sections that hold nothing else."""
    return replace(document, blocks=tuple(_first(document.blocks)))


def _first(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        match block:
            case Details():
                pass
            case Section():
                inside = tuple(_first(block.blocks))
                yield from (replace(block, blocks=inside),) if inside else ()
            case Table():
                yield from _first_rows(block)
            case _:
                yield block


def _first_rows(table: Table) -> Iterator[Block]:
    """Yield the rows and columns of a table that stand on the first screen, and how many rows do not."""
    places = [place for place, heading in enumerate(table.headings) if heading not in table.aside]
    rows = tuple(tuple(row[place] for place in places) for row in table.rows[: table.most])
    yield Table(tuple(table.headings[place] for place in places), rows, table.caption)
    left = len(table.rows) - len(rows)
    yield from (Note(f"... and {left} more"),) if left else ()
