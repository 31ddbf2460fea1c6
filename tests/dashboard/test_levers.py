"""Where levers stand before anybody moves them."""

import pytest

from sim.dashboard.levers import MOVED, Slider, levers
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
