"""What is installed from a wheel works without the source tree."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from venv import EnvBuilder

import pytest

ROOT = Path(__file__).resolve().parents[2]
WHERE = """
import json, sys
import sim
from sim.inputs.bundled import scenarios_folder
print(json.dumps([sim.__file__, str(scenarios_folder()), *sys.path]))
"""


def run(*command: object, cwd: Path) -> str:
    outside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(  # noqa: S603
        [*map(str, command)], cwd=cwd, env=outside, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def install_wheel(folder: Path) -> Path:
    """Build a wheel, install it into an environment of its own, and return where its programs are.

    Dependencies are those of this environment: the folder is named, but not what its .pth files add, which
    is where an editable install says where the source tree is.
    """
    environment = folder / "environment"
    EnvBuilder().create(environment)
    site = environment / Path(sysconfig.get_path("purelib")).relative_to(sys.prefix)
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (wheel,) = folder.glob("*.whl")
    python = environment / "bin" / "python"
    run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        wheel,
        cwd=folder,
    )
    return environment / "bin"


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.mark.slow
def test_a_wheel_brings_its_scenarios_and_runs_them_anywhere(programs: Path, tmp_path: Path) -> None:
    module, scenarios, *path = json.loads(run(programs / "python", "-c", WHERE, cwd=tmp_path))
    assert str(ROOT) not in path
    assert Path(module).is_relative_to(programs.parent)
    assert Path(scenarios) == Path(module).with_name("scenarios")

    assert "brussels-2025-04" in run(programs / "coalition", "scenarios", cwd=tmp_path)
    run(programs / "coalition", "run", "brussels-2025-04", "--runs", 20, "--quiet", cwd=tmp_path)
    assert len(list(tmp_path.glob("results/brussels-2025-04/*/runs.parquet"))) == 1
