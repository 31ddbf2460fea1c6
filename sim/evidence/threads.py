"""Linear algebra on one thread."""

from collections.abc import Callable
from typing import TypeVar, cast

from threadpoolctl import threadpool_limits

F = TypeVar("F", bound=Callable[..., object])


def on_one_thread(function: F) -> F:
    """Let a function's linear algebra run on one thread.

    The matrices are small: on a busy machine threads that wait for each other took eight times as long. Sums
    are also in one order then, and results the same on any number of cores.
    """
    return cast("F", threadpool_limits.wrap(limits=1, user_api="blas")(function))
