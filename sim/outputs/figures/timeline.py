"""What figures over time have in common: dates, the events that change the world, the notes below."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import DAILY, AutoDateLocator, date2num, num2date
from numpy.typing import NDArray

from sim.experiments.results import RunTables
from sim.outputs import style
from sim.outputs.words import counted, date_words, percent
from sim.results.about import DatedEvent

Dates = NDArray[np.datetime64]

NUMBER, STEP, LEVELS = 7, 8, 2
"""Size of an event's number and what lies between two heights, in points; how many heights there are."""


def dates_of(result: RunTables) -> Dates:
    """Return the day of each round."""
    return np.asarray(result.rounds["date"].to_numpy(), dtype="datetime64[D]")


def source_note(result: RunTables) -> str:
    """Return how many runs a figure rests on, and where its data come from."""
    about = result.about
    return f"{counted(about.runs, 'run')}, seed {about.seed}, scenario {about.name}. Data: {about.roster}."


def notes(result: RunTables, *keys: str) -> list[str]:
    """Return what stands under a figure: what it shows, how many runs, on what data, and the events."""
    events = event_notes(result.about.past_events)
    rows: list[Any] = list(result.events.itertuples())
    possible = [f"In {percent(row.p)} of the runs{_dates_of(row)}: {row.title}" for row in rows]
    return [*keys, source_note(result), *events, *possible]


def event_notes(events: Sequence[DatedEvent]) -> list[str]:
    """Return what the numbers of events stand for."""
    return [
        f"{number}. {date_words(event.date)}: {event.title}" for number, event in enumerate(events, start=1)
    ]


def _dates_of(row: Any) -> str:
    """Return the quartiles of the date on which an event happened that some runs only saw."""
    if not row.p:
        return ""
    low, high = (date_words(date) for date in (row.happened_q25, row.happened_q75))
    return f", on {low}" if low == high else f", half of them {low} to {high}"


def mark_events(axes: Axes, result: RunTables, width: float) -> float:
    """Draw a line at the round in which events take effect, and their numbers above it.

    Numbers that would run into each other stand at several heights, and together where even that is too
    narrow for them.

    Parameters
    ----------
    axes, result
        What is marked, and with what.
    width
        Of the plot, in inches.

    Returns
    -------
    float
        How high the numbers stand above the plot, in points.
    """
    return mark_dates(axes, dates_of(result), result.about.past_events, width)


def mark_dates(axes: Axes, days: Dates, events: Sequence[DatedEvent], width: float) -> float:
    """Draw events as `mark_events` does: the days of the rounds, and the events up to the last of them."""
    dates = date2num(days)
    by_round: dict[int, list[int]] = {}
    for number, event in enumerate(events, start=1):
        by_round.setdefault(event.round, []).append(number)
    for round_ in by_round:
        axes.axvline(float(dates[round_]), color=style.MUTED, lw=0.7, ls=(0, (3, 2)), zorder=1.5)
    inches_a_round = width / max(len(dates) - 1, 1)
    labels = _spread(by_round, inches_a_round)
    for label in labels:
        axes.annotate(
            label.text,
            (float(dates[0] + (dates[-1] - dates[0]) * label.round / (len(dates) - 1)), 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, 2 + STEP * label.level),
            textcoords="offset points",
            ha="center",
            fontsize=NUMBER,
            color=style.MUTED,
        )
    return max((2 + STEP * (label.level + 1) for label in labels), default=0)


class _Label(NamedTuple):
    """Numbers of events, the round they stand at, or the middle of several, and how high."""

    numbers: list[int]
    round: float
    level: int

    @property
    def text(self) -> str:
        first, last = self.numbers[0], self.numbers[-1]
        return f"{first}-{last}" if last > first else f"{first}"

    def half_width(self) -> float:
        """Return half the width in inches, with some room."""
        return style.text_width(self.text, NUMBER) / 2 + 0.02


def _spread(by_round: dict[int, list[int]], inches_a_round: float) -> list[_Label]:
    """Return labels of which none runs into another."""
    labels: list[_Label] = []
    for round_, numbers in by_round.items():
        free = [_Label(numbers, round_, level) for level in range(LEVELS)]
        free = [label for label in free if not any(_meet(label, each, inches_a_round) for each in labels)]
        if free:
            labels.append(free[0])
        else:
            before = labels.pop()
            labels.append(_Label([*before.numbers, *numbers], (before.round + round_) / 2, before.level))
    return labels


def _meet(one: _Label, other: _Label, inches_a_round: float) -> bool:
    apart = abs(one.round - other.round) * inches_a_round
    return one.level == other.level and apart < one.half_width() + other.half_width()


def date_axis(axes: Axes, first: np.datetime64, last: np.datetime64, *, ticks: int = 9) -> None:
    """Write months, or days where ticks are closer, and below them the year where it begins."""
    locator = AutoDateLocator(minticks=round(ticks / 3), maxticks=ticks)
    locator.intervald[DAILY] = [1, 2, 7, 14]  # every fourth day would be the 29th, then the 1st
    start, end = float(date2num(first)), float(date2num(last))
    axes.xaxis_date()
    axes.set_xlim(start, end)
    axes.xaxis.set_major_locator(locator)
    days = [num2date(at) for at in axes.get_xticks() if start <= at <= end and at.is_integer()]
    by_month = all(day.day == 1 for day in days)
    labels = [f"{day:%b}" if by_month else f"{day:%-d %b}" for day in days]
    before = [0, *(day.year for day in days)]
    years = [f"\n{day.year}" if day.year > year else "" for day, year in zip(days, before, strict=False)]
    axes.set_xticks(days, [label + year for label, year in zip(labels, years, strict=True)])
