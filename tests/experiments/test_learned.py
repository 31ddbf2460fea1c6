"""What was learned, told apart from what a calibration seems to learn where there is nothing to learn."""

import numpy as np
import pytest
from scipy import stats

from sim.declarations.parameters import FITTED
from sim.experiments.calibration.learned import distances_from_prior, holm, quantile, summary
from sim.inputs.prior import JointPrior, load_prior

DRAWS = 1000
ALIKE = np.full(DRAWS, 1.0 / DRAWS)


@pytest.fixture(scope="module")
def prior() -> JointPrior:
    return load_prior()


def drawn(columns: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((DRAWS, columns))


def test_distances_are_those_of_kolmogorov_and_smirnov() -> None:
    draws = drawn(3) * [1.0, 0.5, 1.0] + [0.0, 0.0, 0.3]
    wanted = [stats.kstest(column, "norm").statistic for column in draws.T]
    assert distances_from_prior(draws, ALIKE) == pytest.approx(wanted)
    # One draw in the middle: half of the prior lies below it, and half above.
    assert distances_from_prior(np.zeros((1, 1)), np.ones(1)) == pytest.approx([0.5])


def test_a_draw_of_twice_the_weight_is_two_draws() -> None:
    draws = drawn(1)[:3]
    twice = distances_from_prior(np.concatenate([draws, draws[:1]]), np.full(4, 0.25))
    assert distances_from_prior(draws, np.array([0.5, 0.25, 0.25])) == pytest.approx(twice)


def test_quantiles_go_by_weight() -> None:
    values, weighted = np.array([3.0, 1.0, 2.0]), np.array([0.2, 0.7, 0.1])
    assert [quantile(values, weighted, share) for share in (0.05, 0.69, 0.75, 0.95, 1.0)] == [1, 1, 2, 3, 3]


def test_p_values_are_adjusted_for_their_number() -> None:
    # By hand: 4 x 0.01, 3 x 0.02, 2 x 0.02 (not below the one before), 1 x 0.5.
    assert holm(np.array([0.02, 0.01, 0.5, 0.02])) == pytest.approx([0.06, 0.04, 0.5, 0.06])
    assert holm(np.array([0.9, 0.8])).max() == 1.0


def test_nothing_is_learned_from_draws_of_the_prior(prior: JointPrior) -> None:
    said = [summary(prior, drawn(len(prior.names), seed), ALIKE)["learned"].any() for seed in range(20)]
    # In 5 % of calibrations anything may be said to be learned.
    assert sum(said) <= 4


def test_weights_that_rest_on_few_draws_teach_little(prior: JointPrior) -> None:
    weighted = np.random.default_rng(4).pareto(0.7, DRAWS)
    assert not summary(prior, drawn(len(prior.names)), weighted / weighted.sum())["learned"].any()


def test_what_moved_and_what_narrowed_is_learned(prior: JointPrior) -> None:
    draws = drawn(len(prior.names))
    moved, narrowed = (prior.names.index(name) for name in ("reach", "half_life"))
    weighted = np.exp(draws[:, moved] - 4.0 * draws[:, narrowed] ** 2)
    table = summary(prior, draws, weighted / weighted.sum()).set_index("parameter")
    assert set(table.index[table["learned"]]) == {"reach", "half_life"}
    assert table.loc["reach", "shift"] == pytest.approx(1.0, abs=0.15)
    assert table.loc["half_life", "spread"] == pytest.approx(0.4, abs=0.1)
    assert (table["posterior_low"] < table["posterior_mean"]).all()


def test_what_may_be_fitted_is_told(prior: JointPrior) -> None:
    table = summary(prior, drawn(len(prior.names)), ALIKE)
    assert set(table[table["fitted"]]["parameter"]) == set(FITTED)
