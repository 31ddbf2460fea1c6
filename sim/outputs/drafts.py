"""Folders that appear only when all of their content is there."""

import contextlib
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import uuid4

ENDING = ".draft"


class Draft:
    """A hidden folder beside the one that it is to become.

    A process that is killed leaves its draft behind; the next one that works on the same folder throws it
    away. It knows by a lock, which the system lifts when a process ends, however it ends.

    Parameters
    ----------
    target
        The folder that the draft becomes; what stands there is replaced.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        self.folder = target.parent / f".{target.name}.{uuid4().hex[:8]}{ENDING}"
        self._made = [parent for parent in target.parents if not parent.exists()]
        self._lock: int | None = None
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with _locked(target.parent):
                _clear_abandoned(target.parent.glob(f".{target.name}.*{ENDING}"))
                self.folder.mkdir()
                self._lock = _lock(self.folder)
        except BaseException:
            self.close()
            raise

    def publish(self) -> None:
        """Put the draft in the place of what stands there."""
        old = self.folder.with_suffix(f".old{ENDING}")
        with _locked(self.target.parent):
            with contextlib.suppress(FileNotFoundError):
                self.target.rename(old)
            self.folder.rename(self.target)
        remove(old)

    def close(self) -> None:
        """Throw away what was not published, and the folders made for it that stay empty."""
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
        with contextlib.suppress(OSError):  # not empty: other results stand here
            for parent in self._made:
                if parent.exists():
                    parent.rmdir()


def remove(path: Path) -> None:
    """Remove a folder with all that is in it, or a file; of a link the link, not what it leads to."""
    if path.is_symlink() or path.is_file():
        with contextlib.suppress(OSError):
            path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def whole_file(file: Path) -> Iterator[Path]:
    """Yield a hidden file that takes the place of another when all of it is written.

    The ending is kept: libraries go by it. What a process that was killed left of it is thrown away, as with
    `Draft`.
    """
    draft = file.with_name(f".{file.stem}.{uuid4().hex[:8]}{ENDING}{file.suffix}")
    lock = None
    try:
        _clear_abandoned(file.parent.glob(f".{file.stem}.*{ENDING}{file.suffix}"))
        lock = _create(draft)
        yield draft
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
        if lock is not None:
            os.close(lock)


def _clear_abandoned(drafts: Iterable[Path]) -> None:
    """Remove those drafts whose processes are no more."""
    for draft in drafts:
        if draft.is_symlink():  # such as results that were a link, put aside for new ones
            remove(draft)
        elif (lock := _lock(draft)) is not None:
            remove(draft)
            os.close(lock)


def _create(file: Path) -> int | None:
    """Create a file and return a descriptor that holds it, if it can be held.

    Another process may clear it between the two; then it begins anew.
    """
    while True:
        file.touch()
        lock = _lock(file, wait=True)
        if lock is not None or file.exists():
            return lock


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let one process at a time make, clear and rename what is in a folder."""
    lock = _lock(folder, wait=True)
    try:
        yield
    finally:
        if lock is not None:
            os.close(lock)


def _lock(path: Path, *, wait: bool = False) -> int | None:
    """Return a descriptor that holds a folder or a file, or None if it cannot be held."""
    if sys.platform == "win32":  # folders cannot be locked there: drafts of killed processes stay
        return None
    import fcntl

    descriptor = None
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(descriptor), path.stat()):  # it was not removed before it was held
            return descriptor
    if descriptor is not None:
        os.close(descriptor)
    return None
