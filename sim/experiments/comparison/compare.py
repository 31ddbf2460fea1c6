"""Comparing scenarios: the same runs under each, and the differences run by run."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.comparison.paired import PairedEstimates, compare_means, compare_shares
from sim.experiments.comparison.runs import COALITION_MEASURES, NUMBERS, SUMS, ComparisonPlan, Sums
from sim.experiments.executors import Threads
from sim.experiments.identity import command_options, source_options
from sim.experiments.independent import independent_runs
from sim.experiments.rests_on import Numbers, numbers_of, verdicts
from sim.experiments.resumable import compute_parts
from sim.experiments.run import RunOptions
from sim.experiments.statistics import Interval
from sim.inputs.case import Case, load_case
from sim.inputs.errors import InputError
from sim.inputs.options import chosen_options
from sim.inputs.overrides import Overrides
from sim.inputs.scenario import Scenario
from sim.system.tables import read_table

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int], None]

VALUE, DIFFERENCE = "value", "difference"
"""Of what it is told what it rests on: a number of a scenario, or how it differs from the reference's."""

NATION_MEASURES = ("p_committed", "days_to_joining")
ALIKE = ("start", "rounds", "days_per_round")
"""What scenarios must share: the horizon over which nations may join."""


def compare(
    scenarios: Sequence[Case | Scenario | Path | str],
    *,
    overrides: Overrides = (),
    parameters: Path | None = None,
    **options: Any,
) -> "Comparison":
    """Run scenarios with the same draws and tell how each differs from the first.

    Parameters
    ----------
    scenarios
        At least two: files, names of bundled ones, or what has been read of them. The first is the
        reference.
    overrides, parameters
        As for `run`, for all of them.
    **options
        Those of `RunOptions`: `runs`, `seed`, `engine`, `threads`.

    Returns
    -------
    Comparison
        Tables `nations`, `coalition` and `rests_on`.

    Raises
    ------
    InputError
        For any mistake in what is given, and where the scenarios differ in their nations or their horizon.

    Examples
    --------
    >>> comparison = compare(["brussels-2025-04", "us-backstop"], runs=200)
    >>> bool(comparison.coalition.difference_low.iloc[0] > 0.5)  # nations more
    True
    """
    plan = plan_comparison(scenarios, chosen_options(RunOptions, options), overrides, parameters)
    return compare_cases(plan.cases, plan.options)


def plan_comparison(
    scenarios: Sequence[Case | Scenario | Path | str],
    options: RunOptions,
    overrides: Overrides = (),
    parameters: Path | None = None,
) -> ComparisonPlan:
    """Read all that determines a comparison, see `compare`."""
    cases = tuple(
        item if isinstance(item, Case) else load_case(item, overrides, parameters) for item in scenarios
    )
    check_comparable(cases)
    given = list(command_options(overrides, parameters))
    for item, case in zip(scenarios, cases, strict=True):
        given += source_options(item, case)
    return ComparisonPlan(cases, options, tuple(given))


def compare_cases(
    cases: Sequence[Case], options: RunOptions, progress: Progress = lambda _: None
) -> "Comparison":
    """Simulate the same runs of each case and add up what they give; memory does not grow with the runs.

    Parameters
    ----------
    cases
        The reference, and what is compared with it.
    options
        Which runs, and how they are computed; nothing of them changes the tables but `runs` and `seed`.
    progress
        Told the number of runs, of any case, each time some are done.

    Raises
    ------
    InputError
        If there are fewer than two, or they differ in their nations or their horizon.
    """
    check_comparable(cases)
    plan = ComparisonPlan(tuple(cases), options)
    sums = Sums.of_no_runs(plan)
    with closing(compute_parts(plan, range(plan.parts), Threads(options.threads))) as parts:
        for number, part in parts:
            sums.add(part)
            progress(plan.runs_in(number))
    return Comparison(plan, sums)


def compared(plan: ComparisonPlan, folder: Path) -> "Comparison":
    """Return what the runs that `run_parts` has left in a folder say."""
    sums = Sums.of_no_runs(plan)
    sums.add(read_table(folder / f"{SUMS}.parquet"))
    return Comparison(plan, sums)


def check_comparable(cases: Sequence[Case]) -> None:
    """Refuse cases whose runs cannot be paired.

    Raises
    ------
    InputError
        If there are fewer than two, or they differ in their nations or their horizon.
    """
    if len(cases) < 2:
        raise InputError("a comparison needs two scenarios or more; the first is the reference")
    reference = cases[0]
    for case in cases[1:]:
        for name in ALIKE:
            ours, theirs = getattr(reference.scenario, name), getattr(case.scenario, name)
            if ours != theirs:
                problem = f"is {theirs}, but {ours} in {reference.scenario.name}; compared scenarios share it"
                raise case.scenario.place((name,)).error(problem)
        if case.roster.iso3 != reference.roster.iso3:
            only = sorted(set(case.roster.iso3) ^ set(reference.roster.iso3))
            problem = (
                f"its nations are not those of {reference.scenario.name}; only one of them has "
                f"{', '.join(only[:5])}{', ...' if len(only) > 5 else ''}"
            )
            raise case.scenario.place(("roster",)).error(problem)


@dataclass(frozen=True, eq=False)
class Comparison:
    """How scenarios differ from the first, over the same runs.

    Tables have a row a scenario (the reference left out), nation and measure: `reference` and `value` are
    what the two give, `difference` is value minus reference, each with the bounds of its 95 % interval
    (`_low`, `_high`); that of the difference is paired. `unpaired_runs` is how many runs of each scenario
    would tell the difference as precisely if they did not share their draws: infinite where all runs
    agree on the difference, missing where nothing varies at all. `runs` is how many there were.

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
        """What was given, the reference first."""
        return self.plan.cases

    @property
    def seed(self) -> int:
        """Seed of the runs."""
        return self.plan.options.seed

    @property
    def number_of_runs(self) -> int:
        """How many runs there were of each scenario."""
        return self.plan.options.runs

    @property
    def independent(self) -> int:
        """How many of the runs intervals count on."""
        return min(independent_runs(case, self.number_of_runs) for case in self.cases)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the scenarios, numbered where several share one."""
        return self.plan.names

    @cached_property
    def nations(self) -> "pd.DataFrame":
        """A row a scenario, measure and nation.

        Measures: `p_committed`, the share of the runs in which it is committed at the end;
        `days_to_joining`, the mean number of days from the start until it first commits, where a run in
        which it does not within the horizon counts as the horizon (a restricted mean).
        """
        import pandas as pd

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
        import pandas as pd

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
    def rests_on(self) -> "pd.DataFrame":
        """A row a scenario, number at the end and group of what is uncertain, see `sim.experiments.rests_on`.

        `of`: `VALUE`, of every scenario, the reference among them; `DIFFERENCE`, of the others.
        """
        import pandas as pd

        of_cases = [numbers_of(case, self.seed, self.number_of_runs, self._threads) for case in self.cases]
        tables = [_keyed(of_cases[0], self.names[0], VALUE)]
        for name, numbers in zip(self.names[1:], of_cases[1:], strict=True):
            tables += [_keyed(numbers, name, VALUE), _keyed(numbers.less(of_cases[0]), name, DIFFERENCE)]
        return pd.concat(tables, ignore_index=True)

    def verdicts(self, scenario: str, of: str) -> dict[str, str]:
        """Return what each number of a scenario rests on, or its difference from the reference."""
        table = self.rests_on
        return verdicts(table[(table["scenario"] == scenario) & (table["of"] == of)])

    @property
    def _threads(self) -> int:
        return self.plan.options.threads

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
        import pandas as pd

        columns: dict[str, Any] = {"scenario": self.names[index], **keys}
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
