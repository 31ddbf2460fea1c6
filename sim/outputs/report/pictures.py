"""The figures of results, as a report shows them."""

from base64 import b64encode
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from sim.outputs.document.blocks import Picture
from sim.outputs.figures import figures_of
from sim.outputs.results_folder import Manifest, StoredRun
from sim.system.folders import AGAIN, Damaged, read

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RUN = "run"

RESOLUTION = 110
"""Pixels an inch: sharp at the width of a page, and on paper."""


def pictures_of(folder: Path, manifest: Manifest) -> Iterator[Picture]:
    """Yield the figures of a results folder; of a run, whose folder holds but some, all are drawn.

    Raises
    ------
    Failure
        If one is damaged.
    """
    if manifest.get("kind") == RUN:
        yield from (_drawn(draw()) for draw in figures_of(StoredRun(folder, manifest)).values())
    else:
        yield from (_picture(file, read(file)) for file in sorted((folder / "figures").glob("*.png")))


def _drawn(figure: "Figure") -> Picture:
    from sim.outputs.style import figure_style, words_of

    content = BytesIO()
    with figure_style():
        figure.savefig(content, format="png", dpi=RESOLUTION, metadata={"Software": None, **words_of(figure)})
    return _picture(Path("figure.png"), content.getvalue())


def _picture(file: Path, content: bytes) -> Picture:
    """Return a picture that is held by its address, so that nothing is fetched; it says what it shows."""
    from PIL import Image

    try:
        with Image.open(BytesIO(content), formats=["PNG"]) as image:
            words, (width, height) = getattr(image, "text", {}), image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Damaged(file, f"is no picture that can be read ({error})", AGAIN) from None
    alt = ". ".join(words[key].rstrip(".") for key in ("Title", "Description") if words.get(key))
    source = f"data:image/png;base64,{b64encode(content).decode()}"
    return Picture(source, alt or file.stem.replace("-", " "), width, height)
