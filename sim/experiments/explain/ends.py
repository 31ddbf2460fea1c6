"""How runs end: what several of the questions look at, and how they are asked side by side."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.declarations.records import Behaviour
from sim.declarations.words import Stance
from sim.experiments.statistics import Floats
from sim.experiments.sweep.point_model import Runs
from sim.model import rules
from sim.model.tally import RUN_COLUMNS, Records

if TYPE_CHECKING:
    from sim.model.setup import Setup

CHUNK = 128
"""Runs whose trajectories are held at a time: only the last round of them is kept."""

KEPT = [RUN_COLUMNS.index(name) for name in ("force", "involvement", "clarity")]

Asked = TypeVar("Asked")
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
    involvement, clarity
        Levels that may come about in the runs, shape (runs,).
    """

    committed: NDArray[np.bool_]
    propensity: Floats
    force: Floats
    involvement: Floats
    clarity: Floats

    @property
    def size(self) -> Floats:
        """How many nations are committed in each run."""
        return np.asarray(self.committed.sum(axis=1), dtype=np.float64)

    def troops_of(self, setup: "Setup", nation: int) -> Floats:
        """Return what a nation pledges in each run."""
        deployable = float(setup.nations[nation]["deployable"])
        thresholds = thresholds_of(setup, len(self.force))
        pledges = [
            rules.pledge(float(Stance.COMMITTED) if is_in else 0.0, deployable, propensity, threshold)
            for is_in, propensity, threshold in zip(
                self.committed[:, nation].tolist(),
                self.propensity[:, nation].tolist(),
                thresholds.tolist(),
                strict=True,
            )
        ]
        return np.array(pledges)


def ends_of(setup: "Setup", runs: Runs, threads: int = 1) -> Ends:
    """Simulate runs and return how they end; the result does not depend on the number of threads."""
    from sim.model.ensemble import Execution, Keep, simulate

    parts: list[Ends] = []

    def sink(_: int, records: Records) -> None:
        is_in = records.stance[:, -1] == Stance.COMMITTED
        force, involvement, clarity = records.runs[:, KEPT].T.copy()
        parts.append(Ends(is_in, records.propensity[:, -1].copy(), force, involvement, clarity))

    simulate(
        setup,
        runs.seed,
        range(runs.number),
        sink=sink,
        keep=Keep(trajectories=True, counted=0),
        execution=Execution(threads=threads, chunk=CHUNK),
    )
    return Ends(*(np.concatenate(pieces) for pieces in zip(*parts, strict=True)))


def thresholds_of(setup: "Setup", number: int) -> Floats:
    """Return the log-odds above which a nation may commit, in each of the first runs."""
    column = Behaviour._fields.index("climb_to_committed")
    return np.resize(setup.behaviour[column], number)


def side_by_side(answer: Callable[[Asked], Answer], asked: Iterable[Asked], threads: int = 0) -> list[Answer]:
    """Answer several questions, each in a thread of its own, and return the answers in their order."""
    from sim.model.ensemble import Execution

    with ThreadPoolExecutor(Execution(threads=threads).workers) as pool:
        try:
            return list(pool.map(answer, asked))
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
