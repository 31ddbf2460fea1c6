"""Every mistake in a scenario is told in one line: file, line, key, what is wrong, what is allowed."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.inputs.errors import InputError
from sim.inputs.scenario import Scenario, load_scenario
from sim.inputs.timeline import build_timeline

GOOD = """\
title = "A small scenario"
roster = "rosters/europe-2025"
start = 2025-04-10
rounds = 10
[washington]
involvement = 0.1
[mandate]
purpose = "reassurance"
clarity = 0.05
[moscow]
pressure = "warnings"
"""
EVENT = '[[events]]\nround = 2\ntitle = "t"\n'


def write(folder: Path, text: str, name: str = "case.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def problem(path: Path | str, *overrides: str) -> str:
    """What is said of a scenario, less the folder it is in."""
    with pytest.raises(InputError) as error:
        build_timeline(load_scenario(path, overrides), ("FRA", "NLD"), ("committed", "conditional"))
    message = str(error.value)
    assert len(message.splitlines()) == 1
    return message.replace(f"{Path(path).parent}/", "")


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        # Typos.
        ("[washington]", "[washinton]", 'case.toml:5: washinton: unknown key "washinton"; allowed: title'),
        ("[washington]", "[washinton]", 'did you mean "washington"?'),
        (
            "involvement = 0.1",
            "involvment = 0.1",
            'case.toml:6: washington.involvment: unknown key "involvment"; ',
        ),
        (
            "involvement = 0.1",
            "involvment = 0.1",
            "allowed: involvement, policy, ceiling, threshold, width, speed, reversal, restoration;",
        ),
        ("involvement = 0.1", "involvment = 0.1", 'did you mean "involvement"?'),
        (
            '"reassurance"',
            '"deter"',
            "case.toml:8: mandate.purpose: must be one of peacekeeping, deterrence, ",
        ),
        ('"reassurance"', '"reasurance"', 'not "reasurance"; did you mean "reassurance"?'),
        (
            '"warnings"',
            '"Warning"',
            "case.toml:11: moscow.pressure: must be a number from 0 to 1, or one of calm, ",
        ),
        ('"warnings"', '"Warning"', 'threats, hybrid_attacks, not "Warning"; did you mean "warnings"?'),
        ('europe-2025"', 'europe-2026"', 'case.toml:2: roster: no such folder: "rosters/europe-2026"'),
        ('europe-2025"', 'europe-2026"', 'did you mean "rosters/europe-2025"?'),
        # Wrong types and numbers.
        (
            "involvement = 0.1",
            "involvement = 1.5",
            "case.toml:6: washington.involvement: must be a number from 0 to 1",
        ),
        (
            "involvement = 0.1",
            "involvement = nan",
            "case.toml:6: washington.involvement: must be a number from 0 to 1",
        ),
        ("involvement = 0.1", "involvement = true", "washington.involvement: must be a number from 0 to 1"),
        (
            "clarity = 0.05",
            "clarity = inf",
            "case.toml:9: mandate.clarity: must be a number from 0 to 1, not inf",
        ),
        (
            "clarity = 0.05",
            "clarity = 1e999",
            "case.toml:9: mandate.clarity: must be a number from 0 to 1, not inf",
        ),
        (
            "clarity = 0.05",
            "clarity = -0.1",
            "case.toml:9: mandate.clarity: must be a number from 0 to 1, not -0.1",
        ),
        (
            "clarity = 0.05",
            'clarity = "high"',
            'case.toml:9: mandate.clarity: must be a number from 0 to 1, not "high"',
        ),
        (
            "clarity = 0.05",
            "clarity = true",
            "case.toml:9: mandate.clarity: must be a number from 0 to 1, not True",
        ),
        ("rounds = 10", "rounds = 0", "case.toml:4: rounds: must be at least 1, not 0"),
        ("rounds = 10", "rounds = 10001", "case.toml:4: rounds: must be at most 10000, not 10001"),
        ("rounds = 10", "rounds = 10.0", "case.toml:4: rounds: must be a whole number, not 10.0"),
        ("rounds = 10", 'rounds = "ten"', 'case.toml:4: rounds: must be a whole number, not "ten"'),
        ("rounds = 10", "rounds = 0x" + "f" * 9000, "case.toml:4: rounds: "),
        ("2025-04-10", "2025-04-10T12:00:00", "case.toml:3: start: must be a date such as 2025-04-10"),
        ("2025-04-10", "20250410", "case.toml:3: start: must be a date such as 2025-04-10, not 20250410"),
        ("2025-04-10", '"spring"', 'case.toml:3: start: must be a date such as 2025-04-10, not "spring"'),
        ("2025-04-10", "9999-12-01", "case.toml:4: rounds: the last round would be after 9999-12-31"),
        ('"A small scenario"', '""', "case.toml:1: title: must not be empty"),
        ('"A small scenario"', '["a"]', "case.toml:1: title: must be text"),
        ("[moscow]", "[[moscow]]", "case.toml:10: moscow: must be a table"),
        # What is missing.
        ("rounds = 10\n", "", "case.toml:1: rounds: is missing"),
        ("involvement = 0.1\n", "", "case.toml:5: washington.involvement: is missing"),
        ("clarity = 0.05\n", "", "case.toml:7: mandate.clarity: is missing"),
        # A key given twice is a matter of TOML.
        ("rounds = 10", "rounds = 10\nrounds = 11", "case.toml:5: not valid TOML: Cannot overwrite a value"),
        ("clarity = 0.05", "clarity = high", "case.toml:9: not valid TOML: Invalid value"),
    ],
)
def test_a_mistake_at_the_start(tmp_path: Path, right: str, wrong: str, says: str) -> None:
    assert right in GOOD
    assert says in problem(write(tmp_path, GOOD.replace(right, wrong)))


@pytest.mark.parametrize(
    ("events", "says"),
    [
        ("events = 3\n", "must be a list, not 3"),
        ("events = [3]\n", "events[0]: must be a table, not 3"),
        (EVENT, "case.toml:12: events[0]: an event must change something: washington, moscow, mandate"),
        (EVENT + "nations.NLD = {}", "case.toml:12: events[0]: an event must change something"),
        (
            EVENT + "date = 2025-05-01\nceasefire = 1",
            "case.toml:12: events[0]: an event has exactly one of date",
        ),
        (
            '[[events]]\ntitle = "t"\nceasefire = 1',
            "case.toml:12: events[0]: an event has exactly one of date",
        ),
        ("[[events]]\nround = 1\nceasefire = 1", "case.toml:12: events[0].title: is missing"),
        (
            EVENT + "ceasfire = 1",
            'case.toml:15: events[0].ceasfire: unknown key "ceasfire"; allowed: date, round',
        ),
        (EVENT + "ceasfire = 1", 'did you mean "ceasefire"?'),
        (EVENT + "ceasefire = 2", "case.toml:15: events[0].ceasefire: must be a number from 0 to 1, not 2"),
        (EVENT + "washington.widht = 2", 'case.toml:15: events[0].washington.widht: unknown key "widht"'),
        (
            EVENT + "washington.width = 0",
            "case.toml:15: events[0].washington.width: must be more than 0, not 0",
        ),
        (
            EVENT + 'nations.NLD.position = "opne"',
            "case.toml:15: events[0].nations.NLD.position: must be one of ",
        ),
        (EVENT + 'nations.NLD.position = "opne"', 'committed, unknown, not "opne"; did you mean "open"?'),
        (
            EVENT + 'nations.NLD.held = "in"',
            'events[0].nations.NLD.held: must be one of free, committed, out, not "in"',
        ),
        (
            EVENT + "nations.NLD.positon = 5",
            'unknown key "positon"; allowed: position, held, election; did you mean',
        ),
        (
            EVENT + 'nations.NDL = {held = "out"}',
            "case.toml:15: events[0].nations.NDL.held: no nation",
        ),
        (
            EVENT + 'nations.NDL.held = "out"',
            'no nation "NDL" in the roster; allowed: FRA, NLD; did you mean',
        ),
        (
            '[nations.FRE]\nposition = "open"',
            'case.toml:13: nations.FRE.position: no nation "FRE" in the roster',
        ),
        ("[nations.NLD]", "case.toml:12: nations.NLD: is empty; allowed: position, held"),
        ("[parameters]\nreach = nan", "case.toml:13: parameters.reach: must be a finite number, not nan"),
        (
            '[[events]]\ndate = 2025-04-09\ntitle = "t"\nceasefire = 1',
            "case.toml:12: events[0]: the event is dated 2025-04-09, before the start of the scenario, 2025-",
        ),
        (
            f"{EVENT}ceasefire = 1\n{EVENT}ceasefire = 0",
            "case.toml:16: events[1]: duplicate event: ceasefire is set in round 2 already, by the event at",
        ),
        (
            f'{EVENT}ceasefire = 1\n[[events]]\ndate = 2025-04-20\ntitle = "t"\nceasefire = 0',
            "case.toml:16: events[1]: duplicate event: ceasefire is set in round 2 already",
        ),
    ],
)
def test_a_mistake_in_an_event(tmp_path: Path, events: str, says: str) -> None:
    text = events + GOOD if events.startswith("events =") else GOOD + events
    assert says in problem(write(tmp_path, text))


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ("rounds", "must be KEY=VALUE, such as washington.involvement=0.75"),
        ("rounds=ten", 'must be a whole number, not "ten"'),
        ("rouds=3", 'unknown key "rouds"; allowed: washington, moscow, mandate'),
        ("rouds=3", 'did you mean "rounds"?'),
        ("rounds.x=3", "rounds has no keys of its own"),
        ("extends=a.toml", 'unknown key "extends"'),
        ("=3", 'unknown key ""'),
        ("start.rounds=3", 'unknown key "rounds"; allowed: washington, moscow, mandate, ceasefire'),
        ("washington.involvment=0.5", 'unknown key "involvment"; allowed: involvement, policy'),
        ("washington.involvment=0.5", 'did you mean "involvement"?'),
        ("washington.involvement=lots", "must be a number from 0 to 1, or one of none, diplomatic, enablers"),
        ("start.washington.involvement=2", "must be a number from 0 to 1"),
        ("washington=3", "must be a table, not 3"),
        ("nations.NLD=open", 'must be a table, not "open"'),
        (
            "nations.NDL.position=open",
            'no nation "NDL" in the roster; allowed: FRA, NLD; did you mean "NLD"?',
        ),
        ("nations.NLD.position=opne", 'did you mean "open"?'),
        ("parameters.reach=much", 'must be a number, not "much"'),
        ("parameters=3", "must be parameters.NAME=NUMBER"),
        ("roster=nowhere", 'no such folder: "nowhere"; bundled: rosters/europe-2025'),
        ("ceasefire=" + "[" * 3000, "must be a number from 0 to 1, not"),
        ("ceasefire=maybe", 'must be a number from 0 to 1, not "maybe"'),
    ],
)
def test_a_mistake_behind_set(tmp_path: Path, option: str, says: str) -> None:
    message = problem(write(tmp_path, GOOD), option)
    assert message.startswith(f"--set {option}"[:70])
    assert says in message


def test_a_keyword_argument_is_named_as_it_was_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r'^washington__involvment=0.5: unknown key "involvment"'):
        load_scenario(write(tmp_path, GOOD), {"washington__involvment": 0.5})


def test_a_mistake_in_the_base_names_the_base(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("0.05", "5") + EVENT + "ceasefire = 1\n", "base.toml")
    path = write(tmp_path, 'extends = "base.toml"\n')
    assert problem(path) == "base.toml:9: mandate.clarity: must be a number from 0 to 1, not 5"
    path = write(tmp_path, f'extends = "base.toml"\nmandate.clarity = 0.5\n{EVENT}ceasefire = 0\n')
    assert problem(path).startswith(
        "case.toml:3: events[0]: duplicate event: ceasefire is set in round 2 already"
    )
    assert "by the event at base.toml:12" in problem(path).replace(f"{tmp_path}/", "")


def test_files_that_extend_each_other_are_refused_with_the_circle(tmp_path: Path) -> None:
    write(tmp_path, '\nextends = "case.toml"', "other.toml")
    path = write(tmp_path, 'extends = "other.toml"')
    assert problem(path) == (
        "other.toml:2: extends: files extend each other in a circle: case.toml -> other.toml -> case.toml"
    )
    assert "case.toml -> case.toml" in problem(write(tmp_path, 'extends = "./case.toml"'))


@pytest.mark.parametrize(
    ("base", "says"),
    [
        ('"brusels-2025-04"', 'did you mean "brussels-2025-04"?'),
        ("3", "case.toml:1: extends: must be the name of a file, not 3"),
        ('""', 'case.toml:1: extends: must be the name of a file, not ""'),
        ('"."', "is a folder"),
    ],
)
def test_a_base_that_is_not_there_is_told_where_it_is_asked_for(tmp_path: Path, base: str, says: str) -> None:
    assert says in problem(write(tmp_path, f"extends = {base}"))


def test_an_empty_file_is_told_what_it_lacks(tmp_path: Path) -> None:
    assert problem(write(tmp_path, "")) == (
        "case.toml:1: title: is missing; also missing: roster, start, rounds, patron, mandate, adversary"
    )


def test_files_that_are_no_scenarios(tmp_path: Path) -> None:
    assert "is a folder; a TOML file is wanted" in problem(tmp_path)
    assert "is not UTF-8 text (byte 0xff)" in problem(_bytes(tmp_path, b"\xff\xfe\x00"))
    assert "not valid TOML" in problem(write(tmp_path, "title: a\n"))
    assert "nested more than 64 levels deep" in problem(write(tmp_path, "a = " + "[" * 5000))


def test_a_scenario_that_is_not_there_has_a_near_match(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "mine.toml")
    assert 'did you mean "mine.toml"?' in problem(tmp_path / "mien.toml")
    assert 'did you mean "us-backstop"?' in problem("us-backstp")
    assert "no such file" in problem("a\0b")
    assert problem("n" * 5000).endswith("us-withdrawal")  # one line of what there is


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
keys = st.sampled_from([*Scenario.model_fields, "nothing"])


@given(st.dictionaries(keys, anything))
def test_any_data_at_all_are_read_or_refused_in_one_line(data: dict[str, Any]) -> None:
    good: dict[str, Any] = {
        "title": "A small scenario", "roster": "rosters/europe-2025", "start": "2025-04-10", "rounds": 3,
        "washington": {"involvement": 0.1}, "mandate": {"purpose": "reassurance", "clarity": 0.05},
        "moscow": {"pressure": 0.5},
    }  # fmt: skip
    try:
        build_timeline(Scenario.from_dict(good | data), ("FRA", "NLD"), ("committed", "conditional"))
    except InputError as error:
        assert len(str(error).splitlines()) == 1


def _bytes(folder: Path, content: bytes) -> Path:
    path = folder / "case.toml"
    path.write_bytes(content)
    return path
