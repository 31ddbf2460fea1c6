"""What is kept of the runs: counts, so that any order of the runs adds up to the same bits.

Shares and quantiles come from integer counts, means from sums in fixed point; integers may be added in any
order. Memory depends on the nations and rounds, not on the number of runs.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.inputs.vocabulary import CONDITIONS, Stance
from sim.model import rules
from sim.model.lockstep import (
    CLARITY,
    COMMITTED,
    CONDITIONS_MET,
    CREDIBILITY,
    FORCE,
    INVOLVEMENT,
    PLEDGE,
    PREDISPOSITION,
    PRESSURE,
    PROPENSITY,
    SIZE,
    STANCE,
    US_AT_LEAST,
    State,
    behaviour_of,
    compilable,
    nation_of,
    world_of,
)
from sim.model.setup import Floats, Setup

Counts = NDArray[np.int64]

BINS = 256
PROPENSITY_LIMIT = 6.4
"""Propensities are counted between -6.4 and 6.4 log-odds, in steps of 0.05; beyond, in the outermost bin."""

FIXED_POINT = 1048576.0
"""Sums are kept in units of 2**-20."""

WORLD_VARIABLES = ("force", "involvement", "pressure", "clarity")
"""What is counted of the world, each between 0 and its upper limit."""

DEMANDS = tuple(f"demands_{condition}" for condition in CONDITIONS)
HOLDS_BACK = ("nothing_to_send", *DEMANDS, "ratification", "predisposition", *rules.Terms._fields)
"""Why a nation is not committed at the end: unmet demands, else what weighs most against joining."""
FIRST_DEMAND, RATIFICATION, PREDISPOSED = 1, 1 + len(DEMANDS), 2 + len(DEMANDS)

RUN_COLUMNS = (
    "size",
    "force",
    "involvement",
    "pressure",
    "clarity",
    "credibility",
    "first_round_force_met",
    "joined",
    "left",
)


class Tally(NamedTuple):
    """Counts over runs; the first axis is the round (row 0 the anchor world) unless said."""

    stances: Counts  # (rounds + 1, nations, stances)
    propensities: NDArray[np.int32]  # (rounds + 1, nations, BINS)
    pledges: Counts  # (rounds + 1, nations) sums in fixed point
    pledge_squares: Counts  # (rounds + 1, nations) sums of squares, each rounded
    sizes: Counts  # (rounds + 1, nations + 1)
    world: NDArray[np.int32]  # (rounds + 1, WORLD_VARIABLES, BINS)
    world_sums: Counts  # (rounds + 1, WORLD_VARIABLES) in fixed point
    world_least: Floats  # (rounds + 1, WORLD_VARIABLES) the least value of any run
    world_most: Floats  # (rounds + 1, WORLD_VARIABLES) the largest
    force_met: Counts  # (rounds + 1,)
    first_joined: Counts  # (nations, rounds + 2) first round committed; the last column: never
    held_back: Counts  # (nations, HOLDS_BACK) at the end, of the runs in which it is not committed


class Records(NamedTuple):
    """What is kept of each run, if asked; an empty array is not written to."""

    runs: Floats  # (runs, RUN_COLUMNS)
    stance: NDArray[np.int8]  # (runs, rounds + 1, nations)
    propensity: Floats  # (runs, rounds + 1, nations)
    terms: Floats  # (runs, rounds + 1, nations, terms)
    predisposition: Floats  # (runs, rounds + 1, nations)


def empty_tally(rounds: int, nations: int) -> Tally:
    """Return a tally of no runs."""
    steps = rounds + 1
    return Tally(
        stances=np.zeros((steps, nations, len(Stance)), np.int64),
        propensities=np.zeros((steps, nations, BINS), np.int32),
        pledges=np.zeros((steps, nations), np.int64),
        pledge_squares=np.zeros((steps, nations), np.int64),
        sizes=np.zeros((steps, nations + 1), np.int64),
        world=np.zeros((steps, len(WORLD_VARIABLES), BINS), np.int32),
        world_sums=np.zeros((steps, len(WORLD_VARIABLES)), np.int64),
        world_least=np.full((steps, len(WORLD_VARIABLES)), np.inf),
        world_most=np.full((steps, len(WORLD_VARIABLES)), -np.inf),
        force_met=np.zeros(steps, np.int64),
        first_joined=np.zeros((nations, steps + 1), np.int64),
        held_back=np.zeros((nations, len(HOLDS_BACK)), np.int64),
    )


def add_tally(total: Tally, part: Tally) -> None:
    """Add the counts of some runs to those of others, in place."""
    merge = {"world_least": np.minimum, "world_most": np.maximum}
    for name in Tally._fields:
        into = getattr(total, name)
        merge.get(name, np.add)(into, getattr(part, name), out=into)


def empty_records(runs: int, rounds: int, nations: int, *, trajectories: bool, terms: bool) -> Records:
    """Return room for the records asked for; what is not asked for gets no room."""
    kept = runs if trajectories or terms else 0
    with_terms = runs if terms else 0
    return Records(
        runs=np.empty((runs, len(RUN_COLUMNS))),
        stance=np.empty((kept, rounds + 1, nations), np.int8),
        propensity=np.empty((kept, rounds + 1, nations)),
        terms=np.empty((with_terms, rounds + 1, nations, len(rules.Terms._fields))),
        predisposition=np.empty((with_terms, rounds + 1, nations)),
    )


@compilable
def fixed_point(value: float) -> int:
    """Return a value that is not negative in units of 2**-20."""
    return int(value * FIXED_POINT + 0.5)


@compilable
def bin_of(value: float, low: float, high: float) -> int:
    """Return the bin of a value between two limits, the outermost for values beyond."""
    return int(rules.clip((value - low) / (high - low) * BINS, 0.0, BINS - 1.0))


@compilable
def count_round(
    setup: Setup, state: State, step: int, lanes: int, firsts: NDArray[np.int64], tally: Tally
) -> None:
    """Count where the lanes stand after a round.

    `firsts` [nations + 1, lane] holds the round in which a nation was first committed and, in its last
    row, in which the force was first met; it is kept up to date.
    """
    nations = setup.nations.size
    for nation in range(nations):
        _count_stances(state, step, nation, lanes, tally)
        _count_first_joining(state, step, nation, lanes, firsts)
        for lane in range(lanes):
            place = bin_of(state.nations[PROPENSITY, nation, lane], -PROPENSITY_LIMIT, PROPENSITY_LIMIT)
            tally.propensities[step, nation, place] += 1
    sum_coalition(setup, state, lanes)
    most = most_force(setup)
    for lane in range(lanes):
        force = state.lanes[FORCE, lane]
        tally.sizes[step, int(state.lanes[SIZE, lane])] += 1
        if force >= setup.force_required:
            tally.force_met[step] += 1
            firsts[nations, lane] = min(firsts[nations, lane], step)
        seen = (
            force,
            state.lanes[INVOLVEMENT, lane],
            state.lanes[PRESSURE, lane],
            state.lanes[CLARITY, lane],
        )
        for variable in range(len(seen)):
            limit = most if variable == 0 else 1.0
            tally.world[step, variable, bin_of(seen[variable], 0.0, limit)] += 1
            tally.world_sums[step, variable] += fixed_point(seen[variable])
            tally.world_least[step, variable] = rules.smaller(
                seen[variable], tally.world_least[step, variable]
            )
            tally.world_most[step, variable] = rules.larger(seen[variable], tally.world_most[step, variable])


@compilable
def sum_coalition(setup: Setup, state: State, lanes: int) -> None:
    """Count the committed nations of each lane and the soldiers they pledge, added in ISO order."""
    for lane in range(lanes):
        state.lanes[SIZE, lane] = 0.0
        state.lanes[FORCE, lane] = 0.0
    for nation in range(setup.nations.size):
        for lane in range(lanes):
            is_in = state.nations[STANCE, nation, lane] == COMMITTED
            state.lanes[SIZE, lane] += 1.0 if is_in else 0.0
            state.lanes[FORCE, lane] += state.nations[PLEDGE, nation, lane]


@compilable
def _count_stances(state: State, step: int, nation: int, lanes: int, tally: Tally) -> None:
    """Count a nation's stances and add up its pledges."""
    undecided, open_, committed, pledged, squares = 0, 0, 0, 0, 0
    for lane in range(lanes):
        stance = state.nations[STANCE, nation, lane]
        undecided += 1 if stance == 1.0 else 0
        open_ += 1 if stance == 2.0 else 0
        committed += 1 if stance == COMMITTED else 0
        pledge = state.nations[PLEDGE, nation, lane]
        pledged += fixed_point(pledge)
        squares += int(pledge * pledge + 0.5)
    tally.stances[step, nation, 0] += lanes - undecided - open_ - committed
    tally.stances[step, nation, 1] += undecided
    tally.stances[step, nation, 2] += open_
    tally.stances[step, nation, 3] += committed
    tally.pledges[step, nation] += pledged
    tally.pledge_squares[step, nation] += squares


@compilable
def _count_first_joining(state: State, step: int, nation: int, lanes: int, firsts: NDArray[np.int64]) -> None:
    """Keep the round in which a nation was first committed: the least of those in which it was."""
    for lane in range(lanes):
        joined = state.nations[STANCE, nation, lane] == COMMITTED
        earlier = firsts[nation, lane] < step
        firsts[nation, lane] = step if joined and not earlier else firsts[nation, lane]


@compilable
def most_force(setup: Setup) -> float:
    """Return the soldiers that all nations together could deploy, the upper limit of the force."""
    troops = 0.0
    for given in setup.nations:
        troops += given["deployable"]
    return max(troops, 1.0)


@compilable
def record_round(setup: Setup, state: State, step: int, lanes: int, first_row: int, records: Records) -> None:
    """Keep the trajectories asked for; `first_row` is the row of lane 0."""
    if records.stance.shape[0] == 0:
        return
    for lane in range(lanes):
        row = first_row + lane
        for nation in range(setup.nations.size):
            records.stance[row, step, nation] = np.int8(state.nations[STANCE, nation, lane])
            records.propensity[row, step, nation] = state.nations[PROPENSITY, nation, lane]


@compilable
def record_terms(setup: Setup, state: State, step: int, lanes: int, first_row: int, records: Records) -> None:
    """Keep each term of each propensity; to be called before the round changes what nations weigh."""
    if records.terms.shape[0] == 0:
        return
    for nation in range(setup.nations.size):
        for lane in range(lanes):
            row = first_row + lane
            parts = rules.terms(
                behaviour_of(state, lane),
                nation_of(setup, state, step, nation, lane),
                world_of(setup, state, step, lane),
            )
            for index in range(len(parts)):
                records.terms[row, step, nation, index] = parts[index]
            records.predisposition[row, step, nation] = state.nations[PREDISPOSITION, nation, lane]


@compilable
def count_end(
    setup: Setup,
    state: State,
    lanes: int,
    first_row: int,
    firsts: NDArray[np.int64],
    tally: Tally,
    records: Records,
) -> None:
    """Count who joined when and what holds back the others, and keep a row a run."""
    nations = setup.nations.size
    last = tally.first_joined.shape[1] - 2
    for nation in range(nations):
        for lane in range(lanes):
            tally.first_joined[nation, firsts[nation, lane]] += 1
            if state.nations[STANCE, nation, lane] < COMMITTED:
                _count_hold(setup, state, last, nation, lane, tally)
    for lane in range(lanes):
        joined, left = 0, 0
        for nation in range(nations):
            is_in = state.nations[STANCE, nation, lane] == COMMITTED
            was_in = firsts[nation, lane] == 0
            joined += is_in and not was_in
            left += was_in and not is_in
        row = records.runs[first_row + lane]
        row[0], row[1] = state.lanes[SIZE, lane], state.lanes[FORCE, lane]
        row[2], row[3] = state.lanes[INVOLVEMENT, lane], state.lanes[PRESSURE, lane]
        row[4], row[5] = state.lanes[CLARITY, lane], state.lanes[CREDIBILITY, lane]
        row[6] = firsts[nations, lane] if firsts[nations, lane] <= last else np.nan
        row[7], row[8] = joined, left


@compilable
def _count_hold(setup: Setup, state: State, step: int, nation: int, lane: int, tally: Tally) -> None:
    """Count what keeps a nation out: nothing to send, unmet conditions, procedure, or the heaviest term."""
    if setup.nations[nation].deployable <= 0.0:
        tally.held_back[nation, 0] += 1
        return
    actual = (
        state.lanes[INVOLVEMENT, lane],
        state.lanes[CLARITY, lane],
        setup.rounds[step].authority,
        setup.rounds[step].ceasefire,
    )
    for condition in range(len(actual)):
        if not rules.met(actual[condition], state.nations[US_AT_LEAST + condition, nation, lane]):
            tally.held_back[nation, FIRST_DEMAND + condition] += 1
    if state.nations[CONDITIONS_MET, nation, lane] == 0.0:
        return
    if state.nations[PROPENSITY, nation, lane] > behaviour_of(state, lane).climb_to_committed:
        tally.held_back[nation, RATIFICATION] += 1
        return
    parts = rules.terms(
        behaviour_of(state, lane),
        nation_of(setup, state, step, nation, lane),
        world_of(setup, state, step, lane),
    )
    heaviest, least = PREDISPOSED, 0.0
    for index in range(len(parts)):
        if parts[index] < least:
            heaviest, least = PREDISPOSED + 1 + index, parts[index]
    tally.held_back[nation, heaviest] += 1
