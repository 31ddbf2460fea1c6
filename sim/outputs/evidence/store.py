"""Results folders of what past coalitions teach, and of coalitions left out."""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiments.evidence.about import about
from sim.experiments.evidence.draws import DRAWS as NUMBER
from sim.experiments.evidence.draws import FITS, posterior_draws
from sim.experiments.evidence.left_out import LeftOut, Progress, leave_families_out
from sim.experiments.evidence.posterior import Posterior
from sim.experiments.evidence.verdicts import ALL, coefficient_table, fits_for_verdicts
from sim.experiments.identity import digest_of
from sim.inputs.characters import folder_name
from sim.inputs.coalitions.coalitions import Coalitions
from sim.inputs.coalitions.draws_file import ABOUT, DRAWS, FOLDER, file_digests
from sim.outputs.evidence.figures import figures_of_fit, figures_of_left_out, save_figures
from sim.outputs.evidence.page import evidence_page
from sim.outputs.store import describe_work, write_manifest, write_table
from sim.system import folders, manifests
from sim.system.drafts import whole_folder
from sim.system.manifests import FORMAT
from sim.version import __version__

if TYPE_CHECKING:
    import pandas as pd

LEFT_OUT_TABLES = ("predictions", "coalitions", "sizes", "summary", "calibration")


@dataclass(frozen=True, eq=False)
class Taught:
    """What past coalitions teach.

    Attributes
    ----------
    posterior
        The fit of all of them.
    coefficients
        A row a term with its verdict, see `coefficient_table`.
    """

    posterior: Posterior
    coefficients: "pd.DataFrame"


def teach(coalitions: Coalitions) -> Taught:
    """Fit coalitions, and those coded twice by either coding."""
    fits = fits_for_verdicts(coalitions)
    return Taught(fits[ALL], coefficient_table(fits))


def fit_into_folder(coalitions: Coalitions, seed: int, out: Path) -> tuple[Taught, Path]:
    """Fit coalitions and write a results folder, ``OUT/calibrate/NAME/ID``.

    It holds the coefficients with their verdicts, their covariance, and in the folder ``posterior`` draws
    with what they were fitted to, as `sim.inputs.coalitions.draws_file.load_draws` reads them.

    Raises
    ------
    InputError
        If the folder cannot be written to.
    """
    import pandas as pd

    started = dt.datetime.now(dt.UTC)
    folder = _folder("calibrate", coalitions, seed, out)
    with whole_folder(folder) as draft:
        taught = teach(coalitions)
        names = list(taught.posterior.names)
        covariance = pd.DataFrame(taught.posterior.covariance, columns=names)
        covariance.insert(0, "term", names)
        write_table(taught.coefficients, draft, "coefficients")
        write_table(covariance, draft, "covariance")
        write_draws(coalitions, taught, seed, draft / FOLDER)
        save_figures(figures_of_fit(taught.coefficients, about(coalitions)), draft / "figures")
        write_manifest(_manifest("evidence", coalitions, seed, started), draft)
    return taught, folder


def write_draws(coalitions: Coalitions, taught: Taught, seed: int, folder: Path) -> None:
    """Write draws, and what they were fitted to, into a folder."""
    draws = posterior_draws(coalitions, seed)
    folders.write(folder / DRAWS, draws.to_parquet(engine="pyarrow", compression="zstd", index=False))
    about = {**_fitted_to(coalitions), **_how(taught, seed)}
    folders.write(folder / ABOUT, manifests.written(about))


def left_out_into_folder(
    coalitions: Coalitions, seed: int, out: Path, progress: Progress = lambda _done, _total: None
) -> tuple[LeftOut, str, Path]:
    """Leave out each family and write a results folder, ``OUT/cross-validate/NAME/ID``.

    Parameters
    ----------
    coalitions
        All that were read; those of soldiers and ships are left out, gifts are fitted apart.
    seed, progress
        As for `leave_families_out`.
    out
        Folder of all results.

    Returns
    -------
    LeftOut, str, Path
        What was found, the page of documentation that tells it, and the folder.

    Raises
    ------
    InputError
        If there are too few families, or the folder cannot be written to.
    """
    started = dt.datetime.now(dt.UTC)
    forces = coalitions.forces()
    folder = _folder("cross-validate", forces, seed, out)
    with whole_folder(folder) as draft:
        result = leave_families_out(forces, seed, progress)
        for name in LEFT_OUT_TABLES:
            write_table(getattr(result, name), draft, name)
        taught = teach(forces)
        write_table(taught.coefficients, draft, "coefficients")
        page = evidence_page(result, taught.posterior, taught.coefficients, coalitions)
        known = about(forces)
        folders.write(draft / "evidence.md", page.encode())
        figures = {**figures_of_left_out(result, known), **figures_of_fit(taught.coefficients, known)}
        save_figures(figures, draft / "figures")
        write_manifest(_manifest("left out", forces, seed, started), draft)
    return result, page, folder


def _folder(command: str, coalitions: Coalitions, seed: int, out: Path) -> Path:
    """Return the results folder; the same inputs have the same name."""
    told = [file_digests(coalitions.folder), about(coalitions).manifest(), seed, FORMAT, __version__]
    name = folder_name(coalitions.folder.resolve().name, "coalitions")
    return out / command / name / digest_of(json.dumps(told))[:12]


def _manifest(kind: str, coalitions: Coalitions, seed: int, started: dt.datetime) -> dict[str, Any]:
    return {
        "kind": kind,
        "format": FORMAT,
        "learned_from": about(coalitions).manifest(),
        "files": file_digests(coalitions.folder),
        "seed": seed,
        **describe_work(started),
    }


def _fitted_to(coalitions: Coalitions) -> dict[str, Any]:
    """Return what was fitted to: how much, and the digests of the files."""
    known = about(coalitions).manifest()
    known.pop("titles")
    return {**known, "files": file_digests(coalitions.folder)}


def _how(taught: Taught, seed: int) -> dict[str, Any]:
    """Return how it was fitted, and with what."""
    posterior, coefficients = taught.posterior, taught.coefficients
    return {
        "version": __version__,
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "log_evidence": round(posterior.log_evidence, 6),
        "seed": seed,
        "draws": NUMBER,
        "readings": FITS,
        "terms": list(posterior.names[1:]),
        "verdicts": dict(zip(coefficients["term"], coefficients["verdict"], strict=True)),
        "scales": {name: list(pair) for name, pair in posterior.scales.items()},
    }
