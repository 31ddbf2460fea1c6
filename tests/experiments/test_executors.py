"""Executors yield the same results, in whatever order they come."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from operator import mul, truediv
from pathlib import Path

import psutil
import pytest
from loky_workers import loky_workers

from sim.experiments.comparison.compare import plan_comparison
from sim.experiments.executors import Executor, Processes, Scheduler, Threads, WorkerDied
from sim.experiments.resumable import Experiment, run_parts
from sim.experiments.runs import Runs
from sim.experiments.sensitivity.plan import SensitivityOptions
from sim.experiments.sensitivity.sensitivity import plan_sensitivity
from sim.experiments.sweep.sweep import SweepPlan, plan_sweep
from sim.inputs.case import load_case
from sim.inputs.errors import InputError


def listening(processes: Sequence[psutil.Process]) -> set[object]:
    return {each for process in processes for each in process.net_connections("all") if each.laddr}


@pytest.mark.parametrize("executor", [Threads(), Threads(1), Threads(4), Processes(2)], ids=repr)
def test_each_result_is_yielded_once(executor: Executor) -> None:
    assert sorted(executor.map(mul, 3, enumerate(range(40)))) == [(index, 3 * index) for index in range(40)]


def test_nobody_else_can_reach_processes_and_closed_early_they_end() -> None:
    before = listening([psutil.Process()])
    results = Processes(2).map(mul, 3, enumerate(range(1000)))
    next(results)
    processes = [psutil.Process(), *loky_workers()]
    assert len(processes) >= 3
    assert listening(processes) <= before
    results.close()
    assert not loky_workers()


def test_what_a_process_cannot_compute_reaches_the_caller() -> None:
    with pytest.raises(ZeroDivisionError):
        list(Processes(1).map(truediv, 3, enumerate(range(5))))


def test_a_process_that_dies_is_told_in_one_line() -> None:
    results = Processes(2).map(mul, 3, enumerate(range(100_000)))
    next(results)
    os.kill(loky_workers()[0].pid, signal.SIGKILL)
    with pytest.raises(WorkerDied, match=r"--workers 2: one of them died, .*; fewer workers take less"):
        list(results)
    assert not loky_workers()


def test_where_parts_are_kept_it_says_so(plan: SweepPlan, tmp_path: Path) -> None:
    def kill_one(done: int, _total: int) -> None:
        for worker in loky_workers()[: bool(done)]:
            os.kill(worker.pid, signal.SIGKILL)

    with pytest.raises(WorkerDied, match=r"one of them died, .* parts that are done are kept"):
        run_parts(plan, tmp_path, executor=Processes(2), progress=kill_one)
    run_parts(plan, tmp_path, resume=True)


UNGUARDED = """\
import operator
from sim.experiments.executors import Processes

print(sorted(Processes(2).map(operator.mul, 3, enumerate(range(3)))), flush=True)
"""
KILLED = """\
import os, signal, time
from sim.experiments.executors import Processes

next(Processes(2).map(os.path.join, "", enumerate(map(str, range(1000)))))
print("ready", flush=True)
time.sleep(60)
"""


def test_a_script_that_uses_processes_needs_no_guard(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(UNGUARDED)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.stdout, done.stderr) == ("[(0, 0), (1, 3), (2, 6)]\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="processes there do not learn whose children they are")
def test_processes_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(KILLED)
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE) as parent:  # noqa: S603
        assert parent.stdout
        parent.stdout.readline()
        children = psutil.Process(parent.pid).children(recursive=True)
        parent.kill()
    assert len(children) >= 2
    assert not psutil.wait_procs(children, timeout=10)[1]


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


WITHOUT = {"Dask": Scheduler("tls://127.0.0.1:1"), "loky": Processes(2)}


@pytest.mark.parametrize("package", WITHOUT)
def test_without_a_package_one_line_says_how_to_install_it_and_nothing_is_written(
    package: str, plan: SweepPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(InputError, match=rf"needs {package}: pip install 'coalition-sim\[cluster\]'"):
        run_parts(plan, tmp_path / "out", executor=WITHOUT[package])
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "127.0.0.1:1", "nowhere"])
def test_a_scheduler_without_tls_is_refused_before_anything_is_written(
    address: str, plan: SweepPlan, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=f"--scheduler: {address} is not encrypted: .*--unencrypted"):
        run_parts(plan, tmp_path / "out", executor=Scheduler(address))
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
    options = SensitivityOptions(samples=16, number=100)
    withdrawn = load_case(file, ["washington.involvement=0"])
    return [
        plan_sensitivity(file, tmp_path / "sweep.toml", options),
        plan_comparison([file, withdrawn], Runs(2000)),
    ]


def tables(experiment: Experiment, out: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in experiment.folder(out).glob("*.parquet")}


@pytest.fixture
def certified(tmp_path: Path) -> Iterator[None]:
    """Let Dask's configuration name a certificate, as the page on clusters has it made."""
    pytest.importorskip("distributed")
    import dask

    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl")
    files = {"key": str(tmp_path / "key.pem"), "cert": str(tmp_path / "cert.pem")}
    made = "req -x509 -newkey rsa:3072 -nodes -days 2 -subj /CN=coalition -keyout key.pem -out cert.pem"
    subprocess.run([openssl, *made.split()], cwd=tmp_path, check=True, capture_output=True)  # noqa: S603
    tls = {
        f"{role}.{kind}": file for role in ("scheduler", "worker", "client") for kind, file in files.items()
    }
    settings = {
        f"distributed.comm.tls.{key}": file for key, file in {"ca-file": files["cert"], **tls}.items()
    }
    with dask.config.set(settings):
        yield


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_everywhere_the_same_bytes_even_if_a_worker_is_killed(
    plan: SweepPlan, others: list[Experiment], tmp_path: Path, certified: None
) -> None:
    distributed, dask = pytest.importorskip("distributed"), pytest.importorskip("dask")
    for experiment in (plan, *others):
        run_parts(experiment, tmp_path / "threads")
    run_parts(plan, tmp_path / "processes", executor=Processes(2))
    killed: list[int] = []
    with distributed.LocalCluster(
        2,
        threads_per_worker=1,
        dashboard_address=None,
        silence_logs=50,
        protocol="tls://",
        security=distributed.Security(require_encryption=True),
    ) as cluster:

        def kill_a_worker(done: int, total: int) -> None:
            if done and not killed:
                killed.append(cluster.workers[0].pid)
                os.kill(killed[0], signal.SIGKILL)

        executor = Scheduler(cluster.scheduler_address)
        run_parts(plan, tmp_path / "elsewhere", executor=executor, progress=kill_a_worker)
        for experiment in others:
            run_parts(experiment, tmp_path / "elsewhere", executor=executor)
        with dask.config.set({"distributed.comm.tls.ca-file": None}), pytest.raises(InputError, match="TLS"):
            executor.check()  # without the certificate nobody gets in
    assert killed
    assert tables(plan, tmp_path / "processes") == tables(plan, tmp_path / "threads")
    for experiment in (plan, *others):
        found = tables(experiment, tmp_path / "elsewhere")
        assert found
        assert found == tables(experiment, tmp_path / "threads")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(sys.platform == "win32", reason="sockets differ")
@pytest.mark.parametrize("address", [pytest.param("tcp://127.0.0.1:1", marks=pytest.mark.slow), "nowhere"])
def test_where_no_scheduler_answers_one_line_says_so_and_nothing_is_written(
    address: str, plan: SweepPlan, tmp_path: Path
) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(InputError, match=f"--scheduler: no scheduler answers at {address}"):
        run_parts(plan, tmp_path / "out", executor=Scheduler(address, unencrypted=True))
    assert not (tmp_path / "out").exists()
