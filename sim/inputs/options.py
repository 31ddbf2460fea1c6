"""Whole numbers among the options that a user gives from Python."""

from typing import Any

import numpy as np

from sim.inputs.errors import InputError
from sim.inputs.validation import shown

LARGEST = 2**63 - 1
"""The largest whole number that an array holds."""


def is_whole_number(value: Any, least: int) -> bool:
    """Return whether a value is a whole number, Python's or NumPy's, and not below the least."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and bool(value >= least)


def check_whole_number(name: str, value: Any, least: int, most: int = LARGEST) -> int:
    """Return the value of an option as Python's own number, which a manifest can hold.

    Raises
    ------
    InputError
        If it is no whole number or out of bounds: the option's name, what is allowed, and its value.
    """
    if not is_whole_number(value, least):
        raise InputError(f"must be a whole number from {least} on, not {shown(value)}", key=name)
    if value > most:
        raise InputError(f"must be at most {most}, not {shown(value)}", key=name)
    return int(value)
