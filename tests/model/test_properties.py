"""What holds of whole runs, whatever the world."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from numpy.typing import NDArray
from random_worlds import RUN, SEED, SHARE, small_worlds
from worlds import ensemble, small_case, write_roster

from sim.declarations.words import POSITIONS, PURPOSES
from sim.experiments.run import run
from sim.inputs.case import load_case
from sim.model.draws import RunDraws, nation_code

PATIENT = {"suppress_health_check": list(HealthCheck)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rosters")


def words(codes: list[str]) -> NDArray[np.uint64]:
    return np.array([nation_code(code) for code in codes], dtype=np.uint64)


# Shares


@settings(max_examples=15, **PATIENT)
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


# Ties

# Who sends nothing has no weight in anybody's ties: to AAA it is as if nobody else were there.
ALONE: dict[str, dict[str, Any]] = {
    "AAA": {"position": "open", "reliance": 1, "threat": 1, "legalism": 1},
    "BBB": {"position": "undecided", "reliance": 0, "threat": 0, "legalism": 0, "troops": 0},
    "CCC": {"position": "open", "troops": 0},
}
STATED = st.sampled_from([position for position in POSITIONS if position != "unknown"])


@pytest.fixture(scope="module")
def alone(folder: Path) -> Path:
    return write_roster(folder / "alone", ALONE)


@settings(max_examples=25, **PATIENT)
@given(st.tuples(STATED, STATED), st.floats(0.0, 5.0), SEED, RUN)
def test_a_nation_with_no_ties_is_unmoved_by_what_others_state(
    alone: Path, stated: tuple[str, str], b_peers: float, seed: int, first: int
) -> None:
    others = {code: {"position": position} for code, position in zip(("BBB", "CCC"), stated, strict=True)}
    speak = {"round": 2, "title": "Others speak", "nations": others}
    quiet, loud = (
        ensemble(
            small_case(alone, events=events, parameters={"b_peers": b_peers}), seed, range(first, first + 2)
        )[1]
        for events in ([], [speak])
    )
    assert_array_equal(loud.propensity[:, :, 0], quiet.propensity[:, :, 0])
    assert_array_equal(loud.stance[:, :, 0], quiet.stance[:, :, 0])


# Washington


@settings(max_examples=25, **PATIENT)
@given(st.lists(SHARE, min_size=3, max_size=3).map(sorted), SEED, RUN)
def test_more_us_involvement_never_lowers_the_propensity_of_who_relies_on_it(
    alone: Path, levels: list[float], seed: int, first: int
) -> None:
    # All else equal: nobody to listen to, and a force so large that its own pledge is none of it.
    start, less, more = levels
    lower, higher = (
        ensemble(
            small_case(
                alone,
                washington={"involvement": start},
                events=[{"round": 1, "title": "Washington", "washington": {"involvement": involvement}}],
                force_required=1e9,
            ),
            seed,
            range(first, first + 2),
        )[1].propensity[:, :, 0]
        for involvement in (less, more)
    )
    assert (higher >= lower - 1e-12).all()
    if more > less + 0.01:
        assert (higher[:, 1:] > lower[:, 1:]).all()


# Draws and runs

CODES = st.lists(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=3), min_size=1, unique=True)


@given(CODES, SEED, RUN, st.data())
def test_a_nations_draws_are_the_same_whoever_else_is_there(
    codes: list[str], seed: int, number: int, data: Any
) -> None:
    some = data.draw(st.lists(st.sampled_from(codes), min_size=1, unique=True))
    places = [codes.index(code) for code in some]
    all_draws, of_some = (RunDraws(seed, number, words(who), 3) for who in (codes, some))
    for name in ("attributes", "conditions", "anchors", "shocks"):
        assert_array_equal(getattr(of_some, name), getattr(all_draws, name)[:, places], name)
    for name in ("common_shocks", "levels"):
        assert_array_equal(getattr(of_some, name), getattr(all_draws, name), name)


STAND_OFF = load_case("stand-off", {"rounds": 6})


@settings(max_examples=25, **PATIENT)
@given(SEED, st.integers(100, 2**40), st.integers(0, 100), st.integers(1, 100))
def test_a_run_is_the_same_whichever_others_are_computed_with_it(
    seed: int, number: int, before: int, after: int
) -> None:
    lone = ensemble(STAND_OFF, seed, range(number, number + 1))[1]
    among = ensemble(STAND_OFF, seed, range(number - before, number + after))[1]
    assert_array_equal(among.propensity[before], lone.propensity[0])
    assert_array_equal(among.stance[before], lone.stance[0])
    assert_array_equal(among.runs[before], lone.runs[0])
