"""Folders of results read back: errors are one line."""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from sim.inputs.characters import shortened
from sim.inputs.errors import InputError
from sim.results.kinds import KINDS, ResultKind
from sim.system import manifests
from sim.system.folders import AGAIN, Damaged
from sim.system.manifests import MANIFEST

MOST_NAMED = 3
"""Results folders that a message names, at most."""

MOST_OF_CAUSE = 300
"""Characters of what the program has stumbled over."""

Manifest = Mapping[str, Any]


def manifest_of(folder: Path) -> Manifest:
    """Return what the manifest of a results folder says.

    Raises
    ------
    InputError
        If there is no such folder, or it holds no results.
    Failure
        If it is not as it was written, or of another version.
    """
    if not folder.is_dir():
        problem = "is a file; give the folder that it is in" if folder.exists() else "no such folder"
        raise InputError(problem, file=folder)
    if not (folder / MANIFEST).exists():
        raise InputError(f"holds no results (no {MANIFEST}){_results_below(folder)}", file=folder)
    return manifests.read_manifest(folder)


DAMAGE = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError, OSError, RuntimeError),
    *(TypeError, ValueError),
)
"""What is raised where results are not as they were written."""


@contextmanager
def damage_named(folder: Path, problem: str = "the results are damaged") -> Iterator[None]:
    """Turn what goes wrong where what is shown is made of damaged results into a message."""
    try:
        with warnings.catch_warnings(action="ignore"):  # of numbers that somebody may have made up
            yield
    except DAMAGE as error:
        if isinstance(error, InputError) and error.file is not None:
            raise
        cause = shortened(" ".join(f"{type(error).__name__}: {error}".split()), MOST_OF_CAUSE)
        raise Damaged(folder, f"{problem} ({cause})", AGAIN) from None


def _results_below(folder: Path) -> str:
    """Return the results folders in a folder, for a message."""
    folders_below = [str(file.parent) for file in islice(folder.rglob(MANIFEST), MOST_NAMED + 1)]
    more = ", ..." if len(folders_below) > MOST_NAMED else ""
    return f"; did you mean {', '.join(folders_below[:MOST_NAMED])}{more}?" if folders_below else ""


Described = TypeVar("Described", bound=BaseModel)


def parsed(kind: type[Described], folder: Path, manifest: Manifest) -> Described:
    """Return a manifest as a kind of results has it.

    Raises
    ------
    Damaged
        If it is not as the program writes it.
    """
    try:
        return kind.model_validate(dict(manifest))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"]))
        problem = f"{MANIFEST}: cannot be read ({key}: {shortened(first['msg'], MOST_OF_CAUSE)})"
        raise Damaged(folder, problem, AGAIN) from None


def kind_of(folder: Path, manifest: Manifest) -> ResultKind:
    """Return the kind of results that a folder holds.

    Raises
    ------
    InputError
        If it is not known.
    """
    name = str(manifest.get("kind"))
    if name not in KINDS:
        raise InputError(f'results of kind "{name}"; known: {", ".join(KINDS)}', file=folder / MANIFEST)
    return KINDS[name]
