"""Small multiples of a sweep: where each nation flips."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.experiments.statistics import Interval
from sim.experiments.sweep.result import SweepResult
from sim.outputs import style
from sim.outputs.panels import Panels
from sim.outputs.sweep.axes import COMMITTED, Ground, draw_line, draw_surface, half_widths, nations_of, page

COLUMNS, PANEL, GAP = 5, 0.95, 0.3
"""Panels beside each other, their height and what stands between two rows, in inches."""

NEVER, ALWAYS = 0.05, 0.95
"""Nations that are nowhere above the one, or nowhere below the other, do not flip and get no panel."""


NOTHING = Interval(np.zeros(1), np.zeros(1), np.zeros(1))


def nation_surfaces(result: SweepResult, layer: int = 0) -> Figure:
    """Draw P(committed) of every nation that flips, over two factors."""
    ground = Ground.of(result)
    estimates = {
        code: Interval(*(ground.surface(part, layer) for part in one))
        for code, one in nations_of(result).items()
    }
    flipping = _flipping(estimates)
    key = (
        "Share of the runs in which the nation is committed at the end: white 0 %, dark blue 100 %; lines at "
        f"10, 50 and 90 %. Across: {ground.x.factor.name}; up: {ground.y.factor.name}."
    )
    sure = half_widths({COMMITTED.title: (_together([estimates[code] for code in flipping]), COMMITTED)})

    def draw(axes: Axes, one: Interval) -> None:
        draw_surface(axes, ground, one.estimate * COMMITTED.factor, COMMITTED, (0.0, 100.0), small=True)

    layer_name = f"; {ground.third.name}: {ground.layer_name(layer)}" if ground.third else ""
    panels = {code: estimates[code] for code in flipping}
    return _multiples(result, layer_name, [key, sure] if flipping else [key], panels, draw)


def nation_lines(result: SweepResult) -> Figure:
    """Draw P(committed) of every nation that flips, along the only factor, with 95 % bands."""
    estimates = nations_of(result)
    factor = result.factors[0]
    key = (
        "Share of the runs in which the nation is committed at the end, in %, with the 95 % interval of the "
        f"estimate. Across: {factor.name}."
    )

    def draw(axes: Axes, one: Interval) -> None:
        draw_line(axes, result, one, COMMITTED, small=True)

    return _multiples(result, "", [key], {code: estimates[code] for code in _flipping(estimates)}, draw)


def _flipping(estimates: dict[str, Interval]) -> list[str]:
    """Return the nations that are in at some points and out at others, the surest members first."""
    changing = [
        code for code, one in estimates.items() if one.estimate.max() > NEVER and one.estimate.min() < ALWAYS
    ]
    return sorted(changing, key=lambda code: -float(estimates[code].estimate.mean()))


def _together(intervals: list[Interval]) -> Interval:
    return Interval(*(np.array(parts) for parts in zip(*intervals, strict=True))) if intervals else NOTHING


def _multiples(
    result: SweepResult,
    suffix: str,
    notes: list[str],
    shown: dict[str, Interval],
    draw: Callable[[Axes, Interval], None],
) -> Figure:
    """Draw a panel a nation."""
    names = result.about.nations
    left_out = len(names) - len(shown)
    are = "nation is" if left_out == 1 else "nations are"
    rest = [f"{left_out} {are} not shown: nowhere above 5 %, or nowhere below 95 %."] if left_out else []
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
