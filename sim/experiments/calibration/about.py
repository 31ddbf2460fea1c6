"""What calibrations and cross-validations are told by, wherever they come from."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sim.experiments.calibration.abc import Sampling
from sim.experiments.calibration.misfit import Target
from sim.experiments.hindcast.result import HindcastOptions
from sim.experiments.hindcast.waves import Wave
from sim.inputs.fit import wave_name
from sim.inputs.prior import Prior

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class FittedWave:
    """A wave that was fitted.

    Attributes
    ----------
    hindcast
        Name of the hindcast that it is one of.
    date
        When.
    number
        How many nations were observed.
    changed
        How many of them on another rung than at the start.
    carried_forward
        Of how many the record repeats an earlier wave.
    """

    hindcast: str
    date: dt.date
    number: int
    changed: int
    carried_forward: int


@dataclass(frozen=True)
class FittedHindcast:
    """A hindcast that was fitted.

    Attributes
    ----------
    name, title, caution
        What its file is called and says of itself.
    scenario, roster
        Name of the scenario and title of the roster.
    waves
        Those of its waves that were fitted.
    """

    name: str
    title: str
    caution: str
    scenario: str
    roster: str
    waves: tuple[FittedWave, ...]


@dataclass(frozen=True)
class AboutCalibration:
    """What was calibrated, as words and figures say it.

    Attributes
    ----------
    hindcasts
        What was fitted.
    prior
        What was believed before.
    sampling
        How particles were sampled.
    runs
        How many each particle had.
    """

    hindcasts: tuple[FittedHindcast, ...]
    prior: Prior
    sampling: Sampling
    runs: int

    @property
    def waves(self) -> tuple[FittedWave, ...]:
        """The waves of all hindcasts."""
        return tuple(wave for hindcast in self.hindcasts for wave in hindcast.waves)

    @property
    def fitted_to(self) -> tuple[str, ...]:
        """The waves that were fitted, as a posterior's file names them."""
        return tuple(wave_name(wave.hindcast, wave.date) for wave in self.waves)


class CrossValidationTables(Protocol):
    """What figures are made of: a `CrossValidation`, or what is read of a results folder.

    `about` is the fit to everything; the rest is that of `CrossValidation`.
    """

    @property
    def about(self) -> AboutCalibration: ...  # noqa: D102

    @property
    def options(self) -> HindcastOptions: ...  # noqa: D102

    @property
    def folds(self) -> int: ...  # noqa: D102

    @property
    def differences(self) -> "pd.DataFrame": ...  # noqa: D102

    @property
    def generations(self) -> "pd.DataFrame": ...  # noqa: D102


def fitted_hindcast(target: Target) -> FittedHindcast:
    """Return what is told of a target."""
    hindcast, case = target.hindcast, target.case
    return FittedHindcast(
        name=hindcast.name,
        title=hindcast.title,
        caution=hindcast.caution,
        scenario=case.scenario.name,
        roster=case.roster.title,
        waves=tuple(_fitted_wave(hindcast.name, wave) for wave in target.waves),
    )


def _fitted_wave(hindcast: str, wave: Wave) -> FittedWave:
    changed, repeated = wave.has_changed, wave.carried_forward & wave.is_scored
    return FittedWave(hindcast, wave.date, wave.number, int(changed.sum()), int(repeated.sum()))
