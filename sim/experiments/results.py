"""The result of the runs of a scenario, as tables."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.declarations.parameters import PARAMETERS
from sim.declarations.records import Behaviour, Ladder, blank
from sim.declarations.words import POSITIONS, Stance
from sim.experiments import statistics
from sim.experiments.about import About, past_events
from sim.inputs.case import Case
from sim.inputs.map_file import Map, read_map
from sim.inputs.parameters import Parameters
from sim.model import rules
from sim.model.tally import (
    DEMANDS,
    FIXED_POINT,
    HOLDS_BACK,
    PROPENSITY_LIMIT,
    WORLD_VARIABLES,
    Counts,
    Tally,
)

if TYPE_CHECKING:
    import pandas as pd

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
WILLINGNESS_QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True, eq=False)
class RunResult:
    """What the runs of a scenario add up to.

    Shares come with 95 % Wilson intervals, means with 95 % normal ones: they tell how far the number of
    runs limits what is known. Quantiles tell how far the runs themselves differ. Quantiles
    of willingness and of levels are read from counts in 256 bins; only that nobody pledges is told exactly.

    Attributes
    ----------
    case
        What was given.
    seed, number_of_runs, engine
        Which runs, and what computed them.
    tally
        The counts that the tables are made of.
    runs
        A row a run, indexed by run: size and force (soldiers) at the end, the levels of the great powers
        and of the mandate, the first round in which the required force was met (missing: never), how many
        nations joined and how many left; None if they were written away instead.
    trajectories
        A row a run, round and nation with stance and propensity, if they were asked for.
    """

    case: Case
    seed: int
    number_of_runs: int
    engine: str
    tally: Tally
    runs: "pd.DataFrame | None" = None
    trajectories: "pd.DataFrame | None" = None

    @cached_property
    def about(self) -> About:
        """What was run, in words and dates."""
        scenario = self.case.scenario
        return About(
            scenario=scenario.name,
            title=scenario.title,
            description=" ".join(scenario.description.split()),
            roster=self.case.roster.title,
            vocabulary=self.case.roster.vocabulary,
            start=scenario.start,
            rounds=scenario.rounds,
            days_per_round=scenario.days_per_round,
            force_required=scenario.force_required,
            events=past_events(self.case),
            seed=self.seed,
            runs=self.number_of_runs,
        )

    @cached_property
    def map(self) -> Map | None:
        """Outlines of the nations, if the roster has a map."""
        file = self.case.roster.map_file
        return read_map(file) if file else None

    @cached_property
    def nations(self) -> "pd.DataFrame":
        """A row a round and nation: shares of the runs, willingness, soldiers pledged.

        Shares are of each stance on soldiers on land, of any military contribution, and of support at least
        in words; willingness is that to send soldiers on land.
        """
        import pandas as pd

        tally, iso3 = self.tally, self.case.roster.iso3
        rounds, nations = tally.pledges.shape
        stances = tally.stances.reshape(-1, len(Stance))
        committed = statistics.share(stances[:, Stance.COMMITTED], self.number_of_runs)
        troops = self._mean_troops
        columns = {
            "iso3": np.tile(np.array(iso3), rounds),
            "round": np.repeat(np.arange(rounds), nations),
            "date": np.repeat(self._dates, nations),
            **{f"p_{stance.name.lower()}": stances[:, stance] / self.number_of_runs for stance in Stance},
            "p_committed_low": committed.low,
            "p_committed_high": committed.high,
            **{
                f"willingness_q{probability * 100:02.0f}": self._willingness(probability)
                for probability in WILLINGNESS_QUANTILES
            },
            **self._share_columns("p_contributes", self.tally.contributions),
            **self._share_columns("p_supports", self.tally.supports),
            "troops_mean": troops.estimate.ravel(),
            "troops_mean_low": np.maximum(troops.low, 0.0).ravel(),
            "troops_mean_high": troops.high.ravel(),
        }
        return pd.DataFrame(columns)

    @cached_property
    def rounds(self) -> "pd.DataFrame":
        """A row a round: who declares soldiers, who contributes, the force, the levels of the world.

        `size` counts the nations that declare soldiers on land, `contributors` those that give any military
        means; `force` are the soldiers pledged, `fielded` those in the field at a time. `climb_to_...` and
        `slip_to_...` are the mean thresholds of willingness.
        """
        import pandas as pd

        tally = self.tally
        met = statistics.share(tally.force_met, self.number_of_runs)
        columns: dict[str, Any] = {
            "round": np.arange(len(tally.sizes)),
            "date": self._dates,
            **self._number_columns("size", tally.sizes),
            **self._number_columns("contributors", tally.contributors),
            "p_force_met": met.estimate,
            "p_force_met_low": met.low,
            "p_force_met_high": met.high,
        }
        for variable, name in enumerate(WORLD_VARIABLES):
            # Sums and bins are rounded; no mean and no quantile lies outside of what was seen.
            seen = tally.world_least[:, variable], tally.world_most[:, variable]
            average = tally.world_sums[:, variable] / FIXED_POINT / self.number_of_runs
            columns[f"{name}_mean"] = np.clip(average, *seen)
            for probability in QUANTILES:
                quantiles = statistics.quantiles_of_bins(
                    tally.world[:, variable], probability, 0.0, self._limit(name)
                )
                columns[f"{name}_q{probability * 100:02.0f}"] = np.clip(quantiles, *seen)
        for probability in QUANTILES:
            # The lowest bin holds small forces and none at all; but nobody pledges where there is no member.
            ending = f"q{probability * 100:02.0f}"
            columns[f"force_{ending}"] *= columns[f"size_{ending}"] > 0
            columns[f"fielded_{ending}"] *= columns[f"size_{ending}"] > 0
        columns |= thresholds(self.case.parameters)
        return pd.DataFrame(columns)

    @cached_property
    def summary(self) -> "pd.DataFrame":
        """A row a nation at the end: position, P(committed), P(contributes), when it joined, troops, reasons.

        `kinds` are those that it named in its last statement before the start. `joined` is the median date of
        first joining in the runs in which it ever joined; missing where it never did.
        """
        import pandas as pd

        roster, scenario = self.case.roster, self.case.scenario
        last = self.nations[self.nations["round"] == scenario.rounds].set_index("iso3")
        positions = self.case.timeline.position[0]
        return pd.DataFrame(
            {
                "name": roster.names,
                "position": [POSITIONS[position] for position in positions],
                "p_committed": last["p_committed"],
                "p_committed_low": last["p_committed_low"],
                "p_committed_high": last["p_committed_high"],
                "p_supports": last["p_supports"],
                "kinds": [" ".join(kinds) for kinds in roster.kinds_on(scenario.start)],
                "p_contributes": last["p_contributes"],
                "p_contributes_low": last["p_contributes_low"],
                "p_contributes_high": last["p_contributes_high"],
                "joined": self._median_joining(),
                "p_ever_joined": 1.0 - self.tally.first_joined[:, -1] / self.number_of_runs,
                "troops_mean": last["troops_mean"],
                "troops_mean_low": last["troops_mean_low"],
                "troops_mean_high": last["troops_mean_high"],
                "held_back_by": [self.held_back_by(index) for index in range(len(roster.iso3))],
            },
            index=last.index,
        )

    @cached_property
    def moves(self) -> "pd.DataFrame":
        """A row a nation and move it made in some run: iso3, its stance at the start and at the end, share.

        The share of the runs stands with its interval; of a nation, shares add up to 1.
        """
        import pandas as pd

        nation, first, last = np.nonzero(self.tally.moves)
        share = statistics.share(self.tally.moves[nation, first, last], self.number_of_runs)
        names = np.array([stance.name.lower() for stance in Stance])
        return pd.DataFrame(
            {
                "iso3": np.array(self.case.roster.iso3)[nation],
                "start": names[first],
                "end": names[last],
                "share": share.estimate,
                "share_low": share.low,
                "share_high": share.high,
            }
        )

    @cached_property
    def flows(self) -> "pd.DataFrame":
        """A row a pair of stances, at the start and at the end: how many nations of a run made that move.

        The mean stands with its interval; q05 and q95 hold 90 % of the runs.
        """
        import pandas as pd

        names = [stance.name.lower() for stance in Stance]
        counts = self.tally.flows.reshape(len(names) ** 2, -1)
        numbers = np.arange(counts.shape[1])
        mean = statistics.mean(counts @ numbers, counts @ numbers**2, self.number_of_runs)
        return pd.DataFrame(
            {
                "start": np.repeat(names, len(names)),
                "end": np.tile(names, len(names)),
                "nations_mean": mean.estimate,
                "nations_mean_low": np.maximum(mean.low, 0.0),
                "nations_mean_high": mean.high,
                **{
                    f"nations_q{probability * 100:02.0f}": statistics.quantiles_of_counts(counts, probability)
                    for probability in (QUANTILES[0], QUANTILES[-1])
                },
            }
        )

    @cached_property
    def rests_on(self) -> "pd.DataFrame":
        """A row a number at the end and group of what is uncertain: see `sim.experiments.rests_on`."""
        from sim.experiments.rests_on import rests_on

        return rests_on(self.case, self.seed, self.number_of_runs)

    def held_back_by(self, nation: int) -> tuple[tuple[str, float], ...]:
        """Return what holds a nation back at the end, with its share of the runs in which it is out.

        Unmet demands that hold in half of those runs or more are all named, the most frequent first;
        else the most frequent reason. Empty if it is committed in all runs.

        Parameters
        ----------
        nation
            Index in the roster.
        """
        out = self.number_of_runs - self.tally.stances[-1, nation, Stance.COMMITTED]
        if out == 0:
            return ()
        shares = self.tally.held_back[nation] / out
        demands = [index for index in map(HOLDS_BACK.index, DEMANDS) if shares[index] >= 0.5]
        reasons = sorted(demands, key=lambda index: -shares[index]) or [int(shares.argmax())]
        return tuple((HOLDS_BACK[index], float(shares[index])) for index in reasons)

    def _share_columns(self, name: str, counts: Counts) -> dict[str, statistics.Floats]:
        """Return the share of the runs that counts are of, with its interval."""
        share = statistics.share(counts.ravel(), self.number_of_runs)
        return {name: share.estimate, f"{name}_low": share.low, f"{name}_high": share.high}

    def _number_columns(self, name: str, counts: Counts) -> dict[str, Any]:
        """Return mean, its interval and quantiles of a number of nations; counts are (rows, nations + 1)."""
        numbers = np.arange(counts.shape[1])
        mean = statistics.mean(counts @ numbers, counts @ numbers**2, self.number_of_runs)
        columns: dict[str, Any] = {
            f"{name}_mean": mean.estimate,
            f"{name}_mean_low": mean.low,
            f"{name}_mean_high": mean.high,
        }
        for probability in QUANTILES:
            quantiles = statistics.quantiles_of_counts(counts, probability)
            columns[f"{name}_q{probability * 100:02.0f}"] = quantiles
        return columns

    @cached_property
    def _mean_troops(self) -> statistics.Interval:
        return statistics.mean(
            self.tally.pledges / FIXED_POINT, self.tally.pledge_squares, self.number_of_runs
        )

    @property
    def _dates(self) -> "np.ndarray":
        return np.array(self.case.timeline.dates, dtype="datetime64[ms]")

    def _willingness(self, probability: float) -> statistics.Floats:
        propensity = statistics.quantiles_of_bins(
            self.tally.propensities, probability, -PROPENSITY_LIMIT, PROPENSITY_LIMIT
        )
        return statistics.willingness(propensity).ravel()

    def _limit(self, name: str) -> float:
        """Return the upper limit of a variable of the world."""
        if name not in ("force", "fielded"):
            return 1.0
        return max(float(self.case.roster.deployable.sum()) * rules.MOST_DEPLOYED, 1.0)

    def _median_joining(self) -> "np.ndarray":
        """Return the median date of first joining among the runs in which a nation joined."""
        joined = self.tally.first_joined[:, :-1]
        median = statistics.quantiles_of_counts(joined, 0.5)
        dates = self._dates[np.minimum(median, len(self._dates) - 1)]
        return np.where(joined.sum(axis=1) > 0, dates, np.datetime64("NaT", "ms"))


def thresholds(parameters: Parameters) -> dict[str, float]:
    """Return the willingness at which nations climb and slip, by name: the mean over draws of parameters."""
    rows = np.unique(parameters.values, axis=0).tolist()
    ladders = [rules.ladder(blank(Behaviour, **dict(zip(PARAMETERS, row, strict=True)))) for row in rows]
    means = statistics.willingness(np.array(ladders)).mean(axis=0)
    return dict(zip(Ladder._fields, means.tolist(), strict=True))
