"""The state of the world as scenario files write it: at the start, and as events change it."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from sim.inputs.errors import near_match
from sim.inputs.validation import shown
from sim.inputs.vocabulary import AUTHORITY_LEVELS, INVOLVEMENT_LEVELS, PRESSURE_LEVELS

SITUATION = ("washington", "mandate", "moscow", "ceasefire", "decision_pressure", "nations")
"""What describes the world: given at the start, changed by events."""


class Table(BaseModel):
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
    return WithJsonSchema({"anyOf": [number, {"enum": list(names)}], "description": description})


def _date(value: object) -> object:
    """Let a date be written as text too: command lines and notebooks have no dates of their own."""
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return value
    return value


Date = Annotated[dt.date, BeforeValidator(_date)]
Text = Annotated[str, Field(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1), _named({})]

Involvement = Annotated[
    float,
    _named(INVOLVEMENT_LEVELS),
    _schema(
        INVOLVEMENT_LEVELS, "What Washington gives: from nothing (0) to ground troops (1), or a level's name."
    ),
]
WashingtonPolicy = Annotated[
    Literal["scripted", "burden_sharing"],
    Field(description="Whether involvement follows the scenario, or how much of the force Europe has shown."),
]
Ceiling = Annotated[Share, Field(description="burden_sharing: the most that Washington would give.")]
Threshold = Annotated[
    float, Field(ge=0, description="burden_sharing: share of the force at which half of it is given.")
]
Width = Annotated[
    float, Field(gt=0, description="burden_sharing: rise of that share from nothing to everything given.")
]
Speed = Annotated[Share, Field(description="burden_sharing: the largest change of involvement in a round.")]
Purpose = Annotated[
    Literal["peacekeeping", "deterrence", "reassurance"], Field(description="What the mandate is for.")
]
Clarity = Annotated[
    Share, Field(description="How clear the mandate is: 0 anything goes, 1 a single purpose.")
]
Authority = Annotated[
    float,
    _named(AUTHORITY_LEVELS),
    _schema(AUTHORITY_LEVELS, "Who authorises the mission: a number from 0 to 1, or a name."),
]
MandatePolicy = Annotated[
    Literal["scripted", "negotiated"],
    Field(description="Whether the mandate follows the scenario, or emerges among the participants."),
]
Pressure = Annotated[
    float,
    _named(PRESSURE_LEVELS),
    _schema(PRESSURE_LEVELS, "How hard Moscow presses: a number from 0 to 1, or a level's name."),
]
MoscowPolicy = Annotated[
    Literal["scripted", "reactive"],
    Field(description="Whether pressure follows the scenario, or answers the force that takes shape."),
]
Reaction = Annotated[
    float, Field(ge=0, description="reactive: pressure added when the whole force has taken shape.")
]
Deterred = Annotated[
    Share, Field(description="reactive: share of that answer withheld under full US involvement.")
]
Ceasefire = Annotated[Share, Field(description="How far a ceasefire holds: 0 war, 1 a ceasefire that holds.")]
DecisionPressure = Annotated[
    Share, Field(description="How far governments are pressed to declare themselves, as before a summit.")
]
Position = Annotated[
    Literal["opposed", "undecided", "open", "conditional", "committed", "unknown"],
    Field(description="What the government says of sending own troops."),
]
PublicSupport = Annotated[
    float,
    Field(ge=-0.5, le=0.5, description="Change in the share of the electorate that supports sending troops."),
]


Held = Annotated[
    Literal["free", "committed", "out"],
    Field(
        description="What if: from here on the nation is committed whatever it weighs, or stays out, at most "
        "open; free lets it decide again."
    ),
]


class WashingtonChange(Table):
    """What an event changes in Washington."""

    involvement: Involvement | None = None
    policy: WashingtonPolicy | None = None
    ceiling: Ceiling | None = None
    threshold: Threshold | None = None
    width: Width | None = None
    speed: Speed | None = None


class Washington(WashingtonChange):
    """Washington at the start."""

    involvement: Involvement
    policy: WashingtonPolicy = "scripted"
    ceiling: Ceiling = 0.75
    threshold: Threshold = 0.6
    width: Width = 0.15
    speed: Speed = 0.05


class MandateChange(Table):
    """What an event changes in the mandate."""

    purpose: Purpose | None = None
    clarity: Clarity | None = None
    authority: Authority | None = None
    policy: MandatePolicy | None = None


class Mandate(MandateChange):
    """The mandate at the start."""

    purpose: Purpose
    clarity: Clarity
    authority: Authority = 0.0
    policy: MandatePolicy = "scripted"


class MoscowChange(Table):
    """What an event changes in Moscow."""

    pressure: Pressure | None = None
    policy: MoscowPolicy | None = None
    reaction: Reaction | None = None
    deterred: Deterred | None = None


class Moscow(MoscowChange):
    """Moscow at the start."""

    pressure: Pressure
    policy: MoscowPolicy = "scripted"
    reaction: Reaction = 0.3
    deterred: Deterred = 0.5


class Nation(Table):
    """What is given of a nation, at the start or by an event."""

    position: Position | None = None
    public_support: PublicSupport | None = None
    held: Held | None = None


class Event(Table):
    """Something that happens and changes the situation."""

    date: Date | None = Field(None, description="When it happens; or give a round.")
    round: int | None = Field(None, ge=1, le=1_000_000, description="The round in which it happens.")
    title: Text = Field(description="What happens, in a few words.")
    source: str | None = Field(None, description="Where it is reported.")
    note: str | None = Field(None, description="What else a reader should know, such as what is assumed.")
    washington: WashingtonChange | None = None
    mandate: MandateChange | None = None
    moscow: MoscowChange | None = None
    ceasefire: Ceasefire | None = None
    decision_pressure: DecisionPressure | None = None
    nations: dict[str, Nation] = Field({}, description="What changes in nations, by ISO 3166 alpha-3 code.")

    @model_validator(mode="after")
    def _is_dated_and_changes_something(self) -> "Event":
        if (self.date is None) == (self.round is None):
            raise ValueError("an event has exactly one of date and round")
        if not self.changes():
            raise ValueError(f"an event must change something: {', '.join(SITUATION)}")
        return self

    def changes(self) -> dict[tuple[str, ...], Any]:
        """Return what the event sets, by key path: ``{("washington", "involvement"): 0.45}``."""
        return leaves(self.model_dump(include=set(SITUATION), exclude_none=True))


class Observed(Table):
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
    def _has_room_for_the_named(self) -> "Observed":
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
    found: dict[tuple[str, ...], Any] = {}
    for key, value in table.items():
        inner = leaves(value) if isinstance(value, dict) else {(): value}
        found.update({(key, *path): leaf for path, leaf in inner.items()})
    return found
