"""Evaluating a model at many points of its factors' space, with the same runs at each of them."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.experiments import statistics
from sim.experiments.statistics import Floats, Interval
from sim.inputs.case import PARAMETER_PREFIX, Case
from sim.inputs.errors import InputError
from sim.inputs.sweep_file import OUTCOMES
from sim.inputs.vocabulary import Stance

if TYPE_CHECKING:
    import pandas as pd

    from sim.model.setup import Setup
    from sim.model.tally import Records, Tally

Progress = Callable[[int], None]
"""Told how many runs have been done since it was told last."""

PER_NATION = "p_committed"


class Estimates(NamedTuple):
    """What was found at each point; arrays [point, column].

    Attributes
    ----------
    columns
        Outcome and nation of each column: ``("size", "")``, ``("p_committed", "NLD")``.
    estimate, low, high
        Estimates, and the bounds of their 95 % intervals.
    runs
        How many runs each estimate rests on.
    """

    columns: tuple[tuple[str, str], ...]
    estimate: Floats
    low: Floats
    high: Floats
    runs: int

    def of(self, outcome: str, iso3: str = "") -> Floats:
        """Return the estimates of an outcome, point by point."""
        return self.estimate[:, self.columns.index((outcome, iso3))]

    def table(self) -> "pd.DataFrame":
        """Return a row a point and outcome: point, outcome, iso3, estimate, low, high, runs."""
        import pandas as pd

        points, columns = self.estimate.shape
        outcomes, nations = zip(*self.columns, strict=True)
        return pd.DataFrame(
            {
                "point": np.repeat(np.arange(points), columns),
                "outcome": np.tile(np.array(outcomes, dtype=object), points),
                "iso3": np.tile(np.array(nations, dtype=object), points),
                "estimate": self.estimate.ravel(),
                "low": self.low.ravel(),
                "high": self.high.ravel(),
                "runs": self.runs,
            }
        )


@dataclass(frozen=True)
class Runs:
    """Which runs are done at each point: run k of a seed is the same draws at all of them."""

    number: int = 1000
    seed: int = 1


def evaluate(
    base: Case,
    points: "pd.DataFrame",
    *,
    runs: int = 1000,
    seed: int = 1,
    outcomes: Sequence[str] = OUTCOMES,
    threads: int = 0,
    progress: Progress = lambda _: None,
) -> "pd.DataFrame":
    """Run a case at every point of a design.

    Parameters
    ----------
    base
        What does not vary.
    points
        A column a factor, named by its dotted path; a row a point. See `sim.experiments.designs`.
    runs, seed
        How many runs at each point and their seed. The same runs everywhere (common random numbers), so
        that differences between points are not due to chance.
    outcomes
        Some of ``size``, ``force``, ``p_force_met``, ``p_committed``.
    threads
        0 for one a core; the result does not depend on it.
    progress
        Told the number of runs done.

    Returns
    -------
    DataFrame
        A row a point and outcome, for ``p_committed`` a row a nation too: point, the factors, outcome,
        iso3 (empty for the coalition), estimate, low, high, runs.

    Raises
    ------
    InputError
        If a factor cannot take one of its values.
    """
    found = estimate(base, points, Runs(runs, seed), outcomes=outcomes, threads=threads, progress=progress)
    return with_factors(found.table(), points)


def with_factors(table: "pd.DataFrame", points: "pd.DataFrame") -> "pd.DataFrame":
    """Put the factors' values behind the number of each point."""
    import pandas as pd

    values = points.iloc[table["point"].to_numpy()].reset_index(drop=True)
    return pd.concat([table[["point"]], values, table.drop(columns="point")], axis=1)


def estimate(
    base: Case,
    points: "pd.DataFrame",
    runs: Runs = Runs(),
    *,
    outcomes: Sequence[str] = OUTCOMES,
    threads: int = 0,
    progress: Progress = lambda _: None,
) -> Estimates:
    """Do what `evaluate` does, and return arrays: smaller where points and factors are many."""
    from sim.model.ensemble import Execution

    check_points(base, points)
    model = PointModel(base, runs, tuple(outcomes))
    rows: list[Interval] = []
    with ThreadPoolExecutor(Execution(threads=threads).workers) as pool:
        try:
            for row in pool.map(model.at, points.to_dict("records")):
                rows.append(row)
                progress(runs.number)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return gather(model.columns, rows, runs.number)


def gather(columns: tuple[tuple[str, str], ...], rows: Iterable[Interval], runs: int) -> Estimates:
    """Put the estimates of points under each other."""
    estimate, low, high = (np.array(column) for column in zip(*rows, strict=True))
    return Estimates(columns, estimate, low, high, runs)


def check_points(base: Case, points: "pd.DataFrame") -> None:
    """Refuse points whose parameters do not go together, before anything is run.

    Raises
    ------
    InputError
        For a value out of range, or a ladder out of order.
    """
    names = [str(path) for path in points.columns if str(path).startswith(PARAMETER_PREFIX)]
    try:
        base.parameters.check_columns({name.removeprefix(PARAMETER_PREFIX): points[name] for name in names})
    except InputError as error:
        raise InputError(f"{error.problem}, at a point of the design", key=error.key) from None


class PointModel:
    """The model as a function of its factors: where a point's runs come out.

    What does not vary is prepared once. Where only parameters vary, so is the whole world.
    """

    def __init__(self, base: Case, runs: Runs, outcomes: tuple[str, ...]) -> None:
        from sim.model.setup import build_setup

        self._base, self._runs, self._outcomes = base, runs, outcomes
        self._setup = build_setup(base.scenario, base.roster, base.parameters, base.timeline)

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """Outcome and nation of each estimate, in the order in which `at` gives them."""
        return tuple(
            (outcome, nation)
            for outcome in self._outcomes
            for nation in (self._base.roster.iso3 if outcome == PER_NATION else ("",))
        )

    def at(self, point: dict[str, object]) -> Interval:
        """Return the estimates at a point, computed by the thread that asks."""
        from sim.model.ensemble import Execution, simulate

        sums = _EndSums()
        tally = simulate(
            self.setup(point),
            self._runs.seed,
            range(self._runs.number),
            sink=sums.add,
            execution=Execution(threads=1),
        )
        found = [self._estimate(outcome, tally, sums) for outcome in self._outcomes]
        return Interval(*(np.concatenate(parts) for parts in zip(*found, strict=True)))

    def setup(self, point: dict[str, object]) -> "Setup":
        """Return what the runs of a point share."""
        from sim.model.setup import behaviour_columns, build_setup

        case = self._base.with_overrides(point)
        if case.scenario is self._base.scenario:
            return self._setup._replace(behaviour=behaviour_columns(case.parameters))
        return build_setup(case.scenario, case.roster, case.parameters, case.timeline)

    def _estimate(self, outcome: str, tally: "Tally", sums: "_EndSums") -> tuple[Floats, ...]:
        runs = self._runs.number
        match outcome:
            case "size":
                sizes = np.arange(tally.sizes.shape[1])
                found = statistics.mean(tally.sizes[-1] @ sizes, tally.sizes[-1] @ sizes**2, runs)
            case "force":
                found = statistics.mean(sums.force, sums.force_squared, runs)
            case "p_force_met":
                found = statistics.share(tally.force_met[-1], runs)
            case _:
                found = statistics.share(tally.stances[-1, :, Stance.COMMITTED], runs)
        return tuple(np.atleast_1d(part) for part in found)


class _EndSums:
    """Adds up what the tally does not hold: the squares of the force at the end."""

    def __init__(self) -> None:
        self.force = self.force_squared = 0.0

    def add(self, first_run: int, records: "Records") -> None:  # noqa: ARG002 - chunks come in order
        force = records.runs[:, 1]
        self.force += float(force.sum())
        self.force_squared += float((force * force).sum())
