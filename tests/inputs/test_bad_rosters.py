"""Every mistake in a roster is told in one line that says where it is and what is allowed."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.inputs.errors import InputError
from sim.inputs.evidence import evidence
from sim.inputs.roster import load_roster

FILES = ["nations.csv", "positions.csv", "conditions.csv", "candidates.csv", "roster.toml"]


def told(folder: Path) -> str:
    """Return the one line that loading a roster fails with, without the folder."""
    with pytest.raises(InputError) as caught:
        load_roster(folder)
    message = str(caught.value)
    assert "\n" not in message
    return message.removeprefix(f"{folder}/")


def change(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "nations.csv",
            "AAA,Aland",
            "A1,Aland",
            'nations.csv:3: iso3: "A1" is not a nation code; .*three capitals',
        ),
        ("nations.csv", "AAA,Aland", "aaa,Aland", 'nations.csv:3: iso3: "aaa" is not a nation code'),
        ("nations.csv", "CCC,Cland", "AAA,Cland", "nations.csv:4: iso3: AAA stands there twice"),
        (
            "nations.csv",
            "CCC,Cland",
            "CCC,aland",
            'nations.csv:4: name: "aland" is a name of the nation in line 3',
        ),
        ("nations.csv", "XXX,Xland", "AAA,Xland", "nations.csv:6: iso3: AAA stands there twice"),
        ("nations.csv", "AAA,Aland", "AAA,", "nations.csv:3: name: is empty"),
        ("nations.csv", "1000,80", "many,80", 'nations.csv:3: army: "many" is not a number'),
        (
            "nations.csv",
            "1000,80",
            "NaN,80",
            'nations.csv:3: army: "NaN" is not allowed; give a finite number',
        ),
        (
            "nations.csv",
            "1000,80",
            "inf,80",
            'nations.csv:3: army: "inf" is not allowed; give a finite number',
        ),
        ("nations.csv", "1000,80", "1e400,80", "nations.csv:3: army: .*finite number"),
        ("nations.csv", "1000,80", "1_000,80", "nations.csv:3: army: .*not a number"),
        ("nations.csv", "1000,80", "-1000,80", "nations.csv:3: army: -1000 has no logarithm"),
        (
            "nations.csv",
            "1000,80",
            "1,000,80",
            "nations.csv:3: the line has 12 cells, the header has 11; quote",
        ),
        ("nations.csv", "yes,49", "yes,-49", "nations.csv:3: sent: -49 is out of range"),
        (
            "nations.csv",
            "yes,49",
            "yess,49",
            'nations.csv:3: approval: unknown word "yess"; did you mean "yes"',
        ),
        (
            "nations.csv",
            "1,1,0,yes",
            "1,1,7,yes",
            "nations.csv:3: border: 7 is out of range; allowed is 0 to 1",
        ),
        (
            "nations.csv",
            "iso3,name",
            "iso,name",
            'nations.csv:1: iso3: the column is missing; did you mean "iso"',
        ),
        ("nations.csv", "iso3,name", "iso3,iso3", "nations.csv:1: iso3: the column stands there twice"),
        (
            "nations.csv",
            ",army,",
            ",armee,",
            'roster.toml:13: .*: nations.csv has no column "army"; did you mean "armee"',
        ),
        ("nations.csv", "AAA,Aland", 'AAA,"Aland', "nations.csv:.*: not readable as CSV"),
        (
            "roster.toml",
            '{ role = "nation" }',
            '{ role = "natoin" }',
            "roster.toml:2: nations.where: no row of nations",
        ),
        (
            "roster.toml",
            '{ role = "nation" }',
            '{ roll = "nation" }',
            "nations.csv:1: roll: the column is missing",
        ),
        (
            "roster.toml",
            '["BBB", "AAA"]',
            '["BBB", "AAB"]',
            r'roster.toml:3: leads\[1\]: unknown nation "AAB"; did',
        ),
        (
            "roster.toml",
            '["BBB", "AAA"]',
            '["BBB", "XXX"]',
            r'roster.toml:3: leads\[1\]: unknown nation "XXX"',
        ),
        (
            "roster.toml",
            '["BBB", "AAA"]',
            '["BBB", "BBB"]',
            r"roster.toml:3: leads\[1\]: BBB stands there twice",
        ),
        (
            "roster.toml",
            '"nations.csv"',
            '"../nations.csv"',
            'roster.toml:2: nations.table: "../nations.csv" is not',
        ),
        (
            "roster.toml",
            '"nations.csv"',
            '"/etc/passwd"',
            'roster.toml:2: nations.table: "/etc/passwd" is not',
        ),
        ("roster.toml", '"nations.csv"', '".."', 'roster.toml:2: nations.table: ".." is not allowed'),
        ("roster.toml", '"nations.csv"', '"nation.csv"', "nation.csv: no such file"),
        (
            "roster.toml",
            "deterrence = {",
            "deterrance = {",
            'roster.toml:8: preferred_mandate: unknown name "deterrance"; did you mean "deterrence"',
        ),
        (
            "roster.toml",
            "reassurance = { base = 0.5 }\n",
            "",
            'roster.toml:8: preferred_mandate: "reassurance" is missing; .* reassurance = { base = 1 }',
        ),
        ("roster.toml", "log = true", "log = 1", "roster.toml:13: .*log: must be true or false, not 1"),
        (
            "roster.toml",
            "log = true",
            "logg = true",
            'roster.toml:13: .*unknown key "logg".*did you mean "log"',
        ),
        (
            "roster.toml",
            '"us_pct"',
            '"us_pkt"',
            r'roster.toml:10: preferred_mandate.peacekeeping.mean_of\[0\].column: .*mean "us_pct"',
        ),
        (
            "roster.toml",
            "base = 0.5",
            "base = nan",
            "roster.toml:14: preferred_mandate.reassurance.base: must be a finite number, not nan",
        ),
        ("roster.toml", "base = 0.5", 'base = "half"', 'roster.toml:14: .*: must be a number, not "half"'),
        ("roster.toml", "base = 0.5", "base = 0", "roster.toml:14: .*base: must be more than 0, not 0"),
        ("roster.toml", 'title = "Four nations"', "title = ", "roster.toml:1: not valid TOML"),
        ("roster.toml", 'title = "Four nations"\n', "", "roster.toml:1: title: is missing"),
        (
            "positions.csv",
            "AAA,2025-04-10",
            "AAB,2025-04-10",
            'positions.csv:2: iso3: unknown nation "AAB"; did',
        ),
        (
            "positions.csv",
            "conditional",
            "conditonal",
            'positions.csv:2: position: .*did you mean "conditional"',
        ),
        ("positions.csv", "2025-04-10", "10 April", 'positions.csv:2: date: "10 April" is not a date'),
        (
            "positions.csv",
            "FOUND,B,0",
            "FOUND,B,1",
            "positions.csv:3: position: AAA has a position .* in line 2",
        ),
        ("positions.csv", "primary", "first", "positions.csv:1: primary: the column is missing"),
        ("conditions.csv", "AAA,clarity", "ABA,clarity", 'conditions.csv:2: iso3: unknown nation "ABA"'),
        ("conditions.csv", "clarity,0.4", "clearness,0.4", "conditions.csv:2: variable: unknown variable"),
        (
            "conditions.csv",
            "clarity,0.4",
            "clarity,4",
            "conditions.csv:2: at_least: 4 is out of range; allowed is 0 to 1",
        ),
        ("conditions.csv", "clarity,0.4", "clarity,", "conditions.csv:2: at_least: is empty"),
        (
            "conditions.csv",
            "2025-09-04",
            "2025-04-10",
            "conditions.csv:3: variable: AAA has a threshold .* in line 2",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(tiny: Path, file: str, old: str, new: str, message: str) -> None:
    change(tiny, file, old, new)
    assert re.match(message, told(tiny)), told(tiny)


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file(tiny: Path, file: str) -> None:
    (tiny / file).unlink()
    assert told(tiny).lower().startswith(f"{file}: ")


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"\xff\xfe\x00", b"\n\n\n", b'"', b"PAR1\x80"])
def test_a_file_that_is_no_table(tiny: Path, file: str, content: bytes) -> None:
    (tiny / file).write_bytes(content)
    assert told(tiny).startswith(file)


def test_a_folder_where_a_file_belongs(tiny: Path) -> None:
    (tiny / "conditions.csv").unlink()
    (tiny / "conditions.csv").mkdir()
    assert "conditions.csv: is a folder; a CSV file is wanted" in told(tiny)


def test_no_nations(tiny: Path) -> None:
    header = (tiny / "nations.csv").read_text().splitlines()[0]
    (tiny / "nations.csv").write_text(header + "\n")
    assert told(tiny).startswith("roster.toml:2: nations")


@pytest.mark.parametrize("folder", ["nowhere", "a\0b", "roster.toml"])
def test_no_such_folder(tiny: Path, folder: str) -> None:
    with pytest.raises(InputError, match="no such folder"):
        load_roster(tiny / folder)


def test_bad_sources_are_told_by_evidence(tiny: Path) -> None:
    change(tiny, "sources.csv", "column,", "col,")
    with pytest.raises(InputError, match=r"sources\.csv:1: column: the column is missing"):
        evidence(tiny, "AAA")


@settings(
    suppress_health_check=[*settings.default.suppress_health_check, HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_garbage_anywhere_is_read_or_told_never_a_crash(tiny: Path, data: st.DataObject) -> None:
    file = tiny / data.draw(
        st.sampled_from(["nations.csv", "positions.csv", "candidates.csv", "roster.toml"])
    )
    before = file.read_bytes()
    at = data.draw(st.integers(0, len(before)))
    length = data.draw(st.integers(0, 8))
    junk = data.draw(
        st.one_of(st.binary(max_size=8), st.sampled_from([b"1e308", b"-1", b"0", b",", b'"', b"[]"]))
    )
    try:
        file.write_bytes(before[:at] + junk + before[at + length :])
        load_roster(tiny)
    except InputError as error:
        assert "\n" not in str(error)
    finally:
        file.write_bytes(before)


def coded(folder: Path, contributes: str, kinds: str, line: int = 1) -> None:
    """Add the columns `contributes` and `kinds` to the positions, filled in one line of AAA or BBB."""
    file = folder / "positions.csv"
    header, *rows = file.read_text(encoding="utf-8").splitlines()
    rows = [f"{row},1,land" if "committed" in row else f"{row},," for row in rows]
    rows[line - 1] = f"{rows[line - 1].rsplit(',', 2)[0]},{contributes},{kinds}"
    file.write_text("\n".join([f"{header},contributes,kinds", *rows, ""]), encoding="utf-8")


@pytest.mark.parametrize(
    ("contributes", "kinds", "message"),
    [
        ("yes", "air", 'contributes: "yes" is not allowed; allowed: 1 .*, 0 .*, or empty'),
        ("2", "", 'contributes: "2" is not allowed; allowed: 1 .*, 0 .*, or empty'),
        ("1", "trainning", 'kinds: unknown kind "trainning"; did you mean "training"'),
        ("1", "air,", r"the line has 13 cells, the header has 12"),
        (
            "1",
            "money",
            'kinds: unknown kind "money"; .kinds. of roster.toml has land, air, .*, with blanks between',
        ),
        ("1", "air air", 'kinds: "air" stands there twice'),
        ("1", "", "kinds: is empty, but contributes is 1; name one or more of land, air"),
        ("0", "sea", "kinds: names a kind, but contributes is not 1"),
        ("", "sea", "kinds: names a kind, but contributes is not 1"),
    ],
)
def test_a_miscoded_contribution(tiny: Path, contributes: str, kinds: str, message: str) -> None:
    coded(tiny, contributes, kinds)
    assert re.match(f"positions.csv:2: {message}", told(tiny))


@pytest.mark.parametrize("contributes", ["0", ""])
def test_who_is_committed_contributes(tiny: Path, contributes: str) -> None:
    coded(tiny, contributes, "", line=3)
    assert re.match("positions.csv:4: contributes: .*committed; .*write 1", told(tiny))


def test_kinds_are_read_in_their_order_and_either_column_may_be_left_out(tiny: Path) -> None:
    assert {(said.contributes, said.kinds) for said in load_roster(tiny).positions} == {(None, ())}
    coded(tiny, "1", "sea  air")
    said = load_roster(tiny).positions[0]
    assert (said.contributes, said.kinds) == (True, ("air", "sea"))
    assert evidence(tiny, "AAA").positions[0].kinds == ("air", "sea")
