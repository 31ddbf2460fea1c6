"""Finding the least change of a lever that brings a nation in, with as few runs as that takes."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

from sim.experiments.explain.ends import side_by_side
from sim.experiments.runs import Runs
from sim.experiments.statistics import Interval
from sim.experiments.sweep.point_model import PER_NATION, PointModel
from sim.inputs.case import Case
from sim.inputs.factors import FactorLevel

DesignPoint = tuple[tuple[str, Any], ...]
"""What is set, by dotted path; nothing: the scenario as it is."""

AS_IT_IS: DesignPoint = ()
LIKELY = 0.5
"""A nation joins where P(committed) at the end is at least this."""


class Wants(Protocol):
    """What looks for something, and says which points have to be tried next."""

    def wants(self, tried: "Tried") -> list[DesignPoint]:
        """Return points that have not been tried; none at the end."""


class Tried(dict[DesignPoint, Interval]):
    """P(committed) at the end, of every nation in the order of the roster, at each point tried."""

    def __init__(self, case: Case, runs: Runs) -> None:
        super().__init__()
        self._model = PointModel(case, runs, (PER_NATION,))
        self._threads = runs.threads

    def try_points(self, points: Iterable[DesignPoint]) -> None:
        """Run the points that have not been run yet: the same runs at each of them."""
        new = [point for point in dict.fromkeys(points) if point not in self]
        self.update(zip(new, side_by_side(self._at, new, self._threads), strict=True))

    def settle(self, searches: Sequence[Wants]) -> None:
        """Run points until no search wants another."""
        while wanted := [point for search in searches for point in search.wants(self)]:
            self.try_points(wanted)

    def _at(self, point: DesignPoint) -> Interval:
        return self._model.at(dict(point))


class Chance(NamedTuple):
    """P(committed) of a nation, with its 95 % interval."""

    estimate: float
    low: float
    high: float


def chance(tried: Mapping[DesignPoint, Interval], point: DesignPoint, nation: int) -> Chance:
    """Return P(committed) of a nation at a point; KeyError, with the point, if it has not been tried."""
    return Chance(*(float(part[nation]) for part in tried[point]))


class Least(NamedTuple):
    """The level nearest to the present one at which a nation joins.

    Attributes
    ----------
    level
        None where it does not join within the range.
    low, high
        The 95 % interval of the level, by inversion of the test: the levels at which the interval of
        P(committed) holds a half. None for a bound that lies beyond the range.
    before
        The level next to it on the side of the present one; None for the present one itself.
    """

    level: FactorLevel | None = None
    low: float | None = None
    high: float | None = None
    before: float | None = None


@dataclass(frozen=True)
class Search:
    """Looks for the level nearest to the present one at which a nation joins.

    Every `stride`-th level on both sides of the present one is tried, then the gap in which P(committed)
    first reaches a half is halved again and again. A window in which a nation joins that is narrower than
    the stride, and lies between two levels at which it does not, can be missed.

    Attributes
    ----------
    nation
        Index in the roster.
    path
        What is searched.
    levels
        Rising.
    present
        The level that holds now.
    background
        What else is set.
    stride
        In levels.
    """

    nation: int
    path: str
    levels: tuple[float, ...]
    present: float
    background: DesignPoint = AS_IT_IS
    stride: int = 10

    def point(self, level: FactorLevel) -> DesignPoint:
        """Return the point at which the lever has a level; without it where that is the present one."""
        return self.background if level == self.present else (*self.background, (self.path, level))

    @property
    def scanned(self) -> list[FactorLevel]:
        """The levels that are tried in any case, the nearest first on each side."""
        return [side[place] for side in self._sides for place in _places(side, self.stride)]

    def wants(self, tried: Mapping[DesignPoint, Interval]) -> list[DesignPoint]:
        """Return points that have to be tried next; none if the search has come to its end."""
        points = [self.background, *(self.point(level) for level in self.scanned)]
        if untried := [point for point in points if point not in tried]:
            return untried
        try:
            self.least(tried)
        except KeyError as missing:
            return [missing.args[0]]
        return []

    def least(self, tried: Mapping[DesignPoint, Interval]) -> Least:
        """Return the level; KeyError, with the point, while one has to be tried first."""
        if chance(tried, self.background, self.nation).estimate >= LIKELY:
            return Least(self.present, self.present, self.present)
        reached = [
            (side, place)
            for side in self._sides
            if (place := self._first(tried, side, "estimate")) is not None
        ]
        if not reached:
            return Least()
        side, place = min(reached, key=lambda each: abs(each[0][each[1]] - self.present))
        places = [self._first(tried, side, bound) for bound in ("high", "low")]
        near, far = (None if bound is None else side[bound] for bound in places)
        low, high = (near, far) if side[place] > self.present else (far, near)
        return Least(side[place], low, high, side[place - 1] if place else None)

    @property
    def _sides(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The levels above and below the present one, the nearest first."""
        above = tuple(level for level in self.levels if level > self.present)
        below = tuple(level for level in reversed(self.levels) if level < self.present)
        return above, below

    def _first(
        self, tried: Mapping[DesignPoint, Interval], side: tuple[float, ...], bound: str
    ) -> int | None:
        """Return the place of the first level at which a bound of P(committed) is a half or more."""

        def reaches(place: int) -> bool:
            share = chance(tried, self.point(side[place]), self.nation)
            return bool(getattr(share, bound) >= LIKELY)

        before = -1
        for place in _places(side, self.stride):
            if reaches(place):
                return _halved(reaches, before, place)
            before = place
        return None


@dataclass(frozen=True)
class Choices:
    """Looks for the first of some settings at which a nation joins: words have no levels in between.

    Attributes
    ----------
    nation, path
        As for `Search`.
    values
        The settings.
    """

    nation: int
    path: str
    values: tuple[FactorLevel, ...]
    present = math.nan

    def point(self, value: FactorLevel) -> DesignPoint:
        """Return the point at which the lever is set."""
        return ((self.path, value),)

    @property
    def scanned(self) -> list[FactorLevel]:
        """The settings that are tried: all of them."""
        return list(self.values)

    def wants(self, tried: Mapping[DesignPoint, Interval]) -> list[DesignPoint]:
        """Return points that have to be tried."""
        return [point for value in self.values if (point := self.point(value)) not in tried]

    def least(self, tried: Mapping[DesignPoint, Interval]) -> Least:
        """Return the first setting at which the nation joins, if there is one; it has no interval."""
        reached = (
            value for value in self.values if chance(tried, self.point(value), self.nation).estimate >= LIKELY
        )
        return Least(next(reached, None))


def _places(side: Sequence[float], stride: int) -> list[int]:
    """Return every so many places of a side, and its end."""
    return sorted({*range(stride - 1, len(side), stride), *([len(side) - 1] if side else [])})


def _halved(reaches: Any, before: int, place: int) -> int:
    """Return the first place that reaches, between one that does not and one that does."""
    while place - before > 1:
        middle = (before + place) // 2
        if reaches(middle):
            place = middle
        else:
            before = middle
    return place


def present_level(case: Case, path: str) -> float:
    """Return the level of a lever in the first round; 0 for what the scenario does not give."""
    key = case.scenario.key_path(path)
    level: Any = case.scenario.model_dump(exclude_none=True)
    for part in key:
        level = level.get(part, 0.0) if isinstance(level, dict) else 0.0
    for item in case.scenario.schedule():
        if item.round <= 1:
            level = item.changes.get(key, level)
    return float(level) if isinstance(level, int | float | np.number) else 0.0
