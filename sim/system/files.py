"""Calls of the system for files and folders; what fails raises OSError, for others of this layer to name."""

import io
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from sim.system.calls import call


class NoFileError(OSError):
    """What is to be read is a folder, a pipe or a device."""


@call
def open_file(path: Path) -> BinaryIO:
    """Open a file to be read; what is none, such as a pipe, would never end, and is refused."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NoFileError(0, "is no file")
    return os.fdopen(descriptor, "rb")


@call
def read(stream: BinaryIO, most_bytes: int) -> bytes:
    """Read up to so many bytes."""
    return stream.read(most_bytes)


@call
def read_some(path: Path, most_bytes: int) -> bytes:
    """Read up to so many bytes of a file, or of a pipe that a user gives."""
    with path.open("rb") as stream:
        return stream.read(most_bytes)


@call
def create(path: Path) -> BinaryIO:
    """Create a file to be written; it must not be there."""
    return path.open("xb", buffering=0)


@call
def touch(path: Path) -> None:
    """Make an empty file where there is none."""
    path.touch()


@call
def write(stream: BinaryIO, content: bytes | memoryview) -> None:
    """Write all of some bytes."""
    _write_all(stream, content)


def _write_all(stream: BinaryIO, content: bytes | memoryview) -> None:
    left = memoryview(content).cast("B")
    while len(left):
        left = left[stream.write(left) :]


@call
def sync(stream: BinaryIO) -> None:
    """Wait until what was written would outlast a loss of power."""
    stream.flush()
    os.fsync(stream.fileno())


@call
def append(path: Path, line: str) -> None:
    """Add a line to a file that is there, whole or not at all; an earlier one may have been cut short."""
    with path.open("r+b", buffering=0) as stream:
        end = stream.seek(0, io.SEEK_END)
        stream.seek(max(end - 1, 0))
        begins = b"\n" if stream.read(1) not in {b"", b"\n"} else b""
        try:
            _write_all(stream, begins + line.encode() + b"\n")
            os.fsync(stream.fileno())
        except OSError:
            os.truncate(path, end)
            raise


@call
def rename(path: Path, target: Path) -> None:
    """Give a file or a folder another name; a file, a link or an empty folder of that name is replaced."""
    path.replace(target)


@call
def link(path: Path, target: Path) -> None:
    """Give a file a second name; it must be free."""
    os.link(path, target)


@call
def make_folder(path: Path) -> None:
    """Make a folder, and those above it; it may be there."""
    path.mkdir(parents=True, exist_ok=True)


@call
def remove(path: Path) -> None:
    """Remove a file, a link, or a folder with all that is in it; it need not be there."""
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    except FileNotFoundError:
        pass


@call
def remove_empty(path: Path) -> None:
    """Remove a folder that holds nothing."""
    path.rmdir()


@call
def files_in(folder: Path) -> list[Path]:
    """Return all that is in a folder and those below it but folders; links are not followed."""
    return sorted(_walk(folder))


def _walk(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path))
            else:
                yield Path(entry.path)
