"""Shares, means and quantiles, and how far the number of runs limits what is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.experiments import statistics
from sim.experiments.results import QUANTILES

counts = st.lists(st.integers(0, 50), min_size=1, max_size=30).filter(any)


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_shares_come_with_published_wilson_intervals(count: int, total: int, low: float, high: float) -> None:
    interval = statistics.share(count, total)
    assert interval.estimate == count / total
    assert interval.low == pytest.approx(low, abs=5e-5)
    assert interval.high == pytest.approx(high, abs=5e-5)


def test_an_interval_reaches_exactly_to_a_share_of_none_or_all() -> None:
    interval = statistics.share([0, 7], 7)
    assert interval.low[0] == 0.0
    assert interval.high[1] == 1.0


@given(st.integers(1, 10**6).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_an_interval_holds_its_share_and_mirrors_that_of_the_rest(given: tuple[int, int]) -> None:
    count, total = given
    interval, rest = statistics.share(count, total), statistics.share(total - count, total)
    assert 0 <= interval.low <= interval.estimate <= interval.high <= 1
    assert rest.high == pytest.approx(1 - interval.low, abs=1e-9)


@pytest.mark.parametrize("probability", [0.03, 0.5, 0.8])
def test_19_of_20_intervals_of_a_share_hold_the_truth(probability: float) -> None:
    hits = np.random.default_rng(1).binomial(400, probability, 20_000)
    interval = statistics.share(hits, 400)
    held = ((interval.low <= probability) & (probability <= interval.high)).mean()
    assert held == pytest.approx(0.95, abs=0.015)


def test_19_of_20_intervals_of_a_mean_hold_the_truth() -> None:
    values = np.random.default_rng(2).exponential(3.0, (10_000, 500))
    interval = statistics.mean(values.sum(axis=1), (values**2).sum(axis=1), 500)
    held = ((interval.low <= 3.0) & (interval.high >= 3.0)).mean()
    assert held == pytest.approx(0.95, abs=0.01)


def test_a_mean_has_the_interval_worked_out_by_hand() -> None:
    # 1, 2, 3, 4: mean 2.5, sample variance 5/3, standard error sqrt(5/12).
    interval = statistics.mean(10.0, 30.0, 4)
    assert interval.estimate == 2.5
    assert interval.high - 2.5 == pytest.approx(1.959964 * np.sqrt(5 / 12), rel=1e-6)
    assert 2.5 - interval.low == pytest.approx(interval.high - 2.5)


def test_the_mean_of_one_run_has_no_interval() -> None:
    interval = statistics.mean([7.0, 8.0], [49.0, 64.0], 1)
    assert interval.estimate.tolist() == [7.0, 8.0]
    assert np.isnan([interval.low, interval.high]).all()


def test_runs_that_repeat_their_draws_make_no_interval_narrower() -> None:
    """2,000 values ten times over tell no more than 2,000 values once."""
    values = np.random.default_rng(3).integers(0, 30, 2000)
    once = statistics.mean(values.sum(), (values**2).sum(), 2000)
    often = statistics.mean(10 * values.sum(), 10 * (values**2).sum(), 20_000, 2000)
    assert np.array(often) == pytest.approx(np.array(once), rel=1e-12)
    hits = int((values > 20).sum())
    once, often = statistics.share(hits, 2000), statistics.share(10 * hits, 20_000, 2000)
    assert np.array(often) == pytest.approx(np.array(once), rel=1e-12)


@pytest.mark.parametrize("spread", [0.0, 1.0, 3.0])
def test_19_of_20_intervals_hold_the_truth_where_runs_take_draws_in_turn(spread: float) -> None:
    """Ten runs of each of 50 draws, which share nothing, as much as chance tells them apart, or more."""
    rng = np.random.default_rng(4)
    values = spread * rng.standard_normal((2000, 1, 50)) + rng.standard_normal((2000, 10, 50))
    sums, squares = values.sum(axis=(1, 2)), (values**2).sum(axis=(1, 2))
    interval = statistics.mean(sums, squares, 500, 50)
    assert ((interval.low <= 0) & (interval.high >= 0)).mean() > 0.94
    naive = statistics.mean(sums, squares, 500)
    held = ((naive.low <= 0) & (naive.high >= 0)).mean()
    assert held < 0.7 if spread else held > 0.94


@given(counts, st.sampled_from(QUANTILES))
def test_quantiles_of_counts_are_those_of_the_counted_values(counted: list[int], probability: float) -> None:
    values = np.repeat(np.arange(len(counted)), counted)
    expected = np.quantile(values, probability, method="inverted_cdf")
    assert statistics.quantiles_of_counts(np.array(counted), probability) == expected


@given(
    st.lists(st.floats(-1, 1), min_size=1, max_size=200),
    st.sampled_from(QUANTILES),
    st.integers(1, 64),
)
def test_quantiles_of_bins_are_those_of_the_values_within_a_bin(
    values: list[float], probability: float, bins: int
) -> None:
    counted, _ = np.histogram(values, bins, (-1, 1))
    found = statistics.quantiles_of_bins(counted, probability, -1, 1)
    expected = np.quantile(values, probability, method="inverted_cdf")
    assert found == pytest.approx(expected, abs=2 / bins + 1e-9)


def test_quantiles_of_bins_are_interpolated_within_a_bin() -> None:
    counted = np.array([[0, 100, 0, 0], [50, 0, 0, 50]])
    found = statistics.quantiles_of_bins(counted, 0.25, 0.0, 4.0)
    assert found.tolist() == [1.25, 0.5]


def test_willingness_is_the_logistic_function_of_the_propensity() -> None:
    assert statistics.willingness([0.0, np.log(3.0), -np.log(3.0)]).tolist() == pytest.approx(
        [0.5, 0.75, 0.25]
    )
