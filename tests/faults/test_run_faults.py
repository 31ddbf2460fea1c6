"""Whatever goes wrong in a run, results are complete or not there."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sim
from sim.experiments.run import run_into_folder
from sim.experiments.runs import Runs
from sim.model.ensemble import Keep
from sim.system.drafts import Draft
from sim.system.folders import DIGESTS, Findings, adding_to, begin, stream, verify, write

COALITION = Path(sys.executable).with_name("coalition")
BASELINE = "brussels-2025-04"


def everything_in(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Start a run too long to end by itself, and wait until it is writing; it does not outlive the test."""
    begun: list[subprocess.Popen[str]] = []

    def start() -> "subprocess.Popen[str]":
        older = set(drafts(tmp_path))
        running = subprocess.Popen(  # noqa: S603
            [COALITION, "run", BASELINE, "--runs", "100000000", "--threads", "1", "--quiet"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        begun.append(running)
        while running.poll() is None:
            rows = [row for draft in drafts(tmp_path) if draft not in older for row in draft.glob(".runs.*")]
            if any(file.exists() and file.stat().st_size > 20_000 for file in rows):
                return running
            time.sleep(0.1)
        raise AssertionError(running.communicate())

    yield start
    for running in begun:
        running.kill()
        running.communicate()


def drafts(folder: Path) -> list[Path]:
    return list(folder.glob("results/*/.*.draft"))


# --- drafts ------------------------------------------------------------------------------------------


def test_a_folder_appears_only_when_it_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "out" / "run"
    draft = Draft(target)
    (draft.folder / "table").write_text("all of it")
    assert not target.exists()
    assert draft.folder.name.startswith(".run.")
    draft.publish()
    draft.close()
    assert everything_in(tmp_path) == [target.parent, target, target / DIGESTS, target / "table"]


def test_a_draft_thrown_away_leaves_not_even_the_folders_made_for_it(tmp_path: Path) -> None:
    Draft(tmp_path / "out" / "deep" / "run").close()
    assert everything_in(tmp_path) == []


def test_a_draft_thrown_away_leaves_what_was_there_before(tmp_path: Path) -> None:
    target = tmp_path / "out" / "run"
    target.mkdir(parents=True)
    (target / "table").write_text("older")
    Draft(target).close()
    assert (target / "table").read_text() == "older"
    (tmp_path / "empty").mkdir()
    Draft(tmp_path / "empty" / "run").close()
    assert (tmp_path / "empty").exists()


def test_two_drafts_of_a_folder_leave_each_other_alone_and_the_later_wins(tmp_path: Path) -> None:
    target = tmp_path / "run"
    one, other = Draft(target), Draft(target)
    (one.folder / "table").write_text("one")
    (other.folder / "table").write_text("other")
    for draft in (one, other):
        draft.publish()
        draft.close()
    assert everything_in(tmp_path) == [target, target / DIGESTS, target / "table"]
    assert (target / "table").read_text() == "other"


def test_a_draft_without_a_process_is_cleared_by_the_next(tmp_path: Path) -> None:
    for left_by in (".run.0123abcd.draft", ".run.0123abcd.old.draft"):
        (tmp_path / left_by / "figures").mkdir(parents=True)
    (tmp_path / ".another.0123abcd.draft").mkdir()
    Draft(tmp_path / "run").close()
    assert [path.name for path in everything_in(tmp_path)] == [".another.0123abcd.draft"]


def test_a_file_is_there_whole_or_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    with stream(file) as opened:
        opened.write(b"all of it")
        assert not file.exists()
    with pytest.raises(KeyboardInterrupt), stream(file) as opened:
        opened.write(b"half")
        raise KeyboardInterrupt
    assert everything_in(tmp_path) == [file]
    assert file.read_text() == "all of it"


def test_many_that_write_into_one_folder_at_once_do_not_spoil_it(tmp_path: Path) -> None:
    begin(tmp_path)
    file = tmp_path / "report.html"

    def add(number: int) -> None:
        with adding_to(tmp_path):
            write(file, f"{number}\n".encode() * 1000)

    with ThreadPoolExecutor(8) as threads:  # locks are of open files: threads shut each other out as well
        list(threads.map(add, range(40)))
    assert everything_in(tmp_path) == [tmp_path / DIGESTS, file]
    assert len(lines := file.read_text().split()) == 1000
    assert len(set(lines)) == 1
    assert verify(tmp_path) == Findings((), (), ())


# --- a run that fails --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error", [RuntimeError("half-way"), KeyboardInterrupt(), OSError(28, "No space left")]
)
def test_a_run_that_fails_half_way_leaves_nothing(
    world: Callable[..., Path], tmp_path: Path, error: BaseException
) -> None:
    done = 0

    def fail(runs: int) -> None:
        nonlocal done
        done += runs
        if done > 1000:
            raise error

    case, out = sim.load_case(world()), tmp_path / "out"
    with pytest.raises(type(error)):
        run_into_folder(case, Runs(5000), out, keep=Keep(trajectories=True), csv=True, progress=fail)
    assert 1000 < done < 5000
    assert not out.exists()


def test_a_run_that_fails_leaves_older_results_of_its_name(
    world: Callable[..., Path], tmp_path: Path
) -> None:
    case, out = sim.load_case(world()), tmp_path / "out"
    _, folder = run_into_folder(case, Runs(5), out)
    before = everything_in(out)

    def fail(_: int) -> None:
        raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        run_into_folder(case, Runs(5), out, progress=fail)
    assert everything_in(out) == before
    assert len(pd.read_parquet(folder / "runs.parquet")) == 5


# --- a process that ends -----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
@pytest.mark.parametrize(
    ("signals", "code"),
    [
        ([signal.SIGINT], 130),
        ([signal.SIGINT, signal.SIGINT, signal.SIGTERM], 130),
        ([signal.SIGTERM], 143),
        ([signal.SIGHUP], 129),
    ],
)
def test_a_signal_ends_it_with_one_line_and_leaves_nothing(
    tmp_path: Path, started: Callable[[], "subprocess.Popen[str]"], signals: list[signal.Signals], code: int
) -> None:
    running = started()
    for number in signals:
        running.send_signal(number)
    out, err = running.communicate(timeout=60)
    assert running.returncode == code
    assert out == ""
    assert err.splitlines()[1:] == ["coalition: stopped; what was not finished is thrown away"]
    assert re.match("this takes some [0-9]+ (minutes|hours) in all", err)
    assert everything_in(tmp_path) == []


@pytest.mark.slow
def test_a_killed_run_leaves_at_most_a_draft_which_the_next_run_clears(
    tmp_path: Path, started: Callable[[], "subprocess.Popen[str]"]
) -> None:
    running = started()
    (draft,) = tmp_path.glob("results/*/.*")
    running.kill()
    running.communicate()
    assert list(tmp_path.glob("results/*/*")) == [draft]
    again = started()
    assert not draft.exists()
    again.send_signal(signal.SIGINT)
    again.communicate(timeout=60)
    assert list(tmp_path.glob("results/*/*")) == []


KILLED_AT_WRITE = """
import os, signal, sys

left = int(sys.argv.pop(1))

def hear(event, arguments):
    global left
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wxa+")
    if writes or event in {"os.mkdir", "os.rename", "os.rmdir"}:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.argv[0] = "coalition"
from sim.cli import main

sys.addaudithook(hear)
main()
"""


@pytest.mark.slow
def test_killed_at_any_write_a_run_is_there_whole_or_not_at_all(
    world: Callable[..., Path], tmp_path: Path
) -> None:
    command = ["run", world(), "--runs", "5", "--csv", "--trajectories", "--quiet"]
    results, whole = tmp_path / "results" / "world", 0
    for moment in (15, 1_000):
        child = [sys.executable, "-c", KILLED_AT_WRITE, str(moment), *map(str, command)]
        ended = subprocess.run(child, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603
        assert ended.returncode == (0 if moment == 1_000 else -signal.SIGKILL), ended.stderr
        for folder in results.glob("[!.]*"):
            assert len(pd.read_parquet(folder / "runs.parquet")) == 5
            assert (folder / "manifest.json").exists()
            whole += 1
    assert whole == 1
    assert list(results.glob(".*")) == []


@pytest.mark.slow
def test_two_processes_write_the_same_results_at_once(tmp_path: Path) -> None:
    command = [COALITION, "run", BASELINE, "--runs", "2000", "--quiet", "--threads", "1"]
    both = [
        subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603
        for _ in range(2)
    ]
    said = [running.communicate(timeout=300) for running in both]
    assert [running.returncode for running in both] == [0, 0], said
    assert said[0][0] == said[1][0]
    (folder,) = tmp_path.glob("results/*/*")
    assert folder == tmp_path / said[0][0].strip().removeprefix("results: ")
    assert len(pd.read_parquet(folder / "runs.parquet")) == 2000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of half a megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:  # noqa: S603
        pytest.skip("only root can mount a small disk, and not everywhere")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)  # noqa: S603, S607


@pytest.mark.slow
def test_a_full_disk_is_told_in_one_line_and_nothing_is_left(
    process: Callable[..., Any], small_disk: Path
) -> None:
    ended = process("run", BASELINE, "--runs", 2000, "--out", small_disk / "out")
    assert ended.code == 2
    assert "results:" not in ended.out  # the answer itself may have been printed
    (line,) = [line for line in ended.err.splitlines() if not line.startswith("compiling")]
    assert line.startswith("coalition: ")
    assert "No space left on device" in line
    assert everything_in(small_disk) == []


@pytest.mark.slow
def test_results_that_will_not_fit_on_a_disk_are_refused_before_the_first_run(
    process: Callable[..., Any], small_disk: Path
) -> None:
    ended = process("run", BASELINE, "--runs", 2000, "--trajectories", "--out", small_disk / "out")
    assert (ended.code, ended.out) == (2, "")
    (line,) = ended.err.splitlines()
    assert "some 30.3 MB of results do not fit on the disk, 0.5 MB are free; fewer runs, or no" in line
    assert everything_in(small_disk) == []


# --- memory ------------------------------------------------------------------------------------------

MEASURE = """
import resource, sys
from pathlib import Path
import sim
from sim.experiments.runs import Runs
from sim.experiments.run import run_into_folder
case = sim.load_case("brussels-2025-04", ["rounds=12"])
options = Runs(int(sys.argv[1]), threads=2)
run_into_folder(case, options, Path(sys.argv[2]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


@pytest.mark.slow
def test_ten_times_the_runs_need_no_more_memory(tmp_path: Path) -> None:
    def megabytes(runs: int) -> float:
        command = [sys.executable, "-c", MEASURE, str(runs), str(tmp_path)]
        return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)  # noqa: S603

    few = megabytes(15_000)
    # The rows of the runs alone would be 12 MB, had they been kept.
    assert megabytes(150_000) < few + 9
