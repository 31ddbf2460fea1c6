"""What equations and rules see, as records whose fields are made from the declarations."""

from collections import namedtuple
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from sim.declarations.levels import LEVELS, LEVERS, PERCEIVED
from sim.declarations.parameters import DERIVED, PARAMETERS
from sim.declarations.policies import POLICIES
from sim.declarations.terms import TERMS
from sim.declarations.words import PURPOSES

if TYPE_CHECKING:

    class Record(tuple[Any, ...]):
        """A named tuple whose fields are declared elsewhere."""

        __slots__ = ()
        _fields: ClassVar[tuple[str, ...]]

        # What a type checker needs to know; the real fields are those of the declarations.
        def __new__(cls, *values: Any, **fields: Any) -> Self: ...
        def __getattr__(self, name: str) -> float: ...
        @classmethod
        def _make(cls, iterable: Iterable[Any]) -> Self: ...
        def _asdict(self) -> dict[str, Any]: ...
        def _replace(self, **fields: Any) -> Self: ...

    class Behaviour(Record): ...

    class Nation(Record): ...

    class World(Record): ...

    class Levels(Record): ...

    class Policies(Record): ...

    class Terms(Record): ...

    class Ladder(Record): ...

else:
    Record = tuple

    def _record(name: str, fields: Iterable[str], doc: str) -> type[tuple]:
        kind = namedtuple(name, tuple(fields), module=__name__)
        kind.__doc__ = doc
        return kind

    Behaviour = _record(
        "Behaviour", (*PARAMETERS, *DERIVED), "Behavioural parameters of a run, and what follows from them."
    )
    Nation = _record(
        "Nation",
        (
            *(f"slope_{lever}" for lever in LEVERS),
            *(f"{lever}_change" for lever in PERCEIVED),
            "further_levels",
            "others_growth",
            "leads",
            "lobbying",
            "mood",
            "unmet",
        ),
        "What a nation is and perceives when it weighs whether to join.",
    )
    World = _record(
        "World",
        (*LEVELS, *(f"{lever}_change" for lever in LEVERS), *PURPOSES, "force_ratio", "leads_absent"),
        "What all nations see alike in a round: levels as they are, changes of levers since the start on the "
        "scale of past coalitions, shares of purposes, the force.",
    )
    Levels = _record("Levels", LEVELS, "What a scenario prescribes of the world in a round, each in [0, 1].")
    Policies = _record(
        "Policies",
        POLICIES,
        "How patron, adversary and mandate move in a round; the purpose.",
    )
    Terms = _record(
        "Terms", TERMS, "What moves a nation's propensity, in log-odds; the order is the order of summation."
    )
    Ladder = _record(
        "Ladder",
        (
            *("climb_to_undecided", "climb_to_open", "climb_to_committed"),
            *("slip_to_opposed", "slip_to_undecided", "slip_to_open"),
        ),
        "Thresholds of a run in log-odds: climb to the rung named, slip to the rung named.",
    )

RecordType = TypeVar("RecordType", bound="Record")


def blank(kind: type[RecordType], **fields: Any) -> RecordType:
    """Return a record with the values of some fields, and 0 in all others."""
    return kind(**{**dict.fromkeys(kind._fields, 0.0), **fields})
