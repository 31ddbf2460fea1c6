"""The result of a hindcast, as tables."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sim.declarations.records import Terms
from sim.declarations.words import Stance
from sim.experiments import statistics
from sim.experiments.hindcast import skill
from sim.experiments.hindcast.baselines import CLIMATOLOGY, MARKOV, PERSISTENCE
from sim.experiments.hindcast.forecasts import PositionForecast, PropensityMeans, main_obstacle
from sim.experiments.hindcast.options import HindcastOptions
from sim.experiments.hindcast.scores import CUT_POINTS, ObservedStances, ranked_probability_score
from sim.experiments.hindcast.skill import SCORES
from sim.experiments.hindcast.tables import AboutHindcast, HindcastDeclaration, HindcastTables
from sim.experiments.hindcast.waves import Wave
from sim.experiments.rests_on import verdicts
from sim.inputs.case import Case
from sim.inputs.hindcast_file import Hindcast
from sim.results.about import about_case
from sim.results.tables import Tables, tables_of
from sim.system.libraries import pd

MODEL, PRIOR, MECHANISM_FREE, STATEMENT = "model", "prior", "mechanism-free", "statement-and-noise"
BASELINES = (STATEMENT, PERSISTENCE, MARKOV, MECHANISM_FREE, PRIOR, CLIMATOLOGY)
"""What the model is compared with, the decisive one first."""

RECORDED, NO_INTERACTION = "recorded", "without-interaction"
"""Names of variants; those of other readings are their own."""

COMPONENTS = ("predisposition", *Terms._fields)
BIN_EDGES = (0.0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1.0)
"""Of the reliability diagram: narrow at the ends, where most of the forecasts are."""


@dataclass(frozen=True, eq=False)
class Variant:
    """A way in which a hindcast is scored.

    Attributes
    ----------
    name, title
        What tables and readers call it.
    waves
        What is held to have been observed.
    forecasts
        For each wave the forecasts by name, MODEL and those of BASELINES that there are.
    """

    name: str
    title: str
    waves: tuple[Wave, ...]
    forecasts: tuple[Mapping[str, PositionForecast], ...]

    def by_wave(self) -> Iterator[tuple[Wave, Mapping[str, PositionForecast]]]:
        """Yield each wave of which something is left to score, and the forecasts of it."""
        for wave, forecasts in zip(self.waves, self.forecasts, strict=True):
            if wave.number:
                yield wave, forecasts


TABLES = ("scores", "differences", "waves", "sources", "nations", "terms", "reliability", "rests_on")


@dataclass(frozen=True, eq=False, repr=False)
class HindcastResult(HindcastTables):
    """What a hindcast says. Scores are the better the lower, differences below 0 favour the model.

    Attributes
    ----------
    hindcast, case, options
        The hindcast.
    fitted_to
        The waves that the parameters were fitted to; none for hand-set ones, None if not known.
    variants
        The ways of scoring, as recorded first.
    reasons
        For each wave what moves nations and what keeps them out.
    marks
        For each wave what the model's numbers rest on, see `sim.experiments.rests_on`.
    """

    hindcast: Hindcast
    case: Case
    options: HindcastOptions
    fitted_to: tuple[str, ...] | None
    variants: tuple[Variant, ...]
    reasons: tuple[PropensityMeans, ...]
    marks: "tuple[pd.DataFrame, ...]"

    @property
    def recorded(self) -> Variant:
        """The scoring against the positions as they were recorded."""
        return self.variants[0]

    @cached_property
    def about(self) -> AboutHindcast:
        """What was scored."""
        return AboutHindcast(
            **dict(about_case(self.case)),
            hindcast=HindcastDeclaration(name=self.hindcast.name, **self.hindcast.model_dump(mode="json")),
            fitted_to=self.fitted_to,
            variants={variant.name: variant.title for variant in self.variants},
            seed=self.options.seed,
            runs=self.options.number,
            resamples=self.options.resamples,
        )

    @cached_property
    def tables(self) -> Tables:
        """Every table by name."""
        return tables_of(self, TABLES)

    @cached_property
    def waves(self) -> "pd.DataFrame":
        """A row a wave: how much was observed, how many nations had changed rung since the start."""
        return as_table(
            {
                "wave": wave.name,
                "since": str(wave.since),
                "date": str(wave.date),
                "title": wave.title,
                "fitted": wave.fitted,
                "round": wave.round,
                "nations": wave.number,
                "changed": int(wave.has_changed.sum()),
                "committed": wave.size,
                "sources": len(_sources(wave)),
                "in_sample": self.about.is_in_sample(wave),
            }
            for wave in self.recorded.waves
        )

    @cached_property
    def rests_on(self) -> "pd.DataFrame":
        """A row a wave, number of the model's runs and group of what is uncertain; scores are measured."""
        named = zip(self.recorded.waves, self.marks, strict=True)
        return pd.concat([table.assign(wave=wave.name) for wave, table in named], ignore_index=True)

    @cached_property
    def scores(self) -> "pd.DataFrame":
        """A row a wave, variant, forecast and score, see `score_table`."""
        return score_table(self.variants, self.options)

    @cached_property
    def differences(self) -> "pd.DataFrame":
        """A row a wave, variant, baseline and score, see `difference_table`."""
        return difference_table(self.variants, self.options)

    @cached_property
    def sources(self) -> "pd.DataFrame":
        """A row a wave, source and baseline: the difference of the ranked probability score without it."""
        return as_table(
            {"wave": wave.name, "source": source, "left_out": _codes(self.case, wave.rests_on(source))}
            | {"baseline": name}
            | _difference(forecasts, name, without, "rps", self.options)
            for wave, forecasts in self.recorded.by_wave()
            for source in _sources(wave)
            for without in [wave.without(wave.rests_on(source))]
            if without.number
            for name in BASELINES
            if name in forecasts
        )

    @cached_property
    def nations(self) -> "pd.DataFrame":
        """A row a wave and nation observed: what was expected, what was recorded, why the model errs.

        `p_...` are shares of the runs in which each stance is recorded, the error of readings included, and
        `p_recorded` that of what was recorded. `raised_by` and `lowered_by` name the terms of its propensity
        that changed most since the start, in log-odds; `held_back_by` what most often keeps it out.
        `rests_on`: what P(committed) rests on.
        """
        worst = [verdicts(table) for table in self.marks]
        return as_table(
            {
                **self._nation(place, wave, forecasts, nation),
                "rests_on": worst[place][self.case.roster.iso3[nation]],
            }
            for place, (wave, forecasts) in enumerate(
                zip(self.recorded.waves, self.recorded.forecasts, strict=True)
            )
            for nation in np.flatnonzero(wave.is_scored).tolist()
        )

    @cached_property
    def terms(self) -> "pd.DataFrame":
        """A row a wave, nation observed and component of its propensity: mean log-odds at start and then."""
        return as_table(
            {
                "wave": wave.name,
                "iso3": self.case.roster.iso3[nation],
                "component": component,
                "at_start": reasons.before[nation, index],
                "at_wave": reasons.after[nation, index],
                "change": reasons.after[nation, index] - reasons.before[nation, index],
            }
            for wave, reasons in zip(self.recorded.waves, self.reasons, strict=True)
            for nation in np.flatnonzero(wave.is_scored).tolist()
            for index, component in enumerate(COMPONENTS)
        )

    @cached_property
    def reliability(self) -> "pd.DataFrame":
        """A row a wave and bin of forecast probabilities: how often what was forecast was recorded.

        Events are that a nation is recorded above a cut point of the ladder, three a nation. Intervals are
        Wilson's; events of one nation hang together, so they count each nation in the bin once.
        """
        return as_table(
            row for wave, forecasts in self.recorded.by_wave() for row in _reliability(forecasts[MODEL], wave)
        )

    def _nation(
        self, place: int, wave: Wave, forecasts: Mapping[str, PositionForecast], nation: int
    ) -> dict[str, Any]:
        shares = forecasts[MODEL].probabilities[nation]
        return {
            "wave": wave.name,
            "iso3": self.case.roster.iso3[nation],
            "name": self.case.roster.names[nation],
            "start_low": int(wave.start.least[nation]),
            "start_high": int(wave.start.most[nation]),
            "recorded_low": int(wave.observed.least[nation]),
            "recorded_high": int(wave.observed.most[nation]),
            "position": wave.positions[nation],
            "note": wave.notes[nation],
            "source": wave.sources[nation],
            **{f"p_{stance.name.lower()}": float(shares[stance]) for stance in Stance},
            **self._probability_of_record(forecasts[MODEL], wave.observed, nation),
            **{
                f"rps_{name}": float(ranked_probability_score(each.probabilities, wave.observed)[nation])
                for name, each in forecasts.items()
            },
            **_reason(self.reasons[place], nation),
        }

    def _probability_of_record(
        self, forecast: PositionForecast, observed: ObservedStances, nation: int
    ) -> dict[str, float]:
        """Return the probability of what was recorded, with the interval that the number of runs leaves."""
        fits = slice(int(observed.least[nation]), int(observed.most[nation]) + 1)
        each = forecast.runs[:, nation, fits].sum(axis=1)
        interval = statistics.mean(each.sum(), (each**2).sum(), len(each), forecast.independent)
        low, high = np.clip(interval.low, 0.0, 1.0), np.clip(interval.high, 0.0, 1.0)
        return {
            "p_recorded": float(interval.estimate),
            "p_recorded_low": float(low),
            "p_recorded_high": float(high),
        }


def score_table(variants: Iterable[Variant], options: HindcastOptions) -> "pd.DataFrame":
    """Return a row a wave, variant, forecast and score: its value over so many nations.

    `low` and `high` bound the mean of a score of nations, by bootstrap; of the size, for which there is one
    number a wave, they are missing. `noise` is the standard error that the number of runs leaves.
    """
    return as_table(
        {**keys, "forecast": name, "score": score, **_score(forecast, wave, score, options)}
        for keys, wave, forecasts in _scored(variants)
        for name, forecast in forecasts.items()
        for score in SCORES
    )


def difference_table(variants: Iterable[Variant], options: HindcastOptions) -> "pd.DataFrame":
    """Return a row a wave, variant, baseline and score: the model's score minus the baseline's, paired.

    The intervals are over nations, by bootstrap; of the size they are missing.
    """
    return as_table(
        {**keys, "baseline": name, "score": score, **_difference(forecasts, name, wave, score, options)}
        for keys, wave, forecasts in _scored(variants)
        for name in BASELINES
        if name in forecasts
        for score in SCORES
    )


def _scored(
    variants: Iterable[Variant],
) -> Iterator[tuple[dict[str, Any], Wave, Mapping[str, PositionForecast]]]:
    for variant in variants:
        for wave, forecasts in variant.by_wave():
            yield {"wave": wave.name, "variant": variant.name}, wave, forecasts


def _score(forecast: PositionForecast, wave: Wave, score: str, options: HindcastOptions) -> dict[str, Any]:
    interval, number = skill.score_with_interval(forecast, wave, score, options.resamples, options.seed)
    names = ("value", "low", "high")
    return {
        **{name: float(part) for name, part in zip(names, interval, strict=True)},
        "noise": skill.noise(forecast, wave, score),
        "nations": number,
    }


def _difference(
    forecasts: Mapping[str, PositionForecast], baseline: str, wave: Wave, score: str, options: HindcastOptions
) -> dict[str, Any]:
    model, other = forecasts[MODEL], forecasts[baseline]
    interval = skill.paired_difference(model, other, wave, score, options.resamples, options.seed)
    names = ("difference", "low", "high")
    return {
        **{name: float(part) for name, part in zip(names, interval, strict=True)},
        "nations": wave.number,
    }


def as_table(rows: Iterable[Mapping[str, Any]]) -> "pd.DataFrame":
    """Return rows as a table."""
    return pd.DataFrame(list(rows))


def _sources(wave: Wave) -> list[str]:
    """Return what the records of a wave rest on, each once, in the order of the alphabet."""
    return sorted({source for source, scored in zip(wave.sources, wave.is_scored, strict=True) if scored})


def _codes(case: Case, chosen: np.ndarray) -> str:
    return ", ".join(code for code, is_in in zip(case.roster.iso3, chosen, strict=True) if is_in)


def _reason(reasons: PropensityMeans, nation: int) -> dict[str, Any]:
    """Return what moved a nation since the start, and what keeps it out."""
    changes = reasons.after[nation] - reasons.before[nation]
    raised, lowered = int(changes.argmax()), int(changes.argmin())
    obstacle = main_obstacle(reasons, nation)
    return {
        "propensity_at_start": float(reasons.before[nation].sum()),
        "propensity": float(reasons.after[nation].sum()),
        "raised_by": COMPONENTS[raised] if changes[raised] > 0 else "",
        "raised": float(max(changes[raised], 0.0)),
        "lowered_by": COMPONENTS[lowered] if changes[lowered] < 0 else "",
        "lowered": float(min(changes[lowered], 0.0)),
        "held_back_by": obstacle[0] if obstacle else "",
        "held_back": obstacle[1] if obstacle else 0.0,
    }


def _reliability(forecast: PositionForecast, wave: Wave) -> list[dict[str, Any]]:
    """Return the rows of a wave: forecasts that nations are recorded above each cut point, in bins."""
    above = 1.0 - np.cumsum(forecast.probabilities, axis=1)[:, :-1]
    is_above = wave.observed.least[:, np.newaxis] > CUT_POINTS
    is_told = is_above | (wave.observed.most[:, np.newaxis] <= CUT_POINTS)
    bins = np.digitize(above, BIN_EDGES[1:-1])
    rows = []
    for index in range(len(BIN_EDGES) - 1):
        chosen = is_told & (bins == index)
        nations = int(chosen.any(axis=1).sum())
        if nations:
            observed = float(is_above[chosen].mean())
            interval = statistics.share(observed * nations, nations)
            rows.append(
                {
                    "wave": wave.name,
                    "forecast_from": BIN_EDGES[index],
                    "forecast_to": BIN_EDGES[index + 1],
                    "forecast": float(np.clip(above[chosen].mean(), 0.0, 1.0)),
                    "observed": observed,
                    "low": float(interval.low),
                    "high": float(interval.high),
                    "events": int(chosen.sum()),
                    "nations": nations,
                }
            )
    return rows
