"""Folders of results that are computed part by part and may be stopped at any moment."""

import contextlib
import io
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from sim.inputs.errors import InputError
from sim.results.about import About, versions
from sim.system import files, folders, manifests, tables
from sim.system.failures import Failure, Refused, named
from sim.system.folders import Damaged, Missing
from sim.system.libraries import pa, pd, pq
from sim.system.locks import Lock, hold
from sim.system.manifests import MANIFEST, OtherVersion

GROUP = 8 * 2**20
"""Bytes of a table that are held, and written together."""

ANEW = "remove the folder, or give another --out"
KEPT = "the parts that are done are kept, the same command goes on"


class PartsFolder:
    """A folder that one process at a time fills; use it as a context.

    A part is written beside its place and then moved there, so that a part that is there is whole; one that
    is not as it was written is none. Resuming is skipping those that are there. The manifest says what
    determines the results; parts of anything else are refused rather than mixed.

    Parameters
    ----------
    folder
        Where the results go.
    what
        What is computed, as messages call it: ``calibration``.
    about
        What is computed; its ``digests`` determine the results.

    Raises
    ------
    InputError, Failure
        On entering, if the folder holds parts of something else, is in use or cannot be written to.
    """

    def __init__(self, folder: Path, what: str, about: About) -> None:
        self.folder = folder
        self._what, self._manifest = what, {**about.model_dump(mode="json"), "versions": versions()}
        self._lock: Lock | None = None

    def __enter__(self) -> "PartsFolder":
        """Take the folder: check what is there, clear what a killed process left half-written."""
        with self._goes_on(), named(self.folder):
            files.make_folder(self.folder)
            self._lock = hold(self.folder, what=self._what)
        try:
            with self._goes_on(), named(self.folder):
                for path in (self.folder, *self.folder.iterdir()):
                    refuse_link(path)
                before = self._manifest_before()
                folders.begin(self.folder)
                folders.clear_drafts(self.folder)
                folders.settle(self.folder)
                self._write_manifest(before)
        except BaseException:
            self._release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the folder; what is done stays."""
        try:
            if kind is None:
                with self._goes_on():
                    folders.settle(self.folder)
        finally:
            self._release()

    def has(self, name: str) -> bool:
        """Tell whether a table is there; one that is damaged is not, with a warning."""
        try:
            folders.open_whole(self._file(name)).close()
        except Missing:
            return False
        except Damaged as damage:
            logging.getLogger("sim").warning("%s: %s; computed again", damage.place, damage.problem)
            return False
        return True

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
        rows = table if isinstance(table, pa.Table) else pa.Table.from_pandas(table, preserve_index=False)
        with self._goes_on(), folders.stream(self._file(name)) as stream:
            pq.write_table(rows.replace_schema_metadata(metadata or None), stream, compression="zstd")

    def write_pieces(self, pieces: "Iterator[tuple[str, pa.Table]]", names: Sequence[str]) -> None:
        """Write tables from pieces, each with the name of its table; all of them will be there, or none.

        Only what is written at a time is in memory.
        """
        with self._goes_on(), contextlib.ExitStack() as opened:
            groups = {
                name: _Groups(opened.enter_context(folders.stream(self._file(name))), opened)
                for name in names
            }
            for name, rows in pieces:
                groups[name].add(rows)
            for table in groups.values():
                table.write()

    def remove(self, name: str) -> None:
        """Remove a folder of tables, if it is there."""
        with self._goes_on(), named(self.folder):
            files.remove(self.folder / name)

    def write_text(self, name: str, text: str) -> None:
        """Write a file of text; the name has its ending."""
        with self._goes_on():
            folders.write(self.folder / name, text.encode())

    def read(self, name: str) -> "pa.Table":
        """Return a table with what its file says of itself."""
        return tables.read_table(self._file(name))

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"

    def _manifest_before(self) -> dict[str, Any] | None:
        """Return the manifest that is there, if any is, refusing one of other results."""
        file = self.folder / MANIFEST
        if not file.exists():
            return None
        try:
            before = manifests.read_manifest(self.folder)
            self._refuse_others(before)
        except OtherVersion as other:
            raise OtherVersion(other.place, other.problem, ANEW) from None
        except (Damaged, Missing) as damage:
            if not folders.has_digest(file, self._text({})):
                raise Damaged(damage.place, damage.problem, "remove the folder to start anew") from None
            logging.getLogger("sim").warning("%s: %s; written again", damage.place, damage.problem)
            return None
        return before

    def _text(self, before: Mapping[str, Any]) -> bytes:
        """Return the manifest; where parts are there it says with what the first of them were made."""
        made_with = {"versions": before["versions"]} if "versions" in before else {}
        return manifests.written({**self._manifest, **made_with})

    def _write_manifest(self, before: Mapping[str, Any] | None) -> None:
        """Write the manifest; where parts are there, titles and other prose may have changed since."""
        text = self._text(before or {})
        if json.loads(text) != before:
            folders.write(self.folder / MANIFEST, text)

    def _refuse_others(self, before: Mapping[str, Any]) -> None:
        """Refuse a folder whose parts were made of something else."""
        wanted, there = self._manifest["digests"], before.get("digests")
        if not isinstance(there, dict):
            raise Damaged(self.folder / MANIFEST, "does not say what its results are made of", "")
        changed = [name for name in {**wanted, **there} if wanted.get(name) != there.get(name)]
        if changed:
            problem = (
                f"holds results of this {self._what} made before a change of: {', '.join(changed)}; they "
                f"are not mixed with new ones: {ANEW}"
            )
            raise InputError(problem, file=self.folder)

    @contextlib.contextmanager
    def _goes_on(self) -> Iterator[None]:
        """Say, where the folder cannot be written to, that nothing is lost."""
        try:
            yield
        except Refused as refusal:
            way_on = f"{refusal.way_on}; {KEPT}"
            raise Refused(refusal.place, refusal.problem, way_on) from None

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def refuse_link(path: Path) -> None:
    """Refuse a link to a folder elsewhere: what stands there is not ours to replace or remove.

    Raises
    ------
    Failure
        If it is one.
    """
    if path.is_symlink() and path.is_dir():
        problem = "is a link to another folder, where nothing is written or removed"
        raise Failure(path, problem, "remove the link")


class _Groups:
    """Rows of a table, written many at a time: a file of small groups of rows is slow to read."""

    def __init__(self, stream: io.RawIOBase, opened: contextlib.ExitStack) -> None:
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
        if not self._held:
            return
        rows = pa.concat_tables(self._held).replace_schema_metadata(None)
        self._held, self._bytes = [], 0
        if self._writer is None:
            writer = pq.ParquetWriter(self._stream, rows.schema, compression="zstd")
            self._writer = self._opened.enter_context(writer)
        self._writer.write_table(rows)
