"""Whether the words of a figure can be read: none beyond its edge, none over another."""

from collections.abc import Iterator
from itertools import combinations

from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from sim.outputs.style import figure_style

ROOM = 1.0
"""Pixels by which boxes of texts may reach beyond the edge: letters are narrower."""

ACROSS, DOWN = 1.5, 3.0
"""Pixels by which boxes of texts may overlap: there is room around letters, above and below most of it."""


def illegible(figure: Figure) -> list[str]:
    """Return which texts are cut off by the edge of a figure, and which overlap."""
    with figure_style():
        FigureCanvasAgg(figure).draw()
        words = list(_drawn(figure))
    cut = [f"cut off: {text}" for text, box in words if not _holds(figure.bbox, box)]
    over = [f"overlap: {one}, {other}" for (one, a), (other, b) in combinations(words, 2) if _overlap(a, b)]
    return cut + over


def _drawn(figure: Figure) -> Iterator[tuple[str, Bbox]]:
    """Yield the texts that are drawn, and where: axes hold labels of ticks that they do not show, too."""
    unseen = {id(label) for axis in figure.findobj(Axis) for label in _beyond(axis)}
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text().strip() and id(text) not in unseen:
            box = Text.get_window_extent(text)
            if box.width > 0:
                yield text.get_text(), box


def _beyond(axis: Axis) -> Iterator[Text]:
    """Yield the labels of ticks that are beyond the ends of an axis, or not shown at all."""
    low, high = sorted(axis.get_view_interval())
    slack = 1e-9 * (high - low)
    for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
        is_within = low - slack <= tick.get_loc() <= high + slack
        if not (is_within and axis.get_visible() and axis.axes.axison):
            yield from (tick.label1, tick.label2)


def _holds(outer: Bbox, inner: Bbox) -> bool:
    return bool(
        inner.x0 >= outer.x0 - ROOM
        and inner.y0 >= outer.y0 - ROOM
        and inner.x1 <= outer.x1 + ROOM
        and inner.y1 <= outer.y1 + ROOM
    )


def _overlap(one: Bbox, other: Bbox) -> bool:
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    down = min(one.y1, other.y1) - max(one.y0, other.y0)
    return across > ACROSS and down > DOWN
