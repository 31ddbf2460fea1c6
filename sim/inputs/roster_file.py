"""What `roster.toml` declares: what its world is called, and what its tables and columns say of nations."""

from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator, model_validator

from sim.declarations.kinds import (
    ADVERSARY,
    LEFT_OPEN,
    NOT_LEVELS,
    PATRON,
    TAKEN,
    CasesLevel,
    Level,
)
from sim.declarations.levels import LEVELS, MOST_FURTHER_LEVELS
from sim.declarations.words import LAND, PURPOSES
from sim.inputs.bundled import scenarios_folder
from sim.inputs.errors import InputError, near_match
from sim.inputs.roster_tables import (
    CandidatesFile,
    Column,
    ContributionKind,
    Declared,
    Deployable,
    FileName,
    KindName,
    NumberColumn,
    Preference,
    RatificationRounds,
    SecondReading,
    TableFile,
)
from sim.inputs.toml_file import TomlFile, TomlPath, read_toml
from sim.inputs.validation import validate

ROSTER_FILE = "roster.toml"
COALITIONS = "coalitions"


class Actor(Declared):
    """An actor outside the coalition: as scenario files call its table, and as readers know it."""

    key: Annotated[str, Field(pattern="^[a-z][a-z_]*$")] = ""
    name: Annotated[str, Field(min_length=1)]
    adjective: str = ""

    @property
    def own(self) -> str:
        """The word for what is its own: "US" involvement, or "Washington's" if no adjective is given."""
        return self.adjective or f"{self.name}'s"


Step = Annotated[float, Field(ge=0, le=1)]
StepName = Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$")]
CommandName = Annotated[str, Field(min_length=1)]
Words = Annotated[str, Field(min_length=1, pattern="^[^{}]*$")]
LevelName = Annotated[str, Field(pattern="^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]


class FurtherLevel(Declared):
    """A level of the world beside `LEVELS`, which scenario files give by its name, 0 where they say nothing.

    It is on the scale of `past_coalitions`, the level of past coalitions that it corresponds to: a change of
    it moves each nation by the slope that these teach, and nations see it at once.
    """

    meaning: Words = Field(description="what 0 and 1 are")
    words: Words = Field(description="what tables call it")
    past_coalitions: Words = Field(description="the level of past coalitions whose slope it has")

    def as_level(self, name: str) -> Level:
        """Return it as what `LEVELS` are."""
        cases = CasesLevel(self.past_coalitions)
        return Level(name, key=(name,), meaning=self.meaning, words=self.words, cases=cases)


class Actors(Declared):
    """Whom the coalition looks to for cover, and who threatens those who join."""

    patron: Actor = Actor(name="the patron")
    adversary: Actor = Actor(name="the adversary")

    @model_validator(mode="after")
    def _keys_differ(self) -> "Actors":
        if (self.patron.key or PATRON) == (self.adversary.key or ADVERSARY):
            raise ValueError("patron and adversary have the same key")
        return self


class Vocabulary(Declared):
    """What scenario files and readers call the world of a roster.

    Its actors; its further levels; the names that may stand for numbers of `levels`; who may command, and
    which command of past coalitions that is.
    """

    actors: Actors = Actors()
    further_levels: dict[LevelName, FurtherLevel] = Field(default={}, max_length=MOST_FURTHER_LEVELS)
    levels: dict[str, dict[StepName, Step]] = Field(default={})
    commands: dict[CommandName, CommandName] = Field(default={"nation": "nation"})

    @field_validator("further_levels")
    @classmethod
    def _names_are_free(cls, declared: dict[str, FurtherLevel]) -> dict[str, FurtherLevel]:
        for name in declared:
            if name in (*LEVELS, *TAKEN, *NOT_LEVELS):
                raise ValueError(f'"{name}" means something else already; choose another word')
        return declared

    @field_validator("levels")
    @classmethod
    def _are_levels(
        cls, declared: dict[str, dict[str, float]], info: ValidationInfo
    ) -> dict[str, dict[str, float]]:
        if "further_levels" not in info.data:  # something is wrong with them, which is reported
            return declared
        known = (*LEVELS, *info.data["further_levels"])
        for name in declared:
            if name not in known:
                hint = near_match(name, known) or f"; allowed: {', '.join(known)}"
                raise ValueError(f'there is no level "{name}"{hint}')
        return declared

    @field_validator("commands")
    @classmethod
    def _somebody_commands(cls, declared: dict[str, str]) -> dict[str, str]:
        if not declared:
            raise ValueError('somebody commands; the least to write is commands = { nation = "nation" }')
        return declared

    def __hash__(self) -> int:
        """Return a hash of all that is declared: dictionaries have none."""
        return hash(self.model_dump_json())

    @property
    def keys(self) -> dict[str, str]:
        """What scenario files call the table of each actor: its key, or else ``patron`` and ``adversary``."""
        return {PATRON: self.actors.patron.key or PATRON, ADVERSARY: self.actors.adversary.key or ADVERSARY}

    @property
    def names(self) -> dict[str, str]:
        """The name of each actor."""
        return {PATRON: self.actors.patron.name, ADVERSARY: self.actors.adversary.name}

    @cached_property
    def all_levels(self) -> dict[str, Level]:
        """The levels of its scenarios by name, its own behind those of every world."""
        return LEVELS | {name: each.as_level(name) for name, each in self.further_levels.items()}

    def steps(self, level: str) -> dict[str, float]:
        """Return the names that may stand for numbers of a level, in the order of the roster."""
        return self.levels.get(level, {})

    def in_words(self, text: str) -> str:
        """Return a text with the roster's words, if any, in the places of `LEFT_OPEN`."""
        further = ", ".join(each.words for each in self.further_levels.values())
        words = self.actors.patron.own, self.actors.adversary.own, further
        for place, word in zip(LEFT_OPEN, words, strict=True):
            text = text.replace(place, word)
        return text

    def in_keys(self, path: str) -> str:
        """Return a dotted path with the roster's keys in the places left open: ``{patron}.involvement``."""
        return path.replace("{patron}", self.keys[PATRON]).replace("{adversary}", self.keys[ADVERSARY])


class RosterDeclaration(Vocabulary):
    """The whole of `roster.toml`."""

    title: str
    nations: TableFile
    candidates: CandidatesFile = Field(
        examples=['candidates = { table = "candidates.csv" }'],
        description="a file with a row a nation: iso3, and a column for each attribute of past coalitions; "
        "for the bundled ones personnel_thousand, democracy, ideal_point_distance_to_us, "
        "distance_to_theatre_km, distance_to_adversary_km, nato, eu, neutral",
    )
    leads: list[str] = Field(default=[])
    positions: TableFile | None = None
    conditions: TableFile | None = None
    second_reading: SecondReading | None = None
    sources: TableFile | None = None
    map: FileName | None = None
    cautions: list[str] = Field(default=[])
    preferred_mandate: dict[str, Preference]
    deployable: Deployable
    ratification_rounds: RatificationRounds
    kinds: dict[KindName, ContributionKind] = Field(
        default={LAND: ContributionKind(group="soldiers on land")}
    )
    columns: dict[Column, NumberColumn] = Field(default={})

    @field_validator("kinds")
    @classmethod
    def _land_alone(cls, declared: dict[str, ContributionKind]) -> dict[str, ContributionKind]:
        if LAND not in declared:
            problem = f'"{LAND}" is missing, the kind that nations decide on; the least to write is'
            raise ValueError(f'{problem} {LAND} = {{ group = "soldiers on land" }}')
        beside = [name for name, kind in declared.items() if kind.group == declared[LAND].group]
        if len(beside) > 1:
            raise ValueError(f"{', '.join(beside)} are of one group; soldiers on land are shown alone")
        return declared

    @field_validator("preferred_mandate")
    @classmethod
    def _purposes_complete(cls, preferences: dict[str, Preference]) -> dict[str, Preference]:
        _check_names(preferences, PURPOSES, "{ base = 1 }")
        return preferences

    def nation_columns(self) -> Iterator[tuple[TomlPath, str]]:
        """Yield every column of the table of nations that is named, with the key path that names it."""
        for purpose, preference in self.preferred_mandate.items():
            for number, indicator in enumerate(preference.mean_of):
                for key, column in indicator.columns():
                    yield ("preferred_mandate", purpose, "mean_of", number, *key), column
        for number, force in enumerate(self.deployable.largest_of):
            yield ("deployable", "largest_of", number, "column"), force.column
        if self.deployable.zero_where_zero is not None:
            yield ("deployable", "zero_where_zero"), self.deployable.zero_where_zero
        yield ("ratification_rounds", "column"), self.ratification_rounds.column
        for name, kind in self.kinds.items():
            if kind.none_where_zero is not None:
                yield ("kinds", name, "none_where_zero"), kind.none_where_zero


def _check_names(names: dict[str, Any], allowed: tuple[str, ...], example: str) -> None:
    for name in names:
        if name not in allowed:
            hint = near_match(name, allowed) or f"; allowed: {', '.join(allowed)}"
            raise ValueError(f'unknown name "{name}"{hint}')
    for name in allowed:
        if name not in names:
            raise ValueError(f'"{name}" is missing; the least to write is {name} = {example}')


def vocabulary_of(folder: Path) -> Vocabulary:
    """Return what a roster calls its world, by which its scenarios are read.

    Raises
    ------
    InputError
        If there is no `roster.toml`, it is no TOML, or says something of this that it may not.
    """
    file = folder / ROSTER_FILE
    return _vocabulary(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _vocabulary(path: Path, modified: int) -> Vocabulary:  # noqa: ARG001 - part of the key
    file = read_toml(path)
    declared = {key: file.data[key] for key in Vocabulary.model_fields if key in file.data}
    return validate(Vocabulary, declared, file.error)


def past_of(folder: Path) -> Path:
    """Return the folder of past coalitions that a roster names, or the bundled one; it need not be there."""
    file = folder / ROSTER_FILE
    try:
        named = _past(file, file.stat().st_mtime_ns)
    except (OSError, ValueError):  # reading the roster says what is the matter
        named = None
    return scenarios_folder() / COALITIONS if named is None else folder / named


@lru_cache(maxsize=16)
def _past(path: Path, modified: int) -> str | None:  # noqa: ARG001 - part of the key
    declared = read_toml(path).data.get("candidates")
    named = declared.get("past") if isinstance(declared, dict) else None
    return named if isinstance(named, str) else None


def read_declaration(folder: Path) -> tuple[RosterDeclaration, TomlFile]:
    """Read and check `roster.toml` in a folder.

    Returns
    -------
    declaration, file
        What it declares, and the file, which knows the line of every key.

    Raises
    ------
    InputError
        If the file is not there, is no TOML, or declares something that does not exist.
    """
    if not folder.is_dir():
        raise InputError("there is no such folder; a roster is a folder with a roster.toml", file=folder)
    file = read_toml(folder / ROSTER_FILE)
    return validate(RosterDeclaration, file.data, file.error), file
