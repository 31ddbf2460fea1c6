"""However a calibration ends, what is done is kept, and the same command goes on to the same bytes."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from signal_world import write_signal_world

COALITION = Path(sys.executable).with_name("coalition")
FILES = ("world/after.toml", "--prior", "world/prior.toml")
COMMAND = ("calibrate", *FILES, "--draws", "2560", "--runs", "8", "--threads", "1")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals differ"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_signal_world(tmp_path / "world")
    return tmp_path


def blocks(folder: Path) -> list[Path]:
    return sorted(folder.glob("results/calibrate/*/*/likelihoods/*.parquet"))


def tables(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.glob("results/**/*")
        if file.is_file() and file.name not in {"manifest.json", "document.json", "digests.sha256"}
    }


def stopped(folder: Path, by: signal.Signals, after: int) -> tuple[int, str]:
    """Start the command and stop it when so many blocks are there; return its code and what it said."""
    running = subprocess.Popen(  # noqa: S603
        [COALITION, *COMMAND], cwd=folder, stderr=subprocess.PIPE, text=True
    )
    try:
        while running.poll() is None and len(blocks(folder)) < after:
            time.sleep(0.01)
        running.send_signal(by)
        said = running.communicate(timeout=60)[1]
    finally:
        running.kill()
    return running.returncode, said


def test_killed_and_interrupted_it_goes_on_to_the_same_bytes(
    folder: Path, process: Callable[..., Any]
) -> None:
    code, _ = stopped(folder, signal.SIGKILL, after=1)
    assert code == -signal.SIGKILL
    there = {file: file.stat().st_mtime_ns for file in blocks(folder)}
    assert 1 <= len(there) < 10
    code, said = stopped(folder, signal.SIGINT, after=len(there) + 1)
    assert code == 130
    (line,) = [line for line in said.splitlines() if line.startswith("coalition:")]
    assert "the same command goes on" in line
    assert {file: file.stat().st_mtime_ns for file in blocks(folder)}.items() > there.items()

    assert process(*COMMAND, folder=folder).code == 0
    assert blocks(folder) == []
    resumed = tables(folder)
    assert not [name for name in resumed if "draft" in name]
    assert process(*COMMAND, "--out", "results/whole", folder=folder).code == 0
    whole = {
        name.replace("results/whole/", "results/"): content
        for name, content in tables(folder).items()
        if name.startswith("results/whole/")
    }
    assert whole == resumed


def test_without_room_it_says_so(folder: Path, process: Callable[..., Any]) -> None:
    (folder / "taken").write_text("a file")
    ended = process(*COMMAND, "--out", "taken", folder=folder)
    assert ended.code == 2
    (line,) = [line for line in ended.err.splitlines() if line.startswith("coalition:")]
    assert "taken/calibrate/" in line
    assert "--out: cannot be written to: Not a directory; give another folder" in line
