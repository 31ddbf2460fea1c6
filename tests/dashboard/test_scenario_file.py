"""A setting as a scenario file: `coalition run` takes it to the same figures."""

import datetime as dt
import itertools
import json
import shlex
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.dashboard.scenario_file import scenario_file
from sim.dashboard.setting import ScenarioSource, Setting, Value
from sim.inputs.bundled import bundled_scenarios
from sim.inputs.case import load_case
from sim.inputs.characters import refused_character
from sim.results.identity import case_digest

BASELINE = ScenarioSource("brussels-2025-04")
ALL = (
    ("washington.involvement", 0.35),
    ("mandate.clarity", 0.6),
    ("mandate.purpose", "deterrence"),
    ("mandate.authority", 0.5),
    ("moscow.pressure", 0.9),
    ("ceasefire", 0.25),
    ("parameters.followership", 1.7),
)
levels = st.floats(0, 1)


def same_runs(setting: Setting) -> bool:
    """Tell whether a setting and its scenario file lead to the same runs."""
    again = Setting(ScenarioSource("again", scenario_file(setting).encode()))
    return case_digest(setting.case()) == case_digest(again.case())


@pytest.mark.parametrize("name", bundled_scenarios())
@pytest.mark.parametrize("changes", [(), ALL], ids=["as it is", "changed"])
def test_the_file_runs_the_same_for_every_bundled_scenario(
    name: str, changes: tuple[tuple[str, Value], ...]
) -> None:
    assert same_runs(Setting(ScenarioSource(name), changes))


@settings(max_examples=20)
@given(levels, levels, st.floats(-3, 3))
def test_numbers_lose_nothing(involvement: float, clarity: float, followership: float) -> None:
    changes = (
        ("washington.involvement", involvement),
        ("mandate.clarity", clarity),
        ("parameters.followership", followership),
    )
    assert same_runs(Setting(BASELINE, changes))


def test_what_is_set_takes_the_place_of_what_the_scenario_sets_in_the_first_round() -> None:
    text = b"""
extends = "brussels-2025-04"
title = "Much at once"
[[events]]
round = 1
title = "A ceasefire, and air support"
washington.involvement = "backstop"
ceasefire = 1
[[events]]
date = 2025-04-12
title = "On a date of that round"
mandate.clarity = 0.6
[[events]]
round = 9
title = "Later"
source = "The Times"
washington.involvement = 0.3
"""
    changes = (("washington.involvement", 0.5), ("mandate.clarity", 0.2))
    setting = Setting(ScenarioSource("own", text), changes)
    first, later, ours = tomllib.loads(scenario_file(setting))["events"]
    assert (first["title"], first["ceasefire"]) == ("A ceasefire, and air support", 1.0)
    assert "washington" not in first
    assert (later["title"], later["source"]) == ("Later", "The Times")
    assert ours == {
        "round": 1,
        "title": "Set in the dashboard",
        "washington": {"involvement": 0.5},
        "mandate": {"clarity": 0.2},
    }
    assert same_runs(setting)


def test_the_file_stands_alone_and_says_how_it_was_run() -> None:
    text = scenario_file(Setting(BASELINE, ALL, runs=200, seed=7))
    data = tomllib.loads(text)
    assert "extends" not in data
    assert data["title"] == "Brussels, 10 April 2025, changed"
    assert data["start"] == dt.date(2025, 4, 10)
    assert data["parameters"] == {"followership": 1.7}
    assert "--runs 200 --seed 7" in text.splitlines()[0]


def test_an_unchanged_scenario_keeps_its_title() -> None:
    assert tomllib.loads(scenario_file(Setting(BASELINE)))["title"] == "Brussels, 10 April 2025"


def may_stand(text: str) -> bool:
    return refused_character(text) is None


@settings(max_examples=50)
@given(st.text(st.characters(codec="utf-8", max_codepoint=0xFFFF), min_size=1).filter(may_stand))
def test_texts_come_back_as_they_were(title: str) -> None:
    text = f'title = {json.dumps(title)}\nextends = "brussels-2025-04"'
    assert tomllib.loads(scenario_file(Setting(ScenarioSource("own", text.encode()))))["title"] == title


def test_what_a_scenario_says_of_nations_is_kept() -> None:
    text = b"""
extends = "brussels-2025-04"
title = 'A "quoted" title \\ with a tail'
description = "two\\nlines"
[nations."NLD"]
position = "open"
held = "out"
"""
    setting = Setting(ScenarioSource("own", text))
    data = tomllib.loads(scenario_file(setting))
    assert data["title"] == 'A "quoted" title \\ with a tail'
    assert data["description"] == "two lines"
    assert data["nations"] == {"NLD": {"position": "open", "held": "out"}}
    assert same_runs(setting)


STATED = (
    ("washington.involvement", 0.35),
    ("nations.NLD.position", "committed"),
    ("nations.SWE.position", "opposed"),
)


@pytest.mark.parametrize(
    ("name", "event", "day"),
    [
        ("paris-ceasefire-2027", "A ceasefire holds", "2026-05-01"),
        ("paris-conditional", "the Swedish election of 2026", "2026-10-01"),
        ("paris-ceasefire", "A ceasefire holds", "2026-10-01"),
    ],
)
def test_what_nations_state_and_when_events_happen_is_written(name: str, event: str, day: str) -> None:
    setting = Setting(ScenarioSource(name), (*STATED, (f"events.{event}.date", day)))
    assert same_runs(setting)
    data = tomllib.loads(scenario_file(setting))
    assert data["title"].endswith(", changed")
    assert data["nations"] == {"NLD": {"position": "committed"}, "SWE": {"position": "opposed"}}
    assert dt.date.fromisoformat(day) in {each.get("date") for each in data["events"]}


def test_the_command_runs_the_same_from_a_shell() -> None:
    setting = Setting(
        ScenarioSource("paris-ceasefire-2027"), (*STATED, ("events.A ceasefire holds.date", "2026-05-01"))
    )
    program, command, name, *options = shlex.split(setting.command())
    assert (program, command) == ("coalition", "run")
    sets = [value for option, value in itertools.pairwise(options) if option == "--set"]
    assert case_digest(load_case(name, sets)) == case_digest(setting.case())
