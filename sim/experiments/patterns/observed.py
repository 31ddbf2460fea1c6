"""The worlds that checks measure in, simulated: where each run stood on the day on which it is read."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.declarations.arrays import Floats
from sim.declarations.words import Stance
from sim.experiments.explain.drawn import drawn_deployable, drawn_parameter
from sim.experiments.independent import independent_runs
from sim.experiments.progress import Progress
from sim.experiments.runs import Runs
from sim.experiments.simulate import simulate_case
from sim.inputs.case import Case
from sim.inputs.patterns_file import Patterns, Snapshot
from sim.model import rules
from sim.model.ensemble import RECORDED
from sim.model.setup import build_setup
from sim.model.tally import RUN_COLUMNS, Records

CONTRIBUTORS = RUN_COLUMNS.index("contributors")

pledge = np.vectorize(rules.pledge, otypes=[np.float64])


@dataclass(frozen=True, eq=False)
class WorldRuns:
    """The runs of a world on the day on which it is read.

    Attributes
    ----------
    case
        What was run.
    round
        When it is read.
    stance, propensity
        Shape (runs, nations).
    deployable
        Soldiers that each nation can send, as drawn in each run, shape (runs, nations).
    cut
        Log-odds between being open and committed, shape (runs,).
    contributors
        How many nations give any military contribution at the end, shape (runs,).
    first_joined
        The round in which a nation was first committed, a large number if it never was until then; shape
        (runs, nations).
    """

    case: Case
    round: int
    stance: NDArray[np.int8]
    propensity: Floats
    deployable: Floats
    cut: Floats
    contributors: Floats
    first_joined: NDArray[np.int32]

    @property
    def independent(self) -> int:
        """How many of the runs intervals count on."""
        return independent_runs(self.case, len(self.stance))

    @property
    def committed(self) -> NDArray[np.bool_]:
        """Whether a nation is committed, shape (runs, nations)."""
        return np.asarray(self.stance == Stance.COMMITTED)

    @property
    def pledges(self) -> Floats:
        """Soldiers that each nation pledges, shape (runs, nations)."""
        stance = self.stance.astype(np.float64)
        return np.asarray(pledge(stance, self.deployable, self.propensity, self.cut[:, np.newaxis]))

    def columns(self, words: tuple[str, ...]) -> NDArray[np.bool_]:
        """Return which nations are among those named, by whatever name."""
        roster = self.case.roster
        return np.isin(roster.iso3, [roster.nations.official(word) for word in words])


class Observer:
    """Simulates worlds, each once.

    Parameters
    ----------
    patterns
        Whose worlds.
    parameters
        File of behavioural parameters; the bundled ones if none.
    runs
        Which runs; run k is the same draws in all worlds (common random numbers).
    progress
        Told the number of runs each time some are done.
    """

    def __init__(self, patterns: Patterns, parameters: Path | None, runs: Runs, progress: Progress) -> None:
        self._patterns, self._parameters = patterns, parameters
        self._runs, self._progress = runs, progress
        self._seen: dict[Snapshot, WorldRuns] = {}

    def __call__(self, world: Snapshot) -> WorldRuns:
        """Return a world's runs."""
        if world not in self._seen:
            case = self._patterns.case(world, self._parameters)
            self._seen[world] = observe(case, world.round_in(case), self._runs, self._progress)
        return self._seen[world]


def observe(case: Case, round_: int, runs: Runs, progress: Progress = lambda _: None) -> WorldRuns:
    """Simulate a case and keep where every run stands in a round."""
    parts: list[tuple[NDArray[Any], ...]] = []

    def sink(_: int, records: Records) -> None:
        until = records.stance[:, : round_ + 1] == Stance.COMMITTED
        first = np.where(until.any(axis=1), until.argmax(axis=1), np.iinfo(np.int32).max)
        state = records.stance[:, round_].copy(), records.propensity[:, round_].copy()
        parts.append((*state, records.runs[:, CONTRIBUTORS].copy(), first.astype(np.int32)))
        progress(len(records.runs))

    simulate_case(case, runs, sink, keep=RECORDED)
    stance, propensity, contributors, first_joined = map(np.concatenate, zip(*parts, strict=True))
    setup = build_setup(case.scenario, case.roster, case.parameters, case.timeline)
    return WorldRuns(
        case,
        round_,
        stance,
        propensity,
        drawn_deployable(setup, runs),
        drawn_parameter(setup, runs, "cut_committed"),
        contributors,
        first_joined,
    )
