"""What a calibration is of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, PlainSerializer

from sim.experiments.calibration.likelihood import Target
from sim.experiments.hindcast.waves import Wave
from sim.experiments.runs import LARGEST_SEED, Runs
from sim.inputs.fit import wave_name
from sim.inputs.options import check_whole_number
from sim.inputs.prior import JointPrior, Marginal, ParameterPrior
from sim.results.about import About, Frozen


@dataclass(frozen=True)
class Sampling(Runs):
    """How the posterior is sampled.

    Attributes
    ----------
    number
        Of runs of each set of parameters: with few, likelihoods are noisy, which costs effective size.
    seed
        Of the draws and of the runs; not negative.
    draws
        Sets of parameters drawn from the prior; most even where they are a power of two.
    kept
        Draws that the posterior is resampled to.
    """

    number: int = 256
    draws: int = 4096
    kept: int = 1000

    def __post_init__(self) -> None:
        """Refuse what cannot be sampled."""
        super().__post_init__()
        for name, least, most in (("draws", 10, 2**20), ("kept", 1, 500_000)):
            object.__setattr__(self, name, check_whole_number(name, getattr(self, name), least, most))
        check_whole_number("runs", self.number, 1, 2**20)
        check_whole_number("seed", self.seed, 0, LARGEST_SEED)


def _plain_prior(prior: JointPrior) -> dict[str, Any]:
    """Return what is believed of each parameter, and within which range, as JSON holds it."""
    believed = {
        each.name: {"range": [each.low, each.high], **each.marginal.model_dump(exclude_none=True)}
        for each in prior.parameters
    }
    return {"parameters": believed, "fixed": dict(prior.fixed)}


def _read_prior(prior: Any) -> Any:
    """Return a prior from what `_plain_prior` has made of it."""
    if isinstance(prior, JointPrior):
        return prior
    return JointPrior(tuple(_parameter(*each) for each in prior["parameters"].items()), prior["fixed"])


def _parameter(name: str, believed: Mapping[str, Any]) -> ParameterPrior:
    (low, high), marginal = believed["range"], {key: believed[key] for key in believed if key != "range"}
    return ParameterPrior(name, low, high, Marginal.model_validate(marginal))


class FittedWave(Frozen):
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


class AboutCalibration(About):
    """What was calibrated.

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
    draws, runs, kept, seed
        How the posterior was sampled, see `Sampling`.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    kind: str = "calibration"
    name: str
    title: str
    caution: str
    roster: str
    waves: tuple[FittedWave, ...]
    prior: Annotated[JointPrior, BeforeValidator(_read_prior), PlainSerializer(_plain_prior)]
    draws: int
    runs: int
    kept: int
    seed: int

    @property
    def sampling(self) -> Sampling:
        """How the posterior was sampled."""
        return Sampling(self.runs, self.seed, draws=self.draws, kept=self.kept)

    @property
    def fitted(self) -> tuple[FittedWave, ...]:
        """The waves that the posterior was fitted to."""
        return tuple(wave for wave in self.waves if wave.fitted)

    @property
    def fitted_to(self) -> tuple[str, ...]:
        """The waves that were fitted, as a posterior's file names them."""
        return tuple(wave_name(self.name, wave.name) for wave in self.fitted)


def about_calibration(
    target: Target, prior: JointPrior, sampling: Sampling, fitted: tuple[bool, ...]
) -> AboutCalibration:
    """Return the description of the fit of a target to some of its waves."""
    hindcast = target.hindcast
    return AboutCalibration(
        name=hindcast.name,
        title=hindcast.title,
        caution=" ".join(hindcast.caution.split()),
        roster=target.cases[0].roster.title,
        waves=tuple(map(_fitted_wave, target.waves, fitted)),
        prior=prior,
        **sampling.decisive(),
    )


def _fitted_wave(wave: Wave, fitted: bool) -> FittedWave:
    return FittedWave(
        name=wave.name,
        title=wave.title,
        number=wave.number,
        changed=int(wave.has_changed.sum()),
        fitted=fitted,
    )
