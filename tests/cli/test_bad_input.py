"""Mistakes of users end with one clear line and exit code 2, and nothing is left behind."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

BASELINE = "brussels-2025-04"
Command = Callable[..., Any]
EVENT = '[[events]]\nround = {round}\ntitle = "an event"\nmandate.clarity = 0.7\n'


def only_line(ended: Any) -> str:
    """The one line that is said."""
    assert ended.code == 2
    assert ended.out == ""
    (line,) = ended.err.splitlines()
    assert line.startswith("coalition: ")
    assert list(Path().iterdir()) == []
    return line.removeprefix("coalition: ")


@pytest.mark.parametrize(
    ("right", "wrong", "line", "says"),
    [
        (
            "involvement = 0.6",
            'involvement = "much"',
            6,
            "washington.involvement: must be a number from 0 to 1",
        ),
        ("involvement = 0.6", "involvment = 0.6", 6, 'did you mean "involvement"?'),
        ("involvement = 0.6", "involvement = 1.5", 6, "washington.involvement: must be a number from 0 to 1"),
        ("involvement = 0.6", "involvement = nan", 6, "washington.involvement: must be a number from 0 to 1"),
        ("rounds = 6", "rounds = -6", 4, "rounds: must be"),
        ("rounds = 6", "rounds = nan", 4, "rounds: must be"),
        ("[washington]", "[washington", 5, ""),
        (
            "[washington]",
            '[nations.ABC]\nposition = "open"\n[washington]',
            6,
            'no nation "ABC" in the roster; allowed: AAX, ABX',
        ),
        (
            "[washington]",
            '[[events]]\ndate = 2025-04-01\ntitle = "early"\nmandate.clarity = 0.7\n[washington]',
            5,
            "2025-04-10",
        ),
        ("[washington]", 2 * EVENT.format(round=3) + "[washington]", 9, "mandate.clarity"),
    ],
    ids=[
        "wrong type",
        "unknown key",
        "level out of range",
        "not a number",
        "negative rounds",
        "rounds not a number",
        "no TOML",
        "unknown nation",
        "event before the start",
        "duplicate event",
    ],
)
def test_a_mistake_in_a_file_is_told_by_its_line(
    coalition: Command, world: Command, right: str, wrong: str, line: int, says: str
) -> None:
    file = world()
    text = file.read_text(encoding="utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong), encoding="utf-8")
    told = only_line(coalition("run", file, "--runs", 5))
    assert told.startswith(f"{file}:{line}: ")
    assert says in told


def test_scenarios_that_extend_each_other_are_refused(coalition: Command, world: Command) -> None:
    one = world()
    other = one.with_name("other.toml")
    other.write_text('extends = "world.toml"\n', encoding="utf-8")
    one.write_text('extends = "other.toml"\n' + one.read_text(encoding="utf-8"), encoding="utf-8")
    told = only_line(coalition("run", one))
    assert f"{other}:1" in told or f"{one}:1" in told
    assert "extends" in told


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe\x89PNG\r\n\x1a\n", b"\n\n"])
def test_a_file_that_is_no_scenario_is_refused(coalition: Command, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "scenario.toml"
    file.write_bytes(content)
    assert only_line(coalition("run", file)).startswith(f"{file}")


def test_a_missing_file_is_named_with_its_nearest_match(coalition: Command, world: Command) -> None:
    file = world().with_name("wrold.toml")
    told = only_line(coalition("run", file))
    assert told.startswith(f"{file}: no such file")
    assert told.endswith('did you mean "world.toml"?')


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("run", "Missing argument"),
        ("run {world} --runs 0", "--runs: "),
        ("run {world} --runs 3000000000", "runs: must be at most 2147483647"),
        ("run {world} --runs x", "--runs: "),
        ("run {world} --runs 1.5", "--runs: "),
        ("run {world} --rounds 0", "--rounds: "),
        ("run {world} --rounds -3", "--rounds: "),
        ("run {world} --seed -1", "--seed: "),
        ("run {world} --threads -1", "--threads: "),
        ("run {world} --engine fast", "--engine: 'fast' is not one of 'ensemble', 'mesa'"),
        ("run {world} --rums 5", "No such option: --rums"),
        ("sweep us-by-clarity --scheduler tcp://here:1", "--scheduler: tcp://here:1 is not encrypted: "),
        ("run us-backstop --scheduler tcp://here:1", "--scheduler: tcp://here:1 is not encrypted: "),
        ("run us-backstop --workers 2 --scheduler tls://here:1", "--workers: give --workers or --scheduler"),
        ("sweep us-by-clarity --unencrypted", "--unencrypted: says how to reach a --scheduler, "),
        (
            "sweep us-by-clarity --workers 2 --scheduler tls://here:1",
            "--workers: give --workers or --scheduler",
        ),
        ("run {world} --runs", "--runs"),
        ("run {world} --set involvement", "--set involvement: must be KEY=VALUE"),
        ("run {world} --set washington.involvment=1", 'did you mean "involvement"?'),
        (f"run {BASELINE} --set nations.Nethrlands.position=open", 'did you mean "Netherlands"?'),
        ("run {world} --set washington.involvement=nan", "--set washington.involvement=nan: "),
        ("run {world} --rounds 99999999999999999999", "rounds"),
        ("run {world} --parameters no-such.toml", "no-such.toml: "),
        ("rum {world}", "No such command 'rum'"),
        ("validate", "Missing argument"),
    ],
)
def test_a_mistake_on_the_command_line_is_told_in_one_line(
    coalition: Command, world: Command, arguments: str, says: str
) -> None:
    told = only_line(coalition(*arguments.format(world=world()).split()))
    assert says in told


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["run", ""], "an argument"),
        (["validate", ""], "an argument"),
        (["run", BASELINE, "--parameters", ""], "--parameters"),
        (["run", BASELINE, "--out", "", "--runs", "5"], "--out"),
        (["run", BASELINE, "--out=", "--runs", "5"], "--out"),
    ],
)
def test_what_is_empty_is_refused(coalition: Command, arguments: list[str], named: str) -> None:
    assert only_line(coalition(*arguments)) == f"{named}: is empty; give a value, or leave it out"


@pytest.mark.parametrize(("out", "shown"), [(["--out", "o\udcff"], "o?"), (["--out=a/o\udcff"], "a/o?")])
def test_a_folder_whose_name_is_no_text_is_refused(
    coalition: Command, world: Command, out: list[str], shown: str
) -> None:
    told = only_line(coalition("run", world(), "--runs", 5, *out))
    assert told == f"--out: {shown} is not UTF-8 text; give another folder"


@pytest.mark.parametrize("out", ["/proc/results", "/dev/null", "{file}", "{file}/deeper"])
def test_a_folder_that_cannot_be_written_to_is_told_before_the_run(
    coalition: Command, world: Command, tmp_path: Path, out: str
) -> None:
    file = world()
    out = out.format(file=file)
    told = only_line(coalition("run", file, "--runs", 5, "--out", out))
    assert told.startswith(f"{out}/world: --out: cannot be written to: ")
    assert told.endswith("; give another folder")


@pytest.mark.slow
def test_a_mistake_is_told_alike_by_the_process(process: Command, tmp_path: Path) -> None:
    ended = process("run", BASELINE, "--rounds", 0)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("coalition: --rounds: ")
    assert len(ended.err.splitlines()) == 1
    ended = process("run", BASELINE, "--set", "washington.involvment=1", LC_ALL="C", PYTHONIOENCODING="ascii")
    assert ended.code == 2
    assert len(ended.err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
