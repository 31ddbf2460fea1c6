"""Round 0 of a block of runs: what is uncertain is drawn, and nations are anchored in what they have said."""

import math

import numpy as np

from sim.model import draws, rules
from sim.model.lanes import (
    ATTRIBUTE_COUNT,
    CONDITION_COUNT,
    LANES,
    Row,
    State,
    behaviour_of,
    compilable,
    levels_of,
)
from sim.model.lockstep import (
    anchor,
    anchor_predisposition,
    pledge,
    press_ladder,
    script_mandate,
    see_whether_free,
    set_levels,
    state_position,
    take_stances,
    weigh,
    weigh_force,
)
from sim.model.setup import Setup


@compilable
def start(setup: Setup, state: State, seed: np.uint64, first_run: int) -> None:
    """Draw what is uncertain and put the lanes into the anchor world, round 0."""
    now, world = setup.rounds[0], state.world[0]
    _draw_runs(setup.behaviour, world, seed, first_run)
    set_levels(setup, now, world)
    _start_world(now, world)
    press_ladder(world)
    for index in range(setup.nations.size):
        given, said, nation = setup.nations[index], setup.statements[0, index], state.nations[index]
        _draw_nation(given, nation, world)
        _start_nation(given, said, nation, world)
    for index in range(setup.nations.size):
        if state_position(setup.statements[0, index], state.nations[index], world) > 0:
            take_stances(setup, state, index)
        pledge(setup.nations[index], state.nations[index], world)
    weigh_force(setup, world)
    for lane in range(LANES):
        world.force_ratio_at_start[lane] = world.force_ratio[lane]
    for index in range(setup.nations.size):
        given, said, nation = setup.nations[index], setup.statements[0, index], state.nations[index]
        anchor_predisposition(given, said, nation, world, 0)
        weigh(given, said, nation, world)


@compilable
def _start_world(now: Row, world: Row) -> None:
    """Let the world be as the scenario has it at the start."""
    for lane in range(LANES):
        levels = levels_of(world, lane)
        world.involvement[lane] = levels.involvement
        world.credibility[lane] = 1.0
        world.pressure[lane] = levels.pressure
        world.members[lane] = 0.0
        world.force[lane] = 0.0
        world.first_met[lane] = math.inf
    script_mandate(now, world)


@compilable
def _draw_runs(behaviour: Row, world: Row, seed: np.uint64, first_run: int) -> None:
    """Give the lanes their runs' keys and parameters."""
    for lane in range(LANES):
        run = first_run + lane
        run_key = draws.element(seed, np.uint64(run))
        world.run_key[lane] = run_key
        world.common_key[lane] = draws.purpose_key(run_key, draws.COMMON_SHOCK, draws.ALL_NATIONS)
        column = run % behaviour.shape[1]
        for parameter in range(behaviour.shape[0]):
            world.behaviour[parameter, lane] = behaviour[parameter, column]
        common = behaviour_of(world, lane).common
        world.common_weight[lane] = math.sqrt(common)
        world.own_weight[lane] = math.sqrt(1.0 - common)


@compilable
def _draw_nation(given: Row, nation: Row, world: Row) -> None:
    """Draw a nation's attributes and assumed thresholds."""
    for index in range(ATTRIBUTE_COUNT):
        mean, half_width = given.attributes[index], given.half_widths[index]
        purpose = draws.ATTRIBUTE_PURPOSES[index]
        for lane in range(LANES):
            draw = _first_draw(world.run_key[lane], purpose, given.code)
            nation.attributes[index, lane] = rules.drawn_attribute(mean, half_width, draw)
    for index in range(CONDITION_COUNT):
        mean, half_width = given.at_least[index], given.at_least_half_widths[index]
        purpose = draws.CONDITION_PURPOSES[index]
        for lane in range(LANES):
            draw = _first_draw(world.run_key[lane], purpose, given.code)
            nation.at_least[index, lane] = rules.drawn_threshold(mean, half_width, draw)


@compilable
def _first_draw(run_key: np.uint64, purpose: np.uint64, code: np.uint64) -> float:
    """Return the one draw of a run for a purpose that is drawn for once."""
    return draws.uniform(draws.purpose_key(run_key, purpose, code), np.uint64(0))  # type: ignore[no-any-return]


@compilable
def _start_nation(given: Row, said: Row, nation: Row, world: Row) -> None:
    """Let a nation start undisturbed, knowing the world as it is."""
    for lane in range(LANES):
        nation.shock_key[lane] = draws.purpose_key(world.run_key[lane], draws.SHOCK, given.code)
        nation.involvement_perceived[lane] = world.involvement[lane]
        nation.pressure_perceived[lane] = world.pressure[lane]
        nation.shock[lane] = 0.0
        nation.lobbying[lane] = 0.0
        nation.stance[lane] = 0.0
        nation.peers[lane] = 0.0
        nation.approved[lane] = 0.0
        nation.first_committed[lane] = math.inf
        nation.propensity[lane] = anchor(given, said, world, 0, lane)
    see_whether_free(nation, world)
