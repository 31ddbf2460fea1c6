"""Columns of a table, wrapped to a width without losing anything."""

import re
from typing import NamedTuple

from rich.cells import cell_len
from rich.table import Column
from rich.text import Text

BREAK = re.compile(r"(?<=\s)(?<!\d\. )(?=[^\s%])|(?<=[a-z][._])(?=[a-z])")
"""Where a line may end: between words, but not in "95 %" or "1. Canada"; and in cut_committed."""


class Wrapped(NamedTuple):
    """A column, wrapped.

    Attributes
    ----------
    column
        As it was before.
    texts
        The heading and the cells, each on as many lines as it needs.
    width
        In characters.
    """

    column: Column
    texts: list[Text]
    width: int


def texts_of(column: Column) -> list[Text]:
    """Return the heading and the cells of a column."""
    cells = [column.header, *column.cells]
    return [cell if isinstance(cell, Text) else Text(str(cell)) for cell in cells]


def unwrapped(column: Column) -> Wrapped:
    """Return a column as wide as its texts, or as it is asked to be at least."""
    texts = texts_of(column)
    return Wrapped(column, texts, max(column.min_width or 0, *map(_width, texts)))


def narrowed(wrapped: Wrapped) -> Wrapped:
    """Return a column at the next width that makes a difference, if only by cutting words."""
    width = wrapped.width - 1
    texts = [_fold(text, wrapped.column, width) for text in texts_of(wrapped.column)]
    return wrapped._replace(texts=texts, width=min(width, max(map(_width, texts))))


def cuts_words(wrapped: Wrapped) -> bool:
    """Return whether a column is too narrow for one of its words."""
    return wrapped.width < max(map(_width, wrapped.texts))


def _width(text: Text) -> int:
    return max(map(cell_len, text.plain.split("\n")))


def _fold(text: Text, column: Column, width: int) -> Text:
    """Return a text on as many lines as it needs; of a number, the interval goes below the estimate."""
    if _width(text) <= width:
        return text
    plain = text.plain.replace(" [", "\n[") if column.justify == "right" else text.plain
    lines = [part for line in plain.split("\n") for part in _between_words(line, width)]
    return Text("\n".join(lines), text.style)


def _between_words(line: str, width: int) -> list[str]:
    """Return a line on as many as it needs, all with its indent; a word that is longer stays whole."""
    indent = " " * (len(line) - len(line.lstrip()))
    lines = [indent]
    for word in BREAK.split(line.lstrip()):
        if lines[-1].strip() and cell_len(f"{lines[-1]}{word}".rstrip()) > width:
            lines.append(indent)
        lines[-1] += word
    return [each.rstrip() for each in lines]
