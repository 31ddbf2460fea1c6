"""Round 0 of a block of runs: what is uncertain is drawn, and nations are anchored in what they have said."""

import math

import numpy as np

from sim.model import draws, rules
from sim.model.happening import fall_silent, prescribe
from sim.model.lanes import (
    CONDITION_COUNT,
    LANES,
    LEVEL_COUNT,
    LEVER_COUNT,
    PERCEIVED_COUNT,
    State,
    StructuredRow,
    behaviour_of,
    compilable,
    levels_now,
    levels_of,
)
from sim.model.lockstep import (
    anchor_predisposition,
    give,
    pledge,
    script_mandate,
    see_demands,
    see_force,
    see_leads,
    see_others,
    state_position,
    weigh,
)
from sim.model.points import DesignPoints
from sim.model.setup import Setup


@compilable
def start(setup: Setup, points: DesignPoints, state: State, seed: np.uint64) -> None:
    """Draw what is uncertain and put the lanes into the anchor world, round 0."""
    world = state.world[0]
    _draw_runs(points, world, seed)
    prescribe(setup, points, state, 0)
    for lane in range(LANES):
        script_mandate(world, True, lane)
    _start_world(state, world)
    for index in range(setup.nations.size):
        traits, nation = setup.nations[index], state.nations[index]
        _draw_nation(traits, nation, world)
        _take_evidence(setup, nation, world, index)
        _start_nation(traits, nation, world)
        state_position(traits, nation, world, 0)
        see_demands(nation, world)
        for lane in range(LANES):
            pledge(traits, nation, world, lane)
    see_force(world)
    for lane in range(LANES):
        world.force_ratio_at_start[lane] = world.force_ratio[lane]
    _see_stated_leads(setup, world)
    for index in range(setup.nations.size):
        nation = state.nations[index]
        for lane in range(LANES):
            nation.others_at_start[lane] = (world.force[lane] - nation.pledge[lane]) / world.force_required[
                lane
            ]
            see_others(nation, world, lane)
        anchor_predisposition(setup.nations[index], nation, world)
    see_leads(state)
    for index in range(setup.nations.size):
        traits, nation = setup.nations[index], state.nations[index]
        for lane in range(LANES):
            weigh(traits, nation, world, lane)
            give(traits, nation, world, lane)
        fall_silent(state, index)


@compilable
def _start_world(state: State, world: StructuredRow) -> None:
    """Let the world, its mandate apart, be as the scenario has it at the start."""
    for further in range(state.further_levels.shape[0]):
        for lane in range(LANES):
            state.further_at_start[further, lane] = state.further_levels[further, lane]
    for event in range(state.happened.shape[0]):
        for lane in range(LANES):
            state.happened[event, lane] = math.inf
    for lane in range(LANES):
        levels = levels_of(world, lane)
        world.involvement[lane] = levels.involvement
        world.granted_involvement[lane] = levels.involvement
        world.took_back[lane] = 0.0
        world.pressure[lane] = levels.pressure
        world.members[lane] = 0.0
        world.contributors[lane] = 0.0
        world.force[lane] = 0.0
        world.fielded[lane] = 0.0
        world.first_met[lane] = math.inf
        levels = levels_now(world, lane)
        for index in range(LEVEL_COUNT):
            world.at_start[index, lane] = levels[index]
        for index in range(LEVER_COUNT):
            world.changes[index, lane] = 0.0


@compilable
def _draw_runs(points: DesignPoints, world: StructuredRow, seed: np.uint64) -> None:
    """Give the lanes their runs' keys, parameters and thresholds."""
    for lane in range(LANES):
        run, point = world.run[lane], world.point[lane]
        run_key = draws.element(seed, np.uint64(run))
        world.run_key[lane] = run_key
        world.common_key[lane] = draws.purpose_key(run_key, draws.COMMON_MOOD, draws.ALL_NATIONS)
        world.reversal_key[lane] = draws.purpose_key(run_key, draws.REVERSAL, draws.ALL_NATIONS)
        world.force_required[lane] = points.force_required[point]
        behaviour = points.behaviour[point]
        column = run % behaviour.shape[1]
        for parameter in range(behaviour.shape[0]):
            world.behaviour[parameter, lane] = behaviour[parameter, column]
        ladder = rules.ladder(behaviour_of(world, lane))
        for rung in range(len(ladder)):
            world.ladder[rung, lane] = ladder[rung]


@compilable
def _draw_nation(traits: StructuredRow, nation: StructuredRow, world: StructuredRow) -> None:
    """Draw what a nation can deploy and its assumed thresholds."""
    for lane in range(LANES):
        draw = _first_draw(world.run_key[lane], draws.DEPLOYABLE, traits.code)
        nation.deployable[lane] = rules.drawn_deployable(traits.deployable, draw)
    for index in range(CONDITION_COUNT):
        mean, half_width = traits.at_least[index], traits.at_least_half_widths[index]
        purpose = draws.CONDITION_PURPOSES[index]
        for lane in range(LANES):
            draw = _first_draw(world.run_key[lane], purpose, traits.code)
            nation.at_least[index, lane] = rules.drawn_threshold(mean, half_width, draw)


@compilable
def _take_evidence(setup: Setup, nation: StructuredRow, world: StructuredRow, index: int) -> None:
    """Give a nation what past coalitions say of it in a lane's draw."""
    for lane in range(LANES):
        row = world.run[lane] % setup.disposition.shape[0]
        nation.disposition[lane] = setup.disposition[row, index]
        for lever in range(LEVER_COUNT):
            nation.slopes[lever, lane] = setup.slopes[row, index, lever]


@compilable
def _first_draw(run_key: np.uint64, purpose: np.uint64, code: np.uint64) -> float:
    """Return the one draw of a run for a purpose that is drawn for once."""
    return draws.uniform(draws.purpose_key(run_key, purpose, code), np.uint64(0))  # type: ignore[no-any-return]


@compilable
def _start_nation(traits: StructuredRow, nation: StructuredRow, world: StructuredRow) -> None:
    """Let a nation start undisturbed, knowing the world as it is."""
    for lane in range(LANES):
        nation.mood_key[lane] = draws.purpose_key(world.run_key[lane], draws.MOOD, traits.code)
        for lever in range(PERCEIVED_COUNT):
            nation.perceived[lever, lane] = 0.0
        nation.further_levels[lane] = 0.0
        nation.mood[lane] = 0.0
        nation.lobbying[lane] = 0.0
        nation.committed[lane] = 0.0
        nation.unmet[lane] = 0.0
        nation.demands_met[lane] = 1.0
        nation.contributes[lane] = 0.0
        nation.supports[lane] = 0.0
        nation.first_committed[lane] = math.inf


@compilable
def _see_stated_leads(setup: Setup, world: StructuredRow) -> None:
    """See whether any lead nation has said that it commits: the world that nations have spoken in."""
    absent = 1.0 if setup.leads.size > 0 else 0.0
    for lead in setup.leads:
        if setup.statements[0, lead].stance > 2.5:
            absent = 0.0
    for lane in range(LANES):
        world.leads_absent[lane] = absent
