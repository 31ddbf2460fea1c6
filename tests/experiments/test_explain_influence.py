"""Who is pivotal, who is hardened, whom to persuade: small worlds worked out by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from explain_worlds import CLIMB, STILL, anchor_between, index, same, small_world

import sim
from sim.experiments.explain.hardened import COWED, EITHER, HARDENED, hardened_or_cowed, slopes
from sim.experiments.explain.persuade import whom_to_persuade
from sim.experiments.explain.pivotal import Pivots, who_is_pivotal
from sim.experiments.sweep.point_model import Runs
from sim.inputs.bundled import find_roster
from sim.inputs.case import Case, load_case
from sim.inputs.parameters import DECLARED
from sim.inputs.questions import Questions, World, load_questions
from sim.inputs.roster_file import actors_of
from sim.model.setup import build_setup

NUMBER = 60


@pytest.fixture(scope="module")
def questions() -> Questions:
    return load_questions().for_actors(actors_of(find_roster("europe-2025")))


def everybody(case: Case) -> range:
    return range(len(case.roster.iso3))


# Who is pivotal


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Pivots:
    """AAX is heard by all; BBX would follow it, CCX is too far away, and DDX has nothing to send."""
    nations = {
        "AAX": {"position": "opposed", "troops": 90000},
        "BBX": {"position": "open", "troops": 400},
        "CCX": {"position": "opposed", "troops": 100},
        "DDX": {"position": "undecided", "troops": 0},
    }
    case = small_world(tmp_path_factory.mktemp("followed"), nations, parameters={**STILL, "b_peers": 1.5})
    return who_is_pivotal(case, everybody(case), Runs(NUMBER))


def test_a_nation_that_another_follows_is_pivotal(followed: Pivots) -> None:
    table = followed.table.set_index("iso3")
    assert followed.table["iso3"].iloc[0] == "AAX"
    # In every run BBX is in with AAX and out without it: no chance about it.
    sizes = table.loc["AAX", ["size_in", "size_out", "size", "size_low", "size_high"]]
    assert sizes.tolist() == [1, 0, 1, 1, 1]
    assert 200 <= table.loc["AAX", "troops"] <= 400  # BBX pledges half of its 400 or more
    assert table.loc["AAX", "troops_out"] == 0
    assert table.loc["DDX", ["size", "troops"]].tolist() == [0, 0]  # nobody listens to it


def test_the_network_shows_who_follows_whom(followed: Pivots) -> None:
    network = followed.network
    assert len(network) == 4 * 3
    assert not (network["leader"] == network["follower"]).any()
    edges = network[network["is_edge"]]
    assert edges[["leader", "follower", "difference"]].to_numpy().tolist() == [["AAX", "BBX", 1.0]]


def test_effects_are_those_of_holding_a_nation_in_two_scenarios() -> None:
    case = load_case("brussels-2025-04", ["rounds=20"])
    (nation,) = index(case, "FRA")
    found = who_is_pivotal(case, [nation], Runs(NUMBER))
    shares, others = [], []
    for word in ("committed", "out"):
        result = sim.run(case.with_overrides({"nations.FRA.held": word}), runs=NUMBER)
        assert result.runs is not None
        shares.append(result.summary["p_committed"])
        own = result.summary.loc["FRA", "troops_mean"]
        others.append((result.runs["size"].mean() - (word == "committed"), result.runs["force"].mean() - own))
    row = found.table.iloc[0]
    assert row["size"] == pytest.approx(others[0][0] - others[1][0])
    assert row["troops"] == pytest.approx(others[0][1] - others[1][1], abs=1.0)
    network = found.network.set_index("follower")["difference"]
    expected = (shares[0] - shares[1]).drop("FRA")
    assert network.to_numpy() == pytest.approx(expected[network.index].to_numpy())


def test_more_pairs_make_wider_intervals() -> None:
    case = load_case("brussels-2025-04", ["rounds=10"])
    few, many = (who_is_pivotal(case, nations, Runs(20)).network for nations in ([0], [0, 1, 2, 3]))
    shared = many[many["leader"] == few["leader"].iloc[0]].reset_index(drop=True)
    assert (shared["difference"] == few["difference"]).all()
    assert (shared["high"] - shared["low"] > few["high"] - few["low"]).all()


def test_the_same_ranking_on_any_number_of_threads() -> None:
    case = load_case("brussels-2025-04", ["rounds=10"])
    one, two = (who_is_pivotal(case, [0, 13, 14], Runs(40), threads=threads) for threads in (1, 2))
    assert same(one.table, two.table)
    assert same(one.network, two.network)


# Hardened or cowed


def test_the_slope_is_what_the_terms_of_pressure_come_to() -> None:
    case = load_case("brussels-2025-04", ["rounds=2", "start.ceasefire=0.3", "start.moscow.pressure=0.8"])
    setup = build_setup(case.scenario, case.roster, case.parameters, case.timeline)
    found = slopes(setup, Runs(8, seed=3))
    recorded = sim.run(case, runs=8, seed=3, trajectories=True, terms=True).trajectories
    start = recorded[recorded["round"] == 0]
    expected = start[["threat", "escalation", "home_defence"]].sum(axis=1).to_numpy() / 0.8
    assert found.ravel() == pytest.approx(expected, abs=1e-12)


def test_who_fears_is_cowed_who_is_threatened_hardened(tmp_path: Path, questions: Questions) -> None:
    nations = {
        "AAX": {"position": "open", "threat": 1, "escalation_fear": 0},
        "BBX": {"position": "open", "threat": 0, "escalation_fear": 1},
        "CCX": {"position": "open", "threat": 0.5, "escalation_fear": 0.5},
    }
    parameters = {**STILL, "b_threat": 1.0, "b_escalation": 1.0, "shield_patron": 0.4}
    case = small_world(tmp_path, nations, rounds=30, washington={"involvement": 0.0}, parameters=parameters)
    found = hardened_or_cowed(case, everybody(case), questions, Runs(NUMBER))
    assert found.rows_of_parameters == 1
    table = found.table.set_index(["world", "iso3"])
    plain, cover = table.loc["as it is"], table.loc["US backstop"]
    assert plain["verdict"].tolist() == [HARDENED, COWED, EITHER]
    assert plain["p_hardened"].tolist()[:2] == [1.0, 0.0]
    assert 0.2 < plain.loc["CCX", "p_hardened"] < 0.8
    # Cover takes 0.4 * 0.75 off the fear: 0.5 against 0.35, never more than half of their half-widths apart.
    assert cover["verdict"].tolist() == [HARDENED, COWED, HARDENED]
    assert cover.loc["BBX", "slope"] == pytest.approx(0.7 * plain.loc["BBX", "slope"])
    # Pressure rises by 0.2, and all of it is perceived in the end.
    assert (plain["pressure_from"] == 0.5).all()
    assert (plain["pressure_to"] == 0.7).all()
    assert plain["response"].to_numpy() == pytest.approx(0.2 * plain["slope"].to_numpy(), abs=2e-3)


def test_probabilities_are_over_parameters_too_where_they_are_many(questions: Questions) -> None:
    case = load_case("brussels-2025-04", ["rounds=2"], DECLARED)
    rows = np.repeat(case.parameters.values, 5, axis=0)
    many = Case(case.scenario, case.roster, type(case.parameters)(rows, case.parameters.bands), case.timeline)
    assert hardened_or_cowed(many, [0], questions, Runs(10)).rows_of_parameters == 5


def test_pressure_does_not_rise_above_1(questions: Questions) -> None:
    case = load_case("brussels-2025-04", ["rounds=2", "moscow.pressure=0.95"])
    row = hardened_or_cowed(case, [0], questions, Runs(4)).table.iloc[0]
    assert (row["pressure_from"], row["pressure_to"]) == (0.95, 1.0)


@pytest.mark.parametrize("path", ["moscow.pressure", "start.moscow.pressure"])
def test_pressure_rises_from_what_a_world_sets(path: str, questions: Questions) -> None:
    worlds = (World(label="as it is"), World(label="calm", set={path: "calm"}))
    asked = questions.pressure.model_copy(update={"worlds": worlds})
    case = load_case("brussels-2025-04", ["rounds=2"])
    found = hardened_or_cowed(case, [0], questions.model_copy(update={"pressure": asked}), Runs(4)).table
    rises = found[["pressure_from", "pressure_to"]].to_numpy()
    assert rises == pytest.approx(np.array([[0.5, 0.7], [0.2, 0.4]]))


# Whom to persuade


def persuading(folder: Path, required: float) -> Case:
    """BBX could send most and is far from joining, CCX and DDX are near; CCX could send more than DDX."""
    nations = {
        "AAX": {"position": "committed", "troops": 1000},
        "BBX": {"position": "opposed", "troops": 1500},
        "CCX": {"position": "open", "troops": 800},
        "DDX": {"position": "open", "troops": 200},
        "EEX": {"position": "open", "troops": 0},
    }
    return small_world(folder, nations, force_required=required, parameters=STILL)


def sequence(case: Case, questions: Questions) -> pd.DataFrame:
    table = whom_to_persuade(case, questions, Runs(NUMBER)).table
    return table[table["stance"] == "as it is"].reset_index(drop=True)


def test_the_cheapest_soldiers_come_first(tmp_path: Path, questions: Questions) -> None:
    steps = sequence(persuading(tmp_path, 1750.0), questions)
    # 400 soldiers at some 0.6 log-odds, 100 at the same, 750 at some 3; who commits unwillingly sends half.
    assert steps["iso3"].tolist() == ["", "CCX", "BBX"]
    low, high = anchor_between("open")
    assert steps.loc[1, "cost_low"] <= CLIMB - (low + high) / 2 <= steps.loc[1, "cost_high"]
    assert steps["gain"].tolist()[1:] == [400.0, 750.0]
    assert steps["p_demands"].tolist()[1:] == [0.0, 0.0]
    assert (steps["p_enough"].iloc[:-1] < 0.5).all()
    assert steps["p_enough"].iloc[-1] >= 0.5


def test_a_coalition_that_is_large_enough_needs_nobody(tmp_path: Path, questions: Questions) -> None:
    steps = sequence(persuading(tmp_path, 100.0), questions)
    assert steps[["step", "iso3", "p_enough"]].to_numpy().tolist() == [[0, "", 1.0]]


def test_where_all_together_are_too_few_the_sequence_ends_with_the_last(
    tmp_path: Path, questions: Questions
) -> None:
    case = persuading(tmp_path, 90000.0)
    found = whom_to_persuade(case, questions, Runs(NUMBER))
    steps = found.table[found.table["stance"] == "as it is"]
    assert steps["iso3"].tolist() == ["", "CCX", "BBX", "DDX"]  # not EEX, who has nothing to send
    assert not found.reaches("as it is")


def test_the_last_step_is_what_holding_all_of_them_gives(questions: Questions) -> None:
    case = load_case("brussels-2025-04", ["rounds=10", "force_required=14000"])
    found = whom_to_persuade(case, questions, Runs(NUMBER))
    stances = list(dict.fromkeys(found.table["stance"]))
    assert stances == ["no US involvement", "as it is", "US backstop"]  # as the roster calls its patron
    steps = sequence(case, questions)
    held = {f"nations.{iso3}.held": "committed" for iso3 in steps["iso3"] if iso3}
    result = sim.run(case.with_overrides(held), runs=NUMBER)
    assert result.runs is not None
    assert steps["force"].iloc[-1] == pytest.approx(result.runs["force"].mean())
    assert steps["p_enough"].iloc[-1] == result.rounds["p_force_met"].iloc[-1] >= 0.5
    assert found.reaches("as it is")
    again = whom_to_persuade(case, questions, Runs(NUMBER), threads=1)
    assert same(found.table, again.table)


def test_a_condition_that_is_not_met_is_told(tmp_path: Path, questions: Questions) -> None:
    nations = {"AAX": {"position": "committed"}, "BBX": {"position": "conditional"}}
    demands = [("BBX", "authority", 1.0, 0.0)]
    case = small_world(tmp_path, nations, conditions=demands, force_required=1300.0, parameters=STILL)
    assert sequence(case, questions)["p_demands"].tolist()[1:] == [1.0]
