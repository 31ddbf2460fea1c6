"""`coalition explain`, as people use it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]


@pytest.mark.slow
def test_a_nation_is_explained_and_the_results_are_kept(
    coalition: Command, world: Callable[..., Path]
) -> None:
    ended = coalition("explain", world(), "ABX", "--runs", 30, "--out", "out")
    assert ended.code == 0, ended.err
    assert "Land ABX: committed on 22 May 2025 in" in ended.out
    assert "lever alone" in ended.out
    (folder,) = Path("out/explain/world").iterdir()
    assert ended.out.splitlines()[-1] == f"results: {folder}"
    assert (folder / "why-terms.parquet").is_file()
    assert (folder / "figures" / "why-ABX.png").is_file()


@pytest.mark.slow
def test_only_what_is_asked_is_answered(coalition: Command, world: Callable[..., Path]) -> None:
    ended = coalition("explain", world(), "--only", "pivotal", "--only", "hardened,", "--runs", 10, "--quiet")
    assert ended.code == 0, ended.err
    (line,) = ended.out.splitlines()
    folder = Path(line.removeprefix("results: "))
    tables = {item.stem for item in folder.glob("*.parquet")}
    assert tables == {"pivotal", "influence", "hardened"}


def test_why_at_a_day(coalition: Command, world: Callable[..., Path]) -> None:
    ended = coalition("explain", world(), "ACX", "--only", "why", "--date", "2025-04-30", "--runs", 5)
    assert "Land ACX: committed on 24 Apr 2025" in ended.out


def test_a_nation_of_any_name_is_told_by_the_official_one(coalition: Command) -> None:
    given = ("--only", "why", "--runs", 5, "--set", "rounds=4")
    ended = coalition("explain", "brussels-2025-04", "Holland", *given)
    assert ended.code == 0, ended.err
    assert "Netherlands: " in ended.out
    assert "Holland" not in ended.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["XXX"], 'unknown nation "XXX"'),
        (["--only", "wy"], "only: must be one of why, closure, levers, pairs, frontier"),
        (["--only", "observed"], "world does not say what was observed"),
        (["ABX", "--date", "2024-01-01"], "date: must be from 2025-04-17 to 2025-05-22, not 2024-01-01"),
        (["--questions", "none.toml"], "none.toml: no such file"),
        (["--runs", "0"], "--runs"),
    ],
)
def test_mistakes_end_with_one_line(
    coalition: Command, world: Callable[..., Path], arguments: list[str], says: str
) -> None:
    ended = coalition("explain", world(), *arguments)
    assert ended.code == 2
    assert ended.out == ""
    (line,) = ended.err.splitlines()
    assert says in line
    assert list(Path().iterdir()) == []
