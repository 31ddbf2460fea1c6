"""Figures of a run: functions of a result that return a matplotlib Figure."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.experiments.results import RunResult
from sim.inputs.schedule import Scheduled
from sim.inputs.vocabulary import Stance
from sim.outputs import style
from sim.outputs.words import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW = 0.18
"""Height of a nation's row, in inches."""


def coalition_size(result: RunResult) -> "Figure":
    """Draw the coalition's size over time as a fan, with the events that change the world.

    The dark band holds half of the runs, the light one 90 %; the line is the mean.
    """
    from matplotlib.ticker import MaxNLocator

    rounds, nations = result.rounds, len(result.case.roster.iso3)
    end = rounds.iloc[-1]
    label = f"{end.size_mean:.1f} [{end.size_q05:.0f}-{end.size_q95:.0f}]"
    key = "Line: mean. Dark band: half of the runs. Light band and [ ]: 90 % of the runs."
    with style.figure_style():
        figure, axes = style.page(
            result.case.scenario.title,
            _notes(result, key),
            plot=3.0,
            left=0.55,
            right=style.text_width(label, 9, "bold") + 0.2,
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
        _mark_events(axes, result)
        axes.set_ylim(0, min(max(float(rounds["size_q95"].max()) + 2, 8), nations + 0.5))
        axes.set_ylabel("committed nations")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(axis="y", color=style.GRID, lw=0.6)
        axes.set_axisbelow(True)
        dates = _dates(result)
        _date_axis(axes, dates[0], dates[-1])
    return figure


def joining_strip(result: RunResult) -> "Figure":
    """Draw P(committed) of every nation over time, ordered by how surely and how early it joins."""
    from matplotlib.dates import date2num
    from matplotlib.transforms import offset_copy

    shares, order = _shares_in_order(result)
    names = [style.wrapped(result.case.roster.names[index], 2.5, 8, max_lines=1)[0] for index in order]
    plot = ROW * len(order)
    with style.figure_style():
        figure, axes = style.page(
            f"Who joins when – {result.case.scenario.title}",
            _notes(result),
            plot=plot,
            left=max(style.text_width(name, 8) for name in names) + 0.2,
            right=0.55,
            below=1.0,
        )
        dates = _dates(result)
        after = dates[-1] + np.timedelta64(result.case.scenario.days_per_round, "D")
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
        bar.set_label("share of runs in which the nation is committed; right: at the end", fontsize=8)
        bar.ax.xaxis.set_major_formatter(lambda value, _: f"{value * 100:.0f} %")
        _mark_events(axes, result)
        _date_axis(axes, dates[0], after)
    return figure


FIGURES = {"coalition-size": coalition_size, "joining": joining_strip}


def save_figures(result: RunResult, folder: Path) -> list[Path]:
    """Draw all figures of a run into a folder, as PNG and SVG; the same result gives the same bytes."""
    return [file for name, draw in FIGURES.items() for file in style.save(draw(result), folder, name)]


def _shares_in_order(result: RunResult) -> tuple[np.ndarray, list[int]]:
    """Return P(committed) [nation, round], and the nations by share at the end, then over all rounds."""
    shares = result.tally.stances[:, :, Stance.COMMITTED].T / result.number_of_runs
    names = result.case.roster.names
    order = sorted(
        range(len(names)), key=lambda index: (-shares[index, -1], -shares[index].sum(), names[index])
    )
    return shares, order


def _dates(result: RunResult) -> np.ndarray:
    return np.array(result.case.timeline.dates, dtype="datetime64[D]")


def _events(result: RunResult) -> list[Scheduled]:
    """Return the events shown, in the order of their numbers."""
    scenario = result.case.scenario
    return [item for item in scenario.schedule() if item.round <= scenario.rounds]


def _mark_events(axes: "Axes", result: RunResult) -> None:
    """Draw a line at the round in which events take effect, and their numbers above it.

    Numbers of neighbouring rounds stand at two heights, so that they do not run into each other.
    """
    from matplotlib.dates import date2num

    dates = _dates(result)
    numbers: dict[int, list[int]] = {}
    for number, item in enumerate(_events(result), start=1):
        numbers.setdefault(item.round, []).append(number)
    before, height = -len(dates), 0
    for row, (first, *others) in numbers.items():
        height = 1 - height if row - before < len(dates) / 25 else 0
        before = row
        at = float(date2num(dates[row]))
        axes.axvline(at, color=style.MUTED, lw=0.8, ls=(0, (3, 2)))
        axes.annotate(
            f"{first}-{others[-1]}" if others else f"{first}",
            (at, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, 2 + 8 * height),
            textcoords="offset points",
            ha="center",
            fontsize=7,
            color=style.MUTED,
        )


def _date_axis(axes: "Axes", first: np.datetime64, last: np.datetime64) -> None:
    """Write months, and the year under the first of them and under each January."""
    from matplotlib.dates import AutoDateLocator, date2num, num2date

    axes.xaxis_date()
    axes.set_xlim(float(date2num(first)), float(date2num(last)))
    axes.xaxis.set_major_locator(AutoDateLocator(maxticks=9))
    days = [num2date(at) for at in axes.get_xticks() if first <= np.datetime64(num2date(at).date()) <= last]
    short = (last - first).astype(int) < 120
    labels = [f"{day:%-d %b}" if short else f"{day:%b}" for day in days]
    years = [f"\n{day.year}" if day is days[0] or day.month == 1 else "" for day in days]
    axes.set_xticks(days, [label + year for label, year in zip(labels, years, strict=True)])


def _notes(result: RunResult, key: str = "") -> list[str]:
    """Return what stands under a figure: what it shows, how many runs, on what data, and the events."""
    source = (
        f"{result.number_of_runs:,} runs, seed {result.seed}, scenario {result.case.scenario.name}. "
        f"Data: {result.case.roster.title}."
    )
    events = [
        f"{number}. {item.date:%-d %b %Y}: {item.event.title}"
        for number, item in enumerate(_events(result), start=1)
    ]
    return [*([key] if key else []), source, *events]
