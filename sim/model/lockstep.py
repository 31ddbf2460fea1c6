"""A block of runs in lockstep: the order of a round as loops over lanes, compiled with Numba.

The innermost loops run over the lanes of a block, which LLVM turns into SIMD. Every number comes from the
functions in `rules` and `draws`, compiled from their Python source; `coalition.py` holds the same order of a
round as Mesa objects. A loop does as much as shares what it reads: LLVM unrolls the shortest ones before it
would turn them into SIMD.
"""

import numpy as np

from sim.model import draws, rules
from sim.model.lanes import (
    COMMITTED,
    LANES,
    LEVEL_COUNT,
    PURPOSE_COUNT,
    RELIANCE,
    THREAT,
    Row,
    State,
    behaviour_of,
    compilable,
    conditions_met,
    ladder_of,
    levels_of,
    nation_of,
    world_of,
)
from sim.model.setup import REACHED, Setup

# A round


@compilable
def weigh_round(setup: Setup, state: State, step: int) -> None:
    """Move the world into round `step` and let every nation weigh it, as it stood at the round's start."""
    now, world = setup.rounds[step], state.world[0]
    weigh_force(setup, world)
    set_levels(setup, now, world)
    _move_patron(now, world)
    _move_adversary(now, world)
    _move_mandate(setup, state, now, world)
    press_ladder(world)
    _draw_common_shock(world, step)
    for index in range(setup.nations.size):
        given, said, nation = setup.nations[index], setup.statements[step, index], state.nations[index]
        _perceive(nation, world)
        _change_mood(nation, world, step)
        if said.is_new:
            anchor_predisposition(given, said, nation, world, step)
        weigh(given, said, nation, world)


@compilable
def decide_round(setup: Setup, state: State, step: int) -> None:
    """Let every nation decide and pledge, then the lead nations lobby."""
    world = state.world[0]
    for lane in range(LANES):
        world.members[lane] = 0.0
        world.force[lane] = 0.0
    for index in range(setup.nations.size):
        given, said, nation = setup.nations[index], setup.statements[step, index], state.nations[index]
        see_whether_free(nation, world)
        changes = _decide(given, said, nation, world)
        if said.is_new:
            changes = state_position(said, nation, world)
        if changes > 0:
            take_stances(setup, state, index)
        pledge(given, nation, world)
        _value_visit(given, said, nation, world)
    for lead in setup.leads:
        for lane in range(LANES):
            state.nations[lead].visit_worth[lane] = 0.0
    for lead in setup.leads:
        _visit(state, lead)


@compilable
def weigh_force(setup: Setup, world: Row) -> None:
    """Compare the force pledged with the force required."""
    for lane in range(LANES):
        world.force_ratio[lane] = world.force[lane] / setup.force_required


@compilable
def _move_patron(now: Row, world: Row) -> None:
    """Let the patron follow the scenario, or wait for others to show up first."""
    for lane in range(LANES):
        world.involvement_before[lane] = world.involvement[lane]
    if now.involvement_set or not now.burden_sharing:
        for lane in range(LANES):
            world.involvement[lane] = levels_of(world, lane).involvement
    if now.burden_sharing:
        for lane in range(LANES):
            world.involvement[lane] = rules.burden_sharing_involvement(
                world.involvement[lane],
                world.force_ratio[lane],
                now.ceiling,
                now.threshold,
                now.width,
                now.speed,
            )
    for lane in range(LANES):
        behaviour = behaviour_of(world, lane)
        credibility = rules.credibility(
            world.credibility[lane],
            behaviour.credibility_recovery,
            behaviour.credibility_loss,
            world.involvement_before[lane],
            world.involvement[lane],
        )
        world.credibility[lane] = credibility
        world.signal[lane] = credibility * world.involvement[lane]


@compilable
def _move_adversary(now: Row, world: Row) -> None:
    """Let the adversary, who sees what the patron does, follow the scenario or react to the force."""
    for lane in range(LANES):
        world.pressure[lane] = levels_of(world, lane).pressure
    if now.reactive:
        for lane in range(LANES):
            growth = rules.force_growth(world.force_ratio[lane], world.force_ratio_at_start[lane])
            world.pressure[lane] = rules.reactive_pressure(
                world.pressure[lane], now.reaction, now.deterred, world.involvement[lane], growth
            )


@compilable
def _move_mandate(setup: Setup, state: State, now: Row, world: Row) -> None:
    """Take the mandate from the scenario, or negotiate it from where it stands."""
    if now.mandate_set or not now.negotiated:
        script_mandate(now, world)
    if now.negotiated:
        for lane in range(LANES):
            _negotiate(setup, state, world, lane)


@compilable
def script_mandate(now: Row, world: Row) -> None:
    """Take the mandate from the scenario."""
    for lane in range(LANES):
        clarity, purpose = levels_of(world, lane).clarity, now.purpose
        scripted = rules.scripted_mandate((purpose[0], purpose[1], purpose[2]), clarity)
        world.clarity[lane] = clarity
        for index in range(PURPOSE_COUNT):
            world.mandate[index, lane] = scripted[index]


@compilable
def _negotiate(setup: Setup, state: State, world: Row, lane: int) -> None:
    """Move the mandate a round towards what the influential and engaged prefer."""
    behaviour, mandate = behaviour_of(world, lane), world.mandate
    weight, first, second, third = 0.0, 0.0, 0.0, 0.0
    for index in range(setup.nations.size):
        preferred = setup.nations[index].preferred
        voice = setup.nations[index].influence * rules.engagement(state.nations[index].stance[lane])
        weight += voice
        first += voice * preferred[0]
        second += voice * preferred[1]
        third += voice * preferred[2]
    agreed = rules.negotiated_mandate(
        (mandate[0, lane], mandate[1, lane], mandate[2, lane]),
        rules.mean_pull(first, second, third, weight),
        behaviour.planning,
        behaviour.bargaining,
    )
    for purpose in range(PURPOSE_COUNT):
        mandate[purpose, lane] = agreed[purpose]
    world.clarity[lane] = rules.clarity(rules.concentration(agreed))


@compilable
def press_ladder(world: Row) -> None:
    """Set this round's thresholds."""
    for lane in range(LANES):
        decision_pressure = levels_of(world, lane).decision_pressure
        ladder = rules.pressed_ladder(behaviour_of(world, lane), decision_pressure)
        for rung in range(len(ladder)):
            world.ladder[rung, lane] = ladder[rung]


@compilable
def _draw_common_shock(world: Row, step: int) -> None:
    """Draw the part of this round's moods that all nations share."""
    for lane in range(LANES):
        draw = draws.standardised(world.common_key[lane], np.uint64(step))
        world.common_shock[lane] = world.common_weight[lane] * draw


@compilable
def _perceive(nation: Row, world: Row) -> None:
    """Let a nation follow what the patron signals and the adversary threatens."""
    for lane in range(LANES):
        attention = behaviour_of(world, lane).attention
        nation.involvement_perceived[lane] = rules.perceive(
            nation.involvement_perceived[lane],
            world.signal[lane],
            attention,
            nation.attributes[RELIANCE, lane],
        )
        nation.pressure_perceived[lane] = rules.perceive(
            nation.pressure_perceived[lane], world.pressure[lane], attention, nation.attributes[THREAT, lane]
        )


@compilable
def _change_mood(nation: Row, world: Row, step: int) -> None:
    """Let a nation be in a passing mood."""
    for lane in range(LANES):
        behaviour = behaviour_of(world, lane)
        own = draws.standardised(nation.shock_key[lane], np.uint64(step))
        nation.shock[lane] = rules.shock(
            nation.shock[lane],
            behaviour.persistence,
            behaviour.volatility,
            world.common_shock[lane],
            world.own_weight[lane] * own,
        )


@compilable
def weigh(given: Row, said: Row, nation: Row, world: Row) -> None:
    """Add up what speaks for and against joining."""
    for lane in range(LANES):
        situation = nation_of(given, said, nation, lane)
        parts = rules.terms(behaviour_of(world, lane), situation, world_of(world, lane))
        nation.propensity[lane] = nation.predisposition[lane] + rules.total(parts)


@compilable
def see_whether_free(nation: Row, world: Row) -> None:
    """See how long a nation has been willing to commit, and whether all that it has demanded is the case."""
    for lane in range(LANES):
        nation.approved[lane] = rules.approved_rounds(
            nation.approved[lane], nation.propensity[lane], ladder_of(world, lane).climb_to_committed
        )
        all_met = conditions_met(world_of(world, lane), nation, lane)
        nation.conditions_met[lane] = 1.0 if all_met else 0.0


@compilable
def _decide(given: Row, said: Row, nation: Row, world: Row) -> int:
    """Let a nation want to climb, slip or stay; return in how many lanes its stance changes."""
    deployable, ratification, changes = given.deployable, given.ratification, 0
    for lane in range(LANES):
        is_free = rules.may_commit(
            deployable, nation.conditions_met[lane] > 0.0, nation.approved[lane], ratification
        )
        wanted = rules.next_stance(
            nation.stance[lane], nation.propensity[lane], ladder_of(world, lane), is_free
        )
        wanted = rules.held_stance(wanted, said.least_stance, said.most_stance)
        nation.wanted_stance[lane] = wanted
        changes += 1 if wanted != nation.stance[lane] else 0
    return changes


@compilable
def take_stances(setup: Setup, state: State, index: int) -> None:
    """Change a nation's stance and what the others see of it.

    Ties are multiples of 2**-40, so sums of tie x stance are exact and may be updated in place, which is
    worth it because few lanes change in a round.
    """
    nation = state.nations[index]
    for lane in range(LANES):
        change = nation.wanted_stance[lane] - nation.stance[lane]
        if change != 0.0:
            for other in range(setup.nations.size):
                state.nations[other].peers[lane] += setup.ties[other, index] * change
        nation.stance[lane] = nation.wanted_stance[lane]


@compilable
def pledge(given: Row, nation: Row, world: Row) -> None:
    """Let a nation pledge troops by its stance and propensity; the force adds up in the order of nations."""
    deployable = given.deployable
    for lane in range(LANES):
        pledge = rules.pledge(
            nation.stance[lane],
            deployable,
            nation.propensity[lane],
            ladder_of(world, lane).climb_to_committed,
        )
        nation.pledge[lane] = pledge
        world.force[lane] += pledge
        world.members[lane] += 1.0 if nation.stance[lane] == COMMITTED else 0.0


@compilable
def _value_visit(given: Row, said: Row, nation: Row, world: Row) -> None:
    """Let earlier visits fade, and value a visit to a nation if it could still be won over."""
    deployable, may_join = given.deployable, said.most_stance == COMMITTED
    for lane in range(LANES):
        nation.lobbying[lane] *= behaviour_of(world, lane).lobby_decay
        worth = rules.lobbying_value(
            deployable, nation.propensity[lane], ladder_of(world, lane).climb_to_committed
        )
        could_join = may_join & (nation.stance[lane] < COMMITTED) & (nation.conditions_met[lane] > 0.0)
        nation.visit_worth[lane] = worth if could_join else 0.0


@compilable
def _visit(state: State, lead: int) -> None:
    """Let a lead nation, if committed, visit the nation most worth it; the first by ISO code at a tie."""
    world = state.world[0]
    for lane in range(LANES):
        world.best_worth[lane] = 0.0
        world.best_nation[lane] = -1.0
    for index in range(state.nations.size):
        nation = state.nations[index]
        for lane in range(LANES):
            worth = nation.visit_worth[lane]
            better = worth > world.best_worth[lane]
            world.best_worth[lane] = worth if better else world.best_worth[lane]
            world.best_nation[lane] = index if better else world.best_nation[lane]
    for lane in range(LANES):
        if world.best_worth[lane] > 0.0 and state.nations[lead].stance[lane] == COMMITTED:
            visited = state.nations[int(world.best_nation[lane])]
            visited.visit_worth[lane] = 0.0
            visited.lobbying[lane] += behaviour_of(world, lane).lobby_push


# What round 0 and a new position share


@compilable
def set_levels(setup: Setup, now: Row, world: Row) -> None:
    """Set the levels that the scenario prescribes; an uncertain one is drawn for the round that set it."""
    for index in range(LEVEL_COUNT):
        level = now.levels[index]
        for lane in range(LANES):
            world.levels[index, lane] = level
        if setup.level_half_width > 0.0:
            purpose, set_in = draws.LEVEL_PURPOSES[index], np.uint64(now.level_set_in[index])
            for lane in range(LANES):
                key = draws.purpose_key(world.run_key[lane], purpose, draws.ALL_NATIONS)
                draw = draws.uniform(key, set_in)
                world.levels[index, lane] = rules.drawn_level(level, setup.level_half_width, draw)


@compilable
def anchor(given: Row, said: Row, world: Row, step: int, lane: int) -> float:
    """Draw the anchor of the position stated in a round."""
    key = draws.purpose_key(world.run_key[lane], draws.ANCHOR, given.code)
    return rules.drawn_between(said.anchor_low, said.anchor_high, draws.uniform(key, np.uint64(step)))


@compilable
def anchor_predisposition(given: Row, said: Row, nation: Row, world: Row, step: int) -> None:
    """Set the predisposition that makes the propensity equal the anchor in this world, moods apart."""
    for lane in range(LANES):
        calm = rules.undisturbed(nation_of(given, said, nation, lane))
        parts = rules.terms(behaviour_of(world, lane), calm, world_of(world, lane))
        nation.predisposition[lane] = anchor(given, said, world, step, lane) - rules.total(parts)


@compilable
def state_position(said: Row, nation: Row, world: Row) -> int:
    """Want the stance that the position stated in a round amounts to; return in how many lanes it is new."""
    stated, changes = said.stance, 0
    for lane in range(LANES):
        reached = rules.reached_stance(nation.propensity[lane], ladder_of(world, lane))
        wanted = reached if stated == REACHED else stated
        wanted = rules.held_stance(wanted, said.least_stance, said.most_stance)
        nation.wanted_stance[lane] = wanted
        changes += 1 if wanted != nation.stance[lane] else 0
    return changes
