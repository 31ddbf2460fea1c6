"""A table for the terminal that loses nothing where there is little room."""

from collections.abc import Sequence

from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.table import Column, Table

from sim.outputs.document.wrapping import Wrapped, cuts_words, narrowed, texts_of, unwrapped

GAP, NARROW_GAP = 2, 1
"""Spaces between two columns, and where words would be cut else."""

TALLER = 1.5
"""How many times as tall Rich's own table may be, so that numbers stay on a line as long as they can."""


class WholeTable(Table):
    """A table of texts without rules that can be read whole at any width.

    Where Rich would cut a text, or squeeze one, columns are narrowed instead so that it takes few lines more.
    Texts are wrapped between words; in columns of numbers, those that are justified to the right, an interval
    goes below its estimate first. Words are cut, into pieces, only where not even they have room.
    """

    def __init__(self) -> None:
        super().__init__(box=None, pad_edge=False, header_style="bold")

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the table, as Rich shows it if that does it justice."""
        usual = list(super().__rich_console__(console, options))
        shown = "".join(part.text for part in usual if isinstance(part, Segment))
        fitted, gap = _spaced(self.columns, options.max_width)
        whole = "".join(text.plain for column in self.columns for text in texts_of(column))
        is_whole = _letters(shown) == _letters(whole)
        is_squeezed = shown.count("\n") > TALLER * _height(fitted)
        yield from usual if is_whole and not is_squeezed else [_table(fitted, gap)]


def _letters(text: str) -> list[str]:
    """Return all that is not space, in an order that does not depend on where lines end."""
    return sorted("".join(text.split()))


def _spaced(columns: Sequence[Column], width: int) -> tuple[list[Wrapped], int]:
    """Return columns that fit into a width, and the spaces between them."""
    fitted = [(_fitted(columns, width - gap * (len(columns) - 1)), gap) for gap in (GAP, NARROW_GAP)]
    whole = (each for each in fitted if not any(map(cuts_words, each[0])))
    return next(whole, fitted[0])


def _table(columns: Sequence[Wrapped], gap: int) -> Table:
    """Return a table for Rich of columns that are wrapped already, so many spaces apart."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, gap, 0, 0))
    for column, (heading, *_), width in columns:
        table.add_column(heading, justify=column.justify, overflow="fold", width=width)
    for row in zip(*(cells for _, (_, *cells), _ in columns), strict=True):
        table.add_row(*row)
    return table


def _fitted(columns: Sequence[Column], room: int) -> list[Wrapped]:
    """Return columns that fit into the room, narrowed one after another where that costs least."""
    fitted = [unwrapped(column) for column in columns]
    while sum(column.width for column in fitted) > room and any(column.width > 1 for column in fitted):
        possible = [place for place, column in enumerate(fitted) if column.width > 1]
        least = min(possible, key=lambda place: _cost(fitted, place))
        fitted[least] = narrowed(fitted[least])
    return fitted


def _cost(columns: Sequence[Wrapped], place: int) -> tuple[bool, float, int]:
    """Return what it costs to narrow a column: whether words are cut, lines for a space; wide ones first."""
    now = columns[place]
    after = narrowed(now)
    lines = _height([*columns[:place], after, *columns[place + 1 :]]) - _height(columns)
    return cuts_words(after), lines / (now.width - after.width), -now.width


def _height(columns: Sequence[Wrapped]) -> int:
    """Return how many lines the rows of columns take."""
    rows = zip(*(column.texts for column in columns), strict=True)
    return sum(max(text.plain.count("\n") + 1 for text in row) for row in rows)
