"""The folder of a sweep: parts that are there whole or not at all, and the tables made of them."""

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO

from sim.experiments.evaluate import PER_NATION, with_factors
from sim.inputs.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1
"""Version of the layout of the folder."""

MANIFEST, PARTS, DRAFT = "manifest.json", "parts", ".draft"
TABLES = {"points": False, "nations": True}
"""The tables, and whether they hold the estimates by nation."""


class SweepStore:
    """A folder that a sweep fills; use it as a context.

    A part is written beside its place and then moved there, so that a part that is there is whole:
    resuming is skipping those. The manifest says what determines the results; parts of anything else are
    refused rather than mixed.

    Parameters
    ----------
    folder
        Where the results go.
    manifest
        What is computed; its ``digests`` determine the results.
    parts
        How many there are.
    must_exist
        Whether an earlier session must have begun here.

    Raises
    ------
    InputError
        On entering, if the folder holds parts of another sweep, is in use or cannot be written to.
    """

    def __init__(
        self, folder: Path, manifest: dict[str, Any], parts: int, *, must_exist: bool = False
    ) -> None:
        self.folder = folder
        self._manifest, self._parts, self._must_exist = {"format": FORMAT, **manifest}, parts, must_exist
        self._lock: int | None = None

    def __enter__(self) -> "SweepStore":
        """Take the folder: check what is there, clear what a killed process left half-written."""
        if self._must_exist and not (self.folder / MANIFEST).exists():
            raise InputError(_nothing_to_resume(self.folder), file=self.folder, key="--resume")
        with self._told():
            (self.folder / PARTS).mkdir(parents=True, exist_ok=True)
        self._lock = _lock(self.folder)
        try:
            self._refuse_others()
            with self._told():
                for draft in [*self.folder.glob(f".*{DRAFT}"), *self.folder.glob(f"{PARTS}/.*{DRAFT}")]:
                    if draft.is_file():  # figures are drawn into a folder, which is cleared with them
                        draft.unlink()
                text = json.dumps(self._manifest, indent=2, ensure_ascii=False) + "\n"
                if not (self.folder / MANIFEST).exists():
                    with _whole(self.folder / MANIFEST) as file:
                        file.write(text.encode())
        except BaseException:
            self._release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the folder; what is done stays."""
        self._release()

    def missing(self) -> list[int]:
        """Return the parts still to be computed; none if the tables are there."""
        if self._is_complete():
            return []
        return [index for index in range(self._parts) if not self._part(index).exists()]

    def add(self, index: int, table: "pd.DataFrame") -> None:
        """Write a part."""
        with self._told(), _TableWriter(self._part(index)) as writer:
            writer.write(table)

    def finish(self, points: "pd.DataFrame") -> None:
        """Put the tables together from the parts, in their order, then remove the parts."""
        with self._told():
            if not self._is_complete():
                self._assemble(points)
            for part in (self.folder / PARTS).glob("*.parquet"):
                part.unlink()
            (self.folder / PARTS).rmdir()

    def _assemble(self, points: "pd.DataFrame") -> None:
        """Read each part once and write its rows to both tables: no more than a part is in memory."""
        with contextlib.ExitStack() as open_tables:
            writers = {
                name: open_tables.enter_context(_TableWriter(self.folder / f"{name}.parquet"))
                for name in self._tables()
            }
            for index in range(self._parts):
                part = self._read_part(index)
                for name, writer in writers.items():
                    writer.write(_rows_of(part, points, by_nation=TABLES[name]))

    def _tables(self) -> list[str]:
        by_nation = {outcome == PER_NATION for outcome in self._manifest["sweep"]["outcomes"]}
        return [name for name, is_by_nation in TABLES.items() if is_by_nation in by_nation]

    def _is_complete(self) -> bool:
        return all((self.folder / f"{name}.parquet").exists() for name in self._tables())

    def _part(self, index: int) -> Path:
        return self.folder / PARTS / f"{index:06d}.parquet"

    def _read_part(self, index: int) -> "pd.DataFrame":
        import pyarrow.parquet as pq

        file = self._part(index)
        try:
            table: pd.DataFrame = pq.ParquetFile(file).read().to_pandas()
        except (OSError, ValueError) as error:
            problem = f"this part is damaged ({error}); remove it and repeat the command"
            raise InputError(problem, file=file) from None
        return table

    def _refuse_others(self) -> None:
        """Refuse a folder whose parts were made of something else."""
        file = self.folder / MANIFEST
        if not file.exists():
            return
        try:
            found = dict(json.loads(file.read_text("utf-8"))["digests"])
        except (OSError, ValueError, KeyError, TypeError):
            raise InputError("cannot be read; remove the folder to start anew", file=file) from None
        wanted = self._manifest["digests"]
        changed = [name for name in {**wanted, **found} if wanted.get(name) != found.get(name)]
        if changed:
            raise InputError(
                f"holds results of this sweep made before a change of: {', '.join(changed)}; they are not "
                "mixed with new ones: remove the folder, or give another --out",
                file=self.folder,
            )

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Say what the matter is where a disk is full or cannot be written to, and that nothing is lost."""
        try:
            yield
        except OSError as error:
            kept = "the parts that are done are kept, the same command goes on"
            problem = f"cannot be written to: {error.strerror or error}; {kept}"
            raise InputError(problem, file=self.folder, key="--out") from None

    def _release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _nothing_to_resume(folder: Path) -> str:
    others = [file.parent.name for file in sorted(folder.parent.glob(f"*/{MANIFEST}"))]
    also = f"; there are {', '.join(others)}, of other runs, seed, --set or factors" if others else ""
    return f"there is nothing to resume{also}; without --resume the sweep starts"


def _rows_of(part: "pd.DataFrame", points: "pd.DataFrame", *, by_nation: bool) -> "pd.DataFrame":
    """Return a part's rows of the coalition, or of the nations, with the factors' values."""
    of_nations = part["iso3"] != ""
    rows = part[of_nations] if by_nation else part[~of_nations].drop(columns="iso3")
    return with_factors(rows.reset_index(drop=True), points)


@contextlib.contextmanager
def _whole(file: Path) -> Iterator[BinaryIO]:
    """Open a file that will be there whole or not at all, even if the power fails."""
    draft = file.with_name(f".{file.name}{DRAFT}")
    try:
        with draft.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise


class _TableWriter:
    """Writes tables of the same columns under each other, without what is of the machine or the moment."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._open = contextlib.ExitStack()
        self._writer: Any = None

    def __enter__(self) -> "_TableWriter":
        self._stream = self._open.enter_context(_whole(self._file))
        return self

    def __exit__(self, *failure: Any) -> None:
        self._open.__exit__(*failure)

    def write(self, table: "pd.DataFrame") -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        rows = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
        if self._writer is None:
            writer = pq.ParquetWriter(self._stream, rows.schema, compression="zstd")
            self._writer = self._open.enter_context(writer)
        self._writer.write_table(rows)


def _lock(folder: Path) -> int | None:
    """Hold a folder against a second sweep; the system lets go of it when a process ends, however it ends."""
    if sys.platform == "win32":  # folders cannot be locked there
        return None
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise InputError("another sweep is writing here; wait for it to end", file=folder) from None
    return descriptor
