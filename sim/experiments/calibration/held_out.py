"""Cross-validation: each wave forecast with parameters fitted to the others, and scored."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sim.experiments.calibration.about import AboutCalibration
from sim.experiments.calibration.calibrate import Calibration, CalibrationPlan, run_calibration
from sim.experiments.calibration.likelihood import Target
from sim.experiments.hindcast.forecasts import Forecast, forecast_wave, with_draws
from sim.experiments.hindcast.hindcast import scored_variants, simulated_forecasts
from sim.experiments.hindcast.result import (
    PRIOR,
    HindcastOptions,
    Variant,
    difference_table,
    score_table,
)

if TYPE_CHECKING:
    import pandas as pd

FORECASTS = 5
"""How many forecasts of each wave are simulated: those of a hindcast, and that of the prior."""

Progress = Callable[[int], None]
"""Told the number of runs each time some are done."""


class CrossValidationTables(Protocol):
    """What figures are made of: a `CrossValidation`, or what is read of a results folder."""

    @property
    def about(self) -> AboutCalibration: ...  # noqa: D102

    @property
    def options(self) -> HindcastOptions: ...  # noqa: D102

    @property
    def titles(self) -> dict[str, str]: ...  # noqa: D102

    @property
    def differences(self) -> "pd.DataFrame": ...  # noqa: D102


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """How good fitted parameters are at what they were not fitted to.

    Attributes
    ----------
    calibration
        The fit to all waves that may be fitted.
    options
        Runs, seed and resamples of the scores.
    variants
        The ways of scoring, as recorded first; each wave is forecast by the fit of `fitted_on`.
    """

    calibration: Calibration
    options: HindcastOptions
    variants: tuple[Variant, ...]

    @property
    def about(self) -> AboutCalibration:
        """What was fitted, in the fit to everything."""
        return self.calibration.about

    @property
    def titles(self) -> dict[str, str]:
        """The ways of scoring, in words."""
        return {variant.name: variant.title for variant in self.variants}

    @cached_property
    def scores(self) -> "pd.DataFrame":
        """A row a wave, variant, forecast and score, see `score_table`."""
        return score_table(self.variants, self.options)

    @cached_property
    def differences(self) -> "pd.DataFrame":
        """A row a wave, variant, baseline and score, see `difference_table`."""
        return difference_table(self.variants, self.options)


def fitted_on(about: AboutCalibration, wave: str) -> tuple[str, ...]:
    """Return the waves whose fit forecasts a wave: the others; none where the others cover its time."""
    fitted = [each.name for each in about.fitted]
    return tuple(name for name in fitted if name != wave) if wave in fitted else ()


def cross_validate(
    plan: CalibrationPlan,
    options: HindcastOptions,
    out: Path,
    *,
    progress: Progress = lambda _: None,
) -> CrossValidation:
    """Fit everything, and score what each wave's fit to the others forecasts of it.

    One simulation of the draws serves all fits: they weigh the same draws differently.

    Parameters
    ----------
    plan
        The fit to everything.
    options
        Runs, seed and resamples of the scores, and threads.
    out
        Folder of all results: the fit is kept there and not computed again.
    progress
        Told of runs, `simulated_runs` in all.

    Raises
    ------
    InputError
        If a folder holds what would be mixed.
    """
    calibration = run_calibration(plan, out, threads=options.threads, progress=progress)
    target = plan.target
    simulated = [_forecasts(calibration, target, place, options, progress) for place in _places(target)]
    variants = scored_variants(target.hindcast, target.cases, simulated)
    return CrossValidation(calibration, options, variants)


def simulated_runs(plan: CalibrationPlan, options: HindcastOptions) -> int:
    """Return how many runs a cross-validation simulates in all, for a progress bar."""
    return plan.total_runs + FORECASTS * options.runs * len(plan.target.waves)


def _places(target: Target) -> Sequence[int]:
    return range(len(target.waves))


def _forecasts(
    calibration: Calibration, target: Target, place: int, options: HindcastOptions, progress: Progress
) -> dict[str, Forecast]:
    """Return the forecasts of a wave by the fit to the others, and by the prior."""
    case, names = target.cases[place], fitted_on(calibration.about, target.waves[place].name)
    fitted, believed = (calibration.fitted_to(seen).rows for seen in (names, ()))
    return {
        **simulated_forecasts(with_draws(case, fitted), options, progress),
        PRIOR: forecast_wave(with_draws(case, believed), options.which, progress),
    }
