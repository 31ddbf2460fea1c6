"""A setting written as a scenario file, which `coalition run` takes to the same figures."""

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sim.dashboard.setting import Setting, Value
from sim.inputs.case import PARAMETER_PREFIX
from sim.inputs.layers import merge_tables
from sim.inputs.scenario import Scenario
from sim.inputs.situation import Event, leaves

KeyPath = tuple[str, ...]
Table = dict[str, Any]


def scenario_file(setting: Setting) -> str:
    """Return a setting as the text of a scenario file that extends no other.

    Raises
    ------
    InputError
        For any mistake in the scenario.
    """
    scenario = setting.source.load().scenario
    data = scenario.model_dump(exclude_unset=True, exclude_none=True, exclude={"extends", "events"})
    data["description"] = " ".join(scenario.description.split())
    changes = {_key_path(path): value for path, value in setting.changes}
    parameters = {path: value for path, value in changes.items() if path[0] == _PARAMETERS}
    levels = {path: value for path, value in changes.items() if path not in parameters}
    data = merge_tables(data, _nested(parameters))
    data["events"] = [*_events(scenario, set(levels)), *_event(levels)]
    if changes:
        data["title"] = f"{scenario.title}, changed"
    head = f"# Made by `coalition dashboard`. The same runs: coalition run FILE {setting.which_runs()}"
    return "\n".join([head, *_lines(data)]) + "\n"


_PARAMETERS = PARAMETER_PREFIX.removesuffix(".")


def _key_path(path: str) -> KeyPath:
    return tuple(path.split("."))


def _event(levels: Mapping[KeyPath, Value]) -> list[Table]:
    """Return the event that sets levels in the first round, if there are any."""
    return [{"round": 1, "title": "Set in the dashboard", **_nested(levels)}] if levels else []


def _events(scenario: Scenario, replaced: set[KeyPath]) -> Iterator[Table]:
    """Return the events of a scenario; those of the first round without what is replaced in it."""
    for event in scenario.events:
        at_once = event.round == 1 or (event.date and scenario.calendar.round_of(event.date) == 1)
        changes = {
            path: value for path, value in event.changes().items() if not at_once or path not in replaced
        }
        if changes:
            yield {**_prose(event), **_nested(changes)}


def _prose(event: Event) -> Table:
    """Return when an event happens and what is said of it."""
    return event.model_dump(include={"date", "round", "title", "source", "note"}, exclude_none=True)


def _nested(values: Mapping[KeyPath, Any]) -> Table:
    """Return values by key path as tables within each other."""
    tables: Table = {}
    for path, value in values.items():
        inner = tables
        for key in path[:-1]:
            inner = inner.setdefault(key, {})
        inner[path[-1]] = value
    return tables


def _lines(data: Table) -> Iterator[str]:
    """Return a scenario's lines as TOML: its own keys, its tables, its events."""
    tables = {key: value for key, value in data.items() if isinstance(value, dict) and value}
    yield from _pairs({key: value for key, value in data.items() if key not in {*tables, "events"}})
    for key, table in tables.items():
        yield f"\n[{_key(key)}]"
        yield from _pairs(table)
    for event in data["events"]:
        yield "\n[[events]]"
        yield from _pairs(event)


def _pairs(table: Table) -> Iterator[str]:
    """Return a line a value, under its dotted key."""
    for path, value in leaves(table).items():
        yield f"{'.'.join(map(_key, path))} = {_value(value)}"


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _text(key)


def _value(value: object) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return value.isoformat() if isinstance(value, dt.date) else repr(value)


def _text(text: str) -> str:
    """Return a text as TOML quotes it: as JSON does, and DEL escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
