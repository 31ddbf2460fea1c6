"""Results held against their own runs: their command is run again, elsewhere, and gives the same bytes."""

import json
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.results.kept import read_document
from sim.results.reading import manifest_of
from sim.system import folders
from sim.system.failures import Failure
from sim.system.manifests import MANIFEST

OF_THE_MOMENT = ("versions", "platform", "started", "seconds")
"""What a manifest says of the machine and the moment."""

COMMANDS = {
    "run",
    "compare",
    "sweep",
    "sensitivity",
    "explain",
    "hindcast",
    "calibrate",
    "cross-validate",
    "forecast",
    "patterns",
}
WRITING = ("--page", "--seal", "--ledger", "--out", "--scheduler")
"""Options that reach beyond the folder of results: a command that others have written down has none."""

WHERE = "run this where the files are that its command names"


class NotTheSame(Failure):
    """Results are not what their command gives."""


def changed_files(folder: Path) -> tuple[str, ...]:
    """Give the command of a folder of results again and return which of its files it makes otherwise.

    Raises
    ------
    Failure
        If the command cannot be run again, or makes other results.
    """
    manifest = manifest_of(folder)
    words = _command(folder)
    with tempfile.TemporaryDirectory() as temporary:
        again = [sys.executable, "-m", "sim", *words, "--out", temporary, "--quiet"]
        ended = subprocess.run(again, capture_output=True, text=True, check=False)  # noqa: S603
        if ended.returncode != 0:
            message = ended.stderr.strip().rpartition("\n")[2].removeprefix("coalition: ")
            raise NotTheSame(folder, f"its command, {shlex.join(words)}, ends with: {message}", WHERE)
        return _differing(folder, manifest, _made(folder, Path(temporary)))


def _command(folder: Path) -> Sequence[str]:
    """Return the words of the command that made a folder, behind the name of the program."""
    command = read_document(folder).command
    try:
        _, *words = shlex.split(command) or [""]
    except ValueError:  # a quotation that does not end
        words = []
    if not words or words[0] not in COMMANDS or any(word.startswith(WRITING) for word in words):
        raise NotTheSame(folder, f"what made it is no command to repeat: {command}", "give it yourself")
    return words


def _made(folder: Path, out: Path) -> Path:
    """Return the folder that was made again; it is called the same if it is of the same inputs."""
    made = sorted(file.parent for file in out.rglob(MANIFEST))
    same = [each for each in made if each.name == folder.resolve().name]
    if not same:
        names = ", ".join(each.name for each in made)
        raise NotTheSame(folder, f"its command now makes {names}: what goes into it has changed", WHERE)
    return same[0]


def _differing(folder: Path, manifest: Mapping[str, Any], made: Path) -> tuple[str, ...]:
    names = [name for name in folders.names_in(made) if name != MANIFEST]
    differing = [name for name in names if _content(folder / name) != _content(made / name)]
    is_same = _lasting(manifest) == _lasting(manifest_of(made))
    return tuple(differing if is_same else [MANIFEST, *differing])


def _content(file: Path) -> bytes | None:
    return folders.read(file) if file.exists() else None


def _lasting(manifest: Mapping[str, Any]) -> str:
    return json.dumps({key: value for key, value in manifest.items() if key not in OF_THE_MOMENT})
