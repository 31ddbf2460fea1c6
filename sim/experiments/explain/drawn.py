"""What is drawn once a run, for many runs at once: the very numbers that the model works with."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.declarations.levels import CONDITIONS, LEVERS, MOVED
from sim.declarations.records import Behaviour, Levels
from sim.experiments.runs import Runs
from sim.experiments.statistics import Floats
from sim.model import draws, rules
from sim.model.setup import Setup

Words = NDArray[np.uint64]

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


def drawn_levels(setup: Setup, runs: Runs, round_: int) -> Levels:
    """Return the levels that the scenario prescribes for a round, each of shape (runs,)."""
    now = setup.rounds[round_]
    everybody = np.array([draws.ALL_NATIONS])
    keys = draws.purpose_key(_run_keys(runs)[:, np.newaxis], draws.LEVEL_PURPOSES, everybody)
    draw = draws.uniform(keys, now["level_set_in"].astype(np.uint64))
    return Levels(*level(now["levels"], setup.level_half_width, draw).T)


def actual_levels(setup: Setup, runs: Runs, moved: Floats) -> Floats:
    """Return the levels of the last round that stated conditions are about, shape (runs, CONDITIONS).

    Parameters
    ----------
    setup, runs
        What was run.
    moved
        What the levels came to that policies and negotiations move, shape (runs, MOVED).
    """
    ends = dict(zip(MOVED, moved.T, strict=True))
    actual = drawn_levels(setup, runs, setup.rounds.size - 1)._replace(**ends)
    return np.column_stack([getattr(actual, name) for name in CONDITIONS])


def unmet(actual: Floats, demanded: Floats) -> NDArray[np.bool_]:
    """Return which stated conditions are not met; shapes are as for NumPy's broadcasting."""
    return ~np.asarray(met(actual, demanded))


def _first_draws(setup: Setup, runs: Runs, purposes: Words) -> Floats:
    """Return the draws of purposes that are drawn for once a run, shape (runs, nations, purposes)."""
    codes = setup.nations["code"][:, np.newaxis]
    keys = draws.purpose_key(_run_keys(runs)[:, np.newaxis, np.newaxis], purposes, codes)
    return np.asarray(draws.uniform(keys, np.zeros(1, np.uint64)))


def _run_keys(runs: Runs) -> Any:
    seed = np.array([runs.seed], dtype=np.uint64)  # NumPy warns of overflow, which is meant, for scalars
    return draws.element(seed, np.arange(runs.number, dtype=np.uint64))
