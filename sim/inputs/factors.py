"""Factors: what varies in a sweep or a sensitivity analysis, and over which values."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, model_validator

from sim.declarations.parameters import PARAMETERS
from sim.inputs.days import day_of
from sim.inputs.errors import InputError
from sim.inputs.keys import Key
from sim.inputs.overrides import override_layers
from sim.inputs.parameters import unknown_parameter
from sim.inputs.roster import Roster
from sim.inputs.roster_file import Vocabulary
from sim.inputs.scenario import scenario_type
from sim.inputs.situation import Text, TomlTable, canonical, situation_keys
from sim.inputs.validation import check_place, shown


def _level(value: object) -> object:
    """Return a level as a number or a text; a day is one."""
    if isinstance(value, dt.date):
        return str(day_of(value))
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"must be a number, a text or a date, not {shown(value)}")
    return value


FactorLevel = float | str
Listed = Annotated[FactorLevel, BeforeValidator(_level)]
Path = Annotated[Text, AfterValidator(Key)]
Number = Annotated[float, Field(allow_inf_nan=False)]

MAX_VALUES = 1_000
"""Each is tried before anything is run."""

NOT_FACTORS = ("title", "description", "roster", "rounds", "force_required_source")


class Factor(TomlTable):
    """Something that varies: a lever of the scenario, or what is unknown about the world.

    The path is that of ``--set``: ``washington.involvement`` is set in round 1,
    ``start.washington.involvement`` in the anchor world, ``parameters.followership`` is a parameter. In files
    for any roster ``{patron}`` and ``{adversary}`` stand for what its scenarios call them.
    """

    path: Path = Field(description="What varies, as for --set: washington.involvement, parameters.reach.")
    label: str = Field("", description="What figures call it.")
    values: tuple[Listed, ...] | None = Field(None, strict=False, description="The values that it takes.")
    range: tuple[Number, Number] | None = Field(None, strict=False, description="Lowest and highest value.")
    scale: Literal["linear", "log"] = Field("linear", description="How values are spread over the range.")
    steps: int = Field(11, ge=2, le=10_000, description="How many values of the range a grid takes.")
    _steps: Mapping[str, float] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _has_levels(self) -> "Factor":
        if (self.values is None) == (self.range is None):
            raise ValueError("a factor has either values or a range")
        if self.values is not None and len(self.values) > MAX_VALUES:
            raise ValueError(f"{len(self.values):,} values; at most {MAX_VALUES:,} are allowed")
        if self.values is not None and len(set(self.values)) < max(len(self.values), 1):
            raise ValueError("values must not be empty, nor hold one twice")
        if self.range is not None:
            self._check_range(*self.range)
        return self

    def _check_range(self, low: float, high: float) -> None:
        if low >= high:
            raise ValueError(f"the range [{low:g}, {high:g}] does not rise")
        if self.scale == "log" and low <= 0:
            raise ValueError("a range on a log scale must lie above 0")

    def of_roster(self, roster: Roster) -> "Factor":
        """Return the factor of a roster's scenarios: its words and keys in the places left open for them."""
        key = roster.key(self.path)
        made = self.model_copy(update={"path": key, "label": roster.vocabulary.in_words(self.label)})
        return made.with_steps(level_steps(key, roster.vocabulary))

    def with_steps(self, steps: Mapping[str, float]) -> "Factor":
        """Return the factor with the numbers for which words among its values stand."""
        made = self.model_copy()
        made._steps = steps
        return made

    @property
    def name(self) -> str:
        """What figures and messages call it."""
        return self.label or self.path

    def number(self, level: FactorLevel) -> FactorLevel:
        """Return the number of a level that has a name; any other level as it is."""
        return self._steps.get(level, level) if isinstance(level, str) else level

    @property
    def names(self) -> dict[float, str]:
        """The names that its values give to numbers: ``{0.75: "backstop"}``."""
        words = (level for level in self.values or () if isinstance(level, str))
        return {self._steps[word]: word for word in words if word in self._steps}

    def shown(self, level: Any) -> str:
        """Return a level as people read it: by its name, if its values give it one."""
        return level if isinstance(level, str) else self.names.get(level) or f"{level:,.6g}"

    @property
    def levels(self) -> tuple[FactorLevel, ...]:
        """The values that a grid takes, without noise in the last digits: 0.15, not 0.15000000000000002."""
        if self.values is not None:
            return tuple(map(self.number, self.values))
        return tuple(float(f"{value:.12g}") for value in self.at(np.linspace(0.0, 1.0, self.steps)))

    def in_numbers(self) -> dict[str, Any]:
        """Return what its table in a file would say, with numbers for names."""
        values = {} if self.values is None else {"values": self.levels}
        return {**self.model_dump(exclude_none=True), **values}

    @property
    def extremes(self) -> tuple[FactorLevel, ...]:
        """Every listed value, the least number first, or the ends of the range."""
        return self._rising if self.values is not None else self.range or ()

    @property
    def _rising(self) -> tuple[FactorLevel, ...]:
        """The listed values: numbers from the least to the largest, words as they stand."""
        return tuple(sorted(self.levels)) if is_numeric(self.levels) else self.levels

    def at(self, share: NDArray[np.float64]) -> NDArray[Any]:
        """Return the values at shares of the way, in [0, 1], from the least to the largest or last one."""
        if self.range is None:
            levels = self._rising
            kind = np.float64 if is_numeric(levels) else np.object_
            index = np.minimum((share * len(levels)).astype(np.int64), len(levels) - 1)
            return np.array(levels, dtype=kind)[index]
        low, high = self.range
        if self.scale == "log":
            return np.clip(low * (high / low) ** share, low, high)
        return np.clip(low + (high - low) * share, low, high)


def listed(path: str, levels: tuple[FactorLevel, ...], declared: Factor | None) -> Factor:
    """Return the factor of a column of points: what is declared of it, and its levels.

    Parameters
    ----------
    path
        Its key.
    levels
        What stands in the column, each once.
    declared
        What a sweep file says of it, if anything; it is enough unless the column has words.
    """
    if declared is not None and is_numeric(levels):
        return declared
    change: dict[str, Any] = {"values": levels, "range": None}
    if is_numeric(levels) and len(levels) > 1:  # there may be as many as there are points
        change = {"values": None, "range": (min(levels), max(levels))}
    return (declared or Factor.model_construct(path=Key(path))).model_copy(update=change)


def is_numeric(levels: Iterable[FactorLevel]) -> bool:
    """Tell whether levels are all numbers."""
    return all(isinstance(level, float) for level in levels)


def level_steps(key: Key, vocabulary: Vocabulary) -> Mapping[str, float]:
    """Return the names that scenario files may give to numbers of a key, with these; none of most."""
    path = canonical(key.removeprefix("start.").split("."), vocabulary)
    levels = vocabulary.all_levels.values()
    return next((vocabulary.steps(level.name) for level in levels if level.key == path), {})


def check_factor(path: str, vocabulary: Vocabulary) -> None:
    """Check that a key names something that can vary in the scenarios of a roster.

    Raises
    ------
    InputError
        If there is no such lever or parameter, or it cannot differ from point to point.
    """
    key = Key(path)
    if key in NOT_FACTORS or key.is_of_event:
        raise InputError(f"{key} cannot vary from point to point")
    try:
        override_layers({key: 0}, situation_keys(vocabulary))
        check_place(scenario_type(vocabulary), tuple(key.removeprefix("start.").split(".")))
    except InputError as error:
        raise InputError(error.problem) from None
    if key.parameter and key.parameter not in PARAMETERS:
        raise InputError(unknown_parameter(key.parameter))
