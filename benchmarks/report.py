"""Tables of measurements, as Markdown, with what they were measured on."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("mesa", "numba", "llvmlite", "numpy")


@dataclass(frozen=True)
class Table:
    """A table, what it is about and how it was measured."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""

    def markdown(self) -> str:
        """Return the table as Markdown."""
        lines = [f"## {self.title}", ""]
        lines += [f"| {' | '.join(row)} |" for row in (self.head, self._rule(), *self.rows)]
        return "\n".join([*lines, "", self.note]).rstrip() + "\n"

    def _rule(self) -> list[str]:
        return ["---", *("---:" for _ in self.head[1:])]


def microseconds(seconds: float) -> str:
    """Return a time in microseconds, with three significant digits or all before the point."""
    value = seconds * 1e6
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def machine() -> str:
    """Return what the measurements were made on, as a line of Markdown."""
    parts = [
        f"{datetime.now(UTC):%Y-%m-%d}",
        f"{_processor()}, {os.cpu_count()} cores",
        f"{platform.system()} {platform.machine()}",
        f"Python {platform.python_version()}",
        *(f"{package} {version(package)}" for package in PACKAGES),
    ]
    return ", ".join(parts) + "."


def _processor() -> str:
    description = Path("/proc/cpuinfo")
    if description.is_file():
        for line in description.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"
