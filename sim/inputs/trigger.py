"""Conditions of events, as files write them: ``force >= 15000``, ``NATION committed``, ``ceasefire < 1``."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from sim.inputs.errors import near_match
from sim.inputs.nations import Nations
from sim.inputs.validation import shown

QUANTITIES = {
    "force": "soldiers pledged on land",
    "fielded": "soldiers in the field at a time",
    "committed": "nations that declare soldiers on land",
    "contributors": "nations that give any military means",
}
"""What is counted of the coalition, and what it means."""

COMPARISONS = (">=", "<=", ">", "<")

STATES = {
    "not committed": "does not declare soldiers on land",
    "committed": "declares soldiers on land",
    "left": "declared soldiers on land in an earlier round, and does not now",
}
"""What a nation may be, and what it means."""

_COMPARED = re.compile(rf"(.+?)\s*({'|'.join(COMPARISONS)})\s*(.+)")
_NATION_IS = re.compile(rf"(.+?)\s+({'|'.join(STATES)})")


class ComparableLevel(NamedTuple):
    """A level of the world: its name, and the names that may stand for its numbers."""

    name: str
    steps: Mapping[str, float]


NO_LEVELS: Mapping[str, ComparableLevel] = {}


@dataclass(frozen=True)
class Trigger:
    """A condition of the coalition, of a nation or of the world, as it stands at the end of a round.

    Attributes
    ----------
    quantity, comparison, value
        One of `QUANTITIES`, or a level as scenario files write it; one of `COMPARISONS`; and a number.
        Without meaning where a nation is named.
    level
        The name of the level, where one is compared.
    nation, state
        Its code, and one of `STATES`; empty where a quantity is compared.
    """

    quantity: str = ""
    comparison: str = ">="
    value: float = 0.0
    level: str = ""
    nation: str = ""
    state: str = ""

    def __str__(self) -> str:
        """Return it as a scenario file writes it."""
        if self.nation:
            return f"{self.nation} {self.state}"
        return f"{self.quantity} {self.comparison} {self.value:.15g}"

    def of(self, nations: Nations) -> "Trigger":
        """Return it with the code of the nation that it names."""
        return replace(self, nation=nations.official(self.nation)) if self.nation else self


def trigger(text: str, levels: Mapping[str, ComparableLevel] = NO_LEVELS) -> Trigger:
    """Read a condition.

    Parameters
    ----------
    text
        As a scenario file writes it.
    levels
        Those of the world, by how scenario files write them: ``washington.involvement``.

    Raises
    ------
    ValueError
        If it is none; the message says what is allowed.
    """
    text = " ".join(text.split())
    if compared := _COMPARED.fullmatch(text):
        quantity, comparison, number = compared.groups()
        if level := levels.get(quantity):
            return Trigger(quantity, comparison, _of_level(quantity, level, number), level.name)
        return _compared(quantity, comparison, number, levels)
    if nation_is := _NATION_IS.fullmatch(text):
        return Trigger(nation=nation_is[1], state=nation_is[2])
    last = text.rpartition(" ")[2]
    raise ValueError(
        f"must be {_ALLOWED}, not {shown(text)}{near_match(last, [*STATES, *QUANTITIES, *levels])}"
    )


def _compared(quantity: str, comparison: str, number: str, levels: Mapping[str, ComparableLevel]) -> Trigger:
    known = [*QUANTITIES, *levels]
    if quantity not in QUANTITIES:
        problem = f"compares one of {', '.join(known)} with a number, not {shown(quantity)}"
        raise ValueError(f"{problem}{near_match(quantity, known)}")
    value = _number(number)
    if not 0.0 <= value < math.inf:
        raise ValueError(f"compares {quantity} with a number of at least 0, not {shown(number)}")
    return Trigger(quantity, comparison, value)


def _of_level(quantity: str, level: ComparableLevel, word: str) -> float:
    """Return the number that a level is compared with, which may be given by name."""
    value = level.steps[word] if word in level.steps else _number(word)
    if not 0.0 <= value <= 1.0:
        or_name = f", or one of {', '.join(level.steps)}" if level.steps else ""
        problem = f"compares {quantity} with a number from 0 to 1{or_name}, not {shown(word)}"
        raise ValueError(f"{problem}{near_match(word, level.steps)}")
    return value


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return math.nan


_ALLOWED = (
    f"{', '.join(QUANTITIES)} or a level compared with a number, such as force >= 15000, or a nation and one "
    f"of {', '.join(STATES)}, such as NATION committed"
)
