"""Runs are the same wherever they are computed, by however many, in whatever order they come back."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from loky_workers import loky_workers

import sim
from sim.experiments.executors import Executor, Processes, Scheduler, Threads, WorkerDied
from sim.experiments.needs import SECONDS_PER_PART, parts_of
from sim.experiments.run import run_into_folder
from sim.experiments.runs import Runs
from sim.inputs.case import Case
from sim.inputs.errors import InputError
from sim.model.ensemble import Keep

ALL = Keep()
NO_ROWS = Keep(rows=False)
TRAJECTORIES = Keep(trajectories=True, terms=True)


class Backwards(Executor):
    """Computes here, and hands over what is done last first."""

    at_once = 1

    def check(self) -> None:
        """It can always compute."""

    def map(
        self, function: Callable[[Any, Any], Any], shared: Any, tasks: Iterable[tuple[int, Any]]
    ) -> Generator[tuple[int, Any], None, None]:
        yield from [(number, function(shared, task)) for number, task in tasks][::-1]


@pytest.fixture
def case(world: Callable[..., Path]) -> Case:
    return sim.load_case(world())


def written(case: Case, runs: Runs, out: Path, **options: Any) -> dict[str, bytes]:
    """Return the tables of runs by their files."""
    _, folder = run_into_folder(case, runs, out, **options)
    files = [file for ending in ("parquet", "csv") for file in folder.rglob(f"*.{ending}")]
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


@pytest.mark.slow
@pytest.mark.parametrize("keep", [ALL, NO_ROWS, TRAJECTORIES], ids=["rows", "no rows", "trajectories"])
@pytest.mark.parametrize("executor", [Backwards(), Processes(2)], ids=["backwards", "processes"])
def test_others_write_the_same_bytes_as_threads(
    executor: Executor, keep: Keep, case: Case, tmp_path: Path
) -> None:
    runs = Runs(3000, threads=2)
    here = written(case, runs, tmp_path / "here", keep=keep, csv=True)
    elsewhere = written(case, runs, tmp_path / "elsewhere", keep=keep, csv=True, executor=executor)
    assert elsewhere == here
    assert ("runs.parquet" in here) == keep.rows


@pytest.mark.slow
def test_so_do_processes_of_the_readable_engine(case: Case, tmp_path: Path) -> None:
    runs = Runs(70, engine="mesa")
    here = written(case, runs, tmp_path / "here", keep=TRAJECTORIES)
    assert written(case, runs, tmp_path / "there", keep=TRAJECTORIES, executor=Processes(2)) == here


@pytest.fixture(scope="module")
def scheduler() -> Iterator[Scheduler]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as cluster:
        yield Scheduler(cluster.scheduler_address, unencrypted=True)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("keep", [ALL, NO_ROWS, TRAJECTORIES], ids=["rows", "no rows", "trajectories"])
def test_a_cluster_writes_the_same_bytes_as_threads(
    keep: Keep, scheduler: Scheduler, case: Case, tmp_path: Path
) -> None:
    runs, done = Runs(20_000), list[int]()
    there = written(case, runs, tmp_path / "there", keep=keep, executor=scheduler, progress=done.append)
    assert there == written(case, runs, tmp_path / "here", keep=keep)
    assert sum(done) == runs.number
    assert len(done) > 1


@pytest.mark.slow
def test_of_runs_whose_worker_dies_nothing_is_left(case: Case, tmp_path: Path) -> None:
    def kill_one(_: int) -> None:
        for worker in loky_workers()[:1]:
            os.kill(worker.pid, signal.SIGKILL)

    with pytest.raises(WorkerDied, match="--workers 2: one of them died, perhaps for lack of memory; fewer"):
        run_into_folder(case, Runs(10**6), tmp_path / "out", executor=Processes(2), progress=kill_one)
    assert not list((tmp_path / "out").rglob("*.parquet"))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_worker_with_another_version_is_named_before_anything_is_written(
    case: Case, tmp_path: Path
) -> None:
    distributed = pytest.importorskip("distributed")
    other = tmp_path / "other"
    shutil.copytree(Path(sim.__file__).parent, other / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    rules = other / "sim" / "model" / "rules.py"
    rules.write_text(rules.read_text("utf-8") + "\n# changed\n", "utf-8")
    quiet = {"dashboard_address": None, "silence_logs": 50}
    with distributed.LocalCluster(n_workers=0, threads_per_worker=1, **quiet) as cluster:
        address = cluster.scheduler_address
        command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-nanny"]
        with subprocess.Popen(  # noqa: S603
            command, cwd=other, env={**os.environ, "PYTHONPATH": ""}, stderr=subprocess.DEVNULL
        ) as worker:
            try:
                with distributed.Client(address) as client:
                    client.wait_for_workers(1, timeout=60)
                executor = Scheduler(address, unencrypted=True)
                with pytest.raises(InputError, match=r"--scheduler: worker .* differs in: model; install"):
                    run_into_folder(case, Runs(5), tmp_path / "out", executor=executor)
            finally:
                worker.terminate()
    assert not (tmp_path / "out").exists()


def test_the_more_there_is_to_do_the_longer_a_part_takes() -> None:
    """Parts of 2 s feed 500 workers of a hand that takes 4 ms a part."""
    assert parts_of(0.0) == parts_of(60.0) == 128
    assert parts_of(1000.0) == 500
    assert 1000.0 / parts_of(1000.0) / SECONDS_PER_PART == 500
    assert parts_of(100_000.0) == 5000


def test_threads_and_what_others_compute_say_the_same_from_python(case: Case, tmp_path: Path) -> None:
    result, _ = run_into_folder(case, Runs(600), tmp_path, executor=Threads(1))
    assert result.nations.equals(sim.run(case, runs=600).nations)
