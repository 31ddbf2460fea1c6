"""The timeline of a scenario: what holds in each round."""

from datetime import date
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from sim.declarations.levels import LEVELS
from sim.declarations.words import HELD, POSITIONS
from sim.inputs.errors import InputError
from sim.inputs.scenario import Scenario, load_scenario
from sim.inputs.timeline import Timeline, build_timeline

NATIONS = ("FRA", "NLD", "SWE")
RECORDED = ("committed", "conditional", "unknown")
OPPOSED, OPEN, CONDITIONAL, COMMITTED, UNKNOWN = (
    POSITIONS.index(position) for position in ("opposed", "open", "conditional", "committed", "unknown")
)


def timeline(*events: dict[str, Any], overrides: tuple[str, ...] = (), rounds: int = 4) -> Timeline:
    scenario = Scenario.from_dict(
        {
            "title": "Small",
            "roster": "rosters/europe-2025",
            "start": "2025-04-10",
            "rounds": rounds,
            "washington": {"involvement": 0.1},
            "mandate": {"purpose": "reassurance", "clarity": 0.25},
            "moscow": {"pressure": 0.5},
            "events": [{"title": "something happens", **event} for event in events],
        },
        overrides,
    )
    return build_timeline(scenario, NATIONS, RECORDED)


def test_a_level_holds_until_the_next_event() -> None:
    levels = timeline(
        {"round": 2, "washington": {"involvement": 0.5}}, {"round": 4, "washington": {"involvement": 0}}
    )
    assert_array_equal(levels.level("involvement"), [0.1, 0.1, 0.5, 0.5, 0])
    assert_array_equal(levels.involvement_set, [True, False, True, False, True])


def test_an_event_on_the_day_of_the_start_comes_in_round_1() -> None:
    assert_array_equal(timeline({"date": "2025-04-10", "ceasefire": 1}).level("ceasefire"), [0, 1, 1, 1, 1])


def test_setting_the_level_that_holds_already_is_still_an_event() -> None:
    assert timeline({"round": 3, "washington": {"involvement": 0.1}}).involvement_set[3]


def test_in_one_week_the_later_date_has_the_last_word_and_an_override_beats_both() -> None:
    events = [
        {"date": "2025-04-16", "ceasefire": 1},
        {"date": "2025-04-12", "ceasefire": 0.2},
    ]
    assert timeline(*events).level("ceasefire")[1] == 1
    assert timeline(*events, overrides=("ceasefire=0.7",)).level("ceasefire")[1] == 0.7


def test_policies_can_change_hands() -> None:
    policies = timeline(
        {"round": 1, "washington": {"policy": "burden_sharing", "ceiling": 0.6, "speed": 0.1}},
        {"round": 2, "mandate": {"policy": "negotiated"}, "moscow": {"policy": "reactive", "reaction": 0.5}},
        {"round": 3, "washington": {"policy": "scripted"}},
    )
    assert_array_equal(policies.burden_sharing, [False, True, True, False, False])
    assert_array_equal(policies.ceiling, [0.75, 0.6, 0.6, 0.6, 0.6])
    assert_array_equal(policies.speed, [0.05, 0.1, 0.1, 0.1, 0.1])
    assert_array_equal(policies.negotiated, [False, False, True, True, True])
    assert_array_equal(policies.reactive, [False, False, True, True, True])
    assert_array_equal(policies.reaction, [0.3, 0.3, 0.5, 0.5, 0.5])
    assert not policies.mandate_set[2]


def test_the_mandate_has_the_purpose_given_last() -> None:
    mandate = timeline(
        {"round": 2, "mandate": {"purpose": "peacekeeping"}}, {"round": 3, "mandate": {"clarity": 1.0}}
    )
    assert_array_equal(mandate.purpose[:, 0], [0, 0, 1, 1, 1])
    assert_array_equal(mandate.purpose[:, 2], [1, 1, 0, 0, 0])
    assert_array_equal(mandate.level("clarity"), [0.25, 0.25, 0.25, 1, 1])
    assert_array_equal(mandate.mandate_set, [True, False, True, True, False])


def test_it_is_known_in_which_round_each_level_was_set() -> None:
    levels = timeline({"round": 2, "ceasefire": 0.5}, {"round": 3, "washington": {"involvement": 0.2}})
    set_in = dict(zip(LEVELS, levels.level_set_in.T.tolist(), strict=True))
    assert set_in["ceasefire"] == [0, 0, 2, 2, 2]
    assert set_in["involvement"] == [0, 0, 0, 3, 3]
    assert set_in["clarity"] == set_in["authority"] == [0, 0, 0, 0, 0]


def test_nations_decide_freely_until_an_event_holds_them() -> None:
    held = timeline(
        {"round": 2, "nations": {"NLD": {"held": "committed"}}},
        {"round": 4, "nations": {"NLD": {"held": "free"}}},
        overrides=("start.nations.FRA.held=out",),
    ).held
    assert [HELD[index] for index in held[:, 1]] == ["free", "free", "committed", "committed", "free"]
    assert {HELD[index] for index in held[:, 0]} == {"out"}
    assert {HELD[index] for index in held[:, 2]} == {"free"}


def test_positions_are_as_recorded_then_only_where_an_event_gives_one() -> None:
    rows = timeline({"round": 2, "nations": {"NLD": {"position": "opposed"}}}).position
    assert rows.dtype == np.int8
    assert_array_equal(rows[0], [COMMITTED, CONDITIONAL, UNKNOWN])
    assert_array_equal(rows[1:], [[-1, -1, -1], [-1, OPPOSED, -1], [-1, -1, -1], [-1, -1, -1]])


def test_an_analysts_position_replaces_the_recorded_one() -> None:
    assert_array_equal(
        timeline(overrides=("nations.NLD.position=open",)).position[0], [COMMITTED, OPEN, UNKNOWN]
    )


def test_events_after_the_last_round_are_left_out() -> None:
    assert_array_equal(timeline({"round": 5, "ceasefire": 1}).level("ceasefire"), np.zeros(5))
    assert_array_equal(timeline({"round": 1_000_000, "ceasefire": 1}).level("ceasefire"), np.zeros(5))


def test_each_round_has_its_date() -> None:
    assert timeline(rounds=1).dates == (date(2025, 4, 10), date(2025, 4, 17))


def test_arrays_are_contiguous_rows_of_rounds() -> None:
    arrays = {
        name: rows for name, rows in vars(timeline()).items() if name not in {"level_names", "contingents"}
    }
    for name, rows in arrays.items():
        assert len(rows) == 5, name
        if name != "dates":
            assert rows.flags.c_contiguous, name


@pytest.mark.parametrize("iso3", ["NDL", "ndl"])
def test_a_nation_that_the_roster_does_not_have_is_refused(iso3: str) -> None:
    with pytest.raises(InputError, match=f'no nation "{iso3}" in the roster.*did you mean "NLD"'):
        timeline({"round": 2, "nations": {iso3: {"position": "open"}}})


def test_the_hindcast_keeps_to_its_dates() -> None:
    rows = build_timeline(load_scenario("hindcast-2025"), NATIONS, RECORDED)
    assert_array_equal(
        rows.level("involvement")[[18, 19, 31, 32, 33, 35, 36]], [0.1, 0.45, 0.45, 0.1, 0.3, 0.3, 0.55]
    )
    assert_array_equal(rows.level("pressure")[[13, 14, 21, 22]], [0.5, 0.6, 0.6, 0.7])
    assert_array_equal(rows.position[1:], -1)
