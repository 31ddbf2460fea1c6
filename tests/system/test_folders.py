"""Folders of results: every file is whole or not there, and has its digest."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from signing import sign

from sim.system import calls
from sim.system.drafts import whole_folder
from sim.system.failures import Refused
from sim.system.folders import (
    DIGESTS,
    Damaged,
    Findings,
    Missing,
    adding_to,
    begin,
    check_listed,
    is_whole,
    open_whole,
    read,
    settle,
    stream,
    verify,
    write,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes and links differ")


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A folder of two files."""
    folder = tmp_path / "results"
    with whole_folder(folder) as draft:
        write(draft / "manifest.json", b"{}")
        write(draft / "figures" / "size.png", b"a picture")
    return folder


def test_the_digests_are_those_that_sha256sum_checks(results: Path) -> None:
    lines = (results / DIGESTS).read_text().splitlines()
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}
    assert lines == [f"{digests[name]}  {name}" for name in sorted(FILES)]


FILES = {"manifest.json": b"{}", "figures/size.png": b"a picture"}


def test_what_is_as_it_was_written_is_read(results: Path) -> None:
    assert {name: read(results / name) for name in FILES} == FILES
    assert verify(results) == Findings((), (), ())


@given(data=st.data())
def test_any_flipped_bit_is_noticed(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("results")
    begin(folder)
    for name, content in FILES.items():
        write(folder / name, content)
    rotten = folder / data.draw(st.sampled_from([*FILES, DIGESTS]))
    content = bytearray(rotten.read_bytes())
    bit = data.draw(st.integers(0, 8 * len(content) - 1))
    content[bit // 8] ^= 1 << bit % 8
    rotten.write_bytes(content)
    assert verify(folder) != Findings((), (), ())
    assert not all(is_whole(folder / name) for name in FILES)


def test_a_file_that_is_written_again_is_whole_at_every_moment(results: Path) -> None:
    file = results / "figures" / "size.png"
    with stream(file) as opened:
        opened.write(b"another ")
        assert read(file) == b"a picture"
        opened.write(b"picture")
    assert read(file) == b"another picture"
    settle(results)
    assert len((results / DIGESTS).read_text().splitlines()) == 2
    assert verify(results) == Findings((), (), ())


def test_a_digest_that_was_cut_short_does_not_spoil_the_next(results: Path) -> None:
    with (results / DIGESTS).open("a") as file:
        file.write("0123")
    write(results / "document.json", b"[]")
    assert read(results / "document.json") == b"[]"
    settle(results)
    assert verify(results) == Findings((), (), ())


def test_a_line_that_cannot_be_added_leaves_nothing_of_it(results: Path) -> None:
    before = (results / DIGESTS).read_bytes()

    def refuse(name: str) -> None:
        if name == "append":
            raise OSError(28, os.strerror(28))

    with pytest.MonkeyPatch.context() as patch, pytest.raises(Refused, match="No space left"):
        patch.setattr(calls, "before", refuse)
        write(results / "document.json", b"[]")
    assert (results / DIGESTS).read_bytes() == before
    assert not (results / "document.json").exists()


def test_what_is_wrong_with_a_folder_is_listed(results: Path) -> None:
    (results / "manifest.json").write_text("[]")
    (results / "figures" / "size.png").unlink()
    (results / "figures" / "mine.png").write_text("")
    assert verify(results) == Findings(("manifest.json",), ("figures/size.png",), ("figures/mine.png",))


def test_a_killed_process_leaves_what_the_next_clears(results: Path) -> None:
    (results / "figures" / ".size.0123abcd.draft.png").touch()
    with adding_to(results):
        write(results / "document.json", b"[]")
    assert verify(results) == Findings((), (), ())


def test_what_is_written_outside_of_results_has_no_digest(tmp_path: Path) -> None:
    write(tmp_path / "page.md", b"text")
    assert [path.name for path in tmp_path.iterdir()] == ["page.md"]


@pytest.mark.parametrize("kind", ["a link", "a link to a folder", "a pipe", "a folder"])
def test_what_is_no_file_of_the_folder_is_named(results: Path, tmp_path: Path, kind: str) -> None:
    elsewhere, file = tmp_path / "elsewhere", results / "figures" / "size.png"
    elsewhere.mkdir()
    (elsewhere / "size.png").write_bytes(FILES["figures/size.png"])
    file.unlink()
    if kind == "a link":
        file.symlink_to(elsewhere / "size.png")
    elif kind == "a link to a folder":
        file.parent.rmdir()
        file.parent.symlink_to(elsewhere)
    elif kind == "a pipe":
        os.mkfifo(file)
    else:
        file.mkdir()
    with pytest.raises((Damaged, Refused)) as refused:
        open_whole(file)
    assert str(refused.value).startswith(str(results / "figures"))
    assert verify(results) != Findings((), (), ())


def test_a_file_that_is_too_large_is_named_before_it_is_read(results: Path) -> None:
    os.truncate(results / "manifest.json", 2**36)
    with pytest.raises(Damaged, match=r"manifest\.json: is larger than 0 MB"):
        read(results / "manifest.json", 1000)


def test_a_posterior_that_rots_is_not_taken_as_an_input(results: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(results / "manifest.json")
    check_listed(link)
    (results / "manifest.json").write_bytes(b"[}")
    for file in (results / "manifest.json", link):
        with pytest.raises(Damaged, match=r"manifest\.json: is damaged"):
            check_listed(file)
    check_listed(results / "mine")
    check_listed(tmp_path / "mine")


def test_two_processes_that_write_at_once_leave_the_folder_whole(results: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from sim.system.folders import adding_to, write\n"
        "for number in range(20):\n"
        "    with adding_to(Path(sys.argv[1])):\n"
        "        write(Path(sys.argv[1]) / f'{sys.argv[2]}.txt', f'{number}'.encode())\n"
    )
    both = [subprocess.Popen([sys.executable, "-c", code, results, name]) for name in "ab"]  # noqa: S603
    assert [each.wait(60) for each in both] == [0, 0]
    assert verify(results) == Findings((), (), ())


def test_a_folder_without_digests_is_named(tmp_path: Path) -> None:
    with pytest.raises(Missing, match=r"digests\.sha256: is missing"):
        verify(tmp_path)
    assert verify(sign(tmp_path)) == Findings((), (), ())
