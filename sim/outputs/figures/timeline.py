"""What figures over time have in common: dates, the events that change the world, the notes below."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.experiments.about import RunTables
from sim.outputs import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Dates = NDArray[np.datetime64]


def dates_of(result: RunTables) -> Dates:
    """Return the day of each round."""
    return np.asarray(result.rounds["date"].to_numpy(), dtype="datetime64[D]")


def source_note(result: RunTables) -> str:
    """Return how many runs a figure rests on, and where its data come from."""
    about = result.about
    return f"{about.runs:,} runs, seed {about.seed}, scenario {about.scenario}. Data: {about.roster}."


def notes(result: RunTables, *keys: str) -> list[str]:
    """Return what stands under a figure: what it shows, how many runs, on what data, and the events."""
    events = [
        f"{number}. {event.date:%-d %b %Y}: {event.title}"
        for number, event in enumerate(result.about.events, start=1)
    ]
    return [*keys, source_note(result), *events]


def mark_events(axes: "Axes", result: RunTables, *, numbered: bool = True) -> None:
    """Draw a line at the round in which events take effect, and their numbers above it.

    Numbers of neighbouring rounds stand at two heights, so that they do not run into each other.
    """
    from matplotlib.dates import date2num

    dates = dates_of(result)
    numbers: dict[int, list[int]] = {}
    for number, event in enumerate(result.about.events, start=1):
        numbers.setdefault(event.round, []).append(number)
    before, height = -len(dates), 0
    for row, (first, *others) in numbers.items():
        height = 1 - height if row - before < len(dates) / 25 else 0
        before = row
        at = float(date2num(dates[row]))
        axes.axvline(at, color=style.MUTED, lw=0.8, ls=(0, (3, 2)))
        if numbered:
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


def date_axis(axes: "Axes", first: np.datetime64, last: np.datetime64, *, ticks: int = 9) -> None:
    """Write months, and the year under the first of them and under each January."""
    from matplotlib.dates import AutoDateLocator, date2num, num2date

    axes.xaxis_date()
    axes.set_xlim(float(date2num(first)), float(date2num(last)))
    axes.xaxis.set_major_locator(AutoDateLocator(maxticks=ticks))
    days = [num2date(at) for at in axes.get_xticks() if first <= np.datetime64(num2date(at).date()) <= last]
    short = (last - first).astype(int) < 120
    labels = [f"{day:%-d %b}" if short else f"{day:%b}" for day in days]
    years = [f"\n{day.year}" if day is days[0] or day.month == 1 else "" for day in days]
    axes.set_xticks(days, [label + year for label, year in zip(labels, years, strict=True)])
