"""Labels keep out of each other's way, and move no further than they must."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.outputs.labels import apart

PLACES = st.lists(st.floats(0, 1), max_size=9)


@pytest.mark.parametrize(
    ("places", "moved"),
    [
        ([0.2, 0.5], [0.2, 0.5]),
        ([0.5, 0.2], [0.5, 0.2]),
        ([0.5, 0.5], [0.45, 0.55]),
        ([0.0, 0.0, 0.7], [0.0, 0.1, 0.7]),
        ([1.0, 0.98], [1.0, 0.9]),
        ([0.5, 0.58, 0.66], [0.48, 0.58, 0.68]),
        ([], []),
    ],
)
def test_known_places(places: list[float], moved: list[float]) -> None:
    assert apart(places, 0.1, 0.0, 1.0) == pytest.approx(moved)


@given(places=PLACES)
def test_neighbours_are_a_gap_apart_and_between_the_limits_in_their_order(places: list[float]) -> None:
    moved = apart(places, 0.1, 0.0, 1.0)
    in_order = [moved[index] for index in sorted(range(len(places)), key=lambda index: places[index])]
    assert in_order == sorted(moved)
    assert all(later - sooner >= 0.1 - 1e-9 for sooner, later in pairwise(in_order))
    assert all(-1e-9 <= place <= 1 + 1e-9 for place in moved)


@given(places=PLACES)
def test_what_is_apart_already_stays(places: list[float]) -> None:
    once = apart(places, 0.1, 0.0, 1.0)
    assert apart(once, 0.1 - 1e-6, 0.0, 1.0) == pytest.approx(once, abs=1e-5)
