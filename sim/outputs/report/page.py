"""What a report is made of, and how it becomes one HTML file that needs nothing else."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

SHORT = 16
"""Characters of a cell that is not broken into lines."""


@dataclass(frozen=True)
class Cell:
    """A cell of a table: what is read, and by what the rows are sorted."""

    text: str
    order: float | str

    @property
    def is_short(self) -> bool:
        """Whether it stands on one line, as a date or a name does: browsers would break it at a hyphen."""
        return len(self.text) <= SHORT


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, and whether it holds numbers."""

    heading: str
    numbers: bool = False


@dataclass(frozen=True)
class Table:
    """A table that readers can sort; the first cell of a row names it. Notes stand below it."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Picture:
    """A figure: the file's content, what it shows in words, and how wide and high it is in pixels."""

    content: bytes
    alt: str
    width: int
    height: int

    @property
    def source(self) -> str:
        """The picture as a data address: nothing is fetched."""
        return f"data:image/png;base64,{b64encode(self.content).decode()}"


@dataclass(frozen=True)
class Link:
    """A fact with its source; `address` is empty where the source has none."""

    text: str
    address: str = ""


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it, in this order."""

    heading: str
    paragraphs: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()
    points: Sequence[Link] = ()
    pictures: Sequence[Picture] = ()
    tables: Sequence[Table] = ()
    code: str = ""


@dataclass(frozen=True)
class Page:
    """A report: the headline in sentences, then sections."""

    title: str
    headline: Sequence[str]
    sections: Sequence[Section] = field(default_factory=tuple)


def render(page: Page) -> str:
    """Return a page as HTML; whatever stands in it is text, markup is not interpreted."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("template.html").render(page=page)
