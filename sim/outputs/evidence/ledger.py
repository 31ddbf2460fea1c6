"""Sealing forecasts into the ledger, and telling what they were worth."""

import json
import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from sim.evidence.rows import candidate_table
from sim.experiments.evidence.baselines import BASE_RATE, base_rate, plain_logit
from sim.experiments.evidence.forecast import Forecast
from sim.experiments.evidence.left_out import EVIDENCE
from sim.experiments.evidence.sealed import SealedScores
from sim.experiments.identity import digest_of
from sim.inputs.coalitions.draws_file import file_digests
from sim.inputs.errors import InputError
from sim.inputs.ledger import BEGINNING, Sealed, check_by, digest_of_line, parse_ledger, read_ledger
from sim.outputs.grids import Grid, as_table
from sim.version import __version__

DECIMALS = 6
NOT_KNOWN = "?"


def seal(found: Forecast, by: date, condition: str, ledger: Path) -> Sealed:
    """Append a forecast to a ledger, beside those of the baselines, and return its line.

    Raises
    ------
    InputError
        If its day is not to come, or the ledger is damaged or cannot be written to.
    """
    today = datetime.now(UTC).date()
    check_by(by, today)
    digests: dict[str, str] = {**file_digests(found.asked.past.folder), "asked": repr(found.asked.coalition)}
    line = {
        "sealed": today.isoformat(),
        "name": found.asked.name,
        "title": found.asked.title,
        "by": by.isoformat(),
        "condition": condition,
        "version": __version__,
        "question": digest_of(json.dumps(digests, sort_keys=True)),
        "forecasts": _forecasts(found),
    }
    _append(line, ledger)
    return read_ledger(ledger)[-1]


def _forecasts(found: Forecast) -> dict[str, dict[str, float]]:
    """Return the probabilities of each nation by forecast: the evidence layer's, then the baselines'."""
    past, asked = found.asked.past, candidate_table(found.asked.coalition)
    seen, nations = candidate_table(past), sorted(asked["iso3"])
    forecasts: dict[str, Mapping[str, float]] = {
        EVIDENCE: dict(zip(found.nations["iso3"], found.nations["p"], strict=True)),
        BASE_RATE: dict(zip(asked["iso3"], base_rate(seen, asked), strict=True)),
    }
    for baseline in past.declaration.baselines:
        p = plain_logit(baseline, past.declaration, seen, asked)
        forecasts[baseline.name] = dict(zip(asked["iso3"], p, strict=True))
    return {
        name: {nation: round(float(p[nation]), DECIMALS) for nation in nations}
        for name, p in forecasts.items()
    }


def _append(line: Mapping[str, object], ledger: Path) -> None:
    """Append a line in one piece to a ledger that is whole, one process at a time."""
    try:
        ledger.parent.mkdir(parents=True, exist_ok=True)
        with ledger.open("a+b") as file:
            _hold(file.fileno())
            file.seek(0)
            entries = parse_ledger(file.read().decode("utf-8"), ledger)
            previous = entries[-1].digest if entries else BEGINNING
            numbered = {"number": len(entries) + 1, **line, "previous": previous}
            whole = {**numbered, "digest": digest_of_line(numbered)}
            os.write(file.fileno(), f"{json.dumps(whole, ensure_ascii=False)}\n".encode())
            os.fsync(file.fileno())
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text; a ledger of sealed forecasts is wanted", file=ledger) from None
    except OSError as error:
        raise InputError(f"cannot be written to: {error.strerror or error}", file=ledger) from None


def _hold(descriptor: int) -> None:
    """Wait until no other process writes to a file; where files cannot be held, go on."""
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except (ImportError, OSError):
        return


def sealed_report(entry: Sealed, ledger: Path) -> RenderableType:
    """Return what was sealed, where, and how anybody can check it."""
    condition = f", if {entry.condition}" if entry.condition else ""
    return Group(
        Text(f"Sealed as forecast {entry.number} of {ledger}: {entry.title}, by {entry.by}{condition}."),
        Text(f"Its digest, to be kept elsewhere too: {entry.digest}"),
    )


def scores_report(found: SealedScores) -> RenderableType:
    """Return the scores of sealed forecasts, and how many are void or wait."""
    rows = tuple(
        (
            f"{row.number} {row.forecast}",
            _number(row.auc),
            _number(row.brier),
            _number(row.log_score),
            f"{row.title}, by {row.by}: {row.took_part} of {row.nations} took part",
        )
        for row in _rows(found)
    )
    grid = Grid(("forecast", "AUC", "Brier", "log score", "question"), rows, 3)
    return Group(
        Text(f"Void: {_list(found.void)}. Waiting for what comes: {_list(found.waiting)}."),
        as_table(grid),
        Text("\nBrier and log score: the lower, the better. Void: its condition was not met.", style="dim"),
    )


def _rows(found: SealedScores) -> Any:
    return found.table.itertuples()


def _number(value: float) -> str:
    return f"{value:.3f}" if value == value else NOT_KNOWN  # noqa: PLR0124 - not a number


def _list(numbers: tuple[int, ...]) -> str:
    return f"{len(numbers)} ({', '.join(map(str, numbers))})" if numbers else "none"
