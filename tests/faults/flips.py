"""Flip bits in results folders, stopped and finished: what rots is named or computed again, never believed.

    python tests/faults/flips.py 2000 [SEED]

After each flip all that reads the folder is asked: the same command, tables, figures, the report,
`coalition verify`. Each must say in one line which file it is, or give what it gave before.
"""

import contextlib
import logging
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import sim
from sim.experiments.calibration.calibrate import calibration_folder, plan_calibration, run_calibration
from sim.experiments.comparison.compare import compared, plan_comparison
from sim.experiments.resumable import complete_results, run_parts
from sim.experiments.run import run_into_folder
from sim.experiments.runs import Runs
from sim.experiments.sweep.sweep import plan_sweep, run_sweep
from sim.inputs.errors import InputError
from sim.model.ensemble import Keep
from sim.outputs.redraw import Wanted, redraw
from sim.outputs.report import write_report
from sim.results.document import Document
from sim.results.kept import write_document
from sim.results.result import load_result
from sim.system.failures import Failure
from sim.system.folders import adding_to, verify
from sim.system.tables import read_table

Make = Callable[[Path, Callable[..., None]], Path]
"""Fills a folder of all results, telling how far it is, and returns the results folder."""

BASE = "brussels-2025-04"
SWEEP = """\
title = "A sweep"
base = "brussels-2025-04"
runs = 2
rounds = 3
[[levers]]
path = "washington.involvement"
range = [0, 1]
steps = 6
"""
COMMAND, REPEAT, FIGURES = "what goes on", "the same command", "figures"

DRAWING, DRAWN_EVERY = {REPEAT, FIGURES}, 10
"""What draws, and of how many flips of a folder it is asked after one: that takes longest."""


def quiet(*_: object) -> None:
    """Tell nobody how far it is."""


class Stopped(Exception):  # noqa: N818 - not an error
    """Work is stopped by whom it told how far it is."""


@dataclass(frozen=True)
class Command:
    """A command in parts: what computes, and what it does with the results."""

    compute: Make
    show: Callable[[Path], object]

    def __call__(self, out: Path) -> Path:
        results = self.compute(out, quiet)
        self.show(results)
        with adding_to(results):
            write_document(Document("What was found.", ()), results, "coalition")
        return results


def sweep(folder: Path) -> Command:
    plan = plan_sweep(folder / "sweep.toml")

    def show(results: Path) -> None:
        complete_results(plan, results, run_sweep(plan, results.parents[2]))

    return Command(lambda out, progress: run_parts(plan, out, progress=progress), show)


def comparison(_: Path) -> Command:
    plan = plan_comparison([BASE, "us-backstop"], Runs(1500), ["rounds=3"])
    return Command(
        lambda out, progress: run_parts(plan, out, progress=progress),
        lambda results: complete_results(plan, results, compared(plan, results)),
    )


def calibration(_: Path) -> Command:
    plan = plan_calibration("europe-2025", draws=520, runs=1)

    def compute(out: Path, progress: Callable[..., None]) -> Path:
        run_calibration(plan, out, progress=progress)
        return calibration_folder(plan, out)

    return Command(compute, lambda _: None)


COMMANDS = {"sweep": sweep, "compare": comparison, "calibrate": calibration}


def run(out: Path, progress: Callable[..., None]) -> Path:
    case = sim.load_case(BASE, ["rounds=3"])
    return run_into_folder(case, Runs(20), out, keep=Keep(trajectories=True), csv=True, progress=progress)[1]


@dataclass(frozen=True, eq=False)
class Subject:
    """A folder that rots, what reads it, and what each reader gives of it as it is."""

    name: str
    out: Path
    results: Path
    readers: dict[str, Callable[[Path, Path], object]]
    expected: dict[str, object]

    def flip(self, chance: random.Random, number: int, place: Path) -> tuple[str, list[str]]:
        """Flip a bit in a copy; return the file and what came of it by every reader that was wrong."""
        wrong = []
        victim = chance.choice([path for path in self.results.rglob("*") if path.is_file()])
        bit = chance.randrange(8 * max(victim.stat().st_size, 1))
        for name, reader in self.readers.items():
            if name in DRAWING and number // 5 % DRAWN_EVERY:
                continue
            out = Path(shutil.copytree(self.out, place / name))
            flip_bit(out / victim.relative_to(self.out), bit)
            outcome = outcome_of(reader, out, out / self.results.relative_to(self.out))
            if outcome != self.expected[name] and not isinstance(outcome, Named):
                wrong.append(f"{name}: {outcome if isinstance(outcome, str) else 'other results'}")
            shutil.rmtree(out)
        return f"{self.name} {victim.relative_to(self.results)} bit {bit}", wrong


@dataclass(frozen=True)
class Named:
    """A reader has said which file is damaged."""

    line: str


def flip_bit(file: Path, bit: int) -> None:
    content = bytearray(file.read_bytes())
    if content:
        content[bit // 8] ^= 1 << bit % 8
    file.write_bytes(content)


def outcome_of(reader: Callable[[Path, Path], object], out: Path, results: Path) -> object:
    """Return what a reader gives, or that it has named the damage."""
    try:
        return reader(out, results)
    except (Failure, InputError) as error:
        line = str(error)
        return Named(line) if line.startswith(str(out)) and "\n" not in line else f"names no file: {line}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def computed(command: Command, out: Path, results: Path) -> object:
    command.compute(out, quiet)
    return contents(results)


def given_again(command: Command, out: Path, results: Path) -> object:
    command(out)
    return contents(results)


def tables(_: Path, results: Path) -> object:
    load_result(results)
    return [read_table(file) for file in sorted(results.rglob("*.parquet"))]


def figures(_: Path, results: Path) -> object:
    return [file.read_bytes() for file in redraw([results], Wanted(formats=("svg",)))]


def report(_: Path, results: Path) -> object:
    return write_report(results).read_bytes()


def found(_: Path, results: Path) -> object:
    """Verify; of a folder that rots it must find something."""
    findings = verify(results)
    if any((findings.damaged, findings.missing, findings.surplus)):
        raise Failure(results, str(findings), "")
    return "nothing found"


def subjects(folder: Path, commands: Collection[str]) -> Iterator[Subject]:
    """Make the folders that rot: of some commands in parts, each stopped and finished, and of a run."""
    (folder / "sweep.toml").write_text(SWEEP)
    for name in commands:
        command = COMMANDS[name](folder)
        stopped, whole = folder / f"stopped {name}", folder / f"finished {name}"
        expected: dict[str, object] = {COMMAND: contents(command.compute(folder / f"computed {name}", quiet))}
        rest = _stopped(command.compute, stopped)
        yield Subject(f"stopped {name}", stopped, rest, {COMMAND: partial(computed, command)}, expected)
        yield finished(f"finished {name}", whole, command(whole), {REPEAT: partial(given_again, command)})
    yield finished("finished run", folder / "run", run(folder / "run", quiet), {})


def _stopped(make: Make, out: Path) -> Path:
    """Let work be stopped when some parts are done."""

    def stop(*_: object) -> None:
        if len(list(out.rglob("*.parquet"))) == 2:
            raise Stopped

    try:
        make(out, stop)
    except Stopped:
        return next(out.rglob("manifest.json")).parent
    raise AssertionError("has ended before it was stopped")


def finished(name: str, out: Path, results: Path, again: dict[str, Any]) -> Subject:
    before = out.with_name(f"{out.name} as it was")
    shutil.copytree(out, before)
    readers = {**again, "tables": tables, FIGURES: figures, "report": report, "verify": found}
    expected = {}
    for reader, read in readers.items():
        copy = Path(shutil.copytree(before, out.with_name("copy")))
        expected[reader] = outcome_of(read, copy, copy / results.relative_to(out))
        shutil.rmtree(copy)
    return Subject(name, before, before / results.relative_to(out), readers, {**expected, "verify": None})


def flips(
    number: int, seed: int, folder: Path, tell: Callable[[str], object], commands: Collection[str]
) -> Counter[str]:
    """Flip so many bits, of one folder after another; tell of what was wrong, and count."""
    chance, counted = random.Random(seed), Counter[str]()  # noqa: S311
    with only_errors():
        every = list(subjects(folder, commands))
        for subject in every:
            expected = subject.expected
            assert not any(isinstance(each, Named | str) for each in expected.values()), expected
        for each in range(number):
            subject = every[each % len(every)]
            what, wrong = subject.flip(chance, each, folder / "flipped")
            counted[subject.name] += 1
            for line in wrong:
                counted["wrong"] += 1
                tell(f"{each} {what}: {line}")
    return counted


@contextlib.contextmanager
def only_errors() -> Iterator[None]:
    """Say no warnings: that a part is computed again is said each time."""
    logger = logging.getLogger("sim")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


if __name__ == "__main__":
    number, seed = [*map(int, sys.argv[1:]), *(2000, 1)[len(sys.argv[1:]) :]]
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        counted = flips(number, seed, Path(temporary), lambda line: sys.stdout.write(f"{line}\n"), COMMANDS)
    sys.stdout.write(f"{number} flips, {time.monotonic() - started:.0f} s: {dict(counted)}\n")
    sys.exit(1 if counted["wrong"] else 0)
