"""What the model expects of a wave, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from sim.declarations.arrays import Flags, Floats
from sim.declarations.parameters import INTERACTION
from sim.declarations.records import Terms
from sim.declarations.words import Stance
from sim.experiments.hindcast.scores import readings, size_distribution
from sim.experiments.independent import independent_runs
from sim.experiments.progress import Progress
from sim.experiments.results import reason
from sim.experiments.runs import Runs
from sim.experiments.simulate import simulate_case
from sim.inputs.case import Case
from sim.inputs.keys import parameter_key
from sim.inputs.parameters import Parameters
from sim.inputs.prior import JointPrior
from sim.model.ensemble import ENDS, Execution, Keep, simulate
from sim.model.setup import build_setup
from sim.model.tally import HOLDS_BACK, Records

MECHANISMS = ("reach", "demand", *INTERACTION)
"""All that moves nations but wandering words: levels, demands that come to be met, other nations."""

PRIOR_DRAWS = 1024

CHUNK = 64
"""Runs whose terms are kept at a time: a few megabytes."""


@dataclass(frozen=True, eq=False)
class PositionForecast:
    """A forecast of the positions that are recorded in a wave.

    Attributes
    ----------
    runs
        Probabilities of the recorded stances in each run, (runs, nations, stances): those of the model are
        sure but for the error of readings; a baseline is a single run.
    independent
        How many of the runs count for the error due to their number; all if None.
    """

    runs: Floats
    independent: int | None = None

    @property
    def probabilities(self) -> Floats:
        """Probabilities of the recorded stances, (nations, stances)."""
        return np.asarray(self.runs.mean(axis=0))

    def sizes(self, among: Flags) -> Floats:
        """Return the distribution of the number of nations recorded as committed, among some."""
        return np.asarray(size_distribution(self.runs[:, among, Stance.COMMITTED]).mean(axis=0))

    def parts(self, number: int) -> list["PositionForecast"]:
        """Return the forecasts that so many parts of the runs alone would make."""
        return [PositionForecast(part) for part in np.array_split(self.runs, number)]


class PropensityMeans(NamedTuple):
    """What the propensities of nations are made of, as means over the runs, and what keeps nations out."""

    before: Floats  # (nations, 1 + terms) at the start: predisposition, then each term
    after: Floats  # the same in the wave's round
    held_back: Floats  # (nations, HOLDS_BACK) share of the runs in which it is not committed
    is_out: Floats  # (nations,) share of the runs
    has_statement: Flags  # (nations,) whether a position is known


def without_interaction(case: Case) -> Case:
    """Return a case in which no nation moves another."""
    return _switched_off(case, INTERACTION)


def without_mechanisms(case: Case) -> Case:
    """Return a case with the same anchors and ladder in which words wander, and nothing else moves."""
    return _switched_off(case, MECHANISMS)


def _switched_off(case: Case, parameters: Sequence[str]) -> Case:
    return case.with_overrides({parameter_key(name): 0.0 for name in parameters})


def with_draws(case: Case, rows: Floats) -> Case:
    """Return a case with so many sets of parameters, (sets, PARAMETERS); the scenario's own go before."""
    return replace(case, parameters=Parameters(rows).with_values(case.scenario.parameters))


def last_statement_and_noise(case: Case, prior: JointPrior, seed: int) -> Case:
    """Return a case in which the last statements wander as was believed before any was compared with them."""
    return without_mechanisms(with_draws(case, prior.rows(prior.drawn(PRIOR_DRAWS, seed))))


def forecast_wave(case: Case, runs: Runs, progress: Progress = lambda _: None) -> PositionForecast:
    """Run a case and return what it expects to be recorded at its end.

    Parameters
    ----------
    case
        What is run.
    runs
        Which runs.
    progress
        Told the number of runs each time some are done.
    """
    chunks: list[np.ndarray] = []

    def sink(_: int, records: Records) -> None:
        chunks.append(records.stance[:, -1].copy())
        progress(len(records.stance))

    simulate_case(case, runs, sink, keep=ENDS)
    return PositionForecast(readings()[np.concatenate(chunks)], independent_runs(case, runs.number))


def why(case: Case, runs: Runs, progress: Progress = lambda _: None) -> PropensityMeans:
    """Return what moves nations up to the end of a case, and what keeps them out then.

    Parameters
    ----------
    case, runs, progress
        As for `forecast_wave`.
    """
    nations = len(case.roster.iso3)
    sums = np.zeros((2, nations, 1 + len(Terms._fields)))

    def add(_: int, records: Records) -> None:
        for place, step in enumerate((0, -1)):
            sums[place, :, 0] += records.predisposition[:, step].sum(axis=0)
            sums[place, :, 1:] += records.terms[:, step].sum(axis=0)
        progress(len(records.terms))

    setup = build_setup(case.scenario, case.roster, case.parameters, case.timeline)
    execution = Execution(threads=runs.threads, chunk=CHUNK)
    numbers, keep = range(runs.number), Keep(trajectories=True, terms=True, counted=1)
    tally = simulate(setup, runs.seed, numbers, sink=add, keep=keep, execution=execution)
    out = runs.number - tally.stances[-1, :, Stance.COMMITTED]
    shares = tally.held_back / np.maximum(out, 1)[:, np.newaxis]
    before, after = sums / runs.number
    return PropensityMeans(before, after, shares, out / runs.number, case.timeline.has_statement)


def main_obstacle(reasons: PropensityMeans, nation: int) -> tuple[str, float] | None:
    """Return what most often keeps a nation out, with its share of the runs in which it is out."""
    if reasons.is_out[nation] == 0.0:
        return None
    most = int(reasons.held_back[nation].argmax())
    counted, stated = HOLDS_BACK[most], bool(reasons.has_statement[nation])
    return reason(counted, stated), float(reasons.held_back[nation, most])
