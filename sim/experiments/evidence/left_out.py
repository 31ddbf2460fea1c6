"""Coalitions left out by family: fitted to the others, then forecast."""

from dataclasses import dataclass

import numpy as np

from sim.evidence.chance import generator
from sim.evidence.rows import TOOK_PART, candidate_table
from sim.evidence.threads import on_one_thread
from sim.experiments.evidence.baselines import BASE_RATE, base_rate, plain_logit
from sim.experiments.evidence.posterior import fit
from sim.experiments.evidence.resampling import family_counts, mean_interval
from sim.experiments.evidence.scores import (
    LEAST,
    MOST,
    SCORES,
    calibration_slope,
    coalition_scores,
    reliability,
)
from sim.experiments.evidence.sizes import independent_size, shared_size
from sim.experiments.progress import ProgressOf
from sim.inputs.coalitions.coalitions import Coalitions
from sim.inputs.coalitions.declaration import Declaration
from sim.inputs.coalitions.reading import CASES
from sim.inputs.errors import InputError
from sim.system.libraries import pd

EVIDENCE = "evidence layer"


@dataclass(frozen=True, eq=False)
class LeftOut:
    """What coalitions say of those that were left out.

    Attributes
    ----------
    seed
        Of draws and resamples.
    forecasts
        The evidence layer and what it is compared with.
    predictions
        A row a candidate: `coalition`, `family`, `iso3`, `took_part` and a column a forecast.
    coalitions
        A row a coalition and forecast, see `coalition_scores`.
    sizes
        A row a coalition: `candidates`, `took_part`, `expected`, `low`, `high` (90 %), and `low_independent`,
        `high_independent` if its candidates had nothing in common.
    summary
        A row a forecast and score: `value`, the mean over coalitions, `low` and `high`, 95 % over resamples
        of families; `difference`, `difference_low`, `difference_high`: the evidence layer minus this
        forecast, paired.
    calibration
        See `reliability`.
    slope
        Calibration slope of the evidence layer, and its 95 % interval.
    """

    seed: int
    forecasts: tuple[str, ...]
    predictions: "pd.DataFrame"
    coalitions: "pd.DataFrame"
    sizes: "pd.DataFrame"
    summary: "pd.DataFrame"
    calibration: "pd.DataFrame"
    slope: tuple[float, float, float]


@on_one_thread
def leave_families_out(
    coalitions: Coalitions, seed: int = 1, progress: ProgressOf = lambda _done, _total: None
) -> LeftOut:
    """Forecast each family of coalitions from all the others, and score it.

    Raises
    ------
    InputError
        If there are fewer than two families.
    """
    table, declaration = candidate_table(coalitions), coalitions.declaration
    _check_families(coalitions)
    families = list(dict.fromkeys(table["family"]))
    parts, sizes = [], []
    for done, family in enumerate(families):
        predicted, sized = _one_family(table, family, declaration, seed)
        parts.append(predicted)
        sizes.append(sized)
        progress(done + 1, len(families))
    forecasts = (EVIDENCE, BASE_RATE, *(baseline.name for baseline in declaration.baselines))
    predictions, sized = pd.concat(parts), pd.concat(sizes)
    order = list(dict.fromkeys(table["coalition"]))
    predictions = predictions.loc[table.index].reset_index(drop=True)
    scored = pd.concat([coalition_scores(predictions, name) for name in forecasts], ignore_index=True)
    outcomes, p = predictions[TOOK_PART].to_numpy(), predictions[EVIDENCE].to_numpy()
    return LeftOut(
        seed=seed,
        forecasts=forecasts,
        predictions=predictions,
        coalitions=scored,
        sizes=sized.set_index("coalition").loc[order].reset_index(),
        summary=_summary(scored, forecasts, seed),
        calibration=reliability(outcomes, p),
        slope=_slope(predictions, seed),
    )


def _check_families(coalitions: Coalitions) -> None:
    if len({each.family for each in coalitions.coalitions}) < 2:
        problem = "coalitions of at least two families are needed: one is left out, others are learned from"
        raise InputError(problem, file=coalitions.folder / CASES, key="family")


def forecast_family(coalitions: Coalitions, family: str) -> "pd.DataFrame":
    """Return what the other families say of the candidates of one, see `LeftOut.predictions`.

    Raises
    ------
    InputError
        If there are no others.
    """
    _check_families(coalitions)
    table = candidate_table(coalitions)
    left = table[table["family"] == family]
    p = fit(table[table["family"] != family], coalitions.declaration).probabilities(left)
    return left[["coalition", "family", "iso3", TOOK_PART]].assign(**{EVIDENCE: p.clip(LEAST, MOST)})


def _one_family(
    table: "pd.DataFrame", family: str, declaration: Declaration, seed: int
) -> tuple["pd.DataFrame", "pd.DataFrame"]:
    """Return what the others say of a family: of each candidate, and of the size of each coalition."""
    seen, left = table[table["family"] != family], table[table["family"] == family]
    posterior = fit(seen, declaration)
    predicted = left[["coalition", "family", "iso3", TOOK_PART]].copy()
    predicted[EVIDENCE] = posterior.probabilities(left)
    predicted[BASE_RATE] = base_rate(seen, left)
    for baseline in declaration.baselines:
        predicted[baseline.name] = plain_logit(baseline, declaration, seen, left)
    names = [EVIDENCE, BASE_RATE, *(baseline.name for baseline in declaration.baselines)]
    predicted[names] = predicted[names].clip(LEAST, MOST)
    rows = []
    for name, group in left.groupby("coalition", sort=False):
        mean, covariance = posterior.latent(group)
        size = shared_size(mean, covariance, generator(seed, "size", str(name)))
        alone = predicted.loc[group.index, EVIDENCE].to_numpy()
        apart = independent_size(alone, generator(seed, "size of independent nations", str(name)))
        rows.append(
            {
                "coalition": name,
                "family": family,
                "candidates": len(group),
                "took_part": int(group[TOOK_PART].sum()),
                "expected": size.mean,
                "low": size.low,
                "high": size.high,
                "low_independent": apart.low,
                "high_independent": apart.high,
            }
        )
    return predicted, pd.DataFrame(rows)


def _summary(scored: "pd.DataFrame", forecasts: tuple[str, ...], seed: int) -> "pd.DataFrame":
    """Return the mean score of each forecast and how far the evidence layer is from it, with intervals."""
    counts = family_counts(scored["family"].nunique(), seed)
    by_forecast = {
        name: scored[scored["forecast"] == name].set_index("coalition", drop=False) for name in forecasts
    }
    rows = []
    for score in SCORES:
        best = by_forecast[EVIDENCE][score]
        for name in forecasts:
            mine = by_forecast[name]
            value, low, high = mean_interval(mine[score], mine["family"], counts)
            difference = mean_interval(best - mine[score], mine["family"], counts)
            rows.append((name, score, value, low, high, *difference))
    columns = ["forecast", "score", "value", "low", "high", "difference", "difference_low", "difference_high"]
    return pd.DataFrame(rows, columns=columns)


def _slope(predictions: "pd.DataFrame", seed: int, resamples: int = 400) -> tuple[float, float, float]:
    """Return the calibration slope and its 95 % interval over resamples of families."""
    groups = [
        (group[TOOK_PART].to_numpy(), group[EVIDENCE].to_numpy())
        for _, group in predictions.groupby("family")
    ]
    counts = family_counts(len(groups), seed, resamples).astype(int)
    slopes = []
    for drawn in counts:
        chosen = [group for group, times in zip(groups, drawn, strict=True) for _ in range(times)]
        slopes.append(calibration_slope(*(np.concatenate(each) for each in zip(*chosen, strict=True))))
    low, high = np.quantile(slopes, [0.025, 0.975])
    whole = calibration_slope(predictions[TOOK_PART].to_numpy(), predictions[EVIDENCE].to_numpy())
    return whole, float(low), float(high)
