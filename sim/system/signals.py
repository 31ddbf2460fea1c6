"""Signals that ask a program to stop: all of them do what Ctrl-C does, once, and none shows a traceback."""

import atexit
import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn, TextIO

STOPPING = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
]
"""Ctrl-C; a batch system or `docker stop`; a terminal that is closed; Ctrl-Break on Windows."""

PATIENCE = 2.0
"""Seconds within which further signals are the same wish: wrappers pass on what the terminal sent already."""

IMPORTING = {"<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>"}
"""Python's code that must not be interrupted: it may leave a lock held that every later import waits for."""

SOON = 0.02
"""Seconds until an interruption is tried again that could not be."""

SIGNALLED = 128
"""What shells add to the number of a signal for the exit code of what it has ended."""

BROKEN_PIPE = SIGNALLED + 13
"""The exit code of a program whose output nobody reads any more."""


class Stopped(Exception):  # noqa: N818 - not an error
    """The user has stopped a command; the message says how to go on."""


class Stopping:
    """Whether, since when and by which signal a program is being stopped."""

    def __init__(self) -> None:
        self._number: int = signal.SIGINT
        self._since: float | None = None
        self._is_put_off = False

    @property
    def is_asked_for(self) -> bool:
        """Whether a signal has come."""
        return self._since is not None

    @property
    def exit_code(self) -> int:
        """The exit code of a program that is stopped."""
        return SIGNALLED + self._number

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Interrupt the main thread once; end at once where it has not come to an end since.

        Raises
        ------
        KeyboardInterrupt
            The first time, or soon after where Python must not be interrupted.
        """
        if self._since is None:
            self._number, self._since, self._is_put_off = number, time.monotonic(), True
        if self._is_put_off:
            self._is_put_off = False
            if frame is None or frame.f_code.co_filename not in IMPORTING:
                raise KeyboardInterrupt
            self.put_off()
        elif time.monotonic() - self._since > PATIENCE:
            os._exit(self.exit_code)

    def put_off(self) -> None:
        """Interrupt the main thread soon: now it must not be, or what it does forgets that it was."""
        self._is_put_off = True
        again = threading.Timer(SOON, signal.raise_signal, [self._number])
        again.daemon = True
        again.start()

    def unraisable(self, ignored: "sys.UnraisableHookArgs") -> None:
        """Let no interruption be lost that Python ignores, as in destructors; show what else it ignores."""
        if issubclass(ignored.exc_type, KeyboardInterrupt) and self.is_asked_for:
            self.put_off()
        else:
            sys.__unraisablehook__(ignored)


@contextlib.contextmanager
def heard() -> Iterator[Stopping]:
    """Answer every signal that asks to stop with `KeyboardInterrupt`; signals that are ignored stay so."""
    stopping = Stopping()
    numbers = [number for number in STOPPING if _can_be_heard(number)]
    before = {number: signal.signal(number, stopping) for number in numbers}
    hook, sys.unraisablehook = sys.unraisablehook, stopping.unraisable
    try:
        yield stopping
    finally:
        sys.unraisablehook = hook
        for number, handler in before.items():
            signal.signal(number, handler)
        # Before Python waits for threads, where it has a place for that; the last one is the first to run.
        getattr(threading, "_register_atexit", atexit.register)(_end_quietly)


def _can_be_heard(number: int) -> bool:
    """Tell whether a signal may be answered: not where a shell or `nohup` has it ignored, or in a thread."""
    in_main_thread = threading.current_thread() is threading.main_thread()
    return in_main_thread and signal.getsignal(number) not in {signal.SIG_IGN, None}


@contextlib.contextmanager
def not_inherited() -> Iterator[None]:
    """Keep signals from processes and threads that are started meanwhile; this thread hears them afterwards.

    A terminal sends Ctrl-C to all processes of a command; this one answers for those that it started, and
    ends them by SIGTERM.
    """
    numbers = [number for number in STOPPING if number != signal.SIGTERM]
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker  # noqa: PLC0415 - not on Windows

    before = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    try:
        resource_tracker.ensure_running()  # a process too, whose start lets signals through again
        signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_quietly() -> None:
    """Let signals end the process while Python winds up: there is nothing left that could be told."""
    for number in STOPPING:
        if _can_be_heard(number):
            signal.signal(number, signal.SIG_DFL)


def leave(code: int) -> NoReturn:
    """End the process now, without waiting for threads and processes that compute what nobody wants any more.

    What libraries have to clear up they do, but what they say of it is of no use.
    """
    give_up_broken_streams()
    _to_nowhere(sys.__stderr__)
    for child in multiprocessing.active_children():
        child.kill()
    atexit._run_exitfuncs()
    os._exit(code)


def give_up_broken_streams() -> None:
    """Let go what cannot be written to the standard streams any more; Python would complain at its end."""
    for stream in (sys.__stdout__, sys.__stderr__):
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except OSError:
            _to_nowhere(stream)


def _to_nowhere(stream: TextIO | None) -> None:
    """Let what is written to a stream go nowhere."""
    with contextlib.suppress(OSError, ValueError, AttributeError):  # closed, or there is none
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())  # type: ignore[union-attr]
        os.close(nowhere)
