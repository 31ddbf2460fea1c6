"""How unequal, how many peaks, ratios: worked by hand, and what chance alone gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.experiments.patterns.distributions import (
    bimodal_amplitude,
    bootstrap,
    gini,
    ratio_of_sums,
    top_share,
)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([5, 5, 5, 5], 0.0),
        ([0, 0, 7], 0.0),  # one contributor: the others do not contribute
        ([0, 0, 0], 0.0),
        ([1, 3], 0.25),
        ([0, 1, 3], 0.25),
        ([1, 2, 3, 4], 0.25),
        ([1, 1, 1, 97], 0.72),
    ],
)
def test_gini(values: list[float], expected: float) -> None:
    assert gini(np.array([values], float))[0] == pytest.approx(expected)


@given(st.lists(st.floats(0.01, 1e4), min_size=1, max_size=12))
def test_gini_is_half_the_mean_difference_over_the_mean(values: list[float]) -> None:
    array = np.array(values)
    differences = np.abs(array[:, np.newaxis] - array).mean()
    assert gini(array[np.newaxis])[0] == pytest.approx(differences / 2 / array.mean(), abs=1e-9)


def test_top_share() -> None:
    values = np.array([[10, 40, 20, 30], [0, 0, 0, 0]], float)
    assert top_share(values, 2).tolist() == pytest.approx([0.7, 0.0])


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([50, 0, 50], 1.0),
        ([50, 25, 50], 0.5),
        ([30, 10, 5, 20, 35], 1 - 5 / 30),
        ([0, 60, 15, 0, 25, 0], 1.0),
        ([10, 20, 30, 20, 20], 0.0),
        ([25, 25, 25, 25], 0.0),
        ([100], 0.0),
        ([900, 50, 5, 45], 0.0),  # fewer than a tenth of the runs lie beyond the valley
        ([850, 45, 5, 100], 0.95),
    ],
)
def test_bimodal_amplitude(counts: list[int], expected: float) -> None:
    assert bimodal_amplitude(np.array(counts, float)) == pytest.approx(expected)


def test_bimodal_amplitude_of_many_rows_is_that_of_each() -> None:
    rows = np.array([[50.0, 0.0, 50.0], [10.0, 80.0, 10.0], [50.0, 25.0, 50.0]])
    assert bimodal_amplitude(rows).tolist() == [1.0, 0.0, 0.5]


def test_one_peak_seldom_passes_for_two_at_the_bound_that_the_bundled_pattern_asks_for() -> None:
    flat = np.random.default_rng(1).multinomial(2000, np.full(16, 1 / 16), size=4000)
    exceeded = (bimodal_amplitude(flat.astype(float)) > 0.3).mean()
    assert 0.02 < exceeded < 0.06  # flat is the worst there is
    peaked = 0.7 ** np.arange(16)
    steep = np.random.default_rng(1).multinomial(2000, peaked / peaked.sum(), size=1000)
    assert (bimodal_amplitude(steep.astype(float)) > 0.3).mean() == 0.0


def test_two_peaks_are_found() -> None:
    sizes = np.array([0.2, 0.3, 0.05, 0.15, 0.3])
    drawn = np.random.default_rng(1).multinomial(2000, sizes, size=500).astype(float)
    assert bimodal_amplitude(drawn).mean() == pytest.approx(1 - 0.05 / 0.3, abs=0.02)


def test_ratio_of_sums() -> None:
    ratio, low, high = ratio_of_sums(np.array([1.0, 2.0, 3.0, 2.0]), np.array([2.0, 4.0, 6.0, 4.0]))
    assert float(ratio) == 0.5
    assert (float(low), float(high)) == (0.5, 0.5)  # the same in every run
    ratio, low, high = ratio_of_sums(np.array([1.0, 1.0]), np.array([1.0, 3.0]))
    # Residuals 1/2 and -1/2 about the ratio 1/2, standard error sqrt(0.5 / 1 / 2) / 2.
    assert float(ratio) == 0.5
    assert float(high - ratio) == pytest.approx(1.96 * 0.5 / 2, rel=1e-4)
    assert float(ratio - low) == pytest.approx(1.96 * 0.5 / 2, rel=1e-4)


def test_a_ratio_to_nothing_is_missing() -> None:
    assert np.isnan(ratio_of_sums(np.zeros(3), np.zeros(3))).all()


def test_bootstrap_of_a_share_agrees_with_its_standard_error() -> None:
    share, low, high = bootstrap(
        np.array([600, 400]), lambda counts: counts[:, 1] / counts.sum(axis=1), np.random.default_rng(1)
    )
    assert float(share) == 0.4
    error = (0.4 * 0.6 / 1000) ** 0.5
    assert float(low) == pytest.approx(0.4 - 1.96 * error, abs=0.006)
    assert float(high) == pytest.approx(0.4 + 1.96 * error, abs=0.006)


def test_bootstrap_is_the_same_for_the_same_seed() -> None:
    counts = np.array([10, 20, 5, 20])
    first, second = (bootstrap(counts, bimodal_amplitude, np.random.default_rng(3)) for _ in range(2))
    assert first == second
