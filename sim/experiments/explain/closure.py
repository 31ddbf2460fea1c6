"""What closes the gap: in which of the runs in which a nation is out a change would bring it in."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.declarations.words import ASSUMED, Stance
from sim.experiments import statistics
from sim.experiments.explain.answer_table import SearchedAnswer
from sim.experiments.explain.columns import interval_columns
from sim.experiments.explain.ends import ends_of, side_by_side
from sim.experiments.explain.levers import Lever, levers_for
from sim.experiments.explain.search import AS_IT_IS, DesignPoint, Tried, present_level
from sim.experiments.independent import independent_runs
from sim.experiments.runs import Runs
from sim.experiments.sweep.point_model import PointModel
from sim.inputs.case import Case
from sim.inputs.factors import FactorLevel
from sim.inputs.questions import Questions
from sim.system.libraries import pd

LEVER, PAIR, POSITION = "lever", "pair", "position"
NO_LEVER, ONLY_POSITION = "no lever", "only position"

HIGHEST = Stance.COMMITTED.name.lower()
"""The position that stands highest on the ladder."""

InRuns = NDArray[np.bool_]


class LeverSetting(NamedTuple):
    """A lever at an end of its range, or at one of its values, from round 1 on."""

    path: str
    label: str
    level: FactorLevel

    @property
    def point(self) -> DesignPoint:
        """The point at which it is set."""
        return ((self.path, self.level),)


@dataclass(frozen=True, eq=False)
class Closure(SearchedAnswer):
    """What closes the gap of nations, run by run: the same draws with a change and without.

    Attributes
    ----------
    table
        A row a nation and change, the most frequent of each kind first; none for a nation that is committed
        at the end of all runs:

        - `iso3`, `kind`, `change` (what tables and figures call it)
        - `p` with its interval: of the runs in which the nation is out at the end, the share in which

          - ``lever``: it is committed at the end with that lever alone at an end of its range
          - ``pair``: it is with two such settings together, and with neither alone
          - ``position``: it is with "committed" as its position at the start
          - ``no lever``: it is neither with a lever nor with a pair
          - ``only position``: it is not with these, but with that position

        - `rests_on`: how far levers reach the willingness to send soldiers on land, and that another position
          would be meant as it is stated, is assumed
        - `out`: how many of the `runs` these are
    """


def what_closes_the_gap(case: Case, nations: Sequence[int], questions: Questions, runs: Runs) -> Closure:
    """Find in which runs a lever, a pair of them, or another position would bring a nation in.

    Levers are set in round 1, at each end of their ranges that is not the present level; positions at the
    start. What the scenario brings later still happens.

    Parameters
    ----------
    case
        What is run.
    nations
        Indices of the nations asked about.
    questions
        The levers, as for `what_would_it_take`.
    runs
        How many at each point, and their seed.

    Raises
    ------
    InputError
        If a lever cannot take one of its levels.
    """
    tried = Tried(case, runs)
    tried.try_points([AS_IT_IS])
    settings = {
        nation: [each for lever in levers_for(case, questions, nation, tried) for each in _ends(case, lever)]
        for nation in nations
    }
    points = [point for nation in nations for point in _points(case, nation, settings[nation])]
    ends = _committed(case, nations, [AS_IT_IS, *points], runs)
    gaps = (
        _Gap({point: is_in[:, column] for point, is_in in ends.items()}, partial(independent_runs, case))
        for column in range(len(nations))
    )
    rows = [
        {"iso3": case.roster.iso3[nation], **row, "runs": runs.number}
        for nation, gap in zip(nations, gaps, strict=True)
        for row in gap.rows(settings[nation], _position(case, nation))
    ]
    columns = ["iso3", "kind", "change", *interval_columns("p", (0, 0, 0)), "rests_on", "out", "runs"]
    return Closure(case, runs.number, runs.seed, pd.DataFrame(rows, columns=columns), len(ends))


def _ends(case: Case, lever: Lever) -> Iterator[LeverSetting]:
    """Yield a lever at the ends of its range, or at its values, without its present level."""
    factor = lever.factor
    present = None if factor.range is None else present_level(case, lever.path)
    for level in factor.extremes:
        if level != present:
            is_only = len(factor.extremes) == 1
            yield LeverSetting(
                lever.path, lever.label if is_only else f"{lever.label} at {factor.shown(level)}", level
            )


def _points(case: Case, nation: int, settings: Sequence[LeverSetting]) -> Iterator[DesignPoint]:
    """Yield the points that tell what closes the gap of a nation."""
    yield from (each.point for each in settings)
    yield from (_both(*pair) for pair in _pairs(settings))
    yield _position(case, nation)


def _pairs(settings: Sequence[LeverSetting]) -> list[tuple[LeverSetting, LeverSetting]]:
    """Return every two settings that can hold at once."""
    return [(one, other) for one, other in combinations(settings, 2) if one.path != other.path]


def _both(one: LeverSetting, other: LeverSetting) -> DesignPoint:
    return one.point + other.point


def _position(case: Case, nation: int) -> DesignPoint:
    return ((f"nations.{case.roster.iso3[nation]}.position", HIGHEST),)


def _committed(
    case: Case, nations: Sequence[int], points: Iterable[DesignPoint], runs: Runs
) -> Mapping[DesignPoint, InRuns]:
    """Return who of the nations asked about is committed at the end, by point, shape (runs, nations)."""
    model, columns = PointModel(case, runs, ()), np.array(nations, dtype=np.int64)
    asked = list(dict.fromkeys(points))

    def at(point: DesignPoint) -> InRuns:
        return ends_of(model.setup(dict(point)), runs.on_one_thread).committed[:, columns]

    return dict(zip(asked, side_by_side(at, asked, runs.threads), strict=True))


class _Gap:
    """What closes the gap of a nation, in each of the runs in which it is out.

    Parameters
    ----------
    committed
        Whether it is committed at the end of each run, by point, shape (runs,).
    independent
        Returns how many of so many runs intervals count on.
    """

    def __init__(self, committed: Mapping[DesignPoint, InRuns], independent: Callable[[int], int]) -> None:
        self._committed = committed
        self._is_out = ~committed[AS_IT_IS]
        self._out = int(self._is_out.sum())
        self._independent = independent(self._out)

    def rows(self, settings: Sequence[LeverSetting], position: DesignPoint) -> Iterator[dict[str, Any]]:
        """Yield a row a change; none if the nation is never out."""
        if not self._out:
            return
        alone = {each: self._closes(each.point) for each in settings}
        by_two = {(one, other): self._closes(_both(one, other)) for one, other in _pairs(settings)}
        with_position = self._closes(position)
        by_none = ~np.any([*alone.values(), *by_two.values(), np.zeros_like(with_position)], axis=0)
        yield from _by_share(self._row(LEVER, each.label, closes) for each, closes in alone.items())
        yield from _by_share(
            self._row(PAIR, f"{one.label} and {other.label}", closes & ~alone[one] & ~alone[other])
            for (one, other), closes in by_two.items()
        )
        yield self._row(POSITION, f"position {HIGHEST}", with_position)
        yield self._row(NO_LEVER, "no lever or pair", by_none)
        yield self._row(ONLY_POSITION, "only its position", by_none & with_position)

    def _closes(self, point: DesignPoint) -> InRuns:
        """Return in which of the runs in which it is out it is committed at a point."""
        return self._committed[point][self._is_out]

    def _row(self, kind: str, change: str, closes: InRuns) -> dict[str, Any]:
        share = statistics.share(closes.sum(), self._out, self._independent)
        columns = {**interval_columns("p", share), "rests_on": ASSUMED, "out": self._out}
        return {"kind": kind, "change": change, **columns}


def _by_share(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows, the largest share first."""
    return sorted(rows, key=lambda row: -row["p"])
