"""Write the results folders that pictures are tested with; to be run by hand when their layout changes.

    python tests/outputs/write_examples.py [NAME...]

They are kept, so that pictures change only where drawing does. Afterwards the pictures are made anew, and
looked at: `pytest tests/outputs/test_pictures.py --mpl-generate-path=tests/outputs/pictures`.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import sim
from sim.experiments.calibration.calibrate import calibration_folder, plan_calibration, run_calibration
from sim.experiments.comparison.compare import compared, plan_comparison
from sim.experiments.cross_validation import cross_validate, cross_validation_folder
from sim.experiments.evidence.results import fit_folder, leave_out, left_out_folder, teach
from sim.experiments.explain.answers import ExplainOptions, explain_case, explanation_folder, find_nations
from sim.experiments.hindcast.hindcast import hindcast_cases, hindcast_folder
from sim.experiments.hindcast.options import HindcastOptions
from sim.experiments.results import MAP
from sim.experiments.resumable import complete_results, run_parts
from sim.experiments.run import run_into_folder
from sim.experiments.runs import Runs
from sim.experiments.sweep.sweep import plan_sweep, run_sweep
from sim.inputs.coalitions.reading import load_coalitions
from sim.inputs.hindcast_file import load_hindcast_cases
from sim.inputs.questions import load_questions
from sim.results.drawing import save_figures
from sim.results.saving import into_folder
from sim.system.folders import settle

EXAMPLES = Path(__file__).with_name("examples")
NOT_KEPT = ("figures", "posterior", "runs.parquet", "samples.parquet", "sums.parquet", MAP)
"""What no picture needs, and the map, which comes with the roster."""

US = '[[levers]]\npath = "washington.involvement"\nlabel = "US involvement"\nrange = [0, 1]\nsteps = 5\n'
CLARITY = '[[levers]]\npath = "mandate.clarity"\nlabel = "clarity"\nrange = [0, 1]\nsteps = 5\n'
FORCE = '[[levers]]\npath = "force_required"\nrange = [1000, 100000]\nscale = "log"\n'
RANDOM = 'design = "lhs"\npoints = 200\noutcomes = ["size"]\n'


EXPLAINED = ("why", "closure", "levers", "frontier", "pivotal", "hardened", "persuade", "observed")


def run(out: Path) -> Path:
    """A scenario with a dozen events, in which much is uncertain."""
    return run_into_folder(sim.load_case("hindcast-2025"), Runs(400), out)[1]


def comparison(out: Path) -> Path:
    names = ("brussels-2025-04", "us-backstop", "us-withdrawal")
    plan = plan_comparison(names, Runs(400))
    folder = run_parts(plan, out)
    complete_results(plan, folder, compared(plan, folder))
    return folder


def sensitivity(**asked: Any) -> Callable[[Path], Path]:
    """Return what runs a sensitivity analysis of the baseline."""

    def write(out: Path) -> Path:
        result = sim.sensitivity("brussels-2025-04", out=out, samples=64, runs=8, **asked)
        save_figures(result, result.folder)
        return result.folder

    return write


def explanation(out: Path) -> Path:
    """Every question whose answer is drawn, of a few weeks: a nation to bring in and one that leads."""
    case = sim.load_case("brussels-2025-04", ["rounds=12", "force_required=12000"])
    asked, options = find_nations(case, ["BEL", "GBR"]), ExplainOptions(only=EXPLAINED, number=400)
    question = (case, asked, load_questions(), options)
    return into_folder(out / explanation_folder(*question), partial(explain_case, *question))[1]


def hindcast(out: Path) -> Path:
    declared, cases = load_hindcast_cases("europe-2025")
    question = (declared, cases, (), HindcastOptions(number=400, resamples=500))
    return into_folder(out / hindcast_folder(*question), partial(hindcast_cases, *question))[1]


def calibration(out: Path) -> Path:
    plan = plan_calibration("europe-2025", draws=200, runs=16)
    run_calibration(plan, out)
    return calibration_folder(plan, out)


def cross_validation(out: Path) -> Path:
    plan = plan_calibration("europe-2025", draws=100, runs=16)
    options = HindcastOptions(number=200, resamples=500)
    there = out / cross_validation_folder(plan, options)
    return into_folder(there, partial(cross_validate, plan, options, out))[1]


def evidence(out: Path) -> Path:
    forces = load_coalitions().forces()
    return into_folder(out / fit_folder(forces, 1), partial(teach, forces))[1]


def left_out(out: Path) -> Path:
    coalitions = load_coalitions()
    there = out / left_out_folder(coalitions.forces(), 1)
    return into_folder(there, partial(leave_out, coalitions))[1]


def sweep(given: str) -> Callable[[Path], Path]:
    """Return what runs a sweep of some factors."""

    def write(out: Path) -> Path:
        file = out / "sweep.toml"
        file.write_text(f'title = "A sweep"\nbase = "brussels-2025-04"\nruns = 50\n{given}')
        return run_sweep(plan_sweep(file), out).folder

    return write


WRITERS: dict[str, Callable[[Path], Path]] = {
    "run": run,
    "comparison": comparison,
    "explanation": explanation,
    "hindcast": hindcast,
    "calibration": calibration,
    "cross-validation": cross_validation,
    "evidence": evidence,
    "left-out": left_out,
    "sensitivity": sensitivity(factors="us-by-clarity-by-pressure", outcomes=("size",)),
    "conditions": sensitivity(method="morris", outcomes=("p_force_met",), discover=True),
    "sweep-of-one": sweep(US),
    "sweep-of-two": sweep(US + CLARITY),
    "sweep-of-many": sweep(RANDOM + US + CLARITY + FORCE),
}


KEPT: dict[str, tuple[str, ...]] = {
    "explanation": (
        "manifest", "why", "why-terms", "why-conditions", "why-course", "closure", "levers", "frontier",
        "pivotal", "influence", "hardened", "persuade", "observed-totals", "observed-unnamed",
        "observed-next",
    ),
    "calibration": ("manifest", "draws"),
    "cross-validation": ("manifest", "differences"),
    "evidence": ("manifest", "coefficients"),
    "left-out": ("manifest", "coefficients", "coalitions", "sizes", "summary"),
    "hindcast": ("manifest", "waves", "nations", "differences", "reliability"),
}  # fmt: skip
"""Of kinds with many tables, what pictures need."""


def main(names: Iterable[str] = WRITERS) -> None:
    for name in names:
        with tempfile.TemporaryDirectory() as out:
            made = WRITERS[name](Path(out))
            for item in NOT_KEPT:
                path = made / item
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            for path in made.iterdir():
                if path.stem not in (*KEPT.get(name, (path.stem,)), "digests"):
                    path.unlink()
            settle(made)
            shutil.rmtree(EXAMPLES / name, ignore_errors=True)
            shutil.copytree(made, EXAMPLES / name)


if __name__ == "__main__":
    main(sys.argv[1:] or WRITERS)
