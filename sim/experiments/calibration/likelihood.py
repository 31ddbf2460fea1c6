"""How likely recorded positions are under sets of parameters, and what that makes the sets worth."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.declarations.arrays import Floats, Integers
from sim.experiments.hindcast.forecasts import with_draws
from sim.experiments.hindcast.scores import ObservedStances, as_read, probability_of
from sim.experiments.hindcast.waves import Wave, observe
from sim.experiments.progress import Progress
from sim.experiments.runs import Runs
from sim.inputs.case import Case
from sim.inputs.hindcast_file import Hindcast, load_hindcast_cases
from sim.inputs.parameters import DECLARED
from sim.model.ensemble import Execution, Keep, simulate
from sim.model.setup import Setup, build_setup
from sim.system.threads import computing

EXTRA = 0.5
"""Runs counted on each rung beside those that ended there (Jeffreys 1946): nothing is impossible."""


@dataclass(frozen=True, eq=False)
class Target:
    """A hindcast that parameters are fitted to.

    Attributes
    ----------
    hindcast, cases
        What the model predicts, and from what: a case a wave, which ends with it.
    waves
        What was observed.
    """

    hindcast: Hindcast
    cases: tuple[Case, ...]
    waves: tuple[Wave, ...]


def load_target(source: Path | str) -> Target:
    """Read a hindcast, its cases and what was observed.

    Raises
    ------
    InputError
        For any mistake in any of the files.
    """
    hindcast, cases = load_hindcast_cases(source, parameters=DECLARED)
    return Target(hindcast, cases, observe(hindcast, cases))


def log_likelihoods(target: Target, rows: Floats, runs: Runs, progress: Progress = lambda _: None) -> Floats:
    """Return the logarithm of the probability of what was recorded in each wave, (sets, waves), in nats.

    Of waves that may not be fitted it is missing.

    Parameters
    ----------
    target
        What was observed.
    rows
        A row a set of parameters, a column a parameter in the order of PARAMETERS.
    runs
        Of each set; all sets have the same, that is the same draws of chance, so that chance favours none.
    progress
        Called with the number of runs done.
    """
    likelihoods = np.full((len(rows), len(target.waves)), np.nan)
    for place, (case, wave) in enumerate(zip(target.cases, target.waves, strict=True)):
        if wave.fitted:
            counts = count_stances(case, rows, runs, progress)
            likelihoods[:, place] = log_likelihood(counts, wave.observed)
    return likelihoods


def log_likelihood(counts: Integers, observed: ObservedStances) -> Floats:
    """Return the logarithm of the probability of what was observed, as if nations were independent, [...].

    Parameters
    ----------
    counts
        In how many runs nations stand on each rung, [..., nation, stance].
    observed
        What is known of each nation.
    """
    shares = (counts + EXTRA) / (counts + EXTRA).sum(axis=-1, keepdims=True)
    probabilities = probability_of(as_read(shares), observed)
    return np.asarray(np.log(probabilities[..., observed.is_known]).sum(axis=-1))


def count_stances(case: Case, rows: Floats, runs: Runs, progress: Progress = lambda _: None) -> Integers:
    """Return in how many runs of each set nations stand on each rung at the end, (sets, nations, stances)."""
    drawn = with_draws(case, rows)
    setup = build_setup(drawn.scenario, drawn.roster, drawn.parameters, drawn.timeline)

    def counted(row: int) -> Integers:
        tally = simulate(
            _of_set(setup, row),
            runs.seed,
            range(runs.number),
            sink=lambda *_: None,
            keep=Keep(counted=1),
            execution=Execution(threads=1),
        )
        progress(runs.number)
        return np.asarray(tally.stances[-1])

    with computing(Execution(threads=runs.threads).workers) as pool:
        return np.array(list(pool.map(counted, range(len(rows)))))


def _of_set(setup: Setup, row: int) -> Setup:
    """Return what runs share that all have one set of parameters."""
    return setup._replace(behaviour=np.ascontiguousarray(setup.behaviour[:, row : row + 1]))


# What sets are worth


def weights(log_likelihood: Floats) -> Floats:
    """Return weights in proportion to likelihoods, adding up to 1."""
    relative = np.exp(log_likelihood - log_likelihood.max())
    return np.asarray(relative / relative.sum())


def effective_size(weighted: Floats) -> float:
    """Return how many independent draws of the posterior weighted draws are worth (Kish 1965)."""
    return float(1.0 / (weighted * weighted).sum())


def systematic(weighted: Floats, number: int, generator: np.random.Generator) -> NDArray[np.intp]:
    """Return indices drawn in proportion to weights, each as often as due or once more (Carpenter 1999)."""
    places = (np.arange(number) + generator.random()) / number
    indices = np.searchsorted(np.cumsum(weighted), places, side="right")
    return np.asarray(np.minimum(indices, np.flatnonzero(weighted)[-1]), dtype=np.intp)
