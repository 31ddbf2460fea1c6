"""Pieces of Markdown."""

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


def safe(text: object) -> str:
    """Return a text of a data file so that nothing in it is read as Markdown."""
    escaped = "".join(f"\\{letter}" if letter in r"\`*_{}[]<>#$~^" else letter for letter in str(text))
    return " ".join(escaped.split())


def _cell(cell: object) -> str:
    return " ".join(str(cell).split()).replace("|", "\\|")
