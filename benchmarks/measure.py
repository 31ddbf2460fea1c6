"""Ways to measure on a noisy machine: processor time, interleaved repetitions, medians, child processes."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TypeVar

Name = TypeVar("Name", bound=Hashable)


def interleaved(tasks: Mapping[Name, Callable[[], object]], repetitions: int) -> dict[Name, list[float]]:
    """Return the processor seconds of every repetition of every task, taking turns.

    What else the machine does then slows all tasks alike.
    """
    seconds: dict[Name, list[float]] = {name: [] for name in tasks}
    for _ in range(repetitions):
        for name, task in tasks.items():
            begun = time.process_time()
            task()
            seconds[name].append(time.process_time() - begun)
    return seconds


def paired_ratio(numerators: Sequence[float], denominators: Sequence[float]) -> float:
    """Return the median over repetitions of the ratio within a repetition."""
    return median(above / below for above, below in zip(numerators, denominators, strict=True))


@dataclass(frozen=True)
class Usage:
    """What something used: seconds by the clock, seconds of processor time, peak memory in bytes."""

    wall: float
    cpu: float
    peak_memory: int = 0


def used(work: Callable[[], None]) -> Usage:
    """Return how long work takes, by the clock and in processor time of all threads."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Usage(time.perf_counter() - wall, time.process_time() - cpu)


def run_process(command: Sequence[str], environment: Mapping[str, str]) -> Usage:
    """Run a command to its end, output dropped; fail if it fails. Memory is not measured."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Usage(wall, used.ru_utime + used.ru_stime)


def seconds_until(word: str, command: Sequence[str], environment: Mapping[str, str]) -> float:
    """Run a command to its end; return the seconds by the clock until it printed a line that begins so."""
    begun, seconds = time.perf_counter(), 0.0
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env={**os.environ, **environment}, text=True, **streams) as process:
        for line in process.stdout or ():
            if line.startswith(word) and not seconds:
                seconds = time.perf_counter() - begun
    if process.returncode or not seconds:
        raise subprocess.CalledProcessError(process.returncode, command)
    return seconds


def simulate_in_process(runs: int, environment: Mapping[str, str], rounds: int = 52) -> Usage:
    """Simulate in a new process; return what that took there, reading inputs and starting Python apart."""
    command = (sys.executable, "-m", "benchmarks.child", str(runs), str(rounds))
    said = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=True
    ).stdout
    wall, cpu, peak = said.split()
    return Usage(float(wall), float(cpu), int(peak))


def middle(used: Sequence[Usage]) -> Usage:
    """Return the medians."""
    return Usage(median(one.wall for one in used), median(one.cpu for one in used))


def usual_environment(folder: Path) -> dict[str, str]:
    """Return an environment with its own cache, in which Python keeps its bytecode, as it usually does."""
    return {
        "XDG_CACHE_HOME": str(folder / "cache"),
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
        "PYTHONDONTWRITEBYTECODE": "",
    }
