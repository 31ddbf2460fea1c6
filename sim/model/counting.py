"""Counting a block of runs as it goes: compiled loops that add to a tally and fill records.

The lanes beyond `filled` hold runs that nobody asked for; they are computed and not counted.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.declarations.arithmetic import clip, larger, smaller
from sim.declarations.arrays import Integers
from sim.declarations.levels import MOVED
from sim.declarations.records import Terms
from sim.declarations.words import PURPOSES, Stance
from sim.model import rules
from sim.model.generated import written_out
from sim.model.lanes import (
    COMMITTED,
    CONDITION_COUNT,
    COUNTERS,
    LANES,
    MOVES,
    PURPOSE_COUNT,
    State,
    StructuredRow,
    behaviour_of,
    compilable,
    conditions_of,
    ladder_of,
    moved_levels,
    nation_of,
    world_of,
)
from sim.model.tally import (
    BINS,
    DEMANDS,
    FIXED_POINT,
    HOLDS_BACK,
    PROPENSITY_LIMIT,
    RUN_COLUMNS,
    WORLD_VARIABLES,
    Records,
    Tally,
)
from sim.model.turns import end_turn, take_turn

UNDECIDED, OPEN = float(Stance.UNDECIDED), float(Stance.OPEN)
STANCES = len(Stance)
FORCE, FIELDED, PURPOSE = (WORLD_VARIABLES.index(name) for name in ("force", "fielded", PURPOSES[0]))
"""Where these are, or begin, among WORLD_VARIABLES."""
SIZE_AT_END, CONTRIBUTORS_AT_END, FORCE_AT_END, FIELDED_AT_END, LEVEL_AT_END, FIRST_MET, JOINED, LEFT = (
    RUN_COLUMNS.index(name)
    for name in (
        *("size", "contributors", "force", "fielded"),
        *(MOVED[0], "first_round_force_met", "joined", "left"),
    )
)
"""Where these are, or begin, among RUN_COLUMNS."""
NOTHING_TO_SEND, HELD_OUT, FIRST_DEMAND, WAITING, PREDISPOSED = (
    HOLDS_BACK.index(reason)
    for reason in ("nothing_to_send", "held_out", DEMANDS[0], "waiting", "predisposition")
)
"""Where these are, or begin, among HOLDS_BACK."""


# After every round


@compilable
def count_round(state: State, step: int, filled: int, block: int, tally: Tally) -> None:
    """Count where the runs stand after a round, if it is one of those that the tally has rows for.

    Propensities and levels are put into bins, as those of a block that `count_bins` will count.
    """
    world = state.world[0]
    _note_firsts(state, step)
    steps = tally.first_joined.shape[1] - 1
    row = step - (steps - tally.stances.shape[0])
    if row < 0:
        return
    for index in range(state.nations.size):
        nation = state.nations[index]
        _count_nation(nation, row, index, filled, tally)
        for lane in range(LANES):
            state.bins[row, index, block, lane] = bin_of(
                nation.propensity[lane], -PROPENSITY_LIMIT, PROPENSITY_LIMIT
            )
    _count_coalition(world, row, filled, tally)
    _count_level(state, world.force, world.most_force, row, FORCE, filled, block, tally)
    _count_moved_levels(state, world, row, filled, block, tally)
    _count_level(state, world.fielded, world.most_force, row, FIELDED, filled, block, tally)
    for purpose in range(PURPOSE_COUNT):
        for lane in range(LANES):
            world.share[lane] = world.mandate[purpose, lane]
        _count_level(state, world.share, 1.0, row, PURPOSE + purpose, filled, block, tally)


@compilable
def count_bins(state: State, block: int, filled: int, tally: Tally) -> None:
    """Count what is in bins: of blocks 0 to `block`, the last of which is filled so far.

    Other threads may be counting for the same tally.
    """
    nations = state.nations.size
    for row in range(state.bins.shape[0]):
        take_turn(state.turns, row)
        for index in range(nations):
            _count_in_bins(state, row, index, block, filled)
            _add_counts(state, tally.propensities[row, index])
        for variable in range(state.bins.shape[1] - nations):
            _count_in_bins(state, row, nations + variable, block, filled)
            _add_counts(state, tally.world[row, variable])
        end_turn(state.turns, row)


@compilable
def _count_in_bins(state: State, row: int, index: int, block: int, filled: int) -> None:
    counts = state.counts
    for full in range(block):
        for lane in range(LANES):
            counts[lane % COUNTERS, state.bins[row, index, full, lane]] += 1
    for lane in range(filled):
        counts[lane % COUNTERS, state.bins[row, index, block, lane]] += 1


@compilable
def _add_counts(state: State, total: NDArray[np.int32]) -> None:
    counts = state.counts
    for counter in range(COUNTERS):
        for place in range(BINS):
            total[place] += counts[counter, place]
            counts[counter, place] = 0


@compilable
def record_round(state: State, at: int, filled: int, first_row: int, records: Records) -> None:
    """Keep the trajectories asked for; `first_row` is the row of lane 0.

    `at` is the place of the round among those that are kept, negative for one that is not.
    """
    if records.stance.shape[0] > 0 and at >= 0:
        for index in range(state.nations.size):
            nation = state.nations[index]
            for lane in range(filled):
                records.stance[first_row + lane, at, index] = np.int8(nation.stance[lane])
                records.propensity[first_row + lane, at, index] = nation.propensity[lane]


@compilable
def record_terms(state: State, at: int, filled: int, first_row: int, records: Records) -> None:
    """Keep each term of each propensity, if asked; to be called before lead nations lobby."""
    if records.terms.shape[0] > 0 and at >= 0:
        for index in range(state.nations.size):
            nation = state.nations[index]
            for lane in range(filled):
                parts = _terms_of(state.traits[index], nation, state.world[0], lane)
                for term in range(len(parts)):
                    records.terms[first_row + lane, at, index, term] = parts[term]
                records.predisposition[first_row + lane, at, index] = nation.predisposition[lane]


@compilable
def _note_firsts(state: State, step: int) -> None:
    """Keep where each nation started, when it was first committed, and when the force was first met."""
    for index in range(state.nations.size):
        nation = state.nations[index]
        if step == 0:
            for lane in range(LANES):
                nation.first_stance[lane] = nation.stance[lane]
        for lane in range(LANES):
            since = step if nation.stance[lane] == COMMITTED else math.inf
            nation.first_committed[lane] = smaller(since, nation.first_committed[lane])
    world = state.world[0]
    for lane in range(LANES):
        since = step if world.force[lane] >= world.force_required[lane] else math.inf
        world.first_met[lane] = smaller(since, world.first_met[lane])


@compilable
def _count_nation(nation: StructuredRow, row: int, index: int, filled: int, tally: Tally) -> None:
    """Count a nation's stances and what else it gives, and add up its pledges."""
    undecided, open_, committed, pledges, squares = 0, 0, 0, 0, 0
    contributions, supports = 0, 0
    for lane in range(filled):
        stance, pledge = nation.stance[lane], nation.pledge[lane]
        undecided += 1 if stance == UNDECIDED else 0
        open_ += 1 if stance == OPEN else 0
        committed += 1 if stance == COMMITTED else 0
        pledges += fixed_point(pledge)
        squares += int(pledge * pledge + 0.5)
        contributions += 1 if nation.contributes[lane] > 0.0 else 0
        supports += 1 if nation.supports[lane] > 0.0 else 0
    tally.stances[row, index, 0] += filled - undecided - open_ - committed
    tally.stances[row, index, 1] += undecided
    tally.stances[row, index, 2] += open_
    tally.stances[row, index, 3] += committed
    tally.pledges[row, index] += pledges
    tally.pledge_squares[row, index] += squares
    tally.contributions[row, index] += contributions
    tally.supports[row, index] += supports


@compilable
def _count_coalition(world: StructuredRow, row: int, filled: int, tally: Tally) -> None:
    """Count the coalition's size, those who contribute, and whether the force is what is required."""
    for lane in range(filled):
        tally.sizes[row, int(world.members[lane])] += 1
        tally.contributors[row, int(world.contributors[lane])] += 1
        tally.force_met[row] += 1 if world.force[lane] >= world.force_required[lane] else 0


@compilable
def _count_level(
    state: State,
    levels: StructuredRow,
    limit: float,
    row: int,
    variable: int,
    filled: int,
    block: int,
    tally: Tally,
) -> None:
    """Count the levels of a variable of the world, in lanes."""
    for lane in range(LANES):
        state.bins[row, state.nations.size + variable, block, lane] = bin_of(levels[lane], 0.0, limit)
    total, least, most = 0, math.inf, -math.inf
    for lane in range(filled):
        total += fixed_point(levels[lane])
    for lane in range(filled):
        least = smaller(levels[lane], least)
        most = larger(levels[lane], most)
    tally.world_sums[row, variable] += total
    tally.world_least[row, variable] = smaller(least, tally.world_least[row, variable])
    tally.world_most[row, variable] = larger(most, tally.world_most[row, variable])


_COUNT = "_count_level(state, world.{name}, 1.0, row, {variable}, filled, block, tally)"

_count_moved_levels = compilable(  # one call a level: a loop over them is slower
    written_out(
        "_count_moved_levels",
        "state, world, row, filled, block, tally",
        f"({', '.join(_COUNT.format(name=name, variable=WORLD_VARIABLES.index(name)) for name in MOVED)},)",
        {"_count_level": _count_level},
        "Count the levels that something other than the scenario may move.",
    )
)


@compilable
def _terms_of(traits: StructuredRow, nation: StructuredRow, world: StructuredRow, lane: int) -> Terms:
    """Return the terms of a nation's propensity in a lane."""
    weighed: Terms = rules.terms(
        behaviour_of(world, lane), nation_of(traits, nation, lane), world_of(world, lane)
    )
    return weighed


# After the last round


@compilable
def count_end(state: State, filled: int, first_row: int, tally: Tally, records: Records) -> None:
    """Count who joined when and what holds back the others, and keep a row a run."""
    world, last = state.world[0], tally.first_joined.shape[1] - 2
    for lane in range(LANES):
        for move in range(MOVES):
            world.moves[move, lane] = 0.0
    for index in range(state.nations.size):
        traits, nation = state.traits[index], state.nations[index]
        _add_moves(nation, world)
        _find_hold(traits, nation, world)
        for lane in range(filled):
            first, stance = int(nation.first_stance[lane]), int(nation.stance[lane])
            tally.first_joined[index, int(smaller(nation.first_committed[lane], last + 1.0))] += 1
            tally.moves[index, first, stance] += 1
            if nation.stance[lane] < COMMITTED:
                _count_hold(nation, world, lane, tally.held_back[index])
    for lane in range(filled):
        for first in range(STANCES):
            for stance in range(STANCES):
                tally.flows[first, stance, int(world.moves[first * STANCES + stance, lane])] += 1
        tally.first_met[int(smaller(world.first_met[lane], last + 1.0))] += 1
        for event in range(state.happened.shape[0]):
            happened = state.happened[event, lane]
            tally.happened[event, int(smaller(happened, last + 1.0))] += 1
            records.happened[first_row + lane, event] = happened
        _record_run(world, lane, records.runs[first_row + lane])


@compilable
def _add_moves(nation: StructuredRow, world: StructuredRow) -> None:
    """Add a nation to those that moved from a stance to another one."""
    for first in range(STANCES):
        for stance in range(STANCES):
            for lane in range(LANES):
                moved = (nation.first_stance[lane] == first) & (nation.stance[lane] == stance)
                world.moves[first * STANCES + stance, lane] += 1.0 if moved else 0.0


@compilable
def _record_run(world: StructuredRow, lane: int, row: StructuredRow) -> None:
    """Keep how a run ended, in the order of RUN_COLUMNS."""
    joined, left = 0.0, 0.0
    for other in range(STANCES - 1):
        joined += world.moves[other * STANCES + STANCES - 1, lane]
        left += world.moves[(STANCES - 1) * STANCES + other, lane]
    first_met = world.first_met[lane]
    row[SIZE_AT_END], row[CONTRIBUTORS_AT_END] = world.members[lane], world.contributors[lane]
    row[FORCE_AT_END], row[FIELDED_AT_END] = world.force[lane], world.fielded[lane]
    moved = moved_levels(world)
    for level in range(len(moved)):
        row[LEVEL_AT_END + level] = moved[level][lane]
    row[FIRST_MET] = first_met if first_met < math.inf else math.nan
    row[JOINED], row[LEFT] = joined, left


@compilable
def _find_hold(traits: StructuredRow, nation: StructuredRow, world: StructuredRow) -> None:
    """Find what keeps a nation out: what alone would let it in if it were gone; else its own position."""
    for lane in range(LANES):
        propensity, bar = nation.propensity[lane], ladder_of(world, lane).climb_to_committed
        parts = _terms_of(traits, nation, world, lane)
        heaviest, least = PREDISPOSED, 0.0
        for term in range(len(parts)):
            is_heavier = parts[term] < least
            heaviest = PREDISPOSED + 1 + term if is_heavier else heaviest
            least = parts[term] if is_heavier else least
        reason = heaviest if propensity - least > bar else PREDISPOSED
        reason = FIRST_DEMAND if propensity - parts.demands > bar else reason
        reason = WAITING if propensity > bar else reason
        reason = HELD_OUT if nation.most_stance[lane] < COMMITTED else reason
        nation.hold[lane] = NOTHING_TO_SEND if traits.deployable <= 0.0 else reason


@compilable
def _count_hold(nation: StructuredRow, world: StructuredRow, lane: int, held_back: Integers) -> None:
    """Count what keeps a nation out; of its demands, each that is not met."""
    reason = nation.hold[lane]
    if reason == FIRST_DEMAND:
        actual = conditions_of(world_of(world, lane))
        for condition in range(CONDITION_COUNT):
            if not rules.met(actual[condition], nation.at_least[condition, lane]):
                held_back[FIRST_DEMAND + condition] += 1
    else:
        held_back[reason] += 1


@compilable
def fixed_point(value: float) -> int:
    """Return a value that is not negative in units of 2**-20."""
    return int(value * FIXED_POINT + 0.5)


@compilable
def bin_of(value: float, low: float, high: float) -> int:
    """Return the bin of a value between two limits, the outermost for values beyond."""
    return int(clip((value - low) / (high - low) * BINS, 0.0, BINS - 1.0))
