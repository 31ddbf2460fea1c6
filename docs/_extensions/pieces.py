"""Pieces of Markdown."""

import re
from collections.abc import Iterable, Sequence


def table(header: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """Return a table; ``|`` and line breaks in cells are made harmless."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines) + "\n"


def code(text: object) -> str:
    """Return a text set as code; nothing of nothing."""
    return f"`{text}`" if str(text) else ""


def number(value: float) -> str:
    """Return a number as short as it is exact."""
    return f"{int(value):,}" if float(value).is_integer() else f"{value:,.6g}"


def together(text: object) -> str:
    """Return a text that is not broken over lines."""
    return str(text).replace(" ", "\N{NO-BREAK SPACE}")


def safe(text: object) -> str:
    """Return a text of a data file so that nothing in it is read as Markdown."""
    escaped = "".join(f"\\{letter}" if letter in r"\`*_{}[]<>#$~^" else letter for letter in str(text))
    return _one_line(escaped)


def options_as_code(text: str) -> str:
    """Return a text with ``--options`` set as code, but for those that are already."""
    return re.sub(r"(?<![\w`-])(--[a-z][a-z-]*)(?![^`\n]*`)", r"`\1`", text)


def _cell(cell: object) -> str:
    return _one_line(str(cell)).replace("|", "\\|")


def _one_line(text: str) -> str:
    """Return a text with its blanks made one; those that must not break are left."""
    return re.sub(r"[ \t\n]+", " ", text).strip(" ")
