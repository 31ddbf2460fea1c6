"""What a cross-validation says, in words."""

from sim.experiments.calibration.about import AboutCalibration, FittedWave
from sim.experiments.cross_validation import AboutCrossValidation, fitted_on
from sim.outputs.hindcast.words import MEASURED
from sim.outputs.words import counted

LEGEND = (
    "Scores: the lower, the better; RPS is the ranked probability score, the sum over the three cut points "
    "of the ladder. [ ]: 95 % bootstrap intervals over nations, each for itself; differences are paired, and "
    f"below 0 the model is better. {MEASURED}"
)


def heading(wave: FittedWave) -> str:
    """Return which wave it is, and how little it tells."""
    return f"{wave.name}: {counted(wave.number, 'nation')}, {wave.changed} of a changed rung"


def seen(about: AboutCalibration, wave: FittedWave) -> str:
    """Return what the fit that forecasts a wave has seen."""
    names = fitted_on(about, wave.name)
    if not names:
        return "Forecast with the prior alone: other waves cover its time."
    return f"Forecast by the fit to {', '.join(names)}."


def effort(about: AboutCrossValidation) -> str:
    """Return how many draws and runs the scores rest on."""
    sampling = about.fit.sampling
    fit = f"{counted(sampling.draws, 'draw')} of {counted(sampling.number, 'run')}, seed {sampling.seed}"
    scores = f"{counted(about.runs, 'run')}, seed {about.seed}; {counted(about.resamples, 'resample')}"
    return f"Fits: {fit}. Forecasts: {scores}."
