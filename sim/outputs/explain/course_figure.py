"""One nation on one page: how often it is committed over time, its conditions met or not, and the events."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.experiments.explain.result import Answers
from sim.outputs import style
from sim.outputs.explain.why_figures import condition_notes
from sim.outputs.explain.words import source
from sim.outputs.figures.timeline import date_axis, event_notes, mark_dates
from sim.outputs.labels import name_ends
from sim.outputs.words import mark, percent

LEFT, RIGHT, BELOW = 0.55, 1.75, 0.45
STRIP, GAP = 0.28, 0.08
"""Of the height of the plot: the strip of conditions, and what lies between it and the shares above."""

LABEL = 8


def nation_course(result: Answers, iso3: str) -> Figure:
    """Draw how often a nation is committed over time, and below it how often all its conditions are met.

    A page of 16 to 9.
    """
    rows, about = result.of("why-course", iso3), result.about
    events = [event for event in about.past_events if event.round <= rows["round"].iloc[-1]]
    title = f"{about.nations[iso3]} over time: {about.title}"
    rests_on = mark(result.of("why", iso3)["rests_on"].iloc[0])
    key = f"Share of the runs in which it declares soldiers on land {rests_on}; band: the 95 % interval."
    conditions = condition_notes(result, iso3) or ["It has stated no condition."]
    notes = [key, *conditions, source(about, "why"), *event_notes(events)]
    has_conditions = bool(len(result.of("why-conditions", iso3)))
    with style.figure_style():
        height = style.height_of_slide(title, notes, BELOW)
        figure, area = style.page(title, notes, plot=height, left=LEFT, right=RIGHT, below=BELOW)
        area.set_axis_off()
        bottom = STRIP + GAP if has_conditions else 0.0
        shares = area.inset_axes((0.0, bottom, 1.0, 1.0 - bottom))
        _draw(shares, rows, "p_committed", "declares soldiers", style.BLUE)
        if has_conditions:
            strip = area.inset_axes((0.0, 0.0, 1.0, STRIP))
            _draw(strip, rows, "p_conditions_met", "conditions met", style.GREEN)
            shares.tick_params(labelbottom=False)
        days = np.asarray(rows["date"].to_numpy(), dtype="datetime64[D]")
        mark_dates(shares, days, events, style.WIDTH - LEFT - RIGHT)
    return figure


def _draw(axes: Axes, rows: Any, column: str, words: str, colour: str) -> None:
    """Draw a share of the runs over time with its interval, and write what it comes to."""
    days = np.asarray(rows["date"].to_numpy(), dtype="datetime64[D]")
    axes.fill_between(days, rows[f"{column}_low"], rows[f"{column}_high"], color=colour, alpha=0.25, lw=0)
    axes.plot(days, rows[column], color=colour, lw=1.8)
    axes.set_ylim(0.0, 1.0)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value * 100:.0f} %")
    axes.grid(axis="y", color=style.GRID, lw=0.6)
    axes.set_axisbelow(True)
    date_axis(axes, days[0], days[-1])
    end = float(rows[column].iloc[-1])
    name_ends(axes, [(end, f"{words} {percent(end)}", colour)], 0.16, fontsize=LABEL)
