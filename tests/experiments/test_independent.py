"""Runs beyond the draws of what is unknown bring other chance, but no other draw: intervals say so."""

import numpy as np
import pytest

import sim
from sim.evidence.case_draws import DRAWS
from sim.experiments.independent import independent_runs
from sim.experiments.runs import Runs
from sim.experiments.sweep.point_model import PointModel
from sim.inputs.case import load_case
from sim.inputs.parameters import DECLARED

BASELINE = "brussels-2025-04"
MORE = 3000


def test_runs_count_up_to_the_fewer_of_the_draws() -> None:
    drawn, at_a_point = load_case(BASELINE), load_case(BASELINE, parameters=DECLARED)
    rows = drawn.parameters.draws
    assert 1 < rows < DRAWS
    assert [independent_runs(drawn, number) for number in (1, rows, DRAWS, 100_000)] == [1, *[rows] * 3]
    assert [independent_runs(at_a_point, number) for number in (1, DRAWS, 100_000)] == [1, DRAWS, DRAWS]


@pytest.fixture(scope="module")
def result() -> "sim.RunResult":
    return sim.run(BASELINE, runs=MORE, overrides={"rounds": 16})


def test_errors_are_those_of_so_many_independent_runs(result: "sim.RunResult") -> None:
    """As worked out from the runs themselves: the deviation of a number over the root of the draws."""
    end, runs = result.rounds.iloc[-1], result.runs
    root = np.sqrt(result.case.parameters.draws)
    for name in ("size", "contributors"):
        error = (end[f"{name}_mean_high"] - end[f"{name}_mean"]) / 1.959963984540054
        assert error == pytest.approx(runs[name].std() / root, rel=1e-3)
        assert end[f"{name}_mean"] == pytest.approx(runs[name].mean(), rel=1e-12)
    nations = result.summary.query("0.1 < p_committed < 0.9")
    share, width = nations["p_committed"], nations["p_committed_high"] - nations["p_committed_low"]
    assert len(nations) > 3
    assert width.to_numpy() == pytest.approx(2 * 1.96 * np.sqrt(share * (1 - share)) / root, rel=0.02)


def test_points_of_sweeps_have_the_same_intervals(result: "sim.RunResult") -> None:
    model = PointModel(result.case, Runs(MORE, result.seed), ("size", "p_force_met"))
    found, end = model.at({}), result.rounds.iloc[-1]
    assert found.low.tolist() == [end["size_mean_low"], end["p_force_met_low"]]
    assert found.high.tolist() == [end["size_mean_high"], end["p_force_met_high"]]


def test_paired_differences_too(result: "sim.RunResult") -> None:
    few, many = (
        sim.compare([BASELINE, "us-backstop"], runs=runs, overrides={"rounds": 4}).coalition
        for runs in (1000, MORE)
    )
    narrower = (many["difference_high"] - many["difference_low"]) / (
        few["difference_high"] - few["difference_low"]
    )
    assert narrower[few["difference"] != 0].between(0.8, 1.25).all()
