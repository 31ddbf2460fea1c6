"""Sealing forecasts into the ledger, and telling what they were worth."""

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import isnan
from pathlib import Path
from typing import Any

from sim.evidence.rows import candidate_table
from sim.experiments.evidence.baselines import BASE_RATE, base_rate, plain_logit
from sim.experiments.evidence.forecast import Forecast
from sim.experiments.evidence.left_out import EVIDENCE
from sim.experiments.evidence.sealed import SealedScores
from sim.experiments.outlook import Outlook
from sim.inputs.coalitions.draws_file import file_digests
from sim.inputs.ledger import BEGINNING, Sealed, check_by, digest_of_line, read_ledger
from sim.outputs.words import date_words, percent
from sim.results.document import Cell, Document, Note, Table, nothing, number, word
from sim.results.identity import digest_of
from sim.system import files
from sim.system.failures import named
from sim.system.folders import PATIENCE
from sim.system.locks import hold
from sim.version import __version__

DECIMALS = 6
MOST_NATIONS = 15
"""Nations that stand on the first screen."""
NOT_KNOWN = "?"


@dataclass(frozen=True)
class Question:
    """What is sealed.

    Attributes
    ----------
    name, title
        Of its file, and the question.
    digests
        What it rests on.
    forecasts
        Probability of each nation, by name of the forecast.
    """

    name: str
    title: str
    digests: Mapping[str, str]
    forecasts: Mapping[str, Mapping[str, float]]


def seal(question: Question, by: date, condition: str, ledger: Path) -> Sealed:
    """Append a forecast to a ledger, beside those of the baselines, and return its line.

    Raises
    ------
    InputError, Failure
        If its day is not to come, or the ledger is damaged or cannot be written to.
    """
    today = datetime.now(UTC).date()
    check_by(by, today)
    nations = sorted(next(iter(question.forecasts.values())))
    line = {
        "sealed": today.isoformat(),
        "name": question.name,
        "title": question.title,
        "by": by.isoformat(),
        "condition": condition,
        "version": __version__,
        "question": digest_of(json.dumps(dict(question.digests), sort_keys=True)),
        "forecasts": {
            name: {nation: round(float(p[nation]), DECIMALS) for nation in nations}
            for name, p in question.forecasts.items()
        },
    }
    _append(line, ledger)
    return read_ledger(ledger)[-1]


def question_of_past(forecast: Forecast) -> Question:
    """Return what is asked of past coalitions alone: the evidence layer's forecast, then the baselines'."""
    past, asked = forecast.asked.past, candidate_table(forecast.asked.coalition)
    seen = candidate_table(past)
    forecasts: dict[str, Mapping[str, float]] = {
        EVIDENCE: dict(zip(forecast.nations["iso3"], forecast.nations["p"], strict=True)),
        BASE_RATE: dict(zip(asked["iso3"], base_rate(seen, asked), strict=True)),
    }
    for baseline in past.declaration.baselines:
        p = plain_logit(baseline, past.declaration, seen, asked)
        forecasts[baseline.name] = dict(zip(asked["iso3"], p, strict=True))
    digests = {**file_digests(past.folder), "asked": repr(forecast.asked.coalition)}
    return Question(forecast.asked.name, forecast.asked.title, digests, forecasts)


def question_of_scenario(outlook: Outlook) -> Question:
    """Return what is asked of a scenario."""
    return Question(outlook.name, outlook.title, outlook.digests, outlook.forecasts)


def _append(line: Mapping[str, object], ledger: Path) -> None:
    """Append a line in one piece to a ledger that is whole, one process at a time."""
    with named(ledger):
        files.make_folder(ledger.parent)
        files.touch(ledger)
        lock = hold(ledger, patience=PATIENCE)
    with closing(lock):
        entries = read_ledger(ledger)
        previous = entries[-1].digest if entries else BEGINNING
        numbered = {"number": len(entries) + 1, **line, "previous": previous}
        whole = {**numbered, "digest": digest_of_line(numbered)}
        with named(ledger):
            files.append(ledger, json.dumps(whole, ensure_ascii=False))


def outlook_report(outlook: Outlook, by: date) -> Document:
    """Return a forecast of a scenario, the likeliest nations first."""
    forecasts = list(outlook.forecasts.values())
    order = sorted(forecasts[0], key=lambda nation: (-forecasts[0][nation], nation))
    rows = tuple(
        (word(nation), *(number(each[nation], percent(each[nation])) for each in forecasts))
        for nation in order
    )
    table = Table(("nation", *outlook.forecasts), rows, most=MOST_NATIONS)
    return Document(f"{outlook.title} by {date_words(by)}", (table,))


def sealed_report(entry: Sealed, ledger: Path) -> Document:
    """Return what was sealed, where, and how anybody can check it."""
    condition = f", if {entry.condition}" if entry.condition else ""
    what = f"{entry.title}, by {entry.by}{condition}."
    return Document(
        f"Sealed as forecast {entry.number} of {ledger}: {what}",
        (f"Its digest, to be kept elsewhere too: {entry.digest}",),
    )


def scores_report(scores: SealedScores) -> Document:
    """Return the scores of sealed forecasts, and how many are void or wait."""
    table: Any = scores.table
    rows = tuple(
        (
            Cell(f"{row.number} {row.forecast}", f"{row.number:06} {row.forecast}"),
            *map(_score, (row.auc, row.brier, row.log_score)),
            word(f"{row.title}, by {row.by}: {row.took_part} of {row.nations} took part"),
        )
        for row in table.itertuples()
    )
    return Document(
        "Sealed forecasts",
        (
            f"Void: {_list(scores.void)}. Waiting for what comes: {_list(scores.waiting)}.",
            Table(("forecast", "AUC", "Brier", "log score", "question"), rows),
            Note("Brier and log score: the lower, the better. Void: its condition was not met."),
        ),
    )


def _score(value: float) -> Cell:
    return nothing(NOT_KNOWN) if isnan(value) else number(value, f"{value:.3f}")


def _list(numbers: tuple[int, ...]) -> str:
    return f"{len(numbers)} ({', '.join(map(str, numbers))})" if numbers else "none"
