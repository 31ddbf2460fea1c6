"""How long a user waits: for help, for compilation, for a thousand runs, for one run of Mesa."""

import sys
import tempfile
import time
from pathlib import Path

from benchmarks.engines import SCENARIO
from benchmarks.measure import Usage, middle, run_process, simulate_in_process, usual_environment
from benchmarks.report import Table
from sim.inputs.case import load_case
from sim.model.coalition import CoalitionModel

COALITION = (sys.executable, "-c", "from sim.cli import main; main()")


def waiting(repetitions: int = 5) -> Table:
    """Measure whole processes, after one that fills the caches, and the first compilation."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = usual_environment(folder)
        run = (*COALITION, "run", SCENARIO, "--runs", "1000", "--out", str(folder / "results"))
        run_process((*COALITION, "--help"), environment)
        first_run = run_process(run, environment)
        compiled = simulate_in_process(64, {**environment, "XDG_CACHE_HOME": str(folder / "empty")})
        cached = middle([simulate_in_process(64, environment) for _ in range(repetitions)])
        shown = middle([run_process((*COALITION, "--help"), environment) for _ in range(repetitions)])
        later_run = middle([run_process(run, environment) for _ in range(repetitions)])
    rows = [
        ("`coalition --help`", *_seconds(shown)),
        ("`coalition run`, 1000 runs with figures", *_seconds(later_run)),
        ("the same, the first time: with compilation and empty caches", *_seconds(first_run)),
        ("compilation, with an empty cache", *_seconds(compiled)),
        ("loading what is compiled, in a new process", *_seconds(cached)),
        ("one run of the Mesa model with its data collector", *_seconds(one_mesa_run(repetitions))),
    ]
    return Table(
        f"Waiting: {SCENARIO}, 52 rounds",
        ("", "seconds", "seconds of processor time"),
        rows,
        f"Medians of {repetitions}; compilation and loading are timed with importing Numba and 64 runs.",
    )


def one_mesa_run(repetitions: int) -> Usage:
    """Measure a run of the model, from a case that has been read to its last round."""
    case, used = load_case(SCENARIO), []
    for _ in range(repetitions):
        wall, cpu = time.perf_counter(), time.process_time()
        CoalitionModel(case, seed=1).run_model()
        used.append(Usage(time.perf_counter() - wall, time.process_time() - cpu))
    return middle(used)


def _seconds(used: Usage) -> tuple[str, str]:
    return f"{used.wall:.2f}", f"{used.cpu:.2f}"
