"""How likely recorded positions are: by hand, by the equations of a world of one round, and by a grid."""

from dataclasses import replace

import numpy as np
import pytest
from signal_world import NATIONS, rows_with, world_of

from sim.declarations.parameters import INTERACTION
from sim.declarations.words import Stance
from sim.experiments.calibration.likelihood import (
    EXTRA,
    Target,
    count_stances,
    effective_size,
    log_likelihood,
    log_likelihoods,
    systematic,
    weights,
)
from sim.experiments.hindcast.forecasts import with_draws
from sim.experiments.hindcast.scores import ObservedStances
from sim.experiments.runs import Runs
from sim.experiments.simulate import simulate_case
from sim.inputs.case import Case
from sim.inputs.prior import declared_prior
from sim.model.ensemble import AT_END
from sim.model.rules import CENTRES, USUAL_CUTS

OPPOSED, UNDECIDED, OPEN, COMMITTED = Stance
WEAK, STRONG = rows_with(reach=0.0), rows_with(reach=2.0)
BOTH = np.concatenate([WEAK, STRONG])

READ = np.array(
    [[0.97, 0.03, 0.0, 0.0], [0.06, 0.88, 0.06, 0.0], [0.0, 0.06, 0.88, 0.06], [0.0, 0.0, 0.03, 0.97]]
)
"""How a rung (row) is read (column), as specified: a rung off with .12 between the ends, with .03 at them."""


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Target:
    return world_of(tmp_path_factory.mktemp("signal") / "world")[0]


def rungs(*stances: int) -> ObservedStances:
    return ObservedStances(np.array(stances, np.int8), np.array(stances, np.int8))


# By hand


def test_a_likelihood_is_the_product_over_nations_of_what_is_read() -> None:
    counts = np.array([[0, 0, 3, 1], [4, 0, 0, 0]])
    shares = (counts + EXTRA) / (4 + 4 * EXTRA)
    wanted = np.log((shares[0] @ READ)[OPEN]) + np.log((shares[1] @ READ)[UNDECIDED])
    assert log_likelihood(counts, rungs(OPEN, UNDECIDED)) == pytest.approx(wanted)


def test_of_a_nation_only_known_not_to_have_joined_the_lower_rungs_add_up() -> None:
    counts = np.array([[0, 0, 3, 1], [0, 0, 0, 4]])
    observed = ObservedStances(np.array([OPPOSED, OPPOSED], np.int8), np.array([OPEN, COMMITTED], np.int8))
    shares = (counts[0] + EXTRA) / (4 + 4 * EXTRA)
    assert log_likelihood(counts, observed) == pytest.approx(np.log(1.0 - (shares @ READ)[COMMITTED]))


def test_nothing_is_impossible() -> None:
    counts = np.array([[1_000, 0, 0, 0]])
    assert np.isfinite(log_likelihood(counts, rungs(COMMITTED)))


def test_waves_that_may_not_be_fitted_are_not_simulated(target: Target) -> None:
    later = replace(target.waves[1], fitted=False)
    found = log_likelihoods(replace(target, waves=(target.waves[0], later)), BOTH, Runs(8, 1))
    assert np.isfinite(found[:, 0]).all()
    assert np.isnan(found[:, 1]).all()


# Common random numbers


def test_every_set_has_the_same_runs_as_alone(target: Target) -> None:
    counts = count_stances(target.cases[0], BOTH, Runs(5, seed=7))
    assert counts.shape == (2, NATIONS, len(Stance))
    for row, found in zip((WEAK, STRONG), counts, strict=True):
        case = with_draws(target.cases[0], row)
        tally = simulate_case(case, Runs(5, seed=7), lambda *_: None, keep=AT_END)
        assert (found == tally.stances[-1]).all()


def test_threads_change_nothing(target: Target) -> None:
    one, two = (log_likelihoods(target, BOTH, Runs(16, 3, threads)) for threads in (1, 2))
    assert one.tobytes() == two.tobytes()


# By the equations: a world of one round in which words wander and nothing else happens


HALF_LIFE = 4.0


@pytest.fixture(scope="module")
def one_round(target: Target) -> Case:
    return target.cases[0].with_overrides({"rounds": 1})


def still(wander: float) -> np.ndarray:
    """Return parameters with which a nation moves a rung at once where its mood carries it beyond a cut."""
    nothing = dict.fromkeys(("reach", "demand", "hysteresis", "patience", "common", *INTERACTION), 0.0)
    return rows_with(**nothing, wander=wander, half_life=HALF_LIFE)


def shares_after(stance: int, wander: float) -> np.ndarray:
    """Return the chances of each rung after the round, worked out: moods are uniform, statements misread."""
    kept = 2.0 ** (-2.0 / HALF_LIFE)
    widest = np.sqrt(3.0 * (1.0 - kept) / (1.0 - kept**22)) * wander
    cuts = np.array([-np.inf, *USUAL_CUTS, np.inf])
    found = np.zeros(len(Stance))
    for read, chance in enumerate(READ[stance]):
        below, above = np.clip((cuts[[read, read + 1]] - CENTRES[read] + widest) / (2.0 * widest), 0.0, 1.0)
        for after, share in ((read - 1, below), (read, above - below), (read + 1, 1.0 - above)):
            if share > 0.0:
                found[after] += chance * share
    return found


def worked_out(case: Case, observed: ObservedStances, wander: float) -> float:
    """Return the logarithm of the probability of what was observed, without a simulation."""
    starts = np.where(np.arange(NATIONS) % 2, OPEN, UNDECIDED)  # as the world's nations have said
    chances = [shares_after(start, wander) @ READ for start in starts]
    assert len(case.roster.iso3) == NATIONS
    return float(sum(np.log(each[rung]) for each, rung in zip(chances, observed.least, strict=True)))


MOVED = rungs(*[UNDECIDED, OPEN] * 5, OPEN, COMMITTED, OPPOSED, OPEN, UNDECIDED, UNDECIDED)
"""What is taken to be recorded: eleven nations where they were, five a rung off."""


@pytest.mark.parametrize("wander", [0.4, 1.2, 2.8])
def test_simulated_likelihoods_are_those_of_the_equations(one_round: Case, wander: float) -> None:
    counts = count_stances(one_round, still(wander), Runs(20_000, seed=2))
    assert log_likelihood(counts[0], MOVED) == pytest.approx(worked_out(one_round, MOVED, wander), abs=0.12)


def test_a_posterior_is_that_of_a_grid(one_round: Case) -> None:
    """Draws of the prior, simulated and weighed, against the equations on a grid: a second method."""
    grid = np.linspace(0.2, 3.0, 400)
    exact = weights(np.array([worked_out(one_round, MOVED, wander) for wander in grid]))
    drawn = np.linspace(0.2, 3.0, 60)
    rows = np.concatenate([still(wander) for wander in drawn])
    found = weights(log_likelihood(count_stances(one_round, rows, Runs(2_000, 5)), MOVED))
    for power in (1, 2):
        assert (found * drawn**power).sum() == pytest.approx((exact * grid**power).sum(), rel=0.06)


# Weights


def test_weights_are_in_proportion_to_likelihoods() -> None:
    found = weights(np.log([1.0, 3.0]) - 5_000.0)
    assert found.tolist() == pytest.approx([0.25, 0.75])
    assert effective_size(found) == pytest.approx(1.0 / (0.25**2 + 0.75**2))
    assert effective_size(np.full(8, 0.125)) == pytest.approx(8)


def test_draws_are_taken_as_often_as_due_or_once_more() -> None:
    weighted = np.array([0.0, 0.501, 0.25, 0.249, 0.0])
    taken = np.bincount(systematic(weighted, 101, np.random.default_rng(3)), minlength=5)
    assert taken.sum() == 101
    assert taken[[0, 4]].tolist() == [0, 0]
    assert (np.abs(taken - 101 * weighted) < 1).all()


def test_a_normal_posterior_is_found() -> None:
    """Prior N(0, 1) and a measurement 1 +- 0.5: the posterior is N(0.8, 0.2), in closed form."""
    x = declared_prior().drawn(4096, 1)[:, 0]
    weighted = weights(-0.5 * ((x - 1.0) / 0.5) ** 2)
    mean = (weighted * x).sum()
    assert mean == pytest.approx(0.8, abs=0.005)
    assert (weighted * (x - mean) ** 2).sum() == pytest.approx(0.2, abs=0.005)
    taken = x[systematic(weighted, 1000, np.random.default_rng(1))]
    assert [taken.mean(), taken.var()] == pytest.approx([0.8, 0.2], abs=0.03)


def test_draws_cover_the_prior_evenly() -> None:
    prior = declared_prior()
    drawn = prior.drawn(1024, 2)
    assert drawn.shape == (1024, len(prior.names))
    assert np.abs(drawn.mean(axis=0)).max() < 0.01  # independent draws would be some 0.03 off
    assert drawn.std(axis=0) == pytest.approx(1.0, abs=0.01)
    assert (prior.drawn(1024, 2) == drawn).all()
    assert not (prior.drawn(1024, 3) == drawn).any()
