"""Documents in the terminal, whole at any width."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Column
from rich.table import Table as Grid
from rich.text import Text

from sim.outputs.document.whole_table import WholeTable
from sim.results.document import Block, Code, Document, Facts, Note, Points, Section, Table, whole

WIDE = 120
"""Characters of a line where what is printed goes to no terminal."""


def print_document(document: Document) -> None:
    """Print to standard output; where that is no terminal, at a width that keeps rows on a line."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDE)
    console.print(rendered(document))


def rendered(document: Document) -> RenderableType:
    """Return a document for Rich; its texts are shown as they are, markup is not interpreted."""
    return Group(_bold(document.title), *_blocks(document.blocks))


def _blocks(blocks: Sequence[Block]) -> Iterator[RenderableType]:
    """Yield blocks; a blank line stands around tables and facts, but not above the notes on them."""
    before: Block | None = None
    for block in whole(blocks):
        is_large, follows_large = isinstance(block, Table | Facts), isinstance(before, Table | Facts)
        if (before is not None and is_large) or (follows_large and not isinstance(block, Note | Section)):
            yield Text()
        yield from _lines(block)
        before = block


def _lines(block: Block) -> Iterator[RenderableType]:
    match block:
        case str():
            yield Text(block)
        case Note():
            yield Text(block.note, style="dim")
        case Facts():
            yield _facts(block)
        case Points():
            yield from (Padding(Text(point.text), (0, 0, 0, 2)) for point in block.points)
        case Table():
            yield from ([_bold(block.caption)] if block.caption else [])
            yield table(block)
        case Code():
            yield Text(block.code)
        case Section():
            yield Text()
            yield _bold(block.heading)
            yield from _blocks(block.blocks)


def _bold(text: str) -> Text:
    return Text(text, style="bold")


def _facts(block: Facts) -> Grid:
    grid = Grid.grid(*(Column(overflow="fold") for _ in range(3)), padding=(0, 2))
    for fact in block.facts:
        grid.add_row(Text(fact.name), Text(fact.value), Text(fact.mark))
    return grid


def table(block: Table) -> WholeTable:
    """Return a table for Rich: names, numbers and what is short stay on a line where there is room."""
    shown = WholeTable()
    for place, (heading, is_number) in enumerate(zip(block.headings, block.numbers, strict=True)):
        stays: Any = place == 0 or is_number or all(row[place].is_short for row in block.rows)
        shown.add_column(Text(heading), justify="right" if is_number else "left", no_wrap=stays)
    for row in block.rows:
        shown.add_row(*(Text(cell.text) for cell in row))
    return shown
