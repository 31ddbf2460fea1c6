"""Statements of governments: positions on own troops, and conditions for sending them."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sim.declarations.levels import CONDITIONS
from sim.declarations.words import POSITIONS
from sim.inputs.csv_file import CsvRow, CsvTable, read_csv
from sim.inputs.errors import near_match
from sim.inputs.nations import Nations
from sim.inputs.roster_tables import TableFile

UNKNOWN = "unknown"


@dataclass(frozen=True, eq=False)
class Chosen:
    """Of which nations a roster is.

    Attributes
    ----------
    codes
        Every code of the table of nations, and whether it is a nation of the roster.
    nations
        Those that are, by all that they are called.
    """

    codes: Mapping[str, bool]
    nations: Nations

    def table(self, table: CsvTable) -> CsvTable:
        """Return a table with the rows that are about a nation of the roster, which is named by its code.

        Raises
        ------
        InputError
            If a nation is not even in the table of nations.
        """
        named = (self._named(row) for row in table.rows)
        return replace(table, rows=tuple(row for row in named if self.codes[row.text("iso3")]))

    def _named(self, row: CsvRow) -> CsvRow:
        word = row.text("iso3")
        code = word if word in self.codes else self.nations.code(word)
        if code is None:
            hint = self.nations.hint(word) or "; it must stand in the table of nations"
            raise row.error("iso3", f'unknown nation "{word}"{hint}')
        return row.with_text("iso3", code)


@dataclass(frozen=True)
class StatedPosition:
    """What a nation was recorded to say in a wave.

    Attributes
    ----------
    iso3, wave, position
        Who, in which wave, one of POSITIONS.
    counts
        False for a second, contradicting record.
    contributes
        Whether it gives soldiers or a named military kind, or refuses any part; None where neither is coded.
    kinds
        The kinds it named, some of those that the roster declares, in their order.
    row
        Where it stands.
    """

    iso3: str
    wave: date
    position: str
    counts: bool
    contributes: bool | None
    kinds: tuple[str, ...]
    row: CsvRow


@dataclass(frozen=True)
class StatedCondition:
    """A threshold that a nation demands, known since a date and uncertain by +- `half_width`."""

    iso3: str
    variable: str
    at_least: float
    half_width: float
    known_from: date
    row: CsvRow


def read_positions(
    folder: Path, declared: TableFile | None, chosen: Chosen, kinds: Collection[str]
) -> tuple[StatedPosition, ...]:
    """Read the recorded positions of the roster's nations, in the order of the file.

    Parameters
    ----------
    folder, declared
        Of the roster, and its table of positions.
    chosen
        Every code of the table of nations, and whether it is a nation of the roster.
    kinds
        Of military contribution, that statements may name.

    Raises
    ------
    InputError
        If a nation is not in the table of nations, a position or a date is none, a nation has two records
        that count in one wave, or what it contributes is miscoded or says otherwise than its position.
    """
    if declared is None:
        return ()
    table = read_csv(folder / declared.table).require("iso3", "date", "position", *declared.where)
    stated = tuple(_position(row, declared, kinds) for row in chosen.table(table).rows)
    first: dict[tuple[str, date], int] = {}
    for statement in stated:
        line = (
            first.setdefault((statement.iso3, statement.wave), statement.row.line)
            if statement.counts
            else statement.row.line
        )
        if line != statement.row.line:
            raise statement.row.error(
                "position", f"{statement.iso3} has a position for {statement.wave} in line {line} already"
            )
    return stated


def read_conditions(folder: Path, declared: TableFile | None, chosen: Chosen) -> tuple[StatedCondition, ...]:
    """Read the stated conditions of the roster's nations, in the order of the file.

    Raises
    ------
    InputError
        If a nation is not in the table of nations, a variable is unknown, a threshold is missing or not in
        0..1, or a nation has two thresholds for one variable from one date.
    """
    if declared is None:
        return ()
    table = read_csv(folder / declared.table)
    table.require("iso3", "variable", "at_least", "half_width", "known_from", *declared.where)
    first: dict[tuple[str, str, date], int] = {}
    stated = tuple(_condition(row) for row in chosen.table(table).rows if fits(row, declared))
    for condition in stated:
        line = first.setdefault(
            (condition.iso3, condition.variable, condition.known_from), condition.row.line
        )
        if line != condition.row.line:
            raise condition.row.error(
                "variable",
                f"{condition.iso3} has a threshold for {condition.variable} from this date in line {line}",
            )
    return stated


def fits(row: CsvRow, declared: TableFile) -> bool:
    """Tell whether a row holds the texts that `where` asks for."""
    return all(row.text(column) == text for column, text in declared.where.items())


def nation_code(row: CsvRow) -> str:
    """Return the code of a row of the table of nations; an InputError if it is not three capitals."""
    code = row.text("iso3")
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise row.error(
            "iso3", f'"{code}" is not a nation code; allowed are three capitals, like ISO 3166 alpha-3'
        )
    return code


def _position(row: CsvRow, declared: TableFile, kinds: Collection[str]) -> StatedPosition:
    position = position_in(row)
    return StatedPosition(
        iso3=row.text("iso3"),
        wave=row.day("date"),
        position=position,
        counts=fits(row, declared),
        contributes=_contributes(row, position),
        kinds=_kinds(row, kinds),
        row=row,
    )


def position_in(row: CsvRow) -> str:
    """Return the position in a row, "unknown" where it is empty; an InputError if it is none."""
    position = row.text("position") or UNKNOWN
    if position not in POSITIONS:
        hint = near_match(position, POSITIONS) or f"; allowed: {', '.join(POSITIONS)}, or empty"
        raise row.error("position", f'unknown position "{position}"{hint}')
    return position


def _contributes(row: CsvRow, position: str) -> bool | None:
    """Return what the column `contributes` says; None where it is empty, or where there is no such column."""
    text = row.text("contributes")
    if text not in ("", "0", "1"):
        problem = f'"{text}" is not allowed; allowed: 1 (gives a military part), 0 (refuses any), or empty'
        raise row.error("contributes", problem)
    if position == "committed" and "contributes" in row.cells and text != "1":
        problem = f"{text or 'empty'}, but the position is committed; who sends soldiers contributes: write 1"
        raise row.error("contributes", problem)
    return None if text == "" else text == "1"


def _kinds(row: CsvRow, declared: Collection[str]) -> tuple[str, ...]:
    """Return the named kinds of a row, in the order in which they are declared."""
    named = row.text("kinds").split()
    for kind in named:
        if kind not in declared:
            allowed = f"; [kinds] of roster.toml has {', '.join(declared)}, with blanks between"
            hint = near_match(kind, declared) or allowed
            raise row.error("kinds", f'unknown kind "{kind}"{hint}')
        if named.count(kind) > 1:
            raise row.error("kinds", f'"{kind}" stands there twice')
    _check_kinds(row, named, declared)
    return tuple(kind for kind in declared if kind in named)


def _check_kinds(row: CsvRow, named: list[str], declared: Collection[str]) -> None:
    """Check that a row names kinds if, and only if, it says that the nation contributes."""
    if "kinds" not in row.cells or "contributes" not in row.cells:
        return
    contributes = row.text("contributes") == "1"
    if named and not contributes:
        raise row.error("kinds", "names a kind, but contributes is not 1")
    if contributes and not named:
        problem = f"is empty, but contributes is 1; name one or more of {', '.join(declared)}"
        raise row.error("kinds", problem)


def _condition(row: CsvRow) -> StatedCondition:
    variable = row.text("variable")
    if variable not in CONDITIONS:
        hint = near_match(variable, CONDITIONS) or f"; allowed: {', '.join(CONDITIONS)}"
        raise row.error("variable", f'unknown variable "{variable}"{hint}')
    for column in ("at_least", "half_width"):
        if not row.text(column):
            raise row.error(column, "is empty; allowed is 0 to 1")
    return StatedCondition(
        iso3=row.text("iso3"),
        variable=variable,
        at_least=row.number_between("at_least", 0.0, 1.0),
        half_width=row.number_between("half_width", 0.0, 1.0),
        known_from=row.day("known_from"),
        row=row,
    )
