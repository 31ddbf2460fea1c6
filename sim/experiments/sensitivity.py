"""Sensitivity analysis: which levers and which unknowns matter most for where a coalition ends."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.experiments.designs import Design, LatinHypercube, Morris, Saltelli
from sim.experiments.discovery import Box, Score, discover, require_prim
from sim.experiments.evaluate import Estimates, Progress, Runs, estimate
from sim.experiments.indices import convergence, morris_effects, sobol_indices
from sim.experiments.sensitivity_plan import (
    Factors,
    Outcome,
    SensitivityOptions,
    at_shares,
    find_outcome,
    unit_factors,
)
from sim.experiments.statistics import Z_95, Floats
from sim.inputs.case import Case
from sim.inputs.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

TARGET: Outcome = ("p_force_met", "")
LEADING = 0.05
"""Share of the variance from which a factor is said to matter."""

LIKELY = 0.5
"""Discovery asks where an outcome is at least this probable."""


@dataclass(frozen=True)
class Discovery:
    """Where an outcome is likely.

    Attributes
    ----------
    outcome
        Of interest are the points at which it is at least `LIKELY`.
    boxes
        The conditions found, none if none help.
    of_interest, points
        How many of all points, those to find and those to judge, are of interest.
    """

    outcome: Outcome
    boxes: tuple[Box, ...]
    of_interest: int
    points: int

    def table(self) -> "pd.DataFrame":
        """Return a row a limit, with the scores of its box: as found, and as judged by other points."""
        import pandas as pd

        rows = []
        for number, box in enumerate(self.boxes, start=1):
            scores = {**_columns("found", box.found), **_columns("judged", box.judged)}
            place = {"outcome": self.outcome[0], "iso3": self.outcome[1], "box": number}
            rows += [{**place, **asdict(limit), **scores} for limit in box.limits]
        return pd.DataFrame(rows)


def _columns(name: str, score: Score) -> dict[str, float]:
    columns: dict[str, float] = {f"{name}_{key}": value for key, value in asdict(score).items()}
    for measure, interval in (("coverage", score.coverage), ("density", score.density)):
        for bound, value in interval._asdict().items():
            end = "" if bound == "estimate" else f"_{bound}"
            columns[f"{name}_{measure}{end}"] = float(value)
    return columns


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """What matters for where a coalition ends.

    Attributes
    ----------
    case, factors, options
        What was asked.
    outcomes
        The outcomes asked about.
    spread
        A row an outcome: its mean, standard deviation and extremes over the points, and `noise`, the share of
        its variance over the points that the limited number of runs could at most account for. The points are
        those of the Sobol indices, else of the elementary effects.
    indices
        Sobol indices of every outcome and nation, see `sobol_indices`; empty without that method.
    convergence
        The same from ever more points, of the outcomes asked about.
    morris
        Elementary effects of every outcome and nation, see `morris_effects`.
    discoveries
        Conditions, if asked for: of every probability asked about, else of the required force being met.
    """

    case: Case
    factors: Factors
    options: SensitivityOptions
    outcomes: tuple[Outcome, ...]
    spread: "pd.DataFrame"
    indices: "pd.DataFrame"
    convergence: "pd.DataFrame"
    morris: "pd.DataFrame"
    discoveries: tuple[Discovery, ...] = ()

    @property
    def points(self) -> dict[str, int]:
        """How many points each part took."""
        return self.options.points(len(self.factors.all))

    def of(self, table: "pd.DataFrame", outcome: Outcome) -> "pd.DataFrame":
        """Return the rows of a table that are about an outcome."""
        return table[(table["outcome"] == outcome[0]) & (table["iso3"] == outcome[1])]

    def settled(self, outcome: Outcome) -> "Settled | None":
        """Tell how far Sobol indices have settled; nothing if they were not estimated, or are missing."""
        if self.convergence.empty:
            return None
        table = self.of(self.convergence, outcome).query("index == 'total'")
        if table["estimate"].isna().any():
            return None
        most = table["samples"].max()
        last, half = (table[table["samples"] == samples] for samples in (most, most // 2))
        return Settled(
            widest=float((last["high"] - last["low"]).max()),
            leading=_leading(last),
            leading_from_half=_leading(half) if len(half) else None,
        )


@dataclass(frozen=True)
class Settled:
    """How far Sobol indices have settled.

    Attributes
    ----------
    widest
        Width of the widest interval of a total effect.
    leading, leading_from_half
        The factors whose total effect is at least `LEADING`, in its order; the same from half of the points.
    """

    widest: float
    leading: tuple[str, ...]
    leading_from_half: tuple[str, ...] | None

    @property
    def same_factors_lead(self) -> bool:
        """Whether half of the points tell the same factors from the rest."""
        return self.leading_from_half is not None and set(self.leading) == set(self.leading_from_half)


def _leading(totals: "pd.DataFrame") -> tuple[str, ...]:
    ranked = totals.sort_values("estimate", ascending=False, kind="stable")
    return tuple(ranked[ranked["estimate"] >= LEADING]["factor"])


def sensitivity(
    case: Case,
    factors: Factors,
    options: SensitivityOptions,
    *,
    threads: int = 0,
    progress: Progress = lambda _: None,
) -> Sensitivity:
    """Find out which factors matter most.

    Parameters
    ----------
    case
        The scenario and what it is run with. Levers are set in round 1: what later events of the scenario
        set, they set again.
    factors
        What varies, see `factors_of`.
    options
        What is estimated, from how many points and runs.
    threads
        0 for one a core; the result does not depend on it.
    progress
        Told the number of runs done.

    Raises
    ------
    InputError
        For an outcome that there is not, or values that factors cannot take.
    """
    outcomes = tuple(find_outcome(name, case.roster.iso3) for name in options.outcomes)
    if options.discover:
        require_prim()
        _refuse_words(factors)

    def run(design: Design, seed: int) -> "Sample":
        shares = design.points(unit_factors(factors.all), seed)
        points = at_shares(factors.all, shares)
        runs = Runs(options.runs, options.seed)
        return Sample(shares, points, estimate(case, points, runs, threads=threads, progress=progress))

    return _analysed(case, factors, options, outcomes, run)


@dataclass(frozen=True, eq=False)
class Sample:
    """Points, as shares of the factors' ranges and as values, and what was found at them."""

    shares: "pd.DataFrame"
    points: "pd.DataFrame"
    found: Estimates


def _analysed(
    case: Case,
    factors: Factors,
    options: SensitivityOptions,
    outcomes: tuple[Outcome, ...],
    run: Callable[[Design, int], Sample],
) -> Sensitivity:
    import pandas as pd

    seed, paths, second = options.seed, factors.paths, options.second_order
    tables = {"indices": pd.DataFrame(), "convergence": pd.DataFrame(), "morris": pd.DataFrame()}
    discoveries: tuple[Discovery, ...] = ()
    if "morris" in options.parts:
        sample = run(Morris(options.trajectories), seed)
        found, shares = sample.found, sample.shares.to_numpy()
        tables["morris"] = _by_outcome(
            found, found.columns, lambda y: morris_effects(paths, shares, y, seed=seed)
        )
    if "sobol" in options.parts:
        found = run(Saltelli(options.samples, second), seed).found
        tables["indices"] = _all_indices(paths, found, outcomes, options)
        tables["convergence"] = _by_outcome(
            found, outcomes, lambda y: convergence(paths, y, seed=seed, second_order=second)
        )
    if "discovery" in options.parts:
        design = LatinHypercube(options.discovery_points)
        search, judge = run(design, seed), run(design, seed + 1)
        discoveries = tuple(_discovery(search, judge, target) for target in _targets(outcomes))
    return Sensitivity(case, factors, options, outcomes, _spread(found), discoveries=discoveries, **tables)


def _all_indices(
    paths: Sequence[str], found: Estimates, outcomes: tuple[Outcome, ...], options: SensitivityOptions
) -> "pd.DataFrame":
    """Return first-order and total indices of everything, those of pairs for the outcomes asked about."""
    seed, second = options.seed, options.second_order
    single = found
    if second:
        blocks = found.estimate.reshape(options.samples, 2 * len(paths) + 2, -1)
        needed = blocks[:, [*range(len(paths) + 1), -1]].reshape(-1, len(found.columns))
        single = found._replace(estimate=needed)
    table = _by_outcome(single, found.columns, lambda y: sobol_indices(paths, y, seed=seed))
    if not second:
        return table
    import pandas as pd

    pairs = _by_outcome(
        found, outcomes, lambda y: sobol_indices(paths, y, seed=seed, second_order=True)
    ).query("index == 'second'")
    return pd.concat([table, pairs], ignore_index=True)


def _by_outcome(
    found: Estimates, outcomes: Sequence[Outcome], analyse: Callable[[Floats], "pd.DataFrame"]
) -> "pd.DataFrame":
    """Return the analyses of outcomes under each other."""
    import pandas as pd

    tables = []
    for outcome, iso3 in outcomes:
        table = analyse(found.of(outcome, iso3))
        table.insert(0, "outcome", outcome)
        table.insert(1, "iso3", iso3)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _spread(found: Estimates) -> "pd.DataFrame":
    """Describe every outcome over the points of a design."""
    import pandas as pd

    values = found.estimate
    variance = values.var(axis=0)
    noise = _noise(found).mean(axis=0)
    outcomes, nations = zip(*found.columns, strict=True)
    return pd.DataFrame(
        {
            "outcome": outcomes,
            "iso3": nations,
            "mean": values.mean(axis=0),
            "deviation": np.sqrt(variance),
            "least": values.min(axis=0),
            "most": values.max(axis=0),
            "noise": noise / np.where(variance > 0, variance, np.nan),
            "points": len(values),
            "runs": found.runs,
        }
    )


def _noise(found: Estimates) -> Floats:
    """Return the variance of each estimate that is due to the limited number of its runs."""
    is_share = np.array([outcome.startswith("p_") for outcome, _ in found.columns])
    of_share = found.estimate * (1.0 - found.estimate) / found.runs
    of_mean = ((found.high - found.low) / (2 * Z_95)) ** 2
    return np.where(is_share, of_share, of_mean)


def _targets(outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    """Return what discovery asks about."""
    return tuple(outcome for outcome in outcomes if outcome[0].startswith("p_")) or (TARGET,)


def _discovery(search: Sample, judge: Sample, target: Outcome) -> Discovery:
    searched, judged = (_likely(sample.found, target) for sample in (search, judge))
    boxes = discover(search.points, searched, judge.points, judged)
    return Discovery(
        target, boxes, int(searched.sum() + judged.sum()), len(search.points) + len(judge.points)
    )


def _likely(found: Estimates, outcome: Outcome) -> NDArray[np.bool_]:
    return np.asarray(found.of(*outcome) >= LIKELY)


def _refuse_words(factors: Factors) -> None:
    for factor in factors.all:
        if not all(isinstance(value, float | int) for value in factor.extremes):
            raise InputError(f"{factor.path} takes words; boxes need numbers", file="--discover")
