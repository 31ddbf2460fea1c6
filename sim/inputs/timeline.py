"""Timelines: what a scenario prescribes, round by round, as arrays."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.declarations.arrays import Flags, Floats, Integers
from sim.declarations.kinds import ADVERSARY, PATRON
from sim.declarations.policies import POLICIES, KeyPath
from sim.declarations.words import HELD, POSITIONS, PURPOSES
from sim.inputs.nations import Nations
from sim.inputs.scenario import Scenario, check_nations
from sim.inputs.schedule import Calendar, Contingent
from sim.inputs.statements import UNKNOWN

NO_POSITION = -1
"""Stands in `Timeline.position` where a round gives a nation no position."""


@dataclass(frozen=True, eq=False)
class Timeline:
    """What a scenario prescribes, a row a round; row 0 is the anchor world.

    Levels hold until the next event changes them. Arrays are C-contiguous, (rounds + 1,) where no shape
    is given.

    Attributes
    ----------
    level_names
        Of `LEVELS`, and of the further ones that the roster declares.
    levels, level_set_in
        (rounds + 1, levels): each of these in [0, 1], and the round in which it was set.
    involvement_set
        Whether the patron's involvement is set in this very round.
    burden_sharing, ceiling, threshold, width, speed
        Whether the patron follows that policy, and its constants.
    reversal, restoration
        Probabilities a round that the patron takes back all that it gives, and that it gives it again.
    reactive, reaction, deterred
        Whether the adversary reacts, and the constants of that policy.
    purpose
        (rounds + 1, 3): 1 for the purpose of the mandate, in the order of `PURPOSES`, 0 for the others.
    mandate_set, negotiated
        Whether purpose or clarity is set in this very round; whether participants negotiate.
    policies_set
        (rounds + 1, POLICIES): whether each of these is set in this very round.
    position
        (rounds + 1, nations): index into `POSITIONS` where a round gives a position, else -1; row 0 is
        complete.
    held, held_set
        (rounds + 1, nations): index into `HELD`; whether it is set in this very round.
    election
        (rounds + 1, nations): probability that an election of this very round changes a position.
    dates
        The day of each round.
    contingents
        The events that happen in some runs; nothing above holds what they set.
    """

    level_names: tuple[str, ...]
    levels: Floats
    level_set_in: Integers
    involvement_set: Flags
    burden_sharing: Flags
    ceiling: Floats
    threshold: Floats
    width: Floats
    speed: Floats
    reversal: Floats
    restoration: Floats
    reactive: Flags
    reaction: Floats
    deterred: Floats
    purpose: Floats
    mandate_set: Flags
    negotiated: Flags
    policies_set: Flags
    position: NDArray[np.int8]
    held: NDArray[np.int8]
    held_set: Flags
    election: Floats
    dates: tuple[dt.date, ...]
    contingents: tuple[Contingent, ...]

    @property
    def has_statement(self) -> Flags:
        """Whether a position of each nation is known, at the start or later; shape (nations,)."""
        return np.asarray(((self.position >= 0) & (self.position != POSITIONS.index(UNKNOWN))).any(axis=0))

    def level(self, name: str) -> Floats:
        """Return a level in each round as the scenario has it, shape (rounds + 1,)."""
        return np.asarray(self.levels[:, self.level_names.index(name)])


def build_timeline(scenario: Scenario, iso3: Sequence[str], recorded_positions: Sequence[str]) -> Timeline:
    """Lay a scenario out over its rounds.

    Parameters
    ----------
    scenario
        The situation at the start and its events.
    iso3
        The nations of the roster, sorted.
    recorded_positions
        What each of them has stated by the scenario's start, a word of `POSITIONS`.

    Raises
    ------
    InputError
        If the scenario names a nation that is not in the roster.
    """
    check_nations(scenario, Nations(dict(zip(iso3, iso3, strict=True))))
    rows = _Rows(scenario)
    levels = scenario.vocabulary.all_levels
    keys = [level.key for level in levels.values()]
    return Timeline(
        level_names=tuple(levels),
        levels=np.column_stack([rows.levels(*key) for key in keys]),
        level_set_in=np.column_stack([rows.set_in(*key) for key in keys]),
        involvement_set=rows.touched(PATRON, "involvement"),
        burden_sharing=rows.chosen("burden_sharing", PATRON, "policy"),
        ceiling=rows.levels(PATRON, "ceiling"),
        threshold=rows.levels(PATRON, "threshold"),
        width=rows.levels(PATRON, "width"),
        speed=rows.levels(PATRON, "speed"),
        reversal=rows.levels(PATRON, "reversal"),
        restoration=rows.levels(PATRON, "restoration"),
        reactive=rows.chosen("reactive", ADVERSARY, "policy"),
        reaction=rows.levels(ADVERSARY, "reaction"),
        deterred=rows.levels(ADVERSARY, "deterred"),
        purpose=_purpose(rows),
        mandate_set=rows.touched("mandate", "purpose") | rows.touched("mandate", "clarity"),
        negotiated=rows.chosen("negotiated", "mandate", "policy"),
        position=_position(rows, iso3, recorded_positions),
        policies_set=np.column_stack([rows.touched(*key) for key in POLICIES.values()]),
        held=_held(rows, iso3),
        held_set=np.column_stack([rows.touched("nations", nation, "held") for nation in iso3]),
        election=_election(rows, iso3),
        dates=_dates(scenario.calendar, rows.count),
        contingents=rows.contingents,
    )


class _Rows:
    """The values of each key of a scenario over its rounds."""

    def __init__(self, scenario: Scenario) -> None:
        self.count = scenario.rounds + 1
        self.start: dict[str, Any] = scenario.model_dump(exclude_none=True)
        # The rounds whose events set a key, and what they set; sweeps build thousands of timelines.
        self.changes: dict[KeyPath, list[tuple[int, Any]]] = {}
        events = scenario.all_events()
        self.contingents = tuple(item for item in events if isinstance(item, Contingent))
        for item in events:
            if item.round < self.count and not isinstance(item, Contingent):
                for key, value in item.changes.items():
                    self.changes.setdefault(key, []).append((item.round, value))

    def values(self, *key: str, start: object) -> list[Any]:
        """Return the value that holds in each row."""
        values = [start] * self.count
        for round_, value in self.changes.get(key, ()):
            values[round_:] = [value] * (self.count - round_)
        return values

    def levels(self, *key: str) -> Floats:
        return np.array(self.values(*key, start=self.at_start(*key)), dtype=np.float64)

    def chosen(self, policy: str, *key: str) -> Flags:
        return np.array([value == policy for value in self.values(*key, start=self.at_start(*key))])

    def touched(self, *key: str) -> Flags:
        """Return in which rows the key is set; the start sets them all."""
        touched = np.zeros(self.count, dtype=np.bool_)
        touched[[0, *(round_ for round_, _ in self.changes.get(key, ()))]] = True
        return touched

    def set_in(self, *key: str) -> Integers:
        """Return the round in which the value that holds in each row was set."""
        rows = np.arange(self.count)
        return np.maximum.accumulate(np.where(self.touched(*key), rows, 0))

    def at_start(self, *key: str, default: object = None) -> Any:
        value: Any = self.start
        for part in key:
            value = value.get(part, default) if isinstance(value, dict) else default
        return value


def _purpose(rows: _Rows) -> Floats:
    purposes = rows.values("mandate", "purpose", start=rows.at_start("mandate", "purpose"))
    return np.eye(len(PURPOSES))[[PURPOSES.index(purpose) for purpose in purposes]]


def _position(rows: _Rows, iso3: Sequence[str], recorded: Sequence[str]) -> NDArray[np.int8]:
    nations = rows.at_start("nations", default={})
    position = np.full((rows.count, len(iso3)), NO_POSITION, dtype=np.int8)
    for column, (nation, recorded_position) in enumerate(zip(iso3, recorded, strict=True)):
        start = nations.get(nation, {}).get("position", recorded_position)
        for round_, stated in [(0, start), *rows.changes.get(("nations", nation, "position"), ())]:
            position[round_, column] = POSITIONS.index(stated)
    return position


def _held(rows: _Rows, iso3: Sequence[str]) -> NDArray[np.int8]:
    nations = rows.at_start("nations", default={})
    held = np.zeros((rows.count, len(iso3)), dtype=np.int8)
    for column, nation in enumerate(iso3):
        key = ("nations", nation, "held")
        if nation in nations or key in rows.changes:
            words = rows.values(*key, start=rows.at_start(*key, default=None) or HELD[0])
            held[:, column] = [HELD.index(word) for word in words]
    return held


def _election(rows: _Rows, iso3: Sequence[str]) -> Floats:
    election = np.zeros((rows.count, len(iso3)))
    for column, nation in enumerate(iso3):
        for round_, probability in rows.changes.get(("nations", nation, "election"), ()):
            election[round_, column] = probability
    return election


@lru_cache(maxsize=16)
def _dates(calendar: Calendar, count: int) -> tuple[dt.date, ...]:
    return tuple(calendar.date_of(row) for row in range(count))
