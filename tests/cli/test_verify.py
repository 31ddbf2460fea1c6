"""`coalition verify`: whether results are as they were written, and what their command gives."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from signing import sign

import sim
from sim.experiments.run import run_into_folder
from sim.experiments.runs import Runs
from sim.results.kept import FILE

Command = Callable[..., Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, write_world: Callable[..., Path]) -> Path:
    place = tmp_path_factory.mktemp("results")
    return run_into_folder(sim.load_case(write_world(place)), Runs(5), place)[1]


@pytest.fixture
def results(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / made.name))


def test_results_as_they_were_written_are_ok(coalition: Command, results: Path) -> None:
    ended = coalition("verify", results)
    assert (ended.code, ended.err) == (0, "")
    assert re.fullmatch(rf"{results}: ok, \d+ files as they were written\n", ended.out)


def test_every_fault_is_named_in_a_line(coalition: Command, results: Path) -> None:
    manifest = (results / "manifest.json").read_text()
    (results / "manifest.json").write_text(manifest.replace('"seed": 1', '"seed": 2'))
    (results / "rounds.parquet").unlink()
    (results / "mine.csv").touch()
    ended = coalition("verify", results)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.splitlines() == [
        f"coalition: {results}/manifest.json: damaged",
        f"coalition: {results}/rounds.parquet: missing",
        f"coalition: {results}/mine.csv: not written by a command",
    ]


def test_of_several_folders_each_is_checked(coalition: Command, results: Path, made: Path) -> None:
    (results / "rounds.parquet").write_text("")
    ended = coalition("verify", results, made)
    assert ended.code == 2
    assert ended.err == f"coalition: {results}/rounds.parquet: damaged\n"
    assert ended.out.startswith(f"{made}: ok, ")


@pytest.mark.parametrize("name", ["nowhere", "manifest.json"])
def test_what_holds_no_results_is_named(coalition: Command, results: Path, name: str) -> None:
    ended = coalition("verify", results / name)
    assert ended.code == 2
    assert len(ended.err.splitlines()) == 1


@pytest.mark.slow
def test_results_are_the_same_when_computed_again(coalition: Command, world: Callable[..., Path]) -> None:
    file = world()
    (folder,) = coalition("run", file, "--runs", 5, "--csv", "--threads", 1, "--quiet").out.split()[1:]
    ended = coalition("verify", "--recompute", folder)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.endswith("and the same when computed again\n")

    told = Path(folder) / "nations.csv"
    told.write_text(told.read_text().replace("AAX", "AAY"))
    sign(Path(folder))
    ended = coalition("verify", "--recompute", folder)
    assert ended.code == 2
    assert ended.err == f"coalition: {folder}/nations.csv: otherwise when computed again\n"


def test_results_whose_command_ends_otherwise_now_are_named(
    coalition: Command, world: Callable[..., Path]
) -> None:
    file = world()
    (folder,) = coalition("run", file, "--runs", 2, "--threads", 1, "--quiet").out.split()[1:]
    file.unlink()
    ended = coalition("verify", "--recompute", folder)
    assert ended.code == 2
    (line,) = ended.err.splitlines()
    assert line.startswith(
        f"coalition: {folder}: its command, run {file} --runs 2, ends with: {file}: no such"
    )
    assert line.endswith("; run this where the files are that its command names")


@pytest.mark.parametrize(
    "command",
    ["", "coalition", "coalition dashboard", "rm -rf results", "coalition run brussels-2025-04 --out=/", "'"],
)
def test_what_is_no_command_of_ours_is_not_given(coalition: Command, results: Path, command: str) -> None:
    kept = {"command": command, "document": {"title": "", "blocks": []}}
    (results / FILE).write_text(json.dumps(kept))
    ended = coalition("verify", "--recompute", sign(results))
    assert ended.code == 2
    (line,) = ended.err.splitlines()
    assert "is no command to repeat" in line
