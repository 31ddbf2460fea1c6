"""Functions made from the declarations, written out as one would write them by hand."""

import linecache
from collections.abc import Callable, Mapping
from typing import Any

from sim.declarations.records import Record


def written_out(
    name: str, arguments: str, value: str, names: Mapping[str, Any], doc: str
) -> Callable[..., Any]:
    """Return the function ``def name(arguments): return value``.

    Parameters
    ----------
    name, arguments, value, doc
        Its source; a traceback shows it.
    names
        What the source refers to.
    """
    source = f'def {name}({arguments}):\n    """{doc}"""\n    return {value}\n'
    file = f"<made from declarations: {name}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    namespace = dict(names)
    exec(compile(source, file, "exec"), namespace)  # noqa: S102 - of our own declarations
    made: Callable[..., Any] = namespace[name]
    return made


def reader(
    kind: type[Record], arguments: str, fields: Mapping[str, str], doc: str, **names: Any
) -> Callable[..., Any]:
    """Return the function that fills a record, each field by an expression in the arguments.

    Raises
    ------
    KeyError
        If a field has no expression.
    """
    values = ", ".join(fields[field] for field in kind._fields)
    name = f"{kind.__name__.lower()}_of"
    return written_out(name, arguments, f"{kind.__name__}({values})", {kind.__name__: kind, **names}, doc)
