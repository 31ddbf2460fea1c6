"""Codes for what is missing are no data: declared ones are empty cells, others are asked about."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.inputs.bundled import scenarios_folder
from sim.inputs.doubts import _warn, tell_suspects
from sim.inputs.errors import InputError
from sim.inputs.evidence import evidence
from sim.inputs.roster import Roster, load_roster
from sim.inputs.roster_file import read_declaration

BUNDLED = sorted(scenarios_folder().glob("rosters/*"))
CODES = ("-9", "-99", "-999", "999", "9999")
WORDS = ("NA", "n/a", "..")


@pytest.fixture(autouse=True)
def _nothing_told_yet() -> None:
    """A message is told once a process, and other tests run in this one."""
    _warn.cache_clear()


def change(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")


def declare(folder: Path, text: str) -> None:
    with (folder / "roster.toml").open("a", encoding="utf-8") as file:
        file.write(f"[columns]\n{text}\n")


def doubts(roster: Roster, caplog: pytest.LogCaptureFixture) -> list[str]:
    caplog.clear()
    _warn.cache_clear()
    with caplog.at_level(logging.WARNING, "sim"):
        tell_suspects(roster)
    return [record.getMessage() for record in caplog.records]


@pytest.mark.parametrize("folder", BUNDLED, ids=lambda folder: folder.name)
def test_every_number_that_a_bundled_roster_rests_on_is_declared(folder: Path) -> None:
    declaration, _ = read_declaration(folder)
    roster = load_roster(folder)
    used = {column for _, column in declaration.nation_columns()} | {*roster.candidates[0].covariates}
    assert used - {*declaration.columns} == {declaration.ratification_rounds.column}
    assert all(said.range is not None for said in declaration.columns.values())


CELLS = {
    "us_pct": ("nations.csv", "CCC,Cland,nation,100,90", "CCC,Cland,nation,100,{}"),
    "democracy": ("candidates.csv", "CCC,0,0.7,2.5", "CCC,0,{},2.5"),
    "distance_to_adversary_km": ("candidates.csv", "CCC,0,0.7,2.5,1000,1400", "CCC,0,0.7,2.5,1000,{}"),
}
"""Of an indicator and of two covariates: file, what stands there, and what comes in its place."""


def put(folder: Path, column: str, text: str) -> str:
    """Write a number of CCC, and return where it stands."""
    file, old, new = CELLS[column]
    change(folder, file, old, new.format(text))
    return f"{folder}/{file}:4: {column}"


@pytest.mark.parametrize("column", CELLS)
@pytest.mark.parametrize("code", [*CODES, *WORDS])
def test_a_code_that_is_declared_is_an_empty_cell(tiny: Path, column: str, code: str) -> None:
    file, old, new = CELLS[column]
    change(tiny, "roster.toml", 'imputed = ["DDD"]', 'imputed = ["DDD", "CCC"]')
    change(tiny, file, old, new.format(""))
    empty = load_roster(tiny)
    change(tiny, file, new.format(""), new.format(code))
    declared = f'"{code}"' if code in WORDS else f"{code}.0"
    declare(tiny, f"{column} = {{ missing = [{declared}] }}")
    coded = load_roster(tiny)
    for name in ("preferred_mandate", "sensitivity_to_patron", "sensitivity_to_adversary"):
        assert np.array_equal(getattr(coded, name), getattr(empty, name))
    assert coded.as_candidates.imputed == empty.as_candidates.imputed
    assert all(not each.raw for each in evidence(tiny, "CCC").covariates if each.column == column)


@pytest.mark.parametrize("column", CELLS)
def test_a_number_out_of_the_declared_range_is_refused_with_line_and_column(tiny: Path, column: str) -> None:
    place = put(tiny, column, "-99")
    declare(tiny, f'{column} = {{ unit = "of a kind", range = [0, 2000] }}')
    with pytest.raises(InputError) as mistake:
        load_roster(tiny)
    assert str(mistake.value) == f"{place}: -99 is out of range; allowed is 0 to 2000 of a kind"


@pytest.mark.parametrize(
    ("column", "code"),
    [
        *(("us_pct", code) for code in CODES),
        *(("democracy", code) for code in ("-9", "-99", "-999", "99")),
        *(("distance_to_adversary_km", code) for code in ("-9", "-99", "9999")),
    ],
)
def test_a_code_of_which_nothing_is_declared_is_asked_about(
    tiny: Path, caplog: pytest.LogCaptureFixture, column: str, code: str
) -> None:
    assert doubts(load_roster(tiny), caplog) == []
    place = put(tiny, column, code)
    (told,) = doubts(load_roster(tiny), caplog)
    assert told.startswith(
        f"{place}: {code} stands apart from the other numbers: a code for what is missing?"
    )
    assert told.endswith(f"or say so in roster.toml: columns.{column}.missing = [{code}]")
    declare(
        tiny, f"{column} = {{ range = [-9999, 9999] }}"
    )  # whoever declares a range that holds it means it
    assert doubts(load_roster(tiny), caplog) == []


def test_numbers_that_are_like_the_others_are_no_codes(tiny: Path, caplog: pytest.LogCaptureFixture) -> None:
    change(tiny, "nations.csv", "CCC,Cland,nation,100,90", "CCC,Cland,nation,100,99")
    change(tiny, "candidates.csv", "CCC,0,0.7,2.5,1000,1400", "CCC,0,0.7,2.5,999,9999")
    assert [line.split(": ")[1] for line in doubts(load_roster(tiny), caplog)] == ["distance_to_adversary_km"]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("us_pc = { range = [0, 1] }", "us_pc: neither nations.csv nor candidates.csv has a column"),
        ("us_pc = { range = [0, 1] }", 'did you mean "us_pct"?'),
        ("us_pct = { range = [100, 0] }", "us_pct: the range [100, 0] does not rise"),
        ("us_pct = { rage = [0, 1] }", 'us_pct.rage: unknown key "rage"; allowed: unit, range, missing'),
        ("us_pct = { missing = 5 }", "us_pct.missing: must be a list"),
    ],
)
def test_a_mistake_in_a_declaration_is_told_by_its_line(tiny: Path, said: str, message: str) -> None:
    declare(tiny, said)
    line = len((tiny / "roster.toml").read_text("utf-8").splitlines())
    with pytest.raises(InputError) as mistake:
        load_roster(tiny)
    assert str(mistake.value).startswith(f"{tiny}/roster.toml:{line}: columns.us_pc")
    assert message in str(mistake.value)


@pytest.mark.parametrize("command", [["validate", "{}"], ["evidence", "AAA", "--roster", "{}"]])
def test_the_commands_ask_about_codes(
    coalition: Callable[..., Any], tiny: Path, caplog: pytest.LogCaptureFixture, command: list[str]
) -> None:
    place = put(tiny, "democracy", "-99")
    assert coalition(*(word.format(tiny) for word in command)).code == 0
    assert [told for told in caplog.messages if told.startswith(f"{place}: -99 stands apart")]
