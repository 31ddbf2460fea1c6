"""What a visitor can move, from the first round on."""

from typing import NamedTuple

from sim.dashboard.setting import Value
from sim.inputs.case import PARAMETER_PREFIX, Case
from sim.inputs.parameters import PARAMETERS, describe_parameters
from sim.inputs.roster_file import Actors
from sim.inputs.timeline import LEVEL_KEYS
from sim.inputs.vocabulary import AUTHORITY_LEVELS, INVOLVEMENT_LEVELS, PRESSURE_LEVELS, PURPOSES

PEERS = "b_peers"


class Lever(NamedTuple):
    """A number that can be moved.

    Attributes
    ----------
    path
        As ``--set`` takes it.
    label, meaning
        What it is called, and what its values mean.
    low, high, step
        Its range.
    """

    path: str
    label: str
    meaning: str
    low: float = 0.0
    high: float = 1.0
    step: float = 0.05

    def value_in(self, case: Case) -> float:
        """Return its value in the first round of a case, after what happens at once; of draws, their mean."""
        for name, key in LEVEL_KEYS.items():
            if self.path == ".".join(key):
                return float(getattr(case.timeline, name)[1])
        drawn = case.parameters.values[:, PARAMETERS.index(self.path.removeprefix(PARAMETER_PREFIX))]
        return round(float(drawn.mean()) / self.step) * self.step


class Choice(NamedTuple):
    """A word that can be chosen; the fields are those of `Lever`."""

    path: str
    label: str
    meaning: str
    words: tuple[str, ...]

    def value_in(self, case: Case) -> str:
        """Return the word that holds in the first round of a case."""
        return self.words[int(case.timeline.purpose[1].argmax())]


def levers(actors: Actors) -> tuple[Lever | Choice, ...]:
    """Return what can be moved, in the order in which it is shown, as readers know the actors."""
    peers = describe_parameters()[PARAMETERS.index(PEERS)]
    return (
        Lever("washington.involvement", f"{actors.patron.own} involvement", _named(INVOLVEMENT_LEVELS)),
        Lever(
            "mandate.clarity",
            "Clarity of the mandate",
            "0: the mission may be anything; 1: it has a single purpose.",
        ),
        Choice("mandate.purpose", "Purpose of the mission", "What the mandate is for.", PURPOSES),
        Lever("mandate.authority", "Authority of the mandate", _named(AUTHORITY_LEVELS)),
        Lever("moscow.pressure", f"{actors.adversary.own} pressure", _named(PRESSURE_LEVELS)),
        Lever("ceasefire", "Ceasefire", "0: war; 1: a ceasefire that holds."),
        Lever(
            f"{PARAMETER_PREFIX}{PEERS}",
            "Weight of peers",
            f"How much nations look at each other, in {peers.unit}: {peers.meaning}. Moved, it is the "
            "same in all runs; before, each run has its own draw.",
            peers.low,
            peers.high,
            0.1,
        ),
    )


def changes_of(case: Case, values: dict[str, Value]) -> tuple[tuple[str, Value], ...]:
    """Return the values, by path, that differ from those of a case."""
    return tuple(
        (lever.path, values[lever.path])
        for lever in levers(case.roster.actors)
        if lever.path in values and values[lever.path] != lever.value_in(case)
    )


def _named(levels: dict[str, float]) -> str:
    """Return what the named levels are."""
    return "; ".join(f"{level:g}: {name.replace('_', ' ')}" for name, level in levels.items()) + "."
