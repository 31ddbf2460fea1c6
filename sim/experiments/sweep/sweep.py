"""Sweeps: a design's points, computed part by part, so that nothing done is lost."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiments.description import describe_case, versions
from sim.experiments.executors import Executor
from sim.experiments.identity import (
    case_digests,
    code_digests,
    command_options,
    digest_of,
    points_digest,
)
from sim.experiments.resumable import THREADS, Progress, run_parts
from sim.experiments.sweep.evaluate import Evaluation, check_points, with_factors
from sim.experiments.sweep.point_model import PER_NATION, Runs
from sim.inputs.case import PARAMETER_PREFIX, Case
from sim.inputs.errors import InputError
from sim.inputs.factors import Factor
from sim.inputs.sweep_file import Sweep, load_sweep_case
from sim.system.tables import read_frame

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


@dataclass(frozen=True, eq=False)
class SweepPlan(Evaluation):
    """All that determines the results of a sweep.

    Attributes
    ----------
    base, points, runs, outcomes
        As for `Evaluation`.
    sweep
        What its file says.
    options
        What the command line changed: it tells sweeps of the same file apart.
    """

    sweep: Sweep
    options: tuple[str, ...] = ()

    called = "sweep"

    @property
    def name(self) -> str:
        """What the folder of the results is called, beside its `id`."""
        return self.sweep.name

    @property
    def factors(self) -> tuple[Factor, ...]:
        """The factors in the order of the points' columns; those that only a list names have its values."""
        declared = {factor.path: factor for factor in self.sweep.factors}
        return tuple(
            declared[path]
            if path in declared
            else Factor.model_validate({"path": path, "values": self.points[path].unique().tolist()})
            for path in map(str, self.points.columns)
        )

    @property
    def id(self) -> str:
        """The name of the folder: the same command on the same sweep file has the same name."""
        given = self.sweep.model_dump(mode="json", exclude={"title", "description"})
        for factor in [*given["levers"], *given["uncertainties"]]:
            del factor["label"]
        return digest_of(json.dumps(given), *self.options)[:12]

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
        import pyarrow.compute as pc

        for part in parts:
            of_nations = pc.not_equal(part["iso3"], "")
            rows = {"points": part.filter(pc.invert(of_nations)).drop_columns("iso3")}
            rows["nations"] = part.filter(of_nations)
            for name in self.tables:
                yield name, with_factors(rows[name], self.points)

    @cached_property
    def digests(self) -> dict[str, str]:
        """What determines the results, in pieces, so that one can say which of them has changed."""
        runs = f"{self.runs} {self.outcomes} {self.points_per_part}"
        return {
            **case_digests(self.base),
            "points": points_digest(self.points),
            "runs": digest_of(runs),
            **code_digests(),
        }

    def manifest(self) -> dict[str, Any]:
        """Return what the sweep is, for people and for a repeat of it."""
        return {
            "kind": "sweep",
            "sweep": {"name": self.name, **self.sweep.model_dump(mode="json", exclude_none=True)},
            "options": list(self.options),
            **describe_case(self.base),
            "factors": list(map(str, self.points.columns)),
            "points": len(self.points),
            "runs": self.total_runs,
            "parts": self.parts,
            "versions": versions(),
            "digests": self.digests,
        }


TABLES = {"points": False, "nations": True}
"""The tables, and whether they hold the estimates by nation."""


@dataclass(frozen=True, eq=False)
class SweepResult:
    """The tables of a sweep.

    Attributes
    ----------
    plan
        What was computed.
    folder
        Where `points.parquet` and `nations.parquet` are.
    """

    plan: SweepPlan
    folder: Path

    @cached_property
    def points(self) -> "pd.DataFrame":
        """A row a point and outcome: point, the factors, outcome, estimate, low, high, runs."""
        return read_frame(self.folder / "points.parquet")

    @cached_property
    def nations(self) -> "pd.DataFrame":
        """A row a point and nation: as `points`, with iso3; the outcome is P(committed)."""
        return read_frame(self.folder / "nations.parquet")


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
        Tables `points` and `nations`.

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
    given, base = load_sweep_case(source, overrides, parameters, **changes)
    points = _points(given, base)
    runs, options = Runs(given.runs, given.seed), command_options(overrides, parameters)
    return SweepPlan(base, points, runs, given.outcomes, given, options)


def _points(given: Sweep, base: Case) -> "pd.DataFrame":
    """Return the points of a sweep; where they cannot be, say which key of its file asks for them."""
    try:
        points = given.rule().points(given.factors, given.seed)
        check_points(base, points)
        if given.list_:
            _try_listed(given, base, points)
    except InputError as error:
        if error.file is not None:
            raise
        places = dict(zip((factor.path for factor in given.factors), given.places(), strict=True))
        place = places.get(f"{PARAMETER_PREFIX}{error.key}", ("list",) if given.list_ else ("design",))
        raise given.error(place, error.problem) from None
    return points


def _try_listed(given: Sweep, base: Case, points: "pd.DataFrame") -> None:
    """Find out now, not after an hour, whether each factor may take its listed values."""
    for path, column in points.items():
        is_number = column.dtype.kind == "f"
        for value in (column.min(), column.max()) if is_number else sorted(column.unique(), key=_is_number):
            try:
                base.with_overrides({str(path): value})
            except InputError as error:
                line = int((column == value).to_numpy().argmax()) + 2
                raise InputError(error.problem, file=given.list_file, line=line, key=str(path)) from None


def _is_number(value: object) -> bool:
    """Tell whether a text is a number: one that is none has made texts of the others in its column."""
    try:
        float(str(value))
    except ValueError:
        return False
    return True


def run_sweep(
    plan: SweepPlan,
    out: Path,
    *,
    executor: Executor = THREADS,
    resume: bool = False,
    progress: Progress = lambda _done, _total: None,
) -> SweepResult:
    """Compute the parts of a sweep that are not there yet, and put its tables together; see `run_parts`."""
    folder = run_parts(plan, out, executor=executor, resume=resume, progress=progress)
    return SweepResult(plan, folder)
