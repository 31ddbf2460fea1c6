"""`coalition verify`."""

import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.progress import said_to_work
from sim.inputs.characters import printable
from sim.outputs.recompute import changed_files
from sim.results.reading import manifest_of
from sim.system.folders import Damaged, Missing, names_in
from sim.system.folders import verify as find


def verify(
    results: Annotated[list[Path], typer.Argument(help="Results folders, as commands have printed them.")],
    recompute: Annotated[
        bool,
        typer.Option("--recompute", help="Also give their commands again, and compare what these make."),
    ] = False,
) -> None:
    """Check results: that every file is as it was written, that none is missing and none was put in."""
    faults = sum(_faults(folder, recompute=recompute) for folder in results)
    if faults:
        raise typer.Exit(2)


def _faults(folder: Path, *, recompute: bool) -> int:
    """Tell what is wrong with a folder, or that nothing is; return how many faults it has."""
    with suppress(Damaged, Missing):  # named below, with all else that is wrong
        manifest_of(folder)
    checked = find(folder)
    faulty = {
        "damaged": checked.damaged,
        "missing": checked.missing,
        "not written by a command": checked.surplus,
    }
    if recompute and not any(faulty.values()):
        with said_to_work(f"running {folder} again", quiet=False):
            faulty["otherwise when computed again"] = changed_files(folder)
    for what, names in faulty.items():
        for name in names:
            print(f"coalition: {printable(str(folder / name))}: {what}", file=sys.stderr)
    faults = sum(map(len, faulty.values()))
    if not faults:
        same = ", and the same when computed again" if recompute else ""
        print(printable(f"{folder}: ok, {len(names_in(folder))} files as they were written{same}"))
    return faults
