"""Calibrations as their results folders hold them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.outputs.results_folder import Manifest, damage_told

if TYPE_CHECKING:
    from sim.experiments.calibration.about import AboutCalibration, FittedHindcast
    from sim.experiments.calibration.calibrate import Calibration
    from sim.inputs.prior import ParameterPrior


def load_calibration(folder: Path, manifest: Manifest) -> "Calibration":
    """Return a calibration as its folder holds it."""
    from sim.experiments.calibration.calibrate import Calibration, read_generations

    with damage_told(folder):
        about = stored_about(manifest)
        return Calibration(about, read_generations(folder, about.sampling.generations))


def stored_about(told: Mapping[str, Any]) -> "AboutCalibration":
    """Return what a manifest tells of a calibration, see `CalibrationPlan.manifest`.

    Raises
    ------
    KeyError, TypeError, ValueError
        If something is missing or is not as it was written.
    """
    from sim.experiments.calibration.abc import Sampling
    from sim.experiments.calibration.about import AboutCalibration
    from sim.inputs.prior import Prior

    parameters = tuple(_parameter(name, prior) for name, prior in told["prior"].items())
    return AboutCalibration(
        hindcasts=tuple(map(_hindcast, told["hindcasts"])),
        prior=Prior(parameters, told["fixed"]),
        sampling=Sampling(**{field.name: told[field.name] for field in fields(Sampling)}),
        runs=told["runs"],
    )


def _hindcast(told: Mapping[str, Any]) -> "FittedHindcast":
    from sim.experiments.calibration.about import FittedHindcast, FittedWave

    waves = tuple(
        FittedWave(told["name"], dt.date.fromisoformat(date), **counts)
        for date, counts in told["waves"].items()
    )
    return FittedHindcast(**{**told, "waves": waves})


def _parameter(name: str, told: Mapping[str, Any]) -> "ParameterPrior":
    from sim.inputs.prior import Marginal, ParameterPrior

    (low, high), marginal = told["range"], {key: told[key] for key in told if key != "range"}
    return ParameterPrior(name, low, high, Marginal.model_validate(marginal))
