"""The tables of a comparison, from the sums over its runs."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sim.experiments.comparison.paired import PairedEstimates, compare_means, compare_shares
from sim.experiments.comparison.result import DIFFERENCE, VALUE
from sim.experiments.comparison.runs import COALITION_MEASURES, NUMBERS, ComparisonPlan, Sums
from sim.experiments.independent import independent_runs
from sim.experiments.rests_on import Numbers, numbers_of
from sim.experiments.results import RunResult
from sim.experiments.runs import Runs
from sim.experiments.simulate import simulate_case
from sim.experiments.statistics import Interval
from sim.inputs.case import Case
from sim.model.tally import Records
from sim.system.libraries import pd

NATION_MEASURES = ("p_committed", "days_to_joining")

SHARES = tuple(f"{name}{end}" for name in ("p_committed", "p_contributes") for end in ("", "_low", "_high"))

MOST_RUNS_OVER_TIME = 10_000
"""Lines over time are those of so many runs at most: more are no different to the eye."""


def _drop(_first: int, _records: Records) -> None:
    """Keep nothing of single runs."""


@dataclass(frozen=True, eq=False)
class Estimates:
    """What the sums over the runs of a comparison say, see `Comparison`.

    Attributes
    ----------
    plan
        What was asked.
    sums
        What the tables are made of.
    """

    plan: ComparisonPlan
    sums: Sums

    @property
    def cases(self) -> tuple[Case, ...]:
        """The cases compared, the reference first."""
        return self.plan.cases

    @property
    def seed(self) -> int:
        """Seed of the runs."""
        return self.plan.runs.seed

    @property
    def number_of_runs(self) -> int:
        """How many runs there were of each scenario."""
        return self.plan.runs.number

    @property
    def independent(self) -> int:
        """How many of the runs intervals count on."""
        return min(independent_runs(case, self.number_of_runs) for case in self.cases)

    @cached_property
    def nations(self) -> "pd.DataFrame":
        """A row a scenario, measure and nation.

        Measures: `p_committed`, the share of the runs in which it is committed at the end;
        `days_to_joining`, the mean number of days from the start until it first commits, where a run in
        which it does not within the horizon counts as the horizon (a restricted mean).
        """
        iso3 = np.array(self.cases[0].roster.iso3)
        committed, joining = slice(0, len(iso3)), slice(len(iso3), 2 * len(iso3))
        tables = []
        for index in range(1, len(self.cases)):
            shares = compare_shares(self.sums.paired(index, committed), self.number_of_runs, self.independent)
            rounds = compare_means(self.sums.paired(index, joining), self.number_of_runs, self.independent)
            for measure, estimates in zip(NATION_MEASURES, (shares, self._in_days(rounds)), strict=True):
                tables.append(self._table(index, {"iso3": iso3, "measure": measure}, estimates))
        return pd.concat(tables, ignore_index=True)

    @cached_property
    def coalition(self) -> "pd.DataFrame":
        """A row a scenario and measure, at the end.

        Measures: `size` (mean number of nations that declare soldiers on land), `contributors` (of those
        that give any military means), `force` (mean of soldiers pledged), `fielded` (of those in the field
        at a time), `p_force_met` (share of the runs in which the force pledged is at least what the scenario
        requires).
        """
        at, count = 2 * len(self.cases[0].roster.iso3), len(NUMBERS)
        tables = []
        for index in range(1, len(self.cases)):
            of_numbers = self.sums.paired(index, slice(at, at + count))
            of_met = self.sums.paired(index, slice(at + count, at + count + 1))
            means = compare_means(of_numbers, self.number_of_runs, self.independent)
            met = compare_shares(of_met, self.number_of_runs, self.independent)
            tables += [
                self._table(index, {"measure": np.array(COALITION_MEASURES[:count])}, means),
                self._table(index, {"measure": np.array(COALITION_MEASURES[count:])}, met),
            ]
        return pd.concat(tables, ignore_index=True)

    @cached_property
    def rounds(self) -> "pd.DataFrame":
        """A row a scenario and round, see `Comparison`."""
        return self._over_time("rounds")

    @cached_property
    def nation_rounds(self) -> "pd.DataFrame":
        """A row a scenario, round and nation, see `Comparison`."""
        table = self._over_time("nations")
        return table[["scenario", "round", "date", "iso3", *SHARES, "runs"]]

    def _over_time(self, table: str) -> "pd.DataFrame":
        """Return a table of the runs of each scenario, the reference first."""
        tables: list[pd.DataFrame] = [
            getattr(result, table).assign(scenario=name, runs=result.number_of_runs)
            for name, result in zip(self.plan.names, self._runs, strict=True)
        ]
        return pd.concat(tables, ignore_index=True)

    @cached_property
    def _runs(self) -> list[RunResult]:
        """Runs of each scenario with all rounds counted; of many runs the first."""
        runs = min(self.number_of_runs, MOST_RUNS_OVER_TIME)
        chosen = Runs(runs, self.seed, self._threads)
        return [
            RunResult(case, self.seed, runs, chosen.engine, simulate_case(case, chosen, _drop))
            for case in self.cases
        ]

    @cached_property
    def rests_on(self) -> "pd.DataFrame":
        """A row a scenario, number at the end and group of what is uncertain, see `sim.experiments.rests_on`.

        `of`: `VALUE`, of every scenario, the reference among them; `DIFFERENCE`, of the others.
        """
        of_cases = [numbers_of(case, self.seed, self.number_of_runs, self._threads) for case in self.cases]
        tables = [_keyed(of_cases[0], self.plan.names[0], VALUE)]
        for name, numbers in zip(self.plan.names[1:], of_cases[1:], strict=True):
            tables += [_keyed(numbers, name, VALUE), _keyed(numbers.less(of_cases[0]), name, DIFFERENCE)]
        return pd.concat(tables, ignore_index=True)

    @property
    def _threads(self) -> int:
        return self.plan.runs.threads

    def _in_days(self, rounds: PairedEstimates) -> PairedEstimates:
        """Return rounds of joining as days, their intervals within the horizon."""
        scenario = self.cases[0].scenario
        horizon = float(scenario.rounds * scenario.days_per_round)

        def days(interval: Interval, least: float) -> Interval:
            return Interval(*(np.clip(part * scenario.days_per_round, least, horizon) for part in interval))

        return PairedEstimates(
            reference=days(rounds.reference, 0.0),
            value=days(rounds.value, 0.0),
            difference=days(rounds.difference, -horizon),
            unpaired_runs=rounds.unpaired_runs,
        )

    def _table(self, index: int, keys: dict[str, Any], estimates: PairedEstimates) -> "pd.DataFrame":
        """Return the rows of a scenario."""
        columns: dict[str, Any] = {"scenario": self.plan.names[index], **keys}
        for name in ("reference", "value", "difference"):
            interval = getattr(estimates, name)
            columns |= {
                name: interval.estimate,
                f"{name}_low": interval.low,
                f"{name}_high": interval.high,
            }
        return pd.DataFrame(
            {**columns, "unpaired_runs": estimates.unpaired_runs, "runs": self.number_of_runs}
        )


def _keyed(numbers: Numbers, scenario: str, of: str) -> "pd.DataFrame":
    """Return what numbers rest on, with what they are numbers of."""
    table = numbers.table()
    table.insert(0, "scenario", scenario)
    table.insert(1, "of", of)
    return table
