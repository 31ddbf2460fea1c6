"""What a visitor can move, from the first round on."""

import math
from typing import NamedTuple

from sim.dashboard.setting import Value
from sim.declarations.kinds import Level
from sim.declarations.parameters import PARAMETERS
from sim.declarations.words import PURPOSES
from sim.inputs.case import Case
from sim.inputs.errors import InputError
from sim.inputs.keys import Key, parameter_key
from sim.inputs.roster_file import Vocabulary
from sim.inputs.situation import written
from sim.inputs.validation import one_of, shown

MOVED = {
    "reach": ("Reach to soldiers on land", -0.5, 1.5),
    "followership": ("Followership", -1.5, 2.0),
}
"""Parameters that can be moved beside the levels: what they are called, and between what."""


class Slider(NamedTuple):
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
        for name, level in case.roster.vocabulary.all_levels.items():
            if case.scenario.key_path(self.path) == level.key:
                return float(case.timeline.level(name)[1])
        drawn = case.parameters.column(Key(self.path).parameter)
        return round(float(drawn.mean()) / self.step) * self.step

    def read(self, text: str) -> float:
        """Return the value that a text gives; raise InputError where it cannot be moved there."""
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not self.low <= value <= self.high:
            problem = f"must be a number from {self.low:g} to {self.high:g}, not {shown(text)}"
            raise InputError(problem, key=self.path)
        return value


class Choice(NamedTuple):
    """A word that can be chosen; the fields are those of `Slider`."""

    path: str
    label: str
    meaning: str
    words: tuple[str, ...]

    def value_in(self, case: Case) -> str:
        """Return the word that holds in the first round of a case."""
        return self.words[int(case.timeline.purpose[1].argmax())]

    def read(self, text: str) -> str:
        """Return the word that a text gives; raise InputError where it is none of them."""
        if text not in self.words:
            raise InputError(one_of(text, self.words), key=self.path)
        return text


def levers(vocabulary: Vocabulary) -> tuple[Slider | Choice, ...]:
    """Return what can be moved, in the order in which it is shown, as readers know the actors."""
    return (
        *(_lever(level, vocabulary) for level in vocabulary.all_levels.values()),
        Choice("mandate.purpose", "Purpose of the mission", "What the mandate is for.", PURPOSES),
        *(_parameter(name, *called) for name, called in MOVED.items()),
    )


def _parameter(name: str, label: str, low: float, high: float) -> Slider:
    """Return a parameter as a lever, the same in all runs once it is moved."""
    declared = PARAMETERS[name]
    meaning = (
        f"{declared.meaning[0].upper()}{declared.meaning[1:]}, in {declared.unit} ({declared.rests_on}). "
        "Moved, it is the same in all runs; before, each run has its own draw, of which the mean is shown."
    )
    return Slider(parameter_key(name), label, meaning, low, high)


def _lever(level: Level, vocabulary: Vocabulary) -> Slider:
    """Return a level as a lever: what it is called, what its named steps or its ends mean."""
    label = vocabulary.in_words(level.words)
    named = vocabulary.steps(level.name).items()
    steps = "; ".join(f"{step:g}: {name.replace('_', ' ')}" for name, step in named)
    meaning = f"{steps}." if steps else level.ends or level.meaning.format_map(vocabulary.names)
    path = ".".join(written(level.key, vocabulary))
    return Slider(path, label[0].upper() + label[1:], meaning)


def changes_of(case: Case, values: dict[str, Value]) -> tuple[tuple[str, Value], ...]:
    """Return the values, by path, that differ from those of a case."""
    return tuple(
        (lever.path, values[lever.path])
        for lever in levers(case.roster.vocabulary)
        if lever.path in values and values[lever.path] != lever.value_in(case)
    )
