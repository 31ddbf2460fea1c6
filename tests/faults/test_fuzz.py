"""Damaged files are taken or refused in one line; `fuzz.py` tries as many of them as one likes."""

import sys
from pathlib import Path

import pytest
from fuzz import Subject, check_message, fuzz, subjects, writes

from sim.inputs.errors import InputError

FILES = 240

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals differ")


def write(subject: Subject, folder: Path) -> Path:
    for name, content in subject.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder / subject.read


@pytest.mark.slow
def test_what_is_damaged_is_right_before(tmp_path: Path) -> None:
    for number, (_, subject) in enumerate(subjects()):
        (tmp_path / str(number)).mkdir()
        subject.use(write(subject, tmp_path / str(number)))


@pytest.mark.slow
def test_no_damaged_file_breaks_the_program() -> None:
    defects: list[str] = []
    counted = fuzz(range(1, FILES + 1), seed=7, tell=defects.append)
    assert defects == []
    assert sum(counted.values()) == FILES
    for kind, _ in subjects():
        assert counted[kind, "rejected"] > 0
    assert sum(count for (_, what), count in counted.items() if what == "accepted") > FILES / 20


def test_the_fuzzer_hears_what_is_written_elsewhere(tmp_path: Path) -> None:
    with writes().only_in(tmp_path):
        (tmp_path / "allowed").write_text("here")
    (tmp_path / "out").mkdir()
    with (
        pytest.raises(AssertionError, match=r"written elsewhere: \['open .*/elsewhere'\]"),
        writes().only_in(tmp_path / "out"),
    ):
        (tmp_path / "elsewhere").write_text("there")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (InputError("must be a number", key="rounds"), "names no file"),
        (InputError("must be a number", file="{folder}/a.toml"), "names no key"),
    ],
)
def test_the_fuzzer_wants_file_and_key(tmp_path: Path, error: InputError, says: str) -> None:
    if error.file:
        error = InputError(error.problem, file=tmp_path / "a.toml")
    with pytest.raises(AssertionError, match=says):
        check_message(error, tmp_path)
