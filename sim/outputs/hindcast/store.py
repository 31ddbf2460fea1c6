"""Results folders of hindcasts: tables, figures and a manifest."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.experiments.description import describe_case, shown_digest
from sim.experiments.hindcast.forecasts import Progress
from sim.experiments.hindcast.hindcast import hindcast_cases
from sim.experiments.hindcast.result import HindcastOptions, HindcastResult
from sim.inputs.case import Case
from sim.inputs.hindcast_file import Hindcast
from sim.outputs.hindcast.figures import save_figures
from sim.outputs.store import describe_work, write_manifest, write_table
from sim.system.drafts import whole_folder
from sim.system.manifests import FORMAT

FOLDER = "hindcast"
TABLES = ("waves", "scores", "differences", "sources", "nations", "terms", "reliability", "rests_on")


def hindcast_into_folder(
    declared: Hindcast,
    cases: Sequence[Case],
    fitted: tuple[str, ...] | None,
    options: HindcastOptions,
    out: Path,
    *,
    csv: bool = False,
    progress: Progress = lambda _: None,
) -> tuple[HindcastResult, Path]:
    """Score a hindcast and write a results folder, ``OUT/hindcast/NAME/ID``.

    Parameters
    ----------
    declared, cases, fitted, options, progress
        As for `hindcast_cases`.
    out
        Folder of all results.
    csv
        Whether to write the tables as CSV beside the Parquet.

    Raises
    ------
    InputError
        As for `hindcast_cases`, or if the folder cannot be written to; nothing is left behind.
    """
    started = dt.datetime.now(dt.UTC)
    folder = out / FOLDER / declared.name / hindcast_id(declared, cases, fitted, options, csv=csv)
    with whole_folder(folder) as draft:
        result = hindcast_cases(declared, cases, fitted, options, progress)
        save_figures(result, draft / "figures")
        for name in TABLES:
            write_table(getattr(result, name), draft, name, csv=csv)
        write_manifest(describe(result, started), draft)
    return result, folder


def hindcast_id(
    declared: Hindcast,
    cases: Sequence[Case],
    fitted: tuple[str, ...] | None,
    options: HindcastOptions,
    *,
    csv: bool = False,
) -> str:
    """Return the name of the folder of a hindcast: the same inputs and the same files have the same name."""
    records = [
        declared.records(case, wave, reading)
        for reading in (None, *declared.readings)
        for case, wave in zip(cases, declared.waves, strict=True)
    ]
    shown = [shown_digest(case) for case in cases]
    which = [declared.model_dump(mode="json"), records, fitted, csv]
    counted = [options.seed, options.runs, options.resamples]
    inputs = f"{shown} {which} {counted} {FORMAT}"
    return hashlib.sha256(inputs.encode()).hexdigest()[:12]


def describe(result: HindcastResult, started: dt.datetime) -> dict[str, Any]:
    """Return the manifest of a hindcast."""
    return {
        "kind": "hindcast",
        "format": FORMAT,
        "hindcast": {"name": result.hindcast.name, **result.hindcast.model_dump(mode="json")},
        "fitted_to": result.fitted_to,
        "variants": {variant.name: variant.title for variant in result.variants},
        **describe_case(result.case),
        "seed": result.options.seed,
        "runs": result.options.runs,
        "resamples": result.options.resamples,
        **describe_work(started),
    }
