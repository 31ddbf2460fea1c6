"""How many nations declare soldiers, and how many contribute, over time."""

from collections.abc import Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.experiments.results import RunTables
from sim.outputs import style
from sim.outputs.figures.timeline import date_axis, dates_of, mark_events, notes
from sim.outputs.labels import apart
from sim.system.libraries import pd

LAND, ANY = "size", "contributors"
LABELS = {LAND: "soldiers on land", ANY: "any contribution"}
COLOURS = {LAND: style.BLUE, ANY: style.GREEN}
LABEL = 9


def coalition_size(result: RunTables) -> Figure:
    """Draw how many nations declare soldiers on land, and how many contribute at all, over time.

    Dark bands hold half of the runs, light ones 90 %; lines are means.
    """
    rounds = result.rounds
    ends = {name: _end(rounds.iloc[-1], name) for name in LABELS}
    left, right = 0.55, max(style.text_width(end, LABEL, "bold") for end in ends.values()) + 0.2
    key = "Lines: means. Dark bands: half of the runs. Light bands and [ ]: 90 % of the runs."
    with style.figure_style():
        figure, axes = style.page(
            result.about.title,
            notes(result, key),
            plot=3.0,
            left=left,
            right=right,
            below=0.5,
        )
        for name in (ANY, LAND):
            _draw_fan(axes, result, name)
        highest = min(max(float(rounds[f"{ANY}_q95"].max()) + 2, 8), len(result.summary) + 0.5)
        axes.set_ylim(0, highest)
        _name_ends(axes, result, ends, 0.2 * highest / 3.0)
        mark_events(axes, result, style.WIDTH - left - right)
        axes.set_ylabel("nations")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(axis="y", color=style.GRID, lw=0.6)
        axes.set_axisbelow(True)
        dates = dates_of(result)
        date_axis(axes, dates[0], dates[-1])
    return figure


def _end(end: "pd.Series[Any]", name: str) -> str:
    """Return what a line is and where it ends."""
    mean, low, high = (end[f"{name}_{column}"] for column in ("mean", "q05", "q95"))
    return f"{LABELS[name]} {mean:.1f} [{low:.0f}-{high:.0f}]"


def _draw_fan(axes: Axes, result: RunTables, name: str) -> None:
    rounds, colour = result.rounds, COLOURS[name]
    for low, high, alpha in (("q05", "q95", 0.15), ("q25", "q75", 0.35)):
        axes.fill_between(
            rounds["date"], rounds[f"{name}_{low}"], rounds[f"{name}_{high}"], color=colour, alpha=alpha, lw=0
        )
    axes.plot(rounds["date"], rounds[f"{name}_mean"], color=colour, lw=2)


def _name_ends(axes: Axes, result: RunTables, ends: Mapping[str, str], least: float) -> None:
    """Write what each line is at its end, moved apart where they would overlap."""
    last = result.rounds.iloc[-1]
    places = apart([float(last[f"{name}_mean"]) for name in ends], least, *axes.get_ylim())
    for (name, words), place in zip(ends.items(), places, strict=True):
        axes.annotate(
            words,
            (1.0, place),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            color=COLOURS[name],
            fontweight="bold",
        )
