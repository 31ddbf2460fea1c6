"""Threads that compute."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager


@contextmanager
def computing(threads: int) -> Iterator[ThreadPoolExecutor]:
    """Give work to so many threads; at the end it is done, or nobody wants it any more and waits for it."""
    pool = ThreadPoolExecutor(threads)
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
