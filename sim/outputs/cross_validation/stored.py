"""Cross-validations as their results folders hold them."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.outputs.calibration.stored import stored_about
from sim.outputs.results_folder import Manifest, damage_told, read_table

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.calibration.about import AboutCalibration
    from sim.experiments.hindcast.result import HindcastOptions


@dataclass(frozen=True, eq=False)
class StoredCrossValidation:
    """What figures are made of, see `CrossValidationTables`."""

    about: "AboutCalibration"
    options: "HindcastOptions"
    titles: dict[str, str]
    differences: "pd.DataFrame"


def load_cross_validation(folder: Path, manifest: Manifest) -> StoredCrossValidation:
    """Return a cross-validation as its folder holds it."""
    from sim.experiments.hindcast.result import HindcastOptions

    with damage_told(folder):
        return StoredCrossValidation(
            about=stored_about(manifest["fit"]),
            options=HindcastOptions(**{name: manifest[name] for name in ("runs", "seed", "resamples")}),
            titles=dict(manifest["variants"]),
            differences=read_table(folder, "differences"),
        )
