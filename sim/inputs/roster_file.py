"""What `roster.toml` may declare: which tables there are and how their columns say of nations."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from sim.declarations.kinds import ADVERSARY, PATRON
from sim.declarations.levels import LEVELS
from sim.declarations.words import LAND, PURPOSES
from sim.inputs.bundled import scenarios_folder
from sim.inputs.errors import InputError, near_match
from sim.inputs.toml_file import KeyPath, TomlFile, read_toml
from sim.inputs.validation import validate

ROSTER_FILE = "roster.toml"
COALITIONS = "coalitions"


def _plain_file_name(name: str) -> str:
    if not name or Path(name).name != name or "\\" in name or name in (".", ".."):
        raise ValueError(f'"{name}" is not allowed; give the name of a file in the same folder')
    return name


FileName = Annotated[str, AfterValidator(_plain_file_name)]
Column = Annotated[str, Field(min_length=1)]
Number = Annotated[float, Field(ge=-1e15, le=1e15, allow_inf_nan=False)]
Weight = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]
Rounds = Annotated[int, Field(ge=0, le=10_000)]


class Declared(BaseModel):
    """A table of roster.toml: frozen, every key known, no number written as a text."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class TableFile(Declared):
    """A CSV file next to `roster.toml`; of its rows those count whose columns hold the texts in `where`."""

    table: FileName
    where: dict[Column, str] = {}


class CandidatesFile(Declared):
    """A CSV file next to `roster.toml`: what past coalitions ask of each nation, and where these are.

    `imputed` names nations whose missing cells count as the mean of past candidates. `past`, a folder of past
    coalitions, and `posterior`, one of draws of what they teach, are relative to the roster.
    """

    table: FileName
    imputed: list[str] = []
    past: Annotated[str, Field(min_length=1)] | None = None
    posterior: Annotated[str, Field(min_length=1)] | None = None


class SecondReading(Declared):
    """CSV files next to `roster.toml` that a second reader made: statements, and events if there are any.

    A statement up to `days_after_wave` days after a wave may stand in for a position of it without a source.
    """

    statements: FileName
    events: FileName | None = None
    days_after_wave: Annotated[int, Field(ge=0, le=366)] = 0


class Indicator(Declared):
    """A column brought to 0..1 over the nations, in this order.

    `where_above` drops nations where another column is not above a number; `per` divides by another
    column; `log` takes log10; `reversed` turns it round; min-max; `times` multiplies by a column of
    zeros and ones and takes min-max once more.
    """

    column: Column
    where_above: dict[Column, Number] = {}
    per: Column | None = None
    log: bool = False
    reversed: bool = False
    times: Column | None = None

    def columns(self) -> Iterator[tuple[KeyPath, str]]:
        """Yield every column it reads, with the key that names it."""
        yield ("column",), self.column
        for column in self.where_above:
            yield ("where_above", column), column
        for key, other in (("per", self.per), ("times", self.times)):
            if other is not None:
                yield (key,), other


class Preference(Declared):
    """How much a nation wants a purpose, before normalising: base + weight * mean of the terms."""

    base: Annotated[Weight, Field(gt=0)]
    weight: Weight = 0.0
    mean_of: list[Indicator] = []


class NumberColumn(Declared):
    """What the numbers of a column are: their unit, the least and the largest, codes for what is missing."""

    unit: str = ""
    range: Annotated[tuple[Number, Number] | None, Field(strict=False)] = None
    missing: list[Number | str] = []

    @model_validator(mode="after")
    def _range_rises(self) -> "NumberColumn":
        if self.range is not None and self.range[0] >= self.range[1]:
            raise ValueError(f"the range [{self.range[0]:g}, {self.range[1]:g}] does not rise")
        return self


class ForceColumn(Declared):
    """A column of soldiers, and the share of it that can be sent."""

    column: Column
    share: Annotated[Weight, Field(le=1)] = 1.0


class Deployable(Declared):
    """The soldiers a nation can send: the largest of some columns, none where a column is zero."""

    largest_of: Annotated[list[ForceColumn], Field(min_length=1)]
    zero_where_zero: Column | None = None


class Kind(Declared):
    """A kind of military contribution that statements may name.

    Kinds of one `group` are shown together. It is closed to a nation where `none_where_zero` is 0.
    """

    group: Annotated[str, Field(min_length=1)]
    none_where_zero: Column | None = None


KindName = Annotated[str, Field(pattern="^[a-z][a-z_]*$")]


class RatificationRounds(Declared):
    """Rounds of approval at home, by the word in a column."""

    column: Column
    rounds: dict[str, Rounds]
    empty: Rounds


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

    Its actors; the names that may stand for numbers of `levels`; who may command, and which command of past
    coalitions that is.
    """

    actors: Actors = Actors()
    levels: dict[str, dict[StepName, Step]] = {}
    commands: dict[CommandName, CommandName] = {"nation": "nation"}

    @field_validator("levels")
    @classmethod
    def _are_levels(cls, declared: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
        for name in declared:
            if name not in LEVELS:
                hint = near_match(name, LEVELS) or f"; allowed: {', '.join(LEVELS)}"
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

    def steps(self, level: str) -> dict[str, float]:
        """Return the names that may stand for numbers of a level, in the order of the roster."""
        return self.levels.get(level, {})

    def in_words(self, text: str) -> str:
        """Return a text with the roster's words in the places left open: ``{patron} involvement``."""
        return text.replace("{patron}", self.actors.patron.own).replace(
            "{adversary}", self.actors.adversary.own
        )

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
    leads: list[str] = []
    positions: TableFile | None = None
    conditions: TableFile | None = None
    second_reading: SecondReading | None = None
    sources: TableFile | None = None
    map: FileName | None = None
    cautions: list[str] = []
    preferred_mandate: dict[str, Preference]
    deployable: Deployable
    ratification_rounds: RatificationRounds
    kinds: dict[KindName, Kind] = {LAND: Kind(group="soldiers on land")}
    columns: dict[Column, NumberColumn] = {}

    @field_validator("kinds")
    @classmethod
    def _land_alone(cls, declared: dict[str, Kind]) -> dict[str, Kind]:
        if LAND not in declared:
            problem = f'"{LAND}" is missing, the kind that nations decide on; the least to write is'
            raise ValueError(f'{problem} {LAND} = {{ group = "soldiers on land" }}')
        beside = [name for name, kind in declared.items() if kind.group == declared[LAND].group]
        if len(beside) > 1:
            raise ValueError(f"{', '.join(beside)} are of one group; soldiers on land are shown alone")
        return declared

    @field_validator("preferred_mandate")
    @classmethod
    def _purposes_complete(cls, given: dict[str, Preference]) -> dict[str, Preference]:
        _check_names(given, PURPOSES, "{ base = 1 }")
        return given

    def nation_columns(self) -> Iterator[tuple[KeyPath, str]]:
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


def _check_names(given: dict[str, Any], allowed: tuple[str, ...], example: str) -> None:
    for name in given:
        if name not in allowed:
            hint = near_match(name, allowed) or f"; allowed: {', '.join(allowed)}"
            raise ValueError(f'unknown name "{name}"{hint}')
    for name in allowed:
        if name not in given:
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
