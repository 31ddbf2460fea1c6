"""Small multiples of a sweep: where each nation flips."""

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.experiments.statistics import Interval
from sim.experiments.sweep.result import SweepResult
from sim.outputs import style
from sim.outputs.panels import Panels
from sim.outputs.sweep.axes import COMMITTED, Ground, draw_line, draw_surface, half_widths, nations_of, page
from sim.outputs.words import counted, percent

COLUMNS, PANEL, GAP = 5, 0.95, 0.3
"""Panels beside each other, their height and what stands between two rows, in inches."""

LEAST = 0.1
"""By how much the share of the runs must move for a nation to have a panel."""

WORTH_NAMING = 0.05
"""Share of the runs from which a nation without a panel is named."""

NOTHING = Interval(np.zeros(1), np.zeros(1), np.zeros(1))


def nation_surfaces(result: SweepResult, layer: int = 0) -> Figure:
    """Draw P(committed) of every nation that moves, over two factors."""
    ground = Ground.of(result)
    estimates = {
        code: Interval(*(ground.surface(part, layer) for part in one))
        for code, one in nations_of(result).items()
    }
    moving = _moving(estimates)
    key = (
        "Share of the runs in which the nation is committed at the end: white 0 %, dark blue 100 %; lines at "
        f"10, 50 and 90 %. Across: {ground.x.factor.name}; up: {ground.y.factor.name}."
    )
    sure = half_widths({COMMITTED.title: (_together([estimates[code] for code in moving]), COMMITTED)})

    def draw(axes: Axes, one: Interval) -> None:
        draw_surface(axes, ground, one.estimate * COMMITTED.factor, COMMITTED, (0.0, 100.0), small=True)

    layer_name = f"; {ground.third.name}: {ground.layer_name(layer)}" if ground.third else ""
    return _multiples(result, layer_name, [key, sure] if moving else [key], estimates, draw)


def nation_lines(result: SweepResult) -> Figure:
    """Draw P(committed) of every nation that moves, along the only factor, with 95 % bands."""
    estimates = nations_of(result)
    factor = result.factors[0]
    key = (
        "Share of the runs in which the nation is committed at the end, in %, with the 95 % interval of the "
        f"estimate. Across: {factor.name}."
    )

    most = max((float(estimates[code].high.max()) for code in _moving(estimates)), default=1.0)

    def draw(axes: Axes, one: Interval) -> None:
        draw_line(axes, result, one, COMMITTED, small=True)
        axes.set_ylim(0, most * COMMITTED.factor * 1.05)

    return _multiples(result, "", [key], estimates, draw)


def _moving(estimates: dict[str, Interval]) -> list[str]:
    """Return the nations whose share of the runs moves from point to point, the surest members first."""
    moving = [code for code, one in estimates.items() if np.ptp(one.estimate) >= LEAST]
    return sorted(moving, key=lambda code: -_mean(estimates[code]))


def _mean(one: Interval) -> float:
    return float(one.estimate.mean())


def _not_moving(estimates: dict[str, Interval], names: Mapping[str, str]) -> list[str]:
    """Return a note with the nations that have no panel, if there are any: the surest members by name."""
    means = {code: _mean(one) for code, one in estimates.items() if np.ptp(one.estimate) < LEAST}
    named = [code for code in sorted(means, key=lambda code: -means[code]) if means[code] >= WORTH_NAMING]
    few = len(means) - len(named)
    absent = [f"{names[code]} {percent(means[code])}" for code in named]
    absent += [f"{counted(few, 'nation')} below {percent(WORTH_NAMING)}"] if few else []
    return (
        [f"Not shown, for they move by less than {LEAST * 100:.0f} points: {', '.join(absent)}."]
        if absent
        else []
    )


def _together(intervals: list[Interval]) -> Interval:
    return Interval(*(np.array(parts) for parts in zip(*intervals, strict=True))) if intervals else NOTHING


def _multiples(
    result: SweepResult,
    suffix: str,
    notes: list[str],
    estimates: dict[str, Interval],
    draw: Callable[[Axes, Interval], None],
) -> Figure:
    """Draw a panel a nation that moves."""
    names = result.about.nations
    shown = {code: estimates[code] for code in _moving(estimates)}
    rest = _not_moving(estimates, names)
    panels = Panels(len(shown), COLUMNS, PANEL, GAP)
    title = f"Where nations join: {result.sweep.title}{suffix}"
    with style.figure_style():
        figure, area = page(result, title, [*notes, *rest], plot=panels.plot, below=0.35)
        for number, (code, (column, axes)) in enumerate(zip(shown, panels.axes(area, 0.88), strict=True)):
            draw(axes, shown[code])
            axes.set_title(style.wrapped(names[code], 1.3, 8, max_lines=1)[0], fontsize=8, loc="left", pad=2)
            is_lowest = number + COLUMNS >= len(shown)
            axes.tick_params(labelsize=6, length=2, labelleft=column == 0, labelbottom=is_lowest)
            axes.tick_params(which="minor", length=0)
    return figure
