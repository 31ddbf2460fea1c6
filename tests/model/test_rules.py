"""The rules: each by numbers worked out by hand, and by what must hold whatever the numbers."""

from collections.abc import Iterable
from fractions import Fraction
from itertools import repeat
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from worlds import setup_of

from sim.declarations.levels import LEVELS, LEVERS
from sim.declarations.parameters import PARAMETERS
from sim.declarations.records import Behaviour, Ladder, Levels, Nation, Terms, World, blank
from sim.declarations.terms import TERMS
from sim.declarations.words import PURPOSES
from sim.inputs.case import load_case
from sim.inputs.parameters import DECLARED
from sim.model import rules

# Thresholds far apart and easy to tell from each other, in log-odds.
LADDER = Ladder(
    climb_to_undecided=-2.0,
    climb_to_open=-1.0,
    climb_to_committed=1.0,
    slip_to_opposed=-2.5,
    slip_to_undecided=-1.5,
    slip_to_open=0.0,
)
USUAL = Behaviour._make(setup_of(load_case("brussels-2025-04", parameters=DECLARED)).behaviour[:, 0].tolist())
# No two numbers that a term could mistake for each other are alike, and no factor is 1.
BEHAVIOUR = USUAL._replace(reach=0.4, followership=0.3, framework=0.9, demand=1.5)
NATION = Nation(
    slope_involvement=1.2,
    slope_pressure=-0.7,
    slope_clarity=0.5,
    slope_authority=2.0,
    involvement_change=0.3,
    pressure_change=0.6,
    further_levels=0.35,
    others_growth=0.25,
    leads=0.0,
    lobbying=0.06,
    mood=-0.07,
    unmet=0.8,
)
WORLD = blank(
    World,
    involvement_change=0.9,  # as it is, not as it is perceived
    pressure_change=0.8,
    clarity_change=0.2,
    authority_change=0.5,
    force_ratio=1.25,
    leads_absent=1.0,
)

# Patron and adversary


@pytest.mark.parametrize(
    ("involvement", "force_ratio", "after"),
    [
        # goal = 0.75 * (0.5 + (F - 0.6)/0.15) within 0..0.75; at most 0.05 a round.
        (0.10, 0.0, 0.05),  # nothing to be seen in Europe: goal 0
        (0.02, 0.0, 0.0),
        (0.35, 0.6, 0.375),  # goal 0.375, half the ceiling: near enough to be reached
        (0.35, 0.66, 0.40),  # goal 0.675
        (0.70, 0.675, 0.75),  # goal 0.75
        (0.75, 2.0, 0.75),  # never beyond the ceiling
        (1.00, 2.0, 0.95),  # and back to it from above
    ],
)
def test_a_patron_that_shares_burdens_moves_towards_what_europe_shows(
    involvement: float, force_ratio: float, after: float
) -> None:
    got = rules.burden_sharing_involvement(involvement, force_ratio, 0.75, 0.6, 0.15, 0.05)
    assert got == approx(after, abs=1e-12)


@pytest.mark.parametrize(
    ("previous", "draw", "after"),
    [
        (0.0, 0.0, 1.0), (0.0, 0.09, 1.0), (0.0, 0.1, 0.0), (0.0, 0.9, 0.0),  # one round in ten it turns away
        (1.0, 0.0, 0.0), (1.0, 0.29, 0.0), (1.0, 0.3, 1.0), (1.0, 0.9, 1.0),  # three in ten it is back
    ],
)  # fmt: skip
def test_a_patron_may_take_back_what_it_gives_and_give_it_again(
    previous: float, draw: float, after: float
) -> None:
    assert rules.took_back(previous, 0.1, 0.3, draw) == after


@pytest.mark.parametrize("previous", [0.0, 1.0])
def test_a_steady_patron_stays_as_it_is(previous: float) -> None:
    assert [rules.took_back(previous, 0.0, 0.0, draw) for draw in (0.0, 0.5)] == [previous] * 2


@pytest.mark.parametrize(
    ("pressure", "involvement", "growth", "after"),
    [
        (0.5, 0.0, 0.0, 0.5),
        (0.5, 0.0, 0.5, 0.65),  # 0.5 + 0.3 * 0.5
        (0.5, 1.0, 0.5, 0.575),  # full cover withholds half of the answer
        (0.5, 0.4, 0.5, 0.62),  # 0.5 + 0.15 * 0.8
        (0.5, 0.0, -0.5, 0.35),  # a shrinking force is warned less
        (0.9, 0.0, 1.0, 1.0),
        (0.1, 0.0, -1.0, 0.0),
    ],
)
def test_an_adversary_that_reacts_presses_harder_as_the_force_grows_and_less_behind_us_cover(
    pressure: float, involvement: float, growth: float, after: float
) -> None:
    assert rules.reactive_pressure(pressure, 0.3, 0.5, involvement, growth) == approx(after, abs=1e-12)


@pytest.mark.parametrize(
    ("now", "start", "growth"), [(0.5, 0.2, 0.3), (0.2, 0.5, -0.3), (3.0, 0.2, 0.8), (3.0, 2.0, 0.0)]
)
def test_the_growth_of_the_force_counts_up_to_what_is_required(
    now: float, start: float, growth: float
) -> None:
    assert rules.force_growth(now, start) == approx(growth)


# The mandate


@pytest.mark.parametrize(
    ("mandate", "clarity"),
    [
        ((1 / 3, 1 / 3, 1 / 3), 0.0),
        ((0.0, 1.0, 0.0), 1.0),
        ((0.5, 0.5, 0.0), 0.25),  # (1/2 - 1/3) / (2/3)
        ((0.2, 0.2, 0.6), 0.16),  # (0.44 - 1/3) / (2/3)
    ],
)
def test_clarity_is_the_normalised_herfindahl_index(mandate: rules.Mandate, clarity: float) -> None:
    assert rules.clarity(rules.concentration(mandate)) == approx(clarity, abs=1e-15)


def test_engagement_grows_with_the_rung() -> None:
    assert [rules.engagement(stance) for stance in (0, 1, 2, 3)] == approx([0.2, 8 / 15, 13 / 15, 1.2])


def test_the_pull_is_the_weighted_mean_of_what_is_preferred() -> None:
    # Two nations of weights 1 and 3 that want (0, 1, 0) and (0, 0, 1).
    assert rules.mean_pull(0.0, 1.0, 3.0, 4.0) == (0.0, 0.25, 0.75)


def test_a_nation_alone_pulls_with_all_its_preference_however_little_its_weight() -> None:
    # Of weight 1/2 it wants (1/2, 1/4, 1/4).
    assert rules.mean_pull(0.25, 0.125, 0.125, 0.5) == (0.5, 0.25, 0.25)
    assert rules.mean_pull(0.125, 0.25, 0.125, 0.5) == (0.25, 0.5, 0.25)


def test_where_nobody_has_weight_the_pull_is_even() -> None:
    assert rules.mean_pull(0.0, 0.0, 0.0, 0.0) == (1 / 3, 1 / 3, 1 / 3)


def test_a_round_of_negotiation_by_hand() -> None:
    # m = (1/2, 3/8, 1/8), pull (0.1, 0.3, 0.6): mean 0.2375. With bargaining 0.2
    # growth: 1 - 0.2*0.1375 = 0.9725, 1 + 0.2*0.0625 = 1.0125, 1 + 0.2*0.3625 = 1.0725
    # m * growth: 0.48625, 0.3796875, 0.1340625, in all exactly 1
    got = rules.negotiated_mandate((0.5, 0.375, 0.125), (0.1, 0.3, 0.6), bargaining=0.2)
    assert got == approx((0.48625, 0.3796875, 0.1340625), abs=1e-15)


def test_negotiation_brings_shares_that_do_not_add_up_back_to_a_whole() -> None:
    # They drift apart by rounding; here they are twice a whole.
    assert rules.negotiated_mandate((1.0, 0.75, 0.25), (0.1, 0.3, 0.6), 0.0) == (0.5, 0.375, 0.125)


def test_a_mandate_that_nobody_pulls_at_stays_as_it_is() -> None:
    even = (1 / 3, 1 / 3, 1 / 3)
    assert rules.negotiated_mandate((0.2, 0.2, 0.6), even, 0.4) == approx((0.2, 0.2, 0.6), abs=1e-15)


# Perceiving


@pytest.mark.parametrize(
    ("sensitivity", "after"),
    # a share 0.2, 0.4, 0.6 of the way from 0.1 to 0.6
    [(0.0, 0.2), (0.5, 0.3), (1.0, 0.4)],
)
def test_who_is_sensitive_to_a_level_follows_it_faster(sensitivity: float, after: float) -> None:
    assert rules.perceive(0.1, 0.6, sensitivity) == approx(after)


def test_a_mood_passes_and_is_partly_shared() -> None:
    assert rules.mood(0.5, 0.9, 0.06, 1.0, -0.5) == approx(0.48)  # 0.45 + 0.06 * 0.5


def test_others_growth_leaves_out_a_nations_own_pledge() -> None:
    # Others pledge 5,000 of 20,000 now, a quarter; a tenth at the start.
    assert rules.others_growth(7000.0, 2000.0, 0.1, 20_000.0) == approx(0.15)
    assert rules.others_growth(3000.0, 2000.0, 0.1, 20_000.0) == approx(-0.05)


# Levels on the scale of past coalitions


def changes_of(**now: float) -> dict[str, float]:
    """Return by how much each lever has changed from a world where all are 0."""
    start = blank(Levels)
    return dict(zip(LEVERS, rules.changes(start._replace(**now), start), strict=True))


def test_the_levers_are_those_that_past_coalitions_tell_of() -> None:
    assert LEVERS == ("involvement", "pressure", "clarity", "authority")


@pytest.mark.parametrize(
    ("level", "on_their_scale"),
    # A backstop of 0.75 lies at 0.65: nearer to enabling (0.5) than to taking part.
    [(0.0, 0.0), (0.25, 0.25), (0.5, 0.5), (0.625, 0.575), (0.75, 0.65), (0.9, 0.86), (1.0, 1.0)],
)
def test_involvement_bends_at_a_backstop(level: float, on_their_scale: float) -> None:
    assert changes_of(involvement=level)["involvement"] == approx(on_their_scale)
    assert LEVELS["involvement"].cases.on_their_scale(level) == approx(on_their_scale)


@pytest.mark.parametrize("level", [0.0, 0.05, 0.6, 1.0])
def test_clarity_runs_from_a_half_so_its_change_counts_half(level: float) -> None:
    assert changes_of(clarity=level)["clarity"] == approx(0.5 * level)
    assert LEVELS["clarity"].cases.on_their_scale(level) == approx(0.5 + 0.5 * level)


@pytest.mark.parametrize("level", [0.0, 0.25, 0.5, 1.0])
def test_threat_and_authority_are_on_the_same_scale(level: float) -> None:
    found = changes_of(pressure=level, authority=level)
    assert (found["pressure"], found["authority"]) == (level, level)


def test_a_ceasefire_halves_the_danger_and_is_no_lever() -> None:
    assert [LEVELS["ceasefire"].cases.on_their_scale(level) for level in (0.0, 1.0)] == [1.0, 0.5]
    assert set(changes_of(ceasefire=1.0).values()) == {0.0}


def test_a_change_is_that_since_the_start() -> None:
    start, now = (blank(Levels, involvement=level, clarity=level) for level in (0.5, 0.75))
    assert rules.changes(now, start) == approx((0.15, 0.0, 0.125, 0.0))
    assert rules.changes(start, now) == approx((-0.15, 0.0, -0.125, 0.0))


# Weighing

BY_HAND = {
    "involvement": 0.4 * 1.2 * 0.3,
    "pressure": 0.4 * -0.7 * 0.6,
    "clarity": 0.4 * 0.5 * 0.2,
    "authority": 0.4 * 2.0 * 0.5,
    "further_levels": 0.4 * 0.35,
    "followership": 0.3 * 0.25,
    "framework": -0.9,
    "lobbying": 0.06,
    "mood": -0.07,
    "demands": -1.5 * 0.8,
}


@pytest.mark.parametrize("term", TERMS)
def test_each_term_by_hand(term: str) -> None:
    assert getattr(rules.terms(BEHAVIOUR, NATION, WORLD), term) == approx(BY_HAND[term], abs=1e-15)


def test_the_total_by_hand() -> None:
    # 0.144 - 0.168 + 0.04 + 0.4 + 0.14 + 0.075 - 0.9 + 0.06 - 0.07 - 1.2
    assert rules.total(rules.terms(BEHAVIOUR, NATION, WORLD)) == approx(-1.479)


def test_levels_move_any_contribution_in_full_and_moods_and_demands_not_at_all() -> None:
    # 0.36 - 0.42 + 0.1 + 1 + 0.35 + 0.075 - 0.9 + 0.06
    in_full = rules.in_full(BEHAVIOUR)
    assert in_full == BEHAVIOUR._replace(reach=1.0)
    assert rules.military_total(rules.terms(in_full, NATION, WORLD)) == approx(0.625)


def test_without_reach_levels_move_no_soldiers_and_still_any_contribution() -> None:
    without = BEHAVIOUR._replace(reach=0.0)
    unmoved = NATION._replace(involvement_change=0.0, pressure_change=0.0, further_levels=0.0)
    calm = WORLD._replace(clarity_change=0.0, authority_change=0.0)
    assert rules.terms(without, NATION, WORLD) == rules.terms(without, unmoved, calm)
    in_full = rules.in_full(without)
    moved = rules.military_total(rules.terms(in_full, NATION, WORLD))
    assert moved - rules.military_total(rules.terms(in_full, unmoved, calm)) == approx(1.39)


def test_with_a_reach_of_1_levels_move_both_alike() -> None:
    alike = BEHAVIOUR._replace(reach=1.0)
    of_any = rules.military_total(rules.terms(rules.in_full(alike), NATION, WORLD))
    of_land = rules.total(rules.terms(alike, NATION, WORLD))
    assert of_land - of_any == approx(BY_HAND["mood"] + BY_HAND["demands"])


@pytest.mark.parametrize("followership", [0.5, 0.0, -0.5])
def test_nations_follow_each_other_or_ride_free(followership: float) -> None:
    behaviour = BEHAVIOUR._replace(followership=followership)
    more, fewer = NATION._replace(others_growth=0.5), NATION._replace(others_growth=-0.5)
    assert rules.terms(behaviour, more, WORLD).followership == 0.5 * followership
    assert rules.terms(behaviour, fewer, WORLD).followership == -0.5 * followership


def test_a_missing_lead_is_missed_by_the_others_only() -> None:
    assert rules.terms(BEHAVIOUR, NATION._replace(leads=1.0), WORLD).framework == 0.0
    assert rules.terms(BEHAVIOUR, NATION, WORLD._replace(leads_absent=0.0)).framework == 0.0


def test_the_total_adds_every_term_once_from_left_to_right() -> None:
    # Powers of two tell which terms were added; 1 vanishes beside 2**60 unless that is taken away before.
    number = len(Terms._fields)
    assert rules.total(Terms._make(2.0**n for n in range(number))) == 2.0**number - 1
    military = [term.military for term in TERMS.values()]
    assert military == [True] * 8 + [False] * 2
    assert rules.military_total(Terms._make(2.0**n for n in range(number))) == 2.0**8 - 1
    assert rules.total(blank(Terms, involvement=1.0, pressure=2.0**60, clarity=-(2.0**60))) == 0.0
    assert rules.total(blank(Terms, involvement=2.0**60, pressure=-(2.0**60), clarity=1.0)) == 1.0


def test_an_anchor_is_about_a_nation_without_visits_and_moods() -> None:
    assert rules.undisturbed(NATION) == NATION._replace(lobbying=0.0, mood=0.0)


# Demands


@pytest.mark.parametrize(
    ("level", "share"),
    [(0.3, 0.0), (0.45, 0.0), (0.48, 0.2), (0.525, 0.5), (0.6, 1.0), (0.9, 1.0)],
)
def test_a_demand_begins_to_be_met_somewhat_below_it(level: float, share: float) -> None:
    # 1 + (level - 0.6) / 0.15
    assert rules.met_share(level, 0.6) == approx(share, abs=1e-12)


def test_who_demands_nothing_has_nothing_unmet() -> None:
    assert rules.met_share(0.0, float("-inf")) == 1.0


@pytest.mark.parametrize(
    ("level", "at_least", "is_met"),
    [
        (0.5, 0.5, True),
        (0.5 - 5e-10, 0.5, True),
        (0.5 - 2e-9, 0.5, False),
        (0.0, 1e-9, True),  # a billionth is forgiven, and no more
        (0.0, 1.001e-9, False),
        (0.0, float("-inf"), True),
    ],
)
def test_a_demand_is_met_in_full_at_its_threshold(level: float, at_least: float, is_met: bool) -> None:
    assert rules.met(level, at_least) == is_met


# Reading what was said

OPPOSED, UNDECIDED, OPEN, COMMITTED = 0.0, 1.0, 2.0, 3.0


@pytest.mark.parametrize(
    ("stance", "draw", "read"),
    [
        # between the ends: 6 % a rung down, 6 % a rung up
        (UNDECIDED, 0.0, OPPOSED), (UNDECIDED, 0.059, OPPOSED), (UNDECIDED, 0.06, UNDECIDED),
        (UNDECIDED, 0.939, UNDECIDED), (UNDECIDED, 0.94, OPEN), (UNDECIDED, 0.999, OPEN),
        (OPEN, 0.0, UNDECIDED), (OPEN, 0.059, UNDECIDED), (OPEN, 0.06, OPEN),
        (OPEN, 0.939, OPEN), (OPEN, 0.94, COMMITTED), (OPEN, 0.999, COMMITTED),
        # at the ends: 3 %, inwards
        (OPPOSED, 0.0, UNDECIDED), (OPPOSED, 0.029, UNDECIDED), (OPPOSED, 0.03, OPPOSED),
        (OPPOSED, 0.05, OPPOSED), (OPPOSED, 0.999, OPPOSED),
        (COMMITTED, 0.0, OPEN), (COMMITTED, 0.029, OPEN), (COMMITTED, 0.03, COMMITTED),
        (COMMITTED, 0.05, COMMITTED), (COMMITTED, 0.999, COMMITTED),
    ],
)  # fmt: skip
def test_a_statement_is_at_times_a_rung_off(stance: float, draw: float, read: float) -> None:
    assert rules.rung_read(stance, draw) == read


@pytest.mark.parametrize(("stance", "misread"), [(0, 0.03), (1, 0.12), (2, 0.12), (3, 0.03)])
def test_how_often_a_statement_is_misread(stance: float, misread: float) -> None:
    draws = [(n + 0.5) / 10_000 for n in range(10_000)]
    assert sum(rules.rung_read(stance, draw) != stance for draw in draws) == round(10_000 * misread)


@pytest.mark.parametrize(
    ("draw", "rung"),
    [(0.0, 0), (0.29, 0), (0.3, 1), (0.49, 1), (0.5, 2), (0.79, 2), (0.8, 3), (0.999, 3)],
)
def test_who_has_not_spoken_draws_a_rung_from_the_shares_of_those_who_have(draw: float, rung: float) -> None:
    # 30 % opposed, 20 % undecided, 30 % open, 20 % committed
    assert rules.rung_drawn((0.3, 0.5, 0.8), draw) == rung


def test_nobody_speaks_of_soldiers_that_it_does_not_have() -> None:
    assert [rules.within_means(rung, 0.0) for rung in range(4)] == [0, 1, 2, 2]
    assert [rules.within_means(rung, 1.0) for rung in range(4)] == [0, 1, 2, 3]


def test_the_rungs_lie_where_they_are_said_to_at_the_usual_cuts() -> None:
    assert [rules.anchor(rung, USUAL) for rung in range(4)] == approx([-2.75, -1.21, -0.24, 1.39])
    assert (USUAL.cut_undecided, USUAL.cut_open, USUAL.cut_committed) == rules.USUAL_CUTS


@pytest.mark.parametrize(
    ("moved", "by"),
    [
        # An outer rung moves as its cut does, one between two as the mean of both.
        ({"cut_undecided": 0.2}, (0.2, 0.1, 0.0, 0.0)),
        ({"cut_open": 0.2}, (0.0, 0.1, 0.1, 0.0)),
        ({"cut_committed": 0.2}, (0.0, 0.0, 0.1, 0.2)),
        ({"cut_undecided": -0.3, "cut_open": 0.1, "cut_committed": 0.4}, (-0.3, -0.1, 0.25, 0.4)),
    ],
)
def test_the_centres_of_rungs_move_with_their_cuts(moved: dict[str, float], by: tuple[float, ...]) -> None:
    shifted = USUAL._replace(**{name: getattr(USUAL, name) + shift for name, shift in moved.items()})
    found = [rules.anchor(rung, shifted) - rules.anchor(rung, USUAL) for rung in range(4)]
    assert found == approx(by)


# Deciding


def test_hysteresis_lies_half_on_each_side_of_a_cut() -> None:
    behaviour = USUAL._replace(cut_undecided=-2.0, cut_open=-1.0, cut_committed=0.5, hysteresis=0.4)
    assert rules.ladder(behaviour) == approx((-1.8, -0.8, 0.7, -2.2, -1.2, 0.3))
    sharp = rules.ladder(behaviour._replace(hysteresis=0.0))
    assert sharp == (-2.0, -1.0, 0.5, -2.0, -1.0, 0.5)


def test_each_rung_has_its_thresholds() -> None:
    assert [rules.climb_from(rung, LADDER) for rung in range(3)] == [-2.0, -1.0, 1.0]
    assert [rules.slip_from(rung, LADDER) for rung in (1, 2, 3)] == [-2.5, -1.5, 0.0]


@pytest.mark.parametrize(
    ("stance", "propensity", "wants"),
    [
        # opposed: up beyond -2, however far beyond, and never down
        (0, -2.0, 0), (0, -1.9, 1), (0, 9.0, 1), (0, -9.0, 0),
        # undecided: up beyond -1, down below -2.5
        (1, -1.0, 0), (1, -0.9, 1), (1, 9.0, 1), (1, -2.5, 0), (1, -2.6, -1), (1, -9.0, -1),
        # open: up beyond 1, down below -1.5
        (2, 1.0, 0), (2, 1.1, 1), (2, -1.5, 0), (2, -1.6, -1), (2, -9.0, -1),
        # committed: down below 0
        (3, 9.0, 0), (3, 0.0, 0), (3, -0.1, -1), (3, -9.0, -1),
    ],
)  # fmt: skip
def test_what_a_nation_wants_by_its_willingness(stance: float, propensity: float, wants: int) -> None:
    above = rules.rounds_above(4.0, stance, propensity, LADDER)
    below = rules.rounds_below(4.0, stance, propensity, LADDER)
    assert (above, below) == (5.0 if wants > 0 else 0.0, 5.0 if wants < 0 else 0.0)


def stances(
    start: float, propensities: Iterable[float], patience: float, deployable: float = 1000.0
) -> list[float]:
    """Return the stances of a nation after rounds of some willingness."""
    stance, above, below, found = start, 0.0, 0.0, []
    for propensity in propensities:
        above = rules.rounds_above(above, stance, propensity, LADDER)
        below = rules.rounds_below(below, stance, propensity, LADDER)
        after = rules.next_stance(stance, above, below, patience, deployable)
        above, below = (above, below) if after == stance else (0.0, 0.0)
        stance = after
        found.append(stance)
    return found


@pytest.mark.parametrize(
    ("patience", "rounds"), [(0.0, 1), (0.5, 1), (1.0, 1), (1.5, 2), (3.0, 3), (7.2, 8), (8.0, 8)]
)
def test_a_rung_takes_as_many_rounds_on_end_as_patience_rounded_up_down_as_well_as_up(
    patience: float, rounds: int
) -> None:
    joining = stances(2, repeat(9.0, 2 * rounds), patience)
    leaving = stances(3, repeat(-1.0, 2 * rounds), patience)
    assert joining == [2.0] * (rounds - 1) + [3.0] * (rounds + 1)
    assert leaving == [3.0] * (rounds - 1) + [2.0] * (rounds + 1)


def test_each_rung_takes_its_time() -> None:
    assert stances(0, repeat(9.0, 7), 2.0) == [0, 1, 1, 2, 2, 3, 3]
    assert stances(3, repeat(-9.0, 7), 2.0) == [3, 2, 2, 1, 1, 0, 0]


def test_a_round_of_doubt_begins_the_wait_again() -> None:
    assert stances(2, [9, 9, 0.5, 9, 9, 9], 3.0) == [2, 2, 2, 2, 2, 3]
    assert stances(3, [-1, -1, 0.5, -1, -1, -1], 3.0) == [3, 3, 3, 3, 3, 2]


def test_between_its_thresholds_a_nation_stays_where_it_came_from() -> None:
    # -1.2 is too little to become open and enough to stay open; so is 0.5 for committed.
    assert stances(1, repeat(-1.2, 9), 0.0)[-1] == 1
    assert stances(2, repeat(-1.2, 9), 0.0)[-1] == 2
    assert stances(2, repeat(0.5, 9), 0.0)[-1] == 2
    assert stances(3, repeat(0.5, 9), 0.0)[-1] == 3


def test_who_has_no_soldiers_does_not_commit_and_moves_on_the_other_rungs() -> None:
    assert stances(0, repeat(9.0, 5), 0.0, deployable=0.0) == [1, 2, 2, 2, 2]
    assert stances(2, repeat(-9.0, 3), 0.0, deployable=0.0) == [1, 0, 0]
    assert stances(3, repeat(-9.0, 3), 0.0, deployable=0.0) == [2, 1, 0]
    assert stances(2, [9.0], 0.0, deployable=1.0) == [3]


@pytest.mark.parametrize(("stance", "after"), [(0, 1), (1, 2), (2, 2)])
def test_no_soldiers_no_last_rung(stance: float, after: float) -> None:
    assert rules.next_stance(stance, 9.0, 0.0, 1.0, 0.0) == after


@pytest.mark.parametrize(
    ("stance", "propensity", "soldiers"),
    [
        (2, 9.0, 0.0),  # who is not committed pledges nothing
        (3, 1.0, 500.0),  # half at the cut
        (3, -5.0, 500.0),  # and while it hesitates
        (3, 2.5, 750.0),
        (3, 4.0, 1000.0),
        (3, 9.0, 1000.0),
    ],
)
def test_what_a_committed_nation_pledges_of_its_troops(
    stance: float, propensity: float, soldiers: float
) -> None:
    assert rules.pledge(stance, 1000.0, propensity, cut=1.0) == soldiers


# From words to soldiers


def test_rounds_of_commitment_are_counted_on_end() -> None:
    counted, rounds = [], 0.0
    for stance in (2, 3, 3, 2, 3, 3, 3):
        rounds = rules.committed_rounds(rounds, stance)
        counted.append(rounds)
    assert counted == [0, 1, 2, 0, 1, 2, 3]


@pytest.mark.parametrize(
    ("committed", "ratification", "demands_met", "is_firm"),
    [
        (0.0, 0.0, True, False),  # not declared
        (1.0, 0.0, True, True),  # nobody to ask
        (1.0, 0.0, False, False),
        (3.0, 3.0, True, False),  # declared in this round and the two before: parliament has its last week
        (4.0, 3.0, True, True),
        (9.0, 3.0, False, False),
    ],
)
def test_a_declared_nation_is_firm_once_parliament_has_had_its_weeks_and_its_demands_are_met(
    committed: float, ratification: float, demands_met: bool, is_firm: bool
) -> None:
    assert rules.firm(committed, ratification, demands_met) == is_firm


@pytest.mark.parametrize(
    ("is_firm", "ceasefire", "soldiers"),
    [(True, 1.0, 300.0), (True, 0.5, 300.0), (True, 0.49, 0.0), (True, 0.0, 0.0), (False, 1.0, 0.0)],
)
def test_a_third_of_what_is_firm_is_in_the_field_once_a_ceasefire_holds(
    is_firm: bool, ceasefire: float, soldiers: float
) -> None:
    assert rules.fielded(900.0, is_firm, ceasefire) == soldiers


@pytest.mark.parametrize(
    ("stance", "contribution", "is_free_lead", "gives"),
    [
        (0, 0.1, False, True),  # refuses land, and gives something else
        (2, 0.0, False, False),
        (2, -0.1, False, False),
        (3, -9.0, False, True),  # who commits soldiers contributes
        (2, -9.0, True, True),  # and so does a lead nation
        (3, 0.1, False, True),
        (3, 0.1, True, True),
        (0, 0.1, True, True),
    ],
)
def test_who_gives_any_military_contribution(
    stance: float, contribution: float, is_free_lead: bool, gives: bool
) -> None:
    assert rules.contributes(stance, contribution, is_free_lead) == gives


# Lobbying


@pytest.mark.parametrize(
    ("deployable", "propensity", "value"),
    [
        (1000.0, 1.0, 1000.0),
        (1000.0, 0.0, 500.0),
        (1000.0, 2.0, 500.0),
        (500.0, -2.0, 50.0),
        (5.0, 2.0, 2.5),
        (0.0, 1.0, 0.0),
    ],
)
def test_a_visit_is_worth_the_troops_discounted_by_the_distance(
    deployable: float, propensity: float, value: float
) -> None:
    assert rules.lobbying_value(deployable, propensity, cut=1.0) == value


def test_the_effect_of_a_visit_fades_by_a_fifth_a_round() -> None:
    assert rules.LOBBY_DECAY == 0.8


# Drawing


@pytest.mark.parametrize(
    ("draw", "share"),
    [
        # Of the triangle of 0.4, 1, 1.3 two thirds lie below 1: F = (x - .4)^2 / .54 there,
        # and 1 - (1.3 - x)^2 / .27 above.
        (0.0, 0.4),
        (1 / 6, 0.7),  # .4 + sqrt(.54 / 6)
        (2 / 3, 1.0),
        (11 / 12, 1.15),  # 1.3 - sqrt(.27 / 12)
        (1.0, 1.3),
    ],
)
def test_what_a_nation_can_deploy_is_drawn_from_a_triangle(draw: float, share: float) -> None:
    assert rules.drawn_deployable(2000.0, draw) == approx(2000 * share)
    assert rules.drawn_deployable(0.0, draw) == 0.0


def test_on_average_a_nation_can_deploy_nine_tenths_of_what_is_coded() -> None:
    draws = [(n + 0.5) / 20_000 for n in range(20_000)]
    drawn = [rules.drawn_deployable(1.0, draw) for draw in draws]
    assert sum(drawn) / 20_000 == approx((0.4 + 1.0 + 1.3) / 3, abs=1e-6)
    assert drawn == sorted(drawn)


def test_a_drawn_threshold_lies_within_its_half_width() -> None:
    assert [rules.drawn_threshold(0.5, 0.25, draw) for draw in (0.0, 0.5, 0.75)] == [0.25, 0.5, 0.625]


@pytest.mark.parametrize("draw", [0.0, 0.3, 0.999])
def test_a_threshold_as_stated_is_exact_and_no_demand_stays_none(draw: float) -> None:
    assert rules.drawn_threshold(0.3, 0.0, draw) == 0.3
    assert rules.drawn_threshold(float("-inf"), 0.0, draw) == float("-inf")


def test_an_uncertain_level_lies_within_its_half_width_and_what_is_absent_stays_absent() -> None:
    assert rules.drawn_level(0.45, 0.15, 0.0) == approx(0.30)
    assert rules.drawn_level(0.45, 0.15, 0.5) == 0.45
    assert rules.drawn_level(0.05, 0.15, 0.0) == 0.0
    assert rules.drawn_level(0.95, 0.15, 0.999) == 1.0
    assert rules.drawn_level(0.0, 0.15, 0.999) == 0.0


@pytest.mark.parametrize(("value", "clipped"), [(-1.0, 0.0), (0.0, 0.0), (0.3, 0.3), (1.0, 1.0), (2.0, 1.0)])
def test_clip(value: float, clipped: float) -> None:
    assert rules.clip(value, 0.0, 1.0) == clipped


def test_the_smaller() -> None:
    assert (rules.smaller(1.0, 2.0), rules.smaller(2.0, 1.0)) == (1.0, 1.0)


# What a scenario prescribes, and who is held


@given(st.floats(0, 1), st.sampled_from([(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)]))
def test_a_scripted_mandate_is_as_clear_as_given_and_leans_to_its_purpose(
    clarity: float, purpose: rules.Mandate
) -> None:
    mandate = rules.scripted_mandate(purpose, clarity)
    assert sum(mandate) == approx(1.0)
    assert rules.clarity(rules.concentration(mandate)) == approx(clarity, abs=1e-12)
    assert mandate[purpose.index(1.0)] == max(mandate)


def test_a_quarter_clear_mandate_is_half_its_purpose() -> None:
    # a = sqrt(0.25) = 0.5: m = 0.5/3 + 0.5 for the purpose, 0.5/3 for the others.
    assert rules.scripted_mandate((0.0, 0.0, 1.0), 0.25) == approx((1 / 6, 1 / 6, 2 / 3))


@given(st.sampled_from([0.0, 1.0, 2.0, 3.0]))
def test_a_nation_that_is_held_has_no_say(stance: float) -> None:
    assert rules.held_stance(stance, 3.0, 3.0) == 3.0
    assert rules.held_stance(stance, 0.0, 2.0) == min(stance, 2.0)
    assert rules.held_stance(stance, 0.0, 3.0) == stance


# Whatever the numbers


SHARE = st.floats(0.0, 1.0)
CHANGE = st.floats(-1.0, 1.0)
LOG_ODDS = st.floats(-8.0, 8.0)
SMALL = st.floats(-0.5, 0.5)


@st.composite
def mandates(draw: Any) -> rules.Mandate:
    weights = [draw(st.floats(0.001, 1.0)) for _ in range(3)]
    return weights[0] / sum(weights), weights[1] / sum(weights), weights[2] / sum(weights)


@st.composite
def nations(draw: Any) -> Nation:
    slopes = {f"slope_{lever}": draw(st.floats(-3.0, 3.0)) for lever in LEVERS}
    return Nation(
        **slopes,
        involvement_change=draw(CHANGE),
        pressure_change=draw(CHANGE),
        further_levels=draw(st.floats(-3.0, 3.0)),
        others_growth=draw(st.floats(-2.0, 5.0)),
        leads=draw(st.sampled_from([0.0, 1.0])),
        lobbying=draw(SHARE),
        mood=draw(SMALL),
        unmet=draw(SHARE),
    )


@st.composite
def worlds(draw: Any) -> World:
    levels = {name: draw(SHARE) for name in LEVELS}
    changed = {f"{name}_change": draw(CHANGE) for name in LEVERS}
    shares = dict(zip(PURPOSES, draw(mandates()), strict=True))
    absent = draw(st.sampled_from([0.0, 1.0]))
    return World(**levels, **changed, **shares, force_ratio=draw(st.floats(0.0, 5.0)), leads_absent=absent)


@st.composite
def behaviours(draw: Any) -> Behaviour:
    names = ("reach", "followership", "framework", "demand", "hysteresis", "patience")
    cuts = ("cut_undecided", "cut_open", "cut_committed")
    ranges = {name: PARAMETERS[name].range for name in (*names, *cuts)}
    return USUAL._replace(**{name: draw(st.floats(*allowed)) for name, allowed in ranges.items()})


def propensity(b: Behaviour, nation: Nation, world: World) -> float:
    return rules.total(rules.terms(b, nation, world))


@given(behaviours(), nations(), worlds())
def test_the_total_is_the_sum_of_the_terms(b: Behaviour, nation: Nation, world: World) -> None:
    parts = rules.terms(b, nation, world)
    exact = sum(Fraction(part) for part in parts)
    assert abs(Fraction(rules.total(parts)) - exact) < Fraction(1, 10**13)


@given(behaviours(), nations(), worlds())
def test_what_can_only_hold_back_does(b: Behaviour, nation: Nation, world: World) -> None:
    parts = rules.terms(b, nation, world)
    assert parts.framework <= 0.0
    assert parts.demands <= 0.0


@given(behaviours(), nations(), worlds(), SHARE, SHARE)
def test_the_propensity_is_linear_in_the_levels(
    b: Behaviour, nation: Nation, world: World, one: float, other: float
) -> None:
    found = [
        propensity(b, nation, world._replace(clarity_change=level, authority_change=2 * level))
        for level in (one, other, (one + other) / 2)
    ]
    assert found[2] == approx((found[0] + found[1]) / 2, abs=1e-12)


@given(behaviours(), nations(), worlds(), SHARE, SHARE)
def test_a_demand_less_met_never_raises_a_propensity(
    b: Behaviour, nation: Nation, world: World, one: float, other: float
) -> None:
    less, more = sorted((one, other))
    met = propensity(b, nation._replace(unmet=less), world)
    assert propensity(b, nation._replace(unmet=more), world) <= met + 1e-12


@given(behaviours(), nations(), worlds(), SHARE)
def test_a_ceasefire_moves_no_propensity(b: Behaviour, nation: Nation, world: World, level: float) -> None:
    # It moves demands for one, and what is fielded; who declared for after it is not won a second time.
    assert propensity(b, nation, world._replace(ceasefire=level)) == propensity(b, nation, world)


@given(SHARE, SHARE, SHARE)
def test_the_higher_a_level_the_better_a_demand_is_met(one: float, other: float, at_least: float) -> None:
    less, more = sorted((one, other))
    assert 0.0 <= rules.met_share(less, at_least) <= rules.met_share(more, at_least) <= 1.0
    assert rules.met_share(more, at_least) > 1 - 1e-8 or not rules.met(more, at_least)


@given(st.sampled_from([0.0, 1.0, 2.0, 3.0]), st.floats(0.0, 1.0, exclude_max=True))
def test_a_reading_is_at_most_a_rung_off_and_on_the_ladder(stance: float, draw: float) -> None:
    read = rules.rung_read(stance, draw)
    assert read in {0.0, 1.0, 2.0, 3.0}
    assert abs(read - stance) <= 1


@given(behaviours())
def test_the_rungs_are_in_order_and_each_lies_between_its_cuts(b: Behaviour) -> None:
    usual = b._replace(  # within two standard deviations
        cut_undecided=max(-2.3, min(b.cut_undecided, -1.5)),
        cut_open=max(-1.11, min(b.cut_open, -0.31)),
        cut_committed=max(0.01, min(b.cut_committed, 0.81)),
    )
    first, second, third, fourth = (rules.anchor(rung, usual) for rung in range(4))
    assert first < usual.cut_undecided < second < usual.cut_open < third < usual.cut_committed < fourth


@given(behaviours())
def test_climbing_asks_for_more_than_staying(b: Behaviour) -> None:
    ladder = rules.ladder(b)
    for climb, slip in zip(ladder[:3], ladder[3:], strict=True):
        assert climb - slip == approx(b.hysteresis, abs=1e-12)


@given(behaviours(), st.integers(0, 3), st.floats(0, 9), st.floats(0, 9), LOG_ODDS, st.booleans())
def test_a_nation_moves_at_most_a_rung_and_stays_on_the_ladder(
    b: Behaviour, stance: int, above: float, below: float, x: float, has_soldiers: bool
) -> None:
    ladder, rung = rules.ladder(b), float(stance)
    above, below = rules.rounds_above(above, rung, x, ladder), rules.rounds_below(below, rung, x, ladder)
    after = rules.next_stance(rung, above, below, b.patience, 1000.0 * has_soldiers)
    assert after in {0.0, 1.0, 2.0, 3.0}
    assert abs(after - stance) <= 1
    assert has_soldiers or not (stance < 3 and after == 3)


@given(behaviours(), st.integers(0, 3), LOG_ODDS, LOG_ODDS)
def test_more_willing_never_means_a_lower_rung(b: Behaviour, stance: int, x: float, y: float) -> None:
    ladder, found = rules.ladder(b), []
    for each in sorted((x, y)):
        counts = [
            count(60.0, float(stance), each, ladder) for count in (rules.rounds_above, rules.rounds_below)
        ]
        found.append(rules.next_stance(float(stance), *counts, b.patience, 1000.0))
    assert found[0] <= found[1]


@given(mandates())
def test_clarity_lies_between_0_and_1(mandate: rules.Mandate) -> None:
    assert -1e-15 <= rules.clarity(rules.concentration(mandate)) <= 1 + 1e-15


@given(mandates(), mandates(), st.floats(0.0, 0.4), st.integers(1, 60))
def test_a_negotiated_mandate_stays_a_distribution(
    mandate: rules.Mandate, pull: rules.Mandate, bargaining: float, rounds: int
) -> None:
    for _ in range(rounds):
        mandate = rules.negotiated_mandate(mandate, pull, bargaining)
        assert min(mandate) >= 0.0
        assert sum(mandate) == approx(1.0, abs=1e-14)


@given(mandates(), mandates(), st.floats(0.001, 0.4))
def test_bargaining_moves_the_mandate_towards_what_is_preferred(
    mandate: rules.Mandate, pull: rules.Mandate, bargaining: float
) -> None:
    def fit(m: rules.Mandate) -> float:
        return sum(share * wanted for share, wanted in zip(m, pull, strict=True))

    # Fisher's theorem: mean fitness does not fall under replicator dynamics.
    assert fit(rules.negotiated_mandate(mandate, pull, bargaining)) >= fit(mandate) - 1e-15


@given(CHANGE, CHANGE, SHARE)
def test_a_perception_never_overshoots(perceived: float, actual: float, sensitivity: float) -> None:
    after = rules.perceive(perceived, actual, sensitivity)
    assert min(perceived, actual) - 1e-12 <= after <= max(perceived, actual) + 1e-12


@given(CHANGE, CHANGE, SHARE, SHARE)
def test_the_more_sensitive_is_never_further_off(
    perceived: float, actual: float, one: float, other: float
) -> None:
    slow, fast = (abs(rules.perceive(perceived, actual, s) - actual) for s in sorted((one, other)))
    assert fast <= slow + 1e-12


@given(SHARE, st.floats(0.0, 5.0), SHARE, st.floats(0.0, 2.0), st.floats(0.01, 2.0), SHARE)
def test_washington_moves_by_at_most_its_speed(
    involvement: float, force: float, ceiling: float, threshold: float, width: float, speed: float
) -> None:
    after = rules.burden_sharing_involvement(involvement, force, ceiling, threshold, width, speed)
    assert abs(after - involvement) <= speed + 1e-12
    assert -1e-12 <= after <= max(involvement, ceiling) + 1e-12


@given(SHARE, st.floats(0, 2), SHARE, SHARE, st.floats(-1, 1))
def test_pressure_stays_between_0_and_1_and_cover_dampens_the_answer(
    pressure: float, reaction: float, deterred: float, involvement: float, growth: float
) -> None:
    covered = rules.reactive_pressure(pressure, reaction, deterred, involvement, growth)
    bare = rules.reactive_pressure(pressure, reaction, deterred, 0.0, growth)
    assert 0.0 <= covered <= 1.0
    assert abs(covered - pressure) <= abs(bare - pressure) + 1e-12


@given(st.integers(0, 3), st.floats(0, 1e5), LOG_ODDS, LOG_ODDS)
def test_a_pledge_lies_between_half_and_all_and_grows_with_willingness(
    stance: int, deployable: float, x: float, y: float
) -> None:
    less, more = (rules.pledge(float(stance), deployable, each, 0.4) for each in sorted((x, y)))
    assert less <= more
    if stance == 3:
        assert deployable / 2 <= less <= more <= deployable
    else:
        assert less == more == 0.0


@given(st.floats(0.01, 1e5), LOG_ODDS, LOG_ODDS)
def test_the_nearer_the_threshold_the_more_a_visit_is_worth(troops: float, x: float, y: float) -> None:
    near, far = sorted((x, y), key=lambda each: abs(each - 0.4))
    assert rules.lobbying_value(troops, near, 0.4) >= rules.lobbying_value(troops, far, 0.4)


@given(st.floats(-10, 10), st.floats(-10, 10), st.floats(0, 10))
def test_clip_agrees_with_min_and_max(value: float, low: float, width: float) -> None:
    assert rules.clip(value, low, low + width) == min(max(value, low), low + width)


@given(st.floats(0, 1e5), st.floats(0.0, 1.0, exclude_max=True))
def test_what_is_drawn_to_be_deployable_lies_within_its_bounds(deployable: float, draw: float) -> None:
    drawn = rules.drawn_deployable(deployable, draw)
    assert 0.4 * deployable * (1 - 1e-12) <= drawn <= 1.3 * deployable * (1 + 1e-12)
