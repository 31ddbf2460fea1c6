"""Nations of scenario files by their codes, whatever the file calls them."""

from collections.abc import Mapping
from typing import Any, TypeGuard

from sim.inputs.layers import Layer
from sim.inputs.nations import Nations
from sim.inputs.toml_file import TomlPath
from sim.inputs.trigger import trigger


def with_codes(layer: Layer, nations: Nations) -> Layer:
    """Return settings in which every nation is named by its code; words that name none stay as they are.

    Raises
    ------
    InputError
        If a table has a nation twice, by two of its names.
    """
    data = {**layer.data, **_coded(layer, (), layer.data, nations)}
    events = data.get("events")
    if isinstance(events, list):
        data["events"] = [
            {**event, **_coded(layer, ("events", position), event, nations), **_when(event, nations)}
            if _is_table(event)
            else event
            for position, event in enumerate(events)
        ]
    observed = data.get("observed")
    if _is_table(observed) and isinstance(observed.get("named"), list):
        named = [nations.official(word) if isinstance(word, str) else word for word in observed["named"]]
        data["observed"] = {**observed, "named": named}
    return Layer(data, {_coded_path(path, nations): place for path, place in layer.places.items()})


def _when(event: Mapping[str, Any], nations: Nations) -> dict[str, str]:
    """Return the condition of an event with its nation by code, if it names one; mistakes are found later."""
    try:
        return {"when": str(trigger(event["when"]).of(nations))}
    except (KeyError, AttributeError, ValueError):
        return {}


def _coded(layer: Layer, place: TomlPath, table: Mapping[str, Any], nations: Nations) -> dict[str, Any]:
    """Return the nations of a table by code, if it has any."""
    named = table.get("nations")
    if not _is_table(named):
        return {}
    words: dict[str, str] = {}
    for word in named:
        first = words.setdefault(nations.official(word), word)
        if first != word:
            line = layer.place((*place, "nations", first)).short()
            problem = f"{nations.official(word)} is given already, as {first}, in {line}"
            raise layer.error((*place, "nations", word), problem)
    return {"nations": {code: named[word] for code, word in words.items()}}


def _coded_path(path: TomlPath, nations: Nations) -> TomlPath:
    match path:
        case ("nations", str(word), *rest):
            return ("nations", nations.official(word), *rest)
        case ("events", int(position), "nations", str(word), *rest):
            return ("events", position, "nations", nations.official(word), *rest)
    return path


def _is_table(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)
