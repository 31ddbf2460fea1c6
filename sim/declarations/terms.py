"""The terms of a nation's propensity, each declared once: equation, parameters, words.

They are added in this order. An equation is plain arithmetic on numbers, as rules are (`sim.model.rules`):
``+ - * /``, comparisons and selects, so that both engines give the same bits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.declarations.arithmetic import larger, smaller
from sim.declarations.kinds import Equation, Parameter, Term, by_name, half_normal, place, uniform

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.declarations.records import Behaviour, Nation, World

_DECLARED: list[Term] = []

PER_UNIT = "log-odds per unit"

# Coefficients: 0 switches a term off. 5 moves a nation from 8 % to 92 %: no single term should decide more.
# Their priors are half-normal, largest at 0: a mechanism has to earn its place. Attributes and levels run
# from 0 to 1; a deviation of 1.5 means that a term at its full strength moves a nation of 30 % to at most
# 66 % in two of three draws, and to more than 90 % in 4 %.


def term(
    *, words: str = "", holds_back: str = "", parameters: tuple[Parameter, ...] = ()
) -> Callable[[Equation], Equation]:
    """Declare the function below as the next term of the sum; the arguments are those of `Term`."""

    def declare(equation: Equation) -> Equation:
        name = equation.__name__
        _DECLARED.append(
            Term(
                name,
                equation,
                words=words,
                holds_back=holds_back,
                parameters=parameters,
                place=_line_of(equation),
            )
        )
        return equation

    return declare


def _line_of(equation: Equation) -> str:
    code = equation.__code__
    return place(code.co_filename, code.co_firstlineno)


@term(
    words="{patron} involvement",
    holds_back="{patron} involvement",
    parameters=(
        Parameter(
            "b_involvement",
            value=1.0,
            range=(0, 5),
            unit=PER_UNIT,
            meaning="willingness gained from full involvement of the patron by a nation wholly reliant on it",
            source="alliance value (Davidson 2011); value set by hand",
            prior=half_normal(
                1.5, "alliance value is the best supported motive (Davidson 2011), its size here unknown"
            ),
        ),
    ),
)
def involvement(behaviour: Behaviour, nation: Nation, world: World) -> float:
    """Return what the patron's involvement is worth to a nation that relies on it."""
    return behaviour.b_involvement * nation.reliance * nation.involvement_perceived


@term(
    words="ambiguity of the mandate",
    holds_back="unclear what the mission is",
    parameters=(
        Parameter(
            "b_ambiguity",
            value=1.2,
            range=(0, 5),
            unit=PER_UNIT,
            meaning="willingness lost under a mandate that may mean anything, at full need for clarity",
            source="what hesitant governments asked in April 2025; value set by hand",
            prior=half_normal(1.5, "two governments said that clarity matters to them; how much is unknown"),
        ),
    ),
)
def ambiguity(behaviour: Behaviour, nation: Nation, world: World) -> float:
    """Return what a nation that wants to know what the mission is loses by its ambiguity."""
    return -behaviour.b_ambiguity * nation.clarity_need * (1.0 - world.clarity)


@term(
    words="fit of the purpose",
    holds_back="wrong purpose",
    parameters=(
        Parameter(
            "b_mandate_fit",
            value=0.8,
            range=(0, 5),
            unit=PER_UNIT,
            meaning="willingness gained when the mandate is the purpose that a nation prefers",
            source="value set by hand",
            prior=half_normal(1.5, "preferred mandates are inferred, not stated: may well be nothing"),
        ),
    ),
)
def mandate_fit(behaviour: Behaviour, nation: Nation, world: World) -> float:
    """Return what it is worth to a nation that the mandate is what it prefers."""
    fit = (
        world.peacekeeping * nation.prefers_peacekeeping
        + world.deterrence * nation.prefers_deterrence
        + world.reassurance * nation.prefers_reassurance
    )
    return behaviour.b_mandate_fit * 1.5 * (fit - 1.0 / 3.0)


@term(
    words="authority of the mandate",
    holds_back="no mandate's authority",
    parameters=(
        Parameter(
            "b_authority",
            value=1.0,
            range=(0, 5),
            unit=PER_UNIT,
            meaning="willingness gained from a UN mandate at full legalism",
            source="UN authorisation raises joining (Tago 2007); value set by hand",
            prior=half_normal(1.5, "UN authorisation raises joining (Tago 2007), its size here unknown"),
        ),
    ),
)
def authority(behaviour: Behaviour, nation: Nation, world: World) -> float:
    """Return what an authorisation is worth to a nation that wants one."""
    return behaviour.b_authority * nation.legalism * world.authority


@term(
    words="threat",
    holds_back="threat",
    parameters=(
        Parameter(
            "b_threat",
            value=1.5,
            range=(0, 5),
            unit=PER_UNIT,
            meaning="willingness gained from the adversary's pressure at full threat",
            source="balance of threat (Walt 1987); value set by hand, same range as b_escalation: which of "
            "the two wins is a result",
            prior=half_normal(
                2.0,
                "wider than others, and the same as b_escalation: which of the two wins is a result, not an "
                "assumption",
            ),
        ),
    ),
)
def threat(behaviour: Behaviour, nation: Nation, world: World) -> float:
    """Return what pressure adds where the adversary threatens the nation itself."""
    return behaviour.b_threat * nation.threat * nation.pressure_perceived


@term(
    words="fear of escalation",
    holds_back="fear of escalation",
    parameters=(
        Parameter(
            "b_escalation",
            value=2.0,
            range=(0, 5),
            unit=PER_UNIT,
            meaning="willingness lost to the adversary's pressure at full fear of escalation, without cover",
            source="entrapment (Snyder 1984); value set by hand, same range as b_threat",
            prior=half_normal(
                2.0,
                "wider than others, and the same as b_threat: which of the two wins is a result, not an "
                "assumption",
            ),
        ),
        Parameter(
            "shield_patron",
            value=0.3,
            range=(0, 1),
            unit="share",
            meaning="share of the fear of escalation that the patron's troops would take away",
            source="the patron's cover lowers the risk; value set by hand",
            prior=uniform(0.0, 1.0, "cover may take away all of the fear of escalation or nothing"),
        ),
        Parameter(
            "shield_ceasefire",
            value=0.4,
            range=(0, 1),
            unit="share",
            meaning="share of the fear of escalation that a ceasefire takes away",
            source="value set by hand",
            prior=uniform(0.0, 1.0, "a ceasefire may take away all of the fear of escalation or nothing"),
        ),
    ),
)
def escalation(behaviour: Behaviour, nation: Nation, world: World) -> float:
    """Return what pressure takes away where a nation fears the adversary's anger, less behind cover."""
    uncovered = 1.0 - behaviour.shield_patron * nation.involvement_perceived
    fighting = 1.0 - behaviour.shield_ceasefire * world.ceasefire
    return -behaviour.b_escalation * nation.escalation_fear * nation.pressure_perceived * uncovered * fighting


@term(
    words="needed at home",
    holds_back="soldiers needed at home",
    parameters=(
        Parameter(
            "b_home_defence",
            value=1.5,
            range=(0, 5),
            unit=PER_UNIT,
            meaning="willingness lost to the adversary's pressure where the army is needed at home",
            source="said by governments next to the adversary; value set by hand",
            prior=half_normal(
                2.0,
                "said by governments next to the adversary; as wide as the two others of pressure",
            ),
        ),
    ),
)
def home_defence(behaviour: Behaviour, nation: Nation, world: World) -> float:
    """Return what pressure takes away where the army is needed at home."""
    return -behaviour.b_home_defence * nation.frontline * nation.pressure_perceived


@term(
    words="ceasefire",
    holds_back="no ceasefire",
    parameters=(
        Parameter(
            "b_ceasefire",
            value=0.8,
            range=(0, 5),
            unit=PER_UNIT,
            meaning="willingness gained from a ceasefire that holds",
            source="the force is for after the fighting; value set by hand",
            prior=half_normal(
                1.5,
                "many statements make a ceasefire the occasion of the force; how much it moves is unknown",
            ),
        ),
    ),
)
def ceasefire(behaviour: Behaviour, nation: Nation, world: World) -> float:
    """Return what a ceasefire is worth: the force is for after the fighting."""
    return behaviour.b_ceasefire * world.ceasefire


@term(
    words="peers",
    holds_back="peers",
    parameters=(
        Parameter(
            "b_peers",
            value=1.0,
            range=(0, 5),
            unit=PER_UNIT,
            meaning="willingness gained when all whom a nation listens to have committed",
            source="threshold models (Granovetter 1978); value set by hand",
            prior=half_normal(
                1.5,
                "nations look at each other (Granovetter 1978); a coefficient of 4 would let all follow "
                "whoever begins",
            ),
        ),
    ),
)
def peers(behaviour: Behaviour, nation: Nation, world: World) -> float:
    """Return what the stances of those that a nation listens to are worth."""
    return behaviour.b_peers * (nation.peers / 3.0)


@term(
    words="critical mass",
    holds_back="force too small to work",
    parameters=(
        Parameter(
            "b_critical_mass",
            value=0.3,
            range=(0, 5),
            unit=PER_UNIT,
            meaning="willingness gained when the force reaches the size it needs",
            source="value set by hand",
            prior=half_normal(1.0, "narrower: much of it is in peers already"),
        ),
    ),
)
def critical_mass(behaviour: Behaviour, nation: Nation, world: World) -> float:
    """Return what a force is worth that can work."""
    return behaviour.b_critical_mass * smaller(1.0, world.force_ratio)


@term(
    words="free riding",
    holds_back="others will do it",
    parameters=(
        Parameter(
            "b_free_riding",
            value=1.0,
            range=(0, 5),
            unit=PER_UNIT,
            meaning="willingness lost when the force is twice the size it needs",
            source="others will do it (Olson & Zeckhauser 1966); value set by hand",
            prior=half_normal(
                1.5, "others will do it (Olson & Zeckhauser 1966); acts only beyond the force required"
            ),
        ),
    ),
)
def free_riding(behaviour: Behaviour, nation: Nation, world: World) -> float:
    """Return what is lost where others do it already."""
    return -behaviour.b_free_riding * larger(0.0, world.force_ratio - 1.0)


@term(
    words="public opinion",
    holds_back="public opinion",
    parameters=(
        Parameter(
            "b_public_opinion",
            value=3.0,
            range=(0, 10),
            unit=PER_UNIT,
            meaning="willingness gained if support shifts by the whole electorate; it shifts by at most half",
            source="value set by hand",
            prior=half_normal(
                3.0, "twice as wide as others: support shifts by at most half of the electorate"
            ),
        ),
    ),
)
def public_opinion(behaviour: Behaviour, nation: Nation, world: World) -> float:
    """Return what a shift of the public is worth."""
    return behaviour.b_public_opinion * nation.support_shift


@term(words="lobbying", holds_back="lobbying")
def lobbying(behaviour: Behaviour, nation: Nation, world: World) -> float:
    """Return what visits of the lead nations have added."""
    return nation.lobbying


@term(words="passing mood", holds_back="passing mood")
def shock(behaviour: Behaviour, nation: Nation, world: World) -> float:
    """Return the nation's passing mood."""
    return nation.shock


TERMS = by_name(_DECLARED)
