"""The words of the model that files and code share, in the order in which arrays hold them."""

from collections.abc import Iterable
from enum import IntEnum


class Stance(IntEnum):
    """The ladder a nation climbs; the coalition is the set of committed nations."""

    OPPOSED = 0
    UNDECIDED = 1
    OPEN = 2
    COMMITTED = 3


POSITIONS = ("opposed", "undecided", "open", "conditional", "committed", "unknown")
"""A government's stated position on sending own troops; `unknown`: no statement is known."""

LAND = "land"
"""The kind of contribution that the ladder is about: soldiers on land. Rosters declare the others."""

WORDS_ALONE = "words or staff officers"
"""What a nation gives that supports a coalition without any military means."""

FOUND, KNOWN, MISSING = "FOUND", "KNOWN", "MISSING"
"""The status of a record: read in its source; background knowledge, not verified; not found."""

PURPOSES = ("peacekeeping", "deterrence", "reassurance")
"""What the mandate may be for."""

HELD = ("free", "committed", "out")
"""Whether a nation decides for itself, is held in the coalition, or is held out of it."""

LEARNED, LIKELY, FITTED, NOT_TOLD, ASSUMED = "learned", "likely", "fitted", "not told", "assumed"
VERDICTS = (ASSUMED, NOT_TOLD, FITTED, LIKELY, LEARNED)
"""What a number rests on, the worst first: no data seen; past coalitions do not tell; two transitions of one
crisis; past coalitions tell, at 85 % or at 95 %."""


def worst(verdicts: Iterable[str]) -> str:
    """Return the worst of some verdicts; `LEARNED` where there are none."""
    present = set(verdicts)
    return next((verdict for verdict in VERDICTS if verdict in present), LEARNED)
