"""Behavioural parameters: a point, or the rows of a posterior."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict, Field

from sim.declarations.parameters import PARAMETERS
from sim.inputs.bundled import scenarios_folder
from sim.inputs.errors import InputError, near_match
from sim.inputs.indicators import FloatArray
from sim.inputs.text_file import check_regular
from sim.inputs.toml_file import TomlFile, TomlPath, dotted, read_toml
from sim.inputs.validation import ErrorAt, shown, validate
from sim.system.folders import check_listed
from sim.system.libraries import pa, pq

COLUMN = {name: column for column, name in enumerate(PARAMETERS)}
"""Where arrays of parameters hold each of them."""

NUMBERS = "iuf"
"""Kinds of NumPy types that are numbers."""

MAX_DRAWS = 500_000


@dataclass(frozen=True, eq=False)
class Parameters:
    """Parameter values of runs.

    Attributes
    ----------
    values
        Shape (rows, len(PARAMETERS)), read-only. One row is a point; of many, run k uses row k % rows.
    """

    values: FloatArray

    def column(self, name: str) -> FloatArray:
        """Return the values of a parameter, a draw each."""
        return np.asarray(self.values[:, COLUMN[name]])

    @property
    def draws(self) -> int:
        """How many rows there are; 1 for a point."""
        return len(self.values)

    def with_values(self, overrides: Mapping[str, object]) -> "Parameters":
        """Return the parameters with some of them set: a number in every row, or one a row.

        Raises
        ------
        InputError
            If a name is unknown, or a value out of its range.
        """
        values = self.values.copy()
        for name, value in overrides.items():
            if name not in PARAMETERS:
                raise InputError(unknown_parameter(name))
            numbers = np.asarray(value)
            if numbers.dtype.kind not in NUMBERS:
                raise InputError(f"must be a number, not {shown(value)}", key=name)
            values[:, COLUMN[name]] = numbers
        _check(values, lambda key_path, problem: InputError(problem, key=dotted(key_path)))
        return replace(self, values=_read_only(values))

    def at_points(self, columns: Mapping[str, FloatArray], rows: int) -> "Parameters":
        """Return the first rows with some parameters set: all of them for each value of the columns in turn.

        Raises
        ------
        InputError
            As for `with_values`.
        """
        first = self.values[:rows]
        points = {len(column) for column in columns.values()}.pop()
        repeated = replace(self, values=np.tile(first, (points, 1)))
        return repeated.with_values({name: np.repeat(each, len(first)) for name, each in columns.items()})

    def check_columns(self, columns: Mapping[str, ArrayLike]) -> None:
        """Check many values of some parameters at once, each row with the others of the first row here.

        Raises
        ------
        InputError
            For a value out of its range.
        """
        length = max((np.size(column) for column in columns.values()), default=0)
        values = np.repeat(self.values[:1], length, axis=0)
        for name, column in columns.items():
            try:
                values[:, COLUMN[name]] = column
            except (TypeError, ValueError):
                raise InputError("must be numbers", key=name) from None
        _check(values, lambda key_path, problem: InputError(problem, key=dotted(key_path)))


def load_parameters(path: Path | None = None) -> Parameters:
    """Read parameters from a file.

    Parameters
    ----------
    path
        A TOML file, one table a parameter; or a posterior, a ``.parquet`` file with a column a parameter
        and a row a draw; or ``default``, the point that is declared, from which is taken what a file leaves
        out; or ``posterior``, the bundled draws, as no path.

    Raises
    ------
    InputError
        If the file cannot be read, names no parameter, or holds a value that is not allowed.
    """
    path = find_parameters(path)
    if path == DECLARED and not path.is_file():
        return Parameters(_read_only(_defaults()))
    try:
        status = path.stat()
    except (OSError, ValueError):
        bundled = (str(DECLARED), posterior_file().stem)
        known = f"{', '.join(bundled)}{near_match(str(path), bundled)}"
        raise InputError(f"no such file, and no bundled one of this name: {known}", file=path) from None
    check_regular(path)
    return _load(path, status.st_size, status.st_mtime_ns)


DECLARED = Path("default")
"""Stands for the point that is declared: no file, unless one has this name."""


def find_parameters(path: Path | None = None) -> Path:
    """Return the file of parameters given as a path or as the name of the bundled one, or `DECLARED`."""
    bundled = posterior_file()
    if path is None:
        return bundled
    path = Path(path)
    return bundled if str(path) == bundled.stem and not path.is_file() else path


def posterior_file() -> Path:
    """Return the bundled draws of the parameters, which are used where no others are named."""
    return scenarios_folder() / "parameters" / "posterior.parquet"


Bound = Annotated[float, Field(allow_inf_nan=False)]


class _Entry(BaseModel):
    """One parameter in a file: its value, and where that is from."""

    model_config = ConfigDict(extra="forbid", strict=True)

    value: Bound
    source: str = ""


@lru_cache(maxsize=16)
def _load(path: Path, size: int, modified: int) -> Parameters:  # noqa: ARG001 - part of the key
    return _from_parquet(path) if path.suffix == ".parquet" else _from_toml(path)


def _from_toml(path: Path) -> Parameters:
    file = read_toml(path)
    values = _defaults()
    for name, entry in _entries(file).items():
        values[0, COLUMN[name]] = entry.value
    _check(values, file.error)
    return Parameters(_read_only(values))


def _entries(file: TomlFile) -> dict[str, _Entry]:
    """Return the parameters that a file gives, by name."""
    entries = {}
    for name, table in file.data.items():
        if name not in PARAMETERS:
            raise file.error((name,), unknown_parameter(name))
        entry = validate(_Entry, table, _under(file, name))
        entries[name] = entry
    return entries


def unknown_parameter(name: str) -> str:
    """Return the problem of a parameter that there is not, with the nearest one."""
    hint = near_match(name, PARAMETERS) or f"; allowed: {', '.join(PARAMETERS)}"
    return f"unknown parameter {shown(name)}{hint}"


def _under(file: TomlFile, name: str) -> ErrorAt:
    def error_at(key_path: TomlPath, problem: str) -> InputError:
        return file.error((name, *key_path), problem)

    return error_at


def _check(values: FloatArray, error_at: ErrorAt) -> None:
    """Refuse values out of their range, in any row."""
    for parameter, column in zip(PARAMETERS.values(), values.T, strict=True):
        low, high = parameter.range
        outside = column[~((column >= low) & (column <= high))]
        if outside.size:
            problem = f"{outside[0]:g} is out of range; allowed is {low:g} to {high:g}"
            raise error_at((parameter.name,), problem)


def _defaults() -> FloatArray:
    return np.array([[parameter.value for parameter in PARAMETERS.values()]])


def _from_parquet(path: Path) -> Parameters:
    columns = _parquet_columns(path)
    draws = {len(column) for column in columns.values()}
    if not columns or draws == {0}:
        raise InputError("holds no draws; it needs a column a parameter and a row a draw", file=path)
    values = np.repeat(_defaults(), draws.pop(), axis=0)
    for name, column in columns.items():
        if name not in PARAMETERS:
            raise InputError(unknown_parameter(name), file=path)
        values[:, COLUMN[name]] = column
    _check(values, lambda key_path, problem: InputError(problem, file=path, key=dotted(key_path)))
    return Parameters(_read_only(values))


def _check_size(metadata: "pq.FileMetaData", path: Path) -> None:
    """Refuse what would not fit into memory, before it is read."""
    if metadata.num_rows > MAX_DRAWS:
        problem = f"holds {metadata.num_rows:,} draws; at most {MAX_DRAWS:,} are allowed"
        raise InputError(problem, file=path)
    if metadata.num_columns > len(PARAMETERS):
        problem = f"has {metadata.num_columns} columns; there are {len(PARAMETERS)} parameters"
        raise InputError(problem, file=path)


def _parquet_columns(path: Path) -> dict[str, FloatArray]:

    check_listed(path)
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
