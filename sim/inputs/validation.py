"""Checks data from a file against a pydantic model, and says in one plain line what is wrong."""

import re
from collections.abc import Callable, Iterable, Mapping
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from sim.inputs.characters import refused_character
from sim.inputs.errors import InputError, near_match
from sim.inputs.toml_file import TomlPath, dotted, on_one_line

ErrorAt = Callable[[TomlPath, str], InputError]
"""Makes the error for a problem at a key path, such as :meth:`sim.inputs.toml_file.TomlFile.error`."""

M = TypeVar("M", bound=BaseModel)


class KeyProblem(ValueError):  # noqa: N818 - for validators of whole tables: which of the keys it is about
    """What is wrong with a key of a table, found where the table is looked at as a whole."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(problem)
        self.key = key


_KINDS = {
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "int_type": "must be a whole number",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "date_type": "must be a date such as 2025-04-10",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be at most {le}",
    "less_than": "must be less than {lt}",
    "string_too_short": "must not be empty",
    "too_short": "must hold at least {min_length}",
}


def validate(model: type[M], data: Mapping[str, Any], error_at: ErrorAt) -> M:
    """Build a pydantic model from data.

    Parameters
    ----------
    model
        A model with ``strict=True`` and ``extra="forbid"``.
    data
        What a file gave.
    error_at
        Makes the error, given the key path and the problem.

    Raises
    ------
    InputError
        For a text with control characters; else for the mistake most likely to be the cause of the
        others: an unknown key, else a wrong value, else what is missing.
    """
    _refuse_control_characters(data, error_at)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False)
    first = min(details, key=_precedence)
    if first["type"] == "missing":
        raise _missing(model, [detail["loc"] for detail in details], error_at)
    cause = first.get("ctx", {}).get("error")
    key = (cause.key,) if isinstance(cause, KeyProblem) else ()
    raise error_at((*first["loc"], *key), _problem(model, first))


def _refuse_control_characters(data: object, error_at: ErrorAt) -> None:
    """Refuse texts that would do something to a terminal, or break a file that they are written to."""
    waiting: list[tuple[TomlPath, Any]] = [((), data)]
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, Mapping):
            waiting += [((*place, key), inner) for key, inner in value.items()]
        elif isinstance(value, list | tuple):
            waiting += [((*place, index), inner) for index, inner in enumerate(value)]
        elif isinstance(value, str) and (character := refused_character(value)):
            raise error_at(place, f"holds the control character {character}, which no text may")


def shown(value: object) -> str:
    """Return a value as a message shows it: on one line, not too long."""
    try:
        text = f'"{value}"' if isinstance(value, str) else str(value)
    except ValueError:  # Python refuses to write whole numbers of thousands of digits
        return "a number far too large"
    return on_one_line(text, 60)


def one_of(value: object, allowed: Iterable[str]) -> str:
    """Return the problem of a value that is not among the allowed words, with the nearest of them."""
    words = list(allowed)
    nearest = near_match(value, words) if isinstance(value, str) else ""
    return f"must be one of {', '.join(words)}, not {shown(value)}{nearest}"


def unknown_key(key: object, allowed: Iterable[str]) -> str:
    """Return the problem of a key that is not among the allowed ones, with the nearest of them."""
    words = list(allowed)
    return f"unknown key {shown(str(key))}; allowed: {', '.join(words)}{near_match(str(key), words)}"


def _precedence(detail: ErrorDetails) -> int:
    return {"extra_forbidden": 0, "missing": 2}.get(detail["type"], 1)


def _missing(model: type[BaseModel], places: list[TomlPath], error_at: ErrorAt) -> InputError:
    field = _fields(model).get(str(places[0][0])) if len(places[0]) == 1 else None
    if field is not None and field.examples:
        problem = f"is missing; the least to write is {field.examples[0]}, {field.description}"
        return error_at(places[0], problem)
    also = ", ".join(dotted(place) for place in places[1:8])
    more = ", ..." if len(places) > 8 else ""
    return error_at(places[0], "is missing" + (f"; also missing: {also}{more}" if also else ""))


def _problem(model: type[BaseModel], detail: ErrorDetails) -> str:
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return unknown_key(detail["loc"][-1], _keys_at(model, detail["loc"][:-1]))
    if kind == "literal_error":
        return one_of(value, re.findall("'([^']*)'", context["expected"]))
    if kind == "value_error":
        return str(context["error"])
    if kind in _KINDS:
        bounds = {name: f"{bound:.15g}" for name, bound in context.items() if isinstance(bound, int | float)}
        return f"{_KINDS[kind].format(**bounds)}, not {shown(value)}"
    return f"{detail['msg']}, not {shown(value)}"


def _keys_at(model: type[BaseModel], place: TomlPath) -> list[str]:
    """Return the keys that the table at a place may have."""
    annotation: Any = model
    for part in place:
        annotation = _inner(annotation, part)
    table = _without_none(annotation)
    return list(_fields(table)) if _is_model(table) else []


def _inner(annotation: Any, part: str | int) -> Any:
    annotation = _without_none(annotation)
    if _is_model(annotation):
        return _fields(annotation)[str(part)].annotation
    arguments = get_args(annotation)
    return arguments[1] if get_origin(annotation) is dict else arguments[0]


def check_place(model: type[BaseModel], place: TomlPath) -> None:
    """Check that a model has a value at a place, whatever it may be.

    Raises
    ------
    InputError
        For a key that there is not, with the nearest one, or a value that has no keys.
    """
    annotation: Any = model
    for part in place:
        table = _without_none(annotation)
        if _is_model(table) and part not in _fields(table):
            raise InputError(unknown_key(part, _fields(table)))
        if not _is_model(table) and get_origin(table) is not dict:
            raise InputError(f"{dotted(place)} goes on where there is a value already")
        annotation = _inner(table, part)


def _fields(table: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields of a table by the keys that files have for them."""
    return {field.alias or name: field for name, field in table.model_fields.items()}


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) in {Union, UnionType}:
        return next(choice for choice in get_args(annotation) if choice is not type(None))
    return annotation


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
