"""What is drawn once a run, for many runs at once: the very numbers that the model works with."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.declarations.arrays import Floats
from sim.declarations.levels import CONDITIONS, LEVERS, MOVED
from sim.declarations.records import Behaviour, Levels
from sim.experiments.runs import Runs
from sim.model import draws, rules
from sim.model.setup import CHANGED, Setup

RandomWords = NDArray[np.uint64]

level = np.vectorize(rules.drawn_level, otypes=[np.float64])
deployable = np.vectorize(rules.drawn_deployable, otypes=[np.float64])
met_share = np.vectorize(rules.met_share, otypes=[np.float64])
# These take arrays as they are.
threshold: Any = rules.drawn_threshold
met: Any = rules.met


def drawn_deployable(setup: Setup, runs: Runs) -> Floats:
    """Return the soldiers that every nation can deploy, shape (runs, nations)."""
    draw = _first_draws(setup, runs, np.array([draws.DEPLOYABLE]))[:, :, 0]
    return np.asarray(deployable(setup.nations["deployable"], draw))


def drawn_slopes(setup: Setup, runs: Runs, lever: str) -> Floats:
    """Return what a unit of a lever adds to any contribution, in log-odds; shape (runs, nations)."""
    rows = np.arange(runs.number) % len(setup.slopes)
    return np.asarray(setup.slopes[rows, :, LEVERS.index(lever)])


def drawn_parameter(setup: Setup, runs: Runs, name: str) -> Floats:
    """Return a behavioural parameter of every run, shape (runs,)."""
    return np.resize(setup.behaviour[Behaviour._fields.index(name)], runs.number)


def drawn_thresholds(setup: Setup, runs: Runs) -> Floats:
    """Return the thresholds of stated conditions, shape (runs, nations, CONDITIONS); -inf: no condition."""
    traits = setup.nations
    draw = _first_draws(setup, runs, draws.CONDITION_PURPOSES)
    return np.asarray(threshold(traits["at_least"], traits["at_least_half_widths"], draw))


def drawn_levels(setup: Setup, runs: Runs, round_: int, happened: Floats) -> Levels:
    """Return the levels that the scenario sets, as they hold in a round, each of shape (runs,).

    Parameters
    ----------
    setup, runs, round_
        Of what.
    happened
        When events happened that some runs only see, shape (runs, events).
    """
    now = setup.rounds[round_]
    values, set_in = (np.tile(now[name], (runs.number, 1)) for name in ("levels", "level_set_in"))
    for event, in_round in zip(setup.contingents, happened.T, strict=True):
        for change in setup.changes[event.first_change : event.end_of_changes]:
            if CHANGED[change.changed] == "level":
                is_later = (in_round <= round_) & (in_round >= set_in[:, change.place])
                values[is_later, change.place] = change.value
                set_in[is_later, change.place] = in_round[is_later]
    everybody = np.array([draws.ALL_NATIONS])
    keys = draws.purpose_key(_run_keys(runs)[:, np.newaxis], draws.LEVEL_PURPOSES, everybody)
    draw = draws.uniform(keys, set_in.astype(np.uint64))
    return Levels(*level(values, setup.level_half_width, draw).T)


def actual_levels(setup: Setup, runs: Runs, moved: Floats, happened: Floats) -> Floats:
    """Return the levels of the last round that stated conditions are about, shape (runs, CONDITIONS).

    Parameters
    ----------
    setup, runs
        What was run.
    moved
        What the levels came to that policies and negotiations move, shape (runs, MOVED).
    happened
        When events happened that some runs only see, shape (runs, events).
    """
    ends = dict(zip(MOVED, moved.T, strict=True))
    actual = drawn_levels(setup, runs, setup.rounds.size - 1, happened)._replace(**ends)
    return np.column_stack([getattr(actual, name) for name in CONDITIONS])


def unmet(actual: Floats, demanded: Floats) -> NDArray[np.bool_]:
    """Return which stated conditions are not met; shapes are as for NumPy's broadcasting."""
    return ~np.asarray(met(actual, demanded))


def _first_draws(setup: Setup, runs: Runs, purposes: RandomWords) -> Floats:
    """Return the draws of purposes that are drawn for once a run, shape (runs, nations, purposes)."""
    codes = setup.nations["code"][:, np.newaxis]
    keys = draws.purpose_key(_run_keys(runs)[:, np.newaxis, np.newaxis], purposes, codes)
    return np.asarray(draws.uniform(keys, np.zeros(1, np.uint64)))


def _run_keys(runs: Runs) -> Any:
    seed = np.array([runs.seed], dtype=np.uint64)  # NumPy warns of overflow, which is meant, for scalars
    return draws.element(seed, np.arange(runs.number, dtype=np.uint64))
