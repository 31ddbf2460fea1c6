"""Folders that appear only when all of their content is there."""

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator
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
                _clear_abandoned(target)
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
    """Yield a hidden place beside a file that is moved there when all of it is written.

    The ending is kept: libraries go by it.
    """
    draft = file.with_name(f".{file.stem}.{uuid4().hex[:8]}{ENDING}{file.suffix}")
    try:
        yield draft
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _clear_abandoned(target: Path) -> None:
    """Remove the drafts of the same folder whose processes are no more."""
    for draft in target.parent.glob(f".{target.name}.*{ENDING}"):
        if draft.is_symlink():  # such as results that were a link, put aside for new ones
            remove(draft)
        elif (lock := _lock(draft)) is not None:
            remove(draft)
            os.close(lock)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let one process at a time make, clear and rename what is in a folder."""
    lock = _lock(folder, wait=True)
    try:
        yield
    finally:
        if lock is not None:
            os.close(lock)


def _lock(folder: Path, *, wait: bool = False) -> int | None:
    """Return a descriptor that holds a folder, or None if another process does or it cannot be held."""
    if sys.platform == "win32":  # folders cannot be locked there: drafts of killed processes stay
        return None
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
