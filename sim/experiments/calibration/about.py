"""What a calibration is told by, wherever it comes from."""

from dataclasses import dataclass

from sim.experiments.calibration.likelihood import Target
from sim.experiments.hindcast.waves import Wave
from sim.inputs.fit import wave_name
from sim.inputs.options import check_whole_number
from sim.inputs.prior import Prior


@dataclass(frozen=True)
class Sampling:
    """How the posterior is sampled.

    Attributes
    ----------
    draws
        Sets of parameters drawn from the prior; most even where they are a power of two.
    runs
        How many each of them has: with few, likelihoods are noisy, which costs effective size.
    kept
        Draws that the posterior is resampled to.
    seed
        Of the draws and of the runs; not negative.
    """

    draws: int = 4096
    runs: int = 256
    kept: int = 1000
    seed: int = 1

    def __post_init__(self) -> None:
        """Refuse what cannot be sampled."""
        for name, least, most in (
            ("draws", 10, 2**20),
            ("runs", 1, 2**20),
            ("kept", 1, 500_000),
            ("seed", 0, 2**32 - 1),
        ):
            check_whole_number(name, getattr(self, name), least, most)


@dataclass(frozen=True)
class FittedWave:
    """A wave of a calibration.

    Attributes
    ----------
    name
        From which day to which.
    title
        What happened then.
    number, changed
        How many nations were observed, and how many of them on another rung than on the first day.
    fitted
        Whether the posterior was fitted to it.
    """

    name: str
    title: str
    number: int
    changed: int
    fitted: bool


@dataclass(frozen=True)
class AboutCalibration:
    """What was calibrated, as words and figures say it.

    Attributes
    ----------
    name, title, caution
        What the hindcast's file is called and says of itself.
    roster
        Title of the roster.
    waves
        All waves of the hindcast, those that were not fitted too.
    prior
        What was believed before.
    sampling
        How the posterior was sampled.
    """

    name: str
    title: str
    caution: str
    roster: str
    waves: tuple[FittedWave, ...]
    prior: Prior
    sampling: Sampling

    @property
    def fitted(self) -> tuple[FittedWave, ...]:
        """The waves that the posterior was fitted to."""
        return tuple(wave for wave in self.waves if wave.fitted)

    @property
    def fitted_to(self) -> tuple[str, ...]:
        """The waves that were fitted, as a posterior's file names them."""
        return tuple(wave_name(self.name, wave.name) for wave in self.fitted)


def about_calibration(
    target: Target, prior: Prior, sampling: Sampling, fitted: tuple[bool, ...]
) -> AboutCalibration:
    """Return what is told of the fit of a target to some of its waves."""
    hindcast = target.hindcast
    return AboutCalibration(
        name=hindcast.name,
        title=hindcast.title,
        caution=" ".join(hindcast.caution.split()),
        roster=target.cases[0].roster.title,
        waves=tuple(map(_fitted_wave, target.waves, fitted)),
        prior=prior,
        sampling=sampling,
    )


def _fitted_wave(wave: Wave, fitted: bool) -> FittedWave:
    return FittedWave(wave.name, wave.title, wave.number, int(wave.has_changed.sum()), fitted)
