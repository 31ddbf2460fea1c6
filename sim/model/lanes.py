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

from sim.declarations import arithmetic
from sim.declarations.arithmetic import smaller
from sim.declarations.arrays import Floats
from sim.declarations.levels import CONDITIONS, LEVELS, LEVERS, MOVED, PERCEIVED
from sim.declarations.records import Behaviour, Ladder, Levels, Nation, Policies, Record, World
from sim.declarations.terms import TERMS
from sim.declarations.words import PURPOSES, Stance
from sim.model import draws, rules
from sim.model.generated import reader, written_out
from sim.model.linking import LinkedFunction
from sim.model.setup import Setup, row_type
from sim.model.tally import BINS, WORLD_VARIABLES

OPTIONS: dict[str, Any] = {"error_model": "numpy", "no_cfunc_wrapper": True, "_nrt": False}
"""How all is compiled. Divisions become SIMD only where they need not raise; nothing in C calls a function;
no references are counted, as no function makes an array and Python holds those that they are given."""


def compilable(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let compiled code call a Python function."""
    return register_jitable(**OPTIONS, pipeline_class=LinkedFunction)(function)


_equations = [term.equation for term in TERMS.values()]
_rooms = [vars(arithmetic), vars(rules), vars(draws)]
for _function in filter(isfunction, [*_equations, *(each for room in _rooms for each in room.values())]):
    compilable(_function)

LANES = 32
"""Runs side by side; a block of them stays in the processor's cache."""

BLOCKS = 8
"""Blocks of runs that are put into bins before any is counted: what is counted of a nation in a round stays
in the processor's cache while they are, which that of all nations and rounds would not."""

MOST_BINS = 2**24
"""Bytes of blocks in bins at most, if more than one: of thousands of rounds each takes some MB."""

COUNTERS = 4
"""Counters of a bin, which take turns: to add to one is to wait for what was added to it before."""

COMMITTED = float(Stance.COMMITTED)
CONDITION_COUNT, LEVEL_COUNT, PURPOSE_COUNT = len(CONDITIONS), len(LEVELS), len(PURPOSES)
LEVER_COUNT, PERCEIVED_COUNT, POLICY_COUNT = len(LEVERS), len(PERCEIVED), len(Policies._fields)
MOVES = len(Stance) ** 2
"""From each stance to each."""
PERCEIVED_LEVERS = tuple(LEVERS.index(name) for name in PERCEIVED)
"""Where the perceived stand among the levers."""


def _lanes(shared: Mapping[str, tuple[int, ...]] = {}, **fields: Any) -> np.dtype[np.void]:
    """Return a row whose fields are lanes of a type or, for a number, that many lanes of numbers.

    What is shared is alike in all lanes: numbers of a shape.
    """
    lanes = [
        (name, "f8", (kind, LANES)) if isinstance(kind, int) else (name, kind, (LANES,))
        for name, kind in fields.items()
    ]
    return row_type([*lanes, *((name, "f8", shape) for name, shape in shared.items())], align=True)


NATION_LANES = _lanes(
    slopes=LEVER_COUNT,
    perceived=PERCEIVED_COUNT,
    at_least=CONDITION_COUNT,
    deployable="f8",
    further_levels="f8",
    disposition="f8",
    predisposition="f8",
    others_at_start="f8",
    others_growth="f8",
    lobbying="f8",
    mood="f8",
    unmet="f8",
    demands_met="f8",
    propensity="f8",
    contribution="f8",
    contributes="f8",
    supports="f8",
    says="f8",
    is_new="f8",
    election="f8",
    least_stance="f8",
    most_stance="f8",
    stated="f8",
    restates="f8",
    stance="f8",
    above="f8",
    below="f8",
    committed="f8",
    pledge="f8",
    fielded="f8",
    visit_worth="f8",
    first_stance="f8",
    first_committed="f8",
    hold="u1",
    mood_key="u8",
)
"""Where a nation stands in every lane."""

WORLD_LANES = _lanes(
    shared={"most_force": (), "level_half_width": (), "unstated": (3,)},
    point="i8",
    run="i8",
    force_required="f8",
    policies=POLICY_COUNT,
    involvement_set="f8",
    mandate_set="f8",
    behaviour=len(Behaviour._fields),
    levels=LEVEL_COUNT,
    **dict.fromkeys(MOVED, "f8"),
    at_start=LEVEL_COUNT,
    changes=LEVER_COUNT,
    mandate=PURPOSE_COUNT,
    share="f8",
    members="f8",
    contributors="f8",
    force="f8",
    fielded="f8",
    force_pledged="f8",
    force_ratio="f8",
    force_ratio_at_start="f8",
    leads_absent="f8",
    granted_involvement="f8",
    took_back="f8",
    common_mood="f8",
    ladder=len(Ladder._fields),
    best_worth="f8",
    best_nation="f8",
    first_met="f8",
    moves=MOVES,
    run_key="u8",
    common_key="u8",
    reversal_key="u8",
)
"""What all nations of a lane see alike, and what is kept for a lane."""

StructuredRow = Any
"""A row of a structured array; Numba reads its fields as attributes."""


class State(NamedTuple):
    """Where the runs of a block stand, and the traits of their nations."""

    traits: NDArray[np.void]  # (nations,) of NATION
    nations: NDArray[np.void]  # (nations,) of NATION_LANES
    world: NDArray[np.void]  # (1,) of WORLD_LANES
    leads: NDArray[np.int64]  # (leads,) indices of nations
    further_levels: Floats  # (further levels, LANES)
    further_at_start: Floats  # (further levels, LANES)
    speaks: NDArray[np.bool_]  # (nations,) whether a nation states anything this round, in any lane
    happened: Floats  # (events, LANES) the round in which each happened, infinite: not yet
    bins: NDArray[np.uint8]  # (rows, nations and WORLD_VARIABLES, blocks, LANES) that are still to be counted
    counts: NDArray[np.int32]  # (COUNTERS, BINS)
    turns: NDArray[np.int32]  # (rows,) taken while one of the threads that share counts adds to them


def empty_state(setup: Setup, rows: int) -> State:
    """Return room for a block of runs, of which so many of the last rounds are counted."""
    world = np.zeros(1, WORLD_LANES)
    for name in ("force_required", "level_half_width", "unstated"):
        world[name] = getattr(setup, name)
    world["most_force"] = most_force(setup)
    nations = np.zeros(setup.nations.size, NATION_LANES)
    binned = nations.size + len(WORLD_VARIABLES)
    blocks = max(1, min(BLOCKS, MOST_BINS // max(rows * binned * LANES, 1)))
    return State(
        traits=setup.nations,
        nations=nations,
        world=world,
        leads=setup.leads,
        further_levels=np.zeros((setup.further_levels.shape[1], LANES)),
        further_at_start=np.zeros((setup.further_levels.shape[1], LANES)),
        speaks=np.zeros(nations.size, np.bool_),
        happened=np.full((setup.contingents.size, LANES), np.inf),
        bins=np.zeros((rows, binned, blocks, LANES), np.uint8),
        counts=np.zeros((COUNTERS, BINS), np.int32),
        turns=np.zeros(rows, np.int32),
    )


def most_force(setup: Setup) -> float:
    """Return the most soldiers that all nations together could deploy, the upper limit of the force."""
    troops = 0.0
    for deployable in setup.nations["deployable"].tolist():
        troops += deployable
    return max(troops * rules.MOST_DEPLOYED, 1.0)


# What the rules see of a lane, made from the declarations


def _in_lane(array: str, names: Iterable[str]) -> dict[str, str]:
    """Return where a lane's values stand in an array whose rows have these names."""
    return {name: f"{array}[{row}, lane]" for row, name in enumerate(names)}


def _made(kind: type[Record], arguments: str, fields: Mapping[str, str], doc: str) -> Callable[..., Any]:
    return compilable(reader(kind, arguments, fields, doc))


behaviour_of = _made(
    Behaviour, "world, lane", _in_lane("world.behaviour", Behaviour._fields), "Return a lane's parameters."
)

ladder_of = _made(
    Ladder, "world, lane", _in_lane("world.ladder", Ladder._fields), "Return the thresholds of a lane."
)

policies_of = _made(
    Policies,
    "world, lane",
    _in_lane("world.policies", Policies._fields),
    "Return the policies and the purpose that hold in a lane.",
)

levels_of = _made(
    Levels,
    "world, lane",
    _in_lane("world.levels", LEVELS),
    "Return what the scenario prescribes in a lane, this round.",
)

levels_now = compilable(
    reader(
        Levels,
        "world, lane",
        {**_in_lane("world.levels", LEVELS), **{name: f"world.{name}[lane]" for name in MOVED}},
        "Return the levels of a lane's world as they are.",
    )
)

levels_at_start = compilable(
    reader(
        Levels,
        "world, lane",
        _in_lane("world.at_start", LEVELS),
        "Return the levels of a lane's world as they were at the start.",
    )
)

world_of = _made(
    World,
    "world, lane",
    {
        **_in_lane("world.levels", LEVELS),
        **{name: f"world.{name}[lane]" for name in MOVED},
        **_in_lane("world.changes", [f"{name}_change" for name in LEVERS]),
        **_in_lane("world.mandate", PURPOSES),
        "force_ratio": "world.force_ratio[lane]",
        "leads_absent": "world.leads_absent[lane]",
    },
    "Return what all nations of a lane see alike.",
)

nation_of = _made(
    Nation,
    "traits, nation, lane",
    {
        **_in_lane("nation.slopes", [f"slope_{name}" for name in LEVERS]),
        **_in_lane("nation.perceived", [f"{name}_change" for name in PERCEIVED]),
        **{name: f"nation.{name}[lane]" for name in NATION_LANES.names or ()},
        "leads": "traits.leads",
    },
    "Return what a nation is and perceives in a lane.",
)

demands_met = compilable(
    written_out(
        "demands_met",
        "world, nation, lane",
        " & ".join(
            f"met(world.{name}, nation.at_least[{index}, lane])" for index, name in enumerate(CONDITIONS)
        ),
        {"met": rules.met},
        "Return whether all that a nation has demanded is the case in a lane's world.",
    )
)


def _least_met(index: int) -> str:
    share = f"met_share(world.{CONDITIONS[index]}, nation.at_least[{index}, lane])"
    return share if index == 0 else f"smaller({_least_met(index - 1)}, {share})"


unmet = compilable(
    written_out(
        "unmet",
        "world, nation, lane",
        f"1.0 - {_least_met(CONDITION_COUNT - 1)}",
        {"met_share": rules.met_share, "smaller": smaller},
        "Return how far the least met of a nation's demands is unmet in a lane's world, 0 to 1.",
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
