"""Documents in Markdown, for the documentation."""

import re
from collections.abc import Iterable, Iterator, Sequence

from sim.results.document import (
    Block,
    Code,
    Document,
    Fact,
    Facts,
    Note,
    Picture,
    Point,
    Points,
    Section,
    Table,
    whole,
)

TAG = re.compile(r"<(?=[A-Za-z/!?])")
"""Where Markdown would read HTML."""


def markdown(document: Document | Section, level: int = 1) -> str:
    """Return a document, or a section of one, with a heading of this level; HTML in it is shown as text."""
    return "\n".join(_lines(document, level)).rstrip() + "\n"


def _lines(document: Document | Section, level: int) -> Iterator[str]:
    heading = document.title if isinstance(document, Document) else document.heading
    yield from (f"{'#' * level} {_text(heading)}", "")
    yield from _blocks(document.blocks, level)


def _blocks(blocks: Sequence[Block], level: int) -> Iterator[str]:
    for block in whole(blocks):
        if isinstance(block, Section):
            yield from _lines(block, level + 1)
        else:
            yield from (*_block(block), "")


def _block(block: Block) -> Iterator[str]:
    match block:
        case str():
            yield _text(block)
        case Note():
            yield _text(block.note)
        case Facts():
            yield from map(_fact, block.facts)
        case Points():
            yield from map(_point, block.points)
        case Table():
            yield from ([_text(block.caption), ""] if block.caption else [])
            yield from table(block)
        case Code():
            yield from ("```", block.code, "```")
        case Picture():
            yield f"![{_text(block.alt)}]({block.source})"


def _fact(fact: Fact) -> str:
    return _text(f"- {fact.name.strip()}: {fact.value} {fact.mark}".rstrip())


def _point(point: Point) -> str:
    source = f" [source]({point.address})" if point.address else ""
    return f"- {_text(point.text)}{source}"


def table(block: Table) -> Iterator[str]:
    """Yield the lines of a table."""
    yield _row(map(_cell, block.headings))
    yield _row("---:" if is_number else ":---" for is_number in block.numbers)
    yield from (_row(_cell(cell.text) for cell in row) for row in block.rows)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    """Return a text on one line that does not end its cell; spaces that indent it stay."""
    indent = "&nbsp;" * (len(text) - len(text.lstrip()))
    return indent + _text(" ".join(text.split())).replace("|", "\\|")


def _text(text: str) -> str:
    return TAG.sub(r"\\<", text)
