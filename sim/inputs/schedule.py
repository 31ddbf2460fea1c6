"""When events take effect: the round of a date, and which event has the last word in a round.

Some are certain and have a round; others happen in some runs only, by chance or once a condition holds.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sim.inputs.errors import InputError
from sim.inputs.layers import Place
from sim.inputs.situation import Event
from sim.inputs.toml_file import TomlPath


@dataclass(frozen=True)
class Calendar:
    """The rounds of a scenario as days.

    Attributes
    ----------
    start
        The day of round 0, the anchor world.
    days_per_round
        Days from one round to the next.
    """

    start: dt.date
    days_per_round: int

    def round_of(self, date: dt.date) -> int:
        """Return the first round not before a date, and at least 1: ``ceil(days / days_per_round)``."""
        return max(1, -((self.start - date).days // self.days_per_round))

    def last_round_by(self, date: dt.date) -> int:
        """Return the last round not after a date: ``floor(days / days_per_round)``, maybe negative."""
        return (date - self.start).days // self.days_per_round

    def date_of(self, round_: int) -> dt.date:
        """Return the day of a round, at most the last day that a date can be."""
        days = round_ * self.days_per_round
        return self.start + dt.timedelta(min(days, (dt.date.max - self.start).days))


@dataclass(frozen=True)
class Scheduled:
    """An event at its place in time.

    Attributes
    ----------
    round
        The round in which it takes effect, from 1.
    date
        Its own date, or the day of its round.
    event
        What happens.
    changes
        What it sets, by key path: ``{("patron", "involvement"): 0.45}``.
    place
        Where it stands.
    """

    round: int
    date: dt.date
    event: Event
    changes: dict[tuple[str, ...], Any]
    place: Place


@dataclass(frozen=True)
class Contingent(Scheduled):
    """An event that happens in some runs: by chance, or in the round after its condition first holds.

    Its round and date are the earliest; without a condition it happens then or never. The keys that it
    `changes` are without those that a certain event sets later in that very round.

    Attributes
    ----------
    draw
        Name of the draw, one a run, of which it is an outcome.
    low, high
        It may happen in the runs in which that draw, uniform in [0, 1), is at least `low` and below `high`.
    """

    draw: str
    low: float
    high: float

    @property
    def probability(self) -> float:
        """The probability that it happens, or may once its condition holds."""
        return 1.0 if self.event.probability is None else self.event.probability


def schedule(
    events: Iterable[Event], calendar: Calendar, place: Callable[[TomlPath], Place]
) -> tuple[Scheduled, ...]:
    """Return events in the order in which they take effect: by date, a user's overrides last in their round.

    Those that happen in some runs only are `Contingent`.

    Raises
    ------
    InputError
        If an event is dated before the start; if two events set the same key in the same round and
        their dates do not tell which of them is the later one; if outcomes of the same draw do not come
        at the same time, or their probabilities add up to more than 1.
    """
    scheduled = []
    for position, event in enumerate(events):
        if event.date and event.date < calendar.start:
            problem = f"the event is dated {event.date}, before the start of the scenario, {calendar.start}"
            raise _place_of_date(position, place).error(problem)
        scheduled.append(_scheduled(event, calendar, place(("events", position))))
    _refuse_duplicates(item for item in scheduled if not item.place.option and not item.event.when)
    ordered = sorted(scheduled, key=lambda item: (item.round, bool(item.place.option), item.date))
    draws = _Draws()
    return tuple(
        draws.contingent(item, ordered[number + 1 :]) if _is_contingent(item.event) else item
        for number, item in enumerate(ordered)
    )


def _is_contingent(event: Event) -> bool:
    return event.when is not None or event.probability is not None


class _Draws:
    """Which part of its draw each outcome has: one after the other, in the order of their events."""

    def __init__(self) -> None:
        self._latest: dict[str, Contingent] = {}

    def contingent(self, item: Scheduled, later: Iterable[Scheduled]) -> Contingent:
        """Return an event as one that happens in some runs."""
        event = item.event
        draw = event.outcome_of or event.title
        before = self._latest.get(draw) if event.probability is not None else None
        if before:
            _check_outcomes(before, item)
        low = before.high if before else 0.0
        high = 1.0 if event.probability is None else low + event.probability
        if high > 1.0 + TOLERANCE:
            problem = f'probabilities of the outcomes of "{draw}" add up to {high:g}, more than 1'
            raise item.place.error(problem)
        changes = item.changes if event.when else _without_replaced(item, later)
        made = Contingent(item.round, item.date, event, changes, item.place, draw, low, high)
        if event.probability is not None:
            self._latest[draw] = made
        return made


TOLERANCE = 1e-9
"""By how much probabilities may exceed 1 because they are written with few digits."""


def _check_outcomes(before: Contingent, item: Scheduled) -> None:
    """Refuse outcomes of a draw that differ in time, and events that share a draw by accident."""
    if not (before.event.outcome_of and item.event.outcome_of):
        problem = (
            f"has the title of the event at {before.place.short()}, and with it its draw: give another title"
        )
        raise item.place.error(f"{problem}, or say with outcome_of that at most one of them happens")
    if (before.round, before.event.when) != (item.round, item.event.when):
        problem = f'is an outcome of "{before.draw}" as the event at {before.place.short()} is'
        raise item.place.error(f"{problem}; both must have the same date and the same condition")


def _without_replaced(item: Scheduled, later: Iterable[Scheduled]) -> dict[tuple[str, ...], Any]:
    """Return what an event sets, without what a certain event sets later in the same round."""
    certain = [other for other in later if other.round == item.round and not _is_contingent(other.event)]
    replaced = {key for other in certain for key in other.changes}
    return {key: value for key, value in item.changes.items() if key not in replaced}


def _place_of_date(position: int, place: Callable[[TomlPath], Place]) -> Place:
    """Return the option that gives an event its date, else where the event stands."""
    date = place(("events", position, "date"))
    return date if date.option else place(("events", position))


def _scheduled(event: Event, calendar: Calendar, place: Place) -> Scheduled:
    round_ = calendar.round_of(event.date) if event.date else (event.round or 1)
    date = event.date or calendar.date_of(round_)
    return Scheduled(round_, date, event, event.changes(), place)


def _refuse_duplicates(scheduled: Iterable[Scheduled]) -> None:
    by_key: dict[tuple[int, tuple[str, ...]], list[Scheduled]] = {}
    for item in scheduled:
        for key in item.changes:
            for other in by_key.setdefault((item.round, key), []):
                if not (_dates_differ(item.event, other.event) or _exclude_each_other(item, other)):
                    raise _duplicate(item, other, _in_words(key, item.event))
            by_key[item.round, key].append(item)


def _dates_differ(one: Event, other: Event) -> bool:
    return one.date is not None and other.date is not None and one.date != other.date


def _exclude_each_other(one: Scheduled, other: Scheduled) -> bool:
    return one.event.outcome_of is not None and one.event.outcome_of == other.event.outcome_of


def _duplicate(item: Scheduled, other: Scheduled, key: str) -> InputError:
    return item.place.error(
        f"duplicate event: {key} is set in round {item.round} already, by the event at {other.place.short()};"
        " remove one, or give them different dates (the later one has the last word)"
    )


def _in_words(key_path: tuple[str, ...], event: Event) -> str:
    """Return a key of the situation as the roster's scenario files write it."""
    return ".".join((event.situation[key_path[0]], *key_path[1:]))
