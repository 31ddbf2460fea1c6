"""Kill a command at random moments and see that nothing is lost, mixed or computed twice.

    python tests/faults/kill.py sweep|sensitivity|compare 50 [SEED]

A real process each time, ended by SIGKILL. After each kill the same command is started again, until it is
complete; its tables and figures must be those of an uninterrupted one, byte for byte, and no process may
compute a part that was there when it began. Then it begins anew, until there have been so many kills.
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
FACTORS = """
title = "To be killed"
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
BASE, OTHER = "brussels-2025-04", "us-backstop"
COMMANDS = {
    "sweep": ["sweep", "../factors.toml"],
    "sensitivity": [
        *("sensitivity", BASE, "--factors", "../factors.toml", "--set", "rounds=12"),
        *("--samples", "32", "--runs", "200", "--discover"),
    ],
    "compare": ["compare", BASE, OTHER, "--runs", "30000", "--rounds", "12"],
}


def kill_many(what: str, kills: int, seed: int, folder: Path) -> tuple[int, int]:
    """Return how many processes were killed and how many commands were completed."""
    chance = random.Random(seed)  # noqa: S311
    duration = session(what, folder, "whole")[1]
    whole = results(folder / "whole")
    killed = completed = 0
    while killed < kills:
        name = f"killed-{completed}"
        while killed < kills:
            alive, _ = session(what, folder, name, chance.uniform(0.0, duration))
            if not alive:
                break
            killed += 1
        session(what, folder, name)
        assert results(folder / name) == whole, f"{name} differs"
        shutil.rmtree(folder / name)
        completed += 1
    return killed, completed


def session(what: str, folder: Path, name: str, moment: float | None = None) -> tuple[bool, float]:
    """Run the command, killed after so many seconds; return whether it had to be, and how long it took."""
    (folder / "factors.toml").write_text(FACTORS)
    here, log = folder / name, folder / f"{name}.log"
    here.mkdir(exist_ok=True)
    log.unlink(missing_ok=True)
    there = parts(here)
    command = [sys.executable, "-c", CHILD, log, *COMMANDS[what], "--threads", "2", "--quiet"]
    started = time.monotonic()
    running = subprocess.Popen(command, cwd=here, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)  # noqa: S603
    try:
        running.wait(moment)
    except subprocess.TimeoutExpired:
        running.send_signal(signal.SIGKILL)
    message = running.communicate()[1].decode()
    assert running.returncode in {0, -signal.SIGKILL}, message
    computed = {int(line) for line in log.read_text().split()} if log.exists() else set()
    assert not computed & there, f"computed again: {sorted(computed & there)}"
    return running.returncode != 0, time.monotonic() - started


def parts(here: Path) -> set[int]:
    return {int(file.stem) for file in here.glob("results/*/*/*/parts/[0-9]*.parquet")}


def results(here: Path) -> dict[str, bytes]:
    """Return what a command left: tables, figures and manifest by name, and nothing half-written."""
    files = [file for file in here.rglob("*") if file.is_file()]
    assert not [file for file in files if file.name.startswith(".") or file.parent.name == "parts"]
    assert {".parquet", ".png", ".json"} <= {file.suffix for file in files}
    return {file.name: file.read_bytes() for file in files}


if __name__ == "__main__":
    wanted, *numbers = sys.argv[1:] or ["sweep"]
    kills, seed = [*map(int, numbers), *(50, 1)[len(numbers) :]]
    with tempfile.TemporaryDirectory() as temporary:
        killed, completed = kill_many(wanted, kills, seed, Path(temporary))
    sys.stdout.write(
        f"{killed} kills of {completed} x {wanted}: all results the same, no finished part computed twice\n"
    )
