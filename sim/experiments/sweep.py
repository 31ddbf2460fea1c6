"""Sweeps: a design's points, computed part by part, so that nothing done is lost."""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiments.designs import design_of
from sim.experiments.evaluate import PointModel, Runs, check_points, evaluate, gather
from sim.experiments.executors import Executor, Threads
from sim.experiments.identity import case_digests, code_digests, digest_of, points_digest
from sim.experiments.sweep_store import SweepStore
from sim.inputs.case import Case
from sim.inputs.factors import Factor
from sim.inputs.sweep_file import Sweep, load_sweep_case

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SweepPlan", "SweepResult", "compute_part", "evaluate", "plan_sweep", "run_sweep", "sweep"]

PART_RUNS, POINT_RUNS = 8192, 64
"""Runs of a part, about, and what preparing a point costs, in runs.

Some fraction of a second: little is lost when a sweep is stopped."""

LEAST_PARTS = 64
"""Into how many parts even a small sweep is cut, if it has as many points: all workers have some."""

THREADS = Threads()

Progress = Callable[[int, int], None]
"""Told how many runs are done, those of earlier sessions included, and of how many."""


@dataclass(frozen=True, eq=False)
class SweepPlan:
    """All that determines the results of a sweep.

    Attributes
    ----------
    sweep
        What its file says.
    base
        The case that it starts from.
    points
        A row a point, a column a factor.
    options
        What the command line changed: it tells sweeps of the same file apart.
    """

    sweep: Sweep
    base: Case
    points: "pd.DataFrame"
    options: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the folder of the results is called, beside its `id`."""
        return self.sweep.name

    @property
    def total_runs(self) -> int:
        """How many runs there are at all points together."""
        return len(self.points) * self.sweep.runs

    @property
    def points_per_part(self) -> int:
        """How many points are computed and written together."""
        fitting = PART_RUNS // (self.sweep.runs + POINT_RUNS)
        return max(1, min(fitting, math.ceil(len(self.points) / LEAST_PARTS)))

    @property
    def parts(self) -> int:
        """How many parts there are."""
        return math.ceil(len(self.points) / self.points_per_part)

    def part(self, index: int) -> range:
        """Return the points of a part."""
        first = index * self.points_per_part
        return range(first, min(first + self.points_per_part, len(self.points)))

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

    @cached_property
    def digests(self) -> dict[str, str]:
        """What determines the results, in pieces, so that one can say which of them has changed."""
        runs = f"{self.sweep.runs} {self.sweep.seed} {self.sweep.outcomes} {self.points_per_part}"
        return {
            **case_digests(self.base),
            "points": points_digest(self.points),
            "runs": digest_of(runs),
            **code_digests(),
        }

    def manifest(self) -> dict[str, Any]:
        """Return what the sweep is, for people and for a repeat of it."""
        return {
            "sweep": {"name": self.name, **self.sweep.model_dump(mode="json", exclude_none=True)},
            "options": list(self.options),
            "scenario": {"name": self.base.scenario.name, **self.base.scenario.resolved()},
            "roster": self.base.roster.title,
            "points": len(self.points),
            "runs": self.total_runs,
            "parts": self.parts,
            "digests": self.digests,
        }


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
        return _read(self.folder / "points.parquet")

    @cached_property
    def nations(self) -> "pd.DataFrame":
        """A row a point and nation: as `points`, with iso3; the outcome is P(committed)."""
        return _read(self.folder / "nations.parquet")


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
    points = design_of(given).points(given.factors, given.seed)
    check_points(base, points)
    named = [f"parameters {parameters.name}"] if parameters else []
    return SweepPlan(given, base, points, (*overrides, *named))


def sweep_folder(plan: SweepPlan, out: Path) -> Path:
    """Return where the results of a sweep go."""
    return out / "sweeps" / plan.name / plan.id


def run_sweep(
    plan: SweepPlan,
    out: Path,
    *,
    executor: Executor = THREADS,
    resume: bool = False,
    progress: Progress = lambda _done, _total: None,
) -> SweepResult:
    """Compute the parts of a sweep that are not there yet, and put its tables together.

    Parameters
    ----------
    plan
        What is computed.
    out
        Folder of all results.
    executor
        Where it is computed.
    resume
        Whether there must be something to go on with; else it starts where there is nothing.
    progress
        Told the runs done at the start and after each part.
    """
    folder = sweep_folder(plan, out)
    with SweepStore(folder, plan.manifest(), plan.parts, must_exist=resume) as store:
        missing = store.missing()
        waiting = sum(len(plan.part(index)) for index in missing) * plan.sweep.runs
        progress(plan.total_runs - waiting, plan.total_runs)
        with closing(executor.map(compute_part, plan, missing)) as results:
            for index, table in results:
                store.add(index, table)
                waiting -= len(plan.part(index)) * plan.sweep.runs
                progress(plan.total_runs - waiting, plan.total_runs)
        store.finish(plan.points)
    return SweepResult(plan, folder)


def compute_part(plan: SweepPlan, index: int) -> "pd.DataFrame":
    """Return the estimates at the points of a part, a pure function of the plan and the part's number."""
    numbers = plan.part(index)
    model = PointModel(plan.base, Runs(plan.sweep.runs, plan.sweep.seed), plan.sweep.outcomes)
    rows = [model.at(point) for point in _records(plan.points.iloc[numbers.start : numbers.stop])]
    table = gather(model.columns, rows, plan.sweep.runs).table()
    table["point"] += numbers.start
    return table


def _records(points: "pd.DataFrame") -> Iterator[dict[str, Any]]:
    for record in points.to_dict("records"):
        yield {str(path): value for path, value in record.items()}


def _read(file: Path) -> "pd.DataFrame":
    import pandas as pd

    return pd.read_parquet(file)
