"""Files of others: nothing is written elsewhere, shown as a command, or read without end."""

import csv
import os
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import html5lib
import pandas as pd
import pytest
from small_worlds import LEAST, SCENARIO, codes, write_roster

from sim.experiments.sweep.sweep import plan_sweep
from sim.inputs.case import load_case
from sim.inputs.characters import folder_name
from sim.inputs.csv_file import read_csv
from sim.inputs.errors import InputError
from sim.inputs.hindcast_file import load_hindcast
from sim.inputs.map_file import read_map
from sim.inputs.parameters import load_parameters
from sim.inputs.patterns_file import load_patterns
from sim.inputs.questions import load_questions
from sim.inputs.roster import load_roster
from sim.inputs.scenario import Scenario, load_scenario
from sim.inputs.sweep_file import load_sweep
from sim.inputs.toml_file import read_toml
from sim.results.spreadsheets import for_spreadsheets

Command = Callable[..., Any]
World = Callable[..., Path]

SWEEP = """\
title = "A sweep"
base = "brussels-2025-04"
[[levers]]
path = "washington.involvement"
range = [0, 1]
steps = 2
"""
LISTED = 'title = "A list"\nbase = "brussels-2025-04"\ndesign = "list"\nlist = "{file}"\n'


def told(read: Callable[..., object], *arguments: object) -> str:
    """Return the one line that reading fails with."""
    with pytest.raises(InputError) as caught:
        read(*arguments)
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 1300
    return message


# --- names -------------------------------------------------------------------------------------------

HOSTILE_NAMES = (
    "..",
    "...",
    "-rf",
    ".hidden",
    "a b; rm -rf ~",
    "$(id)",
    "a\x1b[31mb",
    "tab\tline\n",
    "ж" * 120,
    "\udcff",
)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_file_of_any_name_gives_results_a_folder_of_a_plain_one(world: World, name: str) -> None:
    scenario = world()
    file = scenario.with_name(f"{name}.toml")
    file.write_text(scenario.read_text("utf-8"), "utf-8")
    sweep = file.with_name(f"{name}-sweep.toml")
    sweep.write_text(SWEEP, "utf-8")
    for found in (load_scenario(file).name, load_sweep(sweep).name):
        assert Path(found).parts == (found,)
        assert not found.startswith((".", "-"))
        assert found.isprintable() and " " not in found
        assert len(os.fsencode(found)) <= 240


@pytest.mark.parametrize(
    "name", ["../../elsewhere", "/etc/passwd", "..", "", "a\0b", "a/../../b", "\\\\host\\share"]
)
def test_a_name_given_in_python_cannot_leave_the_folder_of_results(name: str) -> None:
    data = read_toml(Path(load_scenario("brussels-2025-04")._origin.layer.places[()].file or "")).data
    found = Scenario.from_dict(data, name=name).name
    assert Path(found).parts == (found,)
    assert found not in {".", ".."}


def test_a_name_in_which_nothing_is_plain_becomes_the_usual_one() -> None:
    assert folder_name("///", "scenario") == "scenario"
    assert folder_name("us-backstop", "scenario") == "us-backstop"
    assert folder_name("Où va l’Europe", "scenario") == "Où-va-l-Europe"


@pytest.mark.slow
def test_what_is_run_writes_into_the_folder_of_results_alone(coalition: Command, world: World) -> None:
    file = world(title="../../../etc/passwd")
    hostile = file.with_name("-.. ;$(touch x).toml")
    file.rename(hostile)
    before = set(hostile.parent.rglob("*"))
    ended = coalition("run", "--runs", 2, "--quiet", "--", hostile)
    assert ended.code == 0, ended.err
    assert [path.name for path in Path().iterdir()] == ["results"]
    assert [path.name for path in Path("results").iterdir()] == ["touch-x"]
    assert set(hostile.parent.rglob("*")) == before


# --- paths -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../points.csv", "/etc/passwd", "a/b.csv", "..", "a\\\\b.csv"])
def test_points_are_listed_in_a_file_beside_the_sweep(tmp_path: Path, name: str) -> None:
    file = tmp_path / "sweep.toml"
    file.write_text(LISTED.format(file=name), "utf-8")
    assert told(load_sweep, file).startswith(f"{file}:4: list: ")


@pytest.mark.parametrize("key", ["extends", "roster"])
@pytest.mark.parametrize("path", ["a\\u0000b", "n" * 5000, "~", "/dev/full/x"])
def test_a_path_that_leads_nowhere_is_told_by_its_key(world: World, key: str, path: str) -> None:
    file = world()
    text = file.read_text("utf-8").replace('roster = "roster"\n', "")
    file.write_text(f'{key} = "{path}"\n{text}', "utf-8")
    assert told(load_case, file).startswith(f"{file}:1: {key}: ")


def test_a_folder_that_is_no_roster_is_told_by_the_key_that_names_it(world: World) -> None:
    file = world()
    file.write_text(file.read_text("utf-8").replace('"roster"', '".."'), "utf-8")
    assert told(load_case, file) == f'{file}:2: roster: ".." is a folder without a roster.toml'


@pytest.mark.parametrize("key", ["map", "nations"])
@pytest.mark.parametrize("name", ["n" * 300, "a\\u0000b"])
def test_a_table_of_an_impossible_name_is_told(world: World, key: str, name: str) -> None:
    file = world()
    declared = file.parent / "roster" / "roster.toml"
    text = declared.read_text("utf-8").replace('"nations.csv"', f'"{name}"') if key == "nations" else ""
    declared.write_text(text or f'map = "{name}"\n{declared.read_text("utf-8")}', "utf-8")
    assert told(load_case, file).startswith(f"{declared.parent}/")


def test_a_file_that_is_no_scenario_is_not_quoted(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("password: correct horse battery staple\n", "utf-8")
    file = tmp_path / "case.toml"
    file.write_text('extends = "secret"\n', "utf-8")
    assert "horse" not in told(load_case, file)


@pytest.mark.parametrize(
    "load", [load_scenario, load_sweep, load_hindcast, load_patterns, load_parameters, read_toml, load_case]
)
@pytest.mark.parametrize("name", ["n" * 5000, "a\0b", "\x1b[31m", "a\nb", "\udcff", "/dev/null/x"])
def test_a_file_of_an_impossible_name_is_told_in_one_line(load: Callable[..., object], name: str) -> None:
    assert "no such file" in told(load, Path(name)) or "cannot be read" in told(load, Path(name))


# --- size --------------------------------------------------------------------------------------------

HUGE = 2**36
"""Bytes of a file that is one hole: whoever read it whole would need 64 GB."""


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("case.toml", load_case),
        ("sweep.toml", load_sweep),
        ("parameters.toml", load_parameters),
        ("draws.parquet", load_parameters),
        ("nations.csv", read_csv),
        ("map.geojson", read_map),
    ],
)
def test_a_huge_file_is_refused_and_not_read(tmp_path: Path, name: str, read: Callable[..., object]) -> None:
    with (tmp_path / name).open("wb") as file:
        file.truncate(HUGE)
    assert told(read, tmp_path / name).startswith(f"{tmp_path / name}: is ")


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        (
            "case.toml",
            'extends = "brussels-2025-04"\nevents = [' + "1," * 20_000 + "]",
            ":2: events[0]: must be",
        ),
        ("sweep.toml", "levers = [" + "1," * 20_000 + "]", ":1: levers[0]: must be a table"),
        (
            "map.geojson",
            '{"type": "FeatureCollection", "features": [' + "1," * 20_000 + "1]}",
            ": features[0]: must be a table",
        ),
    ],
)
def test_of_thousands_of_mistakes_the_first_is_told(tmp_path: Path, name: str, text: str, says: str) -> None:
    file = tmp_path / name
    file.write_text(text, "utf-8")
    read = {"case.toml": load_case, "sweep.toml": load_sweep, "map.geojson": read_map}[name]
    assert told(read, file).startswith(f"{file}{says}")


def test_a_huge_list_of_points_is_refused_and_not_read(tmp_path: Path) -> None:
    (tmp_path / "sweep.toml").write_text(LISTED.format(file="points.csv"), "utf-8")
    with (tmp_path / "points.csv").open("wb") as file:
        file.truncate(HUGE)
    assert "points.csv: is larger than 20 MB" in told(plan_sweep, tmp_path / "sweep.toml")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            ",".join(f"c{number}" for number in range(1_001)),
            ":1: names 1,001 columns; at most 1,000 are allowed",
        ),
        ("iso3\n" + "A\n" * 500_001, ": has 500,001 rows; at most 500,000 are allowed"),
        ("iso3\n" + "x" * 200_000, ":2: not readable as CSV: field larger than field limit"),
    ],
    ids=["columns", "rows", "a cell"],
)
def test_a_table_larger_than_any_use_is_refused(tmp_path: Path, content: str, says: str) -> None:
    file = tmp_path / "nations.csv"
    file.write_text(content, "utf-8")
    assert f"{file}{says}" in told(read_csv, file)


def test_more_nations_than_there_can_be_are_refused(tmp_path: Path) -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    rows = [f"{a}{b}{c},Land,1,no" for a in letters for b in letters for c in letters]
    (tmp_path / "roster.toml").write_text(LEAST, "utf-8")
    (tmp_path / "nations.csv").write_text("\n".join(["iso3,name,sent,approval", *rows]), "utf-8")
    assert told(load_roster, tmp_path).startswith(
        f"{tmp_path}/roster.toml:2: nations: 17,576 nations; at most 5,000 are allowed"
    )


@pytest.mark.parametrize("values", [range(1_001), []])
def test_a_factor_takes_so_many_values_as_can_be_tried(tmp_path: Path, values: Any) -> None:
    given = ", ".join(f"{value / 2000}" for value in values)
    file = tmp_path / "sweep.toml"
    file.write_text(SWEEP.replace("range = [0, 1]\nsteps = 2", f"values = [{given}]"), "utf-8")
    assert told(load_sweep, file).startswith(f"{file}:3: levers[0]: ")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("case.toml", "a = " + "[" * 400_000),
        ("case.toml", "a" + ".a" * 400_000 + " = 1"),
        ("case.toml", "x = 'y' z\n" + "[" + "a." * 400_000 + "a]"),
        ("map.geojson", '{"a":' * 100_000),
        ("map.geojson", "[" * 1_000_000),
        ("map.geojson", '{"a": ' + "9" * 5_000 + "}"),
    ],
)
def test_nesting_without_end_is_refused(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    assert name in told(read_map if name == "map.geojson" else read_toml, tmp_path / name)


# --- what is no file ---------------------------------------------------------------------------------

READERS = {
    "case.toml": load_case,
    "sweep.toml": load_sweep,
    "hindcast.toml": load_hindcast,
    "patterns.toml": load_patterns,
    "questions.toml": load_questions,
    "parameters.toml": load_parameters,
    "draws.parquet": load_parameters,
    "nations.csv": read_csv,
    "map.geojson": read_map,
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
@pytest.mark.parametrize("name", READERS)
def test_a_named_pipe_is_refused_and_not_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    assert told(READERS[name], tmp_path / name) == f"{tmp_path / name}: is not a regular file"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there are no devices")
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
@pytest.mark.parametrize("read", [load_case, load_sweep, read_csv, load_parameters])
def test_a_device_is_refused_and_not_read(read: Callable[..., object], device: str) -> None:
    assert told(read, Path(device)) == f"{device}: is not a regular file"


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="shells hand nothing over")
def test_what_a_shell_hands_over_is_read(tmp_path: Path) -> None:
    end, start = os.pipe()
    with os.fdopen(start, "w") as pipe:
        pipe.write('extends = "brussels-2025-04"\nrounds = 3\n')
    try:
        assert load_scenario(Path(f"/dev/fd/{end}")).rounds == 3
    finally:
        os.close(end)


# --- control characters ------------------------------------------------------------------------------

SIGNS = ["\x1b[31m", "\x1b]0;title\x07", "\u202e", "\u2066", "\x9b2J", "\x7f", "\b", "\uffff"]


@pytest.mark.parametrize("sign", SIGNS)
def test_a_text_that_commands_a_terminal_is_refused_in_a_scenario(world: World, sign: str) -> None:
    escaped = "".join(f"\\u{ord(character):04x}" for character in sign)
    file = world(title=f"Peace{escaped}")
    assert told(load_scenario, file) == (
        f"{file}:1: title: holds the control character U+{ord(sign[0]):04X}, which no text may"
    )
    event = f'[[events]]\nround = 1\ntitle = "a{escaped}"\nceasefire = 1\n'
    file.write_text(file.read_text("utf-8").replace(f"Peace{escaped}", "Peace") + event, "utf-8")
    assert ": events[0].title: holds the control character" in told(load_scenario, file)


@pytest.mark.parametrize("sign", SIGNS)
def test_a_text_that_commands_a_terminal_is_refused_in_a_roster(world: World, sign: str) -> None:
    file = world()
    nations = file.parent / "roster" / "nations.csv"
    right = nations.read_text("utf-8")
    nations.write_text(right.replace("Land ABX", f"Land {sign}"), "utf-8")
    assert told(load_case, file).startswith(f"{nations}:3: holds the control character U+")
    escaped = "".join(f"\\u{ord(character):04x}" for character in sign)
    nations.write_text(right, "utf-8")
    declared = file.parent / "roster" / "roster.toml"
    text = declared.read_text("utf-8")
    declared.write_text(text.replace('name = "the patron"', f'name = "{escaped}"'), "utf-8")
    assert ": actors.patron.name: holds the control character U+" in told(load_case, file)


@pytest.mark.parametrize("text", ["\x1b[31m", "\udcff"])
def test_a_text_that_commands_a_terminal_is_refused_on_the_command_line(
    coalition: Command, world: World, text: str
) -> None:
    ended = coalition("run", world(), "--set", f"title={text}")
    assert ended.code == 2
    assert ended.err.startswith("coalition: --set title=?")
    assert ended.err.rstrip("\n").isprintable()


def test_an_option_that_commands_a_terminal_is_shown_harmless(coalition: Command) -> None:
    ended = coalition("run", "x", "--runs", "\x1b[2J")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.rstrip("\n").isprintable()


def test_line_breaks_tabs_and_other_scripts_are_text(world: World) -> None:
    title = "Où va l’Europe?\\tŁódź, Київ, القاهرة, 東京 \\U0001F30D"
    assert load_scenario(world(title=title)).title.endswith("東京 \U0001f30d")


# --- markup and formulas -----------------------------------------------------------------------------

NAMES = (
    '"=HYPERLINK(""http://example.org"")"',
    "<img src=x onerror=alert(1)>",
    "[/bold] [link=http://example.org]x[/link]",
    "@SUM(A1) :smile:",
    "$x^2$ %s {0} & \\frac",
)
TITLE = "<script>alert(1)</script> [/red] $x$ & ' {{ 7 * 7 }}"


@pytest.fixture
def marked(tmp_path: Path) -> Path:
    """A world whose names and title are markup."""
    nations = codes(len(NAMES))
    rows = [
        f"{code},{name},{500 + 10 * n}," for n, (code, name) in enumerate(zip(nations, NAMES, strict=True))
    ]
    positions = {code: "committed" if code == "AAX" else "open" for code in nations}
    write_roster(tmp_path / "world" / "roster", rows, positions, leads=["AAX"])
    roster = tmp_path / "world" / "roster" / "roster.toml"
    text = roster.read_text("utf-8").replace("the patron", "[/x] <b>").replace("the adversary", "{0}")
    roster.write_text(text, "utf-8")
    file = tmp_path / "world" / "marked.toml"
    file.write_text(SCENARIO.format(title=TITLE, rounds=6), "utf-8")
    return file


@pytest.mark.slow
def test_markup_and_formulas_are_shown_as_they_are_written(
    coalition: Command, marked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    ended = coalition("run", marked, "--runs", 20, "--csv", "--report")
    assert ended.code == 0, ended.err
    names = [next(csv.reader([name])) for name in NAMES]
    for (name,) in names:
        assert name[:12] in ended.out  # the rest may stand on the next line
    assert TITLE in ended.out
    (folder,) = Path("results/marked").iterdir()

    with (folder / "summary.csv").open(encoding="utf-8", newline="") as file:
        written = {row["name"] for row in csv.DictReader(file)}
    assert written == {name if not name.startswith(("=", "@")) else f"'{name}" for (name,) in names}
    assert set(pd.read_parquet(folder / "summary.parquet")["name"]) == {name for (name,) in names}

    page = (folder / "report.html").read_text("utf-8")
    document = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    assert len(list(document.iter("script"))) == 1
    assert not [image for image in document.iter("img") if not image.attrib["src"].startswith("data:")]
    assert not list(document.iter("b"))
    assert "".join(document.find(".//h1").itertext()) == TITLE

    for picture in (folder / "figures").glob("*.svg"):
        drawn = ET.parse(picture)  # noqa: S314 - our own file
        assert not [element for element in drawn.iter() if element.tag.endswith("script")]


def test_a_text_that_a_spreadsheet_would_compute_stands_behind_an_apostrophe() -> None:
    texts = ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "a=1", "", "'", "="]
    table = pd.DataFrame({"text": texts, "number": range(-5, 5)})
    safe = for_spreadsheets(table)
    assert safe["text"].tolist() == ["'=1+1", "'+1", "'-1", "'@x", "'\t=1", "'\r=1", "a=1", "", "'", "'="]
    assert safe["number"].tolist() == list(range(-5, 5))
    assert table["text"].tolist() == texts
