"""What a calibration says, in words: what it rests on, what it is, and what the data did not inform."""

from typing import Any

from sim.experiments.calibration.about import AboutCalibration
from sim.experiments.calibration.calibrate import Calibration
from sim.experiments.calibration.learned import LEVEL
from sim.outputs.words import counted

NOTHING = "the data said nothing about it"

LEAST_SHIFT, LEAST_NARROWING = 0.1, 0.95
"""Shift in prior standard deviations, and share of the prior's standard deviation, that are worth a word."""

MEANING = (
    "A posterior: draws of the prior, each weighed by how likely it makes what was recorded, nations taken "
    "as independent of each other, readings a rung off with the model's probabilities."
)


def evidence(about: AboutCalibration) -> str:
    """Return how much was observed and how much of it had changed: all that can be learned from."""
    number, changed = (sum(getattr(wave, name) for wave in about.fitted) for name in ("number", "changed"))
    waves = f"{len(about.fitted)} of {counted(len(about.waves), 'wave')}"
    return f"{counted(number, 'observation')} in {waves}, {changed} of a changed rung."


def fitted(about: AboutCalibration) -> str:
    """Return what is fitted."""
    return f"Fitted to {', '.join(about.fitted_to)}."


def effort(calibration: Calibration) -> str:
    """Return how many draws and runs the posterior rests on, and what they are worth."""
    sampling = calibration.about.sampling
    return (
        f"{counted(sampling.draws, 'draw')} of the prior, {counted(sampling.number, 'run')} of each "
        "and wave, worth "
        f"{calibration.effective_size:,.0f} independent draws of the posterior; {sampling.kept:,} drawn by "
        f"their weights; seed {sampling.seed}."
    )


def likelihoods(calibration: Calibration) -> str:
    """Return how much likelier the posterior makes what was recorded than the prior did."""
    shown = [place for place, wave in enumerate(calibration.about.waves) if wave.fitted]
    log_likelihood = calibration.log_likelihoods[:, shown].sum(axis=1)
    before, after = log_likelihood.mean(), (log_likelihood * calibration.weights).sum()
    means = f"{before:.2f} in the prior, {after:.2f} in the posterior"
    return f"Mean log-likelihood: {means}, {log_likelihood.max():.2f} at best."


def learned(calibration: Calibration) -> str:
    """Return what is called learned, and which parameters the data said nothing about."""
    table = calibration.summary
    names = list(table[~table["learned"]]["parameter"])
    rule = (
        "Learned: further from the prior than so many independent draws of it would be, with a probability "
        f"of {LEVEL * 100:.0f} % of saying so of any parameter where it is chance."
    )
    if not names:
        return f"{rule} The data said something about every parameter that has a prior."
    return f"{rule} The data said nothing about {', '.join(names)}: what is said of these is the prior."


def lesson(row: Any) -> str:
    """Return what was learned of a parameter, against its prior."""
    if not row.learned:
        return NOTHING
    moved = "higher" if row.shift > 0 else "lower"
    words = [
        *([moved] if abs(row.shift) >= LEAST_SHIFT else []),
        *(["narrower"] if row.spread <= LEAST_NARROWING else []),
    ]
    return " and ".join(words) or "of another shape"


def estimate(mean: float, low: float, high: float) -> str:
    """Return a mean with the middle 90 %."""
    digits = 3 if high < 0.1 else 2
    return f"{mean:.{digits}f} [{low:.{digits}f} to {high:.{digits}f}]"
