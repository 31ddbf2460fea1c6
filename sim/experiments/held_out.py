"""Cross-validation: parameters fitted to a part of what was observed, scored on the rest."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments import baselines, skill
from sim.experiments.calibrate import Calibration, CalibrationPlan, run_calibration
from sim.experiments.forecasts import Forecast, forecast_waves, without_mechanisms
from sim.experiments.hindcast_result import (
    CLIMATOLOGY,
    MARKOV,
    MECHANISM_FREE,
    MODEL,
    PERSISTENCE,
    HindcastOptions,
)
from sim.experiments.misfit import Target
from sim.experiments.run import RunOptions
from sim.experiments.scores import Flags, Floats, as_coded
from sim.experiments.waves import Wave
from sim.inputs.case import Case
from sim.inputs.parameters import Parameters

if TYPE_CHECKING:
    import pandas as pd

IN_SAMPLE, WAVE, NATIONS, HINDCAST = "in-sample", "held-out wave", "held-out nations", "held-out hindcast"
"""What was kept from the fit: nothing, a wave, a fifth of the nations in all waves, a whole hindcast."""

HAND_SET, PRIOR = "hand-set", "prior"
"""The model with the bundled point, and with draws of the prior: neither knows of the observations."""

FORECASTS = (MODEL, HAND_SET, PRIOR, MECHANISM_FREE, PERSISTENCE, CLIMATOLOGY, MARKOV)
SCORES = tuple(skill.NATION_SCORES)

ByForecast = dict[str, Forecast]
Progress = Callable[[int, int], None]
"""Told how many fits are done, and of how many."""


@dataclass(frozen=True, eq=False)
class Test:
    """Observations that a fit has not seen, or has.

    Attributes
    ----------
    target
        Index of the hindcast.
    wave
        Index of its wave.
    nations
        Which of the nations observed then are scored.
    """

    target: int
    wave: int
    nations: Flags


@dataclass(frozen=True, eq=False)
class Split:
    """A division of what was observed into what is fitted and what is scored.

    Attributes
    ----------
    kind, name
        One of `IN_SAMPLE`, ...; what exactly was kept from the fit.
    plan
        The calibration on what is left.
    tests
        What is scored.
    """

    kind: str
    name: str
    plan: CalibrationPlan
    tests: tuple[Test, ...]


@dataclass(frozen=True, eq=False)
class Scored:
    """Forecasts of a wave from fits of one kind, put together of all its splits.

    Attributes
    ----------
    kind
        One of `IN_SAMPLE`, ...
    hindcast, wave
        What was observed; nations that are not scored are left out.
    forecasts
        By name, see `FORECASTS`.
    """

    kind: str
    hindcast: str
    wave: Wave
    forecasts: Mapping[str, Forecast]


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """How good fitted parameters are on what they were fitted to, and on what they were not.

    Attributes
    ----------
    plan, options
        What was asked.
    calibration
        The fit to everything.
    scored
        Forecasts held against what was observed.
    """

    plan: CalibrationPlan
    options: HindcastOptions
    calibration: Calibration
    scored: tuple[Scored, ...]

    @cached_property
    def scores(self) -> "pd.DataFrame":
        """A row a kind, wave, forecast and score: its mean over the nations, with a bootstrap interval."""
        return _table(
            {**keys, "forecast": name, "score": score, **self._mean(each.forecasts[name], each.wave, score)}
            for keys, each in self._rows()
            for name in FORECASTS
            if name in each.forecasts
            for score in SCORES
        )

    @cached_property
    def differences(self) -> "pd.DataFrame":
        """A row a kind, wave, other forecast and score: the calibrated model's minus the other's, paired.

        Intervals are over nations, by bootstrap.
        """
        return _table(
            {**keys, "baseline": name, "score": score, **self._difference(each, name, score)}
            for keys, each in self._rows()
            for name in FORECASTS[1:]
            if name in each.forecasts
            for score in SCORES
        )

    def _rows(self) -> Iterator[tuple[dict[str, Any], Scored]]:
        for each in self.scored:
            yield (
                {
                    "kind": each.kind,
                    "hindcast": each.hindcast,
                    "wave": str(each.wave.date),
                    "nations": each.wave.number,
                    "changed": int(each.wave.has_changed.sum()),
                },
                each,
            )

    def _mean(self, forecast: Forecast, wave: Wave, score: str) -> dict[str, float]:
        each = skill.nation_scores(forecast, wave, score)
        value, low, high = skill.bootstrapped_mean(each, self.options.resamples, self.options.seed)
        noise = skill.noise(forecast, wave, score)
        return {"value": float(value), "low": float(low), "high": float(high), "noise": noise}

    def _difference(self, scored: Scored, name: str, score: str) -> dict[str, float]:
        interval = skill.paired_difference(
            scored.forecasts[MODEL],
            scored.forecasts[name],
            scored.wave,
            score,
            self.options.resamples,
            self.options.seed,
        )
        names = ("difference", "low", "high")
        return {name: float(part) for name, part in zip(names, interval, strict=True)}


def cross_validate(
    plan: CalibrationPlan,
    options: HindcastOptions,
    out: Path,
    *,
    folds: int = 5,
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
        Into how many parts the nations are divided at random.
    progress
        Told of the fits.
    """
    all_splits = splits(plan, folds)
    forecasts: list[tuple[Split, list[ByForecast]]] = []
    calibrations = []
    for number, split in enumerate(all_splits):
        progress(number, len(all_splits))
        calibrations.append(run_calibration(split.plan, out, threads=options.threads))
        forecasts.append((split, _forecasts(split, calibrations[-1], plan.targets, options)))
    progress(len(all_splits), len(all_splits))
    return CrossValidation(plan, options, calibrations[0], tuple(_put_together(plan.targets, forecasts)))


def splits(plan: CalibrationPlan, folds: int) -> list[Split]:
    """Return the divisions of what was observed: first none, then by wave, by nations, by hindcast."""
    everything = _tests(plan.targets)
    found = [Split(IN_SAMPLE, "nothing", plan, tuple(everything))]
    if len(everything) > 1:
        found += [_without_wave(plan, test) for test in everything]
    found += [_without_nations(plan, fold, folds) for fold in range(folds)]
    if len(plan.targets) > 1:
        found += [_without_hindcast(plan, index) for index in range(len(plan.targets))]
    return found


def _without_wave(plan: CalibrationPlan, test: Test) -> Split:
    wave = plan.targets[test.target].waves[test.wave]
    targets = [
        target.with_waves(lambda each: each is not wave) if index == test.target else target
        for index, target in enumerate(plan.targets)
    ]
    name = f"{plan.targets[test.target].hindcast.name} {wave.date}"
    return _split(plan, WAVE, name, targets, (test,))


def _without_nations(plan: CalibrationPlan, fold: int, folds: int) -> Split:
    """Return the split that leaves out a part of each hindcast's nations, in all its waves."""
    left_out = [_fold(target, fold, folds, plan.sampling.seed) for target in plan.targets]
    targets = [target.without_nations(flags) for target, flags in zip(plan.targets, left_out, strict=True)]
    tests = [replace(test, nations=test.nations & left_out[test.target]) for test in _tests(plan.targets)]
    codes = [
        np.array(target.case.roster.iso3)[flags] for target, flags in zip(plan.targets, left_out, strict=True)
    ]
    return _split(plan, NATIONS, " ".join(np.concatenate(codes)), targets, tuple(tests))


def _without_hindcast(plan: CalibrationPlan, index: int) -> Split:
    targets = [target for place, target in enumerate(plan.targets) if place != index]
    tests = [test for test in _tests(plan.targets) if test.target == index]
    return _split(plan, HINDCAST, plan.targets[index].hindcast.name, targets, tuple(tests))


def _split(
    plan: CalibrationPlan, kind: str, name: str, targets: Sequence[Target], tests: tuple[Test, ...]
) -> Split:
    left = tuple(target for target in targets if target.observations)
    options = (*plan.options, f"{kind}: {name}")
    return Split(kind, name, replace(plan, targets=left, options=options), tests)


def _tests(targets: Sequence[Target]) -> list[Test]:
    return [
        Test(index, place, wave.is_scored)
        for index, target in enumerate(targets)
        for place, wave in enumerate(target.waves)
    ]


def _fold(target: Target, fold: int, folds: int, seed: int) -> Flags:
    """Return which nations are in a part: those ever observed, dealt out at random."""
    observed = np.flatnonzero(np.any([wave.is_scored for wave in target.waves], axis=0))
    dealt = np.random.default_rng(seed).permutation(observed)
    flags = np.zeros(len(target.case.roster.iso3), dtype=np.bool_)
    flags[dealt[fold::folds]] = True
    return flags


def _forecasts(
    split: Split, calibration: Calibration, targets: Sequence[Target], options: HindcastOptions
) -> list[ByForecast]:
    """Return the forecasts of each test of a split."""
    fitted = calibration.rows
    prior = split.plan.rows(calibration.generations[0].particles)
    by_target: dict[int, list[ByForecast]] = {}
    for index in sorted({test.target for test in split.tests}):
        target = targets[index]
        case = _with_rows(target.case, fitted)
        cases = {
            MODEL: case,
            HAND_SET: target.case,
            PRIOR: _with_rows(target.case, prior),
            MECHANISM_FREE: without_mechanisms(case),
        }
        simulated = {name: _simulated(each, target, options) for name, each in cases.items()}
        by_target[index] = [
            {name: forecasts[place] for name, forecasts in simulated.items()}
            for place in range(len(target.waves))
        ]
    return [
        {**by_target[test.target][test.wave], **_baselines(split, test, targets[test.target])}
        for test in split.tests
    ]


def _simulated(case: Case, target: Target, options: HindcastOptions) -> list[Forecast]:
    runs = RunOptions(runs=options.runs, seed=options.seed, threads=options.threads)
    return forecast_waves(case, target.rounds, target.hindcast.coding_error, runs)


def _with_rows(case: Case, rows: Floats) -> Case:
    parameters = Parameters(rows, case.parameters.bands)
    return replace(case, parameters=parameters.with_values(case.scenario.parameters))


def _baselines(split: Split, test: Test, target: Target) -> ByForecast:
    """Return the forecasts that know nothing of the model.

    The Markov chain is counted in the other waves; where nations are held out, in all waves and the other
    nations.
    """
    wave = target.waves[test.wave]
    if split.kind == NATIONS:
        others = [each.without(test.nations) for each in target.waves]
    else:
        others = [each for each in target.waves if each is not wave]
    known = {
        PERSISTENCE: baselines.persistence(wave.start),
        CLIMATOLOGY: baselines.climatology(wave.start),
    }
    if others:
        known[MARKOV] = baselines.markov_chain(wave.start, others)
    error = target.hindcast.coding_error
    return {name: Forecast(as_coded(known[name], error)[np.newaxis]) for name in known}


def _put_together(
    targets: Sequence[Target], forecasts: Sequence[tuple[Split, list[ByForecast]]]
) -> Iterator[Scored]:
    """Yield, for each kind and wave, what its splits say of the nations that each of them has to tell."""
    for kind in (IN_SAMPLE, WAVE, NATIONS, HINDCAST):
        for index, target in enumerate(targets):
            for place, wave in enumerate(target.waves):
                found = [
                    (test.nations, given)
                    for split, by_test in forecasts
                    if split.kind == kind
                    for test, given in zip(split.tests, by_test, strict=True)
                    if (test.target, test.wave) == (index, place)
                ]
                if found:
                    scored = np.any([nations for nations, _ in found], axis=0)
                    yield Scored(kind, target.hindcast.name, wave.without(~scored), _joined(found))


def _joined(found: Sequence[tuple[Flags, ByForecast]]) -> ByForecast:
    """Return forecasts of all nations, each nation's from the fit that has it to tell."""
    joined = {}
    for name, first in found[0][1].items():
        runs = first.runs.copy()
        for nations, given in found:
            runs[:, nations] = given[name].runs[:, nations]
        joined[name] = Forecast(runs)
    return joined


def _table(rows: Iterator[dict[str, Any]]) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(list(rows))
