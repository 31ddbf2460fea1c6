"""Priors: what is believed of uncertain parameters before any outcome is looked at; read from TOML files."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field, model_validator

from sim.declarations.kinds import SHAPES, Distribution, Parameter
from sim.declarations.parameters import PARAMETERS
from sim.inputs.errors import InputError, near_match
from sim.inputs.indicators import FloatArray
from sim.inputs.situation import Text, TomlTable
from sim.inputs.toml_file import TomlFile, TomlPath, read_toml
from sim.inputs.validation import shown, validate
from sim.system.libraries import special, stats

GRID = 10_000
"""Points at which moments of a prior are taken."""

MIDDLE = (0.05, 0.95)
"""The shares of a prior that lie below its middle and up to its end."""

LEAST, LARGEST = 1e-9, 1e9
"""Between which scales and shapes lie: densities of others overflow."""

TINY = 1e-12
"""Shares nearer to 0 or 1 are not looked for: quantiles so far out are not computed reliably."""


class Marginal(TomlTable):
    """The prior of one parameter."""

    distribution: Distribution = Field(description="uniform, normal, half_normal or lognormal.")
    low: float | None = Field(None, description="uniform: the least value.")
    high: float | None = Field(None, description="uniform: the largest value.")
    mean: float | None = Field(
        None, ge=-LARGEST, le=LARGEST, description="normal: the mean, before truncation."
    )
    median: float | None = Field(
        None, ge=LEAST, le=LARGEST, description="lognormal: the median, before truncation."
    )
    deviation: float | None = Field(
        None,
        ge=LEAST,
        le=LARGEST,
        description="Standard deviation before truncation: of the logarithm for lognormal.",
    )
    reason: Text = Field(description="Why this distribution.")

    @model_validator(mode="after")
    def _has_its_shape(self) -> "Marginal":
        wanted = SHAPES[self.distribution]
        present = self.model_dump(exclude={"distribution", "reason"}, exclude_none=True)
        if set(present) != set(wanted):
            has = f", not {', '.join(present)}" if present else ""
            raise ValueError(f"{self.distribution} takes {' and '.join(wanted)}{has}")
        if self.low is not None and self.high is not None and self.high - self.low < LEAST:
            raise ValueError(
                f"uniform from {self.low:g} to {self.high:g} does not rise, by {LEAST:g} at least"
            )
        return self


@dataclass(frozen=True)
class ParameterPrior:
    """The prior of one parameter, truncated to the range that is allowed.

    Attributes
    ----------
    name
        Of the parameter.
    low, high
        The range that is allowed.
    marginal
        What the file says.
    """

    name: str
    low: float
    high: float
    marginal: Marginal

    @property
    def numbers(self) -> str:
        """All that determines it, as text: what its file says but for the prose."""
        shape = self.marginal.model_dump_json(exclude={"reason"}, exclude_none=True)
        return f"{self.name} from {self.low!r} to {self.high!r}: {shape}"

    def quantile(self, share: FloatArray) -> FloatArray:
        """Return the values below which these shares of the prior lie; shares in [0, 1]."""
        below, above = self._mass
        inside = np.clip(share, TINY, 1.0 - TINY)
        values = self._whole.ppf(below + inside * (above - below))
        return np.asarray(np.clip(values, self.low, self.high))

    def density(self, values: FloatArray) -> FloatArray:
        """Return the density at values; 0 outside of what is allowed."""
        below, above = self._mass
        inside = (values >= self.low) & (values <= self.high)
        return np.where(inside, self._whole.pdf(values) / (above - below), 0.0)

    @property
    def middle(self) -> tuple[float, float]:
        """The middle 90 % of the prior, to three digits: over which sweeps take the parameter."""
        low, high = (float(f"{value:.3g}") for value in self.quantile(np.array(MIDDLE)))
        return low, high

    @cached_property
    def moments(self) -> tuple[float, float]:
        """Mean and standard deviation, from a fine grid of quantiles."""
        values = self.quantile((np.arange(GRID) + 0.5) / GRID)
        return float(values.mean()), float(values.std())

    @cached_property
    def _mass(self) -> tuple[float, float]:
        """The shares of the distribution before truncation that lie below the two ends of the range."""
        return float(self._whole.cdf(self.low)), float(self._whole.cdf(self.high))

    @cached_property
    def _whole(self) -> Any:
        """The distribution before truncation."""
        marginal = self.marginal
        match marginal.distribution:
            case "uniform":
                return stats.uniform(marginal.low, (marginal.high or 0.0) - (marginal.low or 0.0))
            case "normal":
                return stats.norm(marginal.mean, marginal.deviation)
            case "half_normal":
                return stats.halfnorm(0.0, marginal.deviation)
            case "lognormal":
                return stats.lognorm(marginal.deviation, scale=marginal.median)


@dataclass(frozen=True)
class JointPrior:
    """Independent priors of some parameters; the others keep their value.

    Attributes
    ----------
    parameters
        The priors, in the order of PARAMETERS.
    fixed
        The values of the other parameters.
    """

    parameters: tuple[ParameterPrior, ...]
    fixed: Mapping[str, float]

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters that have a prior."""
        return tuple(parameter.name for parameter in self.parameters)

    @property
    def numbers(self) -> tuple[str, ...]:
        """All that determines it, as texts."""
        fixed = (f"{name} = {value!r}" for name, value in self.fixed.items())
        return (*(parameter.numbers for parameter in self.parameters), *fixed)

    def at_normal(self, coordinates: FloatArray) -> FloatArray:
        """Return the values at coordinates that are standard normal under the prior.

        A coordinate is the normal quantile of the share of the prior that lies below the value. Coordinates
        and values have a column a parameter.
        """
        shares = special.ndtr(coordinates)
        columns = [parameter.quantile(shares[:, index]) for index, parameter in enumerate(self.parameters)]
        return np.column_stack(columns)

    def drawn(self, number: int, seed: int) -> FloatArray:
        """Return coordinates of draws that cover the prior evenly, (number, parameters with a prior).

        A scrambled Sobol' sequence (Owen 1998), most even where the number is a power of two.
        """
        shares = np.empty((0, len(self.names)))
        if self.names:
            sequence = stats.qmc.Sobol(len(self.names), rng=np.random.default_rng(seed))
            shares = sequence.random_base2(max(number - 1, 0).bit_length())[:number]
        return np.asarray(special.ndtri(np.clip(shares, TINY, 1.0 - TINY)))

    def rows(self, coordinates: FloatArray) -> FloatArray:
        """Return all parameters at such coordinates, a row each, in the order of PARAMETERS."""
        drawn = dict(zip(self.names, self.at_normal(coordinates).T, strict=True))
        fixed = {name: np.full(len(coordinates), value) for name, value in self.fixed.items()}
        columns = {**fixed, **drawn}
        return np.column_stack([columns[name] for name in PARAMETERS])


def load_prior(path: Path | None = None) -> JointPrior:
    """Read priors from a file.

    Parameters
    ----------
    path
        A TOML file, one table a parameter; those that the parameters are declared with if none.

    Raises
    ------
    InputError
        If the file cannot be read, names what is no parameter or has to stay fixed, or gives a distribution
        that is not complete or lies outside of what is allowed.
    """
    if path is None:
        return declared_prior()
    file = read_toml(Path(path))
    if not file.data:
        raise file.error((), "gives no prior; it needs a table a parameter")
    for name in file.data:
        _check_name(file, name)
    return _prior({name: _marginal(file, PARAMETERS[name]) for name in file.data})


@cache
def declared_prior() -> JointPrior:
    """Return the priors that the parameters are declared with."""
    return _prior(
        {
            name: Marginal.model_validate(
                {"distribution": prior.distribution, **prior.numbers, "reason": prior.reason}
            )
            for name, parameter in PARAMETERS.items()
            if (prior := parameter.prior) and prior.distribution
        }
    )


def _prior(marginals: Mapping[str, Marginal]) -> JointPrior:
    """Return the priors of some parameters; the others keep their value."""
    return JointPrior(
        tuple(
            ParameterPrior(name, *parameter.range, marginals[name])
            for name, parameter in PARAMETERS.items()
            if name in marginals
        ),
        {name: parameter.value for name, parameter in PARAMETERS.items() if name not in marginals},
    )


def _check_name(file: TomlFile, name: str) -> None:
    if name not in PARAMETERS:
        hint = near_match(name, PARAMETERS) or f"; allowed: {', '.join(PARAMETERS)}"
        raise file.error((name,), f"unknown parameter {shown(name)}{hint}")


def _marginal(file: TomlFile, parameter: Parameter) -> Marginal:
    """Return the prior that a file gives of a parameter, most of which has to be allowed."""
    name, (low, high) = parameter.name, parameter.range

    def error_at(key_path: TomlPath, problem: str) -> InputError:
        return file.error((name, *key_path), problem)

    marginal = validate(Marginal, file.data[name], error_at)
    for key in ("low", "high"):
        value = getattr(marginal, key)
        if value is not None and not low <= value <= high:
            raise error_at((key,), f"{value:g} is out of range; allowed is {low:g} to {high:g}")
    below, above = ParameterPrior(name, low, high, marginal)._mass
    if above - below < 0.5:
        share = f"{(above - below) * 100:.0f} %"
        raise error_at((), f"only {share} of it lies in the range that is allowed, {low:g} to {high:g}")
    return marginal
