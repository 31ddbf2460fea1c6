"""Composite indicators: known answers and properties."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_array_equal

from sim.inputs.indicators import log10, mean_of_present, min_max, on_grid

NAN = math.nan

values = arrays(
    np.float64,
    st.integers(1, 20),
    elements=st.one_of(st.floats(-1e15, 1e15, allow_subnormal=False), st.just(NAN)),
)


def test_min_max_spans_those_present() -> None:
    assert_array_equal(min_max(np.array([10, NAN, 30, 15])), [0, NAN, 1, 0.25])


def test_values_all_equal_tell_no_nation_from_another() -> None:
    assert_array_equal(min_max(np.array([7, NAN, 7])), [0, NAN, 0])


def test_nothing_present_stays_missing() -> None:
    assert_array_equal(min_max(np.array([NAN, NAN])), [NAN, NAN])


def test_log10_takes_zero_as_the_smallest_positive_value() -> None:
    assert_array_equal(log10(np.array([1000, 0, 10, NAN])), [3, 1, 1, NAN])
    assert_array_equal(log10(np.array([0, 0])), [0, 0])


def test_mean_is_over_the_indicators_present_and_the_middle_without_any() -> None:
    parts = [np.array([1, NAN, NAN]), np.array([0.5, 0.5, NAN])]
    assert mean_of_present(parts, 3).tolist() == [0.75, 0.5, 0.5]


def test_grid_has_steps_of_two_to_the_minus_forty() -> None:
    assert on_grid(np.array([1 / 3])).tolist() == [round(2**40 / 3) / 2**40]


@given(values)
def test_min_max_is_in_the_unit_interval_and_keeps_what_is_missing(column: np.ndarray) -> None:
    scaled = min_max(column)
    assert_array_equal(np.isnan(scaled), np.isnan(column))
    present = scaled[~np.isnan(scaled)]
    assert ((present >= 0) & (present <= 1)).all()


@given(values)
def test_turning_a_column_round_mirrors_it(column: np.ndarray) -> None:
    forth, back = min_max(column), min_max(-column)
    if np.nanmax(forth, initial=0) > 0:
        np.testing.assert_allclose(forth + back, np.where(np.isnan(column), NAN, 1.0), rtol=1e-12)


@given(
    st.lists(
        values.filter(lambda column: len(column) >= 3).map(lambda column: min_max(column)[:3]), max_size=6
    )
)
def test_composites_stay_in_their_range_in_any_order(parts: list[np.ndarray]) -> None:
    means = mean_of_present(parts, 3)
    assert ((means >= 0) & (means <= 1)).all()
    assert_array_equal(mean_of_present(parts[::-1], 3), means)
