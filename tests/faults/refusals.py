"""Let every call of the system fail, one after another, until a command ends well.

    python tests/faults/refusals.py [COMMAND...]

All that the program asks of the system goes through `sim.system.calls`. There the n-th call fails, once or
with all that write from then on, for every n. After each the command must have ended with one line that has a
name, a place and a way on, or well; nothing half-written may be left; and the same command must then give the
same bytes as one that nothing befell.
"""

import argparse
import contextlib
import errno
import io
import json
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sim.cli import main
from sim.system import calls
from sim.system.manifests import MANIFEST

ERRORS = (
    *(
        errno.ENOSPC,
        errno.EIO,
        errno.EACCES,
        errno.EROFS,
        errno.EMFILE,
        errno.ENOLCK,
        errno.EINTR,
        errno.EDQUOT,
    ),
    None,
)
"""What calls end with; None for no memory."""

WRITING = {"append", "create", "link", "make_folder", "rename", "sync", "touch", "write"}
"""Calls that a full disk, or one that can only be read, refuses."""

REMOVING = {"remove", "remove_empty"}

BASE = "brussels-2025-04"
SWEEP = """\
title = "A sweep"
base = "brussels-2025-04"
runs = 2
rounds = 3
[[levers]]
path = "washington.involvement"
range = [0, 1]
steps = 2
"""
COMMANDS: dict[str, Sequence[str]] = {
    "run": ("run", BASE, "--runs", "3", "--rounds", "3", "--csv", "--quiet"),
    "sweep": ("sweep", "sweep.toml", "--quiet"),
    "compare": ("compare", BASE, BASE, "--runs", "3", "--rounds", "3", "--csv", "--quiet"),
    "plot": ("plot", "results/sweeps/sweep/*"),
    "report": ("report", "results/sweeps/sweep/*"),
    "verify": ("verify", "results/sweeps/sweep/*"),
}
OF_THE_MOMENT = {"started", "seconds"}
"""What a manifest says that differs each time."""


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass
class Refusal:
    """Lets a call fail, or all that write from then on; counts them."""

    at: int = -1
    code: int | None = errno.EIO
    lasts: bool = False
    count: int = 0
    failed: str = ""
    names: tuple[str, ...] = ()

    def __call__(self, name: str) -> None:
        number, self.count = self.count, self.count + 1
        self.names += (name,)
        if number == self.at or (self.lasts and 0 <= self.at < number and name in WRITING):
            self.failed = self.failed or name
            raise MemoryError if self.code is None else OSError(self.code, os.strerror(self.code))


@contextlib.contextmanager
def in_place(refusal: Refusal) -> Iterator[Refusal]:
    before, calls.before = calls.before, refusal
    try:
        yield refusal
    finally:
        calls.before = before


def command(words: Sequence[str], refusal: Refusal) -> Ended:
    """Run the command in this process and in the current folder."""
    given = [
        word for each in words for word in (sorted(map(str, Path().glob(each))) if "*" in each else [each])
    ]
    out, err = io.StringIO(), io.StringIO()
    argv, sys.argv = sys.argv, ["coalition", *given]
    try:
        with (
            contextlib.redirect_stdout(_Stream(out)),
            contextlib.redirect_stderr(_Stream(err)),
            in_place(refusal),
        ):
            main()
    except SystemExit as ended:
        return Ended(int(ended.code or 0), out.getvalue(), err.getvalue())
    finally:
        sys.argv = argv
    raise AssertionError("the command has not ended")


class _Stream:
    """A stream as the command wants one."""

    def __init__(self, text: io.StringIO) -> None:
        self._text, self.encoding = text, "utf-8"

    def __getattr__(self, name: str) -> object:
        return getattr(self._text, name)

    def reconfigure(self, **_: object) -> None:
        pass


def contents(folder: Path) -> dict[str, object]:
    """Return what a command left, less what differs each time."""
    found: dict[str, object] = {}
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    timed = {file.parent for file in files if file.name == MANIFEST and b'"started"' in file.read_bytes()}
    for file in files:
        content: object = file.read_bytes()
        if file.name == MANIFEST:
            told = json.loads(file.read_text("utf-8"))
            content = {key: value for key, value in told.items() if key not in OF_THE_MOMENT}
        if file.parent not in timed or file.suffix not in {
            ".sha256",
            ".html",
        }:  # which tell of the moment, too
            found[str(file.relative_to(folder))] = content
    return found


@contextlib.contextmanager
def standing(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


LINE = re.compile(r"coalition: [^;]+: [^;]+; .+")
AGAIN = re.compile(r".+: .+; (computed|written) again")


@dataclass
class Trial:
    """A command, what it gives if nothing befalls it, and where it starts from."""

    words: Sequence[str]
    start: Path
    whole: dict[str, object]
    names: tuple[str, ...]

    def fail(self, refusal: Refusal, folder: Path) -> str:
        """Let the command meet a refusal; return what was wrong with how it ended, nothing if nothing was."""
        shutil.copytree(self.start, folder, symlinks=True)
        with standing(folder):
            try:
                return self._fail(refusal)
            except Exception as error:
                return f"{type(error).__name__}: {error}"

    def _fail(self, refusal: Refusal) -> str:
        return self._ended_badly(refusal) or self._goes_on_badly()

    def _ended_badly(self, refusal: Refusal) -> str:
        ended = command(self.words, refusal)
        said = [line for line in ended.err.splitlines() if not AGAIN.fullmatch(line)]
        is_named = ended.code == 2 and len(said) == 1 and LINE.fullmatch(said[0])
        if not is_named and (ended.code != 0 or said):
            return f"ended with {ended.code} and said {said}"
        left = hidden()
        return f"left {left}" if left and refusal.failed not in REMOVING else ""

    def _goes_on_badly(self) -> str:
        again = command(self.words, Refusal())
        if again.code != 0:
            return f"then ended with {again}"
        if contents(Path()) != self.whole or hidden():
            return f"then gave other results, or left {hidden()}"
        made = "results/*/*" if "run" in self.words else "results/*/*/*"
        checked = command(("verify", made), Refusal())
        return "" if checked.code == 0 else f"then left what is damaged: {checked.err}"


def hidden() -> list[Path]:
    """Return what is half-written in the current folder."""
    return list(Path().rglob(".*"))


def trial(name: str, folder: Path) -> Trial:
    """Prepare a command: what it starts from, and what it gives."""
    start, whole = folder / "start", folder / "whole"
    start.mkdir()
    (start / "sweep.toml").write_text(SWEEP)
    with standing(start):
        if name in {"plot", "report", "verify"}:
            command(COMMANDS["sweep"], Refusal())
    shutil.copytree(start, whole)
    with standing(whole):
        refusal = Refusal()
        ended = command(COMMANDS[name], refusal)
        assert ended.code == 0, ended
        return Trial(COMMANDS[name], start, contents(Path()), refusal.names)


def refusals(names: Sequence[str]) -> list[Refusal]:
    """Return a refusal of every call, with one error after another; of writing calls also one that lasts."""
    once = [Refusal(at, ERRORS[at % len(ERRORS)]) for at in range(len(names))]
    lasting = [Refusal(at, (errno.ENOSPC, errno.EROFS)[at % 2], lasts=True) for at in range(len(names))]
    return [*once, *(each for each in lasting if names[each.at] in WRITING)]


def all_of(name: str, every: int = 1) -> tuple[int, int]:
    """Let every so many'th call fail, tell what was wrong; return how many failed, and how many wrong."""
    wrong = 0
    with tempfile.TemporaryDirectory() as temporary:
        tried = trial(name, Path(temporary))
        each = refusals(tried.names)[::every]
        for number, refusal in enumerate(each):
            folder = Path(temporary) / "tried"
            said = tried.fail(refusal, folder)
            if said:
                wrong += 1
                what = "no memory" if refusal.code is None else errno.errorcode[refusal.code]
                lasts = " from then on" if refusal.lasts else ""
                sys.stdout.write(f"{name} {number}: {refusal.failed} {refusal.at} {what}{lasts}: {said}\n")
            shutil.rmtree(folder)
        return len(each), wrong


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("commands", nargs="*", default=list(COMMANDS))
    parser.add_argument("--every", type=int, default=1, help="of how many calls one fails")
    given, failed = parser.parse_args(), 0
    for name in given.commands:
        started = time.monotonic()
        tries, wrong = all_of(name, given.every)
        failed += wrong
        sys.stdout.write(f"{name}: {tries} failures, {wrong} wrong, {time.monotonic() - started:.0f} s\n")
        sys.stdout.flush()
    sys.exit(1 if failed else 0)
