"""Cross-validations as their results folders hold them."""

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from sim.outputs.calibration.stored import stored_plan
from sim.outputs.results_folder import Manifest, damage_told, read_table

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.calibration.held_out import CrossValidation


def load_cross_validation(folder: Path, manifest: Manifest) -> "CrossValidation":
    """Return a cross-validation as its folder holds it: its tables, and what words and figures name."""
    from sim.experiments.hindcast.result import HindcastOptions

    with damage_told(folder):
        differences = read_table(folder, "differences")
        stored: Any = SimpleNamespace(
            calibration=SimpleNamespace(
                plan=stored_plan(manifest["fit"]), generations=range(manifest["generations"])
            ),
            options=HindcastOptions(**{name: manifest[name] for name in ("runs", "seed", "resamples")}),
            folds=manifest["folds"],
            scored=_scored(differences),
            differences=differences,
            generations=read_table(folder, "generations"),
        )
    result: CrossValidation = stored
    return result


def _scored(differences: "pd.DataFrame") -> tuple[SimpleNamespace, ...]:
    """Return what was scored, without its forecasts."""
    keys = ["kind", "variant", "hindcast", "wave", "nations"]
    return tuple(
        SimpleNamespace(
            kind=row.kind,
            variant=row.variant,
            hindcast=row.hindcast,
            wave=SimpleNamespace(date=dt.date.fromisoformat(str(row.wave)), number=row.nations),
        )
        for row in differences[keys].drop_duplicates().itertuples()
    )
