"""The runs of a comparison, in parts, and what is kept of them: sums over the runs."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.declarations.arrays import Floats
from sim.declarations.words import Stance
from sim.experiments.comparison.paired import PairedSums
from sim.experiments.comparison.result import SUMS, AboutComparison
from sim.experiments.needs import need_in_parts, parts_of, seconds_of
from sim.experiments.runs import Runs
from sim.experiments.simulate import simulate_case
from sim.inputs.case import Case
from sim.model.ensemble import CHUNK, RECORDED, Keep
from sim.model.tally import RUN_COLUMNS, Records
from sim.results.about import about_case
from sim.results.identity import case_digests, code_digests, digest_of
from sim.system.libraries import pa
from sim.system.preflight import Need

LONGEST_NAME = 120

NATION_OUTCOMES = ("is_committed", "round_of_joining")
NUMBERS = ("size", "contributors", "force", "fielded")
COALITION_MEASURES = (*NUMBERS, "p_force_met")

CasesAndRuns = tuple[tuple[Case, ...], Runs]


@dataclass(frozen=True, eq=False)
class ComparisonPlan:
    """All that determines the results of a comparison.

    Attributes
    ----------
    cases
        What is compared, the reference first.
    runs
        Which runs, and how they are computed.
    changes
        What the command line changed: it tells comparisons of the same scenarios apart.
    """

    cases: tuple[Case, ...]
    runs: Runs
    changes: tuple[str, ...] = ()

    called = "comparison"
    tables = (SUMS,)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the scenarios, numbered where several share one."""
        names: list[str] = []
        for case in self.cases:
            name, number = case.scenario.name, 1
            while name in names:
                number += 1
                name = f"{case.scenario.name}-{number}"
            names.append(name)
        return tuple(names)

    @property
    def name(self) -> str:
        """What the folder of the results is called, beside its `id`: after the scenarios."""
        together = "-".join(case.scenario.name for case in self.cases)
        others = f"{self.names[0]}-and-{len(self.names) - 1}-others"
        return together if len(together) <= LONGEST_NAME else others

    @property
    def id(self) -> str:
        """The name of the folder: the same command has the same name."""
        return digest_of(*self.names, f"{self.runs.number} {self.runs.seed}", *self.changes)[:12]

    def folder(self, out: Path) -> Path:
        """Return where the results go below the folder of all results."""
        return out / "compare" / self.name / self.id

    @property
    def outcomes(self) -> tuple[str, ...]:
        """What is added up, see `outcomes_of`."""
        nations = (f"{outcome}.{iso3}" for outcome in NATION_OUTCOMES for iso3 in self.cases[0].roster.iso3)
        return (*nations, *COALITION_MEASURES)

    @property
    def total_runs(self) -> int:
        """How many runs there are of all scenarios together."""
        return self.runs.number * len(self.cases)

    @property
    def runs_per_part(self) -> int:
        """How many runs of each scenario are computed together: a multiple of those that a thread takes."""
        share = math.ceil(self.runs.number / parts_of(seconds_of(self.cases, self.total_runs)))
        return CHUNK * max(share // CHUNK, 1)

    @property
    def parts(self) -> int:
        """How many parts there are."""
        return math.ceil(self.runs.number / self.runs_per_part)

    def need(self, at_once: int) -> Need:
        """Return what it takes, where this machine computes so many parts at a time."""
        keep = Keep(trajectories=True, counted=0)
        return need_in_parts(self.cases, self.runs_per_part, self.total_runs, keep, at_once)

    def task(self, part: int) -> range:
        """Return the runs of a part."""
        first = part * self.runs_per_part
        return range(first, min(first + self.runs_per_part, self.runs.number))

    def runs_in(self, part: int) -> int:
        """Return how many runs a part takes, of all scenarios together."""
        return len(self.task(part)) * len(self.cases)

    @property
    def shared(self) -> CasesAndRuns:
        """What every part is computed from."""
        return self.cases, replace(self.runs, threads=1)

    @property
    def compute(self) -> "Callable[[CasesAndRuns, range], pa.Table]":
        """Makes a part of what is shared and of its runs."""
        return add_up_runs

    def assemble(self, parts: "Iterator[pa.Table]") -> "Iterator[tuple[str, pa.Table]]":
        """Yield the sums over all runs: a row a scenario and outcome."""
        sums = Sums.of_no_runs(self)
        for part in parts:
            sums.add(part)
        rows = sums.table().add_column(0, "scenario", [np.repeat(self.names, len(self.outcomes))])
        yield SUMS, rows.add_column(1, "outcome", [list(self.outcomes) * len(self.names)])

    @cached_property
    def digests(self) -> dict[str, str]:
        """What determines the results, in pieces, so that one can say which of them has changed."""
        of_cases = {
            f"{piece} of {name}": digest
            for name, case in zip(self.names, self.cases, strict=True)
            for piece, digest in case_digests(case).items()
        }
        runs = digest_of(f"{self.runs.number} {self.runs.seed} {self.runs_per_part}")
        return {**of_cases, "runs": runs, **code_digests()}

    @cached_property
    def about(self) -> AboutComparison:
        """What is compared."""
        return AboutComparison(
            names=self.names,
            cases=tuple(map(about_case, self.cases)),
            seed=self.runs.seed,
            runs=self.runs.number,
            options=self.changes,
            parts=self.parts,
            digests=self.digests,
        )


class Sums(NamedTuple):
    """Sums over runs, a row a scenario (the reference first) and a column an outcome.

    Outcomes are whole numbers, so that sums are exact up to 2**53 and any chunking gives the same bits.
    """

    totals: Floats
    squares: Floats
    products: Floats
    """With the reference's outcome of the same run."""

    @classmethod
    def of_no_runs(cls, plan: ComparisonPlan) -> "Sums":
        """Return sums over nothing."""
        shape = len(plan.cases), len(plan.outcomes)
        return cls(*(np.zeros(shape) for _ in cls._fields))

    def add(self, part: "pa.Table") -> None:
        """Add the sums over other runs, in place."""
        for name, sums in self._asdict().items():
            np.add(sums, part[name].to_numpy().reshape(sums.shape), out=sums)

    def table(self) -> "pa.Table":
        """Return a row a scenario and outcome."""
        return pa.table({name: sums.ravel() for name, sums in self._asdict().items()})

    def paired(self, scenario: int, columns: slice) -> PairedSums:
        """Return some outcomes of a scenario beside those of the reference."""
        return PairedSums(
            reference=self.totals[0, columns],
            reference_squares=self.squares[0, columns],
            other=self.totals[scenario, columns],
            other_squares=self.squares[scenario, columns],
            products=self.products[scenario, columns],
        )


def add_up_runs(asked: CasesAndRuns, numbers: range) -> "pa.Table":
    """Return the sums over some runs of each case, a pure function."""
    cases, runs = asked
    reference = _outcomes(cases[0], runs, numbers)
    others = (_outcomes(case, runs, numbers) for case in cases[1:])
    rows = [_sums(reference, reference), *(_sums(other, reference) for other in others)]
    return Sums(*map(np.array, zip(*rows, strict=True))).table()


def _sums(outcomes: Floats, reference: Floats) -> tuple[Floats, Floats, Floats]:
    return outcomes.sum(axis=0), (outcomes * outcomes).sum(axis=0), (outcomes * reference).sum(axis=0)


def _outcomes(case: Case, runs: Runs, numbers: range) -> Floats:
    """Return the outcomes of runs of a case, see `outcomes_of`."""
    parts: list[Floats] = []

    def sink(_: int, records: Records) -> None:
        parts.append(outcomes_of(records, case.scenario.force_required))

    simulate_case(case, runs, sink, keep=RECORDED, numbers=numbers)
    return np.concatenate(parts)


def outcomes_of(records: Records, force_required: float) -> Floats:
    """Return what is compared of each run, a row a run, in whole numbers.

    Columns: for each nation whether it is committed at the end; for each nation the round of joining, the
    last one where it never does; how many declare soldiers and how many contribute, the soldiers pledged and
    in the field, whole ones, and whether those pledged are enough.
    """
    is_in = records.stance == Stance.COMMITTED  # [run, round, nation]
    last = is_in.shape[1] - 1
    first = is_in.argmax(axis=1)  # 0 too where it never is
    joined = np.where((first == 0) & ~is_in[:, 0], last, first)
    numbers = [records.runs[:, RUN_COLUMNS.index(name)] for name in NUMBERS]
    is_enough = numbers[NUMBERS.index("force")] >= force_required
    return np.column_stack([is_in[:, -1], joined, *map(np.rint, numbers), is_enough]).astype(np.float64)
