"""Nations are found by the names that people use, and shown by the official one."""

import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sim.inputs.bundled import scenarios_folder
from sim.inputs.case import load_case
from sim.inputs.errors import InputError
from sim.inputs.evidence import evidence
from sim.inputs.hindcast_file import load_hindcast_cases
from sim.inputs.nations import folded
from sim.inputs.roster import load_roster

EUROPE = scenarios_folder() / "rosters" / "europe-2025"
BUNDLED = sorted(scenarios_folder().glob("rosters/*"))
BASE = "brussels-2025-04"


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


@pytest.fixture
def named(tiny: Path) -> Path:
    """Four nations, two of which have other names."""
    aliases = {"iso3": "aliases", "AAA": "AA;Old Aland;Ålânde", "BBB": "BB"}
    rows = (tiny / "nations.csv").read_text("utf-8").splitlines()
    text = "".join(f"{row},{aliases.get(row.split(',')[0], '')}\n" for row in rows)
    (tiny / "nations.csv").write_text(text, "utf-8")
    return tiny


@pytest.mark.parametrize(
    ("word", "code"),
    [
        *((word, "GBR") for word in ("UK", "U.K.", "Britain", "great britain", "GB", "gbr")),
        *((word, "NLD") for word in ("Holland", "NL", "The Netherlands", " Netherlands ")),
        *((word, "CZE") for word in ("Czech Republic", "Czechia", "Česko", "cesko")),
        *((word, "TUR") for word in ("Turkey", "Türkiye", "Turkiye", "TU\u0308RKI\u0307YE")),
        *((word, "MKD") for word in ("North Macedonia", "north-macedonia", "Macedonia")),
    ],
)
def test_a_nation_is_found_by_names_in_use(word: str, code: str) -> None:
    roster = load_roster(EUROPE)
    assert roster.iso3[roster.nation(word)] == code


@pytest.mark.parametrize("folder", BUNDLED, ids=lambda folder: folder.name)
def test_every_nation_of_a_bundled_roster_has_other_names_its_alpha_2_code_first(folder: Path) -> None:
    nations = load_roster(folder).nations
    assert set(nations.aliases) == set(nations.names)
    codes = [aliases[0] for aliases in nations.aliases.values()]
    assert all(len(code) == 2 and code.isupper() for code in codes)
    for code, aliases in nations.aliases.items():
        assert {nations.code(word) for word in (code, nations.names[code], *aliases)} == {code}


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("Brittain", "United Kingdom"),
        ("Holand", "Netherlands"),
        ("Chzechia", "Czechia"),
        ("Turkie", "Turkiye"),
        ("Slovenija ", None),
        ("NDL", "NLD"),
        ("FRE", "FRA"),
    ],
)
def test_a_slip_is_told_the_nation_that_is_nearest_by_any_name(word: str, near: str | None) -> None:
    nations = load_roster(EUROPE).nations
    if near is None:
        assert nations.code(word)
        return
    with pytest.raises(InputError, match=f'unknown nation "{word}"; did you mean "{near}"'):
        nations.known(word)


@pytest.mark.parametrize("word", ["Atlantis", "Wakanda", "XXX", ""])
def test_a_word_that_is_like_none_is_told_all_there_are(word: str) -> None:
    with pytest.raises(InputError, match="; allowed: ALB, AUS, "):
        load_roster(EUROPE).nations.known(word)


@given(st.text(max_size=30))
@example("𝒩orway")  # a letter that is a capital only when it is taken apart
def test_names_are_compared_without_capitals_accents_and_signs(name: str) -> None:
    assert folded(folded(name)) == folded(name) or not any(letter.isalnum() for letter in name)
    assert folded(unicodedata.normalize("NFD", name)) == folded(unicodedata.normalize("NFC", name))
    assert folded(f"  {name}  ") == folded(name) or not any(letter.isalnum() for letter in name)


@pytest.mark.parametrize(
    ("alias", "line"),
    [("Old Aland", 3), ("old-ALAND.", 3), ("Aland", 3), ("aaa", 3)],
)
def test_two_nations_of_one_name_are_refused_with_both_lines(named: Path, alias: str, line: int) -> None:
    change(named / "nations.csv", ",AA;Old Aland;", ",Old Aland;")
    change(named / "nations.csv", ",BB\n", f",BB;{alias}\n")
    with pytest.raises(InputError) as mistake:
        load_roster(named)
    assert str(mistake.value).startswith(f"{named}/nations.csv:{line}: ")
    assert str(mistake.value).endswith(" is a name of the nation in line 2 already")


def test_every_file_of_a_roster_may_use_any_name(named: Path) -> None:
    before = load_roster(named)
    change(named / "roster.toml", '"AAA"', '"Old Aland"')
    change(named / "roster.toml", '"DDD"', '"dland"')
    change(named / "positions.csv", "AAA,2025-04-10,2025-04-01", "Alande,2025-04-10,2025-04-01")
    change(named / "conditions.csv", "AAA,clarity", "AA,clarity")
    change(named / "candidates.csv", "AAA,1", "Aland,1")
    after = load_roster(named)
    assert after.leads == before.leads
    assert [said.iso3 for said in after.positions] == [said.iso3 for said in before.positions]
    assert [said.iso3 for said in after.conditions] == [said.iso3 for said in before.conditions]
    assert after.candidates == before.candidates
    assert evidence(named, "Old Aland").covariates == evidence(named, "AAA").covariates


def test_a_row_and_its_double_under_another_name_are_refused(named: Path) -> None:
    change(named / "candidates.csv", "CCC,0", "Old Aland,1,0.8,1.5,500,600,1,1,0\nCCC,0")
    with pytest.raises(InputError, match=r"candidates.csv:4: iso3: \"AAA\" stands in line 3 already"):
        load_roster(named)


SCENARIO = f"""\
extends = "{BASE}"
[nations.UK]
position = "open"
[[events]]
round = 2
title = "A turn"
nations."Czech Republic".position = "committed"
[observed]
date = 2025-06-01
named = ["Holland", "FRA"]
total = [2, 5]
"""


def test_a_scenario_may_use_any_name(tmp_path: Path) -> None:
    file = tmp_path / "named.toml"
    file.write_text(SCENARIO, "utf-8")
    scenario = load_case(file).scenario
    assert scenario.nations["GBR"].position == "open"
    assert scenario.schedule()[-1].changes == {("nations", "CZE", "position"): "committed"}
    assert scenario.observed is not None
    assert scenario.observed.named == ("NLD", "FRA")


def test_a_scenario_that_gives_a_nation_twice_is_refused_with_both_lines(tmp_path: Path) -> None:
    file = tmp_path / "named.toml"
    file.write_text(SCENARIO + '[nations.GBR]\nposition = "opposed"\n', "utf-8")
    with pytest.raises(InputError) as mistake:
        load_case(file)
    assert str(mistake.value) == f"{file}:12: nations.GBR: GBR is given already, as UK, in {file}:2"


def test_a_base_and_what_extends_it_may_call_a_nation_differently(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text(SCENARIO, "utf-8")
    other = tmp_path / "other.toml"
    other.write_text('extends = "one.toml"\n[nations.GBR]\nposition = "opposed"\n', "utf-8")
    assert load_case(other).scenario.nations["GBR"].position == "opposed"
    assert (
        load_case(other, ["nations.Britain.position=undecided"]).scenario.nations["GBR"].position
        == "undecided"
    )


def test_a_hindcast_may_use_any_name(tmp_path: Path) -> None:
    file = tmp_path / "europe-2025.toml"
    file.write_text((scenarios_folder() / "hindcasts" / "europe-2025.toml").read_text("utf-8"), "utf-8")
    change(file, '"ISL"', '"Iceland"')
    assert load_hindcast_cases(file)[0].left_out == ("ISL",)


def test_the_commands_take_any_name_and_show_the_official_one(coalition: Callable[..., Any]) -> None:
    for word in ("UK", "Britain", "Great Britain"):
        assert coalition("evidence", word).out.startswith("United Kingdom (GBR)")
    ended = coalition("run", BASE, "--runs", 2, "-q", "--set", "nations.UK.position=open")
    assert (ended.code, ended.err) == (0, "")
    ended = coalition("evidence", "Brittain")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == 'coalition: unknown nation "Brittain"; did you mean "United Kingdom"?\n'
