"""Sweeps: a design's points, computed part by part, so that nothing done is lost."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from sim.experiments.executors import THREADS, Executor, threads_of
from sim.experiments.progress import ProgressOf
from sim.experiments.rests_on import rests_on
from sim.experiments.resumable import results_of, run_parts
from sim.experiments.runs import Runs
from sim.experiments.sweep.evaluate import Evaluation, check_points, factor_columns, with_factors
from sim.experiments.sweep.landmarks import landmarks
from sim.experiments.sweep.point_model import PER_NATION
from sim.experiments.sweep.result import RESTS_ON, TABLES, AboutSweep, SweepResult, extremes
from sim.inputs.case import Case
from sim.inputs.designs import Design, PointList
from sim.inputs.errors import InputError
from sim.inputs.factors import Factor
from sim.inputs.keys import parameter_key
from sim.inputs.sweep_file import Sweep, load_sweep_case
from sim.results.about import about_case
from sim.results.identity import case_digests, code_digests, command_options, digest_of, points_digest
from sim.results.saving import complete
from sim.results.tables import FolderTables
from sim.system.libraries import pa, pc, pd


@dataclass(frozen=True, eq=False)
class SweepPlan(Evaluation):
    """All that determines the results of a sweep.

    Attributes
    ----------
    base, points, runs, outcomes
        As for `Evaluation`.
    sweep
        What its file says.
    factors
        The factors in the order of the points' columns; those that only a list names have its values.
    options
        What the command line changed: it tells sweeps of the same file apart.
    """

    sweep: Sweep
    factors: tuple[Factor, ...]
    options: tuple[str, ...] = ()

    called = "sweep"

    @property
    def name(self) -> str:
        """What the folder of the results is called, beside its `id`."""
        return self.sweep.name

    @property
    def id(self) -> str:
        """The name of the folder: the same command on the same sweep file has the same name."""
        content = self.sweep.model_dump(mode="json", exclude={"title", "description"})
        for factor in [*content["levers"], *content["uncertainties"]]:
            del factor["label"]
        return digest_of(json.dumps(content), *self.options)[:12]

    def folder(self, out: Path) -> Path:
        """Return where the results go below the folder of all results."""
        return out / "sweeps" / self.name / self.id

    @property
    def tables(self) -> tuple[str, ...]:
        """What the tables of the results are called."""
        by_nation = {outcome == PER_NATION for outcome in self.outcomes}
        return tuple(name for name, has_nations in TABLES.items() if has_nations in by_nation)

    def assemble(self, parts: "Iterator[pa.Table]") -> "Iterator[tuple[str, pa.Table]]":
        """Yield rows of the coalition, and of the nations, with the factors' values."""
        for part in parts:
            of_nations = pc.not_equal(part["iso3"], "")
            rows = {"points": part.filter(pc.invert(of_nations)).drop_columns("iso3")}
            rows["nations"] = part.filter(of_nations)
            for name in self.tables:
                yield name, with_factors(rows[name], self.columns)

    @cached_property
    def columns(self) -> "dict[str, pa.Array]":
        """What tables hold of the factors, a row a point; of one type each, known before anything is run."""
        return factor_columns(self.points, self.factors)

    @cached_property
    def digests(self) -> dict[str, str]:
        """What determines the results, in pieces, so that one can say which of them has changed."""
        runs = f"{self.runs.decisive()} {self.outcomes} {self.points_per_part}"
        return {
            **case_digests(self.base),
            "points": points_digest(self.points, [factor.names for factor in self.factors]),
            "runs": digest_of(runs),
            **code_digests(),
        }

    @cached_property
    def about(self) -> AboutSweep:
        """What is swept."""
        return AboutSweep(
            **dict(about_case(self.base)),
            sweep={"name": self.name, **self.sweep.model_dump(mode="json", exclude_none=True, by_alias=True)},
            options=self.options,
            factors=tuple(map(str, self.points.columns)),
            points=len(self.points),
            runs=self.total_runs,
            parts=self.parts,
            digests=self.digests,
        )


def sweep(
    source: Path | str,
    *,
    overrides: Sequence[str] = (),
    parameters: Path | None = None,
    out: Path | str = "results",
    executor: Executor = THREADS,
    **changes: int | None,
) -> SweepResult:
    """Run a sweep file, going on where an earlier session was stopped.

    Parameters
    ----------
    source
        A sweep file, or the name of a bundled one.
    overrides, parameters
        Changes to the base scenario, and a file of behavioural parameters.
    out
        Folder of all results; these go to ``OUT/sweeps/NAME/ID``.
    executor
        Where it is computed; the results do not depend on it.
    **changes
        `runs`, `seed` or `points` instead of what the file says.

    Returns
    -------
    SweepResult
        Tables `points`, `nations` and `rests_on`.

    Raises
    ------
    InputError
        For any mistake in any of the files, and where the folder holds what would be mixed.
    """
    plan = plan_sweep(source, overrides, parameters, **changes)
    return run_sweep(plan, Path(out), executor=executor)


def plan_sweep(
    source: Path | str,
    overrides: Sequence[str] = (),
    parameters: Path | None = None,
    **changes: int | None,
) -> SweepPlan:
    """Read all that determines a sweep, see `sweep`."""
    file, base = load_sweep_case(source, overrides, parameters, **changes)
    rule = file.rule()
    points, factors = _points(file, rule, base), rule.factors(file.factors)
    runs, options = Runs(file.runs, file.seed), command_options(overrides, parameters)
    return SweepPlan(base, points, runs, file.outcomes, file, factors, options)


def _points(file: Sweep, rule: Design, base: Case) -> "pd.DataFrame":
    """Return the points of a sweep; where they cannot be, say which key of its file asks for them."""
    try:
        points = rule.points(file.factors, file.seed)
        if isinstance(rule, PointList):
            _try_listed(rule, base, points)
        check_points(base, points)
    except InputError as error:
        if error.file is not None:
            raise
        places = dict(zip((factor.path for factor in file.factors), file.places(), strict=True))
        place = places.get(parameter_key(error.key or ""), ("list",) if file.list_ else ("design",))
        raise file.error(place, error.problem) from None
    return points


def _try_listed(rule: PointList, base: Case, points: "pd.DataFrame") -> None:
    """Find out now, not after an hour, whether each factor may take its listed values."""
    for key, column in points.items():
        values = (column.min(), column.max()) if column.dtype.kind == "f" else column.unique()
        for value in values:
            try:
                base.with_overrides({str(key): value})
            except InputError as error:
                row = rule.row(int((column == value).to_numpy().argmax()))
                raise row.error(str(key), error.problem) from None


def run_sweep(
    plan: SweepPlan,
    out: Path,
    *,
    executor: Executor = THREADS,
    resume: bool = False,
    progress: ProgressOf = lambda _done, _total: None,
) -> SweepResult:
    """Compute the parts of a sweep that are not there yet, and put its tables together; see `run_parts`."""
    folder = run_parts(plan, out, executor=executor, resume=resume, progress=progress)
    with results_of(plan, folder) as store:
        if not store.has(RESTS_ON):
            store.write(RESTS_ON, _rests_on(plan, FolderTables(folder), threads_of(executor)))
        result = SweepResult(
            plan.about, FolderTables(folder), partial(landmarks, plan.base, plan.about.factors), folder
        )
        complete(result, store)
    return result


def _rests_on(plan: SweepPlan, tables: "Mapping[str, pd.DataFrame]", threads: int) -> "pd.DataFrame":
    """Return what the numbers at the extremes rest on; no rows if no outcome is of the coalition."""
    of_outcomes = extremes(tables["points"]) if "points" in tables else {}
    marked = []
    for point in sorted({each for both in of_outcomes.values() for each in both}):
        changes = {str(path): value for path, value in plan.points.iloc[point].items()}
        table = rests_on(plan.base.with_overrides(changes), plan.runs.seed, threads=threads)
        table.insert(0, "point", point)
        marked.append(table)
    return pd.concat(marked, ignore_index=True) if marked else pd.DataFrame({"point": []})
