"""Events on another day: ``--set "events.TITLE.date=2026-05-01"``."""

import datetime as dt
from pathlib import Path

import pytest

from sim.inputs.errors import InputError
from sim.inputs.factors import check_factor
from sim.inputs.roster_file import Vocabulary
from sim.inputs.scenario import load_scenario

FILE = """
extends = "brussels-2025-04"
title = "Three events"

[[events]]
round = 3
title = "A ceasefire = holds. Really"
ceasefire = 1

[[events]]
date = 2025-06-01
title = "A hawk wins"
outcome_of = "an election"
probability = 0.4
nations.SWE.position = "committed"

[[events]]
date = 2025-06-01
title = "A dove wins"
outcome_of = "an election"
probability = 0.6
nations.SWE.position = "opposed"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "three.toml"
    path.write_text(FILE, "utf-8")
    return path


def test_a_title_names_the_event_whatever_signs_it_holds(file: Path) -> None:
    moved = load_scenario(file, ["events.A ceasefire = holds. Really.date=2025-05-01"])
    (event,) = moved.schedule()
    assert (event.date, event.round) == (dt.date(2025, 5, 1), 3)
    assert event.event.round is None
    assert event.changes == {("ceasefire",): 1.0}
    assert moved.options == ("--set events.A ceasefire = holds. Really.date=2025-05-01",)


@pytest.mark.parametrize("value", ["2025-05-09", dt.date(2025, 5, 9)])
def test_a_model_takes_dates_and_texts(file: Path, value: object) -> None:
    moved = load_scenario(file).with_overrides({"events.A ceasefire = holds. Really.date": value})
    assert [event.date for event in moved.schedule()] == [dt.date(2025, 5, 9)]


def test_outcomes_move_together_under_what_they_are_outcomes_of(file: Path) -> None:
    moved = load_scenario(file, ['events."an election".date=2025-07-01'])
    assert {event.date for event in moved.contingents()} == {dt.date(2025, 7, 1)}
    assert [(event.low, event.high) for event in moved.contingents()] == [(0.0, 0.4), (0.4, 1.0)]


def test_an_event_of_the_base_is_moved_and_the_file_still_has_the_last_word(tmp_path: Path) -> None:
    path = tmp_path / "later.toml"
    path.write_text('extends = "paris-ceasefire-2027"\ntitle = "Later"\n', "utf-8")
    (event,) = load_scenario(path, ["events.A ceasefire holds.date=2026-09-01"]).schedule()
    assert event.date == dt.date(2026, 9, 1)
    changes = ["events.A ceasefire holds.date=2026-01-10", "ceasefire=0.5"]
    last = load_scenario(path, changes).schedule()[-1]
    assert last.changes == {("ceasefire",): 0.5}


WRONG = {
    "events.A ceasefire holds.date=2025-05-01": 'no event is called "A ceasefire holds"; there are .*; '
    'did you mean "A ceasefire = holds. Really"',
    "events.A hawk wins.date=2025-05-01": "both must have the same date",
    "events.A hawk wins.round=2": "of events only the date can be set",
    "events.date=2025-05-01": "of events only the date can be set",
    "events.an election.date=2024-05-01": "the event is dated 2024-05-01, before the start of the scenario",
    "events.an election.date=soon": 'must be a date such as 2025-04-10, not "soon"',
}


@pytest.mark.parametrize("option", WRONG)
def test_what_is_wrong_is_told_with_the_option(file: Path, option: str) -> None:
    with pytest.raises(InputError, match=WRONG[option]) as raised:
        load_scenario(file, [option])
    if "hawk wins.date" not in option:
        assert str(raised.value).startswith(f"--set {option}: ")


def test_a_scenario_without_events_has_none_to_move() -> None:
    with pytest.raises(InputError, match='no event is called "x": the scenario has none'):
        load_scenario("brussels-2025-04", ["events.x.date=2025-05-01"])


def test_titles_that_several_events_have_name_none(tmp_path: Path) -> None:
    path = tmp_path / "twice.toml"
    again = FILE.replace('extends = "brussels-2025-04"\ntitle = "Three events"', "").replace(
        "round = 3", "round = 5"
    )
    path.write_text(FILE + again.split("[[events]]\ndate")[0], "utf-8")
    with pytest.raises(InputError, match="2 events have the title"):
        load_scenario(path, ["events.A ceasefire = holds. Really.date=2025-05-01"])


def test_a_date_is_no_factor_of_a_sweep() -> None:
    with pytest.raises(InputError, match=r"^events.A ceasefire holds.date cannot vary from point to point$"):
        check_factor("events.A ceasefire holds.date", Vocabulary())
