"""Calibrations as their results folders hold them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.outputs.results_folder import Manifest, damage_told

if TYPE_CHECKING:
    from sim.experiments.calibration.calibrate import Calibration, CalibrationPlan
    from sim.inputs.prior import Prior


def load_calibration(folder: Path, manifest: Manifest) -> "Calibration":
    """Return a calibration as its folder holds it; nothing can be computed with its plan."""
    from sim.experiments.calibration.calibrate import Calibration, read_generations

    with damage_told(folder):
        plan = stored_plan(manifest)
        return Calibration(plan, read_generations(folder, plan))


def stored_plan(manifest: Manifest) -> "CalibrationPlan":
    """Return a plan as a manifest tells it: what words and figures name of it."""
    from sim.experiments.calibration.abc import Sampling
    from sim.experiments.calibration.calibrate import CalibrationPlan

    sampling = Sampling(**{field.name: manifest[field.name] for field in fields(Sampling)})
    targets: Any = tuple(_target(told) for told in manifest["hindcasts"])
    return CalibrationPlan(targets, _prior(manifest["prior"]), sampling, manifest["runs"])


def _target(told: Mapping[str, Any]) -> SimpleNamespace:
    """Return what was fitted, as far as words and figures name it."""
    changed = told["changed"]
    waves = [
        SimpleNamespace(
            date=dt.date.fromisoformat(date), number=number, has_changed=np.arange(number) < changed[date]
        )
        for date, number in told["waves"].items()
    ]
    return SimpleNamespace(
        hindcast=SimpleNamespace(name=told["name"], title=told["title"]),
        case=SimpleNamespace(roster=SimpleNamespace(title=told["roster"])),
        waves=tuple(waves),
    )


def _prior(told: Mapping[str, Any]) -> "Prior":
    from sim.inputs.parameters import describe_parameters
    from sim.inputs.prior import Marginal, ParameterPrior, Prior

    return Prior(
        tuple(
            ParameterPrior(each.name, each.low, each.high, Marginal.model_validate(told[each.name]))
            for each in describe_parameters()
            if each.name in told
        )
    )
