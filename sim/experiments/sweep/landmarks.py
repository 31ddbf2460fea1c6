"""Known scenarios that lie on the ground that a sweep covers."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.inputs.bundled import bundled_scenarios
from sim.inputs.case import Case, load_case
from sim.inputs.errors import InputError
from sim.inputs.keys import Key
from sim.inputs.schedule import Contingent
from sim.inputs.situation import situation
from sim.inputs.timeline import Timeline
from sim.system import manifests

START = "start."
FILE = "landmarks.json"
MOST_FACTORS = 3
"""More have no figure that shows landmarks."""


class Landmark(NamedTuple):
    """A scenario, and where it lies."""

    name: str
    title: str
    point: dict[str, Any]


def landmarks(base: Case, factors: Sequence[str]) -> list[Landmark]:
    """Return the base and the bundled scenarios that differ from it in nothing but the factors."""
    cases = {base.scenario.name: base}
    for name, file in bundled_scenarios().items():
        cases.setdefault(name, load_case(file))
    marks = []
    for name, case in cases.items():
        point = {path: value_of(case, path) for path in factors}
        if _is_at(base, point, case):
            marks.append(Landmark(name, case.scenario.title, point))
    return marks


def read_landmarks(folder: Path) -> list[Landmark]:
    """Return the landmarks of a sweep as they were when it was computed.

    They are kept beside its tables: what is bundled may change, and drawing again reads no scenario.
    """
    return [Landmark(**mark) for mark in manifests.read_json(folder / FILE)]


def value_of(case: Case, path: str) -> Any:
    """Return the value of a factor in a case: of a lever, that of the first round; of draws, their mean."""
    if parameter := Key(path).parameter:
        return float(case.parameters.column(parameter).mean())
    keys = case.scenario.key_path(path.removeprefix(START))
    value: Any = case.scenario.model_dump()
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    if not path.startswith(START) and keys[0] in situation(case.scenario.vocabulary):
        for item in case.scenario.schedule():
            value = item.changes.get(keys, value) if item.round == 1 else value
    return str(value) if isinstance(value, dt.date) else value


def _is_at(base: Case, point: dict[str, Any], case: Case) -> bool:
    """Tell whether a case is the base with the factors set."""
    if any(value is None for value in point.values()):
        return False
    try:
        there = base.with_overrides(point)
    except InputError:
        return False
    one, other = there.scenario, case.scenario
    return (
        one.roster_folder == other.roster_folder
        and one.force_required == other.force_required
        and one.level_half_width == other.level_half_width
        and one.calendar == other.calendar
        and np.array_equal(there.parameters.values, case.parameters.values)
        and _same_levels(there.timeline, case.timeline)
    )


def _same_levels(one: Timeline, other: Timeline) -> bool:
    """Tell whether two timelines have the same levels, whether or not they were set anew in a round."""
    names = [field.name for field in fields(Timeline) if not field.name.endswith(("_set", "_set_in"))]
    names.remove("contingents")
    same_events = [_happening(item) for item in one.contingents] == [
        _happening(item) for item in other.contingents
    ]
    return same_events and all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)


def _happening(item: Contingent) -> tuple[object, ...]:
    """Return all that decides when an event happens, and what it sets."""
    return item.round, item.event.when, item.draw, item.low, item.high, item.changes
