"""Figures, words and page of a result, made by the layers above and written into its folder."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

from sim.results.apart import drawers
from sim.results.contents import Contents
from sim.results.kept import write_document
from sim.results.kinds import load
from sim.system import files, folders
from sim.system.failures import named
from sim.system.second_process import NoAnswer

RENDERED = "sim.outputs.figure_folder:rendered_figures"
"""Home of what draws; it lies in a layer above."""

FIGURES = "figures"
"""The folder of figures in one of results."""


def begin_figures(result: Contents, folder: Path) -> Callable[[], list[Path]]:
    """Begin to draw the usual figures of a result; return what writes them into its folder, when all are."""
    begun: list[Future[dict[str, bytes]]] = []
    with suppress(NoAnswer):
        begun += [process.begin("sim.results.drawing:rendered_figures", result) for process in drawers]
    return lambda: write_figures(_awaited(begun, result), folder)


def _awaited(begun: "list[Future[dict[str, bytes]]]", result: Contents) -> dict[str, bytes]:
    with suppress(NoAnswer):
        for drawing in begun:
            return drawing.result()
    return rendered_figures(result)


def save_figures(result: Contents, folder: Path) -> list[Path]:
    """Draw the usual figures of a result into its folder, as PNG and SVG, and remove others."""
    return write_figures(rendered_figures(result), folder)


def rendered_figures(result: Contents) -> dict[str, bytes]:
    """Draw the usual figures of a result, and return their files by name."""
    kind = result.declaration
    drawn = kind.figures_of(result)
    figures = [(name, drawn[name]) for name in kind.usual or drawn]
    files: dict[str, bytes] = load(RENDERED)(figures) if figures else {}
    return files


def write_figures(contents: Mapping[str, bytes], folder: Path) -> list[Path]:
    """Write files of figures into a folder of results, by name, and remove others that were drawn there."""
    if not contents:
        return []
    kept = [folder / FIGURES / name for name in contents]
    for file, content in zip(kept, contents.values(), strict=True):
        folders.write(file, content)
    with named(folder / FIGURES):
        for file in {*files.files_in(folder / FIGURES)} - {*kept}:
            files.remove(file)
    return kept


def keep_document(result: Contents, folder: Path, command: str = "") -> None:
    """Keep what a result says in its folder, with the command that gave it."""
    write_document(result.document, folder, command)


def write_page(result: Contents, folder: Path) -> None:
    """Write the page of documentation that a kind of results has into its folder."""
    kind = result.declaration
    if kind.page:
        folders.write(folder / kind.page_file, load(kind.page)(result).encode())
