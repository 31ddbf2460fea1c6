"""Points that are simulated together: each comes out as it does alone, in a world of its own."""

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from sim.declarations.levels import LEVELS
from sim.experiments.runs import Runs
from sim.experiments.sweep.batches import batches, level_keys
from sim.experiments.sweep.point_model import PointModel
from sim.inputs.case import Case, load_case
from sim.inputs.errors import InputError
from sim.inputs.keys import Key
from sim.inputs.scenario import Scenario, load_scenario
from sim.model.ensemble import ENDS, simulate
from sim.model.points import repeated, set_level
from sim.model.setup import Setup, build_setup
from sim.model.tally import Records

REACTING = {
    "washington.policy": "burden_sharing",
    "moscow.policy": "reactive",
    "mandate.policy": "negotiated",
    "level_half_width": 0.1,
}


@pytest.fixture(scope="module")
def case() -> Case:
    """A case of which every level moves: events set some of them again, policies and participants others."""
    return load_case("paris-ceasefire", {"rounds": 20, **REACTING})


def setup_of(case: Case) -> Setup:
    return build_setup(case.scenario, case.roster, case.parameters, case.timeline)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", ["paris-ceasefire", "hindcast-2025"])
def test_a_level_is_set_as_an_event_of_round_1_sets_it(name: str, level: str) -> None:
    case = load_case(name)
    key = {name: key for key, name in level_keys(case.scenario.vocabulary).items()}[level]
    points = repeated(setup_of(case), 2, 1)
    set_level(points, level, np.array([0.3, 0.7]))
    for rounds, value in zip(points.rounds, (0.3, 0.7), strict=True):
        assert_array_equal(rounds, setup_of(case.with_overrides({key: value})).rounds)


HOLDS = {"round": 4, "title": "A return", "nations": {"NLD": {"held": "free"}}}


@pytest.mark.parametrize("events", [[], [HOLDS], [{**HOLDS, "round": 1}]])
def test_nations_are_held_as_events_of_round_1_hold_them(events: list[dict[str, object]]) -> None:
    given = load_scenario("brussels-2025-04").model_dump(by_alias=True, exclude_unset=True)
    case = load_case(Scenario.from_dict({**given, "events": events}))
    held = {"nations.NLD.held": "committed", "nations.GBR.held": "out"}
    found = PointModel(case, Runs(1), ()).setup(held)
    assert_array_equal(found.statements, setup_of(case.with_overrides(held)).statements)


@pytest.mark.parametrize("runs", [7, 32, 100])
def test_each_point_comes_out_as_it_does_alone(case: Case, runs: int) -> None:
    points: list[dict[str, object]] = [
        {},
        {"washington.involvement": 0.7, "parameters.reach": 0.5},
        {"washington.involvement": 0.1, "parameters.reach": 1.5},
        {"force_required": 2000, "moscow.pressure": 0.2},
        {"nations.NLD.held": "committed", "mandate.clarity": 0.5},
        {"nations.NLD.held": "committed", "mandate.clarity": 0.9},
        {"nations.NLD.held": "out", "mandate.clarity": 0.9},
        {"start.moscow.pressure": 0.9, "moscow.pressure": 0.9},
    ]
    found = PointModel(case, Runs(runs, 3), ("size", "force", "p_force_met", "p_committed")).estimates(points)
    for estimate, point in zip(found.estimate, points, strict=True):
        there = case.with_overrides(point)
        ends = alone(there, runs)
        assert estimate[:2].tolist() == [ends["size"].mean(), ends["force"].mean()]
        assert estimate[2] == (ends["force"] >= there.scenario.force_required).mean()
        assert_array_equal(estimate[3:], ends["committed"].mean(axis=0))


def alone(case: Case, runs: int) -> dict[str, Any]:
    parts: list[Records] = []
    simulate(setup_of(case), 3, range(runs), sink=lambda _, records: parts.append(records), keep=ENDS)
    size, _, force = parts[0].runs[:, :3].T
    return {"size": size, "force": force, "committed": parts[0].stance[:, -1] == 3}


def test_numbers_are_set_in_one_world_and_all_else_takes_its_own(case: Case) -> None:
    points: list[dict[str, object]] = [
        {"ceasefire": 0.1, "parameters.reach": 1.0},
        {"ceasefire": 0.2, "parameters__reach": 2.0},
        {"ceasefire": 0.3, "parameters.reach": 2.0, "rounds": 5},
        {"ceasefire": 1.5},
        {"mandate.authority": "UN"},
    ]
    found = list(batches(points, case.scenario.vocabulary, most=10))
    assert [each.size for each in found] == [2, 1, 1, 1]
    assert [dict(each.levers) for each in found] == [
        {},
        {"rounds": 5},
        {"ceasefire": 1.5},
        {"mandate.authority": "UN"},
    ]
    assert found[0].numbers[Key("ceasefire")].tolist() == [0.1, 0.2]


def test_no_more_points_are_simulated_together_than_asked() -> None:
    points = [{"ceasefire": level / 10} for level in range(7)]
    sizes = [each.size for each in batches(points, load_case("stand-off").scenario.vocabulary, most=3)]
    assert sizes == [3, 3, 1]


@pytest.mark.parametrize(
    ("point", "problem"),
    [
        ({"ceasefire": 1.5}, "number from 0 to 1"),
        ({"ceasefire": True}, "number from 0 to 1"),
        ({"force_required": 0.0}, "force_required"),
        ({"parameters.reach": 99.0}, "reach: 99 is out of range"),
        ({"parameters.reach": "far"}, "reach: must be a number"),
        ({"parameters.reech": 1.0}, 'did you mean "reach"'),
        ({"ceasefire": 0.1, " ceasefire": 0.2}, "is set already"),
    ],
)
def test_what_is_not_allowed_is_refused_as_where_one_scenario_is_run(
    case: Case, point: dict[str, object], problem: str
) -> None:
    with pytest.raises(InputError, match=problem):
        PointModel(case, Runs(1), ("size",)).at(point)
