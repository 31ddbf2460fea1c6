"""What a roster calls its actors is what its scenario files, options and messages call them."""

import shutil
from pathlib import Path

import pytest

from sim.declarations.parameters import PARAMETERS
from sim.inputs.errors import InputError
from sim.inputs.scenario import Scenario, check_actor_keys, load_scenario
from sim.inputs.situation import SITUATION, Event
from sim.inputs.sweep_file import load_sweep_case

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "another-crisis"
TAKEN = sorted({*Scenario.model_fields, *Event.model_fields, *SITUATION} - {"patron", "adversary"})


@pytest.fixture
def crisis(tmp_path: Path) -> Path:
    return shutil.copytree(EXAMPLE, tmp_path / "crisis")


@pytest.mark.parametrize("key", TAKEN)
def test_another_key_of_scenario_files_is_no_key_of_an_actor(crisis: Path, key: str) -> None:
    roster = crisis / "roster" / "roster.toml"
    roster.write_text(roster.read_text("utf-8").replace('key = "meridia"', f'key = "{key}"'), "utf-8")
    with pytest.raises(InputError, match=f'roster.toml: actors.patron.key: "{key}" is another key'):
        check_actor_keys(crisis / "roster")


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
