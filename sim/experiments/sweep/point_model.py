"""The model as a function of its factors: where a point's runs come out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.declarations.words import Stance
from sim.experiments import statistics
from sim.experiments.independent import independent_runs
from sim.experiments.statistics import Floats, Interval
from sim.inputs.case import Case
from sim.inputs.keys import Key
from sim.inputs.overrides import overridden

if TYPE_CHECKING:
    import pyarrow as pa

    from sim.model.setup import Setup
    from sim.model.tally import Counts, Records

PER_NATION = "p_committed"

Column = tuple[str, str]
"""Outcome and nation: ``("size", "")``, ``("p_committed", "NLD")``."""


@dataclass(frozen=True)
class Runs:
    """Which runs are done at each point: run k of a seed is the same draws at all of them."""

    number: int = 1000
    seed: int = 1


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

    columns: tuple[Column, ...]
    estimate: Floats
    low: Floats
    high: Floats
    runs: int

    def rows(self, points: "np.ndarray") -> "pa.Table":
        """Return a row a point and outcome: point (its number), outcome, iso3, estimate, low, high, runs."""
        import pyarrow as pa

        outcomes, nations = zip(*self.columns, strict=True)
        number, columns = self.estimate.shape
        return pa.table(
            {
                "point": np.repeat(points, columns),
                "outcome": list(outcomes) * number,
                "iso3": list(nations) * number,
                "estimate": self.estimate.ravel(),
                "low": self.low.ravel(),
                "high": self.high.ravel(),
                "runs": np.full(number * columns, self.runs),
            }
        )


def columns_of(outcomes: Iterable[str], iso3: Iterable[str]) -> tuple[Column, ...]:
    """Return outcome and nation of each estimate, in their order: one a nation where it is asked about."""
    nations = tuple(iso3)
    return tuple(
        (outcome, nation) for outcome in outcomes for nation in (nations if outcome == PER_NATION else ("",))
    )


class _Ends(NamedTuple):
    """Sums over the runs of a point, where they end; of many points, an array each, the points first."""

    size: Any
    size_squared: Any
    contributors: Any
    contributors_squared: Any
    force: Any
    force_squared: Any
    force_met: Any
    committed: Any  # by nation


class PointModel:
    """The model as a function of its factors: where a point's runs come out.

    What does not vary is prepared once. As long as only parameters vary from one point to the next, so is
    the whole world.
    """

    def __init__(self, base: Case, runs: Runs, outcomes: tuple[str, ...]) -> None:
        from sim.model.setup import build_setup

        self._base, self._runs, self._outcomes = base, runs, outcomes
        self._independent = independent_runs(base, runs.number)
        world = build_setup(base.scenario, base.roster, base.parameters, base.timeline)
        self._latest: tuple[Mapping[Key, object], Setup] = ({}, world)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Outcome and nation of each estimate, in the order in which `at` gives them."""
        return columns_of(self._outcomes, self._base.roster.iso3)

    def at(self, point: dict[str, object]) -> Interval:
        """Return the estimates at a point, computed by the thread that asks."""
        found = self.estimates([point])
        return Interval(found.estimate[0], found.low[0], found.high[0])

    def estimates(self, points: Iterable[dict[str, object]]) -> Estimates:
        """Return the estimates at points, computed by the thread that asks."""
        ends = _Ends(*map(np.array, zip(*map(self._ends, points), strict=True)))
        found = [self._estimate(outcome, ends) for outcome in self._outcomes]
        estimate, low, high = (np.hstack(parts) for parts in zip(*found, strict=True))
        return Estimates(self.columns, estimate, low, high, self._runs.number)

    def setup(self, point: Mapping[str, object]) -> "Setup":
        """Return what the runs of a point share."""
        from sim.model.setup import behaviour_columns

        given = overridden(point)
        parameters = {key: value for key, value in given.items() if key.parameter}
        levers = {key: value for key, value in given.items() if not key.parameter}
        world = self._world(levers)
        if not parameters:
            return world
        return world._replace(behaviour=behaviour_columns(self._base.with_overrides(parameters).parameters))

    def _world(self, levers: Mapping[Key, object]) -> "Setup":
        """Return the setup with some levers set; neighbouring points of many designs share it."""
        from sim.model.setup import build_setup

        latest, world = self._latest
        if levers != latest:
            case = self._base.with_overrides(levers)
            world = build_setup(case.scenario, case.roster, case.parameters, case.timeline)
            self._latest = levers, world
        return world

    def _ends(self, point: dict[str, object]) -> _Ends:
        from sim.model.ensemble import Execution, Keep, simulate

        forces = _ForceSums()
        tally = simulate(
            self.setup(point),
            self._runs.seed,
            range(self._runs.number),
            sink=forces.add,
            keep=Keep(counted=1),
            execution=Execution(threads=1),
        )
        return _Ends(
            *_sums(tally.sizes[-1]),
            *_sums(tally.contributors[-1]),
            force=forces.total,
            force_squared=forces.squares,
            force_met=tally.force_met[-1],
            committed=tally.stances[-1, :, Stance.COMMITTED].copy(),
        )

    def _estimate(self, outcome: str, ends: _Ends) -> tuple[Floats, ...]:
        """Return estimates and bounds of an outcome, [point, 1 or nation]."""
        runs = self._runs.number, self._independent
        match outcome:
            case "size":
                found = statistics.mean(ends.size, ends.size_squared, *runs)
            case "contributors":
                found = statistics.mean(ends.contributors, ends.contributors_squared, *runs)
            case "force":
                found = statistics.mean(ends.force, ends.force_squared, *runs)
            case "p_force_met":
                found = statistics.share(ends.force_met, *runs)
            case _:
                found = statistics.share(ends.committed, *runs)
        return tuple(part.reshape(len(part), -1) for part in found)


def _sums(counts: "Counts") -> tuple[Any, Any]:
    """Return the sums over runs of a number of nations and of its square, given how many runs have which."""
    numbers = np.arange(len(counts))
    return counts @ numbers, counts @ numbers**2


class _ForceSums:
    """Adds up what the tally does not hold: the force at the end and its squares."""

    def __init__(self) -> None:
        from sim.model.tally import RUN_COLUMNS

        self._column = RUN_COLUMNS.index("force")
        self.total = self.squares = 0.0

    def add(self, first_run: int, records: "Records") -> None:  # noqa: ARG002 - chunks come in order
        force = records.runs[:, self._column]
        self.total += float(force.sum())
        self.squares += float((force * force).sum())
