"""What `roster.toml` may declare: which tables there are and how their columns say of nations."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from sim.declarations.kinds import ADVERSARY, PATRON
from sim.declarations.words import PURPOSES
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


Capabilities = Annotated[
    dict[Literal["land", "air", "sea", "training", "logistics", "hosting", "command"], Column],
    Field(default_factory=dict),
]
"""A kind of contribution is closed to a nation where the column named is 0."""


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


class Vocabulary(Declared):
    """Whom the coalition looks to for cover, and who threatens those who join."""

    patron: Actor = Actor(name="the patron")
    adversary: Actor = Actor(name="the adversary")

    @model_validator(mode="after")
    def _keys_differ(self) -> "Actors":
        if len(set(self.keys.values())) < len(self.keys):
            raise ValueError("patron and adversary have the same key")
        return self

    @property
    def keys(self) -> dict[str, str]:
        """What scenario files call the table of each actor: its key, or else ``patron`` and ``adversary``."""
        return {PATRON: self.patron.key or PATRON, ADVERSARY: self.adversary.key or ADVERSARY}

    @property
    def names(self) -> dict[str, str]:
        """The name of each actor."""
        return {PATRON: self.patron.name, ADVERSARY: self.adversary.name}

    def in_words(self, text: str) -> str:
        """Return a text with the roster's words in the places left open: ``{patron} involvement``."""
        return text.replace("{patron}", self.patron.own).replace("{adversary}", self.adversary.own)

    def in_keys(self, path: str) -> str:
        """Return a dotted path with the roster's keys in the places left open: ``{patron}.involvement``."""
        return path.replace("{patron}", self.keys[PATRON]).replace("{adversary}", self.keys[ADVERSARY])


class RosterDeclaration(Declared):
    """The whole of `roster.toml`."""

    title: str
    nations: TableFile
    candidates: CandidatesFile = Field(
        examples=['candidates = { table = "candidates.csv" }'],
        description="a file with a row a nation: iso3, and a column for each attribute of past coalitions; "
        "for the bundled ones personnel_thousand, democracy, ideal_point_distance_to_us, "
        "distance_to_theatre_km, distance_to_adversary_km, nato, eu, neutral",
    )
    vocabulary: Vocabulary = Vocabulary()
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
    capabilities: Capabilities
    columns: dict[Column, NumberColumn] = {}

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
        for kind, column in self.capabilities.items():
            yield ("capabilities", kind), column


def _check_names(given: dict[str, Any], allowed: tuple[str, ...], example: str) -> None:
    for name in given:
        if name not in allowed:
            hint = near_match(name, allowed) or f"; allowed: {', '.join(allowed)}"
            raise ValueError(f'unknown name "{name}"{hint}')
    for name in allowed:
        if name not in given:
            raise ValueError(f'"{name}" is missing; the least to write is {name} = {example}')


def vocabulary_of(folder: Path) -> Vocabulary:
    """Return the actors of a roster, by which its scenarios are read.

    Raises
    ------
    InputError
        If there is no `roster.toml`, it is no TOML, or says something of actors that it may not.
    """
    file = folder / ROSTER_FILE
    return _vocabulary(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _vocabulary(path: Path, modified: int) -> Vocabulary:  # noqa: ARG001 - part of the key
    file = read_toml(path)

    def error_at(key_path: KeyPath, problem: str) -> InputError:
        return file.error(("actors", *key_path), problem)

    declared = file.data.get("actors", {})
    if not isinstance(declared, dict):
        raise error_at((), "must be a table")
    return validate(Vocabulary, declared, error_at)


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
