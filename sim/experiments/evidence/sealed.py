"""What sealed forecasts were worth, once it is known what came."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.experiments.evidence.scores import LEAST, MOST, auc, brier, log_score
from sim.inputs.ledger import Sealed
from sim.system.libraries import pd


@dataclass(frozen=True, eq=False)
class SealedScores:
    """Scores of sealed forecasts.

    Attributes
    ----------
    table
        A row a forecast of the ledger whose outcome is known, and forecaster: `number`, `title`, `by`,
        `condition`, `forecast`, `nations`, `took_part`, `auc`, `brier`, `log_score`.
    void
        Numbers of those whose condition was not met.
    waiting
        Numbers of those of which nothing is recorded.
    """

    table: "pd.DataFrame"
    void: tuple[int, ...]
    waiting: tuple[int, ...]


def score_sealed(
    ledger: tuple[Sealed, ...], outcomes: Mapping[int, Mapping[str, float] | None]
) -> SealedScores:
    """Score sealed forecasts; void ones are counted, never scored.

    Parameters
    ----------
    ledger
        All of them.
    outcomes
        What came, see `sim.inputs.ledger.read_outcomes`.
    """
    rows = []
    for entry in ledger:
        came = outcomes.get(entry.number)
        if came is None:
            continue
        took_part = np.array([came[nation] for nation in entry.nations])
        for name, probabilities in entry.forecasts.items():
            p = np.clip([probabilities[nation] for nation in entry.nations], LEAST, MOST)
            rows.append(
                {
                    "number": entry.number,
                    "title": entry.title,
                    "by": entry.by.isoformat(),
                    "condition": entry.condition,
                    "forecast": name,
                    "nations": len(p),
                    "took_part": int(took_part.sum()),
                    "auc": auc(took_part, p),
                    "brier": brier(took_part, p),
                    "log_score": log_score(took_part, p),
                }
            )
    return SealedScores(
        pd.DataFrame(rows),
        tuple(entry.number for entry in ledger if outcomes.get(entry.number, {}) is None),
        tuple(entry.number for entry in ledger if entry.number not in outcomes),
    )
