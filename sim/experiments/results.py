"""The result of the runs of a scenario, as tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.declarations.arrays import Floats, Integers
from sim.declarations.parameters import PARAMETERS
from sim.declarations.records import Behaviour, Ladder, blank
from sim.declarations.words import POSITIONS, WORDS_ALONE, Stance
from sim.evidence.kinds_named import kind_shares
from sim.experiments import statistics
from sim.experiments.independent import independent_runs
from sim.experiments.rests_on import rests_on
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
    Tally,
)
from sim.results.about import About, AboutCase, about_case
from sim.results.result import Loaded, Result
from sim.results.tables import Tables, tables_of
from sim.system import folders
from sim.system.libraries import pd

TABLES = ("summary", "nations", "rounds", "moves", "flows", "kinds", "rests_on", "events")
"""The tables of a run beside that of its runs and their trajectories, see `RunResult`."""

MAP = "map.geojson"

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
WILLINGNESS_QUANTILES = (0.05, 0.5, 0.95)


class AboutRun(About, AboutCase):
    """What the runs of a scenario are of.

    Attributes
    ----------
    seed, runs, engine
        Which runs, and what computed them.
    """

    kind: str = "run"
    seed: int
    runs: int
    engine: str


class RunTables(Protocol):
    """The runs of a scenario, computed or read back: the tables are those of `RunResult`."""

    @property
    def about(self) -> AboutRun: ...  # noqa: D102

    @property
    def nations(self) -> "pd.DataFrame": ...  # noqa: D102

    @property
    def rounds(self) -> "pd.DataFrame": ...  # noqa: D102

    @property
    def summary(self) -> "pd.DataFrame": ...  # noqa: D102

    @property
    def moves(self) -> "pd.DataFrame": ...  # noqa: D102

    @property
    def flows(self) -> "pd.DataFrame": ...  # noqa: D102

    @property
    def kinds(self) -> "pd.DataFrame": ...  # noqa: D102

    @property
    def rests_on(self) -> "pd.DataFrame": ...  # noqa: D102

    @property
    def events(self) -> "pd.DataFrame": ...  # noqa: D102

    @property
    def map(self) -> Map | None: ...  # noqa: D102


@dataclass(frozen=True, eq=False, repr=False)
class RunResult(Result):
    """What the runs of a scenario add up to.

    Shares come with 95 % Wilson intervals, means with 95 % normal ones: they tell how far the number of
    runs limits what is known, and count on no more than the independent ones (`independent_runs`). Quantiles
    tell how far the runs themselves differ. Those of willingness and of levels are read from counts in 256
    bins; only that nobody pledges is known exactly.

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
    threads
        How many threads find out what numbers rest on; 0 for one a core.
    """

    case: Case
    seed: int
    number_of_runs: int
    engine: str
    tally: Tally
    runs: "pd.DataFrame | None" = None
    trajectories: "pd.DataFrame | None" = None
    threads: int = 0

    @property
    def independent(self) -> int:
        """How many of the runs intervals count on."""
        return independent_runs(self.case, self.number_of_runs)

    kind = "run"

    @cached_property
    def about(self) -> AboutRun:
        """What was run."""
        return AboutRun(
            **dict(about_case(self.case)),
            seed=self.seed,
            runs=self.number_of_runs,
            engine=self.engine,
        )

    @cached_property
    def tables(self) -> Tables:
        """Every table by name; reasons are a text."""
        kept = [name for name in ("runs", "trajectories") if getattr(self, name) is not None]
        as_they_are = (*(name for name in TABLES if name != "summary"), *kept)
        return Tables(
            {"summary": partial(plain_summary, self.summary), **tables_of(self, as_they_are).makers}
        )

    @property
    def files(self) -> Mapping[str, bytes]:
        """The map, if the roster has one."""
        file = self.case.roster.map_file
        return {MAP: file.read_bytes()} if file else {}

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
        tally, iso3 = self.tally, self.case.roster.iso3
        rounds, nations = tally.pledges.shape
        stances = tally.stances.reshape(-1, len(Stance))
        committed = statistics.share(stances[:, Stance.COMMITTED], self.number_of_runs, self.independent)
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
        means; `p_force_met` that the force is what is required, `p_force_met_by` that it was in some round so
        far; `force` are the soldiers pledged, `fielded` those in the field at a time. `climb_to_...` and
        `slip_to_...` are the mean thresholds of willingness.
        """
        tally = self.tally
        met = statistics.share(tally.force_met, self.number_of_runs, self.independent)
        columns: dict[str, Any] = {
            "round": np.arange(len(tally.sizes)),
            "date": self._dates,
            **self._number_columns("size", tally.sizes),
            **self._number_columns("contributors", tally.contributors),
            "p_force_met": met.estimate,
            "p_force_met_low": met.low,
            "p_force_met_high": met.high,
            **self._share_columns("p_force_met_by", tally.first_met[:-1].cumsum()),
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

        `joined` is the median date of first joining in the runs in which it ever joined, `joined_q25` and
        `joined_q75` its quartiles; missing where it never did. `troops_if_in`: mean of what it pledges in the
        runs in which it is committed.
        """
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
                "p_contributes": last["p_contributes"],
                "p_contributes_low": last["p_contributes_low"],
                "p_contributes_high": last["p_contributes_high"],
                "joined": self._joining(0.5),
                "joined_q25": self._joining(0.25),
                "joined_q75": self._joining(0.75),
                "p_ever_joined": 1.0 - self.tally.first_joined[:, -1] / self.number_of_runs,
                "troops_mean": last["troops_mean"],
                "troops_mean_low": last["troops_mean_low"],
                "troops_mean_high": last["troops_mean_high"],
                **self._troops_if_in,
                "held_back_by": [self.held_back_by(index) for index in range(len(roster.iso3))],
            },
            index=last.index,
        )

    @cached_property
    def moves(self) -> "pd.DataFrame":
        """A row a nation and move it made in some run: iso3, its stance at the start and at the end, share.

        The share of the runs stands with its interval; of a nation, shares add up to 1.
        """
        nation, first, last = np.nonzero(self.tally.moves)
        share = statistics.share(self.tally.moves[nation, first, last], self.number_of_runs, self.independent)
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
        names = [stance.name.lower() for stance in Stance]
        counts = self.tally.flows.reshape(len(names) ** 2, -1)
        numbers = np.arange(counts.shape[1])
        mean = statistics.mean(counts @ numbers, counts @ numbers**2, self.number_of_runs, self.independent)
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
    def kinds(self) -> "pd.DataFrame":
        """A row a nation and group of kinds: P(gives something of it) at the end.

        Soldiers on land come first, words or staff alone last. The 90 % interval of the others is that of
        the kinds that governments named (`sim.evidence.kinds_named`), *assumed* to be those that they give;
        a nation may give several. `named`: the nation itself named something of the group.
        """
        roster, summary = self.case.roster, self.summary
        land, military, any_ = (
            summary[f"p_{name}"].to_numpy() for name in ("committed", "contributes", "supports")
        )
        shares = kind_shares(roster, self.case.scenario.start)
        part = land[:, None] * shares.beside_land + (military - land)[:, None] * shares.instead_of_land
        alone = np.stack([np.stack([chance] * 3) for chance in (land, any_ - military)], axis=-1)
        chances = np.concatenate([alone[..., :1], part, alone[..., 1:]], axis=-1)
        groups = (*shares.groups, WORDS_ALONE)
        mean, low, high = (each.ravel() for each in chances)
        return pd.DataFrame(
            {
                "iso3": np.repeat(np.array(roster.iso3), len(groups)),
                "kind": np.tile(np.array(groups), len(roster.iso3)),
                "p": mean,
                "p_low": low,
                "p_high": high,
                "named": np.column_stack([shares.named, np.zeros(len(roster.iso3), dtype=bool)]).ravel(),
            }
        )

    @cached_property
    def rests_on(self) -> "pd.DataFrame":
        """A row a number at the end and group of what is uncertain: see `sim.experiments.rests_on`."""
        return rests_on(self.case, self.seed, self.number_of_runs, self.threads)

    @cached_property
    def events(self) -> "pd.DataFrame":
        """A row an event that happens in some runs only: its condition, in which share of the runs, when.

        `when` is its condition, empty if it has none; `probability` that of its draw; `p` the share of the
        runs in which it happened, with its interval; `happened` the median date among these, `happened_q25`
        and `happened_q75` its quartiles, missing where it never did.
        """
        events, happened = self.case.timeline.contingents, self.tally.happened
        times = self.number_of_runs - happened[:, -1]
        share = statistics.share(times, self.number_of_runs, self.independent)
        return pd.DataFrame(
            {
                "title": [item.event.title for item in events],
                "when": [str(item.event.when or "") for item in events],
                "outcome_of": [item.event.outcome_of or "" for item in events],
                "probability": np.array([item.probability for item in events], dtype=np.float64),
                "p": share.estimate,
                "p_low": share.low,
                "p_high": share.high,
                "happened": self._quantile_of_dates(happened, 0.5),
                "happened_q25": self._quantile_of_dates(happened, 0.25),
                "happened_q75": self._quantile_of_dates(happened, 0.75),
            }
        )

    def held_back_by(self, nation: int) -> tuple[tuple[str, float], ...]:
        """Return what holds a nation back at the end, with its share of the runs in which it is out.

        Unmet demands that hold in half of those runs or more are all named, the most frequent first;
        else the most frequent reason. Empty if it is committed in all runs. A position of which no statement
        is known is drawn, and not called its own: ``no_statement``.

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
        stated = bool(self.case.timeline.has_statement[nation])
        return tuple((reason(HOLDS_BACK[index], stated), float(shares[index])) for index in reasons)

    def _share_columns(self, name: str, counts: NDArray[np.integer]) -> dict[str, Floats]:
        """Return the share of the runs that counts are of, with its interval."""
        share = statistics.share(counts.ravel(), self.number_of_runs, self.independent)
        return {name: share.estimate, f"{name}_low": share.low, f"{name}_high": share.high}

    def _number_columns(self, name: str, counts: NDArray[np.integer]) -> dict[str, Any]:
        """Return mean, its interval and quantiles of a number of nations; counts are (rows, nations + 1)."""
        numbers = np.arange(counts.shape[1])
        mean = statistics.mean(counts @ numbers, counts @ numbers**2, self.number_of_runs, self.independent)
        columns: dict[str, Any] = {
            f"{name}_mean": mean.estimate,
            f"{name}_mean_low": mean.low,
            f"{name}_mean_high": mean.high,
        }
        for probability in QUANTILES:
            quantiles = statistics.quantiles_of_counts(counts, probability)
            columns[f"{name}_q{probability * 100:02.0f}"] = quantiles
        return columns

    @property
    def _troops_if_in(self) -> dict[str, Floats]:
        """Return the mean of the soldiers pledged at the end by those committed, with its interval."""
        tally = self.tally
        runs = tally.stances[-1, :, Stance.COMMITTED]
        independent = runs * (self.independent / self.number_of_runs)
        pledges = tally.pledges[-1] / FIXED_POINT
        troops = statistics.mean(pledges, tally.pledge_squares[-1], runs, independent)
        low = np.maximum(troops.low, 0.0)
        return {"troops_if_in": troops.estimate, "troops_if_in_low": low, "troops_if_in_high": troops.high}

    @cached_property
    def _mean_troops(self) -> statistics.Interval:
        return statistics.mean(
            self.tally.pledges / FIXED_POINT, self.tally.pledge_squares, self.number_of_runs, self.independent
        )

    @property
    def _dates(self) -> np.ndarray:
        return np.array(self.case.timeline.dates, dtype="datetime64[ms]")

    def _willingness(self, probability: float) -> Floats:
        propensity = statistics.quantiles_of_bins(
            self.tally.propensities, probability, -PROPENSITY_LIMIT, PROPENSITY_LIMIT
        )
        return statistics.willingness(propensity).ravel()

    def _limit(self, name: str) -> float:
        """Return the upper limit of a variable of the world."""
        if name not in ("force", "fielded"):
            return 1.0
        return max(float(self.case.roster.deployable.sum()) * rules.MOST_DEPLOYED, 1.0)

    def _joining(self, probability: float) -> np.ndarray:
        """Return a quantile of the date of first joining among the runs in which a nation joined."""
        return self._quantile_of_dates(self.tally.first_joined, probability)

    def _quantile_of_dates(self, counts: Integers, probability: float) -> "np.ndarray":
        """Return a quantile of the dates that counts are of, a row each; their last column counts: never."""
        in_some = counts[:, :-1]
        rounds = statistics.quantiles_of_counts(in_some, probability)
        dates = self._dates[np.minimum(rounds, len(self._dates) - 1)]
        return np.where(in_some.sum(axis=1) > 0, dates, np.datetime64("NaT", "ms"))


def reason(counted: str, has_statement: bool) -> str:
    """Return what holds a nation back, as counted; a position that is drawn, not stated, is not its own."""
    return "no_statement" if counted == "predisposition" and not has_statement else counted


def thresholds(parameters: Parameters) -> dict[str, float]:
    """Return the willingness at which nations climb and slip, by name: the mean over draws of parameters."""
    rows = np.unique(parameters.values, axis=0).tolist()
    ladders = [rules.ladder(blank(Behaviour, **dict(zip(PARAMETERS, row, strict=True)))) for row in rows]
    means = statistics.willingness(np.array(ladders)).mean(axis=0)
    return dict(zip(Ladder._fields, means.tolist(), strict=True))


class LoadedRun(Loaded):
    """The runs of a scenario as their folder holds them; the tables are those of `RunResult`, bit for bit."""

    kind, manifest_model, declared = "run", AboutRun, (*TABLES, "runs")

    @cached_property
    def summary(self) -> "pd.DataFrame":
        """A row a nation, at the end."""
        table = self.tables["summary"].set_index("iso3")
        return table.assign(held_back_by=[_reasons(text) for text in table["held_back_by"]])

    @property
    def files(self) -> Mapping[str, bytes]:
        """The map, if there is one."""
        file = self.folder / MAP
        return {MAP: folders.read(file)} if file.exists() else {}

    @cached_property
    def map(self) -> Map | None:
        """Outlines of the nations, if there are any."""
        file = self.folder / MAP
        if not file.exists():
            return None
        folders.open_whole(file).close()
        return read_map(file)


def plain_summary(summary: "pd.DataFrame") -> "pd.DataFrame":
    """Return a summary as files hold it: the nations a column, reasons with their shares as a text."""
    reasons = [
        "; ".join(f"{reason} {share!r}" for reason, share in held_back)
        for held_back in summary["held_back_by"]
    ]
    return summary.assign(held_back_by=reasons).reset_index()


def _reasons(text: str) -> Any:
    """Return reasons and shares from their text, see `plain_summary`."""
    pairs = (part.rsplit(" ", 1) for part in text.split("; ") if part)
    return tuple((reason, float(share)) for reason, share in pairs)
