"""What is measured in a process of its own: `python -m benchmarks.child simulate RUNS`."""

import argparse
import time


def simulate(runs: int) -> None:
    """Simulate the baseline, keeping summaries only."""
    from sim.inputs.case import load_case
    from sim.model.ensemble import simulate as simulate_runs
    from sim.model.setup import build_setup

    case = load_case("brussels-2025-04")
    setup = build_setup(case.scenario, case.roster, case.parameters, case.timeline)
    wall, cpu = time.perf_counter(), time.process_time()
    simulate_runs(setup, 1, range(runs), sink=lambda *_: None)
    print(time.perf_counter() - wall, time.process_time() - cpu)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=["simulate"])
    parser.add_argument("runs", type=int)
    simulate(parser.parse_args().runs)


if __name__ == "__main__":
    main()
