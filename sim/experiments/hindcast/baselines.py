"""Forecasts that know nothing of the model, for it to be compared with.

Each gives probabilities of true stances, (nations, stances); as those of the model they pass through the
error of readings before they are scored.
"""

from collections.abc import Sequence

import numpy as np

from sim.declarations.arrays import Floats
from sim.declarations.words import Stance
from sim.experiments.hindcast.forecasts import PositionForecast
from sim.experiments.hindcast.scores import ObservedStances, as_read
from sim.experiments.hindcast.waves import Wave

PERSISTENCE, CLIMATOLOGY, MARKOV = "persistence", "climatology", "markov"

FURTHER = 0.25
"""How much less likely a change of rung is thought, before any was seen, than one of a rung less."""


def baselines(start: ObservedStances, others: Sequence[Wave]) -> dict[str, PositionForecast]:
    """Return all of them by name, as forecasts of what is recorded.

    Parameters
    ----------
    start, others
        As for `markov_chain`; where there are no other waves there is no chain.
    """
    known = {PERSISTENCE: persistence(start), CLIMATOLOGY: climatology(start)}
    if others:
        known[MARKOV] = markov_chain(start, others)
    return {name: PositionForecast(as_read(true)[np.newaxis]) for name, true in known.items()}


def persistence(start: ObservedStances) -> Floats:
    """Return that every nation stays where it was at the start."""
    return start.probabilities


def climatology(start: ObservedStances) -> Floats:
    """Return the shares of the nations on each rung at the start, the same for every nation."""
    shares = start.probabilities[start.is_known].mean(axis=0)
    return np.tile(shares, (len(start.least), 1))


def markov_chain(start: ObservedStances, others: Sequence[Wave]) -> Floats:
    """Return what nations on the same rung had become in the other waves, each from its own start.

    Parameters
    ----------
    start
        Where nations stood.
    others
        The waves that the changes are counted in, at least one; not the wave that is forecast. Those after
        it are knowledge that no forecaster had.
    """
    chain = transitions(others)
    return np.asarray((start.probabilities[:, :, np.newaxis] * chain).sum(axis=1))


def transitions(waves: Sequence[Wave]) -> Floats:
    """Return probabilities of each rung (column) by the rung at the start (row).

    Counts of changes from the start to the waves, smoothed: on each rung one more nation is counted, spread
    over where it might have gone, a quarter as much for each further rung (a choice: half of the rungs hold
    some six nations, and a change that was not seen is not impossible).
    """
    rungs = np.arange(len(Stance))
    spread = FURTHER ** np.abs(rungs[:, np.newaxis] - rungs)
    counts = spread / spread.sum(axis=1, keepdims=True)
    for wave in waves:
        seen = wave.is_scored
        before = wave.start.probabilities[seen]
        after = wave.observed.probabilities[seen]
        counts = counts + (before[:, :, np.newaxis] * after[:, np.newaxis, :]).sum(axis=0)
    return np.asarray(counts / counts.sum(axis=1, keepdims=True))
