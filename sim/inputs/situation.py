"""The state of the world as scenario files write it: at the start, and as events change it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    create_model,
    model_validator,
)

from sim.declarations.kinds import ADVERSARY, PATRON, TABLES, Level
from sim.inputs.days import day_of
from sim.inputs.errors import near_match
from sim.inputs.roster_file import Vocabulary
from sim.inputs.trigger import ComparableLevel, Trigger, trigger
from sim.inputs.validation import KeyProblem, shown

COMMAND = "command"
"""The key, under mandate, of who commands."""


def situation(vocabulary: Vocabulary) -> dict[str, str]:
    """Return what describes the world, set at the start and changed by events.

    Returns
    -------
    dict
        What the scenario files of a roster call each key.
    """
    keys = dict.fromkeys((*(level.key[0] for level in vocabulary.all_levels.values()), "nations"))
    return {key: vocabulary.keys.get(key, key) for key in keys}


def situation_keys(vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the keys of the situation as the scenario files of a roster call them."""
    return tuple(situation(vocabulary).values())


def canonical(key_path: Sequence[str], vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the key path of the situation that the scenario files of a roster write as another."""
    names = {key: actor for actor, key in vocabulary.keys.items()}
    return (names.get(key_path[0], key_path[0]), *key_path[1:])


def written(key_path: Sequence[str], vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return a key path of the situation as the scenario files of a roster write it."""
    return (vocabulary.keys.get(key_path[0], key_path[0]), *key_path[1:])


class TomlTable(BaseModel):
    """A table of a scenario file: unknown keys, wrong types and numbers without end are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def _named(names: Mapping[str, float]) -> BeforeValidator:
    """Return the check of a level in [0, 1] that may be given by name, if there are any; kept as a number."""

    def number(value: object) -> float:
        if isinstance(value, str) and value in names:
            return names[value]
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
            return float(value)
        nearest = near_match(value, names) if isinstance(value, str) else ""
        or_name = f", or one of {', '.join(names)}" if names else ""
        raise ValueError(f"must be a number from 0 to 1{or_name}, not {shown(value)}{nearest}")

    return BeforeValidator(number)


def _schema(names: Mapping[str, float], description: str) -> WithJsonSchema:
    number = {"type": "number", "minimum": 0, "maximum": 1}
    kind = {"anyOf": [number, {"enum": list(names)}]} if names else number
    return WithJsonSchema({**kind, "description": description})


def _whole(value: object) -> object:
    """Return a whole number that comes as a float, as factors of sweeps do, as an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(_whole)]
Date = Annotated[dt.date, BeforeValidator(day_of)]
Text = Annotated[str, Field(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1), _named({})]

PatronPolicy = Annotated[
    Literal["scripted", "burden_sharing"],
    Field(
        description="Whether involvement follows the scenario, or how much of the force others have shown."
    ),
]
Ceiling = Annotated[Share, Field(description="burden_sharing: the most that the patron would give.")]
Threshold = Annotated[
    float, Field(ge=0, description="burden_sharing: share of the force at which half of it is given.")
]
Width = Annotated[
    float, Field(gt=0, description="burden_sharing: rise of that share from nothing to everything given.")
]


Speed = Annotated[Share, Field(description="burden_sharing: the largest change of involvement in a round.")]
Reversal = Annotated[
    Share,
    Field(description="Probability a round that the patron takes back all that it gives, for some time."),
]
Return = Annotated[
    Share, Field(description="Probability a round that a patron that took back what it gave gives it again.")
]
Purpose = Annotated[
    Literal["peacekeeping", "deterrence", "reassurance"], Field(description="What the mandate is for.")
]
Command = Annotated[str, Field(description="Who commands, a word of the roster's; the same throughout.")]
MandatePolicy = Annotated[
    Literal["scripted", "negotiated"],
    Field(description="Whether the mandate follows the scenario, or emerges among the participants."),
]
AdversaryPolicy = Annotated[
    Literal["scripted", "reactive"],
    Field(description="Whether pressure follows the scenario, or answers the force that takes shape."),
]
Reaction = Annotated[
    float, Field(ge=0, description="reactive: pressure added when the whole force has taken shape.")
]
Deterred = Annotated[
    Share, Field(description="reactive: share of that answer withheld under full involvement of the patron.")
]
Position = Annotated[
    Literal["opposed", "undecided", "open", "conditional", "committed", "unknown"],
    Field(description="What the government says of sending own troops."),
]
Election = Annotated[
    Share,
    Field(
        description="Probability that an election of this round brings a government whose position is any of "
        "those taken at the start, by their shares."
    ),
]

Held = Annotated[
    Literal["free", "committed", "out"],
    Field(
        description="What if: from here on the nation is committed whatever it weighs, or stays out, at most "
        "open; free lets it decide again."
    ),
]


class PatronConstants(TomlTable):
    """What an event may change of how the patron acts."""

    policy: PatronPolicy | None = None
    ceiling: Ceiling | None = None
    threshold: Threshold | None = None
    width: Width | None = None
    speed: Speed | None = None
    reversal: Reversal | None = None
    restoration: Return | None = None


class PatronAtStart(PatronConstants):
    """How the patron acts at the start."""

    policy: PatronPolicy = "scripted"
    ceiling: Ceiling = 0.75
    threshold: Threshold = 0.6
    width: Width = 0.15
    speed: Speed = 0.05
    reversal: Reversal = 0.0
    restoration: Return = 0.2


class MandateConstants(TomlTable):
    """What an event may change of the mandate beside its levels."""

    purpose: Purpose | None = None
    policy: MandatePolicy | None = None


class MandateAtStart(MandateConstants):
    """The mandate at the start, beside its levels."""

    purpose: Purpose
    policy: MandatePolicy = "scripted"
    command: Command = "nation"


class AdversaryConstants(TomlTable):
    """What an event may change of how the adversary acts."""

    policy: AdversaryPolicy | None = None
    reaction: Reaction | None = None
    deterred: Deterred | None = None


class AdversaryAtStart(AdversaryConstants):
    """How the adversary acts at the start."""

    policy: AdversaryPolicy = "scripted"
    reaction: Reaction = 0.3
    deterred: Deterred = 0.5


CHANGED: dict[str, type[TomlTable]] = {
    PATRON: PatronConstants,
    "mandate": MandateConstants,
    ADVERSARY: AdversaryConstants,
}
AT_START: dict[str, type[TomlTable]] = {
    PATRON: PatronAtStart,
    "mandate": MandateAtStart,
    ADVERSARY: AdversaryAtStart,
}
"""The tables of the situation without their levels."""


class NationSettings(TomlTable):
    """What a scenario sets of a nation, at the start or by an event."""

    position: Position | None = None
    held: Held | None = None
    election: Election | None = None


class Event(TomlTable):
    """Something that happens and changes the situation; `event_type` adds levels and actors' tables."""

    situation: ClassVar[Mapping[str, str]] = situation(Vocabulary())
    date: Date | None = Field(
        None, description="When it happens; or give a round. With a condition: not before."
    )
    round: int | None = Field(None, ge=1, le=1_000_000, description="The round in which it happens.")
    when: Trigger | None = Field(
        None,
        description="Condition under which it happens, once a run, in the round after it first holds: "
        '"force >= 15000", "NATION committed", "ceasefire < 0.5".',
    )
    probability: Share | None = Field(
        None, description="Probability that it happens, drawn once a run; without one it is certain."
    )
    outcome_of: Text | None = Field(
        None, description="What it is an outcome of: of events that name the same at most one happens."
    )
    title: Text = Field(description="What happens, in a few words.")
    source: str | None = Field(None, description="Where it is reported.")
    note: str | None = Field(None, description="What else a reader should know, such as what is assumed.")
    patron: PatronConstants | None = None
    mandate: MandateConstants | None = None
    adversary: AdversaryConstants | None = None
    nations: dict[str, NationSettings] = Field(
        {}, description="What changes in nations, by ISO 3166 alpha-3 code."
    )

    @model_validator(mode="after")
    def _is_dated_and_changes_something(self) -> "Event":
        dated = [key for key in (self.date, self.round) if key is not None]
        if len(dated) > 1 or not (dated or self.when):
            raise ValueError(
                "an event has exactly one of date and round; with a condition, when, at most one"
            )
        if self.outcome_of is not None and self.probability is None:
            raise KeyProblem("outcome_of", "is for events with a probability")
        if not self.changes():
            raise ValueError(f"an event must change something: {', '.join(self.situation.values())}")
        return self

    def changes(self) -> dict[tuple[str, ...], Any]:
        """Return what the event sets, by key path: ``{("patron", "involvement"): 0.45}``."""
        return leaves(self.model_dump(include=set(self.situation), exclude_none=True))


@cache
def comparable_levels(vocabulary: Vocabulary) -> dict[str, ComparableLevel]:
    """Return the levels that conditions may compare, by how the scenario files of a roster write them."""
    return {
        ".".join(written(level.key, vocabulary)): ComparableLevel(name, vocabulary.steps(name))
        for name, level in vocabulary.all_levels.items()
    }


def _when(vocabulary: Vocabulary) -> Any:
    """Return the type of the condition of an event."""

    def condition(value: object) -> Trigger:
        if not isinstance(value, str):
            raise ValueError(f'must be a text such as "force >= 15000", not {shown(value)}')
        return trigger(value, comparable_levels(vocabulary))

    as_text = PlainSerializer(str), WithJsonSchema({"type": "string"})
    return Annotated[Trigger, BeforeValidator(condition), *as_text]


@cache
def event_type(vocabulary: Vocabulary) -> type[Event]:
    """Return the events of a roster's scenario files: actors, levels and commands are called what it says."""
    when = (_when(vocabulary) | None, Event.model_fields["when"])
    fields = {**situation_fields(vocabulary, start=False), "when": when}
    made = create_model("Event", __base__=Event, __doc__=Event.__doc__, **fields)
    made.situation = situation(vocabulary)
    return made


def situation_fields(vocabulary: Vocabulary, *, start: bool) -> dict[str, Any]:
    """Return the fields of the situation, nations apart: at the start, or as events change it."""
    tables = AT_START if start else CHANGED
    levels = vocabulary.all_levels
    fields: dict[str, Any] = {}
    for name in dict.fromkeys(level.key[0] for level in levels.values()):
        if name in TABLES:
            within = {level.key[1]: level for level in levels.values() if level.key[0] == name}
            kind = _with_levels(tables[name], within, vocabulary, start=start)
            alias = vocabulary.keys.get(name)
            fields[name] = (kind, Field(alias=alias)) if start else (kind | None, Field(None, alias=alias))
        else:
            fields[name] = _level_field(levels[name], vocabulary, start=start)
    return fields


def _with_levels(
    table: type[TomlTable], levels: Mapping[str, Level], vocabulary: Vocabulary, *, start: bool
) -> Any:
    """Return a table of the situation with its levels, which come first."""
    fields: dict[str, Any] = {
        key: _level_field(level, vocabulary, start=start) for key, level in levels.items()
    }
    fields |= {key: (field.annotation, field) for key, field in table.model_fields.items()}
    if COMMAND in fields:
        fields[COMMAND] = _command_field(vocabulary)
    return create_model(table.__name__, __base__=TomlTable, __doc__=table.__doc__, **fields)


def _command_field(vocabulary: Vocabulary) -> Any:
    """Return the type and the default of who commands: one of those that the roster declares, the first."""
    commands = tuple(vocabulary.commands)
    return Literal[commands], Field(commands[0], description=MandateAtStart.model_fields[COMMAND].description)


def _level_field(level: Level, vocabulary: Vocabulary, *, start: bool) -> Any:
    """Return the type and the default of a level in a file."""
    meaning = level.meaning.format_map(vocabulary.names)
    steps = vocabulary.steps(level.name)
    number = Annotated[float, _named(steps), _schema(steps, meaning)]
    if not start:
        return number | None, None
    return number, ... if level.at_start is None else level.at_start


class ObservedCoalition(TomlTable):
    """What was reported of the coalition on a day; it changes no run, `explain` asks which runs fit it."""

    date: Date = Field(description="The day that the report is about.")
    named: tuple[str, ...] = Field(
        strict=False, min_length=1, description="Members that were named, by ISO 3166 alpha-3 code."
    )
    total: tuple[int, int] = Field(
        strict=False, description="The least and the largest number of members that the report may mean."
    )
    source: str | None = Field(None, description="Where it is reported.")
    note: str | None = Field(None, description="What else a reader should know, such as how it was read.")

    @model_validator(mode="after")
    def _has_room_for_the_named(self) -> "ObservedCoalition":
        least, most = self.total
        if least > most:
            raise ValueError(f"the total [{least}, {most}] does not rise")
        if most < len(self.named):
            raise ValueError(f"the total is at most {most}, but {len(self.named)} members are named")
        if len(set(self.named)) < len(self.named):
            raise ValueError("a member is named twice")
        return self


def leaves(table: Mapping[str, Any]) -> dict[tuple[str, ...], Any]:
    """Return the values of nested tables by key path, in their order."""
    values: dict[tuple[str, ...], Any] = {}
    for key, value in table.items():
        inner = leaves(value) if isinstance(value, dict) else {(): value}
        values.update({(key, *path): leaf for path, leaf in inner.items()})
    return values
