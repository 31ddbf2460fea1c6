"""Executors yield the same results, in whatever order they come."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.experiments.comparison.compare import plan_comparison
from sim.experiments.executors import Executor, LocalCluster, Scheduler, Threads
from sim.experiments.resumable import Experiment, run_parts
from sim.experiments.run import RunOptions
from sim.experiments.sensitivity.plan import SensitivityOptions
from sim.experiments.sensitivity.sensitivity import plan_sensitivity
from sim.experiments.sweep.sweep import SweepPlan, plan_sweep
from sim.inputs.case import load_case
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


@pytest.mark.parametrize("executor", [LocalCluster(2), Scheduler("tcp://127.0.0.1:1")], ids=repr)
def test_without_dask_nothing_is_written(
    executor: Executor, plan: SweepPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(InputError, match="needs Dask"):
        run_parts(plan, tmp_path / "out", executor=executor)
    assert not (tmp_path / "out").exists()


@pytest.fixture
def plan(world: Callable[..., Path], tmp_path: Path) -> SweepPlan:
    world()
    file = tmp_path / "sweep.toml"
    factor = '[[levers]]\npath = "{}"\nrange = [0, 1]\nsteps = {}\n'
    factors = factor.format("washington.involvement", 64) + factor.format("ceasefire", 2)
    file.write_text(f'title = "A sweep"\nbase = "world/world.toml"\nruns = 1000\n{factors}')
    return plan_sweep(file)


@pytest.fixture
def others(plan: SweepPlan, tmp_path: Path) -> list[Experiment]:
    """Other kinds of experiments of the same small world."""
    file = tmp_path / "world" / "world.toml"
    options = SensitivityOptions(samples=16, runs=100)
    withdrawn = load_case(file, ["washington.involvement=0"])
    return [
        plan_sensitivity(file, tmp_path / "sweep.toml", options),
        plan_comparison([file, withdrawn], RunOptions(runs=2000)),
    ]


def tables(experiment: Experiment, out: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in experiment.folder(out).glob("*.parquet")}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_dask_gives_the_same_bytes_even_if_a_worker_is_killed(
    plan: SweepPlan, others: list[Experiment], tmp_path: Path
) -> None:
    distributed = pytest.importorskip("distributed")
    for experiment in (plan, *others):
        run_parts(experiment, tmp_path / "threads")
    run_parts(plan, tmp_path / "local", executor=LocalCluster(2))
    killed: list[int] = []
    with distributed.LocalCluster(
        2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as cluster:

        def kill_a_worker(done: int, total: int) -> None:
            if done and not killed:
                killed.append(cluster.workers[0].pid)
                os.kill(killed[0], signal.SIGKILL)

        executor = Scheduler(cluster.scheduler_address)
        run_parts(plan, tmp_path / "elsewhere", executor=executor, progress=kill_a_worker)
        for experiment in others:
            run_parts(experiment, tmp_path / "elsewhere", executor=executor)
    assert killed
    assert tables(plan, tmp_path / "local") == tables(plan, tmp_path / "threads")
    for experiment in (plan, *others):
        found = tables(experiment, tmp_path / "elsewhere")
        assert found
        assert found == tables(experiment, tmp_path / "threads")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(sys.platform == "win32", reason="sockets differ")
def test_a_scheduler_that_does_not_answer_is_a_mistake_in_one_line() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(InputError, match="--scheduler: no scheduler answers at"):
        list(Scheduler("tcp://127.0.0.1:1").map(product, 3, enumerate(range(3))))


@pytest.mark.filterwarnings("ignore")
def test_where_no_scheduler_answers_nothing_is_written(plan: SweepPlan, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(InputError, match="--scheduler: no scheduler answers at nowhere"):
        run_parts(plan, tmp_path / "out", executor=Scheduler("nowhere"))
    assert not (tmp_path / "out").exists()
