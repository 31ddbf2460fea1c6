"""Limits of the model that can be solved by hand: cascades of followers, free riders, moods."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from small_worlds import codes
from worlds import AT_ONCE, STILL, ensemble, finished, history, plainly_read, small_case, write_roster

from sim.inputs.case import Case
from sim.model.coalition import CoalitionModel
from sim.model.tally import RUN_COLUMNS

ENGINES = ["ensemble", "mesa"]
OPEN_AT, COMMITTED_AT, CUT = -0.24, 1.39, 0.41
"""Log-odds of who is open and who is committed, and the cut between them, at the declared parameters."""

FOLLOWERS = {**STILL, **AT_ONCE}
"""Nothing moves but what is given; no waiting, no hysteresis."""


def stances(case: Case, engine: str) -> NDArray[Any]:
    """Return the stances of a run in which no statement is misread, [round, nation]."""
    run = plainly_read(case)
    if engine == "mesa":
        return history(finished(case, run=run), "stance")
    return ensemble(case, 1, range(run, run + 1))[1].stance[0]


def sizes(case: Case, engine: str) -> list[int]:
    """Return the coalition's size in every round."""
    return (stances(case, engine) == 3).sum(axis=1).tolist()


def drawn_soldiers(case: Case) -> NDArray[np.float64]:
    """Return what each nation can deploy in the run of `stances`."""
    model = CoalitionModel(case, seed=1, run=plainly_read(case))
    return np.array([agent.deployable for agent in model.nations])


# Granovetter, Threshold models of collective behavior, American Journal of Sociology 83 (1978), p. 1424:
# 100 people, each joins when at least as many others as its threshold have. With thresholds 0, 1, 2, ... 99
# everyone joins; replace the person with threshold 1 by one with 2 and one joins.
#
# Here a threshold is a share of the force. All are open, -0.24, and demand authority; in round 1 there is
# some, 0.5, which meets the demand of a nation by soft = 1 - (at_least - 0.5)/0.15. With D lost while nothing
# of it is met, and B gained when others pledge the whole force,
#
#     x = -0.24 + D soft + B others,  and it commits if x > 0.41, that is if  B others > 0.65 - D soft,
#
# so one with  soft = (0.65 - B threshold)/D  joins if others > threshold. A pledge is half of what can be
# deployed at least, and all of it at most; that is drawn between 0.4 and 1.3 of 1,000 soldiers. So k nations
# pledge at least 200 k, and one at most 1,300.

PEOPLE, GAP = 40, CUT - OPEN_AT
FOLLOWERSHIP, DEMAND = 2.0, 0.85
"""Thresholds may be from -0.1 to 0.325."""


def granovetter(folder: Path, thresholds: Sequence[float], force_required: float) -> Case:
    """Return a case of nations that join when others pledge more than a share of the force."""
    nations = codes(len(thresholds))
    soft = [(GAP - FOLLOWERSHIP * threshold) / DEMAND for threshold in thresholds]
    assert all(0 <= each <= 1 for each in soft)
    asked = [(code, "authority", 0.5 + 0.15 * (1 - each)) for code, each in zip(nations, soft, strict=True)]
    roster = write_roster(folder, {code: {"position": "open"} for code in nations}, conditions=asked)
    some = {"round": 1, "title": "There is some authority", "mandate": {"authority": 0.5}}
    parameters = {**FOLLOWERS, "demand": DEMAND, "followership": FOLLOWERSHIP}
    return small_case(
        roster, rounds=PEOPLE + 3, events=[some], parameters=parameters, force_required=force_required
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_everyone_joins_where_those_before_are_always_enough(tmp_path: Path, engine: str) -> None:
    # Nation k asks for 190 k soldiers of others, less than the k before it pledge; the first for none.
    force = 30_000.0
    thresholds = [(190 * k - 10) / force for k in range(PEOPLE)]
    found = sizes(granovetter(tmp_path, thresholds, force), engine)
    assert found[:2] == [0, 1]
    assert found[-1] == PEOPLE


@pytest.mark.parametrize("engine", ENGINES)
def test_one_joins_where_the_second_asks_for_more_than_one_pledges(tmp_path: Path, engine: str) -> None:
    force = 30_000.0
    thresholds = [-10 / force, *(1310 / force for _ in range(1, PEOPLE))]
    assert sizes(granovetter(tmp_path, thresholds, force), engine) == [0, *[1] * (PEOPLE + 3)]


def threshold_model(thresholds: NDArray[Any], soldiers: NDArray[Any], force: float, rounds: int) -> list[int]:
    """Return how many have joined after each round if all look at the pledges of the round before.

    Who joins pledges half of its soldiers, and as much more as its willingness lies beyond the cut.
    """
    pledged, joined, counts = np.zeros(len(soldiers)), np.zeros(len(soldiers), bool), [0]
    for _ in range(rounds):
        beyond = FOLLOWERSHIP * ((pledged.sum() - pledged) / force - thresholds)
        joined |= beyond > 0
        pledged = np.where(joined, soldiers * (0.5 + 0.5 * np.clip(beyond / 3, 0, 1)), 0)
        counts.append(int(joined.sum()))
    return counts


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("draw", range(5))
def test_any_thresholds_give_the_cascade_of_the_threshold_model(
    tmp_path: Path, draw: int, engine: str
) -> None:
    # Normal thresholds around a quarter of what all could pledge: some cascades break off, some do not.
    force = 36_000.0
    spread = [0.05, 0.1, 0.13, 0.16, 0.3][draw]
    thresholds = np.random.default_rng(draw).normal(0.2, spread, PEOPLE).clip(-0.1, 0.32)
    case = granovetter(tmp_path, thresholds.tolist(), force)
    expected = threshold_model(thresholds, drawn_soldiers(case), force, PEOPLE + 3)
    assert sizes(case, engine) == expected
    assert expected[-1] < PEOPLE or draw > 0


# The tipping point of nations all alike.
#
# All are open, and nothing moves but followership B. By an event in round 1 one commits; anchored 0.98 beyond
# the cut it pledges P, a share 1/2 + 0.98/6 of its soldiers. Each of the others then stands at
#
#     x = -0.24 + B P / force
#
# and all join, in the same round, if B > B* = 0.65 force / P; none of them otherwise.

NATIONS = 13
PLEDGED = 0.5 + 0.5 * (COMMITTED_AT - CUT) / 3


class Equals:
    """Nations all alike, the first of which commits in round 1."""

    def __init__(self, folder: Path) -> None:
        self.roster = write_roster(folder, {code: {"position": "open"} for code in codes(NATIONS)})
        self.first = codes(1)[0]

    def case(self, followership: float, force: float) -> Case:
        """Return the case of a force that is required."""
        commits = {self.first: {"position": "committed"}}
        return small_case(
            self.roster,
            events=[{"round": 1, "title": "One commits", "nations": commits}],
            parameters={**FOLLOWERS, "followership": followership},
            force_required=force,
        )

    def members(self, followership: float, force: float, engine: str = "ensemble") -> int:
        """Return how many are in after the last round."""
        return sizes(self.case(followership, force), engine)[-1]

    def tipping_point(self, force: float) -> float:
        """Return the least followership by which all join."""
        return GAP * force / (PLEDGED * drawn_soldiers(self.case(0.0, force))[0])


@pytest.fixture
def equals(tmp_path: Path) -> Equals:
    return Equals(tmp_path)


@pytest.mark.parametrize("force", [200.0, 700.0, 1100.0])
def test_the_tipping_point_found_over_followership_is_the_one_computed(equals: Equals, force: float) -> None:
    low, high = 0.0, 3.0
    assert (equals.members(low, force), equals.members(high, force)) == (1, NATIONS)
    while high - low > 1e-6:
        middle = (low + high) / 2
        members = equals.members(middle, force)
        assert members in {1, NATIONS}
        low, high = (middle, high) if members == 1 else (low, middle)
    assert high == pytest.approx(equals.tipping_point(force), abs=2e-6)


@pytest.mark.parametrize("side", [-1e-9, 1e-9])
def test_mesa_tips_at_the_same_point(equals: Equals, side: float) -> None:
    members = equals.members(equals.tipping_point(700.0) + side, 700.0, "mesa")
    assert members == (NATIONS if side > 0 else 1)


def test_all_join_in_the_round_after_and_nobody_who_rides_free(equals: Equals) -> None:
    assert sizes(equals.case(3.0, 700.0), "ensemble") == [0, 1, *[NATIONS] * 7]
    assert sizes(equals.case(-3.0, 700.0), "ensemble") == [0, *[1] * 8]


# Free riders.
#
# AAA is committed at 1.39 with a handful of soldiers, and leaves below the cut at 0.41 when BBB commits: if
# 0.98 < -B P / force. What BBB makes of that handful is less than a ten-thousandth of its pledge.


@pytest.mark.parametrize("factor", [0.999, 1.001])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_free_rider_leaves_when_others_pledge_enough(tmp_path: Path, engine: str, factor: float) -> None:
    nations = {"AAA": {"position": "committed", "troops": 1}, "BBB": {"position": "open", "troops": 20_000}}
    roster = write_roster(tmp_path, nations)

    def case(followership: float) -> Case:
        return small_case(
            roster,
            events=[{"round": 1, "title": "BBB commits", "nations": {"BBB": {"position": "committed"}}}],
            parameters={**FOLLOWERS, "followership": followership},
            force_required=10_000.0,
        )

    share = PLEDGED * drawn_soldiers(case(0.0))[1] / 10_000
    found = stances(case(-factor * (COMMITTED_AT - CUT) / share), engine)[:, 0].tolist()
    assert found == ([3, 3, *[2] * 7] if factor > 1 else [3] * 9)


# Moods: m(t) = rho m(t-1) + sigma e(t) from m(0) = 0, with rho = 2^(-1/half-life). So
#
#     Var m(t) = wander^2 (1 - rho^2t) / (1 - rho^44),   wander^2 after 22 rounds,
#     Cov(m(s), m(t)) = rho^(t-s) Var m(s),
#
# and two nations' moods share the part `common` of it.

RUNS = 20_000


@pytest.fixture(scope="module")
def moods(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return the moods of three nations, [run, round, nation], by wander, half-life and common share."""
    roster = write_roster(
        tmp_path_factory.mktemp("moods"), {code: {"position": "open"} for code in ("AAA", "BBB", "CCC")}
    )

    def moods_of(wander: float, half_life: float, common: float) -> NDArray[np.float64]:
        parameters = {**STILL, "wander": wander, "half_life": half_life, "common": common}
        case = small_case(roster, rounds=100, parameters=parameters)
        propensity = ensemble(case, 1, range(RUNS))[1].propensity
        return propensity - propensity[:, :1]

    return moods_of


WORDS = [(0.95, 26.0, 0.12), (0.5, 13.0, 0.0), (1.5, 52.0, 0.25), (1.0, 4.0, 1.0)]


@pytest.mark.parametrize(("wander", "half_life", "common"), WORDS)
def test_how_far_words_have_wandered(moods: Any, wander: float, half_life: float, common: float) -> None:
    found = moods(wander, half_life, common)
    rho = 2 ** (-1 / half_life)
    for t in (1, 5, 22, 52, 100):
        variance = wander**2 * (1 - rho ** (2 * t)) / (1 - rho**44)
        # The error of a variance is at most sqrt(2/n) of it; moods that are wholly shared are one a run.
        assert found[:, t].var() == pytest.approx(variance, rel=4.5 * (2 / RUNS) ** 0.5)
        assert abs(found[:, t].mean()) < 4.5 * (variance / RUNS) ** 0.5
    assert found[:, 22].std() == pytest.approx(wander, rel=0.025)


@pytest.mark.parametrize(("wander", "half_life", "common"), WORDS)
def test_half_of_a_mood_is_gone_after_its_half_life(
    moods: Any, wander: float, half_life: float, common: float
) -> None:
    found = moods(wander, half_life, common)[:, :, 0]
    then, later = found[:, 40], found[:, 40 + int(half_life)]
    assert (then @ later) / (then @ then) == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize(("wander", "half_life", "common"), WORDS)
def test_nations_share_a_part_of_their_moods(
    moods: Any, wander: float, half_life: float, common: float
) -> None:
    found = moods(wander, half_life, common)
    for t in (1, 22, 100):
        together = np.corrcoef(found[:, t].T)
        assert together[np.triu_indices(3, 1)] == pytest.approx(common, abs=4.5 / RUNS**0.5)


def test_after_long_the_spread_no_longer_grows(moods: Any) -> None:
    # With a half-life of 4 rounds the limit wander^2 / (1 - rho^44) is reached: rho^200 is below 1e-15.
    found = moods(1.0, 4.0, 0.0)
    rho = 2 ** (-1 / 4)
    assert found[:, 50].std() == pytest.approx((1 - rho**44) ** -0.5, rel=0.02)
    assert found[:, 100].std() == pytest.approx((1 - rho**44) ** -0.5, rel=0.02)


# Reversals: a patron that takes back what it gives with probability r a round, and gives it again with s, has
# taken it back in round t with probability r / (r + s) (1 - (1 - r - s)^t).


@pytest.mark.parametrize(("r", "s"), [(0.025, 0.2), (0.3, 0.1), (1.0, 1.0)])
def test_how_often_a_patron_has_taken_back_what_it_gave(tmp_path: Path, r: float, s: float) -> None:
    roster = write_roster(tmp_path, {"AAA": {"position": "open"}})
    for t in (1, 2, 7, 30):
        washington = {"involvement": 0.6, "reversal": r, "restoration": s}
        case = small_case(roster, washington=washington, rounds=t)
        involvement = ensemble(case, 1, range(RUNS))[1].runs[:, RUN_COLUMNS.index("involvement")]
        expected = r / (r + s) * (1 - (1 - r - s) ** t)
        error = (expected * (1 - expected) / RUNS) ** 0.5
        assert set(involvement) <= {0.0, 0.6}
        assert (involvement == 0).mean() == pytest.approx(expected, abs=4.5 * error + 1e-12)
