"""A second reading of statements: what is refused, and which positions have a source in a wave."""

import re
from datetime import date
from pathlib import Path

import pytest

from sim.inputs.bundled import find_roster
from sim.inputs.csv_file import read_csv
from sim.inputs.errors import InputError
from sim.inputs.roster import load_roster

STATEMENTS = """\
iso3,date,position,rung,asks_us,statement_in_own_words,source,quality,status
BBB,2025-09-05,opposed,0,0,never,The Post,own,FOUND
BBB,2025-09-07,open,2,1,why not,The Post,second,FOUND
BBB,2025-09-08,committed,3,0,at once,The Post,own,FOUND
DDD,2025-09-01,undecided,1,,we will see,The Echo,state,FOUND
AAA,2025-09-06,opposed,0,,no,The Sun,own,FOUND
CCC,2025-09-04,open,1,,perhaps,The Globe,own,FOUND-EARLIER
CCC,,,,,no statement found,,,MISSING
XXX,2025-09-04,opposed,0,,not ours to say,The Globe,own,FOUND
"""
EVENTS = """\
date,kind,event_in_own_words,source,status
2025-10-01,vote,Aland votes,The Times,FOUND
2025-11,peace,talks,,KNOWN
"""
MORE_POSITIONS = """\
BBB,2025-09-04,,conditional,,,,KNOWN,,1
CCC,2025-09-04,,open,,,,KNOWN,,1
DDD,2025-09-04,,opposed,,,,KNOWN,,1
"""
DECLARED = (
    'second_reading = { statements = "said.csv", events = "events.csv", days_after_wave = 3 }\n'
    "[preferred_mandate]\n"
)


@pytest.fixture
def read_twice(tiny: Path) -> Path:
    """The roster of four nations, and a second reading of it."""
    (tiny / "said.csv").write_text(STATEMENTS, encoding="utf-8")
    (tiny / "events.csv").write_text(EVENTS, encoding="utf-8")
    change(tiny, "roster.toml", "[preferred_mandate]\n", DECLARED)
    with (tiny / "positions.csv").open("a", encoding="utf-8") as file:
        file.write(MORE_POSITIONS)
    return tiny


def change(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_what_has_no_source_gives_way_to_the_latest_that_has(read_twice: Path) -> None:
    """AAA is FOUND already; of BBB's three the last within three days counts; CCC's is earlier."""
    found = load_roster(read_twice).sourced_positions(date(2025, 9, 4))
    assert {code: (said.position, said.second) for code, said in found.items()} == {
        "AAA": ("committed", False),
        "BBB": ("open", True),
        "DDD": ("undecided", True),
    }


def test_nothing_said_before_the_wave_before_counts(read_twice: Path) -> None:
    change(read_twice, "said.csv", "DDD,2025-09-01", "DDD,2025-04-10")
    assert "DDD" not in load_roster(read_twice).sourced_positions(date(2025, 9, 4))


def test_what_was_not_found_is_no_position(read_twice: Path) -> None:
    change(read_twice, "positions.csv", "CCC,2025-04-10,,,,,,MISSING", "CCC,2025-04-10,,,,,,FOUND")
    assert set(load_roster(read_twice).sourced_positions(date(2025, 4, 10))) == {"AAA", "BBB"}


def test_a_roster_without_a_second_reading_counts_what_it_has(tiny: Path) -> None:
    roster = load_roster(tiny)
    assert (roster.readings, roster.later_events, roster.reading_days) == ((), (), 0)
    assert set(roster.sourced_positions(date(2025, 4, 10))) == {"AAA", "BBB"}


def test_events_have_a_day_or_a_month(read_twice: Path) -> None:
    assert [event.day for event in load_roster(read_twice).later_events] == ["2025-10-01", "2025-11"]


def test_statements_without_events(read_twice: Path) -> None:
    change(read_twice, "roster.toml", 'events = "events.csv", ', "")
    assert load_roster(read_twice).later_events == ()


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("said.csv", "BBB,", "BBX,", 'said.csv:2: iso3: unknown nation "BBX"; did you mean'),
        ("said.csv", "2025-09-05", "5 Sept", 'said.csv:2: date: "5 Sept" is not a date'),
        (
            "said.csv",
            "2025-09-07",
            "2025-09-05",
            "said.csv:3: date: BBB has a statement of .* in line 2 already",
        ),
        ("said.csv", "opposed", "oposed", 'said.csv:2: position: .*did you mean "opposed"'),
        ("said.csv", "opposed", "unknown", "said.csv:2: position: is unknown; .*MISSING"),
        ("said.csv", "opposed", "", "said.csv:2: position: is empty; only .*MISSING"),
        ("said.csv", "never", "", "said.csv:2: statement_in_own_words: is empty"),
        ("said.csv", "The Post", "", "said.csv:2: source: is empty; only .*MISSING"),
        ("said.csv", "own,", "owner,", 'said.csv:2: quality: "owner" is not allowed; did you mean "own"'),
        ("said.csv", "own,", "mine,", 'said.csv:2: quality: "mine" .*; allowed: own, second, state'),
        ("said.csv", "FOUND", "FOUN", 'said.csv:2: status: "FOUN" is not allowed; did you mean "FOUND"'),
        ("said.csv", ",0,0,", ",4,0,", "said.csv:2: rung: 4 is out of range; allowed is 0 to 3"),
        ("said.csv", ",0,0,", ",0,2,", 'said.csv:2: asks_us: "2" is not allowed; allowed: empty, 0, 1'),
        (
            "said.csv",
            "quality",
            "kwality",
            'said.csv:1: quality: the column is missing; did you mean "kwality"',
        ),
        ("events.csv", "2025-11", "2025-13", 'events.csv:3: date: "2025-13" is not a date'),
        ("events.csv", "The Times", "", "events.csv:2: source: is empty"),
        ("events.csv", "talks", "", "events.csv:3: event_in_own_words: is empty"),
        ("events.csv", "KNOWN", "KNOW", 'events.csv:3: status: "KNOW" .*did you mean "KNOWN"'),
        (
            "roster.toml",
            '"said.csv"',
            '"../said.csv"',
            "roster.toml:.*second_reading.statements: .*same folder",
        ),
        ("roster.toml", '"said.csv"', '"sad.csv"', "sad.csv: no such file"),
        ("roster.toml", "days_after_wave = 3", "days_after_wave = -1", "roster.toml:.*days_after_wave"),
    ],
)
def test_a_mistake_is_one_line(read_twice: Path, file: str, old: str, new: str, message: str) -> None:
    change(read_twice, file, old, new)
    with pytest.raises(InputError) as caught:
        load_roster(read_twice)
    told = str(caught.value).removeprefix(f"{read_twice}/")
    assert "\n" not in told
    assert re.match(message, told)


APRIL, SEPTEMBER, JANUARY = date(2025, 4, 10), date(2025, 9, 4), date(2026, 1, 6)


def test_how_many_nations_can_be_scored_in_europe() -> None:
    roster = load_roster(find_roster("europe-2025"))
    april, september, january = (
        set(roster.sourced_positions(wave)) - {"ISL"} for wave in (APRIL, SEPTEMBER, JANUARY)
    )
    assert [len(wave) for wave in (april, september, january)] == [31, 29, 24]
    assert (len(april & september), len(september & january), len(april & january)) == (27, 22, 22)


def test_five_rows_of_january_have_their_source_in_the_second_reading() -> None:
    january = load_roster(find_roster("europe-2025")).sourced_positions(JANUARY)
    assert {code: said.position for code, said in january.items() if said.second} == {
        "BGR": "opposed",
        "LTU": "committed",
        "LVA": "undecided",
        "NZL": "undecided",
        "ROU": "opposed",
    }


def test_who_is_committed_in_europe_contributes_on_land() -> None:
    stated = load_roster(find_roster("europe-2025")).positions
    assert all("land" in said.kinds for said in stated if said.position == "committed")


def test_who_has_no_coast_has_no_navy() -> None:
    rows = read_csv(find_roster("europe-2025") / "nations.csv").rows
    assert {row.text("navy_0_1") for row in rows} == {"0", "1"}
    landlocked_or_without_army = {"AUT", "CZE", "HUN", "ISL", "LUX", "MKD", "SVK"}
    assert {row.text("iso3") for row in rows if row.text("navy_0_1") == "0"} == landlocked_or_without_army
