"""The words of the model that files and code share, in the order in which arrays hold them."""

from enum import IntEnum


class Stance(IntEnum):
    """The ladder a nation climbs; the coalition is the set of committed nations."""

    OPPOSED = 0
    UNDECIDED = 1
    OPEN = 2
    COMMITTED = 3


POSITIONS = ("opposed", "undecided", "open", "conditional", "committed", "unknown")
"""What a government has said of sending own troops; `unknown`: no statement was found."""

PURPOSES = ("peacekeeping", "deterrence", "reassurance")
"""What the mandate may be for."""

CONDITIONS = ("us_involvement", "clarity", "authority", "ceasefire")
"""What a nation may demand before it commits: the actual value must reach a threshold."""

ATTRIBUTES = ("us_reliance", "clarity_need", "escalation_fear", "threat", "frontline", "legalism")
"""How a nation moves when the world changes: composite indicators in [0, 1], drawn once a run."""

LEVELS = ("involvement", "pressure", "clarity", "authority", "ceasefire", "decision_pressure")
"""What a scenario prescribes of the world, each in [0, 1]."""

HELD = ("free", "committed", "out")
"""Whether a nation decides for itself, is held in the coalition, or is held out of it."""

INVOLVEMENT_LEVELS = {"none": 0.0, "diplomatic": 0.25, "enablers": 0.5, "backstop": 0.75, "troops": 1.0}
PRESSURE_LEVELS = {"calm": 0.2, "warnings": 0.5, "threats": 0.7, "hybrid_attacks": 0.9}
AUTHORITY_LEVELS = {"none": 0.0, "eu": 0.5, "un": 1.0}
