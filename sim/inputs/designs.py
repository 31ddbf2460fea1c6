"""Designs of experiments: at which points of the factors' space a model is run.

Each is a class with a method, `points`, which gives a table with a column a factor and a row a point, always
the same one for a seed; those in `DESIGNS` can be asked for by sweep files.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from sim.inputs.csv_file import Bounds, CsvRow, CsvTable, has_decimal_comma, read_csv
from sim.inputs.errors import InputError, near_match
from sim.inputs.factors import Factor, FactorLevel, check_factor, is_numeric, level_steps, listed
from sim.inputs.keys import Key
from sim.inputs.roster import Roster
from sim.system.libraries import morris_sample, pd, sobol_sample, stats

MAX_POINTS = 1_000_000
OF_POINTS = Bounds(bytes=20_000_000, rows=MAX_POINTS)
"""How large a file of points may be: a million points of two factors."""

Shares = NDArray[np.float64]
"""A row a point, a column a factor, in [0, 1]: how far up its range each factor is."""


class DesignInputs(NamedTuple):
    """What a sweep file says of its points: how many or which file lists them; how many factors; of whom."""

    points: int = 0
    file: Path = Path()
    factors: int = 0
    roster: Roster | None = None


class Design(ABC):
    """A rule that says which points are run."""

    takes: ClassVar[Literal["points", "list"] | None] = None
    """The key of a sweep file that the design needs, if any: how many points, or a file that lists them."""

    @abstractmethod
    def points(self, factors: Sequence[Factor], seed: int) -> "pd.DataFrame":
        """Return the points: a row each, a column a factor, named by its path."""

    def factors(self, declared: Sequence[Factor]) -> tuple[Factor, ...]:
        """Return the factors in the order of the columns: of most designs, those that are declared."""
        return tuple(declared)

    @classmethod
    def asked_for(cls, asked: DesignInputs) -> Self:  # noqa: ARG003 - for those that take something
        """Return the design that a sweep file asks for."""
        return cls()

    @staticmethod
    def problem(number: int) -> str:  # noqa: ARG004 - most can have any
        """Return why the design cannot have so many points; nothing if it can."""
        return ""


@dataclass(frozen=True)
class Grid(Design):
    """Every combination of the factors' values, the last factor varying fastest: a full factorial design.

    Complete and easy to draw, but its size is the product of the numbers of values: for one to three
    factors (Montgomery 2017, Design and Analysis of Experiments, ch. 5).
    """

    def points(self, factors: Sequence[Factor], seed: int) -> "pd.DataFrame":  # noqa: ARG002 - not random
        """Return the points; see `Design`."""
        size = int(np.prod([float(len(factor.levels)) for factor in factors]))
        if size > MAX_POINTS:
            raise InputError(f"a grid of {size:,} points; at most {MAX_POINTS:,} are allowed", key="design")
        rows = product(*(factor.levels for factor in factors))
        return pd.DataFrame(rows, columns=_paths(factors))


@dataclass(frozen=True)
class LatinHypercube(Design):
    """Each factor's range cut into as many layers as there are points, one point in each layer.

    Covers every single factor evenly at any number of points (McKay, Beckman & Conover 1979,
    Technometrics 21).
    """

    takes = "points"
    number: int

    @classmethod
    def asked_for(cls, asked: DesignInputs) -> Self:
        """Return the design of so many points; see `Design`."""
        return cls(asked.points)

    def points(self, factors: Sequence[Factor], seed: int) -> "pd.DataFrame":
        """Return the points; see `Design`."""
        sampler = stats.qmc.LatinHypercube(len(factors), seed=np.random.default_rng(seed))
        return _at(sampler.random(self.number), factors)


@dataclass(frozen=True)
class SobolSequence(Design):
    """A scrambled Sobol' sequence: fills the whole space more evenly than chance does.

    Sobol' 1967 (USSR Computational Mathematics 7); scrambled after Owen 1998 (Journal of Complexity 14).
    The number of points must be a power of 2, or the sequence loses its balance.
    """

    takes = "points"
    number: int

    @classmethod
    def asked_for(cls, asked: DesignInputs) -> Self:
        """Return the design of so many points; see `Design`."""
        return cls(asked.points)

    def points(self, factors: Sequence[Factor], seed: int) -> "pd.DataFrame":
        """Return the points; see `Design`."""
        sampler = stats.qmc.Sobol(len(factors), seed=np.random.default_rng(seed))
        return _at(sampler.random(self.number), factors)

    @staticmethod
    def problem(number: int) -> str:
        """Return that it needs a power of 2 if that is none; see `Design`."""
        return "needs a power of 2, such as 1024" if number & (number - 1) else ""


@dataclass(frozen=True)
class Saltelli(Design):
    """Points from which Sobol' indices are estimated: `base` of them for each of factors + 2.

    Saltelli et al. 2010 (Computer Physics Communications 181); with `second_order`, for each of
    2 * factors + 2 (Saltelli 2002, ibid. 145). Points belonging together follow each other, as
    ``SALib.analyze.sobol`` wants them. `base` must be a power of 2.
    """

    base: int
    second_order: bool = False

    def points(self, factors: Sequence[Factor], seed: int) -> "pd.DataFrame":
        """Return the points; see `Design`."""
        shares = sobol_sample.sample(
            salib_problem(factors), self.base, calc_second_order=self.second_order, seed=seed
        )
        return _at(shares, factors)


@dataclass(frozen=True)
class Morris(Design):
    """Trajectories that change one factor at a time: elementary effects, a cheap screening.

    Morris 1991 (Technometrics 33); mean absolute effects after Campolongo, Cariboni & Saltelli 2007
    (Environmental Modelling & Software 22). A trajectory takes factors + 1 points.
    """

    takes = "points"
    trajectories: int
    levels: int = 4

    def points(self, factors: Sequence[Factor], seed: int) -> "pd.DataFrame":
        """Return the points; see `Design`."""
        problem = salib_problem(factors)
        return _at(
            morris_sample.sample(problem, self.trajectories, num_levels=self.levels, seed=seed), factors
        )

    @classmethod
    def asked_for(cls, asked: DesignInputs) -> Self:
        """Return as many whole trajectories as fit, but at least one; see `Design`."""
        return cls(max(asked.points // (asked.factors + 1), 1))


@dataclass(frozen=True)
class PointList(Design):
    """Points as a CSV file lists them: a column a factor, named by its key in the header."""

    takes = "list"
    file: Path
    roster: Roster

    @classmethod
    def asked_for(cls, asked: DesignInputs) -> Self:
        """Return the design of a file; see `Design`."""
        if asked.roster is None:
            raise ValueError("which factors a list may have depends on a roster")
        return cls(asked.file, asked.roster)

    def points(self, factors: Sequence[Factor], seed: int) -> "pd.DataFrame":  # noqa: ARG002 - not random
        """Return the points; see `Design`. Factors that are declared must be columns."""
        for factor in factors:
            if factor.path not in self.levels:
                nearest = near_match(factor.path, self.levels)
                raise self._error(f"has no column {factor.path}{nearest}")
        columns = {}
        for key, levels in self.levels.items():
            steps = level_steps(key, self.roster.vocabulary)
            numbers = [steps.get(level, level) if isinstance(level, str) else level for level in levels]
            columns[key] = np.array(numbers, dtype=np.float64 if is_numeric(numbers) else np.object_)
        return pd.DataFrame(columns)

    def factors(self, declared: Sequence[Factor]) -> tuple[Factor, ...]:
        """Return the factors in the order of the columns, with the names that cells give to levels."""
        by_key = {factor.path: factor for factor in declared}
        return tuple(
            listed(key, tuple(dict.fromkeys(levels)), by_key.get(key)).of_roster(self.roster)
            for key, levels in self.levels.items()
        )

    @cached_property
    def levels(self) -> dict[Key, tuple[FactorLevel, ...]]:
        """The cells of each column: numbers, or words as they are written."""
        table = self._table
        keys: dict[Key, str] = {}
        for column in table.columns:
            key = self.roster.key(column)
            self._check(key, column)
            first = keys.setdefault(key, column)
            if first != column:
                raise self._error(f"{key} stands there already, as {first}", column)
        rows = ([_level(row, column) for column in keys.values()] for row in table.rows)
        return dict(zip(keys, zip(*rows, strict=True), strict=True))

    def row(self, number: int) -> CsvRow:
        """Return the row of the file that lists a point."""
        return self._table.rows[number]

    @cached_property
    def _table(self) -> CsvTable:
        table = read_csv(self.file, OF_POINTS)
        if not table.rows:
            raise InputError("holds no points", file=self.file, line=table.header)
        return table

    def _check(self, key: Key, column: str) -> None:
        try:
            check_factor(key, self.roster.vocabulary)
        except InputError as error:
            raise self._error(error.problem, column) from None

    def _error(self, problem: str, column: str | None = None) -> InputError:
        """Return (not raise) the error about the header."""
        return InputError(problem, file=self.file, line=self._table.header, key=column)


def _level(row: CsvRow, column: str) -> FactorLevel:
    """Return a cell as a number, or as the word that it is."""
    text = row.text(column)
    if not text:
        raise row.error(column, "is empty")
    return row.number(column) if _is_number(text) or has_decimal_comma(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def salib_problem(factors: Sequence[Factor]) -> dict[str, Any]:
    """Return factors as SALib describes them: shares of the way through their range, in [0, 1]."""
    return {"num_vars": len(factors), "names": _paths(factors), "bounds": [[0.0, 1.0]] * len(factors)}


def _paths(factors: Sequence[Factor]) -> list[str]:
    return [factor.path for factor in factors]


def _at(shares: Shares, factors: Sequence[Factor]) -> "pd.DataFrame":

    return pd.DataFrame({factor.path: factor.at(shares[:, index]) for index, factor in enumerate(factors)})


DESIGNS: dict[str, type[Design]] = {
    "grid": Grid,
    "lhs": LatinHypercube,
    "sobol": SobolSequence,
    "morris": Morris,
    "list": PointList,
}
"""By the names that sweep files call them."""


def names_of(takes: str) -> str:
    """Return the names of the designs that take a key of the sweep file, with commas between."""
    return ", ".join(name for name, design in DESIGNS.items() if design.takes == takes)
