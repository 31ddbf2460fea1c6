"""Levels that a roster declares: files, options and sweeps know them, and mistakes are told in a line."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.dashboard.levers import Slider, levers
from sim.inputs.case import load_case
from sim.inputs.errors import InputError
from sim.inputs.roster import load_roster
from sim.inputs.scenario import check_keys, load_scenario
from sim.inputs.situation import Event
from sim.inputs.sweep_file import load_sweep_case
from sim.outputs.words import reason_words
from sim.results.identity import case_digests

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "another-crisis"
STRAIT = EXAMPLE / "strait.toml"
ATTACKS = "attacks_on_ships"


@pytest.fixture
def crisis(tmp_path: Path) -> Path:
    return shutil.copytree(EXAMPLE, tmp_path / "crisis")


def declare(crisis: Path, before: str, after: str) -> None:
    roster = crisis / "roster" / "roster.toml"
    text = roster.read_text("utf-8")
    assert before in text
    roster.write_text(text.replace(before, after), "utf-8")


def levels(*options: str) -> list[float]:
    """Return the level in the rounds of the strait, where an event sets it to 0.1 in round 6."""
    return [float(level) for level in load_case(STRAIT, options).timeline.level(ATTACKS)]


def test_scenarios_and_options_set_it() -> None:
    assert levels() == [0.0] * 6 + [0.1] * 21
    assert levels(f"start.{ATTACKS}=0.3") == [0.3] * 6 + [0.1] * 21
    assert levels(f"{ATTACKS}=weekly") == [0.0] + [0.5] * 5 + [0.1] * 21


def test_the_model_takes_it_as_a_keyword() -> None:
    model = sim.CoalitionModel(STRAIT, seed=1, attacks_on_ships=1.0)
    model.step()
    assert model.further_changes == {ATTACKS: 1.0}


def test_a_sweep_varies_it(crisis: Path) -> None:
    sweep = crisis / "sweep.toml"
    text = sweep.read_text("utf-8").replace('"mandate.authority"', f'"{ATTACKS}"')
    sweep.write_text(text.replace('values = ["none", "un"]', 'values = ["rare", "daily"]'), "utf-8")
    factor = load_sweep_case(sweep)[0].factors[1]
    assert (factor.path, factor.levels, factor.names) == (ATTACKS, (0.1, 1.0), {0.1: "rare", 1.0: "daily"})


def test_the_schema_describes_it(coalition: Callable[..., Any]) -> None:
    schema = json.loads(coalition("schema", "--roster", EXAMPLE / "roster").out)
    assert schema["properties"][ATTACKS]["description"].startswith("How often ships of the region")
    assert ATTACKS in schema["$defs"]["Event"]["properties"]
    assert ATTACKS not in json.loads(coalition("schema").out)["properties"]


def test_readers_know_it_by_its_words() -> None:
    vocabulary = load_roster(EXAMPLE / "roster").vocabulary
    assert reason_words("further_levels", vocabulary) == "attacks on ships"
    lever = next(each for each in levers(vocabulary) if each.path == ATTACKS)
    assert isinstance(lever, Slider)
    assert (lever.label, lever.meaning) == (
        "Attacks on ships",
        "0: none; 0.1: rare; 0.5: weekly; 1: daily.",
    )
    assert lever.value_in(load_case(STRAIT, [f"{ATTACKS}=0.25"])) == 0.25


def test_a_report_lists_it_and_its_changes(coalition: Callable[..., Any], tmp_path: Path) -> None:
    assert coalition("run", STRAIT, "--runs", "2", "--out", tmp_path, "--report").code == 0
    (page,) = tmp_path.rglob("report.html")
    text = re.sub("(<[^>]*>|\\s)+", " ", page.read_text("utf-8"))
    assert "attacks on ships 0 (none)" in text
    assert f"{ATTACKS} 0 0.1" in text


PAST = "allowed: us_involvement, threat, authority, clarity; another needs a term in their evidence.toml"


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('= "threat"', '= "thread"', f'coalitions have no lever "thread"; {PAST} .*; did you mean "threat"'),
        ('= "threat"', '= "danger"', f'coalitions have no lever "danger"; {PAST} and what coalition calibr'),
        ('past_coalitions = "threat"\n', "", f"{ATTACKS}.past_coalitions: is missing"),
        ('words = "attacks on', 'word = "attacks on', f'{ATTACKS}.word: unknown key.* did you mean "words"'),
        (
            f"[further_levels.{ATTACKS}]",
            "[further_levels.clarity]",
            'further_levels: "clarity" means something else',
        ),
        (f"[further_levels.{ATTACKS}]", "[further_levels.attacks]", f'levels: there is no level "{ATTACKS}"'),
    ],
)
def test_a_wrong_declaration_is_told_by_line(crisis: Path, before: str, after: str, says: str) -> None:
    declare(crisis, before, after)
    with pytest.raises(InputError, match=rf"roster\.toml:\d+: .*{says}") as mistake:
        load_roster(crisis / "roster")
    assert "\n" not in str(mistake.value)


@pytest.mark.parametrize("name", ["title", "meridia", "patron", "schedule", *Event.situation])
def test_another_key_of_scenario_files_is_no_level(crisis: Path, name: str) -> None:
    declare(crisis, ATTACKS, name)
    with pytest.raises(InputError, match=rf'roster\.toml.*"{name}" (is another key|means something else)'):
        check_keys(crisis / "roster")


def test_a_level_that_no_roster_declares_is_an_unknown_key(crisis: Path) -> None:
    declare(crisis, ATTACKS, "attacks")
    with pytest.raises(InputError, match=rf'events\[0\]\.{ATTACKS}: unknown key.*did you mean "attacks"'):
        load_scenario(crisis / "strait.toml")


def test_what_it_corresponds_to_determines_results(crisis: Path) -> None:
    before = case_digests(load_case(crisis / "strait.toml"))
    declare(crisis, 'past_coalitions = "threat"', 'past_coalitions = "clarity"')
    after = case_digests(load_case(crisis / "strait.toml"))
    assert [name for name in before if before[name] != after[name]] == ["roster"]
