"""What a user sets beside the file: ``--set KEY=VALUE``, or keyword arguments of the model."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.inputs.errors import InputError
from sim.inputs.keys import EVENTS, Key
from sim.inputs.layers import Layer, Place
from sim.inputs.nations import Nations
from sim.inputs.situation import leaves
from sim.inputs.toml_file import TomlPath, on_one_line
from sim.inputs.validation import shown, unknown_key

Overrides = Mapping[str, object] | Mapping[Key, object] | Sequence[str]
"""``{"washington__involvement": 0.75}``, or ``["washington.involvement=0.75"]``."""

NOBODY = Nations()

_SETTINGS = (
    "title",
    "description",
    "roster",
    "start",
    "rounds",
    "days_per_round",
    "force_required",
    "force_required_source",
    "level_half_width",
)


class Change(NamedTuple):
    """A value that a user sets, and the option that sets it, as it was written."""

    option: str
    key: Key
    value: object


def override_layers(overrides: Overrides, situation: Sequence[str], nations: Nations = NOBODY) -> list[Layer]:
    """Return a layer for every override, to be laid over a scenario in this order.

    A key of the situation, as the roster's scenario files call it, becomes an event in round 1: the anchor
    world would absorb it otherwise. Behind ``start.`` it changes the anchor world, and so does a nation's
    ``position``, which takes the place of the recorded one. Keys of events are left to `with_moved_events`.

    Raises
    ------
    InputError
        If an override has no ``=``, its key begins with a word that is not known, or two are of one key.
    """
    return [
        _layer(Place(option=on_one_line(change.option)), change.key.path, plain(change.value), situation)
        for change in changes_of(overrides, nations)
        if not change.key.is_of_event
    ]


def overridden(overrides: Overrides, nations: Nations = NOBODY) -> dict[Key, object]:
    """Return what overrides set, by key."""
    return {change.key: change.value for change in changes_of(overrides, nations)}


def changes_of(overrides: Overrides, nations: Nations = NOBODY) -> list[Change]:
    """Return what overrides set, in their order, each nation in a key by its code.

    Raises
    ------
    InputError
        If an override has no ``=``, or a key is set twice, in whatever spelling; the message names both.
    """
    by_key: dict[Key, Change] = {}
    for change in _changes(overrides):
        named = change._replace(key=nations.in_key(change.key))
        first = by_key.setdefault(named.key, named)
        if first is not named:
            problem = f"{named.key} is set already, by {first.option}"
            raise InputError(problem, file=on_one_line(named.option))
    return list(by_key.values())


def _changes(overrides: Overrides) -> Iterator[Change]:
    """Yield every change; a table sets each of its keys."""
    if isinstance(overrides, Mapping):
        changes = [(f"{key}={shown(value)}", key, value) for key, value in overrides.items()]
    else:
        texts = [overrides] if isinstance(overrides, str) else overrides
        changes = [(f"--set {text}", *_key_and_value(text)) for text in texts]
    for option, key, value in changes:
        inner = leaves(value) if isinstance(value, dict) and value else {(): value}
        for below, leaf in inner.items():
            yield Change(option, Key(".".join((key, *below))), leaf)


def _key_and_value(text: str) -> tuple[str, object]:
    key, equals, value = text.partition("=")
    if Key(key).is_of_event:  # the title of one may hold the sign, a date does not
        key, equals, value = text.rpartition("=")
    if not equals:
        raise InputError(
            "must be KEY=VALUE, such as washington.involvement=0.75", file=on_one_line(f"--set {text}")
        )
    return key.strip(), _value(value.strip())


def _value(text: str) -> object:
    """Return a text read as a TOML value, or the text itself: quotes need not survive a shell."""
    try:
        table = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    return table["value"] if len(table) == 1 else text


def plain(value: object) -> object:
    """Return a NumPy scalar, as sweeps hand them over, as a number of Python; a moment is read as a day."""
    if isinstance(value, np.datetime64):
        return value
    item = getattr(value, "item", None)
    return item() if callable(item) else value


def _layer(place: Place, path: tuple[str, ...], value: object, situation: Sequence[str]) -> Layer:
    match path:
        case ("start", head, *_) if head in situation:
            return _setting(place, path[1:], value)
        case ("start", head, *_):
            raise place.error(unknown_key(head, situation))
        case ("nations", _, "position") | ("parameters", _):
            return _setting(place, path, value)
        case (head, *_) if head in situation:
            return _event(place, path, value)
        case (head,) if head in _SETTINGS:
            return _setting(place, path, value)
        case ("parameters", *_):
            raise place.error("must be parameters.NAME=NUMBER")
        case (head, *_) if head in _SETTINGS:
            raise place.error(f"{head} has no keys of its own")
    raise place.error(unknown_key(path[0], [*situation, "parameters", EVENTS, *_SETTINGS]))


def _setting(place: Place, path: tuple[str, ...], value: object) -> Layer:
    return Layer(_nested(path, value), {path: place})


def _event(place: Place, path: tuple[str, ...], value: object) -> Layer:
    title = f"set: {'.'.join(path)} = {shown(value)}"
    event = {"round": 1, "title": title, **_nested(path, value)}
    places: dict[TomlPath, Place] = {("events", 0): place}
    return Layer({"events": [event]}, places)


def _nested(path: tuple[str, ...], value: object) -> dict[str, Any]:
    for key in reversed(path):
        value = {key: value}
    return value  # type: ignore[return-value]
