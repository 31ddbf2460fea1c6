"""Scores, worked by hand, and what must hold of them whatever the forecast."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.declarations.words import Stance
from sim.experiments.hindcast.scores import (
    LEAST_PROBABILITY,
    ObservedStances,
    as_read,
    brier_score,
    crps_of_size,
    log_score,
    ranked_probability_score,
    size_distribution,
)

OPPOSED, UNDECIDED, OPEN, COMMITTED = Stance
SURE = np.eye(len(Stance))


def observed(*rungs: int | tuple[int, int]) -> ObservedStances:
    """A rung a nation, or the lowest and the highest that are left."""
    bounds = np.array([rung if isinstance(rung, tuple) else (rung, rung) for rung in rungs], dtype=np.int8)
    return ObservedStances(bounds[:, 0], bounds[:, 1])


NOT_JOINED, NOT_OBSERVED = (OPPOSED, OPEN), (OPPOSED, COMMITTED)

forecasts = arrays(np.float64, 4, elements=st.floats(0.01, 1.0)).map(lambda parts: parts / parts.sum())
shares = st.floats(0.0, 1.0)


# Worked by hand


@pytest.mark.parametrize(
    ("forecast", "recorded", "score"),
    [
        ([0.1, 0.2, 0.3, 0.4], OPEN, 0.1**2 + 0.3**2 + (1 - 0.6) ** 2),
        ([0.1, 0.2, 0.3, 0.4], COMMITTED, 0.1**2 + 0.3**2 + 0.6**2),
        ([0.25, 0.25, 0.25, 0.25], OPPOSED, 0.75**2 + 0.5**2 + 0.25**2),
        ([0.0, 1.0, 0.0, 0.0], UNDECIDED, 0.0),
        ([1.0, 0.0, 0.0, 0.0], COMMITTED, 3.0),
    ],
)
def test_the_ranked_probability_score(forecast: list[float], recorded: Stance, score: float) -> None:
    assert ranked_probability_score([forecast], observed(recorded))[0] == pytest.approx(score)


def test_the_log_score_and_its_floor() -> None:
    forecast = [[0.1, 0.2, 0.3, 0.4], [0.0, 0.0, 0.0, 1.0]]
    scores = log_score(forecast, observed(OPEN, OPPOSED))
    assert scores == pytest.approx([-np.log(0.3), -np.log(LEAST_PROBABILITY)])


def test_the_brier_score_is_of_commitment() -> None:
    forecast = [[0.1, 0.2, 0.3, 0.4]] * 2
    assert brier_score(forecast, observed(COMMITTED, OPEN)) == pytest.approx([0.36, 0.16])


@pytest.mark.parametrize(
    ("true", "recorded"),
    [
        (OPPOSED, [0.97, 0.03, 0.0, 0.0]),
        (UNDECIDED, [0.06, 0.88, 0.06, 0.0]),
        (OPEN, [0.0, 0.06, 0.88, 0.06]),
        (COMMITTED, [0.0, 0.0, 0.03, 0.97]),
    ],
)
def test_readers_err_by_a_rung_least_where_governments_speak_plainly(
    true: Stance, recorded: list[float]
) -> None:
    """A rung off with probability .12 between the ends, .03 at them."""
    assert as_read(SURE[true]) == pytest.approx(recorded)


def test_the_distribution_of_sizes() -> None:
    sizes = size_distribution([0.5, 0.2])
    assert sizes == pytest.approx([0.5 * 0.8, 0.5 * 0.8 + 0.5 * 0.2, 0.5 * 0.2])
    assert size_distribution(np.zeros(0)) == pytest.approx([1.0])


def test_the_score_of_the_size() -> None:
    assert crps_of_size([0.2, 0.5, 0.3], 1) == pytest.approx(0.2**2 + (1 - 0.7) ** 2)


# Nations of which less is known


def test_of_a_joiner_or_not_the_brier_score_remains() -> None:
    forecast = [[0.1, 0.2, 0.3, 0.4]] * 2
    known = observed(COMMITTED, NOT_JOINED)
    scores = ranked_probability_score(forecast, known)
    assert scores[0] == pytest.approx(0.1**2 + 0.3**2 + 0.6**2)
    assert [scores[1], brier_score(forecast, known)[1]] == pytest.approx([0.16, 0.16])
    assert log_score(forecast, known)[1] == pytest.approx(-np.log(0.6))


def test_a_nation_that_was_not_observed_has_no_score() -> None:
    known = observed(OPEN, NOT_OBSERVED)
    forecast = [[0.1, 0.2, 0.3, 0.4]] * 2
    for score in (ranked_probability_score, log_score, brier_score):
        assert np.isnan(score(forecast, known)).tolist() == [False, True]
    assert known.is_known.tolist() == [True, False]


def test_what_is_known_as_probabilities() -> None:
    given = observed(OPEN, NOT_JOINED, NOT_OBSERVED).probabilities
    assert given[0].tolist() == [0, 0, 1, 0]
    assert given[1] == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0])
    assert given[2] == pytest.approx([0.25] * 4)


# Whatever the forecast


@given(truth=forecasts, other=forecasts)
def test_nobody_gains_by_saying_what_it_does_not_believe(truth: np.ndarray, other: np.ndarray) -> None:
    every = observed(*Stance)
    for score in (ranked_probability_score, log_score, brier_score):
        honest, otherwise = (score(np.tile(said, (4, 1)), every) @ truth for said in (truth, other))
        assert honest <= otherwise + 1e-12


@given(forecast=forecasts, rung=st.sampled_from(Stance))
def test_scores_are_between_the_best_and_the_worst(forecast: np.ndarray, rung: Stance) -> None:
    (score,) = ranked_probability_score([forecast], observed(rung))
    assert 0.0 <= score <= 3.0


@pytest.mark.parametrize("said", Stance)
@pytest.mark.parametrize("recorded", Stance)
def test_a_forecast_without_doubt_is_as_many_rungs_off_as_it_scores(said: Stance, recorded: Stance) -> None:
    (score,) = ranked_probability_score(SURE[[said]], observed(recorded))
    assert score == abs(said - recorded)


@given(size=st.integers(0, 6), said=st.integers(0, 6))
def test_a_size_without_doubt_is_as_many_nations_off_as_it_scores(size: int, said: int) -> None:
    assert crps_of_size(np.eye(7)[said], size) == abs(size - said)


@given(truth=forecasts, other=forecasts)
def test_the_score_of_the_size_is_proper(truth: np.ndarray, other: np.ndarray) -> None:
    honest, otherwise = (
        sum(chance * crps_of_size(said, size) for size, chance in enumerate(truth)) for said in (truth, other)
    )
    assert honest <= otherwise + 1e-12


@given(forecast=forecasts)
def test_reading_keeps_probabilities(forecast: np.ndarray) -> None:
    read = as_read(forecast)
    assert read.sum() == pytest.approx(1.0)
    assert (read >= 0).all()


@given(joining=arrays(np.float64, st.integers(0, 7), elements=shares))
def test_sizes_have_the_mean_of_the_nations(joining: np.ndarray) -> None:
    sizes = size_distribution(joining)
    assert sizes.sum() == pytest.approx(1.0)
    assert sizes @ np.arange(len(sizes)) == pytest.approx(joining.sum(), abs=1e-9)


def test_leading_axes_are_kept() -> None:
    many = np.random.default_rng(1).dirichlet(np.ones(4), (5, 3, 2))
    known = observed(OPEN, COMMITTED)
    for score in (ranked_probability_score, log_score, brier_score):
        together = score(many, known)
        assert together.shape == (5, 3, 2)
        assert together[4, 2].tolist() == score(many[4, 2], known).tolist()
    assert crps_of_size(size_distribution(many[..., COMMITTED]), 1).shape == (5, 3)
