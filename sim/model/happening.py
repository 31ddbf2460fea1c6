"""What a scenario sets in a round, in lanes; and the events that happen in some runs only.

What is set holds in a lane until it is set again, by whichever event comes next there.
"""

import math

import numpy as np

from sim.declarations.levels import LEVELS
from sim.declarations.policies import POLICIES
from sim.declarations.words import PURPOSES
from sim.model import draws, rules
from sim.model.lanes import (
    COMMITTED,
    LANES,
    LEVEL_COUNT,
    POLICY_COUNT,
    State,
    StructuredRow,
    compilable,
    levels_now,
)
from sim.model.points import DesignPoints
from sim.model.setup import CHANGED, OBSERVED, Setup

INVOLVEMENT, CLARITY = ([*LEVELS].index(name) for name in ("involvement", "clarity"))
PURPOSE = [*POLICIES].index(PURPOSES[0])
"""Where the purposes begin among the policies; they are the last."""

FORCE, FIELDED, MEMBERS, CONTRIBUTORS, STANCE, LEFT, SEEN_LEVEL, SEEN_FURTHER = (
    OBSERVED.index(name)
    for name in (
        *("force", "fielded", "committed", "contributors", "stance", "left"),
        *("level", "further_level"),
    )
)
LEVEL, FURTHER_LEVEL, POLICY, STATED, HELD, ELECTION = (
    CHANGED.index(name) for name in ("level", "further_level", "policy", "stated", "held", "election")
)


# What is certain


@compilable
def prescribe(setup: Setup, points: DesignPoints, state: State, step: int) -> None:
    """Set what the scenario sets in round `step`, in each lane as its point has it."""
    world = state.world[0]
    first = 0
    while first < LANES:
        last = last_of_point(world, first)
        _set_world(world, points.rounds[world.point[first], step], step, first, last)
        first = last + 1
    for further in range(state.further_levels.shape[0]):
        if setup.further_set_in[step, further] == step:
            for lane in range(LANES):
                _set_further_level(state, further, setup.further_levels[step, further], step, lane)
    for index in range(state.nations.size):
        _hear(setup.statements[step, index], state, index)


@compilable
def _set_world(world: StructuredRow, now: StructuredRow, step: int, first: int, last: int) -> None:
    """Set the levels and policies that a round sets, in the lanes of a point."""
    for index in range(LEVEL_COUNT):
        if now.level_set_in[index] == step:
            for lane in range(first, last + 1):
                _set_level(world, index, now.levels[index], step, lane)
    for index in range(POLICY_COUNT):
        if now.policies_set[index] > 0:
            for lane in range(first, last + 1):
                world.policies[index, lane] = now.policies[index]
    for lane in range(first, last + 1):
        world.involvement_set[lane] = 1.0 if now.involvement_set else 0.0
        world.mandate_set[lane] = 1.0 if now.mandate_set else 0.0


@compilable
def last_of_point(world: StructuredRow, first: int) -> int:
    """Return the last lane of the point that a lane is the first of."""
    last = first
    while last + 1 < LANES and world.point[last + 1] == world.point[first]:
        last += 1
    return last


@compilable
def _set_level(world: StructuredRow, index: int, level: float, step: int, lane: int) -> None:
    """Set a level; an uncertain one is drawn for the round that sets it."""
    if world.level_half_width > 0.0:
        key = draws.purpose_key(world.run_key[lane], draws.LEVEL_PURPOSES[index], draws.ALL_NATIONS)
        level = rules.drawn_level(level, world.level_half_width, draws.uniform(key, np.uint64(step)))
    world.levels[index, lane] = level


@compilable
def _set_further_level(state: State, further: int, level: float, step: int, lane: int) -> None:
    """Set a level that the roster declares, drawn likewise."""
    world = state.world[0]
    key = draws.purpose_key(world.run_key[lane], draws.FURTHER_PURPOSES[further], draws.ALL_NATIONS)
    drawn = rules.drawn_level(level, world.level_half_width, draws.uniform(key, np.uint64(step)))
    state.further_levels[further, lane] = drawn


@compilable
def _hear(statement: StructuredRow, state: State, index: int) -> None:
    """Note what a nation states in this round, and where it is held from now on."""
    nation = state.nations[index]
    if statement.is_held_anew:
        for lane in range(LANES):
            nation.least_stance[lane] = statement.least_stance
            nation.most_stance[lane] = statement.most_stance
    if statement.is_new or statement.election > 0.0:
        state.speaks[index] = True
        for lane in range(LANES):
            nation.says[lane] = statement.stance
            nation.is_new[lane] = 1.0 if statement.is_new else 0.0
            nation.election[lane] = statement.election


@compilable
def fall_silent(state: State, index: int) -> None:
    """Let what a nation has said in this round be said."""
    if state.speaks[index]:
        nation, state.speaks[index] = state.nations[index], False
        for lane in range(LANES):
            nation.is_new[lane] = 0.0
            nation.election[lane] = 0.0
            nation.restates[lane] = 0.0


# What happens in some runs


@compilable
def come_due(setup: Setup, state: State, step: int) -> None:
    """Find the events that happen in round `step`: their time has come, and the last round made them due.

    Before anything of the round is set: conditions may be about levels.
    """
    for number in range(setup.contingents.size):
        event = setup.contingents[number]
        if step >= event.earliest:
            for lane in range(LANES):
                if state.happened[number, lane] == math.inf and _is_due(state, event, lane):
                    state.happened[number, lane] = step


@compilable
def happen(setup: Setup, state: State, step: int) -> None:
    """Let the events happen that have come due in round `step`."""
    for number in range(setup.contingents.size):
        event = setup.contingents[number]
        for lane in range(LANES):
            if state.happened[number, lane] == step:
                for place in range(event.first_change, event.end_of_changes):
                    _change(state, setup.changes[place], step, lane)


@compilable
def _is_due(state: State, event: StructuredRow, lane: int) -> bool:
    """Return whether an event may happen in a lane, by its draw, and its condition holds."""
    key = draws.purpose_key(state.world[0].run_key[lane], draws.EVENT, event.draw)
    draw, observed = draws.uniform(key, np.uint64(0)), _observed(state, event, lane)
    may_happen = (event.low <= draw) & (draw < event.high)
    return bool(may_happen & (event.least <= observed) & (observed <= event.most))


@compilable
def _observed(state: State, event: StructuredRow, lane: int) -> float:
    """Return what the condition of an event looks at, in a lane, after the last round."""
    world, nation = state.world[0], state.nations[event.nation]
    has_left = (nation.stance[lane] < COMMITTED) & (nation.first_committed[lane] < math.inf)
    value = 0.0
    value = world.force[lane] if event.observed == FORCE else value
    value = world.fielded[lane] if event.observed == FIELDED else value
    value = world.members[lane] if event.observed == MEMBERS else value
    value = world.contributors[lane] if event.observed == CONTRIBUTORS else value
    value = nation.stance[lane] if event.observed == STANCE else value
    value = levels_now(world, lane)[event.level] if event.observed == SEEN_LEVEL else value
    if event.observed == SEEN_FURTHER:
        value = state.further_levels[event.level, lane]
    return (1.0 if has_left else 0.0) if event.observed == LEFT else value


@compilable
def _change(state: State, change: StructuredRow, step: int, lane: int) -> None:
    """Set in a lane what an event sets."""
    world = state.world[0]
    if change.changed == LEVEL:
        _set_level(world, change.place, change.value, step, lane)
        if change.place == INVOLVEMENT:
            world.involvement_set[lane] = 1.0
        if change.place == CLARITY:
            world.mandate_set[lane] = 1.0
    elif change.changed == FURTHER_LEVEL:
        _set_further_level(state, change.place, change.value, step, lane)
    elif change.changed == POLICY:
        world.policies[change.place, lane] = change.value
        if change.place >= PURPOSE:
            world.mandate_set[lane] = 1.0
    elif change.changed == HELD:
        state.nations[change.place].least_stance[lane] = change.value
        state.nations[change.place].most_stance[lane] = change.most
    elif change.changed == STATED:
        state.speaks[change.place] = True
        state.nations[change.place].says[lane] = change.value
        state.nations[change.place].is_new[lane] = 1.0
    else:
        state.speaks[change.place] = True
        state.nations[change.place].election[lane] = change.value
