"""The unnamed members: which nations they were in the runs that fit what was reported."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.declarations.arrays import Flags
from sim.declarations.words import Stance
from sim.experiments import statistics
from sim.experiments.explain.columns import interval_columns
from sim.experiments.explain.ends import CHUNK
from sim.experiments.explain.marks import Marks
from sim.experiments.independent import independent_runs
from sim.experiments.runs import Runs
from sim.inputs.case import Case
from sim.inputs.errors import InputError
from sim.inputs.situation import ObservedCoalition
from sim.model.ensemble import Execution, Keep, simulate
from sim.model.setup import build_setup
from sim.model.tally import Records
from sim.system.libraries import pd

NEVER = -1


@dataclass(frozen=True, eq=False)
class Unnamed:
    """Runs conditioned on what was reported of the coalition.

    A run fits a day if all named members are committed and the number of members lies within the range.

    Attributes
    ----------
    case
        The case asked about.
    observed
        What was reported.
    round
        The last round not after the day of the report.
    number_of_runs, seed
        Which runs.
    fits
        Whether each run fits the day of the report, shape (runs,).
    members
        Who is committed on that day, shape (runs, nations).
    followed_in
        The first round, from that day on, in which a run fits with a member that is not named, shape
        (runs,); -1 if there is none.
    followers
        Who is committed in that round, shape (runs, nations).
    rests_on
        What P(committed) of each nation rests on, on that day.
    """

    case: Case
    observed: ObservedCoalition
    round: int
    number_of_runs: int
    seed: int
    fits: Flags
    members: Flags
    followed_in: NDArray[np.int64]
    followers: Flags
    rests_on: tuple[str, ...]

    @cached_property
    def totals(self) -> "pd.DataFrame":
        """A row a number of members within the reported range: how many runs fit with so many.

        `matched` of `runs`; `share` of all runs with its interval.
        """
        sizes = self.members.sum(axis=1)
        least, most = self.observed.total
        rows = []
        for total in range(max(least, len(self.observed.named)), most + 1):
            matched = int((self.fits & (sizes == total)).sum())
            share = statistics.share(
                matched, self.number_of_runs, independent_runs(self.case, self.number_of_runs)
            )
            rows.append(
                {
                    "total": total,
                    "matched": matched,
                    **interval_columns("share", share),
                    "runs": self.number_of_runs,
                }
            )
        return pd.DataFrame(rows)

    @cached_property
    def unnamed(self) -> "pd.DataFrame":
        """A row a nation that was not named: how often it is a member in the runs that fit, on that day.

        `p` with its interval, of the `matched` runs, and what it rests on; no rows where no run fits.
        """
        return self._shares(self.members, self.fits)

    @cached_property
    def next(self) -> "pd.DataFrame":
        """A row a nation that was not named: how often it is the unnamed member the first time there is one.

        From the day of the report on: `p` with its interval, of the `matched` runs in which at some time
        the named are members, others too, and all together not more than reported.
        """
        return self._shares(self.followers, self.followed_in != NEVER)

    def _shares(self, members: Flags, matches: Flags) -> "pd.DataFrame":
        """Return how often nations that were not named are members in the runs that match."""
        roster, matched = self.case.roster, int(matches.sum())
        if matched == 0:
            return pd.DataFrame(
                columns=["iso3", "name", "p", "p_low", "p_high", "rests_on", "matched", "runs"]
            )
        share = statistics.share(members[matches].sum(axis=0), matched, independent_runs(self.case, matched))
        table = pd.DataFrame(
            {
                "iso3": roster.iso3,
                "name": roster.names,
                "p": share.estimate,
                "p_low": share.low,
                "p_high": share.high,
                "rests_on": self.rests_on,
                "matched": matched,
                "runs": self.number_of_runs,
            }
        )
        table = table[~table["iso3"].isin(self.observed.named)]
        return table.sort_values("p", ascending=False, kind="stable", ignore_index=True)


def who_was_unnamed(case: Case, runs: Runs) -> Unnamed:
    """Find out who the members were that a report did not name.

    Parameters
    ----------
    case
        What is run; its scenario says what was observed.
    runs
        How many, and their seed.

    Raises
    ------
    InputError
        If the scenario does not say, or speaks of a day on which it does not run.
    """
    observed, round_ = _report(case)
    named = np.isin(case.roster.iso3, observed.named)
    least, most = observed.total
    parts: list[tuple[Flags, Flags, NDArray[np.int64], Flags]] = []

    def sink(_: int, records: Records) -> None:
        is_in = records.stance[:, round_:] == Stance.COMMITTED  # [run, round from the report on, nation]
        size = is_in.sum(axis=2)
        fits = is_in[:, :, named].all(axis=2) & (least <= size) & (size <= most)
        followed = fits & is_in[:, :, ~named].any(axis=2)
        first = followed.argmax(axis=1)
        parts.append(
            (
                fits[:, 0],
                is_in[:, 0],
                np.where(followed.any(axis=1), round_ + first, NEVER),
                is_in[np.arange(len(first)), first],
            )
        )

    simulate(
        build_setup(case.scenario, case.roster, case.parameters, case.timeline),
        runs.seed,
        range(runs.number),
        sink=sink,
        keep=Keep(trajectories=True, counted=0),
        execution=Execution(threads=runs.threads, chunk=CHUNK),
    )
    fits, members, followed_in, followers = (np.concatenate(pieces) for pieces in zip(*parts, strict=True))
    marks = Marks(case.with_overrides({"rounds": max(round_, 1)}), runs)
    rests_on = tuple(map(marks.of, range(len(case.roster.iso3))))
    return Unnamed(
        case, observed, round_, runs.number, runs.seed, fits, members, followed_in, followers, rests_on
    )


def _report(case: Case) -> tuple[ObservedCoalition, int]:
    """Return what was observed, and in which round."""
    scenario = case.scenario
    observed = scenario.observed
    if observed is None:
        raise InputError(
            f"{scenario.name} does not say what was observed; add [observed] with date, named and total"
        )
    first, last = case.timeline.dates[0], case.timeline.dates[-1]
    if not first <= observed.date <= last:
        problem = f"must be from {first} to {last}, the days of the scenario, not {observed.date}"
        raise scenario.place(("observed", "date")).error(problem)
    return observed, scenario.calendar.last_round_by(observed.date)
