"""Figures of what past coalitions teach."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.declarations.words import LEARNED, LIKELY, NOT_TOLD
from sim.experiments.evidence.about import AboutCoalitions
from sim.experiments.evidence.left_out import EVIDENCE
from sim.experiments.statistics import Z_95
from sim.outputs import style
from sim.outputs.evidence import words
from sim.outputs.figure_folder import Draw
from sim.results.result import Result
from sim.system.libraries import pd

COLOURS = {LEARNED: style.BLUE, LIKELY: style.ORANGE, NOT_TOLD: style.MUTED}
ROW = 0.21
"""Height of a row in inches."""


def coefficients(table: "pd.DataFrame", known: AboutCoalitions) -> Figure:
    """Draw the coefficient of each term, what it is in a new coalition, and its verdict."""
    key = (
        "Log-odds of taking part; right of 0 a term makes it likelier. Thick: 95 % interval on average over "
        "coalitions. Thin: in a coalition that was not fitted. Attributes are in standard deviations, levels "
        "in halves of their range. Hollow: not told."
    )
    with style.figure_style():
        figure, axes = style.page(
            "What past coalitions teach of who takes part",
            [key, f"{words.counted(known)}. Sources: scenarios/coalitions."],
            plot=ROW * 1.25 * len(table),
            left=2.5,
            right=0.9,
            below=0.45,
        )
        row: Any
        for place, row in enumerate(table.itertuples()):
            _coefficient(axes, place, row)
        _rows(axes, table["label"].tolist())
        axes.axvline(0, color=style.MUTED, lw=0.8, zorder=1)
        axes.set_xlabel("log-odds", fontsize=8)
    return figure


def _coefficient(axes: Axes, place: int, row: Any) -> None:
    colour = COLOURS[row.verdict]
    for deviation, width in ((row.sd_new, 1.0), (row.sd, 3.0)):
        ends = [row.mean - Z_95 * deviation, row.mean + Z_95 * deviation]
        axes.plot(ends, [place, place], color=colour, lw=width, solid_capstyle="butt")
    axes.plot(row.mean, place, "o", color=colour, ms=5, mfc="white" if row.verdict == NOT_TOLD else colour)
    axes.annotate(
        row.verdict, (1.01, place), xycoords=("axes fraction", "data"), va="center", fontsize=8, color=colour
    )


def left_out(tables: "Mapping[str, pd.DataFrame]", known: AboutCoalitions) -> Figure:
    """Draw how well each coalition that was left out was ranked, and how well its size was forecast."""
    scored, sizes = tables["coalitions"], tables["sizes"]
    mine = scored[scored["forecast"] == EVIDENCE].merge(sizes[["coalition", "low", "high"]], on="coalition")
    mine = mine.sort_values("auc", kind="stable").reset_index(drop=True)
    titles = [known.titles[name] for name in mine["coalition"]]
    labels = max(style.text_width(title, 8) for title in titles) + 0.15
    key = (
        "Left: AUC, the probability that a nation that took part was ranked above one that did not; dotted: "
        "a guess, and the mean. Right: share of the candidates that took part (dots) and the 90 % interval "
        "of its forecast; red where it misses."
    )
    with style.figure_style():
        figure, area = style.page(
            "Coalitions forecast without them, the worst first",
            [key, words.outside(sizes, known), f"{words.counted(known)}. {words.WHAT}"],
            plot=ROW * len(mine),
            left=labels,
            right=0.15,
            below=0.45,
        )
        area.set_axis_off()
        ranks, shares = area.inset_axes((0, 0, 0.47, 1)), area.inset_axes((0.53, 0, 0.47, 1))
        _ranks(ranks, mine, tables["summary"])
        _sizes(shares, mine)
        _rows(ranks, titles, size=8)
        _rows(shares, [""] * len(titles))
    return figure


def _ranks(axes: Axes, mine: "pd.DataFrame", summary: "pd.DataFrame") -> None:
    mean = summary[(summary["forecast"] == EVIDENCE) & (summary["score"] == "auc")]["value"].iloc[0]
    for line in (0.5, mean):
        axes.axvline(line, color=style.MUTED, lw=1, ls=":", zorder=1)
    axes.plot(mine["auc"], mine.index, "o", color=style.BLUE, ms=4.5)
    axes.set_xlim(0.4, 1.02)
    axes.set_xlabel("AUC", fontsize=8)


def _sizes(axes: Axes, mine: "pd.DataFrame") -> None:
    row: Any
    for row in mine.itertuples():
        low, high, share = row.low / row.candidates, row.high / row.candidates, row.took_part
        colour = style.BLUE if low <= share <= high else style.VERMILION
        axes.plot(
            [low, high], [row.Index, row.Index], color=colour, lw=2.5, alpha=0.35, solid_capstyle="butt"
        )
        axes.plot(share, row.Index, "o", color=colour, ms=4.5)
    axes.set_xlim(-0.02, 1.02)
    axes.set_xlabel("share of the candidates that took part", fontsize=8)


def _rows(axes: Axes, labels: list[str], size: int = 9) -> None:
    """Name the rows, the first on top."""
    axes.set_yticks(range(len(labels)))
    axes.set_yticklabels(labels, fontsize=size)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0, labelcolor=style.INK)
    axes.tick_params(axis="x", labelsize=8)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=style.GRID, lw=0.6)
    axes.set_axisbelow(True)


def figures_of_fit(result: Result, _: Sequence[str] = ()) -> dict[str, Draw]:
    """Return what draws the figures of a fit, by name."""
    known: Any = result.about
    return {"coefficients": partial(coefficients, result.tables["coefficients"], known.learned_from)}


def figures_of_left_out(result: Result, _: Sequence[str] = ()) -> dict[str, Draw]:
    """Return what draws the figures of coalitions left out, by name."""
    known: Any = result.about
    return {"left-out": partial(left_out, result.tables, known.learned_from), **figures_of_fit(result)}
