"""One nation: where it stands over time, and when it joins."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.declarations.words import Stance
from sim.experiments.results import RunTables
from sim.outputs import style
from sim.outputs.course import WORTH_NAMING
from sim.outputs.figures.joining import shares_of
from sim.outputs.figures.timeline import date_axis, dates_of, mark_events, notes
from sim.outputs.labels import name_ends
from sim.outputs.panels import Panels
from sim.outputs.words import date_words, percent, reason_words

COLOURS = {
    Stance.COMMITTED: style.BLUE,
    Stance.OPEN: style.SKY,
    Stance.UNDECIDED: style.GRID,
    Stance.OPPOSED: style.ORANGE,
}
"""Of the stances, from the bottom up."""

WORDS = {
    Stance.COMMITTED: "declares soldiers",
    Stance.OPEN: "open",
    Stance.UNDECIDED: "undecided",
    Stance.OPPOSED: "opposed",
}

PANEL, GAP, ABOVE, LEFT, RIGHT, BELOW = 3.0, 0.75, 0.3, 0.55, 1.75, 0.5
"""Height of a panel, what stands between two and above each, and beside and below them, in inches."""

LABEL, LEAST_NAMED = 8, 0.005


def nation_over_time(result: RunTables, nations: Sequence[str]) -> Figure:
    """Draw the stances of chosen nations over time, as shares of the runs, a panel a nation.

    Parameters
    ----------
    result
        What is drawn.
    nations
        ISO codes; one fills a page of 16 to 9.
    """
    key = (
        "Areas: shares of the runs in each stance on soldiers on land; dashed: any military contribution. "
        "Right: at the end. Triangles: quartiles of when it joins, among the runs in which it ever does."
    )
    names = [str(result.summary.loc[code, "name"]) for code in nations]
    title = f"{names[0] if len(names) == 1 else f'{len(names)} nations'} – {result.about.title}"
    below = notes(result, key)
    alone = style.height_of_slide(title, below, BELOW) - ABOVE
    panels = Panels(len(nations), 1, alone if len(nations) == 1 else PANEL, ABOVE + GAP, ABOVE)
    with style.figure_style():
        figure, area = style.page(title, below, plot=panels.plot, left=LEFT, right=RIGHT, below=BELOW)
        for code, name, (_, axes) in zip(nations, names, panels.axes(area, 1.0), strict=True):
            _draw_panel(axes, result, code, name)
    return figure


def _draw_panel(axes: Axes, result: RunTables, code: str, name: str) -> None:
    place = list(result.summary.index).index(code)
    dates = dates_of(result)
    shares = {stance: shares_of(result, f"p_{stance.name.lower()}")[place] for stance in COLOURS}
    axes.stackplot(dates, *shares.values(), colors=COLOURS.values(), lw=0)
    any_ = shares_of(result, "p_contributes")[place]
    axes.plot(dates, any_, color=style.INK, lw=1.2, ls=(0, (4, 2)))
    axes.set_ylim(0, 1)
    _name_ends(axes, {stance: float(share[-1]) for stance, share in shares.items()}, float(any_[-1]))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value * 100:.0f} %")
    date_axis(axes, dates[0], dates[-1])
    above = mark_events(axes, result, style.WIDTH - LEFT - RIGHT)
    words = style.wrapped(_in_words(result, code, name), style.WIDTH - LEFT - 0.2, LABEL, max_lines=2)
    axes.set_title("\n".join(words), fontsize=LABEL, loc="left", pad=4 + above)
    _mark_joining(axes, result.summary.loc[code])


def _in_words(result: RunTables, code: str, name: str) -> str:
    """Return where a nation starts, how often and when it joins, and what holds it back."""
    row: Any = result.summary.loc[code]
    joins = f"is in it at some time in {percent(row.p_ever_joined)} of the runs"
    if row.p_ever_joined >= WORTH_NAMING and row.joined.date() > result.about.start:
        joins += f", half of them by {date_words(row.joined)}"
    held = reason_words(row.held_back_by[0][0], result.about.vocabulary) if row.held_back_by else ""
    reason = f"; most held back by: {held}" if held else ""
    return f"{name}: {row.position} at the start; {joins}{reason}."


def _mark_joining(axes: Axes, row: Any) -> None:
    if row.p_ever_joined < WORTH_NAMING:
        return
    for day, size in ((row.joined_q25, 5), (row.joined, 8), (row.joined_q75, 5)):
        axes.plot(
            [np.datetime64(day, "D")], [0.0], marker="^", ms=size, color=style.INK, clip_on=False, zorder=5
        )


def _name_ends(axes: Axes, ends: dict[Stance, float], any_: float) -> None:
    """Write the shares at the end beside the areas, and that of any contribution, none over another."""
    named: list[tuple[float, str, str]] = []
    bottom = 0.0
    for stance, share in ends.items():
        if share >= LEAST_NAMED:
            named.append((bottom + share / 2, f"{WORDS[stance]} {percent(share)}", style.INK))
        bottom += share
    named.append((any_, f"any means {percent(any_)}", style.MUTED))
    name_ends(axes, sorted(named), 0.16 / PANEL, fontsize=LABEL)
