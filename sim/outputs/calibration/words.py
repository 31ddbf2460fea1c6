"""What a calibration says, in words: what it rests on, what it is, and what the data said nothing about."""

from typing import Any

from sim.experiments.calibration.about import AboutCalibration
from sim.experiments.calibration.calibrate import DUMMIES, Calibration
from sim.experiments.calibration.learned import LEVEL
from sim.outputs.words import signed

NOTHING = "the data said nothing about it"

MOST_PAIRS = 5
"""How many pairs of parameters are named."""

LEAST_SHIFT, LEAST_NARROWING = 0.1, 0.95
"""Shift in prior standard deviations, and share of the prior's standard deviation, that are worth a word."""

MEANING = (
    "A loss-based posterior: draws from the prior, given a score within the tolerance. It weighs parameters "
    "by a score, not by a likelihood, and how narrow it is depends on that tolerance."
)


def evidence(about: AboutCalibration) -> str:
    """Return how much was observed and how much of it had changed: all that can be learned from."""
    waves = about.waves
    changed = sum(wave.changed for wave in waves)
    share_start = any(len(hindcast.waves) > 1 for hindcast in about.hindcasts)
    shared = " Waves that share a start are no independent tests." if share_start else ""
    observed = f"{sum(wave.number for wave in waves)} observations in {_counted(len(waves), 'wave')}"
    return f"{observed}, {changed} of a rung changed since the start.{shared}"


def fitted(about: AboutCalibration) -> str:
    """Return what is fitted, and how."""
    return f"Fitted to {', '.join(about.fitted_to)}: mean ranked probability score over all observations."


def tolerance(calibration: Calibration) -> str:
    """Return how close the posterior is to the data, and how close the prior was."""
    first, last = calibration.generations[0], calibration.generations[-1]
    before = f"of the prior's: mean {first.distances.mean():.4f}, best {first.distances.min():.4f}"
    after = f"at most {last.tolerance:.4f}, mean {last.distances.mean():.4f}"
    flattered = f"with {calibration.about.runs} runs each and so flattered by chance"
    return f"Scores of the posterior's particles, {flattered}: {after}; {before}."


def effort(calibration: Calibration) -> str:
    """Return how many particles and runs the posterior rests on."""
    about = calibration.about
    runs = int(calibration.steps["runs"].sum())
    particles = f"{about.sampling.particles:,} particles of equal weight"
    steps = _counted(about.sampling.generations, "generation")
    each = f"{about.runs} runs a particle and hindcast, {runs:,} in all"
    return f"{particles}, {steps}, {each}; seed {about.sampling.seed}."


def noise(calibration: Calibration) -> str:
    """Return what the method seems to learn where there is nothing to learn."""
    found = calibration.noise
    return (
        f"{DUMMIES} parameters that the model does not have were calibrated along: the largest of their "
        f"distances from the prior is {found.largest:.2f}, and the particles are worth "
        f"{found.effective:.0f} independent draws. Learned: a larger distance than such draws would show, "
        f"with a probability of about {LEVEL * 100:.0f} % of saying so of any parameter where it is chance."
    )


def not_learned(calibration: Calibration) -> str:
    """Return which parameters the data said nothing about."""
    table = calibration.summary
    names = list(table[~table["learned"]]["parameter"])
    if not names:
        return "The data said something about every parameter that has a prior."
    return f"The data said nothing about {', '.join(names)}: what is said of these is the prior."


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
    return f"{mean:.{digits}f} [{low:.{digits}f}-{high:.{digits}f}]"


def together(calibration: Calibration) -> str:
    """Return which parameters go together."""
    found = calibration.pairs
    leading = [_correlation(row) for row in found[found["learned"]].head(MOST_PAIRS).itertuples()]
    if not leading:
        return "No two parameters are correlated more than chance would have it."
    return f"Correlated in the posterior, though not in the prior: {'; '.join(leading)}."


def _correlation(row: Any) -> str:
    return f"{row.parameter} and {row.other} {signed(row.correlation, 2)}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
