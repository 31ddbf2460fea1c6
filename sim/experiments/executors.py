"""Where the parts of an experiment are computed: threads here, a cluster of processes here, or one elsewhere.

Each executor maps a pure function over numbered tasks and yields the results as they come, so any of them,
in any order and after any retry, gives the same results.
"""

import logging
import os
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Protocol, TypeVar

from sim.inputs.errors import InputError
from sim.system.signals import not_inherited
from sim.system.threads import computing

if TYPE_CHECKING:
    from distributed import Client

S = TypeVar("S")
T = TypeVar("T")
R = TypeVar("R")

AHEAD, AHEAD_OF_CLUSTER = 4, 512
"""Tasks that are handed out at a time, a thread, and at least on a cluster, whose workers may join later; the
others take no memory yet."""


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


@dataclass(frozen=True)
class Threads:
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
        waiting: dict[Future[R], int] = {}
        with computing(self.at_once) as pool:
            remaining = iter(tasks)
            while True:
                for number, task in islice(remaining, AHEAD * self.at_once - len(waiting)):
                    waiting[pool.submit(function, shared, task)] = number
                if not waiting:
                    return
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    yield waiting.pop(future), future.result()


@dataclass(frozen=True)
class LocalCluster:
    """A Dask cluster of processes on this machine, one thread each.

    Attributes
    ----------
    workers
        How many processes.
    """

    workers: int

    @property
    def at_once(self) -> int:
        """The number of processes."""
        return self.workers

    def check(self) -> None:
        """Refuse to go on without Dask."""
        _require_dask("--workers")

    def map(
        self, function: Callable[[S, T], R], shared: S, tasks: Iterable[tuple[int, T]]
    ) -> Generator[tuple[int, R], None, None]:
        """Yield results; see `Executor`."""
        self.check()
        from distributed import Client
        from distributed import LocalCluster as DaskCluster

        with _memory_settings(), not_inherited():
            cluster = DaskCluster(
                self.workers, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL
            )
        with cluster, Client(cluster) as client:
            yield from _map_on(client, function, shared, tasks)


@dataclass(frozen=True)
class Scheduler:
    """A Dask cluster that runs already; its workers need this package in the same version.

    Attributes
    ----------
    address
        Of its scheduler, such as ``tcp://host:8786``.
    """

    address: str

    at_once = 0

    def check(self) -> None:
        """Refuse to go on without Dask, or where no scheduler answers."""
        self._client().close()

    def map(
        self, function: Callable[[S, T], R], shared: S, tasks: Iterable[tuple[int, T]]
    ) -> Generator[tuple[int, R], None, None]:
        """Yield results; see `Executor`."""
        with self._client() as client:
            yield from _map_on(client, function, shared, tasks)

    def _client(self) -> "Client":
        _require_dask("--scheduler")
        from distributed import Client

        try:
            return Client(self.address, timeout=10)
        except (OSError, ValueError, TypeError, ImportError) as error:
            raise InputError(f"no scheduler answers at {self.address}: {error}", key="--scheduler") from None


def _map_on(
    client: "Client", function: Callable[[S, T], R], shared: S, tasks: Iterable[tuple[int, T]]
) -> Generator[tuple[int, R], None, None]:
    """Compute on a Dask cluster; tasks of a worker that dies are computed again by another."""
    from distributed import as_completed

    # A computed value, unlike a scattered one, is made anew where the worker that held it has died.
    given = client.submit(_itself, shared, pure=False)
    remaining, numbers, done = iter(tasks), {}, as_completed()

    def hand_out(how_many: int) -> None:
        for number, task in islice(remaining, how_many):
            future = client.submit(function, given, task, pure=False, retries=3)
            numbers[future] = number
            done.add(future)

    try:
        hand_out(max(AHEAD * sum(client.nthreads().values()), AHEAD_OF_CLUSTER))
        for future in done:
            hand_out(1)
            yield numbers.pop(future), future.result()
    finally:
        client.cancel(list(numbers))


def _itself(value: S) -> S:
    return value


@contextmanager
def _memory_settings() -> Iterator[None]:
    """Let workers keep their memory: what Dask sets by itself makes NumPy two and a half times slower."""
    import dask

    kept = {name: str(2**29) for name in ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_")}
    with dask.config.set({"distributed.nanny.pre-spawn-environ": {**kept, **_ONE_THREAD}}):
        yield


_ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def _require_dask(option: str) -> None:
    from importlib.util import find_spec

    if find_spec("distributed") is None:
        raise InputError("needs Dask: pip install 'coalition-sim[cluster]'", key=option)
