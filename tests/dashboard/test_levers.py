"""Where levers stand before anybody moves them."""

import pytest

from sim.dashboard.levers import DATES, MOVED, POSITIONS_AT_START, Slider, all_levers, changes_of, levers
from sim.dashboard.setting import Value
from sim.declarations.levels import LEVELS
from sim.declarations.parameters import PARAMETERS
from sim.inputs.case import load_case


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("washington.involvement", 0.75),
        ("ceasefire", 0.25),
        ("parameters.followership", 1.5),
        ("parameters.reach", 0.75),
    ],
)
def test_each_stands_where_its_own_number_does(path: str, value: float) -> None:
    case = load_case("brussels-2025-04", [f"{path}={value}"])
    assert Slider(path, "A lever", "What it means.").value_in(case) == pytest.approx(value)


def test_there_is_one_for_every_level_that_is_declared() -> None:
    case = load_case("paris-2026-01")
    paths = {case.scenario.key_path(lever.path) for lever in levers(case.roster.vocabulary)}
    assert {level.key for level in LEVELS.values()} < paths


def test_parameters_move_within_what_is_allowed_and_say_what_they_rest_on() -> None:
    moved = {lever.label: lever for lever in levers(load_case("paris-2026-01").roster.vocabulary)}
    for name, (label, low, high) in MOVED.items():
        declared = PARAMETERS[name]
        assert declared.range[0] <= low < declared.value < high <= declared.range[1]
        assert f"({declared.rests_on})" in moved[label].meaning


def test_there_is_one_for_every_nation_which_stands_at_what_it_states() -> None:
    case = load_case("paris-2026-01", ["nations.NLD.position=opposed"])
    positions = {lever.label: lever.value_in(case) for lever in all_levers(case)[POSITIONS_AT_START]}
    assert sorted(positions) == sorted(case.roster.names)
    stated = dict(zip(case.roster.names, case.roster.positions_on(case.scenario.start), strict=True))
    assert positions == {**stated, "Netherlands": "opposed"}


def test_there_is_one_for_every_event_and_one_for_outcomes_that_exclude_each_other() -> None:
    case = load_case("paris-conditional", ["ceasefire=1"])
    days = {lever.path: lever.value_in(case) for lever in all_levers(case)[DATES]}
    assert days == {
        "events.the Swedish election of 2026.date": "2026-09-13",
        "events.Washington gives a backstop to a force that is there.date": "2026-01-15",
    }


def test_what_stands_as_the_scenario_says_is_no_change() -> None:
    case = load_case("paris-ceasefire-2027")
    values: dict[str, Value] = {
        "washington.involvement": 0.55,
        "nations.NLD.position": "committed",
        "nations.FRA.position": "committed",
        "events.A ceasefire holds.date": "2027-01-01",
    }
    assert changes_of(case, values) == (("nations.NLD.position", "committed"),)
