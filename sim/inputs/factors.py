"""Factors: what varies in a sweep or a sensitivity analysis, and over which values."""

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from sim.declarations.parameters import PARAMETERS
from sim.inputs.errors import InputError
from sim.inputs.overrides import overridden_keys, override_layers
from sim.inputs.parameters import unknown_parameter
from sim.inputs.roster_file import Vocabulary
from sim.inputs.scenario import scenario_type
from sim.inputs.situation import Table, Text, situation_keys
from sim.inputs.validation import check_place

Level = float | str
Number = Annotated[float, Field(allow_inf_nan=False)]

MAX_VALUES = 1_000
"""Each is tried before anything is run."""

NOT_FACTORS = ("title", "description", "roster", "rounds")


class Factor(Table):
    """Something that varies: a lever of the scenario, or what is unknown about the world.

    The path is that of ``--set``: ``washington.involvement`` is set in round 1,
    ``start.washington.involvement`` in the anchor world, ``parameters.followership`` is a parameter. In files
    for any roster ``{patron}`` and ``{adversary}`` stand for what its scenarios call them.
    """

    path: Text = Field(description="What varies, as for --set: washington.involvement, parameters.reach.")
    label: str = Field("", description="What figures call it.")
    values: tuple[Level, ...] | None = Field(None, strict=False, description="The values that it takes.")
    range: tuple[Number, Number] | None = Field(None, strict=False, description="Lowest and highest value.")
    scale: Literal["linear", "log"] = Field("linear", description="How values are spread over the range.")
    steps: int = Field(11, ge=2, le=10_000, description="How many values of the range a grid takes.")

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

    def for_vocabulary(self, vocabulary: Vocabulary) -> "Factor":
        """Return the factor with the roster's words and keys in the places left open for them."""
        return self.model_copy(
            update={"path": vocabulary.in_keys(self.path), "label": vocabulary.in_words(self.label)}
        )

    @property
    def name(self) -> str:
        """What figures and messages call it."""
        return self.label or self.path

    @property
    def levels(self) -> tuple[Level, ...]:
        """The values that a grid takes, without noise in the last digits: 0.15, not 0.15000000000000002."""
        if self.values is not None:
            return self.values
        return tuple(float(f"{value:.12g}") for value in self.at(np.linspace(0.0, 1.0, self.steps)))

    @property
    def extremes(self) -> tuple[Level, ...]:
        """Every listed value, or the ends of the range."""
        return self.values if self.values is not None else self.range or ()

    def at(self, share: NDArray[np.float64]) -> NDArray[Any]:
        """Return the values at shares of the way, in [0, 1], from the least to the largest or last one."""
        if self.range is None:
            levels = self.values or ()
            kind = np.float64 if all(isinstance(level, float) for level in levels) else np.object_
            index = np.minimum((share * len(levels)).astype(np.int64), len(levels) - 1)
            return np.array(levels, dtype=kind)[index]
        low, high = self.range
        if self.scale == "log":
            return np.clip(low * (high / low) ** share, low, high)
        return np.clip(low + (high - low) * share, low, high)


def check_factor(path: str, vocabulary: Vocabulary) -> None:
    """Check that a path names something that can vary in the scenarios of a roster.

    Raises
    ------
    InputError
        If there is no such lever or parameter, or it cannot differ from point to point.
    """
    if path in NOT_FACTORS:
        raise InputError(f"{path} cannot vary from point to point")
    try:
        override_layers({path: 0}, situation_keys(vocabulary))
        (key,) = overridden_keys({path: 0})
        check_place(scenario_type(vocabulary), tuple(key.removeprefix("start.").split(".")))
    except InputError as error:
        raise InputError(error.problem) from None
    head, _, name = key.partition(".")
    if head == "parameters" and name not in PARAMETERS:
        raise InputError(unknown_parameter(name))
