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
from sim.outputs.forest import Estimate, ForestRow, forest, interval, name_rows, room_for
from sim.outputs.panels import Panels
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
    rows = list(map(_coefficient, table.itertuples()))
    with style.figure_style():
        figure, axes = style.page(
            "What past coalitions teach of who takes part",
            [key, f"{words.counted(known)}. Sources: scenarios/coalitions."],
            plot=ROW * 1.25 * len(table),
            left=room_for([row.label for row in rows]),
            right=0.9,
            below=0.45,
        )
        for place, (mean, deviation, row) in enumerate(zip(table["mean"], table["sd"], rows, strict=True)):
            spread = Z_95 * deviation
            interval(axes, place, mean - spread, mean + spread, color=row.colour, lw=5, alpha=0.35)
        forest(axes, rows, reference=0.0)
        axes.set_xlabel("log-odds", fontsize=8)
    return figure


def _coefficient(row: Any) -> ForestRow:
    """Return a coefficient in a coalition that was not fitted, and its verdict."""
    spread = Z_95 * row.sd_new
    estimate = Estimate(row.mean, row.mean - spread, row.mean + spread)
    return ForestRow(row.label, estimate, COLOURS[row.verdict], row.verdict)


def left_out(tables: "Mapping[str, pd.DataFrame]", known: AboutCoalitions) -> Figure:
    """Draw how well each coalition that was left out was ranked, and how well its size was forecast."""
    scored, sizes = tables["coalitions"], tables["sizes"]
    mine = scored[scored["forecast"] == EVIDENCE].merge(sizes[["coalition", "low", "high"]], on="coalition")
    mine = mine.sort_values("auc", kind="stable").reset_index(drop=True)
    titles = [known.titles[name] for name in mine["coalition"]]
    panels = Panels(2, 2, ROW * len(mine), gap=0.0)
    key = (
        "Left: AUC, the probability that a nation that took part was ranked above one that did not; dotted: "
        "a guess, and the mean. Right: share of the candidates that took part (dots) and the 90 % interval "
        "of its forecast; red where it misses."
    )
    with style.figure_style():
        figure, area = style.page(
            "Coalitions forecast without them, the worst first",
            [key, words.outside(sizes, known), f"{words.counted(known)}. {words.WHAT}"],
            plot=panels.plot,
            left=room_for(titles),
            right=0.15,
            below=0.45,
        )
        (_, ranks), (_, shares) = panels.axes(area, 0.94)
        _ranks(ranks, mine, tables["summary"])
        name_rows(ranks, titles)
        forest(shares, [_size(title, row) for title, row in zip(titles, mine.itertuples(), strict=True)])
        shares.tick_params(labelleft=False)
        shares.set_xlim(-0.02, 1.02)
        shares.set_xlabel("share of the candidates that took part", fontsize=8)
    return figure


def _ranks(axes: Axes, mine: "pd.DataFrame", summary: "pd.DataFrame") -> None:
    mean = summary[(summary["forecast"] == EVIDENCE) & (summary["score"] == "auc")]["value"].iloc[0]
    for line in (0.5, mean):
        axes.axvline(line, color=style.MUTED, lw=1, ls=":", zorder=1)
    axes.plot(mine["auc"], mine.index, "o", color=style.BLUE, ms=4.5)
    axes.set_xlim(0.4, 1.02)
    axes.set_xlabel("AUC", fontsize=8)


def _size(title: str, row: Any) -> ForestRow:
    """Return the share that took part, and the interval of its forecast."""
    low, high, share = row.low / row.candidates, row.high / row.candidates, row.took_part
    colour = style.BLUE if low <= share <= high else style.VERMILION
    return ForestRow(title, Estimate(share, low, high), colour)


def figures_of_fit(result: Result, _: Sequence[str] = ()) -> dict[str, Draw]:
    """Return what draws the figures of a fit, by name."""
    known: Any = result.about
    return {"coefficients": partial(coefficients, result.tables["coefficients"], known.learned_from)}


def figures_of_left_out(result: Result, _: Sequence[str] = ()) -> dict[str, Draw]:
    """Return what draws the figures of coalitions left out, by name."""
    known: Any = result.about
    return {"left-out": partial(left_out, result.tables, known.learned_from), **figures_of_fit(result)}
