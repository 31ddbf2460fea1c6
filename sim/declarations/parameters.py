"""The parameters, each declared once: those of terms beside the terms, those of the other rules here."""

from sim.declarations.kinds import Parameter, by_name, half_normal, lognormal, normal, uniform
from sim.declarations.terms import TERMS

REACHING = (
    Parameter(
        "reach",
        value=0.25,
        range=(-1, 2),
        unit="share",
        meaning="how much of what levels do to any contribution they do to soldiers on land",
        source="statements of three waves: 0 fits best, 1 is refuted",
        prior=normal(0.25, 0.25, "past coalitions tell of any contribution; of land soldiers less"),
        rests_on="fitted",
    ),
)

VISITS = (
    Parameter(
        "lobby_push",
        value=0.08,
        range=(0, 0.5),
        unit="log-odds",
        meaning="willingness gained from one visit of a lead nation",
        source="bilateral diplomacy builds coalitions (Henke 2017); assumed",
        prior=half_normal(
            0.1,
            "one visit moves little, or nothing (Henke 2017 finds that diplomacy matters, not how much)",
        ),
    ),
)

WORDS = (
    Parameter(
        "wander",
        value=0.95,
        range=(0, 3),
        unit="log-odds",
        meaning="standard deviation of how far a nation's words have wandered after 22 rounds, five months",
        source="statements of three waves",
        prior=lognormal(0.95, 0.25, "what was said in April, September and January"),
        rests_on="fitted",
    ),
    Parameter(
        "half_life",
        value=26.0,
        range=(4, 520),
        unit="rounds",
        meaning="after how many rounds half of a passing mood is gone",
        source="assumed",
        prior=uniform(13, 52, "moods at home halve within a quarter to a year"),
    ),
    Parameter(
        "common",
        value=0.12,
        range=(0, 1),
        unit="share",
        meaning="share of the variance of moods that all nations have in common",
        source="assumed",
        prior=uniform(0.0, 0.25, "moods at home are mostly a nation's own"),
    ),
)

NEGOTIATING = (
    Parameter(
        "bargaining",
        value=0.05,
        range=(0, 0.4),
        unit="per round",
        meaning="speed at which a negotiated mandate moves to what participants prefer",
        source="replicator dynamics; assumed",
        prior=lognormal(0.05, 0.7, "a negotiated mandate moves within months, not weeks"),
    ),
)

CUTS = by_name(
    (
        Parameter(
            "cut_undecided",
            value=-1.9,
            range=(-2.45, -1.35),
            unit="log-odds",
            meaning="willingness between refusing and being undecided: 13 %",
            source="set by hand",
            prior=normal(-1.9, 0.2, "rungs are words; where they lie is a choice"),
        ),
        Parameter(
            "cut_open",
            value=-0.71,
            range=(-1.25, -0.2),
            unit="log-odds",
            meaning="willingness between being undecided and open: 33 %",
            source="set by hand",
            prior=normal(-0.71, 0.2, "rungs are words; where they lie is a choice"),
        ),
        Parameter(
            "cut_committed",
            value=0.41,
            range=(-0.15, 0.95),
            unit="log-odds",
            meaning="willingness between being open and committed: 60 %",
            source="set by hand",
            prior=normal(0.41, 0.2, "rungs are words; where they lie is a choice"),
        ),
    )
)
"""Where the rungs of the ladder meet."""

STEPS = (
    Parameter(
        "hysteresis",
        value=0.4,
        range=(0, 2),
        unit="log-odds",
        meaning="how far climbing to a rung and slipping from it lie apart, half on each side of the cut",
        source="public commitments bind (Fearon 1994)",
        prior=uniform(0.0, 0.8, "from no audience costs to two thirds of a rung"),
        rests_on="fitted",
    ),
    Parameter(
        "patience",
        value=4.0,
        range=(0, 52),
        unit="rounds",
        meaning="how many rounds on end willingness must lie beyond a rung before a government moves a rung",
        source="statements of three waves",
        prior=uniform(0.0, 8.0, "a government moves within one week to two months"),
        rests_on="fitted",
    ),
)

SUPPORT = (
    Parameter(
        "support",
        value=0.8,
        range=(0, 4),
        unit="log-odds",
        meaning="how far below a military contribution words of support or a few staff officers still lie",
        source="five past coalitions; assumed",
        prior=normal(
            0.8, 0.7, "staff 1.1 below, words 0.3 more likely still, in the five that tell them apart"
        ),
    ),
)

PARAMETERS = by_name(
    (
        *REACHING,
        *(parameter for term in TERMS.values() for parameter in term.parameters),
        *VISITS,
        *WORDS,
        *NEGOTIATING,
        *CUTS.values(),
        *STEPS,
        *SUPPORT,
    )
)
"""Every parameter, in the order in which arrays hold them."""

INTERACTION = ("followership", "framework", "lobby_push")
"""The assumed mechanisms by which nations move each other; 0 removes one."""

FITTED = tuple(name for name, parameter in PARAMETERS.items() if parameter.rests_on == "fitted")
"""What the likelihood of recorded changes of rung may tell something of; of the others it is the prior."""

DERIVED = ("persistence", "volatility", "common_weight", "own_weight")
"""What is worked out from the parameters once, so that no rule takes a power or a root."""
