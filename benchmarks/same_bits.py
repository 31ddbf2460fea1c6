"""Whether the program in C follows the rules as they are: `python -m benchmarks.same_bits LIBRARY...`."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from benchmarks.c_loop import CLoop
from benchmarks.cases import bundled
from sim.inputs.bundled import bundled_scenarios
from sim.model.ensemble import Execution, Keep, simulate
from sim.model.setup import Setup
from sim.model.tally import Records, Tally, empty_records, empty_tally

SEED = 1


def difference_in_c(libraries: Iterable[Path]) -> str:
    """Return in what the C program differs from the ensemble on bundled scenarios; nothing if in no bit.

    It is asked in a process of its own: a program that takes the model's rows to be others may spoil the
    memory of its process, or end it.
    """
    command = [sys.executable, "-m", "benchmarks.same_bits", *map(str, libraries)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    said = done.stderr.strip().splitlines()
    return said[-1] if said and done.returncode > 0 else f"it ended with signal {-done.returncode}"


def check_same_bits(loop: CLoop, setup: Setup, runs: int = 100) -> None:
    """Fail unless the C program and the ensemble agree in every bit of what they keep.

    Levels are taken as given: the C program draws none.
    """
    setup = setup._replace(level_half_width=0.0)
    chunk = Execution(threads=1, chunk=runs)
    kept: list[Records] = []
    counted = simulate(
        setup,
        SEED,
        range(runs),
        sink=lambda _, records: kept.append(records),
        keep=Keep(trajectories=True),
        execution=chunk,
    )
    tally, records = room(setup, runs, trajectories=True)
    loop.count(setup, SEED, range(runs), tally, records)
    for ours, theirs in ((counted, tally), (kept[0], records)):
        for name, mine in ours._asdict().items():
            other = getattr(theirs, name)
            if mine.tobytes() != other.tobytes() and not np.array_equal(mine, other, equal_nan=True):
                raise AssertionError(f"it has other {name}")


def room(setup: Setup, runs: int, *, trajectories: bool) -> tuple[Tally, Records]:
    """Return empty arrays for what the ensemble keeps of so many runs."""
    rounds, nations = setup.rounds.size - 1, setup.nations.size
    records = empty_records(runs, rounds, nations, trajectories=trajectories, terms=False)
    return empty_tally(rounds, nations), records


def main() -> None:
    setups = {name: bundled(name) for name in bundled_scenarios()}
    for library in map(Path, sys.argv[1:]):
        for name, setup in setups.items():
            try:
                check_same_bits(CLoop(library), setup)
            except Exception as error:  # whatever does not fit any more
                sys.exit(f"{name}: {error}")


if __name__ == "__main__":
    main()
