"""Words on the page."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from sim.dashboard.levers import Day, Movable, all_levers
from sim.dashboard.setting import Setting, Value
from sim.inputs.case import Case
from sim.outputs.words import counted, date_words, signed

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
    return f"{counted(runs, 'run')}, seed {seed}."


def change_words(setting: Setting, case: Case) -> str:
    """Return what a setting changes of its scenario, a sentence a group of levers; empty if nothing."""
    changes = dict(setting.changes)
    sentences = []
    for group, levers in all_levers(case).items():
        words = [f"{lever.label} {_value_words(lever, changes)}" for lever in levers if lever.path in changes]
        if words:
            sentences.append(f"{group}: {', '.join(words)}.")
    return " ".join(sentences)


def _value_words(lever: Movable, changes: Mapping[str, Value]) -> str:
    match lever, changes[lever.path]:
        case Day(), value:
            return date_words(dt.date.fromisoformat(str(value)))
        case _, float(value):
            return f"{value:g}"
        case _, value:
            return str(value)


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
