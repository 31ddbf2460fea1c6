"""Conditions of events, as scenario files write them: ``force >= 15000``, ``NATION committed``."""

import re
from dataclasses import dataclass, replace

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


@dataclass(frozen=True)
class Trigger:
    """A condition of the coalition, or of a nation, as it stands at the end of a round.

    Attributes
    ----------
    quantity, comparison, value
        One of `QUANTITIES`, of `COMPARISONS` and a number; without meaning where a nation is named.
    nation, state
        Its code, and one of `STATES`; empty where a quantity is compared.
    """

    quantity: str = ""
    comparison: str = ">="
    value: float = 0.0
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


def trigger(text: str) -> Trigger:
    """Read a condition.

    Raises
    ------
    ValueError
        If it is none; the message says what is allowed.
    """
    text = " ".join(text.split())
    if compared := _COMPARED.fullmatch(text):
        return _compared(*compared.groups())
    if nation_is := _NATION_IS.fullmatch(text):
        return Trigger(nation=nation_is[1], state=nation_is[2])
    last = text.rpartition(" ")[2]
    raise ValueError(f"must be {_ALLOWED}, not {shown(text)}{near_match(last, [*STATES, *QUANTITIES])}")


def _compared(quantity: str, comparison: str, number: str) -> Trigger:
    if quantity not in QUANTITIES:
        known = ", ".join(QUANTITIES)
        problem = f"compares one of {known} with a number, not {shown(quantity)}"
        raise ValueError(f"{problem}{near_match(quantity, QUANTITIES)}")
    try:
        value = float(number)
    except ValueError:
        value = -1.0
    if not 0.0 <= value < float("inf"):
        raise ValueError(f"compares {quantity} with a number of at least 0, not {shown(number)}")
    return Trigger(quantity, comparison, value)


_ALLOWED = (
    f"{', '.join(QUANTITIES)} compared with a number, such as force >= 15000, or a nation and one of "
    f"{', '.join(STATES)}, such as NATION committed"
)
