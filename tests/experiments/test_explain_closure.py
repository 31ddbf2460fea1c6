"""What closes the gap: small worlds in which that can be worked out by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from explain_worlds import MISREAD, STILL, index, same, small_world

import sim
from sim.experiments.explain.closure import (
    LEVER,
    NO_LEVER,
    ONLY_POSITION,
    PAIR,
    POSITION,
    Closure,
    what_closes_the_gap,
)
from sim.experiments.independent import independent_runs
from sim.experiments.runs import Runs
from sim.experiments.statistics import share
from sim.inputs.case import Case, load_case
from sim.inputs.questions import Questions, load_questions

MANY = 400


@pytest.fixture(scope="module")
def questions() -> Questions:
    return load_questions().of_case(load_case("brussels-2025-04"))


def closure(case: Case, code: str, questions: Questions, runs: int = MANY, threads: int = 0) -> Closure:
    return what_closes_the_gap(case, index(case, code), questions, Runs(runs, threads=threads))


def of_kind(found: Closure, kind: str) -> "pd.Series[float]":
    return found.table[found.table["kind"] == kind].set_index("change")["p"]


# By hand


def test_who_refuses_is_held_back_by_that_alone(tmp_path: Path, questions: Questions) -> None:
    case = small_world(tmp_path, {"AAX": {"position": "opposed"}}, parameters=STILL)
    found = closure(case, "AAX", questions)
    assert (of_kind(found, LEVER) == 0).all()
    assert (of_kind(found, PAIR) == 0).all()
    assert of_kind(found, NO_LEVER).tolist() == [1.0]
    # One whose commitment is read a rung lower would still be out.
    assert of_kind(found, POSITION).item() > 1 - 2 * MISREAD
    assert of_kind(found, ONLY_POSITION).item() == of_kind(found, POSITION).item()


def test_a_demand_is_closed_by_the_lever_that_it_is_about(tmp_path: Path, questions: Questions) -> None:
    # It would be in but for its demand; those read a rung lower are out whatever happens.
    demands = [("AAX", "ceasefire", 0.4, 0.0)]
    case = small_world(tmp_path, {"AAX": {"position": "conditional"}}, conditions=demands, parameters=STILL)
    found = closure(case, "AAX", questions)
    levers = of_kind(found, LEVER)
    assert levers.idxmax() == "ceasefire at 1"
    assert levers["ceasefire at 1"] > 1 - 2.5 * MISREAD
    assert (levers.drop("ceasefire at 1") == 0).all()
    assert (of_kind(found, PAIR) == 0).all()  # one is enough
    assert of_kind(found, NO_LEVER).item() == pytest.approx(1 - levers["ceasefire at 1"])


def test_two_demands_take_a_pair(tmp_path: Path, questions: Questions) -> None:
    demands = [("AAX", "clarity", 0.4, 0.0), ("AAX", "ceasefire", 0.6, 0.0)]
    case = small_world(tmp_path, {"AAX": {"position": "conditional"}}, conditions=demands, parameters=STILL)
    found = closure(case, "AAX", questions)
    pairs = of_kind(found, PAIR)
    assert (of_kind(found, LEVER) == 0).all()
    assert pairs["clarity at 1 and ceasefire at 1"] > 1 - 2.5 * MISREAD
    assert (pairs.drop("clarity at 1 and ceasefire at 1") == 0).all()


def test_a_member_has_no_gap(tmp_path: Path, questions: Questions) -> None:
    case = small_world(
        tmp_path,
        {"AAX": {"position": "committed"}},
        parameters=STILL,
        nations={"AAX": {"held": "committed"}},
    )
    found = closure(case, "AAX", questions, runs=40)
    assert found.table.empty
    assert {"iso3", "kind", "change", "p", "p_low", "p_high"} <= set(found.table)


def test_the_present_level_is_no_change(tmp_path: Path, questions: Questions) -> None:
    case = small_world(tmp_path, {"AAX": {"position": "opposed"}}, parameters=STILL, ceasefire=1.0)
    changes = of_kind(closure(case, "AAX", questions, runs=5), LEVER).index
    assert "ceasefire at 0" in changes
    assert "ceasefire at 1" not in changes


# The real scenario


@pytest.fixture(scope="module")
def real(questions: Questions) -> Closure:
    return closure(load_case("brussels-2025-04", ["rounds=12"]), "SWE", questions)


def test_shares_are_of_the_runs_in_which_the_nation_is_out(real: Closure) -> None:
    case = real.case
    committed = sim.run(case, runs=MANY).summary.loc["SWE", "p_committed"]
    out = MANY - round(committed * MANY)
    assert set(real.table["out"]) == {out}
    row = real.table.iloc[0]
    expected = share(round(row["p"] * out), out, independent_runs(case, out))
    assert (row["p"], row["p_low"], row["p_high"]) == tuple(map(float, expected))


def test_levers_pairs_and_what_none_closes_are_all(real: Closure) -> None:
    levers, pairs = of_kind(real, LEVER), of_kind(real, PAIR)
    none, only, position = (of_kind(real, kind).item() for kind in (NO_LEVER, ONLY_POSITION, POSITION))
    assert levers.max() <= 1 - none <= min(levers.sum() + pairs.sum(), 1)
    assert levers.max() + pairs.max() <= 1
    assert only <= min(none, position)
    assert position - only <= 1 - none + 1e-12
    assert levers.is_monotonic_decreasing
    assert pairs.is_monotonic_decreasing


def test_threads_change_nothing(questions: Questions) -> None:
    case = load_case("brussels-2025-04", ["rounds=4"])
    one, two = (closure(case, "SWE", questions, runs=40, threads=threads).table for threads in (1, 2))
    assert same(one, two)
    assert np.isfinite(one["p"]).all()
