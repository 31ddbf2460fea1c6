"""Results folders: tables as Parquet, a manifest that says how to make them again, figures."""

import contextlib
import datetime as dt
import hashlib
import platform
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from sim.experiments.description import describe_case, shown_digest, versions
from sim.experiments.results import RunResult
from sim.experiments.run import RunOptions, runs_table, simulate_case, trajectories_table
from sim.inputs.case import Case
from sim.model.tally import Records
from sim.outputs.figures import save_figures
from sim.outputs.spreadsheets import for_spreadsheets
from sim.system import folders, manifests
from sim.system.drafts import Draft
from sim.system.manifests import FORMAT, MANIFEST

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow.parquet as pq

Progress = Callable[[int], None]

TABLES = ("nations", "rounds", "summary", "moves", "flows", "kinds", "rests_on")
"""The tables of a run beside that of its runs, see `RunResult`."""

MAP = "map.geojson"


def run_id(case: Case, options: RunOptions, *, csv: bool = False) -> str:
    """Return the name of the folder for these runs: the same inputs and the same files have the same name.

    What is written is a part of it, so that a plain repeat does not replace a folder that holds more, and so
    is what changes no number but is shown, such as the title.
    """
    written = [options.trajectories, options.terms, csv]
    inputs = f"{shown_digest(case)} {options.seed} {options.runs} {written} {FORMAT}"
    return hashlib.sha256(inputs.encode()).hexdigest()[:12]


def run_into_folder(
    case: Case, options: RunOptions, out: Path, *, csv: bool = False, progress: Progress = lambda _: None
) -> tuple[RunResult, Path]:
    """Run a case and write its results folder, ``OUT/SCENARIO/RUN``.

    Memory does not grow with the number of runs: what is a row a run is written as it comes.

    Parameters
    ----------
    case, options
        What is run.
    out
        Folder of all results.
    csv
        Whether to write the tables as CSV beside the Parquet.
    progress
        Told the number of runs each time some are done.

    Raises
    ------
    InputError
        If the folder cannot be written to; nothing is left behind.
    """
    folder = out / case.scenario.name / run_id(case, options, csv=csv)
    with RunWriter(folder, case, trajectories=options.trajectories, csv=csv) as writer:

        def sink(first_run: int, records: Records) -> None:
            writer.add(first_run, records)
            progress(len(records.runs))

        tally = simulate_case(case, options, sink)
        result = RunResult(
            case=case,
            seed=options.seed,
            number_of_runs=options.runs,
            engine=options.engine,
            tally=tally,
            threads=options.threads,
        )
        save_figures(result, writer.figures)
        writer.finish(result)
    return result, folder


class RunWriter:
    """Writes the results of a run into a folder that appears only when all of it is there.

    Use it as a context: what has been written is thrown away unless `finish` is reached.

    Parameters
    ----------
    folder
        Where the results go; what stands there is replaced.
    case
        What is run.
    trajectories, csv
        Whether to write the trajectories, and the tables as CSV beside the Parquet.
    """

    def __init__(self, folder: Path, case: Case, *, trajectories: bool = False, csv: bool = False) -> None:
        self.folder, self.case = folder, case
        self._with_trajectories, self._with_csv = trajectories, csv
        self._runs: _Rows | None = None
        self._started = dt.datetime.now(dt.UTC)

    def __enter__(self) -> "RunWriter":
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

    def add(self, first_run: int, records: Records) -> None:
        """Write the records of a chunk; the runs come in order."""
        if self._runs is None:
            self._runs = _Rows(self._draft.folder, "runs", csv=self._with_csv)
        self._runs.add(runs_table(first_run, records))
        if self._with_trajectories:
            table = trajectories_table(self.case, first_run, records)
            _write_parquet(table, self._draft.folder / "trajectories" / f"part-{first_run:09d}.parquet")

    def finish(self, result: RunResult) -> Path:
        """Write the tables and the manifest, and move everything to its place."""
        self._close()
        for name in TABLES:
            table = getattr(result, name)
            table = plain_summary(table) if name == "summary" else table
            write_table(table, self._draft.folder, name, csv=self._with_csv)
        if self.case.roster.map_file:
            folders.write(self._draft.folder / MAP, self.case.roster.map_file.read_bytes())
        write_manifest(describe(result, self._started), self._draft.folder)
        self._draft.publish()
        return self.folder

    @property
    def figures(self) -> Path:
        """Where the figures go, before `finish`."""
        return self._draft.folder / "figures"

    def _close(self) -> None:
        if self._runs is not None:
            self._runs.close()
            self._runs = None


class _Rows:
    """A table that is written as its rows come, as Parquet and, if asked, as CSV; close it."""

    def __init__(self, folder: Path, name: str, *, csv: bool) -> None:
        self._opened = contextlib.ExitStack()
        self._parquet = self._opened.enter_context(folders.stream(folder / f"{name}.parquet"))
        csv_file = folders.stream(folder / f"{name}.csv") if csv else None
        self._csv = self._opened.enter_context(csv_file) if csv_file else None
        self._writer: pq.ParquetWriter | None = None
        self.close = self._opened.close

    def add(self, table: "pd.DataFrame") -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        rows, is_first = pa.Table.from_pandas(table, preserve_index=False), self._writer is None
        if self._writer is None:
            writer = pq.ParquetWriter(self._parquet, rows.schema, compression="zstd")
            self._writer = self._opened.enter_context(writer)
        self._writer.write_table(rows)
        if self._csv:
            self._csv.write(table.to_csv(index=False, header=is_first).encode())


def plain_summary(summary: "pd.DataFrame") -> "pd.DataFrame":
    """Return a summary as files hold it: the nations a column, reasons with their shares as a text."""
    reasons = [
        "; ".join(f"{reason} {share!r}" for reason, share in held_back)
        for held_back in summary["held_back_by"]
    ]
    return summary.assign(held_back_by=reasons).reset_index()


def describe(result: RunResult, started: dt.datetime) -> dict[str, Any]:
    """Return the manifest of a result: what was run, with what, where and when; no path of the machine."""
    which = {"seed": result.seed, "runs": result.number_of_runs, "engine": result.engine}
    return {
        "kind": "run",
        "format": FORMAT,
        **describe_case(result.case),
        **which,
        **describe_work(started),
    }


def describe_work(started: dt.datetime) -> dict[str, Any]:
    """Return with what, where and when something was computed, for a manifest."""
    return {
        "versions": versions(),
        "platform": f"{platform.system()} {platform.machine()}",
        "started": started.isoformat(timespec="seconds"),
        # A clock that was set back meanwhile must not make it less than nothing.
        "seconds": max(round((dt.datetime.now(dt.UTC) - started).total_seconds(), 2), 0.0),
    }


def write_manifest(manifest: dict[str, Any], folder: Path) -> None:
    """Write a manifest as `manifest.json`."""
    folders.write(folder / MANIFEST, manifests.written(manifest))


def write_table(table: "pd.DataFrame", folder: Path, name: str, *, csv: bool = False) -> None:
    """Write a table as Parquet and, if asked, as CSV."""
    _write_parquet(table, folder / f"{name}.parquet")
    if csv:
        folders.write(folder / f"{name}.csv", for_spreadsheets(table).to_csv(index=False).encode())


def _write_parquet(table: "pd.DataFrame", file: Path) -> None:
    folders.write(file, table.to_parquet(engine="pyarrow", compression="zstd", index=False))
