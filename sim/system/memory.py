"""Memory: how much there is, and the error where it is not enough."""

import contextlib
import sys
from pathlib import Path

from sim.system.failures import Failure

LESS = "fewer rounds, runs or threads, or no trajectories, need less"


class OutOfMemory(Failure):
    """There is not enough memory, or a limit of the system leaves the process no more."""

    def __init__(self, problem: str = "there is not enough", way_on: str = LESS) -> None:
        super().__init__("memory", problem, way_on)


RESERVED = 3 * 10**8
"""Bytes of address space, about, that threads and the C library take but do not use; limits count them."""

WORDS = ("failed to map segment", "cannot allocate memory", "can't start new thread")
"""What libraries say instead of `MemoryError`."""


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether an error means that there is no memory left, or none for a thread."""
    return isinstance(error, MemoryError) or any(words in str(error).lower() for words in WORDS)


def available_memory() -> int | None:
    """Return how many bytes this process can still get: the least that any limit leaves; None if unknown."""
    known = [bytes_ for bytes_ in (_of_machine(), _of_groups(), _of_process()) if bytes_ is not None]
    return max(min(known), 0) if known else None


def _of_machine(proc: Path = Path("/proc")) -> int | None:
    """Return what the kernel says can be had without a program being ended, swap included."""
    entries = _numbers(proc / "meminfo")
    if "MemAvailable" not in entries:
        return None
    return 1024 * (entries["MemAvailable"] + entries.get("SwapFree", 0))


def _of_groups(proc: Path = Path("/proc"), root: Path = Path("/sys/fs/cgroup")) -> int | None:
    """Return what the control groups of a container or a batch job leave: the least of all above."""
    left = []
    for line in _text(proc / "self/cgroup").splitlines():
        _, controllers, name = line.split(":", 2)
        if not controllers:
            names = ("memory.max", "memory.current", "inactive_file")
            left += [_left_in(folder, *names) for folder in _upwards(root, name)]
        elif "memory" in controllers.split(","):
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
            left += [_left_in(folder, *names) for folder in _upwards(root / "memory", name)]
    return min((bytes_ for bytes_ in left if bytes_ is not None), default=None)


def _upwards(root: Path, name: str) -> list[Path]:
    """Return the folder of a group and those of the groups that it is in, as far as they are seen here."""
    folder = root / name.lstrip("/")
    return [folder, *(parent for parent in folder.parents if parent.is_relative_to(root))]


def _left_in(folder: Path, limit: str, used: str, reclaimable: str) -> int | None:
    """Return what a control group leaves; files that were read once can be dropped from memory."""
    try:
        most, now = (int(_text(folder / name)) for name in (limit, used))
    except ValueError:  # not there, or "max"
        return None
    return most - now + _numbers(folder / "memory.stat").get(reclaimable, 0)


def _of_process() -> int | None:
    """Return what the limit of address space, ``ulimit -v``, leaves."""
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 - not on Windows

    most, _ = resource.getrlimit(resource.RLIMIT_AS)
    pages = _text(Path("/proc/self/statm")).split()
    if most == resource.RLIM_INFINITY or not pages:
        return None
    return most - int(pages[0]) * resource.getpagesize() - RESERVED


def _numbers(file: Path) -> dict[str, int]:
    """Return the numbers of a file with a name and a number a line."""
    numbers = {}
    for line in _text(file).splitlines():
        name, number, *_ = [*line.replace(":", " ").split(), ""]
        with contextlib.suppress(ValueError):
            numbers[name] = int(number)
    return numbers


def _text(file: Path) -> str:
    """Return what a file of the kernel says; nothing if it is not there."""
    try:
        return file.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
