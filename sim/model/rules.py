"""The rules of the model, one small function a mechanism, in plain arithmetic on numbers.

The Mesa agents call these functions as they stand; the ensemble compiles the very same ones. Both give
the same bits because a rule uses only ``+ - * / sqrt``, comparisons and selects, in the order written: no
``exp`` or ``log``, no sums left to a library, no branches (``a if c else b`` is a select). The equations
and their sources are in the documentation of the model; symbols there are names here.
"""

from math import sqrt
from typing import NamedTuple


class Behaviour(NamedTuple):
    """Behavioural parameters of a run, as in `default.toml`, but the ladder's thresholds as log-odds."""

    b_us_involvement: float
    b_ambiguity: float
    b_mandate_fit: float
    b_authority: float
    b_threat: float
    b_escalation: float
    b_home_defence: float
    b_ceasefire: float
    b_peers: float
    b_critical_mass: float
    b_free_riding: float
    b_public_opinion: float
    shield_us: float
    shield_ceasefire: float
    attention: float
    persistence: float
    volatility: float
    common: float
    bargaining: float
    planning: float
    lobby_push: float
    lobby_decay: float
    credibility_recovery: float
    credibility_loss: float
    climb_to_undecided: float
    climb_to_open: float
    climb_to_committed: float
    slip_to_opposed: float
    slip_to_undecided: float
    slip_to_open: float


class Nation(NamedTuple):
    """What a nation is and perceives when it weighs whether to join."""

    us_reliance: float
    clarity_need: float
    escalation_fear: float
    threat: float
    frontline: float
    legalism: float
    prefers_peacekeeping: float
    prefers_deterrence: float
    prefers_reassurance: float
    us_perceived: float
    pressure_perceived: float
    peers: float
    support_shift: float
    lobbying: float
    shock: float


class World(NamedTuple):
    """What all nations see alike in a round."""

    clarity: float
    peacekeeping: float
    deterrence: float
    reassurance: float
    authority: float
    ceasefire: float
    force_ratio: float


class Levels(NamedTuple):
    """What a scenario prescribes of the world in a round, each in [0, 1]."""

    involvement: float
    pressure: float
    clarity: float
    authority: float
    ceasefire: float
    decision_pressure: float


class Terms(NamedTuple):
    """What moves a nation's propensity, in log-odds; the order is the order of summation."""

    us_involvement: float
    ambiguity: float
    mandate_fit: float
    authority: float
    threat: float
    escalation: float
    home_defence: float
    ceasefire: float
    peers: float
    critical_mass: float
    free_riding: float
    public_opinion: float
    lobbying: float
    shock: float


class Ladder(NamedTuple):
    """Thresholds of a round in log-odds: climb to the rung named, slip to the rung named."""

    climb_to_undecided: float
    climb_to_open: float
    climb_to_committed: float
    slip_to_opposed: float
    slip_to_undecided: float
    slip_to_open: float


LEAST_HYSTERESIS = 0.15
"""Log-odds that stay between climbing to a rung and slipping from it under decision pressure."""

CONDITION_TOLERANCE = 1e-9


def clip(value: float, low: float, high: float) -> float:
    """Return the value, at least `low` and at most `high`."""
    at_least = value if value > low else low
    return at_least if at_least < high else high


def larger(first: float, second: float) -> float:
    """Return the larger of two numbers."""
    return first if first > second else second


def smaller(first: float, second: float) -> float:
    """Return the smaller of two numbers."""
    return first if first < second else second


# Washington and Moscow


def burden_sharing_involvement(
    involvement: float, force_ratio: float, ceiling: float, threshold: float, width: float, speed: float
) -> float:
    """Return US involvement when Washington wants Europe to show up first, moving at most `speed` a round."""
    goal = ceiling * clip(0.5 + (force_ratio - threshold) / width, 0.0, 1.0)
    return involvement + clip(goal - involvement, -speed, speed)


def reactive_pressure(
    pressure: float, reaction: float, deterred: float, involvement: float, growth: float
) -> float:
    """Return Russian pressure that rises with the force's growth since the start, less behind US cover."""
    return clip(pressure + reaction * growth * (1.0 - deterred * involvement), 0.0, 1.0)


def force_growth(force_ratio: float, force_ratio_at_start: float) -> float:
    """Return how much of the required force has been added since the start, in [-1, 1]."""
    return smaller(1.0, force_ratio) - smaller(1.0, force_ratio_at_start)


def credibility(
    previous: float, recovery: float, loss: float, involvement_before: float, involvement: float
) -> float:
    """Return the credibility of Washington: slowly regained, lost in proportion to a promise withdrawn."""
    withdrawn = larger(0.0, involvement_before - involvement)
    return clip(previous + recovery * (1.0 - previous) - loss * withdrawn, 0.0, 1.0)


# The mandate


Mandate = tuple[float, float, float]
"""Shares of peacekeeping, deterrence and reassurance, summing to 1."""


def scripted_mandate(purpose: Mandate, clarity: float) -> Mandate:
    """Return the mandate of so much clarity between anything goes and one purpose (1, the others 0)."""
    weight = sqrt(clarity)
    uniform = (1.0 - weight) / 3.0
    return (
        uniform + weight * purpose[0],
        uniform + weight * purpose[1],
        uniform + weight * purpose[2],
    )


def concentration(mandate: Mandate) -> float:
    """Return the Herfindahl index of the mandate, 1/3 (anything goes) to 1 (one purpose)."""
    return mandate[0] * mandate[0] + mandate[1] * mandate[1] + mandate[2] * mandate[2]


def clarity(herfindahl: float) -> float:
    """Return the normalised Herfindahl index: 0 anything goes, 1 one purpose."""
    return (herfindahl - 1.0 / 3.0) / (2.0 / 3.0)


def engagement(stance: float) -> float:
    """Return how much a nation takes part in drafting the mandate, by its rung."""
    return 0.2 + stance / 3.0


def mean_pull(peacekeeping: float, deterrence: float, reassurance: float, weight: float) -> Mandate:
    """Return the weighted mean of preferred mandates from weighted sums; nobody's pull is even."""
    divisor = weight if weight > 0.0 else 1.0
    even = 0.0 if weight > 0.0 else 1.0 / 3.0
    return (peacekeeping / divisor + even, deterrence / divisor + even, reassurance / divisor + even)


def negotiated_mandate(mandate: Mandate, pull: Mandate, planning: float, bargaining: float) -> Mandate:
    """Return the mandate after a round of the discrete replicator map.

    Planning sharpens what is already dominant, bargaining moves towards what participants pull for.
    """
    herfindahl = concentration(mandate)
    mean = mandate[0] * pull[0] + mandate[1] * pull[1] + mandate[2] * pull[2]
    first = mandate[0] * (1.0 + planning * (mandate[0] - herfindahl) + bargaining * (pull[0] - mean))
    second = mandate[1] * (1.0 + planning * (mandate[1] - herfindahl) + bargaining * (pull[1] - mean))
    third = mandate[2] * (1.0 + planning * (mandate[2] - herfindahl) + bargaining * (pull[2] - mean))
    whole = first + second + third
    return (first / whole, second / whole, third / whole)


# Perceiving and weighing


def perceive(perceived: float, actual: float, attention: float, sensitivity: float) -> float:
    """Return a perception that moves towards the actual value, faster where the nation depends on it."""
    return perceived + attention * (0.5 + sensitivity) * (actual - perceived)


def shock(
    previous: float, persistence: float, volatility: float, common_part: float, own_part: float
) -> float:
    """Return a nation's passing mood: an autoregressive process with a part that all nations share."""
    return persistence * previous + volatility * (common_part + own_part)


def terms(behaviour: Behaviour, nation: Nation, world: World) -> Terms:
    """Return each term of a nation's propensity in log-odds."""
    fit = (
        world.peacekeeping * nation.prefers_peacekeeping
        + world.deterrence * nation.prefers_deterrence
        + world.reassurance * nation.prefers_reassurance
    )
    uncovered = 1.0 - behaviour.shield_us * nation.us_perceived
    fighting = 1.0 - behaviour.shield_ceasefire * world.ceasefire
    return Terms(
        us_involvement=behaviour.b_us_involvement * nation.us_reliance * nation.us_perceived,
        ambiguity=-behaviour.b_ambiguity * nation.clarity_need * (1.0 - world.clarity),
        mandate_fit=behaviour.b_mandate_fit * 1.5 * (fit - 1.0 / 3.0),
        authority=behaviour.b_authority * nation.legalism * world.authority,
        threat=behaviour.b_threat * nation.threat * nation.pressure_perceived,
        escalation=-behaviour.b_escalation
        * nation.escalation_fear
        * nation.pressure_perceived
        * uncovered
        * fighting,
        home_defence=-behaviour.b_home_defence * nation.frontline * nation.pressure_perceived,
        ceasefire=behaviour.b_ceasefire * world.ceasefire,
        peers=behaviour.b_peers * (nation.peers / 3.0),
        critical_mass=behaviour.b_critical_mass * smaller(1.0, world.force_ratio),
        free_riding=-behaviour.b_free_riding * larger(0.0, world.force_ratio - 1.0),
        public_opinion=behaviour.b_public_opinion * nation.support_shift,
        lobbying=nation.lobbying,
        shock=nation.shock,
    )


def total(parts: Terms) -> float:
    """Return the sum of the terms, added in their order."""
    return (
        parts.us_involvement
        + parts.ambiguity
        + parts.mandate_fit
        + parts.authority
        + parts.threat
        + parts.escalation
        + parts.home_defence
        + parts.ceasefire
        + parts.peers
        + parts.critical_mass
        + parts.free_riding
        + parts.public_opinion
        + parts.lobbying
        + parts.shock
    )


def undisturbed(nation: Nation) -> Nation:
    """Return the nation as it would weigh with no lobbying and no passing mood: what an anchor is about."""
    return Nation(*nation[:-2], 0.0, 0.0)  # the last two are lobbying and shock


# Deciding


def pressed_ladder(behaviour: Behaviour, decision_pressure: float) -> Ladder:
    """Return the thresholds of a round: under decision pressure the two lower rungs draw together.

    "Too early to say" then ceases to be an answer.
    """
    middle = (behaviour.climb_to_undecided + behaviour.slip_to_undecided) / 2.0
    to_undecided = behaviour.climb_to_undecided + decision_pressure * (middle - behaviour.climb_to_undecided)
    to_open = behaviour.climb_to_open + decision_pressure * (middle - behaviour.climb_to_open)
    opposed = behaviour.slip_to_opposed + decision_pressure * (middle - behaviour.slip_to_opposed)
    undecided = behaviour.slip_to_undecided + decision_pressure * (middle - behaviour.slip_to_undecided)
    return Ladder(
        climb_to_undecided=to_undecided,
        climb_to_open=to_open,
        climb_to_committed=behaviour.climb_to_committed,
        slip_to_opposed=smaller(opposed, to_undecided - LEAST_HYSTERESIS),
        slip_to_undecided=smaller(undecided, to_open - LEAST_HYSTERESIS),
        slip_to_open=smaller(behaviour.slip_to_open, behaviour.climb_to_committed - LEAST_HYSTERESIS),
    )


def met(level: float, at_least: float) -> bool:
    """Return whether an actual level meets a stated condition."""
    return level >= at_least - CONDITION_TOLERANCE


def approved_rounds(previous: float, propensity: float, climb_to_committed: float) -> float:
    """Return for how many rounds on end, this one included, the propensity has been above the threshold."""
    return previous + 1.0 if propensity > climb_to_committed else 0.0


def may_commit(deployable: float, conditions_met: bool, approved: float, ratification_rounds: float) -> bool:
    """Return whether nothing but willingness stands between a nation and a commitment."""
    return (deployable > 0.0) & conditions_met & (approved > ratification_rounds)


def next_stance(stance: float, propensity: float, ladder: Ladder, free_to_commit: bool) -> float:
    """Return the stance after a round: at most one rung up or, failing that, one rung down."""
    climb = (
        ladder.climb_to_undecided
        if stance < 0.5
        else (ladder.climb_to_open if stance < 1.5 else ladder.climb_to_committed)
    )
    slip = (
        ladder.slip_to_opposed
        if stance < 1.5
        else (ladder.slip_to_undecided if stance < 2.5 else ladder.slip_to_open)
    )
    rung_is_free = (stance < 1.5) | ((stance < 2.5) & free_to_commit)
    climbs = (propensity > climb) & rung_is_free
    slips = (propensity < slip) & (stance > 0.5)
    return stance + 1.0 if climbs else (stance - 1.0 if slips else stance)


def held_stance(stance: float, least: float, most: float) -> float:
    """Return the stance of a nation that may be held in the coalition or out of it."""
    return clip(stance, least, most)


def reached_stance(propensity: float, ladder: Ladder) -> float:
    """Return the rung, short of commitment, that a nation with no stated position starts on."""
    above_opposed = 1.0 if propensity > ladder.climb_to_undecided else 0.0
    return 2.0 if propensity > ladder.climb_to_open else above_opposed


def pledge(stance: float, deployable: float, propensity: float, climb_to_committed: float) -> float:
    """Return the soldiers a nation pledges: none unless committed, then half to all that it can deploy."""
    eagerness = clip((propensity - climb_to_committed) / 3.0, 0.0, 1.0)
    return deployable * (0.5 + 0.5 * eagerness) if stance > 2.5 else 0.0


# Lobbying


def lobbying_value(deployable: float, propensity: float, climb_to_committed: float) -> float:
    """Return what a visit to a nation promises: its troops, discounted by its distance from the threshold."""
    distance = propensity - climb_to_committed
    return deployable / (1.0 + distance * distance)


# Drawing what is uncertain, once a run


def drawn_between(low: float, high: float, draw: float) -> float:
    """Return the point between two bounds that a uniform draw in [0, 1) picks."""
    return low + (high - low) * draw


def drawn_attribute(mean: float, half_width: float, draw: float) -> float:
    """Return a composite attribute within its uncertainty, in [0, 1]."""
    return clip(mean + half_width * (2.0 * draw - 1.0), 0.0, 1.0)


def drawn_level(level: float, half_width: float, draw: float) -> float:
    """Return a level of the scenario within its uncertainty, in [0, 1]; what is absent stays absent."""
    return clip(level + half_width * (2.0 * draw - 1.0), 0.0, 1.0) if level > 0.0 else 0.0


def drawn_threshold(at_least: float, half_width: float, draw: float) -> float:
    """Return the threshold of a stated condition within its uncertainty; exact where the half-width is 0."""
    return at_least + half_width * (2.0 * draw - 1.0)
