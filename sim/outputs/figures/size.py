"""The coalition's size over time."""

from typing import TYPE_CHECKING

from sim.experiments.about import RunTables
from sim.outputs import style
from sim.outputs.figures.timeline import date_axis, dates_of, mark_events, notes

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def coalition_size(result: RunTables) -> "Figure":
    """Draw the coalition's size over time as a fan, with the events that change the world.

    The dark band holds half of the runs, the light one 90 %; the line is the mean.
    """
    from matplotlib.ticker import MaxNLocator

    rounds = result.rounds
    end = rounds.iloc[-1]
    label = f"{end.size_mean:.1f} [{end.size_q05:.0f}-{end.size_q95:.0f}]"
    left, right = 0.55, style.text_width(label, 9, "bold") + 0.2
    key = "Line: mean. Dark band: half of the runs. Light band and [ ]: 90 % of the runs."
    with style.figure_style():
        figure, axes = style.page(
            result.about.title,
            notes(result, key),
            plot=3.0,
            left=left,
            right=right,
            below=0.5,
        )
        for low, high, colour in (("q05", "q95", style.SKY), ("q25", "q75", style.BLUE)):
            axes.fill_between(
                rounds["date"], rounds[f"size_{low}"], rounds[f"size_{high}"], color=colour, alpha=0.35, lw=0
            )
        axes.plot(rounds["date"], rounds["size_mean"], color=style.BLUE, lw=2)
        axes.annotate(
            label,
            (1.0, end.size_mean),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            color=style.BLUE,
            fontweight="bold",
        )
        mark_events(axes, result, style.WIDTH - left - right)
        highest = max(float(rounds["size_q95"].max()) + 2, 8)
        axes.set_ylim(0, min(highest, len(result.summary) + 0.5))
        axes.set_ylabel("committed nations")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(axis="y", color=style.GRID, lw=0.6)
        axes.set_axisbelow(True)
        dates = dates_of(result)
        date_axis(axes, dates[0], dates[-1])
    return figure
