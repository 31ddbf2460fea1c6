"""How speed depends on nations and rounds, and that memory does not depend on the number of runs."""

import tempfile
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.cases import made_up
from benchmarks.engines import run_ensemble
from benchmarks.measure import interleaved, simulate_in_process, usual_environment
from benchmarks.report import Table, microseconds

SIZES = ((35, 52), (35, 520), (35, 5_200), (200, 52), (1_000, 52), (2_000, 52))
"""Nations and rounds: of regions or firms there may be thousands, of days decades."""

RUN_COUNTS = ((10_000, 52), (100_000, 52), (1_000_000, 52), (5_000, 520), (1_000, 5_200))
"""Runs and rounds whose memory is measured."""

NATION_ROUNDS = 2_000_000
"""Work of a repetition: so many runs that runs x nations x rounds is about this, but at least 512 runs."""


def sizes(repetitions: int = 3) -> Table:
    """Measure runs a second for rosters and lengths."""
    with tempfile.TemporaryDirectory() as folder:
        setups = {
            (nations, rounds): made_up(Path(folder) / f"{nations}-{rounds}", nations, rounds)
            for nations, rounds in SIZES
        }
    runs = {(nations, rounds): max(512, NATION_ROUNDS // (nations * rounds)) for nations, rounds in setups}
    run_ensemble(setups[SIZES[0]], 64)
    tasks = {size: partial(run_ensemble, setup, runs[size]) for size, setup in setups.items()}
    seconds = interleaved(tasks, repetitions)
    rows = []
    for size, taken in seconds.items():
        a_run = median(taken) / runs[size]
        in_a_round = a_run / (size[0] * size[1]) * 1e9
        rows.append((f"{size[0]} × {size[1]}", microseconds(a_run), f"{1 / a_run:,.0f}", f"{in_a_round:.1f}"))
    return Table(
        "Rosters and lengths: made-up nations, one thread",
        ("nations × rounds", "µs a run", "runs a second", "ns a nation and round"),
        rows,
        f"Processor time, medians of {repetitions} interleaved repetitions, counts kept.",
    )


def memory() -> Table:
    """Measure the peak memory of processes that keep summaries only."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        environment = usual_environment(Path(folder))
        for runs, rounds in ((64, 52), *RUN_COUNTS):  # the first one compiles
            used = simulate_in_process(runs, environment, rounds)
            rows.append((f"{runs:,} × {rounds:,}", f"{used.peak_memory / 2**20:.0f}", f"{used.wall:.1f}"))
    return Table(
        "Memory: the baseline scenario, all cores",
        ("runs × rounds", "peak memory, MB", "seconds"),
        rows[1:],
        "Peak resident memory of a process that keeps the tally and drops the row of every run; some 260 MB "
        "are Python and its libraries. Threads share what they count where that is large.",
    )
