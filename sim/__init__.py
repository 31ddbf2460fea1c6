"""Agent-based simulation of military coalition formation: who joins, when, under which conditions.

``run`` runs a scenario many times, ``compare`` runs several with the same draws, ``sweep`` runs a design of
levers and parameters, ``sensitivity`` tells which of them matter most, ``explain`` says why and what it would
take, ``hindcast`` scores the model against positions recorded later, ``calibrate`` fits parameters to them,
``CoalitionModel`` is one run as a Mesa model; ``load_scenario`` reads a scenario file, ``load_case`` reads it
with its roster and parameters, ``load_result`` reads results back from their folder.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sim.version import __version__ as __version__

if TYPE_CHECKING:
    from sim.experiments.calibration.calibrate import Calibration as Calibration
    from sim.experiments.calibration.calibrate import calibrate as calibrate
    from sim.experiments.comparison.compare import compare as compare
    from sim.experiments.comparison.result import Comparison as Comparison
    from sim.experiments.explain.answers import Explanation as Explanation
    from sim.experiments.explain.answers import explain as explain
    from sim.experiments.hindcast.hindcast import hindcast as hindcast
    from sim.experiments.hindcast.result import HindcastResult as HindcastResult
    from sim.experiments.results import RunResult as RunResult
    from sim.experiments.run import run as run
    from sim.experiments.sensitivity.result import Sensitivity as Sensitivity
    from sim.experiments.sensitivity.sensitivity import sensitivity as sensitivity
    from sim.experiments.sweep.result import SweepResult as SweepResult
    from sim.experiments.sweep.sweep import sweep as sweep
    from sim.inputs.case import Case as Case
    from sim.inputs.case import load_case as load_case
    from sim.inputs.errors import InputError as InputError
    from sim.inputs.scenario import Scenario as Scenario
    from sim.inputs.scenario import load_scenario as load_scenario
    from sim.model.coalition import CoalitionModel as CoalitionModel
    from sim.results.result import load_result as load_result
    from sim.system.failures import Failure as Failure

_HOMES = {
    "Calibration": "sim.experiments.calibration.calibrate",
    "Case": "sim.inputs.case",
    "CoalitionModel": "sim.model.coalition",
    "Comparison": "sim.experiments.comparison.result",
    "Explanation": "sim.experiments.explain.answers",
    "Failure": "sim.system.failures",
    "HindcastResult": "sim.experiments.hindcast.result",
    "InputError": "sim.inputs.errors",
    "RunResult": "sim.experiments.results",
    "Scenario": "sim.inputs.scenario",
    "Sensitivity": "sim.experiments.sensitivity.result",
    "SweepResult": "sim.experiments.sweep.result",
    "calibrate": "sim.experiments.calibration.calibrate",
    "compare": "sim.experiments.comparison.compare",
    "explain": "sim.experiments.explain.answers",
    "hindcast": "sim.experiments.hindcast.hindcast",
    "load_case": "sim.inputs.case",
    "load_result": "sim.results.result",
    "load_scenario": "sim.inputs.scenario",
    "run": "sim.experiments.run",
    "sensitivity": "sim.experiments.sensitivity.sensitivity",
    "sweep": "sim.experiments.sweep.sweep",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605 - the names stand once


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: Mesa, Numba and pandas take a second to load."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
