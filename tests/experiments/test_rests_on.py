"""What numbers rest on: the worst verdict among what decides them."""

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.declarations.levels import LEVERS
from sim.declarations.parameters import INTERACTION
from sim.declarations.words import VERDICTS
from sim.experiments.rests_on import (
    DECIDES,
    FORCE_MET,
    NUMBERS,
    drawn_given,
    numbers_of,
    rests_on,
    total_index,
    verdicts,
)
from sim.inputs.case import load_case, reacting
from sim.inputs.parameters import DECLARED
from sim.model.ensemble import Execution, simulate

BASELINE = "paris-2026-01"
RUNS = 300
LEVER_ROWS = tuple(f"effect of {lever}" for lever in LEVERS)


def column(table: pd.DataFrame, number: str) -> pd.DataFrame:
    """Return the rows of a number, by group."""
    return table[table["number"] == number].set_index("group")


@pytest.fixture(scope="module")
def unchanged() -> pd.DataFrame:
    """Of a scenario in which no level changes."""
    return rests_on(load_case(BASELINE), seed=1, runs=RUNS)


@pytest.fixture(scope="module")
def backstop() -> pd.DataFrame:
    """Of a scenario in which the patron gives more, and all of it reaches soldiers on land."""
    case = load_case(BASELINE, ["washington.involvement=1", "parameters.reach=2"])
    return rests_on(case, seed=1, runs=RUNS)


@pytest.mark.parametrize(
    "changes", [{}, {"washington.involvement": 0.9}, {"washington.policy": "burden_sharing"}]
)
def test_a_number_is_told_alone_as_in_the_table_of_all(changes: dict[str, object]) -> None:
    case = load_case(BASELINE)
    numbers = numbers_of(case.with_overrides(changes), 1, 200)
    for each in (numbers, numbers.less(numbers_of(case, 1, 200))):
        expected = verdicts(each.table())
        assert {number: each.verdict(number) for number in each.as_run} == expected


def test_what_is_asked_again_of_a_case_is_not_run_again() -> None:
    case = load_case(BASELINE)
    assert numbers_of(case, 1, 50) is numbers_of(case, 1, 50)


# --- the index ---------------------------------------------------------------------------------------


def test_the_total_index_of_a_sum_is_the_share_of_the_variance_that_a_part_has() -> None:
    """Of a + 2 b, both 0 or 1 alike often, a has 1/4 of a variance of 5/4, and b has 4/4."""
    a, b, a_anew, b_anew = np.array(list(product((0.0, 1.0), repeat=4))).T
    assert total_index(a + 2 * b, a_anew + 2 * b)[0] == pytest.approx(1 / 5)
    assert total_index(a + 2 * b, a + 2 * b_anew)[0] == pytest.approx(4 / 5)


def test_the_total_index_of_a_product_counts_what_two_do_together() -> None:
    """Of a b, both -1 or 1, neither does anything alone: each has all of it."""
    a, b, anew = np.array(list(product((-1.0, 1.0), repeat=3))).T
    assert total_index(a * b, anew * b)[0] == pytest.approx(1.0)


def test_its_error_is_that_of_a_mean() -> None:
    """Half of the terms are 0.4, half are 0: their deviation is 0.2."""
    a, b, anew = np.array(list(product((0.0, 1.0), repeat=3))).T
    assert total_index(a + 2 * b, anew + 2 * b) == pytest.approx((0.2, 1.959963984540054 * 0.2 / 8**0.5))


def test_what_does_not_vary_rests_on_nothing() -> None:
    assert total_index(np.ones(5), np.ones(5)) == (0.0, 0.0)


@pytest.mark.parametrize("correlation", [0.0, 0.6, -0.6])
def test_other_draws_keep_what_the_others_tell(correlation: float) -> None:
    """Of the sum of two normal draws: what is left of one, the other being known (Kucherenko et al. 2012)."""
    rng = np.random.default_rng(1)
    one, free = rng.standard_normal((2, 2000, 1))
    other = correlation * one + np.sqrt(1 - correlation**2) * free
    anew = drawn_given(one, other)
    assert np.corrcoef(anew.T, other.T)[0, 1] == pytest.approx(correlation, abs=0.05)
    index, _ = total_index((one + other)[:1000, 0], (anew + other)[:1000, 0])
    assert index == pytest.approx((1 - correlation**2) / (2 + 2 * correlation), rel=0.1)


def test_what_others_tell_wholly_is_not_drawn_anew() -> None:
    one = np.rint(np.random.default_rng(1).standard_normal((50, 2)) * 64) / 64
    assert drawn_given(one, 2 * one) == pytest.approx(one, abs=1e-6)


# --- differences -------------------------------------------------------------------------------------


def test_a_difference_rests_on_what_tells_two_cases_apart() -> None:
    """Where only the patron gives more, other levers decide nothing; the worse verdict of two counts."""
    ours, theirs = (numbers_of(load_case(name), 1, 200) for name in ("brussels-2025-04", "us-backstop"))
    difference = theirs.less(ours)
    assert difference.as_run["size"].tolist() == (theirs.as_run["size"] - ours.as_run["size"]).tolist()
    size = column(difference.table(), "size")
    assert size.loc["effect of involvement", "decides"]
    assert (size.drop("effect of involvement").filter(like="effect of", axis=0)["total"] == 0).all()


def test_a_case_does_not_differ_from_itself() -> None:
    numbers = numbers_of(load_case(BASELINE), 1, 20)
    table = numbers.less(numbers).table()
    assert (table["total"].dropna() == 0).all()
    assert set(verdicts(table).values()) == {"assumed"}


def test_a_difference_is_assumed_where_either_has_policies() -> None:
    quiet, reacts = (numbers_of(each, 1, 20) for each in (load_case(BASELINE), reacting(load_case(BASELINE))))
    for difference in (quiet.less(reacts), reacts.less(quiet)):
        assert set(verdicts(difference.table()).values()) == {"assumed"}


# --- groups ------------------------------------------------------------------------------------------


def test_every_number_has_a_row_of_every_group(unchanged: pd.DataFrame) -> None:
    iso3 = load_case(BASELINE).roster.iso3
    groups = ["who contributes", *LEVER_ROWS, "how words move", "interaction", "other assumptions"]
    assert list(dict.fromkeys(unchanged["group"])) == groups
    assert set(unchanged["number"]) == {*NUMBERS, FORCE_MET, *iso3}
    assert len(unchanged) == len(groups) * (len(NUMBERS) + 1 + len(iso3))
    assert set(unchanged["verdict"]) <= set(VERDICTS)
    decides = unchanged["total"] + unchanged["error"] >= DECIDES
    assert (unchanged["decides"] == decides).all()


def test_a_lever_that_does_not_change_decides_nothing(unchanged: pd.DataFrame) -> None:
    levers = unchanged[unchanged["group"].isin(LEVER_ROWS)]
    assert (levers["total"] == 0).all()
    assert not levers["decides"].any()


@pytest.mark.parametrize("name", [BASELINE, "us-backstop"])
def test_runs_that_would_be_the_same_are_left_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other draws of what a lever does change no bit where its level stays: these runs are not made."""
    case = load_case(name)
    found = rests_on(case, 1, 50)
    monkeypatch.setattr("sim.experiments.rests_on._moves", lambda *_: True)
    pd.testing.assert_frame_equal(rests_on(case, 1, 50), found)


def test_what_past_coalitions_say_of_contributions_says_nothing_of_soldiers(unchanged: pd.DataFrame) -> None:
    """Where no level changes, dispositions matter for any contribution alone."""
    past = unchanged[unchanged["group"] == "who contributes"].set_index("number")["total"]
    assert past["contributors"] > 0.5
    assert past.drop("contributors").eq(0).all()


def test_a_lever_that_changes_counts_and_the_others_do_not(backstop: pd.DataFrame) -> None:
    size = column(backstop, "size")
    assert size.loc["effect of involvement", "decides"]
    for lever in LEVERS:
        if lever != "involvement":
            assert size.loc[f"effect of {lever}", "total"] == 0.0


def test_a_point_of_parameters_leaves_the_groups_of_parameters_out() -> None:
    table = rests_on(load_case(BASELINE, parameters=DECLARED), seed=1, runs=20)
    assert set(table["group"]) == {"who contributes", *LEVER_ROWS}


def test_no_more_runs_are_looked_at_than_there_are(unchanged: pd.DataFrame) -> None:
    result = sim.run(BASELINE, runs=RUNS)
    pd.testing.assert_frame_equal(result.rests_on, unchanged)


def test_marks_use_as_many_threads_as_runs_do(
    unchanged: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And do not depend on their number."""
    used: list[int] = []

    def noted(*given: Any, execution: Execution, **more: Any) -> Any:
        used.append(execution.threads)
        return simulate(*given, execution=execution, **more)

    monkeypatch.setattr("sim.experiments.rests_on.simulate", noted)
    result = sim.run(BASELINE, runs=RUNS, threads=3)
    pd.testing.assert_frame_equal(result.rests_on, unchanged)
    assert set(used) == {3}


# --- verdicts ----------------------------------------------------------------------------------------


def table_of(**decides: bool) -> pd.DataFrame:
    """Return the rows of one number: groups are called like their verdicts."""
    verdict = [name.replace("_", " ") for name in decides]
    return pd.DataFrame({"number": "size", "verdict": verdict, "decides": list(decides.values())})


def test_the_worst_of_what_decides_counts() -> None:
    assert verdicts(table_of(learned=True, fitted=True, assumed=False)) == {"size": "fitted"}
    assert verdicts(table_of(learned=True, fitted=False, assumed=False)) == {"size": "learned"}


def test_where_chance_alone_decides_it_is_the_worst_of_all() -> None:
    assert verdicts(table_of(learned=False, not_told=False)) == {"size": "not told"}


def test_numbers_of_soldiers_are_always_assumed(unchanged: pd.DataFrame, backstop: pd.DataFrame) -> None:
    for table in (unchanged, backstop):
        told = verdicts(table)
        assert {told[number] for number in ("force", "fielded", FORCE_MET)} == {"assumed"}
    said = table_of(learned=True).assign(number="force")
    assert verdicts(said) == {"force": "assumed"}


@pytest.mark.parametrize(("day", "verdict"), [("2025-04-09", "learned"), ("2025-04-10", "assumed")])
def test_who_contributes_is_learned_until_governments_were_read(day: str, verdict: str) -> None:
    """The day before the first statement, without interaction, past coalitions decide alone."""
    alone = {f"parameters.{name}": 0.0 for name in INTERACTION}
    table = rests_on(load_case("brussels-2025-04", {**alone, "start": day}), seed=1, runs=1000)
    assert set(table[table["group"] == "who contributes"]["verdict"]) == {verdict}
    assert verdicts(table)["contributors"] == verdict


def test_fewer_runs_may_tell_less_and_never_more() -> None:
    """An index that may be a quarter, for all that the runs tell, counts: the lower verdict."""
    case = load_case(BASELINE)
    few, many = (verdicts(rests_on(case, seed=1, runs=runs))["contributors"] for runs in (50, 1000))
    assert VERDICTS.index(few) <= VERDICTS.index(many)
