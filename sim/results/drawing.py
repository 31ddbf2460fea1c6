"""Figures, words and page of a result, made by the layers above and written into its folder."""

from pathlib import Path

from sim.results.contents import Contents
from sim.results.kept import write_document
from sim.results.kinds import load
from sim.system import folders

SAVE_ALL = "sim.outputs.figure_folder:save_all"
"""Home of what draws figures into a folder; it lies in a layer above."""


def save_figures(result: Contents, folder: Path) -> list[Path]:
    """Draw the usual figures of a result into its folder, as PNG and SVG, and remove others."""
    kind = result.declaration
    drawn = kind.figures_of(result)
    figures = [(name, drawn[name]) for name in kind.usual or drawn]
    if not figures:
        return []
    files: list[Path] = load(SAVE_ALL)(figures, folder / "figures")
    return files


def keep_document(result: Contents, folder: Path, command: str = "") -> None:
    """Keep what a result says in its folder, with the command that gave it."""
    write_document(result.document, folder, command)


def write_page(result: Contents, folder: Path) -> None:
    """Write the page of documentation that a kind of results has into its folder."""
    kind = result.declaration
    if kind.page:
        folders.write(folder / kind.page_file, load(kind.page)(result).encode())
