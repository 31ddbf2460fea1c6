"""What an answer says, kept in its results folder with the command that gave it."""

from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from sim.results.document import Document
from sim.system import folders, manifests
from sim.system.folders import AGAIN, Damaged

FILE = "document.json"


@dataclass(frozen=True)
class Kept:
    """A document, and the command that gave it."""

    command: str
    document: Document


def write_document(document: Document, folder: Path, command: str) -> None:
    """Write a document into a results folder that is held, with the command that gave it."""
    folders.write(folder / FILE, manifests.written(asdict(Kept(command, document)), indent=1))


def read_document(folder: Path) -> Kept:
    """Return the document of a results folder.

    Raises
    ------
    Failure
        If none was kept, or it is damaged.
    """
    file = folder / FILE
    try:
        return TypeAdapter(Kept).validate_python(manifests.read_json(file))
    except ValidationError:
        raise Damaged(file, "holds no document", AGAIN) from None
