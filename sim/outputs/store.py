"""Results folders: tables as Parquet, a manifest that says how to make them again, figures."""

import contextlib
import datetime as dt
import hashlib
import json
import platform
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from sim.experiments.description import describe_case, shown_digest, versions
from sim.experiments.results import RunResult
from sim.experiments.run import RunOptions, runs_table, simulate_case, trajectories_table
from sim.inputs.case import Case
from sim.inputs.errors import InputError
from sim.model.tally import Records
from sim.outputs.drafts import Draft
from sim.outputs.figures import save_figures
from sim.outputs.spreadsheets import for_spreadsheets

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow.parquet as pq

Progress = Callable[[int], None]

FORMAT = 4
"""Version of the layout of a results folder."""

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
        self._runs: pq.ParquetWriter | None = None
        self._started = dt.datetime.now(dt.UTC)

    def __enter__(self) -> "RunWriter":
        """Make room, and find out now whether the folder can be written to."""
        self._draft = open_draft(
            self.folder, "figures", *(["trajectories"] if self._with_trajectories else [])
        )
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
        self._append_runs(runs_table(first_run, records))
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
            shutil.copyfile(self.case.roster.map_file, self._draft.folder / MAP)
        write_manifest(describe(result, self._started), self._draft.folder)
        self._draft.publish()
        return self.folder

    @property
    def figures(self) -> Path:
        """Where the figures go, before `finish`."""
        return self._draft.folder / "figures"

    def _append_runs(self, table: "pd.DataFrame") -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        rows = pa.Table.from_pandas(table, preserve_index=False)
        if self._runs is None:
            self._runs = pq.ParquetWriter(
                self._draft.folder / "runs.parquet", rows.schema, compression="zstd"
            )
        self._runs.write_table(rows)
        if self._with_csv:
            file = self._draft.folder / "runs.csv"
            table.to_csv(file, index=False, mode="a", header=not file.exists())

    def _close(self) -> None:
        if self._runs is not None:
            self._runs.close()
            self._runs = None


def open_draft(target: Path, *folders: str) -> Draft:
    """Return a draft of a results folder with folders in it.

    Raises
    ------
    InputError
        If it cannot be written to.
    """
    draft = None
    try:
        draft = Draft(target)
        for name in folders:
            (draft.folder / name).mkdir()
    except OSError as error:
        if draft is not None:
            draft.close()
        raise InputError(f"cannot write results here: {error.strerror}", file=target, key="--out") from None
    return draft


@contextlib.contextmanager
def whole_folder(target: Path, *folders: str) -> Iterator[Path]:
    """Yield a draft of a results folder that takes its place when all of it is written.

    Raises
    ------
    InputError
        If it cannot be written to.
    """
    with contextlib.closing(open_draft(target, *folders)) as draft:
        yield draft.folder
        draft.publish()


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
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8")


def write_table(table: "pd.DataFrame", folder: Path, name: str, *, csv: bool = False) -> None:
    """Write a table as Parquet and, if asked, as CSV."""
    _write_parquet(table, folder / f"{name}.parquet")
    if csv:
        for_spreadsheets(table).to_csv(folder / f"{name}.csv", index=False)


def _write_parquet(table: "pd.DataFrame", file: Path) -> None:
    table.to_parquet(file, engine="pyarrow", compression="zstd", index=False)
