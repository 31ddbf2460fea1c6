"""When events take effect: the round of a date, and which event has the last word in a round."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sim.inputs.errors import InputError
from sim.inputs.layers import Place
from sim.inputs.situation import Event
from sim.inputs.toml_file import KeyPath


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


def schedule(
    events: Iterable[Event], calendar: Calendar, place: Callable[[KeyPath], Place]
) -> tuple[Scheduled, ...]:
    """Return events in the order in which they take effect: by date, a user's overrides last in their round.

    Raises
    ------
    InputError
        If an event is dated before the start, or two events set the same key in the same round and
        their dates do not tell which of them is the later one.
    """
    scheduled = [
        _scheduled(event, calendar, place(("events", position))) for position, event in enumerate(events)
    ]
    _refuse_duplicates(item for item in scheduled if not item.place.option)
    return tuple(sorted(scheduled, key=lambda item: (item.round, bool(item.place.option), item.date)))


def _scheduled(event: Event, calendar: Calendar, place: Place) -> Scheduled:
    if event.date and event.date < calendar.start:
        raise place.error(
            f"the event is dated {event.date}, before the start of the scenario, {calendar.start}"
        )
    round_ = calendar.round_of(event.date) if event.date else (event.round or 1)
    date = event.date or calendar.date_of(round_)
    return Scheduled(round_, date, event, event.changes(), place)


def _refuse_duplicates(scheduled: Iterable[Scheduled]) -> None:
    by_key: dict[tuple[int, tuple[str, ...]], list[Scheduled]] = {}
    for item in scheduled:
        for key in item.changes:
            for other in by_key.setdefault((item.round, key), []):
                if not _dates_differ(item.event, other.event):
                    raise _duplicate(item, other, _in_words(key, item.event))
            by_key[item.round, key].append(item)


def _dates_differ(one: Event, other: Event) -> bool:
    return one.date is not None and other.date is not None and one.date != other.date


def _duplicate(item: Scheduled, other: Scheduled, key: str) -> InputError:
    return item.place.error(
        f"duplicate event: {key} is set in round {item.round} already, by the event at {other.place.short()};"
        " remove one, or give them different dates (the later one has the last word)"
    )


def _in_words(key_path: tuple[str, ...], event: Event) -> str:
    """Return a key of the situation as the roster's scenario files write it."""
    return ".".join((event.situation[key_path[0]], *key_path[1:]))
