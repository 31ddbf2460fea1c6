"""Results folders of cross-validations: tables, the posterior, the page, figures and a manifest."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from sim.experiments.calibration.calibrate import Calibration, CalibrationPlan
from sim.experiments.calibration.held_out import CrossValidation, Progress, cross_validate
from sim.experiments.hindcast.result import HindcastOptions
from sim.experiments.identity import digest_of
from sim.outputs.cross_validation.figures import save_figures
from sim.outputs.cross_validation.page import validation_page
from sim.outputs.store import describe_work, write_manifest, write_table
from sim.system import folders
from sim.system.drafts import whole_folder
from sim.system.manifests import FORMAT

FOLDER = "cross-validate"
TABLES = ("scores", "differences")


def cross_validate_into_folder(
    plan: CalibrationPlan,
    options: HindcastOptions,
    out: Path,
    *,
    progress: Progress = lambda _: None,
) -> tuple[CrossValidation, Path]:
    """Fit and score and write a results folder, ``OUT/cross-validate/NAME/ID``.

    Parameters
    ----------
    plan, options, progress
        As for `cross_validate`.
    out
        Folder of all results; the fits go to ``OUT/calibrate/NAME``, and stay there if it is stopped.

    Raises
    ------
    InputError
        As for `cross_validate`, or if the folder cannot be written to.
    """
    started = dt.datetime.now(dt.UTC)
    folder = out / FOLDER / plan.name / cross_validation_id(plan, options)
    with whole_folder(folder) as draft:
        result = cross_validate(plan, options, out, progress=progress)
        for name in TABLES:
            write_table(getattr(result, name), draft, name)
        _write_posterior(result.calibration, draft / "posterior.parquet")
        folders.write(draft / "validation.md", validation_page(result).encode())
        save_figures(result, draft / "figures")
        write_manifest(describe(plan, result, started), draft)
    return result, folder


def _write_posterior(calibration: Calibration, file: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = pa.Table.from_pandas(calibration.posterior, preserve_index=False)
    with folders.stream(file) as stream:
        pq.write_table(rows.replace_schema_metadata(calibration.metadata), stream, compression="zstd")


def cross_validation_id(plan: CalibrationPlan, options: HindcastOptions) -> str:
    """Return the name of the folder: the same inputs have the same name."""
    scored = [options.runs, options.seed, options.resamples]
    return digest_of(plan.id, json.dumps(plan.manifest()), str(scored), str(FORMAT))[:12]


def describe(plan: CalibrationPlan, result: CrossValidation, started: dt.datetime) -> dict[str, Any]:
    """Return the manifest of a cross-validation of a plan."""
    options = result.options
    return {
        "kind": "cross-validation",
        "format": FORMAT,
        "fit": plan.manifest(),
        "variants": result.titles,
        "runs": options.runs,
        "seed": options.seed,
        "resamples": options.resamples,
        **describe_work(started),
    }
