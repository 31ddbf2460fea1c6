"""How willing chosen nations are over time, and what is between them and a commitment."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from sim.declarations.arrays import Floats
from sim.experiments.results import RunTables
from sim.outputs import style
from sim.outputs.figures.timeline import date_axis, dates_of, mark_events, notes
from sim.outputs.labels import name_ends
from sim.outputs.panels import Panels
from sim.outputs.words import percent
from sim.system.libraries import pd

MOST, COLUMNS = 6, 3
"""Nations shown if none are chosen, and panels beside each other."""

PANEL, GAP, ABOVE, LEFT, RIGHT = 1.75, 0.85, 0.15, 0.5, 0.85
"""Height of a panel, what stands between two rows and above the first, and beside them, in inches."""

WIDTH = (style.WIDTH - LEFT - RIGHT) * 0.92 / COLUMNS
"""Of a panel, in inches."""

LABEL = 0.25
"""Height of the label of a threshold, in inches: two lines."""

TICKS = (0.01, 0.03, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97, 0.99)
FINE_TICKS = tuple(number / 10 for number in range(1, 10))
RUNGS = ("undecided", "open", "committed")


def willingness_paths(result: RunTables, nations: Sequence[str] = ()) -> Figure:
    """Draw the willingness of nations over time, with the thresholds at which they climb and slip.

    Parameters
    ----------
    result
        What is drawn.
    nations
        ISO codes; if none are given, the nations whose commitment is least settled at the end.
    """
    codes = list(nations) or most_in_play(result)
    panels = Panels(len(codes), COLUMNS, PANEL, GAP, ABOVE)
    key = (
        "Line: median of the runs; band: 90 % of them. Solid: a nation climbs to the rung above; dotted: it "
        "slips from it. Right of a name: share of runs in which it is committed at the end. Willingness is "
        "drawn on a log-odds scale; what is demanded and unmet lowers it. A nation above the uppermost line "
        "may still wait, as governments do not move at once, or have no soldiers to send."
    )
    with style.figure_style():
        figure, area = style.page(
            f"Willingness – {result.about.title}",
            notes(result, key),
            plot=panels.plot,
            left=LEFT,
            right=RIGHT,
            below=0.5,
        )
        limits = _limits(result, codes)
        for code, (column, axes) in zip(codes, panels.axes(area, 0.92), strict=True):
            axes.set_ylim(limits)
            is_last = column == COLUMNS - 1 or code == codes[-1]
            _draw_thresholds(axes, result, named=is_last)
            numbers = mark_events(axes, result, WIDTH)
            _draw_nation(axes, result, code, 3 + numbers)
            _label_axes(axes, result, limits, named=column == 0)
    return figure


def most_in_play(result: RunTables) -> list[str]:
    """Return the nations whose commitment is least settled at the end: the nearest to even, then to the line.

    Members from the start that stay so are left out as long as there are others.
    """
    end = result.nations[result.nations["round"] == result.about.rounds].set_index("iso3")
    start = result.nations[result.nations["round"] == 0].set_index("iso3")
    settled = (start["p_committed"] == 1.0) & (end["p_committed"] == 1.0)
    line = float(result.rounds["climb_to_committed"].iloc[-1])
    order = end.assign(
        settled=settled,
        from_even=(end["p_committed"] - 0.5).abs(),
        from_line=np.abs(_log_odds(end["willingness_q50"]) - _log_odds(line)),
    ).sort_values(["settled", "from_even", "from_line"], kind="stable")
    return [str(code) for code in order.index[:MOST]]


def _draw_nation(axes: Axes, result: RunTables, code: str, above: float) -> None:
    """Draw a nation's band and median; so many points above, its name and its chance to be a member."""
    table = result.nations[result.nations["iso3"] == code]
    dates = dates_of(result)
    low, middle, high = (_log_odds(table[f"willingness_{name}"]) for name in ("q05", "q50", "q95"))
    axes.fill_between(dates, low, high, color=style.SKY, alpha=0.5, lw=0, zorder=2)
    axes.plot(dates, middle, color=style.BLUE, lw=1.8, zorder=3)
    at_end = percent(result.summary["p_committed"][code])
    room = WIDTH - style.text_width(at_end, 8) - 0.1
    name = style.wrapped(str(result.summary["name"][code]), room, 8, "bold", max_lines=1)[0]
    axes.set_title(name, fontsize=8, loc="left", weight="bold", pad=above)
    axes.set_title(at_end, fontsize=8, loc="right", color=style.BLUE, pad=above)


def _draw_thresholds(axes: Axes, result: RunTables, *, named: bool) -> None:
    """Draw where nations climb and slip, named at the right of the last panel of a row."""
    dates, rounds = dates_of(result), result.rounds
    low, high = axes.get_ylim()
    labels = []
    for climb, slip in zip(RUNGS, ("opposed", "undecided", "open"), strict=True):
        up, down = _log_odds(rounds[f"climb_to_{climb}"]), _log_odds(rounds[f"slip_to_{slip}"])
        colour = style.VERMILION if climb == RUNGS[-1] else style.MUTED
        axes.plot(dates, up, color=colour, lw=0.9, zorder=2.5, drawstyle="steps-post")
        axes.plot(dates, down, color=colour, lw=0.9, ls=":", zorder=2.5, drawstyle="steps-post")
        words = f"{climb}\nfrom {percent(rounds[f'climb_to_{climb}'].iloc[-1])}"
        if low < up[-1] < high:
            labels.append((float(up[-1]), words, colour))
    if named:
        name_ends(axes, labels, LABEL / PANEL, points=4, fontsize=7, linespacing=1.0)


def _label_axes(axes: Axes, result: RunTables, limits: tuple[float, float], *, named: bool) -> None:
    dates = dates_of(result)
    date_axis(axes, dates[0], dates[-1], ticks=5)
    axes.tick_params(labelsize=7)
    ticks = FINE_TICKS if limits[1] - limits[0] < 4 else TICKS
    shown = [share for share in ticks if limits[0] <= _log_odds(share) <= limits[1]]
    axes.set_yticks(_log_odds(shown), [f"{share * 100:g} %" for share in shown] if named else [])
    axes.grid(axis="y", color=style.GRID, lw=0.5)
    axes.set_axisbelow(True)


def _limits(result: RunTables, codes: Sequence[str]) -> tuple[float, float]:
    """Return limits that hold all bands and the line of commitment, in log-odds."""
    table = result.nations[result.nations["iso3"].isin(codes)]
    line = result.rounds["climb_to_committed"]
    low = min(_log_odds(table["willingness_q05"]).min(), _log_odds(line).min())
    high = max(_log_odds(table["willingness_q95"]).max(), _log_odds(line).max())
    return float(low) - 0.2, float(high) + 0.3


def _log_odds(share: "ArrayLike | pd.Series[float]") -> Floats:
    share = np.asarray(share, dtype=np.float64)
    return np.asarray(np.log(share / (1.0 - share)))
