"""Who joins when: nations over time."""

from collections.abc import Sequence

import numpy as np
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.transforms import offset_copy

from sim.declarations.arrays import Floats
from sim.experiments.results import RunTables
from sim.outputs import style
from sim.outputs.figures.timeline import date_axis, dates_of, mark_events, notes
from sim.outputs.words import counted, percent

ROW = 0.18
"""Height of a nation's row, in inches."""

LEAST = 0.05
"""Share of the runs that a nation must reach on some day to have a row, unless it is chosen."""


def joining_strip(result: RunTables, nations: Sequence[str] = ()) -> Figure:
    """Draw P(committed) of nations over time, ordered by how surely and how early they join.

    Parameters
    ----------
    result
        What is drawn.
    nations
        ISO codes; if none are given, all that are in in a share of the runs worth naming.
    """
    shares = committed_shares(result)
    order = _in_order(result, shares, nations)
    left_out = 0 if nations else len(shares) - len(order)
    by_row = [str(result.summary["name"].iloc[index]) for index in order]
    names = [style.wrapped(name, 2.5, 8, max_lines=1)[0] for name in by_row]
    plot = ROW * len(order)
    left, right = max(style.text_width(name, 8) for name in names) + 0.2, 0.55
    with style.figure_style():
        figure, axes = style.page(
            f"Who joins when – {result.about.title}",
            notes(
                result,
                "A cell begins at the day of its round and ends at that of the next." + _not_drawn(left_out),
            ),
            plot=plot,
            left=left,
            right=right,
            below=1.05,
        )
        dates = dates_of(result)
        after = dates[-1] + np.timedelta64(result.about.days_per_round, "D")
        first, last = float(date2num(dates[0])), float(date2num(after))
        image = axes.imshow(
            shares[order],
            cmap=style.SHARE_MAP,
            vmin=0,
            vmax=1,
            aspect="auto",
            interpolation="nearest",
            extent=(first, last, len(order), 0),
        )
        axes.set_yticks([])
        rows = axes.get_yaxis_transform()
        at_left, at_right = (offset_copy(rows, figure, x=gap, units="points") for gap in (-4, 4))
        for row, (index, name) in enumerate(zip(order, names, strict=True)):
            at_end = percent(shares[index, -1])
            for text, at, place, side in ((name, 0, at_left, "right"), (at_end, 1, at_right, "left")):
                axes.text(
                    at, row + 0.5, text, transform=place, ha=side, va="center", fontsize=8, color=style.MUTED
                )
        bar = figure.colorbar(
            image, cax=axes.inset_axes((0.25, -0.6 / plot, 0.5, 0.09 / plot)), orientation="horizontal"
        )
        bar.set_label(
            "share of runs in which the nation declares soldiers on land; right: at the end", fontsize=8
        )
        bar.ax.xaxis.set_major_formatter(lambda value, _: f"{value * 100:.0f} %")
        mark_events(axes, result, style.WIDTH - left - right)
        date_axis(axes, dates[0], after)
    return figure


def committed_shares(result: RunTables) -> Floats:
    """Return P(committed), shape (nations, rounds + 1)."""
    return shares_of(result, "p_committed")


def shares_of(result: RunTables, column: str) -> Floats:
    """Return a column of the table of nations, shape (nations, rounds + 1)."""
    shares = result.nations[column].to_numpy(dtype=np.float64)
    return shares.reshape(-1, len(result.summary)).T


def _not_drawn(number: int) -> str:
    """Say how many nations have no row, if there are any."""
    return f" Not drawn: {counted(number, 'nation')}, below {percent(LEAST)} on every day." if number else ""


def _in_order(result: RunTables, shares: Floats, nations: Sequence[str]) -> list[int]:
    """Return the indices of nations by share at the end, then over all rounds, then by name."""
    names, codes = list(result.summary["name"]), list(result.summary.index)
    worth_naming = np.flatnonzero(shares.max(axis=1) >= LEAST).tolist() or range(len(codes))
    shown = [codes.index(code) for code in nations] or worth_naming
    return sorted(shown, key=lambda index: (-shares[index, -1], -shares[index].sum(), names[index]))
