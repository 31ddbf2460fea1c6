"""What folders of results say of themselves in JSON; others may have written it, with anything in it."""

import json
from pathlib import Path
from typing import Any

from sim.system import files, folders
from sim.system.failures import READING, Failure, named
from sim.system.folders import AGAIN, DIGESTS, Damaged, Missing

FORMAT = 6
"""Version of the layout of folders of results."""

MANIFEST = "manifest.json"

MOST_BYTES = 50_000_000
"""Of a file of JSON, at most."""


class OtherVersion(Failure):
    """A folder of results was made by another version of the program."""


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return what the manifest of a folder of results says, as it was written.

    Raises
    ------
    Damaged, Missing, OtherVersion, Refused
        If it is not as it was written, not there, of another version, or cannot be read.
    """
    file = folder / MANIFEST
    _refuse_other_version(file)
    if not (folder / DIGESTS).exists():
        raise Missing(folder / DIGESTS, "is missing", AGAIN)
    manifest = read_json(file)
    if not isinstance(manifest, dict):
        raise Damaged(file, "is no table", AGAIN)
    return manifest


def read_json(file: Path) -> Any:
    """Read a file of JSON of a folder of results.

    Raises
    ------
    Damaged, Missing, Refused
        If it is not as it was written, not there, no text that can be shown, or cannot be read.
    """
    content = folders.read(file, MOST_BYTES)
    try:
        manifest = json.loads(content)
        json.dumps(manifest, ensure_ascii=False).encode()  # half of a character is none
    except (ValueError, RecursionError) as error:
        raise Damaged(file, f"is no JSON that can be read ({type(error).__name__})", AGAIN) from None
    return manifest


def written(value: Any, indent: int = 2) -> bytes:
    """Return a value as files of JSON hold it."""
    return f"{json.dumps(value, indent=indent, ensure_ascii=False)}\n".encode()


def _refuse_other_version(file: Path) -> None:
    """Refuse what another version made before its digests are asked for, which it may not have."""
    with named(file, READING):
        try:
            with files.open_file(file) as opened:
                manifest = json.loads(files.read(opened, MOST_BYTES))
        except FileNotFoundError:
            raise Missing(file, "is missing", AGAIN) from None
        except (ValueError, RecursionError):
            return
    if isinstance(manifest, dict) and manifest.get("format") != FORMAT:
        made = manifest.get("versions")
        by = made.get("coalition-sim", "unknown") if isinstance(made, dict) else "unknown"
        raise OtherVersion(file, f"made by another version of the program ({by})", AGAIN)
