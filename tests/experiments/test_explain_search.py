"""The search for the least change of a lever, on chances that are given instead of simulated."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.experiments.explain.search import AS_IT_IS, Choices, Least, Search, present_level
from sim.experiments.statistics import Interval
from sim.inputs.case import load_case

LEVELS = tuple(round(0.01 * step, 2) for step in range(101))
Chances = Callable[[float], float]


def found_by(search: Search, p: Chances, margin: float = 0.03, *, now: float = 0.0) -> tuple[Least, int]:
    """Return what a search finds where P(committed) at a level is p(level), and how many points it took."""
    tried: dict = {}
    while points := search.wants(tried):
        for point in points:
            level = dict(point).get(search.path)
            value = now if level is None else p(level)
            tried[point] = Interval(*(np.array([each]) for each in (value, value - margin, value + margin)))
    return search.least(tried), len(tried)


def search_from(present: float, stride: int = 10) -> Search:
    return Search(nation=0, path="lever", levels=LEVELS, present=present, stride=stride)


def test_a_threshold_is_found_to_the_step_with_the_levels_that_might_be_it() -> None:
    # P reaches 0.5 at 0.46; its upper bound reaches it 0.03 of P sooner, its lower bound 0.03 later.
    found, points = found_by(search_from(0.1), lambda level: level + 0.04)
    assert found == Least(level=0.46, low=0.43, high=0.49, before=0.45)
    assert points < 25  # of 101


def test_where_less_is_needed_the_level_lies_below_the_present_one() -> None:
    found, _ = found_by(search_from(0.9), lambda level: 0.8 - level)
    assert found == Least(level=0.3, low=0.27, high=0.33, before=0.31)


def test_of_two_levels_the_nearer_one_counts() -> None:
    found, _ = found_by(search_from(0.4), lambda level: float(level <= 0.2 or level >= 0.9))
    assert found.level == 0.2
    found, _ = found_by(search_from(0.7), lambda level: float(level <= 0.2 or level >= 0.9))
    assert found.level == 0.9


def test_a_nation_that_is_in_already_needs_nothing() -> None:
    found, _ = found_by(search_from(0.1), lambda _: 1.0, now=0.5)
    assert found == Least(0.1, 0.1, 0.1)


def test_a_nation_that_nothing_brings_in() -> None:
    assert found_by(search_from(0.1), lambda _: 0.49)[0] == Least()


def test_a_bound_beyond_the_range_is_missing() -> None:
    found, _ = found_by(search_from(0.1), lambda level: level / 2 + 0.01)
    assert found == Least(level=0.98, low=0.92, high=None, before=0.97)
    found, _ = found_by(search_from(0.9), lambda level: 0.51 - level / 2)
    assert found == Least(level=0.02, low=None, high=0.08, before=0.03)


def test_what_lies_next_to_the_present_level_is_compared_with_it() -> None:
    found, _ = found_by(search_from(0.1), lambda level: float(level >= 0.11))
    assert (found.level, found.before) == (0.11, None)


@given(
    chances=st.lists(st.floats(0, 1), min_size=101, max_size=101),
    present=st.sampled_from(LEVELS),
    stride=st.integers(1, 101),
)
def test_where_more_is_never_worse_the_least_level_is_found(
    chances: list[float], present: float, stride: int
) -> None:
    p = dict(zip(LEVELS, sorted(chances), strict=True))
    if p[present] >= 0.5:
        return
    found, _ = found_by(search_from(present, stride), p.__getitem__, now=p[present])
    enough = [level for level in LEVELS if level > present and p[level] >= 0.5]
    assert found.level == (min(enough) if enough else None)


def test_settings_are_tried_in_their_order() -> None:
    choices = Choices(0, "lever", ("a", "b", "c"))
    assert choices.wants({}) == [(("lever", "a"),), (("lever", "b"),), (("lever", "c"),)]
    tried = {
        choices.point(word): Interval(*(np.array([p]),) * 3)
        for word, p in zip("abc", (0, 0.6, 1), strict=True)
    }
    assert choices.wants(tried) == []
    assert choices.least(tried).level == "b"


@pytest.mark.parametrize(
    ("overrides", "path", "level"),
    [
        ([], "washington.involvement", 0.1),
        ([], "mandate.authority", 0.0),
        (["washington.involvement=enablers"], "washington.involvement", 0.5),
        (["start.ceasefire=0.3"], "ceasefire", 0.3),
    ],
)
def test_the_present_level_is_that_of_the_first_round(overrides: list[str], path: str, level: float) -> None:
    assert present_level(load_case("brussels-2025-04", overrides), path) == level


def test_what_happens_later_is_not_the_present() -> None:
    assert present_level(load_case("hindcast-2025"), "washington.involvement") == 0.1


def test_the_present_world_is_tried_too() -> None:
    assert search_from(0.1).wants({})[0] == AS_IT_IS
