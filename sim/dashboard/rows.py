"""Pictures with a row a name: a value, the line around it, both in words."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from matplotlib.ticker import MaxNLocator

from sim.dashboard.picture import CHARACTER, LABELS, Svg
from sim.outputs import style

ACROSS, ROW, AXIS = 180, 20, 40
"""Width of what values are drawn on, height of a row and of what stands below the rows, in pixels: the
narrower the picture, the larger its letters on a phone."""


class Row(NamedTuple):
    """A row: a value and the bounds around it, what is written beside them, the colour."""

    name: str
    value: float
    low: float
    high: float
    words: str
    colour: str


Scale = Callable[[float], float]
Mark = Callable[[Svg, Row, Scale, float], None]


def row_picture(rows: Sequence[Row], mark: Mark, unit: str, words: str) -> str:
    """Return a picture of rows.

    Parameters
    ----------
    rows
        From the top.
    mark
        Draws the value of a row: `bar` or `point`.
    unit, words
        What the values are in; what the picture shows.
    """
    left = max(len(row.name) for row in rows) * CHARACTER + 12
    right = left + ACROSS
    beside = max(len(row.words) for row in rows) * CHARACTER + 16
    picture = Svg(right + beside, ROW * len(rows) + AXIS, words)
    least, most = min(0.0, *(row.low for row in rows)), max(0.0, *(row.high for row in rows))

    def x(value: float) -> float:
        return left + (right - left) * (value - least) / ((most - least) or 1.0)

    _draw_axis(picture, x, (least, most), unit)
    for place, row in enumerate(rows):
        at = ROW * (place + 0.5)
        mark(picture, row, x, at)
        picture.text(left - 8, at, row.name, text_anchor="end")
        picture.text(right + 10, at, row.words, fill=style.INK)
    return picture.svg()


def bar(picture: Svg, row: Row, x: Scale, at: float) -> None:
    """Draw a value as a bar from 0, with its bounds."""
    start, end = sorted((x(0.0), x(row.value)))
    picture.add("rect", x=start, y=at - 6, width=end - start, height=12, fill=row.colour)
    picture.rule((x(row.low), at), (x(row.high), at), style.INK, stroke_width=1.5)


def point(picture: Svg, row: Row, x: Scale, at: float) -> None:
    """Draw a value as a point, with its bounds."""
    picture.rule((x(row.low), at), (x(row.high), at), row.colour, stroke_width=2)
    picture.add("circle", cx=x(row.value), cy=at, r=4, fill=row.colour)


def _draw_axis(picture: Svg, x: Scale, ends: tuple[float, float], unit: str) -> None:

    bottom = picture.height - AXIS + 2
    for value in MaxNLocator(6).tick_values(*ends):
        if ends[0] <= value <= ends[1]:
            picture.rule((x(value), 0.0), (x(value), bottom), style.GRID)
            picture.text(x(value), bottom + 10, f"{value:g}", text_anchor="middle")
    picture.rule((x(0.0), 0.0), (x(0.0), bottom), style.MUTED)
    picture.text((x(ends[0]) + x(ends[1])) / 2, bottom + 26, unit, text_anchor="middle", fill=LABELS)
