"""`coalition plot`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sim.outputs.redraw import Wanted, redraw


class Format(StrEnum):
    """What a figure is written as."""

    PNG = "png"
    SVG = "svg"
    PDF = "pdf"


USUAL = [Format.PNG, Format.SVG]


def plot(
    results: Annotated[list[Path], typer.Argument(help="Results folders, as commands have printed them.")],
    figure: Annotated[
        list[str] | None,
        typer.Option(help="Which figure, such as map or willingness; all if none. Repeatable."),
    ] = None,
    nations: Annotated[
        str,
        typer.Option(help="Codes or names, with commas between: whom figures of chosen nations show."),
    ] = "",
    formats: Annotated[
        list[Format], typer.Option("--format", help="What files are written. Repeatable.")
    ] = USUAL,
    animate: Annotated[
        bool,
        typer.Option(
            "--animate", help="The map as an animation: a GIF, and an MP4 where ffmpeg is installed."
        ),
    ] = False,
) -> None:
    """Draw figures of results again, or those that were not drawn yet; nothing is run."""
    chosen = tuple(nation.strip() for nation in nations.split(",") if nation.strip())
    wanted = Wanted(tuple(figure or ()), chosen, tuple(form.value for form in formats), animate)
    for file in redraw(results, wanted):
        print(f"figure: {file}")
