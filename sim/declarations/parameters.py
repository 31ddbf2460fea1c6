"""The parameters, each declared once: those of terms beside the terms, those of the other rules here."""

from sim.declarations.kinds import Parameter, beta, by_name, fixed, half_normal, lognormal, uniform
from sim.declarations.terms import TERMS

_ON_THE_LADDER = fixed(
    "the anchor bands are stated on the ladder that it is part of: moving both together changes nothing, and "
    "moving one alone would put nations off the rung on which they were recorded"
)

PERCEIVING = (
    Parameter(
        "attention",
        value=0.4,
        range=(0, 0.66),
        unit="share per round",
        meaning="share of the gap to a new signal that a nation of middling reliance closes in a round; "
        "times 1.5 it must stay below 1, or the most reliant would overshoot",
        source="value set by hand",
        prior=uniform(0.1, 0.66, "half of a new signal is taken in within one to seven weeks"),
    ),
    Parameter(
        "persistence",
        value=0.9,
        range=(0, 0.99),
        unit="per round",
        meaning="share of a domestic shock that is left a round later; below 1, or shocks would never fade",
        source="value set by hand",
        prior=uniform(0.7, 0.99, "moods at home halve within two weeks to more than a year"),
    ),
    Parameter(
        "volatility",
        value=0.06,
        range=(0, 0.5),
        unit="log-odds",
        meaning="standard deviation of a round's new shock",
        source="value set by hand",
        prior=lognormal(
            0.06,
            0.6,
            "the willingness of a hesitant nation drifts by 1 to 10 points of percentage, not more, "
            "without news",
        ),
    ),
    Parameter(
        "common",
        value=0.2,
        range=(0, 1),
        unit="share",
        meaning="share of the variance of shocks that all nations have in common",
        source="value set by hand",
        prior=beta(2, 5, "moods at home are mostly a nation's own: usually less than half in common"),
    ),
)

NEGOTIATING = (
    Parameter(
        "bargaining",
        value=0.05,
        range=(0, 0.4),
        unit="per round",
        meaning="speed at which the mandate moves to what participants prefer; with planning below 1, or a "
        "purpose could turn negative",
        source="replicator dynamics; value set by hand",
        prior=lognormal(0.05, 0.7, "a negotiated mandate moves within months, not weeks"),
    ),
    Parameter(
        "planning",
        value=0.016,
        range=(0, 0.4),
        unit="per round",
        meaning="speed at which planning sharpens the mandate by itself",
        source="replicator dynamics; value set by hand",
        prior=lognormal(0.016, 0.7, "staff work alone sharpens a mandate within a year or so"),
    ),
)

LOBBYING = (
    Parameter(
        "lobby_push",
        value=0.06,
        range=(0, 0.5),
        unit="log-odds",
        meaning="willingness gained from one visit of a lead nation",
        source="bilateral diplomacy builds coalitions (Henke 2017); value set by hand",
        prior=half_normal(
            0.1,
            "one visit moves little, or nothing (Henke 2017 finds that diplomacy matters, not how much)",
        ),
    ),
    Parameter(
        "lobby_decay",
        value=0.8,
        range=(0, 0.99),
        unit="per round",
        meaning="share of the effect of visits that is left a round later; below 1, or visits would add up "
        "without end",
        source="value set by hand",
        prior=uniform(0.5, 0.95, "a visit is half forgotten after one to thirteen weeks"),
    ),
)

TRUSTING = (
    Parameter(
        "credibility_recovery",
        value=0.02,
        range=(0, 1),
        unit="per round",
        meaning="share of the patron's lost credibility that returns in a round",
        source="value set by hand",
        prior=lognormal(0.02, 0.8, "trust returns within months to years"),
    ),
    Parameter(
        "credibility_loss",
        value=0.5,
        range=(0, 1),
        unit="share",
        meaning="credibility lost when a full involvement is withdrawn",
        source="a promise withdrawn is remembered; value set by hand",
        prior=uniform(
            0.0, 1.0, "a promise withdrawn may be forgiven, or all that is promised later be doubted"
        ),
    ),
)


def _rung(name: str, value: float, varies: tuple[float, float], meaning: str, source: str) -> Parameter:
    return Parameter(
        name,
        value=value,
        range=(0.01, 0.99),
        unit="probability",
        meaning=meaning,
        source=source,
        prior=_ON_THE_LADDER,
        varies=varies,
    )


# Willingness at which a nation climbs and slips. Public commitments bind: each slip lies below its climb.
# Climbs rise from rung to rung, and so do slips; the ranges over which they vary keep that order.
LADDER = by_name(
    (
        _rung(
            "climb_to_undecided",
            0.13,
            (0.12, 0.18),
            "willingness above which an opposed nation stops refusing",
            "value set by hand",
        ),
        _rung(
            "climb_to_open",
            0.33,
            (0.31, 0.37),
            "willingness above which an undecided nation opens up",
            "value set by hand",
        ),
        _rung(
            "climb_to_committed",
            0.6,
            (0.5, 0.7),
            "willingness above which an open nation may commit",
            "value set by hand",
        ),
        _rung(
            "slip_to_opposed",
            0.1,
            (0.06, 0.11),
            "willingness below which an undecided nation refuses",
            "audience costs (Fearon 1994): below climb_to_undecided; value set by hand",
        ),
        _rung(
            "slip_to_undecided",
            0.28,
            (0.2, 0.3),
            "willingness below which an open nation hesitates",
            "audience costs (Fearon 1994): below climb_to_open; value set by hand",
        ),
        _rung(
            "slip_to_open",
            0.42,
            (0.38, 0.48),
            "willingness below which a committed nation takes its word back",
            "audience costs (Fearon 1994): below climb_to_committed; value set by hand",
        ),
    )
)

COEFFICIENTS = tuple(term.parameters[0].name for term in TERMS.values() if term.parameters)
"""The parameters that switch a term off where they are 0."""

PARAMETERS = by_name(
    (
        *(term.parameters[0] for term in TERMS.values() if term.parameters),
        *(parameter for term in TERMS.values() for parameter in term.parameters[1:]),
        *PERCEIVING,
        *NEGOTIATING,
        *LOBBYING,
        *TRUSTING,
        *LADDER.values(),
    )
)
"""Every parameter, in the order in which arrays hold them."""

MECHANISMS = (*COEFFICIENTS, "lobby_push")
"""The parameters that switch everything off but anchors, moods and ladder where they are 0."""

ANCHOR_BANDS = {
    "opposed": (0.02, 0.12),
    "undecided": (0.14, 0.32),
    "open": (0.36, 0.54),
    "conditional": (0.34, 0.50),
    "committed": (0.66, 0.92),
    "unknown": (0.05, 0.32),
}
"""Where the willingness of a nation lies at the start, by its recorded position: drawn uniformly in log-odds
between these probabilities.

Each band lies within its rung of the ladder. ``conditional`` is for a nation that is open with a stated
condition that applies; nothing stated: anything short of commitment.
"""
