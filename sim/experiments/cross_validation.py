"""Cross-validation: each wave forecast with parameters fitted to the others, and scored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sim.experiments.calibration.about import AboutCalibration
from sim.experiments.calibration.calibrate import Calibration, CalibrationPlan, run_calibration
from sim.experiments.calibration.likelihood import Target
from sim.experiments.hindcast.forecasts import PositionForecast, forecast_wave, with_draws
from sim.experiments.hindcast.hindcast import scored_variants, simulated_forecasts
from sim.experiments.hindcast.options import HindcastOptions
from sim.experiments.hindcast.result import PRIOR, Variant, difference_table, score_table
from sim.experiments.progress import Progress
from sim.results.about import About
from sim.results.identity import digest_of
from sim.results.result import Loaded, Result
from sim.results.tables import Tables, tables_of
from sim.system.libraries import pd
from sim.system.manifests import FORMAT

FOLDER = "cross-validate"

FORECASTS = 5
"""How many forecasts of each wave are simulated: those of a hindcast, and that of the prior."""


class AboutCrossValidation(About):
    """What was cross-validated.

    Attributes
    ----------
    fit
        The fit to all waves that may be fitted.
    variants
        The ways of scoring, as recorded first: what readers call each.
    runs, seed, resamples
        Of the scores.
    """

    kind: str = "cross-validation"
    fit: AboutCalibration
    variants: dict[str, str]
    runs: int
    seed: int
    resamples: int

    @property
    def title(self) -> str:
        """The title of the hindcast."""
        return self.fit.title

    @property
    def scoring(self) -> HindcastOptions:
        """Which runs, and how sure the scores are made."""
        return HindcastOptions(self.runs, seed=self.seed, resamples=self.resamples)


class LoadedCrossValidation(Loaded):
    """A cross-validation as its folder holds it."""

    kind, manifest_model = "cross-validation", AboutCrossValidation


@dataclass(frozen=True, eq=False, repr=False)
class CrossValidation(Result):
    """How good fitted parameters are at what they were not fitted to.

    Attributes
    ----------
    fit
        What was fitted, with what determines it.
    calibration
        The fit to all waves that may be fitted.
    options
        Runs, seed and resamples of the scores.
    variants
        The ways of scoring, as recorded first; each wave is forecast by the fit of `fitted_on`.
    """

    fit: AboutCalibration
    calibration: Calibration
    options: HindcastOptions
    variants: tuple[Variant, ...]

    kind = "cross-validation"

    @cached_property
    def about(self) -> AboutCrossValidation:
        """What was cross-validated."""
        return AboutCrossValidation(
            fit=self.fit,
            variants={variant.name: variant.title for variant in self.variants},
            runs=self.options.number,
            seed=self.options.seed,
            resamples=self.options.resamples,
        )

    @cached_property
    def tables(self) -> Tables:
        """Every table by name."""
        return Tables(
            {
                **tables_of(self, ("scores", "differences")).makers,
                "posterior": lambda: self.calibration.posterior,
            }
        )

    @property
    def metadata(self) -> Mapping[str, Mapping[bytes, bytes]]:
        """What the file of the posterior says of itself."""
        return self.calibration.metadata

    @cached_property
    def scores(self) -> "pd.DataFrame":
        """A row a wave, variant, forecast and score, see `score_table`."""
        return score_table(self.variants, self.options)

    @cached_property
    def differences(self) -> "pd.DataFrame":
        """A row a wave, variant, baseline and score, see `difference_table`."""
        return difference_table(self.variants, self.options)


def cross_validation_folder(plan: CalibrationPlan, options: HindcastOptions) -> Path:
    """Return the folder of a cross-validation, ``cross-validate/NAME/ID``: the same inputs have the same."""
    scored = [options.number, options.seed, options.resamples]
    name = digest_of(plan.id, plan.manifest.model_dump_json(), str(scored), str(FORMAT))[:12]
    return Path(FOLDER, plan.name, name)


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
        Folder of all results: the fit goes to ``calibrate/NAME`` there, stays if it is stopped, and is not
        computed again.
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
    return CrossValidation(plan.manifest, calibration, options, variants)


def simulated_runs(plan: CalibrationPlan, options: HindcastOptions) -> int:
    """Return how many runs a cross-validation simulates in all, for a progress bar."""
    return plan.total_runs + FORECASTS * options.number * len(plan.target.waves)


def _places(target: Target) -> Sequence[int]:
    return range(len(target.waves))


def _forecasts(
    calibration: Calibration, target: Target, place: int, options: HindcastOptions, progress: Progress
) -> dict[str, PositionForecast]:
    """Return the forecasts of a wave by the fit to the others, and by the prior."""
    case, names = target.cases[place], fitted_on(calibration.about, target.waves[place].name)
    fitted, believed = (calibration.fitted_to(seen).rows for seen in (names, ()))
    return {
        **simulated_forecasts(with_draws(case, fitted), options, progress),
        PRIOR: forecast_wave(with_draws(case, believed), options, progress),
    }
