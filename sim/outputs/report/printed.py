"""What a command has printed, kept in its results folder so that a report can say it again."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import RenderableType

from sim.outputs.report.page import Cell, Column, Section, Table
from sim.outputs.report.terminal import section_of
from sim.system import folders, manifests
from sim.system.folders import AGAIN, Damaged

FILE = "printed.json"


def keep_printed(printed: RenderableType, folder: Path, command: str) -> None:
    """Write what a command has printed, and the command, into a results folder."""
    kept = {"command": command, **asdict(section_of("What was found", printed))}
    with folders.adding_to(folder):
        folders.write(folder / FILE, manifests.written(kept, indent=1))


def read_printed(folder: Path) -> tuple[Section, str]:
    """Return what was printed as a section, and the command.

    Raises
    ------
    Failure
        If nothing was kept, or it is damaged.
    """
    file = folder / FILE
    kept = manifests.read_json(file)
    try:
        tables = [_table(table) for table in kept["tables"]]
        return Section(kept["heading"], kept["paragraphs"], tables=tables), str(kept["command"])
    except (KeyError, TypeError, ValueError):
        raise Damaged(file, "does not hold what was printed", AGAIN) from None


def _table(kept: dict[str, Any]) -> Table:
    return Table(
        kept["caption"],
        [Column(**column) for column in kept["columns"]],
        [[Cell(**cell) for cell in row] for row in kept["rows"]],
        kept["notes"],
    )
