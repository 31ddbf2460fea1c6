"""Cross-validation: parameters fitted to a part of what was observed, scored on the rest."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.experiments.calibration.about import AboutCalibration
from sim.experiments.calibration.calibrate import Calibration, CalibrationPlan, run_calibration
from sim.experiments.calibration.misfit import Target
from sim.experiments.calibration.splits import KINDS, NATIONS, Split, Test, splits
from sim.experiments.hindcast import skill
from sim.experiments.hindcast.baselines import CLIMATOLOGY, MARKOV, PERSISTENCE, baselines
from sim.experiments.hindcast.forecasts import (
    Forecast,
    forecast_waves,
    is_pressed,
    without_decision_pressure,
    without_mechanisms,
)
from sim.experiments.hindcast.result import (
    CARRIED_FORWARD,
    MECHANISM_FREE,
    MODEL,
    NO_PRESSURE,
    RECORDED,
    HindcastOptions,
    as_table,
)
from sim.experiments.hindcast.scores import Flags, Floats
from sim.experiments.hindcast.waves import Wave
from sim.experiments.run import RunOptions
from sim.inputs.case import Case
from sim.inputs.errors import InputError
from sim.inputs.options import is_whole_number
from sim.inputs.parameters import Parameters

if TYPE_CHECKING:
    import pandas as pd

HAND_SET, PRIOR = "hand-set", "prior"
"""The model with the bundled point, and with draws of the prior: neither was fitted to anything."""

FORECASTS = (MODEL, HAND_SET, PRIOR, MECHANISM_FREE, PERSISTENCE, CLIMATOLOGY, MARKOV)
VARIANTS = (RECORDED, NO_PRESSURE, CARRIED_FORWARD)
SCORES = tuple(skill.NATION_SCORES)

ByForecast = Mapping[str, Forecast]
Progress = Callable[[int, int], None]
"""Told how many fits are done, and of how many."""


class Told(NamedTuple):
    """What a fit has to tell of a wave: forecasts by variant, and those of its generations."""

    variants: Mapping[str, ByForecast]
    generations: Sequence[Forecast]


@dataclass(frozen=True, eq=False)
class Scored:
    """Forecasts of a wave by fits of one kind, put together of all its splits.

    Attributes
    ----------
    kind, variant
        One of `KINDS` and of `VARIANTS`.
    hindcast, wave
        What was observed; nations that are not scored are left out.
    forecasts
        By name, see `FORECASTS`.
    generations
        The model's after each generation of the fits, if the records are as they are.
    """

    kind: str
    variant: str
    hindcast: str
    wave: Wave
    forecasts: ByForecast
    generations: tuple[Forecast, ...] = ()


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """How good fitted parameters are at what they were fitted to, and at what they were not.

    Attributes
    ----------
    calibration
        The fit to everything, with as many generations as the model that is called calibrated has.
    options
        Runs, seed and resamples of the scores.
    folds
        Into how many parts nations were divided.
    scored
        Forecasts held against what was observed.
    """

    calibration: Calibration
    options: HindcastOptions
    folds: int
    scored: tuple[Scored, ...]

    @property
    def about(self) -> AboutCalibration:
        """What was fitted, in the fit to everything."""
        return self.calibration.about

    @cached_property
    def scores(self) -> "pd.DataFrame":
        """A row a kind, variant, wave, forecast and score: the mean over nations, with its interval.

        Intervals are over nations, by bootstrap; `noise` is the standard error that the number of runs
        leaves.
        """
        return as_table(
            {**keys, "forecast": name, "score": score, **self._mean(each.forecasts[name], each.wave, score)}
            for keys, each in self._rows()
            for name in FORECASTS
            if name in each.forecasts
            for score in SCORES
        )

    @cached_property
    def differences(self) -> "pd.DataFrame":
        """A row a kind, variant, wave, baseline and score: the calibrated model's minus the baseline's.

        Differences are paired, nation by nation; intervals are over nations, by bootstrap.
        """
        return as_table(
            {**keys, "baseline": name, "score": score, **self._difference(each, name, score)}
            for keys, each in self._rows()
            for name in FORECASTS[1:]
            if name in each.forecasts
            for score in SCORES
        )

    @cached_property
    def generations(self) -> "pd.DataFrame":
        """A row a kind, wave and generation of the fits: how far fitting more closely helps.

        The ranked probability score after it, and by how much that is more or less than with draws of the
        prior, the first generation: paired, with an interval over nations by bootstrap.
        """
        return as_table(
            {**keys, "generation": number, **self._against_prior(each, forecast)}
            for keys, each in self._rows()
            for number, forecast in enumerate(each.generations)
        )

    def _rows(self) -> Iterator[tuple[dict[str, Any], Scored]]:
        for each in self.scored:
            keys = {
                "kind": each.kind,
                "variant": each.variant,
                "hindcast": each.hindcast,
                "wave": str(each.wave.date),
                "nations": each.wave.number,
                "changed": int(each.wave.has_changed.sum()),
            }
            yield keys, each

    def _mean(self, forecast: Forecast, wave: Wave, score: str) -> dict[str, float]:
        each = skill.nation_scores(forecast, wave, score)
        value, low, high = skill.bootstrapped_mean(each, self.options.resamples, self.options.seed)
        noise = skill.noise(forecast, wave, score)
        return {"value": float(value), "low": float(low), "high": float(high), "noise": noise}

    def _against_prior(self, scored: Scored, forecast: Forecast) -> dict[str, float]:
        value = skill.mean_score(forecast, scored.wave, "rps")
        return {"value": value, **self._paired(forecast, scored.generations[0], scored.wave, "rps")}

    def _difference(self, scored: Scored, name: str, score: str) -> dict[str, float]:
        return self._paired(scored.forecasts[MODEL], scored.forecasts[name], scored.wave, score)

    def _paired(self, forecast: Forecast, other: Forecast, wave: Wave, score: str) -> dict[str, float]:
        options = self.options
        found = skill.paired_difference(forecast, other, wave, score, options.resamples, options.seed)
        return {name: float(part) for name, part in zip(("difference", "low", "high"), found, strict=True)}


def cross_validate(
    plan: CalibrationPlan,
    options: HindcastOptions,
    out: Path,
    *,
    folds: int = 5,
    beyond: int = 4,
    progress: Progress = lambda _done, _total: None,
) -> CrossValidation:
    """Fit everything, then everything but a part, part by part, and score what was left out.

    Parameters
    ----------
    plan
        The fit to everything; the others differ only in what they see.
    options
        Runs, seed and resamples of the scores, and threads.
    out
        Folder of all results: each fit is kept there and not computed again.
    folds
        Into how many parts nations are divided at random.
    beyond
        How many generations the fits go on for, to see whether to fit more closely would help.
    progress
        Told of the fits.

    Raises
    ------
    InputError
        If there are fewer nations than parts, or a folder holds what would be mixed.
    """
    _check_folds(plan, folds)
    enough = plan.sampling.generations
    further = replace(plan, sampling=replace(plan.sampling, generations=enough + beyond))
    divided = splits(further, folds)
    told: list[tuple[Split, list[Told]]] = []
    fits = []
    for number, split in enumerate(divided):
        progress(number, len(divided))
        fits.append(run_calibration(split.plan, out, threads=options.threads))
        told.append((split, _told(split, fits[-1], enough, plan.targets, options)))
    progress(len(divided), len(divided))
    calibration = Calibration(plan.about, fits[0].generations[:enough])
    return CrossValidation(calibration, options, folds, tuple(_put_together(plan.targets, told)))


def _check_folds(plan: CalibrationPlan, folds: int) -> None:
    fewest = min(wave.number for target in plan.targets for wave in target.waves)
    if not is_whole_number(folds, 2) or folds > fewest:
        problem = f"must be a whole number from 2 to {fewest}, the fewest nations observed in a wave"
        raise InputError(problem, key="folds")


def _told(
    split: Split, fit: Calibration, enough: int, targets: Sequence[Target], options: HindcastOptions
) -> list[Told]:
    """Return what a fit has to tell of each test of its split, and each of its generations."""
    after = [split.plan.rows(generation.particles) for generation in fit.generations]
    simulated = {
        index: (
            _simulated(targets[index], after[:enough], options),
            [_forecast(_with_rows(targets[index].case, rows), targets[index], options) for rows in after],
        )
        for index in sorted({test.target for test in split.tests})
    }
    found = []
    for test in split.tests:
        known = _baselines(split, test, targets[test.target])
        variants, generations = simulated[test.target]
        found.append(
            Told(
                {name: {**by_wave[test.wave], **known} for name, by_wave in variants.items()},
                [by_wave[test.wave] for by_wave in generations],
            )
        )
    return found


def _simulated(
    target: Target, after: Sequence[Floats], options: HindcastOptions
) -> dict[str, list[ByForecast]]:
    """Return the model's forecasts of each wave, with and without decision pressure."""
    fitted = _with_rows(target.case, after[-1])
    cases = {
        MODEL: fitted,
        HAND_SET: target.case,
        PRIOR: _with_rows(target.case, after[0]),
        MECHANISM_FREE: without_mechanisms(fitted),
    }

    def by_wave(change: Callable[[Case], Case]) -> list[ByForecast]:
        found = {name: _forecast(change(case), target, options) for name, case in cases.items()}
        return [{name: found[name][place] for name in cases} for place in range(len(target.waves))]

    variants = {RECORDED: by_wave(lambda case: case)}
    if is_pressed(target.case):
        variants[NO_PRESSURE] = by_wave(without_decision_pressure)
    return variants


def _forecast(case: Case, target: Target, options: HindcastOptions) -> list[Forecast]:
    """Return the forecasts of each wave, as means over parts of the runs: thousands of them take room."""
    runs = RunOptions(runs=options.runs, seed=options.seed, threads=options.threads)
    found = forecast_waves(case, target.rounds, target.hindcast.coding_error, runs)
    parts = min(skill.PARTS, options.runs)
    return [Forecast(np.array([part.probabilities for part in each.parts(parts)])) for each in found]


def _with_rows(case: Case, rows: Floats) -> Case:
    parameters = Parameters(rows, case.parameters.bands)
    return replace(case, parameters=parameters.with_values(case.scenario.parameters))


def _baselines(split: Split, test: Test, target: Target) -> dict[str, Forecast]:
    """Return the forecasts that know nothing of the model.

    The Markov chain is counted in the other waves; where nations are held out, in all waves and the other
    nations.
    """
    wave = target.waves[test.wave]
    if split.kind == NATIONS:
        others = [each.without(test.nations) for each in target.waves]
    else:
        others = [each for each in target.waves if each is not wave]
    return baselines(wave.start, others, target.hindcast.coding_error)


def _put_together(targets: Sequence[Target], told: Sequence[tuple[Split, list[Told]]]) -> Iterator[Scored]:
    """Yield, for each kind and wave, what its splits say of the nations that each of them has to tell."""
    for kind in KINDS:
        for index, target in enumerate(targets):
            for place, wave in enumerate(target.waves):
                found = [
                    (test.nations, each)
                    for split, by_test in told
                    if split.kind == kind
                    for test, each in zip(split.tests, by_test, strict=True)
                    if (test.target, test.wave) == (index, place)
                ]
                if found:
                    seen = wave.without(~np.any([nations for nations, _ in found], axis=0))
                    yield from _variants(kind, target.hindcast.name, seen, found)


def _variants(kind: str, hindcast: str, wave: Wave, found: Sequence[tuple[Flags, Told]]) -> Iterator[Scored]:
    """Yield the ways in which a wave is scored."""
    joined = {
        variant: {
            name: _joined([(nations, told.variants[variant][name]) for nations, told in found])
            for name in forecasts
        }
        for variant, forecasts in found[0][1].variants.items()
    }
    generations = tuple(
        _joined([(nations, told.generations[number]) for nations, told in found])
        for number in range(len(found[0][1].generations))
    )
    yield Scored(kind, RECORDED, hindcast, wave, joined[RECORDED], generations)
    if NO_PRESSURE in joined:
        yield Scored(kind, NO_PRESSURE, hindcast, wave, joined[NO_PRESSURE])
    fresh = wave.without(wave.carried_forward)
    if 0 < fresh.number < wave.number:
        yield Scored(kind, CARRIED_FORWARD, hindcast, fresh, joined[RECORDED])


def _joined(found: Sequence[tuple[Flags, Forecast]]) -> Forecast:
    """Return a forecast of all nations, each nation's from the fit that has it to tell."""
    runs = found[0][1].runs.copy()
    for nations, given in found:
        runs[:, nations] = given.runs[:, nations]
    return Forecast(runs)
