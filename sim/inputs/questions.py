"""What `coalition explain` asks: levers, answers to pressure, stances of the patron; read from TOML files."""

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import Field, PrivateAttr, model_validator

from sim.inputs.bundled import scenarios_folder
from sim.inputs.case import Case
from sim.inputs.errors import InputError
from sim.inputs.factors import Factor, FactorLevel, check_factor
from sim.inputs.keys import Key
from sim.inputs.roster import Roster
from sim.inputs.situation import Text, TomlTable
from sim.inputs.toml_file import TomlFile, TomlPath, read_toml
from sim.inputs.validation import KeyProblem, validate

NATION, LEADING = "{nation}", "{leading}"
"""Stand in the path of a lever for the nation asked about, and for a leading nation outside."""

OPEN = {NATION, LEADING, "{patron}", "{adversary}"}
"""What may stand in a path; in labels the actors' places are open too: "{patron} backstop"."""


class Counterfactual(TomlTable):
    """A world to ask about: the scenario with some levers set from the first round on."""

    label: Text = Field(description="What tables and figures call it.")
    set: dict[str, FactorLevel] = Field({}, description="What is set, by dotted path, as --set takes it.")

    def of_roster(self, roster: Roster) -> "Counterfactual":
        """Return the world with the roster's words and keys in the places left open for them."""
        settings = {roster.key(path): level for path, level in self.set.items()}
        return self.model_copy(update={"label": roster.vocabulary.in_words(self.label), "set": settings})


class Pressure(TomlTable):
    """More pressure by the adversary, and the worlds in which nations answer it."""

    path: Text = Field(description="The lever that is the pressure.")
    change: float = Field(0.2, gt=0, le=1, description="By how much it rises.")
    worlds: tuple[Counterfactual, ...] = Field(
        strict=False, min_length=1, description="With and without cover, say."
    )


class Questions(TomlTable):
    """What a file of questions says."""

    title: Text = Field(description="What is asked, in a few words.")
    leading: int = Field(3, ge=0, le=20, description="How many leading nations outside are asked about.")
    levers: tuple[Factor, ...] = Field(strict=False, min_length=1, description="What it might take.")
    pressure: Pressure
    stances: tuple[Counterfactual, ...] = Field(
        strict=False, min_length=1, description="Stances of the patron."
    )
    _file: TomlFile | None = PrivateAttr(default=None)

    def of_case(self, case: Case) -> "Questions":
        """Return the questions about a case: the places left open for its words and keys are filled in.

        Raises
        ------
        InputError
            For a path that scenarios of its roster do not have, a world that sets one twice, or a value that
            cannot be there.
        """
        self._check_paths(case.roster)
        filled = self._of_roster(case.roster)
        for place, changes in _settings(filled, case.roster.iso3[0]):
            try:
                case.with_overrides(changes)
            except InputError as error:
                raise self._error(place, error) from None
        return filled

    def _of_roster(self, roster: Roster) -> "Questions":
        pressure = {
            "path": roster.key(self.pressure.path),
            "worlds": tuple(world.of_roster(roster) for world in self.pressure.worlds),
        }
        filled = {
            "levers": tuple(lever.of_roster(roster) for lever in self.levers),
            "pressure": self.pressure.model_copy(update=pressure),
            "stances": tuple(stance.of_roster(roster) for stance in self.stances),
        }
        return self.model_copy(update=filled)

    def _check_paths(self, roster: Roster) -> None:
        seen: set[tuple[TomlPath, Key]] = set()
        for place, path in _paths(self):
            key = roster.key(path)
            try:
                check_factor(key, roster.vocabulary)
            except InputError as error:
                raise self._error(place, error) from None
            if (place, key) in seen:
                raise self._error(place, InputError(f"{key} is set twice"))
            seen.add((place, key))

    def _error(self, place: TomlPath, error: InputError) -> InputError:
        """Return (not raise) an error at its place in the file."""
        return self._file.error(place, error.problem) if self._file else error

    @model_validator(mode="after")
    def _names_its_worlds(self) -> "Questions":
        for key, worlds in (("pressure", self.pressure.worlds), ("stances", self.stances)):
            labels = [world.label for world in worlds]
            for label in labels:
                if labels.count(label) > 1:
                    raise KeyProblem(key, f"two worlds share a label: {label}")
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


def _paths(questions: Questions) -> list[tuple[TomlPath, str]]:
    """Return every path that is set, and where it stands."""
    paths: list[tuple[TomlPath, str]] = [
        (("levers", index, "path"), lever.path) for index, lever in enumerate(questions.levers)
    ]
    paths.append((("pressure", "path"), questions.pressure.path))
    groups: list[tuple[TomlPath, tuple[Counterfactual, ...]]] = [
        (("pressure", "worlds"), questions.pressure.worlds),
        (("stances",), questions.stances),
    ]
    for place, worlds in groups:
        paths += [((*place, index, "set"), path) for index, world in enumerate(worlds) for path in world.set]
    return paths


def _settings(questions: Questions, nation: str) -> Iterator[tuple[TomlPath, dict[str, FactorLevel]]]:
    """Yield all that is set together, for some nation, and where it stands."""
    for index, lever in enumerate(questions.levers):
        path = lever.path.replace(NATION, nation).replace(LEADING, nation)
        for level in lever.extremes:
            yield ("levers", index, "range" if lever.values is None else "values"), {path: level}
    yield ("pressure", "path"), {questions.pressure.path: questions.pressure.change}
    for index, world in enumerate(questions.pressure.worlds):
        yield ("pressure", "worlds", index, "set"), world.set
    for index, world in enumerate(questions.stances):
        yield ("stances", index, "set"), world.set


def _check_placeholders(file: TomlFile, place: TomlPath, path: str) -> None:
    unknown = [word for word in re.findall(r"\{.*?\}", path) if word not in OPEN]
    if unknown:
        raise file.error(place, f"unknown placeholder {unknown[0]}; allowed: {', '.join(sorted(OPEN))}")
