"""What the model expects of a wave, and why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from sim.declarations.parameters import MECHANISMS
from sim.declarations.records import Terms
from sim.declarations.words import Stance
from sim.experiments.hindcast.scores import Flags, Floats, as_coded, size_distribution
from sim.experiments.run import RunOptions, simulate_case
from sim.inputs.case import PARAMETER_PREFIX, Case
from sim.model.tally import HOLDS_BACK, Records

Progress = Callable[[int], None]

CHUNK = 64
"""Runs whose terms are kept at a time: a few megabytes."""


@dataclass(frozen=True, eq=False)
class Forecast:
    """A forecast of the positions that are recorded in a wave.

    Attributes
    ----------
    runs
        Probabilities of the recorded stances in each run, (runs, nations, stances): those of the model are
        sure but for the coding error; a baseline is a single run.
    """

    runs: Floats

    @property
    def probabilities(self) -> Floats:
        """Probabilities of the recorded stances, (nations, stances)."""
        return np.asarray(self.runs.mean(axis=0))

    def sizes(self, among: Flags) -> Floats:
        """Return the distribution of the number of nations recorded as committed, among some."""
        return np.asarray(size_distribution(self.runs[:, among, Stance.COMMITTED]).mean(axis=0))

    def parts(self, number: int) -> list["Forecast"]:
        """Return the forecasts that so many parts of the runs alone would make."""
        return [Forecast(part) for part in np.array_split(self.runs, number)]


class Why(NamedTuple):
    """What the propensities of nations are made of, as means over the runs, and what keeps nations out."""

    before: Floats  # (nations, 1 + terms) at the start: predisposition, then each term
    after: Floats  # the same in the wave's round
    held_back: Floats  # (nations, HOLDS_BACK) share of the runs in which it is not committed
    is_out: Floats  # (nations,) share of the runs


def without_mechanisms(case: Case) -> Case:
    """Return a case with the same anchors, ladder and decision pressure, and nothing that moves nations."""
    return case.with_overrides({PARAMETER_PREFIX + name: 0.0 for name in MECHANISMS})


def is_pressed(case: Case) -> bool:
    """Tell whether governments are ever pressed to declare themselves."""
    return bool((case.timeline.level("decision_pressure") > 0).any())


def without_decision_pressure(case: Case) -> Case:
    """Return a case in which governments are at no time pressed to declare themselves."""
    return replace(case, timeline=case.timeline.with_level("decision_pressure", 0.0))


def forecast_waves(
    case: Case,
    rounds: Sequence[int],
    coding_error: float,
    options: RunOptions,
    progress: Progress = lambda _: None,
) -> list[Forecast]:
    """Run a case and return what it expects to be recorded in some rounds.

    Parameters
    ----------
    case
        What is run.
    rounds
        When it is read.
    coding_error
        Probability that a stance is recorded as a neighbouring one.
    options
        Which runs.
    progress
        Told the number of runs each time some are done.
    """
    chunks: list[np.ndarray] = []

    def keep(_: int, records: Records) -> None:
        chunks.append(records.stance[:, rounds])
        progress(len(records.stance))

    simulate_case(case, replace(options, trajectories=True), keep, counted=0)
    stances = np.concatenate(chunks)
    sure = np.eye(len(Stance))
    return [Forecast(as_coded(sure[stances[:, place]], coding_error)) for place in range(len(rounds))]


def why(case: Case, round_: int, options: RunOptions, progress: Progress = lambda _: None) -> Why:
    """Return what moves nations up to a round, and what keeps them out in it.

    Parameters
    ----------
    case, options, progress
        As for `forecast_waves`.
    round_
        The round that is looked at.
    """
    from sim.model.ensemble import Execution, Keep, simulate
    from sim.model.setup import build_setup

    nations = len(case.roster.iso3)
    sums = np.zeros((2, nations, 1 + len(Terms._fields)))

    def add(_: int, records: Records) -> None:
        for place, step in enumerate((0, round_)):
            sums[place, :, 0] += records.predisposition[:, step].sum(axis=0)
            sums[place, :, 1:] += records.terms[:, step].sum(axis=0)
        progress(len(records.terms))

    case = case.with_overrides({"rounds": round_})  # reasons are counted in the last round
    setup = build_setup(case.scenario, case.roster, case.parameters, case.timeline)
    execution = Execution(threads=options.threads, chunk=CHUNK)
    runs, keep = range(options.runs), Keep(trajectories=True, terms=True, counted=1)
    tally = simulate(setup, options.seed, runs, sink=add, keep=keep, execution=execution)
    out = options.runs - tally.stances[-1, :, Stance.COMMITTED]
    shares = tally.held_back / np.maximum(out, 1)[:, np.newaxis]
    before, after = sums / options.runs
    return Why(before, after, shares, out / options.runs)


def main_obstacle(reasons: Why, nation: int) -> tuple[str, float] | None:
    """Return what most often keeps a nation out, with its share of the runs in which it is out."""
    if reasons.is_out[nation] == 0.0:
        return None
    reason = int(reasons.held_back[nation].argmax())
    return HOLDS_BACK[reason], float(reasons.held_back[nation, reason])
