"""Divisions of what was observed into what parameters are fitted to and what they are scored on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.experiments.calibration.calibrate import CalibrationPlan
from sim.experiments.calibration.misfit import Target
from sim.experiments.hindcast.scores import Flags

IN_SAMPLE, WAVE, NATIONS, HINDCAST = "in-sample", "held-out wave", "held-out nations", "held-out hindcast"
KINDS = (IN_SAMPLE, WAVE, NATIONS, HINDCAST)
"""What is kept from the fit: nothing, a wave, a part of the nations in all waves, a whole hindcast."""


@dataclass(frozen=True, eq=False)
class Test:
    """Observations that are scored.

    Attributes
    ----------
    target, wave
        Index of the hindcast, and of its wave.
    nations
        Which of the nations observed then are scored.
    """

    target: int
    wave: int
    nations: Flags


@dataclass(frozen=True, eq=False)
class Split:
    """A division of what was observed.

    Attributes
    ----------
    kind, name
        One of `KINDS`; what exactly is kept from the fit.
    plan
        The calibration to what is left.
    tests
        What is scored.
    """

    kind: str
    name: str
    plan: CalibrationPlan
    tests: tuple[Test, ...]


def splits(plan: CalibrationPlan, folds: int) -> list[Split]:
    """Return the divisions: first that in which all is fitted and all is scored, then those of each kind.

    Parameters
    ----------
    plan
        The calibration to everything.
    folds
        Into how many parts nations are divided at random.
    """
    everything = _tests(plan.targets)
    found = [Split(IN_SAMPLE, "nothing", plan, tuple(everything))]
    if len(everything) > 1:
        found += [_without_wave(plan, test) for test in everything]
    found += [_without_nations(plan, fold, folds) for fold in range(folds)]
    if len(plan.targets) > 1:
        found += [_without_hindcast(plan, index) for index in range(len(plan.targets))]
    return found


def _without_wave(plan: CalibrationPlan, test: Test) -> Split:
    left_out = plan.targets[test.target].waves[test.wave]
    targets = [target.with_waves(lambda wave: wave is not left_out) for target in plan.targets]
    name = f"{plan.targets[test.target].hindcast.name} {left_out.date}"
    return _split(plan, WAVE, name, targets, [test])


def _without_nations(plan: CalibrationPlan, fold: int, folds: int) -> Split:
    """Return the division that keeps a part of each hindcast's nations from the fit, in all its waves."""
    parts = [_fold(target, fold, folds, plan.sampling.seed) for target in plan.targets]
    targets = [target.without_nations(part) for target, part in zip(plan.targets, parts, strict=True)]
    tests = [replace(test, nations=test.nations & parts[test.target]) for test in _tests(plan.targets)]
    codes = [
        code
        for target, part in zip(plan.targets, parts, strict=True)
        for code in np.array(target.case.roster.iso3)[part].tolist()
    ]
    return _split(plan, NATIONS, " ".join(codes), targets, tests)


def _without_hindcast(plan: CalibrationPlan, index: int) -> Split:
    targets = [target for place, target in enumerate(plan.targets) if place != index]
    tests = [test for test in _tests(plan.targets) if test.target == index]
    return _split(plan, HINDCAST, plan.targets[index].hindcast.name, targets, tests)


def _split(
    plan: CalibrationPlan, kind: str, name: str, targets: Sequence[Target], tests: Sequence[Test]
) -> Split:
    left = tuple(target for target in targets if target.observations)
    options = (*plan.options, f"{kind}: {name}")
    return Split(kind, name, replace(plan, targets=left, options=options), tuple(tests))


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
