"""The rules of the model, one small function a mechanism, in plain arithmetic on numbers.

The Mesa agents call these functions as they stand; the ensemble compiles the very same ones. Both give
the same bits because a rule uses only ``+ - * / sqrt``, comparisons and selects, in the order written: no
``exp`` or ``log``, no sums left to a library, no branches (``a if c else b`` is a select). The equations
and their sources are in the documentation of the model; symbols there are names here.
"""

from itertools import pairwise
from math import sqrt

from sim.declarations.arithmetic import clip, smaller
from sim.declarations.levels import LEVELS, LEVERS
from sim.declarations.records import Behaviour, Ladder, Nation, Terms
from sim.declarations.terms import TERMS
from sim.model.generated import written_out

CONDITION_TOLERANCE = 1e-9

SOFTNESS = 0.15
"""How far below a demanded level it begins to be met."""

ATTENTION = 0.4
"""Share of the gap to a new level that a nation of middling sensitivity closes in a round."""

LOBBY_DECAY = 0.8
"""Share of the effect of visits that is left a round later."""

MISREAD_BETWEEN, MISREAD_AT_ENDS = 0.12, 0.03
"""How often a reading of a statement is a rung off; at the ends governments speak plainly."""

IN_THE_FIELD = 1.0 / 3.0
"""Share of a pledge in the field at a time: as many prepare, and as many recover."""

LEAST_DEPLOYED, LIKELIEST_DEPLOYED, MOST_DEPLOYED = 0.4, 1.0, 1.3
"""What a nation can deploy as a share of what is coded: a triangular distribution."""

CEASEFIRE_HOLDS = 0.5
"""The level from which a ceasefire holds, and what was declared for after one is sent."""

CENTRES = (-2.75, -1.21, -0.24, 1.39)
"""Willingness of those who speak from each rung, at the usual cuts: log-odds."""

USUAL_CUTS = (-1.9, -0.71, 0.41)

PASSING = ("lobbying", "mood")
"""What moves a nation for a while only."""


def _on_their_scale(name: str, world: str) -> str:
    """Return the expression of a level on the scale of past coalitions, as selects."""
    level, cases = f"{world}.{name}", LEVELS[name].cases
    points = [(float(x), float(y)) for x, y in cases.points] if cases else []
    if points == [(0.0, 0.0), (1.0, 1.0)]:
        return level
    written = ""
    for (left, low), (right, high) in reversed(list(pairwise(points))):
        line = f"{low!r} + ({level} - {left!r}) * {(high - low) / (right - left)!r}"
        written = f"({line} if {level} <= {right!r} else {written})" if written else f"({line})"
    return written


# Patron and adversary


def burden_sharing_involvement(
    involvement: float, force_ratio: float, ceiling: float, threshold: float, width: float, speed: float
) -> float:
    """Return involvement when the patron wants others to show up first, moving at most `speed` a round."""
    goal = ceiling * clip(0.5 + (force_ratio - threshold) / width, 0.0, 1.0)
    return involvement + clip(goal - involvement, -speed, speed)


def took_back(previous: float, reversal: float, restoration: float, draw: float) -> float:
    """Return whether the patron has taken back all that it gives (1) or not (0), by a draw in [0, 1)."""
    falls = 1.0 if draw < reversal else 0.0
    stays = 0.0 if draw < restoration else 1.0
    return stays if previous > 0.5 else falls


def reactive_pressure(
    pressure: float, reaction: float, deterred: float, involvement: float, growth: float
) -> float:
    """Return pressure that rises with the force's growth since the start, less behind the patron's cover."""
    return clip(pressure + reaction * growth * (1.0 - deterred * involvement), 0.0, 1.0)


def force_growth(force_ratio: float, force_ratio_at_start: float) -> float:
    """Return how much of the required force has been added since the start, in [-1, 1]."""
    return smaller(1.0, force_ratio) - smaller(1.0, force_ratio_at_start)


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


def negotiated_mandate(mandate: Mandate, pull: Mandate, bargaining: float) -> Mandate:
    """Return the mandate after a round of the discrete replicator map, towards what participants pull for."""
    mean = mandate[0] * pull[0] + mandate[1] * pull[1] + mandate[2] * pull[2]
    first = mandate[0] * (1.0 + bargaining * (pull[0] - mean))
    second = mandate[1] * (1.0 + bargaining * (pull[1] - mean))
    third = mandate[2] * (1.0 + bargaining * (pull[2] - mean))
    whole = first + second + third
    return (first / whole, second / whole, third / whole)


# Perceiving and weighing


def perceive(perceived: float, actual: float, sensitivity: float) -> float:
    """Return a perception that moves towards the actual value, faster where the nation is sensitive to it."""
    return perceived + ATTENTION * (0.5 + sensitivity) * (actual - perceived)


def mood(
    previous: float, persistence: float, volatility: float, common_part: float, own_part: float
) -> float:
    """Return a nation's passing mood: an autoregressive process with a part that all nations share."""
    return persistence * previous + volatility * (common_part + own_part)


def others_growth(force: float, pledge: float, others_at_start: float, force_required: float) -> float:
    """Return by how much the others' pledges have grown since the start, as a share of the force required."""
    return (force - pledge) / force_required - others_at_start


def met_share(level: float, at_least: float) -> float:
    """Return how far an actual level meets a demand: 0 well below it, 1 from it on."""
    return clip(1.0 + (level - at_least) / SOFTNESS, 0.0, 1.0)


def met(level: float, at_least: float) -> bool:
    """Return whether an actual level meets a demand in full."""
    return level >= at_least - CONDITION_TOLERANCE


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

military_total = written_out(
    "military_total",
    "parts",
    " + ".join(f"parts.{name}" for name, term in TERMS.items() if term.military),
    {},
    "Return the sum of the terms that move willingness for any military contribution.",
)

in_full = written_out(
    "in_full",
    "behaviour",
    "Behaviour("
    + ", ".join("1.0" if name == "reach" else f"behaviour.{name}" for name in Behaviour._fields)
    + ")",
    {"Behaviour": Behaviour},
    "Return the parameters under which levels do all that they do to any contribution.",
)

undisturbed = written_out(
    "undisturbed",
    "nation",
    f"Nation({', '.join('0.0' if name in PASSING else f'nation.{name}' for name in Nation._fields)})",
    {"Nation": Nation},
    "Return the nation as it would weigh with no lobbying and no passing mood: what an anchor is about.",
)

changes = written_out(
    "changes",
    "now, start",
    "("
    + ", ".join(f"{_on_their_scale(name, 'now')} - {_on_their_scale(name, 'start')}" for name in LEVERS)
    + ",)",
    {},
    "Return by how much each lever has changed, on the scale of past coalitions.",
)


# Deciding


def rung_read(stance: float, draw: float) -> float:
    """Return the rung that a statement stands for, a rung off where a uniform draw in [0, 1) says so."""
    at_ends = 1.0 if stance < 0.5 else (2.0 if stance > 2.5 else stance)
    down = stance - 1.0 if draw < MISREAD_BETWEEN / 2.0 else stance
    between = stance + 1.0 if draw >= 1.0 - MISREAD_BETWEEN / 2.0 else down
    is_end = (stance < 0.5) | (stance > 2.5)
    return (at_ends if draw < MISREAD_AT_ENDS else stance) if is_end else between


def rung_drawn(below: tuple[float, float, float], draw: float) -> float:
    """Return a rung from the cumulative shares of the three lower ones."""
    above_opposed = 1.0 if draw < below[1] else (2.0 if draw < below[2] else 3.0)
    return 0.0 if draw < below[0] else above_opposed


def within_means(stance: float, deployable: float) -> float:
    """Return the rung that a nation may speak from: nobody without soldiers to send commits."""
    return stance if deployable > 0.0 else smaller(stance, 2.0)


def anchor(stance: float, behaviour: Behaviour) -> float:
    """Return the willingness of a nation that speaks from a rung: its centre, which moves with its cuts."""
    first = behaviour.cut_undecided - USUAL_CUTS[0]
    second = behaviour.cut_open - USUAL_CUTS[1]
    third = behaviour.cut_committed - USUAL_CUTS[2]
    lower = CENTRES[0] + first if stance < 0.5 else CENTRES[1] + (first + second) / 2.0
    upper = CENTRES[2] + (second + third) / 2.0 if stance < 2.5 else CENTRES[3] + third
    return lower if stance < 1.5 else upper


def ladder(behaviour: Behaviour) -> Ladder:
    """Return the thresholds of a run: half the hysteresis on each side of a cut."""
    half = behaviour.hysteresis / 2.0
    return Ladder(
        climb_to_undecided=behaviour.cut_undecided + half,
        climb_to_open=behaviour.cut_open + half,
        climb_to_committed=behaviour.cut_committed + half,
        slip_to_opposed=behaviour.cut_undecided - half,
        slip_to_undecided=behaviour.cut_open - half,
        slip_to_open=behaviour.cut_committed - half,
    )


def climb_from(stance: float, ladder: Ladder) -> float:
    """Return the propensity above which a nation wants to climb; it cannot from the top."""
    lower = ladder.climb_to_undecided if stance < 0.5 else ladder.climb_to_open
    return lower if stance < 1.5 else ladder.climb_to_committed


def slip_from(stance: float, ladder: Ladder) -> float:
    """Return the propensity below which a nation wants to slip; it cannot from the bottom."""
    upper = ladder.slip_to_undecided if stance < 2.5 else ladder.slip_to_open
    return ladder.slip_to_opposed if stance < 1.5 else upper


def rounds_above(previous: float, stance: float, propensity: float, ladder: Ladder) -> float:
    """Return for how many rounds on end, this one included, a nation has wanted to climb."""
    return previous + 1.0 if (propensity > climb_from(stance, ladder)) & (stance < 2.5) else 0.0


def rounds_below(previous: float, stance: float, propensity: float, ladder: Ladder) -> float:
    """Return for how many rounds on end, this one included, a nation has wanted to slip."""
    return previous + 1.0 if (propensity < slip_from(stance, ladder)) & (stance > 0.5) else 0.0


def next_stance(stance: float, above: float, below: float, patience: float, deployable: float) -> float:
    """Return the stance after a round: a rung up or down where a nation has wanted it for long enough.

    Nobody without soldiers to send commits.
    """
    climbs = (above > 0.0) & (above >= patience) & ((stance < 1.5) | (deployable > 0.0))
    slips = (below > 0.0) & (below >= patience)
    return stance + 1.0 if climbs else (stance - 1.0 if slips else stance)


def held_stance(stance: float, least: float, most: float) -> float:
    """Return the stance of a nation that may be held in the coalition or out of it."""
    return clip(stance, least, most)


def pledge(stance: float, deployable: float, propensity: float, cut: float) -> float:
    """Return the soldiers a nation pledges: none unless committed, then half to all that it can deploy."""
    eagerness = clip((propensity - cut) / 3.0, 0.0, 1.0)
    return deployable * (0.5 + 0.5 * eagerness) if stance > 2.5 else 0.0


def committed_rounds(previous: float, stance: float) -> float:
    """Return for how many rounds on end, this one included, a nation has been committed."""
    return previous + 1.0 if stance > 2.5 else 0.0


def firm(committed: float, ratification: float, demands_met: bool) -> bool:
    """Return whether a declared nation may send: its demands are met and its parliament has had its weeks."""
    return (committed > ratification) & demands_met


def fielded(pledge: float, is_firm: bool, ceasefire: float) -> float:
    """Return the soldiers in the field at a time: of what is firm, once a ceasefire holds."""
    return pledge * IN_THE_FIELD if is_firm & (ceasefire >= CEASEFIRE_HOLDS) else 0.0


def contributes(stance: float, contribution: float, is_free_lead: bool) -> bool:
    """Return whether a nation gives any military contribution; the committed and lead nations do."""
    return (contribution > 0.0) | (stance > 2.5) | is_free_lead


# Lobbying


def lobbying_value(deployable: float, propensity: float, cut: float) -> float:
    """Return what a visit to a nation promises: its troops, discounted by its distance from the cut."""
    distance = propensity - cut
    return deployable / (1.0 + distance * distance)


# Drawing what is uncertain, once a run


def drawn_deployable(deployable: float, draw: float) -> float:
    """Return what a nation can deploy in a run, by a uniform draw in [0, 1)."""
    width = MOST_DEPLOYED - LEAST_DEPLOYED
    rise, fall = LIKELIEST_DEPLOYED - LEAST_DEPLOYED, MOST_DEPLOYED - LIKELIEST_DEPLOYED
    rising = LEAST_DEPLOYED + sqrt(draw * width * rise)
    falling = MOST_DEPLOYED - sqrt((1.0 - draw) * width * fall)
    return deployable * (rising if draw * width < rise else falling)


def drawn_level(level: float, half_width: float, draw: float) -> float:
    """Return a level of the scenario within its uncertainty, in [0, 1]; what is absent stays absent."""
    return clip(level + half_width * (2.0 * draw - 1.0), 0.0, 1.0) if level > 0.0 else 0.0


def drawn_threshold(at_least: float, half_width: float, draw: float) -> float:
    """Return the threshold of a stated condition within its uncertainty; exact where the half-width is 0."""
    return at_least + half_width * (2.0 * draw - 1.0)
