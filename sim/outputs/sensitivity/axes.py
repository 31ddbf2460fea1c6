"""What figures of sensitivity analyses share: colours of the factors, and what a figure rests on."""

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from sim.experiments.sensitivity.result import Sensitivity
from sim.outputs import style
from sim.outputs.sensitivity.words import effort, factor_labels
from sim.outputs.words import counted

COLOURS = {"lever": style.BLUE, "uncertainty": style.ORANGE}
KEY = {"lever": "lever: diplomacy can choose it", "uncertainty": "uncertainty: nobody can"}


LONGEST = 3.2
"""Inches that the label of a factor may take."""


def short_labels(result: Sensitivity, size: float) -> dict[str, str]:
    """Return what each factor is called, by its path, cut if a line of that size has no room for it."""
    labels = factor_labels(result).items()
    return {path: style.wrapped(label, LONGEST, size, max_lines=1)[0] for path, label in labels}


def legend(axes: Axes) -> None:
    """Write above a plot what the colours are."""
    handles = [Patch(color=COLOURS[kind], label=KEY[kind]) for kind in COLOURS]
    axes.legend(
        handles=handles, loc="lower right", bbox_to_anchor=(1.0, 1.0), fontsize=8, frameon=False, ncols=2
    )


def source(result: Sensitivity, part: str) -> tuple[str, str]:
    """Return how many points and runs a figure rests on, and of what data."""
    scenario = result.about
    after = f"Scenario {scenario.name}, after {counted(scenario.rounds, 'round')}."
    return f"{effort(result, part)}.", f"{after} Data: {result.about.roster}."
