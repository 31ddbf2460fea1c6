"""Measure speed and memory: `python -m benchmarks`, or a part: `python -m benchmarks mesa`."""

import argparse
from collections.abc import Callable
from pathlib import Path

from benchmarks import cluster, dashboard, engines, fits, rows, scale, startup, sweep
from benchmarks.report import Table, machine

RESULTS = Path(__file__).with_name("RESULTS.md")
MEASUREMENTS: dict[str, Callable[[], Table]] = {
    "mesa": engines.against_mesa,
    "sizes": scale.sizes,
    "memory": scale.memory,
    "rows": rows.writing,
    "sweep": sweep.speed,
    "sweep-memory": sweep.memory,
    "cluster": cluster.feeding,
    "plan": cluster.plan,
    "startup": startup.waiting,
    "dashboard": dashboard.redrawing,
    "fits": fits.agreement,
    "bootstrap": fits.over_coalitions,
}
HEAD = """\
# Measured

Written by `python -m benchmarks`. {machine}
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure all and write RESULTS.md, or measure parts and print them.",
    )
    parser.add_argument("what", nargs="*", metavar="PART", help=f"some of: {', '.join(MEASUREMENTS)}")
    chosen = parser.parse_args().what
    unknown = set(chosen) - set(MEASUREMENTS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    parts = [HEAD.format(machine=machine())]
    print(parts[0])
    for name in chosen or MEASUREMENTS:
        parts.append(MEASUREMENTS[name]().markdown())
        print(parts[-1], flush=True)
    if not chosen:
        RESULTS.write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
