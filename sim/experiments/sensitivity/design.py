"""The points of a sensitivity analysis, and the estimates at them."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from sim.declarations.arrays import Floats
from sim.experiments.runs import Runs
from sim.experiments.sensitivity.discovery import require_prim
from sim.experiments.sensitivity.plan import (
    Factors,
    SensitivityOptions,
    at_shares,
    find_outcome,
    unit_factors,
)
from sim.experiments.sensitivity.result import SAMPLES, AboutSensitivity
from sim.experiments.statistics import Interval
from sim.experiments.sweep.evaluate import Evaluation, check_points
from sim.experiments.sweep.point_model import OutcomeOfNation, columns_of
from sim.inputs.case import Case
from sim.inputs.errors import InputError
from sim.inputs.factors import Factor
from sim.inputs.keys import Key
from sim.inputs.sweep_file import OUTCOMES
from sim.results.about import about_case
from sim.results.identity import case_digests, code_digests, digest_of, points_digest
from sim.system.libraries import pa, pd
from sim.system.tables import open_table

BOUNDS = {"estimate": "", "low": "_low", "high": "_high"}
"""What the columns of an outcome's estimates and bounds end in."""


@dataclass(frozen=True, eq=False)
class SensitivityPlan(Evaluation):
    """All that determines the results of a sensitivity analysis.

    Attributes
    ----------
    base, points, runs, outcomes
        As for `Evaluation`. The points of all designs follow each other; all outcomes are estimated.
    factors
        What varies.
    options
        What is asked.
    changes
        What the command line changed: it tells analyses of the same scenario apart.
    designs
        Which of the points are those of each design.
    """

    factors: Factors
    options: SensitivityOptions
    changes: tuple[str, ...]
    designs: Mapping[str, range]

    called = "sensitivity analysis"
    tables = (SAMPLES,)

    @property
    def asked(self) -> tuple[OutcomeOfNation, ...]:
        """The outcomes asked about, each once."""
        return tuple(
            dict.fromkeys(find_outcome(name, self.base.roster.nations) for name in self.options.outcomes)
        )

    @property
    def columns(self) -> tuple[OutcomeOfNation, ...]:
        """All outcomes, one a nation where it is one of nations."""
        return columns_of(self.outcomes, self.base.roster.iso3)

    @property
    def id(self) -> str:
        """The name of the folder: the same command on the same factors has the same name."""
        factors = [factor.model_dump(mode="json", exclude={"label"}) for factor in self.factors.all]
        return digest_of(json.dumps(factors), json.dumps(self.options.decisive()), *self.changes)[:12]

    def folder(self, out: Path) -> Path:
        """Return where the results go below the folder of all results."""
        return out / "sensitivity" / self.base.scenario.name / self.id

    def points_of(self, design: str) -> "pd.DataFrame":
        """Return the points of a design."""
        points = self.designs[design]
        return self.points.iloc[points.start : points.stop]

    def shares(self, design: str) -> Floats:
        """Return the points of a design as shares of the factors' ranges, [point, factor]."""
        rule, seed = self.options.designs()[design]
        return rule.points(unit_factors(self.factors.all), seed).to_numpy()

    def assemble(self, parts: "Iterator[pa.Table]") -> "Iterator[tuple[str, pa.Table]]":
        """Yield a row a point: its design, the factors, each outcome with its bounds."""
        designs = np.repeat(list(self.designs), [len(points) for points in self.designs.values()])
        for part in parts:
            points = part["point"].to_numpy()[:: len(self.columns)]
            rows: dict[str, Any] = {"design": designs[points]}
            rows |= {str(path): values.to_numpy()[points] for path, values in self.points.items()}
            bounds = {bound: part[bound].to_numpy().reshape(len(points), -1) for bound in BOUNDS}
            for place, column in enumerate(self.columns):
                for bound, ending in BOUNDS.items():
                    rows[column_name(column) + ending] = bounds[bound][:, place]
            yield SAMPLES, pa.table(rows)

    @cached_property
    def digests(self) -> dict[str, str]:
        """What determines the results, in pieces, so that one can say which of them has changed."""
        runs = f"{self.runs.decisive()} {self.outcomes} {self.points_per_part}"
        return {
            **case_digests(self.base),
            "points": points_digest(self.points),
            "runs": digest_of(runs),
            **code_digests(),
        }

    @cached_property
    def about(self) -> AboutSensitivity:
        """What is analysed."""
        levers, uncertainties = (
            tuple(Factor.model_validate(factor.in_numbers()) for factor in group)
            for group in (self.factors.levers, self.factors.uncertainties)
        )
        return AboutSensitivity(
            **dict(about_case(self.base)),
            **self.options.decisive(),
            options=self.changes,
            points=self.options.points(len(self.factors.all)),
            levers=levers,
            uncertainties=uncertainties,
            parts=self.parts,
            digests=self.digests,
        )


def design_sensitivity(
    case: Case, factors: Factors, options: SensitivityOptions, changes: tuple[str, ...] = ()
) -> SensitivityPlan:
    """Lay out the points of an analysis.

    Raises
    ------
    InputError
        For an outcome that there is not, factors that cannot take their values, or a library that lacks.
    """
    for name in options.outcomes:
        find_outcome(name, case.roster.nations)
    if options.discover:
        require_prim()
        _refuse_words(factors)
    tables, designs, first = [], {}, 0
    for name, (design, seed) in options.designs().items():
        tables.append(at_shares(factors.all, design.points(unit_factors(factors.all), seed)))
        designs[name] = range(first, first + len(tables[-1]))
        first = designs[name].stop
    points = pd.concat(tables, ignore_index=True)
    return SensitivityPlan(
        case, points, Runs(options.number, options.seed), OUTCOMES, factors, options, changes, designs
    )


def check_factors(plan: SensitivityPlan) -> None:
    """Find out now, not after an hour, whether factors may take their values.

    Raises
    ------
    InputError
        If a lever may not, or parameters do not go together at a point.
    """
    check_points(plan.base, plan.points)
    for factor in plan.factors.all:
        levels = () if Key(factor.path).parameter else factor.extremes
        for level in levels:
            try:
                plan.base.with_overrides({factor.path: level})
            except InputError as error:
                raise InputError(f"{factor.path}: {error.problem}", file="--factors") from None


class Samples:
    """The estimates at the points of an analysis; use it as a context.

    An outcome is read when it is asked for: all of them would take more memory than the points.

    Parameters
    ----------
    plan
        Whose points.
    folder
        Where ``samples.parquet`` is.
    """

    def __init__(self, plan: SensitivityPlan, folder: Path) -> None:
        self._designs, self._path = plan.designs, folder / f"{SAMPLES}.parquet"
        self._opened = ExitStack()

    def __enter__(self) -> "Samples":
        """Open the file."""
        self._file = self._opened.enter_context(open_table(self._path))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self._opened.close()

    def of(self, design: str, column: OutcomeOfNation) -> Interval:
        """Return an outcome at the points of a design."""
        names = [column_name(column) + ending for ending in BOUNDS.values()]
        table, points = self._file.read(columns=names), self._designs[design]
        return Interval(*(table[name].to_numpy()[points.start : points.stop] for name in names))


def column_name(column: OutcomeOfNation) -> str:
    """Return what tables call an outcome: ``size``, ``p_committed.NLD``."""
    return ".".join(filter(None, column))


def _refuse_words(factors: Factors) -> None:
    for factor in factors.all:
        if not all(isinstance(value, float | int) for value in factor.extremes):
            raise InputError(f"{factor.path} takes words; boxes need numbers", file="--discover")
