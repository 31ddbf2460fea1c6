"""Folders that appear only when all of their content is there."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from sim.system import files, folders
from sim.system.failures import named
from sim.system.folders import DRAFT, PATIENCE
from sim.system.locks import Lock, hold, try_to_hold


class Draft:
    """A hidden folder of results beside the one that it is to become.

    A process that is killed leaves its draft behind; the next one that works on the same folder throws it
    away. It knows by a lock, which the system lifts when a process ends, however it ends.

    Parameters
    ----------
    target
        The folder that the draft becomes; what stands there is replaced.

    Raises
    ------
    Refused
        If it cannot be made.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        self.folder = target.parent / f".{target.name}.{uuid4().hex[:8]}{DRAFT}"
        self._made = [parent for parent in target.parents if not parent.exists()]
        self._lock: Lock | None = None
        try:
            with named(target), _parent_held(target):
                _clear_abandoned(target)
                files.make_folder(self.folder)
                self._lock = hold(self.folder)
                folders.begin(self.folder)
        except BaseException:
            self.close()
            raise

    def publish(self) -> None:
        """Put the draft in the place of what stands there."""
        folders.settle(self.folder)
        old = self.folder.with_suffix(f".old{DRAFT}")
        with named(self.target), _parent_held(self.target):
            if self.target.is_symlink() or self.target.exists():
                files.rename(self.target, old)
            try:
                files.rename(self.folder, self.target)
            except BaseException:
                _put_back(old, self.target)
                raise
        _throw_away(old)

    def close(self) -> None:
        """Throw away what was not published, and the folders made for it that stay empty."""
        _throw_away(self.folder)
        if self._lock is not None:
            self._lock.close()
        with contextlib.suppress(OSError):  # not empty: other results stand here
            for parent in self._made:
                if parent.exists():
                    files.remove_empty(parent)


@contextlib.contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """Yield a draft of a results folder that takes its place when all of it is written.

    Raises
    ------
    Refused
        If it cannot be written to.
    """
    with contextlib.closing(Draft(target)) as draft:
        yield draft.folder
        draft.publish()


@contextlib.contextmanager
def _parent_held(target: Path) -> Iterator[None]:
    """Let one process at a time make, clear and rename what is in a folder."""
    files.make_folder(target.parent)
    with contextlib.closing(hold(target.parent, patience=PATIENCE)):
        yield


def _clear_abandoned(target: Path) -> None:
    """Remove those drafts of a folder whose processes are no more."""
    for draft in target.parent.glob(f".{target.name}.*{DRAFT}"):
        if draft.is_symlink():  # such as results that were a link, put aside for new ones
            files.remove(draft)
            continue
        with contextlib.suppress(FileNotFoundError):
            lock = try_to_hold(draft)
            if lock is not None:
                with contextlib.closing(lock):
                    files.remove(draft)


def _put_back(old: Path, target: Path) -> None:
    with contextlib.suppress(OSError, MemoryError):
        files.rename(old, target)


def _throw_away(path: Path) -> None:
    with contextlib.suppress(OSError, MemoryError):
        files.remove(path)
