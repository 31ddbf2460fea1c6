"""What writing a row a run costs, against runs that are only counted: `python -m benchmarks rows`."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.engines import SCENARIO
from benchmarks.measure import Usage, middle, used
from benchmarks.report import Table
from sim.experiments.run import RowGroups
from sim.experiments.runs import Runs
from sim.experiments.simulate import simulate_case
from sim.inputs.case import Case, load_case
from sim.results.saving import Rows
from sim.system import folders

RUNS = Runs(100_000, threads=2)


def writing(repetitions: int = 5) -> Table:
    """Take runs that are counted, and the same ones with a row each in a file, in turns."""
    case = load_case(SCENARIO)
    simulate_case(case, Runs(2048), lambda *_: None)  # compiles
    pairs = [(used(lambda: _counted(case)), used(lambda: _written(case))) for _ in range(repetitions)]
    counted, written = (middle(taken) for taken in zip(*pairs, strict=True))
    return Table(
        f"A row a run: {RUNS.number:,} runs of the baseline scenario, {RUNS.threads} threads",
        ("", "seconds", "seconds of processor time"),
        [
            _row("counted", counted),
            _row("the same, with a row each in `runs.parquet`", written),
            (
                "speed with rows",
                f"{median(one.wall / other.wall for one, other in pairs):.0%}",
                f"{median(one.cpu / other.cpu for one, other in pairs):.0%}",
            ),
        ],
        f"Medians of {repetitions} interleaved repetitions, of the speed within a repetition.",
    )


def _row(name: str, usage: Usage) -> tuple[str, str, str]:
    return name, f"{usage.wall:.2f}", f"{usage.cpu:.2f}"


def _counted(case: Case) -> None:
    simulate_case(case, RUNS, lambda *_: None)


def _written(case: Case) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_rows(case, RUNS, Path(folder))


def write_rows(case: Case, runs: Runs, folder: Path) -> int:
    """Write how runs end, and return the bytes on disk."""
    with row_groups(folder) as groups:
        simulate_case(case, runs, lambda _, records: groups.add(records))
    return (folder / "runs.parquet").stat().st_size


@contextmanager
def row_groups(folder: Path) -> Iterator[RowGroups]:
    """Write rows into a folder as `coalition run` does."""
    folders.begin(folder)
    rows = Rows(folder, "runs", csv=False)
    groups = RowGroups(rows.add)
    yield groups
    groups.hand_on()
    rows.close()
