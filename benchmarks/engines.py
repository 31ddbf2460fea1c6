"""The ensemble against the same model run by Mesa."""

from statistics import median

import mesa

from benchmarks.cases import bundled
from benchmarks.measure import interleaved, paired_ratio
from benchmarks.report import Table, microseconds
from sim.inputs.case import load_case
from sim.model.coalition import CoalitionModel
from sim.model.ensemble import Execution, simulate
from sim.model.setup import Setup
from sim.model.tally import Tally

SCENARIO = "brussels-2025-04"
SEED = 1
ALONE = Execution(threads=1)


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


def _size(setup: Setup) -> str:
    return f"{setup.nations.size} nations, {setup.rounds.size - 1} rounds"
