"""Where the parts of an experiment are computed: threads here, processes here, or a cluster elsewhere.

Each executor maps a pure function over numbered tasks and yields the results as they come, so any of them,
in any order and after any retry, gives the same results.
"""

import importlib.util
import os
import pickle
import signal
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures import Executor as Pool
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from multiprocessing import connection
from threading import Thread
from typing import Any, Protocol, TypeVar

from sim.inputs.errors import InputError
from sim.results.identity import code_digests
from sim.system.failures import Failure
from sim.system.libraries import distributed, loky
from sim.system.signals import not_inherited
from sim.system.threads import computing

S = TypeVar("S")
T = TypeVar("T")
R = TypeVar("R")

AHEAD, AHEAD_OF_CLUSTER = 4, 512
"""Tasks that are handed out at a time, a thread or process, and at least on a cluster, whose workers may join
later; the others take no memory yet."""

TOGETHER = 16
"""Results that a worker of a cluster puts together before they are sent: one machine could not add up all."""

PATIENCE = 1.0
"""Seconds without a result after which processes are looked after."""

RETRIES = 3
"""How often a cluster computes a task again that has failed."""


class WorkerDied(Failure):
    """What computed a part has died, and nobody else can compute it."""


class Executor(Protocol):
    """Something that computes parts.

    Attributes
    ----------
    at_once
        How many parts this machine computes at a time; 0 if others do.
    """

    @property
    def at_once(self) -> int: ...  # noqa: D102

    def check(self) -> None:
        """Find out now, before anything is written, whether it can compute; an InputError if not."""
        ...

    def map(
        self, function: Callable[[S, T], R], shared: S, tasks: Iterable[tuple[int, T]]
    ) -> Generator[tuple[int, R], None, None]:
        """Yield ``(number, function(shared, task))`` for each numbered task, in the order they are done in.

        Tasks are made when they are handed out. Closed early, it gives up what has not begun.
        """
        ...

    def sums(
        self,
        function: Callable[[S, T], R],
        shared: S,
        tasks: Iterable[T],
        together: Callable[[list[R]], R],  # noqa: ARG002 - for those far from here
    ) -> Generator[R, None, None]:
        """Yield ``function(shared, task)`` of each task, of one or of several `together`, in any order."""
        with closing(self.map(function, shared, enumerate(tasks))) as results:
            for _, result in results:
                yield result


@dataclass(frozen=True)
class Threads(Executor):
    """Threads of this process: the compiled model does not hold the interpreter's lock.

    Attributes
    ----------
    number
        How many; 0 for one a core.
    """

    number: int = 0

    @property
    def at_once(self) -> int:
        """The number of threads."""
        return self.number or os.cpu_count() or 1

    def check(self) -> None:
        """Threads are always there."""

    def map(
        self, function: Callable[[S, T], R], shared: S, tasks: Iterable[tuple[int, T]]
    ) -> Generator[tuple[int, R], None, None]:
        """Yield results; see `Executor`."""
        with computing(self.at_once) as pool:
            yield from _map_in(pool, AHEAD * self.at_once, partial(function, shared), tasks)


THREADS = Threads()


def threads_of(executor: Executor) -> int:
    """Return how many threads of this process what follows the parts may use; 0 for one a core."""
    return executor.number if isinstance(executor, Threads) else 0


@dataclass(frozen=True)
class Processes(Executor):
    """Processes of this machine, one thread each.

    They are reached through pipes, which nobody else can open. A script that uses them needs no
    ``if __name__ == "__main__":``.

    Attributes
    ----------
    number
        How many.
    """

    number: int

    @property
    def at_once(self) -> int:
        """The number of processes."""
        return self.number

    def check(self) -> None:
        """Refuse to go on without loky."""
        _require("loky", "--workers")

    def map(
        self, function: Callable[[S, T], R], shared: S, tasks: Iterable[tuple[int, T]]
    ) -> Generator[tuple[int, R], None, None]:
        """Yield results; see `Executor`."""
        self.check()
        arguments = (os.getpid(), pickle.dumps(partial(function, shared)))
        pool = loky.ProcessPoolExecutor(self.number, initializer=_begin, initargs=arguments, env=_ENVIRONMENT)
        try:
            with not_inherited():
                pool.submit(os.getpid)  # which starts the processes
            yield from _map_in(pool, AHEAD * self.number, _compute, tasks, partial(_look_after, pool))
        except BrokenProcessPool:
            problem, way_on = "one of them died, perhaps for lack of memory", "fewer workers take less"
            raise WorkerDied(f"--workers {self.number}", problem, way_on) from None
        finally:
            pool.shutdown(kill_workers=True)


def _map_in(
    pool: Pool,
    ahead: int,
    compute: Callable[[T], R],
    tasks: Iterable[tuple[int, T]],
    look_after: Callable[[], None] = lambda: None,
) -> Iterator[tuple[int, R]]:
    """Yield results of a pool that is handed so many tasks ahead, and looked after where none comes."""
    waiting: dict[Future[R], int] = {}
    remaining = iter(tasks)
    while True:
        for number, task in islice(remaining, ahead - len(waiting)):
            waiting[pool.submit(compute, task)] = number
        if not waiting:
            return
        done = wait(waiting, PATIENCE, FIRST_COMPLETED).done
        if not done:
            look_after()
        for future in done:
            yield waiting.pop(future), future.result()


def _look_after(pool: "loky.ProcessPoolExecutor") -> None:
    """Break a pool that waits for the rest of a result whose process died while it sent it.

    Of other deaths, and of processes that end as they should, a pool learns by itself, at once.
    """
    ended = connection.wait([process.sentinel for process in pool._processes.values()], timeout=0)
    if not ended:
        return
    time.sleep(PATIENCE)
    processes = list(pool._processes.values())
    if pool._flags.broken is None and any(process.sentinel in ended for process in processes):
        for process in processes:
            process.terminate()
        pool._result_queue._writer.close()


_work: list[Callable[[Any], Any]] = []
"""What this process does with each of its tasks."""


def _begin(parent: int, pickled: bytes) -> None:
    """Make this process ready: Ctrl-C is its parent's to answer, and it ends if that is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with, args=(parent,), daemon=True).start()
    _work.append(pickle.loads(pickled))  # noqa: S301 - from the parent, through a pipe of its own


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _compute(task: Any) -> Any:
    return _work[-1](task)


@dataclass(frozen=True)
class Scheduler(Executor):
    """A Dask cluster that runs already; its workers need this package in the same version.

    Whoever reaches a scheduler can run programs on its workers, and answer in their place: it must be one of
    TLS, whose certificates Dask finds in its own configuration, unless the network is trusted.

    Attributes
    ----------
    address
        Of its scheduler, such as ``tls://host:8786``.
    unencrypted
        Whether anything else than TLS will do.
    """

    address: str
    unencrypted: bool = False

    at_once = 0

    def check(self) -> None:
        """Refuse to go on without Dask, encryption or an answer, or with workers that have other code."""
        with self._client() as client:
            here = code_digests()
            for worker, there in client.run(code_digests, on_error="return").items():
                if there != here:
                    raise InputError(_other_code(worker, here, there), key="--scheduler")

    def map(
        self, function: Callable[[S, T], R], shared: S, tasks: Iterable[tuple[int, T]]
    ) -> Generator[tuple[int, R], None, None]:
        """Yield results; see `Executor`."""
        with self._client() as client:
            submit = _submitting(client, function, shared)
            yield from self._map_on(client, submit, tasks)

    def sums(
        self,
        function: Callable[[S, T], R],
        shared: S,
        tasks: Iterable[T],
        together: Callable[[list[R]], R],
    ) -> Generator[R, None, None]:
        """Yield results that workers have put together; see `Executor`."""
        with self._client() as client:
            submit = _submitting(client, function, shared)

            def submit_several(some: list[T]) -> "distributed.Future[Any]":
                parts = [submit(task) for task in some]
                whole: distributed.Future[Any] = client.submit(together, parts, pure=False, retries=RETRIES)
                return whole

            for _, result in self._map_on(client, submit_several, enumerate(_several(tasks))):
                yield result

    def _map_on(
        self,
        client: "distributed.Client",
        submit: Callable[[T], "distributed.Future[Any]"],
        tasks: Iterable[tuple[int, T]],
    ) -> Generator[tuple[int, Any], None, None]:
        """Compute on the cluster; tasks of a worker that dies are computed again by another."""
        remaining, numbers, done = iter(tasks), {}, distributed.as_completed()

        def hand_out(how_many: int) -> None:
            for number, task in islice(remaining, how_many):
                future = submit(task)
                numbers[future] = number
                done.add(future)

        try:
            hand_out(max(AHEAD * sum(client.nthreads().values()), AHEAD_OF_CLUSTER))
            for future in done:
                hand_out(1)
                yield numbers.pop(future), future.result()
        except distributed.KilledWorker:
            problem = "several workers died over the same part, perhaps for lack of memory"
            raise WorkerDied(self.address, problem, "give them more") from None
        finally:
            client.cancel(list(numbers))

    def _client(self) -> "distributed.Client":
        if not (self.unencrypted or self.address.startswith("tls://")):
            raise InputError(
                f"{self.address} is not encrypted: whoever reaches it could run programs there, and here; "
                "give a tls:// address, or --unencrypted where you trust the whole network",
                key="--scheduler",
            )
        _require("distributed", "--scheduler")
        try:
            return distributed.Client(self.address, timeout=10)
        except (OSError, ValueError, TypeError, ImportError) as error:
            raise InputError(f"no scheduler answers at {self.address}: {error}", key="--scheduler") from None


def _submitting(
    client: "distributed.Client", function: Callable[[S, T], R], shared: S
) -> Callable[[T], "distributed.Future[Any]"]:
    """Return what hands a task to a cluster, which holds what all tasks share."""
    # A computed value, unlike a scattered one, is made anew where the worker that held it has died.
    held = client.submit(_itself, shared, pure=False)
    return lambda task: client.submit(function, held, task, pure=False, retries=RETRIES)


def _several(tasks: Iterable[T]) -> Iterator[list[T]]:
    remaining = iter(tasks)
    while some := list(islice(remaining, TOGETHER)):
        yield some


def _itself(value: S) -> S:
    return value


def _other_code(worker: str, here: dict[str, str], there: object) -> str:
    """Say in what a worker differs, which has told the digests of its code or why it has none."""
    if isinstance(there, dict):
        others = ", ".join(name for name in here if here[name] != there.get(name))
        differs = f"differs in: {others}"
    else:
        differs = f"cannot say what it has ({type(there).__name__}: {there})"
    return f"worker {worker} has not the same coalition-sim, it {differs}; install the same version there"


_ENVIRONMENT = {
    **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
    **dict.fromkeys(("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"), str(2**29)),
}
"""Of each process: one thread, and memory that is kept, which makes NumPy faster."""


def _require(module: str, option: str) -> None:
    if importlib.util.find_spec(module) is None:
        problem = f"needs {_PACKAGES[module]}: pip install 'coalition-sim[cluster]'"
        raise InputError(problem, key=option)


_PACKAGES = {"distributed": "Dask", "loky": "loky"}
