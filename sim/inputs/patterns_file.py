"""Stylised facts that a model should reproduce: statements, sources and what is measured; TOML files.

Pattern-oriented modelling (Grimm et al. 2005, Science 310) holds a model against many weak patterns at
once, at several scales, rather than against one strong one.
"""

import math
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, Field, PrivateAttr, model_validator

from sim.inputs.bundled import find_bundled, find_scenario
from sim.inputs.case import Case, load_case
from sim.inputs.characters import folder_name
from sim.inputs.coalitions.candidates_file import treated
from sim.inputs.coalitions.declaration import read_declaration as read_past
from sim.inputs.errors import InputError
from sim.inputs.indicators import FloatArray
from sim.inputs.keys import Key
from sim.inputs.overrides import overridden
from sim.inputs.situation import Date, Text, TomlTable
from sim.inputs.toml_file import TomlFile, TomlPath, read_toml
from sim.inputs.validation import KeyProblem, one_of, validate

Measure = Literal[
    "members",
    "soldiers",
    "contributors",
    "p_committed",
    "willingness",
    "supporters_per_member",
    "gini",
    "top_five_share",
    "rank_correlation",
    "bimodal_amplitude",
    "joining_near_events",
    "joining_at_first",
    "paths",
    "reach_of_one_lever",
]
FACE_VALIDITY = "face validity"
PatternKind = Literal["evidence", "consistency check", "face validity"]

REST = ("the rest",)
"""In place of nations: all that are not named."""

_NEEDS: dict[Measure, tuple[str, ...]] = {
    "p_committed": ("nations",),
    "rank_correlation": ("less", "attribute"),
    "joining_near_events": ("days",),
    "joining_at_first": ("days",),
    "paths": ("levers",),
    "reach_of_one_lever": ("levers", "lever"),
}
_MAY: dict[Measure, tuple[str, ...]] = {
    "members": ("less", "nations", "besides"),
    "soldiers": ("less", "nations", "besides"),
    "contributors": ("less",),
    "p_committed": ("less", "than"),
    "willingness": ("less", "nations", "than"),
    "supporters_per_member": ("less",),
    "gini": ("less",),
    "top_five_share": ("less",),
    "rank_correlation": ("nations", "besides"),
}
_ARGUMENTS = ("less", "nations", "than", "besides", "attribute", "days", "levers", "lever")
_OF_MANY = {measure for measure, keys in _MAY.items() if "less" in keys}
_AT_THE_END = ("contributors",)
_OF_A_DRAW = ("members", "contributors", "p_committed", "willingness", "supporters_per_member")
"""What one draw of all that is unknown can have in the order that experts expect."""

MAX_LEVERS = 6
"""Every combination of levers is run: 64 of six."""


def _some(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Refuse an empty list; a bound on its length would also be reported of lists with mistaken items."""
    if not values:
        raise ValueError("must not be empty")
    return values


NotEmpty = AfterValidator(_some)


class Snapshot(TomlTable):
    """A scenario, changed or not, and the day on which it is read."""

    scenario: Text = Field(description="A scenario file beside this one, or a bundled one.")
    with_: tuple[Text, ...] = Field(
        (), alias="with", strict=False, description="Names of the changes that are made to it."
    )
    on: Date | None = Field(
        None, description="The day; read in the last round not after it. The end if left out."
    )

    def round_in(self, case: Case) -> int:
        """Return the round in which it is read."""
        scenario = case.scenario
        return scenario.rounds if self.on is None else scenario.calendar.last_round_by(self.on)


class Check(TomlTable):
    """What is measured for a pattern, and the values that count as reproducing it."""

    statement: Text = Field(description="What is measured, in a few words, with its unit.")
    measure: Measure = Field(description="How it is measured; see `sim.experiments.patterns.measures`.")
    of: Annotated[tuple[Snapshot, ...], NotEmpty] = Field(
        strict=False, description="Where it is measured; of several worlds, the sum."
    )
    less: tuple[Snapshot, ...] = Field(
        (), strict=False, description="What is subtracted, run by run: the same draws in other worlds."
    )
    nations: tuple[Text, ...] = Field((), strict=False, description="The nations that count; all if empty.")
    than: tuple[Text, ...] = Field(
        (),
        strict=False,
        description='Nations whose mean is subtracted from theirs, or ["the rest"].',
    )
    besides: tuple[Text, ...] = Field((), strict=False, description="Nations that do not count.")
    attribute: Text | None = Field(
        None, description="rank_correlation: with which attribute of candidates of past coalitions."
    )
    days: int | None = Field(None, ge=1, description="joining: how long after an event, or from the start.")
    levers: tuple[Text, ...] = Field(
        (), strict=False, description="paths: names of changes, of which every combination is made."
    )
    lever: Text | None = Field(None, description="reach_of_one_lever: which of the levers.")
    more_than: float | None = Field(None, description="The pattern asks for more than this.")
    less_than: float | None = Field(None, description="The pattern asks for less than this.")
    reason: str = Field("", description="Why there.")
    observed: str = Field("", description="What was observed, in a few words.")

    @model_validator(mode="after")
    def _fits_its_measure(self) -> "Check":
        self._check_keys()
        self._check_words()
        more_than, less_than = self.bounds
        if self.more_than is None and self.less_than is None:
            raise ValueError('a check needs "more_than" or "less_than"')
        if more_than >= less_than:
            raise ValueError(f"nothing is more than {more_than:g} and less than {less_than:g}")
        return self

    def _check_keys(self) -> None:
        needs, may = _NEEDS.get(self.measure, ()), _MAY.get(self.measure, ())
        present = [name for name in _ARGUMENTS if getattr(self, name) not in ((), None)]
        for name in present:
            if name not in (*needs, *may):
                raise ValueError(f'measure {self.measure} takes no "{name}"')
        for name in needs:
            if name not in present:
                raise ValueError(f'measure {self.measure} needs "{name}"')
        if self.measure not in _OF_MANY and max(len(self.of), len(self.less)) > 1:
            raise ValueError(f"measure {self.measure} is of one world")
        if self.measure in _AT_THE_END and any(world.on is not None for world in self.worlds):
            raise ValueError(f'measure {self.measure} is read at the end; "on" is not allowed')

    def _check_words(self) -> None:
        if self.than and not self.nations:
            raise ValueError('"than" needs "nations" to compare')
        if len(self.levers) > MAX_LEVERS:
            raise ValueError(f"at most {MAX_LEVERS} levers: every combination of them is run")
        if self.lever is not None and self.lever not in self.levers:
            raise ValueError(f"lever {one_of(self.lever, self.levers)}")

    @property
    def bounds(self) -> tuple[float, float]:
        """Between which values the pattern asks for it."""
        more_than = -math.inf if self.more_than is None else self.more_than
        return more_than, math.inf if self.less_than is None else self.less_than

    @property
    def worlds(self) -> tuple[Snapshot, ...]:
        """All worlds that it names."""
        return self.of + self.less

    @property
    def named_nations(self) -> tuple[str, ...]:
        """All nations that it names."""
        than = () if self.than == REST else self.than
        return (*self.nations, *than, *self.besides)


class Pattern(TomlTable):
    """A stylised fact."""

    number: int = Field(ge=1, description="Its number in the list of patterns.")
    statement: Text = Field(description="What is the case.")
    source: Text = Field(description="Who says so.")
    kind: PatternKind = Field(
        description="evidence; consistency check where the model has it from its data or equations; face "
        "validity where experts expect it, and the share of draws in which it is so decides."
    )
    note: str = Field("", description="What a reader of the verdict must know.")
    checks: Annotated[tuple[Check, ...], NotEmpty] = Field(strict=False, description="What is measured.")

    @model_validator(mode="after")
    def _can_be_counted(self) -> "Pattern":
        for check in self.checks:
            if self.kind == FACE_VALIDITY and check.measure not in _OF_A_DRAW:
                allowed = ", ".join(_OF_A_DRAW)
                raise ValueError(f"{FACE_VALIDITY} is counted over draws of {allowed}, not {check.measure}")
        return self


class Patterns(TomlTable):
    """What a file of patterns says."""

    title: Text = Field(description="What the patterns are about.")
    description: str = Field("", description="How they were chosen.")
    runs: int = Field(4000, ge=1, description="Runs of every world, unless a command says how many.")
    changes: dict[str, dict[str, Any]] = Field(
        {}, description="Changes to scenarios by name; keys and values as --set takes them."
    )
    patterns: Annotated[tuple[Pattern, ...], NotEmpty] = Field(strict=False, description="The facts.")
    _file: TomlFile | None = PrivateAttr(default=None)

    @property
    def name(self) -> str:
        """The name of the file without its ending, fit to be the name of a folder."""
        stem = self._file.path.stem if self._file else "patterns"
        return folder_name(stem, "patterns")

    @property
    def folder(self) -> Path:
        """The folder of the file."""
        return self._file.path.parent if self._file else Path()

    def error(self, key_path: TomlPath, problem: str) -> InputError:
        """Return (not raise) the error that says what is wrong at a key of the file."""
        return (
            self._file.error(key_path, problem) if self._file else InputError(problem, key=str(key_path[0]))
        )

    @model_validator(mode="after")
    def _fits_together(self) -> "Patterns":
        numbers = [pattern.number for pattern in self.patterns]
        if len(set(numbers)) < len(numbers):
            raise KeyProblem("patterns", "two patterns have the same number")
        return self

    def case(self, world: Snapshot, parameters: Path | None = None) -> Case:
        """Return a world as a case.

        Raises
        ------
        InputError
            For any mistake in the scenario, in a change, or in the parameters.
        """
        overrides: dict[Key, object] = {}
        for name in world.with_:
            overrides |= overridden(self.changes[name])
        return load_case(find_scenario(world.scenario, self.folder), overrides, parameters)


def find_patterns(source: Path | str) -> Path:
    """Return the file of patterns given as a path or as the name of a bundled one.

    Raises
    ------
    InputError
        If there is neither; the message names the nearest match.
    """
    return find_bundled(source, "patterns", "patterns")


def load_patterns(source: Path | str) -> Patterns:
    """Read a file of patterns, and try every world that it names.

    Parameters
    ----------
    source
        A file, or the name of a bundled one such as ``europe-2025``.

    Raises
    ------
    InputError
        If the file has a mistake; the message names file, line, key, what is allowed and, for a typo, the
        nearest match.
    """
    file = read_toml(find_patterns(source))
    patterns = validate(Patterns, file.data, file.error)
    patterns._file = file
    for number, pattern in enumerate(patterns.patterns):
        for position, check in enumerate(pattern.checks):
            _try_check(patterns, check, ("patterns", number, "checks", position))
    return patterns


def _try_check(patterns: Patterns, check: Check, place: TomlPath) -> None:
    """Find out now whether the worlds of a check can be run, and know its nations."""
    _check_changes(patterns, check.levers, (*place, "levers"))
    keys = [("of", index) for index in range(len(check.of))]
    keys += [("less", index) for index in range(len(check.less))]
    for world, key in zip(check.worlds, keys, strict=True):
        _check_changes(patterns, world.with_, (*place, *key, "with"))
        try:
            with_levers = world.model_copy(update={"with_": (*world.with_, *check.levers)})
            case = patterns.case(with_levers)
        except InputError as error:
            raise patterns.error((*place, *key), str(error)) from None
        _check_day(patterns, world, case, (*place, *key))
        _check_attribute(patterns, check.attribute, case, (*place, "attribute"))
        for nation in check.named_nations:
            try:
                case.roster.nation(nation)
            except InputError as error:
                raise patterns.error(place, error.problem) from None


def _check_changes(patterns: Patterns, names: tuple[str, ...], place: TomlPath) -> None:
    for name in names:
        if name not in patterns.changes:
            raise patterns.error(place, f"no such change: {one_of(name, patterns.changes)}")


def _check_attribute(patterns: Patterns, name: str | None, case: Case, place: TomlPath) -> None:
    """Refuse an attribute that past coalitions do not ask of their candidates."""
    if name is not None and name not in (known := read_past(case.roster.past).attributes):
        raise patterns.error(place, one_of(name, known))


def attribute_of(case: Case, name: str) -> FloatArray:
    """Return an attribute of a case's nations as past coalitions ask it, shape (nations,); NaN: not known."""
    attribute = read_past(case.roster.past).attributes[name]
    raw = np.array([candidate.covariates[attribute.column] for candidate in case.roster.candidates])
    return attribute.scale * treated(raw, attribute)


def _check_day(patterns: Patterns, world: Snapshot, case: Case, place: TomlPath) -> None:
    """Refuse a day on which a world has not begun, or has ended."""
    scenario = case.scenario
    if world.on is not None and not 0 <= world.round_in(case) <= scenario.rounds:
        last = scenario.calendar.date_of(scenario.rounds)
        raise patterns.error((*place, "on"), f"{world.on} is not from {scenario.start} to {last}")
