"""The figures of results, as a report shows them."""

from base64 import b64encode
from collections.abc import Iterator
from io import BytesIO

from sim.outputs.style import figure_style, words_of
from sim.results.document import Picture
from sim.results.kinds import KINDS
from sim.results.result import Result
from sim.system.libraries import mpl

RESOLUTION = 110
"""Pixels an inch: sharp at the width of a page, and on paper."""


def pictures_of(result: Result) -> Iterator[Picture]:
    """Yield the figures of a result."""
    yield from (_drawn(draw()) for draw in KINDS[result.kind].figures_of(result).values())


def _drawn(figure: "mpl.figure.Figure") -> Picture:
    """Return a figure that is held by its address, so that nothing is fetched; it says what it shows."""
    content, words = BytesIO(), words_of(figure)
    with figure_style():
        figure.savefig(content, format="png", dpi=RESOLUTION, metadata={"Software": None, **words})
    width, height = (round(float(inches) * RESOLUTION) for inches in figure.get_size_inches())
    alt = ". ".join(text.rstrip(".") for text in words.values() if text)
    return Picture(f"data:image/png;base64,{b64encode(content.getvalue()).decode()}", alt, width, height)
