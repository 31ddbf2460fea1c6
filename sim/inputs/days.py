"""Days as people give them: dates, texts, and moments at midnight, as data frames hold days."""

import datetime as dt
from typing import Any

import numpy as np

from sim.inputs.errors import InputError
from sim.inputs.validation import shown

WANTED = "must be a date such as 2025-04-10"
MONTHS = ("Y", "M")
"""Units of NumPy's moments that are no days."""


def day_of(value: Any) -> Any:
    """Return the day for which a value stands, or the value where it stands for none.

    Parameters
    ----------
    value
        A date, its text, or a moment at midnight: a `datetime`, a `pandas.Timestamp`, a `numpy.datetime64`.

    Raises
    ------
    ValueError
        For a moment at another time of day.
    """
    moment = _moment(value)
    if not isinstance(moment, dt.datetime) or moment != moment:  # noqa: PLR0124 - pandas has one that is none
        return moment
    if moment.time() != dt.time() or getattr(moment, "nanosecond", False):
        raise ValueError(f"{WANTED}, without a time of day, not {shown(str(value))}")
    return moment.date()


def checked_day(value: object, key: str) -> dt.date:
    """Return the day for which the value of an option stands.

    Raises
    ------
    InputError
        If it stands for none, with the name of the option.
    """
    try:
        day = day_of(value)
    except ValueError as error:
        raise InputError(str(error), key=key) from None
    if type(day) is not dt.date:
        raise InputError(f"{WANTED}, not {shown(value)}", key=key)
    return day


def _moment(value: Any) -> Any:
    """Return a moment of NumPy's, or a text, as Python's; any other value as it is."""
    if isinstance(value, np.datetime64) and np.datetime_data(value)[0] not in MONTHS:
        return value.astype("datetime64[us]").item()
    if isinstance(value, str):
        for read in (dt.date.fromisoformat, dt.datetime.fromisoformat):
            try:
                return read(value)
            except ValueError:
                continue
    return value
