"""Sensitivity analysis: which levers and which unknowns matter most for where a coalition ends."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.declarations.arrays import Floats
from sim.experiments.choices import Method
from sim.experiments.executors import THREADS, Executor, threads_of
from sim.experiments.independent import independent_runs
from sim.experiments.rests_on import rests_on
from sim.experiments.resumable import results_of, run_parts
from sim.experiments.sensitivity.design import Samples, SensitivityPlan, check_factors, design_sensitivity
from sim.experiments.sensitivity.discovery import LIKELY, Discovery, discover
from sim.experiments.sensitivity.indices import convergence, morris_effects, sobol_indices
from sim.experiments.sensitivity.plan import (
    Factors,
    SensitivityOptions,
    factors_of,
    file_name,
)
from sim.experiments.sensitivity.result import BOXES, Sensitivity
from sim.experiments.statistics import Z_95, Interval
from sim.experiments.sweep.point_model import OutcomeOfNation
from sim.inputs.case import Case, load_case
from sim.inputs.overrides import Overrides
from sim.inputs.scenario import Scenario
from sim.inputs.sweep_file import load_sweep
from sim.results.identity import command_options, source_options
from sim.results.saving import complete
from sim.system.libraries import pd

TARGET: OutcomeOfNation = ("p_force_met", "")


def sensitivity(
    scenario: Case | Scenario | Path | str,
    *,
    factors: Factors | Path | str = "all-parameters",
    overrides: Overrides = (),
    parameters: Path | None = None,
    out: Path | str = "results",
    executor: Executor = THREADS,
    outcomes: Sequence[str] = ("size",),
    method: Method = "both",
    samples: int = 512,
    runs: int = 32,
    seed: int = 1,
    second_order: bool = False,
    discover: bool = False,
) -> Sensitivity:
    """Find out which factors matter most, going on where an earlier session was stopped.

    Parameters
    ----------
    scenario
        A file, the name of a bundled one, or what has been read of it. Levers are set in round 1: what later
        events of the scenario set, they set again.
    factors
        A sweep file, or the name of a bundled one, whose levers and uncertainties vary; or these.
    overrides, parameters
        Changes to the scenario, and a file of behavioural parameters. What is set is held fixed.
    out
        Folder of all results; the runs go to ``OUT/sensitivity/SCENARIO/ID``.
    executor
        Where they are computed; the results do not depend on it.
    outcomes, method, samples, runs, seed, second_order, discover
        As in `SensitivityOptions`.

    Raises
    ------
    InputError
        For any mistake in any of the files, for an outcome that there is not, and where the folder holds
        what would be mixed.
    """
    options = SensitivityOptions(
        runs,
        seed,
        outcomes=tuple(outcomes),
        method=method,
        samples=samples,
        second_order=second_order,
        discover=discover,
    )
    plan = plan_sensitivity(scenario, factors, options, overrides=overrides, parameters=parameters)
    folder = run_parts(plan, Path(out), executor=executor)
    result = analyse(plan, folder, threads=threads_of(executor))
    with results_of(plan, folder) as parts:
        complete(result, parts)
    return result


def plan_sensitivity(
    scenario: Case | Scenario | Path | str,
    factors: Factors | Path | str,
    options: SensitivityOptions,
    *,
    overrides: Overrides = (),
    parameters: Path | None = None,
) -> SensitivityPlan:
    """Read all that determines an analysis, see `sensitivity`."""
    case = scenario if isinstance(scenario, Case) else load_case(scenario, overrides, parameters)
    varied = (
        factors.of_roster(case.roster)
        if isinstance(factors, Factors)
        else factors_of(load_sweep(factors).of_roster(case.roster), overrides)
    )
    changed = (*command_options(overrides, parameters), *source_options(scenario, case))
    plan = design_sensitivity(case, varied, options, changed)
    check_factors(plan)
    return plan


def analyse(plan: SensitivityPlan, folder: Path, *, threads: int = 0) -> Sensitivity:
    """Estimate what matters from the runs that `run_parts` has left in a folder."""
    with Samples(plan, folder) as samples:
        return _analysed(plan, folder, samples, threads)


def _analysed(plan: SensitivityPlan, folder: Path, samples: Samples, threads: int) -> Sensitivity:

    seed, paths, asked, every = plan.options.seed, plan.factors.paths, plan.asked, plan.columns
    tables: dict[str, pd.DataFrame] = {}
    second = plan.options.second_order
    if "morris" in plan.designs:
        shares = plan.shares("morris")
        tables["morris"] = _by_outcome(
            every,
            lambda outcome: morris_effects(paths, shares, samples.of("morris", outcome).estimate, seed=seed),
        )
    if "sobol" in plan.designs:
        tables["indices"] = _all_indices(plan, samples)
        tables["convergence"] = _by_outcome(
            asked,
            lambda outcome: convergence(
                paths, samples.of("sobol", outcome).estimate, seed=seed, second_order=second
            ),
        )
    main = "sobol" if "sobol" in plan.designs else "morris"
    tables["spread"] = pd.DataFrame([_spread(plan, outcome, samples.of(main, outcome)) for outcome in every])
    discoveries: tuple[Discovery, ...] = ()
    if "judge" in plan.designs:
        discoveries = tuple(_discovery(plan, samples, target) for target in targets(asked))
    tables["rests_on"] = rests_on(plan.base, seed, threads=threads)
    tables["factors"] = plan.factors.table()
    for discovery in discoveries:
        if discovery.boxes:
            tables[f"{BOXES}{file_name(discovery.outcome)}"] = discovery.table()
    return Sensitivity(plan.about, tables, discoveries, folder)


def _all_indices(plan: SensitivityPlan, samples: Samples) -> "pd.DataFrame":
    """Return first-order and total indices of everything, those of pairs for the outcomes asked about."""
    paths, seed, size = plan.factors.paths, plan.options.seed, len(plan.factors.all)

    def single(outcome: OutcomeOfNation) -> "pd.DataFrame":
        estimates = samples.of("sobol", outcome).estimate
        if plan.options.second_order:  # without the points that only pairs need
            estimates = estimates.reshape(-1, 2 * size + 2)[:, [*range(size + 1), -1]].ravel()
        return sobol_indices(paths, estimates, seed=seed)

    def pairs(outcome: OutcomeOfNation) -> "pd.DataFrame":
        estimates = samples.of("sobol", outcome).estimate
        return sobol_indices(paths, estimates, seed=seed, second_order=True).query("index == 'second'")

    table = _by_outcome(plan.columns, single)
    if not plan.options.second_order:
        return table
    return pd.concat([table, _by_outcome(plan.asked, pairs)], ignore_index=True)


def _by_outcome(
    outcomes: Iterable[OutcomeOfNation], analyse: "Callable[[OutcomeOfNation], pd.DataFrame]"
) -> "pd.DataFrame":
    """Return the analyses of outcomes under each other."""
    tables = []
    for outcome, iso3 in outcomes:
        table = analyse((outcome, iso3))
        table.insert(0, "outcome", outcome)
        table.insert(1, "iso3", iso3)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _spread(plan: SensitivityPlan, outcome: OutcomeOfNation, interval: Interval) -> dict[str, Any]:
    """Describe an outcome over the points of a design."""
    values = interval.estimate
    variance = float(values.var())
    noise = float(_noise(plan, outcome, interval).mean())
    return {
        "outcome": outcome[0],
        "iso3": outcome[1],
        "mean": float(values.mean()),
        "deviation": np.sqrt(variance),
        "least": float(values.min()),
        "most": float(values.max()),
        "noise": noise / variance if variance > 0 else np.nan,
        "points": len(values),
        "runs": plan.runs.number,
    }


def _noise(plan: SensitivityPlan, outcome: OutcomeOfNation, interval: Interval) -> Floats:
    """Return the variance of each estimate that is due to the limited number of its runs."""
    if outcome[0].startswith("p_"):
        return interval.estimate * (1.0 - interval.estimate) / independent_runs(plan.base, plan.runs.number)
    return ((interval.high - interval.low) / (2 * Z_95)) ** 2


def targets(outcomes: Sequence[OutcomeOfNation]) -> tuple[OutcomeOfNation, ...]:
    """Return what discovery asks about."""
    return tuple(outcome for outcome in outcomes if outcome[0].startswith("p_")) or (TARGET,)


def _discovery(plan: SensitivityPlan, samples: Samples, target: OutcomeOfNation) -> Discovery:
    """Search for conditions among the points of one design, and judge them by those of another."""
    points, likely = [], []
    for design in ("search", "judge"):
        points.append(plan.points_of(design))
        likely.append(samples.of(design, target).estimate >= LIKELY)
    boxes = discover(points[0], likely[0], points[1], likely[1])
    return Discovery(target, boxes, sum(int(flags.sum()) for flags in likely), sum(map(len, points)))
