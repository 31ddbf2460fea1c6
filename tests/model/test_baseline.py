"""Whether the world of April 2025 looks like April 2025, and moves as politics could have it.

Shares are over 2000 runs of seed 1 after 52 weeks; a share of 2000 runs has a standard error of at most
0.011. Differences of coalition size are paired: run k shares its draws in all scenarios. Directions are asked
for only where past coalitions teach them: which states harden under threat, say, is found, not asked for.
"""

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from worlds import ensemble, setup_of

from sim.declarations.levels import LEVERS
from sim.inputs.bundled import bundled_scenarios
from sim.inputs.case import load_case
from sim.model.ensemble import simulate
from sim.model.tally import RUN_COLUMNS, Tally

RUNS = 2000
BASELINE = load_case("brussels-2025-04")
NATIONS = BASELINE.roster.iso3
STATED = dict(zip(NATIONS, BASELINE.roster.positions_on(BASELINE.scenario.start), strict=True))
NAMED = ("EST", "FRA", "GBR", "LTU", "LVA")
LEADS = ("GBR", "FRA")


def who_is(position: str) -> list[str]:
    """Return the nations with soldiers that have said so in April."""
    soldiers = dict(zip(NATIONS, BASELINE.roster.deployable, strict=True))
    return [iso3 for iso3, said in STATED.items() if said == position and soldiers[iso3] > 0]


@cache
def outcome(scenario: str, *levers: str) -> tuple[Tally, dict[str, NDArray[np.float64]]]:
    """Return the tally, and by column how each run ended."""
    case = load_case(scenario, levers)
    rows: list[NDArray[np.float64]] = []
    tally = simulate(setup_of(case), 1, range(RUNS), sink=lambda _, records: rows.append(records.runs.copy()))
    return tally, dict(zip(RUN_COLUMNS, np.concatenate(rows).T, strict=True))


def share(iso3: str, scenario: str = "brussels-2025-04", *levers: str, round_: int = -1) -> float:
    """Return the share of the runs in which a nation is committed."""
    return float(outcome(scenario, *levers)[0].stances[round_, NATIONS.index(iso3), 3] / RUNS)


def mean_share(nations: list[str], *scenario: str, round_: int = -1) -> float:
    return float(np.mean([share(iso3, *scenario, round_=round_) for iso3 in nations]))


def gain(*scenario: str, of: str = "size", over: str = "brussels-2025-04") -> tuple[float, float]:
    """Return by how much more of something there is on average, and the standard error."""
    difference = outcome(*scenario)[1][of] - outcome(over)[1][of]
    return float(difference.mean()), float(difference.std() / RUNS**0.5)


def mean_size(round_: int) -> float:
    sizes = outcome("brussels-2025-04")[0].sizes[round_]
    return float(sizes @ np.arange(sizes.size) / RUNS)


# April 2025


@pytest.mark.parametrize("iso3", NAMED)
@pytest.mark.parametrize("round_", range(2, 7))
def test_who_was_named_in_april_is_in_during_the_first_weeks(iso3: str, round_: int) -> None:
    assert 0.93 < share(iso3, round_=round_) < 0.99


def test_about_six_are_ready_at_the_start_and_some_more_after_a_year() -> None:
    # More nations stand below the top than on it, so words that wander bring more up than down.
    assert 5.5 < mean_size(0) < 7
    assert mean_size(0) - 0.5 < mean_size(4) < mean_size(0) + 1
    assert 7.5 < mean_size(-1) < 11


def test_after_a_year_the_outcome_is_open() -> None:
    sizes = outcome("brussels-2025-04")[1]["size"]
    assert np.quantile(sizes, 0.05) <= 5
    assert np.quantile(sizes, 0.95) >= 13


def test_far_more_contribute_than_send_soldiers_to_land() -> None:
    ended = outcome("brussels-2025-04")[1]
    assert ended["contributors"].mean() > 2 * ended["size"].mean()
    assert (ended["contributors"] >= ended["size"]).all()
    assert np.quantile(ended["contributors"], 0.05) < 24 < np.quantile(ended["contributors"], 0.95)


def test_nothing_is_fielded_without_a_ceasefire_and_not_what_is_required_with_one() -> None:
    assert not outcome("brussels-2025-04")[1]["fielded"].any()
    assert outcome("ceasefire")[1]["fielded"].mean() > 1000
    # Nor would it be if all committed at full coded size, a third at a time.
    assert setup_of(BASELINE).nations["deployable"].sum() / 3 < 15_000 < BASELINE.scenario.force_required


# Words in order


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ("committed", "open"),
        ("committed", "conditional"),
        ("open", "undecided"),
        ("conditional", "undecided"),
        ("undecided", "opposed"),
        ("conditional", "opposed"),
    ],
)
def test_who_said_more_is_likelier_to_join(more: str, less: str) -> None:
    assert min(share(iso3) for iso3 in who_is(more)) > max(share(iso3) for iso3 in who_is(less))


def test_only_if_is_far_above_never() -> None:
    assert mean_share(who_is("conditional")) > 0.15
    assert mean_share(who_is("opposed")) < 0.05


def test_who_said_nothing_lies_between_those_who_refuse_and_those_who_join() -> None:
    silent = mean_share(who_is("unknown"))
    assert mean_share(who_is("opposed")) < silent < mean_share(who_is("committed"))


@pytest.mark.parametrize("scenario", [name for name in bundled_scenarios() if "hindcast" not in name])
def test_nobody_with_soldiers_joins_for_certain_or_never(scenario: str) -> None:
    for iso3, soldiers in zip(NATIONS, BASELINE.roster.deployable, strict=True):
        if scenario == "paris-without-leads" and iso3 in LEADS:
            assert share(iso3, scenario) == 0
        elif soldiers > 0:
            assert 0 < share(iso3, scenario) < 1, iso3
        else:
            assert iso3 == "ISL"
            assert share(iso3, scenario) == 0


# Time


def test_nobody_moves_before_its_patience_has_run_out_neither_in_nor_out() -> None:
    stance = ensemble(BASELINE, 1, range(500))[1].stance
    patience = BASELINE.parameters.column("patience")
    rounds = np.maximum(np.ceil(patience[np.arange(500) % patience.size]), 1)
    joins, leaves = ((stance[:, 1:] == 3) & (stance[:, :1] < 3), (stance[:, 1:] < 3) & (stance[:, :1] == 3))
    for moved in (joins, leaves):
        run, step, _ = np.nonzero(moved)
        first = np.full(500, np.inf)
        np.minimum.at(first, run, step + 1)
        assert (first >= rounds).all()
        assert np.isfinite(first).sum() > 100


# What past coalitions teach


@pytest.mark.parametrize("scenario", ["us-backstop", "us-troops", "eu-mandate", "un-peacekeeping"])
def test_us_involvement_and_authority_bring_contributors_and_some_of_them_soldiers(scenario: str) -> None:
    for of, least in (("contributors", 1.0), ("size", 0.5)):
        mean, error = gain(scenario, of=of)
        assert mean > least + 4 * error, of


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ("us-troops", "us-backstop"),
        ("us-backstop", "us-withdrawal"),
        ("un-peacekeeping", "eu-mandate"),
        ("grand-bargain", "us-backstop"),
    ],
)
@pytest.mark.parametrize("of", ["contributors", "size"])
def test_more_of_it_brings_more(more: str, less: str, of: str) -> None:
    mean, error = gain(more, of=of, over=less)
    assert mean > 4 * error


def test_a_backstop_may_cost_some_members() -> None:
    difference = outcome("us-backstop")[1]["size"] - outcome("brussels-2025-04")[1]["size"]
    assert 0.4 < (difference > 0).mean() < 0.95
    assert (difference < 0).any()


@pytest.mark.parametrize("lever", ["pressure", "clarity"])
def test_what_is_not_told_may_be_of_either_sign_in_every_nation(lever: str) -> None:
    slopes = setup_of(BASELINE).slopes[:, :, LEVERS.index(lever)]
    raises = (slopes > 0).mean(axis=0)
    assert raises.min() > 0.02
    assert raises.max() < 0.98


def test_threat_does_not_shrink_the_coalition_by_construction() -> None:
    for of in ("size", "contributors"):
        difference = outcome("russian-escalation")[1][of] - outcome("brussels-2025-04")[1][of]
        assert (difference > 0).mean() > 0.05
        assert (difference < 0).mean() > 0.05


@pytest.mark.parametrize(
    ("scenario", "asked"),
    [("un-peacekeeping", ["AUT", "IRL", "ITA", "SVN"]), ("clear-reassurance", ["SWE", "BEL", "LUX"])],
)
def test_an_answer_brings_in_more_of_those_who_asked_for_it(scenario: str, asked: list[str]) -> None:
    def gained(iso3: str) -> float:
        return share(iso3, scenario) - share(iso3)

    others = who_is("open")
    of_asked = [iso3 for iso3 in asked if STATED[iso3] == "conditional"]
    assert np.mean([gained(iso3) for iso3 in of_asked]) > np.mean([gained(iso3) for iso3 in others]) + 0.05


# Who leads

WITHOUT_LEADS = ("brussels-2025-04", *(f"nations.{iso3}.held=out" for iso3 in LEADS))
WITHOUT_TWO_OTHERS = ("brussels-2025-04", "nations.EST.held=out", "nations.LVA.held=out")


def test_framework_nations_matter_beyond_their_own_soldiers() -> None:
    rest = [iso3 for iso3 in NATIONS if iso3 not in LEADS]
    lost = sum(share(iso3) - share(iso3, *WITHOUT_LEADS) for iso3 in rest)
    assert lost > 1.5
    others = [iso3 for iso3 in NATIONS if iso3 not in ("EST", "LVA")]
    assert lost > 3 * abs(sum(share(iso3) - share(iso3, *WITHOUT_TWO_OTHERS) for iso3 in others))


def test_that_is_assumed_and_gone_without_the_mechanism() -> None:
    rest = [iso3 for iso3 in NATIONS if iso3 not in LEADS]
    apart = ("parameters.framework=0", "parameters.followership=0", "parameters.lobby_push=0")
    free = [share(iso3, "brussels-2025-04", *apart) for iso3 in rest]
    assert [share(iso3, *WITHOUT_LEADS, *apart) for iso3 in rest] == free


def test_if_both_leads_take_their_word_back_others_leave_in_time() -> None:
    others = [iso3 for iso3 in NAMED if iso3 not in LEADS]
    backlash = [mean_share(others, "domestic-backlash", round_=n) for n in (1, 4, 13, 52)]
    assert backlash[0] > 0.93
    assert backlash == sorted(backlash, reverse=True)
    assert backlash[-1] < mean_share(others) - 0.05


# Policies


def test_in_the_stand_off_involvement_and_pressure_are_no_longer_given() -> None:
    ended = outcome("stand-off")[1]
    for level in ("involvement", "pressure", "clarity"):
        assert ended[level].std() > 0.01, level
        assert np.ptp(outcome("brussels-2025-04")[1][level]) == 0.0
