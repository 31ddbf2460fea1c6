"""The seam between this layer and the system: every call goes through here, so that tests can let it fail."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Returned = TypeVar("Returned")


def before(name: str) -> None:
    """Do nothing before a call, named by its function; tests put in this place what raises."""


def call(function: Callable[Arguments, Returned]) -> Callable[Arguments, Returned]:
    """Mark a function as a call of the system."""

    @wraps(function)
    def called(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Returned:
        before(function.__name__)
        return function(*args, **kwargs)

    return called
