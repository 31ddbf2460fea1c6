"""Folders of results that are computed part by part and may be stopped at any moment."""

import contextlib
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO

from sim.inputs.errors import InputError
from sim.inputs.text_file import read_text

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

FORMAT = 5
"""Version of the layout of the folders."""

MANIFEST, DRAFT = "manifest.json", ".draft"

MAX_MANIFEST = 50_000_000
"""Bytes of a manifest, at most."""

GROUP = 8 * 2**20
"""Bytes of a table that are held, and written together."""


class PartsFolder:
    """A folder that one process at a time fills; use it as a context.

    A part is written beside its place and then moved there, so that a part that is there is whole:
    resuming is skipping those. The manifest says what determines the results; parts of anything else are
    refused rather than mixed.

    Parameters
    ----------
    folder
        Where the results go.
    what
        What is computed, as messages call it: ``calibration``.
    manifest
        What is computed; its ``digests`` determine the results.

    Raises
    ------
    InputError
        On entering, if the folder holds parts of something else, is in use or cannot be written to.
    """

    def __init__(self, folder: Path, what: str, manifest: Mapping[str, Any]) -> None:
        self.folder = folder
        self._what, self._manifest = what, {"format": FORMAT, **manifest}
        self._lock: int | None = None

    def __enter__(self) -> "PartsFolder":
        """Take the folder: check what is there, clear what a killed process left half-written."""
        with self._told():
            self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = self._locked()
        try:
            for path in (self.folder, *self.folder.iterdir()):
                refuse_link(path)
            found = self._found_manifest()
            self._refuse_others(found)
            with self._told():
                for draft in self.folder.rglob(f".*{DRAFT}"):
                    if (
                        draft.is_symlink() or draft.is_file()
                    ):  # figures are drawn into a folder, which is cleared with them
                        draft.unlink()
            self._write_manifest(found)
        except BaseException:
            self._release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the folder; what is done stays."""
        self._release()

    def has(self, name: str) -> bool:
        """Tell whether a table is there."""
        return self._file(name).exists()

    def write(
        self, name: str, table: "pd.DataFrame | pa.Table", metadata: Mapping[bytes, bytes] | None = None
    ) -> None:
        """Write a table, without what is of the machine or the moment.

        Parameters
        ----------
        name
            Of the file, without its ending; ``likelihoods/0`` stands in a folder of its own.
        table
            What is written.
        metadata
            What the file says of itself.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        rows = table if isinstance(table, pa.Table) else pa.Table.from_pandas(table, preserve_index=False)
        with self._told():
            self._file(name).parent.mkdir(exist_ok=True)
            with _whole(self._file(name)) as stream:
                pq.write_table(rows.replace_schema_metadata(metadata or None), stream, compression="zstd")

    def write_pieces(self, pieces: "Iterator[tuple[str, pa.Table]]", names: Sequence[str]) -> None:
        """Write tables from pieces, each with the name of its table; all of them will be there, or none.

        Only what is written at a time is in memory.
        """
        with self._told(), contextlib.ExitStack() as opened:
            tables = {name: _Groups(opened.enter_context(_whole(self._file(name))), opened) for name in names}
            for name, rows in pieces:
                tables[name].add(rows)
            for table in tables.values():
                table.write()

    def remove(self, name: str) -> None:
        """Remove a folder of tables, if it is there."""
        with self._told(), contextlib.suppress(FileNotFoundError):
            for table in (self.folder / name).glob("*.parquet"):
                table.unlink()
            (self.folder / name).rmdir()

    def write_text(self, name: str, text: str) -> None:
        """Write a file of text; the name has its ending."""
        with self._told(), _whole(self.folder / name) as stream:
            stream.write(text.encode())

    def read(self, name: str) -> "pa.Table":
        """Return a table with what its file says of itself."""
        import pyarrow.parquet as pq

        try:
            return pq.ParquetFile(self._file(name)).read()
        except (OSError, ValueError) as error:
            problem = f"this part is damaged ({error}); remove it and repeat the command"
            raise InputError(problem, file=self._file(name)) from None

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"

    def _found_manifest(self) -> dict[str, Any] | None:
        """Return the manifest that is there, if any is."""
        file = self.folder / MANIFEST
        if not file.exists():
            return None
        text = read_text(file, MAX_MANIFEST, "a manifest")
        try:
            manifest = dict(json.loads(text))
            return {**manifest, "digests": dict(manifest["digests"])}
        except (ValueError, KeyError, TypeError, RecursionError):
            raise InputError("cannot be read; remove the folder to start anew", file=file) from None

    def _write_manifest(self, before: Mapping[str, Any] | None) -> None:
        """Write the manifest; where parts are there, titles and other prose may have changed since."""
        made_with = {"versions": before["versions"]} if before and "versions" in before else {}
        manifest = json.loads(json.dumps({**self._manifest, **made_with}))
        if manifest != before:
            self.write_text(MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")

    def _refuse_others(self, before: Mapping[str, Any] | None) -> None:
        """Refuse a folder whose parts were made of something else."""
        if before is None:
            return
        wanted, found = self._manifest["digests"], before["digests"]
        changed = [name for name in {**wanted, **found} if wanted.get(name) != found.get(name)]
        if changed:
            raise InputError(
                f"holds results of this {self._what} made before a change of: {', '.join(changed)}; they "
                "are not mixed with new ones: remove the folder, or give another --out",
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

    def _locked(self) -> int | None:
        """Hold the folder against a second process; the system lets go when a process ends, however."""
        if sys.platform == "win32":  # folders cannot be locked there
            return None
        import fcntl

        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            problem = f"another {self._what} is writing here; wait for it to end"
            raise InputError(problem, file=self.folder) from None
        return descriptor

    def _release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def refuse_link(path: Path) -> None:
    """Refuse a link to a folder elsewhere: what stands there is not ours to replace or remove.

    Raises
    ------
    InputError
        If it is one.
    """
    if path.is_symlink() and path.is_dir():
        problem = "is a link to another folder, where nothing is written or removed; remove the link"
        raise InputError(problem, file=path)


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


class _Groups:
    """Rows of a table, written many at a time: a file of small groups of rows is slow to read."""

    def __init__(self, stream: BinaryIO, opened: contextlib.ExitStack) -> None:
        self._stream, self._opened = stream, opened
        self._writer: Any = None
        self._held: list[pa.Table] = []
        self._bytes = 0

    def add(self, rows: "pa.Table") -> None:
        self._held.append(rows)
        self._bytes += rows.nbytes
        if self._bytes >= GROUP:
            self.write()

    def write(self) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        if not self._held:
            return
        rows = pa.concat_tables(self._held).replace_schema_metadata(None)
        self._held, self._bytes = [], 0
        if self._writer is None:
            writer = pq.ParquetWriter(self._stream, rows.schema, compression="zstd")
            self._writer = self._opened.enter_context(writer)
        self._writer.write_table(rows)
