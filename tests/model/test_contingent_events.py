"""Events that happen in some runs only: by chance or on a condition; worked by hand, and compared."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from test_same_bits import assert_same_all, assert_same_bits
from worlds import AT_ONCE, STILL, ensemble, setup_of, small_case, write_roster

from sim.experiments.explain.drawn import drawn_levels
from sim.experiments.sweep.point_model import Runs
from sim.inputs.case import Case
from sim.inputs.errors import InputError
from sim.model.coalition import CoalitionModel
from sim.model.ensemble import Execution, simulate_points
from sim.model.points import repeated, set_level

RUNS = range(200)
NATIONS: dict[str, dict[str, Any]] = {
    "AAA": {"position": "committed", "troops": 4000},
    "BBB": {"position": "open", "troops": 2000},
    "CCC": {"position": "opposed", "troops": 1000},
}
QUIET = {"parameters": {**STILL, **AT_ONCE}, "rounds": 6}
"""Nothing moves but what events hold."""


@pytest.fixture(scope="module")
def roster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_roster(tmp_path_factory.mktemp("rosters"), NATIONS)


def held(code: str, word: str = "committed") -> dict[str, Any]:
    return {"nations": {code: {"held": word}}}


def event(**what: Any) -> dict[str, Any]:
    return {"title": f"event {sorted(what)}", **what}


def case_with(roster: Path, *events: dict[str, Any], **given: Any) -> Case:
    return small_case(roster, **{**QUIET, "events": [*events], **given})


def happened(case: Case, runs: range = RUNS) -> np.ndarray[Any, Any]:
    return ensemble(case, 1, runs)[1].happened


# Known answers


def test_a_condition_is_seen_at_the_end_of_a_round_and_the_event_happens_in_the_next(roster: Path) -> None:
    joins = event(round=3, **held("BBB"))
    follows = event(when="BBB committed", **held("CCC"))
    case = case_with(roster, joins, follows)
    records = ensemble(case, 1, RUNS)[1]
    joined = (records.stance[:, :, 1] == 3).argmax(axis=1)  # held from round 3: some had joined before
    assert (joined <= 3).all()
    assert_array_equal(records.happened[:, 0], joined + 1)


def test_what_already_holds_in_the_anchor_world_happens_in_round_1_and_once_only(roster: Path) -> None:
    at_start = case_with(roster, event(when="committed >= 0", washington={"involvement": 0.9}))
    assert (happened(at_start) == 1).all()
    again = event(round=3, washington={"involvement": 0.2})
    both = case_with(roster, event(when="committed >= 0", washington={"involvement": 0.9}), again)
    involvement = ensemble(both, 1, RUNS)[1].runs[:, 4]
    assert (involvement == 0.2).all()  # the later event has the last word


def test_a_date_with_a_condition_is_the_earliest(roster: Path) -> None:
    assert (happened(case_with(roster, event(when="force >= 0", round=4, **held("CCC")))) == 4).all()


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("committed >= 1", True),
        ("committed > 1", False),
        ("committed <= 1", True),
        ("committed < 1", False),
        ("AAA committed", True),
        ("AAA not committed", False),
        ("CCC not committed", True),
        ("AAA left", False),
        ("CCC left", False),
        ("contributors >= 1", True),
        ("fielded > 0", False),
        ("force > 0", True),
        ("force > 10000", False),
    ],
)
def test_conditions_hold_by_their_words(roster: Path, condition: str, holds: bool) -> None:
    start = {"nations": {"AAA": {"held": "committed"}, "BBB": {"held": "out"}, "CCC": {"held": "out"}}}
    case = case_with(roster, event(when=condition, **held("CCC", "out")), **start)
    records = ensemble(case, 1, RUNS)[1]
    alone = (records.stance[:, 0] == [3, 1, 0]).all(axis=1) | (records.stance[:, 0, 0] == 3)
    assert alone.any()
    assert (np.isfinite(records.happened[alone, 0]) == holds).all()


@pytest.fixture(scope="module")
def stormy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A roster of two nations whose world has further levels, more than there are nations."""
    two = {code: NATIONS[code] for code in ("AAA", "BBB")}
    further = {"wind": "threat", "fog": "clarity", "storm": "authority"}
    return write_roster(tmp_path_factory.mktemp("stormy"), two, further=further)


@pytest.mark.parametrize(
    ("condition", "in_round"),
    [
        ("ceasefire >= 1", 4),
        ("ceasefire > 0.9", 4),
        ("ceasefire < 1", 1),
        ("ceasefire >= 0", 1),
        ("mandate.clarity <= 0.05", 1),
        ("mandate.clarity >= 0.6", 4),
        ("mandate.authority >= eu", 4),
        ("moscow.pressure > threats", np.inf),
        ("moscow.pressure >= hybrid_attacks", np.inf),
        ("washington.involvement < diplomatic", 1),
        ("washington.involvement > 0.1", 4),
        ("storm >= 0.4", 4),
        ("storm > 0.4", np.inf),
        ("wind < 0.5", 1),
    ],
)
def test_levels_are_seen_at_the_end_of_the_round_that_sets_them(
    stormy: Path, condition: str, in_round: float
) -> None:
    sets = event(
        round=3,
        ceasefire=1.0,
        storm=0.4,
        washington={"involvement": 0.75},
        mandate={"clarity": 0.6, "authority": "eu"},
    )
    case = case_with(stormy, sets, event(when=condition, **held("BBB")), storm=0.1, wind=0.2, fog=0.3)
    assert (happened(case) == in_round).all()


def test_levels_count_as_they_are_not_as_the_scenario_has_them(roster: Path) -> None:
    """A patron that is sure to take back all that it gives does so in round 1."""
    given = {"washington": {"involvement": 0.6, "reversal": 1.0, "restoration": 0.0}}
    gone = event(when="washington.involvement <= 0.25", **held("CCC"))
    assert (happened(case_with(roster, gone, **given)) == 2).all()


def test_what_an_event_sets_is_seen_by_no_other_of_the_same_round(roster: Path) -> None:
    first = event(when="force >= 0", round=2, ceasefire=1.0)
    second = event(when="ceasefire >= 1", round=2, **held("CCC"))
    for events, rounds in (((first, second), (2, 3)), ((second, first), (3, 2))):
        assert (happened(case_with(roster, *events)) == rounds).all()


def test_conditions_on_levels_give_the_same_bits_everywhere(stormy: Path) -> None:
    events = [
        event(when="washington.involvement <= diplomatic", storm=0.9),
        event(when="storm >= 0.5", probability=0.6, moscow={"pressure": 0.9}),
        event(when="moscow.pressure > 0.55", mandate={"clarity": 0.8}),
        event(when="mandate.clarity >= 0.3", round=2, ceasefire=0.7),
        event(when="ceasefire > 0.65", nations={"BBB": {"position": "committed"}}),
        event(when="fog < 0.3", wind=0.9),
        event(round=3, washington={"involvement": 0.3, "policy": "burden_sharing"}),
    ]
    given: dict[str, Any] = {
        "rounds": 8,
        "level_half_width": 0.1,
        "parameters": {"reach": 1.0, "wander": 2.0, "patience": 1.0},
        "washington": {"involvement": 0.4, "reversal": 0.2, "restoration": 0.2},
        "moscow": {"pressure": 0.5, "policy": "reactive"},
        "mandate": {"purpose": "reassurance", "clarity": 0.2, "policy": "negotiated"},
        "storm": 0.1,
        "wind": 0.2,
        "fog": 0.3,
    }
    case = case_with(stormy, *events, **given)
    assert_same_all(case, 1, range(40))
    assert_same_bits(case, 5, range(3), terms=True)
    tally, records = ensemble(case, 3, RUNS)
    shares = np.isfinite(records.happened).mean(axis=0)
    assert ((shares > 0) & (shares < 1)).sum() >= 4
    for threads, chunk in ((2, 7), (2, 64), (1, 1)):
        cut = ensemble(case, 3, RUNS, execution=Execution(threads=threads, chunk=chunk))
        assert_array_equal(cut[0].happened, tally.happened)
        assert_array_equal(cut[1].happened, records.happened)
        assert_array_equal(cut[1].propensity, records.propensity)


def test_a_condition_is_written_as_scenario_files_write_levels(stormy: Path) -> None:
    case = case_with(stormy, event(when="washington.involvement<=backstop", **held("BBB")), storm=0.1)
    (condition,) = (str(item.event.when) for item in case.scenario.contingents())
    assert condition == "washington.involvement <= 0.75"
    again = pickle.loads(pickle.dumps(case.scenario))  # noqa: S301 - made here
    assert again == case.scenario


def test_a_nation_has_left_once_it_was_in(roster: Path) -> None:
    leaves = event(round=3, **held("AAA", "out"))
    case = case_with(
        roster, leaves, event(when="AAA left", **held("CCC")), nations={"AAA": {"held": "committed"}}
    )
    assert (happened(case) == 4).all()


def test_an_outcome_happens_in_its_share_of_the_runs_and_excludes_the_others(roster: Path) -> None:
    vote = {"round": 2, "outcome_of": "the vote"}
    case = case_with(
        roster,
        {"title": "yes", "probability": 0.5, **vote, **held("BBB")},
        {"title": "no", "probability": 0.3, **vote, **held("BBB", "out")},
    )
    yes, no = (np.isfinite(happened(case, range(4000))).T).astype(int)
    assert not (yes & no).any()
    assert yes.mean() == pytest.approx(0.5, abs=0.03)
    assert no.mean() == pytest.approx(0.3, abs=0.03)


def test_a_dated_event_later_in_the_same_round_has_the_last_word(roster: Path) -> None:
    maybe = event(date="2025-04-18", probability=1.0, washington={"involvement": 0.9}, **held("CCC"))
    sure = event(date="2025-04-19", washington={"involvement": 0.2})
    case = case_with(roster, maybe, sure)
    records = ensemble(case, 1, RUNS)[1]
    assert (records.runs[:, 4] == 0.2).all()
    assert (records.happened == 2).all()


# Properties


def test_certain_with_probability_1_and_absent_with_probability_0(roster: Path) -> None:
    what = {"round": 2, "washington": {"involvement": 0.9, "policy": "burden_sharing"}, **held("CCC")}
    for probability, plain in ((1.0, [event(**what)]), (0.0, [])):
        possible = case_with(roster, event(probability=probability, **what), level_half_width=0.1)
        expected = ensemble(case_with(roster, *plain, level_half_width=0.1), 1, RUNS)[1]
        records = ensemble(possible, 1, RUNS)[1]
        assert_array_equal(records.stance, expected.stance)
        assert_array_equal(records.propensity, expected.propensity)
        assert_array_equal(records.runs, expected.runs)


@settings(max_examples=10)
@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_runs_that_see_an_event_see_it_where_it_is_likelier(roster: Path, one: float, other: float) -> None:
    low, high = sorted((one, other))
    less, more = (
        happened(case_with(roster, event(round=2, probability=chance, **held("CCC"))))
        for chance in (low, high)
    )
    assert (more <= less).all()


def test_other_events_move_no_draw_of_an_event(roster: Path) -> None:
    vote = event(round=2, probability=0.5, **held("CCC"))
    alone = happened(case_with(roster, vote))[:, 0]
    other = {"title": "other", "round": 1, "probability": 0.5, **held("BBB")}
    assert_array_equal(happened(case_with(roster, other, vote))[:, 1], alone)


EVERYTHING: list[dict[str, Any]] = [
    event(
        when="committed >= 1", probability=0.7, washington={"involvement": 0.9, "policy": "burden_sharing"}
    ),
    event(round=2, probability=0.5, mandate={"purpose": "deterrence", "clarity": 0.6}, ceasefire=1.0),
    event(
        when="BBB committed", moscow={"policy": "reactive", "pressure": 0.8}, mandate={"policy": "negotiated"}
    ),
    event(
        when="force >= 3000", round=3, nations={"CCC": {"position": "committed"}, "AAA": {"election": 0.5}}
    ),
    event(when="AAA left", nations={"BBB": {"held": "out"}}),
    event(round=4, washington={"involvement": 0.1}, nations={"BBB": {"held": "free"}}),
]


def test_both_engines_threads_and_chunks_give_the_same_bits(roster: Path) -> None:
    given = {
        "rounds": 8,
        "level_half_width": 0.1,
        "parameters": {"reach": 1.0, "wander": 2.0, "patience": 1.0},
    }
    case = case_with(roster, *EVERYTHING, **given)
    assert_same_all(case, 1, range(40))
    assert_same_bits(case, 5, range(3), terms=True)
    tally, records = ensemble(case, 3, RUNS)
    assert np.isfinite(records.happened).any(axis=0).sum() >= 4
    for threads, chunk in ((2, 7), (2, 64), (1, 1)):
        cut = ensemble(case, 3, RUNS, execution=Execution(threads=threads, chunk=chunk))
        assert_array_equal(cut[0].happened, tally.happened)
        assert_array_equal(cut[1].propensity, records.propensity)


def test_points_that_are_arrays_are_the_cases_that_they_stand_for(roster: Path) -> None:
    values = np.array([0.2, 0.8])
    case = case_with(roster, *EVERYTHING)
    points = repeated(setup_of(case), 2, 50)
    set_level(points, "involvement", values)
    together = simulate_points(setup_of(case), points, 1, range(50))
    for place, value in enumerate(values):
        alone = ensemble(case.with_overrides({"washington.involvement": value}), 1, range(50))[1]
        rows = slice(50 * place, 50 * (place + 1))
        assert_array_equal(together.runs[rows], alone.runs)
        assert_array_equal(together.happened[rows], alone.happened)


# Refusals

WHAT = held("CCC")


@pytest.mark.parametrize(
    ("events", "problem"),
    [
        (
            [{"when": "forces >= 3", **WHAT}],
            r'when: compares one of force, .* not "forces"; did you mean "force"\?',
        ),
        ([{"when": "force >= many", **WHAT}], 'when: compares force with a number of at least 0, not "many"'),
        (
            [{"when": "washington.involvment <= 0.25", **WHAT}],
            r'not "washington.involvment"; did you mean "washington.involvement"\?',
        ),
        (
            [{"when": "patron.involvement <= 0.25", **WHAT}],
            r'contributors, washington.involvement, .* not "patron.involvement"',
        ),
        (
            [{"when": "washington.involvement <= 25", **WHAT}],
            'compares washington.involvement with a number from 0 to 1, or one of none, .* troops, not "25"',
        ),
        (
            [{"when": "washington.involvement < backstep", **WHAT}],
            r'not "backstep"; did you mean "backstop"\?',
        ),
        ([{"when": "ceasefire >= soon", **WHAT}], 'compares ceasefire with a number from 0 to 1, not "soon"'),
        ([{"when": "force >= nan", **WHAT}], 'not "nan"'),
        ([{"when": "AAA comitted", **WHAT}], r'when: must be force, .* did you mean "committed"\?'),
        ([{"when": 3, **WHAT}], "when: must be a text"),
        ([{"when": "AAB committed", **WHAT}], r'when: no nation "AAB" in the roster; .*did you mean "AAA"'),
        (
            [{"when": "force >= 1", "round": 1, "date": "2025-05-01", **WHAT}],
            "with a condition, when, at most one",
        ),
        ([{"probability": 0.5, **WHAT}], "exactly one of date and round"),
        ([{"round": 1, "probability": 1.5, **WHAT}], "probability: must be a number from 0 to 1"),
        ([{"round": 1, "outcome_of": "vote", **WHAT}], "outcome_of: is for events with a probability"),
        ([{"round": 1, "probability": 0.6, "outcome_of": "vote", **WHAT}] * 2, "add up to 1.2, more than 1"),
        (
            [{"round": 1, "probability": 0.1, **WHAT}, {"round": 2, "probability": 0.1, **WHAT}],
            "and with it its draw",
        ),
        (
            [{"round": number, "probability": 0.1, "outcome_of": "vote", **WHAT} for number in (1, 2)],
            "both must have the same date and the same condition",
        ),
        (
            [{"round": 1, "probability": 0.1, **WHAT}, {"round": 1, **WHAT}],
            "duplicate event: nations.CCC.held",
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_line(roster: Path, events: list[dict[str, Any]], problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        case_with(roster, *({"title": "something", **each} for each in events))


# What is drawn once a run, seen from outside


def test_levels_of_many_runs_at_once_are_those_of_the_model(roster: Path) -> None:
    case = case_with(roster, *EVERYTHING, rounds=8, level_half_width=0.1)
    runs = Runs(20, 1)
    for round_ in (0, 3, 8):
        drawn = drawn_levels(setup_of(case), runs, round_, happened(case, range(20)))
        for run in range(20):
            model = CoalitionModel(case, run=run, seed=1)
            while model.round < round_:
                model.step()
            assert [float(values[run]) for values in drawn] == [*model.levels]
