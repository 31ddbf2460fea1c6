"""What a scenario supposes: nations held in or out of the coalition, levels that are not known exactly."""

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from worlds import STILL, ensemble, setup_of, small_case, write_roster

from sim.declarations.levels import LEVELS
from sim.declarations.words import Stance
from sim.inputs.case import Case, load_case
from sim.model.coalition import CoalitionModel
from sim.model.draws import RunDraws
from sim.model.tally import HOLDS_BACK, RUN_COLUMNS

PLACE = {name: place for place, name in enumerate(LEVELS)}


@pytest.fixture(scope="module")
def roster(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """AAX leads and is committed; BBX is open and big; CCX is opposed and small."""
    return write_roster(
        tmp_path_factory.mktemp("what-if") / "roster",
        {
            "AAX": {"position": "committed"},
            "BBX": {"position": "open", "troops": 9000},
            "CCX": {"position": "opposed", "troops": 100},
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
    assert (seen[:, 0] == Stance.OPPOSED).all()
    assert (seen[:, 1:] == Stance.COMMITTED).all()


def test_a_nation_held_out_is_at_most_open_from_that_round_on(roster: Any) -> None:
    seen = stances(held(roster, "AAX", "out"), "AAX")
    assert (seen[:, 0] == Stance.COMMITTED).all()
    assert (seen[:, 1:] <= Stance.OPEN).all()
    assert (seen[:, 1] == Stance.OPEN).all()


def test_a_nation_set_free_decides_again(roster: Any) -> None:
    release = {"round": 4, "title": "enough", "nations": {"CCX": {"held": "free"}}}
    seen = stances(held(roster, "CCX", "committed", events=[release], parameters=STILL), "CCX")
    # Opposed at heart, it slips a rung a round; few are so little opposed that undecided holds them.
    assert_array_equal(seen[:, 3:6], np.tile([3, 2, 1], (64, 1)))
    assert (seen[:, 6] <= Stance.UNDECIDED).all()
    assert (seen[:, 6] == Stance.OPPOSED).mean() > 0.5


def test_the_start_can_be_supposed_too_and_then_the_anchor_world_has_it(roster: Any) -> None:
    case = small_case(roster, nations={"CCX": {"held": "committed"}}, parameters=STILL)
    records = ensemble(case, 1, range(8))[1]
    assert (records.stance[:, 0, 2] == Stance.COMMITTED).all()
    same = ensemble(small_case(roster, parameters=STILL), 1, range(8))[1]
    assert_array_equal(records.propensity[:, 0], same.propensity[:, 0])


def test_others_see_that_a_nation_is_held(roster: Any) -> None:
    peers = {**STILL, "b_peers": 5.0}
    with_it = ensemble(held(roster, "BBX", "committed", parameters=peers), 1, range(32))[1]
    without = ensemble(held(roster, "BBX", "out", parameters=peers), 1, range(32))[1]
    assert (with_it.propensity[:, 2:, 2] > without.propensity[:, 2:, 2]).all()


def test_a_nation_held_committed_pledges_as_any_member(roster: Any) -> None:
    model = CoalitionModel(held(roster, "BBX", "committed"))
    model.step()
    assert 4500 <= model.nations[1].pledge <= 9000


def test_nobody_lobbies_a_nation_that_is_held_out(roster: Any) -> None:
    lobbying = {**STILL, "lobby_push": 0.05}
    records = ensemble(held(roster, "BBX", "out", parameters=lobbying), 1, range(16), terms=True)[1]
    assert (records.terms[:, :, 1, 12] == 0.0).all()
    assert (records.terms[:, -1, 2, 12] > 0.0).all()
    free = ensemble(small_case(roster, parameters=lobbying), 1, range(16), terms=True)[1]
    assert (free.terms[:, 3, 1, 12] > 0.0).all()


def test_that_it_is_held_out_is_what_keeps_it_out(roster: Any) -> None:
    case = held(roster, "AAX", "out")
    tally, _ = ensemble(case, 1, range(50))
    assert tally.held_back[0, HOLDS_BACK.index("held_out")] == 50
    assert tally.held_back[0].sum() == 50


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
    assert (seen[:, :, PLACE["decision_pressure"]] == 0.0).all()
    assert (seen[:, :, PLACE["ceasefire"]] > 0.0).all()


def test_levels_known_exactly_are_as_given_and_change_no_other_draw(roster: Any) -> None:
    exact, vague = uncertain(roster, 0.0), uncertain(roster, 0.15)
    assert levels_of(exact, 3)[5][:3] == [0.6, 0.5, 0.05]
    codes = setup_of(exact).nations["code"]
    one, other = (RunDraws(1, 3, codes, setup_of(case).rounds.size - 1) for case in (exact, vague))
    assert_array_equal(one.shocks, other.shocks)
    assert_array_equal(one.attributes, other.attributes)


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
