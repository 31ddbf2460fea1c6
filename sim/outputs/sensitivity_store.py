"""Results folders of sensitivity analyses: tables, figures and a manifest."""

import contextlib
import datetime as dt
import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sim.experiments.evaluate import Progress
from sim.experiments.sensitivity import Sensitivity, sensitivity
from sim.experiments.sensitivity_plan import Factors, SensitivityOptions
from sim.inputs.case import Case
from sim.outputs.sensitivity_figures import save_figures
from sim.outputs.sensitivity_words import file_name
from sim.outputs.store import (
    FORMAT,
    case_digest,
    describe_case,
    describe_work,
    open_draft,
    write_manifest,
    write_table,
)

FOLDER = "sensitivity"
TABLES = ("indices", "convergence", "morris", "spread")


def sensitivity_into_folder(
    case: Case,
    factors: Factors,
    options: SensitivityOptions,
    out: Path,
    *,
    threads: int = 0,
    progress: Progress = lambda _: None,
) -> tuple[Sensitivity, Path]:
    """Find out what matters and write a results folder, ``OUT/sensitivity/SCENARIO/ID``.

    Parameters
    ----------
    case, factors, options, threads, progress
        As for `sensitivity`.
    out
        Folder of all results.

    Raises
    ------
    InputError
        As for `sensitivity`, or if the folder cannot be written to; nothing is left behind.
    """
    started = dt.datetime.now(dt.UTC)
    folder = out / FOLDER / case.scenario.name / sensitivity_id(case, factors, options)
    with contextlib.closing(open_draft(folder, "figures")) as draft:
        result = sensitivity(case, factors, options, threads=threads, progress=progress)
        save_figures(result, draft.folder / "figures")
        for name in TABLES:
            table = getattr(result, name)
            if not table.empty:
                write_table(table, draft.folder, name)
        write_table(factors.table(), draft.folder, "factors")
        for discovery in result.discoveries:
            if discovery.boxes:
                write_table(discovery.table(), draft.folder, f"boxes-{file_name(discovery.outcome)}")
        write_manifest(describe(result, started), draft.folder)
        draft.publish()
    return result, folder


def sensitivity_id(case: Case, factors: Factors, options: SensitivityOptions) -> str:
    """Return the name of the folder of an analysis: the same inputs have the same name."""
    given = [factor.model_dump() for factor in factors.all]
    inputs = f"{case_digest(case)} {given} {asdict(options)} {FORMAT}"
    return hashlib.sha256(inputs.encode()).hexdigest()[:12]


def describe(result: Sensitivity, started: dt.datetime) -> dict[str, Any]:
    """Return the manifest of an analysis."""
    return {
        "kind": "sensitivity",
        "format": FORMAT,
        **describe_case(result.case),
        **asdict(result.options),
        "points": result.points,
        "levers": [factor.model_dump(exclude_none=True) for factor in result.factors.levers],
        "uncertainties": [factor.model_dump(exclude_none=True) for factor in result.factors.uncertainties],
        **describe_work(started),
    }
