"""Options that a user gives from Python: those that there are, and the whole numbers among them."""

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from sim.inputs.errors import InputError, near_match
from sim.inputs.validation import shown

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Options = TypeVar("Options", bound="DataclassInstance")

LARGEST = 2**63 - 1
"""The largest whole number that an array holds."""


def chosen_options(kind: type[Options], values: Mapping[str, Any]) -> Options:
    """Return options from their values by name.

    Parameters
    ----------
    kind
        The dataclass of these options; it checks their values.
    values
        Values by name.

    Raises
    ------
    InputError
        If there is no option of such a name, with the nearest one, or it cannot have such a value.
    """
    known = [field.name for field in fields(kind)]
    for name in values:
        if name not in known:
            problem = f"no such option{near_match(name, known)}; allowed: {', '.join(known)}"
            raise InputError(problem, key=name)
    return kind(**{name: _plain(value) for name, value in values.items()})


def _plain(value: Any) -> Any:
    """Return a number of NumPy's as Python's, which a manifest can hold."""
    return value.item() if isinstance(value, np.generic) else value


def is_whole_number(value: Any, least: int) -> bool:
    """Return whether a value is a whole number, Python's or NumPy's, and not below the least."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and bool(value >= least)


def check_whole_number(name: str, value: Any, least: int, most: int = LARGEST) -> None:
    """Refuse the value of an option that is not a whole number, or out of bounds.

    Raises
    ------
    InputError
        With the name of the option, what is allowed, and what was given.
    """
    if not is_whole_number(value, least):
        raise InputError(f"must be a whole number from {least} on, not {shown(value)}", key=name)
    if value > most:
        raise InputError(f"must be at most {most}, not {shown(value)}", key=name)
