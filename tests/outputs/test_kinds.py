"""Results of every kind are drawn again from their folders: nothing is run, and the bytes are the same."""

import json
import re
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from signing import sign

import sim
from sim.experiments.calibration.calibrate import (
    calibration_folder,
    plan_calibration,
    results_of_calibration,
    run_calibration,
)
from sim.experiments.comparison.compare import compared, plan_comparison
from sim.experiments.cross_validation import cross_validate, cross_validation_folder
from sim.experiments.evidence.results import fit_folder, leave_out, left_out_folder, teach
from sim.experiments.explain.answers import ExplainOptions, explain_case, explanation_folder, find_nations
from sim.experiments.hindcast.hindcast import hindcast_cases, hindcast_folder
from sim.experiments.hindcast.options import HindcastOptions
from sim.experiments.resumable import Experiment, complete_results, results_of, run_parts
from sim.experiments.runs import Runs
from sim.experiments.sensitivity.plan import SensitivityOptions
from sim.experiments.sensitivity.sensitivity import plan_sensitivity
from sim.experiments.sweep.sweep import plan_sweep, run_sweep
from sim.inputs.coalitions.reading import load_coalitions
from sim.inputs.errors import InputError
from sim.inputs.hindcast_file import load_hindcast_cases
from sim.inputs.questions import load_questions
from sim.outputs.redraw import Wanted, redraw
from sim.outputs.report import write_report
from sim.results.drawing import save_figures
from sim.results.kinds import KINDS
from sim.results.result import load_result
from sim.results.saving import into_folder
from sim.system.folders import Missing
from sim.system.manifests import FORMAT, MANIFEST, OtherVersion

US = '[[levers]]\npath = "washington.involvement"\nlabel = "US involvement"\nrange = [0, 1]\nsteps = 2\n'
CLARITY = '[[levers]]\npath = "mandate.clarity"\nrange = [0, 1]\nsteps = 2\n'
PRESSURE = '[[uncertainties]]\npath = "moscow.pressure"\nvalues = ["calm", "warnings"]\n'


def _sweep(folder: Path, given: str) -> Path:
    file = folder / "sweep.toml"
    file.write_text(f'title = "A sweep"\nbase = "brussels-2025-04"\nruns = 5\nrounds = 20\n{given}')
    result = run_sweep(plan_sweep(file), folder)
    save_figures(result, result.folder)
    return result.folder


def comparison(folder: Path) -> Path:
    plan = plan_comparison(["brussels-2025-04", "us-backstop"], Runs(40), ["rounds=20"])
    there = run_parts(plan, folder)
    complete_results(plan, there, compared(plan, there))
    return there


def _sensitivity(folder: Path, **options: object) -> Path:
    asked = {"outcomes": ("size", "CAN"), "samples": 16, "runs": 2, "overrides": ["rounds=10"], **options}
    result = sim.sensitivity("brussels-2025-04", factors="us-by-clarity", out=folder, **asked)
    save_figures(result, result.folder)
    return result.folder


def sensitivity(folder: Path) -> Path:
    return _sensitivity(folder)


def conditions(folder: Path) -> Path:
    pytest.importorskip("ema_workbench", reason="extra: discovery")
    there = _sensitivity(folder, method="morris", samples=64, outcomes=("SWE",), discover=True)
    assert (there / "figures" / "conditions-SWE.svg").exists()
    return there


def explanation(folder: Path) -> Path:
    case = sim.load_case("brussels-2025-04", ["rounds=6", "force_required=12000"])
    options = ExplainOptions(20, only=("why", "levers", "hardened", "persuade", "observed"))
    question = (case, find_nations(case, ["CAN"]), load_questions(), options)
    return into_folder(folder / explanation_folder(*question), partial(explain_case, *question))[1]


def hindcast(folder: Path) -> Path:
    declared, cases = load_hindcast_cases("europe-2025")
    question = (declared, cases, (), HindcastOptions(number=20, resamples=10))
    return into_folder(folder / hindcast_folder(*question), partial(hindcast_cases, *question))[1]


def calibration(folder: Path) -> Path:
    plan = plan_calibration("europe-2025", draws=50, runs=2)
    result, made = run_calibration(plan, folder), calibration_folder(plan, folder)
    save_figures(result, made)
    return made


def cross_validation(folder: Path) -> Path:
    plan = plan_calibration("europe-2025", draws=50, runs=2)
    options = HindcastOptions(number=20, resamples=10)
    there = folder / cross_validation_folder(plan, options)
    return into_folder(there, partial(cross_validate, plan, options, folder))[1]


def taught(folder: Path) -> Path:
    forces = load_coalitions().forces()
    return into_folder(folder / fit_folder(forces, 1), partial(teach, forces))[1]


def left_out(folder: Path) -> Path:
    coalitions = load_coalitions()
    there = folder / left_out_folder(coalitions.forces(), 1)
    return into_folder(there, partial(leave_out, coalitions))[1]


WRITERS: dict[str, Callable[[Path], Path]] = {
    "comparison": comparison,
    "sensitivity": sensitivity,
    "explanation": explanation,
    "hindcast": hindcast,
    "calibration": calibration,
    "cross-validation": cross_validation,
    "past coalitions": taught,
    "past coalitions left out": left_out,
    "sensitivity with conditions": conditions,
    "sweep along a line": lambda folder: _sweep(folder, US),
    "sweep of a ground": lambda folder: _sweep(folder, CLARITY + PRESSURE),
}


SLOW = ("sensitivity", "past coalitions left out", "sweep of a ground")


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in WRITERS],
)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return WRITERS[request.param](tmp_path_factory.mktemp("results"))


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the program stands without a scenario, a roster or a parameter."""
    place = tmp_path_factory.mktemp("bare")
    unwanted = shutil.ignore_patterns("scenarios", "__pycache__")
    shutil.copytree(Path(sim.__file__).parent, place / "sim", ignore=unwanted)
    return place


@pytest.mark.slow
def test_figures_are_drawn_again_to_the_byte_from_nothing_but_the_folder(
    folder: Path, bare: Path, process: Callable[..., Any], tmp_path: Path
) -> None:
    moved = Path(shutil.copytree(folder, tmp_path / "moved", ignore=shutil.ignore_patterns("figures")))
    ended = process("plot", moved, "--format", "svg", PYTHONPATH=str(bare))
    assert ended.code == 0, ended.err
    drawn, written = (
        {file.name: file.read_bytes() for file in (made / "figures").glob("*.svg")}
        for made in (moved, folder)
    )
    assert set(drawn) == set(written)
    assert [name for name in drawn if drawn[name] != written[name]] == []


def _begun(kind: str, out: Path) -> Path:
    """The folder of an experiment that was stopped as soon as it had begun."""
    options = SensitivityOptions(samples=16, number=2)
    experiments: dict[str, Callable[[], Experiment]] = {
        "comparison": lambda: plan_comparison(["brussels-2025-04", "us-backstop"], Runs(5)),
        "sweep": lambda: plan_sweep("us-by-clarity"),
        "sensitivity": lambda: plan_sensitivity("brussels-2025-04", "us-by-clarity", options),
    }
    if kind == "calibration":
        plan = plan_calibration("europe-2025", draws=50, runs=2)
        with results_of_calibration(plan, out) as results:
            return results.folder
    experiment = experiments[kind]()
    with results_of(experiment, experiment.folder(out)) as results:
        return results.folder


@pytest.mark.parametrize("kind", ["comparison", "sweep", "sensitivity", "calibration"])
def test_results_that_are_not_finished_are_not_called_damaged(tmp_path: Path, kind: str) -> None:
    begun = _begun(kind, tmp_path)
    with pytest.raises(Missing, match="the results are not finished; the same command goes on"):
        list(redraw([begun], Wanted()))
    with pytest.raises(Missing, match="the results are not finished; the same command goes on"):
        write_report(begun)


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Path]:
    """Write a manifest; None leaves a key out."""

    def change(**keys: object) -> Path:
        manifest = {"kind": "run", "format": FORMAT, "versions": {"coalition-sim": "7"}, **keys}
        kept = {key: value for key, value in manifest.items() if value is not None}
        (tmp_path / MANIFEST).write_text(json.dumps(kept), encoding="utf-8")
        return sign(tmp_path)

    return change


@pytest.mark.parametrize("keys", [{"format": 1.5}, {"format": None}])
def test_a_folder_of_another_version_is_told(changed: Callable[..., Path], keys: dict[str, object]) -> None:
    with pytest.raises(OtherVersion, match=r"manifest\.json: made by another version of the program \(7\)"):
        load_result(changed(**keys))


@pytest.mark.parametrize("kind", ["omen", None, ["run"]])
def test_a_kind_that_is_not_known_is_told_with_those_that_are(
    changed: Callable[..., Path], kind: object
) -> None:
    with pytest.raises(
        InputError,
        match=f'kind "{re.escape(str(kind))}"; known: {", ".join(KINDS)}$',
    ):
        load_result(changed(kind=kind))
