"""Evaluating a model at many points of its factors' space, with the same runs at each of them."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sim.experiments.needs import need_in_parts, parts_of, seconds_of
from sim.experiments.runs import Runs
from sim.experiments.sweep.point_model import PointEstimates, PointModel
from sim.inputs.case import Case
from sim.inputs.errors import InputError
from sim.inputs.factors import Factor
from sim.inputs.keys import Key
from sim.model.ensemble import ENDS
from sim.system.libraries import pa, pd
from sim.system.preflight import Need

NAMES = ".name"
"""What the column of a factor's names ends in."""

CHECKED = 4096
"""Points that are checked at a time."""

PointModelInputs = tuple[Case, Runs, tuple[str, ...]]
"""What `PointModel` is made of."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Runs of a case at the points of a design, cut into parts.

    Attributes
    ----------
    base
        What does not vary.
    points
        A row a point, a column a factor, named by its dotted path.
    runs
        Which runs are done at each point.
    outcomes
        What is estimated.
    """

    base: Case
    points: "pd.DataFrame"
    runs: Runs
    outcomes: tuple[str, ...]

    @property
    def total_runs(self) -> int:
        """How many runs there are at all points together."""
        return len(self.points) * self.runs.number

    def need(self, at_once: int) -> Need:
        """Return what it takes, where this machine computes so many parts at a time."""
        runs = self.points_per_part * self.runs.number
        return need_in_parts([self.base], runs, self.total_runs, ENDS, at_once)

    @property
    def points_per_part(self) -> int:
        """How many points are computed together."""
        return math.ceil(len(self.points) / parts_of(seconds_of([self.base], self.total_runs)))

    @property
    def parts(self) -> int:
        """How many parts there are."""
        return math.ceil(len(self.points) / self.points_per_part)

    def part(self, index: int) -> range:
        """Return the points of a part."""
        first = index * self.points_per_part
        return range(first, min(first + self.points_per_part, len(self.points)))

    def runs_in(self, part: int) -> int:
        """Return how many runs a part takes."""
        return len(self.part(part)) * self.runs.number

    @property
    def shared(self) -> PointModelInputs:
        """What every part is computed from."""
        return self.base, self.runs, self.outcomes

    def task(self, part: int) -> "pd.DataFrame":
        """Return what a part is computed from besides: its points."""
        numbers = self.part(part)
        return self.points.iloc[numbers.start : numbers.stop]

    @property
    def compute(self) -> "Callable[[PointModelInputs, pd.DataFrame], pa.Table]":
        """Makes a part of the two."""
        return compute_points


def estimate_points(model: PointModelInputs, points: "pd.DataFrame") -> PointEstimates:
    """Return the estimates at points, a pure function."""
    return _point_model(*model).estimates(
        {str(path): value for path, value in record.items()} for record in points.to_dict("records")
    )


@lru_cache(maxsize=1)
def _point_model(base: Case, runs: Runs, outcomes: tuple[str, ...]) -> PointModel:
    """Return the model that the parts of an experiment share."""
    return PointModel(base, runs, outcomes)


def compute_points(model: PointModelInputs, points: "pd.DataFrame") -> "pa.Table":
    """Return them as rows, the points numbered by their index."""
    return estimate_points(model, points).rows(points.index.to_numpy())


def with_factors(rows: "pa.Table", columns: "Mapping[str, pa.Array]") -> "pa.Table":
    """Put the factors' values behind the number of each point."""
    numbers = rows["point"]
    for place, (name, values) in enumerate(columns.items(), start=1):
        rows = rows.add_column(place, name, values.take(numbers))
    return rows


def factor_columns(points: "pd.DataFrame", factors: Sequence[Factor]) -> "dict[str, pa.Array]":
    """Return the values of factors, a row a point; behind numbers with a name, the names.

    The name of a number without one is empty.
    """
    columns: dict[str, pa.Array] = {}
    for factor in factors:
        values = points[factor.path]
        columns[str(factor.path)] = pa.array(values.to_numpy())
        if factor.names:
            names = [factor.names.get(value, "") for value in values.tolist()]
            columns[f"{factor.path}{NAMES}"] = pa.array(names, pa.string())
    return columns


def check_points(base: Case, points: "pd.DataFrame") -> None:
    """Refuse points whose parameters do not go together, before anything is run.

    Raises
    ------
    InputError
        For a value out of range, or a ladder out of order.
    """
    names = {str(column): Key(str(column)).parameter for column in points.columns}
    try:
        for first in range(0, len(points), CHECKED):
            some = points.iloc[first : first + CHECKED]
            columns = {name: some[column].to_numpy() for column, name in names.items() if name}
            base.parameters.check_columns(columns)
    except InputError as error:
        raise InputError(f"{error.problem}, at a point of the design", key=error.key) from None
