"""Names of the first model: wherever one is refused, one line says what replaced it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sim
from sim.declarations.levels import LEVELS
from sim.declarations.parameters import PARAMETERS
from sim.declarations.replaced import REPLACED, replacement
from sim.declarations.terms import TERMS
from sim.inputs.bundled import find_roster
from sim.inputs.designs import PointList
from sim.inputs.errors import InputError, near_match
from sim.inputs.parameters import load_parameters
from sim.inputs.roster import load_roster
from sim.model.tally import HOLDS_BACK, RUN_COLUMNS

GONE = "it was of the first model, and was replaced by"


def told(mistake: Callable[[], Any]) -> str:
    """Return the message of a mistake, which is one line."""
    with pytest.raises(InputError) as caught:
        mistake()
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_no_name_of_this_model_is_said_to_be_gone() -> None:
    of_this_model = {*PARAMETERS, *LEVELS, *TERMS, *HOLDS_BACK, *RUN_COLUMNS}
    assert of_this_model.isdisjoint(REPLACED)


def test_other_names_are_mistyped() -> None:
    assert replacement("followershp") == ""
    assert near_match("followershp", PARAMETERS) == '; did you mean "followership"?'


@pytest.mark.parametrize(
    ("override", "says"),
    [
        ("parameters.b_threat=2", "slopes learned from past coalitions"),
        ("parameters.climb_to_committed=0.6", "cut_undecided, cut_open and cut_committed"),
        ("parameters.credibility_loss=0.5", "the patron's involvement is what nations see of it"),
        ("decision_pressure=0.4", "patience"),
        ("start.decision_pressure=0.4", "patience"),
        ("nations.NLD.public_support=0.1", "moods at home"),
    ],
)
def test_an_override_of_the_first_model(override: str, says: str) -> None:
    message = told(lambda: sim.run("brussels-2025-04", overrides=[override], runs=1))
    assert f"{GONE} {says}" in message
    assert message.startswith(f"--set {override}")


def test_a_scenario_of_the_first_model(world: Callable[..., Path]) -> None:
    event = '[[events]]\nround = 3\ntitle = "a summit"\ndecision_pressure = 0.5\n'
    file = world(rest=event)
    line = file.read_text().splitlines().index("decision_pressure = 0.5") + 1
    message = told(lambda: sim.run(file, runs=1))
    assert f"world.toml:{line}: events[0].decision_pressure: " in message
    assert f"{GONE} patience" in message


@pytest.mark.parametrize("key", ["attributes", "ties"])
def test_a_roster_of_the_first_model(tiny: Path, key: str) -> None:
    declaration = tiny / "roster.toml"
    declaration.write_text(f"{declaration.read_text()}\n[{key}]\nbase = 1\n", encoding="utf-8")
    assert f"{GONE} {REPLACED[key]}" in told(lambda: load_roster(tiny))


def test_a_preference_by_an_attribute(tiny: Path) -> None:
    declaration = tiny / "roster.toml"
    text = declaration.read_text()
    wanted = 'reassurance = { base = 0.5, weight = 1, mean_of = [{ attribute = "threat" }] }'
    assert "reassurance = { base = 0.5 }" in text
    declaration.write_text(text.replace("reassurance = { base = 0.5 }", wanted), encoding="utf-8")
    assert f"{GONE} columns of the table of nations" in told(lambda: load_roster(tiny))


@pytest.mark.parametrize("name", ["b_peers", "anchor_bands"])
def test_a_file_of_parameters_of_the_first_model(tmp_path: Path, name: str) -> None:
    file = tmp_path / "point.toml"
    file.write_text(f"[{name}]\nvalue = 1.0\n", encoding="utf-8")
    message = told(lambda: load_parameters(file))
    assert f'point.toml:1: {name}: unknown parameter "{name}"' in message
    assert f"{GONE} {REPLACED[name]}" in message


def test_a_posterior_of_the_first_model(tmp_path: Path) -> None:
    file = tmp_path / "posterior.parquet"
    pd.DataFrame({"attention": [0.4, 0.5]}).to_parquet(file)
    assert f"{GONE} each nation's sensitivity" in told(lambda: load_parameters(file))


@pytest.mark.parametrize("path", ["parameters.b_ceasefire", "decision_pressure"])
def test_a_factor_of_the_first_model(tmp_path: Path, path: str) -> None:
    file = tmp_path / "points.csv"
    file.write_text(f"{path}\n0.5\n", encoding="utf-8")
    message = told(lambda: PointList(file, load_roster(find_roster("europe-2025"))).points((), 1))
    assert f"points.csv:1: {path}: " in message
    assert GONE in message


@pytest.mark.parametrize("name", REPLACED)
def test_what_replaced_a_name_is_said_in_one_line(name: str) -> None:
    assert replacement(name).startswith(f"; {GONE} ")
    assert "\n" not in replacement(name)
    assert len(replacement(name)) < 200


def test_the_command_ends_with_code_2_and_one_line(coalition: Callable[..., Any]) -> None:
    ended = coalition("run", "brussels-2025-04", "--set", "parameters.b_involvement=1")
    assert (ended.code, ended.out) == (2, "")
    (line,) = ended.err.splitlines()
    assert f'unknown parameter "b_involvement"; {GONE} slopes' in line
