"""Calibration: which parameters, of those thought possible, come closest to what was observed."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.declarations.parameters import PARAMETERS
from sim.experiments.calibration.abc import Generation, Sampling, first_generation, next_generation
from sim.experiments.calibration.about import AboutCalibration, FittedWave, fitted_hindcast
from sim.experiments.calibration.learned import Noise, noise_of, pairs, summary
from sim.experiments.calibration.misfit import Effort, Target, load_target, misfit
from sim.experiments.hindcast.scores import Floats
from sim.experiments.identity import case_digests, code_digests, digest_of
from sim.experiments.parts import PartsFolder
from sim.inputs.characters import folder_name
from sim.inputs.errors import InputError
from sim.inputs.fit import FITTED_TO
from sim.inputs.options import check_whole_number, chosen_options
from sim.inputs.prior import ParameterPrior, Prior, load_prior

if TYPE_CHECKING:
    import pandas as pd

DUMMIES = 10
"""Parameters that the model does not have and that are calibrated along with its own.

What seems to be learned of them is the noise of the method (Zadeh et al. 2017, Environ. Model. Softw. 91)."""

LEAST_PARTICLES = 50

Sources = Path | str | Sequence[Path | str]

Progress = Callable[[int, int], None]
"""Told the number of generations that are done and of runs done since it was told last."""


@dataclass(frozen=True, eq=False)
class CalibrationPlan:
    """All that determines the result of a calibration.

    Attributes
    ----------
    targets
        What is fitted.
    prior
        What was believed before.
    sampling
        How particles are sampled.
    runs
        How many each particle has.
    options
        What the command line named besides: it tells calibrations of the same hindcasts apart.
    """

    targets: tuple[Target, ...]
    prior: Prior
    sampling: Sampling
    runs: int = 64
    options: tuple[str, ...] = ()

    @property
    def dimensions(self) -> int:
        """How many coordinates a particle has: a parameter each, then the dummies."""
        return len(self.prior.names) + DUMMIES

    @property
    def name(self) -> str:
        """What the folder of the results is called, beside its `id`."""
        return folder_name("-".join(target.hindcast.name for target in self.targets), "calibration")

    @cached_property
    def about(self) -> AboutCalibration:
        """What is calibrated, as words and figures say it."""
        hindcasts = tuple(map(fitted_hindcast, self.targets))
        return AboutCalibration(hindcasts, self.prior, self.sampling, self.runs)

    @property
    def id(self) -> str:
        """The name of the folder: the same command has the same name."""
        given = [*self.about.fitted_to, str(asdict(self.sampling)), str(self.runs), *self.options]
        return digest_of(*given)[:12]

    @cached_property
    def digests(self) -> dict[str, str]:
        """What determines the results, in pieces, so that one can say which of them has changed."""
        parts = [_digests(target) for target in self.targets]
        return {
            **{name: digest_of(*(part[name] for part in parts)) for name in parts[0]},
            "prior": digest_of(*self.prior.numbers),
            "sampling": digest_of(str(asdict(self.sampling)), str(self.runs), str(DUMMIES)),
            **code_digests(),
        }

    def rows(self, particles: Floats) -> Floats:
        """Return the parameters that particles stand for, a row a particle, in the order of PARAMETERS."""
        return self.prior.rows(particles[:, : len(self.prior.names)])

    def manifest(self) -> dict[str, Any]:
        """Return what the calibration is, for people and for a repeat of it."""
        return {
            "kind": "calibration",
            "hindcasts": [
                {**vars(hindcast), "waves": {str(wave.date): _counted(wave) for wave in hindcast.waves}}
                for hindcast in self.about.hindcasts
            ],
            "prior": {parameter.name: _told_prior(parameter) for parameter in self.prior.parameters},
            "fixed": dict(self.prior.fixed),
            **asdict(self.sampling),
            "runs": self.runs,
            "options": list(self.options),
            "digests": self.digests,
        }


@dataclass(frozen=True, eq=False)
class Calibration:
    """The result of a calibration: a loss-based posterior.

    Its particles are draws from the prior, given a score within the tolerance: they weigh parameters by a
    score, not by a likelihood, and how narrow they are depends on the tolerance.

    Attributes
    ----------
    about
        What was calibrated.
    generations
        From draws of the prior to the posterior.
    """

    about: AboutCalibration
    generations: tuple[Generation, ...]

    @property
    def particles(self) -> Floats:
        """The last generation, in coordinates that are standard normal under the prior."""
        return self.generations[-1].particles[:, : len(self.about.prior.names)]

    @property
    def dummies(self) -> Floats:
        """The coordinates of the last generation that the model does not know of."""
        return self.generations[-1].particles[:, len(self.about.prior.names) :]

    @cached_property
    def rows(self) -> Floats:
        """The particles as parameters, a row a particle, in the order of PARAMETERS."""
        return self.about.prior.rows(self.particles)

    @cached_property
    def posterior(self) -> "pd.DataFrame":
        """A row a particle, a column a parameter, those without a prior too: what ``--parameters`` takes."""
        import pandas as pd

        return pd.DataFrame(self.rows, columns=list(PARAMETERS))

    @property
    def metadata(self) -> dict[bytes, bytes]:
        """What the file of the posterior says of itself: the waves that it was fitted to."""
        return {FITTED_TO: json.dumps(self.about.fitted_to).encode()}

    @cached_property
    def noise(self) -> Noise:
        """How far the particles are from their prior where there was nothing to learn."""
        return noise_of(self.dummies)

    @cached_property
    def summary(self) -> "pd.DataFrame":
        """A row a parameter: what was believed before and after, and whether that was learned."""
        return summary(self.about.prior, self.particles, self.noise)

    @cached_property
    def pairs(self) -> "pd.DataFrame":
        """A row a pair of parameters: how they go together in the posterior, the closest first."""
        return pairs(self.about.prior.names, self.particles, self.noise)

    @cached_property
    def steps(self) -> "pd.DataFrame":
        """A row a generation: its tolerance, its scores, and what it cost."""
        import pandas as pd

        return pd.DataFrame(
            {
                "generation": np.arange(len(self.generations)),
                "tolerance": [each.tolerance for each in self.generations],
                "mean_score": [each.distances.mean() for each in self.generations],
                "best_score": [each.distances.min() for each in self.generations],
                "moves": [each.moves for each in self.generations],
                "acceptance": [each.acceptance for each in self.generations],
                "memory": [each.memory for each in self.generations],
                "simulated": [each.simulated for each in self.generations],
                "runs": [each.simulated * self.about.runs for each in self.generations],
            }
        )


def calibrate(
    hindcasts: Sources = "europe-2025",
    *,
    waves: Sequence[str] = (),
    prior: Path | None = None,
    out: Path | str = "results",
    runs: int = 64,
    threads: int = 0,
    **sampling: Any,
) -> Calibration:
    """Fit parameters to hindcasts, going on where an earlier session was stopped.

    The result is a posterior that weighs parameters by a score, not by a likelihood.

    Parameters
    ----------
    hindcasts
        A file or the name of a bundled one, or several: fitted together, each observation counting once.
    waves
        Dates of the waves to fit; all if none.
    prior
        File of priors; the bundled one if none.
    out
        Folder of all results; these go to ``OUT/calibrate/NAMES/ID``.
    runs
        Of each particle.
    threads
        0 for one a core; the result does not depend on it.
    **sampling
        Those of `Sampling`: `particles`, `generations`, `seed`.

    Returns
    -------
    Calibration
        Tables `posterior`, `summary`, `pairs` and `steps`; all are in the folder, too.

    Raises
    ------
    InputError
        For any mistake in any of the files, and where the folder holds what would be mixed.
    """
    plan = plan_calibration(hindcasts, waves=waves, prior=prior, runs=runs, **sampling)
    return run_calibration(plan, Path(out), threads=threads)


def plan_calibration(
    hindcasts: Sources,
    *,
    waves: Sequence[str] = (),
    prior: Path | None = None,
    runs: int = 64,
    **sampling: Any,
) -> CalibrationPlan:
    """Read all that determines a calibration, see `calibrate`."""
    if "particles" in sampling:  # a posterior needs more than sampling does
        check_whole_number("particles", sampling["particles"], LEAST_PARTICLES)
    chosen = chosen_options(Sampling, sampling)
    check_whole_number("runs", runs, 1)
    sources = [hindcasts] if isinstance(hindcasts, str | Path) else hindcasts
    targets = tuple(load_target(source) for source in sources)
    names = [target.hindcast.name for target in targets]
    if len(set(names)) < len(names):
        raise InputError(f"{', '.join(names)}: two hindcasts have the same name", key="hindcasts")
    named = (f"prior {Path(prior).name}",) if prior else ()
    return CalibrationPlan(_chosen_waves(targets, waves), load_prior(prior), chosen, int(runs), named)


def _chosen_waves(targets: tuple[Target, ...], dates: Sequence[str]) -> tuple[Target, ...]:
    """Return the targets with the waves of some dates only; without those that have none of them."""
    if not dates:
        return targets
    known = sorted({str(wave.date) for target in targets for wave in target.waves})
    for date in dates:
        if date not in known:
            raise InputError(f"no such wave; the waves are {', '.join(known)}", file=f"--wave {date}")
    chosen = [target.with_waves(lambda wave: str(wave.date) in dates) for target in targets]
    return tuple(target for target in chosen if target.waves)


def calibration_folder(plan: CalibrationPlan, out: Path) -> Path:
    """Return where the results of a calibration go."""
    return out / "calibrate" / plan.name / plan.id


def results_of_calibration(plan: CalibrationPlan, out: Path) -> PartsFolder:
    """Return the folder of a calibration's results, to be entered as a context."""
    return PartsFolder(calibration_folder(plan, out), "calibration", plan.manifest())


def run_calibration(
    plan: CalibrationPlan,
    out: Path,
    *,
    threads: int = 0,
    progress: Progress = lambda _generations, _runs: None,
) -> Calibration:
    """Compute the generations that are not there yet, and write the posterior.

    Parameters
    ----------
    plan
        What is computed.
    out
        Folder of all results.
    threads
        0 for one a core.
    progress
        Told of generations and runs.
    """
    generations: list[Generation] = []
    with results_of_calibration(plan, out) as folder:
        for number in range(plan.sampling.generations):
            name = f"generations/{number:03d}"
            if not folder.has(name):
                generation = _generation(plan, number, generations, threads, progress)
                folder.write(name, *_as_table(generation, plan))
            generations.append(_as_generation(folder.read(name)))
            progress(number + 1, 0)
        result = Calibration(plan.about, tuple(generations))
        folder.write("posterior", result.posterior, result.metadata)
        for name, table in (("summary", result.summary), ("pairs", result.pairs), ("steps", result.steps)):
            folder.write(name, table)
    return result


@dataclass(frozen=True)
class StandardNormal:
    """The prior of coordinates that are independent and standard normal under it."""

    dimensions: int

    def sample(self, number: int, generator: np.random.Generator) -> Floats:
        """Return draws, shape (number, dimensions)."""
        return generator.standard_normal((number, self.dimensions))

    def log_density(self, particles: Floats) -> Floats:
        """Return the logarithm of the density, up to a constant."""
        return np.asarray(-0.5 * (particles * particles).sum(axis=1))


def _generation(
    plan: CalibrationPlan,
    number: int,
    before: Sequence[Generation],
    threads: int,
    progress: Progress,
) -> Generation:
    effort = Effort(plan.runs, threads)

    def distance(particles: Floats, seed: int) -> Floats:
        rows = plan.rows(particles)
        return misfit(plan.targets, rows, seed, effort, lambda runs: progress(number, runs))

    prior = StandardNormal(plan.dimensions)
    if number == 0:
        return first_generation(prior, distance, plan.sampling)
    return next_generation(prior, distance, plan.sampling, number, before[-1])


def _counted(wave: FittedWave) -> dict[str, int]:
    """Return how much was observed in a wave."""
    return {"number": wave.number, "changed": wave.changed, "carried_forward": wave.carried_forward}


def _told_prior(parameter: ParameterPrior) -> dict[str, Any]:
    """Return what is believed of a parameter, and within which range."""
    return {"range": [parameter.low, parameter.high], **parameter.marginal.model_dump(exclude_none=True)}


def _digests(target: Target) -> dict[str, str]:
    """Return digests of a hindcast: of the numbers, not the prose."""
    bounds = [bound for wave in target.waves for bound in wave.observed]
    rounds = " ".join(str(wave.round) for wave in target.waves)
    observed = digest_of(rounds, str(target.hindcast.coding_error), *bounds)
    return {**case_digests(target.case), "observations": observed}


def _as_table(generation: Generation, plan: CalibrationPlan) -> "tuple[pd.DataFrame, Mapping[bytes, bytes]]":
    """Return a generation as a table of its particles, and the numbers about it as metadata."""
    import pandas as pd

    dummies = [f"dummy_{number}" for number in range(1, DUMMIES + 1)]
    table = pd.DataFrame(generation.particles, columns=[*plan.prior.names, *dummies])
    table["score"] = generation.distances
    about = {name: getattr(generation, name) for name in _ABOUT}
    return table, {b"generation": json.dumps(about).encode()}


def read_generations(folder: Path, number: int) -> tuple[Generation, ...]:
    """Return so many generations, which the folder of a finished calibration holds."""
    import pyarrow.parquet as pq

    files = [folder / f"generations/{each:03d}.parquet" for each in range(number)]
    return tuple(_as_generation(pq.read_table(file)) for file in files)


def _as_generation(table: Any) -> Generation:
    """Return the generation that a table holds, bit for bit."""
    columns = [column.to_numpy() for column in table.columns]
    about = json.loads(table.schema.metadata[b"generation"])
    return Generation(np.column_stack(columns[:-1]), columns[-1], **about)


_ABOUT = Generation._fields[2:]
