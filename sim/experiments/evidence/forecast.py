"""Who takes part in a coalition whose candidates have not spoken: by what past coalitions teach alone."""

import json
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from sim.declarations.arrays import Floats
from sim.declarations.words import worst
from sim.evidence.beyond import (
    attribute_ranges,
    attributes_beyond,
    level_ranges,
    levels_beyond,
    needed_levels,
)
from sim.evidence.chance import generator
from sim.evidence.logit import inverse_logit
from sim.evidence.rows import candidate_table, design, level_values
from sim.evidence.threads import on_one_thread
from sim.experiments.evidence.posterior import Posterior, fit
from sim.experiments.evidence.scores import LEAST, MOST
from sim.experiments.evidence.sizes import Size, shared_size
from sim.experiments.evidence.verdicts import coefficient_table, fits_for_verdicts
from sim.inputs.coalitions.asked_file import Asked
from sim.inputs.coalitions.candidates_file import treated
from sim.inputs.coalitions.coalitions import Coalition, Coalitions
from sim.inputs.coalitions.declaration import Declaration
from sim.inputs.coalitions.draws_file import file_digests
from sim.results.about import About
from sim.results.identity import digest_of
from sim.results.result import Loaded, Result
from sim.results.tables import Tables
from sim.system.libraries import pd
from sim.system.manifests import FORMAT
from sim.version import __version__

Z_90 = 1.6448536269514722
WEIGHTY = 0.25
"""Share of what sets a nation apart from which on a term is named, and counts for the verdict."""


class AboutForecast(About):
    """What was forecast.

    Attributes
    ----------
    title
        What was asked about.
    seed
        Of the draws.
    size
        How many take part: mean, and 90 % interval.
    families, files
        The families of coalitions that were learned from, and digests of their files.
    """

    kind: str = "forecast"
    title: str
    seed: int
    size: dict[str, float]
    families: tuple[str, ...]
    files: dict[str, str]


class LoadedForecast(Loaded):
    """A forecast as its folder holds it, see `Forecast`."""

    kind, manifest_model = "forecast", AboutForecast


@dataclass(frozen=True, eq=False, repr=False)
class Forecast(Result):
    """A forecast from past coalitions alone.

    Attributes
    ----------
    asked, seed
        What was asked, and the seed of the draws.
    posterior
        What was learned, without the families that were to be left out.
    nations
        A row a candidate, the likeliest first: `iso3`, `p`; `low`, `high`: 90 % of what the probability may
        be if all were known but the nation's own chance; `rests_on`: terms that set it apart from the average
        candidate; `verdict`, the worst of theirs; `missing`: attributes that count as the mean.
    size
        How many take part.
    alike
        A row a past coalition, the one most like this first: `coalition`, `distance`, see `distances`.
    usual
        The distance from the past coalition in the middle to the one most like it.
    extrapolated
        Levels and commands beyond all past coalitions, and attributes of nations beyond all candidates.
    """

    asked: Asked
    seed: int
    posterior: Posterior
    nations: "pd.DataFrame"
    size: Size
    alike: "pd.DataFrame"
    usual: float
    extrapolated: tuple[str, ...]

    kind = "forecast"

    @cached_property
    def about(self) -> AboutForecast:
        """What was forecast."""
        past, size = self.asked.past, self.size
        return AboutForecast(
            title=self.asked.title,
            seed=self.seed,
            size={"mean": size.mean, "low": size.low, "high": size.high},
            families=tuple(sorted({each.family for each in past.coalitions})),
            files=file_digests(past.folder),
        )

    @cached_property
    def tables(self) -> Tables:
        """Every table by name; terms are a text."""
        rests_on = [", ".join(names) for names in self.nations["rests_on"]]
        plain = partial(self.nations.assign, rests_on=rests_on)
        return Tables({"nations": plain, "alike": lambda: self.alike})


def forecast_folder(asked: Asked, seed: int) -> Path:
    """Return the folder of a forecast, ``forecast/NAME/ID``: the same inputs have the same."""
    inputs = json.dumps([file_digests(asked.past.folder), repr(asked.coalition), seed, FORMAT, __version__])
    return Path("forecast", asked.name, digest_of(inputs)[:12])


@on_one_thread
def forecast(asked: Asked, seed: int = 1) -> Forecast:
    """Forecast who takes part in a coalition that is asked about."""
    past = candidate_table(asked.past)
    posterior = fit(past, asked.past.declaration)
    verdicts = coefficient_table(fits_for_verdicts(asked.past)).set_index("term")["verdict"].to_dict()
    table = candidate_table(asked.coalition)
    mean, covariance = posterior.latent(table)
    spread = Z_90 * np.sqrt(np.diag(covariance))
    rests_on = weighty_terms(posterior, table)
    nations = pd.DataFrame(
        {
            "iso3": table["iso3"],
            "p": posterior.probabilities(table).clip(LEAST, MOST),
            "low": inverse_logit(mean - spread),
            "high": inverse_logit(mean + spread),
            "rests_on": rests_on,
            "verdict": [worst(verdicts[name] for name in names) for names in rests_on],
            "missing": _missing(asked.coalition),
        }
    )
    alike, usual = distances(asked.past, asked.coalition.coalitions[0])
    return Forecast(
        asked=asked,
        seed=seed,
        posterior=posterior,
        nations=nations.sort_values(["p", "iso3"], ascending=[False, True]).reset_index(drop=True),
        size=shared_size(mean, covariance, generator(seed, "size", asked.name)),
        alike=alike,
        usual=usual,
        extrapolated=(
            *levels_beyond(
                level_ranges(asked.past),
                level_values(asked.past.declaration, asked.coalition.coalitions[0]),
            ),
            *attributes_beyond(attribute_ranges(past, asked.past.declaration), table),
        ),
    )


def weighty_terms(posterior: Posterior, table: "pd.DataFrame") -> list[tuple[str, ...]]:
    """Return the terms that set each candidate apart from the average one, the weightiest first.

    A term's weight is the absolute difference, in log-odds, of its part of x from that of the mean candidate;
    terms are named from a quarter of the sum of all weights on, and the weightiest in any case.
    """
    columns = design(table, posterior.declaration, posterior.scales).columns
    weights = np.abs(posterior.coefficients[1:] * (columns - columns.mean(axis=0)))
    shares = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
    names = posterior.names[1:]
    return [
        tuple(
            names[place] for place in np.argsort(-row, kind="stable") if row[place] >= min(WEIGHTY, row.max())
        )
        for row in shares
    ]


def distances(past: Coalitions, asked: Coalition) -> tuple["pd.DataFrame", float]:
    """Return how far past coalitions are from one, and what is usual.

    The distance is the root mean square of differences of the levels that terms need, each 0 to 1; commands
    are levels of 0 or 1. What is usual is the median over past coalitions of that to the nearest one of
    another family.
    """
    points = np.array([_point(past.declaration, each) for each in past.coalitions])
    away = _apart(points, np.array(_point(past.declaration, asked)))
    table = pd.DataFrame({"coalition": [each.name for each in past.coalitions], "distance": away})
    families = np.array([each.family for each in past.coalitions])
    nearest = [
        float(_apart(points[families != family], point).min())
        for point, family in zip(points, families, strict=True)
    ]
    return table.sort_values("distance", kind="stable").reset_index(drop=True), float(np.median(nearest))


def _apart(points: Floats, point: Floats) -> Floats:
    return np.asarray(np.sqrt(((points - point) ** 2).mean(axis=1)))


def _point(declaration: Declaration, coalition: Coalition) -> list[float]:
    """Return the levels that terms need."""
    levels = level_values(declaration, coalition)
    return [levels[name] for name in needed_levels(declaration)]


def _missing(coalition: Coalitions) -> list[str]:
    """Return which attributes of each candidate are missing."""
    attributes = coalition.declaration.attributes
    return [
        ", ".join(
            name
            for name, attribute in attributes.items()
            if np.isnan(treated(np.array([candidate.covariates[attribute.column]]), attribute))[0]
        )
        for candidate in coalition.candidates
    ]
