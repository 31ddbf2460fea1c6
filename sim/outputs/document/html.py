"""Documents in HTML: a page that needs no other file, or a fragment for a notebook."""

from functools import cache
from pathlib import Path

from sim.results.document import Block, Cell, Document, whole
from sim.system.libraries import jinja2


def page(document: Document) -> str:
    """Return a document as a page; whatever stands in it is text, markup is not interpreted."""
    return _environment().get_template("page.html").render(document=document)


def fragment(document: Document) -> str:
    """Return a document as it stands in a page of others, without style; markup is not interpreted."""
    return _environment().get_template("fragment.html").render(document=document)


@cache
def _environment() -> "jinja2.Environment":
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(kind=_kind, sortable=_sortable, whole=whole)
    return environment


def _kind(block: Block) -> str:
    """Return the name of the macro that shows a block."""
    return type(block).__name__.lower()


def _sortable(cell: Cell) -> str:
    """Return the value of a cell as its script reads it; empty for none."""
    if isinstance(cell.value, float):
        return f"{cell.value!r}".replace("inf", "Infinity")
    return cell.value or ""
