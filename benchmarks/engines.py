"""The ensemble against the same model run by Mesa, and against the same rules by hand in C."""

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from shutil import which
from statistics import median

import mesa

from benchmarks.c_loop import COMPILER, FLAGS, CLoop, compile_loop
from benchmarks.cases import bundled
from benchmarks.measure import interleaved, paired_ratio
from benchmarks.report import Table, microseconds
from benchmarks.same_bits import difference_in_c, room
from sim.inputs.case import load_case
from sim.model.coalition import CoalitionModel
from sim.model.ensemble import Execution, simulate
from sim.model.setup import Setup
from sim.model.tally import Tally

SCENARIO = "brussels-2025-04"
SEED = 1
ALONE = Execution(threads=1)

C_VARIANTS = {
    "32 lanes": ("-DW=32",),
    "32 lanes, 512-bit vectors": ("-DW=32", "-mprefer-vector-width=512"),
    "64 lanes": ("-DW=64",),
    "one run at a time": ("-DW=1",),
}


COMPARED_WITH_C = (
    "Stances, propensities, counts and rows of runs were compared bit for bit on all bundled scenarios "
    "first, levels as given. The ensemble counts here, so it is to be compared with "
    '"rules and counts"; "rules only" keeps nothing. '
    f"`{COMPILER} {' '.join(FLAGS)}`."
)


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
    """Compare with the program in C if it gives the same bits; otherwise say why it is left out."""
    setup = bundled(SCENARIO)
    tasks: dict[str, Callable[[], object]] = {
        "ensemble, rules and counts": partial(run_ensemble, setup, runs)
    }
    with tempfile.TemporaryDirectory() as folder:
        loops, without = _loops(Path(folder))
        for name, loop in loops.items():
            tasks[f"C, {name}, rules and counts"] = partial(count_in_c, loop, setup, runs)
            tasks[f"C, {name}, rules only"] = partial(loop.simulate, setup, SEED, range(runs))
        run_ensemble(setup, 64)  # compiles
        seconds = interleaved(tasks, repetitions)
    ours = seconds["ensemble, rules and counts"]
    rows = [
        (name, microseconds(median(taken) / runs), f"{paired_ratio(ours, taken):.2f}")
        for name, taken in seconds.items()
    ]
    measured = (
        f"Processor time, medians of {repetitions} interleaved repetitions of {runs} runs in one process."
    )
    return Table(
        f"The ensemble and C by hand: {_size(setup)}, one thread",
        ("", "µs a run", "ensemble / this"),
        rows,
        f"{measured} {f'**The program in C is left out: {without}.**' if without else COMPARED_WITH_C}",
    )


def _loops(folder: Path) -> tuple[dict[str, CLoop], str]:
    """Return the variants of the C program, or none of them and why."""
    if which(COMPILER) is None:
        return {}, f"there is no compiler, `{COMPILER}`, here"
    libraries = {name: compile_loop(folder, options) for name, options in C_VARIANTS.items()}
    if difference := difference_in_c(libraries.values()):
        return {}, f"its rules are older than the model's ({difference})"
    return {name: CLoop(library) for name, library in libraries.items()}, ""


def _size(setup: Setup) -> str:
    return f"{setup.nations.size} nations, {setup.rounds.size - 1} rounds"


def count_in_c(loop: CLoop, setup: Setup, runs: int) -> None:
    """Run the C program with the counts and rows that the ensemble keeps."""
    loop.count(setup, SEED, range(runs), *room(setup, runs, trajectories=False))
