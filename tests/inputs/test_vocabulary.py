"""What a roster calls its world is what its scenario files, options and messages call it."""

import re
import shutil
from pathlib import Path

import pytest

from sim.declarations.parameters import PARAMETERS
from sim.inputs.case import load_case
from sim.inputs.errors import InputError
from sim.inputs.roster import load_roster
from sim.inputs.scenario import Scenario, check_keys, load_scenario
from sim.inputs.situation import Event
from sim.inputs.sweep_file import load_sweep_case
from sim.model.setup import drawn_case

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "another-crisis"
ROSTER = (EXAMPLE / "roster" / "roster.toml").read_text("utf-8")
TAKEN = sorted({*Scenario.model_fields, *Event.model_fields, *Event.situation} - {"patron", "adversary"})


@pytest.fixture
def crisis(tmp_path: Path) -> Path:
    return shutil.copytree(EXAMPLE, tmp_path / "crisis")


@pytest.mark.parametrize("key", TAKEN)
def test_another_key_of_scenario_files_is_no_key_of_an_actor(crisis: Path, key: str) -> None:
    roster = crisis / "roster" / "roster.toml"
    roster.write_text(roster.read_text("utf-8").replace('key = "meridia"', f'key = "{key}"'), "utf-8")
    with pytest.raises(InputError, match=f'roster.toml: actors.patron.key: "{key}" is another key'):
        check_keys(crisis / "roster")


def declare(crisis: Path, before: str, after: str) -> None:
    roster = crisis / "roster" / "roster.toml"
    text = roster.read_text("utf-8")
    assert before in text
    roster.write_text(text.replace(before, after), "utf-8")


@pytest.mark.parametrize(("written", "level"), [('"league"', 0.5), ('"un"', 1.0), ("0.4", 0.4)])
def test_a_level_is_given_by_a_name_of_the_roster_or_a_number(
    crisis: Path, written: str, level: float
) -> None:
    file = crisis / "un-mandate.toml"
    file.write_text(file.read_text("utf-8").replace('authority = "un"', f"authority = {written}"), "utf-8")
    timeline = load_case(file).timeline
    assert timeline.level("authority")[-1] == level


def test_a_name_that_the_roster_does_not_declare_is_refused_with_those_that_it_does(crisis: Path) -> None:
    with pytest.raises(InputError, match="or one of notes, warnings, threats, boardings, not"):
        load_case(crisis / "strait.toml", ["start.ostria.pressure=hybrid_attacks"])


def test_a_roster_without_names_takes_numbers(crisis: Path) -> None:
    roster = crisis / "roster" / "roster.toml"
    roster.write_text(re.sub(r"(?m)^levels\..*$", "", roster.read_text("utf-8")), "utf-8")
    with pytest.raises(InputError, match=r"pressure: must be a number from 0 to 1, not \"threats\""):
        load_scenario(crisis / "strait.toml")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("levels.presure = { low = 0.1 }", 'levels: there is no level "presure"; did you mean "pressure"'),
        ("levels.pressure = { high = 1.5 }", "levels.pressure.high: must be at most 1, not 1.5"),
        (
            'commands = { nation = "Nato" }',
            'commands.nation: must be one of NATO, EU, UN, nation, not "Nato"',
        ),
        ("commands = {}", "commands: somebody commands; the least to write is"),
    ],
)
def test_names_that_mean_nothing_are_refused_by_line(crisis: Path, line: str, says: str) -> None:
    key = line.split(" ", maxsplit=1)[0]
    before = re.search(rf"(?m)^{'levels.pressure' if 'levels' in key else key} .*$", ROSTER)
    assert before
    declare(crisis, before[0], line)
    with pytest.raises(InputError, match=rf"roster\.toml:\d+: {re.escape(says)}"):
        load_roster(crisis / "roster")


def test_who_commands_is_what_past_coalitions_call_it(crisis: Path) -> None:
    strait = crisis / "strait.toml"
    league, nation, un = (
        load_case(strait, [f"start.mandate.command={command}"]) for command in ("league", "nation", "UN")
    )
    assert league.scenario.mandate.command == "league"
    drawn = [drawn_case(each.scenario, each.roster, each.timeline) for each in (league, nation)]
    assert drawn[0].disposition.tolist() == drawn[1].disposition.tolist()
    with pytest.raises(InputError, match='must be one of nation, league, UN, not "NATO"'):
        load_case(strait, ["start.mandate.command=NATO"])
    assert un.scenario.mandate.command == "UN"


def test_a_report_shows_the_names_of_the_roster(crisis: Path) -> None:
    vocabulary = load_case(crisis / "strait.toml").roster.vocabulary
    assert vocabulary.steps("pressure") == {"notes": 0.2, "warnings": 0.5, "threats": 0.7, "boardings": 0.85}
    assert vocabulary.steps("clarity") == {}


def test_two_events_of_one_round_are_told_of_in_the_words_of_the_file(crisis: Path) -> None:
    scenario = crisis / "strait.toml"
    event = '[[events]]\nround = 6\ntitle = "again"\nostria.pressure = 0.5\n'
    scenario.write_text(f"{scenario.read_text('utf-8')}\n{event}", "utf-8")
    with pytest.raises(InputError, match=r"duplicate event: ostria\.pressure is set in round 6"):
        load_scenario(scenario)


@pytest.mark.parametrize(
    ("line", "says"),
    [("", "roster: is missing: the folder"), ("roster = 3", "roster: must be the name of a folder, not 3")],
)
def test_without_a_roster_that_is_what_is_said_first(crisis: Path, line: str, says: str) -> None:
    scenario = crisis / "strait.toml"
    scenario.write_text(scenario.read_text("utf-8").replace('roster = "roster"', line), "utf-8")
    with pytest.raises(InputError, match=says):
        load_scenario(scenario)


def test_a_range_of_ones_own_goes_before_the_declared_one(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(
        'title = "Own"\nbase = "brussels-2025-04"\ndesign = "lhs"\npoints = 4\nparameters = "all"\n'
        '[[uncertainties]]\npath = "parameters.followership"\nrange = [0.0, 0.25]\n',
        encoding="utf-8",
    )
    sweep, _ = load_sweep_case(file)
    ranges = [factor.range for factor in sweep.factors if factor.path == "parameters.followership"]
    assert ranges == [(0.0, 0.25)]
    assert len({factor.path for factor in sweep.factors}) == len(sweep.factors) == len(PARAMETERS)
