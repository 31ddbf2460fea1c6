"""What a part costs whoever hands it out, and how many cores that feeds: `python -m benchmarks cluster plan`.

A real cluster of this machine, its scheduler in a process of its own, is handed parts that do nothing and
send as much as those of 10^9 runs. How long these would compute follows from the time of a run.
"""

import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pandas as pd
import psutil

from benchmarks.engines import SCENARIO
from benchmarks.measure import used
from benchmarks.report import Table
from benchmarks.rows import row_groups, write_rows
from benchmarks.sweep import SWEEP
from sim.experiments.executors import TOGETHER, Scheduler
from sim.experiments.needs import parts_of, seconds_of
from sim.experiments.run import run_into_folder
from sim.experiments.runs import Runs
from sim.experiments.simulate import GROUP, Part, compute_part, put_together, simulate_case
from sim.experiments.sweep.evaluate import compute_points
from sim.experiments.sweep.sweep import plan_sweep
from sim.inputs.case import Case, load_case
from sim.model.ensemble import COUNTS, Keep
from sim.results.parts import PartsFolder
from sim.system.libraries import distributed

BILLION = 10**9
PARTS = 320
"""That are handed out, a multiple of those that are put together."""

NO_ROWS = Keep(rows=False)
T = TypeVar("T")


class Costs(NamedTuple):
    """Seconds of processor time that a part takes."""

    scheduler: float
    command: float

    def fed(self, seconds: float) -> float:
        """Return how many cores are busy that compute a part in so many seconds."""
        return seconds / max(self)


def feeding() -> Table:
    """Measure parts of a run and of a sweep."""
    case = load_case(SCENARIO)
    a_run, at_point = _seconds_a_run(case), _seconds_at_a_point()
    runs_of_part = BILLION // _parts(case)
    points = BILLION // 1000 // _parts(plan_sweep(SWEEP).base)
    with _cluster() as (executor, scheduler):
        costs = {
            (f"a run, counts only: {runs_of_part:,} runs a part", runs_of_part * a_run): _of(
                scheduler, lambda: _drain_sums(executor, _part(case, NO_ROWS))
            ),
            (f"a run with rows: {GROUP:,} runs a part", GROUP * a_run): _of(
                scheduler, lambda: _write(executor, _part(case, COUNTS))
            ),
            (f"a sweep: {points} points of 1,000 runs a part", points * 1000 * at_point): _of(
                scheduler, lambda: _keep(executor, _swept(points))
            ),
        }
    return Table(
        "One scheduler: parts of 10⁹ runs",
        ("", "a part computes, s", "scheduler, ms a part", "command, ms a part", "cores fed (extrapolated)"),
        [
            (
                name,
                f"{seconds:.2f}",
                f"{cost.scheduler * 1000:.1f}",
                f"{cost.command * 1000:.1f}",
                f"{cost.fed(seconds):,.0f}",
            )
            for (name, seconds), cost in costs.items()
        ],
        f"Processor time of {PARTS} parts that compute nothing and send as much, on a cluster of this "
        "machine; the command writes rows, and parts of the sweep. Cores fed is how long a part computes "
        "over what it costs the scheduler or the command, whichever costs more: no such cluster was at hand.",
    )


def plan() -> Table:
    """Say what 10⁹ runs of the baseline take, from what one takes here."""
    case = load_case(SCENARIO)
    hours = BILLION * _seconds_a_run(case) / 3600
    counts, rows = (len(pickle.dumps(_part(case, keep))) for keep in (NO_ROWS, COUNTS))
    with tempfile.TemporaryDirectory() as name:
        out = Path(name)
        a_row = write_rows(case, Runs(GROUP), out) / GROUP
        _, folder = run_into_folder(case, Runs(1000), out / "run", keep=NO_ROWS)
        kept = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    parts = _parts(case)
    return Table(
        "A plan for 10⁹ runs of the baseline (extrapolated)",
        ("", "counts only (`--no-rows`)", "with a row a run"),
        [
            ("core hours", f"{hours:.1f}", f"{hours:.1f}"),
            ("parts", f"{parts:,}", f"{BILLION // GROUP:,}"),
            (
                "sent to the command, GB",
                _gigabytes(parts / TOGETHER * counts),
                _gigabytes(BILLION / GROUP * rows),
            ),
            ("on disk, GB", _gigabytes(kept), _gigabytes(kept + BILLION * a_row)),
        ],
        f"From {_seconds_a_run(case) * 1e6:.1f} µs of processor time a run, {counts / 1e6:.1f} MB of counts "
        f"a part and {a_row:.1f} bytes of `runs.parquet` a run, as measured.",
    )


def _gigabytes(number: float) -> str:
    return f"{number / 1e9:,.3g}"


def _parts(case: Case) -> int:
    return parts_of(seconds_of([case], BILLION))


@cache
def _seconds_a_run(case: Case, runs: int = 20_000) -> float:
    simulate_case(case, Runs(64, threads=1), lambda *_: None)
    return used(lambda: simulate_case(case, Runs(runs, threads=1), lambda *_: None)).cpu / runs


def _seconds_at_a_point(points: int = 16) -> float:
    """Return what a run takes at a point of the sweep."""
    swept = plan_sweep(SWEEP, runs=1000)
    compute_points(swept.shared, swept.points.head(1))
    return used(lambda: compute_points(swept.shared, swept.points.head(points))).cpu / (points * 1000)


def _part(case: Case, keep: Keep) -> Part:
    """Return a part of as many bytes as any of a run."""
    return compute_part((case, Runs(threads=1), keep), range(GROUP))


def _swept(points: int) -> Any:
    """Return a part of a sweep of so many points: of one run each, which is as many bytes."""
    swept = plan_sweep(SWEEP, runs=1)
    some = pd.concat([swept.points] * (points // len(swept.points) + 1), ignore_index=True)
    return compute_points(swept.shared, some.head(points))


def _drain_sums(executor: Scheduler, part: Part) -> None:
    for _ in executor.sums(_nothing, part, range(PARTS), put_together):
        pass


def _write(executor: Scheduler, part: Part) -> None:
    """Write the rows of every part."""
    with tempfile.TemporaryDirectory() as folder, row_groups(Path(folder)) as groups:
        for _, each in executor.map(_nothing, part, enumerate(range(PARTS))):
            for _, records in each.chunks:
                groups.add(records)


def _keep(executor: Scheduler, part: Any) -> None:
    """Write every part of a sweep, as it is kept until all are done."""
    about = plan_sweep(SWEEP).about
    with tempfile.TemporaryDirectory() as folder, PartsFolder(Path(folder), "sweep", about) as store:
        for number, each in executor.map(_nothing, part, enumerate(range(PARTS))):
            store.write(f"parts/{number}", each)


def _nothing(part: T, _: int) -> T:
    return part


def _of(scheduler: psutil.Process, work: Callable[[], None]) -> Costs:
    """Return what each part costs the scheduler and this process."""
    before = sum(scheduler.cpu_times()[:2])
    taken = used(work)
    return Costs((sum(scheduler.cpu_times()[:2]) - before) / PARTS, taken.cpu / PARTS)


@contextmanager
def _cluster() -> Iterator[tuple[Scheduler, psutil.Process]]:
    """Start a scheduler and two workers, each a process of its own."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        known = ("--scheduler-file", f"{folder}/scheduler.json")
        scheduler = _started(running, "scheduler", "--port", "0", "--host", "127.0.0.1", *known)
        for _ in range(2):
            _started(running, "worker", "--nthreads", "1", "--no-nanny", *known)
        with distributed.Client(scheduler_file=known[1]) as client:
            client.wait_for_workers(2)
            address = client.scheduler.address
        yield Scheduler(address, unencrypted=True), psutil.Process(scheduler.pid)


def _started(running: ExitStack, role: str, *options: str) -> subprocess.Popen[bytes]:
    """Start a process of Dask that ends with what it is used for."""
    command = (sys.executable, "-m", f"distributed.cli.dask_{role}", *options, "--no-dashboard")
    process = running.enter_context(subprocess.Popen(command, stderr=subprocess.DEVNULL))
    running.callback(process.terminate)
    return process
