"""Events on another day than the scenario says: ``--set "events.A ceasefire holds.date=2026-05-01"``."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from sim.inputs.errors import near_match
from sim.inputs.keys import EVENTS, Key
from sim.inputs.layers import Layer, Place
from sim.inputs.overrides import Change, plain
from sim.inputs.toml_file import TomlPath, on_one_line
from sim.inputs.validation import shown

DATE = "date"


def date_key(name: str) -> Key:
    """Return the key of the date of an event: of its title, or of what it is an outcome of."""
    return Key(f"{EVENTS}.{name}.{DATE}")


def with_moved_events(layer: Layer, changes: Iterable[Change]) -> Layer:
    """Return a scenario with the dates that options give to its events.

    A title names its event, and what events are outcomes of names all of these: they happen on one day.

    Raises
    ------
    InputError
        If another key than the date is set, and for a name that no event has, or several by accident.
    """
    for change in changes:
        place = Place(option=on_one_line(change.option))
        moved = dict.fromkeys(_named(layer, change.key, place))
        events = list(layer.data[EVENTS])
        for index in moved:
            events[index] = {**_undated(events[index]), DATE: plain(change.value)}
        places: dict[TomlPath, Place] = {(EVENTS, index, DATE): place for index in moved}
        layer = replace(layer, data={**layer.data, EVENTS: events}, places={**layer.places, **places})
    return layer


def _undated(event: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in event.items() if key not in (DATE, "round")}


def _named(layer: Layer, key: Key, place: Place) -> list[int]:
    """Return the places of the events that a key is about."""
    match key.path:
        case (_, *words, last) if words and last == DATE:
            name = Key(".".join(words).strip("\"'"))
        case _:
            raise place.error('of events only the date can be set: "events.TITLE.date=2026-05-01"')
    names = list(_names(layer))
    outcomes = [index for index, is_outcome, known in names if is_outcome and known == name]
    titled = [index for index, is_outcome, known in names if not is_outcome and known == name]
    if not (outcomes or titled):
        raise place.error(_unknown(name, [known for _, _, known in names]))
    if len(titled) > 1:
        raise place.error(f"{len(titled)} events have the title {shown(name)}")
    return outcomes or titled


def _names(layer: Layer) -> Iterator[tuple[int, bool, Key]]:
    """Yield what events are called: where they stand, whether it is what they are outcomes of, the name."""
    events = layer.data.get(EVENTS)
    for index, event in enumerate(events if isinstance(events, list) else ()):
        for key in ("title", "outcome_of"):
            if isinstance(event, dict) and isinstance(event.get(key), str):
                yield index, key == "outcome_of", Key(event[key])


def _unknown(name: str, known: list[Key]) -> str:
    if not known:
        return f"no event is called {shown(name)}: the scenario has none"
    allowed = ", ".join(dict.fromkeys(map(shown, known)))
    return f"no event is called {shown(name)}; there are {allowed}{near_match(name, known)}"
