"""Hindcast files say what the model is held against; a mistake is named with its file, line and key."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.inputs.bundled import scenarios_folder
from sim.inputs.errors import InputError
from sim.inputs.hindcast_file import find_hindcast, load_hindcast, load_hindcast_case
from sim.inputs.observations import NOT_COMMITTED

HINDCAST = """\
title = "What became of it"
scenario = "world.toml"
carried_forward = { source = "as before" }
[[waves]]
date = 2025-05-01
[[waves]]
date = 2025-05-15
title = "A summit"
[[readings]]
name = "rumour"
title = "the rumour believed"
wave = 2025-05-15
where = { source = "The Rumour" }
"""
LATER = """\
AAX,2025-05-01,2025-05-01,committed,The Times,FOUND
ABX,2025-05-01,2025-05-01,undecided,The Post,FOUND
AAX,2025-05-15,2025-05-15,committed,as before,KNOWN
ABX,2025-05-15,2025-05-15,opposed,The Post,FOUND
ACX,2025-05-15,,unknown,,MISSING
"""
World = Callable[..., Path]


@pytest.fixture
def written(world: World) -> Path:
    """A hindcast beside a small world; two records of one nation for one wave, of which one counts."""
    folder = world().parent
    roster = folder / "roster" / "roster.toml"
    roster.write_text(
        roster.read_text().replace('"positions.csv" }', '"positions.csv", where = { status = "FOUND" } }')
    )
    positions = folder / "roster" / "positions.csv"
    rumour = "ABX,2025-05-15,2025-05-15,committed,The Rumour,HEARD\n"
    positions.write_text(positions.read_text() + LATER.replace("KNOWN", "FOUND") + rumour)
    file = folder / "hindcast.toml"
    file.write_text(HINDCAST)
    return file


def test_records_are_those_that_count_in_the_waves(written: Path) -> None:
    hindcast, case = load_hindcast_case(written)
    found = {(record.iso3, record.wave.day): record for record in hindcast.records(case)}
    assert {key: record.position for key, record in found.items()} == {
        ("AAX", 1): "committed",
        ("ABX", 1): "undecided",
        ("AAX", 15): "committed",
        ("ABX", 15): "opposed",
    }
    assert [key for key, record in found.items() if record.carried_forward] == [("AAX", 15)]
    assert found["ABX", 1].source == "The Post"
    assert case.scenario.name == "world"


def test_another_reading_lets_other_records_count(written: Path) -> None:
    hindcast, case = load_hindcast_case(written)
    read = {(each.iso3, each.wave.day): each for each in hindcast.records(case, hindcast.readings[0])}
    assert read["ABX", 15].position == "committed"
    assert read["ABX", 15].source == "The Rumour"
    assert read["ABX", 1].position == "undecided"
    assert read["AAX", 15].position == "committed"


def test_joiners_tell_who_was_in_by_when(written: Path) -> None:
    file = written.with_name("joined.toml")
    file.write_text(
        'title = "Joiners"\nscenario = "world.toml"\njoiners = "joiners.csv"\n'
        "waves = [{ date = 2025-05-01 }, { date = 2025-05-15 }]\n"
    )
    written.with_name("joiners.csv").write_text(
        "iso3,date,left,source,url\nABX,2025-05-09,,The Times,https://www.example.org/1\nACX,,,,\n"
        "AAX,2025-04-01,2025-05-15,,\n"
    )
    hindcast, case = load_hindcast_case(file)
    found = {(record.iso3, record.wave.day): record for record in hindcast.records(case)}
    assert {code for code, _ in found} == {"AAX", "ABX", "ADX", "AEX"}  # of ACX it is not known
    assert found["ABX", 1].position == NOT_COMMITTED
    assert found["ABX", 15].position == "committed"
    assert found["ABX", 15].source == "example.org"
    assert found["AAX", 1].position == "committed"
    assert found["AAX", 15].position == NOT_COMMITTED  # it has left
    assert found["AEX", 15].position == NOT_COMMITTED


@pytest.mark.parametrize(
    "file", sorted((scenarios_folder() / "hindcasts").glob("*.toml")), ids=lambda file: file.stem
)
def test_the_bundled_hindcasts_are_valid(file: Path) -> None:
    hindcast, _ = load_hindcast_case(file.stem)
    assert hindcast.name == file.stem
    assert hindcast.description
    assert hindcast.caution


def test_the_bundled_hindcast_holds_what_was_recorded() -> None:
    hindcast, case = load_hindcast_case("europe-2025")
    records = hindcast.records(case)
    of = {wave: [each for each in records if each.wave == wave.date] for wave in hindcast.waves}
    assert [len(found) for found in of.values()] == [33, 32]
    assert [sum(each.carried_forward for each in found) for found in of.values()] == [0, 12]
    (reading,) = hindcast.readings
    usual = {(each.iso3, each.wave): each.position for each in records}
    read = {(each.iso3, each.wave): each.position for each in hindcast.records(case, reading)}
    september = dt.date(2025, 9, 4)
    assert {key for key in usual if usual[key] != read[key]} == {("NLD", september), ("SWE", september)}
    ten = [
        each.iso3 for each in hindcast.records(case, reading) if each.note.startswith("on the list of ten")
    ]
    assert {"NLD", "SWE"} < set(ten)


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ('scenario = "world.toml"', 'scenario = "wrold.toml"', '2: scenario: no such file'),
        ("title = \"What", "titel = \"What", 'did you mean "title"?'),
        ("2025-05-01", "2025-04-12", "5: waves[0].date: 2025-04-12 is round 0 of the scenario world"),
        ("date = 2025-05-15", "date = 2025-06-15", "7: waves[1].date: 2025-06-15 is round 9"),
        ("date = 2025-05-15", "date = 2025-05-16", "no position of any nation is recorded for 2025-05-16"),
        ("date = 2025-05-15", "date = 2025-04-30", "waves must stand in the order of their dates"),
        ("wave = 2025-05-15", "wave = 2025-05-16", "12: readings[0].wave: 2025-05-16 is no wave; the waves"),
        ('"The Rumour"', '"The Rumor"', '13: readings[0].where: no record of 2025-05-15 holds source = "The'),
        ("where = { source", "where = { sauce", '13: readings[0].where: positions.csv has no column "sauce"'),
        ("forward = { source", "forward = { sauce", '3: carried_forward: positions.csv has no column'),
        ('title = "A summit"', "coding_error = 0.1", 'unknown key "coding_error"'),
        ("[[readings]]", 'joiners = "joiners.csv"\n[[readings]]', 'unknown key "joiners"'),
        ('scenario = "world.toml"', 'scenario = "world.toml"\njoiners = "j.csv"', "not about joiners"),
        ('scenario = "world.toml"', 'scenario = "world.toml"\ncoding_error = 0.7', "3: coding_error: must"),
    ],
)  # fmt: skip
def test_mistakes_are_named_with_their_place(written: Path, right: str, wrong: str, says: str) -> None:
    assert right in HINDCAST
    written.write_text(HINDCAST.replace(right, wrong, 1))
    if right == "date = 2025-05-15" and "04-30" not in wrong:
        written.write_text(written.read_text().split("[[readings]]")[0])
    with pytest.raises(InputError) as mistake:
        load_hindcast_case(written)
    message = str(mistake.value)
    assert message.startswith(f"{written}")
    assert says in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("AXX,2025-05-09", "joiners.csv:2: iso3: unknown nation \"AXX\"; did you mean"),
        ("AAX,soon", 'joiners.csv:2: date: "soon" is not a date'),
        ("ABX,2025-05-09\nABX,2025-05-10", "joiners.csv:3: iso3: ABX stands in line 2 already"),
        ("ABX,2025-05-09", "joiners.csv: iso3: AAX is committed at the start"),
    ],
)  # fmt: skip
def test_mistakes_about_joiners_are_named(written: Path, rows: str, says: str) -> None:
    written.write_text(
        'title = "J"\nscenario = "world.toml"\njoiners = "joiners.csv"\nwaves = [{ date = 2025-05-01 }]'
    )
    written.with_name("joiners.csv").write_text(f"iso3,date\n{rows}\n")
    with pytest.raises(InputError) as mistake:
        load_hindcast_case(written)
    assert says in str(mistake.value)


def test_a_name_that_is_nearly_a_bundled_one_is_guessed() -> None:
    assert find_hindcast("europe-2025").name == "europe-2025.toml"
    with pytest.raises(InputError, match='did you mean "europe-2025"'):
        load_hindcast("europe-2026")
