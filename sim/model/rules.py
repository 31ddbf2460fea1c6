"""The rules of the model, one small function a mechanism, in plain arithmetic on numbers.

The Mesa agents call these functions as they stand; the ensemble compiles the very same ones. Both give
the same bits because a rule uses only ``+ - * / sqrt``, comparisons and selects, in the order written: no
``exp`` or ``log``, no sums left to a library, no branches (``a if c else b`` is a select). The equations
and their sources are in the documentation of the model; symbols there are names here.
"""

from math import sqrt

from sim.declarations.arithmetic import clip, larger, smaller
from sim.declarations.records import Behaviour, Ladder, Nation, Terms
from sim.declarations.terms import TERMS
from sim.model.generated import written_out

LEAST_HYSTERESIS = 0.15
"""Log-odds that stay between climbing to a rung and slipping from it under decision pressure."""

CONDITION_TOLERANCE = 1e-9

PASSING = ("lobbying", "shock")
"""What moves a nation for a while only."""


# Patron and adversary


def burden_sharing_involvement(
    involvement: float, force_ratio: float, ceiling: float, threshold: float, width: float, speed: float
) -> float:
    """Return involvement when the patron wants others to show up first, moving at most `speed` a round."""
    goal = ceiling * clip(0.5 + (force_ratio - threshold) / width, 0.0, 1.0)
    return involvement + clip(goal - involvement, -speed, speed)


def reactive_pressure(
    pressure: float, reaction: float, deterred: float, involvement: float, growth: float
) -> float:
    """Return pressure that rises with the force's growth since the start, less behind the patron's cover."""
    return clip(pressure + reaction * growth * (1.0 - deterred * involvement), 0.0, 1.0)


def force_growth(force_ratio: float, force_ratio_at_start: float) -> float:
    """Return how much of the required force has been added since the start, in [-1, 1]."""
    return smaller(1.0, force_ratio) - smaller(1.0, force_ratio_at_start)


def credibility(
    previous: float, recovery: float, loss: float, involvement_before: float, involvement: float
) -> float:
    """Return the credibility of the patron: slowly regained, lost in proportion to a promise withdrawn."""
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


_WEIGHED = "behaviour, nation, world"

terms = written_out(
    "terms",
    _WEIGHED,
    f"Terms({', '.join(f'{name}({_WEIGHED})' for name in Terms._fields)})",
    {"Terms": Terms, **{name: term.equation for name, term in TERMS.items()}},
    "Return each term of a nation's propensity in log-odds.",
)

total = written_out(
    "total",
    "parts",
    " + ".join(f"parts.{name}" for name in Terms._fields),
    {},
    "Return the sum of the terms, added in their order.",
)

undisturbed = written_out(
    "undisturbed",
    "nation",
    f"Nation({', '.join('0.0' if name in PASSING else f'nation.{name}' for name in Nation._fields)})",
    {"Nation": Nation},
    "Return the nation as it would weigh with no lobbying and no passing mood: what an anchor is about.",
)


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
