"""Comparisons, sweeps and sensitivity analyses as their results folders hold them."""

from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.outputs.results_folder import Manifest, damage_told, read_table
from sim.outputs.stored_case import StoredCase, stored_case

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.sensitivity.sensitivity import Sensitivity
    from sim.experiments.sweep.sweep import SweepResult
    from sim.inputs.factors import Factor
    from sim.inputs.sweep_file import Sweep


@dataclass(frozen=True, eq=False)
class StoredComparison:
    """The tables of a comparison, see `Comparison`; figures take it for one.

    Attributes
    ----------
    folder
        Where the tables are.
    cases
        What was compared, the reference first.
    names
        What they are called.
    seed, number_of_runs
        Which runs.
    """

    folder: Path
    cases: tuple[StoredCase, ...]
    names: tuple[str, ...]
    seed: int
    number_of_runs: int

    @cached_property
    def nations(self) -> "pd.DataFrame":
        """A row a scenario, measure and nation."""
        return read_table(self.folder, "nations")

    @cached_property
    def coalition(self) -> "pd.DataFrame":
        """A row a scenario and measure."""
        return read_table(self.folder, "coalition")

    @cached_property
    def rests_on(self) -> "pd.DataFrame":
        """A row a scenario, number and group."""
        return read_table(self.folder, "rests_on")


def load_comparison(folder: Path, manifest: Manifest) -> StoredComparison:
    """Return a comparison as its folder holds it."""
    with damage_told(folder):
        return StoredComparison(
            folder=folder,
            cases=tuple(stored_case(case) for case in manifest["cases"]),
            names=tuple(manifest["names"]),
            seed=manifest["seed"],
            number_of_runs=manifest["runs"],
        )


def load_sweep_result(folder: Path, manifest: Manifest) -> "SweepResult":
    """Return a sweep as its folder holds it; nothing can be computed with its plan."""
    from sim.experiments.sweep.point_model import Runs
    from sim.experiments.sweep.sweep import TABLES, SweepPlan, SweepResult
    from sim.inputs.sweep_file import Sweep

    with damage_told(folder):
        told = {key: value for key, value in manifest["sweep"].items() if key != "name"}
        sweep = Sweep.model_validate(told)
        base: Any = stored_case(manifest)
        paths = manifest["factors"]
    there = [name for name in TABLES if (folder / f"{name}.parquet").exists()]
    name = there[0] if there else "points"
    table = read_table(folder, name).drop_duplicates("point").set_index("point")
    factors = tuple(_stored_factor(path, table, sweep) for path in paths)
    plan = SweepPlan(base, table[paths], Runs(sweep.runs, sweep.seed), sweep.outcomes, sweep, factors)
    return SweepResult(plan, folder)


def _stored_factor(path: str, table: "pd.DataFrame", sweep: "Sweep") -> "Factor":
    """Return a factor of a sweep as its file declares it, or as a list names it, with names of levels."""
    from sim.experiments.sweep.evaluate import NAMES
    from sim.inputs.factors import listed

    levels, names = table[path], table.get(f"{path}{NAMES}")
    steps: dict[str, float] = {}
    if names is not None:
        steps = dict(zip(names[names != ""], levels[names != ""], strict=True))
        levels = names.where(names != "", levels)
    declared = {factor.path: factor for factor in sweep.factors}.get(path)
    return listed(path, tuple(levels.unique()), declared).with_steps(steps)


def load_sensitivity(folder: Path, manifest: Manifest) -> "Sensitivity":
    """Return a sensitivity analysis as its folder holds it; nothing can be computed with its plan."""
    import pandas as pd

    from sim.experiments.sensitivity.design import SensitivityPlan
    from sim.experiments.sensitivity.plan import Factors, SensitivityOptions
    from sim.experiments.sensitivity.sensitivity import Sensitivity
    from sim.experiments.sweep.point_model import Runs
    from sim.inputs.factors import Factor
    from sim.inputs.sweep_file import OUTCOMES
    from sim.outputs.sensitivity.store import TABLES, read_discoveries

    with damage_told(folder):
        case: Any = stored_case(manifest)
        given = {field.name: manifest[field.name] for field in fields(SensitivityOptions)}
        options = SensitivityOptions(**{**given, "outcomes": tuple(given["outcomes"])})
        levers, uncertainties = (
            tuple(Factor.model_validate(factor) for factor in manifest[group])
            for group in ("levers", "uncertainties")
        )
    read_table(folder, "factors")  # any of the others may lack; this one is there if they are written
    tables: Any = {
        name: read_table(folder, name) if (folder / f"{name}.parquet").exists() else pd.DataFrame()
        for name in TABLES
    }
    plan = SensitivityPlan(
        base=case,
        points=pd.DataFrame(),
        runs=Runs(options.runs, options.seed),
        outcomes=OUTCOMES,
        factors=Factors(levers, uncertainties),
        options=options,
        given=(),
        designs={},
    )
    return Sensitivity(plan, folder, discoveries=read_discoveries(plan, folder), **tables)
