"""Results folders of comparisons: tables, figures and a manifest."""

import contextlib
import datetime as dt
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.experiments.compare import Comparison, Progress, check_comparable, compare_cases
from sim.experiments.run import RunOptions
from sim.inputs.case import Case
from sim.outputs.comparison_figures import save_figures
from sim.outputs.store import (
    FORMAT,
    case_digest,
    describe_case,
    describe_work,
    open_draft,
    write_manifest,
    write_table,
)

FOLDER = "compare"
LONGEST_NAME = 120


def compare_into_folder(
    cases: Sequence[Case],
    options: RunOptions,
    out: Path,
    *,
    csv: bool = False,
    progress: Progress = lambda _: None,
) -> tuple[Comparison, Path]:
    """Compare cases and write a results folder, ``OUT/compare/A-B/ID``.

    Parameters
    ----------
    cases, options
        What is compared, the reference first.
    out
        Folder of all results.
    csv
        Whether to write the tables as CSV beside the Parquet.
    progress
        Told the number of runs, of any case, each time some are done.

    Raises
    ------
    InputError
        If the cases cannot be compared or the folder cannot be written to; nothing is left behind.
    """
    check_comparable(cases)
    started = dt.datetime.now(dt.UTC)
    folder = out / FOLDER / _name(cases) / comparison_id(cases, options)
    with contextlib.closing(open_draft(folder, "figures")) as draft:
        comparison = compare_cases(cases, options, progress)
        save_figures(comparison, draft.folder / "figures")
        for name in ("nations", "coalition"):
            write_table(getattr(comparison, name), draft.folder, name, csv=csv)
        write_manifest(describe(comparison, started), draft.folder)
        draft.publish()
    return comparison, folder


def comparison_id(cases: Sequence[Case], options: RunOptions) -> str:
    """Return the name of the folder for these runs: the same inputs have the same name."""
    digests = " ".join(case_digest(case) for case in cases)
    inputs = f"{digests} {options.seed} {options.runs} {FORMAT}"
    return hashlib.sha256(inputs.encode()).hexdigest()[:12]


def describe(comparison: Comparison, started: dt.datetime) -> dict[str, Any]:
    """Return the manifest of a comparison; the first case is the reference."""
    return {
        "kind": "comparison",
        "format": FORMAT,
        "reference": comparison.names[0],
        "names": list(comparison.names),
        "cases": [describe_case(case) for case in comparison.cases],
        "seed": comparison.seed,
        "runs": comparison.number_of_runs,
        "engine": comparison.engine,
        **describe_work(started),
    }


def _name(cases: Sequence[Case]) -> str:
    """Return the names of the scenarios, or the first one's and how many others there are."""
    names = [case.scenario.name for case in cases]
    together = "-".join(names)
    return together if len(together) <= LONGEST_NAME else f"{names[0]}-and-{len(names) - 1}-others"
