"""How much memory there is."""

import os
from contextlib import suppress
from pathlib import Path


def available_memory() -> int | None:
    """Return how many bytes of memory are free, what is kept of files included; None if not known."""
    with suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    with suppress(OSError, ValueError, AttributeError):
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return None
