"""Results that rot are named or computed again, never believed; `flips.py` flips as many bits as wanted."""

import random
from pathlib import Path

import pytest
from flips import Subject, flips

from sim.system.folders import Damaged

FLIPS = 48


@pytest.mark.slow
def test_no_flipped_bit_is_believed(tmp_path: Path) -> None:
    wrong: list[str] = []
    counted = flips(FLIPS, seed=7, folder=tmp_path, tell=wrong.append, commands=["sweep"])
    assert wrong == []
    assert sum(counted.values()) == FLIPS


def test_what_is_believed_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "n.csv").write_text("1")
    expected = {"believes": b"1", "names": b"1"}
    readers = {"believes": lambda _, results: (results / "n.csv").read_bytes(), "names": read_whole}
    careless = Subject("run", tmp_path / "out", tmp_path / "out", readers, expected)
    chance = random.Random(1)  # noqa: S311
    assert careless.flip(chance, 0, tmp_path / "flipped")[1] == ["believes: other results"]


def read_whole(out: Path, results: Path) -> bytes:
    content = (results / "n.csv").read_bytes()
    if content != b"1":
        raise Damaged(results / "n.csv", "is damaged", "write it again")
    return content
