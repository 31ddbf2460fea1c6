"""Whether all of a report can be read in a narrow terminal."""

import io
import re
from collections import Counter

from rich.console import Console, RenderableType

from sim.outputs.document.terminal import rendered
from sim.results.document import Document

NUMBER = re.compile(r"\d[\d.,]*")


def printed(report: Document | RenderableType, width: int) -> str:
    """Return what a terminal of a width shows."""
    console = Console(width=width, file=io.StringIO(), markup=False, emoji=False, record=True)
    console.print(rendered(report) if isinstance(report, Document) else report)
    return console.export_text()


def lost(report: Document | RenderableType, width: int = 80) -> list[str]:
    """Return the numbers that a terminal with room for all shows and a narrow one does not, and ellipses."""
    narrow = printed(report, width)
    assert max(map(len, narrow.splitlines())) <= width
    missing = Counter(NUMBER.findall(printed(report, 400))) - Counter(NUMBER.findall(narrow))
    return [*missing.elements(), *re.findall("…", narrow)]
