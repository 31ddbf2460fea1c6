"""Folders of figures that appear when all of them are there."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from sim.outputs import style
from sim.outputs.drafts import remove

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Draw = Callable[[], "Figure"]


def save_all(figures: Iterable[tuple[str, Draw]], folder: Path) -> list[Path]:
    """Draw figures, each with its name, as PNG and SVG in the place of what stands in a folder."""
    draft = folder.with_name(f".{folder.name}.draft")
    remove(draft)
    try:
        draft.mkdir(parents=True)
        files = [file for name, draw in figures for file in style.save(draw(), draft, name)]
        remove(folder)
        draft.rename(folder)
    finally:
        remove(draft)
    return [folder / file.name for file in files]
