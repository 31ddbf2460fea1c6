"""How far many sets of parameters, all at once, lie from what was observed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.declarations.words import Stance
from sim.experiments.hindcast.scores import Flags, Floats, as_coded, ranked_probability_score
from sim.experiments.hindcast.waves import Wave, observe
from sim.inputs.case import Case
from sim.inputs.hindcast_file import Hindcast, load_hindcast_case
from sim.inputs.parameters import COLUMN, DECLARED, Parameters

if TYPE_CHECKING:
    from sim.model.setup import Setup
    from sim.model.tally import Records

Counts = NDArray[np.int64]
Progress = Callable[[int], None]
"""Told how many runs have been done since it was told last."""


@dataclass(frozen=True, eq=False)
class Target:
    """A hindcast that parameters are fitted to.

    Attributes
    ----------
    hindcast, case
        What the model predicts, and from what.
    waves
        What was observed; those that are not to count have been left out.
    """

    hindcast: Hindcast
    case: Case
    waves: tuple[Wave, ...]

    @property
    def observations(self) -> int:
        """How many positions are fitted."""
        return sum(wave.number for wave in self.waves)

    @property
    def rounds(self) -> tuple[int, ...]:
        """The rounds in which the waves are read."""
        return tuple(wave.round for wave in self.waves)

    def with_waves(self, is_kept: Callable[[Wave], bool]) -> "Target":
        """Return the target with some of its waves."""
        return Target(self.hindcast, self.case, tuple(filter(is_kept, self.waves)))

    def without_nations(self, left_out: Flags) -> "Target":
        """Return the target as if some nations had never been observed after the start."""
        return Target(self.hindcast, self.case, tuple(wave.without(left_out) for wave in self.waves))


def load_target(source: Path | str) -> Target:
    """Read a hindcast, its case and what was observed.

    Raises
    ------
    InputError
        For any mistake in any of the files.
    """
    hindcast, case = load_hindcast_case(source, parameters=DECLARED)
    return Target(hindcast, case, observe(hindcast, case))


@dataclass(frozen=True)
class Effort:
    """What scores are computed with: runs of each set of parameters and wave, and threads (0: all cores)."""

    runs: int = 64
    threads: int = 0


def misfit(
    targets: Sequence[Target],
    values: Floats,
    seed: int,
    effort: Effort,
    progress: Progress = lambda _: None,
) -> Floats:
    """Return the mean ranked probability score of sets of parameters over everything observed.

    Each observation counts once. Chance between runs makes a forecast's score worse on average, the more the
    fewer runs there are; that is taken off (Ferro 2014, Q. J. R. Meteorol. Soc. 140), so that scores of few
    runs do not favour parameters that leave little to chance. Single scores may so fall below 0.

    Parameters
    ----------
    targets
        What was observed.
    values
        A row a set, a column a parameter in the order of PARAMETERS.
    seed
        Of the runs.
    effort
        How many runs each set has, and threads.
    progress
        Told the number of runs done.
    """
    total = np.zeros(len(values))
    for target in targets:
        counts = count_stances(target, values, seed, effort, progress)
        for place, wave in enumerate(target.waves):
            scores = _adjusted_scores(counts[:, place] / effort.runs, target, wave, effort.runs)
            total += np.nansum(scores, axis=1)
    return np.asarray(total / sum(target.observations for target in targets))


def _adjusted_scores(shares: Floats, target: Target, wave: Wave, runs: int) -> Floats:
    """Return the score of each set and nation, as of any number of runs; shares [set, nation, stance]."""
    error = target.hindcast.coding_error
    scores = ranked_probability_score(as_coded(shares, error), wave.observed)
    if runs == 1:
        return scores
    sure = as_coded(np.eye(len(Stance)), error)[:, np.newaxis, :]
    of_stances = ranked_probability_score(np.repeat(sure, shares.shape[1], axis=1), wave.observed)
    of_single_runs = np.einsum("pns,sn->pn", shares, of_stances)
    return np.asarray(scores - (of_single_runs - scores) / (runs - 1))


def count_stances(
    target: Target, values: Floats, seed: int, effort: Effort, progress: Progress = lambda _: None
) -> Counts:
    """Return in how many runs of each set nations stand on each rung, [set, wave, nation, stance].

    All sets are run in one go: run k is one of set k modulo their number.
    """
    from sim.model.ensemble import Execution, Keep, simulate

    sets, nations = len(values), len(target.case.roster.iso3)
    counts = np.zeros((sets, len(target.waves), nations, len(Stance)), np.int64)
    flat = counts.reshape(-1)
    places = np.arange(flat.size // len(Stance)).reshape(sets, -1, nations) * len(Stance)

    def add(first_run: int, records: "Records") -> None:
        stances = records.stance[:, target.rounds]
        which = (first_run + np.arange(len(stances))) % sets
        np.add.at(flat, (places[which] + stances).reshape(-1), 1)
        progress(len(stances))

    simulate(
        _setup(target.case, values),
        seed,
        range(sets * effort.runs),
        sink=add,
        keep=Keep(trajectories=True, counted=0),
        execution=Execution(threads=effort.threads),
    )
    return counts


def _setup(case: Case, values: Floats) -> "Setup":
    """Return what the runs share, with a column of behaviour a set; a scenario's own parameters go before."""
    from sim.model.setup import build_setup

    own = {COLUMN[name]: value for name, value in case.scenario.parameters.items()}
    values = values.copy()
    for column, value in own.items():
        values[:, column] = value
    parameters = Parameters(values, case.parameters.bands)
    return build_setup(case.scenario, case.roster, parameters, case.timeline)
