"""What was observed of nations on some days: recorded positions of a roster, or who had joined by then."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sim.inputs.csv_file import CsvRow, read_csv
from sim.inputs.errors import InputError, near_match
from sim.inputs.nations import Nations
from sim.inputs.roster import Roster, positions_of, read_source

NOT_COMMITTED = "not committed"
"""Stands in place of a position where all that is known is that a nation had not joined."""

WHERE = "where"
"""Key of a hindcast file that names columns of the table of positions; errors about them have it."""


@dataclass(frozen=True)
class PositionRecord:
    """What was recorded of a nation in a wave.

    Attributes
    ----------
    iso3, wave
        Who and when.
    position
        One of POSITIONS but "unknown", or NOT_COMMITTED.
    source
        What it rests on: the host of its address or, where it has none, its source in words.
    note
        The statement, in the words of the record.
    """

    iso3: str
    wave: dt.date
    position: str
    source: str
    note: str = ""


def read_recorded(
    roster: Roster, start: dt.date, wave: dt.date, instead: Mapping[str, str] | None = None
) -> tuple[PositionRecord, ...]:
    """Return the positions of a wave that have a source, of nations of which one at the start has too.

    Parameters
    ----------
    roster
        That records them.
    start, wave
        The day from which and the day for which positions are predicted.
    instead
        Texts by column: records of the wave that hold these texts count in the place of those that usually
        do.

    Returns
    -------
    tuple[PositionRecord, ...]
        In the order of the roster's nations.

    Raises
    ------
    InputError
        If there is no such column, or no record fits `instead`.
    """
    known = roster.sourced_positions(start)
    records = {
        code: PositionRecord(
            code, wave, statement.position, publisher(statement.row), note=_words(statement.row)
        )
        for code, statement in roster.sourced_positions(wave).items()
    }
    if instead is not None:
        records |= {record.iso3: record for record in _instead(roster, wave, instead)}
    return tuple(records[code] for code in roster.iso3 if code in records and code in known)


def read_joiners(
    path: Path, nations: Nations, wave: dt.date, founders: Sequence[str] = ()
) -> tuple[PositionRecord, ...]:
    """Read who was committed from which day, and return what that tells of a wave.

    Parameters
    ----------
    path
        A CSV file with the columns iso3 and date and, if known, left, source, url and note: a nation was
        committed from one day and, if it left, until another. One that the file does not name is known not
        to have joined; one without a date is not known to have joined or not.
    nations
        Those of the roster.
    wave
        The day wanted.
    founders
        Nations that must be named, as they are committed at the start.

    Raises
    ------
    InputError
        If the file cannot be read, names a nation twice or one that is not in the roster, or leaves out a
        founder.
    """
    rows = _rows_by_nation(path, nations)
    for code in founders:
        if code not in rows:
            problem = f"{code} is committed at the start, so it must stand here: since when, and until when"
            raise InputError(problem, file=path, key="iso3")
    observed = [code for code in nations.names if code not in rows or rows[code].text("date")]
    return tuple(_joiner(code, wave, rows.get(code)) for code in observed)


def _rows_by_nation(path: Path, nations: Nations) -> dict[str, CsvRow]:
    """Return the rows of a table of joiners by the code of the nation."""
    rows: dict[str, CsvRow] = {}
    for row in read_csv(path).require("iso3", "date").rows:
        word = row.text("iso3")
        code = nations.code(word)
        if code is None:
            hint = nations.hint(word) or f"; the roster has {', '.join(nations.names)}"
            raise row.error("iso3", f'unknown nation "{word}"{hint}')
        if code in rows:
            raise row.error("iso3", f"{code} stands in line {rows[code].line} already")
        rows[code] = row
    return rows


def _instead(roster: Roster, wave: dt.date, where: Mapping[str, str]) -> list[PositionRecord]:
    """Return the records of a wave that hold the texts, one a nation; those that do not usually count too."""
    source = read_source(roster.folder)
    records: dict[str, PositionRecord] = {}
    for statement in positions_of(source):
        if statement.wave == wave and all(
            _cell(statement.row, column) == text for column, text in where.items()
        ):
            if statement.iso3 in records:
                raise statement.row.error(
                    "iso3", f"{statement.iso3} has two records that fit {_shown(where)}"
                )
            records[statement.iso3] = PositionRecord(
                statement.iso3, wave, statement.position, publisher(statement.row), _words(statement.row)
            )
    if not records:
        raise InputError(f"no record of {wave} holds {_shown(where)}", key=WHERE)
    return list(records.values())


def _words(row: CsvRow) -> str:
    """Return the statement, in the words of the first or the second reading."""
    return row.text("condition") or row.text("statement_in_own_words")


def _joiner(code: str, wave: dt.date, row: CsvRow | None) -> PositionRecord:
    """Return whether a nation had joined by a wave, and not left."""
    if row is None:
        return PositionRecord(code, wave, NOT_COMMITTED, "not named")
    has_left = bool(row.text("left")) and row.day("left") <= wave
    is_in = row.day("date") <= wave and not has_left
    return PositionRecord(
        code, wave, "committed" if is_in else NOT_COMMITTED, publisher(row), note=row.text("note")
    )


def publisher(row: CsvRow) -> str:
    """Return what a record rests on: the host of its first address, else its source in words."""
    addresses = row.text("url").split()
    host = urlsplit(addresses[0]).hostname if addresses else None
    return (host or row.text("source") or "no source").removeprefix("www.")


def _cell(row: CsvRow, column: str) -> str:
    """Return the text in a column; an InputError where there is none."""
    if column not in row.cells:
        raise InputError(
            f'{row.path.name} has no column "{column}"{near_match(column, row.cells)}', key=WHERE
        )
    return row.text(column)


def _shown(where: Mapping[str, str]) -> str:
    return " and ".join(f'{column} = "{text}"' for column, text in where.items())
