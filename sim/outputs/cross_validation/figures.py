"""The figure of a cross-validation: what fits are worth where they have not looked."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sim.experiments.calibration.held_out import CrossValidationTables
from sim.outputs.calibration import words as calibration_words
from sim.outputs.cross_validation import words
from sim.outputs.figure_folder import save_all
from sim.outputs.hindcast.skill_figures import differences_figure, differences_key

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def differences(result: CrossValidationTables) -> "Figure":
    """Draw by how much the model is better or worse than the others, a panel a wave."""
    about = result.about
    told = " ".join(f"{wave.name}: {words.seen(about, wave)}" for wave in about.waves)
    notes = [
        differences_key(result.differences, result.options),
        told,
        calibration_words.evidence(about),
        f"{words.effort(result)} Data: {about.roster}.",
    ]
    heading = "What fits are worth where they have not looked"
    return differences_figure(result.differences, result.titles, heading, notes)


FIGURES = {"out-of-sample": differences}


def save_figures(result: CrossValidationTables, folder: Path) -> list[Path]:
    """Draw the figure as PNG and SVG."""
    return save_all(((name, partial(draw, result)) for name, draw in FIGURES.items()), folder)
