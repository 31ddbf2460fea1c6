"""Folders of results: every file is whole or not there, and has its digest, so that what rots is named.

`digests.sha256` has a line a file, as ``sha256sum`` writes and checks them. A file gets its line before it
takes its place, so that at every moment each file that is there has one; lines that hold no longer are
dropped when the folder is left.
"""

import hashlib
import io
import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

from sim.system import files
from sim.system.failures import READING, Failure, named
from sim.system.locks import hold

DIGESTS = "digests.sha256"

DRAFT = ".draft"
"""In the hidden name of what is not whole yet."""

PATIENCE = 60.0
"""For how many seconds to wait for a command that writes into the same folder."""

PIECE = 2**20
"""Bytes that are read at a time."""

MOST_BYTES, MOST_IN_MEMORY, MOST_OF_DIGESTS = 2**40, 2**30, 10**8
"""Of a file, of one that is read into memory as it is, and of the digests, at most."""

AGAIN = "run the command that made this folder again"
UNFINISHED = "the results are not finished; the same command goes on"
"""The hint where a file is not there: a command in parts leaves such a folder where it is stopped."""


class Damaged(Failure):
    """A file is not what was written."""


class Missing(Failure):
    """A file is not there."""


# --- writing --------------------------------------------------------------------------------------------


def begin(folder: Path) -> None:
    """Make an empty folder one of results, or leave it one."""
    if not (folder / DIGESTS).exists():
        files.create(folder / DIGESTS).close()


def write(file: Path, content: bytes) -> None:
    """Write a file, whole or not at all even if the power fails, with its digest.

    Parameters
    ----------
    file
        Where it goes: into a folder of results, one below it, or elsewhere; then it has no digest.
    content
        All of it.

    Raises
    ------
    Refused
        If it cannot be written.
    """
    with stream(file) as opened:
        opened.write(content)


@contextmanager
def stream(file: Path) -> Iterator[io.RawIOBase]:
    """Open a file that is written piece by piece, see `write`."""
    with _placed(file, _hidden(file.name)) as draft:
        with named(file):
            opened = files.create(draft)
        with opened:
            noted = _Digesting(file, opened)
            yield noted
            with named(file):
                files.sync(opened)
                _note(file, noted.digest.hexdigest())


@contextmanager
def drawn(file: Path) -> Iterator[Path]:
    """Yield where another program writes a file, which then takes its place, see `write`."""
    with _placed(file, _hidden(file.stem) + file.suffix) as draft:  # programs go by the ending
        yield draft
        with named(file), files.open_file(draft) as opened:
            _note(file, _digest(opened))


class _Digesting(io.RawIOBase):
    """Writes bytes, and knows the digest of all of them."""

    def __init__(self, file: Path, opened: BinaryIO) -> None:
        self._file, self._opened, self.digest = file, opened, hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        with named(self._file):
            files.write(self._opened, content)
        self.digest.update(content)
        return memoryview(content).nbytes


def _hidden(name: str) -> str:
    return f".{name}.{uuid4().hex[:8]}{DRAFT}"


@contextmanager
def _placed(file: Path, hidden: str) -> Iterator[Path]:
    """Yield the hidden name of a file, which gets its own when it is written."""
    draft = file.with_name(hidden)
    with named(file):
        files.make_folder(file.parent)
    try:
        yield draft
        with named(file):
            files.rename(draft, file)
    except BaseException:
        with suppress(OSError, MemoryError):
            files.remove(draft)
        raise


def _note(file: Path, digest: str) -> None:
    root = root_of(file)
    if root is not None:
        files.append(root / DIGESTS, f"{digest}  {file.relative_to(root).as_posix()}")


def root_of(file: Path) -> Path | None:
    """Return the folder of results that a file is in, or is to be in."""
    return next((folder for folder in list(file.parents)[:2] if (folder / DIGESTS).exists()), None)


@contextmanager
def adding_to(folder: Path) -> Iterator[None]:
    """Hold a folder of results to write further files into it.

    Raises
    ------
    Held
        If another command writes into it for long.
    """
    with named(folder):
        lock = hold(folder, patience=PATIENCE)
    with closing(lock):
        with named(folder):
            clear_drafts(folder)
        yield
        settle(folder)


def clear_drafts(folder: Path) -> None:
    """Remove what a killed process left half-written in a folder that is held."""
    for path in files.files_in(folder):
        if path.name.startswith(".") and DRAFT in path.suffixes:
            files.remove(path)


def settle(folder: Path) -> None:
    """Drop the lines of digests that do not hold any more, and sort the others."""
    digests = folder / DIGESTS
    with named(digests):
        before = _content(digests)
        listed = _listed(before)
        kept = sorted((name, _holding(folder / name, known)) for name, known in listed.items() if known)
        text = "".join(f"{digest}  {name}\n" for name, digest in kept if digest)
        if text.encode() != before:
            with _placed(digests, _hidden(DIGESTS)) as draft, files.create(draft) as opened:
                files.write(opened, text.encode())
                files.sync(opened)


def _holding(file: Path, known: list[str]) -> str:
    """Return which digest of a file holds; of a damaged one the last, and nothing if it is not there."""
    if not file.exists():
        return ""
    if len(known) == 1:
        return known[0]
    with files.open_file(file) as opened:
        digest = _digest(opened)
    return digest if digest in known else known[-1]


# --- reading --------------------------------------------------------------------------------------------


def open_whole(file: Path, most_bytes: int = MOST_BYTES) -> BinaryIO:
    """Open a file of a folder of results that is as it was written, and no larger than so many bytes.

    Raises
    ------
    Damaged, Missing, Refused
        If it is not, if it is not there, or if it cannot be read.
    """
    with named(file, READING):
        try:
            _refuse_links(file)
            opened = files.open_file(file)
        except FileNotFoundError:
            raise Missing(file, "is missing", UNFINISHED) from None
        except files.NoFileError:
            raise Damaged(file, "is no file", AGAIN) from None
        try:
            if os.fstat(opened.fileno()).st_size > most_bytes:
                raise Damaged(file, f"is larger than {most_bytes // 1_000_000:,} MB", AGAIN)
            root = root_of(file)
            if root and not (known := _digests_of(file, root)):
                raise Damaged(file, f"is none of the files that {DIGESTS} lists", AGAIN)
            if root and _digest(opened) not in known:
                raise Damaged(file, "is damaged: not what was written", AGAIN)
            opened.seek(0)
        except BaseException:
            opened.close()
            raise
    return opened


def read(file: Path, most_bytes: int = MOST_IN_MEMORY) -> bytes:
    """Read a file of a folder of results, see `open_whole`."""
    with open_whole(file, most_bytes) as opened, named(file, READING):
        return files.read(opened, most_bytes)


def is_whole(file: Path) -> bool:
    """Tell whether a file is there as it was written."""
    try:
        open_whole(file).close()
    except (Damaged, Missing):
        return False
    return True


def has_digest(file: Path, content: bytes) -> bool:
    """Tell whether a file of a folder of results was written with such content."""
    root = root_of(file)
    return root is not None and hashlib.sha256(content).hexdigest() in _digests_of(file, root)


def names_in(folder: Path) -> list[str]:
    """Return the files of a folder of results, as far as it lists them."""
    return sorted(_listed_in(folder))


@dataclass(frozen=True)
class Findings:
    """What is wrong with a folder of results.

    Attributes
    ----------
    damaged, missing, surplus
        Files that are not as they were written, that are not there, and that no command wrote.
    """

    damaged: tuple[str, ...]
    missing: tuple[str, ...]
    surplus: tuple[str, ...]


def verify(folder: Path) -> Findings:
    """Hold every file of a folder of results against its digest.

    Raises
    ------
    Missing, Refused
        If it has no digests, or something in it cannot be read.
    """
    with named(folder, READING):
        if not (folder / DIGESTS).is_file():
            raise Missing(folder / DIGESTS, "is missing", AGAIN)
        there = {path.relative_to(folder).as_posix() for path in files.files_in(folder)} - {DIGESTS}
    listed = set(names_in(folder))
    damaged = [name for name in sorted(listed & there) if not is_whole(folder / name)]
    return Findings(tuple(damaged), tuple(sorted(listed - there)), tuple(sorted(there - listed)))


def check_listed(file: Path) -> None:
    """Refuse a damaged file of a folder of results that is given as an input; of others nothing is known.

    Raises
    ------
    Damaged, Refused
        If it is damaged, or cannot be read.
    """
    place = file.resolve()
    root = root_of(place)
    if root and place.exists() and _digests_of(place, root):
        open_whole(place).close()


def check(folder: Path) -> None:
    """Refuse a folder of results in which a file is damaged.

    Raises
    ------
    Damaged
        For the first of them.
    """
    for name in names_in(folder):
        with suppress(Missing):
            open_whole(folder / name).close()


def _refuse_links(file: Path) -> None:
    """Refuse a file of a folder of results that is a link, or stands behind one: it may be anywhere."""
    root = root_of(file)
    inside = [path for path in (file, *file.parents) if root and root in path.parents]
    for path in inside:
        if path.is_symlink():
            raise Damaged(path, "is a link, which no command writes", "remove it and " + AGAIN)


def _digests_of(file: Path, root: Path) -> list[str]:
    return _listed_in(root).get(file.relative_to(root).as_posix(), [])


def _listed_in(folder: Path) -> Mapping[str, list[str]]:
    return _listed(_content(folder / DIGESTS))


def _content(digests: Path) -> bytes:
    with named(digests, READING), files.open_file(digests) as opened:
        return files.read(opened, MOST_OF_DIGESTS)


@lru_cache(maxsize=4)
def _listed(content: bytes) -> Mapping[str, list[str]]:
    """Return the digests of each file, by name; a line that is damaged says nothing.

    Where thousands of parts are read one after another, the same lines are not read anew for each.
    """
    listed: dict[str, list[str]] = {}
    for line in content.decode("utf-8", "replace").split("\n"):
        digest, two, name = line[:64], line[64:66], line[66:]
        if two == "  " and name and set(digest) <= set("0123456789abcdef"):
            listed.setdefault(name, []).append(digest)
    return listed


def _digest(opened: BinaryIO) -> str:
    digest = hashlib.sha256()
    while piece := files.read(opened, PIECE):
        digest.update(piece)
    return digest.hexdigest()
