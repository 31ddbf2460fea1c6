"""Scores of who takes part, worked by hand; and their intervals."""

import numpy as np
import pandas as pd
import pytest

from sim.experiments.evidence.baselines import base_rate, logit_coefficients
from sim.experiments.evidence.resampling import family_counts, mean_interval
from sim.experiments.evidence.scores import (
    auc,
    brier,
    calibration_slope,
    coalition_scores,
    log_score,
    reliability,
)
from sim.experiments.evidence.sizes import independent_size, shared_size


def array(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


def test_auc_counts_pairs_in_the_right_order_and_ties_half() -> None:
    # Pairs of one that took part (.9, .5) with one that did not (.5, .1): 1, 1, a tie, 1.
    assert auc(array(1, 1, 0, 0), array(0.9, 0.5, 0.5, 0.1)) == pytest.approx(3.5 / 4)


def test_auc_of_a_forecast_that_is_the_same_for_all_is_one_half() -> None:
    assert auc(array(1, 0, 1, 0, 0), np.full(5, 0.3)) == 0.5


def test_auc_says_nothing_where_all_took_part() -> None:
    assert np.isnan(auc(array(1, 1), array(0.2, 0.8)))


def test_brier_is_the_mean_squared_difference() -> None:
    assert brier(array(1, 0, 1), array(0.8, 0.4, 0.5)) == pytest.approx((0.04 + 0.16 + 0.25) / 3)


def test_log_score_is_minus_the_mean_log_probability_of_what_came() -> None:
    assert log_score(array(1, 0), array(0.5, 0.75)) == pytest.approx((np.log(2) + np.log(4)) / 2)


def test_a_coalition_is_scored_by_itself() -> None:
    predictions = pd.DataFrame(
        {
            "coalition": ["a", "a", "b", "b"],
            "family": ["f", "f", "g", "g"],
            "took_part": [1.0, 0.0, 1.0, 0.0],
            "p": [0.9, 0.1, 0.2, 0.6],
        }
    )
    scored = coalition_scores(predictions, "p")
    # Pooled, three of four pairs would be in order; coalition by coalition it is all or none.
    assert scored["auc"].tolist() == [1.0, 0.0]
    assert scored["brier"].tolist() == pytest.approx([0.01, (0.64 + 0.36) / 2])


def test_reliability_puts_each_forecast_into_its_tenth() -> None:
    table = reliability(array(1, 0, 1, 1), array(0.05, 0.09, 0.95, 1.0))
    assert table["candidates"].tolist() == [2, *([0] * 8), 2]
    assert table["forecast"].iloc[0] == pytest.approx(0.07)
    assert table["took_part"].iloc[[0, 9]].tolist() == [0.5, 1.0]


@pytest.mark.parametrize("certainty", [0.5, 1.0, 2.0])
def test_calibration_slope_is_how_much_surer_one_should_be(certainty: float) -> None:
    # Groups of a thousand in which exactly the share p takes part, their log-odds divided by how sure one is.
    share = np.repeat([0.1, 0.3, 0.5, 0.8], 1000)
    outcomes = np.concatenate([np.arange(1000) < 1000 * p for p in (0.1, 0.3, 0.5, 0.8)]).astype(float)
    odds = np.log(share / (1 - share)) / certainty
    assert calibration_slope(outcomes, 1 / (1 + np.exp(-odds))) == pytest.approx(certainty, rel=1e-6)


def test_families_are_resampled_whole() -> None:
    counts = family_counts(3, seed=1, resamples=50)
    assert (counts.sum(axis=1) == 3).all()
    assert (family_counts(3, seed=1, resamples=50) == counts).all()
    assert not (family_counts(3, seed=2, resamples=50) == counts).all()


def test_an_interval_of_one_family_has_no_width_and_its_mean_is_over_coalitions() -> None:
    values, families = pd.Series([1.0, 2.0, 6.0]), pd.Series(["f", "f", "f"])
    assert mean_interval(values, families, family_counts(1, 1, 20)) == (3.0, 3.0, 3.0)


def test_an_interval_is_that_of_the_means_of_drawn_families() -> None:
    # Two families of 0 and 1: drawn twice with replacement, the mean is 0, 1/2 or 1.
    mean, low, high = mean_interval(pd.Series([0.0, 1.0]), pd.Series(["f", "g"]), family_counts(2, 1, 2000))
    assert (mean, low, high) == (0.5, 0.0, 1.0)


def test_a_coalition_that_has_no_score_is_left_out_of_the_mean() -> None:
    values, families = pd.Series([0.4, float("nan"), 0.8]), pd.Series(["f", "f", "g"])
    assert mean_interval(values, families, family_counts(2, 1, 100))[0] == pytest.approx(0.6)


def test_a_score_that_no_coalition_has_has_no_mean() -> None:
    none = pd.Series([np.nan, np.nan])
    assert np.isnan(mean_interval(none, pd.Series(["f", "g"]), family_counts(2, 1, 20))).all()


def test_base_rate_is_the_mean_share_of_the_other_coalitions() -> None:
    seen = pd.DataFrame({"coalition": ["a"] * 4 + ["b"], "took_part": [1.0, 0, 0, 0, 1.0]})
    assert base_rate(seen, pd.DataFrame({"x": [0, 0]})).tolist() == [0.625, 0.625]


def test_a_logit_with_one_group_more_often_gives_its_log_odds() -> None:
    columns = np.column_stack([np.ones(8), [0] * 4 + [1] * 4])
    outcomes = array(1, 0, 0, 0, 1, 1, 1, 0)
    assert logit_coefficients(columns, outcomes, 1e-8) == pytest.approx([-np.log(3), 2 * np.log(3)], abs=1e-6)


def test_a_prior_draws_coefficients_to_zero_but_not_the_intercept() -> None:
    columns = np.column_stack([np.ones(8), [0] * 4 + [1] * 4])
    outcomes = array(1, 1, 1, 0, 1, 1, 1, 0)
    assert logit_coefficients(columns, outcomes, 1e6) == pytest.approx([np.log(3), 0.0], abs=1e-5)


def test_a_shared_shock_makes_sizes_wide_and_independence_narrow() -> None:
    random, n = np.random.default_rng(1), 40
    apart = independent_size(np.full(n, 0.5), random)
    shared = shared_size(np.zeros(n), np.full((n, n), 4.0), random)
    # Binomial(40, 1/2): mean 20, SD 3.16, so that 90 % lie between 15 and 25.
    assert (apart.low, apart.high) == (15, 25)
    assert shared.high - shared.low > 30
    assert shared.mean == pytest.approx(20, abs=1)


def test_without_doubt_a_size_is_binomial() -> None:
    n = 40
    size = shared_size(np.zeros(n), np.zeros((n, n)), np.random.default_rng(1))
    assert (size.low, size.high) == (15, 25)
