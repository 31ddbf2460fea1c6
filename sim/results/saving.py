"""Folders of results that appear only when all of a result is in them."""

import contextlib
import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from sim.results.about import work
from sim.results.contents import Contents
from sim.results.drawing import begin_figures, keep_document, write_page
from sim.results.kept import FILE as DOCUMENT
from sim.results.parts import PartsFolder
from sim.results.spreadsheets import for_spreadsheets
from sim.results.tables import ENDING, write_csv, write_table
from sim.system import folders, manifests
from sim.system.drafts import Draft
from sim.system.libraries import pa, pd, pq
from sim.system.manifests import MANIFEST

Computed = TypeVar("Computed", bound=Contents)


def _nothing(_: object) -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Reply:
    """How whoever asked is answered.

    Attributes
    ----------
    show
        Shows a result while its figures are drawn.
    command
        The command that makes the same results; their folder keeps it for reports.
    complete
        Adds to the folder when all of a result is there, whether or not it could be shown.
    """

    show: Callable[[Any], object] = _nothing
    command: str = ""
    complete: Callable[[Path], object] = _nothing


SILENT = Reply()


class Saving:
    """Writes a result into a folder that appears only when all of it is there.

    Use it as a context: what has been written is thrown away unless `finish` is reached.

    Parameters
    ----------
    folder
        Where the result goes; what stands there is replaced.
    csv
        Whether to write the tables as CSV beside the Parquet.
    """

    def __init__(self, folder: Path, *, csv: bool = False) -> None:
        self.folder, self._csv = folder, csv
        self._streamed: dict[str, Rows] = {}
        self._started = dt.datetime.now(dt.UTC)
        self._complete: Callable[[Path], object] = _nothing

    def __enter__(self) -> "Saving":
        """Make room, and find out now whether the folder can be written to."""
        self._draft = Draft(self.folder)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave nothing half-written."""
        with contextlib.suppress(Exception):
            self._close()
        self._draft.close()
        self._complete(self.folder)  # now that others may write into it too

    def rows(self, name: str) -> "Rows":
        """Return a table of the result that is written as its rows come."""
        if name not in self._streamed:
            self._streamed[name] = Rows(self._draft.folder, name, csv=self._csv)
        return self._streamed[name]

    def part(self, table: "pd.DataFrame", name: str) -> None:
        """Write a table in a folder of its own, without a CSV: ``trajectories/part-0``."""
        write_table(table, self._draft.folder, name)

    def finish(self, result: Contents, reply: Reply = SILENT) -> Path:
        """Write what is not written yet of a result, and move everything to its place.

        Parameters
        ----------
        result
            What is written.
        reply
            How it is answered; if it cannot be shown, that is raised when the folder is written.
        """
        self._close()
        wait_for_figures = begin_figures(result, self._draft.folder)
        try:
            reply.show(result)
        finally:
            self._write(result, reply.command)
            wait_for_figures()
            self._draft.publish()
            self._complete = reply.complete
        return self.folder

    def _write(self, result: Contents, command: str) -> None:
        draft = self._draft.folder
        for name in result.tables:
            if name not in self._streamed and not (draft / name).is_dir():
                metadata = result.metadata.get(name)
                write_table(result.tables[name], draft, name, csv=self._csv, metadata=metadata)
        for name, content in result.files.items():
            folders.write(draft / name, content)
        write_page(result, draft)
        keep_document(result, draft, command)
        manifest = {**result.about.model_dump(mode="json"), **work(self._started)}
        folders.write(draft / MANIFEST, manifests.written(manifest))

    def _close(self) -> None:
        for rows in self._streamed.values():
            rows.close()


def into_folder(
    folder: Path,
    compute: Callable[[], Computed],
    reply: Reply = SILENT,
    *,
    csv: bool = False,
) -> tuple[Computed, Path]:
    """Compute a result into its folder, and return both.

    Whether the folder can be written to is found out first.

    Parameters
    ----------
    folder
        Where the result goes; what stands there is replaced.
    compute
        Returns the result.
    reply
        How it is answered, see `Saving.finish`.
    csv
        Whether to write the tables as CSV beside the Parquet.

    Raises
    ------
    Failure
        If the folder cannot be written to; of this, as of any error, nothing is left behind.
    """
    with Saving(folder, csv=csv) as saving:
        result = compute()
        return result, saving.finish(result, reply)


def complete(result: Contents, parts: PartsFolder, *, csv: bool = False) -> None:
    """Write what is not there yet of a result into the folder of its parts; no figures are drawn.

    The same result gives the same bytes.

    Raises
    ------
    Failure
        If the folder cannot be written to; what is there is kept.
    """
    for name in result.tables:
        if not parts.has(name):
            parts.write(name, result.tables[name], result.metadata.get(name))
        if csv:
            write_csv(result.tables[name], parts.folder, name)
    for name, content in result.files.items():
        file = parts.folder / name
        if not folders.has_digest(file, content) or not folders.is_whole(file):
            folders.write(file, content)
    if not folders.is_whole(parts.folder / DOCUMENT):
        keep_document(result, parts.folder)


def finish_parts(result: Contents, folder: Path, reply: Reply = SILENT) -> None:
    """Draw a result into the folder of its parts, which is held, and answer meanwhile.

    Raises
    ------
    Failure
        If the folder cannot be written to.
    """
    wait_for_figures = begin_figures(result, folder)
    try:
        reply.show(result)
    finally:
        if reply.command:
            keep_document(result, folder, reply.command)
        wait_for_figures()


class Rows:
    """A table that is written as its rows come, as Parquet and, if asked, as CSV; close it.

    A thread writes while whoever adds rows goes on; what it was refused is raised by the next call.
    """

    def __init__(self, folder: Path, name: str, *, csv: bool) -> None:
        self._opened = contextlib.ExitStack()
        self._parquet = self._opened.enter_context(folders.stream(folder / f"{name}{ENDING}"))
        csv_file = folders.stream(folder / f"{name}.csv") if csv else None
        self._csv = self._opened.enter_context(csv_file) if csv_file else None
        self._writer: pq.ParquetWriter | None = None
        self._thread = self._opened.enter_context(ThreadPoolExecutor(1))
        self._written = self._thread.submit(lambda: None)

    def add(self, table: "pd.DataFrame") -> None:
        """Write further rows, as a group of their own: thousands, for the file to be quick to read."""
        self._written.result()
        self._written = self._thread.submit(self._write, table)

    def close(self) -> None:
        """Wait until all is written, and put it in its place."""
        with self._opened:
            self._written.result()

    def _write(self, table: "pd.DataFrame") -> None:
        rows, is_first = pa.Table.from_pandas(table, preserve_index=False), self._writer is None
        if self._writer is None:
            how = _encodings(rows.schema)
            writer = pq.ParquetWriter(self._parquet, rows.schema, compression="zstd", **how)
            self._writer = self._opened.enter_context(writer)
        self._writer.write_table(rows)
        if self._csv:
            self._csv.write(for_spreadsheets(table).to_csv(index=False, header=is_first).encode())


def _encodings(schema: "pa.Schema") -> dict[str, Any]:
    """Return how columns are written: numbers of rows by their steps, values of few kinds by a list of them.

    Fractions are hardly ever alike: a list of them takes time, and as much room as they do.
    """
    numbers = [field.name for field in schema if field.type == pa.int64()]
    alike = [field.name for field in schema if not pa.types.is_floating(field.type)]
    return {
        "use_dictionary": [name for name in alike if name not in numbers],
        "column_encoding": dict.fromkeys(numbers, "DELTA_BINARY_PACKED"),
    }
