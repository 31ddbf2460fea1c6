"""Speed and memory of a sweep, against the bare ensemble.

python benchmarks/sweep.py speed              441 points x 1,000 runs, and as many runs of one scenario
python benchmarks/sweep.py memory 100000      peak memory of a sweep of so many runs
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sim.experiments.executors import Threads
from sim.experiments.sweep import SweepPlan, plan_sweep, run_sweep
from sim.model.ensemble import Execution, simulate
from sim.model.setup import build_setup

THREADS = 2
SWEEP = "us-by-clarity"


def speed(rounds: int = 3) -> None:
    """Take the two in turns; processor time tells more than the clock where others use the machine too."""
    plan = plan_sweep(SWEEP)
    bare(plan, 2048)  # compiles
    for _ in range(rounds):
        alone = seconds(lambda: bare(plan, plan.total_runs))
        swept = seconds(lambda: sweep(plan))
        clock, busy = (one / other for one, other in zip(alone, swept, strict=True))
        print(
            f"{plan.total_runs:,} runs on {THREADS} threads: bare {alone[0]:.1f} s ({alone[1]:.1f} s "
            f"processor time), sweep {swept[0]:.1f} s ({swept[1]:.1f} s), {clock:.0%} of its speed by the "
            f"clock, {busy:.0%} by processor time"
        )


def memory(runs: int) -> None:
    """Report the peak memory of this process, which does nothing else."""
    plan = plan_sweep(SWEEP, runs=max(1, round(runs / 441)))
    bare(plan, 64)
    before = peak()
    sweep(plan)
    print(f"{plan.total_runs:,} runs: peak {peak():.0f} MB, of which {before:.0f} MB before the sweep")


def bare(plan: SweepPlan, runs: int) -> None:
    base = plan.base
    setup = build_setup(base.scenario, base.roster, base.parameters, base.timeline)
    simulate(setup, 1, range(runs), sink=lambda *_: None, execution=Execution(threads=THREADS))


def sweep(plan: SweepPlan) -> None:
    with tempfile.TemporaryDirectory() as folder:
        run_sweep(plan, Path(folder), executor=Threads(THREADS))


def seconds(work: Callable[[], None]) -> tuple[float, float]:
    """Return how long work takes, by the clock and in processor time of all threads."""
    started, busy = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - busy


def peak() -> float:
    """Return the peak resident memory in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["memory", runs]:
            memory(int(runs))
        case _:
            speed()
