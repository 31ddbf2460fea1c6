"""Figures of a run: functions of its tables that return a matplotlib Figure."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sim.experiments.about import RunTables
from sim.outputs import style
from sim.outputs.figures.joining import joining_strip
from sim.outputs.figures.size import coalition_size

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FIGURES: dict[str, Callable[[RunTables], "Figure"]] = {
    "coalition-size": coalition_size,
    "joining": joining_strip,
}

USUAL = ("coalition-size", "joining")
"""What a run draws if nobody says what."""


def save_figures(result: RunTables, folder: Path) -> list[Path]:
    """Draw the usual figures of a run into a folder, as PNG and SVG; the same result gives the same bytes."""
    return [file for name in USUAL for file in style.save(FIGURES[name](result), folder, name)]
