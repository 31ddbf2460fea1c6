"""Whether patterns are reproduced: every check with its interval, its threshold and how far it is from it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np

from sim.declarations.parameters import PARAMETERS
from sim.experiments.patterns.measures import measure, share_in_order, worlds_of
from sim.experiments.patterns.observed import Observer
from sim.experiments.progress import Progress
from sim.experiments.runs import Runs
from sim.experiments.statistics import Interval
from sim.inputs.fit import fitted_to
from sim.inputs.parameters import load_parameters
from sim.inputs.patterns_file import FACE_VALIDITY, Check, Pattern, Patterns, Snapshot, load_patterns
from sim.results.about import About
from sim.results.identity import case_digest
from sim.results.result import Loaded, Result
from sim.results.tables import Tables
from sim.system.libraries import pd
from sim.system.manifests import FORMAT

FOLDER = "patterns"

Verdict = Literal["reproduced", "not reproduced", "not identified", "holds", "fails", "undecided"]

HOLDS, FAILS = 0.9, 0.1
"""Shares of draws from which, and up to which, what experts expect holds or fails."""


@dataclass(frozen=True, eq=False)
class Finding:
    """The result of a check.

    Attributes
    ----------
    check
        What was measured.
    interval
        Estimate and bounds of its 95 % interval.
    in_order
        Of face validity: the share of the draws in which it lies where experts expect it.
    """

    check: Check
    interval: Interval
    in_order: float | None = None

    @property
    def verdict(self) -> Verdict:
        """Whether the whole interval, none of it, or a part of it lies where the pattern asks for it.

        Of face validity, whether nearly all draws do, nearly none, or some.
        """
        if self.in_order is not None:
            return "holds" if self.in_order >= HOLDS else "fails" if self.in_order <= FAILS else "undecided"
        low, high = float(self.interval.low), float(self.interval.high)
        more_than, less_than = self.check.bounds
        if more_than < low and high < less_than:
            return "reproduced"
        if high <= more_than or low >= less_than:
            return "not reproduced"
        return "not identified"

    @property
    def margin(self) -> float:
        """How far the estimate lies within what the pattern asks for; negative outside."""
        estimate = float(self.interval.estimate)
        more_than, less_than = self.check.bounds
        return min(estimate - more_than, less_than - estimate)


WORST_FIRST: tuple[Verdict, ...] = ("not reproduced", "not identified", "fails", "undecided")
"""Verdicts but those that a pattern is reproduced, or holds."""


def overall(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the verdict on a pattern: its weakest check decides."""
    for verdict in WORST_FIRST:
        if verdict in verdicts:
            return verdict
    return verdicts[0]


@dataclass(frozen=True, eq=False)
class PatternResult:
    """A pattern and the results of its checks."""

    pattern: Pattern
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """The verdict on the pattern."""
        return overall([finding.verdict for finding in self.findings])

    @property
    def reproduced(self) -> int:
        """How many checks are reproduced, or hold."""
        return sum(finding.verdict not in WORST_FIRST for finding in self.findings)


class AboutPatterns(About):
    """What was asked of the model.

    Attributes
    ----------
    patterns
        What the file says, and its name.
    parameters
        The behavioural parameters by name; a text where each run has its own.
    fitted_to
        The waves that these were fitted to, see `sim.inputs.fit.fitted_to`.
    seed, runs
        Which runs, of every world.
    """

    kind: str = "patterns"
    patterns: dict[str, Any]
    parameters: dict[str, float] | str
    fitted_to: tuple[str, ...] | None
    seed: int
    runs: int

    @property
    def title(self) -> str:
        """The title of the file."""
        return str(self.patterns["title"])


class LoadedPatterns(Loaded):
    """Patterns as their folder holds them, see `PatternsResult`."""

    kind, manifest_model = "patterns", AboutPatterns


@dataclass(frozen=True, eq=False, repr=False)
class PatternsResult(Result):
    """The verdicts on all patterns.

    Attributes
    ----------
    patterns
        What was asked.
    results
        A result a pattern, in their order.
    seed, runs
        Which runs, of every world.
    parameters
        File of the parameters; None for those that are declared.
    digests
        Of what determines the runs of each world, by its words.
    """

    patterns: Patterns
    results: tuple[PatternResult, ...]
    seed: int
    runs: int
    parameters: Path | None
    digests: Mapping[str, str]

    kind = "patterns"

    @cached_property
    def about(self) -> AboutPatterns:
        """What was asked."""
        rows = load_parameters(self.parameters)
        point = rows.values[0]
        by_name = dict(zip(PARAMETERS, point.tolist(), strict=True))
        return AboutPatterns(
            patterns={"name": self.patterns.name, **self.patterns.model_dump(mode="json", by_alias=True)},
            parameters=by_name if rows.draws == 1 else "a row a run",
            fitted_to=fitted_to(self.parameters),
            seed=self.seed,
            runs=self.runs,
            digests=dict(self.digests),
        )

    @cached_property
    def tables(self) -> Tables:
        """Every table by name."""
        return Tables({"patterns": lambda: self.table, "checks": lambda: self.checks})

    @property
    def draws(self) -> int:
        """How many draws of the parameters the runs take in turn; 1 for a point."""
        return load_parameters(self.parameters).draws

    @cached_property
    def table(self) -> "pd.DataFrame":
        """A row a pattern: number, statement, source, kind, checks, reproduced, verdict, note."""
        return pd.DataFrame(
            [
                {
                    "number": result.pattern.number,
                    "statement": result.pattern.statement,
                    "source": result.pattern.source,
                    "kind": result.pattern.kind,
                    "checks": len(result.findings),
                    "reproduced": result.reproduced,
                    "verdict": result.verdict,
                    "note": result.pattern.note,
                }
                for result in self.results
            ]
        )

    @cached_property
    def checks(self) -> "pd.DataFrame":
        """A row a check: what is measured and where, estimate and interval, threshold, margin, verdict."""
        rows = [_row(result.pattern, finding) for result in self.results for finding in result.findings]
        return pd.DataFrame(rows).assign(runs=self.runs)


def check_patterns(
    patterns: Patterns | Path | str = "europe-2025",
    *,
    parameters: Path | None = None,
    runs: int = 1000,
    seed: int = 1,
    threads: int = 0,
) -> PatternsResult:
    """Check whether the model reproduces patterns.

    Parameters
    ----------
    patterns
        A file of patterns, the name of a bundled one, or what has been read of one.
    parameters
        File of behavioural parameters, a point or the draws of a posterior; the bundled ones if none.
    runs, seed, threads
        As in `Runs`; the runs are those of every world.

    Raises
    ------
    InputError
        For any mistake in any of the files.

    Examples
    --------
    >>> result = check_patterns("europe-2025", runs=200)
    >>> result.table.loc[result.table["number"] == 4, "verdict"].item()
    'reproduced'
    """
    if not isinstance(patterns, Patterns):
        patterns = load_patterns(patterns)
    return check_all(patterns, parameters, Runs(runs, seed, threads))


def check_all(
    patterns: Patterns, parameters: Path | None, runs: Runs, progress: Progress = lambda _: None
) -> PatternsResult:
    """Check patterns one after the other, see `check_patterns`.

    Parameters
    ----------
    progress
        Told the number of runs, of any world, each time some are done.
    """
    results = tuple(check_one(patterns, one, parameters, runs, progress) for one in patterns.patterns)
    digests = world_digests(patterns, parameters)
    return PatternsResult(patterns, results, runs.seed, runs.number, parameters, digests)


def world_digests(patterns: Patterns, parameters: Path | None) -> dict[str, str]:
    """Return a digest of what determines the runs of each world, by its words."""
    every = {world for needed in worlds(patterns) for world in needed}
    return {
        in_words(world): case_digest(patterns.case(world, parameters))
        for world in sorted(every, key=in_words)
    }


def patterns_folder(patterns: Patterns, parameters: Path | None, runs: Runs, *, csv: bool = False) -> Path:
    """Return the folder for these patterns, ``patterns/NAME/ID``: the same inputs and files have the same."""
    digests = world_digests(patterns, parameters)
    inputs = f"{patterns.model_dump(mode='json')} {digests} {runs.seed} {runs.number} {csv} {FORMAT}"
    return Path(FOLDER, patterns.name, hashlib.sha256(inputs.encode()).hexdigest()[:12])


def check_one(
    patterns: Patterns,
    pattern: Pattern,
    parameters: Path | None,
    runs: Runs,
    progress: Progress = lambda _: None,
) -> PatternResult:
    """Check one pattern; the worlds of its checks are simulated once."""
    observe = Observer(patterns, parameters, runs, progress)
    findings = []
    for position, check in enumerate(pattern.checks):
        rng = np.random.default_rng([runs.seed, pattern.number, position])
        counted = share_in_order(check, observe) if pattern.kind == FACE_VALIDITY else None
        findings.append(Finding(check, measure(check, observe, rng), counted))
    return PatternResult(pattern, tuple(findings))


def worlds(patterns: Patterns) -> list[set[Snapshot]]:
    """Return the worlds that are simulated for each pattern."""
    return [set().union(*(worlds_of(check) for check in pattern.checks)) for pattern in patterns.patterns]


def _row(pattern: Pattern, finding: Finding) -> dict[str, Any]:
    check = finding.check
    return {
        "number": pattern.number,
        "statement": check.statement,
        "measure": check.measure,
        "of": "; ".join(map(in_words, check.of)),
        "less": "; ".join(map(in_words, check.less)),
        "estimate": float(finding.interval.estimate),
        "low": float(finding.interval.low),
        "high": float(finding.interval.high),
        "more_than": check.more_than,
        "less_than": check.less_than,
        "reason": check.reason,
        "observed": check.observed,
        "margin": finding.margin,
        "in_order": finding.in_order,
        "verdict": finding.verdict,
    }


def in_words(world: Snapshot) -> str:
    """Return a world in words: ``us-backstop with hybrid attacks on 2025-09-04``."""
    name = world.scenario.removesuffix(".toml")
    changed = f" with {' and '.join(world.with_)}" if world.with_ else ""
    return f"{name}{changed}{f' on {world.on}' if world.on else ''}"
