"""Scenario files: what they may say, how they extend each other, what a user may set beside them."""

import copy
import json
import pickle
from datetime import date
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.declarations.words import POSITIONS, PURPOSES
from sim.inputs import situation
from sim.inputs.bundled import bundled_scenarios, find_scenario, scenarios_folder
from sim.inputs.errors import InputError
from sim.inputs.layers import merge_tables
from sim.inputs.scenario import Scenario, load_scenario, scenario_type
from sim.inputs.schedule import Calendar
from sim.inputs.situation import written

SMALL: dict[str, Any] = {
    "title": "A small scenario",
    "roster": "rosters/europe-2025",
    "start": date(2025, 4, 10),
    "rounds": 10,
    "washington": {"involvement": 0.1},
    "mandate": {"purpose": "reassurance", "clarity": 0.05},
    "moscow": {"pressure": "warnings"},
}

SMALL_TOML = """\
title = "A small scenario"
roster = "rosters/europe-2025"
start = 2025-04-10
rounds = 10
washington.involvement = 0.1
mandate = { purpose = "reassurance", clarity = 0.05 }
moscow.pressure = "warnings"
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


# What a scenario says.


def test_what_is_not_said_has_its_usual_value() -> None:
    scenario = Scenario.from_dict(SMALL)
    assert (scenario.days_per_round, scenario.force_required) == (7, 20_000)
    assert scenario.ceasefire == 0
    assert (scenario.mandate.authority, scenario.mandate.command) == (0, "nation")
    assert scenario.patron.model_dump() == {
        "involvement": 0.1, "policy": "scripted",
        "ceiling": 0.75, "threshold": 0.6, "width": 0.15, "speed": 0.05,
        "reversal": 0.0, "restoration": 0.2,
    }  # fmt: skip
    assert scenario.adversary.model_dump() == {
        "pressure": 0.5, "policy": "scripted", "reaction": 0.3, "deterred": 0.5
    }  # fmt: skip


def test_levels_may_be_given_by_name_and_are_kept_as_numbers() -> None:
    scenario = Scenario.from_dict(
        SMALL,
        {
            "start.washington.involvement": "backstop",
            "start.moscow.pressure": "calm",
            "start.mandate.authority": "un",
        },
    )
    assert scenario.patron.involvement == 0.75
    assert scenario.adversary.pressure == 0.2
    assert scenario.mandate.authority == 1


def test_the_words_of_files_are_the_words_of_the_model() -> None:
    assert get_args(get_args(situation.Position)[0]) == POSITIONS
    assert get_args(get_args(situation.Purpose)[0]) == PURPOSES


def test_every_key_is_described_in_the_schema() -> None:
    schema = scenario_type(load_scenario("brussels-2025-04").vocabulary).model_json_schema()
    tables = {f"#/$defs/{name}": table for name, table in schema["$defs"].items()}
    for table in (schema, *tables.values()):
        for key, field in table["properties"].items():
            choices = [field, *field.get("anyOf", [])]
            described = ["description" in choice or "$ref" in choice for choice in choices]
            assert any(described), f"{table['title']}.{key}"
    assert all("description" in table for table in tables.values())


def test_a_scenario_is_named_after_its_file_so_that_a_folder_can_be(tmp_path: Path) -> None:
    assert load_scenario(write(tmp_path, "my own: case.toml", SMALL_TOML)).name == "my-own-case"
    assert load_scenario(write(tmp_path, "...toml", SMALL_TOML)).name == "scenario"
    assert Scenario.from_dict(SMALL, name="../../etc").name == "etc"


def test_a_scenario_can_be_pickled_for_other_processes(tmp_path: Path) -> None:
    scenario = load_scenario(write(tmp_path, "case.toml", SMALL_TOML))
    assert pickle.loads(pickle.dumps(scenario)) == scenario  # noqa: S301
    assert pickle.loads(pickle.dumps(scenario)).name == "case"  # noqa: S301


def test_a_roster_beside_the_file_goes_before_a_bundled_one(tmp_path: Path) -> None:
    path = write(tmp_path, "case.toml", SMALL_TOML)
    assert load_scenario(path).roster_folder == (scenarios_folder() / "rosters" / "europe-2025").resolve()
    (tmp_path / "rosters" / "europe-2025").mkdir(parents=True)
    levels = "levels.pressure = { warnings = 0.5 }"
    actors = 'patron = { key = "washington", name = "W" }\nadversary = { key = "moscow", name = "M" }'
    write(tmp_path / "rosters" / "europe-2025", "roster.toml", f"{levels}\n[actors]\n{actors}\n")
    assert load_scenario(path).roster_folder == tmp_path / "rosters" / "europe-2025"


def test_the_resolved_scenario_holds_what_determines_results_and_no_prose(tmp_path: Path) -> None:
    event = (
        '[[events]]\nround = 2\ntitle = "t"\nnote = "n"\nmoscow.pressure = "calm"\n'
        '[[events]]\nround = 11\ntitle = "after the end"\nceasefire = 1\n'
    )
    scenario = load_scenario(write(tmp_path, "case.toml", SMALL_TOML + event), ["parameters.reach=2"])
    assert json.loads(json.dumps(scenario.resolved())) == {
        "roster": "europe-2025",
        "start": "2025-04-10",
        "rounds": 10,
        "days_per_round": 7,
        "force_required": 20000.0,
        "level_half_width": 0.0,
        "patron": scenario.patron.model_dump(),
        "mandate": scenario.mandate.model_dump(),
        "adversary": scenario.adversary.model_dump(),
        "ceasefire": 0.0,
        "nations": {},
        "events": [{"round": 2, "adversary": {"pressure": 0.2}}],
        "parameters": {"reach": 2.0},
    }


def test_a_dict_a_file_and_its_text_dates_say_the_same(tmp_path: Path) -> None:
    from_file = load_scenario(write(tmp_path, "case.toml", SMALL_TOML))
    assert Scenario.from_dict(SMALL).resolved() == from_file.resolved()
    assert Scenario.from_dict(SMALL | {"start": "2025-04-10"}).resolved() == from_file.resolved()


def test_the_data_given_are_left_as_they_are() -> None:
    data = copy.deepcopy(SMALL)
    Scenario.from_dict(data, ["start.washington.involvement=1", "ceasefire=1"])
    assert data == SMALL


# When events happen.


@pytest.mark.parametrize(
    ("day", "round_"),
    [("2025-04-10", 1), ("2025-04-11", 1), ("2025-04-17", 1), ("2025-04-18", 2), ("2025-08-19", 19)],
)
def test_an_event_takes_effect_in_the_first_round_that_is_not_before_it(day: str, round_: int) -> None:
    assert Calendar(date(2025, 4, 10), 7).round_of(date.fromisoformat(day)) == round_


@given(days=st.integers(1, 3000), days_per_round=st.integers(1, 366))
def test_the_round_of_a_date_and_the_date_of_a_round_agree(days: int, days_per_round: int) -> None:
    calendar = Calendar(date(2025, 4, 10), days_per_round)
    day = date.fromordinal(calendar.start.toordinal() + days)
    round_ = calendar.round_of(day)
    assert calendar.date_of(round_ - 1) < day <= calendar.date_of(round_)


@pytest.mark.parametrize(
    ("day", "round_"),
    [("2025-04-09", -1), ("2025-04-10", 0), ("2025-04-16", 0), ("2025-04-17", 1), ("2025-08-19", 18)],
)
def test_what_is_observed_is_read_in_the_last_round_that_is_not_after_it(day: str, round_: int) -> None:
    assert Calendar(date(2025, 4, 10), 7).last_round_by(date.fromisoformat(day)) == round_


def test_events_are_listed_as_they_take_effect() -> None:
    events = [
        {"round": 3, "title": "third", "ceasefire": 0.5},
        {"date": "2025-04-16", "title": "second", "ceasefire": 1},
        {"date": "2025-04-12", "title": "first", "ceasefire": 0.2},
    ]
    scenario = Scenario.from_dict(SMALL | {"events": events}, ["ceasefire=0.7"])
    assert [(item.round, str(item.date), item.event.title) for item in scenario.schedule()] == [
        (1, "2025-04-12", "first"),
        (1, "2025-04-16", "second"),
        (1, "2025-04-17", "set: ceasefire = 0.7"),
        (3, "2025-05-01", "third"),
    ]


# Extending.


def test_a_source_is_that_of_the_number_that_it_stands_beside(tmp_path: Path) -> None:
    base = load_scenario("brussels-2025-04")
    assert base.force_required_source.startswith("a choice within the reported 10,000 to 30,000")
    assert load_scenario("us-backstop").force_required_source == base.force_required_source
    other = write(tmp_path, "other.toml", 'extends = "brussels-2025-04"\nforce_required = 15000\n')
    sourced = write(
        tmp_path,
        "sourced.toml",
        'extends = "brussels-2025-04"\nforce_required = 15000\nforce_required_source = "a plan"\n',
    )
    assert load_scenario(other).force_required_source == ""
    assert load_scenario(sourced).force_required_source == "a plan"
    assert load_scenario(sourced, ["force_required=16000"]).force_required_source == ""
    both = {"force_required": 16000, "force_required_source": "another plan"}
    assert load_scenario(sourced, both).force_required_source == "another plan"


def test_what_a_number_is_from_determines_no_run() -> None:
    base = load_scenario("brussels-2025-04")
    assert base.with_overrides({"force_required_source": "elsewhere"}).resolved() == base.resolved()


def test_a_source_that_is_no_text_is_refused_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, "x.toml", 'extends = "brussels-2025-04"\nforce_required_source = 3\n')
    with pytest.raises(InputError, match=r"x.toml:2: force_required_source: must be text"):
        load_scenario(path)


def test_a_scenario_adds_to_the_one_it_extends(tmp_path: Path) -> None:
    write(tmp_path, "base.toml", SMALL_TOML + '[[events]]\nround = 1\ntitle = "one"\nceasefire = 1\n')
    child = """\
        extends = "base.toml"
        title = "Child"
        washington.policy = "burden_sharing"
        [[events]]
        round = 2
        title = "two"
        ceasefire = 0
    """
    scenario = load_scenario(write(tmp_path, "child.toml", child))
    assert (scenario.title, scenario.rounds, scenario.name) == ("Child", 10, "child")
    assert (scenario.patron.involvement, scenario.patron.policy) == (0.1, "burden_sharing")
    assert [event.title for event in scenario.events] == ["one", "two"]


def test_a_bundled_scenario_is_extended_by_its_name_from_anywhere(tmp_path: Path) -> None:
    path = write(tmp_path, "brussels-2025-04.toml", 'extends = "brussels-2025-04"\nrounds = 3\n')
    assert load_scenario(path).rounds == 3


def test_scenarios_can_extend_each_other_over_several_files(tmp_path: Path) -> None:
    write(tmp_path, "a.toml", SMALL_TOML)
    (tmp_path / "sub").mkdir()
    write(tmp_path / "sub", "b.toml", 'extends = "../a.toml"\nceasefire = 0.5')
    path = write(tmp_path, "c.toml", 'extends = "sub/b.toml"\nrounds = 4')
    scenario = load_scenario(path)
    assert (scenario.title, scenario.ceasefire, scenario.rounds) == ("A small scenario", 0.5, 4)


tables = st.recursive(
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner | st.integers(0, 3), max_size=3),
    max_leaves=8,
)


@given(tables, tables)
def test_merged_tables_hold_the_upper_leaves_and_the_lower_ones_that_are_not_covered(
    base: dict[str, Any], top: dict[str, Any]
) -> None:
    both = merge_tables(base, top)
    for key in base.keys() | top.keys():
        if key not in top:
            assert both[key] == base[key]
        elif isinstance(top[key], dict) and isinstance(base.get(key), dict):
            assert both[key] == merge_tables(base[key], top[key])
        else:
            assert both[key] == top[key]


@given(tables, tables, tables)
def test_layers_may_be_merged_in_any_grouping_where_tables_stay_tables(
    a: dict[str, Any], b: dict[str, Any], c: dict[str, Any]
) -> None:
    assert merge_tables(a, {}) == a == merge_tables({}, a)
    shapes = [{key: isinstance(value, dict) for key, value in situation.leaves(t).items()} for t in (a, b, c)]
    if len({frozenset(shape) for shape in shapes}) == 1:
        assert merge_tables(merge_tables(a, b), c) == merge_tables(a, merge_tables(b, c))


# What a user sets beside the file.


def test_a_level_is_set_by_an_event_in_round_1() -> None:
    scenario = Scenario.from_dict(SMALL, ["washington.involvement=backstop"])
    assert scenario.patron.involvement == 0.1
    (event,) = scenario.events
    assert (event.round, event.title) == (1, 'set: washington.involvement = "backstop"')
    assert event.changes() == {("patron", "involvement"): 0.75}


def test_behind_start_it_changes_the_anchor_world() -> None:
    scenario = Scenario.from_dict(SMALL, ["start.washington.involvement=0.3", "start.nations.NLD.held=out"])
    assert scenario.patron.involvement == 0.3
    assert scenario.nations["NLD"].held == "out"
    assert scenario.events == ()


def test_a_position_replaces_the_recorded_one_and_holding_a_nation_is_an_event() -> None:
    scenario = Scenario.from_dict(SMALL, ["nations.NLD.position=open", "nations.NLD.held=out"])
    assert scenario.nations["NLD"].position == "open"
    assert [event.changes() for event in scenario.events] == [{("nations", "NLD", "held"): "out"}]


def test_settings_and_parameters_are_replaced() -> None:
    scenario = Scenario.from_dict(
        SMALL,
        ["title=Another one", "rounds=3", "start=2025-05-01", "days_per_round=14", "parameters.reach=1.5"],
    )
    assert (scenario.title, scenario.rounds, scenario.days_per_round) == ("Another one", 3, 14)
    assert (scenario.start, scenario.parameters) == (date(2025, 5, 1), {"reach": 1.5})


def test_keyword_arguments_say_the_same_with_underscores_and_numpy_numbers() -> None:
    texts = Scenario.from_dict(SMALL, ["washington.involvement=0.5", "rounds=3"])
    levers = {"washington__involvement": np.float64(0.5), "rounds": np.int64(3)}
    assert Scenario.from_dict(SMALL, levers).model_dump() == texts.model_dump()


def test_a_table_sets_each_of_its_keys() -> None:
    scenario = Scenario.from_dict(
        SMALL, ["nations={NLD={position='open'}}", "moscow={pressure=0.2, reaction=0.1}"]
    )
    assert scenario.nations["NLD"].position == "open"
    assert [event.changes() for event in scenario.events] == [
        {("adversary", "pressure"): 0.2},
        {("adversary", "reaction"): 0.1},
    ]


@pytest.mark.parametrize(
    ("first", "second", "key"),
    [
        ("rounds=3", "rounds=4", "rounds"),
        ("washington__involvement=0.2", "washington.involvement=0.3", "washington.involvement"),
        ("nations.UK.position=open", "nations.GBR.position=opposed", "nations.GBR.position"),
    ],
)
def test_a_key_is_set_once_in_whatever_spelling(first: str, second: str, key: str) -> None:
    with pytest.raises(InputError) as mistake:
        Scenario.from_dict(SMALL, [first, second])
    assert str(mistake.value) == f"--set {second}: {key} is set already, by --set {first}"


@pytest.mark.parametrize("first", [{"washington.involvement": 0.2}, {"washington": {"involvement": 0.2}}])
def test_a_key_is_given_once_in_python_too(first: dict[str, object]) -> None:
    with pytest.raises(
        InputError, match=r"^washington__involvement=0.3: washington.involvement is set already"
    ):
        Scenario.from_dict(SMALL, {**first, "washington__involvement": 0.3})


@given(st.floats(0, 1))
def test_any_level_survives_being_written_behind_set(level: float) -> None:
    scenario = Scenario.from_dict(SMALL, [f"washington.involvement={level!r}"])
    assert scenario.events[0].changes() == {("patron", "involvement"): level}


@given(st.text(min_size=1).filter(lambda text: text.strip()))
def test_any_override_is_read_or_refused_in_one_line(text: str) -> None:
    for option in (text, f"title={text}", f"washington.{text}=1", f"ceasefire={text}", f"{text}=1"):
        try:
            Scenario.from_dict(SMALL, [option])
        except InputError as error:
            assert str(error).startswith("--set ")
            assert len(str(error).splitlines()) == 1


# The bundled scenarios.


def test_scenarios_are_found_by_name_and_by_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundled = bundled_scenarios()["brussels-2025-04"]
    monkeypatch.chdir(tmp_path)
    for name in (
        "brussels-2025-04",
        "brussels-2025-04.toml",
        "scenarios/brussels-2025-04.toml",
        str(bundled),
    ):
        assert find_scenario(name) == bundled


BASELINES = ("brussels-2025-04", "hindcast-2025-autumn", "paris-2026-01")
"""Of the three days that bundled scenarios start on."""


@pytest.mark.parametrize("name", bundled_scenarios())
def test_every_bundled_scenario_starts_as_the_baseline_of_its_day_and_says_what_it_is(name: str) -> None:
    scenario = load_scenario(name)
    (baseline,) = (each for each in map(load_scenario, BASELINES) if each.start == scenario.start)
    assert scenario.description
    assert scenario.patron.involvement == baseline.patron.involvement
    assert scenario.mandate.clarity == baseline.mandate.clarity
    assert scenario.mandate.purpose == "reassurance"
    assert scenario.adversary.pressure == baseline.adversary.pressure
    assert name == baseline.name or scenario.resolved() != baseline.resolved()


def test_the_hindcast_tells_the_levels_of_the_roster_and_no_positions() -> None:
    scenario = load_scenario("hindcast-2025")
    recorded = (scenario.roster_folder / "levels.csv").read_text(encoding="utf-8").splitlines()[1:]
    rows = [row.split(",")[:3] for row in recorded]
    told = [
        [str(item.date), ".".join(written(key, scenario.vocabulary)), level]
        for item in scenario.schedule()
        for key, level in item.changes.items()
    ]
    start = [
        [str(scenario.start), "mandate.clarity", scenario.mandate.clarity],
        [str(scenario.start), "moscow.pressure", scenario.adversary.pressure],
        [str(scenario.start), "washington.involvement", scenario.patron.involvement],
    ]
    assert sorted(start + told) == sorted([day, key, float(level)] for day, key, level in rows)
    assert all(event.source and event.note and "judgement" in event.note for event in scenario.events)


def test_a_scenario_knows_what_was_set_beside_its_file(tmp_path: Path) -> None:
    scenario = load_scenario(write(tmp_path, "case.toml", SMALL_TOML), ["rounds=4", "ceasefire=1"])
    assert scenario.options == ("--set rounds=4", "--set ceasefire=1")
    assert scenario.with_overrides(["ceasefire=0.5"]).options[-1] == "--set ceasefire=0.5"
    assert load_scenario(write(tmp_path, "other.toml", SMALL_TOML)).options == ()


def test_a_results_folder_named_after_a_bundled_scenario_does_not_hide_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "us-backstop").mkdir()
    monkeypatch.chdir(tmp_path)
    assert load_scenario("us-backstop").title == "A US backstop"
