"""What is settled before the first run."""

import logging
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.system import caches
from sim.system.memory import OutOfMemory
from sim.system.preflight import Need, NoRoom, NotWritable, settle


def test_where_all_is_well_nothing_is_told_and_nothing_left(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settle(tmp_path / "not" / "there" / "yet", Need(memory=1e6, disk=1e3, seconds=5.0))
    assert list(tmp_path.iterdir()) == []
    assert caplog.records == []


@pytest.mark.parametrize("below", ["", "deeper"])
def test_a_file_where_the_folder_should_be_is_refused(tmp_path: Path, below: str) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(
        NotWritable, match="--out: cannot be written to: Not a directory; give another folder"
    ):
        settle(tmp_path / "taken" / below)


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A disk that can only be read."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(disk)]
    if os.name != "posix" or os.geteuid() or subprocess.run(mount, check=False).returncode:  # noqa: S603
        pytest.skip("only root can mount a disk, and not everywhere")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)  # noqa: S603, S607


def test_a_disk_that_can_only_be_read_is_refused(read_only: Path) -> None:
    with pytest.raises(NotWritable, match="Read-only file system"):
        settle(read_only / "results")


def test_what_does_not_fit_on_the_disk_is_refused_and_what_would_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoRoom, match=r"some 1000000000.0 GB of results do not fit .* fewer runs"):
        settle(tmp_path, Need(disk=1e18))


def test_what_does_not_fit_into_memory_is_refused_and_what_would_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        OutOfMemory, match=r"some 1000000000.0 GB are needed, .* available; fewer rounds, runs"
    ):
        settle(tmp_path, Need(memory=1e18))


@pytest.mark.parametrize(
    ("need", "told"),
    [
        (Need(memory=1.5e9), "this takes some 1.5 GB of memory"),
        (Need(seconds=150), "this takes some 2 minutes in all"),
        (Need(memory=2e9, seconds=5 * 3600), "this takes some 2.0 GB of memory and 5 hours in all"),
    ],
)
def test_what_takes_much_is_told_beforehand(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, need: Need, told: str
) -> None:
    caplog.set_level(logging.WARNING, "sim")
    settle(tmp_path, need)
    assert [record.getMessage() for record in caplog.records] == [told]


@pytest.mark.slow
def test_figures_need_no_screen_whatever_a_notebook_says(
    process: Callable[..., Any], world: Callable[..., Path], tmp_path: Path
) -> None:
    ended = process("run", world(), "--runs", 5, "--quiet", MPLBACKEND="not.installed.here")
    assert ended.code == 0, ended.err
    assert list(tmp_path.glob("results/world/*/figures/*.png"))


def test_without_a_home_matplotlib_remembers_its_fonts_in_a_folder_of_the_users_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(caches.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path / "nowhere"))
    for name in ("MPLBACKEND", "MPLCONFIGDIR"):
        monkeypatch.setenv(name, "")  # to be put back afterwards
        monkeypatch.delenv(name)
    own = caches.temporary_cache()
    own.mkdir(mode=0o777)
    own.chmod(0o777)
    caches.settle_environment()
    assert "MPLCONFIGDIR" not in os.environ
    own.chmod(0o700)
    caches.settle_environment()
    assert os.environ["MPLCONFIGDIR"] == str(own / "matplotlib")
    assert os.environ["MPLBACKEND"] == "Agg"
