"""A block of runs in lockstep lanes: the order of a round as loops, compiled with Numba.

A lane is a run; the innermost loops run over the lanes of a block, which LLVM turns into SIMD. Every
number comes from the functions in `rules` and `draws`, compiled from their Python source; `coalition.py`
holds the same order of a round as Mesa objects.
"""

import math
from collections.abc import Callable
from inspect import isfunction
from typing import Any, NamedTuple

import numpy as np
from numba.extending import register_jitable
from numpy.typing import NDArray

from sim.model import draws, rules
from sim.model.setup import REACHED, Floats, Setup


def compilable(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let compiled code call a Python function; divisions become SIMD only where they need not raise."""
    return register_jitable(error_model="numpy")(function)  # type: ignore[no-any-return]


for _function in filter(isfunction, [*vars(rules).values(), *vars(draws).values()]):
    compilable(_function)

COMMITTED = 3.0

# Fields of a nation in a lane: the first axis of `State.nations`.
US_RELIANCE, CLARITY_NEED, ESCALATION_FEAR, THREAT, FRONTLINE, LEGALISM = range(6)
US_AT_LEAST, CLARITY_AT_LEAST, AUTHORITY_AT_LEAST, CEASEFIRE_AT_LEAST = range(6, 10)
PREDISPOSITION, US_PERCEIVED, PRESSURE_PERCEIVED, SHOCK, LOBBYING, PROPENSITY = range(10, 16)
STANCE, APPROVED, CONDITIONS_MET, PLEDGE, PEERS, WORTH = range(16, 22)
NATION_FIELDS = 22

# Fields of a lane: the first axis of `State.lanes`.
INVOLVEMENT, CREDIBILITY, US_SIGNAL, PRESSURE, CLARITY, PEACEKEEPING, DETERRENCE, REASSURANCE = range(8)
FORCE_RATIO, FORCE_RATIO_AT_START, COMMON_WEIGHT, OWN_WEIGHT, COMMON_SHOCK = range(8, 13)
NEW_STANCE, BEST_WORTH, BEST_NATION = range(13, 16)
TO_UNDECIDED, TO_OPEN, TO_COMMITTED, BACK_TO_OPPOSED, BACK_TO_UNDECIDED, BACK_TO_OPEN = range(16, 22)
SIZE, FORCE = range(22, 24)
LANE_FIELDS = 24


class State(NamedTuple):
    """Where the runs of a block stand."""

    nations: Floats  # [field, nation, lane]
    lanes: Floats  # [field, lane]
    behaviour: Floats  # [parameter, lane]
    shock_keys: NDArray[np.uint64]  # [nation, lane]
    run_keys: NDArray[np.uint64]  # [lane]
    common_keys: NDArray[np.uint64]  # [lane]


@compilable
def empty_state(setup: Setup, width: int) -> State:
    """Return room for a block of `width` lanes."""
    nations = setup.nations.size
    return State(
        np.zeros((NATION_FIELDS, nations, width)),
        np.zeros((LANE_FIELDS, width)),
        np.zeros((setup.behaviour.shape[0], width)),
        np.zeros((nations, width), np.uint64),
        np.zeros(width, np.uint64),
        np.zeros(width, np.uint64),
    )


# What the rules see of a lane


@compilable
def behaviour_of(state: State, lane: int) -> rules.Behaviour:
    """Return a lane's parameters."""
    b = state.behaviour
    # fmt: off
    return rules.Behaviour(
        b[0, lane], b[1, lane], b[2, lane], b[3, lane], b[4, lane], b[5, lane], b[6, lane], b[7, lane],
        b[8, lane], b[9, lane], b[10, lane], b[11, lane], b[12, lane], b[13, lane], b[14, lane], b[15, lane],
        b[16, lane], b[17, lane], b[18, lane], b[19, lane], b[20, lane], b[21, lane], b[22, lane], b[23, lane],
        b[24, lane], b[25, lane], b[26, lane], b[27, lane], b[28, lane], b[29, lane],
    )
    # fmt: on


@compilable
def nation_of(setup: Setup, state: State, step: int, nation: int, lane: int) -> rules.Nation:
    """Return what a nation is and perceives in a lane, in a round."""
    preferred = setup.nations[nation].preferred
    return rules.Nation(
        state.nations[US_RELIANCE, nation, lane],
        state.nations[CLARITY_NEED, nation, lane],
        state.nations[ESCALATION_FEAR, nation, lane],
        state.nations[THREAT, nation, lane],
        state.nations[FRONTLINE, nation, lane],
        state.nations[LEGALISM, nation, lane],
        preferred[0],
        preferred[1],
        preferred[2],
        state.nations[US_PERCEIVED, nation, lane],
        state.nations[PRESSURE_PERCEIVED, nation, lane],
        state.nations[PEERS, nation, lane],
        setup.statements[step, nation].support_shift,
        state.nations[LOBBYING, nation, lane],
        state.nations[SHOCK, nation, lane],
    )


@compilable
def world_of(setup: Setup, state: State, step: int, lane: int) -> rules.World:
    """Return what all nations of a lane see alike in a round."""
    return rules.World(
        state.lanes[CLARITY, lane],
        state.lanes[PEACEKEEPING, lane],
        state.lanes[DETERRENCE, lane],
        state.lanes[REASSURANCE, lane],
        setup.rounds[step].authority,
        setup.rounds[step].ceasefire,
        state.lanes[FORCE_RATIO, lane],
    )


@compilable
def ladder_of(state: State, lane: int) -> rules.Ladder:
    """Return this round's thresholds in a lane."""
    return rules.Ladder(
        state.lanes[TO_UNDECIDED, lane],
        state.lanes[TO_OPEN, lane],
        state.lanes[TO_COMMITTED, lane],
        state.lanes[BACK_TO_OPPOSED, lane],
        state.lanes[BACK_TO_UNDECIDED, lane],
        state.lanes[BACK_TO_OPEN, lane],
    )


# Round 0


@compilable
def start(setup: Setup, state: State, seed: np.uint64, first_run: int, lanes: int) -> None:
    """Draw what is uncertain and put the lanes into the anchor world, round 0."""
    for lane in range(lanes):
        _start_lane(setup, state, seed, first_run + lane, lane)
    _press_ladder(setup, state, 0, lanes)
    for nation in range(setup.nations.size):
        for lane in range(lanes):
            _draw_nation(setup, state, nation, lane)
            state.nations[PROPENSITY, nation, lane] = _anchor(setup, state, 0, nation, lane)
            state.nations[APPROVED, nation, lane] = rules.approved_rounds(
                0.0, state.nations[PROPENSITY, nation, lane], state.lanes[TO_COMMITTED, lane]
            )
    for nation in range(setup.nations.size):
        _state_position(setup, state, 0, nation, lanes)
        _take_stances(setup, state, nation, lanes)
        _pledge(setup, state, nation, lanes)
    _sum_force(setup, state, lanes)
    for lane in range(lanes):
        state.lanes[FORCE_RATIO_AT_START, lane] = state.lanes[FORCE_RATIO, lane]
    for nation in range(setup.nations.size):
        _anchor_predisposition(setup, state, 0, nation, lanes)
    _weigh(setup, state, 0, lanes)


@compilable
def _start_lane(setup: Setup, state: State, seed: np.uint64, run: int, lane: int) -> None:
    """Give a lane its run's keys and parameters and the world as it is at the start."""
    world = setup.rounds[0]
    run_key = draws.element(seed, np.uint64(run))
    state.run_keys[lane] = run_key
    state.common_keys[lane] = draws.purpose_key(run_key, draws.COMMON_SHOCK, draws.ALL_NATIONS)
    for parameter in range(setup.behaviour.shape[0]):
        state.behaviour[parameter, lane] = setup.behaviour[parameter, run % setup.behaviour.shape[1]]
    common = behaviour_of(state, lane).common
    state.lanes[COMMON_WEIGHT, lane] = math.sqrt(common)
    state.lanes[OWN_WEIGHT, lane] = math.sqrt(1.0 - common)
    state.lanes[INVOLVEMENT, lane] = world.involvement
    state.lanes[CREDIBILITY, lane] = 1.0
    state.lanes[PRESSURE, lane] = world.pressure
    state.lanes[CLARITY, lane] = world.clarity
    state.lanes[PEACEKEEPING, lane] = world.mandate[0]
    state.lanes[DETERRENCE, lane] = world.mandate[1]
    state.lanes[REASSURANCE, lane] = world.mandate[2]


@compilable
def _draw_nation(setup: Setup, state: State, nation: int, lane: int) -> None:
    """Draw a nation's attributes and assumed thresholds; it starts undisturbed, knowing the world as it is."""
    given = setup.nations[nation]
    run_key = state.run_keys[lane]
    state.shock_keys[nation, lane] = draws.purpose_key(run_key, draws.SHOCK, given.code)
    for index in range(6):
        key = draws.purpose_key(run_key, draws.FIRST_ATTRIBUTE + np.uint64(index), given.code)
        state.nations[US_RELIANCE + index, nation, lane] = rules.drawn_attribute(
            given.attributes[index], given.half_widths[index], draws.uniform(key, np.uint64(0))
        )
    for index in range(4):
        key = draws.purpose_key(run_key, draws.FIRST_CONDITION + np.uint64(index), given.code)
        state.nations[US_AT_LEAST + index, nation, lane] = rules.drawn_threshold(
            given.at_least[index], given.at_least_half_widths[index], draws.uniform(key, np.uint64(0))
        )
    state.nations[US_PERCEIVED, nation, lane] = setup.rounds[0].involvement
    state.nations[PRESSURE_PERCEIVED, nation, lane] = setup.rounds[0].pressure
    state.nations[SHOCK, nation, lane] = 0.0
    state.nations[LOBBYING, nation, lane] = 0.0
    state.nations[STANCE, nation, lane] = 0.0
    state.nations[PEERS, nation, lane] = 0.0


@compilable
def _anchor(setup: Setup, state: State, step: int, nation: int, lane: int) -> float:
    """Draw the anchor of the position stated in a round."""
    statement = setup.statements[step, nation]
    key = draws.purpose_key(state.run_keys[lane], draws.ANCHOR, setup.nations[nation].code)
    return rules.drawn_between(
        statement.anchor_low, statement.anchor_high, draws.uniform(key, np.uint64(step))
    )


@compilable
def _anchor_predisposition(setup: Setup, state: State, step: int, nation: int, lanes: int) -> None:
    """Set the predisposition that makes the propensity equal the anchor in this world, moods apart."""
    for lane in range(lanes):
        calm = rules.undisturbed(nation_of(setup, state, step, nation, lane))
        parts = rules.terms(behaviour_of(state, lane), calm, world_of(setup, state, step, lane))
        anchor = _anchor(setup, state, step, nation, lane)
        state.nations[PREDISPOSITION, nation, lane] = anchor - rules.total(parts)


@compilable
def _state_position(setup: Setup, state: State, step: int, nation: int, lanes: int) -> None:
    """Take the stance that the position stated in a round amounts to."""
    stated = setup.statements[step, nation].stance
    for lane in range(lanes):
        reached = rules.reached_stance(state.nations[PROPENSITY, nation, lane], ladder_of(state, lane))
        state.lanes[NEW_STANCE, lane] = reached if stated == REACHED else stated


# A round


@compilable
def weigh_round(setup: Setup, state: State, step: int, lanes: int) -> None:
    """Move the world into round `step` and let every nation weigh it, as it stood at the round's start."""
    _sum_force(setup, state, lanes)
    _move_great_powers(setup, state, step, lanes)
    _move_mandate(setup, state, step, lanes)
    _press_ladder(setup, state, step, lanes)
    _perceive(setup, state, step, lanes)
    for nation in range(setup.nations.size):
        if setup.statements[step, nation].is_new:
            _anchor_predisposition(setup, state, step, nation, lanes)
    _weigh(setup, state, step, lanes)


@compilable
def decide_round(setup: Setup, state: State, step: int, lanes: int) -> None:
    """Let every nation decide and pledge, then the lead nations lobby."""
    for nation in range(setup.nations.size):
        _approve(state, nation, lanes)
        _check_conditions(setup, state, step, nation, lanes)
        _decide(setup, state, nation, lanes)
        if setup.statements[step, nation].is_new:
            _state_position(setup, state, step, nation, lanes)
        _take_stances(setup, state, nation, lanes)
        _pledge(setup, state, nation, lanes)
    _value_visits(setup, state, lanes)
    for lead in setup.leads:
        _visit(setup, state, lead, lanes)


@compilable
def _sum_force(setup: Setup, state: State, lanes: int) -> None:
    """Add up the pledges, in the order of ISO codes, as a share of the force required."""
    for lane in range(lanes):
        state.lanes[FORCE_RATIO, lane] = 0.0
    for nation in range(setup.nations.size):
        for lane in range(lanes):
            state.lanes[FORCE_RATIO, lane] += state.nations[PLEDGE, nation, lane]
    for lane in range(lanes):
        state.lanes[FORCE_RATIO, lane] /= setup.force_required


@compilable
def _move_great_powers(setup: Setup, state: State, step: int, lanes: int) -> None:
    """Let Washington act, then Moscow, who sees it."""
    world = setup.rounds[step]
    scripted = world.involvement_set or not world.burden_sharing
    for lane in range(lanes):
        behaviour = behaviour_of(state, lane)
        before = state.lanes[INVOLVEMENT, lane]
        involvement = world.involvement if scripted else before
        force_ratio = state.lanes[FORCE_RATIO, lane]
        if world.burden_sharing:
            involvement = rules.burden_sharing_involvement(
                involvement, force_ratio, world.ceiling, world.threshold, world.width, world.speed
            )
        pressure = world.pressure
        if world.reactive:
            growth = rules.force_growth(force_ratio, state.lanes[FORCE_RATIO_AT_START, lane])
            pressure = rules.reactive_pressure(pressure, world.reaction, world.deterred, involvement, growth)
        credibility = rules.credibility(
            state.lanes[CREDIBILITY, lane],
            behaviour.credibility_recovery,
            behaviour.credibility_loss,
            before,
            involvement,
        )
        state.lanes[CREDIBILITY, lane] = credibility
        state.lanes[INVOLVEMENT, lane] = involvement
        state.lanes[PRESSURE, lane] = pressure
        state.lanes[US_SIGNAL, lane] = credibility * involvement
        draw = draws.standardised(state.common_keys[lane], np.uint64(step))
        state.lanes[COMMON_SHOCK, lane] = state.lanes[COMMON_WEIGHT, lane] * draw


@compilable
def _move_mandate(setup: Setup, state: State, step: int, lanes: int) -> None:
    """Take the mandate from the scenario, or negotiate it from where it stands."""
    world = setup.rounds[step]
    if world.mandate_set or not world.negotiated:
        for lane in range(lanes):
            state.lanes[CLARITY, lane] = world.clarity
            state.lanes[PEACEKEEPING, lane] = world.mandate[0]
            state.lanes[DETERRENCE, lane] = world.mandate[1]
            state.lanes[REASSURANCE, lane] = world.mandate[2]
    if world.negotiated:
        for lane in range(lanes):
            _negotiate(setup, state, lane)


@compilable
def _negotiate(setup: Setup, state: State, lane: int) -> None:
    """Move the mandate a round towards what the influential and engaged prefer."""
    behaviour = behaviour_of(state, lane)
    weight, first, second, third = 0.0, 0.0, 0.0, 0.0
    for nation in range(setup.nations.size):
        given = setup.nations[nation]
        voice = given.influence * rules.engagement(state.nations[STANCE, nation, lane])
        weight += voice
        first += voice * given.preferred[0]
        second += voice * given.preferred[1]
        third += voice * given.preferred[2]
    mandate = rules.negotiated_mandate(
        (state.lanes[PEACEKEEPING, lane], state.lanes[DETERRENCE, lane], state.lanes[REASSURANCE, lane]),
        rules.mean_pull(first, second, third, weight),
        behaviour.planning,
        behaviour.bargaining,
    )
    state.lanes[PEACEKEEPING, lane] = mandate[0]
    state.lanes[DETERRENCE, lane] = mandate[1]
    state.lanes[REASSURANCE, lane] = mandate[2]
    state.lanes[CLARITY, lane] = rules.clarity(rules.concentration(mandate))


@compilable
def _press_ladder(setup: Setup, state: State, step: int, lanes: int) -> None:
    """Set this round's thresholds."""
    for lane in range(lanes):
        ladder = rules.pressed_ladder(behaviour_of(state, lane), setup.rounds[step].decision_pressure)
        state.lanes[TO_UNDECIDED, lane] = ladder.climb_to_undecided
        state.lanes[TO_OPEN, lane] = ladder.climb_to_open
        state.lanes[TO_COMMITTED, lane] = ladder.climb_to_committed
        state.lanes[BACK_TO_OPPOSED, lane] = ladder.slip_to_opposed
        state.lanes[BACK_TO_UNDECIDED, lane] = ladder.slip_to_undecided
        state.lanes[BACK_TO_OPEN, lane] = ladder.slip_to_open


@compilable
def _perceive(setup: Setup, state: State, step: int, lanes: int) -> None:
    """Move every nation's perceptions and mood."""
    for nation in range(setup.nations.size):
        for lane in range(lanes):
            behaviour = behaviour_of(state, lane)
            state.nations[US_PERCEIVED, nation, lane] = rules.perceive(
                state.nations[US_PERCEIVED, nation, lane],
                state.lanes[US_SIGNAL, lane],
                behaviour.attention,
                state.nations[US_RELIANCE, nation, lane],
            )
            state.nations[PRESSURE_PERCEIVED, nation, lane] = rules.perceive(
                state.nations[PRESSURE_PERCEIVED, nation, lane],
                state.lanes[PRESSURE, lane],
                behaviour.attention,
                state.nations[THREAT, nation, lane],
            )
        for lane in range(lanes):
            behaviour = behaviour_of(state, lane)
            own = draws.standardised(state.shock_keys[nation, lane], np.uint64(step))
            state.nations[SHOCK, nation, lane] = rules.shock(
                state.nations[SHOCK, nation, lane],
                behaviour.persistence,
                behaviour.volatility,
                state.lanes[COMMON_SHOCK, lane],
                state.lanes[OWN_WEIGHT, lane] * own,
            )


@compilable
def _weigh(setup: Setup, state: State, step: int, lanes: int) -> None:
    """Add up what speaks for and against joining."""
    for nation in range(setup.nations.size):
        for lane in range(lanes):
            parts = rules.terms(
                behaviour_of(state, lane),
                nation_of(setup, state, step, nation, lane),
                world_of(setup, state, step, lane),
            )
            predisposition = state.nations[PREDISPOSITION, nation, lane]
            state.nations[PROPENSITY, nation, lane] = predisposition + rules.total(parts)


@compilable
def _approve(state: State, nation: int, lanes: int) -> None:
    """Count the rounds on end in which a nation's propensity has been high enough to commit."""
    for lane in range(lanes):
        state.nations[APPROVED, nation, lane] = rules.approved_rounds(
            state.nations[APPROVED, nation, lane],
            state.nations[PROPENSITY, nation, lane],
            state.lanes[TO_COMMITTED, lane],
        )


@compilable
def _check_conditions(setup: Setup, state: State, step: int, nation: int, lanes: int) -> None:
    """See whether all that a nation has demanded is the case."""
    authority, ceasefire = setup.rounds[step].authority, setup.rounds[step].ceasefire
    for lane in range(lanes):
        all_met = (
            rules.met(state.lanes[INVOLVEMENT, lane], state.nations[US_AT_LEAST, nation, lane])
            & rules.met(state.lanes[CLARITY, lane], state.nations[CLARITY_AT_LEAST, nation, lane])
            & rules.met(authority, state.nations[AUTHORITY_AT_LEAST, nation, lane])
            & rules.met(ceasefire, state.nations[CEASEFIRE_AT_LEAST, nation, lane])
        )
        state.nations[CONDITIONS_MET, nation, lane] = 1.0 if all_met else 0.0


@compilable
def _decide(setup: Setup, state: State, nation: int, lanes: int) -> None:
    """Let a nation climb, slip or stay."""
    deployable, ratification = setup.nations[nation].deployable, setup.nations[nation].ratification
    for lane in range(lanes):
        is_free = rules.may_commit(
            deployable,
            state.nations[CONDITIONS_MET, nation, lane] > 0.0,
            state.nations[APPROVED, nation, lane],
            ratification,
        )
        state.lanes[NEW_STANCE, lane] = rules.next_stance(
            state.nations[STANCE, nation, lane],
            state.nations[PROPENSITY, nation, lane],
            ladder_of(state, lane),
            is_free,
        )


@compilable
def _take_stances(setup: Setup, state: State, nation: int, lanes: int) -> None:
    """Change a nation's stance and what the others see of it.

    Ties are multiples of 2**-40, so sums of tie x stance are exact and may be updated in place, which is
    worth it because few lanes change in a round.
    """
    changed = 0
    for lane in range(lanes):
        changed += 1 if state.lanes[NEW_STANCE, lane] != state.nations[STANCE, nation, lane] else 0
    if changed == 0:
        return
    for lane in range(lanes):
        change = state.lanes[NEW_STANCE, lane] - state.nations[STANCE, nation, lane]
        if change != 0.0:
            for other in range(setup.nations.size):
                state.nations[PEERS, other, lane] += setup.ties[other, nation] * change
        state.nations[STANCE, nation, lane] = state.lanes[NEW_STANCE, lane]


@compilable
def _pledge(setup: Setup, state: State, nation: int, lanes: int) -> None:
    """Let a nation pledge troops by its stance and propensity."""
    deployable = setup.nations[nation].deployable
    for lane in range(lanes):
        state.nations[PLEDGE, nation, lane] = rules.pledge(
            state.nations[STANCE, nation, lane],
            deployable,
            state.nations[PROPENSITY, nation, lane],
            state.lanes[TO_COMMITTED, lane],
        )


@compilable
def _value_visits(setup: Setup, state: State, lanes: int) -> None:
    """Let earlier visits fade and value a visit to each nation that could still be won over."""
    for nation in range(setup.nations.size):
        deployable = setup.nations[nation].deployable
        for lane in range(lanes):
            state.nations[LOBBYING, nation, lane] *= behaviour_of(state, lane).lobby_decay
            worth = rules.lobbying_value(
                deployable, state.nations[PROPENSITY, nation, lane], state.lanes[TO_COMMITTED, lane]
            )
            is_free = state.nations[STANCE, nation, lane] < COMMITTED
            could_join = is_free & (state.nations[CONDITIONS_MET, nation, lane] > 0.0)
            state.nations[WORTH, nation, lane] = worth if could_join else 0.0
    for lead in setup.leads:
        for lane in range(lanes):
            state.nations[WORTH, lead, lane] = 0.0


@compilable
def _visit(setup: Setup, state: State, lead: int, lanes: int) -> None:
    """Let a lead nation, if committed, visit the nation most worth it; the first by ISO code at a tie."""
    for lane in range(lanes):
        state.lanes[BEST_WORTH, lane] = 0.0
        state.lanes[BEST_NATION, lane] = -1.0
    for nation in range(setup.nations.size):
        for lane in range(lanes):
            worth = state.nations[WORTH, nation, lane]
            better = worth > state.lanes[BEST_WORTH, lane]
            state.lanes[BEST_WORTH, lane] = worth if better else state.lanes[BEST_WORTH, lane]
            state.lanes[BEST_NATION, lane] = nation if better else state.lanes[BEST_NATION, lane]
    for lane in range(lanes):
        chosen = int(state.lanes[BEST_NATION, lane])
        if chosen >= 0 and state.nations[STANCE, lead, lane] == COMMITTED:
            state.nations[WORTH, chosen, lane] = 0.0
            state.nations[LOBBYING, chosen, lane] += behaviour_of(state, lane).lobby_push
