"""How far two fits of the same data differ, that were drawn with other seeds: `python -m benchmarks fits`."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

import sim
from benchmarks.report import Table
from sim.declarations.words import Stance

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
        pairs = [
            (one, other)
            for scenario in SCENARIOS
            for one, other in zip(headlines(scenario, None), headlines(scenario, anew), strict=True)
        ]
    names = dict.fromkeys(one.name for one, _ in pairs)
    return Table(
        f"Two fits of {HINDCAST} by other seeds: {len(pairs)} headline numbers of {len(SCENARIOS)} scenarios",
        ("", "numbers", "largest standard error", "largest difference", "within 3 joint errors"),
        [_row(name, [pair for pair in pairs if pair[0].name == name]) for name in names],
        f"Differences of the seeds 1 and {seed}, {DRAWS:,} draws each, {KEPT:,} kept; {RUNS:,} runs a "
        "scenario, of the same draws of chance. Standard errors are clustered by draw. They may be "
        f"{NATIONS} nations and {PROBABILITY:.0%}.",
    )


def headlines(scenario: str, parameters: Path | None) -> Iterator[Headline]:
    """Yield the headline numbers of a scenario under a fit."""
    result = sim.run(scenario, runs=RUNS, parameters=parameters, trajectories=True)
    runs, ends = result.runs, result.trajectories
    last = ends[(ends["round"] == ends["round"].max()) & (ends["iso3"] == NATION)]
    enough = runs["force"] >= result.case.scenario.force_required
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
