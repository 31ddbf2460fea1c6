"""Kill a sweep at random moments and see that nothing is lost, mixed or computed twice.

    python tests/faults/kill_sweep.py 50 [SEED]

A real process each time, ended by SIGKILL. After each kill the same command is started again, until the sweep
is complete; its tables must be those of an uninterrupted sweep, byte for byte, and no process may compute a
part that was there when it began. Then a new sweep begins, until there have been so many kills.
"""

import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHILD = """
import sys
from pathlib import Path
from sim.cli import main
from sim.experiments import resumable

compute, log = resumable.compute_parts, Path(sys.argv.pop(1))

def noted(experiment, numbers, executor):
    with log.open("a") as file:
        file.writelines(f"{number}\\n" for number in numbers)
    return compute(experiment, numbers, executor)

resumable.compute_parts = noted
sys.argv[0] = "coalition"
main()
"""
SWEEP = """
title = "A sweep to be killed"
base = "brussels-2025-04"
runs = 400
rounds = 12
[[levers]]
path = "washington.involvement"
range = [0.0, 1.0]
steps = 12
[[levers]]
path = "mandate.clarity"
range = [0.0, 1.0]
steps = 12
"""


def kill_many(kills: int, seed: int, folder: Path) -> tuple[int, int]:
    """Return how many processes were killed and how many sweeps were completed."""
    chance = random.Random(seed)  # noqa: S311
    whole = tables(complete(folder, "whole"))
    duration = session(folder, "timed")[1]
    killed = sweeps = 0
    while killed < kills:
        name = f"killed-{sweeps}"
        while killed < kills:
            alive, _ = session(folder, name, chance.uniform(0.0, duration))
            if not alive:
                break
            killed += 1
        assert tables(complete(folder, name)) == whole, f"{name} differs"
        shutil.rmtree(folder / name)
        sweeps += 1
    return killed, sweeps


def complete(folder: Path, name: str) -> Path:
    """Run a sweep to its end, whatever is there of it."""
    session(folder, name)
    return folder / name


def session(folder: Path, name: str, moment: float | None = None) -> tuple[bool, float]:
    """Run the command, killed after so many seconds; return whether it had to be, and how long it took."""
    (folder / "sweep.toml").write_text(SWEEP)
    log = folder / f"{name}.log"
    log.unlink(missing_ok=True)
    there = parts(folder / name)
    command = [
        sys.executable,
        "-c",
        CHILD,
        log,
        "sweep",
        "sweep.toml",
        "--out",
        name,
        "--threads",
        "2",
        "--quiet",
    ]
    started = time.monotonic()
    running = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)  # noqa: S603
    try:
        running.wait(moment)
    except subprocess.TimeoutExpired:
        running.send_signal(signal.SIGKILL)
    message = running.communicate()[1].decode()
    assert running.returncode in {0, -signal.SIGKILL}, message
    computed = {int(line) for line in log.read_text().split()} if log.exists() else set()
    assert not computed & there, f"computed again: {sorted(computed & there)}"
    return running.returncode != 0, time.monotonic() - started


def parts(out: Path) -> set[int]:
    return {int(file.stem) for file in out.glob("sweeps/*/*/parts/[0-9]*.parquet")}


def tables(out: Path) -> dict[str, bytes]:
    """Return what a sweep left: tables and figures by name, and nothing half-written."""
    files = [file for file in out.glob("sweeps/*/*/**/*") if file.is_file() and file.name != "manifest.json"]
    assert not [file for file in files if file.name.startswith(".") or file.parent.name == "parts"]
    assert {"points.parquet", "nations.parquet"} <= {file.name for file in files}
    return {file.name: file.read_bytes() for file in files}


if __name__ == "__main__":
    wanted, *seeds = map(int, sys.argv[1:] or ["50"])
    with tempfile.TemporaryDirectory() as temporary:
        killed, sweeps = kill_many(wanted, seeds[0] if seeds else 1, Path(temporary))
    sys.stdout.write(
        f"{killed} kills in {sweeps} sweeps: all tables the same, no finished part computed twice\n"
    )
