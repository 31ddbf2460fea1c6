"""Who is pivotal, who is hardened, whom to persuade: small worlds worked out by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from explain_worlds import CLIMB, MISREAD, OPEN, STILL, index, same, small_world

import sim
from sim.declarations.levels import LEVERS
from sim.experiments.explain.hardened import COWED, EITHER, HARDENED, hardened_or_cowed, slopes
from sim.experiments.explain.persuade import whom_to_persuade
from sim.experiments.explain.pivotal import Pivots, who_is_pivotal
from sim.experiments.runs import Runs
from sim.inputs.case import Case, load_case
from sim.inputs.parameters import DECLARED
from sim.inputs.questions import Counterfactual, Questions, load_questions
from sim.model.setup import build_setup

NUMBER = 60


@pytest.fixture(scope="module")
def questions() -> Questions:
    return load_questions().of_case(load_case("brussels-2025-04"))


def everybody(case: Case) -> range:
    return range(len(case.roster.iso3))


# Who is pivotal


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Pivots:
    """AAX could pledge most; BBX would follow it, CCX is too far away, and DDX has nothing to send."""
    nations = {
        "AAX": {"position": "opposed", "troops": 90000},
        "BBX": {"position": "open", "troops": 400},
        "CCX": {"position": "opposed", "troops": 100},
        "DDX": {"position": "undecided", "troops": 0},
    }
    parameters = {**STILL, "followership": 2.2}
    folder = tmp_path_factory.mktemp("followed")
    case = small_world(folder, nations, parameters=parameters, force_required=45000.0)
    return who_is_pivotal(case, everybody(case), Runs(NUMBER))


def test_a_nation_that_another_follows_is_pivotal(followed: Pivots) -> None:
    table = followed.table.set_index("iso3")
    assert followed.table["iso3"].iloc[0] == "AAX"
    # BBX is in with AAX and out without it, but where its words are read a rung off.
    assert table.loc["AAX", "size"] > 1 - 4 * MISREAD
    assert table.loc["AAX", "size_low"] > 0
    assert table.loc["AAX", "size_out"] < 3 * MISREAD
    # BBX pledges half of its 400 or more, of which 0.4 to 1.3 can be sent.
    assert 0.5 * 400 * 0.4 < table.loc["AAX", "troops"] < 400 * 1.3
    assert table.loc["DDX", ["size", "troops"]].tolist() == [0, 0]  # it has nothing to pledge


def test_the_network_shows_who_follows_whom(followed: Pivots) -> None:
    network = followed.network
    assert len(network) == 4 * 3
    assert not (network["leader"] == network["follower"]).any()
    edges = network[network["is_edge"]]
    assert edges[["leader", "follower"]].to_numpy().tolist() == [["AAX", "BBX"]]
    assert edges["difference"].iloc[0] > 1 - 4 * MISREAD


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
    one, two = (who_is_pivotal(case, [0, 13, 14], Runs(40, threads=threads)) for threads in (1, 2))
    assert same(one.table, two.table)
    assert same(one.network, two.network)


# Hardened or cowed


def test_slopes_are_those_that_nations_weigh_with() -> None:
    case = load_case("brussels-2025-04", ["rounds=2"])
    setup = build_setup(case.scenario, case.roster, case.parameters, case.timeline)
    found = slopes(setup, Runs(8, seed=3))
    for run in range(3):
        model = sim.CoalitionModel(case, run=run, seed=3)
        assert found[run].tolist() == [nation.slopes["pressure"] for nation in model.nations]


def test_who_is_hardened_is_told_by_the_signs_of_slopes(tmp_path: Path, questions: Questions) -> None:
    # AAX borders the adversary, BBX is usual, CCX lies far away; all of the slope reaches soldiers on land.
    nations = {
        "AAX": {"position": "open", "distance_to_adversary_km": 0},
        "BBX": {"position": "open"},
        "CCX": {"position": "open", "distance_to_adversary_km": 9000},
    }
    case = small_world(tmp_path, nations, rounds=60, parameters={**STILL, "reach": 1.0})
    found = hardened_or_cowed(case, everybody(case), questions, Runs(NUMBER))
    assert found.rows_of_parameters == 1
    table = found.table.set_index("iso3")
    setup = build_setup(case.scenario, case.roster, case.parameters, case.timeline)
    slope = setup.slopes[:NUMBER, :, LEVERS.index("pressure")]
    assert table["slope"].to_numpy() == pytest.approx(slope.mean(axis=0))
    assert table["p_cowed"].tolist() == (slope < 0).mean(axis=0).tolist()
    assert table["p_hardened"].tolist() == (slope > 0).mean(axis=0).tolist()
    assert table["p_land_cowed"].tolist() == table["p_cowed"].tolist()
    for row in table.itertuples():
        sure = HARDENED if row.p_hardened >= 0.9 else (COWED if row.p_cowed >= 0.9 else EITHER)
        assert row.verdict == sure
    assert table["nearness"].tolist()[::2] == [1.0, 0.0]
    # Slopes are linear in nearness: in each run it is the near that harden most, or the far.
    assert table["p_nearer"].tolist() == [((slope[:, 0] > slope[:, 2]).mean())] * 3
    # Pressure rises by 0.2, and nearly all of it is perceived in the end.
    assert (table["pressure_from"] == 0.5).all()
    assert (table["pressure_to"] == 0.7).all()
    assert table["response"].to_numpy() == pytest.approx(0.2 * slope.mean(axis=0), abs=2e-3)


def test_what_reaches_soldiers_on_land_may_have_the_other_sign(tmp_path: Path, questions: Questions) -> None:
    case = small_world(tmp_path, {"AAX": {"position": "open"}}, parameters={**STILL, "reach": -0.5}, rounds=2)
    row = hardened_or_cowed(case, (0,), questions, Runs(NUMBER)).table.iloc[0]
    assert row["p_land_cowed"] == row["p_hardened"]
    assert row["land_slope"] == pytest.approx(-0.5 * row["slope"])


def test_probabilities_are_over_parameters_too_where_they_are_many(questions: Questions) -> None:
    case = load_case("brussels-2025-04", ["rounds=2"], DECLARED)
    rows = np.repeat(case.parameters.values, 5, axis=0)
    many = Case(case.scenario, case.roster, type(case.parameters)(rows), case.timeline)
    assert hardened_or_cowed(many, [0], questions, Runs(10)).rows_of_parameters == 5


def test_pressure_does_not_rise_above_1(questions: Questions) -> None:
    case = load_case("brussels-2025-04", ["rounds=2", "moscow.pressure=0.95"])
    row = hardened_or_cowed(case, [0], questions, Runs(4)).table.iloc[0]
    assert (row["pressure_from"], row["pressure_to"]) == (0.95, 1.0)


@pytest.mark.parametrize("path", ["moscow.pressure", "start.moscow.pressure"])
def test_pressure_rises_from_what_a_world_sets(path: str, questions: Questions) -> None:
    worlds = (Counterfactual(label="as it is"), Counterfactual(label="calm", set={path: "calm"}))
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
    steps = sequence(persuading(tmp_path, 1500.0), questions)
    # Some 360 soldiers at 0.85 log-odds, 90 at the same, 675 at 3.4: who commits unwillingly sends half of
    # what it can, and that is 0.9 of what is coded, on average.
    assert steps["iso3"].tolist() == ["", "CCX", "BBX"]
    assert steps.loc[1, "cost_low"] <= CLIMB - OPEN <= steps.loc[1, "cost_high"]
    assert steps["gain"].tolist()[1:] == pytest.approx([360.0, 675.0], rel=0.1)
    assert steps["p_demands"].tolist()[1:] == [0.0, 0.0]
    assert (steps["p_enough"].iloc[:-1] < 0.5).all()
    assert steps["p_enough"].iloc[-1] >= 0.5


def test_a_coalition_that_is_large_enough_needs_nobody(tmp_path: Path, questions: Questions) -> None:
    steps = sequence(persuading(tmp_path, 100.0), questions)
    assert steps[["step", "iso3"]].to_numpy().tolist() == [[0, ""]]
    assert steps["p_enough"].iloc[0] > 0.9


def test_where_all_together_are_too_few_the_sequence_ends_with_the_last(
    tmp_path: Path, questions: Questions
) -> None:
    case = persuading(tmp_path, 90000.0)
    found = whom_to_persuade(case, questions, Runs(NUMBER))
    steps = found.table[found.table["stance"] == "as it is"]
    assert steps["iso3"].tolist() == ["", "CCX", "BBX", "DDX"]  # not EEX, who has nothing to send
    assert not found.reaches("as it is")


def test_the_last_step_is_what_holding_all_of_them_gives(questions: Questions) -> None:
    case = load_case("brussels-2025-04", ["rounds=10", "force_required=6000"])
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
    again = whom_to_persuade(case, questions, Runs(NUMBER, threads=1))
    assert same(found.table, again.table)


def test_a_condition_that_is_not_met_is_told(tmp_path: Path, questions: Questions) -> None:
    nations = {"AAX": {"position": "committed"}, "BBX": {"position": "conditional"}}
    demands = [("BBX", "authority", 1.0, 0.0)]
    case = small_world(tmp_path, nations, conditions=demands, force_required=1300.0, parameters=STILL)
    assert sequence(case, questions)["p_demands"].tolist()[1:] == [1.0]
