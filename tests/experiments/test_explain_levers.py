"""What it would take: least levels that can be worked out by hand, and real ones run again."""

from pathlib import Path

import numpy as np
import pytest
from explain_worlds import CLIMB, STILL, anchor_between, index, same, small_world

import sim
from sim.experiments.explain.frontier import best_pairs, frontiers
from sim.experiments.explain.levers import (
    COMMITTED_ALREADY,
    NOT_ALONE,
    REACHED,
    LeverAnswers,
    what_would_it_take,
)
from sim.experiments.sweep.point_model import Runs
from sim.inputs.bundled import find_roster
from sim.inputs.case import load_case
from sim.inputs.questions import Questions, load_questions
from sim.inputs.roster_file import actors_of

BASELINE = "brussels-2025-04"
MANY = 400


@pytest.fixture(scope="module")
def questions() -> Questions:
    return load_questions().for_actors(actors_of(find_roster("europe-2025")))


def answers(
    case: sim.Case, code: str, questions: Questions, runs: int = MANY, threads: int = 0
) -> LeverAnswers:
    return what_would_it_take(case, index(case, code), questions, Runs(runs), threads=threads)


def lever(found: LeverAnswers, path: str) -> "np.record":
    return found.table.set_index("lever").loc[path]


# By hand


def test_a_nation_one_lever_away(tmp_path: Path, questions: Questions) -> None:
    # It is in where its anchor, uniform in log-odds, and the ceasefire together exceed the threshold.
    case = small_world(tmp_path, {"AAX": {"position": "open"}}, parameters={**STILL, "b_ceasefire": 1.0})
    found = answers(case, "AAX", questions)
    row = lever(found, "ceasefire")
    low, high = anchor_between("open")
    assert row["status"] == REACHED
    assert row["value_low"] - 0.01 <= CLIMB - (low + high) / 2 <= row["value_high"]
    # The very runs: half of them or more have an anchor that the value lifts above the threshold.
    anchors = sim.run(case, runs=MANY, trajectories=True).trajectories.query("round == 0")["propensity"]
    assert np.mean(anchors + row["value"] > CLIMB) == row["p"] >= 0.5
    assert np.mean(anchors + row["value"] - 0.01 > CLIMB) == row["p_before"] < 0.5
    others = found.table[found.table["lever"] != "ceasefire"]
    assert set(others["status"]) == {NOT_ALONE}
    assert (others["p"] == 0).all()
    assert others["value"].isna().all()


def test_public_opinion_is_each_nations_own(tmp_path: Path, questions: Questions) -> None:
    nations = {"AAX": {"position": "open"}, "BBX": {"position": "open"}}
    case = small_world(tmp_path, nations, parameters={**STILL, "b_public_opinion": 2.0})
    row = lever(answers(case, "BBX", questions), "nations.BBX.public_support")
    low, high = anchor_between("open")
    assert row["value_low"] - 0.01 <= (CLIMB - (low + high) / 2) / 2 <= row["value_high"]


def test_pressure_may_have_to_go_down(tmp_path: Path, questions: Questions) -> None:
    # Without a spread of fear all nations have none; the least fearful of two has exactly 0.
    nations = {"AAX": {"position": "open", "escalation_fear": 1}, "BBX": {"escalation_fear": 0}}
    given = {"b_escalation": 2.0, "shield_patron": 0.0, "attention": 0.6}
    case = small_world(tmp_path, nations, rounds=25, parameters={**STILL, **given})
    row = lever(answers(case, "AAX", questions), "moscow.pressure")
    assert row["status"] == REACHED
    # Fear lies between 0.95 and 1: what pressure r takes away at 0.5 it gives back at 0.5 - r.
    low, high = anchor_between("open")
    least, most = (0.5 - (CLIMB - (low + high) / 2) / (2 * fear) for fear in (0.95, 1.0))
    assert row["value_low"] <= most
    assert row["value_high"] + 0.01 >= least
    assert row["value"] < row["present"] == 0.5


def test_a_stated_condition_is_a_step(tmp_path: Path, questions: Questions) -> None:
    # Willing, were it not for the mandate: conditional anchors lie above this threshold.
    case = small_world(
        tmp_path,
        {"AAX": {"position": "conditional"}},
        conditions=[("AAX", "clarity", 0.4, 0.0)],
        parameters={**STILL, "climb_to_committed": 0.335, "climb_to_open": 0.33, "slip_to_open": 0.3},
    )
    row = lever(answers(case, "AAX", questions), "mandate.clarity")
    assert (row["value"], row["value_low"], row["value_high"]) == (0.4, 0.4, 0.4)
    assert (row["p_before"], row["p"], row["again"]) == (0, 1, 1)


def test_a_nation_that_is_in_needs_nothing(tmp_path: Path, questions: Questions) -> None:
    case = small_world(tmp_path, {"AAX": {"position": "committed"}}, parameters=STILL)
    table = answers(case, "AAX", questions, runs=20).table
    assert set(table["status"]) == {COMMITTED_ALREADY}
    assert (table["p"] == 1).all()
    assert table["value"].isna().all()


def test_the_largest_nation_outside_is_asked_about_first(tmp_path: Path, questions: Questions) -> None:
    # All listen to all; BBX could send nine tenths of what others than AAX could, so it is whom AAX follows.
    nations = {
        "AAX": {"position": "open", "troops": 10},
        "BBX": {"position": "opposed", "troops": 8100},
        "CCX": {"position": "opposed", "troops": 100},
        "DDX": {"position": "committed", "troops": 90000},
    }
    case = small_world(tmp_path, nations, parameters={**STILL, "b_peers": 5.0})
    found = answers(case, "AAX", questions, runs=40).table
    joining = found[found["leading"] != ""].set_index("leading")
    assert joining.index.tolist() == ["BBX", "CCX"]  # not itself, not who is in
    assert joining.loc["BBX", "label"] == "Land BBX joins"
    assert joining.loc["BBX", ["status", "setting", "p"]].tolist() == [REACHED, "committed", 1]
    assert joining.loc["CCX", "status"] == NOT_ALONE


def test_two_levers_that_stand_in_for_each_other(tmp_path: Path, questions: Questions) -> None:
    # A ceasefire of 1 adds as much as a clear mandate does; the nation needs the same of both together.
    nations = {"AAX": {"position": "undecided", "clarity_need": 1}, "BBX": {"clarity_need": 0}}
    parameters = {**STILL, "b_ceasefire": 1.0, "b_ambiguity": 1.0, "climb_to_open": 0.14}
    case = small_world(tmp_path, nations, parameters={**parameters, "slip_to_undecided": 0.12})
    pairs = best_pairs(case, index(case, "AAX"), questions, Runs(MANY))
    row = pairs.table.iloc[0]
    assert (row["first"], row["second"], row["both_needed"]) == ("clarity", "ceasefire", True)
    table = frontiers(pairs, Runs(MANY)).table.dropna(subset="second_level")
    low, high = anchor_between("undecided")
    needed = (
        CLIMB - (low + high) / 2
    )  # of clarity less the present 0.05, times a need of 0.95 to 1, and ceasefire
    for _, point in table.iterrows():
        gains = [(point["first_level"] - 0.05) * need for need in (0.95, 1.0)]
        assert point["second_level_low"] - 0.011 <= needed - gains[0]
        assert needed - gains[1] <= (
            point["second_level_high"] if point["second_level_high"] == point["second_level_high"] else 1.0
        )
    assert table["second_level"].is_monotonic_decreasing
    assert (table["p"] >= 0.5).all()


def test_a_lever_that_a_later_event_moves_is_set_until_then(tmp_path: Path, questions: Questions) -> None:
    # Who joins while it holds takes its word back when it is over.
    case = small_world(
        tmp_path,
        {"AAX": {"position": "open"}},
        events=[{"round": 3, "title": "over", "ceasefire": 0.0}],
        parameters={**STILL, "b_ceasefire": 1.0, "slip_to_open": 0.59},
    )
    assert lever(answers(case, "AAX", questions, runs=40), "ceasefire")["status"] == NOT_ALONE


# The real scenario


@pytest.fixture(scope="module")
def real(questions: Questions) -> LeverAnswers:
    case = load_case(BASELINE)
    return what_would_it_take(case, index(case, "CAN", "SWE"), questions, Runs(200))


@pytest.mark.slow
def test_running_the_scenario_with_the_value_confirms_it(real: LeverAnswers) -> None:
    reached = real.table[real.table["status"] == REACHED]
    assert len(reached) >= 6
    for _, row in reached.iterrows():
        change = [f"{row['lever']}={row['setting']}"]
        same_runs, other_runs = (sim.run(BASELINE, overrides=change, runs=200, seed=seed) for seed in (1, 2))
        p, again = (result.summary.loc[row["iso3"], "p_committed"] for result in (same_runs, other_runs))
        assert (p, again) == (row["p"], row["again"])
        if row["p_before"] > 0.4:  # no step
            assert row["p_low"] <= 0.5 <= row["p_high"]
            assert row["again_low"] - 0.05 <= 0.5 <= row["again_high"] + 0.05


@pytest.mark.slow
def test_the_same_seed_gives_the_same_table_on_any_number_of_threads(questions: Questions) -> None:
    case = load_case(BASELINE, ["rounds=20"])
    one, two = (answers(case, "CAN", questions, runs=60, threads=threads) for threads in (1, 2))
    assert same(one.table, two.table)
    assert one.points == two.points


@pytest.mark.slow
def test_consistency_check_the_statements_of_april_2025_come_out_again(questions: Questions) -> None:
    """A consistency check, no evidence: the conditions went in, through the roster and not by name."""
    case = load_case(BASELINE)
    asked = index(case, "NLD", "SWE", "AUT", "IRL")
    found = what_would_it_take(case, asked, questions, Runs(100)).table
    alone = found[found["status"] == REACHED].groupby("iso3")["lever"].apply(list).to_dict()
    assert alone == {"SWE": ["mandate.clarity"], "AUT": ["mandate.authority"], "IRL": ["mandate.authority"]}
    pairs = best_pairs(case, asked[:1], questions, Runs(200))
    assert pairs.table[["first", "second"]].to_numpy().tolist() == [["US involvement", "clarity"]]
    point = frontiers(pairs, Runs(100)).cheapest("NLD")
    assert point is not None
    change = [f"washington.involvement={point['first_level']}", f"mandate.clarity={point['second_level']}"]
    again = sim.run(BASELINE, overrides=change, runs=int(point["runs"])).summary.loc["NLD", "p_committed"]
    assert again == point["p"] >= 0.5
