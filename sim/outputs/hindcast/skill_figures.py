"""Figures of how much better or worse the model is than what it is compared with."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure

from sim.experiments.hindcast.baselines import CLIMATOLOGY
from sim.experiments.hindcast.options import HindcastOptions
from sim.experiments.hindcast.result import BASELINES, RECORDED
from sim.experiments.hindcast.skill import NATION_SCORES
from sim.experiments.hindcast.tables import HindcastTables
from sim.outputs import style
from sim.outputs.forest import Estimate, ForestRow, few_ticks, forest, label_of, room_for
from sim.outputs.hindcast.words import FORECASTS, NOT_IDENTIFIED, SCORE_NAMES, basis, interval, span
from sim.outputs.panels import Panels
from sim.outputs.words import date_words
from sim.system.libraries import pd

SHOWN = tuple(name for name in BASELINES if name != CLIMATOLOGY)
"""Climatology is so much worse that nothing else could be seen beside it; its numbers are in the notes."""

ROW = 0.2
"""Height of a row, in inches."""


def variant_differences(result: HindcastTables) -> Figure:
    """Draw the paired differences of the ranked probability score, for every way of scoring."""
    titles, rows = result.about.variants, result.tables["differences"]
    notes = [differences_key(rows, result.about.scoring), *basis(result)]
    heading = f"Better than knowing less? – {result.about.hindcast.title}"
    return differences_figure(rows, titles, heading, notes)


def differences_figure(
    differences: "pd.DataFrame", titles: Mapping[str, str], heading: str, notes: list[str]
) -> Figure:
    """Draw paired differences of the ranked probability score, a panel a wave, a row a way of scoring.

    Parameters
    ----------
    differences
        As `difference_table` returns them.
    titles
        The ways of scoring, in words.
    heading, notes
        What stands above and under the figure.
    """
    rows = differences[differences["score"] == "rps"]
    waves = {str(wave): short_span(str(wave)) for wave in dict.fromkeys(rows["wave"])}
    columns = {wave: _by_baseline(rows[rows["wave"] == wave], "variant", titles) for wave in waves}
    return _forest(columns, waves, "difference, rungs", heading, notes)


def differences_key(differences: "pd.DataFrame", options: HindcastOptions) -> str:
    """Return what the figure of differences shows."""
    rows = differences[differences["score"] == "rps"]
    return (
        "Difference of the mean ranked probability score, the model's minus the other's: left of 0 the model "
        f"is better. {_intervals(options)} {_left_out(rows)}"
    )


def score_differences(result: HindcastTables) -> Figure:
    """Draw the paired differences of each score of nations, as recorded, a row a baseline and wave."""
    waves = {wave.name: span(wave) for wave in result.observed_waves if wave.number}
    rows = result.tables["differences"]
    rows = rows[rows["variant"] == RECORDED]
    columns = {score: _by_baseline(rows[rows["score"] == score], "wave", waves) for score in NATION_SCORES}
    key = (
        "Difference of the mean scores, the model's minus the other's: left of 0 the model is better. "
        f"{_intervals(result.about.scoring)}"
    )
    heading = f"Better by any score? – {result.about.hindcast.title}"
    return _forest(columns, SCORE_NAMES, "difference", heading, [key, *basis(result)])


def short_span(wave: str) -> str:
    """Return the name of a wave as two lines of a title."""
    since, date = (dt.date.fromisoformat(part) for part in wave.split(" to "))
    return f"{date_words(since)}\nto {date_words(date)}"


def _by_baseline(rows: "pd.DataFrame", column: str, titles: Mapping[str, str]) -> list[ForestRow | str]:
    """Return a heading a baseline and a row a title, of the variant or wave that the column says."""
    listed: list[ForestRow | str] = []
    for baseline in SHOWN:
        chosen = rows[rows["baseline"] == baseline].set_index(column)
        shown = [(title, chosen.loc[name]) for name, title in titles.items() if name in chosen.index]
        if shown:
            listed += [f"against {FORECASTS[baseline]}", *(_row(*each) for each in shown)]
    return listed


def _forest(
    columns: dict[str, list[ForestRow | str]],
    titles: Mapping[str, str],
    axis: str,
    heading: str,
    notes: list[str],
) -> Figure:
    """Draw a panel a column, all with the same rows."""
    labels = [label_of(row) for row in next(iter(columns.values()))]
    panels = Panels(len(columns), len(columns), ROW * len(labels) + 0.1, gap=0.0, above=0.3)
    left = room_for(labels, "bold")
    with style.figure_style():
        figure, area = style.page(heading, notes, plot=panels.plot, left=left, right=0.1, below=0.5)
        for (column, axes), (name, rows) in zip(panels.axes(area, 0.94), columns.items(), strict=True):
            forest(axes, rows, reference=0.0)
            few_ticks(axes)
            axes.margins(x=0.08)
            axes.tick_params(labelleft=column == 0)
            axes.set_title(titles[name], fontsize=9, loc="left")
            axes.set_xlabel(axis, fontsize=8)
    return figure


def _row(title: str, row: Any) -> ForestRow:
    return ForestRow(title, Estimate(row.difference, row.low, row.high), _colour(row))


def _colour(row: Any) -> str:
    """Return blue where the model is better, vermilion where it is worse, grey where it may be either."""
    if row.low <= 0.0 <= row.high:
        return style.MUTED
    return style.BLUE if row.high < 0.0 else style.VERMILION


def _intervals(options: HindcastOptions) -> str:
    return (
        f"Lines: 95 % intervals by {options.resamples:,} bootstraps over nations, paired, each for "
        f"itself. Hollow: {NOT_IDENTIFIED}. Blue: the model is better. Orange: it is worse."
    )


def _left_out(rows: "pd.DataFrame") -> str:
    """Return the numbers of climatology, which is not drawn."""
    chosen = rows[(rows["baseline"] == CLIMATOLOGY) & (rows["variant"] == RECORDED)]
    numbers = ", ".join(interval(row, 2) for row in chosen.itertuples())
    return f"Not drawn: against climatology {numbers}, as recorded."
