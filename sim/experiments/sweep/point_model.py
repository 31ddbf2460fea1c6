"""The model as a function of its factors: where a point's runs come out."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from sim.declarations.arrays import Floats
from sim.declarations.words import HELD, Stance
from sim.experiments import statistics
from sim.experiments.independent import independent_runs
from sim.experiments.runs import Runs
from sim.experiments.statistics import Interval
from sim.experiments.sweep.batches import FORCE_REQUIRED, Batch, batches, level_keys
from sim.inputs.case import Case
from sim.inputs.keys import Key
from sim.inputs.overrides import overridden
from sim.model.ensemble import CHUNK, simulate_points
from sim.model.points import DesignPoints, repeated, set_level, with_held
from sim.model.setup import Setup, behaviour_columns, build_setup
from sim.model.tally import RUN_COLUMNS
from sim.system.libraries import pa

PER_NATION = "p_committed"

BATCH_RUNS, BATCH_ROUNDS = 2048, 4096
"""Of points that are simulated together, the most runs and rounds: several blocks of runs, and some MB."""

OutcomeOfNation = tuple[str, str]
"""Outcome and nation: ``("size", "")``, ``("p_committed", "NLD")``."""


class PointEstimates(NamedTuple):
    """The estimates at each point; arrays [point, column].

    Attributes
    ----------
    columns
        Outcome and nation of each column: ``("size", "")``, ``("p_committed", "NLD")``.
    estimate, low, high
        Estimates, and the bounds of their 95 % intervals.
    runs
        How many runs each estimate rests on.
    """

    columns: tuple[OutcomeOfNation, ...]
    estimate: Floats
    low: Floats
    high: Floats
    runs: int

    def rows(self, points: np.ndarray) -> "pa.Table":
        """Return a row a point and outcome: point (its number), outcome, iso3, estimate, low, high, runs."""
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


def columns_of(outcomes: Iterable[str], iso3: Iterable[str]) -> tuple[OutcomeOfNation, ...]:
    """Return outcome and nation of each estimate, in their order: one a nation where it is asked about."""
    nations = tuple(iso3)
    return tuple(
        (outcome, nation) for outcome in outcomes for nation in (nations if outcome == PER_NATION else ("",))
    )


class _Ends(NamedTuple):
    """Sums over the runs of each point, where they end; the points are the first axis."""

    size: Floats
    size_squared: Floats
    contributors: Floats
    contributors_squared: Floats
    force: Floats
    force_squared: Floats
    force_met: Floats
    committed: Floats  # (points, nations)


class PointModel:
    """The model as a function of its factors: where a point's runs come out.

    What does not vary is prepared once. Points that differ in parameters, in levels of the world from round 1
    on and in the force required are arrays, and simulated together; any other lever takes a world of its own.
    """

    def __init__(self, base: Case, runs: Runs, outcomes: tuple[str, ...]) -> None:
        self._base, self._runs, self._outcomes = base, runs, outcomes
        self._independent = independent_runs(base, runs.number)
        world = build_setup(base.scenario, base.roster, base.parameters, base.timeline)
        self._latest: tuple[Mapping[Key, object], Case, Setup] = ({}, base, world)

    @property
    def columns(self) -> tuple[OutcomeOfNation, ...]:
        """Outcome and nation of each estimate, in the order in which `at` gives them."""
        return columns_of(self._outcomes, self._base.roster.iso3)

    def at(self, point: dict[str, object]) -> Interval:
        """Return the estimates at a point, computed by the thread that asks."""
        estimates = self.estimates([point])
        return Interval(estimates.estimate[0], estimates.low[0], estimates.high[0])

    def estimates(self, points: Iterable[dict[str, object]]) -> PointEstimates:
        """Return the estimates at points, computed by the thread that asks."""
        rounds = self._base.scenario.rounds
        most = max(1, min(BATCH_RUNS // self._runs.number, BATCH_ROUNDS // rounds))
        done = map(self._ends, batches(points, self._base.scenario.vocabulary, most))
        ends = _Ends(*(np.concatenate(parts) for parts in zip(*done, strict=True)))
        intervals = [self._estimate(outcome, ends) for outcome in self._outcomes]
        estimate, low, high = (np.hstack(parts) for parts in zip(*intervals, strict=True))
        return PointEstimates(self.columns, estimate, low, high, self._runs.number)

    def setup(self, point: Mapping[str, object]) -> Setup:
        """Return what the runs of a point share."""
        values = overridden(point)
        parameters = {key: value for key, value in values.items() if key.parameter}
        levers = {key: value for key, value in values.items() if not key.parameter}
        world = self._world(levers)
        if not parameters:
            return world
        return world._replace(behaviour=behaviour_columns(self._base.with_overrides(parameters).parameters))

    def _world(self, levers: Mapping[Key, object]) -> Setup:
        """Return the setup with some levers set; neighbouring points of many designs share it."""
        held = {key: word for key, word in levers.items() if self._is_held(key, word)}
        others = {key: value for key, value in levers.items() if key not in held}
        latest, case, world = self._latest
        if others != latest:
            case = self._base.with_overrides(others)
            world = build_setup(case.scenario, case.roster, case.parameters, case.timeline)
            self._latest = others, case, world
        if not held:
            return world
        return with_held(world, case, {key.path[1]: str(word) for key, word in held.items()})

    def _is_held(self, key: Key, word: object) -> bool:
        """Return whether a lever holds a nation of the roster in a stance."""
        match key.path:
            case ("nations", code, "held"):
                return word in HELD and code in self._base.roster.iso3
        return False

    def _ends(self, batch: Batch) -> _Ends:
        """Simulate points, and add up where their runs end."""
        world = self._world(batch.levers)
        points = self._points(world, batch)
        records = simulate_points(world, points, self._runs.seed, range(self._runs.number))
        runs = records.runs.reshape(batch.size, self._runs.number, -1)
        committed = records.stance.reshape(*runs.shape[:2], -1) == Stance.COMMITTED
        size, contributors, force = (
            runs[:, :, RUN_COLUMNS.index(name)] for name in ("size", "contributors", "force")
        )
        return _Ends(
            *_sums(size),
            *_sums(contributors),
            *_sums(force),
            force_met=(force >= points.force_required[:, np.newaxis]).sum(axis=1),
            committed=committed.sum(axis=1),
        )

    def _points(self, world: Setup, batch: Batch) -> DesignPoints:
        """Return what differs between points of a world."""
        points = repeated(world, batch.size, self._runs.number)
        parameters: dict[str, Floats] = {}
        for key, values in batch.numbers.items():
            if key.parameter:
                parameters[key.parameter] = values
            elif key == FORCE_REQUIRED:
                points.force_required[:] = values
            else:
                set_level(points, level_keys(self._base.scenario.vocabulary)[key], values)
        return points._replace(behaviour=self._behaviour(parameters)) if parameters else points

    def _behaviour(self, parameters: Mapping[str, Floats]) -> Floats:
        """Return the parameters of points, and what follows from them, with a column a run."""
        points = len(next(iter(parameters.values())))
        columns = behaviour_columns(self._base.parameters.at_points(parameters, self._runs.number))
        return np.ascontiguousarray(columns.reshape(len(columns), points, -1).swapaxes(0, 1))

    def _estimate(self, outcome: str, ends: _Ends) -> tuple[Floats, ...]:
        """Return estimates and bounds of an outcome, [point, 1 or nation]."""
        runs = self._runs.number, self._independent
        match outcome:
            case "size":
                interval = statistics.mean(ends.size, ends.size_squared, *runs)
            case "contributors":
                interval = statistics.mean(ends.contributors, ends.contributors_squared, *runs)
            case "force":
                interval = statistics.mean(ends.force, ends.force_squared, *runs)
            case "p_force_met":
                interval = statistics.share(ends.force_met, *runs)
            case _:
                interval = statistics.share(ends.committed, *runs)
        return tuple(part.reshape(len(part), -1) for part in interval)


def _sums(values: Floats) -> tuple[Floats, Floats]:
    """Return the sums over runs of values and of their squares, [point, run].

    Chunk by chunk, as the runs of an ensemble come: the same bits, however many points are added up.
    """
    total, squares = np.zeros((2, len(values)))
    for first in range(0, values.shape[1], CHUNK):
        chunk = values[:, first : first + CHUNK]
        total += chunk.sum(axis=1)
        squares += (chunk * chunk).sum(axis=1)
    return total, squares
