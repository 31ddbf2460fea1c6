"""Calibration: draws of the prior, weighed by how likely they make what was recorded."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from sim.declarations.arrays import Floats
from sim.declarations.parameters import PARAMETERS
from sim.experiments.calibration.about import AboutCalibration, Sampling, about_calibration
from sim.experiments.calibration.learned import summary
from sim.experiments.calibration.likelihood import (
    Target,
    effective_size,
    load_target,
    log_likelihoods,
    systematic,
    weights,
)
from sim.experiments.hindcast.waves import Wave
from sim.experiments.needs import need_in_parts
from sim.experiments.progress import Progress
from sim.experiments.runs import Runs
from sim.inputs.errors import InputError
from sim.inputs.fit import FITTED_TO
from sim.inputs.prior import load_prior
from sim.model.ensemble import Execution, Keep
from sim.results.identity import case_digests, code_digests, digest_of
from sim.results.parts import PartsFolder
from sim.results.reading import Manifest, parsed
from sim.results.result import Result
from sim.results.saving import complete
from sim.results.tables import Tables, tables_of
from sim.system.libraries import pd
from sim.system.preflight import Need
from sim.system.tables import read_frame

DRAWS, PARTS = "draws", "likelihoods"
"""The table of all draws, and the folder of those that are weighed until all are."""

BLOCK = 256
"""Draws that are weighed, and kept, at a time."""


@dataclass(frozen=True, eq=False)
class CalibrationPlan:
    """All that determines the result of a calibration.

    Attributes
    ----------
    target
        What is fitted.
    about
        The prior, how it is sampled, which waves are fitted.
    options
        What the command line named besides: it tells calibrations of the same hindcast apart.
    """

    target: Target
    about: AboutCalibration
    options: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the folder of the results is called, beside its `id`."""
        return self.about.name

    @property
    def id(self) -> str:
        """The name of the folder: the same command has the same name."""
        return digest_of(*self.about.fitted_to, str(self.about.sampling.decisive()), *self.options)[:12]

    def need(self, threads: int) -> Need:
        """Return what it takes on so many threads; 0 for one a core."""
        at_once = Execution(threads=threads).workers
        runs = self.about.sampling.number
        return need_in_parts(self.target.cases, runs, self.total_runs, Keep(counted=1), at_once)

    @property
    def total_runs(self) -> int:
        """How many runs are simulated."""
        return self.about.sampling.draws * self.runs_each

    @property
    def runs_each(self) -> int:
        """How many runs a draw has, in all waves that may be fitted."""
        return self.about.sampling.number * sum(wave.fitted for wave in self.target.waves)

    @cached_property
    def digests(self) -> dict[str, str]:
        """What determines the results, in pieces, so that one can say which of them has changed."""
        cases = [case_digests(case) for case in self.target.cases]
        bounds = [bound for wave in self.target.waves for bound in wave.observed]
        return {
            **{name: digest_of(*(case[name] for case in cases)) for name in cases[0]},
            "observations": digest_of(*self.about.fitted_to, *bounds),
            "prior": digest_of(*self.about.prior.numbers),
            "sampling": digest_of(str(self.about.sampling.decisive())),
            **code_digests(),
        }

    @cached_property
    def manifest(self) -> AboutCalibration:
        """What is calibrated, with what determines the results."""
        return self.about.model_copy(update={"options": self.options, "digests": self.digests})


@dataclass(frozen=True, eq=False, repr=False)
class Calibration(Result):
    """The result of a calibration: draws of the prior, and how likely they make each wave.

    Attributes
    ----------
    about
        What was calibrated.
    coordinates
        The draws, (draws, parameters with a prior), standard normal under the prior.
    log_likelihoods
        Of all waves, (draws, waves), in nats; missing of those that may not be fitted.
    """

    about: AboutCalibration
    coordinates: Floats
    log_likelihoods: Floats

    kind = "calibration"

    @classmethod
    def load(cls, folder: Path, manifest: Manifest) -> "Calibration":
        """Return the calibration that a folder holds."""
        about = parsed(AboutCalibration, folder, manifest)
        return _calibration(about, read_frame(folder / f"{DRAWS}.parquet"))

    @cached_property
    def tables(self) -> Tables:
        """Every table by name."""
        return tables_of(self, ("summary", "posterior", DRAWS))

    @cached_property
    def draws(self) -> "pd.DataFrame":
        """A row a draw of the prior: its coordinates, and its log-likelihood in each wave."""
        return _draws_table(self.about, self.coordinates, self.log_likelihoods)

    @cached_property
    def weights(self) -> Floats:
        """What each draw is worth, adding up to 1: in proportion to its likelihood in the waves fitted."""
        return weights(self.log_likelihoods[:, [wave.fitted for wave in self.about.waves]].sum(axis=1))

    @property
    def effective_size(self) -> float:
        """How many independent draws of the posterior there are."""
        return effective_size(self.weights)

    @cached_property
    def rows(self) -> Floats:
        """The posterior: as many rows as are kept, drawn by their weights, in the order of PARAMETERS."""
        sampling = self.about.sampling
        generator = np.random.default_rng(sampling.seed)
        chosen = generator.permutation(systematic(self.weights, sampling.kept, generator))
        return self.about.prior.rows(self.coordinates[chosen])

    @cached_property
    def posterior(self) -> "pd.DataFrame":
        """The rows with a column a parameter, those without a prior too: what ``--parameters`` takes."""
        return pd.DataFrame(self.rows, columns=list(PARAMETERS))

    @property
    def metadata(self) -> dict[str, dict[bytes, bytes]]:
        """What the file of the posterior says of itself: the waves that it was fitted to."""
        return {"posterior": {FITTED_TO: json.dumps(self.about.fitted_to).encode()}}

    @cached_property
    def summary(self) -> "pd.DataFrame":
        """A row a parameter: what was believed before and after, and whether that was learned."""
        return summary(self.about.prior, self.coordinates, self.weights)

    def fitted_to(self, names: Sequence[str]) -> "Calibration":
        """Return the fit to some waves alone; to none it is the prior. Nothing is simulated anew."""
        waves = tuple(wave.model_copy(update={"fitted": wave.name in names}) for wave in self.about.waves)
        return replace(self, about=self.about.model_copy(update={"waves": waves}))


def calibrate(
    hindcast: Path | str = "europe-2025",
    *,
    hold_out: Sequence[str] = (),
    prior: Path | None = None,
    out: Path | str = "results",
    threads: int = 0,
    draws: int = 4096,
    runs: int = 256,
    kept: int = 1000,
    seed: int = 1,
) -> Calibration:
    """Fit parameters to a hindcast, going on where an earlier session was stopped.

    Parameters
    ----------
    hindcast
        A file, or the name of a bundled one.
    hold_out
        Dates or names of waves that are not fitted, besides those that are declared not to be.
    prior
        File of priors; those that are declared if none.
    out
        Folder of all results; these go to ``OUT/calibrate/NAME/ID``.
    threads
        0 for one a core; the result does not depend on it.
    draws, runs, kept, seed
        As in `Sampling`.

    Returns
    -------
    Calibration
        Tables `posterior` and `summary`; all are in the folder, too.

    Raises
    ------
    InputError
        For any mistake in any of the files, and where the folder holds what would be mixed.
    """
    plan = plan_calibration(
        hindcast, hold_out=hold_out, prior=prior, draws=draws, runs=runs, kept=kept, seed=seed
    )
    return run_calibration(plan, Path(out), threads=threads)


def plan_calibration(
    hindcast: Path | str,
    *,
    hold_out: Sequence[str] = (),
    prior: Path | None = None,
    draws: int = 4096,
    runs: int = 256,
    kept: int = 1000,
    seed: int = 1,
) -> CalibrationPlan:
    """Read all that determines a calibration, see `calibrate`."""
    sampling = Sampling(runs, seed, draws=draws, kept=kept)
    target = load_target(hindcast)
    believed = load_prior(prior)
    for name in hold_out:
        if not any(name in _names(wave) for wave in target.waves):
            known = ", ".join(sorted({wave.name for wave in target.waves}))
            raise InputError(f"no such wave; the waves are {known}", file=f"--hold-out {name}")
    fitted = tuple(wave.fitted and not _names(wave) & {*hold_out} for wave in target.waves)
    if not any(fitted):
        raise InputError("no wave is left to be fitted", key="--hold-out")
    named = (f"prior {Path(prior).name}",) if prior else ()
    return CalibrationPlan(target, about_calibration(target, believed, sampling, fitted), named)


def _names(wave: Wave) -> set[str]:
    """Return how a wave may be named."""
    return {wave.name, str(wave.date)}


def calibration_folder(plan: CalibrationPlan, out: Path) -> Path:
    """Return where the results of a calibration go."""
    return out / "calibrate" / plan.name / plan.id


def results_of_calibration(plan: CalibrationPlan, out: Path) -> PartsFolder:
    """Return the folder of a calibration's results, to be entered as a context."""
    return PartsFolder(calibration_folder(plan, out), "calibration", plan.manifest)


def run_calibration(
    plan: CalibrationPlan, out: Path, *, threads: int = 0, progress: Progress = lambda _: None
) -> Calibration:
    """Weigh the draws that are not weighed yet, and write the posterior.

    Parameters
    ----------
    plan
        What is computed.
    out
        Folder of all results.
    threads
        0 for one a core.
    progress
        Told of runs, `total_runs` of the plan in all.
    """
    about = plan.manifest
    with results_of_calibration(plan, out) as folder:
        if folder.has(DRAWS):
            progress(plan.total_runs)
        else:
            folder.write(DRAWS, _weighed_draws(plan, folder, threads, progress))
            folder.remove(PARTS)
        result = _calibration(about, folder.read(DRAWS).to_pandas())
        complete(result, folder)
    return result


def _weighed_draws(
    plan: CalibrationPlan, folder: PartsFolder, threads: int, progress: Progress
) -> "pd.DataFrame":
    """Return all draws of the prior, see `Calibration.draws`; those that are weighed already are read."""
    about = plan.about
    tables: list[pd.DataFrame] = []
    drawn = about.prior.drawn(about.sampling.draws, about.sampling.seed)
    runs = Runs(about.sampling.number, about.sampling.seed, threads)
    for number, first in enumerate(range(0, len(drawn), BLOCK)):
        block, name = drawn[first : first + BLOCK], f"{PARTS}/{number:03d}"
        if folder.has(name):
            progress(len(block) * plan.runs_each)
        else:
            weighed = log_likelihoods(plan.target, about.prior.rows(block), runs, progress)
            folder.write(name, _draws_table(about, block, weighed))
        tables.append(folder.read(name).to_pandas())
    return pd.concat(tables, ignore_index=True)


def _calibration(about: AboutCalibration, draws: "pd.DataFrame") -> Calibration:
    """Return the calibration that a table of draws says, bit for bit."""
    parameters = len(about.prior.names)
    rows = draws.to_numpy()
    return Calibration(about, rows[:, :parameters], rows[:, parameters:])


def _draws_table(about: AboutCalibration, coordinates: Floats, log_likelihoods: Floats) -> "pd.DataFrame":

    columns = [*about.prior.names, *(wave.name for wave in about.waves)]
    return pd.DataFrame(np.column_stack([coordinates, log_likelihoods]), columns=columns)
