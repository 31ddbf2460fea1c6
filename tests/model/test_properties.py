"""What holds of whole runs, whatever the world."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from numpy.typing import NDArray
from random_worlds import RUN, SEED, SHARE, small_worlds
from worlds import ensemble, setup_of, small_case, write_roster

from sim.declarations.levels import LEVERS
from sim.declarations.parameters import INTERACTION
from sim.declarations.words import POSITIONS, PURPOSES
from sim.experiments.run import run
from sim.inputs.case import load_case
from sim.model.draws import RunDraws, nation_code
from sim.model.setup import CHANGED

STATED = st.sampled_from([position for position in POSITIONS if position != "unknown"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rosters")


def words(codes: list[str]) -> NDArray[np.uint64]:
    return np.array([nation_code(code) for code in codes], dtype=np.uint64)


# Shares


@settings(max_examples=15)
@given(data=st.data(), seed=SEED)
def test_shares_lie_between_0_and_1_and_those_of_all_cases_add_up_to_1(
    folder: Path, data: Any, seed: int
) -> None:
    result = run(data.draw(small_worlds(folder)), runs=20, seed=seed)
    stances = result.nations[["p_opposed", "p_undecided", "p_open", "p_committed"]]
    mandate = result.rounds[[f"{purpose}_mean" for purpose in PURPOSES]]
    alone = (result.rounds["p_force_met"], result.moves["share"], result.summary["p_ever_joined"])
    for shares in (stances, mandate, *alone):
        assert ((shares >= 0) & (shares <= 1)).all(axis=None)
    assert stances.sum(axis=1).to_numpy() == pytest.approx(1.0, abs=1e-12)
    assert mandate.sum(axis=1).to_numpy() == pytest.approx(1.0, abs=1e-5)  # counted in units of 2**-20
    assert result.moves.groupby("iso3")["share"].sum().to_numpy() == pytest.approx(1.0, abs=1e-12)


# Steps


@settings(max_examples=25)
@given(data=st.data(), seed=SEED, first=RUN)
def test_no_nation_moves_more_than_a_rung_a_round_unless_it_speaks_or_is_held(
    folder: Path, data: Any, seed: int, first: int
) -> None:
    case = data.draw(small_worlds(folder))
    setup = setup_of(case)
    stance = ensemble(case, seed, range(first, first + 5))[1].stance
    said = setup.statements
    of_nations = setup.changes["changed"] >= CHANGED.index("stated")
    sure = ~np.isin(np.arange(setup.nations.size), setup.changes["place"][of_nations])
    stance, said = stance[:, :, sure], said[:, sure]  # of whom no event speaks that only some runs see
    told = said["is_new"] | (said["election"] > 0) | (said["least_stance"] > 0) | (said["most_stance"] < 3)
    free = ~(told[1:] | told[:-1])
    assert (np.abs(np.diff(stance.astype(int), axis=1)) <= 1)[:, free].all()
    assert ((stance >= said["least_stance"]) & (stance <= said["most_stance"])).all()
    penniless = (setup.nations["deployable"][sure] == 0) & (said["least_stance"] == 0).all(axis=0)
    assert (stance[:, :, penniless] < 3).all()


@settings(max_examples=25)
@given(data=st.data(), seed=SEED, first=RUN)
def test_what_is_in_the_field_is_at_most_a_third_of_what_is_pledged(
    folder: Path, data: Any, seed: int, first: int
) -> None:
    case = data.draw(small_worlds(folder))
    runs = ensemble(case, seed, range(first, first + 20))[1].runs
    size, contributors, force, fielded = runs[:, :4].T
    assert (fielded <= force / 3 * (1 + 1e-12)).all()
    assert (force <= 1.3 * setup_of(case).nations["deployable"].sum() * (1 + 1e-12)).all()
    assert (size <= contributors).all()


# Levels of either sign

ALONE: dict[str, dict[str, Any]] = {"AAA": {"position": "open"}, "BBB": {"position": "undecided"}}
CALM = {"wander": 0.0, "followership": 0.0, "framework": 0.0}


@pytest.fixture(scope="module")
def alone(folder: Path) -> Path:
    return write_roster(folder / "alone", ALONE)


@settings(max_examples=25)
@given(st.lists(SHARE, min_size=3, max_size=3).map(sorted), st.floats(0.01, 2.0), SEED, RUN)
def test_more_of_a_level_moves_willingness_as_the_slope_of_the_nation_says(
    alone: Path, levels: list[float], reach: float, seed: int, first: int
) -> None:
    start, less, more = levels
    case = small_case(alone, mandate={"purpose": "reassurance", "clarity": start})
    slopes = setup_of(case).slopes[[n % 2000 for n in (first, first + 1)], :, LEVERS.index("clarity")]
    lower, higher = (
        ensemble(
            small_case(
                alone,
                mandate={"purpose": "reassurance", "clarity": start},
                events=[{"round": 1, "title": "It is clear", "mandate": {"clarity": clarity}}],
                parameters={**CALM, "reach": reach},
            ),
            seed,
            range(first, first + 2),
        )[1].propensity
        for clarity in (less, more)
    )
    gained = reach * slopes * (more - less) / 2
    np.testing.assert_allclose((higher - lower)[:, 1:], gained[:, np.newaxis].repeat(8, axis=1), atol=1e-12)
    assert_array_equal(higher[:, 0], lower[:, 0])


@settings(max_examples=25)
@given(st.tuples(STATED, STATED), SEED, RUN)
def test_without_interaction_a_nation_is_unmoved_by_what_others_state(
    alone: Path, stated: tuple[str, str], seed: int, first: int
) -> None:
    speak = [
        {"round": number, "title": "BBB speaks", "nations": {"BBB": {"position": position}}}
        for number, position in zip((2, 4), stated, strict=True)
    ]
    apart = dict.fromkeys(INTERACTION, 0.0)
    quiet, loud = (
        ensemble(small_case(alone, events=events, parameters=apart), seed, range(first, first + 2))[1]
        for events in ([], speak)
    )
    assert_array_equal(loud.propensity[:, :, 0], quiet.propensity[:, :, 0])
    assert_array_equal(loud.stance[:, :, 0], quiet.stance[:, :, 0])


# Draws and runs

CODES = st.lists(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=3), min_size=1, unique=True)


@given(CODES, SEED, RUN, st.data())
def test_a_nations_draws_are_the_same_whoever_else_is_there(
    codes: list[str], seed: int, number: int, data: Any
) -> None:
    some = data.draw(st.lists(st.sampled_from(codes), min_size=1, unique=True))
    places = [codes.index(code) for code in some]
    all_draws, of_some = (RunDraws(seed, number, words(who), 3) for who in (codes, some))
    for name in ("conditions", "anchors", "moods", "elections"):
        assert_array_equal(getattr(of_some, name), getattr(all_draws, name)[:, places], name)
    assert_array_equal(of_some.deployable, all_draws.deployable[places])
    for name in ("common_moods", "levels", "reversals"):
        assert_array_equal(getattr(of_some, name), getattr(all_draws, name), name)


STAND_OFF = load_case("stand-off", {"rounds": 6})


@settings(max_examples=25)
@given(SEED, st.integers(100, 2**40), st.integers(0, 100), st.integers(1, 100))
def test_a_run_is_the_same_whichever_others_are_computed_with_it(
    seed: int, number: int, before: int, after: int
) -> None:
    lone = ensemble(STAND_OFF, seed, range(number, number + 1))[1]
    among = ensemble(STAND_OFF, seed, range(number - before, number + after))[1]
    assert_array_equal(among.propensity[before], lone.propensity[0])
    assert_array_equal(among.stance[before], lone.stance[0])
    assert_array_equal(among.runs[before], lone.runs[0])
