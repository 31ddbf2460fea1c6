"""Compiled code of earlier runs: whatever has become of it, it is used only where it is whole and our own."""

import logging
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numba
import pytest

from sim.system import caches
from sim.system.compiled_cache import cache_folder, keep_compiled, read_sealed, write_sealed

SOMEONE = 54321
as_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives away")
posix = pytest.mark.skipif(sys.platform == "win32", reason="owners, links and pipes differ")
pytestmark = posix


def cube(number: float) -> float:
    return number * number * number


def cubing(folder: Path, source: str = "this source") -> Any:
    """Return the compiled function, as a new process would."""
    return keep_compiled(numba.njit(cube), folder, source)


def compiles(folder: Path, source: str = "this source") -> bool:
    """Return whether the function, which must work, had to be compiled."""
    function = cubing(folder, source)
    assert function(3.0) == 27.0
    return bool(sum(function.stats.cache_misses.values()))


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("once") / "compiled"
    assert compiles(folder)
    return folder


@pytest.fixture
def folder(made_once: Path, tmp_path: Path) -> Path:
    """A folder with compiled code."""
    copied = tmp_path / "compiled"
    shutil.copytree(made_once, copied)
    return copied


def file_in(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    caplog.set_level(logging.WARNING, "sim")

    def messages() -> list[str]:
        lines = [record.getMessage() for record in caplog.records]
        caplog.clear()
        return lines

    return messages


def test_what_was_compiled_is_not_compiled_again(folder: Path, told: Callable[[], list[str]]) -> None:
    assert not compiles(folder)
    assert told() == []


def test_code_of_another_source_is_not_found(folder: Path) -> None:
    assert compiles(folder, "another source")
    assert not compiles(folder, "another source")
    assert not compiles(folder)


def test_only_its_user_can_look_at_compiled_code(made_once: Path) -> None:
    assert made_once.stat().st_mode & 0o777 == 0o700
    assert file_in(made_once).stat().st_mode & 0o777 == 0o600


# --- what is in the folder ---------------------------------------------------------------------------


def flip_a_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def put_a_link(file: Path) -> None:
    file.rename(file.with_suffix(".elsewhere"))
    file.symlink_to(file.with_suffix(".elsewhere"))


def put_a_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def take_anothers_name(file: Path) -> None:
    """Put sealed code under the name of other code."""
    write_sealed(file.with_name("other"), read_sealed(file))
    file.with_name("other").rename(file)


def make_huge(file: Path) -> None:
    with file.open("r+b") as stream:
        stream.truncate(2**40)


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "emptied": (lambda file: file.write_bytes(b""), "is damaged"),
    "cut": (lambda file: os.truncate(file, 1000), "is damaged"),
    "cut within its digest": (lambda file: os.truncate(file, 10), "is damaged"),
    "longer": (lambda file: file.write_bytes(file.read_bytes() + b"\0"), "is damaged"),
    "all zeros": (lambda file: file.write_bytes(bytes(file.stat().st_size)), "is damaged"),
    "garbage": (lambda file: file.write_bytes(os.urandom(5000)), "is damaged"),
    "a bit flipped": (flip_a_bit, "is damaged"),
    "other code": (take_anothers_name, "is damaged"),
    "huge": (make_huge, "is no compiled code"),
    "whole but of other packages": (
        lambda file: write_sealed(file, pickle.dumps(("not", "what", "it", "was"))),
        "cannot be loaded",
    ),
    "whole but no pickle": (lambda file: write_sealed(file, b"\x80\x05"), "cannot be loaded"),
    "a link": (put_a_link, "Too many levels of symbolic links"),
    "a pipe": (put_a_pipe, "is no compiled code"),
    "writable by others": (lambda file: file.chmod(0o666), "can be written to by others; it is not run"),
}


@pytest.mark.parametrize(("damage", "problem"), DAMAGE.values(), ids=DAMAGE)
def test_a_file_that_cannot_be_trusted_is_a_miss_named_and_made_anew(
    folder: Path, told: Callable[[], list[str]], damage: Callable[[Path], object], problem: str
) -> None:
    file = file_in(folder)
    damage(file)
    assert compiles(folder)
    (line,) = told()
    assert line.startswith(f"{file}: ")
    assert problem in line
    assert line.endswith("the model is compiled anew, which takes some 10 seconds")
    assert not compiles(folder)
    assert told() == []


class RunsWhenRead:
    """Something whose unpickling does something."""

    def __init__(self, leaves: Path) -> None:
        self.leaves = leaves

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.leaves,))


@as_root
def test_what_another_user_planted_is_not_even_unpickled(
    folder: Path, tmp_path: Path, told: Callable[[], list[str]]
) -> None:
    file, trace = file_in(folder), tmp_path / "it ran"
    write_sealed(file, pickle.dumps(RunsWhenRead(trace)))
    os.chown(file, SOMEONE, SOMEONE)
    assert compiles(folder)
    assert not trace.exists()
    (line,) = told()
    assert line.startswith(f"{file}: belongs to another user (number {SOMEONE}); it is not run; the model is")
    assert file.stat().st_uid == os.geteuid()
    assert not compiles(folder)


def test_a_folder_where_a_file_should_be_is_named_and_left_alone(
    folder: Path, told: Callable[[], list[str]]
) -> None:
    file = file_in(folder)
    file.unlink()
    (file / "within").mkdir(parents=True)
    assert compiles(folder)
    assert all(line.startswith(f"{file}: ") for line in told())
    assert [path.name for path in folder.rglob("*")] == [file.name, "within"]


# --- the folder --------------------------------------------------------------------------------------


def test_a_folder_that_is_removed_is_made_again(folder: Path, told: Callable[[], list[str]]) -> None:
    shutil.rmtree(folder)
    assert compiles(folder)
    assert told() == ["compiling the model for this machine, once; this takes some 10 seconds"]
    assert not compiles(folder)


@as_root
def test_nothing_is_read_from_or_put_into_a_folder_of_another_user(
    folder: Path, told: Callable[[], list[str]]
) -> None:
    os.chown(folder, SOMEONE, SOMEONE)
    before = file_in(folder).stat()
    assert compiles(folder)
    (line,) = told()
    assert line.startswith(f"{folder}: belongs to another user")
    assert "NUMBA_CACHE_DIR names another folder" in line
    assert file_in(folder).stat() == before


def test_nothing_is_read_from_or_put_into_a_folder_that_others_can_write_into(
    folder: Path, told: Callable[[], list[str]]
) -> None:
    folder.chmod(0o777)
    before = file_in(folder).stat()
    assert compiles(folder)
    (line,) = told()
    assert line.startswith(f"{folder}: can be written to by others; what is in it is not run")
    assert file_in(folder).stat() == before


def test_a_link_to_a_folder_of_ours_is_as_good_as_the_folder(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder)
    assert not compiles(tmp_path / "link")


def put_a_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.touch()


def put_a_link_to_nothing(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.symlink_to("nowhere")


@pytest.mark.parametrize("damage", [put_a_file, put_a_link_to_nothing])
def test_without_a_folder_nothing_is_kept_and_that_is_told(
    folder: Path, told: Callable[[], list[str]], damage: Callable[[Path], None]
) -> None:
    damage(folder)
    assert compiles(folder)
    assert told()[-1].endswith(
        "compiled code is not kept for the next command; NUMBA_CACHE_DIR names another folder"
    )


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with room for a folder and no file in it."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:  # noqa: S603
        pytest.skip("only root can mount a small disk, and not everywhere")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)  # noqa: S603, S607


def test_on_a_full_disk_nothing_is_left(tiny_disk: Path, told: Callable[[], list[str]]) -> None:
    (tiny_disk / "full").write_bytes(bytes(4000))
    assert compiles(tiny_disk / "compiled")
    (_, line) = told()
    assert "No space left on device; compiled code is not kept" in line
    assert list(tiny_disk.rglob("compiled/*")) == []


def test_on_a_disk_that_is_only_read_it_is_used_and_else_not_kept(
    tiny_disk: Path, folder: Path, told: Callable[[], list[str]]
) -> None:
    subprocess.run(["mount", "-o", "remount,size=1m", str(tiny_disk)], check=True)  # noqa: S603, S607
    shutil.copytree(folder, tiny_disk / "compiled")
    subprocess.run(["mount", "-o", "remount,ro", str(tiny_disk)], check=True)  # noqa: S603, S607
    assert not compiles(tiny_disk / "compiled")
    assert told() == []
    assert compiles(tiny_disk / "compiled", "another source")
    assert "Read-only file system; compiled code is not kept" in told()[-1]


# --- where it is -------------------------------------------------------------------------------------


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Choose the folder anew, with some variables of the environment."""
    monkeypatch.setattr(caches.tempfile, "tempdir", str(tmp_path / "temporary"))

    def choose(**variables: str) -> Path:
        for name in ("XDG_CACHE_HOME", "HOME"):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        numba.config.reload_config()  # type: ignore[attr-defined]
        cache_folder.cache_clear()
        return cache_folder()

    yield choose
    monkeypatch.undo()
    numba.config.reload_config()  # type: ignore[attr-defined]
    cache_folder.cache_clear()


def test_it_is_in_the_users_folder_of_caches(chosen: Callable[..., Path], tmp_path: Path) -> None:
    assert chosen(XDG_CACHE_HOME=str(tmp_path / "caches")) == tmp_path / "caches/coalition-sim/compiled"


def test_it_is_where_numba_is_told_to_keep_its_own(chosen: Callable[..., Path], tmp_path: Path) -> None:
    assert chosen(NUMBA_CACHE_DIR=str(tmp_path / "numba")) == tmp_path / "numba/coalition-sim"


def test_without_a_home_it_is_a_temporary_folder_of_the_user(
    chosen: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    told: Callable[[], list[str]],
) -> None:
    def unknown(number: int) -> None:
        raise KeyError(f"getpwuid(): uid not found: {number}")

    monkeypatch.setattr("pwd.getpwuid", unknown)
    assert chosen() == tmp_path / f"temporary/coalition-sim-{os.getuid()}/compiled"
    assert told() == []


def test_where_the_usual_folder_cannot_be_made_it_is_a_temporary_one_and_that_is_told(
    chosen: Callable[..., Path], tmp_path: Path, told: Callable[[], list[str]]
) -> None:
    (tmp_path / "caches").touch()
    assert (
        chosen(XDG_CACHE_HOME=str(tmp_path / "caches"))
        == tmp_path / f"temporary/coalition-sim-{os.getuid()}/compiled"
    )
    (line,) = told()
    assert line.startswith(
        f"{tmp_path}/caches/coalition-sim/compiled: Not a directory; compiled code is kept"
    )


def test_where_others_may_write_into_the_usual_folder_it_is_a_temporary_one_and_that_is_told(
    chosen: Callable[..., Path], tmp_path: Path, told: Callable[[], list[str]]
) -> None:
    folder = tmp_path / "caches/coalition-sim/compiled"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    temporary = tmp_path / f"temporary/coalition-sim-{os.getuid()}/compiled"
    assert chosen(XDG_CACHE_HOME=str(tmp_path / "caches")) == temporary
    assert told() == [f"{folder}: can be written to by others; compiled code is kept in {temporary} instead"]


def test_without_any_folder_to_write_into_it_is_still_named(
    chosen: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def none() -> str:
        raise FileNotFoundError(2, "No usable temporary directory found")

    (tmp_path / "caches").touch()
    monkeypatch.setattr(caches.tempfile, "gettempdir", none)
    assert chosen(XDG_CACHE_HOME=str(tmp_path / "caches")).name == "compiled"


# --- the whole program -------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_command_goes_on_with_a_damaged_cache_and_mends_it(
    process: Callable[..., Any], tmp_path: Path
) -> None:
    own = tmp_path / "numba"
    if cache_folder().is_dir():
        shutil.copytree(cache_folder(), own / "coalition-sim")
    command = ("run", "brussels-2025-04", "--runs", 5, "--quiet")
    assert process(*command, NUMBA_CACHE_DIR=str(own)).code == 0
    for file in (own / "coalition-sim").iterdir():
        flip_a_bit(file)
    mended = process(*command, NUMBA_CACHE_DIR=str(own))
    assert mended.code == 0
    (line,) = mended.err.splitlines()
    assert "is damaged; the model is compiled anew" in line
    assert process(*command, NUMBA_CACHE_DIR=str(own)) == (0, mended.out, "")
