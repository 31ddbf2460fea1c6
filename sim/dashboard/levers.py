"""What a visitor can move, from the first round on."""

from typing import NamedTuple

from sim.dashboard.setting import Value
from sim.declarations.kinds import Level
from sim.declarations.levels import LEVELS
from sim.declarations.parameters import PARAMETERS
from sim.declarations.words import PURPOSES
from sim.inputs.case import PARAMETER_PREFIX, Case
from sim.inputs.roster_file import Actors
from sim.inputs.situation import written

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
        for name, level in LEVELS.items():
            if case.scenario.key_path(self.path) == level.key:
                return float(case.timeline.level(name)[1])
        drawn = case.parameters.column(self.path.removeprefix(PARAMETER_PREFIX))
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
    peers = PARAMETERS[PEERS]
    return (
        *(_lever(level, actors) for level in LEVELS.values() if level.steps or level.ends),
        Choice("mandate.purpose", "Purpose of the mission", "What the mandate is for.", PURPOSES),
        Lever(
            f"{PARAMETER_PREFIX}{PEERS}",
            "Weight of peers",
            f"How much nations look at each other, in {peers.unit}: {peers.meaning}. Moved, it is the "
            "same in all runs; before, each run has its own draw.",
            float(peers.range[0]),
            float(peers.range[1]),
            0.1,
        ),
    )


def _lever(level: Level, actors: Actors) -> Lever:
    """Return a level as a lever: what it is called, what its named steps or its ends mean."""
    label = actors.in_words(level.words)
    steps = "; ".join(f"{step:g}: {name.replace('_', ' ')}" for name, step in level.steps.items())
    path = ".".join(written(level.key, actors))
    return Lever(path, label[0].upper() + label[1:], f"{steps}." if steps else level.ends)


def changes_of(case: Case, values: dict[str, Value]) -> tuple[tuple[str, Value], ...]:
    """Return the values, by path, that differ from those of a case."""
    return tuple(
        (lever.path, values[lever.path])
        for lever in levers(case.roster.actors)
        if lever.path in values and values[lever.path] != lever.value_in(case)
    )
