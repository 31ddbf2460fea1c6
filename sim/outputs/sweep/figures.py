"""Figures of a sweep: functions of its result that return a matplotlib Figure."""

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator

from sim.declarations.arrays import Floats
from sim.experiments.sweep.landmarks import Landmark
from sim.experiments.sweep.result import SweepResult
from sim.inputs.factors import FactorLevel
from sim.outputs import style
from sim.outputs.figure_folder import Draw
from sim.outputs.panels import Panels
from sim.outputs.sweep.axes import (
    ACROSS,
    CONTOUR,
    LABEL,
    MEASURES,
    FactorAxis,
    Ground,
    OutcomeStyle,
    axis_name,
    draw_line,
    draw_surface,
    half_widths,
    outcome_of,
    page,
    whole_names,
)
from sim.outputs.sweep.nations import nation_lines, nation_surfaces

PANEL, GAP = 1.95, 0.75
"""Height of a panel, and of what stands between two rows of panels, in inches."""

BESIDE, NARROW = 0.534, 1.5
"""Inches between two panels with labels of their own, and below what width there are fewer ticks."""

MARK = 0.14
"""Inches within which a mark covers the label of a contour."""

MOST_LAYERS = 8
"""Beyond so many values of a third factor no figure can be read."""

BINS = 10


def figures_of(result: SweepResult, _: Sequence[str] = ()) -> dict[str, Draw]:
    """Return what draws each figure that suits a sweep, by name.

    Lines for one factor, phase diagrams for two or three, effects for more.
    """
    return dict(_figures(result))


def _figures(result: SweepResult) -> Iterator[tuple[str, Draw]]:
    has_nations = "p_committed" in result.sweep.outcomes
    measures, factors = _measures(result), result.factors
    if len(factors) == 1:
        if measures:
            yield "lines", lambda: lines(result)
        if has_nations:
            yield "nations", lambda: nation_lines(result)
    elif _is_ground(result):
        ground = Ground.of(result)
        if measures:
            yield "phase-diagram", lambda: phase_diagram(result)
        for layer in range(len(ground.layers) if has_nations else 0):
            name = f"nations-{layer + 1}" if ground.third else "nations"
            yield name, partial(nation_surfaces, result, layer)
    elif measures:
        yield "effects", lambda: effects(result)


def _is_ground(result: SweepResult) -> bool:
    """Tell whether the points are a grid of two factors, or of three of which the last has few levels."""
    factors = result.factors
    few = len(factors) == 2 or (len(factors) == 3 and len(factors[2].levels) <= MOST_LAYERS)
    return result.sweep.design == "grid" and few


def lines(result: SweepResult) -> Figure:
    """Draw what is asked of the coalition along the only factor, with 95 % bands."""
    measures, factor = _measures(result), result.factors[0]
    panels = Panels(len(measures), len(measures), PANEL + 0.4, gap=0.0)
    room = ACROSS / len(measures) - BESIDE
    base = [mark for mark in result.landmarks if mark.name == result.about.name]
    at_base = base[0].point[factor.path] if base else None
    note = "Band: 95 % interval of the estimate. Dashed: the base scenario."
    notes = [note, *whole_names({"Across": (factor, room)})]
    with style.figure_style():
        figure, area = page(result, _title(result), notes, plot=panels.plot)
        share = room * len(measures) / ACROSS
        for measure, (_, axes) in zip(measures, panels.axes(area, share), strict=True):
            interval = outcome_of(result, measure.outcome)
            draw_line(axes, result, interval, measure, small=room < NARROW)
            axes.set_xlabel(axis_name(factor, room), fontsize=LABEL)
            axes.set_ylabel(measure.unit, fontsize=LABEL)
            if isinstance(at_base, float):
                limits = axes.get_xlim()
                axes.axvline(at_base, color=style.MUTED, lw=0.8, ls=(0, (3, 2)))
                axes.set_xlim(limits)
            axes.set_title(measure.title, fontsize=9, loc="left")
    return figure


def phase_diagram(result: SweepResult) -> Figure:
    """Draw what is asked of the coalition over two factors; a row of panels a value of the third."""
    ground, marks = Ground.of(result), result.landmarks
    measures, rows = _measures(result), len(ground.layers)
    panels = Panels(rows * len(measures), len(measures), PANEL, GAP)
    across, up = (ground.x.factor, 0.9 / len(measures) * ACROSS), (ground.y.factor, PANEL)
    notes = [*_key(result, ground, marks), *whole_names({"Across": across, "Up": up})]
    with style.figure_style():
        figure, area = page(result, _title(result), notes, plot=panels.plot, below=1.1)
        for number, (place, axes) in enumerate(panels.axes(area, 0.9)):
            row = number // len(measures)
            image = _draw_phase(axes, ground, row, result, measures[place])
            _mark(axes, ground, ground.layers[row], marks)
            axes.set_xlabel(axis_name(*across), fontsize=LABEL)
            axes.set_ylabel(axis_name(*up) if place == 0 else "", fontsize=LABEL)
            axes.tick_params(labelleft=place == 0)
            layer = ground.layer_name(row) if place == 0 else ""
            heading = "; ".join(filter(None, [measures[place].title, layer]))
            axes.set_title(
                style.wrapped(heading, across[1], 8, max_lines=1)[0], fontsize=8, loc="left", pad=4
            )
            if row == rows - 1:
                _add_bar(figure, axes, image, measures[place])
    return figure


def _draw_phase(
    axes: Axes, ground: Ground, layer: int, result: SweepResult, measure: OutcomeStyle
) -> QuadMesh:
    """Draw an outcome on a layer; all layers have the same scale of colours."""
    values = outcome_of(result, measure.outcome).estimate
    surface = ground.surface(values, layer) * measure.factor
    return draw_surface(axes, ground, surface, measure, measure.limits(values))


def _add_bar(figure: Figure, axes: Axes, image: QuadMesh, measure: OutcomeStyle) -> None:
    """Draw the scale of colours below a panel."""
    bar_axes = axes.inset_axes((0, -0.6 / PANEL, 1, 0.09 / PANEL))
    bar = figure.colorbar(image, cax=bar_axes, orientation="horizontal")
    bar.set_label(measure.unit, fontsize=8)
    bar.ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    bar.ax.tick_params(labelsize=7)
    bar.outline.set_visible(False)


def _measures(result: SweepResult) -> list[OutcomeStyle]:
    return [measure for measure in MEASURES if measure.outcome in result.sweep.outcomes]


def _title(result: SweepResult) -> str:
    return result.sweep.title


def effects(result: SweepResult) -> Figure:
    """Draw the first outcome against each of many factors: mean, and middle 90 % of the points, by tenths."""
    measure = _measures(result)[0]
    values = outcome_of(result, measure.outcome).estimate * measure.factor
    factors = result.factors
    panels = Panels(len(factors), columns=5, height=0.8, gap=0.62)
    note = (
        f"{measure.title.capitalize()} at the end against each factor, all others varying too. Line: mean of "
        f"the points in each tenth of the factor's values; band: the middle 90 % of these points. "
        f"{half_widths({'a point': (outcome_of(result, measure.outcome), measure)})}"
    )
    with style.figure_style():
        figure, area = page(result, _title(result), [note], plot=panels.plot, below=0.35)
        for factor, (column, axes) in zip(factors, panels.axes(area, 0.84), strict=True):
            _draw_effect(axes, FactorAxis(factor, tuple(result.values[factor.path])), values)
            axes.set_ylim(np.quantile(values, 0.01), np.quantile(values, 0.99))
            name = style.wrapped(factor.name, 1.45, 7, max_lines=1)[0]
            axes.set_title(name, fontsize=7, loc="left", pad=3)
            axes.tick_params(labelsize=6)
            if column == 0:
                axes.set_ylabel(measure.unit, fontsize=6)
    return figure


def _draw_effect(axes: Axes, scale: FactorAxis, values: Floats) -> None:
    """Draw mean and spread of a value in each tenth of a factor's values, or at each that has a name."""
    words = sorted(set(map(str, scale.levels))) if scale.is_words else []
    at = np.array([words.index(str(level)) for level in scale.levels], np.float64) if words else scale.places
    order = np.argsort(at, kind="stable")
    groups = (
        [np.flatnonzero(at == place) for place in np.unique(at)]
        if words or scale.factor.names
        else np.array_split(order, min(BINS, len(order)))
    )
    x = [at[group].mean() for group in groups]
    low, high = ([np.quantile(values[group], share) for group in groups] for share in (0.05, 0.95))
    axes.fill_between(x, low, high, color=style.SKY, alpha=0.35, lw=0)
    axes.plot(x, [values[group].mean() for group in groups], color=style.BLUE, lw=1.5)
    if words:
        axes.set_xticks(range(len(words)), words)
    elif scale.factor.names:
        scale.label(axes.xaxis)
    axes.grid(color=style.GRID, lw=0.5)


def _key(result: SweepResult, ground: Ground, marks: Sequence[Landmark]) -> list[str]:
    """Return what is seen on a phase diagram, and how sure it is."""
    rows = f" Rows: {ground.third.name}." if ground.third else ""
    intervals = {
        measure.title: (outcome_of(result, measure.outcome), measure) for measure in _measures(result)
    }
    scenarios = "; ".join(f"{number} {mark.title}" for number, mark in enumerate(marks, start=1))
    return [
        f"Lines: contours, in the unit of the colours.{rows} {half_widths(intervals)}",
        *([f"Scenarios: {scenarios}."] if marks else []),
    ]


def _clear(axes: Axes, at: tuple[float, float]) -> None:
    """Hide the labels of contours that a mark at a place would cover."""
    labels = [text for text in axes.findobj(Text) if text.get_gid() == CONTOUR]
    for label in labels:
        apart = axes.transData.transform(label.get_position()) - axes.transData.transform(at)
        label.set_visible(label.get_visible() and bool(np.hypot(*apart) > MARK * axes.figure.dpi))


def _mark(axes: Axes, ground: Ground, layer: tuple[FactorLevel, ...], marks: Sequence[Landmark]) -> None:
    """Mark the scenarios that lie on a layer by their numbers."""
    for number, mark in enumerate(marks, start=1):
        x, y, *third = mark.point.values()
        across, up = ground.x.place_of(x), ground.y.place_of(y)
        if across is not None and up is not None and tuple(third) == layer:
            _clear(axes, (across, up))
            axes.annotate(
                str(number),
                (across, up),
                ha="center",
                va="center",
                fontsize=6,
                color=style.INK,
                bbox={
                    "boxstyle": "circle,pad=0.15",
                    "facecolor": style.ORANGE,
                    "edgecolor": "white",
                    "lw": 0.6,
                },
                annotation_clip=False,
                zorder=10,
            )
