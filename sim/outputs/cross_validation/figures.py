"""The figure of a cross-validation: what fits are worth where they have not looked."""

from collections.abc import Sequence
from functools import partial

from matplotlib.figure import Figure

from sim.experiments.cross_validation import CrossValidation, LoadedCrossValidation
from sim.outputs.calibration import words as calibration_words
from sim.outputs.cross_validation import words
from sim.outputs.figure_folder import Draw
from sim.outputs.hindcast.skill_figures import differences_figure, differences_key


def differences(result: CrossValidation | LoadedCrossValidation) -> Figure:
    """Draw by how much the model is better or worse than the others, a panel a wave."""
    about, rows = result.about.fit, result.tables["differences"]
    counts = " ".join(f"{wave.name}: {words.seen(about, wave)}" for wave in about.waves)
    notes = [
        differences_key(rows, result.about.scoring),
        counts,
        calibration_words.evidence(about),
        f"{words.effort(result.about)} Data: {about.roster}.",
    ]
    heading = "What fits are worth where they have not looked"
    return differences_figure(rows, result.about.variants, heading, notes)


FIGURES = {"out-of-sample": differences}


def figures_of(result: CrossValidation | LoadedCrossValidation, _: Sequence[str] = ()) -> dict[str, Draw]:
    """Return what draws the figure, by its name."""
    return {name: partial(draw, result) for name, draw in FIGURES.items()}
