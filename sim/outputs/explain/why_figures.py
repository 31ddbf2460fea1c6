"""The waterfall of a nation's propensity: from its anchor to where it stands, and to its threshold."""

import datetime as dt
from typing import Any, cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.experiments.explain.result import Answers
from sim.outputs import style
from sim.outputs.explain.words import condition_words, distance, level_spread, part_words, share, source
from sim.outputs.forest import interval, name_rows, room_for
from sim.outputs.labels import beside
from sim.outputs.words import date_words, signed, signed_with_interval

ROW = 0.27
"""Height of a row, in inches."""

WORDS = 1.75
"""Width of the numbers beside a panel, in inches: as wide as they can be."""

SUMS = ("propensity", "threshold", "gap")


def waterfall(result: Answers, iso3: str) -> Figure:
    """Draw what a nation's propensity is made of, and how it got from its anchor to where it stands.

    Left: each part at the date. Right: what each has changed by since the start, and the threshold.
    """
    about, date = result.about, cast(dt.date, result.about.date)
    rows: Any = result.of("why-terms", iso3).set_index("term")
    shown = [str(term) for term in rows.index if term not in SUMS and _is_seen(rows.loc[term])]
    unseen = (part_words(str(term), about.vocabulary) for term in rows.index if term not in (*shown, *SUMS))
    hidden = list(filter(None, unseen))  # a roster without further levels has no words for them
    labels = [f"anchor, {date_words(about.start)}", *(part_words(term, about.vocabulary) for term in shown)]
    labels += ["propensity", f"threshold {signed(float(rows.loc['threshold', 'value']), 2)}"]
    left, right = room_for(labels), 0.05
    words = WORDS / (style.WIDTH - left - right)
    with style.figure_style():
        figure, area = style.page(
            f"{about.nations[iso3]}: what it weighs on {date_words(date)}",
            _notes(result, iso3, hidden),
            plot=ROW * len(labels),
            left=left,
            right=right,
            below=0.45,
        )
        area.set_axis_off()
        levels, changes = (area.inset_axes((at, 0.0, 0.5 - words, 1.0)) for at in (0.0, 0.5))
        _draw_levels(levels, rows, shown)
        _draw_changes(changes, rows, shown)
        for axes, title in (
            (levels, "what it is made of (log-odds)"),
            (changes, "from the anchor to the threshold (log-odds)"),
        ):
            name_rows(axes, labels)
            axes.tick_params(labelleft=axes is levels)
            axes.xaxis.set_major_locator(MaxNLocator(4))
            axes.set_title(title, fontsize=9, loc="left")
    return figure


def _is_seen(row: Any) -> bool:
    """Return whether a part differs visibly from 0 in some runs."""
    return bool(np.abs(row[["anchor", "value", "value_q05", "value_q95"]].to_numpy(float)).max() >= 0.005)


def _draw_levels(axes: Axes, rows: Any, shown: list[str]) -> None:
    """Draw each part as a bar from 0 with the range of 90 % of the runs, and their sum."""
    for place, term in enumerate(shown, start=1):
        row = rows.loc[term]
        _bar(axes, place, 0.0, row["value"])
        _line(axes, place, row["value_q05"], row["value_q95"])
        _write(axes, place, row["value"], row["value_q05"], row["value_q95"])
    place, total = len(shown) + 1, rows.loc["propensity"]
    _sum(axes, place, total["value"], total["value_q05"], total["value_q95"])
    axes.axvline(0.0, color=style.MUTED, lw=0.8, zorder=1)


def _draw_changes(axes: Axes, rows: Any, shown: list[str]) -> None:
    """Draw the change of each part from where the sum stood before it, and the threshold."""
    total, threshold = rows.loc["propensity"], float(rows.loc["threshold", "value"])
    at = float(total["anchor"])
    _sum(axes, 0, at, total["anchor_low"], total["anchor_high"])
    for place, term in enumerate(shown, start=1):
        row = rows.loc[term]
        _bar(axes, place, at, at + row["change"])
        axes.plot([at, at], [place - 1, place], color=style.MUTED, lw=0.6, zorder=1)
        at += row["change"]
        _line(axes, place, at - row["change"] + row["change_low"], at - row["change"] + row["change_high"])
        _write(axes, place, row["change"], row["change_low"], row["change_high"])
    _sum(axes, len(shown) + 1, total["value"], total["value_low"], total["value_high"])
    axes.axvline(threshold, color=style.INK, lw=1.2, ls=(0, (4, 2)))
    low, high = axes.get_xlim()
    axes.set_xlim(low - 0.05 * (high - low), high + 0.05 * (high - low))
    gap = distance(rows.loc["gap"]).removesuffix(" of")
    beside(axes, len(shown) + 2, gap, fontsize=7, weight="bold")


def _bar(axes: Axes, place: int, start: float, end: float) -> None:
    colour = style.BLUE if end >= start else style.VERMILION
    axes.barh(place, end - start, left=start, height=0.55, color=colour, zorder=2)


def _line(axes: Axes, place: int, low: float, high: float) -> None:
    interval(axes, place, low, high, color=style.INK, lw=1, zorder=3)


def _sum(axes: Axes, place: int, value: float, low: float, high: float) -> None:
    """Draw a sum as a point with its line, and write it."""
    _line(axes, place, low, high)
    axes.plot(value, place, "D", color=style.INK, ms=5, zorder=4)
    _write(axes, place, value, low, high, weight="bold")


def _write(axes: Axes, place: int, value: float, low: float, high: float, weight: str = "normal") -> None:
    """Write a value and what its line spans."""
    beside(axes, place, signed_with_interval(value, low, high, 2), fontsize=7, weight=weight)


def condition_notes(result: Answers, iso3: str) -> list[str]:
    """Say how often the conditions that a nation has stated are met."""
    rows, vocabulary = result.of("why-conditions", iso3), result.about.vocabulary
    stated = [
        f"{condition_words(row['condition'], vocabulary)} >= {level_spread(row, 'at_least')} (is "
        f"{level_spread(row, 'actual')}) met in {share(row, 'p_met')}"
        for _, row in rows.iterrows()
    ]
    return [f"Its stated conditions: {'; '.join(stated)} of the runs."] if stated else []


def _notes(result: Answers, iso3: str, hidden: list[str]) -> list[str]:
    key = (
        "Left: means over runs; lines and [ ] hold 90 % of the runs. Right: means of the changes since the "
        "start; lines and [ ] are 95 % intervals of the mean. The parts add up to the propensity; above the "
        "threshold, with its conditions met and approval at home, a nation commits."
    )
    left_out = [f"Left out, less than 0.005 in nearly all runs: {', '.join(hidden)}."] if hidden else []
    conditions = condition_notes(result, iso3)
    return [key, *conditions, *left_out, source(result.about, "why")]
