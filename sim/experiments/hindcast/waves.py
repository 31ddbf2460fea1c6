"""What was observed, wave by wave, as arrays that forecasts are held against."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.declarations.arrays import Flags
from sim.declarations.words import POSITIONS, Stance
from sim.experiments.hindcast.scores import ObservedStances
from sim.inputs.case import Case
from sim.inputs.hindcast_file import AlternativeReading, DeclaredWave, Hindcast
from sim.inputs.observations import NOT_COMMITTED, PositionRecord
from sim.model.setup import START_STANCE

NOTHING = (Stance.OPPOSED, Stance.COMMITTED)
"""The rungs between which a nation stands of which nothing is known."""

OUT = (Stance.OPPOSED, Stance.OPEN)
"""The rungs between which a nation stands that has not joined."""


@dataclass(frozen=True, eq=False)
class Wave:
    """What was observed in a wave; arrays and tuples are in the order of the roster's nations.

    Attributes
    ----------
    since, date, title
        From which day it is predicted, when it was, and what happened then.
    fitted
        Whether parameters may be fitted to it.
    round
        The round of the model that it is compared with.
    observed
        What is known of each nation's stance.
    start
        What was known of it on the day from which it is predicted.
    positions, sources, notes
        What was recorded, what it rests on, and in which words; empty where nothing was.
    """

    since: dt.date
    date: dt.date
    title: str
    fitted: bool
    round: int
    observed: ObservedStances
    start: ObservedStances
    positions: tuple[str, ...]
    sources: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def name(self) -> str:
        """What tables call it: ``2025-04-10 to 2025-09-04``."""
        return f"{self.since} to {self.date}"

    @property
    def is_scored(self) -> Flags:
        """Whether a nation was observed, so that forecasts for it are scored."""
        return self.observed.is_known

    @property
    def number(self) -> int:
        """How many nations were observed."""
        return int(self.is_scored.sum())

    @property
    def has_changed(self) -> Flags:
        """Whether a nation was observed on another rung than at the start: the rungs have none in common."""
        start, now = self.start, self.observed
        return self.is_scored & ((now.least > start.most) | (now.most < start.least))

    @property
    def size(self) -> int:
        """How many nations were observed to be committed."""
        return int(self.observed.is_committed.sum())

    def without(self, left_out: Flags) -> "Wave":
        """Return the wave as if some nations had not been observed."""
        least = np.where(left_out, NOTHING[0], self.observed.least).astype(np.int8)
        most = np.where(left_out, NOTHING[1], self.observed.most).astype(np.int8)
        return replace(self, observed=ObservedStances(least, most))

    def rests_on(self, source: str) -> Flags:
        """Return which nations' records rest on a source."""
        return np.array([each == source for each in self.sources]) & self.is_scored


def observe(
    hindcast: Hindcast, cases: Sequence[Case], reading: AlternativeReading | None = None
) -> tuple[Wave, ...]:
    """Return what a hindcast is held against.

    Parameters
    ----------
    hindcast, cases
        As `load_hindcast_cases` returns them.
    reading
        One of the hindcast's other readings, or the records as they are.

    Returns
    -------
    tuple[Wave, ...]
        In the order in which they are declared.

    Raises
    ------
    InputError
        If the records cannot be read.
    """
    return tuple(
        _wave(declared, case, hindcast.records(case, declared, reading))
        for declared, case in zip(hindcast.waves, cases, strict=True)
    )


def stances_at_start(case: Case) -> ObservedStances:
    """Return what is known of stances at the scenario's start; without a position a nation had not joined."""
    words = [POSITIONS[index] for index in case.timeline.position[0]]
    return _observed([(START_STANCE[word],) * 2 if word in START_STANCE else OUT for word in words])


def _wave(declared: DeclaredWave, case: Case, records: Sequence[PositionRecord]) -> Wave:
    by_nation = {record.iso3: record for record in records}
    by_place = [by_nation.get(iso3) for iso3 in case.roster.iso3]
    return Wave(
        since=case.scenario.start,
        date=declared.date,
        title=declared.title,
        fitted=declared.fitted,
        round=case.scenario.rounds,
        observed=_observed([_rungs(record) for record in by_place]),
        start=stances_at_start(case),
        positions=tuple(record.position if record else "" for record in by_place),
        sources=tuple(record.source if record else "" for record in by_place),
        notes=tuple(record.note if record else "" for record in by_place),
    )


def _rungs(record: PositionRecord | None) -> tuple[int, int]:
    """Return the lowest and the highest rung on which a nation may stand."""
    if record is None:
        return NOTHING
    if record.position == NOT_COMMITTED:
        return OUT
    return (START_STANCE[record.position],) * 2


def _observed(rungs: Sequence[tuple[int, int]]) -> ObservedStances:
    bounds: NDArray[np.int8] = np.array(rungs, dtype=np.int8).reshape(-1, 2)
    return ObservedStances(bounds[:, 0], bounds[:, 1])
