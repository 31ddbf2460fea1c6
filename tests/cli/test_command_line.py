"""The `coalition` command, as its users type it."""

import contextlib
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

import sim
from sim.cli.answers import same_results
from sim.cli.commands import GROUPS, load_command
from sim.cli.program import app
from sim.inputs.bundled import bundled_scenarios

BASELINE = "brussels-2025-04"
LINES = {name: line for group in GROUPS.values() for name, line in group.items()}
COALITION = Path(sys.executable).with_name("coalition")
Command = Callable[..., Any]


def test_help_names_the_commands(coalition: Command) -> None:
    ended = coalition("--help")
    assert ended.code == 0
    for command in ("run", "scenarios", "validate", "schema", "evidence"):
        assert f" {command} " in ended.out


def test_help_lists_every_command_once_in_its_group(coalition: Command) -> None:
    text = coalition("--help").out
    places = [text.index(f"─ {group} ─") for group in ("Ask", "Trust", "Make")]
    assert places == sorted(places)
    for command, above, below in (("run", 0, 1), ("hindcast", 1, 2)):
        assert places[above] < text.index(f"│ {command} ") < places[below]
    assert text.index("│ scenarios ") < text.index("│ run ")
    assert all(text.count(f"│ {command} ") == 1 for commands in GROUPS.values() for command in commands)


def test_it_tells_its_version(coalition: Command) -> None:
    assert coalition("--version").out == f"coalition-sim {sim.__version__}\n"


def test_python_runs_the_package_as_the_command(coalition: Command) -> None:
    told = subprocess.check_output([sys.executable, "-m", "sim", "scenarios"], encoding="utf-8")
    assert told == coalition("scenarios").out


def test_no_command_is_a_question_for_help(coalition: Command) -> None:
    assert coalition() == coalition("--help")


@pytest.mark.parametrize("command", ["run", "scenarios", "validate", "schema", "evidence"])
def test_every_command_explains_itself(command: str) -> None:
    told = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "120"})
    assert told.exit_code == 0
    assert f"Usage: coalition {command}" in told.output or f"Usage: root {command}" in told.output


@pytest.mark.parametrize("name", LINES)
def test_the_line_of_a_command_opens_its_help(name: str) -> None:
    assert load_command(name).help.splitlines()[0] == LINES[name]


def test_help_of_run_names_its_options() -> None:
    told = CliRunner().invoke(app, ["run", "--help"], env={"COLUMNS": "120"}).output
    options = (
        "--runs --rounds --seed --set --parameters --out --threads --trajectories --csv --engine --quiet"
    )
    assert set(options.split()) <= set(told.split())


def test_an_empty_value_may_be_set(coalition: Command, world: Command) -> None:
    ended = coalition("run", world(), "--set", "description=", "--runs", 5, "-q")
    assert (ended.code, ended.err) == (0, "")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="shells differ")
@pytest.mark.parametrize("stream", ["1", "2"])
def test_it_runs_where_nobody_listens(world: Command, tmp_path: Path, stream: str) -> None:
    command = f"{COALITION} run {world()} --runs 5 --out {tmp_path / 'out'} {stream}>&-"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)  # noqa: S603, S607
    assert done.stderr == ""
    assert list((tmp_path / "out" / "world").glob("*/manifest.json"))


# --- run ---------------------------------------------------------------------------------------------


def test_run_prints_who_joins_and_writes_the_results(coalition: Command, world: Command) -> None:
    ended = coalition("run", world(), "--runs", 20)
    assert ended.code == 0
    assert ended.out.startswith("A small world\n")
    assert re.search(r"Land AAX +9\d % \[", ended.out)
    assert ended.out.splitlines()[-2] == "more: --full, or as a page: coalition report"
    for outcome in ("declare soldiers on land", "contribute any military means", "soldiers pledged"):
        assert re.search(
            rf"^{outcome} .*\((learned|likely|not told|fitted|assumed)\) *$", ended.out, re.MULTILINE
        )
    folder = Path(ended.out.splitlines()[-1].removeprefix("results: "))
    assert folder.parent == Path("results/world")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["runs"] == 20
    assert len(pd.read_parquet(folder / "runs.parquet")) == 20


@pytest.mark.parametrize(
    "command",
    [
        *("run", "compare", "explain", "sweep", "sensitivity"),
        *("hindcast", "patterns", "calibrate", "cross-validate", "evidence", "forecast"),
    ],
)
def test_what_has_a_first_screen_prints_all_on_demand(command: str) -> None:
    told = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "120"}).output
    assert re.search(r"--full +<bool> +Print all of it: every row, column, table and note\.", told)


def test_full_prints_all_and_is_no_part_of_the_command(coalition: Command, world: Command) -> None:
    file = world()
    first, full = (coalition("run", file, "--runs", 20, *more) for more in ((), ("--full",)))
    assert len(full.out) > len(first.out)
    assert re.search(r"Land AAX +committed +9\d % \[", full.out)
    assert "more:" not in full.out
    folder = Path(full.out.splitlines()[-1].removeprefix("results: "))
    assert "--full" not in (folder / "document.json").read_text(encoding="utf-8")


def test_run_heeds_its_options(coalition: Command, world: Command) -> None:
    arguments = "--runs 12 --rounds 4 --seed 7 --set washington.involvement=0.2 --set mandate.clarity=0.9 "
    arguments += "--out here --threads 2 --trajectories --csv --quiet --engine mesa"
    file = world()
    ended = coalition("run", file, *arguments.split())
    assert ended.code == 0, ended.err
    (line,) = ended.out.splitlines()
    folder = Path(line.removeprefix("results: "))
    assert folder.parts[:2] == ("here", "world")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["runs"], manifest["seed"], manifest["engine"]) == (12, 7, "mesa")
    assert manifest["scenario"]["rounds"] == 4
    assert [event["title"] for event in manifest["events"]] == [
        "set: washington.involvement = 0.2",
        "set: mandate.clarity = 0.9",
    ]
    assert (folder / "runs.csv").exists()
    trajectories = pd.read_parquet(folder / "trajectories")
    assert len(trajectories) == 12 * 5 * 5
    expected = sim.run(
        file,
        overrides=manifest_overrides(manifest),
        runs=12,
        seed=7,
        trajectories=True,
    )
    assert trajectories["propensity"].tolist() == expected.trajectories["propensity"].tolist()


def manifest_overrides(manifest: dict[str, Any]) -> list[str]:
    """What a reader of the manifest would type to get the same runs."""
    said = [event["title"].removeprefix("set: ").replace(" = ", "=") for event in manifest["events"]]
    return [*said, f"rounds={manifest['scenario']['rounds']}"]


def test_parameters_of_a_file_are_used(coalition: Command, world: Command) -> None:
    Path("mine.toml").write_text("[wander]\nvalue = 0.0625\n", encoding="utf-8")
    ended = coalition("run", world(), "--runs", 2, "-q", "--parameters", "mine.toml")
    assert ended.code == 0, ended.err
    folder = Path(ended.out.strip().removeprefix("results: "))
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["parameters"]["wander"] == 0.0625


@pytest.mark.slow
def test_run_takes_several_scenarios(coalition: Command, world: Command) -> None:
    ended = coalition("run", world(), "us-backstop", "--runs", 3, "--rounds", 2, "--quiet")
    assert [line.split("/")[1] for line in ended.out.splitlines()] == ["world", "us-backstop"]


def test_a_mistake_in_any_scenario_is_told_before_any_is_run(coalition: Command, world: Command) -> None:
    ended = coalition("run", world(), "us-backstopp", "--runs", 3)
    assert ended.code == 2
    assert 'did you mean "us-backstop"?' in ended.err
    assert list(Path().iterdir()) == []


# --- the other commands ------------------------------------------------------------------------------


def test_scenarios_lists_what_is_bundled(coalition: Command) -> None:
    ended = coalition("scenarios")
    assert ended.code == 0
    for name in bundled_scenarios():
        assert re.search(rf"^{name} ", ended.out, re.MULTILINE)


def test_validate_accepts_what_is_bundled(coalition: Command) -> None:
    files = bundled_scenarios().values()
    ended = coalition("validate", *files, next(iter(files)).parent / "rosters" / "europe-2025")
    assert (ended.code, ended.err) == (0, "")
    assert len(ended.out.splitlines()) == len(files) + 1
    assert "ok, Brussels, 10 April 2025: 52 rounds, 0 events, 38 nations" in ended.out
    assert "38 nations" in ended.out.splitlines()[-1]


def test_validate_checks_every_file_whatever_is_wrong_with_the_others(
    coalition: Command, world: Command
) -> None:
    good = world()
    bad = good.with_name("bad.toml")
    bad.write_text(good.read_text().replace("0.6", '"much"', 1), encoding="utf-8")
    ended = coalition("validate", bad, "no-such.toml", good)
    assert ended.code == 2
    assert ended.out == f"{good}: ok, A small world: 6 rounds, 0 events, 5 nations\n"
    told = ended.err.splitlines()
    assert len(told) == 2
    assert told[0].startswith(f"coalition: {bad}:6: washington.involvement: ")
    assert told[1].startswith("coalition: no-such.toml: no such file")


def test_one_of_a_kind_is_told_in_the_singular(coalition: Command, world: Command) -> None:
    file = world(nations=1, rounds=1, rest='[[events]]\nround = 1\ntitle = "t"\nceasefire = 0.5\n')
    assert coalition("validate", file).out == f"{file}: ok, A small world: 1 round, 1 event, 1 nation\n"


def test_schema_is_a_json_schema_of_the_bundled_scenarios(coalition: Command) -> None:
    schema = json.loads(coalition("schema").out)
    assert schema["type"] == "object"
    for file in bundled_scenarios().values():
        given = tomllib.loads(file.read_text(encoding="utf-8"))
        assert set(given) <= set(schema["properties"]), file
    assert schema["additionalProperties"] is False
    assert {"washington", "mandate", "moscow"} <= set(schema["required"])
    references = re.findall(r'"\$ref": "#/\$defs/(\w+)"', json.dumps(schema))
    assert references
    assert set(references) <= set(schema["$defs"])


def test_scenarios_validate_against_the_schema(coalition: Command) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(coalition("schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    scenario = {
        "title": "t",
        "roster": "rosters/europe-2025",
        "start": "2025-04-10",
        "rounds": 3,
        "washington": {"involvement": "backstop"},
        "mandate": {"purpose": "reassurance", "clarity": 0.05},
        "moscow": {"pressure": "warnings"},
    }
    validator.validate(scenario)
    assert not validator.is_valid({**scenario, "rounds": 0})
    assert not validator.is_valid({**scenario, "washinton": {}})


def test_evidence_tells_what_a_coding_rests_on(coalition: Command) -> None:
    first, full = (coalition("evidence", "NLD", *more) for more in ((), ("--full",)))
    headings = ("Stated positions", "Stated conditions", "What past coalitions ask of it", "How fast it sees")
    for ended in (first, full):
        assert ended.code == 0
        assert ended.out.startswith("Netherlands (NLD)\n")
        for heading in (*headings, "Soldiers that it can send", "At home", "Missing"):
            assert f"\n{heading}" in ended.out
    assert "https://" not in first.out
    assert "https://" in full.out


@pytest.mark.parametrize(
    ("nation", "part"),
    [
        ("DEU", "4 Sep 2025: undecided, names a part: training - "),
        ("JPN", "4 Sep 2025: opposed, refuses any part - "),
        ("NLD", "4 Sep 2025: conditional - "),
    ],
)
def test_evidence_tells_which_part_in_the_mission_was_named(
    coalition: Command, nation: str, part: str
) -> None:
    assert part in coalition("evidence", nation).out


def test_evidence_of_a_roster_without_sources_names_none(coalition: Command, world: Command) -> None:
    roster = world(nations=2).parent / "roster"
    told = coalition("evidence", "AAX", "--roster", roster, "--full").out
    assert "\nsent 500.\n" in told
    assert "from \n" not in told
    assert "()" not in told


def test_evidence_of_an_unknown_nation_names_the_nearest(coalition: Command) -> None:
    ended = coalition("evidence", "Netherland")
    assert ended.code == 2
    assert "Netherlands" in ended.err
    assert len(ended.err.splitlines()) == 1


# --- wherever it runs --------------------------------------------------------------------------------


ENGINES, FIGURES = {"numba", "llvmlite", "mesa"}, {"matplotlib"}
TABLES = {"pandas", "pyarrow", "scipy"}


@pytest.mark.parametrize(
    ("arguments", "without"),
    [
        ("--help", {*ENGINES, *FIGURES, *TABLES, "numpy", "pydantic", "streamlit"}),
        ("run --help", {*ENGINES, *FIGURES, *TABLES}),
        ("validate us-backstop", {*ENGINES, *FIGURES}),
        ("run no-such-scenario", {*ENGINES, *FIGURES, *TABLES}),
        ("run us-backstop --runs 2 --rounds 2 --quiet", {"mesa", "SALib"}),
    ],
)
def test_no_more_is_loaded_than_a_command_uses(tmp_path: Path, arguments: str, without: set[str]) -> None:
    code = (
        f"import sys, sim; sys.argv = ['coalition', *{arguments.split()!r}]\n"
        "from sim.cli import main\n"
        "try: main()\n"
        f"except SystemExit: print('loaded:', sorted({without!r} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.splitlines()[-1] == "loaded: []"


@pytest.mark.slow
def test_the_program_runs_as_a_process(process: Command, tmp_path: Path) -> None:
    ended = process("run", BASELINE, "--runs", 50, "--rounds", 5)
    assert ended.code == 0, ended.err
    assert "\x1b" not in ended.out
    assert "Traceback" not in ended.err
    folder = tmp_path / ended.out.splitlines()[-1].removeprefix("results: ")
    assert (folder / "manifest.json").exists()
    again = process("run", BASELINE, "--runs", 50, "--rounds", 5, NO_COLOR="1", COLUMNS="80", TERM="dumb")
    assert again.out.splitlines()[-1] == ended.out.splitlines()[-1]


@pytest.mark.slow
@pytest.mark.parametrize(
    "variables",
    [
        {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"HOME": None, "XDG_CACHE_HOME": None},
        {"COLUMNS": "80", "NO_COLOR": "1"},
    ],
    ids=["ascii", "C locale", "no HOME", "80 columns"],
)
def test_it_runs_wherever_it_is(
    process: Command, world: Command, tmp_path: Path, variables: dict[str, str | None]
) -> None:
    file = world(title="Où va l’Europe – Türkiye, Łódź")
    ended = process("run", file, "--runs", 3, **variables)
    assert ended.code == 0, ended.err
    assert "Land AAX" in ended.out
    assert "Traceback" not in ended.err
    manifests = list(tmp_path.glob("results/world/*/manifest.json"))
    assert json.loads(manifests[0].read_text(encoding="utf-8"))["title"] == "Où va l’Europe – Türkiye, Łódź"
    assert process("validate", file, **variables).code == 0


@pytest.mark.slow
def test_it_runs_where_compiled_code_cannot_be_kept(process: Command, world: Command, tmp_path: Path) -> None:
    in_the_way = tmp_path / "cache"
    in_the_way.write_text("not a folder")
    ended = process("run", world(), "--runs", 3, XDG_CACHE_HOME=str(in_the_way))
    assert ended.code == 0, ended.err
    assert "Land AAX" in ended.out


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="terminals differ")
def test_on_a_terminal_of_80_columns_no_line_is_longer(world: Command, tmp_path: Path) -> None:
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    unset = {"COLUMNS", "LINES", "NO_COLOR"}
    variables = {name: value for name, value in os.environ.items() if name not in unset}
    running = subprocess.Popen(  # noqa: S603
        [COALITION, "run", world(), "--runs", "5"],
        cwd=tmp_path,
        env={**variables, "TERM": "xterm"},
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # how a terminal ends that nobody writes to any more
        while piece := os.read(ours, 4096):
            shown += piece
    os.close(ours)
    assert running.wait(timeout=60) == 0
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode("utf-8")).split("\n")
    assert max(len(part) for line in lines for part in line.rstrip("\r").split("\r")) <= 80
    assert any(re.match(r"(Land )?AAX\b", line) for line in lines)


def test_a_report_names_the_command_without_what_changes_no_result() -> None:
    given = ["sweep", "us-by-clarity", "--out", "a b", "-q", "--threads=2", "--runs", "20", "--resume"]
    assert same_results(given) == "coalition sweep us-by-clarity --runs 20"
