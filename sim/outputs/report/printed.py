"""What a command has printed, kept in its results folder so that a report can say it again."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import RenderableType

from sim.inputs.errors import InputError
from sim.outputs.report.page import Cell, Column, Section, Table
from sim.outputs.report.terminal import section_of
from sim.outputs.results_folder import UNFINISHED

FILE = "printed.json"


def keep_printed(printed: RenderableType, folder: Path, command: str) -> None:
    """Write what a command has printed, and the command, into a results folder."""
    from sim.outputs.drafts import whole_file

    kept = {"command": command, **asdict(section_of("What was found", printed))}
    with whole_file(folder / FILE) as draft:
        draft.write_text(json.dumps(kept, indent=1, ensure_ascii=False), "utf-8")


def read_printed(folder: Path) -> tuple[Section, str]:
    """Return what was printed as a section, and the command.

    Raises
    ------
    InputError
        If nothing was kept, or it is damaged.
    """
    file = folder / FILE
    try:
        kept = json.loads(file.read_text("utf-8"))
        tables = [_table(table) for table in kept["tables"]]
        return Section(kept["heading"], kept["paragraphs"], tables=tables), str(kept["command"])
    except FileNotFoundError:
        raise InputError(f"is missing: {UNFINISHED}", file=file) from None
    except (OSError, KeyError, TypeError, ValueError):
        problem = "cannot be read; it is damaged; run the command that made this folder again"
        raise InputError(problem, file=file) from None


def _table(kept: dict[str, Any]) -> Table:
    return Table(
        kept["caption"],
        [Column(**column) for column in kept["columns"]],
        [[Cell(**cell) for cell in row] for row in kept["rows"]],
        kept["notes"],
    )
