"""The map as it changes, round by round."""

from collections.abc import Iterator
from pathlib import Path

from matplotlib.animation import AbstractMovieWriter, FFMpegWriter, PillowWriter
from matplotlib.figure import Figure

from sim.experiments.results import RunTables
from sim.outputs import style
from sim.outputs.figures.joining import committed_shares
from sim.outputs.figures.map import map_page, moment
from sim.system import folders

NAME = "map-animation"
FRAMES_A_SECOND, LAST_FRAMES = 4, 8
"""How fast the rounds pass, and for how many frames the last one stays."""

DOTS_AN_INCH = 80


def save_animation(result: RunTables, folder: Path) -> list[Path]:
    """Write the map of P(committed), a frame a round, as a GIF, and as an MP4 where ffmpeg is installed.

    Raises
    ------
    InputError
        As for `committed_map`.
    """
    writers: dict[str, AbstractMovieWriter] = {"gif": PillowWriter(fps=FRAMES_A_SECOND)}
    if FFMpegWriter.isAvailable():
        # Every player plays this kind, which needs even numbers of dots.
        even = ["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p"]
        writers["mp4"] = FFMpegWriter(fps=FRAMES_A_SECOND, codec="libx264", extra_args=even)
    for ending, writer in writers.items():
        with style.figure_style(), folders.drawn(folder / f"{NAME}.{ending}") as draft:
            _write(result, writer, draft)
    return [folder / f"{NAME}.{ending}" for ending in writers]


def frames(result: RunTables) -> Iterator[Figure]:
    """Yield the same figure again and again, each time showing the next round."""
    shares, codes = committed_shares(result), list(result.summary.index)
    figure, picture = map_page(result, f"Who is in when – {result.about.title}")
    heading = figure.axes[0].set_title("", fontsize=11, loc="left", pad=6)
    for step in range(shares.shape[1]):
        picture.show(codes, shares[:, step])
        heading.set_text(moment(result, step))
        yield figure


def _write(result: RunTables, writer: AbstractMovieWriter, file: Path) -> None:
    """Draw each round and hand it to a writer; the last one stays."""
    rounds = frames(result)
    with writer.saving(next(rounds), file, DOTS_AN_INCH):
        writer.grab_frame()
        for _ in rounds:
            writer.grab_frame()
        for _ in range(LAST_FRAMES - 1):
            writer.grab_frame()
