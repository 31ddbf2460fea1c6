"""Figures of how compared scenarios go over time: a line a scenario, the reference in grey."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.declarations.words import ASSUMED
from sim.experiments.comparison.result import Comparison
from sim.outputs import style
from sim.outputs.figures.timeline import date_axis
from sim.outputs.labels import name_ends
from sim.outputs.panels import Panels
from sim.outputs.words import counted, percent, thousands
from sim.system.libraries import pd

COLOURS = (style.BLUE, style.VERMILION, style.GREEN, style.PURPLE, style.ORANGE, style.SKY)
DASHES = ("-", (0, (5, 2)), (0, (1, 1.5)))
"""Of the scenarios beyond as many as there are colours."""

PANEL, GAP, LABEL = 1.55, 0.68, 8
"""Height of a panel and of what stands above it, in inches; size of labels."""

LEFT, LONGEST = 0.75, 2.4
"""Width of what stands left of a panel, and of the longest name right of it, in inches."""

MOST_NATIONS = 4
"""Nations shown where none are chosen: those that the scenarios move most."""

NUMBERS = {
    "size_mean": ("Nations that declare soldiers on land, mean", lambda value: f"{value:.1f}"),
    "force_mean": ("Soldiers pledged, mean", thousands),
    "p_force_met": ("P(pledged ≥ required)", percent),
}
SHARES = "P(soldiers on land)"


def over_time(comparison: Comparison) -> Figure:
    """Draw size, force, and whether it is enough, week by week, a line a scenario."""
    table = comparison.tables["rounds"]
    panels = [
        (title, table.rename(columns={name: "value"}), words) for name, (title, words) in NUMBERS.items()
    ]
    return _drawn(comparison, "Over time", panels)


def nations_over_time(comparison: Comparison, nations: Sequence[str] = ()) -> Figure:
    """Draw how likely chosen nations declare soldiers, week by week: a panel a nation, a line a scenario.

    Parameters
    ----------
    comparison
        What is drawn.
    nations
        ISO codes; those that the scenarios move most if none.
    """
    table = comparison.tables["nation_rounds"].rename(columns={"p_committed": "value"})
    names = comparison.about.cases[0].nations
    panels = [
        (f"{names[iso3]}: {SHARES}", table[table["iso3"] == iso3], percent)
        for iso3 in nations or _most_moved(comparison)
    ]
    return _drawn(comparison, "Nations over time", panels)


Panel = tuple[str, "pd.DataFrame", Callable[[float], str]]
"""Its title, rows with `scenario`, `date` and `value`, and how a value is written."""


def _drawn(comparison: Comparison, what: str, panels: Sequence[Panel]) -> Figure:
    about = comparison.about
    panels, flat = _moving(panels)
    lines = dict(zip(about.names, _lines(), strict=False))
    right = min(max(style.text_width(name, LABEL) for name in about.names) + 0.75, LONGEST + 0.75)
    layout = Panels(len(panels), 1, PANEL, GAP)
    key = (
        f"Grey: the reference. At the right, where each ends. Numbers of the days before rest on: {ASSUMED}."
    )
    key += f" Not drawn, for nothing moves: {'; '.join(flat)}." if flat else ""
    source = (
        f"{counted(int(comparison.tables['rounds']['runs'].iloc[0]), 'run')} of each scenario with the same "
        f"draws, seed {about.seed}, reference {about.names[0]}. Data: {about.cases[0].roster}."
    )
    with style.figure_style():
        figure, area = style.page(
            f"{what} – against {about.cases[0].title}",
            [key, source],
            plot=layout.plot,
            left=LEFT,
            right=right,
            below=0.45,
        )
        for panel, (_, axes) in zip(panels, layout.axes(area, 1.0), strict=True):
            _draw_panel(axes, panel, lines)
    return figure


def _moving(panels: Sequence[Panel]) -> tuple[list[Panel], list[str]]:
    """Return the panels in which something moves, and what the others would show; all if nothing does."""
    moving = [panel for panel in panels if np.ptp(panel[1]["value"]) > 0.0]
    flat = [panel for panel in panels if np.ptp(panel[1]["value"]) == 0.0] if moving else []
    return moving or [*panels], [f"{title}, {words(rows['value'].iloc[0])}" for title, rows, words in flat]


def _lines() -> Iterator[dict[str, Any]]:
    """Yield how each scenario is drawn, the reference first."""
    yield {"color": style.MUTED, "ls": "-", "lw": 2.0}
    for dash in DASHES * 10:
        for colour in COLOURS:
            yield {"color": colour, "ls": dash, "lw": 1.6}


def _draw_panel(axes: Axes, panel: Panel, lines: Mapping[str, dict[str, Any]]) -> None:
    title, rows, words = panel
    ends = []
    for name, line in lines.items():
        own = rows[rows["scenario"] == name]
        axes.plot(own["date"], own["value"], **line)
        end = float(own["value"].iloc[-1])
        label = style.wrapped(name, LONGEST, LABEL, max_lines=1)[0]
        ends.append((end, f"{words(end)} {label}", line["color"]))
    is_share = words is percent
    most = float(rows["value"].max())
    axes.set_ylim(0, min(max(most * 1.1, 0.1), 1.02) if is_share else max(most * 1.1, 1.0))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value * 100:.0f} %" if is_share else f"{value:,.10g}")
    axes.tick_params(labelsize=LABEL)
    axes.grid(axis="y", color=style.GRID, lw=0.6)
    axes.set_axisbelow(True)
    axes.set_title(title, fontsize=9, loc="left")
    first = rows[rows["scenario"] == next(iter(lines))]["date"]
    date_axis(axes, first.iloc[0], first.iloc[-1])
    name_ends(axes, ends, 0.145 / PANEL, fontsize=LABEL)


def _most_moved(comparison: Comparison) -> list[str]:
    rows = comparison.nations[comparison.nations["measure"] == "p_committed"]
    moved = rows.assign(size=rows["difference"].abs()).groupby("iso3", sort=False)["size"].max()
    return [str(iso3) for iso3 in moved.sort_values(ascending=False, kind="stable").index[:MOST_NATIONS]]
