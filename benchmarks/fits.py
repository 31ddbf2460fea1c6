"""How far two fits of the same data differ: `python -m benchmarks fits bootstrap`.

One was drawn with another seed; the other takes the best guess of many sets of past coalitions.
"""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

import sim
from benchmarks.report import Table
from sim.declarations.words import Stance
from sim.experiments.evidence.resampling import resampled_effects
from sim.inputs.case import Case, load_case
from sim.inputs.coalitions.draws_file import ABOUT
from sim.inputs.coalitions.draws_file import DRAWS as PAST_DRAWS
from sim.inputs.coalitions.reading import load_coalitions

SCENARIOS = (
    *("brussels-2025-04", "us-backstop", "ceasefire", "russian-escalation"),
    *("paris-2026-01", "paris-us-backstop", "paris-un-mandate", "paris-us-withdrawal"),
    *("paris-clear-mandate", "paris-ceasefire"),
)
HINDCAST, DRAWS, KEPT = "europe-2025", 16_384, 1_000
"""As the bundled fit was made; each draw that is kept is one run of a thousand."""

RUNS = 4 * KEPT
NATION = "DEU"
NATIONS, PROBABILITY = 0.3, 0.03
"""The largest standard errors of a headline number, in nations and as a share, that fits may leave."""

RESAMPLES = 1_000
"""Sets of past coalitions, each fitted."""

MOST = 3.0
"""How many joint standard errors two fits may lie apart."""


class Headline(NamedTuple):
    """A headline number under a fit, and what another sample of its draws would move it by."""

    name: str
    value: float
    error: float


def agreement(seed: int = 2) -> Table:
    """Fit anew with another seed and compare the numbers of ten scenarios with those of the bundled fit."""
    with tempfile.TemporaryDirectory() as folder:
        sim.calibrate(HINDCAST, draws=DRAWS, kept=KEPT, seed=seed, out=folder)
        (anew,) = Path(folder).rglob("posterior.parquet")
        cases = [(load_case(name), load_case(name, (), anew)) for name in SCENARIOS]
        return _compared(
            f"Two fits of {HINDCAST} by other seeds",
            cases,
            f"Differences of the seeds 1 and {seed}, {DRAWS:,} draws each, {KEPT:,} kept.",
        )


def over_coalitions() -> Table:
    """Learn from past coalitions by a bootstrap over them, and compare the numbers of ten scenarios."""
    cases = [load_case(name) for name in SCENARIOS]
    with tempfile.TemporaryDirectory() as folder:
        _learn_by_bootstrap(cases[0], Path(folder))
        return _compared(
            "Past coalitions learned from by a posterior, and by a bootstrap",
            [(case, _learning_from(case, Path(folder))) for case in cases],
            "The posterior is drawn, with the doubt of those who coded the coalitions. The bootstrap takes "
            f"the best guess of each of {RESAMPLES:,} sets of families of coalitions, drawn with "
            "replacement, under a prior whose mean is drawn.",
        )


def _learn_by_bootstrap(case: Case, folder: Path) -> None:
    """Write a folder of draws of what coalitions teach, one of each of their sets."""
    effects = resampled_effects(load_coalitions(case.roster.past).forces(), RESAMPLES)
    effects.to_parquet(folder / PAST_DRAWS, index=False)
    shutil.copy(case.roster.posterior / ABOUT, folder)


def _learning_from(case: Case, posterior: Path) -> Case:
    as_candidates = replace(case.roster.as_candidates, posterior=posterior)
    return replace(case, roster=replace(case.roster, as_candidates=as_candidates))


def _compared(title: str, cases: list[tuple[Case, Case]], notes: str) -> Table:
    """Return how far the headline numbers of scenarios lie apart under two fits."""
    pairs = [pair for one, other in cases for pair in zip(headlines(one), headlines(other), strict=True)]
    names = dict.fromkeys(one.name for one, _ in pairs)
    return Table(
        f"{title}: {len(pairs)} headline numbers of {len(cases)} scenarios",
        ("", "numbers", "largest standard error", "largest difference", "within 3 joint errors"),
        [_row(name, [pair for pair in pairs if pair[0].name == name]) for name in names],
        f"{notes} {RUNS:,} runs a scenario, of the same draws of chance. Standard errors are clustered by "
        f"draw. They may be {NATIONS} nations and {PROBABILITY:.0%}.",
    )


def headlines(case: Case) -> Iterator[Headline]:
    """Yield the headline numbers of a scenario under a fit."""
    result = sim.run(case, runs=RUNS, trajectories=True)
    runs, ends = result.runs, result.trajectories
    last = ends[(ends["round"] == ends["round"].max()) & (ends["iso3"] == NATION)]
    enough = runs["force"] >= case.scenario.force_required
    yield _headline("declare soldiers on land", runs["size"])
    yield _headline("contribute any military means", runs["contributors"])
    yield _headline("P(pledged as required)", enough)
    yield _headline(f"P({NATION} declares soldiers)", last["stance"] == Stance.COMMITTED)


def _headline(name: str, outcomes: object) -> Headline:
    """Return the mean, and its standard error over draws: run k has draw k modulo those kept."""
    by_draw = np.asarray(outcomes, float).reshape(-1, KEPT).mean(axis=0)
    return Headline(name, float(by_draw.mean()), float(by_draw.std(ddof=1) / np.sqrt(KEPT)))


def _row(name: str, pairs: list[tuple[Headline, Headline]]) -> tuple[str, ...]:
    error = max(headline.error for pair in pairs for headline in pair)
    differences = [abs(one.value - other.value) for one, other in pairs]
    joint = [float(np.hypot(one.error, other.error)) for one, other in pairs]
    within = sum(apart <= MOST * wide for apart, wide in zip(differences, joint, strict=True))
    return name, str(len(pairs)), f"{error:.3f}", f"{max(differences):.3f}", f"{within} of {len(pairs)}"
