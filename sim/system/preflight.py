"""What a command needs of its surroundings: checked before its first run, not after its last."""

import logging
import math
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sim.system.calls import call
from sim.system.failures import Failure
from sim.system.memory import LESS, OutOfMemory, available_memory

LARGE = 1e9
"""Bytes of memory from which on they are announced."""

NOT_LOADED = 3e8
"""Bytes, about, of the libraries that a command loads after it has looked: Numba, pandas, matplotlib."""

LONG = 120.0
"""Seconds from which on they are announced."""


class NotWritable(Failure):
    """Results cannot be written where they are to go."""


class NoRoom(Failure):
    """Results do not fit on the disk that they are to go to."""


@dataclass(frozen=True)
class Need:
    """What a command takes, about.

    Attributes
    ----------
    memory, disk
        Bytes; of memory beyond what the process has.
    seconds
        How long it computes.
    """

    memory: float = 0.0
    disk: float = 0.0
    seconds: float = 0.0


NOTHING_LARGE = Need()


def settle(out: Path, need: Need = NOTHING_LARGE) -> None:
    """Find out now whether a command can come to its end, and tell what it takes where that is much.

    Parameters
    ----------
    out
        Folder of all results; it need not be there.
    need
        What the command takes.

    Raises
    ------
    Failure
        If results cannot be written there or will not fit, or there is not memory enough.
    """
    _check_folder(out)
    if need.disk > (free := free_space(existing(out))):
        problem = f"some {_bytes(need.disk)} of results do not fit on the disk, {_bytes(free)} are free"
        raise NoRoom(out, problem, "fewer runs, or no trajectories, need less; --out takes another disk")
    available = available_memory()
    if available is not None and need.memory and need.memory + NOT_LOADED > available:
        libraries = f"and {_bytes(NOT_LOADED)} for libraries"
        problem = f"some {_bytes(need.memory)} are needed, {libraries}; {_bytes(available)} are available"
        raise OutOfMemory(problem, LESS)
    much = [f"{_bytes(need.memory)} of memory"] if need.memory > LARGE else []
    much += [f"{_duration(need.seconds)} in all"] if need.seconds > LONG else []
    if much:
        logging.getLogger("sim").warning(f"this takes some {' and '.join(much)}")


def _check_folder(out: Path) -> None:
    try:
        try_to_write(existing(out))
    except OSError as error:
        problem = f"--out: cannot be written to: {error.strerror or error}"
        raise NotWritable(out, problem, "give another folder") from None


def existing(folder: Path) -> Path:
    """Return a folder or, where it is not there, the nearest above it that is."""
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


@call
def try_to_write(folder: Path) -> None:
    """Write a file into a folder and remove it; an OSError if that cannot be."""
    with tempfile.TemporaryFile(dir=folder) as stream:
        stream.write(b"0")
        stream.flush()


def free_space(folder: Path) -> float:
    """Return how many bytes may still be written to a disk, quotas apart; infinite if that is unknown."""
    try:
        return _left_on_disk(folder)
    except OSError:
        return math.inf


@call
def _left_on_disk(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def _bytes(number: float) -> str:
    return f"{number / 1e9:.1f} GB" if number >= 1e8 else f"{number / 1e6:.1f} MB"


def _duration(seconds: float) -> str:
    units = (("days", 86400.0), ("hours", 3600.0), ("minutes", 60.0))
    unit, length = next((each for each in units if seconds >= 2 * each[1]), ("seconds", 1.0))
    return f"{seconds / length:.0f} {unit}"
