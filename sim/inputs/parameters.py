"""Behavioural parameters: a point, or the rows of a posterior."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict, Field

from sim.inputs.bundled import scenarios_folder
from sim.inputs.errors import InputError, near_match
from sim.inputs.indicators import FloatArray, on_grid
from sim.inputs.toml_file import KeyPath, TomlFile, dotted, read_toml
from sim.inputs.validation import ErrorAt, shown, validate
from sim.inputs.vocabulary import POSITIONS

if TYPE_CHECKING:
    import pyarrow.parquet as pq

PARAMETERS = (
    "b_us_involvement",
    "b_ambiguity",
    "b_mandate_fit",
    "b_authority",
    "b_threat",
    "b_escalation",
    "b_home_defence",
    "b_ceasefire",
    "b_peers",
    "b_critical_mass",
    "b_free_riding",
    "b_public_opinion",
    "shield_us",
    "shield_ceasefire",
    "attention",
    "persistence",
    "volatility",
    "common",
    "bargaining",
    "planning",
    "lobby_push",
    "lobby_decay",
    "credibility_recovery",
    "credibility_loss",
    "climb_to_undecided",
    "climb_to_open",
    "climb_to_committed",
    "slip_to_opposed",
    "slip_to_undecided",
    "slip_to_open",
)
"""Every parameter, in the order in which arrays hold them."""

LADDER_ORDER = (
    ("slip_to_opposed", "climb_to_undecided"),
    ("slip_to_undecided", "climb_to_open"),
    ("slip_to_open", "climb_to_committed"),
    ("climb_to_undecided", "climb_to_open"),
    ("climb_to_open", "climb_to_committed"),
    ("slip_to_opposed", "slip_to_undecided"),
    ("slip_to_undecided", "slip_to_open"),
)
"""Pairs of thresholds of which the first must lie below the second."""

BANDS = "anchor_bands"

MAX_DRAWS = 500_000


class ParameterDescription(NamedTuple):
    """What a parameter is: its value set by hand, what is allowed, its unit, meaning and source."""

    name: str
    value: float
    low: float
    high: float
    unit: str
    meaning: str
    source: str


@dataclass(frozen=True, eq=False)
class Parameters:
    """Parameter values of runs.

    Attributes
    ----------
    values
        Shape (rows, len(PARAMETERS)), read-only. One row is a point; of many, run k uses row k % rows.
        Thresholds of the ladder are probabilities.
    bands
        Anchor bands as probabilities, shape (len(POSITIONS), 2), read-only.
    """

    values: FloatArray
    bands: FloatArray

    @property
    def draws(self) -> int:
        """How many rows there are; 1 for a point."""
        return len(self.values)

    def with_values(self, overrides: Mapping[str, object]) -> "Parameters":
        """Return the parameters with some of them set in every row.

        Raises
        ------
        InputError
            If a name is unknown, a value out of its range, or the ladder out of order.
        """
        values = self.values.copy()
        for name, value in overrides.items():
            if name not in PARAMETERS:
                raise InputError(unknown_parameter(name))
            if isinstance(value, bool) or not isinstance(value, int | float | np.number):
                raise InputError(f"must be a number, not {shown(value)}", key=name)
            values[:, PARAMETERS.index(name)] = value
        _check(values, lambda key_path, problem: InputError(problem, key=dotted(key_path)))
        return replace(self, values=_read_only(values))

    def check_columns(self, columns: Mapping[str, ArrayLike]) -> None:
        """Check many values of some parameters at once, each row with the others of the first row here.

        Raises
        ------
        InputError
            For a value out of its range, or a ladder out of order.
        """
        length = max((np.size(column) for column in columns.values()), default=0)
        values = np.repeat(self.values[:1], length, axis=0)
        for name, column in columns.items():
            try:
                values[:, PARAMETERS.index(name)] = column
            except (TypeError, ValueError):
                raise InputError("must be numbers", key=name) from None
        _check(values, lambda key_path, problem: InputError(problem, key=dotted(key_path)))


def load_parameters(path: Path | None = None) -> Parameters:
    """Read parameters from a file.

    Parameters
    ----------
    path
        A TOML file, one table a parameter; or a posterior, a ``.parquet`` file with a column a parameter
        and a row a draw; or the name of a bundled file. What a file leaves out is taken from the bundled
        ``default.toml``. No path means the bundled posterior.

    Raises
    ------
    InputError
        If the file cannot be read, names no parameter, or holds a value that is not allowed.
    """
    path = find_parameters(path)
    try:
        status = path.stat()
    except (OSError, ValueError):
        known = f"{', '.join(_bundled())}{near_match(str(path), _bundled())}"
        raise InputError(f"no such file, and no bundled one of this name: {known}", file=path) from None
    return _load(path, status.st_size, status.st_mtime_ns)


def find_parameters(path: Path | None = None) -> Path:
    """Return the file of parameters given as a path, or as the name of a bundled one (``default``)."""
    if path is None:
        return posterior_file()
    path = Path(path)
    bundled = _bundled().get(str(path))
    return bundled if bundled and not path.is_file() else path


def posterior_file() -> Path:
    """Return the bundled draws of the parameters, which are used where no others are named."""
    return scenarios_folder() / "parameters" / "posterior.parquet"


def point_file() -> Path:
    """Return the bundled file of what each parameter is, with a value set by hand."""
    return scenarios_folder() / "parameters" / "default.toml"


def _bundled() -> dict[str, Path]:
    return {file.stem: file for file in (point_file(), posterior_file())}


def describe_parameters() -> list[ParameterDescription]:
    """Return what every parameter is, in the order of PARAMETERS."""
    return list(_descriptions())


def log_odds(probability: ArrayLike) -> FloatArray:
    """Return log(p / (1 - p)), rounded to multiples of 2^-40.

    The rounding makes it the same on every machine, though the last bit of a logarithm is not.

    Raises
    ------
    ValueError
        If a probability is not between 0 and 1, both excluded.
    """
    p = np.asarray(probability, dtype=np.float64)
    if not ((p > 0) & (p < 1)).all():
        raise ValueError("log-odds need probabilities between 0 and 1, both excluded")
    return on_grid(np.log(p / (1 - p)))


Bound = Annotated[float, Field(allow_inf_nan=False)]
Pair = Annotated[list[Bound], Field(min_length=2, max_length=2)]


class _Entry(BaseModel):
    """One parameter in a file; only the value is needed where default.toml says the rest."""

    model_config = ConfigDict(extra="forbid", strict=True)

    value: Bound
    range: Pair | None = None
    unit: str = ""
    meaning: str = ""
    source: str = ""


class _Bands(BaseModel):
    """Bands by position; a file may give some of them."""

    model_config = ConfigDict(extra="forbid", strict=True)

    opposed: Pair | None = None
    undecided: Pair | None = None
    open: Pair | None = None
    conditional: Pair | None = None
    committed: Pair | None = None
    unknown: Pair | None = None


@lru_cache(maxsize=16)
def _load(path: Path, size: int, modified: int) -> Parameters:  # noqa: ARG001 - part of the key
    return _from_parquet(path) if path.suffix == ".parquet" else _from_toml(path)


@lru_cache(maxsize=1)
def _descriptions() -> tuple[ParameterDescription, ...]:
    file = read_toml(point_file())
    entries = _entries(file)
    for name in PARAMETERS:
        if name not in entries or entries[name].range is None:
            raise file.error((name,), "is missing; the defaults need a value and a range for every parameter")
    return tuple(_description(name, entries[name]) for name in PARAMETERS)


def _description(name: str, entry: _Entry) -> ParameterDescription:
    low, high = entry.range or (-math.inf, math.inf)
    return ParameterDescription(name, entry.value, low, high, entry.unit, entry.meaning, entry.source)


def _from_toml(path: Path) -> Parameters:
    file = read_toml(path)
    values = _defaults()
    for name, entry in _entries(file).items():
        values[0, PARAMETERS.index(name)] = entry.value
    _check(values, file.error)
    return Parameters(_read_only(values), _bands(file))


def _entries(file: TomlFile) -> dict[str, _Entry]:
    """Return the parameters that a file gives, by name."""
    entries = {}
    for name, table in file.data.items():
        if name == BANDS:
            continue
        if name not in PARAMETERS:
            raise file.error((name,), unknown_parameter(name))
        entry = validate(_Entry, table, _under(file, name))
        if entry.range and not entry.range[0] <= entry.value <= entry.range[1]:
            raise file.error((name, "value"), f"{entry.value:g} is not in its range {entry.range}")
        entries[name] = entry
    return entries


def unknown_parameter(name: str) -> str:
    """Return the problem of a parameter that there is not, with the nearest one."""
    hint = near_match(name, (*PARAMETERS, BANDS)) or f"; allowed: {', '.join(PARAMETERS)}"
    return f"unknown parameter {shown(name)}{hint}"


def _under(file: TomlFile, name: str) -> ErrorAt:
    def error_at(key_path: KeyPath, problem: str) -> InputError:
        return file.error((name, *key_path), problem)

    return error_at


def _check(values: FloatArray, error_at: ErrorAt) -> None:
    """Refuse values out of their range, and a ladder out of order, in any row."""
    for description, column in zip(_descriptions(), values.T, strict=True):
        outside = column[~((column >= description.low) & (column <= description.high))]
        if outside.size:
            allowed = f"allowed is {description.low:g} to {description.high:g}"
            raise error_at((description.name,), f"{outside[0]:g} is out of range; {allowed}")
    for lower, upper in LADDER_ORDER:
        below, above = values[:, PARAMETERS.index(lower)], values[:, PARAMETERS.index(upper)]
        wrong = below >= above
        if wrong.any():
            low, high = below[wrong][0], above[wrong][0]
            raise error_at((lower,), f"{low:g} must lie below {upper}, which is {high:g}")


def _defaults() -> FloatArray:
    return np.array([[description.value for description in _descriptions()]])


def _bands(file: TomlFile) -> FloatArray:
    """Return the anchor bands of a file, those it leaves out from the defaults."""
    default = read_toml(point_file())
    bands = {**default.data[BANDS], **_checked_bands(file)}
    return _read_only(np.array([bands[position] for position in POSITIONS], dtype=np.float64))


def _checked_bands(file: TomlFile) -> dict[str, list[float]]:
    given = validate(_Bands, file.data.get(BANDS, {}), _under(file, BANDS)).model_dump(exclude_none=True)
    for position, (low, high) in given.items():
        if not 0 < low <= high < 1:
            problem = (
                f"[{low:g}, {high:g}] is no band; allowed are two rising probabilities, 0 and 1 excluded"
            )
            raise file.error((BANDS, position), problem)
    return given


def _from_parquet(path: Path) -> Parameters:
    columns = _parquet_columns(path)
    draws = {len(column) for column in columns.values()}
    if not columns or draws == {0}:
        raise InputError("holds no draws; it needs a column a parameter and a row a draw", file=path)
    values = np.repeat(_defaults(), draws.pop(), axis=0)
    for name, column in columns.items():
        if name not in PARAMETERS:
            raise InputError(unknown_parameter(name), file=path)
        values[:, PARAMETERS.index(name)] = column
    _check(values, lambda key_path, problem: InputError(problem, file=path, key=dotted(key_path)))
    return Parameters(_read_only(values), _bands(read_toml(point_file())))


def _check_size(metadata: "pq.FileMetaData", path: Path) -> None:
    """Refuse what would not fit into memory, before it is read."""
    if metadata.num_rows > MAX_DRAWS:
        problem = f"holds {metadata.num_rows:,} draws; at most {MAX_DRAWS:,} are allowed"
        raise InputError(problem, file=path)
    if metadata.num_columns > len(PARAMETERS):
        problem = f"has {metadata.num_columns} columns; there are {len(PARAMETERS)} parameters"
        raise InputError(problem, file=path)


def _parquet_columns(path: Path) -> dict[str, FloatArray]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            _check_size(file.metadata, path)
            table = file.read()
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"is not readable as Parquet: {error}", file=path) from None
    columns: dict[str, FloatArray] = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if name in columns:
            raise InputError("the column stands there twice", file=path, key=name)
        if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
            raise InputError(f"holds {column.type}; allowed are numbers", file=path, key=name)
        columns[name] = np.asarray(column.to_numpy(), dtype=np.float64)
    return columns


def _read_only(array: FloatArray) -> FloatArray:
    array.setflags(write=False)
    return array
