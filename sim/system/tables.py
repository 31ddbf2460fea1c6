"""Tables as Parquet: what would not fit into memory is refused before it is read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from sim.system.failures import READING, Failure, refused
from sim.system.folders import AGAIN, Damaged, open_whole
from sim.system.libraries import pa, pc, pd, pq
from sim.system.memory import available_memory

SHARE = 0.5
"""Of the memory that is free, what a table may take."""

LITTLE = 0.01
"""Of the memory that is free, what need not be counted exactly."""

MOST_OF_PROBLEM = 200
"""Characters of what Parquet says of a file."""

TEXT, OF_LENGTH = "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"
WIDTHS = {"BOOLEAN": 1, "INT32": 4, "INT64": 8, "INT96": 12, "FLOAT": 4, "DOUBLE": 8, TEXT: 4}
"""Bytes of a value of each of the types that Parquet has; a text has its letters besides."""


class TooLarge(Failure):
    """A table does not fit into memory."""


def read_table(file: Path) -> "pa.Table":
    """Read a table of a folder of results with what its file says of itself.

    Raises
    ------
    Damaged, Missing, Refused, TooLarge
        If it is not as it was written, or cannot be read.
    """
    with open_table(file) as opened, _damage_named(file):
        return opened.read()


def read_frame(file: Path) -> "pd.DataFrame":
    """Read a table of a folder of results for pandas, see `read_table`."""
    with open_whole(file) as opened, _damage_named(file):
        _check_size(file, opened)
        opened.seek(0)
        return pd.read_parquet(opened)


@contextmanager
def open_table(file: Path) -> Iterator["pq.ParquetFile"]:
    """Open a table of a folder of results, of which not all columns are read, see `read_table`."""
    with open_whole(file) as opened:
        with _damage_named(file):
            _check_size(file, opened)
            opened.seek(0)
            table = pq.ParquetFile(opened)
        yield table


@contextmanager
def _damage_named(file: Path) -> Iterator[None]:

    try:
        yield
    except (OSError, MemoryError, ValueError, pa.ArrowException) as error:
        if isinstance(error, MemoryError) or getattr(error, "errno", None):
            raise refused(file, READING, error) from None  # type: ignore[arg-type]
        problem = " ".join(str(error).split())[:MOST_OF_PROBLEM]
        raise Damaged(file, f"is no table that can be read ({problem})", AGAIN) from None


def _check_size(file: Path, opened: BinaryIO) -> None:
    """Refuse a table that takes more memory than there is: 5 MB of equal values may be 5 GB."""
    free = available_memory()
    if free is None:
        return
    metadata = pq.read_metadata(opened)
    needed = 0.0
    for index in range(metadata.num_columns):
        needed += _fixed_bytes(metadata, index)
        if needed < SHARE * free:
            needed += _letters(opened, metadata, index, LITTLE * free)
    if needed > SHARE * free:
        problem = f"takes {needed / 1e9:,.1f} GB of memory, of which {free / 1e9:,.1f} GB are free"
        raise TooLarge(file, problem, "close other programs, or read it elsewhere")


def _chunks(metadata: Any, index: int) -> list[Any]:
    return [metadata.row_group(group).column(index) for group in range(metadata.num_row_groups)]


def _fixed_bytes(metadata: Any, index: int) -> int:
    """Return what a column takes in memory but the letters of texts."""
    column = metadata.schema.column(index)
    width = column.length if column.physical_type == OF_LENGTH else WIDTHS[column.physical_type]
    return int(sum(chunk.num_values for chunk in _chunks(metadata, index)) * width)


def _letters(opened: BinaryIO, metadata: Any, index: int, little: float) -> float:
    """Return how many letters a column of texts has, none being longer than all that is kept of it."""
    column = metadata.schema.column(index)
    if column.physical_type != TEXT:
        return 0
    most = sum(chunk.num_values * chunk.total_uncompressed_size for chunk in _chunks(metadata, index))
    if most < little or column.path != column.name:  # of lists nobody writes any
        return float(most)
    opened.seek(0)
    table = pq.ParquetFile(opened, read_dictionary=[column.path]).read(columns=[column.path])
    lengths = (pc.binary_length(part.dictionary).take(part.indices) for part in table.column(0).chunks)
    return float(sum(pc.sum(each).as_py() or 0 for each in lengths))
