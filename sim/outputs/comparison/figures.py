"""Figures of a comparison: functions of a comparison that return a matplotlib Figure."""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.experiments.comparison.result import Comparison
from sim.outputs import style
from sim.outputs.comparison.course_figures import nations_over_time, over_time
from sim.outputs.forest import SIZE, Estimate, ForestRow, few_ticks, forest, room_for
from sim.outputs.panels import Panels
from sim.outputs.words import counted, signed_with_interval
from sim.system.libraries import pd

COLUMNS = 3
"""Panels beside each other, at most."""

ROW, GAP = 0.17, 0.75
"""Height of a nation's row, and of what stands between two rows of panels, in inches."""


class DifferenceStyle(NamedTuple):
    """How a measure is shown."""

    name: str
    title: str
    axis: str
    factor: float
    decimals: int
    better: int  # 1 where more is a larger coalition, -1 where less is
    least: float  # the least that the axis spans, so that next to nothing looks like it


COMMITTED = DifferenceStyle("p_committed", "Who is committed at the end", "points", 100.0, 1, 1, 10.0)
JOINING = DifferenceStyle("days_to_joining", "When nations join", "days", 1.0, 0, -1, 28.0)
COALITION = (
    DifferenceStyle("size", "soldiers on land", "nations", 1.0, 2, 1, 1.0),
    DifferenceStyle("contributors", "any contribution", "nations", 1.0, 2, 1, 1.0),
    DifferenceStyle("force", "soldiers pledged", "soldiers", 1.0, 0, 1, 1000.0),
)


def nation_differences(comparison: Comparison) -> Figure:
    """Draw how much more or less surely each nation is committed at the end, with paired intervals."""
    key = "Percentage points more or fewer of the runs in which the nation is committed at the end."
    return _forest(comparison, COMMITTED, key)


def joining_differences(comparison: Comparison) -> Figure:
    """Draw how much earlier or later each nation joins, with paired intervals."""
    scenario = comparison.about.cases[0]
    key = (
        f"Days by which the mean joining is earlier (left) or later; a run in which a nation does not join "
        f"within the {scenario.rounds * scenario.days_per_round} days counts as these days."
    )
    return _forest(comparison, JOINING, key)


def coalition_differences(comparison: Comparison) -> Figure:
    """Draw how many more declare soldiers and contribute, and soldiers pledged, a row a scenario."""
    names = [style.wrapped(name, 2.2, SIZE, max_lines=1)[0] for name in comparison.about.names[1:]]
    panels = Panels(len(COALITION), len(COALITION), 0.42 * len(names) + 0.1, gap=0.0)
    with style.figure_style():
        figure, area = style.page(
            _title("The coalition", comparison),
            _notes(comparison, "Differences at the end."),
            plot=panels.plot,
            left=room_for(names),
            right=0.2,
            below=0.5,
        )
        for measure, (column, axes) in zip(COALITION, panels.axes(area, 0.88), strict=True):
            table = comparison.coalition[comparison.coalition["measure"] == measure.name]
            rows = _rows(names, table, measure)
            _draw(axes, rows, measure, _limits(table, measure))
            _write_values(axes, rows, measure)
            axes.set_title(measure.title, fontsize=9, loc="left")
            axes.tick_params(labelleft=column == 0)
    return figure


FIGURES = {
    "over-time": over_time,
    "nation-differences": nation_differences,
    "joining-differences": joining_differences,
    "coalition-differences": coalition_differences,
}

OF_NATIONS = "nations-over-time"


def figures_of(comparison: Comparison, nations: Sequence[str] = ()) -> dict[str, Callable[[], Figure]]:
    """Return what draws each figure of a comparison, by name; nations are those shown over time."""
    return {
        **{name: partial(draw, comparison) for name, draw in FIGURES.items()},
        OF_NATIONS: partial(nations_over_time, comparison, nations),
    }


def _forest(comparison: Comparison, measure: DifferenceStyle, key: str) -> Figure:
    """Draw a panel a scenario and a row a nation; nations that nowhere differ visibly are left out."""
    shown, order = _visible(comparison, measure)
    reference = comparison.about.cases[0]
    by_code = reference.nations
    labels = [style.wrapped(by_code[code], 2.2, SIZE, max_lines=1)[0] for code in order]
    left_out = len(reference.nations) - len(order)
    scenarios = comparison.about.names[1:]
    lines = math.ceil(len(scenarios) / COLUMNS)
    columns = math.ceil(len(scenarios) / lines)
    panels = Panels(len(scenarios), columns, ROW * max(len(order), 1) + 0.1, GAP)
    with style.figure_style():
        figure, area = style.page(
            _title(measure.title, comparison),
            _notes(comparison, f"{key} {_left_out(left_out)}"),
            plot=panels.plot,
            left=room_for(labels),
            right=0.2,
            below=0.5,
        )
        limits = _limits(shown, measure)
        for name, (column, axes) in zip(scenarios, panels.axes(area, 0.94), strict=True):
            rows = shown[shown["scenario"] == name].set_index("iso3").loc[order]
            _draw(axes, _rows(labels, rows, measure), measure, limits)
            axes.tick_params(labelleft=column == 0)
            axes.set_title(
                "\n".join(style.wrapped(name, 6.0 / columns, 9, max_lines=1)), fontsize=9, loc="left"
            )
    return figure


def _visible(comparison: Comparison, measure: DifferenceStyle) -> tuple["pd.DataFrame", list[str]]:
    """Return the rows of a measure and the nations that somewhere differ, the largest gains first.

    A nation differs where the interval leaves out 0.
    """
    rows = comparison.nations[comparison.nations["measure"] == measure.name]
    differs = rows[(rows["difference_low"] > 0) | (rows["difference_high"] < 0)]["iso3"].unique()
    means = rows.groupby("iso3")["difference"].mean() * -measure.better
    order = means[means.index.isin(differs)].sort_values(kind="stable")
    return rows, [str(code) for code in order.index]


def _left_out(number: int) -> str:
    if number == 0:
        return ""
    return (
        f"{number} nations are not shown: none of their intervals leaves out 0."
        if number > 1
        else "One nation is not shown: none of its intervals leaves out 0."
    )


def _rows(labels: Sequence[str], table: "pd.DataFrame", measure: DifferenceStyle) -> list[ForestRow]:
    """Return differences in the unit shown."""
    estimates = [Estimate(*values) for values in _values(table, measure).tolist()]
    return [
        ForestRow(label, estimate, _colour(estimate.low, estimate.high, measure))
        for label, estimate in zip(labels, estimates, strict=True)
    ]


def _draw(
    axes: Axes, rows: Sequence[ForestRow], measure: DifferenceStyle, limits: tuple[float, float]
) -> None:
    """Draw a difference with its interval in each row."""
    forest(axes, rows, reference=0.0)
    few_ticks(axes)
    axes.set_xlim(limits)
    axes.set_xlabel(f"difference, {measure.axis}", fontsize=8)


def _write_values(axes: Axes, rows: Sequence[ForestRow], measure: DifferenceStyle) -> None:
    """Write each difference and its interval above it, from the edge of the panel that is nearer."""
    left, right = axes.get_xlim()
    for place, row in enumerate(rows):
        is_left = row.estimate.value < (left + right) / 2
        axes.annotate(
            signed_with_interval(*row.estimate, measure.decimals),
            (0.02 if is_left else 0.98, place),
            xycoords=("axes fraction", "data"),
            xytext=(0, 5),
            textcoords="offset points",
            ha="left" if is_left else "right",
            fontsize=7,
            color=row.colour,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )


def _values(rows: "pd.DataFrame", measure: DifferenceStyle) -> np.ndarray:
    """Return difference, low and high of each row in the unit shown."""
    return np.asarray(rows[["difference", "difference_low", "difference_high"]]) * measure.factor


def _colour(low: float, high: float, measure: DifferenceStyle) -> str:
    """Return blue for a larger coalition, vermilion for a smaller one, grey where it may be either.

    The bounds of a single run are not a number: it may be either.
    """
    if not (low > 0 or high < 0):
        return style.MUTED
    return style.BLUE if (low > 0) == (measure.better > 0) else style.VERMILION


def _limits(rows: "pd.DataFrame", measure: DifferenceStyle) -> tuple[float, float]:
    """Return limits that hold 0 and all intervals, with some room."""
    values = _values(rows, measure)
    low, high = min(0.0, float(np.nanmin(values))), max(0.0, float(np.nanmax(values)))
    room = max(0.08 * (high - low), (measure.least - (high - low)) / 2)
    return low - room, high + room


def _title(what: str, comparison: Comparison) -> str:
    return f"{what} – against {comparison.about.cases[0].title}"


def _notes(comparison: Comparison, key: str) -> list[str]:
    """Return what stands under a figure: what it shows, how many runs, on what data."""
    about = comparison.about
    source = (
        f"{counted(about.runs, 'run')} of each scenario with the same draws, seed {about.seed}, "
        f"reference {about.names[0]}. Data: {about.cases[0].roster}."
    )
    intervals = (
        "Lines: 95 % intervals of the paired differences, each for itself. Blue: a larger or earlier "
        "coalition. Orange: a smaller or later one. Hollow: may be either."
    )
    return [key, intervals, source]
