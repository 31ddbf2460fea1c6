"""The lanes of a block of runs: what is kept of them, and what the rules see of one.

A lane is a run. Nations and the world are rows of structured arrays whose fields are lanes. So the compiler
knows how many lanes there are and where each field lies: it needs no loops for what is left over and few
tests whether arrays overlap, and what belongs to a nation lies together in the processor's cache.
"""

from collections.abc import Callable
from inspect import isfunction
from typing import Any, NamedTuple

import numpy as np
from numba.extending import register_jitable
from numpy.typing import NDArray

from sim.inputs.parameters import PARAMETERS
from sim.inputs.vocabulary import ATTRIBUTES, CONDITIONS, LEVELS, PURPOSES, Stance
from sim.model import draws, rules
from sim.model.setup import Setup, row_type


def compilable(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let compiled code call a Python function.

    Divisions become SIMD only where they need not raise; nothing in C calls the function, and leaving out
    what C would need compiles faster.
    """
    as_numpy = register_jitable(error_model="numpy", no_cfunc_wrapper=True)
    return as_numpy(function)


for _function in filter(isfunction, [*vars(rules).values(), *vars(draws).values()]):
    compilable(_function)

LANES = 32
"""Runs side by side; a block of them stays in the processor's cache."""

COMMITTED = float(Stance.COMMITTED)
ATTRIBUTE_COUNT, CONDITION_COUNT = len(ATTRIBUTES), len(CONDITIONS)
LEVEL_COUNT, PURPOSE_COUNT = len(LEVELS), len(PURPOSES)
US_RELIANCE, THREAT = ATTRIBUTES.index("us_reliance"), ATTRIBUTES.index("threat")


def _lanes(**fields: Any) -> np.dtype[np.void]:
    """Return a row whose fields are lanes of a type or, if a number is given, that many of them."""
    return row_type(
        [
            (name, "f8", (kind, LANES)) if isinstance(kind, int) else (name, kind, (LANES,))
            for name, kind in fields.items()
        ],
        align=True,
    )


NATION_LANES = _lanes(
    attributes=ATTRIBUTE_COUNT,
    at_least=CONDITION_COUNT,
    predisposition="f8",
    us_perceived="f8",
    pressure_perceived="f8",
    peers="f8",
    lobbying="f8",
    shock="f8",
    propensity="f8",
    stance="f8",
    wanted_stance="f8",
    approved="f8",
    conditions_met="f8",
    pledge="f8",
    visit_worth="f8",
    first_stance="f8",
    first_committed="f8",
    bin="i8",
    shock_key="u8",
)
"""Where a nation stands in every lane."""

WORLD_LANES = _lanes(
    behaviour=len(PARAMETERS),
    levels=LEVEL_COUNT,
    involvement="f8",
    involvement_before="f8",
    credibility="f8",
    us_signal="f8",
    pressure="f8",
    clarity="f8",
    mandate=PURPOSE_COUNT,
    members="f8",
    force="f8",
    force_ratio="f8",
    force_ratio_at_start="f8",
    common_weight="f8",
    own_weight="f8",
    common_shock="f8",
    ladder=len(rules.Ladder._fields),
    best_worth="f8",
    best_nation="f8",
    first_met="f8",
    run_key="u8",
    common_key="u8",
)
"""What all nations of a lane see alike, and what is kept for a lane."""

Row = Any
"""A row of a structured array; Numba reads its fields as attributes."""


class State(NamedTuple):
    """Where the runs of a block stand."""

    nations: NDArray[np.void]  # (nations,) of NATION_LANES
    world: NDArray[np.void]  # (1,) of WORLD_LANES


def empty_state(setup: Setup) -> State:
    """Return room for a block of runs."""
    return State(np.zeros(setup.nations.size, NATION_LANES), np.zeros(1, WORLD_LANES))


# What the rules see of a lane


@compilable
def behaviour_of(world: Row, lane: int) -> rules.Behaviour:
    """Return a lane's parameters."""
    b = world.behaviour
    # fmt: off
    return rules.Behaviour(
        b[0, lane], b[1, lane], b[2, lane], b[3, lane], b[4, lane], b[5, lane],
        b[6, lane], b[7, lane], b[8, lane], b[9, lane], b[10, lane], b[11, lane],
        b[12, lane], b[13, lane], b[14, lane], b[15, lane], b[16, lane], b[17, lane],
        b[18, lane], b[19, lane], b[20, lane], b[21, lane], b[22, lane], b[23, lane],
        b[24, lane], b[25, lane], b[26, lane], b[27, lane], b[28, lane], b[29, lane],
    )
    # fmt: on


@compilable
def ladder_of(world: Row, lane: int) -> rules.Ladder:
    """Return this round's thresholds in a lane."""
    t = world.ladder
    return rules.Ladder(t[0, lane], t[1, lane], t[2, lane], t[3, lane], t[4, lane], t[5, lane])


@compilable
def nation_of(given: Row, said: Row, nation: Row, lane: int) -> rules.Nation:
    """Return what a nation is and perceives in a lane."""
    attributes, preferred = nation.attributes, given.preferred
    return rules.Nation(
        attributes[0, lane],
        attributes[1, lane],
        attributes[2, lane],
        attributes[3, lane],
        attributes[4, lane],
        attributes[5, lane],
        preferred[0],
        preferred[1],
        preferred[2],
        nation.us_perceived[lane],
        nation.pressure_perceived[lane],
        nation.peers[lane],
        said.support_shift,
        nation.lobbying[lane],
        nation.shock[lane],
    )


@compilable
def levels_of(world: Row, lane: int) -> rules.Levels:
    """Return what the scenario prescribes in a lane, this round."""
    v = world.levels
    return rules.Levels(v[0, lane], v[1, lane], v[2, lane], v[3, lane], v[4, lane], v[5, lane])


@compilable
def world_of(world: Row, lane: int) -> rules.World:
    """Return what all nations of a lane see alike."""
    mandate, levels = world.mandate, levels_of(world, lane)
    return rules.World(
        world.clarity[lane],
        mandate[0, lane],
        mandate[1, lane],
        mandate[2, lane],
        levels.authority,
        levels.ceasefire,
        world.force_ratio[lane],
    )
