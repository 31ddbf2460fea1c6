"""The process that draws while this one goes on: half of a short run is figures."""

from collections.abc import Iterator
from contextlib import contextmanager

from sim.system.second_process import SecondProcess, can_help

LOADED = ("pandas", "sim.outputs.figure_folder", "sim.outputs.figures", "sim.experiments.results")
"""What a process that draws needs; it is loaded before there is anything to draw."""

drawers: list[SecondProcess] = []
"""The process that draws, where there is one."""


@contextmanager
def drawing_apart() -> Iterator[None]:
    """Let a second process draw meanwhile, where it is of use: half of a short run is figures."""
    if not can_help():
        yield
        return
    try:
        process = SecondProcess(LOADED)
    except OSError:  # the system starts no process: this one draws
        yield
        return
    drawers.append(process)
    try:
        yield
    finally:
        drawers.remove(process)
        process.close()
