"""What simulations take, told beforehand: near what they take."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.experiments.needs import _bytes_of_tally, need_in_parts, need_of_runs
from sim.experiments.runs import Runs
from sim.model.ensemble import Keep
from sim.model.tally import empty_tally

BASELINE = "brussels-2025-04"


@pytest.mark.parametrize("counted", [None, 0, 1])
@pytest.mark.parametrize(("rounds", "nations"), [(10, 3), (100, 20)])
def test_the_memory_of_a_tally_is_told_exactly(rounds: int, nations: int, counted: int | None) -> None:
    tally = empty_tally(rounds, nations, counted)
    assert _bytes_of_tally(rounds, nations, Keep(counted=counted)) == sum(part.nbytes for part in tally)


@pytest.mark.slow
@pytest.mark.parametrize("more", [["--trajectories"], ["--trajectories", "--terms"]], ids=" ".join)
def test_what_is_said_to_be_written_is_near_what_is_written(
    coalition: Callable[..., Any], more: list[str]
) -> None:
    ended = coalition("run", BASELINE, "--runs", 600, "--rounds", 30, "--quiet", *more)
    folder = Path(ended.out.strip().removeprefix("results: "))
    written = sum(file.stat().st_size for file in folder.rglob("*.parquet"))
    keep = Keep(trajectories=True, terms="--terms" in more)
    told = need_of_runs([sim.load_case(BASELINE, ["rounds=30"])], Runs(600), keep).disk
    assert 0.7 * written < told < 1.1 * written


PEAK = """
import re, sys
from pathlib import Path
import sim
from sim.experiments.runs import Runs
from sim.experiments.run import run_into_folder
def peak():
    return 1024 * int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
few, many = (sim.load_case("brussels-2025-04", [f"rounds={rounds}"]) for rounds in (2, 4000))
run_into_folder(few, Runs(5, threads=2), Path(sys.argv[1]))
before = peak()
run_into_folder(many, Runs(5, threads=2), Path(sys.argv[1]))
print(peak() - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="other systems count in other units")
def test_the_memory_that_is_said_to_be_taken_is_near_what_is_taken(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PEAK, str(tmp_path)]
    taken = float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)  # noqa: S603
    told = need_of_runs([sim.load_case(BASELINE, ["rounds=4000"])], Runs(5, threads=2)).memory
    assert 0.6 * taken < told < 1.4 * taken


def test_more_rounds_runs_and_threads_take_more() -> None:
    def memory(rounds: int = 52, runs: int = 5000, threads: int = 2, **options: bool) -> float:
        case = sim.load_case(BASELINE, [f"rounds={rounds}"])
        return need_of_runs([case], Runs(runs, threads=threads), Keep(**options)).memory

    assert memory(rounds=520) > 5 * memory()
    assert memory(trajectories=True) > 2 * memory()
    assert memory(trajectories=True, terms=True) > 2 * memory(trajectories=True)
    assert memory(trajectories=True, threads=4) > memory(trajectories=True)
    assert memory(trajectories=True, runs=5) < memory(trajectories=True) / 5
    assert memory(runs=10**9) == memory(runs=10**6)


def test_what_others_compute_takes_nothing_here() -> None:
    case = sim.load_case(BASELINE)
    need = need_in_parts([case], 512, 10**9, Keep(trajectories=True), at_once=0)
    assert (need.memory, need.disk, need.seconds) == (0.0, 0.0, 0.0)
