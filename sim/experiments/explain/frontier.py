"""What it would take with two levers: the best pair for each nation, and how one stands in for the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from sim.experiments.explain.answer_table import SearchedAnswer
from sim.experiments.explain.columns import interval_columns
from sim.experiments.explain.marks import Marks
from sim.experiments.explain.search import (
    AS_IT_IS,
    LIKELY,
    Chance,
    DesignPoint,
    Search,
    Tried,
    chance,
    present_level,
)
from sim.experiments.runs import Runs
from sim.inputs.case import Case
from sim.inputs.factors import Factor
from sim.inputs.questions import LEADING, NATION, Questions
from sim.system.libraries import pd

COARSE = 25
"""Of how many levels of a lever one is tried in the search for the best pair."""

BATCH = 8
"""How many pairs are tried at a time."""

STRIDE = 50
"""Of how many levels of the second lever one is tried in any case for the frontier."""

COLUMNS = 10
"""Of how many levels of the first lever one is a column of the frontier."""

PAIR_SHARE, FRONTIER_SHARE = 4, 2
"""The search for the best pair takes one of so many runs, the frontier one of so many."""

UNKNOWN = Chance(np.nan, np.nan, np.nan)
"""P(committed) where no level was found."""


class SharedLever(NamedTuple):
    """A lever that all nations share, with its levels and the present one."""

    path: str
    label: str
    levels: tuple[float, ...]
    present: float

    def coarse(self) -> list[float]:
        """Return a few levels that differ from the present one."""
        return [level for level in self.levels[::COARSE] if level != self.present]

    def effort(self, level: float) -> float:
        """Return how far a level lies from the present one, as a share of the range."""
        return abs(level - self.present) / (self.levels[-1] - self.levels[0])


class LeverPair(NamedTuple):
    """Two levers, and levels of both at which a nation joins."""

    first: SharedLever
    second: SharedLever
    levels: tuple[float, float]

    @property
    def point(self) -> DesignPoint:
        """The point at which both are set."""
        return ((self.first.path, self.levels[0]), (self.second.path, self.levels[1]))

    @property
    def alone(self) -> tuple[DesignPoint, DesignPoint]:
        """The points at which one of them is set."""
        return self.point[:1], self.point[1:]

    @property
    def points(self) -> tuple[DesignPoint, ...]:
        """The points that tell whether both are enough, and both needed."""
        return self.point, *self.alone

    @property
    def effort(self) -> float:
        """How far both are moved, in shares of their ranges."""
        return self.first.effort(self.levels[0]) + self.second.effort(self.levels[1])


@dataclass(frozen=True)
class PairSearch:
    """Looks for the best pair of levers for a nation, and ends where no other pair can be better.

    Attributes
    ----------
    nation
        Index in the roster.
    pairs
        The least effort first.
    """

    nation: int
    pairs: tuple[LeverPair, ...]

    def wants(self, tried: Tried) -> list[DesignPoint]:
        """Return the points of the next pairs; none if the best pair has been tried."""
        if AS_IT_IS not in tried:
            return [AS_IT_IS]
        if _joins(tried, AS_IT_IS, self.nation):
            return []
        for place, pair in enumerate(self.pairs):
            if any(point not in tried for point in pair.points):
                return [point for each in self.pairs[place : place + BATCH] for point in each.points]
            if _joins(tried, pair.point, self.nation) and _needs_both(tried, pair, self.nation):
                return []
        return []

    def best(self, tried: Tried) -> LeverPair | None:
        """Return the pair with which the nation joins at the least effort, both being needed if possible."""
        if _joins(tried, AS_IT_IS, self.nation):
            return None
        enough = (
            pair for pair in self.pairs if pair.point in tried and _joins(tried, pair.point, self.nation)
        )
        return min(enough, key=lambda pair: not _needs_both(tried, pair, self.nation), default=None)


@dataclass(frozen=True, eq=False)
class PairAnswers:
    """The best pair of levers for each nation.

    The best pair is the one that brings the nation in with the least effort: both changes as shares of the
    levers' ranges, added up. Pairs of which both levers are needed (neither is enough alone, at its level)
    go before the others. Only a few levels of each are tried: the frontier says exactly.

    Attributes
    ----------
    case
        The case asked about.
    nations
        Indices of the nations asked about.
    best
        The best pair of each; None where no two levers are enough, or none is needed.
    table
        A row a nation: `iso3`, `status` (``committed already``, ``reached``, ``not by two``), `first` and
        `second` (labels), `first_level` and `second_level`, whether `both_needed`, `effort`, `p` with its
        interval, `rests_on` (what that and its change from now rest on; empty if there is no pair), `runs`.
    points
        How many points were run.
    """

    case: Case
    nations: tuple[int, ...]
    best: tuple[LeverPair | None, ...]
    table: "pd.DataFrame"
    points: int


@dataclass(frozen=True, eq=False)
class Frontiers(SearchedAnswer):
    """The least level of the second lever for each level of the first, for the best pair of each nation.

    Attributes
    ----------
    pairs
        The best pairs.
    table
        A row a nation and level of the first lever: `iso3`, `first`, `second` (labels), `first_level`,
        `first_present`, `second_present`, `second_range_low`, `second_range_high`; `second_level` with the
        bounds of its 95 % interval as for `LeverAnswers`, missing where no level is enough; `p` with its
        interval at that point, and `rests_on`, as of pairs; `effort`; `runs`.
    """

    pairs: PairAnswers

    def cheapest(self, iso3: str) -> "pd.Series[Any] | None":
        """Return the row of a nation with the least effort, if there is one."""
        if self.table.empty:
            return None
        rows = self.table[(self.table["iso3"] == iso3) & self.table["second_level"].notna()]
        return None if rows.empty else rows.sort_values("effort", kind="stable").iloc[0]


def best_pairs(case: Case, nations: Sequence[int], questions: Questions, runs: Runs) -> PairAnswers:
    """Find the pair of levers that brings each nation in with the least effort.

    Parameters
    ----------
    case
        What is run.
    nations
        Indices of the nations asked about.
    questions
        The levers; those that are a nation's own, or have no range, are left out.
    runs
        A quarter of them is done at each point: it is a search for where to look.
    """
    fewer = runs.share(PAIR_SHARE)
    tried = Tried(case, fewer)
    pairs = tuple(sorted(_pairs(common_levers(case, questions)), key=lambda pair: pair.effort))
    searches = [PairSearch(nation, pairs) for nation in nations]
    tried.settle(searches)
    best = tuple(search.best(tried) for search in searches)
    marks = Marks(case, fewer)
    rows = [
        {**_pair_row(case, tried, nation, pair, marks), "runs": fewer.number}
        for nation, pair in zip(nations, best, strict=True)
    ]
    return PairAnswers(case, tuple(nations), best, pd.DataFrame(rows), len(tried))


def frontiers(pairs: PairAnswers, runs: Runs) -> Frontiers:
    """Find the least level of the second lever of each nation's best pair, for each level of the first.

    Parameters
    ----------
    pairs
        The best pairs.
    runs
        Half of them is done at each point.
    """
    fewer = runs.share(FRONTIER_SHARE)
    tried = Tried(pairs.case, fewer)
    asked = [
        (nation, pair, level)
        for nation, pair in zip(pairs.nations, pairs.best, strict=True)
        if pair is not None
        for level in pair.first.levels[::COLUMNS]
    ]
    searches = [
        Search(
            nation=nation,
            path=pair.second.path,
            levels=pair.second.levels,
            present=pair.second.present,
            background=((pair.first.path, level),),
            stride=STRIDE,
        )
        for nation, pair, level in asked
    ]
    tried.settle(searches)
    marks = Marks(pairs.case, fewer)
    rows = [
        {**_frontier_row(pairs.case, tried, search, pair, level, marks), "runs": fewer.number}
        for search, (_, pair, level) in zip(searches, asked, strict=True)
    ]
    return Frontiers(pairs.case, fewer.number, fewer.seed, pd.DataFrame(rows), len(tried), pairs)


def common_levers(case: Case, questions: Questions) -> list[SharedLever]:
    """Return the levers with a range that all nations share."""
    return [
        SharedLever(
            factor.path,
            factor.name,
            tuple(float(level) for level in factor.levels),
            present_level(case, factor.path),
        )
        for factor in questions.levers
        if _is_common(factor)
    ]


def _is_common(factor: Factor) -> bool:
    return factor.range is not None and NATION not in factor.path and LEADING not in factor.path


def _pairs(levers: list[SharedLever]) -> list[LeverPair]:
    """Return every pair of levers at every pair of a few of their levels."""
    return [
        LeverPair(first, second, (x, y))
        for first, second in combinations(levers, 2)
        for x in first.coarse()
        for y in second.coarse()
    ]


def _joins(tried: Tried, point: DesignPoint, nation: int) -> bool:
    return chance(tried, point, nation).estimate >= LIKELY


def _needs_both(tried: Tried, pair: LeverPair, nation: int) -> bool:
    return not any(_joins(tried, point, nation) for point in pair.alone)


def _pair_row(case: Case, tried: Tried, nation: int, pair: LeverPair | None, marks: Marks) -> dict[str, Any]:
    iso3, is_in = case.roster.iso3[nation], _joins(tried, AS_IT_IS, nation)
    if pair is None:
        status = "committed already" if is_in else "not by two"
        now = chance(tried, AS_IT_IS, nation) if is_in else UNKNOWN
        verdict = marks.of(nation) if is_in else ""
        columns = {"first": "", "second": "", **interval_columns("p", now), "rests_on": verdict}
        return {"iso3": iso3, "status": status, **columns}
    return {
        "iso3": iso3,
        "status": "reached",
        "first": pair.first.label,
        "second": pair.second.label,
        "first_level": pair.levels[0],
        "second_level": pair.levels[1],
        "both_needed": _needs_both(tried, pair, nation),
        "effort": pair.effort,
        **interval_columns("p", chance(tried, pair.point, nation)),
        "rests_on": marks.of(nation, pair.point),
    }


def _frontier_row(
    case: Case, tried: Tried, search: Search, pair: LeverPair, level: float, marks: Marks
) -> dict[str, Any]:
    least, at, verdict = search.least(tried), UNKNOWN, ""
    bounds = [np.nan if bound is None else bound for bound in (least.level, least.low, least.high)]
    if least.level is not None:
        point = search.point(least.level)
        at, verdict = chance(tried, point, search.nation), marks.of(search.nation, point)
    return {
        "iso3": case.roster.iso3[search.nation],
        "first": pair.first.label,
        "second": pair.second.label,
        "first_level": level,
        "first_present": pair.first.present,
        "second_present": pair.second.present,
        "second_range_low": pair.second.levels[0],
        "second_range_high": pair.second.levels[-1],
        **dict(zip(("second_level", "second_level_low", "second_level_high"), bounds, strict=True)),
        **interval_columns("p", at),
        "rests_on": verdict,
        "effort": pair.first.effort(level) + pair.second.effort(float(bounds[0])),
    }
