"""Whom to persuade: which nations, in which order, bring the coalition to the force that it needs."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.declarations.arrays import Floats
from sim.declarations.words import ASSUMED
from sim.experiments import statistics
from sim.experiments.explain.answer_table import AnswerTable
from sim.experiments.explain.columns import interval_columns, mean_of, paired_means
from sim.experiments.explain.drawn import actual_levels, drawn_thresholds, unmet
from sim.experiments.explain.ends import Ends, ends_of, side_by_side, thresholds_of
from sim.experiments.explain.search import LIKELY
from sim.experiments.independent import independent_runs
from sim.experiments.runs import Runs
from sim.experiments.sweep.point_model import PointModel
from sim.inputs.case import Case
from sim.inputs.questions import Counterfactual, Questions
from sim.model.setup import Setup
from sim.system.libraries import pd

ENOUGH = 0.5
"""The coalition has the force that it needs where P(force >= required) is at least this."""

SHARE_OF_RUNS = 4
"""Candidates are compared by one of so many runs; what is reported of a step rests on all of them."""

BATCH = 4
"""How many candidates are tried side by side; not the number of threads, on which nothing may depend."""

LEAST_COST = 0.01
"""Log-odds that the willing count as costing where a visit adds none."""


@dataclass(frozen=True, eq=False)
class Sequences(AnswerTable):
    """Whom to persuade, in which order, under each stance of the patron.

    Attributes
    ----------
    table
        A row a stance and step; step 0 is the coalition as it comes about by itself:

        - `stance` (its label), `step`, `iso3`, `name` of the nation persuaded: from the first round on it is
          held committed, as all before it
        - `cost`: how far its propensity falls short of its threshold without that, in log-odds; mean over
          runs (0 where it is committed, or above), with its interval
        - `p_demands`: share of the runs in which a condition that it has stated is not met, which the cost
          does not count
        - `gain`: soldiers that the step adds, others who follow included; paired difference
        - `force`: mean of the soldiers pledged after the step
        - `p_enough`: share of the runs in which that is the required force; the sequence ends where it is
          0.5 or more, or nobody outside is left who adds any
        - `rests_on`: numbers of soldiers are always assumed
        - `runs`
    """

    def reaches(self, stance: str) -> bool:
        """Return whether the sequence under a stance brings the coalition to the required force."""
        return bool(self.table[self.table["stance"] == stance]["p_enough"].iloc[-1] >= ENOUGH)


def whom_to_persuade(case: Case, questions: Questions, runs: Runs) -> Sequences:
    """Find the sequence of nations that brings the coalition to the force that it needs first.

    Greedy: at each step the nation that adds most to the expected force, as far as that is required, per
    log-odds of its cost, which counts as no less than what one visit of a lead nation adds (`lobby_push`).
    Nations that are committed in half of the runs or more need no persuading.
    That is a good sequence, not proven to be the shortest or the cheapest.

    Parameters
    ----------
    case
        What is run.
    questions
        The stances of the patron.
    runs
        How many for each step, and their seed; candidates are compared by a quarter of them.
    """
    rows = [row for stance in questions.stances for row in _Sequence(case, stance, runs).rows()]
    return Sequences(
        case,
        runs.number,
        runs.seed,
        pd.DataFrame([{**row, "rests_on": ASSUMED, "runs": runs.number} for row in rows]),
    )


class _Sequence:
    """Persuades one nation after the other under a stance of the patron."""

    def __init__(self, case: Case, stance: Counterfactual, runs: Runs) -> None:
        self._case, self._stance, self._runs = case, stance, runs
        self._label = stance.label
        self._independent = independent_runs(case, runs.number)
        self._fewer = runs.share(SHARE_OF_RUNS)
        self._model = PointModel(case, runs, ())
        self._persuaded: list[int] = []
        self._gains = [np.inf] * len(case.roster.iso3)
        self._least_cost = max(float(_visits(case).mean()), LEAST_COST)

    def rows(self) -> list[dict[str, Any]]:
        """Return a row a step."""
        setup = self._setup(())
        ends = ends_of(setup, self._runs)
        rows = [{"stance": self._label, "step": 0, "iso3": "", "name": "", **self._state(ends)}]
        while rows[-1]["p_enough"] < ENOUGH:
            gaps = _gaps(setup, ends)
            chosen = self._choose(ends, gaps.mean(axis=0))
            if chosen is None:
                break
            self._persuaded.append(chosen)
            setup_before, before = setup, ends
            setup = self._setup(())
            ends = ends_of(setup, self._runs)
            gain = paired_means(before.force, ends.force, self._independent).difference
            rows.append(
                {
                    "stance": self._label,
                    "step": len(self._persuaded),
                    "iso3": self._case.roster.iso3[chosen],
                    "name": self._case.roster.names[chosen],
                    **interval_columns("cost", _not_negative(mean_of(gaps[:, chosen], self._independent))),
                    **interval_columns("p_demands", self._demands(setup_before, before, chosen)),
                    **interval_columns("gain", gain),
                    **self._state(ends),
                }
            )
        return rows

    def _setup(self, further: tuple[int, ...]) -> Setup:
        """Return what runs share with the persuaded nations, and further ones, held committed."""
        iso3 = self._case.roster.iso3
        held = {f"nations.{iso3[nation]}.held": "committed" for nation in (*self._persuaded, *further)}
        return self._model.setup({**self._stance.set, **held})

    def _choose(self, ends: Ends, costs: Floats) -> int | None:
        """Return the nation that adds most required force for its cost, the first by ISO code at a tie.

        Candidates are taken up by what they added when they were tried last, at an earlier step, and that
        only until the best of those tried now is ahead of what the others added then (lazy greedy, Minoux
        1978): what a nation adds seldom grows.
        """
        candidates, tried = self._candidates(ends), set[int]()

        def worth(nation: int) -> float:
            return self._gains[nation] / max(float(costs[nation]), self._least_cost)

        while True:
            ordered = sorted(candidates, key=worth, reverse=True)
            if not ordered or worth(ordered[0]) <= 0.0:
                return None
            if ordered[0] in tried:
                return ordered[0]
            batch = [nation for nation in ordered if nation not in tried][:BATCH]
            self._try(ends, batch)
            tried.update(batch)

    def _try(self, ends: Ends, nations: list[int]) -> None:
        """Find out what nations would add to the expected force, as far as that is required."""
        required = float(self._case.scenario.force_required)

        def force_with(nation: int) -> float:
            force = ends_of(self._setup((nation,)), self._fewer.on_one_thread).force
            return float(np.minimum(force, required).mean())

        now = float(np.minimum(ends.force[: self._fewer.number], required).mean())
        for nation, force in zip(nations, side_by_side(force_with, nations, self._runs.threads), strict=True):
            self._gains[nation] = force - now

    def _candidates(self, ends: Ends) -> list[int]:
        """Return the nations outside, out in half of the runs or more, that have something to send."""
        out = (ends.committed.mean(axis=0) < LIKELY) & (self._case.roster.deployable > 0.0)
        return [nation for nation in np.flatnonzero(out).tolist() if nation not in self._persuaded]

    def _demands(self, setup: Setup, ends: Ends, nation: int) -> statistics.Interval:
        """Return the share of the runs in which a condition that a nation has stated is not met."""
        actual = actual_levels(setup, self._runs, ends.moved, ends.happened)
        is_unmet = unmet(actual, drawn_thresholds(setup, self._runs)[:, nation]).any(axis=1)
        return statistics.share(is_unmet.sum(), self._runs.number, self._independent)

    def _state(self, ends: Ends) -> dict[str, Any]:
        """Return what the coalition has, as columns."""
        enough = (ends.force >= self._case.scenario.force_required).sum()
        return {
            **interval_columns("force", mean_of(ends.force, self._independent)),
            **interval_columns("p_enough", statistics.share(enough, self._runs.number, self._independent)),
        }


def _visits(case: Case) -> Floats:
    """Return what a visit of a lead nation adds to a propensity, in log-odds, in each row of parameters."""
    return case.parameters.column("lobby_push")


def _gaps(setup: Setup, ends: Ends) -> Floats:
    """Return how far each nation falls short of its threshold in each run; 0 where it is committed."""
    gaps = thresholds_of(setup, len(ends.force))[:, np.newaxis] - ends.propensity
    return np.where(ends.committed, 0.0, np.maximum(gaps, 0.0))


def _not_negative(interval: statistics.Interval) -> statistics.Interval:
    return statistics.Interval(*(np.maximum(part, 0.0) for part in interval))
