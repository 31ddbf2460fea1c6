"""The rules: each by numbers worked out by hand, and by what must hold whatever the numbers."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest import approx
from worlds import setup_of

from sim.declarations.levels import LEVELS
from sim.declarations.parameters import COEFFICIENTS, PARAMETERS
from sim.declarations.parameters import LADDER as LADDER_NAMES
from sim.declarations.records import Behaviour, Ladder, Nation, Terms, World, blank
from sim.declarations.words import ATTRIBUTES, PURPOSES
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
BEHAVIOUR = USUAL._replace(
    b_involvement=0.9,
    b_ambiguity=1.1,
    b_mandate_fit=0.7,
    b_authority=1.3,
    b_threat=1.5,
    b_escalation=2.0,
    b_home_defence=1.6,
    b_ceasefire=0.6,
    b_peers=1.2,
    b_critical_mass=0.3,
    b_free_riding=0.8,
    b_public_opinion=3.0,
    shield_patron=0.2,
    shield_ceasefire=0.35,
)
NATION = Nation(
    reliance=0.5,
    clarity_need=0.4,
    escalation_fear=0.25,
    threat=0.3,
    frontline=0.2,
    legalism=0.75,
    prefers_peacekeeping=0.5,
    prefers_deterrence=0.3,
    prefers_reassurance=0.2,
    involvement_perceived=0.6,
    pressure_perceived=0.8,
    peers=1.5,
    support_shift=-0.1,
    lobbying=0.06,
    shock=-0.07,
)
WORLD = blank(
    World,
    clarity=0.25,
    peacekeeping=0.1,
    deterrence=0.3,
    reassurance=0.6,
    authority=0.45,
    ceasefire=0.4,
    force_ratio=1.25,
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


@pytest.mark.parametrize(
    ("previous", "before", "now", "after"),
    [
        (1.0, 0.5, 0.5, 1.0),
        (1.0, 0.1, 0.9, 1.0),  # giving more costs nothing
        (1.0, 0.75, 0.25, 0.75),  # 0.5 withdrawn, half of it lost
        (0.5, 0.3, 0.3, 0.51),  # a fiftieth of what is missing comes back
        (0.5, 0.3, 0.1, 0.41),
        (0.5, 0.1, 0.9, 0.51),  # nor does giving more buy any
        (0.1, 1.0, 0.0, 0.0),
    ],
)
def test_credibility_is_lost_at_once_and_regained_slowly(
    previous: float, before: float, now: float, after: float
) -> None:
    assert rules.credibility(previous, 0.02, 0.5, before, now) == approx(after)


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
    # m = (1/2, 3/8, 1/8): sum m^2 = 0.40625. pull (0.1, 0.3, 0.6): mean 0.2375. planning 0.4, bargaining 0.2.
    # growth: 1 + 0.4*0.09375 - 0.2*0.1375 = 1.01
    #         1 - 0.4*0.03125 + 0.2*0.0625 = 1
    #         1 - 0.4*0.28125 + 0.2*0.3625 = 0.96
    # m * growth: 0.505, 0.375, 0.12, in all exactly 1
    got = rules.negotiated_mandate((0.5, 0.375, 0.125), (0.1, 0.3, 0.6), planning=0.4, bargaining=0.2)
    assert got == approx((0.505, 0.375, 0.12), abs=1e-15)


def test_negotiation_brings_shares_that_do_not_add_up_back_to_a_whole() -> None:
    # They drift apart by rounding; here they are twice a whole.
    assert rules.negotiated_mandate((1.0, 0.75, 0.25), (0.1, 0.3, 0.6), 0.0, 0.0) == (0.5, 0.375, 0.125)


def test_planning_alone_sharpens_what_is_dominant() -> None:
    got = rules.negotiated_mandate((0.2, 0.2, 0.6), (1.0, 0.0, 0.0), planning=0.4, bargaining=0.0)
    assert got[2] > 0.6
    assert got[0] == got[1] < 0.2


def test_a_vague_mandate_that_nobody_pulls_at_stays_vague() -> None:
    even = (1 / 3, 1 / 3, 1 / 3)
    assert rules.negotiated_mandate(even, even, 0.4, 0.4) == approx(even, abs=1e-15)


# Perceiving


@pytest.mark.parametrize(
    ("sensitivity", "after"),
    # attention 0.4: a share 0.2, 0.4, 0.6 of the way from 0.1 to 0.6
    [(0.0, 0.2), (0.5, 0.3), (1.0, 0.4)],
)
def test_who_depends_on_a_signal_follows_it_faster(sensitivity: float, after: float) -> None:
    assert rules.perceive(0.1, 0.6, 0.4, sensitivity) == approx(after)


def test_a_mood_passes_and_is_partly_shared() -> None:
    assert rules.shock(0.5, 0.9, 0.06, 1.0, -0.5) == approx(0.48)  # 0.45 + 0.06 * 0.5


# Weighing


@pytest.mark.parametrize(
    ("term", "by_hand"),
    [
        ("involvement", 0.9 * 0.5 * 0.6),
        ("ambiguity", -1.1 * 0.4 * (1 - 0.25)),
        # fit = 0.1*0.5 + 0.3*0.3 + 0.6*0.2 = 0.26
        ("mandate_fit", 0.7 * 1.5 * (0.26 - 1 / 3)),
        ("authority", 1.3 * 0.75 * 0.45),
        ("threat", 1.5 * 0.3 * 0.8),
        # US cover takes 0.2 * 0.6, the ceasefire 0.35 * 0.4 of the fear
        ("escalation", -2.0 * 0.25 * 0.8 * 0.88 * 0.86),
        ("home_defence", -1.6 * 0.2 * 0.8),
        ("ceasefire", 0.6 * 0.4),
        ("peers", 1.2 * 1.5 / 3),
        ("critical_mass", 0.3),  # the force is complete
        ("free_riding", -0.8 * 0.25),  # and a quarter beyond
        ("public_opinion", 3.0 * -0.1),
        ("lobbying", 0.06),
        ("shock", -0.07),
    ],
)
def test_each_term_by_hand(term: str, by_hand: float) -> None:
    assert getattr(rules.terms(BEHAVIOUR, NATION, WORLD), term) == approx(by_hand, abs=1e-15)


def test_the_total_by_hand() -> None:
    # 0.27 - 0.33 - 0.077 + 0.43875 + 0.36 - 0.30272 - 0.256 + 0.24 + 0.6 + 0.3 - 0.2 - 0.3 + 0.06 - 0.07
    assert rules.total(rules.terms(BEHAVIOUR, NATION, WORLD)) == approx(0.73303)


def test_half_a_force_has_half_its_mass_and_no_free_riders() -> None:
    parts = rules.terms(BEHAVIOUR, NATION, WORLD._replace(force_ratio=0.5))
    assert (parts.critical_mass, parts.free_riding) == (0.15, 0.0)


def test_the_total_adds_every_term_once_from_left_to_right() -> None:
    # Powers of two tell which terms were added; 1 vanishes beside 2**60 unless that is taken away before.
    number = len(Terms._fields)
    assert rules.total(Terms._make(2.0**n for n in range(number))) == 2.0**number - 1
    assert rules.total(blank(Terms, involvement=1.0, ambiguity=2.0**60, mandate_fit=-(2.0**60))) == 0.0
    assert rules.total(blank(Terms, involvement=2.0**60, ambiguity=-(2.0**60), mandate_fit=1.0)) == 1.0


def test_an_anchor_is_about_a_nation_without_visits_and_moods() -> None:
    assert rules.undisturbed(NATION) == NATION._replace(lobbying=0.0, shock=0.0)


# Deciding


@pytest.mark.parametrize(
    ("stance", "propensity", "after"),
    [
        # opposed: up beyond -2, however far beyond, and never down
        (0, -2.0, 0), (0, -1.9, 1), (0, 9.0, 1), (0, -9.0, 0),
        # undecided: up beyond -1, down below -2.5
        (1, -1.0, 1), (1, -0.9, 2), (1, 9.0, 2), (1, -2.5, 1), (1, -2.6, 0), (1, -9.0, 0),
        # open: up beyond 1, down below -1.5
        (2, 1.0, 2), (2, 1.1, 3), (2, -1.5, 2), (2, -1.6, 1), (2, -9.0, 1),
        # committed: down below 0, a rung at a time
        (3, 9.0, 3), (3, 0.0, 3), (3, -0.1, 2), (3, -9.0, 2),
    ],
)  # fmt: skip
def test_the_ladder(stance: float, propensity: float, after: float) -> None:
    assert rules.next_stance(stance, propensity, LADDER, free_to_commit=True) == after


@pytest.mark.parametrize(
    ("stance", "propensity", "after"),
    [(0, 9.0, 1), (1, 9.0, 2), (2, 9.0, 2), (2, -1.6, 1), (3, 9.0, 3), (3, -0.1, 2)],
)
def test_who_is_not_free_to_commit_does_not_but_moves_on_the_other_rungs(
    stance: float, propensity: float, after: float
) -> None:
    assert rules.next_stance(stance, propensity, LADDER, free_to_commit=False) == after


def test_between_its_thresholds_a_nation_stays_where_it_came_from() -> None:
    # -1.2 is too little to become open and enough to stay open; so is 0.5 for committed.
    assert [rules.next_stance(stance, -1.2, LADDER, True) for stance in (1, 2)] == [1, 2]
    assert [rules.next_stance(stance, 0.5, LADDER, True) for stance in (2, 3)] == [2, 3]


@pytest.mark.parametrize(
    ("propensity", "stance"), [(-2.5, 0), (-2.0, 0), (-1.9, 1), (-1.0, 1), (-0.9, 2), (9.0, 2)]
)
def test_a_nation_that_said_nothing_starts_on_the_rung_it_reaches_short_of_commitment(
    propensity: float, stance: float
) -> None:
    assert rules.reached_stance(propensity, LADDER) == stance


EASY = BEHAVIOUR._replace(**LADDER._asdict())


def test_without_decision_pressure_the_ladder_is_as_given() -> None:
    assert rules.pressed_ladder(EASY, 0.0) == LADDER


def test_under_decision_pressure_the_lower_rungs_draw_together() -> None:
    # mid = (-2 - 1.5)/2 = -1.75; half way: climbs -1.875 and -1.375, slips -2.125 and -1.625
    half = rules.pressed_ladder(EASY, 0.5)
    assert half == approx((-1.875, -1.375, 1.0, -2.125, -1.625, 0.0))
    # mid = (-2 - 0.5)/2 = -1.25; half way from -0.5 is -0.875
    wide = EASY._replace(climb_to_open=0.0, slip_to_undecided=-0.5)
    assert rules.pressed_ladder(wide, 0.5).slip_to_undecided == approx(-0.875)


def test_under_full_pressure_nobody_is_undecided_but_some_hysteresis_stays() -> None:
    full = rules.pressed_ladder(EASY, 1.0)
    assert full == approx((-1.75, -1.75, 1.0, -1.9, -1.9, 0.0))
    assert rules.LEAST_HYSTERESIS == 0.15


def test_commitments_are_left_only_well_below_where_they_are_made_with_or_without_pressure() -> None:
    close = EASY._replace(climb_to_committed=1.0, slip_to_open=0.95)
    assert [rules.pressed_ladder(close, pressure).slip_to_open for pressure in (0.0, 1.0)] == [0.85, 0.85]


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
def test_a_condition_is_met_at_its_threshold(level: float, at_least: float, is_met: bool) -> None:
    assert rules.met(level, at_least) == is_met


def test_approval_counts_rounds_on_end() -> None:
    counted, rounds = [], 0.0
    for propensity in (1.1, 1.2, 1.0, 1.1, 0.9, 1.1, 1.1, 1.1):
        rounds = rules.approved_rounds(rounds, propensity, climb_to_committed=1.0)
        counted.append(rounds)
    assert counted == [1, 2, 0, 1, 0, 1, 2, 3]


@pytest.mark.parametrize(
    ("deployable", "conditions_met", "approved", "ratification", "may"),
    [
        (100.0, True, 1.0, 0.0, True),
        (1.0, True, 1.0, 0.0, True),  # a single soldier will do
        (0.0, True, 9.0, 0.0, False),
        (100.0, False, 9.0, 0.0, False),
        (100.0, True, 0.0, 0.0, False),
        (100.0, True, 2.0, 3.0, False),
        (100.0, True, 3.0, 3.0, False),  # this round and three before it are four
        (100.0, True, 4.0, 3.0, True),
    ],
)
def test_what_stands_between_a_nation_and_a_commitment(
    deployable: float, conditions_met: bool, approved: float, ratification: float, may: bool
) -> None:
    assert rules.may_commit(deployable, conditions_met, approved, ratification) == may


@pytest.mark.parametrize(
    ("stance", "propensity", "soldiers"),
    [
        (2, 9.0, 0.0),  # who is not committed pledges nothing
        (3, 1.0, 500.0),  # half at the threshold
        (3, -5.0, 500.0),  # and while it hesitates
        (3, 2.5, 750.0),
        (3, 4.0, 1000.0),
        (3, 9.0, 1000.0),
    ],
)
def test_what_a_committed_nation_pledges_of_its_troops(
    stance: float, propensity: float, soldiers: float
) -> None:
    assert rules.pledge(stance, 1000.0, propensity, climb_to_committed=1.0) == soldiers


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
    assert rules.lobbying_value(deployable, propensity, climb_to_committed=1.0) == value


# Drawing


def test_a_draw_between_bounds() -> None:
    assert [rules.drawn_between(-1.0, 3.0, draw) for draw in (0.0, 0.25, 0.5)] == [-1.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("mean", "half_width", "draw", "value"),
    [
        (0.5, 0.25, 0.0, 0.25),
        (0.5, 0.25, 0.5, 0.5),
        (0.5, 0.25, 0.75, 0.625),
        (0.125, 0.25, 0.0, 0.0),
        (1.0, 0.25, 0.75, 1.0),
    ],
)
def test_a_drawn_attribute_stays_between_0_and_1(
    mean: float, half_width: float, draw: float, value: float
) -> None:
    assert rules.drawn_attribute(mean, half_width, draw) == value


def test_a_drawn_threshold_lies_within_its_half_width() -> None:
    assert [rules.drawn_threshold(0.5, 0.25, draw) for draw in (0.0, 0.5, 0.75)] == [0.25, 0.5, 0.625]


@pytest.mark.parametrize("draw", [0.0, 0.3, 0.999])
def test_a_threshold_as_stated_is_exact_and_no_demand_stays_none(draw: float) -> None:
    assert rules.drawn_threshold(0.3, 0.0, draw) == 0.3
    assert rules.drawn_threshold(float("-inf"), 0.0, draw) == float("-inf")


@pytest.mark.parametrize(("value", "clipped"), [(-1.0, 0.0), (0.0, 0.0), (0.3, 0.3), (1.0, 1.0), (2.0, 1.0)])
def test_clip(value: float, clipped: float) -> None:
    assert rules.clip(value, 0.0, 1.0) == clipped


def test_larger_and_smaller() -> None:
    assert (rules.larger(1.0, 2.0), rules.larger(2.0, 1.0)) == (2.0, 2.0)
    assert (rules.smaller(1.0, 2.0), rules.smaller(2.0, 1.0)) == (1.0, 1.0)


def test_the_parameters_stand_in_the_order_of_the_files() -> None:
    assert Behaviour._fields == tuple(PARAMETERS)


# Whatever the numbers


def whatever(*strategies: st.SearchStrategy[Any]) -> Callable[[Any], Any]:
    """Check a property for many draws, however busy the machine is."""
    patient = settings(suppress_health_check=[HealthCheck.too_slow])
    return lambda test: patient(given(*strategies)(test))


SHARE = st.floats(0.0, 1.0)
LOG_ODDS = st.floats(-8.0, 8.0)
SMALL = st.floats(-0.5, 0.5)


@st.composite
def mandates(draw: Any) -> rules.Mandate:
    weights = [draw(st.floats(0.001, 1.0)) for _ in range(3)]
    return weights[0] / sum(weights), weights[1] / sum(weights), weights[2] / sum(weights)


@st.composite
def nations(draw: Any) -> Nation:
    # Attributes are 0 or at least 1e-3: what is smaller drowns in rounding and has no direction.
    attribute = st.sampled_from([0.0]) | st.floats(1e-3, 1.0)
    return Nation(
        **{name: draw(attribute) for name in ATTRIBUTES},
        **{f"prefers_{name}": share for name, share in zip(PURPOSES, draw(mandates()), strict=True)},
        involvement_perceived=draw(SHARE),
        pressure_perceived=draw(SHARE),
        peers=draw(st.floats(0, 3)),
        support_shift=draw(SMALL),
        lobbying=draw(SHARE),
        shock=draw(SMALL),
    )


@st.composite
def worlds(draw: Any) -> World:
    levels = {name: draw(SHARE) for name in LEVELS}
    shares = dict(zip(PURPOSES, draw(mandates()), strict=True))
    return World(**levels, **shares, force_ratio=draw(st.floats(0.0, 5.0)))


@st.composite
def behaviours(draw: Any) -> Behaviour:
    coefficients = {name: draw(st.just(0.0) | st.floats(0.01, 5.0)) for name in COEFFICIENTS}
    shields = {"shield_patron": draw(SHARE), "shield_ceasefire": draw(SHARE)}
    return USUAL._replace(**coefficients, **shields)


@whatever(behaviours(), nations(), worlds())
def test_what_speaks_for_and_against_has_its_sign(b: Behaviour, nation: Nation, world: World) -> None:
    parts = rules.terms(b, nation, world)
    for name in ("involvement", "authority", "threat", "ceasefire", "peers", "critical_mass"):
        assert getattr(parts, name) >= 0, name
    for name in ("ambiguity", "escalation", "home_defence", "free_riding"):
        assert getattr(parts, name) <= 0, name


@whatever(behaviours(), nations(), worlds())
def test_the_total_is_the_sum_of_the_terms(b: Behaviour, nation: Nation, world: World) -> None:
    parts = rules.terms(b, nation, world)
    exact = sum(Fraction(part) for part in parts)
    assert abs(Fraction(rules.total(parts)) - exact) < Fraction(1, 10**13)


def propensity(b: Behaviour, nation: Nation, world: World) -> float:
    return rules.total(rules.terms(b, nation, world))


@whatever(behaviours(), nations(), worlds(), st.floats(0.01, 0.5))
def test_more_us_involvement_never_lowers_a_propensity(
    b: Behaviour, nation: Nation, world: World, more: float
) -> None:
    # Alliance value and the shield work in the same direction.
    nation = nation._replace(involvement_perceived=nation.involvement_perceived / 2)
    backed = nation._replace(involvement_perceived=nation.involvement_perceived + more)
    assert propensity(b, backed, world) >= propensity(b, nation, world) - 1e-12
    if b.b_involvement * nation.reliance > 0:
        assert propensity(b, backed, world) > propensity(b, nation, world)


@whatever(behaviours(), nations(), worlds(), SHARE)
def test_a_ceasefire_never_lowers_a_propensity(
    b: Behaviour, nation: Nation, world: World, other: float
) -> None:
    less, more = sorted((world.ceasefire, other))
    before, after = (propensity(b, nation, world._replace(ceasefire=level)) for level in (less, more))
    assert after >= before - 1e-12


@whatever(behaviours(), nations(), worlds(), SHARE)
def test_clarity_moves_only_who_asks_for_it(
    b: Behaviour, nation: Nation, world: World, clarity: float
) -> None:
    content = nation._replace(clarity_need=0.0)
    assert propensity(b, content, world._replace(clarity=clarity)) == propensity(b, content, world)
    clear, vague = world._replace(clarity=1.0), world._replace(clarity=0.0)
    gain = propensity(b, nation, clear) - propensity(b, nation, vague)
    assert gain == approx(b.b_ambiguity * nation.clarity_need, abs=1e-12)


@whatever(behaviours(), nations(), worlds(), SHARE)
def test_pressure_moves_nobody_who_is_not_threatened_afraid_or_at_the_front(
    b: Behaviour, nation: Nation, world: World, pressure: float
) -> None:
    unmoved = nation._replace(threat=0.0, escalation_fear=0.0, frontline=0.0)
    pressed = unmoved._replace(pressure_perceived=pressure)
    assert propensity(b, pressed, world) == propensity(b, unmoved, world)


@whatever(behaviours(), nations(), worlds())
def test_pressure_has_two_edges(b: Behaviour, nation: Nation, world: World) -> None:
    # More pressure on a nation that is only threatened raises, on one that is only afraid lowers.
    calm, pressed = nation._replace(pressure_perceived=0.2), nation._replace(pressure_perceived=0.9)
    threatened = {"threat": 0.8, "escalation_fear": 0.0, "frontline": 0.0}
    afraid = {"threat": 0.0, "escalation_fear": 0.8, "frontline": 0.0}
    assert propensity(b, pressed._replace(**threatened), world) >= (
        propensity(b, calm._replace(**threatened), world)
    )
    assert propensity(b, pressed._replace(**afraid), world) <= propensity(b, calm._replace(**afraid), world)


@whatever(behaviours(), nations(), worlds(), st.floats(0.0, 3.0))
def test_who_has_no_ties_is_unmoved_by_peers(
    b: Behaviour, nation: Nation, world: World, stances: float
) -> None:
    tie = 0.0
    assert rules.terms(b, nation._replace(peers=tie * stances), world).peers == 0.0


@whatever(st.floats(0.0, 5.0), st.floats(0.01, 5.0), behaviours())
def test_a_larger_force_helps_until_it_is_complete_and_then_invites_free_riding(
    ratio: float, more: float, b: Behaviour
) -> None:
    before = propensity(b, NATION, WORLD._replace(force_ratio=ratio))
    after = propensity(b, NATION, WORLD._replace(force_ratio=ratio + more))
    if ratio + more <= 1.0:
        assert after >= before
    if ratio >= 1.0:
        assert after <= before


@whatever(mandates())
def test_clarity_lies_between_0_and_1(mandate: rules.Mandate) -> None:
    assert -1e-15 <= rules.clarity(rules.concentration(mandate)) <= 1 + 1e-15


@whatever(mandates(), mandates(), st.floats(0.0, 0.4), st.floats(0.0, 0.4), st.integers(1, 60))
def test_a_negotiated_mandate_stays_a_distribution(
    mandate: rules.Mandate, pull: rules.Mandate, planning: float, bargaining: float, rounds: int
) -> None:
    for _ in range(rounds):
        mandate = rules.negotiated_mandate(mandate, pull, planning, bargaining)
        assert min(mandate) >= 0.0
        assert sum(mandate) == approx(1.0, abs=1e-14)


@whatever(mandates(), mandates(), st.floats(0.001, 0.4))
def test_bargaining_moves_the_mandate_towards_what_is_preferred(
    mandate: rules.Mandate, pull: rules.Mandate, bargaining: float
) -> None:
    def fit(m: rules.Mandate) -> float:
        return sum(share * wanted for share, wanted in zip(m, pull, strict=True))

    # Fisher's theorem: mean fitness does not fall under replicator dynamics.
    assert fit(rules.negotiated_mandate(mandate, pull, 0.0, bargaining)) >= fit(mandate) - 1e-15


@whatever(SHARE, SHARE, st.floats(0.0, 0.66), SHARE)
def test_a_perception_never_overshoots(perceived: float, actual: float, attention: float, s: float) -> None:
    after = rules.perceive(perceived, actual, attention, s)
    assert min(perceived, actual) - 1e-12 <= after <= max(perceived, actual) + 1e-12


@whatever(SHARE, st.floats(0.0, 5.0), SHARE, st.floats(0.0, 2.0), st.floats(0.01, 2.0), SHARE)
def test_washington_moves_by_at_most_its_speed(
    involvement: float, force: float, ceiling: float, threshold: float, width: float, speed: float
) -> None:
    after = rules.burden_sharing_involvement(involvement, force, ceiling, threshold, width, speed)
    assert abs(after - involvement) <= speed + 1e-12
    assert -1e-12 <= after <= max(involvement, ceiling) + 1e-12


@whatever(SHARE, st.floats(0, 2), SHARE, SHARE, st.floats(-1, 1))
def test_pressure_stays_between_0_and_1_and_cover_dampens_the_answer(
    pressure: float, reaction: float, deterred: float, involvement: float, growth: float
) -> None:
    covered = rules.reactive_pressure(pressure, reaction, deterred, involvement, growth)
    bare = rules.reactive_pressure(pressure, reaction, deterred, 0.0, growth)
    assert 0.0 <= covered <= 1.0
    assert abs(covered - pressure) <= abs(bare - pressure) + 1e-12


@whatever(SHARE, SHARE, SHARE, SHARE, SHARE)
def test_credibility_lies_between_0_and_1(q: float, recovery: float, loss: float, u: float, v: float) -> None:
    assert 0.0 <= rules.credibility(q, recovery, loss, u, v) <= 1.0


# The orders that parameter files allow: each slip below its climb, slips rising, climbs rising.
ORDERS = ("scscsc", "scsscc", "sscscc", "ssccsc", "sssccc")


@st.composite
def ladders(draw: Any) -> Behaviour:
    thresholds = sorted(draw(st.lists(LOG_ODDS, min_size=6, max_size=6, unique=True)))
    named = [*zip(draw(st.sampled_from(ORDERS)), thresholds, strict=True)]
    climbs, slips = ([value for name, value in named if name == letter] for letter in "cs")
    return USUAL._replace(**dict(zip(LADDER_NAMES, (*climbs, *slips), strict=True)))


def slips_and_climbs(ladder: Ladder) -> list[tuple[float, float]]:
    return list(zip(ladder[3:], ladder[:3], strict=True))


@whatever(ladders(), SHARE)
def test_a_pressed_ladder_keeps_its_hysteresis(b: Behaviour, pressure: float) -> None:
    for slip, climb in slips_and_climbs(rules.pressed_ladder(b, pressure)):
        assert climb - slip >= rules.LEAST_HYSTERESIS - 1e-12


@whatever(ladders(), SHARE, SHARE)
def test_the_more_pressure_the_narrower_is_undecided(b: Behaviour, one: float, other: float) -> None:
    less, more = (rules.pressed_ladder(b, pressure) for pressure in sorted((one, other)))
    assert abs(more.climb_to_open - more.climb_to_undecided) <= (
        abs(less.climb_to_open - less.climb_to_undecided) + 1e-12
    )
    assert more.climb_to_committed == less.climb_to_committed == b.climb_to_committed


@whatever(SHARE, SHARE)
def test_pressure_moves_each_lower_threshold_of_the_usual_ladder_one_way(one: float, other: float) -> None:
    less, more = (rules.pressed_ladder(USUAL, pressure) for pressure in sorted((one, other)))
    assert more.climb_to_undecided >= less.climb_to_undecided  # it is harder to stay out of the way
    assert more.climb_to_open <= less.climb_to_open  # and easier to be open
    assert more.slip_to_opposed >= less.slip_to_opposed


@whatever(ladders(), SHARE, st.integers(0, 3), LOG_ODDS, st.booleans())
def test_a_nation_moves_at_most_a_rung_and_stays_on_the_ladder(
    b: Behaviour, pressure: float, stance: int, x: float, free: bool
) -> None:
    after = rules.next_stance(float(stance), x, rules.pressed_ladder(b, pressure), free)
    assert after in {0.0, 1.0, 2.0, 3.0}
    assert abs(after - stance) <= 1
    assert free or not (stance < 3 and after == 3)


@whatever(ladders(), SHARE, st.integers(0, 3), LOG_ODDS, LOG_ODDS, st.booleans())
def test_more_willing_never_means_a_lower_rung(
    b: Behaviour, pressure: float, stance: int, x: float, y: float, free: bool
) -> None:
    ladder = rules.pressed_ladder(b, pressure)
    lower, higher = (rules.next_stance(float(stance), each, ladder, free) for each in sorted((x, y)))
    assert lower <= higher


@whatever(ladders(), st.integers(0, 3), LOG_ODDS)
def test_under_steady_willingness_the_ladder_comes_to_rest(b: Behaviour, stance: int, x: float) -> None:
    ladder, rung = rules.pressed_ladder(b, 0.0), float(stance)
    for _ in range(3):
        rung = rules.next_stance(rung, x, ladder, True)
    assert rules.next_stance(rung, x, ladder, True) == rung


@whatever(st.integers(0, 3), st.floats(0, 1e5), LOG_ODDS, LOG_ODDS)
def test_a_pledge_lies_between_half_and_all_and_grows_with_willingness(
    stance: int, deployable: float, x: float, y: float
) -> None:
    less, more = (rules.pledge(float(stance), deployable, each, 0.4) for each in sorted((x, y)))
    assert less <= more
    if stance == 3:
        assert deployable / 2 <= less <= more <= deployable
    else:
        assert less == more == 0.0


@whatever(st.floats(0.01, 1e5), LOG_ODDS, LOG_ODDS)
def test_the_nearer_the_threshold_the_more_a_visit_is_worth(troops: float, x: float, y: float) -> None:
    near, far = sorted((x, y), key=lambda each: abs(each - 0.4))
    assert rules.lobbying_value(troops, near, 0.4) >= rules.lobbying_value(troops, far, 0.4)


@whatever(st.floats(-10, 10), st.floats(-10, 10), st.floats(0, 10))
def test_clip_agrees_with_min_and_max(value: float, low: float, width: float) -> None:
    assert rules.clip(value, low, low + width) == min(max(value, low), low + width)


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


def test_an_uncertain_level_lies_within_its_half_width_and_what_is_absent_stays_absent() -> None:
    assert rules.drawn_level(0.45, 0.15, 0.0) == approx(0.30)
    assert rules.drawn_level(0.45, 0.15, 0.5) == 0.45
    assert rules.drawn_level(0.05, 0.15, 0.0) == 0.0
    assert rules.drawn_level(0.95, 0.15, 0.999) == 1.0
    assert rules.drawn_level(0.0, 0.15, 0.999) == 0.0


@given(st.sampled_from([0.0, 1.0, 2.0, 3.0]))
def test_a_nation_that_is_held_has_no_say(stance: float) -> None:
    assert rules.held_stance(stance, 3.0, 3.0) == 3.0
    assert rules.held_stance(stance, 0.0, 2.0) == min(stance, 2.0)
    assert rules.held_stance(stance, 0.0, 3.0) == stance
