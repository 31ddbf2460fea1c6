"""The ledger of sealed forecasts: a line of JSON each, chained by digests, so that any change shows."""

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field

from sim.inputs.csv_file import CsvRow, read_csv
from sim.inputs.errors import InputError
from sim.inputs.situation import Date, Text, TomlTable
from sim.inputs.text_file import read_text
from sim.inputs.toml_file import TomlPath, dotted
from sim.inputs.validation import validate

MAX_BYTES = 50_000_000
BEGINNING = "0" * 64
"""Stands for the digest of the line before the first."""

VOID = "void"


class Sealed(TomlTable):
    """A forecast that was sealed before what it is about was known."""

    number: int = Field(ge=1, description="Its place in the ledger, from 1.")
    sealed: Date = Field(description="The day on which it was sealed.")
    name: Text = Field(description="Name of the question's file.")
    title: Text = Field(description="The question.")
    by: Date = Field(description="The day by which it is decided.")
    condition: str = Field(description="What must be the case by then, or else it is void; may be empty.")
    version: Text = Field(description="Of the program.")
    question: Text = Field(description="Digest of the question and of what was learned from.")
    forecasts: dict[str, dict[str, float]] = Field(
        min_length=1, description="Probability of each nation by name of the forecast, baselines included."
    )
    previous: Text = Field(description="Digest of the line before.")
    digest: Text = Field(description="SHA-256 of all else here.")

    @property
    def nations(self) -> tuple[str, ...]:
        """The nations that it is about."""
        return tuple(next(iter(self.forecasts.values())))


def digest_of_line(line: dict[str, Any]) -> str:
    """Return the SHA-256 of a line of the ledger, its own digest apart."""
    others = {key: value for key, value in line.items() if key != "digest"}
    text = json.dumps(others, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def read_ledger(file: Path) -> tuple[Sealed, ...]:
    """Read a ledger and check its chain; one that does not exist is empty.

    Raises
    ------
    InputError
        For a line that is not readable, was changed, or does not follow the one before it.
    """
    if not file.exists():
        return ()
    text = read_text(file, MAX_BYTES, "a ledger of sealed forecasts")
    return parse_ledger(text, file)


def parse_ledger(text: str, file: Path) -> tuple[Sealed, ...]:
    """Return the entries of a ledger's text, see `read_ledger`."""
    if text and not text.endswith("\n"):
        last = text.count("\n") + 1
        raise InputError("is not complete: writing it was stopped; take it out", file=file, line=last)
    entries: list[Sealed] = []
    previous = BEGINNING
    for number, line in enumerate(text.splitlines(), 1):
        entry = _entry(line, file, number)
        if entry.previous != previous or entry.number != number:
            problem = "does not follow the line before: a line was changed, taken out or put in"
            raise InputError(problem, file=file, line=number)
        previous = entry.digest
        entries.append(entry)
    return tuple(entries)


def _entry(text: str, file: Path, number: int) -> Sealed:
    def error_at(key_path: TomlPath, problem: str) -> InputError:
        return InputError(problem, file=file, line=number, key=dotted(key_path) or None)

    try:
        line = json.loads(text)
    except ValueError as error:
        raise error_at((), f"is no JSON: {error}") from None
    if not isinstance(line, dict):
        raise error_at((), "must be a table")
    entry = validate(Sealed, line, error_at)
    if entry.digest != digest_of_line(line):
        raise error_at((), "was changed after it was sealed: its digest is another")
    return entry


def read_outcomes(file: Path, ledger: tuple[Sealed, ...]) -> dict[int, dict[str, float] | None]:
    """Read what came of sealed forecasts.

    Parameters
    ----------
    file
        A CSV file with the columns `forecast` (its number in the ledger), `iso3`, `took_part` (0 or 1) and
        `source`. A row whose `took_part` is ``void``, without a nation, says that the condition of a forecast
        was not met.
    ledger
        The forecasts.

    Returns
    -------
    dict
        By number of the forecast: 0 or 1 by nation, or None if it is void.

    Raises
    ------
    InputError
        If anything in the file is wrong, or a forecast has outcomes of some of its nations only.
    """
    outcomes: dict[int, dict[str, float] | None] = {}
    for row in read_csv(file).require("forecast", "iso3", "took_part", "source").rows:
        entry = _forecast_of(row, ledger)
        if not row.text("source"):
            raise row.error("source", "is empty; say where the outcome is reported")
        if row.text("took_part") == VOID:
            _check_void(row, entry, outcomes)
            outcomes[entry.number] = None
            continue
        of_entry = outcomes.setdefault(entry.number, {})
        if of_entry is None:
            raise row.error("forecast", f"forecast {entry.number} is void by an earlier row")
        nation = row.text("iso3")
        if nation not in entry.nations or nation in of_entry:
            problem = "stands there twice" if nation in of_entry else "is no nation of it"
            about = f"forecast {entry.number} is about {', '.join(entry.nations)}"
            raise row.error("iso3", f'"{nation}" {problem}; {about}')
        if row.text("took_part") not in {"0", "1"}:
            raise row.error("took_part", f'"{row.text("took_part")}" is not allowed; 0, 1 or {VOID}')
        of_entry[nation] = float(row.text("took_part"))
    for number, of_entry in outcomes.items():
        missing = set(ledger[number - 1].nations) - set(of_entry or ledger[number - 1].nations)
        if missing:
            problem = f"forecast {number} has no outcome of {', '.join(sorted(missing))}; give all or none"
            raise InputError(problem, file=file)
    return outcomes


def _forecast_of(row: CsvRow, ledger: tuple[Sealed, ...]) -> Sealed:
    number = row.number("forecast")
    if number not in range(1, len(ledger) + 1):
        problem = f'"{row.text("forecast")}" is no forecast of the ledger; allowed are 1 to {len(ledger)}'
        raise row.error("forecast", problem)
    return ledger[int(number) - 1]


def _check_void(row: CsvRow, entry: Sealed, outcomes: dict[int, dict[str, float] | None]) -> None:
    if not entry.condition:
        raise row.error("took_part", f"forecast {entry.number} has no condition, so it cannot be void")
    if row.text("iso3") or entry.number in outcomes:
        raise row.error("iso3", "a forecast is void as a whole: one row, without a nation")


def check_by(by: date, today: date) -> None:
    """Check that a forecast is sealed before the day by which it is decided.

    Raises
    ------
    InputError
        If it is not.
    """
    if by <= today:
        raise InputError(f"{by} is not after today, {today}: what is known is no forecast", key="--by")
