"""One process at a time writes into a folder, on file systems with locks and on those without."""

import errno
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sim.system import calls
from sim.system.locks import UNSUPPORTED, LockHeld, hold, try_to_hold

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="locks differ")


def refusing(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """Let the system refuse locks."""

    def refuse(name: str) -> None:
        if name == "flock":
            raise OSError(code, os.strerror(code))

    monkeypatch.setattr(calls, "before", refuse)


@pytest.fixture(params=["with locks", "without locks"])
def folder(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of either kind; afterwards nothing is left beside it."""
    if request.param == "without locks":
        refusing(monkeypatch, errno.ENOLCK)
    place = tmp_path / "sweep"
    place.mkdir()
    yield place
    assert list(tmp_path.iterdir()) == [place]


def test_what_is_held_is_refused_until_it_is_let_go(folder: Path) -> None:
    with closing(hold(folder)):
        assert try_to_hold(folder) is None
        with pytest.raises(LockHeld, match=r"another sweep.* is writing here; wait for it to end"):
            hold(folder, what="sweep")
    hold(folder).close()


def test_what_is_let_go_in_time_is_waited_for(folder: Path) -> None:
    lock = hold(folder)
    looked = 0

    def let_go(_: float) -> None:
        nonlocal looked
        looked += 1
        if looked == 3:
            lock.close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("time.sleep", let_go)
        hold(folder, patience=60).close()
    assert looked == 3


def test_what_is_not_there_cannot_be_held(folder: Path) -> None:
    with pytest.raises(FileNotFoundError):
        hold(folder / "nothing")


@pytest.mark.parametrize("code", sorted(UNSUPPORTED))
def test_a_file_system_without_locks_does_not_count_as_held(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: int
) -> None:
    refusing(monkeypatch, code)
    hold(tmp_path).close()


@pytest.mark.parametrize("code", [errno.EIO, errno.EMFILE])
def test_another_failure_is_not_taken_for_either(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: int
) -> None:
    refusing(monkeypatch, code)
    with pytest.raises(OSError, match=os.strerror(code)):
        hold(tmp_path)


@pytest.mark.parametrize("code", [errno.EAGAIN, errno.EACCES])
def test_a_lock_of_another_process_counts_as_held(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: int
) -> None:
    refusing(monkeypatch, code)
    with pytest.raises(LockHeld):
        hold(tmp_path)


def gone() -> int:
    """Return the number of a process that is no more."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    return process.pid


HERE, ELSEWHERE = platform.node(), "another-machine"


@pytest.mark.parametrize(
    ("says", "is_free"),
    [
        pytest.param(lambda: f"{HERE} {gone()} 1", True, id="a process that is no more"),
        pytest.param(lambda: f"{HERE} {os.getpid()} 1", True, id="a later process of that number"),
        pytest.param(lambda: f"{ELSEWHERE} {gone()} 1", False, id="another machine"),
        pytest.param(lambda: f"{HERE} not-a-number 1", False, id="no number"),
        pytest.param(str, False, id="empty"),
    ],
)
def test_a_file_of_a_process_that_is_no_more_holds_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, says: Callable[[], str], is_free: bool
) -> None:
    refusing(monkeypatch, errno.ENOTSUP)
    owner = says()
    folder, file = tmp_path / "sweep", tmp_path / ".sweep.lock"
    folder.mkdir()
    file.write_text(owner)
    if is_free:
        hold(folder).close()
        assert not file.exists()
        return
    with pytest.raises(LockHeld) as held:
        hold(folder)
    assert file.read_text() == owner
    if owner:
        assert f"or remove {file} if it is no more" in str(held.value)
