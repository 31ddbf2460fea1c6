"""A coalition that is asked about: its levels and candidates, whose governments may not have spoken yet."""

import math
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from sim.inputs.bundled import find_bundled
from sim.inputs.characters import folder_name
from sim.inputs.coalitions.candidates_file import ASKED, read_candidates
from sim.inputs.coalitions.coalitions import (
    BUNDLED,
    FIRST,
    FORCES,
    Candidate,
    Coalition,
    Coalitions,
    Coding,
)
from sim.inputs.coalitions.declaration import Declaration
from sim.inputs.coalitions.reading import load_coalitions
from sim.inputs.csv_file import read_csv
from sim.inputs.errors import InputError, near_match
from sim.inputs.situation import Text, TomlTable
from sim.inputs.toml_file import TomlFile, read_toml
from sim.inputs.validation import one_of, unknown_key, validate

FOLDER = "forecasts"


class AskedFile(TomlTable):
    """What the file says."""

    title: Text = Field(description="What the coalition is, in a few words.")
    description: str = Field("", description="What it asks, and where its levels come from.")
    date: Text = Field(description="When nations decide.")
    theatre: Text = Field(description="Where.")
    lead: Text = Field(description="Who leads; no candidate.")
    command: Text = Field(description="Who commands, a word of the declaration: NATO, EU, UN, nation.")
    candidates: Text = Field(
        description="A CSV file beside this one: iso3, and the columns of covariates.csv."
    )
    without: tuple[Text, ...] = Field(
        (), strict=False, description="Families of past coalitions that are not learned from."
    )
    levels: dict[str, float] = Field(description="Every column of levels.csv that a term needs.")


@dataclass(frozen=True)
class Asked:
    """A coalition that is asked about.

    Attributes
    ----------
    name, title, description
        What it is.
    coalition
        It, and its candidates; as past coalitions are, with rungs that nothing rests on.
    past
        The past coalitions that are learned from.
    """

    name: str
    title: str
    description: str
    coalition: Coalitions
    past: Coalitions


def load_asked(source: Path | str) -> Asked:
    """Read a coalition that is asked about, from a file or the name of a bundled one.

    Raises
    ------
    InputError
        If there is none, anything in it is wrong, or a level or a covariate that is needed is missing.
    """
    file = read_toml(find_bundled(source, FOLDER, "forecast"))
    asked_file = validate(AskedFile, file.data, file.error)
    past = load_coalitions(BUNDLED).forces()
    _check(asked_file, past, file)
    kept = past.where(lambda each: each.family not in asked_file.without)
    name = folder_name(file.path.stem, "forecast")
    asked = _coalition(asked_file, name, past.declaration)
    candidates = _candidates(file.path.parent / asked_file.candidates, asked.name, past.declaration)
    alone = Coalitions(file.path.parent, past.declaration, (asked,), candidates)
    return Asked(name, asked_file.title, asked_file.description, alone, kept)


def _check(asked_file: AskedFile, past: Coalitions, file: TomlFile) -> None:
    declaration = past.declaration
    if asked_file.command not in declaration.commands:
        raise file.error(("command",), one_of(asked_file.command, declaration.commands))
    lowest = {level.column: level.lowest for level in declaration.levels.values() if level.column is not None}
    for name, value in asked_file.levels.items():
        if name not in lowest:
            raise file.error(("levels", name), unknown_key(name, lowest))
        if not lowest[name] <= value <= 1.0:
            problem = f"{value:g} is out of range; allowed is {lowest[name]:g} to 1"
            raise file.error(("levels", name), problem)
    needed = {declaration.levels[term.level].column for term in declaration.terms if term.level is not None}
    for column in sorted(name for name in needed if name is not None):
        if column not in asked_file.levels:
            raise file.error(("levels",), f"{column} is missing, and a term needs it; give it, 0 to 1")
    families = sorted({each.family for each in past.coalitions})
    for index, family in enumerate(asked_file.without):
        if family not in families:
            problem = f'no past coalition is of family "{family}"{near_match(family, families)}'
            raise file.error(("without", index), problem)


def _coalition(asked_file: AskedFile, name: str, declaration: Declaration) -> Coalition:
    levels = {column: asked_file.levels.get(column, math.nan) for column in declaration.level_columns}
    return Coalition(
        case=name,
        wave=ASKED,
        title=asked_file.title,
        date=asked_file.date,
        family=ASKED,
        pool=ASKED,
        kind=FORCES,
        contribution="",
        lead=asked_file.lead,
        command=asked_file.command,
        theatre=asked_file.theatre,
        candidates="",
        note=asked_file.description,
        codings={FIRST: Coding(levels, asked_file.description, "")},
    )


def _candidates(file: Path, coalition: str, declaration: Declaration) -> tuple[Candidate, ...]:
    columns = (attribute.column for attribute in declaration.attributes.values())
    candidates = read_candidates(read_csv(file).require("iso3", *columns).rows, coalition, declaration)
    if not candidates:
        raise InputError("holds no candidates", file=file, line=1, key="iso3")
    return candidates
