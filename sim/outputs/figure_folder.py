"""Folders of figures that hold those that were drawn last, and no others."""

from collections.abc import Callable, Iterable
from pathlib import Path

from matplotlib.figure import Figure

from sim.outputs import style
from sim.system import files
from sim.system.failures import named

Draw = Callable[[], "Figure"]


def save_all(figures: Iterable[tuple[str, Draw]], folder: Path) -> list[Path]:
    """Draw figures, each with its name, as PNG and SVG, and remove what was drawn there before."""
    written = [file for name, draw in figures for file in style.save(draw(), folder, name)]
    with named(folder):
        files.make_folder(folder)
        for file in {*files.files_in(folder)} - {*written}:
            files.remove(file)
    return written
