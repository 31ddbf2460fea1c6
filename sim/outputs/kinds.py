"""The kinds of results folders: how each is read and drawn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.inputs.errors import InputError
from sim.outputs.calibration.stored import load_calibration
from sim.outputs.cross_validation.stored import load_cross_validation
from sim.outputs.evidence.stored import load_left_out, load_taught
from sim.outputs.explanation.stored import load_explanation
from sim.outputs.hindcast.stored import load_hindcast_result
from sim.outputs.results_folder import Manifest, StoredRun, damaged_tables_told, read_manifest
from sim.outputs.stored_experiments import load_comparison, load_sensitivity, load_sweep_result
from sim.system.manifests import MANIFEST

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Draw = Callable[[], "Figure"]


@dataclass(frozen=True)
class Kind:
    """Results of a kind.

    Attributes
    ----------
    load
        Reads a folder, given its manifest.
    figures
        Returns what draws each figure, by name; nations are those that figures of chosen nations show.
    """

    load: Callable[[Path, Manifest], Any]
    figures: Callable[[Any, Sequence[str]], Mapping[str, Draw]]


def load_result(folder: Path | str) -> Any:
    """Read the results of a command from their folder.

    Returns
    -------
    object
        The result, or what stands for it: what figures and reports are made of. Nothing is run again.

    Raises
    ------
    InputError, Failure
        If it is no results folder, one of another version, or damaged.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    kind = kind_of(folder, manifest)
    with damaged_tables_told(folder):
        return kind.load(folder, manifest)


def kind_of(folder: Path, manifest: Manifest) -> Kind:
    """Return the kind of a results folder.

    Raises
    ------
    InputError
        If it is of a kind that cannot be read.
    """
    name, file = str(manifest.get("kind")), folder / MANIFEST
    if name not in KINDS:
        drawn = "; what was drawn is in its folder figures" if (folder / "figures").is_dir() else ""
        problem = f'results of kind "{name}" cannot be drawn again, only those of {", ".join(KINDS)}{drawn}'
        raise InputError(problem, file=file)
    return KINDS[name]


def _run_figures(result: Any, nations: Sequence[str]) -> Mapping[str, Draw]:
    from sim.outputs.figures import figures_of

    return figures_of(result, nations)


def _comparison_figures(result: Any, _: Sequence[str]) -> Mapping[str, Draw]:
    from sim.outputs.comparison.figures import FIGURES

    return {name: partial(draw, result) for name, draw in FIGURES.items()}


def _sweep_figures(result: Any, _: Sequence[str]) -> Mapping[str, Draw]:
    from sim.outputs.sweep.figures import figures

    return dict(figures(result))


def _sensitivity_figures(result: Any, _: Sequence[str]) -> Mapping[str, Draw]:
    from sim.outputs.sensitivity.figures import figures

    return dict(figures(result))


def _explanation_figures(result: Any, _: Sequence[str]) -> Mapping[str, Draw]:
    from sim.outputs.explanation.figures import figures

    return dict(figures(result))


def _hindcast_figures(result: Any, _: Sequence[str]) -> Mapping[str, Draw]:
    from sim.outputs.hindcast.figures import FIGURES

    return {name: partial(draw, result) for name, draw in FIGURES.items()}


def _calibration_figures(result: Any, _: Sequence[str]) -> Mapping[str, Draw]:
    from sim.outputs.calibration.figures import FIGURES

    return {name: partial(draw, result) for name, draw in FIGURES.items()}


def _cross_validation_figures(result: Any, _: Sequence[str]) -> Mapping[str, Draw]:
    from sim.outputs.cross_validation.figures import FIGURES

    return {name: partial(draw, result) for name, draw in FIGURES.items()}


def _taught_figures(result: Any, _: Sequence[str]) -> Mapping[str, Draw]:
    from sim.outputs.evidence.figures import figures_of_fit

    return figures_of_fit(result.coefficients, result.about)


def _left_out_figures(result: Any, _: Sequence[str]) -> Mapping[str, Draw]:
    from sim.outputs.evidence.figures import figures_of_fit, figures_of_left_out

    return {
        **figures_of_left_out(result, result.about),
        **figures_of_fit(result.coefficients, result.about),
    }


KINDS = {
    "run": Kind(StoredRun, _run_figures),
    "comparison": Kind(load_comparison, _comparison_figures),
    "sweep": Kind(load_sweep_result, _sweep_figures),
    "sensitivity": Kind(load_sensitivity, _sensitivity_figures),
    "explanation": Kind(load_explanation, _explanation_figures),
    "hindcast": Kind(load_hindcast_result, _hindcast_figures),
    "calibration": Kind(load_calibration, _calibration_figures),
    "evidence": Kind(load_taught, _taught_figures),
    "left out": Kind(load_left_out, _left_out_figures),
    "cross-validation": Kind(load_cross_validation, _cross_validation_figures),
}
"""By the word that `kind` has in a manifest."""
