"""Locks: one process at a time fills a folder or writes a file, on any file system."""

import errno
import os
import platform
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from sim.system import files
from sim.system.calls import call
from sim.system.failures import Failure

HELD = {errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES}
"""What the system says where another process holds a lock."""

UNSUPPORTED = {
    errno.ENOLCK,
    errno.ENOSYS,
    errno.ENOTSUP,
    errno.EOPNOTSUPP,
    errno.EINVAL,
    errno.EBADF,  # NFS wants files that are open for writing: folders cannot be
}
"""What it says where a file system has no locks."""

PAUSE = 0.05
"""Seconds between two looks whether a lock is free."""

MOST_BYTES = 1000
"""Of a file that says who holds a lock."""


class LockHeld(Failure):
    """Another process holds what is wanted."""


class Lock:
    """A file or folder that is held; close it to let go. The system lets go when the process ends."""

    def __init__(self, let_go: Callable[[], None]) -> None:
        self.close = let_go


def hold(path: Path, *, what: str = "command", patience: float = 0.0) -> Lock:
    """Hold a file or folder against all other processes.

    Where the file system has no locks, a file beside it says who holds it; that of a process that is no more
    counts for nothing.

    Parameters
    ----------
    path
        What is held; it must be there.
    what
        What messages call those who hold it: ``sweep``.
    patience
        For how many seconds to wait for another process.

    Raises
    ------
    Held
        If another process holds it.
    OSError
        If it is not there, or cannot be held for another reason.
    """
    ends = time.monotonic() + patience
    while (lock := try_to_hold(path)) is None:
        if time.monotonic() >= ends:
            raise _held(path, what)
        time.sleep(PAUSE)
    return lock


def try_to_hold(path: Path) -> Lock | None:
    """Hold a file or folder; None if another process does.

    Raises
    ------
    OSError
        If it is not there, or cannot be held for another reason.
    """
    if sys.platform == "win32":
        return _soft_lock(path)
    try:
        return _system_lock(path)
    except OSError as error:
        if error.errno not in UNSUPPORTED:
            raise
        return _soft_lock(path)


def _system_lock(path: Path) -> Lock | None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        flock(descriptor)
        if not os.path.samestat(os.fstat(descriptor), path.stat()):  # removed before it was held
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    except BaseException as error:
        os.close(descriptor)
        if isinstance(error, OSError) and error.errno in HELD:
            return None
        raise
    return Lock(lambda: os.close(descriptor))


@call
def flock(descriptor: int) -> None:
    """Hold an open file or folder, without waiting."""
    import fcntl  # noqa: PLC0415 - not on Windows

    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _soft_lock(path: Path) -> Lock | None:
    """Hold a file or folder by a file beside it that only one process can create."""
    path.stat()
    file = _owner_file(path)
    try:
        stream = files.create(file)
    except FileExistsError:
        owner = _owner(file)
        if not _is_gone(owner):
            return None
        _clear(file, owner)
        return None if file.exists() else _soft_lock(path)
    try:
        with stream:
            files.write(stream, _myself().encode())
    except BaseException:
        _let_go(file)
        raise
    return Lock(lambda: _let_go(file))


def _let_go(file: Path) -> None:
    with suppress(OSError):  # when this process has ended it counts for nothing
        files.remove(file)


def _owner_file(path: Path) -> Path:
    return path.with_name(f".{path.name}.lock")


def _owner(file: Path) -> str:
    with suppress(OSError), files.open_file(file) as stream:
        return files.read(stream, MOST_BYTES).decode(errors="replace")
    return ""


def _myself() -> str:
    return f"{platform.node()} {os.getpid()} {_started(os.getpid())}"


def _is_gone(owner: str) -> bool:
    """Tell whether a process ran on this machine and is no more; of those elsewhere nobody knows here."""
    host, _, rest = owner.partition(" ")
    pid, _, started = rest.partition(" ")
    if host != platform.node() or not pid.isdecimal() or sys.platform == "win32":
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return started != _started(int(pid))


def _started(pid: int) -> str:
    """Return when a process began, so that a later one of its number is told apart; nothing if not known."""
    with suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    return ""


def _clear(file: Path, owner: str) -> None:
    """Remove the file of an owner that is gone, and not that of one who has come meanwhile."""
    aside = file.with_name(f"{file.name}.{uuid4().hex[:8]}")
    with suppress(FileNotFoundError):
        files.rename(file, aside)
        if _owner(aside) != owner:
            files.link(aside, file)
        files.remove(aside)


def _held(path: Path, what: str) -> LockHeld:
    file = _owner_file(path)
    host, pid, *_ = [*_owner(file).split(), "", ""]
    if not host:
        return LockHeld(path, f"another {what} is writing here", "wait for it to end")
    who = f"another {what} (process {pid} on {host}) is writing here"
    return LockHeld(path, who, f"wait for it to end, or remove {file} if it is no more")
