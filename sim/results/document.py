"""What a document is made of: sentences, facts, typed tables, and sections of these."""

from collections.abc import Sequence
from dataclasses import dataclass
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
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""

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


Block: TypeAlias = str | Note | Facts | Points | Table | Code | Picture | Section
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
