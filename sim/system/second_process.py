"""A second process of this program: it loads what its work takes while this one computes.

It is a help, and nothing rests on it: what it could not do, the process that asked does itself.
"""

import importlib
import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from sim.system.memory import available_memory

ENOUGH = 2e9
"""Bytes of memory that must be left for a second process to be started."""


class NoAnswer(Exception):  # noqa: N818 - nothing is wrong: the work is done elsewhere then
    """The second process is not there, or has died."""


class SecondProcess:
    """A process that does one piece of work at a time; close it.

    Parameters
    ----------
    modules
        What it imports at once.

    Raises
    ------
    OSError
        If the system starts none.
    """

    def __init__(self, modules: Sequence[str]) -> None:
        command = [sys.executable, "-m", "sim.system.second_process", *modules]
        pipe = subprocess.PIPE  # Ctrl-C is sent to a group of processes, and is for the one that asks
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, process_group=0)  # noqa: S603 - this program
        self._thread = ThreadPoolExecutor(1)

    def begin(self, home: str, *arguments: Any) -> "Future[Any]":
        """Ask for what stands at a home, ``module:function``, called with arguments.

        Returns
        -------
        Future
            What it returns or raises; `NoAnswer` if there is none.

        Raises
        ------
        NoAnswer
            If what is asked cannot be sent.
        """
        try:
            question = pickle.dumps((home, arguments))  # now: they may change while they are sent
        except Exception as error:
            raise NoAnswer from error
        return self._thread.submit(self._asked, question)

    def _asked(self, question: bytes) -> Any:
        try:
            self._process.stdin.write(question)  # type: ignore[union-attr]
            self._process.stdin.flush()  # type: ignore[union-attr]
            is_answer, answer = pickle.load(self._process.stdout)  # type: ignore[arg-type]  # noqa: S301 - our own
        except Exception as error:  # of the pipe
            raise NoAnswer from error
        if is_answer:
            return answer
        raise answer

    def close(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.communicate()
        self._thread.shutdown(wait=False)


def can_help() -> bool:
    """Tell whether a second process would be of use: there is a processor for it, and memory."""
    memory = available_memory()
    return bool(sys.executable) and processors() > 1 and (memory is None or memory > ENOUGH)


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _serve() -> None:
    """Do what is asked until nobody asks any more."""
    for module in sys.argv[1:]:
        importlib.import_module(module)
    asked, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what is printed must not stand among the answers
    while True:
        home, arguments = pickle.load(asked)  # noqa: S301 - from the process that started this one
        pickle.dump(_answer(home, arguments), answers)
        answers.flush()


def _answer(home: str, arguments: tuple[Any, ...]) -> tuple[bool, Any]:
    module, _, function = home.partition(":")
    try:
        return True, getattr(importlib.import_module(module), function)(*arguments)
    except Exception as error:
        return False, error


if __name__ == "__main__":
    try:
        _serve()
    except Exception:  # whoever asked has gone, or does the work himself
        os._exit(1)
