"""The lanes of a block of runs: what is kept of them, and what the rules see of one.

A lane is a run. Nations and the world are rows of structured arrays whose fields are lanes. So the compiler
knows how many lanes there are and where each field lies: it needs no loops for what is left over and few
tests whether arrays overlap, and what belongs to a nation lies together in the processor's cache.
"""

from collections.abc import Callable, Iterable, Mapping
from inspect import isfunction
from typing import Any, NamedTuple

import numpy as np
from numba.extending import register_jitable
from numpy.typing import NDArray

from sim.declarations.levels import CONDITIONS, LEVELS, MOVED
from sim.declarations.parameters import LADDER, PARAMETERS
from sim.declarations.records import Behaviour, Ladder, Levels, Nation, Record, World
from sim.declarations.terms import TERMS
from sim.declarations.words import ATTRIBUTES, PURPOSES, Stance
from sim.model import draws, rules
from sim.model.generated import reader, written_out
from sim.model.setup import Setup, row_type


def compilable(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let compiled code call a Python function.

    Divisions become SIMD only where they need not raise; nothing in C calls the function, and leaving out
    what C would need compiles faster.
    """
    as_numpy = register_jitable(error_model="numpy", no_cfunc_wrapper=True)
    return as_numpy(function)


_equations = [term.equation for term in TERMS.values()]
for _function in filter(isfunction, [*_equations, *vars(rules).values(), *vars(draws).values()]):
    compilable(_function)

LANES = 32
"""Runs side by side; a block of them stays in the processor's cache."""

COMMITTED = float(Stance.COMMITTED)
ATTRIBUTE_COUNT, CONDITION_COUNT = len(ATTRIBUTES), len(CONDITIONS)
LEVEL_COUNT, PURPOSE_COUNT = len(LEVELS), len(PURPOSES)
RELIANCE, THREAT = ATTRIBUTES.index("reliance"), ATTRIBUTES.index("threat")
"""Whose signals a nation follows the faster."""


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
    involvement_perceived="f8",
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
    **dict.fromkeys(MOVED, "f8"),
    involvement_before="f8",
    credibility="f8",
    signal="f8",
    mandate=PURPOSE_COUNT,
    members="f8",
    force="f8",
    force_ratio="f8",
    force_ratio_at_start="f8",
    common_weight="f8",
    own_weight="f8",
    common_shock="f8",
    ladder=len(Ladder._fields),
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


# What the rules see of a lane, made from the declarations


def _in_lane(array: str, names: Iterable[str]) -> dict[str, str]:
    """Return where a lane's values stand in an array whose rows have these names."""
    return {name: f"{array}[{row}, lane]" for row, name in enumerate(names)}


def _made(kind: type[Record], arguments: str, fields: Mapping[str, str], doc: str) -> Callable[..., Any]:
    return compilable(reader(kind, arguments, fields, doc))


behaviour_of = _made(
    Behaviour, "world, lane", _in_lane("world.behaviour", PARAMETERS), "Return a lane's parameters."
)

ladder_of = _made(
    Ladder, "world, lane", _in_lane("world.ladder", LADDER), "Return this round's thresholds in a lane."
)

levels_of = _made(
    Levels,
    "world, lane",
    _in_lane("world.levels", LEVELS),
    "Return what the scenario prescribes in a lane, this round.",
)

world_of = _made(
    World,
    "world, lane",
    {
        **_in_lane("world.levels", LEVELS),
        **{name: f"world.{name}[lane]" for name in MOVED},
        **_in_lane("world.mandate", PURPOSES),
        "force_ratio": "world.force_ratio[lane]",
    },
    "Return what all nations of a lane see alike.",
)

nation_of = _made(
    Nation,
    "given, said, nation, lane",
    {
        **_in_lane("nation.attributes", ATTRIBUTES),
        **{f"prefers_{purpose}": f"given.preferred[{index}]" for index, purpose in enumerate(PURPOSES)},
        **{name: f"nation.{name}[lane]" for name in NATION_LANES.names or ()},
        "support_shift": "said.support_shift",
    },
    "Return what a nation is and perceives in a lane.",
)

conditions_met = compilable(
    written_out(
        "conditions_met",
        "world, nation, lane",
        " & ".join(
            f"met(world.{name}, nation.at_least[{index}, lane])" for index, name in enumerate(CONDITIONS)
        ),
        {"met": rules.met},
        "Return whether all that a nation has demanded is the case in a lane's world.",
    )
)

conditions_of = compilable(
    written_out(
        "conditions_of",
        "world",
        f"({', '.join(f'world.{name}' for name in CONDITIONS)},)",
        {},
        "Return the levels of a lane's world that conditions may be about.",
    )
)

moved_levels = compilable(
    written_out(
        "moved_levels",
        "world",
        f"({', '.join(f'world.{name}' for name in MOVED)},)",
        {},
        "Return the lanes of each level that something other than the scenario may move.",
    )
)
