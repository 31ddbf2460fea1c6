"""How much memory a process can still get, and what is said where it is not enough."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.system import memory
from sim.system.memory import available_memory, is_out_of_memory

GIGABYTE = 2**30


def write_group(folder: Path, most: object, used: int, reclaimable: int = 0) -> None:
    """Write what version 2 says of a control group."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "memory.max").write_text(f"{most}\n")
    (folder / "memory.current").write_text(f"{used}\n")
    (folder / "memory.stat").write_text(f"anon 5\ninactive_file {reclaimable}\n")


@pytest.fixture
def proc(tmp_path: Path) -> Callable[..., Path]:
    """Write what the kernel says of itself and of this process."""

    def write(meminfo: str = "", cgroup: str = "") -> Path:
        (tmp_path / "proc/self").mkdir(parents=True)
        (tmp_path / "proc/meminfo").write_text(meminfo)
        (tmp_path / "proc/self/cgroup").write_text(cgroup)
        return tmp_path / "proc"

    return write


def test_it_is_what_the_kernel_can_give_and_free_swap(proc: Callable[..., Path]) -> None:
    said = "MemTotal: 9000 kB\nMemAvailable:    3000 kB\nHugePages_Total:   0\nSwapFree: 1000 kB\n"
    assert memory._of_machine(proc(said)) == 4000 * 1024


def test_it_is_what_the_smallest_of_the_groups_above_leaves(
    proc: Callable[..., Path], tmp_path: Path
) -> None:
    groups = tmp_path / "groups"
    write_group(groups, "max", 0)
    write_group(groups / "slurm", 6 * GIGABYTE, 5 * GIGABYTE, reclaimable=GIGABYTE // 2)
    write_group(groups / "slurm/job", 4 * GIGABYTE, GIGABYTE)
    assert memory._of_groups(proc(cgroup="0::/slurm/job\n"), groups) == GIGABYTE + GIGABYTE // 2


def test_of_a_container_that_sees_but_itself_it_is_what_its_group_leaves(
    proc: Callable[..., Path], tmp_path: Path
) -> None:
    write_group(tmp_path / "groups", GIGABYTE, GIGABYTE // 4)
    assert memory._of_groups(proc(cgroup="0::/../elsewhere\n"), tmp_path / "groups") == GIGABYTE * 3 // 4


def test_groups_of_the_first_version_count_too(proc: Callable[..., Path], tmp_path: Path) -> None:
    folder = tmp_path / "groups/memory/docker/1f"
    folder.mkdir(parents=True)
    (folder / "memory.limit_in_bytes").write_text("5000\n")
    (folder / "memory.usage_in_bytes").write_text("3000\n")
    (folder / "memory.stat").write_text("total_inactive_file 1000\n")
    said = "4:memory:/docker/1f\n3:cpu,cpuacct:/docker/1f\n1:name=systemd:/\n"
    assert memory._of_groups(proc(cgroup=said), tmp_path / "groups") == 3000


def test_where_the_kernel_says_nothing_it_is_unknown(tmp_path: Path) -> None:
    assert memory._of_machine(tmp_path) is None
    assert memory._of_groups(tmp_path, tmp_path) is None


@pytest.mark.skipif(sys.platform != "linux", reason="told by Linux")
def test_of_this_machine_it_is_known() -> None:
    assert 10**6 < (available_memory() or 0) < 10**15


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("can't start new thread"),
        ImportError("libarrow.so: failed to map segment from shared object"),
        OSError(12, "Cannot allocate memory"),
    ],
)
def test_libraries_say_in_many_ways_that_there_is_no_memory(error: Exception) -> None:
    assert is_out_of_memory(error)
    assert not is_out_of_memory(RuntimeError("something else"))


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv.pop(1)), resource.RLIM_INFINITY))
from sim.cli import main
main()
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits of other systems differ")
@pytest.mark.parametrize(
    ("limit", "rounds", "problem"),
    [
        (2_800_000_000, 10_000, "some 0.8 GB are needed, and 0.3 GB for libraries; "),
        (400_000_000, 52, "some 4.5 MB are needed, and 0.3 GB for libraries; "),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(
    tmp_path: Path, limit: int, rounds: int, problem: str
) -> None:
    command = ["run", "brussels-2025-04", "--runs", "5", "--rounds", str(rounds)]
    child: list[Any] = [sys.executable, "-c", LIMITED, str(limit), *command]
    done = subprocess.run(child, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"coalition: memory: {problem}")
    assert not list(tmp_path.iterdir())
