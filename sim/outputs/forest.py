"""Forests: rows of a label, a dot with its interval, and what is written beside them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim.outputs import style
from sim.outputs.labels import beside

SIZE = 8
"""Size of labels."""


class Estimate(NamedTuple):
    """A value with its interval."""

    value: float
    low: float
    high: float


class ForestRow(NamedTuple):
    """A row of a forest.

    Attributes
    ----------
    label
        Its name, left.
    estimate
        The dot and its line.
    colour
        Of these; the dot is hollow in `style.MUTED`, for what may be either.
    beside
        What is written right, in the same colour.
    """

    label: str
    estimate: Estimate
    colour: str = style.BLUE
    beside: str = ""


def forest(axes: Axes, rows: Sequence[ForestRow | str], reference: float | None = None) -> None:
    """Draw rows, the first on top, and a line at what they are compared with; a text is a heading."""
    for place, row in enumerate(rows):
        if isinstance(row, ForestRow):
            dot(axes, place, row.estimate, row.colour)
            beside(axes, place, row.beside, fontsize=7, color=row.colour)
    if reference is not None:
        axes.axvline(reference, color=style.MUTED, lw=0.8, zorder=1)
    name_rows(axes, [label_of(row) for row in rows])
    for label, row in zip(axes.get_yticklabels(), rows, strict=True):
        if isinstance(row, str):
            label.set(weight="bold", color=style.INK)
    axes.grid(axis="y", color=style.GRID, lw=0.6)


def label_of(row: ForestRow | str) -> str:
    """Return what is written left of a row."""
    return row if isinstance(row, str) else row.label


def dot(axes: Axes, place: float, estimate: Estimate, colour: str) -> None:
    """Draw an estimate, grey ones hollow."""
    interval(axes, place, estimate.low, estimate.high, color=colour, lw=1.5)
    axes.plot(
        estimate.value, place, "o", color=colour, ms=4, mfc="white" if colour == style.MUTED else colour
    )


def interval(axes: Axes, place: float, low: float, high: float, **look: Any) -> None:
    """Draw a line that ends where it says."""
    axes.plot([low, high], [place, place], solid_capstyle="butt", **look)


def name_rows(axes: Axes, labels: Sequence[str]) -> None:
    """Name rows of dots or bars, the first on top."""
    axes.set_yticks(range(len(labels)), labels, fontsize=SIZE)
    axes.set_ylim(len(labels) - 0.5, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=SIZE)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=style.GRID, lw=0.6)
    axes.set_axisbelow(True)


def few_ticks(axes: Axes) -> None:
    """Show few numbers below a narrow panel, with commas for thousands."""
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")


def room_for(labels: Sequence[str], weight: str = "normal") -> float:
    """Return the width of what stands left of rows, in inches."""
    return max((style.text_width(label, SIZE, weight) for label in labels), default=0.0) + 0.2
