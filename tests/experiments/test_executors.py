"""Executors yield the same results, in whatever order they come."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.experiments.executors import Executor, LocalCluster, Scheduler, Threads
from sim.experiments.sweep import SweepPlan, plan_sweep, run_sweep
from sim.inputs.errors import InputError


def product(shared: int, index: int) -> int:
    return shared * index


@pytest.mark.parametrize("executor", [Threads(), Threads(1), Threads(4)], ids=repr)
def test_threads_yield_each_result_once(executor: Executor) -> None:
    assert sorted(executor.map(product, 3, enumerate(range(40)))) == [
        (index, 3 * index) for index in range(40)
    ]


def test_closed_early_threads_give_up_what_has_not_begun() -> None:
    begun: list[int] = []

    def slow(_: None, index: int) -> int:
        begun.append(index)
        time.sleep(0.01)
        return index

    results = Threads(2).map(slow, None, enumerate(range(1000)))
    next(results)
    results.close()
    assert len(begun) < 20
    assert threading.active_count() < 10


def test_a_mistake_in_a_part_reaches_the_caller() -> None:
    def wrong(_: None, index: int) -> int:
        raise InputError(f"part {index} is wrong")

    with pytest.raises(InputError, match="is wrong"):
        list(Threads(2).map(wrong, None, enumerate(range(5))))


@pytest.mark.parametrize("executor", [LocalCluster(2), Scheduler("tcp://127.0.0.1:1")], ids=repr)
def test_without_dask_one_line_says_how_to_install_it(
    executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"needs Dask: pip install 'coalition-sim\[cluster\]'"):
        list(executor.map(product, 3, enumerate(range(3))))


@pytest.fixture
def plan(world: Callable[..., Path], tmp_path: Path) -> SweepPlan:
    world()
    file = tmp_path / "sweep.toml"
    factor = '[[levers]]\npath = "washington.involvement"\nrange = [0, 1]\nsteps = 64\n'
    file.write_text(f'title = "A sweep"\nbase = "world/world.toml"\nruns = 2000\n{factor}')
    return plan_sweep(file)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_dask_gives_the_same_bytes_even_if_a_worker_is_killed(plan: SweepPlan, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    expected = run_sweep(plan, tmp_path / "threads").folder
    local = run_sweep(plan, tmp_path / "local", executor=LocalCluster(2)).folder
    killed: list[int] = []
    with distributed.LocalCluster(
        2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as cluster:

        def kill_a_worker(done: int, total: int) -> None:
            if done and not killed:
                killed.append(cluster.workers[0].pid)
                os.kill(killed[0], signal.SIGKILL)

        executor = Scheduler(cluster.scheduler_address)
        elsewhere = run_sweep(plan, tmp_path / "elsewhere", executor=executor, progress=kill_a_worker).folder
    assert killed
    for table in ("points.parquet", "nations.parquet"):
        assert (local / table).read_bytes() == (expected / table).read_bytes()
        assert (elsewhere / table).read_bytes() == (expected / table).read_bytes()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(sys.platform == "win32", reason="sockets differ")
def test_a_scheduler_that_does_not_answer_is_a_mistake_in_one_line() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(InputError, match="--scheduler: no scheduler answers at"):
        list(Scheduler("tcp://127.0.0.1:1").map(product, 3, enumerate(range(3))))
