"""How long a user waits: for help, for compilation, for a thousand runs, for one run of Mesa."""

import math
import shutil
import sys
import tempfile
import time
from pathlib import Path

import sim
from benchmarks.engines import SCENARIO
from benchmarks.measure import (
    Usage,
    middle,
    run_process,
    seconds_until,
    simulate_in_process,
    usual_environment,
)
from benchmarks.report import Table
from sim.inputs.case import load_case
from sim.model.coalition import CoalitionModel

COALITION = (sys.executable, "-c", "from sim.cli import main; main()")
LIBRARIES = (sys.executable, "-c", "import numpy, matplotlib.figure")
PYTHON = (sys.executable, "-c", f"import sim; sim.run({SCENARIO!r}).summary")
LAST_LINE = "more:"
"""How the last line of a table begins; figures follow."""


def waiting(repetitions: int = 7) -> Table:
    """Measure whole processes in turns, and what they wait for when the package has just been installed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = usual_environment(folder)
        run = (*COALITION, "run", SCENARIO, "--runs", "1000", "--out", str(folder / "results"))
        run_process(run, environment)  # Python keeps the bytecode of libraries, as pip leaves it
        forget_package(folder)
        first_run = run_process(run, environment)
        compiled = simulate_in_process(64, {**environment, "XDG_CACHE_HOME": str(folder / "empty")})
        tasks = {
            "importing NumPy and Matplotlib": lambda: run_process(LIBRARIES, environment),
            "`coalition --help`": lambda: run_process((*COALITION, "--help"), environment),
            "`coalition run`, 1,000 runs: until the table is there": lambda: Usage(
                seconds_until(LAST_LINE, run, environment), math.nan
            ),
            "the same, until figures are on the disk": lambda: run_process(run, environment),
            "`sim.run` in a new process, `import sim` included": lambda: run_process(PYTHON, environment),
            "loading what is compiled, in a new process": lambda: simulate_in_process(64, environment),
        }
        taken = {name: [] for name in tasks}
        for _ in range(repetitions):
            for what, task in tasks.items():
                taken[what].append(task())
    used = {name: middle(each) for name, each in taken.items()}
    used["`coalition run` the first time after an install, with compilation"] = first_run
    used["compilation alone"] = compiled
    used["one run of the Mesa model with its data collector"] = one_mesa_run(repetitions)
    unit = next(iter(used.values())).wall
    return Table(
        f"Waiting: {SCENARIO}, 52 rounds",
        ("", "seconds", "times importing NumPy and Matplotlib", "seconds of processor time"),
        [(name, f"{each.wall:.2f}", f"{each.wall / unit:.1f}", _cpu(each)) for name, each in used.items()],
        f"Medians of {repetitions} in turns; what is compiled is compiled once. Compilation and loading are "
        "timed with importing Numba and 64 runs. Processor time is of all processes: a second one draws.",
    )


def forget_package(folder: Path) -> None:
    """Throw away what this package has compiled: machine code, and bytecode of its modules."""
    home = Path(sim.__file__).parent
    shutil.rmtree(folder / "cache")
    shutil.rmtree(folder / "bytecode" / home.relative_to(home.anchor))


def _cpu(used: Usage) -> str:
    return "" if math.isnan(used.cpu) else f"{used.cpu:.2f}"


def one_mesa_run(repetitions: int) -> Usage:
    """Measure a run of the model, from a case that has been read to its last round."""
    case, used = load_case(SCENARIO), []
    for _ in range(repetitions):
        wall, cpu = time.perf_counter(), time.process_time()
        CoalitionModel(case, seed=1).run_model()
        used.append(Usage(time.perf_counter() - wall, time.process_time() - cpu))
    return middle(used)
