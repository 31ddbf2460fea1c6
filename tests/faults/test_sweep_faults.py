"""Whatever goes wrong in a sweep, what is done is kept, and the same command goes on from there."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import kill
import pytest

COALITION = Path(sys.executable).with_name("coalition")
FACTORS = """\
[[levers]]
path = "washington.involvement"
range = [0.0, 1.0]
steps = {steps}
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and disks differ")


def write_sweep(folder: Path, steps: int, runs: int) -> None:
    given = f'title = "A sweep"\nbase = "brussels-2025-04"\nruns = {runs}\nrounds = 8\n'
    (folder / "sweep.toml").write_text(given + FACTORS.format(steps=steps))


@pytest.mark.slow
@pytest.mark.parametrize(("what", "kills"), [("sweep", 2), ("sensitivity", 1), ("compare", 1)])
def test_killed_at_random_moments_a_command_is_completed_to_the_same_bytes(
    tmp_path: Path, what: str, kills: int
) -> None:
    killed, _ = kill.kill_many(what, kills, seed=5, folder=tmp_path)
    assert killed == kills


LONG = {
    "sweep": ["sweep", "sweep.toml"],
    "sensitivity": ["sensitivity", "brussels-2025-04", "--runs", "2000"],
    "compare": ["compare", "brussels-2025-04", "us-backstop", "--runs", "10000000"],
}
"""Commands that do not end by themselves."""


def parts(folder: Path) -> list[Path]:
    return sorted(folder.glob("results/*/*/*/parts/*.parquet"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "by"),
    [
        ("sweep", signal.SIGTERM),
        ("sweep", signal.SIGINT),
        ("sensitivity", signal.SIGINT),
        ("compare", signal.SIGINT),
    ],
)
def test_what_is_stopped_keeps_its_parts_and_goes_on(tmp_path: Path, what: str, by: signal.Signals) -> None:
    write_sweep(tmp_path, steps=400, runs=5000)
    running = subprocess.Popen(  # noqa: S603
        [COALITION, *LONG[what], "--threads", "1"], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    )
    try:
        while running.poll() is None and len(parts(tmp_path)) < 2:
            time.sleep(0.05)
        running.send_signal(by)
        said = running.communicate(timeout=60)[1]
    finally:
        running.kill()
    assert len(parts(tmp_path)) >= 2
    assert running.returncode == 128 + by
    (line,) = [line for line in said.splitlines() if line.startswith("coalition:")]
    (folder,) = tmp_path.glob("results/*/*/*")
    assert f"kept in {folder.relative_to(tmp_path)}, the same command goes on" in line
    assert not list(folder.rglob(".*"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 200 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or mount(disk, "size=200k"):
        pytest.skip("only root may mount a small file system")
    yield disk
    subprocess.run(["umount", disk], check=True)  # noqa: S603, S607


def mount(disk: Path, options: str) -> int:
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", disk]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode  # noqa: S603
    except FileNotFoundError:
        return 1


@pytest.mark.slow
def test_on_a_full_disk_a_sweep_says_so_and_goes_on_when_there_is_room(
    tmp_path: Path, small_disk: Path, process: Callable[..., Any]
) -> None:
    write_sweep(tmp_path, steps=120, runs=20)
    command = ("sweep", "sweep.toml", "--threads", "2", "--out")
    full = process(*command, small_disk)
    assert full.code == 2
    (line,) = [line for line in full.err.splitlines() if line.startswith("coalition:")]
    assert "No space left on device" in line
    assert "the same command goes on" in line
    there = {file.stem for file in small_disk.glob("sweeps/*/*/parts/*.parquet")}
    assert there
    assert not list(small_disk.glob("sweeps/*/*/**/.*"))
    assert mount(small_disk, "remount,size=20m") == 0
    assert process(*command, small_disk).code == 0
    assert process(*command, tmp_path / "roomy").code == 0
    for table in ("points.parquet", "nations.parquet"):
        (one,), (other,) = small_disk.rglob(table), (tmp_path / "roomy").rglob(table)
        assert one.read_bytes() == other.read_bytes()


def test_a_folder_that_cannot_be_written_to_is_named(coalition: Callable[..., Any], tmp_path: Path) -> None:
    write_sweep(tmp_path, steps=2, runs=1)
    (tmp_path / "taken").write_text("a file")
    ended = coalition("sweep", tmp_path / "sweep.toml", "--out", tmp_path / "taken")
    assert ended.code == 2
    (line,) = ended.err.splitlines()
    assert "taken" in line
    assert line.endswith(": --out: cannot be written to: Not a directory; give another folder")


def test_a_whole_sweep_ends_with_tables_figures_and_a_report(
    coalition: Callable[..., Any], tmp_path: Path
) -> None:
    write_sweep(tmp_path, steps=3, runs=5)
    ended = coalition("sweep", tmp_path / "sweep.toml")
    assert ended.code == 0
    assert "P(pledged ≥ required)" in ended.out
    (folder,) = Path("results/sweeps/sweep").iterdir()
    assert ended.out.splitlines()[-1] == f"results: {folder}"
    assert {file.name for file in folder.iterdir()} == {
        "manifest.json", "digests.sha256", "points.parquet", "nations.parquet", "rests_on.parquet",
        "landmarks.json", "document.json", "figures",
    }  # fmt: skip
    assert {file.name for file in (folder / "figures").glob("*.png")} == {"lines.png", "nations.png"}
