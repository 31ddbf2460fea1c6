"""Pictures with a row a name: a value, the line around it, both in words."""

from collections.abc import Callable, Sequence

from matplotlib.ticker import MaxNLocator

from sim.dashboard.picture import CHARACTER, LABELS, Svg
from sim.outputs import style
from sim.outputs.forest import ForestRow

ACROSS, ROW, AXIS = 180, 20, 40
"""Width of what values are drawn on, height of a row and of what stands below the rows, in pixels: the
narrower the picture, the larger its letters on a phone."""


Scale = Callable[[float], float]
Mark = Callable[[Svg, ForestRow, Scale, float], None]


def row_picture(rows: Sequence[ForestRow], mark: Mark, unit: str, words: str) -> str:
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
    left = max(len(row.label) for row in rows) * CHARACTER + 12
    right = left + ACROSS
    beside = max(len(row.beside) for row in rows) * CHARACTER + 16
    picture = Svg(right + beside, ROW * len(rows) + AXIS, words)
    least, most = (
        min(0.0, *(row.estimate.low for row in rows)),
        max(0.0, *(row.estimate.high for row in rows)),
    )

    def x(value: float) -> float:
        return left + (right - left) * (value - least) / ((most - least) or 1.0)

    _draw_axis(picture, x, (least, most), unit)
    for place, row in enumerate(rows):
        at = ROW * (place + 0.5)
        mark(picture, row, x, at)
        picture.text(left - 8, at, row.label, text_anchor="end")
        picture.text(right + 10, at, row.beside, fill=style.INK)
    return picture.svg()


def bar(picture: Svg, row: ForestRow, x: Scale, at: float) -> None:
    """Draw a value as a bar from 0, with its bounds."""
    start, end = sorted((x(0.0), x(row.estimate.value)))
    picture.add("rect", x=start, y=at - 6, width=end - start, height=12, fill=row.colour)
    picture.rule((x(row.estimate.low), at), (x(row.estimate.high), at), style.INK, stroke_width=1.5)


def point(picture: Svg, row: ForestRow, x: Scale, at: float) -> None:
    """Draw a value as a point, with its bounds."""
    picture.rule((x(row.estimate.low), at), (x(row.estimate.high), at), row.colour, stroke_width=2)
    picture.add("circle", cx=x(row.estimate.value), cy=at, r=4, fill=row.colour)


def _draw_axis(picture: Svg, x: Scale, ends: tuple[float, float], unit: str) -> None:

    bottom = picture.height - AXIS + 2
    for value in MaxNLocator(6).tick_values(*ends):
        if ends[0] <= value <= ends[1]:
            picture.rule((x(value), 0.0), (x(value), bottom), style.GRID)
            picture.text(x(value), bottom + 10, f"{value:g}", text_anchor="middle")
    picture.rule((x(0.0), 0.0), (x(0.0), bottom), style.MUTED)
    picture.text((x(ends[0]) + x(ends[1])) / 2, bottom + 26, unit, text_anchor="middle", fill=LABELS)
