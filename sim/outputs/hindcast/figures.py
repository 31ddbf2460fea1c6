"""Figures of a hindcast: functions of a result that return a matplotlib Figure."""

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.declarations.words import Stance
from sim.experiments.hindcast.scores import ObservedStances
from sim.experiments.hindcast.tables import HindcastTables
from sim.experiments.hindcast.waves import Wave
from sim.outputs import style
from sim.outputs.figure_folder import Draw
from sim.outputs.hindcast.skill_figures import score_differences, variant_differences
from sim.outputs.hindcast.words import basis, span
from sim.outputs.panels import Panels
from sim.outputs.words import counted, percent
from sim.system.libraries import pd

COLUMNS = 3
"""Waves beside each other."""

ROW, GAP = 0.17, 0.75
"""Height of a nation's row, and of what stands between two rows of panels, in inches."""

NAME, NAME_SIZE = 1.25, 7.5
"""Room for the name of a nation, in inches, and the size of its letters."""

SQUARE = 0.2
"""What a square takes with the room around it, in inches."""

AFTER = 0.6
"""Room for the square and the share behind a bar, in inches."""

STANCE_COLOURS = {
    Stance.OPPOSED: style.VERMILION,
    Stance.UNDECIDED: style.ORANGE,
    Stance.OPEN: style.SKY,
    Stance.COMMITTED: style.BLUE,
}
UNRESOLVED = "white"
"""Colour of a nation that is only known not to be committed."""


def expected_and_recorded(result: HindcastTables) -> Figure:
    """Draw for every nation the stances expected, between its stance at the start and what was recorded."""
    waves = [wave for wave in result.observed_waves if wave.number]
    lines, columns = math.ceil(len(waves) / COLUMNS), min(len(waves), COLUMNS)
    panel = ROW * max(wave.number for wave in waves)
    plot = lines * panel + (lines - 1) * GAP
    key = (
        "Bar: shares of the runs in which each stance is recorded, error of readings included; outlined: "
        "what was recorded. Squares: left, at the start; right, recorded. Percent: share expected for what "
        f"was recorded, bold below half.{_further_key(waves)}"
    )
    with style.figure_style():
        figure, area = style.page(
            f"Expected and recorded – {result.about.hindcast.title}",
            [key, *basis(result)],
            plot=plot,
            left=0.1,
            right=0.1,
            below=0.45,
        )
        area.set_axis_off()
        name = NAME / (style.WIDTH - 0.2)
        for place, wave in enumerate(waves):
            line, column = divmod(place, columns)
            bottom = 1 - (line * (panel + GAP) + ROW * wave.number) / plot
            left, width = column / columns + name, 1 / columns - name - AFTER / (style.WIDTH - 0.2)
            axes = area.inset_axes((left, bottom, width, ROW * wave.number / plot))
            rows = _of(result, "nations", wave)
            _draw_nations(axes, rows, SQUARE / (width * (style.WIDTH - 0.2)))
            axes.set_title(span(wave), fontsize=8.5, loc="right", pad=4)
        _stance_key(area, plot)
    return figure


def reliability(result: HindcastTables) -> Figure:
    """Draw how often what was forecast with some probability was recorded, with how few nations tell it."""
    waves = [wave for wave in result.observed_waves if wave.number]
    panels = Panels(len(waves), min(len(waves), COLUMNS), 2.1, 1.0)
    key = (
        "Events: a nation is recorded above a rung, three rungs a nation, error of readings included. "
        "Points: mean forecast and share recorded of the events in a bin; the number is that of its nations. "
        "Lines: 95 % Wilson intervals that count each nation once. On the diagonal what is forecast with 30 "
        "% happens in 30 % of the cases; an interval that holds it does not speak against the forecast."
    )
    with style.figure_style():
        figure, area = style.page(
            f"As often as forecast? – {result.about.hindcast.title}",
            [key, *basis(result)],
            plot=panels.plot,
            left=0.75,
            right=0.0,
            below=0.55,
        )
        for wave, (column, axes) in zip(waves, panels.axes(area, 0.86), strict=True):
            _draw_reliability(axes, _of(result, "reliability", wave))
            axes.set_title(f"{span(wave)}\n{counted(wave.number, 'nation')}", fontsize=8.5, loc="left")
            axes.set_xlabel("forecast", fontsize=8)
            axes.tick_params(labelleft=column == 0)
            if column == 0:
                axes.set_ylabel("recorded", fontsize=8)
    return figure


FIGURES = {
    "expected-and-recorded": expected_and_recorded,
    "reliability": reliability,
    "differences": variant_differences,
    "scores": score_differences,
}


def figures_of(result: HindcastTables, _: Sequence[str] = ()) -> dict[str, Draw]:
    """Return what draws each figure of a hindcast, by name."""
    return {name: partial(draw, result) for name, draw in FIGURES.items()}


def _of(result: HindcastTables, table: str, wave: Wave) -> "pd.DataFrame":
    """Return the rows of a table that are about a wave."""
    rows = result.tables[table]
    return rows[rows["wave"] == wave.name]


def _draw_nations(axes: Axes, rows: "pd.DataFrame", square: float) -> None:
    """Draw a row a nation: those recorded highest on top, among them those expected highest.

    Squares take such a share of the width of a bar.
    """
    row: Any
    shares = [f"p_{stance.name.lower()}" for stance in Stance]
    expected = sum(rows[share] * stance for share, stance in zip(shares, Stance, strict=True))
    ordered = rows.assign(expected=expected).sort_values(
        ["recorded_high", "recorded_low", "expected", "name"],
        ascending=[False, False, False, True],
        kind="stable",
    )
    for place, row in enumerate(ordered.itertuples()):
        _draw_bar(axes, row, place)
        _draw_square(axes, -square / 2, place, row.start_low, row.start_high)
        _draw_square(axes, 1 + square / 2, place, row.recorded_low, row.recorded_high)
        name = style.wrapped(row.name, NAME - 0.3, NAME_SIZE, max_lines=1)[0]
        for text, at, side, weight in (
            (name, -square, "right", "normal"),
            (percent(row.p_recorded), 1 + square, "left", "bold" if row.p_recorded < 0.5 else "normal"),
        ):
            axes.text(
                at, place, text, ha=side, va="center", fontsize=NAME_SIZE, fontweight=weight, color=style.INK
            )
    axes.set_xlim(0, 1)
    axes.set_ylim(len(ordered) - 0.5, -0.5)
    axes.set_axis_off()


def _draw_bar(axes: Axes, row: Any, place: int) -> None:
    """Draw the shares of the stances, what was recorded outlined."""
    left = 0.0
    for stance in Stance:
        share = getattr(row, f"p_{stance.name.lower()}")
        axes.barh(place, share, left=left, height=0.78, color=STANCE_COLOURS[stance], lw=0)
        left += share
    below = sum(getattr(row, f"p_{Stance(rung).name.lower()}") for rung in range(row.recorded_low))
    axes.barh(
        place,
        row.p_recorded,
        left=below,
        height=0.78,
        facecolor="none",
        edgecolor=style.INK,
        lw=1.0,
        zorder=3,
    )


def _draw_square(axes: Axes, at: float, place: int, low: int, high: int) -> None:
    """Draw where a nation stood; white where all that is known is that it was not committed."""
    colour = STANCE_COLOURS[Stance(low)] if low == high else UNRESOLVED
    axes.plot(at, place, "s", ms=6, color=colour, mec=style.MUTED, mew=0.5, clip_on=False)


def _stance_key(area: Axes, plot: float) -> None:
    """Write the stances with their colours below the panels."""
    patches = [Patch(color=STANCE_COLOURS[stance], label=stance.name.lower()) for stance in Stance]
    area.legend(
        handles=patches,
        loc="upper center",
        bbox_to_anchor=(0.5, -0.08 / plot),
        ncols=len(patches),
        frameon=False,
        fontsize=8,
        handlelength=1.0,
        handleheight=1.0,
        borderaxespad=0.0,
    )


def _draw_reliability(axes: Axes, rows: "pd.DataFrame") -> None:
    """Draw a point a bin with its interval and the number of nations."""
    axes.plot([0, 1], [0, 1], color=style.MUTED, lw=0.8, ls=(0, (3, 2)), zorder=1)
    row: Any
    for row in rows.itertuples():
        axes.plot([row.forecast] * 2, [row.low, row.high], color=style.BLUE, lw=1.5, solid_capstyle="butt")
        axes.plot(row.forecast, row.observed, "o", color=style.BLUE, ms=5)
        is_low = row.forecast < 0.5  # neighbours at either end of the scale reach differently far
        axes.annotate(
            f"{row.nations}",
            (row.forecast, row.high if is_low else row.low),
            xytext=(0, 6 if is_low else -6),
            textcoords="offset points",
            ha="center",
            va="bottom" if is_low else "top",
            fontsize=7,
            color=style.INK,
        )
    for axis, limits in ((axes.xaxis, axes.set_xlim), (axes.yaxis, axes.set_ylim)):
        limits(-0.08, 1.08)
        axis.set_ticks([0.0, 0.25, 0.5, 0.75, 1.0])
        axis.set_major_formatter(lambda value, _: f"{value * 100:.0f} %")
    axes.tick_params(labelsize=7)
    axes.grid(color=style.GRID, lw=0.6)
    axes.set_axisbelow(True)


def _further_key(waves: list[Wave]) -> str:
    """Return what else must be explained, where there is such a nation."""
    unresolved = any((known.least < known.most).any() for wave in waves for known in _known(wave))
    return " White: not committed, more is not known." if unresolved else ""


def _known(wave: Wave) -> list[ObservedStances]:
    """Return what is known of the nations that are shown, at the start and in the wave."""
    shown = wave.is_scored
    return [ObservedStances(known.least[shown], known.most[shown]) for known in (wave.start, wave.observed)]
