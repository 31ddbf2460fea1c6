"""What past coalitions teach, and how coalitions left out were forecast, as results."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

from sim.experiments.evidence.about import AboutCoalitions, about
from sim.experiments.evidence.draws import DRAWS as NUMBER
from sim.experiments.evidence.draws import FITS, posterior_draws
from sim.experiments.evidence.left_out import LeftOut, leave_families_out
from sim.experiments.evidence.posterior import Posterior
from sim.experiments.evidence.verdicts import ALL, coefficient_table, fits_for_verdicts
from sim.experiments.progress import ProgressOf
from sim.inputs.characters import folder_name
from sim.inputs.coalitions.coalitions import Coalitions
from sim.inputs.coalitions.draws_file import ABOUT, DRAWS, FOLDER, file_digests
from sim.results.about import About
from sim.results.identity import digest_of
from sim.results.result import Loaded, Result
from sim.results.tables import Tables, tables_of
from sim.system import manifests
from sim.system.libraries import pd
from sim.system.manifests import FORMAT
from sim.version import __version__

LEFT_OUT_TABLES = ("summary", "predictions", "coalitions", "sizes", "calibration")


class AboutTaught(About):
    """What was learned from.

    Attributes
    ----------
    learned_from
        How much there was.
    files
        Digests of the files of past coalitions.
    seed
        Of draws and resamples.
    """

    kind: str = "evidence"
    learned_from: AboutCoalitions
    files: dict[str, str]
    seed: int

    @property
    def title(self) -> str:
        """What the coalitions are."""
        return self.learned_from.title


class AboutLeftOut(AboutTaught):
    """What was left out, family by family."""

    kind: str = "left out"


class LoadedTaught(Loaded):
    """What past coalitions teach, as its folder holds it; see `Taught`."""

    kind, manifest_model = "evidence", AboutTaught


class LoadedLeftOut(Loaded):
    """Coalitions left out, as their folder holds them; see `LeftOutResult`."""

    kind, manifest_model = "left out", AboutLeftOut


@dataclass(frozen=True, eq=False, repr=False)
class Taught(Result):
    """What past coalitions teach.

    Attributes
    ----------
    coalitions
        All that were learned from.
    seed
        Of the draws.
    posterior
        The fit of all of them.
    coefficients
        A row a term with its verdict, see `coefficient_table`.
    """

    coalitions: Coalitions
    seed: int
    posterior: Posterior
    coefficients: "pd.DataFrame"

    kind = "evidence"

    @cached_property
    def about(self) -> AboutTaught:
        """What was learned from."""
        return AboutTaught(
            learned_from=about(self.coalitions), files=file_digests(self.coalitions.folder), seed=self.seed
        )

    @cached_property
    def tables(self) -> Tables:
        """Every table by name."""
        return tables_of(self, ("coefficients", "covariance"))

    @cached_property
    def covariance(self) -> "pd.DataFrame":
        """A row and a column a term."""
        names = list(self.posterior.names)
        table = pd.DataFrame(self.posterior.covariance, columns=names)
        table.insert(0, "term", names)
        return table

    @property
    def files(self) -> Mapping[str, bytes]:
        """Draws, and what they were fitted to, as `sim.inputs.coalitions.draws_file` reads them."""
        return {f"{FOLDER}/{name}": content for name, content in drawn_files(self).items()}


@dataclass(frozen=True, eq=False, repr=False)
class LeftOutResult(Result):
    """How each family of coalitions was forecast from all the others.

    Attributes
    ----------
    coalitions
        All that were read, gifts too.
    left_out
        Those of soldiers and ships, each family left out.
    taught
        The fit of all of these.
    """

    coalitions: Coalitions
    left_out: LeftOut
    taught: Taught

    kind = "left out"

    @cached_property
    def about(self) -> AboutLeftOut:
        """What was left out."""
        of_all = self.taught.about
        return AboutLeftOut(learned_from=of_all.learned_from, files=of_all.files, seed=of_all.seed)

    @cached_property
    def tables(self) -> Tables:
        """Every table by name."""
        fitted = tables_of(self.taught, ("coefficients",))
        return Tables({**tables_of(self.left_out, LEFT_OUT_TABLES).makers, **fitted.makers})


def teach(coalitions: Coalitions, seed: int = 1) -> Taught:
    """Fit coalitions, and those coded twice by either coding."""
    fits = fits_for_verdicts(coalitions)
    return Taught(coalitions, seed, fits[ALL], coefficient_table(fits))


def leave_out(
    coalitions: Coalitions, seed: int = 1, progress: ProgressOf = lambda _done, _total: None
) -> LeftOutResult:
    """Leave out each family of those of soldiers and ships.

    Parameters
    ----------
    coalitions
        All that were read; gifts are fitted apart.
    seed, progress
        As for `leave_families_out`.

    Raises
    ------
    InputError
        If there are too few families.
    """
    forces = coalitions.forces()
    return LeftOutResult(coalitions, leave_families_out(forces, seed, progress), teach(forces, seed))


def fit_folder(forces: Coalitions, seed: int) -> Path:
    """Return the folder of a fit, ``calibrate/NAME/ID``."""
    return Path("calibrate", _name(forces, seed))


def left_out_folder(forces: Coalitions, seed: int) -> Path:
    """Return the folder of coalitions left out, ``cross-validate/NAME/ID``."""
    return Path("cross-validate", _name(forces, seed))


def drawn_files(taught: Taught) -> dict[str, bytes]:
    """Return draws, and what they were fitted to, as files by name."""
    draws = BytesIO()
    posterior_draws(taught.coalitions, taught.seed).to_parquet(
        draws, engine="pyarrow", compression="zstd", index=False
    )
    fitted = {**_fitted_to(taught.coalitions), **_how(taught)}
    return {DRAWS: draws.getvalue(), ABOUT: manifests.written(fitted)}


def _name(coalitions: Coalitions, seed: int) -> Path:
    """Return NAME/ID; the same inputs have the same."""
    inputs = [file_digests(coalitions.folder), about(coalitions).model_dump(), seed, FORMAT, __version__]
    name = folder_name(coalitions.folder.resolve().name, "coalitions")
    return Path(name, digest_of(json.dumps(inputs))[:12])


def _fitted_to(coalitions: Coalitions) -> dict[str, Any]:
    """Return what was fitted to: how much, and the digests of the files."""
    known = about(coalitions).model_dump(exclude={"titles"})
    return {**known, "files": file_digests(coalitions.folder)}


def _how(taught: Taught) -> dict[str, Any]:
    """Return how it was fitted, and with what."""
    posterior, coefficients = taught.posterior, taught.coefficients
    return {
        "version": __version__,
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "log_evidence": round(posterior.log_evidence, 6),
        "seed": taught.seed,
        "draws": NUMBER,
        "readings": FITS,
        "terms": list(posterior.names[1:]),
        "verdicts": dict(zip(coefficients["term"], coefficients["verdict"], strict=True)),
        "scales": {name: list(pair) for name, pair in posterior.scales.items()},
    }
