"""Results folders that hold links, damage, other clocks' times, or stand where nothing can be written."""

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from signing import sign

import sim
from sim.experiments.run import run_into_folder
from sim.experiments.runs import Runs
from sim.experiments.sweep.sweep import plan_sweep, run_sweep
from sim.outputs.redraw import Wanted, redraw
from sim.results.about import About, work
from sim.results.drawing import write_figures
from sim.results.parts import PartsFolder
from sim.system.drafts import Draft
from sim.system.failures import Failure
from sim.system.folders import write
from sim.system.manifests import MANIFEST

COALITION = Path(sys.executable).with_name("coalition")
Command = Callable[..., Any]
SWEEP = """\
title = "A sweep"
base = "brussels-2025-04"
runs = 3
rounds = 4
[[levers]]
path = "washington.involvement"
range = [0, 1]
steps = 3
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links, locks and disks differ")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A folder that nobody may change: files that are called like ours."""
    folder = tmp_path / "elsewhere"
    (folder / "parts").mkdir(parents=True)
    for name in (
        "mine",
        "000000.parquet",
        "joining.svg",
        "parts/000000.parquet",
        "manifest.json",
        ".x.draft",
    ):
        (folder / name).write_text("do not touch")
    before = contents(folder)
    yield folder
    assert contents(folder) == before


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = sim.load_case("hindcast-2025", ["rounds=6"])
    return run_into_folder(case, Runs(5), tmp_path_factory.mktemp("results"))[1]


@pytest.fixture
def copy(run_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(run_folder, tmp_path / "copy"))


# --- links -------------------------------------------------------------------------------------------


def test_results_that_are_a_link_are_replaced_and_what_it_leads_to_is_not(
    tmp_path: Path, elsewhere: Path
) -> None:
    target = tmp_path / "run"
    target.symlink_to(elsewhere)
    draft = Draft(target)
    (draft.folder / "table").write_text("new")
    draft.publish()
    draft.close()
    assert not target.is_symlink()
    assert [path.name for path in tmp_path.iterdir() if path != elsewhere] == ["run"]


@pytest.mark.parametrize("is_there", [True, False])
def test_an_abandoned_draft_that_is_a_link_is_cleared_as_a_link(
    tmp_path: Path, elsewhere: Path, is_there: bool
) -> None:
    link = tmp_path / ".run.0123abcd.draft"
    link.symlink_to(elsewhere if is_there else tmp_path / "nowhere")
    Draft(tmp_path / "run").close()
    assert not link.is_symlink()


@pytest.mark.parametrize("link", [".", "parts", "figures", "generations"])
def test_parts_are_not_written_through_a_link(tmp_path: Path, elsewhere: Path, link: str) -> None:
    folder = tmp_path / "sweep"
    if link != ".":
        folder.mkdir()
    (folder / link).symlink_to(elsewhere)
    with (
        pytest.raises(Failure, match=r"sweep.*: is a link to another folder"),
        PartsFolder(folder, "sweep", About(kind="sweep")) as parts,
    ):
        parts.remove("parts")


def test_a_half_written_part_that_is_a_link_is_cleared_as_a_link(tmp_path: Path, elsewhere: Path) -> None:
    folder = tmp_path / "sweep"
    folder.mkdir()
    for name, target in (
        (".a.parquet.draft", elsewhere / "mine"),
        (".b.parquet.draft", elsewhere / "not there"),
    ):
        (folder / name).symlink_to(target)
    with PartsFolder(folder, "sweep", About(kind="sweep")) as parts:
        parts.write("a", pd.DataFrame({"x": [1]}))
        parts.write("b", pd.DataFrame({"x": [1]}))
    left = sorted(path.name for path in folder.iterdir())
    assert left == ["a.parquet", "b.parquet", "digests.sha256", "manifest.json"]


def test_figures_replace_links_and_not_what_they_lead_to(tmp_path: Path, elsewhere: Path) -> None:
    figures = tmp_path / "figures"
    figures.mkdir()
    (figures / "joining.png").symlink_to(elsewhere / "mine")
    (figures / "drawn before.png").symlink_to(elsewhere / "mine")
    (figures / "folder").symlink_to(elsewhere)
    write_figures({"joining.png": b"a picture"}, tmp_path)
    assert {file.name for file in figures.iterdir()} == {"joining.png"}
    assert not (figures / "joining.png").is_symlink()


def test_figures_are_not_drawn_again_through_a_link(copy: Path, elsewhere: Path) -> None:
    shutil.rmtree(copy / "figures")
    (copy / "figures").symlink_to(elsewhere)
    with pytest.raises(Failure, match="copy/figures: is a link to another folder"):
        list(redraw([copy], Wanted(("joining",))))


def test_a_file_replaces_a_link_and_not_what_it_leads_to(tmp_path: Path, elsewhere: Path) -> None:
    file = tmp_path / "report.html"
    file.symlink_to(elsewhere / "mine")
    write(file, b"all of it")
    assert not file.is_symlink()
    assert file.read_text() == "all of it"


def test_the_folder_of_all_results_may_be_a_link(world: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "large disk").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "large disk")
    _, folder = run_into_folder(sim.load_case(world()), Runs(2), tmp_path / "out")
    assert (tmp_path / "large disk" / folder.relative_to(tmp_path / "out") / MANIFEST).exists()


# --- damage ------------------------------------------------------------------------------------------


def _changed(folder: Path, **keys: object) -> None:
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    for path, value in keys.items():
        *outer, last = path.split("__")
        table = manifest
        for key in outer:
            table = table[key]
        table[last] = value
    (folder / MANIFEST).write_text(json.dumps(manifest), "utf-8")


DAMAGE: dict[str, Callable[[Path], object]] = {
    "a kind that is a list": lambda folder: _changed(folder, kind=["run"]),
    "versions that are a list": lambda folder: _changed(folder, format=0, versions=[]),
    "a start that is no day": lambda folder: _changed(folder, scenario__start="2025-13-01"),
    "rounds that are a text": lambda folder: _changed(folder, scenario__rounds="many"),
    "events that are numbers": lambda folder: _changed(folder, events=[1, 2]),
    "actors without names": lambda folder: _changed(folder, vocabulary={"patron": {}}),
    "nothing but a number": lambda folder: (folder / MANIFEST).write_text("7"),
    "nesting without end": lambda folder: (folder / MANIFEST).write_text('{"a":' * 50_000),
    "a manifest of 64 GB": lambda folder: os.truncate(folder / MANIFEST, 2**36),
    "a manifest that is no text": lambda folder: (folder / MANIFEST).write_bytes(b"\xff\xfe"),
    "a manifest that is a folder": lambda folder: ((folder / MANIFEST).unlink(), (folder / MANIFEST).mkdir()),
    "a table without a column": lambda folder: _without(folder / "nations.parquet", "p_committed"),
    "a table without rows": lambda folder: _rows(folder / "rounds.parquet", 0),
    "a table of other columns": lambda folder: _without(folder / "summary.parquet", "held_back_by"),
    "a table cut short": lambda folder: os.truncate(folder / "nations.parquet", 200),
    "a table that is gone": lambda folder: (folder / "rounds.parquet").unlink(),
    "a map that is none": lambda folder: (folder / "map.geojson").write_text("[" * 100_000),
}


def _without(file: Path, column: str) -> None:
    pd.read_parquet(file).drop(columns=column).to_parquet(file)


def _rows(file: Path, rows: int) -> None:
    pd.read_parquet(file).head(rows).to_parquet(file)


@pytest.mark.parametrize("kept", ["as others made them up", "as they rot"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_results_are_told_in_one_line_by_plot(
    coalition: Command, copy: Path, damage: str, kept: str
) -> None:
    DAMAGE[damage](copy)
    if kept == "as others made them up" and damage != "a manifest of 64 GB":
        sign(copy)
    (line,) = _refused(coalition("plot", copy, "--figure", "joining", "--figure", "map"))
    assert line.startswith(f"coalition: {copy}")


@pytest.mark.parametrize("damage", ["events that are numbers", "a table without rows", "nesting without end"])
def test_damaged_results_are_told_by_report_which_leaves_nothing(
    coalition: Command, copy: Path, damage: str
) -> None:
    DAMAGE[damage](copy)
    sign(copy)
    before = set(copy.iterdir())
    (line,) = _refused(coalition("report", copy))
    assert line.startswith(f"coalition: {copy}")
    assert set(copy.iterdir()) == before


def _refused(ended: Any) -> list[str]:
    assert (ended.code, ended.out) == (2, "")
    assert len(ended.err) < 1300
    return ended.err.splitlines()


def test_a_manifest_that_is_damaged_is_not_gone_on_from(tmp_path: Path) -> None:
    folder = tmp_path / "sweep"
    for text in ("", "7", '{"format": 6, "digests": 3}', '{"format": 6}', "[" * 100_000):
        folder.mkdir(exist_ok=True)
        (folder / MANIFEST).write_text(text)
        sign(folder)
        with (
            pytest.raises(Failure, match=r"manifest\.json: (is|does) .*; remove the folder"),
            PartsFolder(folder, "sweep", About(kind="sweep")),
        ):
            pass


# --- clocks ------------------------------------------------------------------------------------------


def test_a_clock_that_was_set_back_makes_no_negative_time() -> None:
    assert work(dt.datetime.now(dt.UTC) + dt.timedelta(hours=1))["seconds"] == 0.0


@pytest.mark.parametrize("year", [1975, 2100])
def test_what_is_there_counts_whatever_time_it_bears(tmp_path: Path, year: int) -> None:
    file = tmp_path / "sweep.toml"
    file.write_text(SWEEP)
    plan = plan_sweep(file)
    folder = run_sweep(plan, tmp_path / "out").folder
    moment = dt.datetime(year, 1, 1, tzinfo=dt.UTC).timestamp()
    there = [file for file in folder.rglob("*") if file.is_file()]
    for path in there:
        os.utime(path, (moment, moment))
    assert run_sweep(plan, tmp_path / "out").folder == folder
    assert {path.stat().st_mtime for path in there} == {moment}


@pytest.mark.parametrize("year", [1975, 2100])
def test_a_draft_without_a_process_is_cleared_whatever_time_it_bears(tmp_path: Path, year: int) -> None:
    left = tmp_path / ".run.0123abcd.draft"
    left.mkdir()
    moment = dt.datetime(year, 1, 1, tzinfo=dt.UTC).timestamp()
    os.utime(left, (moment, moment))
    Draft(tmp_path / "run").close()
    assert not left.exists()


# --- disks that cannot be written to -----------------------------------------------------------------


@pytest.fixture
def read_only(copy: Path, tmp_path: Path) -> Iterator[Path]:
    """A disk with results on it that cannot be written to any more."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or _mount(disk, "size=20m"):
        pytest.skip("only root may mount a file system, and not everywhere")
    shutil.copytree(copy, disk / "run")
    assert _mount(disk, "remount,ro") == 0
    yield disk
    subprocess.run(["umount", disk], check=True)  # noqa: S603, S607


def _mount(disk: Path, options: str) -> int:
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", disk]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode  # noqa: S603
    except FileNotFoundError:
        return 1


def test_a_read_only_disk_is_told_in_one_line(coalition: Command, read_only: Path, tmp_path: Path) -> None:
    sweep = tmp_path / "sweep.toml"
    sweep.write_text(SWEEP)
    for command in (
        ("run", "brussels-2025-04", "--runs", 2, "--out", read_only),
        ("sweep", sweep, "--out", read_only),
        ("compare", "brussels-2025-04", "us-backstop", "--runs", 2, "--out", read_only),
        ("plot", read_only / "run", "--figure", "joining"),
        ("report", read_only / "run"),
    ):
        ended = coalition(*command)
        assert ended.code == 2, command
        assert ended.out == ""
        (line,) = [line for line in ended.err.splitlines() if line.startswith("coalition:")]
        assert "Read-only file system" in line
        assert line.startswith(f"coalition: {read_only}/")


# --- two processes -----------------------------------------------------------------------------------


@pytest.mark.slow
def test_two_processes_on_one_sweep_do_not_spoil_each_other(tmp_path: Path) -> None:
    file = tmp_path / "sweep.toml"
    file.write_text(SWEEP.replace("steps = 3", "steps = 20"))
    command = [COALITION, "sweep", file, "--quiet", "--threads", "1"]
    both = [
        subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603
        for _ in range(2)
    ]
    for running in both:
        _, said = running.communicate(timeout=300)
        if running.returncode != 0:
            assert running.returncode == 2, said
            assert said.splitlines()[-1].endswith("another sweep is writing here; wait for it to end")
    assert 0 in [running.returncode for running in both]
    (folder,) = (tmp_path / "results" / "sweeps" / "sweep").iterdir()
    alone = run_sweep(plan_sweep(file), tmp_path / "alone").folder
    for table in ("points.parquet", "nations.parquet"):
        assert (folder / table).read_bytes() == (alone / table).read_bytes()
    assert not list(folder.rglob(".*"))
    assert {file.suffix for file in (folder / "figures").iterdir()} == {".png", ".svg"}
