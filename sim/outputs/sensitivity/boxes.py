"""The figure of scenario discovery: under which conditions an outcome is likely."""

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.experiments.sensitivity.discovery import LIKELY, Box, Discovery, Limit
from sim.experiments.sensitivity.result import Sensitivity
from sim.inputs.factors import Factor
from sim.outputs import style
from sim.outputs.sensitivity.axes import COLOURS, legend, short_labels, source
from sim.outputs.sensitivity.words import (
    factor_kinds,
    level_text,
    outcome_name,
    share_text,
)
from sim.outputs.words import percent

ROW = 0.34
"""Height of a row, in inches."""

BAR = 0.5
"""Height of a bar, in rows."""

GAP, ROOM = 0.008, 0.12
"""Between a bar and a value, and what a value takes, as shares of a factor's range."""


def boxes(result: Sensitivity, discovery: Discovery) -> Figure:
    """Draw what each box asks of each factor, as a part of the factor's range."""
    rows = sum(1 + len(box.limits) for box in discovery.boxes)
    labels = short_labels(result, 9)
    names = [labels[limit.factor] for box in discovery.boxes for limit in box.limits]
    with style.figure_style():
        figure, axes = style.page(
            f"Where {outcome_name(result, discovery.outcome)} is {percent(LIKELY)} or more",
            _notes(result, discovery),
            plot=ROW * rows,
            left=max(style.text_width(name, 9) for name in names) + 0.3,
            right=0.2,
            below=0.45,
        )
        axes.set_xlim(-ROOM, 1 + 2 * ROOM)
        axes.set_ylim(rows - 0.3, -0.6)
        row = 0
        ticks: dict[int, str] = {}
        for number, box in enumerate(discovery.boxes, start=1):
            _head(axes, row, number, box)
            for at, limit in enumerate(box.limits, start=row + 1):
                ticks[at] = labels[limit.factor]
                _draw(axes, at, result, limit)
            row += 1 + len(box.limits)
        axes.set_yticks(list(ticks), list(ticks.values()))
        axes.tick_params(axis="y", length=0)
        axes.set_xticks([0.0, 0.5, 1.0], ["lowest", "middle", "highest"])
        axes.set_xlabel("value of the factor, within the range that was tried", x=0.42)
        axes.spines["left"].set_visible(False)
        legend(axes)
    return figure


def _head(axes: Axes, row: int, number: int, box: Box) -> None:
    """Write above the rows of a box how well it does."""
    score = box.judged
    text = f"box {number}: coverage {share_text(score.coverage)}, density {share_text(score.density)}"
    axes.text(0.0, row + 0.1, text, va="center", fontsize=9, weight="bold")


def _draw(axes: Axes, row: int, result: Sensitivity, limit: Limit) -> None:
    """Draw the range of a factor, and the part of it that a box allows, with the limits' values."""
    factor = {factor.path: factor for factor in result.factors.all}[limit.factor]
    kind = factor_kinds(result)[limit.factor]
    lowest, highest = (float(level) for level in (min(factor.extremes), max(factor.extremes)))
    left, right = _share(factor, max(limit.low, lowest)), _share(factor, min(limit.high, highest))
    axes.barh(row, 1.0, height=BAR, color=style.GRID, zorder=1)
    axes.barh(row, right - left, left=left, height=BAR, color=COLOURS[kind], zorder=2)
    _write(axes, row, -GAP, level_text(lowest), "right", style.MUTED)
    _write(axes, row, 1 + GAP, level_text(highest), "left", style.MUTED)
    within = "white" if kind == "lever" else style.INK
    if limit.low > lowest:
        outside = left > ROOM
        place, side = (left - GAP, "right") if outside else (left + GAP, "left")
        _write(axes, row, place, level_text(limit.low), side, style.INK if outside else within)
    if limit.high < highest:
        outside = right < 1 - ROOM
        place, side = (right + GAP, "left") if outside else (right - GAP, "right")
        _write(axes, row, place, level_text(limit.high), side, style.INK if outside else within)
    p_value = "p < 0.001" if limit.p_value < 0.001 else f"p = {limit.p_value:.3f}"
    _write(axes, row, 1.0 + ROOM, p_value, "left", style.MUTED)


def _write(axes: Axes, row: int, place: float, text: str, side: str, colour: str) -> None:
    axes.text(place, row, text, ha=side, va="center", fontsize=7.5, color=colour, zorder=3)


def _share(factor: Factor, level: float) -> float:
    """Return how far up its range a value of a factor lies, the inverse of `Factor.at`."""
    low, high = (float(end) for end in (min(factor.extremes), max(factor.extremes)))
    if factor.scale == "log":
        low, high, level = math.log(low), math.log(high), math.log(level)
    return (level - low) / (high - low)


def _notes(result: Sensitivity, discovery: Discovery) -> tuple[str, ...]:
    key = (
        "Grey: the range that was tried, with its ends. Coloured: what a box asks; any other factor may take "
        "any value of its range. p: chance that a limit of no use would look as good, without regard to the "
        "many that were tried."
    )
    scores = (
        "Coverage: share of all such points that the box holds. Density: share of the box's points that are "
        f"such. Both with 95 % intervals, among {discovery.points // 2:,} points that the search (PRIM) has "
        "not seen; each further box among those outside the ones before it."
    )
    count = f"So it is at {discovery.of_interest:,} of all {discovery.points:,} points."
    return key, scores, count, *source(result, "discovery")
