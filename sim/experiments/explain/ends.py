"""How runs end: what several of the questions look at, and how they are asked side by side."""

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.declarations.arrays import Floats
from sim.declarations.levels import MOVED
from sim.declarations.records import Behaviour
from sim.declarations.words import Stance
from sim.experiments.explain.drawn import drawn_deployable, drawn_parameter
from sim.experiments.runs import Runs
from sim.model import rules
from sim.model.ensemble import ENDS, Execution, simulate
from sim.model.setup import Setup
from sim.model.tally import RUN_COLUMNS, Records
from sim.system.threads import computing

CHUNK = 128
"""Runs whose trajectories are held at a time: only the last round of them is kept."""

KEPT = [RUN_COLUMNS.index(name) for name in ("force", *MOVED)]

pledge = np.vectorize(rules.pledge, otypes=[np.float64])

Query = TypeVar("Query")
Answer = TypeVar("Answer")


class Ends(NamedTuple):
    """Where runs stand after the last round.

    Attributes
    ----------
    committed
        Whether each nation is committed, shape (runs, nations).
    propensity
        In log-odds, shape (runs, nations).
    force
        Soldiers pledged, shape (runs,).
    moved
        The levels that may come about in the runs, shape (runs, MOVED).
    happened
        When events happened that some runs only see, shape (runs, events).
    """

    committed: NDArray[np.bool_]
    propensity: Floats
    force: Floats
    moved: Floats
    happened: Floats

    @property
    def size(self) -> Floats:
        """How many nations are committed in each run."""
        return np.asarray(self.committed.sum(axis=1), dtype=np.float64)

    def troops_of(self, setup: Setup, runs: Runs, nation: int) -> Floats:
        """Return what a nation pledges in each run."""
        stance = np.where(self.committed[:, nation], float(Stance.COMMITTED), 0.0)
        alone = setup._replace(nations=setup.nations[[nation]])
        can_send, cut = drawn_deployable(alone, runs)[:, 0], drawn_parameter(setup, runs, "cut_committed")
        return np.asarray(pledge(stance, can_send, self.propensity[:, nation], cut))


def ends_of(setup: Setup, runs: Runs) -> Ends:
    """Simulate runs and return how they end; the result does not depend on the number of threads."""
    parts: list[Ends] = []

    def sink(_: int, records: Records) -> None:
        is_in = records.stance[:, -1] == Stance.COMMITTED
        kept = records.runs[:, KEPT]
        propensity = records.propensity[:, -1].copy()
        parts.append(Ends(is_in, propensity, kept[:, 0], kept[:, 1:], records.happened))

    simulate(
        setup,
        runs.seed,
        range(runs.number),
        sink=sink,
        keep=ENDS,
        execution=Execution(threads=runs.threads, chunk=CHUNK),
    )
    return Ends(*(np.concatenate(pieces) for pieces in zip(*parts, strict=True)))


def thresholds_of(setup: Setup, number: int) -> Floats:
    """Return the log-odds above which a nation wants to commit, in each of the first runs."""
    ladder = rules.ladder(Behaviour(*setup.behaviour))  # the same arithmetic on arrays
    return np.resize(np.asarray(ladder.climb_to_committed), number)


def side_by_side(answer: Callable[[Query], Answer], asked: Iterable[Query], threads: int) -> list[Answer]:
    """Answer several questions, each in a thread of its own, and return the answers in their order."""
    with computing(Execution(threads=threads).workers) as pool:
        return list(pool.map(answer, asked))
