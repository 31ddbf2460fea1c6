"""Scenarios: the situation at the start and what changes it, read from TOML files."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import FailFast, Field, PrivateAttr, create_model

from sim.declarations.kinds import ADVERSARY, PATRON
from sim.inputs.bundled import bundled_scenarios, exists, find_scenario, scenarios_folder
from sim.inputs.characters import folder_name
from sim.inputs.coded import with_codes
from sim.inputs.errors import InputError, near_match
from sim.inputs.keys import Key
from sim.inputs.layers import Layer, Place, merged, read_layers
from sim.inputs.moved_events import with_moved_events
from sim.inputs.nations import Nations
from sim.inputs.overrides import NOBODY, Overrides, changes_of, overridden, override_layers
from sim.inputs.roster import nations_of
from sim.inputs.roster_file import ROSTER_FILE, Vocabulary, vocabulary_of
from sim.inputs.schedule import Calendar, Contingent, Scheduled, schedule
from sim.inputs.situation import (
    AdversaryAtStart,
    Date,
    Event,
    MandateAtStart,
    NationSettings,
    ObservedCoalition,
    PatronAtStart,
    Share,
    Text,
    TomlTable,
    Whole,
    canonical,
    event_type,
    situation_fields,
    situation_keys,
)
from sim.inputs.toml_file import TomlPath, read_toml
from sim.inputs.validation import shown, validate

ROSTER = Key("roster")
CHANCE = ("when", "probability", "outcome_of")
"""Keys of events that happen in some runs only."""


@dataclass(frozen=True)
class _Origin:
    """Where a scenario comes from."""

    name: str = "scenario"
    roster_folder: Path | None = None
    vocabulary: Vocabulary = Vocabulary()  # noqa: RUF009 - frozen
    layer: Layer = Layer({})  # noqa: RUF009 - frozen


class Scenario(TomlTable):
    """The inputs of a simulation: the situation at the start, and the events that change it.

    The fields are the keys of a scenario file, those of the actors' tables and the levels added by
    `scenario_type`. Use :func:`load_scenario` for files and
    :meth:`from_dict` for data; both raise :class:`~sim.inputs.errors.InputError` for any mistake.
    """

    title: Text = Field(description="What the scenario is, in a few words.")
    description: str = Field("", description="What it asks, what it assumes.")
    extends: Text | None = Field(
        None, description="A file beside this one, or a bundled scenario, that this one adds to."
    )
    roster: Text = Field(
        description="Folder of the nations' data, beside this file or among the bundled ones."
    )
    start: Date = Field(description="The day of round 0: the situation below holds, positions are as stated.")
    rounds: int = Field(ge=1, le=10_000, description="How many rounds are simulated.")
    days_per_round: Whole = Field(7, ge=1, le=366, description="Days from one round to the next.")
    force_required: float = Field(20_000.0, gt=0, description="Soldiers that the mission needs.")
    force_required_source: str = Field(
        "",
        description="Where that number comes from; it is not that of a number that another file, or `--set`, "
        "puts in its place.",
    )
    level_half_width: Share = Field(
        0.0,
        description="How uncertain the levels are that the scenario sets: each is drawn whenever it is set, "
        "uniform within so much of what is given, in [0, 1]; an exact 0 stays 0.",
    )
    patron: PatronAtStart
    mandate: MandateAtStart
    adversary: AdversaryAtStart
    nations: dict[str, NationSettings] = Field(
        {},
        description="Nations at the start, by ISO 3166 alpha-3 code; a position replaces the recorded one.",
    )
    events: Annotated[tuple[Event, ...], FailFast()] = Field(
        (), strict=False, description="What changes the situation, and when."
    )
    observed: ObservedCoalition | None = Field(
        None,
        description="What was reported of the coalition; it changes no run, `explain` compares them with it.",
    )
    parameters: dict[str, float] = Field(
        {}, description="Behavioural parameters that differ from their usual values, by name."
    )
    _origin: _Origin = PrivateAttr(default=_Origin())

    @classmethod
    def from_dict(
        cls, data: Mapping[str, Any], overrides: Overrides = (), *, name: str = "scenario"
    ) -> "Scenario":
        """Build a scenario from the keys of a scenario file, ``extends`` apart.

        Parameters
        ----------
        data
            The content of a scenario file; dates may be text. A relative roster is looked for in the
            current folder, then among the bundled ones.
        overrides
            As for :func:`load_scenario`.
        name
            What the results are called.

        Raises
        ------
        InputError
            If the data are not a valid scenario.
        """
        return _scenario([Layer(dict(data))], overrides, name)

    def with_overrides(self, overrides: Overrides) -> "Scenario":
        """Return the scenario with changes laid over it, as :func:`load_scenario` takes them.

        Raises
        ------
        InputError
            If an override has a mistake.
        """
        return _scenario([self._origin.layer], overrides, self.name)

    def __reduce__(self) -> tuple[Any, ...]:
        """Let other processes have it: the type of a roster's scenarios is made where it is needed."""
        return _restored, (self.model_dump(by_alias=True, exclude_unset=True), self._origin)

    @property
    def name(self) -> str:
        """The name of the file without its ending, fit to be the name of a folder."""
        return self._origin.name

    @property
    def roster_folder(self) -> Path:
        """The folder of the roster."""
        return self._origin.roster_folder or _roster_folder(self.roster, self.place(("roster",)))

    @property
    def vocabulary(self) -> Vocabulary:
        """What the roster calls its world."""
        return self._origin.vocabulary

    def key_path(self, path: str) -> tuple[str, ...]:
        """Return the key path of a value that a dotted path names: ``washington.involvement``."""
        return canonical(path.split("."), self.vocabulary)

    @property
    def calendar(self) -> Calendar:
        """The rounds as days."""
        return Calendar(self.start, self.days_per_round)

    @property
    def options(self) -> tuple[str, ...]:
        """What was set beside the file, as command lines say it: ``--set rounds=10``."""
        places = self._origin.layer.places.values()
        return tuple(dict.fromkeys(place.option for place in places if place.option))

    def place(self, key_path: TomlPath) -> Place:
        """Return where a key stands, to be named in a later error."""
        return self._origin.layer.place(key_path)

    def schedule(self) -> tuple[Scheduled, ...]:
        """Return the certain events with their rounds and dates, in the order in which they take effect."""
        return tuple(item for item in self.all_events() if not isinstance(item, Contingent))

    def contingents(self) -> tuple[Contingent, ...]:
        """Return the events that happen in some runs, by chance or on a condition, the earliest first."""
        return tuple(item for item in self.all_events() if isinstance(item, Contingent))

    def all_events(self) -> tuple[Scheduled, ...]:
        """Return all events, in the order in which they take effect at the earliest."""
        return schedule(self.events, self.calendar, self.place)

    def resolved(self) -> dict[str, Any]:
        """Return everything here that determines the results, ready for JSON: levels as numbers, no prose.

        Events stand in the order in which they take effect, each with its round; those after the last
        round are left out. Those that happen in some runs only stand apart, with their earliest rounds. The
        roster is named by its folder's name, whatever machine it is on; what its files say is for the roster
        to add.
        """
        situation = {*event_type(self.vocabulary).situation}
        events = [_resolved(item, situation) for item in self.schedule() if item.round <= self.rounds]
        possible = [_resolved(item, {*situation, *CHANCE}) for item in self.contingents()]
        prose = {"title", "description", "extends", "events", "observed", "force_required_source"}
        content = self.model_dump(mode="json", exclude=prose, exclude_none=True)
        others = {"possible_events": possible} if possible else {}
        return {**content, "roster": self.roster_folder.name, "events": events, **others}


def _resolved(item: Scheduled, keys: set[str]) -> dict[str, Any]:
    """Return some keys of an event with its round, ready for JSON."""
    return {"round": item.round, **item.event.model_dump(mode="json", include=keys, exclude_defaults=True)}


def is_scenario(source: str) -> bool:
    """Tell whether a file, or the name of a bundled one, is a scenario: it names a roster, or extends one."""
    if source.removesuffix(".toml") in bundled_scenarios():
        return True
    return exists(Path(source)) and not {"roster", "extends"}.isdisjoint(read_toml(Path(source)).data)


def load_scenario(source: Path | str, overrides: Overrides = ()) -> Scenario:
    """Read a scenario file.

    Parameters
    ----------
    source
        A file, or the name of a bundled scenario such as ``brussels-2025-04``.
    overrides
        What to change: ``["washington.involvement=0.75"]`` or ``{"washington__involvement": 0.75}``.
        A level of the situation is changed by an event in round 1, and wins over the file's events of
        that round; behind ``start.`` it changes the world in which positions are anchored. A nation's
        ``position`` replaces the recorded one, ``events.TITLE.date`` the date or the round of an event.
        ``title``, ``description``, ``roster``, ``start``,
        ``rounds``, ``days_per_round``, ``force_required``, ``force_required_source``, ``level_half_width``
        and ``parameters.NAME`` replace what the file says.

    Returns
    -------
    Scenario
        The situation at the start and its events.

    Raises
    ------
    InputError
        If the file, one that it extends, or an override has a mistake; the message names file, line,
        key, what is allowed and, for a typo, the nearest match.
    """
    path = find_scenario(source)
    return _scenario(read_layers(path), overrides, path.stem)


def _restored(data: dict[str, Any], origin: _Origin) -> Scenario:
    scenario = scenario_type(origin.vocabulary).model_validate(data)
    scenario._origin = origin
    return scenario


@cache
def scenario_type(vocabulary: Vocabulary) -> type[Scenario]:
    """Return the scenarios of a roster: actors, levels and commands are called what it says."""
    event: Any = event_type(vocabulary)
    events: Any = (Annotated[tuple[event, ...], FailFast()], Scenario.model_fields["events"])
    fields = situation_fields(vocabulary, start=True)
    return create_model("Scenario", __base__=Scenario, __doc__=Scenario.__doc__, **fields, events=events)


def _scenario(layers: list[Layer], overrides: Overrides, name: str) -> Scenario:
    roster = _named_roster(merged(layers), overridden(overrides))
    vocabulary, nations = (vocabulary_of(roster), nations_of(roster)) if roster else (Vocabulary(), NOBODY)
    coded = [with_codes(layer, nations) for layer in layers]
    moves = [change for change in changes_of(overrides, nations) if change.key.is_of_event]
    own = with_moved_events(merged(coded), moves)
    layer = merged([own, *override_layers(overrides, situation_keys(vocabulary), nations)])
    scenario = validate(scenario_type(vocabulary), layer.data, layer.error)
    folder = _roster_folder(scenario.roster, layer.place(("roster",)))
    scenario._origin = _Origin(folder_name(name, "scenario"), folder, vocabulary, layer)
    _check_nations_given(scenario)
    _check_end(scenario)
    scenario.all_events()
    return scenario


def _check_nations_given(scenario: Scenario) -> None:
    for iso3, nation in scenario.nations.items():
        if not nation.model_fields_set:
            raise scenario.place(("nations", iso3)).error("is empty; allowed: position, held")
        if nation.election is not None:
            problem = "is for events: an election has a date or a round"
            raise scenario.place(("nations", iso3, "election")).error(problem)


def _check_end(scenario: Scenario) -> None:
    if scenario.rounds * scenario.days_per_round > (dt.date.max - scenario.start).days:
        raise scenario.place(("rounds",)).error(f"the last round would be after {dt.date.max}")


def _named_roster(layer: Layer, changes: Mapping[Key, object]) -> Path | None:
    """Return the folder of the roster that is named, if one is."""
    option = Place(option=f"--set roster={changes.get(ROSTER)}")
    place = option if ROSTER in changes else layer.place(("roster",))
    roster = changes.get(ROSTER, layer.data.get("roster"))
    if roster is None and layer.data:
        raise layer.error(("roster",), "is missing: the folder of the nations' data")
    if not isinstance(roster, str) or not roster:
        if roster is not None:
            raise place.error(f"must be the name of a folder, not {shown(roster)}")
        return None
    folder = _roster_folder(roster, place)
    check_keys(folder)
    return folder


def check_keys(folder: Path) -> None:
    """Check that what a roster calls its actors' tables and its levels is no other key of scenario files.

    Raises
    ------
    InputError
        If it is.
    """
    vocabulary = vocabulary_of(folder)
    taken = {*Scenario.model_fields, *Event.model_fields, *Event.situation}
    attributes = {*dir(Scenario), *dir(Event)}  # of which a level would be another
    actors = {f"actors.{actor}.key": key for actor, key in vocabulary.keys.items()}
    own = [(place, key, taken - {PATRON, ADVERSARY}) for place, key in actors.items()]
    own += [
        (f"further_levels.{name}", name, taken | attributes | {*actors.values()})
        for name in vocabulary.further_levels
    ]
    for place, word, others in own:
        if word in others:
            problem = f'"{word}" is another key of scenario files; choose another word'
            raise InputError(problem, file=folder / ROSTER_FILE, key=place)


def _roster_folder(roster: str, place: Place) -> Path:
    """Return the roster's folder: relative to the file that names it, else a bundled one."""
    bundled = scenarios_folder()
    beside = place.file.parent if place.file else Path()
    for folder in (beside / roster, bundled / roster):
        if _is_folder(folder):
            if not exists(folder / ROSTER_FILE):
                raise place.error(f'"{roster}" is a folder without a {ROSTER_FILE}')
            return folder.resolve()
    known = [f"rosters/{folder.name}" for folder in sorted(bundled.glob("rosters/*")) if folder.is_dir()]
    problem = f'no such folder: "{roster}"; bundled: {", ".join(known)}{near_match(roster, known)}'
    raise place.error(problem)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def check_nations(scenario: Scenario, nations: Nations) -> None:
    """Check that a roster has every nation that a scenario names.

    Raises
    ------
    InputError
        For a nation that is not in the roster, with the nearest one.
    """
    named: list[tuple[TomlPath, NationSettings]] = [
        (("nations", code), nation) for code, nation in scenario.nations.items()
    ]
    for position, event in enumerate(scenario.events):
        named += [(("events", position, "nations", code), nation) for code, nation in event.nations.items()]
        if event.when and event.when.nation and event.when.nation not in nations.names:
            raise _unknown_nation(scenario.place(("events", position, "when")), event.when.nation, nations)
    for path, nation in named:
        if path[-1] not in nations.names:
            place = scenario.place((*path, *sorted(nation.model_fields_set)[:1]))
            raise _unknown_nation(place, str(path[-1]), nations)


def check_observed(scenario: Scenario, nations: Nations) -> None:
    """Check that a roster has every member that a report named.

    Raises
    ------
    InputError
        For one that is not in the roster, with the nearest nation.
    """
    for index, code in enumerate(scenario.observed.named if scenario.observed else ()):
        if code not in nations.names:
            raise _unknown_nation(scenario.place(("observed", "named", index)), code, nations)


def _unknown_nation(place: Place, word: str, nations: Nations) -> InputError:
    allowed = ", ".join(nations.names)
    return place.error(f'no nation "{word}" in the roster; allowed: {allowed}{nations.hint(word)}')
