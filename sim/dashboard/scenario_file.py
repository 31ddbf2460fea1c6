"""A setting written as a scenario file, which `coalition run` takes to the same figures."""

from collections.abc import Iterator, Mapping
from typing import Any

import tomlkit
from tomlkit.items import Table as TomlTable

from sim.dashboard.setting import Setting, Value
from sim.declarations.policies import KeyPath
from sim.inputs.keys import Key
from sim.inputs.layers import merge_tables
from sim.inputs.scenario import CHANCE, Scenario
from sim.inputs.situation import Event, leaves, written

TableData = dict[str, Any]


def scenario_file(setting: Setting) -> str:
    """Return a setting as the text of a scenario file that extends no other.

    Raises
    ------
    InputError
        For any mistake in the scenario.
    """
    moved = {path: value for path, value in setting.changes if Key(path).is_of_event}
    scenario = setting.source.load().scenario.with_overrides(moved)
    data = scenario.model_dump(
        exclude_unset=True, exclude_none=True, exclude={"extends", "events"}, by_alias=True
    )
    data["description"] = " ".join(scenario.description.split())
    changes = {Key(path).path: value for path, value in setting.changes if path not in moved}
    at_start = {path: value for path, value in changes.items() if path[0] in _AT_START}
    levels = {path: value for path, value in changes.items() if path not in at_start}
    data = merge_tables(data, _nested(at_start))
    data["events"] = [*_events(scenario, set(levels)), *_event(levels)]
    if setting.changes:
        data["title"] = f"{scenario.title}, changed"
    made = f"Made by `coalition dashboard`. The same runs: coalition run FILE {setting.which_runs()}"
    return f"# {made}\n{tomlkit.dumps(_document(data))}"


_AT_START = ("parameters", "nations")
"""Where what is no event of the first round begins."""


def _event(levels: Mapping[KeyPath, Value]) -> list[TableData]:
    """Return the event that sets levels in the first round, if there are any."""
    return [{"round": 1, "title": "Set in the dashboard", **_nested(levels)}] if levels else []


def _events(scenario: Scenario, replaced: set[KeyPath]) -> Iterator[TableData]:
    """Return the events of a scenario; those of the first round without what is replaced in it."""
    for event in scenario.events:
        at_once = event.round == 1 or (event.date and scenario.calendar.round_of(event.date) == 1)
        at_once = at_once and not event.when
        changes = {written(path, scenario.vocabulary): value for path, value in event.changes().items()}
        changes = {path: value for path, value in changes.items() if not at_once or path not in replaced}
        if changes:
            yield {**_prose(event), **_nested(changes)}


def _prose(event: Event) -> TableData:
    """Return when an event happens, how likely it is, and its description."""
    keys = {"date", "round", *CHANCE, "title", "source", "note"}
    return event.model_dump(include=keys, exclude_none=True)


def _nested(values: Mapping[KeyPath, Any]) -> TableData:
    """Return values by key path as tables within each other."""
    tables: TableData = {}
    for path, value in values.items():
        inner = tables
        for key in path[:-1]:
            inner = inner.setdefault(key, {})
        inner[path[-1]] = value
    return tables


def _document(data: TableData) -> tomlkit.TOMLDocument:
    """Return a scenario as TOML: its own keys, its tables, its events."""
    tables = {key: value for key, value in data.items() if isinstance(value, dict) and value}
    document = tomlkit.document()
    _add_leaves(document, {key: value for key, value in data.items() if key not in {*tables, "events"}})
    for key, table in tables.items():
        document.add(key, _table(table))
    events = tomlkit.aot()
    for event in data["events"]:
        events.append(_table(event))
    if events:
        document.add("events", events)
    return document


def _table(data: TableData) -> TomlTable:
    table = tomlkit.table()
    _add_leaves(table, data)
    return table


def _add_leaves(parent: tomlkit.TOMLDocument | TomlTable, data: TableData) -> None:
    """Add a line a value, under its dotted key."""
    for path, value in leaves(data).items():
        parent.add(tomlkit.key(list(path)), value)
