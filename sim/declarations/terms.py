"""The terms of a nation's willingness to send soldiers, each declared once: equation, parameters, words.

They are added in this order. An equation is plain arithmetic on numbers, as rules are (`sim.model.rules`):
``+ - * /``, comparisons and selects, so that both engines give the same bits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.declarations.kinds import Equation, Parameter, Term, by_name, half_normal, normal, place

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.declarations.records import Behaviour, Nation, World

_DECLARED: list[Term] = []

PER_UNIT = "log-odds per unit"


def term(
    *, words: str = "", holds_back: str = "", military: bool = True, parameters: tuple[Parameter, ...] = ()
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
                military=military,
                parameters=parameters,
                place=_line_of(equation),
            )
        )
        return equation

    return declare


def _line_of(equation: Equation) -> str:
    code = equation.__code__
    return place(code.co_filename, code.co_firstlineno)


# What levels do: the slope of a nation, learned from past coalitions and of either sign, times the change
# since the start. `reach` is how much of it carries over from any contribution to soldiers on land.


@term(
    words="{patron} involvement",
    holds_back="{patron} involvement",
)
def involvement(behaviour: Behaviour, nation: Nation, world: World) -> float:
    """Return what a change of the patron's involvement is worth, as far as it is perceived."""
    return behaviour.reach * (nation.slope_involvement * nation.involvement_change)


@term(
    words="{adversary} pressure",
    holds_back="{adversary} pressure",
)
def pressure(behaviour: Behaviour, nation: Nation, world: World) -> float:
    """Return what a change of the adversary's pressure is worth, as far as it is perceived."""
    return behaviour.reach * (nation.slope_pressure * nation.pressure_change)


@term(
    words="clarity of the mandate",
    holds_back="unclear what the mission is",
)
def clarity(behaviour: Behaviour, nation: Nation, world: World) -> float:
    """Return what a change of the mandate's clarity is worth."""
    return behaviour.reach * (nation.slope_clarity * world.clarity_change)


@term(
    words="authority of the mandate",
    holds_back="no mandate's authority",
)
def authority(behaviour: Behaviour, nation: Nation, world: World) -> float:
    """Return what a change of the mandate's authority is worth."""
    return behaviour.reach * (nation.slope_authority * world.authority_change)


@term(
    words="{further_levels}",
    holds_back="{further_levels}",
)
def further_levels(behaviour: Behaviour, nation: Nation, world: World) -> float:
    """Return what changes are worth of the levels that the roster declares for its crisis."""
    return behaviour.reach * nation.further_levels


# Interaction: assumed, no data seen; each is switched off where its parameter is 0.


@term(
    words="what others pledge",
    holds_back="what others pledge",
    parameters=(
        Parameter(
            "followership",
            value=0.25,
            range=(-3, 3),
            unit=PER_UNIT,
            meaning="willingness gained when the others add the whole force required to their pledges; "
            "below 0 nations ride free",
            source="thresholds (Granovetter 1978) against free riding (Olson & Zeckhauser 1966); assumed",
            prior=normal(0.25, 0.5, "nations follow each other or leave it to others; either may win"),
        ),
    ),
)
def followership(behaviour: Behaviour, nation: Nation, world: World) -> float:
    """Return what it is worth that others pledge more than at the start."""
    return behaviour.followership * nation.others_growth


@term(
    words="lead nations",
    holds_back="no lead nation is committed",
    parameters=(
        Parameter(
            "framework",
            value=0.8,
            range=(0, 5),
            unit="log-odds",
            meaning="willingness lost while no lead nation is committed",
            source="framework nations carry headquarters and logistics for the others; assumed",
            prior=half_normal(1.0, "without a framework nation there may be no force to join"),
        ),
    ),
)
def framework(behaviour: Behaviour, nation: Nation, world: World) -> float:
    """Return what is lost while no lead nation is committed; lead nations do not wait for themselves."""
    return -behaviour.framework * (1.0 - nation.leads) * world.leads_absent


@term(
    words="visits of lead nations",
    holds_back="visits of lead nations",
)
def lobbying(behaviour: Behaviour, nation: Nation, world: World) -> float:
    """Return what visits of the lead nations have added."""
    return nation.lobbying


# Of soldiers on land alone


@term(words="passing mood", holds_back="passing mood", military=False)
def mood(behaviour: Behaviour, nation: Nation, world: World) -> float:
    """Return how far words have wandered."""
    return nation.mood


@term(
    words="unmet demands",
    holds_back="unmet demands",
    military=False,
    parameters=(
        Parameter(
            "demand",
            value=1.0,
            range=(0, 3),
            unit="log-odds",
            meaning="willingness lost while what a nation has demanded is not the case",
            source="statements of three waves",
            prior=normal(1.0, 0.33, "who says only if is held back by as much as a rung of the ladder"),
            rests_on="fitted",
        ),
    ),
)
def demands(behaviour: Behaviour, nation: Nation, world: World) -> float:
    """Return what is lost while stated demands are unmet; of several the least met counts."""
    return -behaviour.demand * nation.unmet


TERMS = by_name(_DECLARED)
