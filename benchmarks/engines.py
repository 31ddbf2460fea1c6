"""The ensemble against the same model run by Mesa, and against the same rules by hand in C."""

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import mesa
import numpy as np

from benchmarks.c_loop import FLAGS, CLoop
from benchmarks.cases import bundled
from benchmarks.measure import interleaved, paired_ratio
from benchmarks.report import Table, microseconds
from sim.inputs.bundled import bundled_scenarios
from sim.inputs.case import load_case
from sim.model.coalition import CoalitionModel
from sim.model.ensemble import Execution, Keep, simulate
from sim.model.setup import Setup
from sim.model.tally import Records, Tally, empty_records, empty_tally

SCENARIO = "brussels-2025-04"
SEED = 1
ALONE = Execution(threads=1)

C_VARIANTS = {
    "32 lanes": ("-DW=32",),
    "32 lanes, 512-bit vectors": ("-DW=32", "-mprefer-vector-width=512"),
    "64 lanes": ("-DW=64",),
    "one run at a time": ("-DW=1",),
}


def run_ensemble(setup: Setup, runs: int) -> Tally:
    """Run the ensemble on one thread, keeping its counts."""
    return simulate(setup, SEED, range(runs), sink=lambda *_: None, execution=ALONE)


def against_mesa(mesa_runs: int = 4, runs: int = 2048, repetitions: int = 7) -> Table:
    """Compare with `mesa.batch_run`, which collects the same levels in every round."""
    case, setup = load_case(SCENARIO), bundled(SCENARIO)

    def run_mesa() -> None:
        mesa.batch_run(
            CoalitionModel,
            {"scenario": case, "seed": SEED, "run": range(mesa_runs)},
            number_processes=1,
            max_steps=setup.rounds.size,
            display_progress=False,
        )

    run_ensemble(setup, 64)
    tasks = {"mesa": run_mesa, "ensemble": lambda: run_ensemble(setup, runs)}
    seconds = interleaved(tasks, repetitions)
    slow = [taken / mesa_runs for taken in seconds["mesa"]]
    fast = [taken / runs for taken in seconds["ensemble"]]
    return Table(
        f"The ensemble and Mesa: {_size(setup)}, one thread",
        ("", "µs a run"),
        (
            ("`mesa.batch_run` of the model", microseconds(median(slow))),
            ("ensemble", microseconds(median(fast))),
            ("ratio", f"{paired_ratio(slow, fast):,.0f}"),
        ),
        f"Processor time, medians of {repetitions} interleaved repetitions of {mesa_runs} and {runs} runs.",
    )


def against_c(runs: int = 2048, repetitions: int = 15) -> Table:
    """Compare with the program in C, once it is seen to give the same bits."""
    setup = bundled(SCENARIO)
    with tempfile.TemporaryDirectory() as folder:
        loops = {name: CLoop(Path(folder), options) for name, options in C_VARIANTS.items()}
        for loop in loops.values():
            for name in bundled_scenarios():
                check_same_bits(loop, bundled(name))
        tasks: dict[str, Callable[[], object]] = {"ensemble": partial(run_ensemble, setup, runs)}
        for name, loop in loops.items():
            tasks[f"C, {name}, rules and counts"] = partial(count_in_c, loop, setup, runs)
            tasks[f"C, {name}, rules only"] = partial(loop.simulate, setup, SEED, range(runs))
        seconds = interleaved(tasks, repetitions)
    ours = seconds["ensemble"]
    rows = [
        (
            "ensemble, rules and counts" if name == "ensemble" else name,
            microseconds(median(taken) / runs),
            f"{paired_ratio(ours, taken):.2f}",
        )
        for name, taken in seconds.items()
    ]
    return Table(
        f"The ensemble and C by hand: {_size(setup)}, one thread",
        ("", "µs a run", "ensemble / this"),
        rows,
        f"Processor time, medians of {repetitions} interleaved repetitions of {runs} runs in one process. "
        "Stances, propensities, counts and rows of runs were compared bit for bit on all bundled scenarios "
        "first, levels as given. The ensemble counts here, so it is to be compared with "
        '"rules and counts"; "rules only" keeps nothing. '
        f"`gcc {' '.join(FLAGS)}`.",
    )


def _size(setup: Setup) -> str:
    return f"{setup.nations.size} nations, {setup.rounds.size - 1} rounds"


def count_in_c(loop: CLoop, setup: Setup, runs: int) -> None:
    """Run the C program with the counts and rows that the ensemble keeps."""
    loop.count(setup, SEED, range(runs), *_room(setup, runs, trajectories=False))


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
    tally, records = _room(setup, runs, trajectories=True)
    loop.count(setup, SEED, range(runs), tally, records)
    for ours, theirs in ((counted, tally), (kept[0], records)):
        for name, mine in ours._asdict().items():
            other = getattr(theirs, name)
            if mine.tobytes() != other.tobytes() and not np.array_equal(mine, other, equal_nan=True):
                raise AssertionError(f"the C program has other {name}")


def _room(setup: Setup, runs: int, *, trajectories: bool) -> tuple[Tally, Records]:
    rounds, nations = setup.rounds.size - 1, setup.nations.size
    records = empty_records(runs, rounds, nations, trajectories=trajectories, terms=False)
    return empty_tally(rounds, nations), records
