"""Figures of a run: functions of a result that return a matplotlib Figure."""

from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np

from sim.experiments.results import RunResult
from sim.outputs import style
from sim.outputs.words import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 8.0
"""Inches; readable at the width of a README."""


def coalition_size(result: RunResult) -> "Figure":
    """Draw the coalition's size over time as a fan, with the events that change the world.

    The dark band holds half of the runs, the light one 90 %; the line is the mean.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    rounds = result.rounds
    with style.figure_style():
        events = _events(result)
        figure = Figure(figsize=(WIDTH, 4.2 + 0.16 * len(events)), layout="constrained")
        axes = figure.subplots()
        axes.fill_between(
            rounds["date"],
            rounds["size_q05"],
            rounds["size_q95"],
            color=style.SKY,
            alpha=0.35,
            lw=0,
            step="post",
        )
        axes.fill_between(
            rounds["date"],
            rounds["size_q25"],
            rounds["size_q75"],
            color=style.BLUE,
            alpha=0.35,
            lw=0,
            step="post",
        )
        axes.plot(rounds["date"], rounds["size_mean"], color=style.BLUE, lw=2)
        _label_fan(axes, result)
        _mark_events(axes, result)
        axes.set_ylim(0, max(float(rounds["size_q95"].max()) + 2, 8))
        axes.set_ylabel("committed nations")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(axis="y", color=style.GRID, lw=0.6)
        _date_axis(axes, result)
        axes.set_title(result.case.scenario.title)
        _caption(figure, result, events, "Line: mean. Dark band: half of the runs; light band: 90 %.")
    return figure


def joining_strip(result: RunResult) -> "Figure":
    """Draw P(committed) of every nation over time, ordered by how surely and how early it joins."""
    from matplotlib.figure import Figure

    shares, order = _shares_in_order(result)
    with style.figure_style():
        height = 1.6 + 0.19 * len(order)
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        axes = figure.subplots()
        dates = _edges(result)
        image = axes.pcolormesh(
            dates,
            np.arange(len(order) + 1),
            shares[order],
            cmap=style.SHARE_MAP,
            vmin=0,
            vmax=1,
            rasterized=True,
        )
        axes.invert_yaxis()
        names = [result.case.roster.names[index] for index in order]
        axes.set_yticks(np.arange(len(order)) + 0.5, names, fontsize=8)
        axes.tick_params(axis="y", length=0)
        at_end = axes.secondary_yaxis("right")
        at_end.set_yticks(
            np.arange(len(order)) + 0.5, [percent(shares[index, -1]) for index in order], fontsize=8
        )
        at_end.tick_params(length=0)
        at_end.spines["right"].set_visible(False)
        bar = figure.colorbar(image, ax=axes, orientation="horizontal", shrink=0.5, aspect=40, pad=0.01)
        bar.set_label("share of runs in which the nation is committed; right: at the end", fontsize=8)
        bar.ax.xaxis.set_major_formatter(lambda value, _: f"{value * 100:.0f} %")
        _mark_events(axes, result)
        _date_axis(axes, result)
        axes.set_title(f"Who joins when: {result.case.scenario.title}")
        _caption(figure, result, _events(result), "")
    return figure


FIGURES = {"coalition-size": coalition_size, "joining": joining_strip}


def save_figures(result: RunResult, folder: Path) -> list[Path]:
    """Draw all figures of a run into a folder, as PNG and SVG."""
    written = []
    for name, draw in FIGURES.items():
        figure = draw(result)
        # The layout is found once, not once a format.
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
        for ending in ("png", "svg"):
            file = folder / f"{name}.{ending}"
            # No date in the file: the same result gives the same bytes.
            figure.savefig(file, metadata={"Date": None} if ending == "svg" else {"Software": None})
            written.append(file)
    return written


def _shares_in_order(result: RunResult) -> tuple[np.ndarray, list[int]]:
    """Return P(committed) [nation, round], and the nations by share at the end, then over all rounds."""
    shares = result.tally.stances[:, :, 3].T / result.number_of_runs
    names = result.case.roster.names
    order = sorted(
        range(len(names)), key=lambda index: (-shares[index, -1], -shares[index].sum(), names[index])
    )
    return shares, order


def _edges(result: RunResult) -> np.ndarray:
    dates = np.array(result.case.timeline.dates, dtype="datetime64[D]")
    return np.append(dates, dates[-1] + np.timedelta64(result.case.scenario.days_per_round, "D"))


def _events(result: RunResult) -> list[str]:
    """Return the events shown, numbered, as lines of text."""
    shown = [item for item in result.case.scenario.schedule() if item.round <= result.case.scenario.rounds]
    return [
        f"{number} {item.date:%-d %b %Y}: {item.event.title}" for number, item in enumerate(shown, start=1)
    ]


def _mark_events(axes: "Axes", result: RunResult) -> None:
    """Draw a line at the round in which an event takes effect, and its number above it.

    Numbers of neighbouring rounds stand at two heights, so that they do not run into each other.
    """
    from matplotlib.dates import date2num

    dates = result.case.timeline.dates
    numbers: dict[int, list[str]] = {}
    for number, item in enumerate(result.case.scenario.schedule(), start=1):
        if item.round <= result.case.scenario.rounds:
            numbers.setdefault(item.round, []).append(str(number))
    before, height = -len(dates), 0
    for row, labels in numbers.items():
        height = 1 - height if row - before < len(dates) / 25 else 0
        before = row
        at = float(date2num(dates[row]))
        axes.axvline(at, color=style.MUTED, lw=0.8, ls=(0, (3, 2)))
        axes.annotate(
            ",".join(labels),
            (at, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, 2 + 8 * height),
            textcoords="offset points",
            ha="center",
            fontsize=7,
            color=style.MUTED,
        )


def _label_fan(axes: "Axes", result: RunResult) -> None:
    """Write what the end of the fan is, beside it."""
    last = result.rounds.iloc[-1]
    axes.annotate(
        f"{last.size_mean:.1f} [{last.size_q05:.0f}-{last.size_q95:.0f}]",
        (last.date, last.size_mean),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        color=style.BLUE,
        fontweight="bold",
    )


def _date_axis(axes: "Axes", result: RunResult) -> None:
    """Write months, and the year under the first of them and under each January."""
    from matplotlib.dates import AutoDateLocator, num2date

    edges = _edges(result)
    axes.set_xlim(edges[0], edges[-1])
    axes.xaxis.set_major_locator(AutoDateLocator(maxticks=9))
    days = [
        num2date(at)
        for at in axes.get_xticks()
        if edges[0] <= np.datetime64(num2date(at).date()) <= edges[-1]
    ]
    short = (edges[-1] - edges[0]).astype(int) < 120
    labels = [f"{day:%-d %b}" if short else f"{day:%b}" for day in days]
    years = [f"\n{day.year}" if day is days[0] or day.month == 1 else "" for day in days]
    axes.set_xticks(days, [label + year for label, year in zip(labels, years, strict=True)])


def _caption(figure: "Figure", result: RunResult, events: list[str], note: str) -> None:
    """Write under a figure what it shows, how many runs, and where the data come from."""
    source = (
        f"{result.number_of_runs:,} runs, seed {result.seed}, scenario {result.case.scenario.name}. "
        f"Data: {result.case.roster.title}. {note}"
    )
    lines = [fill(source, 120), *(fill(event, 120, subsequent_indent="  ") for event in events)]
    figure.supxlabel("\n".join(lines), x=0.01, ha="left", fontsize=7, color=style.MUTED)
