"""What was learned, told apart from what a calibration seems to learn where there is nothing to learn."""

import numpy as np
import pytest
from scipy import stats

from sim.experiments.calibration.learned import Noise, holm, noise_of, normal_distances, pairs, summary
from sim.inputs.prior import Prior, load_prior

DRAWS = 1000


@pytest.fixture(scope="module")
def prior() -> Prior:
    return load_prior()


def drawn(columns: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((DRAWS, columns))


def test_distances_are_those_of_kolmogorov_and_smirnov() -> None:
    particles = drawn(3) * [1.0, 0.5, 1.0] + [0.0, 0.0, 0.3]
    wanted = [stats.kstest(column, "norm").statistic for column in particles.T]
    assert normal_distances(particles) == pytest.approx(wanted)
    # One particle in the middle: half of the prior lies below it, and half above.
    assert normal_distances(np.zeros((1, 1))) == pytest.approx([0.5])


def test_p_values_are_adjusted_for_their_number() -> None:
    # By hand: 4 x 0.01, 3 x 0.02, 2 x 0.02 (not below the one before), 1 x 0.5.
    assert holm(np.array([0.02, 0.01, 0.5, 0.02])) == pytest.approx([0.06, 0.04, 0.5, 0.06])
    assert holm(np.array([0.9, 0.8])).max() == 1.0


def test_independent_draws_are_worth_what_they_are() -> None:
    worth = [noise_of(drawn(10, seed)).effective for seed in range(20)]
    assert np.mean(worth) == pytest.approx(DRAWS, rel=0.15)
    assert max(worth) == DRAWS


def test_copies_are_worth_less() -> None:
    copied = np.repeat(drawn(10)[:100], 10, axis=0)
    assert noise_of(copied).effective == pytest.approx(100, rel=0.5)


def test_nothing_is_learned_from_draws_of_the_prior(prior: Prior) -> None:
    said = [
        summary(prior, drawn(len(prior.names), seed), Noise(0.0, DRAWS))["learned"].any()
        for seed in range(20)
    ]
    # In 5 % of calibrations anything may be said to be learned.
    assert sum(said) <= 4


def test_what_moved_and_what_narrowed_is_learned(prior: Prior) -> None:
    particles = drawn(len(prior.names))
    moved, narrowed = (prior.names.index(name) for name in ("b_threat", "attention"))
    particles[:, moved] += 1.0
    particles[:, narrowed] *= 0.3
    table = summary(prior, particles, noise_of(drawn(10, 9))).set_index("parameter")
    assert set(table.index[table["learned"]]) == {"b_threat", "attention"}
    assert table.loc["b_threat", "shift"] > 0.5
    assert table.loc["attention", "spread"] == pytest.approx(0.37, abs=0.05)
    others = table.drop(index=["b_threat", "attention"])
    assert others["spread"].to_numpy() == pytest.approx(1.0, abs=0.15)
    assert others["posterior_mean"].to_numpy() == pytest.approx(others["prior_mean"].to_numpy(), rel=0.12)
    assert (others["posterior_low"] < others["posterior_mean"]).all()


def test_parameters_that_are_learned_only_together_are_told() -> None:
    particles = drawn(4)
    particles[:, 2] = 0.6 * particles[:, 0] + 0.8 * particles[:, 2]
    table = pairs(("a", "b", "c", "d"), particles, Noise(0.0, DRAWS))
    assert len(table) == 6
    first = table.iloc[0]
    assert (first["parameter"], first["other"]) == ("a", "c")
    assert first["correlation"] == pytest.approx(np.corrcoef(particles.T)[0, 2])
    assert table["learned"].tolist() == [True, *[False] * 5]
