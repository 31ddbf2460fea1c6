"""What `roster.toml` may declare of its tables and their columns."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from sim.inputs.toml_file import TomlPath


def _plain_file_name(name: str) -> str:
    if not name or Path(name).name != name or "\\" in name or name in (".", ".."):
        raise ValueError(f'"{name}" is not allowed; give the name of a file in the same folder')
    return name


FileName = Annotated[str, AfterValidator(_plain_file_name)]
Column = Annotated[str, Field(min_length=1)]
BoundedNumber = Annotated[float, Field(ge=-1e15, le=1e15, allow_inf_nan=False)]
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
    where_above: dict[Column, BoundedNumber] = {}
    per: Column | None = None
    log: bool = False
    reversed: bool = False
    times: Column | None = None

    def columns(self) -> Iterator[tuple[TomlPath, str]]:
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
    range: Annotated[tuple[BoundedNumber, BoundedNumber] | None, Field(strict=False)] = None
    missing: list[BoundedNumber | str] = []

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


class ContributionKind(Declared):
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
