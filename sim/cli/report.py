"""`coalition report`."""

from pathlib import Path
from typing import Annotated

import typer

from sim.outputs.report import write_report


def report(
    results: Annotated[list[Path], typer.Argument(help="Results folders, as commands have printed them.")],
) -> None:
    """Write results as one HTML file into a results folder, to be read, printed and handed on."""
    for folder in results:
        print(f"report: {write_report(folder)}")
