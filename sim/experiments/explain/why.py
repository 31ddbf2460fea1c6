"""Why a nation is where it is: the terms of its propensity at a date, and its conditions."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.declarations.arrays import Floats
from sim.declarations.levels import CONDITIONS, MOVED
from sim.declarations.records import Terms
from sim.declarations.words import Stance
from sim.experiments import statistics
from sim.experiments.explain.columns import interval_columns, spread_columns
from sim.experiments.explain.drawn import (
    actual_levels,
    drawn_parameter,
    drawn_thresholds,
    met_share,
    unmet,
)
from sim.experiments.explain.ends import thresholds_of
from sim.experiments.explain.marks import Marks
from sim.experiments.independent import independent_runs
from sim.experiments.results import RunResult
from sim.experiments.runs import Runs
from sim.experiments.statistics import Interval
from sim.inputs.case import Case
from sim.inputs.errors import InputError
from sim.model.ensemble import Execution, Keep, simulate
from sim.model.setup import Setup, build_setup
from sim.model.tally import RUN_COLUMNS, Records, Tally
from sim.system.libraries import pd

CHUNK = 64
"""Runs whose terms are held at a time, in all rounds; two of the rounds are kept."""

MOVED_COLUMNS = [RUN_COLUMNS.index(name) for name in MOVED]

PARTS = ("predisposition", *Terms._fields)
"""What a propensity is the sum of: the terms in their order, and then the predisposition."""

DEMANDS = Terms._fields.index("demands")


@dataclass(frozen=True, eq=False)
class Why:
    """What nations weigh at a date, run by run and over all runs.

    Means come with 95 % intervals of the mean (`_low`, `_high`), which more runs make narrower, and with
    the range of 90 % of the runs (`_q05`, `_q95`), which they do not.

    Attributes
    ----------
    case
        The case asked about.
    nations
        Indices of the nations asked about.
    round, date
        The round looked at, and its day.
    number_of_runs, seed
        Which runs.
    anchor, parts
        Each part of the propensity in log-odds, in the anchor world and at the date; shape (runs, nations
        asked, PARTS).
    propensity, threshold
        Propensity at the date and what it must exceed, shapes (runs, nations asked) and (runs,).
    committed
        Whether each nation asked is committed at the date, shape (runs, nations asked).
    demanded, actual
        Thresholds of stated conditions (-inf: none) and the actual levels, shapes (runs, nations asked,
        CONDITIONS) and (runs, CONDITIONS).
    demand
        Log-odds lost while a demand is not met at all, shape (runs,).
    held_back_by
        What holds back each nation asked, with its share of the runs in which it is out.
    rests_on
        What P(committed) of each nation asked rests on at the date.
    committed_in, met_in
        In how many runs each nation asked is committed, and has all its conditions met, from the start to the
        date; shape (rounds + 1, nations asked).
    """

    case: Case
    nations: tuple[int, ...]
    round: int
    date: dt.date
    number_of_runs: int
    seed: int
    anchor: Floats
    parts: Floats
    propensity: Floats
    threshold: Floats
    committed: NDArray[np.bool_]
    demanded: Floats
    actual: Floats
    demand: Floats
    held_back_by: tuple[tuple[tuple[str, float], ...], ...]
    rests_on: tuple[str, ...]
    committed_in: NDArray[np.int64]
    met_in: NDArray[np.int64]

    @property
    def independent(self) -> int:
        """How many of the runs intervals count on."""
        return independent_runs(self.case, self.number_of_runs)

    @cached_property
    def terms(self) -> "pd.DataFrame":
        """A row a nation and part: its value in the anchor world and at the date, and the change.

        After the parts come `propensity`, their sum; `threshold`, what it must exceed; and `gap`, threshold
        less propensity. In the anchor world the propensity is the anchor. `p_without`: share of the runs in
        which the propensity at the date would exceed the threshold were that part 0, all else as it is.
        """
        return pd.concat([self._terms_of(column) for column in range(len(self.nations))], ignore_index=True)

    @cached_property
    def course(self) -> "pd.DataFrame":
        """A row a nation and round: how often it is committed, and how often all its conditions are met."""
        dates = np.array(self.case.timeline.dates[: self.round + 1], dtype="datetime64[ms]")
        number = self.number_of_runs, self.independent
        courses = [
            pd.DataFrame(
                {
                    "iso3": self.case.roster.iso3[nation],
                    "round": np.arange(len(dates), dtype=np.int32),
                    "date": dates,
                    **interval_columns("p_committed", statistics.share(committed, *number)),
                    **interval_columns("p_conditions_met", statistics.share(met, *number)),
                    "runs": self.number_of_runs,
                }
            )
            for nation, committed, met in zip(self.nations, self.committed_in.T, self.met_in.T, strict=True)
        ]
        return pd.concat(courses, ignore_index=True)

    @cached_property
    def conditions(self) -> "pd.DataFrame":
        """A row a nation and stated condition: what is demanded, the actual level, how often that is met.

        `p_if_met`: share of the runs in which the propensity at the date would exceed the threshold were this
        condition met, the others and all else as they are.
        """
        rows = []
        for column, nation in enumerate(self.nations):
            for place, condition in enumerate(CONDITIONS):
                demanded, actual = self.demanded[:, column, place], self.actual[:, place]
                if np.isfinite(demanded).any():
                    is_met = ~unmet(actual, demanded)
                    met = statistics.share(is_met.sum(), self.number_of_runs, self.independent)
                    rows.append(
                        {
                            "iso3": self.case.roster.iso3[nation],
                            "condition": condition,
                            **spread_columns("at_least", demanded, self.independent),
                            **spread_columns("actual", actual, self.independent),
                            **interval_columns("p_met", met),
                            **interval_columns("p_if_met", self._above(self._if_met(column, place))),
                            "runs": self.number_of_runs,
                        }
                    )
        return pd.DataFrame(rows)

    @cached_property
    def summary(self) -> "pd.DataFrame":
        """A row a nation: how often it is committed, willing (above the threshold), its conditions met.

        `rests_on`: what P(committed) rests on.
        """
        roster, number = self.case.roster, (self.number_of_runs, self.independent)
        willing = self.propensity > self.threshold[:, np.newaxis]
        met = ~unmet(self.actual[:, np.newaxis], self.demanded).any(axis=2)
        return pd.DataFrame(
            {
                "iso3": [roster.iso3[nation] for nation in self.nations],
                "name": [roster.names[nation] for nation in self.nations],
                "date": np.datetime64(self.date, "ms"),
                "rests_on": self.rests_on,
                **interval_columns("p_committed", statistics.share(self.committed.sum(axis=0), *number)),
                **interval_columns("p_willing", statistics.share(willing.sum(axis=0), *number)),
                **interval_columns("p_conditions_met", statistics.share(met.sum(axis=0), *number)),
                "runs": self.number_of_runs,
            }
        )

    @cached_property
    def reasons(self) -> "pd.DataFrame":
        """A row a nation and reason that holds it back: `p`, its share of the runs in which it is out.

        `out` is how many these are. Unmet conditions that hold in half of them or more are all named, else
        the most frequent reason.
        """
        rows = []
        for column, nation in enumerate(self.nations):
            out = int((~self.committed[:, column]).sum())
            for reason, often in self.held_back_by[column]:
                share = statistics.share(round(often * out), out, independent_runs(self.case, out))
                iso3 = self.case.roster.iso3[nation]
                rows.append({"iso3": iso3, "reason": reason, **interval_columns("p", share), "out": out})
        table = pd.DataFrame(rows, columns=["iso3", "reason", "p", "p_low", "p_high", "out"])
        return table.assign(runs=self.number_of_runs)

    def _terms_of(self, column: int) -> "pd.DataFrame":
        """Return the rows of a nation asked."""
        anchor, now = self.anchor[:, column], self.parts[:, column]
        start = np.column_stack([anchor, sum_of(anchor), self.threshold, self.threshold - sum_of(anchor)])
        propensity = self.propensity[:, column]
        end = np.column_stack([now, propensity, self.threshold, self.threshold - propensity])
        rows = [
            {
                "iso3": self.case.roster.iso3[self.nations[column]],
                "term": term,
                **spread_columns("anchor", start[:, place], self.independent),
                **spread_columns("value", end[:, place], self.independent),
                **spread_columns("change", end[:, place] - start[:, place], self.independent),
                **interval_columns("p_without", self._without(column, place)),
                "runs": self.number_of_runs,
            }
            for place, term in enumerate((*PARTS, "propensity", "threshold", "gap"))
        ]
        return pd.DataFrame(rows)

    def _without(self, column: int, place: int) -> Interval:
        """Return how often a nation would be willing were a part of its propensity 0; missing for a total."""
        if place >= len(PARTS):
            return Interval(*np.full(3, np.nan))
        return self._above(self.propensity[:, column] - self.parts[:, column, place])

    def _if_met(self, column: int, condition: int) -> Floats:
        """Return a nation's propensity were a condition met: the least met of the others counts then."""
        shares = met_share(self.actual, self.demanded[:, column])
        shares[:, condition] = 1.0
        others = -self.demand * (1.0 - shares.min(axis=1))
        demands = self.parts[:, column, PARTS.index("demands")]
        return np.asarray(self.propensity[:, column] - demands + others)

    def _above(self, propensity: Floats) -> Interval:
        """Return the share of the runs in which a propensity exceeds the threshold."""
        return statistics.share((propensity > self.threshold).sum(), self.number_of_runs, self.independent)


def why(
    case: Case,
    nations: Sequence[int],
    runs: Runs,
    *,
    date: dt.date | None = None,
) -> Why:
    """Take apart what nations weigh at a date.

    Parameters
    ----------
    case
        What is run.
    nations
        Indices of the nations asked about.
    runs
        How many, and their seed.
    date
        A day after the start; the last round not after it is looked at. The last round if none.

    Raises
    ------
    InputError
        If the date lies before the first round or after the last.
    """
    round_ = _round_of(case, date)
    setup = _until(build_setup(case.scenario, case.roster, case.parameters, case.timeline), round_)
    asked = np.array(nations, dtype=np.int64)
    kept = _Kept(asked)
    tally = kept.simulate(setup, runs)
    result = RunResult(case, runs.seed, runs.number, "ensemble", tally)
    actual = actual_levels(setup, runs, np.concatenate(kept.moved), np.concatenate(kept.happened))
    marks = Marks(case.with_overrides({"rounds": round_}), runs)
    return Why(
        case=case,
        nations=tuple(nations),
        round=round_,
        date=case.timeline.dates[round_],
        number_of_runs=runs.number,
        seed=runs.seed,
        anchor=np.concatenate(kept.anchors),
        parts=np.concatenate(kept.parts),
        propensity=np.concatenate(kept.propensities),
        threshold=thresholds_of(setup, runs.number),
        committed=np.concatenate(kept.committed),
        demanded=drawn_thresholds(setup, runs)[:, asked],
        actual=actual,
        demand=drawn_parameter(setup, runs, "demand"),
        held_back_by=tuple(result.held_back_by(nation) for nation in nations),
        rests_on=tuple(marks.of(nation) for nation in nations),
        committed_in=np.sum(kept.committed_in, axis=0),
        met_in=np.sum(kept.met_in, axis=0),
    )


def sum_of(parts: Floats) -> Floats:
    """Return the sum of the parts as the model adds them up: the terms in their order, then the rest.

    Parameters
    ----------
    parts
        The last axis is PARTS.
    """
    predisposition, first, *others = np.moveaxis(parts, -1, 0)
    total = first
    for term in others:
        total = total + term
    return np.asarray(predisposition + total)


class _Kept:
    """Keeps two rounds, the anchor world and the last, of the nations asked, and counts in all."""

    def __init__(self, asked: NDArray[np.int64]) -> None:
        self._asked = asked
        self.anchors: list[Floats] = []
        self.parts: list[Floats] = []
        self.propensities: list[Floats] = []
        self.committed: list[NDArray[np.bool_]] = []
        self.moved: list[Floats] = []
        self.happened: list[Floats] = []
        self.committed_in: list[NDArray[np.int64]] = []
        self.met_in: list[NDArray[np.int64]] = []

    def simulate(self, setup: Setup, runs: Runs) -> Tally:
        return simulate(
            setup,
            runs.seed,
            range(runs.number),
            sink=self._add,
            keep=Keep(trajectories=True, terms=True, counted=1),
            execution=Execution(threads=runs.threads, chunk=CHUNK),
        )

    def _add(self, _: int, records: Records) -> None:
        self.anchors.append(self._parts(records, 0))
        self.parts.append(self._parts(records, -1))
        self.propensities.append(records.propensity[:, -1, self._asked])
        self.committed.append(records.stance[:, -1, self._asked] == Stance.COMMITTED)
        self.moved.append(records.runs[:, MOVED_COLUMNS])
        self.happened.append(records.happened)
        self.committed_in.append((records.stance[:, :, self._asked] == Stance.COMMITTED).sum(axis=0))
        self.met_in.append((records.terms[:, :, self._asked, DEMANDS] == 0.0).sum(axis=0))

    def _parts(self, records: Records, round_: int) -> Floats:
        """Return predisposition and terms of a round, shape (runs, nations asked, PARTS)."""
        predisposition = records.predisposition[:, round_, self._asked, np.newaxis]
        return np.concatenate([predisposition, records.terms[:, round_, self._asked]], axis=2)


def _round_of(case: Case, date: dt.date | None) -> int:
    """Return the last round not after a date, or the last of all."""
    scenario, dates = case.scenario, case.timeline.dates
    if date is None:
        return scenario.rounds
    round_ = scenario.calendar.last_round_by(date)
    if round_ < 1 or date > dates[-1]:
        raise InputError(f"must be from {dates[1]} to {dates[-1]}, not {date}", key="date")
    return round_


def _until(setup: Setup, round_: int) -> Setup:
    """Return what is needed of a setup up to a round: what comes after changes nothing before."""
    return setup._replace(rounds=setup.rounds[: round_ + 1], statements=setup.statements[: round_ + 1])
