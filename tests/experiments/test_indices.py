"""Sensitivity indices and boxes, against functions whose answers are known."""

import numpy as np
import pandas as pd
import pytest
from SALib.analyze import morris as salib_morris
from SALib.test_functions import Ishigami, Sobol_G

from sim.experiments.sensitivity.indices import (
    RESAMPLES,
    convergence,
    elementary_effects,
    morris_effects,
    sobol_indices,
)
from sim.inputs.designs import Morris, Saltelli, salib_problem
from sim.inputs.factors import Factor


def unit(number):
    return [Factor(path=f"x{index}", range=(0.0, 1.0)) for index in range(1, number + 1)]


def names(number):
    return [factor.path for factor in unit(number)]


def sobol_of(function, number, *, samples=1024, seed=1, second_order=False):
    points = Saltelli(samples, second_order).points(unit(number), seed).to_numpy()
    return sobol_indices(names(number), function(points), seed=seed, second_order=second_order)


def ishigami(shares):
    return Ishigami.evaluate(-np.pi + 2 * np.pi * shares)


def values(table, index):
    return table[table["index"] == index]["estimate"].to_numpy()


ISHIGAMI = {"first": [0.3139, 0.4424, 0.0], "total": [0.5576, 0.4424, 0.2437], "second": [0.0, 0.2437, 0.0]}
"""With a = 7, b = 0.1 (Ishigami & Homma 1990); pairs in the order (1,2), (1,3), (2,3)."""


@pytest.mark.parametrize("index", ["first", "total", "second"])
def test_ishigami_function_gives_the_indices_known_in_closed_form(index):
    found = sobol_of(ishigami, 3, samples=2048, second_order=True).query("index == @index")
    assert ((found["low"] <= ISHIGAMI[index]) & (found["high"] >= ISHIGAMI[index])).all()
    assert found["estimate"].to_numpy() == pytest.approx(ISHIGAMI[index], abs=0.05)


def test_sobol_g_function_gives_the_indices_known_in_closed_form():
    a = np.array([0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0])
    known = {"first": Sobol_G.sensitivity_index(a), "total": Sobol_G.total_sensitivity_index(a)}
    found = sobol_of(Sobol_G.evaluate, 8, samples=2048)
    for index, expected in known.items():
        part = found[found["index"] == index]
        within = (part["low"] - 1e-3 <= expected) & (part["high"] + 1e-3 >= expected)
        assert within.all(), part.assign(expected=expected)


def test_an_additive_model_by_hand():
    # y = 3 x1 + 4 x2 + 0 x3, x uniform: variances 9/12 and 16/12, so 9/25 and 16/25, and no interactions.
    table = sobol_of(lambda x: x @ [3.0, 4.0, 0.0], 3, samples=2048, second_order=True)
    assert values(table, "first") == pytest.approx([0.36, 0.64, 0.0], abs=0.02)
    assert values(table, "total") == pytest.approx([0.36, 0.64, 0.0], abs=0.02)
    assert values(table, "second") == pytest.approx([0.0, 0.0, 0.0], abs=0.05)


def test_a_product_by_hand():
    # y = (x1 - 1/2)(x2 - 1/2): all of the variance is the pair's.
    table = sobol_of(lambda x: (x[:, 0] - 0.5) * (x[:, 1] - 0.5), 2, second_order=True)
    assert values(table, "first") == pytest.approx([0.0, 0.0], abs=0.06)
    assert values(table, "total") == pytest.approx([1.0, 1.0], abs=0.1)
    assert values(table, "second") == pytest.approx([1.0], abs=0.15)


def test_elementary_effects_of_a_linear_model_by_hand():
    shares = Morris(8).points(unit(3), 1).to_numpy()
    table = morris_effects(names(3), shares, shares @ [3.0, -4.0, 0.0], seed=1)
    assert table["mu"].to_numpy() == pytest.approx([3.0, -4.0, 0.0])
    assert table["mu_star"].to_numpy() == pytest.approx([3.0, 4.0, 0.0])
    assert table["sigma"].to_numpy() == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)
    assert (table["mu_star_high"] - table["mu_star_low"]).to_numpy() == pytest.approx(0.0, abs=1e-9)


def test_elementary_effects_are_those_of_salib():
    shares = Morris(32).points(unit(3), 3).to_numpy()
    outcome = ishigami(shares)
    table = morris_effects(names(3), shares, outcome, seed=1)
    theirs = salib_morris.analyze(salib_problem(unit(3)), shares, outcome, num_resamples=RESAMPLES, seed=1)
    for name in ("mu", "mu_star", "sigma"):
        assert table[name].to_numpy() == pytest.approx(np.array(theirs[name], dtype=float))
    margin = (table["mu_star_high"] - table["mu_star"]).to_numpy()
    assert margin == pytest.approx(np.array(theirs["mu_star_conf"], dtype=float), rel=0.25, abs=1e-9)


def test_every_trajectory_gives_an_effect_of_every_factor():
    shares = Morris(5).points(unit(4), 1).to_numpy()
    assert elementary_effects(shares, shares @ [1.0, 2.0, 3.0, 4.0]) == pytest.approx(
        np.tile([1.0, 2.0, 3.0, 4.0], (5, 1))
    )


@pytest.mark.parametrize("second_order", [False, True])
def test_intervals_shrink_as_the_sample_grows(second_order):
    outcome = ishigami(Saltelli(1024, second_order).points(unit(3), 1).to_numpy())
    table = convergence(names(3), outcome, seed=1, second_order=second_order)
    assert sorted(table["samples"].unique()) == [128, 256, 512, 1024]
    assert (table["points"] == table["samples"] * 5).all()
    widths = table.assign(width=table["high"] - table["low"]).groupby("samples")["width"].max()
    assert widths[1024] < widths[512] < widths[128]
    total = table.query("samples == 1024 and index == 'total'")
    assert ((total["low"] <= ISHIGAMI["total"]) & (total["high"] >= ISHIGAMI["total"])).all()


def test_the_last_row_of_the_convergence_is_the_estimate():
    outcome = ishigami(Saltelli(128).points(unit(3), 1).to_numpy())
    last = convergence(names(3), outcome, seed=1).query("samples == 128")
    assert last["estimate"].tolist() == sobol_indices(names(3), outcome, seed=1)["estimate"].tolist()


@pytest.mark.parametrize("seed", [0, 1])
def test_the_same_seed_gives_the_same_intervals(seed):
    first, again = (sobol_of(ishigami, 3, samples=64, seed=seed) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    shares = Morris(8).points(unit(3), seed).to_numpy()
    effects = [morris_effects(names(3), shares, ishigami(shares), seed=seed) for _ in range(2)]
    pd.testing.assert_frame_equal(*effects)


def test_other_seeds_give_other_intervals():
    outcome = ishigami(Saltelli(64).points(unit(3), 1).to_numpy())
    tables = [sobol_indices(names(3), outcome, seed=seed) for seed in (0, 1)]
    assert tables[0]["estimate"].tolist() == tables[1]["estimate"].tolist()
    assert tables[0]["high"].tolist() != tables[1]["high"].tolist()


def test_an_outcome_that_never_varies_has_no_indices():
    table = sobol_of(lambda x: np.ones(len(x)), 3, samples=32, second_order=True)
    assert len(table) == 9
    assert table["estimate"].isna().all()


def test_an_outcome_that_varies_beside_the_two_samples_only_has_no_indices():
    outcome = np.zeros(32 * 5)
    outcome[1] = 1.0
    assert sobol_indices(names(3), outcome, seed=1)["estimate"].isna().all()
