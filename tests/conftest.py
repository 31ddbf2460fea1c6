"""What tests of whole runs share: results of real runs, small worlds, and the command."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, settings
from small_worlds import SCENARIO, codes, write_roster

import sim
from sim.cli import main

BASELINE = "brussels-2025-04"
OF_THE_MACHINE = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
"""What a slow machine, or a large world, is no reason to fail for."""

COALITION = Path(sys.executable).with_name("coalition")


def pytest_configure(config: pytest.Config) -> None:
    """Be patient on busy machines; try fewer examples where only the fast tests are run.

    Tests start hundreds of processes: each would compile the package again if it could not keep the bytecode.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    # A shell that starts tests in the background lets them ignore Ctrl-C; what they start must not.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    settings.register_profile("thorough", deadline=None, suppress_health_check=OF_THE_MACHINE)
    settings.register_profile("fast", settings.get_profile("thorough"), max_examples=20)
    settings.load_profile("fast" if config.option.markexpr == "not slow" else "thorough")


@pytest.fixture(scope="session")
def baseline() -> "sim.RunResult":
    """300 runs of April 2025, with trajectories."""
    return sim.run(BASELINE, runs=300, trajectories=True)


@pytest.fixture(scope="session")
def hindcast() -> "sim.RunResult":
    """Runs of a scenario with a dozen events."""
    return sim.run("hindcast-2025", runs=100)


def _write_world(
    folder: Path, nations: int = 5, *, rounds: int = 6, title: str = "A small world", rest: str = ""
) -> Path:
    """Write a roster of so many nations, the first committed, and a scenario file; return the file."""
    rows = [f"{code},Land {code},{500 + 10 * n}," for n, code in enumerate(codes(nations))]
    positions = {code: "committed" if code == "AAX" else "open" for code in codes(nations)}
    write_roster(folder / "roster", rows, positions, leads=["AAX"])
    file = folder / "world.toml"
    file.write_text(SCENARIO.format(title=title, rounds=rounds) + rest, encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def write_world() -> Callable[..., Path]:
    """Write a small world into a folder: nations, rounds, title, further lines of the scenario."""
    return _write_world


@pytest.fixture
def world(tmp_path: Path) -> Callable[..., Path]:
    """Write a small world into a folder of this test's own."""
    return lambda *arguments, **given: _write_world(tmp_path / "world", *arguments, **given)


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def coalition(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Ended]:
    """Run the command in this process, in an empty folder: the program less the start of Python."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    def run(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["coalition", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return Ended(int(ended.value.code or 0), printed.out, printed.err)

    return run


def environment(changes: Mapping[str, str | None]) -> dict[str, str]:
    """Return the environment with some variables set, or unset where None."""
    given: dict[str, Any] = {**os.environ, **changes}
    return {name: value for name, value in given.items() if value is not None}


@pytest.fixture
def process(tmp_path: Path) -> Callable[..., Ended]:
    """Run the command as a process of its own, in an empty folder unless told where."""

    def run(*arguments: object, folder: Path | None = None, **variables: str | None) -> Ended:
        done = subprocess.run(  # noqa: S603
            [COALITION, *map(str, arguments)],
            cwd=folder or tmp_path,
            env=environment(variables),
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    return run
