"""Speed and memory of a sweep, against the bare ensemble: `python -m benchmarks sweep sweep-memory`.

`python -m benchmarks.sweep RUNS` sweeps about so many runs and prints their number and its peak memory.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.child import peak_memory
from benchmarks.measure import middle, used
from benchmarks.report import Table
from sim.experiments.executors import Threads
from sim.experiments.sweep.sweep import SweepPlan, plan_sweep, run_sweep
from sim.model.ensemble import Execution, Keep, simulate
from sim.model.setup import build_setup

THREADS = 2
SWEEP = "us-by-clarity"
RUN_COUNTS = (10_000, 100_000, 1_000_000)


def speed(repetitions: int = 5) -> Table:
    """Take a sweep and as many runs of its base scenario in turns."""
    plan = plan_sweep(SWEEP)
    bare(plan, 2048)  # compiles
    pairs = [
        (used(lambda: bare(plan, plan.total_runs)), used(lambda: swept(plan))) for _ in range(repetitions)
    ]
    alone, sweeps = (middle(taken) for taken in zip(*pairs, strict=True))
    by_clock = median(one.wall / other.wall for one, other in pairs)
    by_processor = median(one.cpu / other.cpu for one, other in pairs)
    return Table(
        f"A sweep: {len(plan.points)} points × {plan.runs.number:,} runs × 52 rounds, {THREADS} threads",
        ("", "seconds", "seconds of processor time"),
        [
            ("as many runs of one scenario, their end counted", f"{alone.wall:.1f}", f"{alone.cpu:.1f}"),
            ("the sweep, tables written", f"{sweeps.wall:.1f}", f"{sweeps.cpu:.1f}"),
            ("speed of the sweep", f"{by_clock:.0%}", f"{by_processor:.0%}"),
        ],
        f"Medians of {repetitions} interleaved repetitions, of the speed within a repetition. What else the "
        "machine does shows in the seconds by the clock.",
    )


def memory() -> Table:
    """Measure the peak memory of sweeps of the same points in processes of their own."""
    rows = []
    for runs in RUN_COUNTS:
        command = (sys.executable, "-m", "benchmarks.sweep", str(runs))
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        done, peak = map(int, said.split())
        rows.append((f"{done:,}", f"{peak / 2**20:.0f}"))
    return Table(
        "Memory of a sweep: 441 points, 52 rounds",
        ("runs", "peak memory, MB"),
        rows,
        "Peak resident memory of a process that sweeps and writes the tables.",
    )


def bare(plan: SweepPlan, runs: int) -> None:
    base = plan.base
    setup = build_setup(base.scenario, base.roster, base.parameters, base.timeline)
    execution, end = Execution(threads=THREADS), Keep(counted=1)  # a sweep looks at the end only
    simulate(setup, 1, range(runs), sink=lambda *_: None, keep=end, execution=execution)


def swept(plan: SweepPlan) -> None:
    with tempfile.TemporaryDirectory() as folder:
        run_sweep(plan, Path(folder), executor=Threads(THREADS))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", type=int)
    plan = plan_sweep(SWEEP, runs=max(1, round(parser.parse_args().runs / 441)))
    swept(plan)
    print(plan.total_runs, peak_memory())


if __name__ == "__main__":
    main()
