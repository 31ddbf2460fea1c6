"""What is kept of the runs: counts, so that any order of the runs adds up to the same bits.

Shares and quantiles come from integer counts, means from sums in fixed point; integers may be added in any
order. Memory depends on the nations and rounds, not on the number of runs.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.declarations.arrays import Floats, Integers
from sim.declarations.levels import CONDITIONS, MOVED
from sim.declarations.records import Terms
from sim.declarations.words import PURPOSES, Stance

BINS = 256
"""Of propensities and of levels."""

PROPENSITY_LIMIT = 6.4
"""Propensities are counted between -6.4 and 6.4 log-odds, in steps of 0.05; beyond, in the outermost bin."""

FIXED_POINT = 1048576.0
"""Sums are kept in units of 2**-20."""

WORLD_VARIABLES = ("force", "fielded", *MOVED, *PURPOSES)
"""What is counted of the world, each between 0 and its upper limit."""

DEMANDS = tuple(f"demands_{condition}" for condition in CONDITIONS)
HOLDS_BACK = ("nothing_to_send", "held_out", *DEMANDS, "waiting", "predisposition", *Terms._fields)
"""Why a nation is not committed at the end: demands, or the heaviest term, without which it would want to be;
else its own position."""

RUN_COLUMNS = (
    *("size", "contributors", "force", "fielded"),
    *MOVED,
    *("first_round_force_met", "joined", "left"),
)
"""How a run ended."""


Counts = NDArray[np.int32]
"""Of runs, round by round: the largest arrays, so that a tally counts up to `MOST_COUNTED` runs."""

MOST_COUNTED = 2**31 - 1


class Tally(NamedTuple):
    """Integers over runs; the first axis is the round by default, the last rows being the last rounds.

    With all rounds counted there are rounds + 1 rows, and row 0 is the anchor world.
    """

    stances: Counts  # (rows, nations, stances)
    propensities: Counts  # (rows, nations, BINS)
    pledges: Integers  # (rows, nations) sums in fixed point
    pledge_squares: Integers  # (rows, nations) sums of squares, each rounded
    sizes: Counts  # (rows, nations + 1)
    contributions: Counts  # (rows, nations) any military contribution
    supports: Counts  # (rows, nations) at least words of support or staff officers
    contributors: Counts  # (rows, nations + 1) of how many nations
    world: Counts  # (rows, WORLD_VARIABLES, BINS)
    world_sums: Integers  # (rows, WORLD_VARIABLES) in fixed point
    world_least: Floats  # (rows, WORLD_VARIABLES) the least value of any run
    world_most: Floats  # (rows, WORLD_VARIABLES) the largest
    force_met: Integers  # (rows,)
    first_met: Integers  # (rounds + 2,) first round in which the force was what is required; the last: never
    first_joined: Integers  # (nations, rounds + 2) first round committed; the last column: never
    happened: Integers  # (events, rounds + 2) when events happened that some runs only see; the last: never
    held_back: Integers  # (nations, HOLDS_BACK) at the end, of the runs in which it is not committed
    moves: Integers  # (nations, stances, stances) from the start to the end
    flows: Integers  # (stances, stances, nations + 1) how many nations of a run made that move


class Records(NamedTuple):
    """What is kept of each run, if asked; an empty array is not written to.

    With all rounds recorded there are rounds + 1 rows, and row 0 is the anchor world.
    """

    runs: Floats  # (runs, RUN_COLUMNS)
    happened: (
        Floats  # (runs, events) the round in which each happened that some runs only see; infinite: never
    )
    stance: NDArray[np.int8]  # (runs, rows, nations)
    propensity: Floats  # (runs, rows, nations)
    terms: Floats  # (runs, rows, nations, terms)
    predisposition: Floats  # (runs, rows, nations)


def empty_tally(rounds: int, nations: int, counted: int | None = None, *, events: int = 0) -> Tally:
    """Return a tally of no runs, with room for the last so many rounds: for all and the anchor if None.

    Events are those that happen in some runs only.
    """
    steps, rows = rounds + 1, last_rows(rounds, counted)
    return Tally(
        stances=np.zeros((rows, nations, len(Stance)), np.int32),
        propensities=np.zeros((rows, nations, BINS), np.int32),
        pledges=np.zeros((rows, nations), np.int64),
        pledge_squares=np.zeros((rows, nations), np.int64),
        sizes=np.zeros((rows, nations + 1), np.int32),
        contributions=np.zeros((rows, nations), np.int32),
        supports=np.zeros((rows, nations), np.int32),
        contributors=np.zeros((rows, nations + 1), np.int32),
        world=np.zeros((rows, len(WORLD_VARIABLES), BINS), np.int32),
        world_sums=np.zeros((rows, len(WORLD_VARIABLES)), np.int64),
        world_least=np.full((rows, len(WORLD_VARIABLES)), np.inf),
        world_most=np.full((rows, len(WORLD_VARIABLES)), -np.inf),
        force_met=np.zeros(rows, np.int64),
        first_met=np.zeros(steps + 1, np.int64),
        first_joined=np.zeros((nations, steps + 1), np.int64),
        happened=np.zeros((events, steps + 1), np.int64),
        held_back=np.zeros((nations, len(HOLDS_BACK)), np.int64),
        moves=np.zeros((nations, len(Stance), len(Stance)), np.int64),
        flows=np.zeros((len(Stance), len(Stance), nations + 1), np.int64),
    )


def add_tally(total: Tally, part: Tally) -> None:
    """Add the counts of some runs to those of others, in place; what they share has been added to already."""
    merge = {"world_least": np.minimum, "world_most": np.maximum}
    for name in Tally._fields:
        into, added = getattr(total, name), getattr(part, name)
        if into is not added:
            merge.get(name, np.add)(into, added, out=into)


def sharing(own: Tally, total: Tally) -> Tally:
    """Return a tally that counts in the bins of another, by far the largest of its arrays."""
    return own._replace(propensities=total.propensities, world=total.world)


def bytes_of(tally: Tally) -> int:
    """Return the memory that a tally takes."""
    return sum(array.nbytes for array in tally)


def sum_of(parts: Sequence[Tally]) -> Tally:
    """Return the counts of the runs of all parts, which stay as they are; at least one."""
    total = parts[0]._replace(**{name: array.copy() for name, array in parts[0]._asdict().items()})
    for part in parts[1:]:
        add_tally(total, part)
    return total


def last_rows(rounds: int, wanted: int | None) -> int:
    """Return how many rows so many of the last rounds take, the anchor world being the first: all if None."""
    return rounds + 1 if wanted is None else min(wanted, rounds + 1)


def empty_records(
    runs: int, rows: int, nations: int, *, events: int = 0, trajectories: bool, terms: bool
) -> Records:
    """Return room for the records asked for; what is not asked for gets no room."""
    kept = runs if trajectories or terms else 0
    with_terms = runs if terms else 0
    return Records(
        runs=np.empty((runs, len(RUN_COLUMNS))),
        happened=np.empty((runs, events)),
        stance=np.empty((kept, rows, nations), np.int8),
        propensity=np.empty((kept, rows, nations)),
        terms=np.empty((with_terms, rows, nations, len(Terms._fields))),
        predisposition=np.empty((with_terms, rows, nations)),
    )
