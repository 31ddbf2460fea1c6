"""Words on the page."""

import re
from collections.abc import Mapping
from typing import Any

from sim.dashboard.levers import levers
from sim.dashboard.setting import Setting
from sim.inputs.case import Case
from sim.outputs.words import signed

PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: str) -> str:
    r"""Return a text so that Streamlit, which reads Markdown, shows it as it stands.

    An image in the title of somebody's scenario would else be fetched from wherever it says.

    Examples
    --------
    >>> print(plain("a *b*"))
    a \*b\*
    """
    return PUNCTUATION.sub(r"\\\1", text)


def runs_words(runs: int, seed: int) -> str:
    """Return which runs something rests on."""
    return f"{runs:,} runs, seed {seed}."


def change_words(setting: Setting, case: Case) -> str:
    """Return what a setting changes of its scenario; empty if nothing."""
    labels = {lever.path: lever.label for lever in levers(case.roster.vocabulary)}
    values = (
        (labels[path], value if isinstance(value, str) else f"{value:g}") for path, value in setting.changes
    )
    return ", ".join(f"{label} {value}" for label, value in values)


def difference_words(row: Mapping[Any, Any], factor: float = 1.0, decimals: int = 0) -> str:
    """Return a difference with its interval, and whether that covers 0.

    Parameters
    ----------
    row
        Holds `difference`, `difference_low` and `difference_high`.
    factor, decimals
        What they are multiplied with, and how many decimals are shown.
    """
    value, low, high = (float(row[name]) for name in ("difference", "difference_low", "difference_high"))
    words = [signed(number * factor, decimals) for number in (value, low, high)]
    covers = ", covers 0" if low <= 0.0 <= high else ""
    return f"{words[0]} [{words[1]} to {words[2]}{covers}]"
