"""Reads a folder of past coalitions; every mistake is reported with its file, line and column."""

import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from sim.inputs.coalitions.coalitions import (
    BUNDLED,
    CONSENSUS,
    FIRST,
    FORCES,
    GIFT,
    SECOND,
    Candidate,
    Coalition,
    Coalitions,
    Coding,
    find_folder,
)
from sim.inputs.coalitions.declaration import (
    Declaration,
    missing_covariate,
    missing_of_nation,
    read_declaration,
)
from sim.inputs.csv_file import CsvRow, read_csv
from sim.inputs.errors import InputError, near_match
from sim.inputs.validation import one_of

CASES, LEVELS, PARTICIPATION, COVARIATES = "cases.csv", "levels.csv", "participation.csv", "covariates.csv"
FILES = (CASES, LEVELS, PARTICIPATION, COVARIATES)

HIGHEST_RUNG = 3
NOT_OBSERVED = "MISSING"

_TEXTS = ("title", "date", "contribution", "lead", "theatre", "candidates", "note")
_KEY = ("case", "wave")
CODE = re.compile(r"[A-Z]{3}")

Codings = dict[str, dict[str, Coding]]


def load_coalitions(source: Path | str = BUNDLED) -> Coalitions:
    """Read a folder of coalitions given as a path or as the name of the bundled one.

    Raises
    ------
    InputError
        If there is none, a file cannot be read, or anything in it is wrong.
    """
    folder = find_folder(source)
    if folder is None:
        problem = f'holds no coalitions (no evidence.toml); the bundled ones are called "{BUNDLED}"'
        raise InputError(problem, file=source)
    declaration = read_declaration(folder)
    coalitions = _read_cases(folder, declaration)
    names = {coalition.name for coalition in coalitions}
    candidates = _read_candidates(folder, declaration, names)
    if not candidates:
        raise InputError("holds no candidates", file=folder / PARTICIPATION, line=1, key="iso3")
    return Coalitions(folder, declaration, coalitions, candidates)


def _read_cases(folder: Path, declaration: Declaration) -> tuple[Coalition, ...]:
    codings = _read_levels(folder, declaration)
    table = read_csv(folder / CASES).require(*_KEY, "family", "pool", "kind", "command", "source", *_TEXTS)
    coalitions = tuple(_coalition(row, declaration, codings) for row in table.rows)
    refuse_twice(table.rows, _KEY)
    known = [coalition.name for coalition in coalitions]
    for name in codings:
        if name not in known:
            problem = f'the case "{name}" is not in {CASES}{near_match(name, known)}'
            raise InputError(problem, file=folder / LEVELS, key="case")
    return coalitions


def _coalition(row: CsvRow, declaration: Declaration, codings: Codings) -> Coalition:
    case, wave = (_needed(row, column) for column in _KEY)
    of_wave = codings.get(f"{case}/{wave}", {})
    if FIRST not in of_wave:
        also = f" of coding {FIRST}" if of_wave else ""
        raise row.error("case", f'"{case}/{wave}" has no levels; add a row{also} to {LEVELS}')
    return Coalition(
        case=case,
        wave=wave,
        family=_needed(row, "family"),
        pool=_needed(row, "pool"),
        kind=_word(row, "kind", (FORCES, GIFT)),
        command=_word(row, "command", declaration.commands),
        codings=of_wave,
        **{column: row.text(column) for column in _TEXTS},
    )


def _read_levels(folder: Path, declaration: Declaration) -> Codings:
    columns, others = declaration.level_columns, (*_KEY, "coding", "reason", "source")
    table = read_csv(folder / LEVELS).require(*others, *columns)
    for column in table.columns:
        if column not in (*others, *columns):
            problem = f"unknown level; declared are {', '.join(columns)}{near_match(column, columns)}"
            raise InputError(problem, file=table.path, line=1, key=column)
    refuse_twice(table.rows, (*_KEY, "coding"))
    codings: Codings = {}
    for row in table.rows:
        coding = _word(row, "coding", (FIRST, SECOND, CONSENSUS))
        values = {
            level.column: _level(row, level.column, level.lowest)
            for level in declaration.levels.values()
            if level.column is not None
        }
        name = f"{_needed(row, 'case')}/{_needed(row, 'wave')}"
        codings.setdefault(name, {})[coding] = Coding(values, row.text("reason"), _needed(row, "source"))
    return codings


def _level(row: CsvRow, column: str, lowest: float) -> float:
    value = row.number_between(column, lowest, 1.0)
    if math.isnan(value):
        raise row.error(column, f"is empty; a level is a number from {lowest:g} to 1")
    return value


def _read_candidates(folder: Path, declaration: Declaration, names: set[str]) -> tuple[Candidate, ...]:
    covariates = _read_covariates(folder, declaration)
    wanted = (*_KEY, "iso3", "rung", "status", "kind", "size", "unit", "note", "source")
    table = read_csv(folder / PARTICIPATION).require(*wanted)
    refuse_twice(table.rows, (*_KEY, "iso3"))
    return tuple(_candidate(row, names, covariates) for row in table.rows)


def _candidate(row: CsvRow, names: set[str], covariates: Mapping[str, Mapping[str, float]]) -> Candidate:
    name, iso3 = _name(row), _needed(row, "iso3")
    if name not in names:
        raise row.error("case", f'"{name}" is not in {CASES}{near_match(name, names)}')
    check_code(row)
    values = covariates.get(f"{name}/{iso3}")
    if values is None:
        raise row.error("iso3", f"{iso3} has no covariates for {name}; add a row to {COVARIATES}")
    if row.text("status") == NOT_OBSERVED:
        raise row.error("status", f"{NOT_OBSERVED} is no observation; leave the row out")
    return Candidate(
        coalition=name,
        iso3=iso3,
        rung=_rung(row),
        status=_needed(row, "status"),
        kind=row.text("kind"),
        size=f"{row.text('size')} {row.text('unit')}".strip(),
        note=row.text("note"),
        source=_needed(row, "source"),
        covariates=values,
    )


def check_code(row: CsvRow) -> None:
    """Refuse a row whose nation is no code."""
    iso3 = row.text("iso3")
    if not CODE.fullmatch(iso3):
        raise row.error("iso3", f'"{iso3}" is no code of a nation; write three capitals, as in ISO 3166')


def _rung(row: CsvRow) -> int:
    rung = row.number_between("rung", 0, HIGHEST_RUNG)
    if math.isnan(rung) or not rung.is_integer():
        raise row.error("rung", f'"{row.text("rung")}" is not allowed; give 0, 1, 2 or {HIGHEST_RUNG}')
    return int(rung)


def _read_covariates(folder: Path, declaration: Declaration) -> dict[str, dict[str, float]]:
    columns = [attribute.column for attribute in declaration.attributes.values()]
    table = read_csv(folder / COVARIATES).require(*_KEY, "iso3", *columns)
    refuse_twice(table.rows, (*_KEY, "iso3"))
    return {f"{_name(row)}/{row.text('iso3')}": row_covariates(row, declaration) for row in table.rows}


def row_covariates(
    row: CsvRow, declaration: Declaration, *, may_miss: bool | None = None
) -> dict[str, float]:
    """Return the covariates of a nation by column; an InputError for one that is needed and missing.

    Parameters
    ----------
    row
        Of a table with the columns that attributes need.
    declaration
        What past coalitions are asked.
    may_miss
        Whether any of the nation's cells may be empty; what the declaration says of each attribute if None.
    """
    return {
        attribute.column: _covariate(row, declaration, name, may_miss)
        for name, attribute in declaration.attributes.items()
    }


def _covariate(row: CsvRow, declaration: Declaration, name: str, may_miss: bool | None) -> float:
    """Return a covariate; NaN only where a missing one counts as the mean."""
    attribute = declaration.attributes[name]
    value = row.number(attribute.column)
    if math.isnan(value):
        if may_miss is False:
            raise row.error(attribute.column, missing_of_nation(name, row.text("iso3")))
        if may_miss is None and attribute.missing is None:
            raise row.error(attribute.column, missing_covariate(name))
        return value
    smallest = value if attribute.at_least is None else max(value, attribute.at_least)
    if attribute.log and smallest + attribute.plus <= 0:
        raise row.error(attribute.column, f"{value:g} has no logarithm; give a larger number")
    return value


def _name(row: CsvRow) -> str:
    return f"{row.text('case')}/{row.text('wave')}"


def _needed(row: CsvRow, column: str) -> str:
    text = row.text(column)
    if not text:
        raise row.error(column, "must not be empty")
    return text


def _word(row: CsvRow, column: str, allowed: tuple[str, ...]) -> str:
    word = row.text(column)
    if word not in allowed:
        raise row.error(column, one_of(word, allowed))
    return word


def refuse_twice(rows: Iterable[CsvRow], columns: tuple[str, ...]) -> None:
    """Refuse rows that are about the same thing."""
    first: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = tuple(row.text(column) for column in columns)
        if key in first:
            raise row.error(columns[-1], f'"{"/".join(key)}" stands in line {first[key]} already')
        first[key] = row.line
