"""How good probabilities of taking part are, coalition by coalition."""

from typing import Any

import numpy as np

from sim.declarations.arrays import Floats
from sim.evidence.logit import inverse_logit
from sim.evidence.rows import TOOK_PART
from sim.system.libraries import pd

SCORES = ("auc", "brier", "log")
LEAST, MOST = 0.005, 0.995
"""Forecasts are cut here, so that one surprise does not decide the log score."""

BINS = 10
MOST_STEPS = 50


def auc(outcomes: Floats, probabilities: Floats) -> float:
    """Return the probability that a nation that took part was ranked above one that did not; ties count half.

    Not a number where all or none took part. This is the Mann-Whitney statistic (Hanley & McNeil 1982).
    """
    part, rest = probabilities[outcomes == 1], probabilities[outcomes == 0]
    if not (len(part) and len(rest)):
        return float("nan")
    above = (part[:, None] > rest[None]).mean()
    return float(above + 0.5 * (part[:, None] == rest[None]).mean())


def brier(outcomes: Floats, probabilities: Floats) -> float:
    """Return the mean squared difference of outcome and probability (Brier 1950)."""
    return float(((probabilities - outcomes) ** 2).mean())


def log_score(outcomes: Floats, probabilities: Floats) -> float:
    """Return minus the mean natural logarithm of the probability of what came."""
    return float(-np.log(np.where(outcomes == 1, probabilities, 1.0 - probabilities)).mean())


def coalition_scores(predictions: "pd.DataFrame", forecast: str) -> "pd.DataFrame":
    """Return the scores of a forecast, a row a coalition.

    Parameters
    ----------
    predictions
        A row a candidate: `coalition`, `family`, `took_part` and a column a forecast.
    forecast
        Which column.

    Returns
    -------
    DataFrame
        `coalition`, `family`, `forecast`, `candidates`, `took_part` and `expected` (both shares), `auc`,
        `brier`, `log`.
    """
    rows = []
    group: Any
    for (coalition, family), group in predictions.groupby(["coalition", "family"], sort=False):
        outcomes, p = group[TOOK_PART].to_numpy(dtype=np.float64), group[forecast].to_numpy(dtype=np.float64)
        rows.append(
            {
                "coalition": coalition,
                "family": family,
                "forecast": forecast,
                "candidates": len(group),
                "took_part": outcomes.mean(),
                "expected": p.mean(),
                "auc": auc(outcomes, p),
                "brier": brier(outcomes, p),
                "log": log_score(outcomes, p),
            }
        )
    return pd.DataFrame(rows)


def reliability(outcomes: Floats, probabilities: Floats) -> "pd.DataFrame":
    """Return, in bins of a tenth, how many forecasts there are, their mean and the share that took part."""
    bins = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    chosen = [bins == number for number in range(BINS)]
    return pd.DataFrame(
        {
            "low": np.arange(BINS) / BINS,
            "high": (np.arange(BINS) + 1) / BINS,
            "candidates": [int(here.sum()) for here in chosen],
            "forecast": [_mean(probabilities[here]) for here in chosen],
            "took_part": [_mean(outcomes[here]) for here in chosen],
        }
    )


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else float("nan")


def calibration_slope(outcomes: Floats, probabilities: Floats) -> float:
    """Return b of logit P(y) = a + b logit p by maximum likelihood (Cox 1958).

    1: as sure as it may be; below 1: too sure; above 1: not sure enough.
    """
    logit = np.log(probabilities / (1.0 - probabilities))
    columns = np.column_stack([np.ones(len(logit)), logit])
    coefficients = np.zeros(2)
    for _ in range(MOST_STEPS):
        p = inverse_logit(columns @ coefficients)
        curvature = columns.T @ ((p * (1.0 - p))[:, None] * columns)
        step = np.linalg.solve(curvature + 1e-9 * np.eye(2), columns.T @ (outcomes - p))
        coefficients = coefficients + step
        if np.abs(step).max() < 1e-10:
            break
    return float(coefficients[1])
