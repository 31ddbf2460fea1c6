"""What asks a program to stop, and what stops listening to it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.system.signals import STOPPING, heard, not_inherited

COALITION = Path(sys.executable).with_name("coalition")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes differ")


def ended(code: str) -> "subprocess.CompletedProcess[str]":
    """Run lines of Python in a process of their own."""
    imports = "import os, signal, threading, time\nfrom sim.system import signals\n"
    command = [sys.executable, "-c", imports + code]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603


# --- being stopped -----------------------------------------------------------------------------------


@pytest.mark.parametrize("number", STOPPING)
def test_every_signal_does_what_ctrl_c_does(number: int) -> None:
    before = signal.getsignal(number)
    with heard() as stopping, pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), number)
    assert stopping.exit_code == 128 + number
    assert signal.getsignal(number) is before


def test_an_interruption_that_python_ignores_is_not_lost() -> None:
    ignored = """
class Thing:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)

with signals.heard():
    try:
        thing = Thing()
        del thing
        time.sleep(20)
    except KeyboardInterrupt:
        print("stopped")
"""
    done = ended(ignored)
    assert (done.stdout, done.stderr) == ("stopped\n", "")


def test_python_is_not_interrupted_while_it_holds_the_lock_of_imports() -> None:
    importing = """
import importlib.abc, sys

class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        stopping(signal.SIGINT, sys._getframe(1))  # as if the signal had come in the code that imports
        print("goes on")

with signals.heard() as stopping:
    sys.meta_path.insert(0, Finder())
    try:
        import wave
        sys.meta_path.pop(0)
        time.sleep(20)
    except KeyboardInterrupt:
        print("stopped")
"""
    done = ended(importing)
    assert done.stdout.splitlines()[0] == "goes on"
    assert done.stdout.splitlines()[-1] == "stopped"


def test_further_signals_do_not_disturb_a_program_that_is_stopping() -> None:
    with heard() as stopping:
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
        for number in STOPPING:
            os.kill(os.getpid(), number)
    assert stopping.exit_code == 143


def test_a_further_signal_ends_what_does_not_come_to_an_end() -> None:
    stuck = """
signals.PATIENCE = 0.01
with signals.heard():
    try:
        os.kill(os.getpid(), signal.SIGINT)
    except KeyboardInterrupt:
        time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGINT)
        print("goes on")
"""
    done = ended(stuck)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_what_nohup_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with heard():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_process_does_not_wait_for_threads_when_it_leaves() -> None:
    began = time.monotonic()
    done = ended("threading.Thread(target=time.sleep, args=[50]).start()\nprint('told')\nsignals.leave(143)")
    assert (done.returncode, done.stdout, done.stderr) == (143, "told\n", "")
    assert time.monotonic() - began < 40


def test_a_process_does_not_wait_for_its_children_when_it_leaves() -> None:
    began = time.monotonic()
    child = "multiprocessing.get_context('fork').Process(target=time.sleep, args=[50]).start()"
    done = ended(f"import multiprocessing\n{child}\nsignals.leave(143)")
    assert (done.returncode, done.stderr) == (143, "")
    assert time.monotonic() - began < 40


def test_processes_that_are_started_meanwhile_do_not_hear_ctrl_c_but_this_one_does() -> None:
    look = "import signal; print(*signal.pthread_sigmask(signal.SIG_BLOCK, []))"
    with not_inherited():
        command = [sys.executable, "-c", look]
        blocked = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
    assert {int(number) for number in blocked.split()} >= {signal.SIGINT, signal.SIGHUP}
    assert signal.SIGTERM not in map(int, blocked.split())
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


@pytest.mark.parametrize("becomes", ["KeyboardInterrupt", "SystemError"])
def test_ctrl_c_is_heard_while_the_program_is_loading(becomes: str) -> None:
    loading = f"""
import sys, sim.cli

class Impatient:
    def find_spec(self, name, path=None, target=None):
        if name == "typer":
            try:
                os.kill(os.getpid(), signal.SIGINT)
            except KeyboardInterrupt:
                raise {becomes} from None

sys.meta_path.insert(0, Impatient())
sim.cli.main()
"""
    done = ended(loading)
    assert done.returncode == 130
    assert done.stderr == "coalition: stopped; what was not finished is thrown away\n"


# --- being read no more ------------------------------------------------------------------------------


def unread(*arguments: object, folder: Path) -> tuple[int, str]:
    """Run the command into a pipe that is closed; return its exit code and what it said of that."""
    running = subprocess.Popen(  # noqa: S603
        [COALITION, *map(str, arguments)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdout
    assert running.stderr
    running.stdout.close()
    with running.stderr as stream:
        said = stream.read()
    return running.wait(timeout=60), said


@pytest.mark.parametrize("command", [("--help",), ("schema",), ("evidence", "FRA")], ids=" ".join)
def test_a_command_that_nobody_reads_ends_quietly(command: tuple[str, ...], tmp_path: Path) -> None:
    assert unread(*command, folder=tmp_path) == (141, "")


@pytest.mark.slow
def test_results_are_whole_though_nobody_reads_what_is_printed(
    world: Callable[..., Any], tmp_path: Path
) -> None:
    file = world()
    run = ("run", file, "--runs", 5, "--report", "--out", "run")
    compare = ("compare", file, file, "--runs", 5, "--out", "compared")
    assert unread(*run, folder=tmp_path) == (141, "")
    assert unread(*compare, folder=tmp_path) == (141, "")
    assert list(tmp_path.glob("run/*/*/report.html"))
    assert list(tmp_path.glob("compared/*/*/*/document.json"))
    assert not list(tmp_path.rglob(".*"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_where_nothing_can_be_printed_it_says_so() -> None:
    command = [COALITION, "--help"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603
    assert (done.returncode, done.stderr) == (1, "coalition: output: No space left on device\n")
