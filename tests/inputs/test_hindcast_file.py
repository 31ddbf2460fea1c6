"""Hindcast files say what the model is held against; a mistake is named with its file, line and key."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.inputs.bundled import scenarios_folder
from sim.inputs.errors import InputError
from sim.inputs.hindcast_file import find_hindcast, load_hindcast, load_hindcast_cases
from sim.inputs.observations import NOT_COMMITTED, PositionRecord

HINDCAST = """\
title = "What became of it"
scenario = "world.toml"
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
    positions = folder / "roster" / "positions.csv"
    rows = positions.read_text().splitlines()
    rumour = "ABX,2025-05-15,2025-05-15,committed,The Rumour,HEARD"
    marked = [f"{rows[0]},counts", *(f"{row},1" for row in [*rows[1:], *LATER.splitlines()]), f"{rumour},0"]
    positions.write_text("\n".join(marked) + "\n")
    roster = folder / "roster" / "roster.toml"
    roster.write_text(
        roster.read_text().replace('"positions.csv" }', '"positions.csv", where = { counts = "1" } }')
    )
    file = folder / "hindcast.toml"
    file.write_text(HINDCAST)
    return file


def records(file: Path | str, reading: int | None = None) -> dict[tuple[str, int], PositionRecord]:
    """Return what was recorded, by nation and day of the wave."""
    hindcast, cases = load_hindcast_cases(file)
    read = None if reading is None else hindcast.readings[reading]
    return {
        (record.iso3, record.wave.day): record
        for wave, case in zip(hindcast.waves, cases, strict=True)
        for record in hindcast.records(case, wave, read)
    }


def test_records_are_those_that_have_a_source_at_the_start_and_in_the_wave(written: Path) -> None:
    found = records(written)
    assert {key: record.position for key, record in found.items()} == {
        ("AAX", 1): "committed",
        ("ABX", 1): "undecided",
        ("ABX", 15): "opposed",  # of AAX no source was opened for the second wave
    }
    assert found["ABX", 1].source == "The Post"


def test_a_nation_without_a_source_at_the_start_is_not_scored(written: Path) -> None:
    positions = written.parent / "roster" / "positions.csv"
    start = next(row for row in positions.read_text().splitlines() if row.startswith("ABX,2025-04-10"))
    positions.write_text(positions.read_text().replace(start, start.replace("FOUND", "KNOWN")))
    written.write_text(
        HINDCAST.split("[[readings]]", maxsplit=1)[0].split("[[waves]]\ndate = 2025-05-15", maxsplit=1)[0]
    )
    assert set(records(written)) == {("AAX", 1)}


def test_another_reading_lets_other_records_count(written: Path) -> None:
    read = records(written, 0)
    assert read["ABX", 15].position == "committed"
    assert read["ABX", 15].source == "The Rumour"
    assert read["ABX", 1].position == "undecided"


def test_nations_may_be_left_out(written: Path) -> None:
    written.write_text(HINDCAST.replace("[[waves]]", 'left_out = ["AAX"]\n[[waves]]', 1))
    assert set(records(written)) == {("ABX", 1), ("ABX", 15)}


def test_a_wave_may_be_predicted_from_a_day_of_its_own(written: Path) -> None:
    later = (written.parent / "world.toml").read_text().replace("start = 2025-04-10", "start = 2025-05-01")
    written.with_name("later.toml").write_text(later)
    again = '[[waves]]\ndate = 2025-05-15\nscenario = "later.toml"\nfitted = false\n[[readings]]'
    written.write_text(HINDCAST.replace("[[readings]]", again))
    hindcast, cases = load_hindcast_cases(written)
    assert [case.scenario.start.day for case in cases] == [10, 10, 1]
    assert [case.scenario.rounds for case in cases] == [3, 5, 2]  # each ends with its wave
    assert [wave.fitted for wave in hindcast.waves] == [True, True, False]


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
    found = records(file)
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
    hindcast, _ = load_hindcast_cases(file.stem)
    assert hindcast.name == file.stem
    assert hindcast.description
    assert hindcast.caution


def test_the_bundled_hindcast_holds_what_was_recorded() -> None:
    """As many nations with a source on both days as were counted by hand: Iceland left out."""
    hindcast, cases = load_hindcast_cases("europe-2025")
    found = [hindcast.records(case, wave) for wave, case in zip(hindcast.waves, cases, strict=True)]
    assert [len(each) for each in found] == [27, 22, 22]
    days = [(case.scenario.start, wave.date) for wave, case in zip(hindcast.waves, cases, strict=True)]
    april, september, january = dt.date(2025, 4, 10), dt.date(2025, 9, 4), dt.date(2026, 1, 6)
    assert days == [(april, september), (september, january), (april, january)]
    assert [wave.fitted for wave in hindcast.waves] == [True, True, False]
    (reading,) = hindcast.readings
    usual = {record.iso3: record for record in found[0]}
    read = {record.iso3: record for record in hindcast.records(cases[0], hindcast.waves[0], reading)}
    differ = {code for code, record in read.items() if record.position != usual[code].position}
    assert differ == {"NLD", "SWE"}
    ten = {code for code, record in read.items() if record.note.startswith("on the list of ten")}
    assert {"NLD", "SWE"} < ten


def test_what_happened_in_autumn_is_the_end_of_what_happened_since_april() -> None:
    _, (_, autumn, whole) = load_hindcast_cases("europe-2025")
    since = whole.timeline.dates.index(autumn.timeline.dates[0])
    assert (whole.timeline.levels[since:] == autumn.timeline.levels).all()


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ('scenario = "world.toml"', 'scenario = "wrold.toml"', '2: scenario: no such file'),
        ("title = \"What", "titel = \"What", 'did you mean "title"?'),
        ("2025-05-01", "2025-04-12", "4: waves[0].date: 2025-04-12 is round 0 of the scenario world"),
        ("date = 2025-05-15", "date = 2025-06-15", "6: waves[1].date: 2025-06-15 is round 9"),
        ("date = 2025-05-15", "date = 2025-05-16", "no position of any nation is recorded for 2025-05-16"),
        ("date = 2025-05-15", "date = 2025-05-01", "a wave stands there twice"),
        ("[[waves]]", 'left_out = ["AXX"]\n[[waves]]', '3: left_out[0]: no nation "AXX" in the roster'),
        ("[[readings]]", 'scenario = "nowhere.toml"\n[[readings]]', "8: waves[1].scenario: no such file"),
        ("wave = 2025-05-15", "wave = 2025-05-16", "11: readings[0].wave: 2025-05-16 is no wave; the waves"),
        ('"The Rumour"', '"The Rumor"', '12: readings[0].where: no record of 2025-05-15 holds source = "The'),
        ("where = { source", "where = { sauce", '12: readings[0].where: positions.csv has no column "sauce"'),
        ("[[readings]]", 'joiners = "joiners.csv"\n[[readings]]', 'unknown key "joiners"'),
        ('scenario = "world.toml"', 'scenario = "world.toml"\njoiners = "j.csv"', "not about joiners"),
    ],
)  # fmt: skip
def test_mistakes_are_named_with_their_place(written: Path, right: str, wrong: str, says: str) -> None:
    assert right in HINDCAST
    written.write_text(HINDCAST.replace(right, wrong, 1))
    if right == "date = 2025-05-15" and "05-01" not in wrong:
        written.write_text(written.read_text().split("[[readings]]")[0])
    with pytest.raises(InputError) as mistake:
        load_hindcast_cases(written)
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
        load_hindcast_cases(written)
    assert says in str(mistake.value)


def test_a_name_that_is_nearly_a_bundled_one_is_guessed() -> None:
    assert find_hindcast("europe-2025").name == "europe-2025.toml"
    with pytest.raises(InputError, match='did you mean "europe-2025"'):
        load_hindcast("europe-2026")
