"""Comparing scenarios: the same runs under each, and the differences run by run."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from sim.experiments.choices import Engine
from sim.experiments.comparison.estimates import Estimates
from sim.experiments.comparison.result import SUMS, Comparison
from sim.experiments.comparison.runs import ComparisonPlan, Sums
from sim.experiments.executors import Threads
from sim.experiments.progress import Progress
from sim.experiments.resumable import compute_parts
from sim.experiments.runs import Runs
from sim.inputs.case import Case, load_case
from sim.inputs.errors import InputError
from sim.inputs.overrides import Overrides
from sim.inputs.scenario import Scenario
from sim.results.identity import command_options, source_options
from sim.results.tables import tables_of
from sim.system.tables import read_table

ALIKE = ("start", "rounds", "days_per_round")
"""What scenarios must share: the horizon over which nations may join."""


def compare(
    scenarios: Sequence[Case | Scenario | Path | str],
    *,
    overrides: Overrides = (),
    parameters: Path | None = None,
    runs: int = 1000,
    seed: int = 1,
    engine: Engine = "ensemble",
    threads: int = 0,
) -> Comparison:
    """Run scenarios with the same draws and tell how each differs from the first.

    Parameters
    ----------
    scenarios
        At least two: files, names of bundled ones, or what has been read of them. The first is the
        reference.
    overrides, parameters
        As for `run`, for all of them.
    runs, seed, engine, threads
        As in `Runs`.

    Returns
    -------
    Comparison
        Tables `nations`, `coalition` and `rests_on`.

    Raises
    ------
    InputError
        For any mistake in the inputs, and where the scenarios differ in their nations or their horizon.

    Examples
    --------
    >>> comparison = compare(["brussels-2025-04", "us-backstop"], runs=200)
    >>> bool(comparison.coalition.difference_low.iloc[0] > 0.5)  # nations more
    True
    """
    plan = plan_comparison(scenarios, Runs(runs, seed, threads, engine), overrides, parameters)
    return compare_cases(plan.cases, plan.runs)


def plan_comparison(
    scenarios: Sequence[Case | Scenario | Path | str],
    runs: Runs,
    overrides: Overrides = (),
    parameters: Path | None = None,
) -> ComparisonPlan:
    """Read all that determines a comparison, see `compare`."""
    cases = tuple(
        item if isinstance(item, Case) else load_case(item, overrides, parameters) for item in scenarios
    )
    check_comparable(cases)
    changed = list(command_options(overrides, parameters))
    for item, case in zip(scenarios, cases, strict=True):
        changed += source_options(item, case)
    return ComparisonPlan(cases, runs, tuple(changed))


def compare_cases(cases: Sequence[Case], runs: Runs, progress: Progress = lambda _: None) -> Comparison:
    """Simulate the same runs of each case and add up what they give; memory does not grow with the runs.

    Parameters
    ----------
    cases
        The reference, and what is compared with it.
    runs
        Which runs, and how they are computed; nothing of them changes the tables but `runs` and `seed`.
    progress
        Told the number of runs, of any case, each time some are done.

    Raises
    ------
    InputError
        If there are fewer than two, or they differ in their nations or their horizon.
    """
    check_comparable(cases)
    plan = ComparisonPlan(tuple(cases), runs)
    sums = Sums.of_no_runs(plan)
    with closing(compute_parts(plan, range(plan.parts), Threads(runs.threads))) as parts:
        for number, part in parts:
            sums.add(part)
            progress(plan.runs_in(number))
    return _comparison(plan, sums)


def compared(plan: ComparisonPlan, folder: Path) -> Comparison:
    """Return what the runs that `run_parts` has left in a folder say."""
    sums = Sums.of_no_runs(plan)
    sums.add(read_table(folder / f"{SUMS}.parquet"))
    return _comparison(plan, sums)


TABLES = ("coalition", "nations", "rounds", "nation_rounds", "rests_on")
"""The measures of a comparison, see `Comparison`."""


def _comparison(plan: ComparisonPlan, sums: Sums) -> Comparison:
    return Comparison(plan.about, tables_of(Estimates(plan, sums), TABLES))


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
