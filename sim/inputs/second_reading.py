"""A second reading of what governments state: statements and dated events, each with its source."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sim.declarations.words import FOUND, KNOWN, MISSING
from sim.inputs.csv_file import CsvRow, read_csv
from sim.inputs.errors import near_match
from sim.inputs.roster_tables import SecondReading
from sim.inputs.statements import UNKNOWN, Chosen, StatedPosition, position_in

STATUSES = (FOUND, "FOUND-EARLIER", "FOUND-FIRST-READING", MISSING)
"""Of a statement: read in a source; so, but of an earlier wave; taken from the first reading; not found."""

QUALITIES = ("own", "second", "state")
"""Whose words a source gives: the government's own, second hand, or those of state media."""

HIGHEST_ORDINAL, HIGHEST_RUNG = 4, 3


@dataclass(frozen=True)
class Reading:
    """A nation's statement on a day, by the second reader.

    Attributes
    ----------
    iso3, day, position
        Who, when, one of POSITIONS but "unknown".
    in_source
        Whether it was read in a source, and is of the time that the reading is about.
    contributes
        Whether it names a military part (rung 2 or 3 of past coalitions) or refuses any (0); None between.
    row
        Where it stands.
    """

    iso3: str
    day: date
    position: str
    in_source: bool
    contributes: bool | None
    row: CsvRow


@dataclass(frozen=True)
class RecordedEvent:
    """An event of the second reading; `day` is a day or, where only that is known, a month (2026-06)."""

    day: str
    kind: str
    event: str
    status: str
    row: CsvRow


@dataclass(frozen=True)
class SourcedPosition:
    """A position with a source behind it, and the row of the first or the second reading that gives it."""

    iso3: str
    position: str
    second: bool
    row: CsvRow


def read_readings(folder: Path, declared: SecondReading | None, chosen: Chosen) -> tuple[Reading, ...]:
    """Read the statements of the second reading, in the order of the file, without what was not found.

    Raises
    ------
    InputError
        If a nation is not in the table of nations, a cell holds what it may not, a statement has no source,
        or a nation has two for one day.
    """
    if declared is None:
        return ()
    table = read_csv(folder / declared.statements)
    table.require("iso3", "date", "position", "statement_in_own_words", "source", "quality", "status")
    readings = tuple(_reading(row) for row in chosen.table(table).rows if _status(row, STATUSES) != MISSING)
    first: dict[tuple[str, date], int] = {}
    for reading in readings:
        line = first.setdefault((reading.iso3, reading.day), reading.row.line)
        if line != reading.row.line:
            problem = f"{reading.iso3} has a statement of {reading.day} in line {line} already"
            raise reading.row.error("date", problem)
    return readings


def read_events(folder: Path, declared: SecondReading | None) -> tuple[RecordedEvent, ...]:
    """Read the dated events of the second reading, in the order of the file.

    Raises
    ------
    InputError
        If a date is neither a day nor a month, an event is empty, or one that is FOUND has no source.
    """
    if declared is None or declared.events is None:
        return ()
    table = read_csv(folder / declared.events)
    table.require("date", "kind", "event_in_own_words", "source", "status")
    return tuple(_event(row) for row in table.rows)


def sourced_positions(
    stated: tuple[StatedPosition, ...], readings: tuple[Reading, ...], wave: date, days: int
) -> dict[str, SourcedPosition]:
    """Return the positions of a wave that have a source: those that a score may count.

    A row of the first reading counts where it is FOUND. One that is KNOWN - no source was opened for it -
    gives way to the nation's latest FOUND statement of the second reading after the wave before and up to
    some days after this one; where there is none, the nation has no position. So no row without a source
    makes a change.

    Parameters
    ----------
    stated
        The positions that count, one a nation and wave.
    readings
        The statements of the second reading.
    wave
        The date of the wave.
    days
        How many days after it a statement of the second reading may lie.

    Returns
    -------
    dict
        By code, in the order of `stated`.
    """
    before = max((statement.wave for statement in stated if statement.wave < wave), default=date.min)
    last = wave + timedelta(days=days)
    latest: dict[str, Reading] = {}
    for reading in sorted(readings, key=lambda reading: reading.day):
        if reading.in_source and before < reading.day <= last:
            latest[reading.iso3] = reading
    sourced: dict[str, SourcedPosition] = {}
    for statement in (
        statement for statement in stated if statement.wave == wave and statement.position != UNKNOWN
    ):
        status, second = statement.row.text("status"), latest.get(statement.iso3)
        if status == FOUND:
            sourced[statement.iso3] = SourcedPosition(
                statement.iso3, statement.position, second=False, row=statement.row
            )
        elif status == KNOWN and second is not None:
            sourced[statement.iso3] = SourcedPosition(
                statement.iso3, second.position, second=True, row=second.row
            )
    return sourced


def _reading(row: CsvRow) -> Reading:
    _needs(row, "position", "statement_in_own_words", "source")
    _one_of(row, "quality", QUALITIES)
    row.number_between("position_ordinal", 0, HIGHEST_ORDINAL)
    rung = row.number_between("rung", 0, HIGHEST_RUNG)
    for column in ("asks_us", "asks_clarity", "asks_authority"):
        _one_of(row, column, ("", "0", "1"))
    position = position_in(row)
    if position == UNKNOWN:
        raise row.error("position", f'is unknown; a statement that was not found has the status "{MISSING}"')
    contributes = {0.0: False, 2.0: True, 3.0: True}.get(rung)
    return Reading(row.text("iso3"), row.day("date"), position, row.text("status") == FOUND, contributes, row)


def _event(row: CsvRow) -> RecordedEvent:
    status = _status(row, (FOUND, KNOWN, MISSING))
    _needs(row, "kind", "event_in_own_words", *(["source"] if status == FOUND else []))
    day = row.text("date")
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", day):
        row.day("date")
    return RecordedEvent(day, row.text("kind"), row.text("event_in_own_words"), status, row)


def _status(row: CsvRow, allowed: tuple[str, ...]) -> str:
    _one_of(row, "status", allowed)
    return row.text("status")


def _one_of(row: CsvRow, column: str, allowed: tuple[str, ...]) -> None:
    """Check that a cell holds one of some words; where there is no such column it is empty."""
    text = row.text(column)
    if text not in allowed:
        words = ", ".join(word or "empty" for word in allowed)
        raise row.error(
            column, f'"{text}" is not allowed{near_match(text, allowed) or f"; allowed: {words}"}'
        )


def _needs(row: CsvRow, *columns: str) -> None:
    for column in columns:
        if not row.text(column):
            raise row.error(column, f'is empty; only a row with the status "{MISSING}" may leave it so')
