"""How figures look: one style, safe for colour-blind readers (Okabe & Ito 2008)."""

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from textwrap import wrap
from typing import Any

from sim.system import folders
from sim.system.libraries import mpl

WIDTH = 8.0
"""Inches; readable at the width of a README."""

MARGIN, TITLE, NOTE = 0.1, 12, 7
"""Of a page: inches round everything, and the size of its title and notes."""

LEAST_PLOT = 1.8
"""Inches; a lower plot cannot be read."""

BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
)
INK, MUTED, GRID = "#222222", "#666666", "#DDDDDD"
SHARE_MAP = "Blues"

_SETTINGS: dict[Any, Any] = {
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.facecolor": "white",
    "figure.dpi": 100,
    "font.family": "sans-serif",
    # Matplotlib brings the first; where there is none, an SVG is shown in the second, which is as wide.
    "font.sans-serif": ["DejaVu Sans", "Verdana", "sans-serif"],
    "font.size": 9,
    "savefig.dpi": 150,
    # Text remains text: it can be searched, edited and read aloud, and the file is a third as large.
    "svg.fonttype": "none",
    # The same figure has the same bytes.
    "svg.hashsalt": "coalition-sim",
    "text.color": INK,
    # A dollar sign is a dollar sign.
    "text.parse_math": False,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
}


@contextmanager
def figure_style() -> Iterator[None]:
    """Draw figures in the project's style, whatever the user's own settings are."""
    usual: dict[Any, Any] = {key: value for key, value in mpl.rcParamsDefault.items() if key != "backend"}
    with mpl.rc_context({**usual, **_SETTINGS}), warnings.catch_warnings():
        # Told once where texts are measured, not at every drawing of every letter.
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from", UserWarning)
        yield


def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Return how wide a line of text is drawn, in inches."""
    words = text.split(" ")
    points = sum(_points(word, size, weight) for word in words) + _points(" ", size, weight) * (
        len(words) - 1
    )
    return points / 72 * 1.05  # drawn on whole pixels it is up to 3 % wider


@lru_cache(maxsize=10_000)
def _points(word: str, size: float, weight: str) -> float:
    """Return how wide a word is, in points; the same words are measured again and again."""
    font = mpl.font_manager.FontProperties(family="DejaVu Sans", size=size, weight=weight)
    with warnings.catch_warnings(record=True) as missing:
        warnings.simplefilter("always")
        width, _, _ = mpl.textpath.text_to_path.get_text_width_height_descent(word, font, ismath=False)
    if missing:
        _tell_of_boxes()
    return float(width)


@cache
def _tell_of_boxes() -> None:
    """Say, once a process, that figures cannot show a text."""
    logging.getLogger("sim").warning(
        "figures: their font has not all characters of a text; boxes stand for these, but not in SVG"
    )


def wrapped(
    text: str, width: float, size: float, weight: str = "normal", *, max_lines: int | None = None
) -> list[str]:
    """Break a text into lines that are no wider than so many inches, the last ending in … if cut."""
    columns = max(len(text), 1)
    while True:
        lines = wrap(text, columns, max_lines=max_lines, placeholder=" …" if columns > 2 else "") or [""]
        widest = max(text_width(line, size, weight) for line in lines)
        if widest <= width or columns == 1:
            return lines
        columns = max(min(columns - 1, int(columns * width / widest * 1.1)), 1)


def page(
    title: str, notes: Sequence[str], *, plot: float, left: float, right: float, below: float
) -> "tuple[mpl.figure.Figure, mpl.axes.Axes]":
    """Return a figure with a plot, a title above and notes below, with room for them however long they are.

    Parameters
    ----------
    title, notes
        What stands above and below the plot; every note begins a line.
    plot
        Height of the plot in inches.
    left, right, below
        Inches around the plot for its labels.
    """
    title_lines, note_lines = _lines(title, notes)
    above, bottom = _around(title_lines, note_lines)
    bottom += below
    height = above + plot + bottom
    figure = mpl.figure.Figure(figsize=(WIDTH, height))
    axes = figure.add_axes((left / WIDTH, bottom / height, (WIDTH - left - right) / WIDTH, plot / height))
    at_left = MARGIN / WIDTH
    figure.text(at_left, 1 - MARGIN / height, "\n".join(title_lines), fontsize=TITLE, weight="bold", va="top")
    figure.text(at_left, MARGIN / height, "\n".join(note_lines), fontsize=NOTE, color=MUTED, va="bottom")
    return figure, axes


def height_of_slide(title: str, notes: Sequence[str], below: float) -> float:
    """Return how high a plot is on a page of 16 to 9, in inches; notes that are very long make it longer.

    Parameters
    ----------
    title, notes, below
        As for `page`.
    """
    return max(WIDTH * 9 / 16 - sum(_around(*_lines(title, notes))) - below, LEAST_PLOT)


def _lines(title: str, notes: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the lines of the title and of the notes of a page."""
    width = WIDTH - 2 * MARGIN
    return (
        wrapped(title, width, TITLE, "bold", max_lines=3),
        [line for note in notes for line in wrapped(note, width, NOTE)],
    )


def _around(title_lines: Sequence[str], note_lines: Sequence[str]) -> tuple[float, float]:
    """Return the inches that a title takes above a plot, and notes below it."""
    return 2 * MARGIN + 0.21 * len(title_lines) + 0.3, 2 * MARGIN + 0.12 * len(note_lines)


FORMATS: dict[str, dict[str, Any]] = {
    # Harder compression makes the file a tenth smaller, and takes half as long again.
    "png": {"metadata": {"Software": None}, "pil_kwargs": {"compress_level": 1}},
    "svg": {"metadata": {"Date": None}},
    "pdf": {"metadata": {"CreationDate": None, "Description": None}},
}
"""What figures can be written as, and how; the same figure gives the same bytes."""


def words_of(figure: "mpl.figure.Figure") -> dict[str, str]:
    """Return the title of a figure and the notes below it, for those who cannot see it."""
    texts = [" ".join(text.get_text().split()) for text in figure.texts[:2]]
    return dict(zip(("Title", "Description"), texts, strict=False))


def save(
    figure: "mpl.figure.Figure", folder: Path, name: str, formats: Sequence[str] = ("png", "svg")
) -> list[Path]:
    """Write a figure in some of `FORMATS`, each file whole or not at all."""
    contents = {folder / f"{name}.{ending}": rendered(figure, ending) for ending in formats}
    for file, content in contents.items():
        folders.write(file, content)
    return [*contents]


def rendered(figure: "mpl.figure.Figure", ending: str) -> bytes:
    """Return the file of a figure in one of `FORMATS`, with its words in it."""
    options, content = FORMATS[ending], BytesIO()
    metadata = {**words_of(figure), **options["metadata"]}
    with figure_style():
        figure.savefig(content, **{**options, "format": ending, "metadata": metadata})
    return content.getvalue()
