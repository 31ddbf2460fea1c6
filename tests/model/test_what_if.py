"""What a scenario supposes: nations held in or out of the coalition, levels that are not known exactly."""

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from worlds import AT_ONCE, STILL, ensemble, setup_of, small_case, write_roster

from sim.declarations.levels import LEVELS
from sim.declarations.records import Terms
from sim.declarations.words import Stance
from sim.inputs.case import Case, load_case
from sim.model.coalition import CoalitionModel
from sim.model.draws import RunDraws
from sim.model.tally import HOLDS_BACK, RUN_COLUMNS

LOBBYING = Terms._fields.index("lobbying")
PLACE = {name: place for place, name in enumerate(LEVELS)}


@pytest.fixture(scope="module")
def roster(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """AAX leads and is committed; BBX is open and big; CCX is opposed and small; DDX has no army."""
    return write_roster(
        tmp_path_factory.mktemp("what-if") / "roster",
        {
            "AAX": {"position": "committed"},
            "BBX": {"position": "open", "troops": 9000},
            "CCX": {"position": "opposed", "troops": 100},
            "DDX": {"position": "open", "troops": 0},
        },
        leads=["AAX"],
    )


def stances(case: Case, iso3: str, runs: range = range(64)) -> Any:
    """Return a nation's stances, [run, round]."""
    return ensemble(case, 1, runs)[1].stance[:, :, case.roster.iso3.index(iso3)]


def held(roster: Any, iso3: str, how: str, **given: Any) -> Case:
    event = {"round": 1, "title": "suppose", "nations": {iso3: {"held": how}}}
    return small_case(roster, events=[event, *given.pop("events", [])], **given)


def test_a_nation_held_committed_is_so_from_that_round_on_whatever_it_weighs(roster: Any) -> None:
    seen = stances(held(roster, "CCX", "committed"), "CCX")
    assert (seen[:, 0] == Stance.OPPOSED).mean() > 0.9  # as read
    assert (seen[:, 1:] == Stance.COMMITTED).all()


def test_a_nation_held_out_is_at_most_open_from_that_round_on(roster: Any) -> None:
    seen = stances(held(roster, "AAX", "out"), "AAX")
    assert (seen[:, 0] == Stance.COMMITTED).mean() > 0.9  # as read
    assert (seen[:, 1:] <= Stance.OPEN).all()
    assert (seen[:, 1] == Stance.OPEN).all()


def test_a_nation_set_free_decides_again(roster: Any) -> None:
    release = {"round": 4, "title": "enough", "nations": {"CCX": {"held": "free"}}}
    at_once = {**STILL, **AT_ONCE}
    records = ensemble(held(roster, "CCX", "committed", events=[release], parameters=at_once), 1, range(64))[
        1
    ]
    seen = records.stance[:, :, 2]
    opposed = seen[:, 0] == Stance.OPPOSED  # as read
    assert opposed.mean() > 0.9
    # Opposed at heart, it slips a rung a round.
    assert_array_equal(seen[opposed, 3:], np.tile([3, 2, 1, 0, 0, 0], (opposed.sum(), 1)))


def test_a_nation_set_free_has_waited_long_enough(roster: Any) -> None:
    # While it is held it wants to leave, in rounds 2 to 7: set free, it goes; the next rung takes its time.
    release = {"round": 8, "title": "enough", "nations": {"CCX": {"held": "free"}}}
    patient = {**STILL, "patience": 3.0}
    case = held(roster, "CCX", "committed", events=[release], parameters=patient, rounds=14)
    records = ensemble(case, 1, range(64))[1]
    opposed = records.stance[:, 0, 2] == Stance.OPPOSED
    seen = records.stance[opposed, :, 2]
    assert_array_equal(seen[:, 7:], np.tile([3, 2, 2, 2, 1, 1, 1, 0], (opposed.sum(), 1)))


def test_a_held_nation_weighs_as_if_it_were_free(roster: Any) -> None:
    case = held(roster, "CCX", "committed", parameters=STILL)
    free = ensemble(small_case(roster, parameters=STILL), 1, range(8))[1]
    assert_array_equal(ensemble(case, 1, range(8))[1].propensity, free.propensity)


def test_the_start_can_be_supposed_too_and_then_the_anchor_world_has_it(roster: Any) -> None:
    case = small_case(roster, nations={"CCX": {"held": "committed"}}, parameters=STILL)
    records = ensemble(case, 1, range(8))[1]
    assert (records.stance[:, 0, 2] == Stance.COMMITTED).all()
    same = ensemble(small_case(roster, parameters=STILL), 1, range(8))[1]
    assert_array_equal(records.propensity[:, 0], same.propensity[:, 0])


def test_others_see_that_a_nation_is_held(roster: Any) -> None:
    follow = {**STILL, "followership": 3.0}
    with_it = ensemble(held(roster, "BBX", "committed", parameters=follow), 1, range(32))[1]
    without = ensemble(held(roster, "BBX", "out", parameters=follow), 1, range(32))[1]
    assert (with_it.propensity[:, 2:, 2] > without.propensity[:, 2:, 2]).all()


@pytest.mark.parametrize(("how", "gives"), [("free", True), ("committed", True), ("out", False)])
def test_a_lead_gives_a_military_contribution_unless_it_is_held_out(
    roster: Any, how: str, gives: bool
) -> None:
    # One that past coalitions would not expect to contribute.
    case = held(roster, "AAX", how, parameters=STILL)
    contributions = ensemble(case, 1, range(200))[0].contributions[-1, 0]
    expected = np.count_nonzero(setup_of(case).disposition[:200, 0] > 0)
    assert contributions == (200 if gives else expected)
    assert 0 < expected < 200


def test_a_nation_held_committed_pledges_as_any_member(roster: Any) -> None:
    model = CoalitionModel(held(roster, "BBX", "committed"))
    model.step()
    nation = model.nations[1]
    assert nation.deployable / 2 <= nation.pledge <= nation.deployable
    assert 0.4 * 9000 <= nation.deployable <= 1.3 * 9000


def test_a_nation_held_committed_without_soldiers_pledges_none(roster: Any) -> None:
    case = held(roster, "DDX", "committed")
    records = ensemble(case, 1, range(8))[1]
    assert (records.stance[:, 1:, 3] == Stance.COMMITTED).all()
    assert (records.stance[:, 0, 3] < Stance.COMMITTED).all()


def test_nobody_lobbies_a_nation_that_is_held_out(roster: Any) -> None:
    lobbying = {**STILL, "lobby_push": 0.05}
    records = ensemble(held(roster, "BBX", "out", parameters=lobbying), 1, range(32), terms=True)[1]
    led = records.stance[:, 0, 0] == Stance.COMMITTED
    assert (records.terms[:, :, 1, LOBBYING] == 0.0).all()
    assert_array_equal(records.terms[:, -1, 2, LOBBYING] > 0.0, led)
    free = ensemble(small_case(roster, parameters=lobbying), 1, range(32), terms=True)[1]
    could_join = free.stance[:, 0, 1] < Stance.COMMITTED
    assert_array_equal(free.terms[:, 3, 1, LOBBYING] > 0.0, led & could_join)
    assert 0.8 < (led & could_join).mean() < 1.0


def test_that_it_is_held_out_is_what_keeps_it_out(roster: Any) -> None:
    tally, _ = ensemble(held(roster, "AAX", "out"), 1, range(50))
    assert tally.held_back[0, HOLDS_BACK.index("held_out")] == 50
    assert tally.held_back[0].sum() == 50
    assert tally.held_back[3, HOLDS_BACK.index("nothing_to_send")] == 50


# Levels that are not known exactly


def levels_of(case: Case, run: int) -> list[list[float]]:
    """Return the levels of every round of a run, as the readable model has them."""
    model = CoalitionModel(case, run=run, seed=1)
    seen = [list(model.levels)]
    while model.running:
        model.step()
        seen.append(list(model.levels))
    return seen


def uncertain(roster: Any, half_width: float, **given: Any) -> Case:
    event = {"round": 4, "title": "Washington moves", "washington": {"involvement": 0.6}}
    return small_case(roster, level_half_width=half_width, events=[event], ceasefire=0.4, **given)


def test_a_level_is_drawn_once_a_run_and_again_when_it_is_set_again(roster: Any) -> None:
    seen = np.array([levels_of(uncertain(roster, 0.15), run) for run in range(20)])
    involvement = seen[:, :, PLACE["involvement"]]
    assert (involvement[:, :4] == involvement[:, :1]).all()
    assert (involvement[:, 4:] == involvement[:, 4:5]).all()
    assert len(set(involvement[:, 0])) > 15
    assert (abs(involvement[:, 4] - 0.6) <= 0.15).all()
    pressure = seen[:, :, PLACE["pressure"]]
    assert (pressure == pressure[:, :1]).all()


def test_drawn_levels_spread_evenly_over_their_width(roster: Any) -> None:
    _, records = ensemble(uncertain(roster, 0.15), 1, range(4000))
    involvement, pressure = (records.runs[:, RUN_COLUMNS.index(name)] for name in ("involvement", "pressure"))
    for level, middle in ((involvement, 0.6), (pressure, 0.5)):
        assert level.mean() == pytest.approx(middle, abs=0.006)  # 4 standard errors
        assert level.std() == pytest.approx(0.3 / 12**0.5, abs=0.004)
    assert abs(np.corrcoef(involvement, pressure)[0, 1]) < 4 / 4000**0.5


def test_what_is_absent_stays_absent(roster: Any) -> None:
    seen = np.array([levels_of(uncertain(roster, 0.3), run) for run in range(5)])
    assert (seen[:, :, PLACE["authority"]] == 0.0).all()
    assert (seen[:, :, PLACE["ceasefire"]] > 0.0).all()


def test_levels_known_exactly_are_as_given_and_change_no_other_draw(roster: Any) -> None:
    exact, vague = uncertain(roster, 0.0), uncertain(roster, 0.15)
    assert levels_of(exact, 3)[5][:3] == [0.6, 0.5, 0.05]
    codes = setup_of(exact).nations["code"]
    one, other = (RunDraws(1, 3, codes, setup_of(case).rounds.size - 1) for case in (exact, vague))
    assert_array_equal(one.moods, other.moods)
    assert_array_equal(one.anchors, other.anchors)


def test_two_scenarios_share_the_draws_of_a_level_so_their_difference_is_that_of_what_was_given(
    roster: Any,
) -> None:
    low = np.array(levels_of(uncertain(roster, 0.1), 7))
    high = np.array(levels_of(uncertain(roster, 0.1, washington={"involvement": 0.3}), 7))
    gained = high[:4, 0] - low[:4, 0]
    assert (gained <= 0.2 + 1e-12).all()  # 0.1 - 0.1 is cut off at 0
    assert_array_equal(high[4:], low[4:])


def test_anchors_are_about_the_world_as_drawn(roster: Any) -> None:
    exact = ensemble(uncertain(roster, 0.0), 1, range(16))[1].propensity[:, 0]
    vague = ensemble(uncertain(roster, 0.2), 1, range(16))[1].propensity[:, 0]
    np.testing.assert_allclose(exact, vague, atol=1e-12)


def test_the_bundled_baseline_has_exact_levels() -> None:
    assert setup_of(load_case("brussels-2025-04")).level_half_width == 0.0
