"""Boxes planted in synthetic data are found, and judged by points that the search has not seen."""

import sys
from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest

from sim.experiments.sensitivity.discovery import Limit, discover
from sim.inputs.errors import InputError

# It is looked for, not imported: that takes seconds, and what is not run need not wait for it.
pytestmark = pytest.mark.skipif(find_spec("ema_workbench") is None, reason="extra: discovery")


def points(seed, number=1000, factors=6):
    draws = np.random.default_rng(seed).random((number, factors))
    return pd.DataFrame(draws, columns=[f"x{index}" for index in range(1, factors + 1)])


def planted(table):
    """A box of a fifth of the space: x1 above 0.6 and x2 below 0.5."""
    return ((table["x1"] > 0.6) & (table["x2"] < 0.5)).to_numpy()


def found(is_of_interest, **kwargs):
    search, judge = points(1, **kwargs), points(2, **kwargs)
    return discover(search, is_of_interest(search), judge, is_of_interest(judge))


@pytest.mark.slow
def test_a_planted_box_is_found():
    box, *_ = found(planted)
    limits = {limit.factor: limit for limit in box.limits}
    assert set(limits) == {"x1", "x2"}
    assert limits["x1"].low == pytest.approx(0.6, abs=0.04)
    assert limits["x1"].high == np.inf
    assert limits["x2"].high == pytest.approx(0.5, abs=0.04)
    assert limits["x2"].low == -np.inf
    assert all(limit.p_value < 0.05 for limit in box.limits)


@pytest.mark.slow
def test_coverage_and_density_are_those_of_the_box():
    box, *_ = found(planted)
    judge = points(2)
    inside = np.logical_and.reduce([limit.admits(judge) for limit in box.limits])
    of_interest = planted(judge)
    assert box.judged.coverage.estimate == (inside & of_interest).sum() / of_interest.sum()
    assert box.judged.density.estimate == (inside & of_interest).sum() / inside.sum()
    assert box.judged.points == len(judge)
    assert box.judged.coverage.estimate > 0.9
    assert box.judged.density.estimate > 0.9


@pytest.mark.slow
def test_a_box_of_known_density():
    def noisy(table):
        return planted(table) & (np.random.default_rng(len(table)).random(len(table)) < 0.9)

    box, *_ = found(noisy, number=2000)
    assert {limit.factor for limit in box.limits} == {"x1", "x2"}
    assert box.judged.density.estimate == pytest.approx(0.9, abs=0.06)


@pytest.mark.slow
def test_two_planted_boxes_are_found_one_after_the_other():
    def either(table):
        return ((table["x1"] > 0.7) | ((table["x3"] < 0.25) & (table["x1"] < 0.5))).to_numpy()

    first, second, *_ = found(either, number=2000)
    assert {limit.factor for limit in first.limits} == {"x1"}
    assert "x3" in {limit.factor for limit in second.limits}
    assert first.judged.in_box + second.judged.in_box < 2000


@pytest.mark.parametrize("share", [0.0, 0.002, 1.0])
def test_no_box_where_hardly_any_point_is_of_interest_or_all_are(share):
    assert found(lambda table: np.arange(len(table)) < share * len(table)) == ()


@pytest.mark.slow
def test_chance_alone_makes_no_box_that_holds_for_other_points():
    def chance(table):
        return np.random.default_rng(int(table["x1"].sum() * 1e6)).random(len(table)) < 0.3

    for box in found(chance):
        assert box.judged.density.low < 0.35


@pytest.mark.slow
def test_the_same_points_give_the_same_boxes():
    assert found(planted) == found(planted)


def test_a_limit_admits_its_bounds():
    limit = Limit("x", 0.2, np.inf, 0.0)
    assert limit.admits(pd.DataFrame({"x": [0.1, 0.2, 0.9]})).tolist() == [False, True, True]


def test_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ema_workbench.analysis.prim", None)
    with pytest.raises(InputError, match=r"needs EMA workbench: pip install"):
        found(planted)
