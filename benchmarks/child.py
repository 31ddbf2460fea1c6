"""What is measured in a process of its own: `python -m benchmarks.child RUNS ROUNDS` prints what it used."""

import argparse
import time
from pathlib import Path

from sim.inputs.case import load_case
from sim.model.setup import build_setup


def simulate(runs: int, rounds: int) -> tuple[float, float]:
    """Simulate the baseline, keeping summaries only; return seconds and seconds of processor time."""
    case = load_case("brussels-2025-04", {"rounds": rounds})
    setup = build_setup(case.scenario, case.roster, case.parameters, case.timeline)
    wall, cpu = time.perf_counter(), time.process_time()
    from sim.model.ensemble import simulate as simulate_runs  # compiles or loads when it first runs

    simulate_runs(setup, 1, range(runs), sink=lambda *_: None)
    return time.perf_counter() - wall, time.process_time() - cpu


def peak_memory() -> int:
    """Return the most memory that this process has held, in bytes.

    `getrusage` would not do: it counts what the parent held before this program was loaded.
    """
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("memory can be measured on Linux only")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", type=int)
    parser.add_argument("rounds", type=int)
    chosen = parser.parse_args()
    print(*simulate(chosen.runs, chosen.rounds), peak_memory())


if __name__ == "__main__":
    main()
