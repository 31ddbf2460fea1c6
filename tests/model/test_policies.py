"""Policies that change the world by chance: a patron that takes back what it gives, and elections."""

from typing import Any

import numpy as np
import pytest
from worlds import STILL, ensemble, small_case, write_roster

from sim.declarations.levels import MOVED
from sim.declarations.words import Stance
from sim.inputs.case import Case, load_case, reacting
from sim.inputs.errors import InputError
from sim.model import rules
from sim.model.tally import RUN_COLUMNS

INVOLVEMENT = RUN_COLUMNS.index(MOVED[0])
RUNS = range(4096)


@pytest.fixture(scope="module")
def roster(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """AAX is committed, BBX and CCX are opposed, DDX is open: of those that speak a quarter is committed."""
    positions = {"AAX": "committed", "BBX": "opposed", "CCX": "opposed", "DDX": "open"}
    return write_roster(
        tmp_path_factory.mktemp("policies") / "roster",
        {code: {"position": position} for code, position in positions.items()},
    )


@pytest.mark.parametrize(
    ("previous", "draw", "expected"),
    [(0.0, 0.09, 1.0), (0.0, 0.1, 0.0), (1.0, 0.29, 0.0), (1.0, 0.3, 1.0)],
)
def test_a_patron_falls_with_one_probability_and_returns_with_another(
    previous: float, draw: float, expected: float
) -> None:
    assert rules.took_back(previous, reversal=0.1, restoration=0.3, draw=draw) == expected


def test_in_the_long_run_it_has_taken_back_what_it_gives_for_the_share_of_a_two_state_chain(
    roster: Any,
) -> None:
    # Stationary share of a chain that falls with p and returns with q: p / (p + q) = 0.1 / 0.4.
    patron = {"involvement": 0.8, "reversal": 0.1, "restoration": 0.3}
    _, records = ensemble(small_case(roster, rounds=40, washington=patron), 1, RUNS)
    fallen = records.runs[:, INVOLVEMENT] == 0.0
    assert fallen.mean() == pytest.approx(0.25, abs=4 * np.sqrt(0.25 * 0.75 / len(RUNS)))
    assert set(records.runs[:, INVOLVEMENT].tolist()) == {0.0, 0.8}


def test_what_a_patron_gives_again_is_what_the_scenario_says_by_then(roster: Any) -> None:
    patron = {
        "involvement": 0.2,
        "reversal": 1.0,
        "restoration": 1.0,
    }  # away in odd rounds, back in even ones
    event = {"round": 3, "title": "more", "washington": {"involvement": 0.9}}
    _, records = ensemble(small_case(roster, rounds=4, washington=patron, events=[event]), 1, range(8))
    assert (records.runs[:, INVOLVEMENT] == 0.9).all()


def vote(roster: Any, probability: float, **given: Any) -> Case:
    event = {"round": 2, "title": "an election", "nations": {"BBX": {"election": probability}}}
    return small_case(roster, rounds=3, events=[event], parameters=STILL, **given)


def test_an_election_draws_the_position_anew_from_those_at_the_start(roster: Any) -> None:
    _, records = ensemble(vote(roster, 1.0), 1, RUNS)
    after = records.stance[:, 2, 1]
    shares = [(after == stance).mean() for stance in Stance]
    assert shares == pytest.approx([0.5, 0.0, 0.25, 0.25], abs=0.03)
    centres = {Stance.OPPOSED: -2.75, Stance.OPEN: -0.24, Stance.COMMITTED: 1.39}
    expected = [centres[Stance(stance)] for stance in after.tolist()]
    assert np.abs(records.propensity[:, 2, 1] - expected).max() < 0.03  # the usual cuts, rounded


def test_it_changes_a_position_with_its_probability_and_nobody_elses(roster: Any) -> None:
    _, with_vote = ensemble(vote(roster, 0.4), 1, RUNS)
    _, without = ensemble(vote(roster, 0.0), 1, RUNS)
    moved = (with_vote.stance[:, 2] != without.stance[:, 2]).mean(axis=0)
    assert moved[1] == pytest.approx(0.4 * 0.5, abs=0.03)  # half of those drawn are opposed again
    assert (moved[[0, 2, 3]] == 0.0).all()


def test_an_election_at_the_start_is_told_to_be_none(roster: Any) -> None:
    with pytest.raises(InputError, match="election"):
        small_case(roster, nations={"BBX": {"election": 0.5}})


def test_all_policies_at_once_keep_what_the_scenario_prescribes_of_levels() -> None:
    case = reacting(load_case("paris-2026-01"))
    assert case.timeline.burden_sharing.all()
    assert case.timeline.negotiated.all()
    assert case.timeline.reactive.all()
    assert (case.timeline.reversal == 0.025).all()
    assert (case.timeline.levels == load_case("paris-2026-01").timeline.levels).all()
