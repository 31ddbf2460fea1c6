"""The reference of the Python interface: the public names of `sim`."""

import inspect
from typing import Any

import sim


def setup(app: Any) -> dict[str, bool]:
    """Mend how docstrings are read."""
    app.connect("autodoc-process-docstring", _shield, priority=100)
    app.connect("autodoc-skip-member", _skip)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _shield(_app: Any, what: str, _name: str, _object: Any, _options: Any, lines: list[str]) -> None:
    """Keep napoleon from reading "A row a run: ..." as a type and a description."""
    if what in {"attribute", "data", "property"}:
        lines.insert(0, "\\ ")  # nothing, but a line of its own


def _skip(_app: Any, _what: str, _name: str, found: Any, *_others: Any) -> bool | None:
    """Leave out fields of named tuples, whose docstrings only count them."""
    return True if type(found).__name__ == "_tuplegetter" else None


def reference() -> str:
    """Return a section for functions, one for the model, one for what they return and raise."""
    names = sorted(sim.__all__)
    functions = [name for name in names if inspect.isfunction(getattr(sim, name))]
    classes = [name for name in names if name not in functions]
    return f"## Functions\n\n{_directives(functions)}\n## Classes\n\n{_directives(classes)}"


def _directives(names: list[str]) -> str:
    return "\n".join(f"```{{eval-rst}}\n{_directive(name)}\n```\n" for name in names)


def _directive(name: str) -> str:
    found = getattr(sim, name)
    if inspect.isfunction(found):
        return f".. autofunction:: sim.{name}"
    if issubclass(found, Exception):
        return f".. autoexception:: sim.{name}"
    return f".. autoclass:: sim.{name}\n   :members:\n   :exclude-members: model_config"
