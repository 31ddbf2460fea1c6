"""What a visitor can move, from the first round on."""

import datetime as dt
import math
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from sim.dashboard.setting import Value
from sim.declarations.kinds import Level
from sim.declarations.parameters import PARAMETERS
from sim.declarations.words import POSITIONS, PURPOSES
from sim.inputs.case import Case
from sim.inputs.errors import InputError
from sim.inputs.keys import Key, parameter_key
from sim.inputs.moved_events import date_key
from sim.inputs.roster_file import Vocabulary
from sim.inputs.situation import written
from sim.inputs.validation import one_of, shown

MOVED = {
    "reach": ("Reach to soldiers on land", -0.5, 1.5),
    "followership": ("Followership", -1.5, 2.0),
}
"""Parameters that can be moved beside the levels: what they are called, and between what."""


class Slider(NamedTuple):
    """A number that can be moved.

    Attributes
    ----------
    path
        As ``--set`` takes it.
    label, meaning
        What it is called, and what its values mean.
    low, high, step
        Its range.
    """

    path: str
    label: str
    meaning: str
    low: float = 0.0
    high: float = 1.0
    step: float = 0.05

    def value_in(self, case: Case) -> float:
        """Return its value in the first round of a case, after what happens at once; of draws, their mean."""
        for name, level in case.roster.vocabulary.all_levels.items():
            if case.scenario.key_path(self.path) == level.key:
                return float(case.timeline.level(name)[1])
        drawn = case.parameters.column(Key(self.path).parameter)
        return round(float(drawn.mean()) / self.step) * self.step

    def read(self, text: str) -> float:
        """Return the value that a text gives; raise InputError where it cannot be moved there."""
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not self.low <= value <= self.high:
            problem = f"must be a number from {self.low:g} to {self.high:g}, not {shown(text)}"
            raise InputError(problem, key=self.path)
        return value


class Choice(NamedTuple):
    """A word that can be chosen; the fields are those of `Slider`."""

    path: str
    label: str
    meaning: str
    words: tuple[str, ...]

    def value_in(self, case: Case) -> str:
        """Return what a nation states at the start of a case; else the word that holds in its first round."""
        key = Key(self.path)
        if key.path[0] == "nations":
            return POSITIONS[case.timeline.position[0, case.roster.iso3.index(key.path[1])]]
        return self.words[int(case.timeline.purpose[1].argmax())]

    def read(self, text: str) -> str:
        """Return the word that a text gives; raise InputError where it is none of them."""
        if text not in self.words:
            raise InputError(one_of(text, self.words), key=self.path)
        return text


class Day(NamedTuple):
    """A day that can be chosen, as ``2026-05-01``; the other fields are those of `Slider`.

    Attributes
    ----------
    usual
        The day that the scenario says.
    first, last
        Between which it can be moved.
    """

    path: str
    label: str
    meaning: str
    usual: dt.date
    first: dt.date
    last: dt.date

    def value_in(self, case: Case) -> str:  # noqa: ARG002 - the levers of a case hold its days
        """Return the day that the scenario says."""
        return self.usual.isoformat()

    def read(self, text: str) -> str:
        """Return the day that a text gives; raise InputError where it cannot be moved there."""
        try:
            inside = self.first <= dt.date.fromisoformat(text) <= self.last
        except ValueError:
            inside = False
        if not inside:
            problem = f"must be a date from {self.first} to {self.last}, not {shown(text)}"
            raise InputError(problem, key=self.path)
        return text


Movable = Slider | Choice | Day

FROM_THE_FIRST_ROUND = "Set from the first round on"
POSITIONS_AT_START = "Positions at the start"
DATES = "Dates of events"


def all_levers(case: Case) -> dict[str, tuple[Movable, ...]]:
    """Return what can be moved in a case, by what moving it is called, in the order in which it is shown."""
    return {
        FROM_THE_FIRST_ROUND: levers(case.roster.vocabulary),
        POSITIONS_AT_START: _positions(case),
        DATES: _dates(case),
    }


def by_path(case: Case) -> dict[str, Movable]:
    """Return what can be moved in a case by its path."""
    return {lever.path: lever for group in all_levers(case).values() for lever in group}


def _positions(case: Case) -> tuple[Choice, ...]:
    """Return what nations state at the start, by their names."""
    meaning = "What the government says of sending own troops when the scenario starts."
    named = sorted(zip(case.roster.names, case.roster.iso3, strict=True))
    return tuple(Choice(f"nations.{code}.position", name, meaning, POSITIONS) for name, code in named)


def _dates(case: Case) -> tuple[Day, ...]:
    """Return the days of the events of a scenario; outcomes of one draw come on one day.

    Events of one title by accident are left out: an option could not name either.
    """
    calendar, dates = case.scenario.calendar, case.timeline.dates
    titles = Counter(item.event.outcome_of or item.event.title for item in case.scenario.all_events())
    days: dict[str, Day] = {}
    for item in case.scenario.all_events():
        event = item.event
        name = event.outcome_of or event.title
        if item.place.option or (titles[name] > 1 and not event.outcome_of):
            continue
        day = event.date or calendar.date_of(item.round)
        meaning = "Not before this day, once its condition holds." if event.when else "The day it happens on."
        bounds = calendar.start, max(dates[-1], day)
        days.setdefault(name, Day(date_key(name), f"{name[0].upper()}{name[1:]}", meaning, day, *bounds))
    return tuple(days.values())


def levers(vocabulary: Vocabulary) -> tuple[Slider | Choice, ...]:
    """Return what can be moved, in the order in which it is shown, as readers know the actors."""
    return (
        *(_lever(level, vocabulary) for level in vocabulary.all_levels.values()),
        Choice("mandate.purpose", "Purpose of the mission", "What the mandate is for.", PURPOSES),
        *(_parameter(name, *called) for name, called in MOVED.items()),
    )


def _parameter(name: str, label: str, low: float, high: float) -> Slider:
    """Return a parameter as a lever, the same in all runs once it is moved."""
    declared = PARAMETERS[name]
    meaning = (
        f"{declared.meaning[0].upper()}{declared.meaning[1:]}, in {declared.unit} ({declared.rests_on}). "
        "Moved, it is the same in all runs; before, each run has its own draw, of which the mean is shown."
    )
    return Slider(parameter_key(name), label, meaning, low, high)


def _lever(level: Level, vocabulary: Vocabulary) -> Slider:
    """Return a level as a lever: what it is called, what its named steps or its ends mean."""
    label = vocabulary.in_words(level.words)
    named = vocabulary.steps(level.name).items()
    steps = "; ".join(f"{step:g}: {name.replace('_', ' ')}" for name, step in named)
    meaning = f"{steps}." if steps else level.ends or level.meaning.format_map(vocabulary.names)
    path = ".".join(written(level.key, vocabulary))
    return Slider(path, label[0].upper() + label[1:], meaning)


def changes_of(case: Case, values: Mapping[str, Value]) -> tuple[tuple[str, Value], ...]:
    """Return the values, by path, that differ from those of a case."""
    return tuple(
        (path, values[path])
        for path, lever in by_path(case).items()
        if path in values and values[path] != lever.value_in(case)
    )
