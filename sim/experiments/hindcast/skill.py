"""How good forecasts of waves are, and by how much better or worse one is than another."""

from collections.abc import Callable, Mapping

import numpy as np

from sim.declarations.arrays import Floats
from sim.experiments.hindcast.forecasts import PositionForecast
from sim.experiments.hindcast.scores import (
    ObservedStances,
    brier_score,
    crps_of_size,
    log_score,
    ranked_probability_score,
)
from sim.experiments.hindcast.waves import Wave
from sim.experiments.statistics import Interval

NATION_SCORES: Mapping[str, Callable[[Floats, ObservedStances], Floats]] = {
    "rps": ranked_probability_score,
    "log": log_score,
    "brier": brier_score,
}
"""Scores of each nation, which are averaged."""

SIZE_SCORE = "crps"
"""The score of the coalition's size, one number a wave."""

MISSING = np.asarray(np.nan)
SCORES = (*NATION_SCORES, SIZE_SCORE)
PARTS = 20
"""Into how many parts the runs are divided to see how far their number limits what a score says."""


def nation_scores(forecast: PositionForecast, wave: Wave, score: str) -> Floats:
    """Return a score of the nations that have one in a wave, in the order of the roster."""
    each = NATION_SCORES[score](forecast.probabilities, wave.observed)
    return each[~np.isnan(each)]


def size_score(forecast: PositionForecast, wave: Wave) -> float:
    """Return the continuous ranked probability score of the size, among the nations whose part is known."""
    return float(crps_of_size(forecast.sizes(wave.observed.tells_commitment), wave.size))


def mean_score(forecast: PositionForecast, wave: Wave, score: str) -> float:
    """Return a score of a forecast of a wave: for those of nations, the mean."""
    if score == SIZE_SCORE:
        return size_score(forecast, wave)
    return float(nation_scores(forecast, wave, score).mean())


def noise(forecast: PositionForecast, wave: Wave, score: str) -> float:
    """Return the standard error of a score that comes from the number of runs; 0 for a baseline."""
    if len(forecast.runs) < PARTS:
        return 0.0 if len(forecast.runs) == 1 else np.nan
    scores = [mean_score(part, wave, score) for part in forecast.parts(PARTS)]
    repeated = len(forecast.runs) / (forecast.independent or len(forecast.runs))
    return float(np.std(scores, ddof=1) / np.sqrt(PARTS) * np.sqrt(repeated))


def bootstrapped_mean(values: Floats, resamples: int, seed: int) -> Interval:
    """Return a mean with its 95 % percentile interval over resampled nations (Efron 1979).

    Nations are drawn with replacement, as if they were independent of each other; what they have in common
    makes the truth less certain than the interval.

    Parameters
    ----------
    values
        A value a nation.
    resamples
        How often nations are drawn anew.
    seed
        Of the draws: the same for all means of as many nations.
    """
    draws = np.random.default_rng(seed).integers(0, len(values), (resamples, len(values)))
    low, high = np.quantile(values[draws].mean(axis=1), [0.025, 0.975])
    return Interval(values.mean(), low, high)


def score_with_interval(
    forecast: PositionForecast, wave: Wave, score: str, resamples: int, seed: int
) -> tuple[Interval, int]:
    """Return a score with its interval over nations, missing for the size, and how many nations it is of."""
    if score == SIZE_SCORE:
        value = np.asarray(size_score(forecast, wave))
        return Interval(value, MISSING, MISSING), int(wave.observed.tells_commitment.sum())
    each = nation_scores(forecast, wave, score)
    return bootstrapped_mean(each, resamples, seed), len(each)


def paired_difference(
    forecast: PositionForecast, baseline: PositionForecast, wave: Wave, score: str, resamples: int, seed: int
) -> Interval:
    """Return by how much a forecast's score is higher, that is worse, than a baseline's.

    The difference is taken nation by nation before it is averaged. Of the size there is one number a wave:
    its interval is missing.
    """
    if score == SIZE_SCORE:
        difference = np.asarray(size_score(forecast, wave) - size_score(baseline, wave))
        return Interval(difference, MISSING, MISSING)
    differences = nation_scores(forecast, wave, score) - nation_scores(baseline, wave, score)
    return bootstrapped_mean(differences, resamples, seed)
