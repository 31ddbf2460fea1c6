"""Levels that a roster declares move nations by the slopes that past coalitions teach, as the others do."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from worlds import ALONE, ensemble, finished, history, setup_of, small_case, write_roster

from sim.declarations.levels import LEVERS
from sim.declarations.records import Terms
from sim.experiments.rests_on import rests_on
from sim.experiments.runs import Runs
from sim.experiments.sweep.point_model import PointModel
from sim.inputs.case import Case
from sim.model.ensemble import Keep, simulate
from sim.model.setup import extrapolated
from sim.model.tally import Records

NATIONS: dict[str, dict[str, Any]] = {
    "AAA": {"position": "open"},
    "BBB": {"position": "undecided", "distance_to_adversary": 50},
    "CCC": {"position": "opposed", "neutral": 1},
}
FURTHER = {"outbreak": "threat", "blessing": "authority"}
OF_FURTHER = Terms._fields.index("further_levels")
RUNS = range(40)


@pytest.fixture(scope="module")
def roster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_roster(tmp_path_factory.mktemp("roster"), NATIONS, further=FURTHER)


def world(roster: Path, *changes: dict[str, Any], **given: Any) -> Case:
    """Return a world in which something happens in round 1, 2, ..."""
    events = [{"round": place, "title": "something", **each} for place, each in enumerate(changes, 1)]
    return small_case(roster, events=events, rounds=6, **given)


def test_a_term_is_the_reach_times_slopes_times_changes(roster: Path) -> None:
    case = world(roster, {"outbreak": 0.7}, {"blessing": 0.25, "outbreak": 0.1}, outbreak=0.3)
    setup, records = setup_of(case), ensemble(case, 1, RUNS, terms=True)[1]
    outbreak, blessing = np.moveaxis(setup.slopes[: len(RUNS), :, len(LEVERS) :], 2, 0)
    reach = case.parameters.column("reach")[0]
    term = records.terms[..., OF_FURTHER]
    assert_array_equal(term[:, 0], 0.0)
    assert_allclose(term[:, 1], reach * 0.4 * outbreak, atol=1e-12)
    for later in range(2, 7):  # nations see it at once, and it stays
        assert_allclose(term[:, later], reach * (-0.2 * outbreak + 0.25 * blessing), atol=1e-12)


def test_it_does_what_the_level_does_that_has_the_same_slope(roster: Path) -> None:
    one = ensemble(world(roster, {"blessing": 0.5}), 1, RUNS)
    other = ensemble(world(roster, {"mandate": {"authority": 0.5}}), 1, RUNS)
    assert_allclose(one[1].propensity, other[1].propensity, atol=1e-12)
    assert_array_equal(one[0].contributions, other[0].contributions)


def test_at_the_start_it_adds_to_the_level_of_past_coalitions_that_it_corresponds_to(roster: Path) -> None:
    split = setup_of(world(roster, outbreak=0.25, moscow={"pressure": 0.25}))
    whole = setup_of(world(roster, moscow={"pressure": 0.5}))
    assert_array_equal(split.disposition, whole.disposition)
    assert_array_equal(split.slopes, whole.slopes)
    assert_array_equal(split.slopes[:, :, LEVERS.index("pressure")], split.slopes[:, :, len(LEVERS)])


def test_what_adds_up_to_more_than_past_coalitions_have_seen_is_told(roster: Path) -> None:
    case = world(roster, {"outbreak": 0.75})
    told = extrapolated(case.scenario, case.roster, case.timeline)
    assert [each for each in told if "threat" in each] == ["threat 1.25; past coalitions have 0 to 0.9"]


def test_without_a_slope_nothing_changes(roster: Path) -> None:
    def records(case: Case) -> Records:
        setup, kept = setup_of(case), []
        slopes = setup.slopes.copy()
        slopes[:, :, len(LEVERS) :] = 0.0
        simulate(
            setup._replace(slopes=slopes),
            1,
            RUNS,
            sink=lambda _, each: kept.append(each),
            keep=Keep(trajectories=True),
            execution=ALONE,
        )
        return kept[0]

    moved, still = (records(world(roster, *changes)) for changes in ([{"outbreak": 1.0}], []))
    assert_array_equal(moved.propensity, still.propensity)
    assert_array_equal(moved.runs, still.runs)


def test_without_reach_it_moves_any_contribution_alone(roster: Path) -> None:
    alone = {"parameters": {"reach": 0.0, "followership": 0.0}}
    moved, still = (
        ensemble(world(roster, *changes, **alone), 1, RUNS) for changes in ([{"blessing": 1.0}], [])
    )
    assert_array_equal(moved[1].stance, still[1].stance)
    assert moved[0].contributions[-1].sum() > still[0].contributions[-1].sum()


def test_an_uncertain_one_is_drawn_anew_whenever_it_is_set(roster: Path) -> None:
    case = world(roster, {"outbreak": 0.5}, {"ceasefire": 1.0}, {"outbreak": 0.5}, level_half_width=0.2)
    changes = history(finished(case, record_terms=True), "terms")[:, 0]
    first, held, anew = (changes[place][OF_FURTHER] for place in (1, 2, 3))
    assert first == held
    assert first != anew
    terms = ensemble(case, 1, range(1), terms=True)[1].terms[0, :, 0, OF_FURTHER]
    assert terms[[1, 2, 3]].tolist() == [first, held, anew]


def test_levels_of_one_slope_are_one_thing_that_numbers_rest_on(roster: Path) -> None:
    table = rests_on(world(roster, {"outbreak": 1.0}, parameters={"reach": 2.0}), seed=1, runs=300)
    effects = table[table["number"] == "size"].set_index("group")
    assert {"effect of pressure and outbreak", "effect of authority and blessing"} < set(effects.index)
    assert effects.loc["effect of pressure and outbreak", "verdict"] == "not told"
    assert effects.loc["effect of pressure and outbreak", "total"] > 0.0
    assert effects.loc["effect of authority and blessing", "total"] == 0.0


def test_points_of_a_design_that_set_it_come_out_as_they_do_alone(roster: Path) -> None:
    case = world(roster, outbreak=0.1)
    points = [{"outbreak": level, "moscow.pressure": 0.4, "parameters.reach": 2.0} for level in (0.2, 0.8)]
    found = PointModel(case, Runs(40, 1), ("contributors",)).estimates(points)
    alone = [ensemble(case.with_overrides(point), 1, RUNS)[0].contributors[-1] for point in points]
    assert found.estimate[:, 0].tolist() == [counts @ range(len(counts)) / 40 for counts in alone]
