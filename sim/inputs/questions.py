"""What `coalition explain` asks: levers, answers to pressure, stances of the patron; read from TOML files."""

import re
from pathlib import Path

from pydantic import Field, PrivateAttr, model_validator

from sim.inputs.bundled import scenarios_folder
from sim.inputs.errors import InputError
from sim.inputs.factors import Factor, Level, check_factor
from sim.inputs.keys import Key
from sim.inputs.roster import Roster
from sim.inputs.situation import Table, Text
from sim.inputs.toml_file import KeyPath, TomlFile, read_toml
from sim.inputs.validation import validate

NATION, LEADING = "{nation}", "{leading}"
"""Stand in the path of a lever for the nation asked about, and for a leading nation outside."""

OPEN = {NATION, LEADING, "{patron}", "{adversary}"}
"""What may stand in a path; in labels the actors' places are open too: "{patron} backstop"."""


class World(Table):
    """A world to ask about: the scenario with some levers set from the first round on."""

    label: Text = Field(description="What tables and figures call it.")
    set: dict[str, Level] = Field({}, description="What is set, by dotted path, as --set takes it.")

    def of_roster(self, roster: Roster) -> "World":
        """Return the world with the roster's words and keys in the places left open for them."""
        settings = {roster.key(path): level for path, level in self.set.items()}
        return self.model_copy(update={"label": roster.actors.in_words(self.label), "set": settings})


class Pressure(Table):
    """More pressure by the adversary, and the worlds in which nations answer it."""

    path: Text = Field(description="The lever that is the pressure.")
    change: float = Field(0.2, gt=0, le=1, description="By how much it rises.")
    worlds: tuple[World, ...] = Field(strict=False, min_length=1, description="With and without cover, say.")


class Questions(Table):
    """What a file of questions says."""

    title: Text = Field(description="What is asked, in a few words.")
    leading: int = Field(3, ge=0, le=20, description="How many leading nations outside are asked about.")
    levers: tuple[Factor, ...] = Field(strict=False, min_length=1, description="What it might take.")
    pressure: Pressure
    stances: tuple[World, ...] = Field(strict=False, min_length=1, description="Stances of the patron.")
    _file: TomlFile | None = PrivateAttr(default=None)

    def of_roster(self, roster: Roster) -> "Questions":
        """Return the questions about a roster: the places left open for its words and keys are filled in.

        Raises
        ------
        InputError
            For a path that its scenarios do not have, or a world that sets one twice.
        """
        pressure = self.pressure.model_copy(
            update={
                "path": roster.key(self.pressure.path),
                "worlds": tuple(world.of_roster(roster) for world in self.pressure.worlds),
            }
        )
        filled = self.model_copy(
            update={
                "levers": tuple(lever.of_roster(roster) for lever in self.levers),
                "pressure": pressure,
                "stances": tuple(stance.of_roster(roster) for stance in self.stances),
            }
        )
        for (place, _), (_, path) in zip(_paths(self), _paths(filled), strict=True):
            try:
                check_factor(Key(path), roster.actors)
            except InputError as error:
                raise self._file.error(place, error.problem) if self._file else error from None
        return filled

    @model_validator(mode="after")
    def _names_its_worlds(self) -> "Questions":
        for worlds in (self.pressure.worlds, self.stances):
            labels = [world.label for world in worlds]
            if len(set(labels)) < len(labels):
                raise ValueError(f"two worlds share a label: {', '.join(labels)}")
        return self


def questions_file() -> Path:
    """Return the bundled file of questions."""
    return scenarios_folder() / "explain" / "questions.toml"


def load_questions(file: Path | None = None) -> Questions:
    """Read a file of questions.

    Parameters
    ----------
    file
        The bundled one if none.

    Raises
    ------
    InputError
        If the file has a mistake; the message names file, line, key, what is allowed and, for a typo, the
        nearest match.
    """
    read = read_toml(file or questions_file())
    questions = validate(Questions, read.data, read.error)
    for place, path in _paths(questions):
        _check_placeholders(read, place, path)
    questions._file = read
    return questions


def _paths(questions: Questions) -> list[tuple[KeyPath, str]]:
    """Return every path that is set, and where it stands."""
    found: list[tuple[KeyPath, str]] = [
        (("levers", index, "path"), lever.path) for index, lever in enumerate(questions.levers)
    ]
    found.append((("pressure", "path"), questions.pressure.path))
    groups: list[tuple[KeyPath, tuple[World, ...]]] = [
        (("pressure", "worlds"), questions.pressure.worlds),
        (("stances",), questions.stances),
    ]
    for place, worlds in groups:
        found += [((*place, index, "set"), path) for index, world in enumerate(worlds) for path in world.set]
    return found


def _check_placeholders(file: TomlFile, place: KeyPath, path: str) -> None:
    unknown = [word for word in re.findall(r"\{.*?\}", path) if word not in OPEN]
    if unknown:
        raise file.error(place, f"unknown placeholder {unknown[0]}; allowed: {', '.join(sorted(OPEN))}")
