"""Calibrations as their results folders hold them."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.outputs.results_folder import Manifest, damage_told
from sim.system.tables import read_table

if TYPE_CHECKING:
    from sim.experiments.calibration.about import AboutCalibration
    from sim.experiments.calibration.calibrate import Calibration
    from sim.inputs.prior import ParameterPrior


def load_calibration(folder: Path, manifest: Manifest) -> "Calibration":
    """Return a calibration as its folder holds it."""
    from sim.experiments.calibration.calibrate import read_calibration

    with damage_told(folder):
        about = stored_about(manifest)
        return read_calibration(about, lambda name: read_table(folder / f"{name}.parquet"))


def stored_about(told: Mapping[str, Any]) -> "AboutCalibration":
    """Return what a manifest tells of a calibration, see `CalibrationPlan.manifest`.

    Raises
    ------
    KeyError, TypeError, ValueError
        If something is missing or is not as it was written.
    """
    from sim.experiments.calibration.about import AboutCalibration, FittedWave, Sampling
    from sim.inputs.prior import Prior

    parameters = tuple(_parameter(name, prior) for name, prior in told["prior"].items())
    return AboutCalibration(
        **{name: told[name] for name in ("name", "title", "caution", "roster")},
        waves=tuple(FittedWave(**wave) for wave in told["waves"]),
        prior=Prior(parameters, told["fixed"]),
        sampling=Sampling(**{field.name: told[field.name] for field in fields(Sampling)}),
    )


def _parameter(name: str, told: Mapping[str, Any]) -> "ParameterPrior":
    from sim.inputs.prior import Marginal, ParameterPrior

    (low, high), marginal = told["range"], {key: told[key] for key in told if key != "range"}
    return ParameterPrior(name, low, high, Marginal.model_validate(marginal))
