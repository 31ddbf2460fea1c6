"""A block of runs in lockstep: the order of a round as loops over lanes, compiled with Numba.

The innermost loops run over the lanes of a block, which LLVM turns into SIMD. Every number comes from the
functions in `rules` and `draws`, compiled from their Python source; `coalition.py` holds the same order of a
round as Mesa objects. A loop does as much as shares what it reads: LLVM unrolls the shortest ones before it
would turn them into SIMD.
"""

import numpy as np

from sim.model import draws, rules
from sim.model.happening import fall_silent
from sim.model.lanes import (
    COMMITTED,
    LANES,
    LEVER_COUNT,
    PERCEIVED_COUNT,
    PERCEIVED_LEVERS,
    PURPOSE_COUNT,
    State,
    StructuredRow,
    behaviour_of,
    compilable,
    demands_met,
    ladder_of,
    levels_at_start,
    levels_now,
    levels_of,
    nation_of,
    policies_of,
    unmet,
    world_of,
)
from sim.model.setup import UNSTATED, Setup

# A round


@compilable
def move_world(state: State, step: int) -> None:
    """Move the world into round `step`, from how it stood after the round before."""
    world = state.world[0]
    _move_patron(world, step)
    _move_adversary(world)
    _move_mandate(state, world)
    _see_changes(world)
    _draw_common_mood(world, step)


@compilable
def weigh_further_levels(setup: Setup, state: State) -> None:
    """Add up what changes of the levels that the roster declares are worth to each nation."""
    world = state.world[0]
    for further in range(state.further_levels.shape[0]):
        for lane in range(LANES):
            now = state.further_levels[further, lane]
            world.share[lane] = now - state.further_at_start[further, lane]
        for index in range(state.nations.size):
            nation = state.nations[index]
            for lane in range(LANES):
                row = world.run[lane] % setup.slopes.shape[0]
                worth = setup.slopes[row, index, LEVER_COUNT + further] * world.share[lane]
                before = nation.further_levels[lane] if further > 0 else 0.0
                nation.further_levels[lane] = before + worth


@compilable
def move_nations(state: State, step: int) -> None:
    """Let every nation weigh the world, as it stood at the round's start, and decide."""
    world = state.world[0]
    for lane in range(LANES):
        world.members[lane] = 0.0
        world.contributors[lane] = 0.0
        world.force[lane] = 0.0
        world.fielded[lane] = 0.0
    for index in range(state.nations.size):
        traits, nation = state.traits[index], state.nations[index]
        _perceive(traits, nation, world, step)
        if traits.demands:
            see_demands(nation, world)
        if state.speaks[index]:
            state_position(traits, nation, world, step)
            anchor_predisposition(traits, nation, world)
        _decide(traits, nation, world)
        fall_silent(state, index)


@compilable
def lobby(state: State) -> None:
    """Let earlier visits fade; each committed lead nation visits the nation most worth it."""
    if state.leads.size > 0:
        for index in range(state.nations.size):
            nation = state.nations[index]
            for lane in range(LANES):
                nation.lobbying[lane] *= rules.LOBBY_DECAY
        for lead in state.leads:
            _visit(state, lead)


@compilable
def see_coalition(state: State) -> None:
    """See the coalition as it stood after the round before."""
    see_force(state.world[0])
    see_leads(state)


@compilable
def see_force(world: StructuredRow) -> None:
    """Compare the force pledged with the force required."""
    for lane in range(LANES):
        world.force_pledged[lane] = world.force[lane]
        world.force_ratio[lane] = world.force[lane] / world.force_required[lane]


@compilable
def see_leads(state: State) -> None:
    """See whether any lead nation is committed; where there are no lead nations, none is missed."""
    world = state.world[0]
    for lane in range(LANES):
        world.leads_absent[lane] = 1.0 if state.leads.size > 0 else 0.0
    for lead in state.leads:
        nation = state.nations[lead]
        for lane in range(LANES):
            world.leads_absent[lane] = 0.0 if nation.stance[lane] == COMMITTED else world.leads_absent[lane]


@compilable
def _move_patron(world: StructuredRow, step: int) -> None:
    """Let the patron follow the scenario, or wait for others to show up first, or take back what it gives."""
    for lane in range(LANES):
        now, involvement = policies_of(world, lane), levels_of(world, lane).involvement
        shares = now.burden_sharing > 0.0
        follows = (world.involvement_set[lane] > 0.0) | (not shares)
        granted = involvement if follows else world.granted_involvement[lane]
        shared = rules.burden_sharing_involvement(
            granted, world.force_ratio[lane], now.ceiling, now.threshold, now.width, now.speed
        )
        world.granted_involvement[lane] = shared if shares else granted
        draw = draws.uniform(world.reversal_key[lane], np.uint64(step))
        taken = rules.took_back(world.took_back[lane], now.reversal, now.restoration, draw)
        world.took_back[lane] = taken
        world.involvement[lane] = 0.0 if taken > 0.5 else world.granted_involvement[lane]


@compilable
def _move_adversary(world: StructuredRow) -> None:
    """Let the adversary, who sees what the patron does, follow the scenario or react to the force."""
    for lane in range(LANES):
        now, pressure = policies_of(world, lane), levels_of(world, lane).pressure
        growth = rules.force_growth(world.force_ratio[lane], world.force_ratio_at_start[lane])
        reaction = rules.reactive_pressure(
            pressure, now.reaction, now.deterred, world.involvement[lane], growth
        )
        world.pressure[lane] = reaction if now.reactive > 0.0 else pressure


@compilable
def _move_mandate(state: State, world: StructuredRow) -> None:
    """Take the mandate from the scenario, or negotiate it from where it stands."""
    for lane in range(LANES):
        negotiates = policies_of(world, lane).negotiated > 0.0
        script_mandate(world, (world.mandate_set[lane] > 0.0) | (not negotiates), lane)
    for lane in range(LANES):
        if policies_of(world, lane).negotiated > 0.0:
            _negotiate(state, world, lane)


@compilable
def script_mandate(world: StructuredRow, is_scripted: bool, lane: int) -> None:
    """Take the mandate from the scenario, where it is scripted."""
    clarity, now = levels_of(world, lane).clarity, policies_of(world, lane)
    scripted = rules.scripted_mandate((now.peacekeeping, now.deterrence, now.reassurance), clarity)
    world.clarity[lane] = clarity if is_scripted else world.clarity[lane]
    for index in range(PURPOSE_COUNT):
        world.mandate[index, lane] = scripted[index] if is_scripted else world.mandate[index, lane]


@compilable
def _negotiate(state: State, world: StructuredRow, lane: int) -> None:
    """Move the mandate a round towards what the influential and engaged prefer."""
    behaviour, mandate = behaviour_of(world, lane), world.mandate
    weight, first, second, third = 0.0, 0.0, 0.0, 0.0
    for index in range(state.nations.size):
        preferred = state.traits[index].preferred
        voice = state.traits[index].influence * rules.engagement(state.nations[index].stance[lane])
        weight += voice
        first += voice * preferred[0]
        second += voice * preferred[1]
        third += voice * preferred[2]
    agreed = rules.negotiated_mandate(
        (mandate[0, lane], mandate[1, lane], mandate[2, lane]),
        rules.mean_pull(first, second, third, weight),
        behaviour.bargaining,
    )
    for purpose in range(PURPOSE_COUNT):
        mandate[purpose, lane] = agreed[purpose]
    world.clarity[lane] = rules.clarity(rules.concentration(agreed))


@compilable
def _see_changes(world: StructuredRow) -> None:
    """See by how much levers have changed since the start, on the scale of past coalitions."""
    for lane in range(LANES):
        changes = rules.changes(levels_now(world, lane), levels_at_start(world, lane))
        for lever in range(len(changes)):
            world.changes[lever, lane] = changes[lever]


@compilable
def _draw_common_mood(world: StructuredRow, step: int) -> None:
    """Draw the part of this round's moods that all nations share."""
    for lane in range(LANES):
        draw = draws.standardised(world.common_key[lane], np.uint64(step))
        world.common_mood[lane] = behaviour_of(world, lane).common_weight * draw


@compilable
def _perceive(traits: StructuredRow, nation: StructuredRow, world: StructuredRow, step: int) -> None:
    """Let a nation come to see what patron, adversary and the others do, and be in a passing mood."""
    for lane in range(LANES):
        behaviour = behaviour_of(world, lane)
        for index in range(PERCEIVED_COUNT):
            change, sensitivity = world.changes[PERCEIVED_LEVERS[index], lane], traits.sensitivity[index]
            perceived = rules.perceive(nation.perceived[index, lane], change, sensitivity)
            nation.perceived[index, lane] = perceived
        own = draws.standardised(nation.mood_key[lane], np.uint64(step))
        nation.mood[lane] = rules.mood(
            nation.mood[lane],
            behaviour.persistence,
            behaviour.volatility,
            world.common_mood[lane],
            behaviour.own_weight * own,
        )
        see_others(nation, world, lane)


@compilable
def see_demands(nation: StructuredRow, world: StructuredRow) -> None:
    """See how far what a nation has demanded is the case; who demands nothing need not look."""
    for lane in range(LANES):
        seen = world_of(world, lane)
        nation.unmet[lane] = unmet(seen, nation, lane)
        nation.demands_met[lane] = 1.0 if demands_met(seen, nation, lane) else 0.0


@compilable
def _decide(traits: StructuredRow, nation: StructuredRow, world: StructuredRow) -> None:
    """Let a nation weigh, climb, slip or stay, and pledge."""
    for lane in range(LANES):
        weigh(traits, nation, world, lane)
        _move(nation, world, lane)
        pledge(traits, nation, world, lane)
        give(traits, nation, world, lane)
        _value_visit(traits, nation, world, lane)


# What a nation does in a lane


@compilable
def see_others(nation: StructuredRow, world: StructuredRow, lane: int) -> None:
    """See by how much the others' pledges have grown since the start."""
    nation.others_growth[lane] = rules.others_growth(
        world.force_pledged[lane],
        nation.pledge[lane],
        nation.others_at_start[lane],
        world.force_required[lane],
    )


@compilable
def weigh(traits: StructuredRow, nation: StructuredRow, world: StructuredRow, lane: int) -> None:
    """Add up what speaks for and against soldiers on land, and any military contribution."""
    situation, seen = nation_of(traits, nation, lane), world_of(world, lane)
    behaviour = behaviour_of(world, lane)
    parts = rules.terms(behaviour, situation, seen)
    nation.propensity[lane] = nation.predisposition[lane] + rules.total(parts)
    of_any = rules.terms(rules.in_full(behaviour), situation, seen)
    nation.contribution[lane] = nation.disposition[lane] + rules.military_total(of_any)


@compilable
def _move(nation: StructuredRow, world: StructuredRow, lane: int) -> None:
    """Climb, slip or stay; a newly stated position is taken at its word."""
    behaviour, ladder = behaviour_of(world, lane), ladder_of(world, lane)
    stance, propensity = nation.stance[lane], nation.propensity[lane]
    above = rules.rounds_above(nation.above[lane], stance, propensity, ladder)
    below = rules.rounds_below(nation.below[lane], stance, propensity, ladder)
    wanted = rules.next_stance(stance, above, below, behaviour.patience, nation.deployable[lane])
    wanted = rules.held_stance(wanted, nation.least_stance[lane], nation.most_stance[lane])
    restates = nation.restates[lane] > 0.0
    stays = (wanted == stance) & (not restates)
    nation.stance[lane] = stance if restates else wanted
    nation.above[lane] = above if stays else 0.0
    nation.below[lane] = below if stays else 0.0


@compilable
def pledge(traits: StructuredRow, nation: StructuredRow, world: StructuredRow, lane: int) -> None:
    """Pledge, and send once it may; sums add up in the order of nations."""
    stance, behaviour = nation.stance[lane], behaviour_of(world, lane)
    pledge = rules.pledge(stance, nation.deployable[lane], nation.propensity[lane], behaviour.cut_committed)
    committed = rules.committed_rounds(nation.committed[lane], stance)
    is_firm = rules.firm(committed, traits.ratification, nation.demands_met[lane] > 0.0)
    fielded = rules.fielded(pledge, is_firm, levels_of(world, lane).ceasefire)
    nation.pledge[lane], nation.committed[lane], nation.fielded[lane] = pledge, committed, fielded
    world.force[lane] += pledge
    world.fielded[lane] += fielded
    world.members[lane] += 1.0 if stance == COMMITTED else 0.0


@compilable
def give(traits: StructuredRow, nation: StructuredRow, world: StructuredRow, lane: int) -> None:
    """Give any military contribution, words of support, or nothing."""
    is_free_lead = (traits.leads > 0.0) & (nation.most_stance[lane] == COMMITTED)
    gives = rules.contributes(nation.stance[lane], nation.contribution[lane], is_free_lead)
    backs = gives | (nation.contribution[lane] > -behaviour_of(world, lane).support)
    nation.contributes[lane] = 1.0 if gives else 0.0
    nation.supports[lane] = 1.0 if backs else 0.0
    world.contributors[lane] += nation.contributes[lane]


@compilable
def _value_visit(traits: StructuredRow, nation: StructuredRow, world: StructuredRow, lane: int) -> None:
    """Value a visit to a nation if it could still be won over; nobody visits lead nations."""
    may_join = (nation.most_stance[lane] == COMMITTED) & (traits.leads == 0.0)
    worth = rules.lobbying_value(
        nation.deployable[lane], nation.propensity[lane], behaviour_of(world, lane).cut_committed
    )
    could_join = may_join & (nation.stance[lane] < COMMITTED)
    nation.visit_worth[lane] = worth if could_join else 0.0


# Lobbying


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
def anchor_predisposition(traits: StructuredRow, nation: StructuredRow, world: StructuredRow) -> None:
    """Let a nation that speaks be as willing as its rung says in this world, moods apart."""
    for lane in range(LANES):
        behaviour = behaviour_of(world, lane)
        calm = rules.undisturbed(nation_of(traits, nation, lane))
        parts = rules.terms(behaviour, calm, world_of(world, lane))
        stated = rules.anchor(nation.stated[lane], behaviour) - rules.total(parts)
        nation.predisposition[lane] = stated if nation.restates[lane] > 0.0 else nation.predisposition[lane]


@compilable
def state_position(traits: StructuredRow, nation: StructuredRow, world: StructuredRow, step: int) -> None:
    """Read the position stated in a round, or draw one: where none is stated, or an election changes it."""
    below = world.unstated
    for lane in range(LANES):
        run_key, stated = world.run_key[lane], nation.says[lane]
        draw = draws.uniform(draws.purpose_key(run_key, draws.ANCHOR, traits.code), np.uint64(step))
        vote = draws.uniform(draws.purpose_key(run_key, draws.ELECTION, traits.code), np.uint64(step))
        elected = vote < nation.election[lane]
        drawn = rules.rung_drawn((below[0], below[1], below[2]), draw)
        rung = drawn if elected | (stated == UNSTATED) else rules.rung_read(stated, draw)
        taken = rules.within_means(rung, nation.deployable[lane])
        restates = (nation.is_new[lane] > 0.0) | elected
        stance = rules.held_stance(taken, nation.least_stance[lane], nation.most_stance[lane])
        anchor = rules.anchor(taken, behaviour_of(world, lane))
        nation.restates[lane] = 1.0 if restates else 0.0
        nation.stated[lane] = taken if restates else nation.stated[lane]
        nation.stance[lane] = stance if restates else nation.stance[lane]
        nation.propensity[lane] = anchor if restates else nation.propensity[lane]
        nation.above[lane] = 0.0 if restates else nation.above[lane]
        nation.below[lane] = 0.0 if restates else nation.below[lane]
