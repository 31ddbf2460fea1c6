"""The kinds of results, each declared once: where its class is, what draws it, and what says it in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from sim.inputs.errors import near_match


@dataclass(frozen=True)
class ResultKind:
    """Results of a kind.

    What draws it and says it in words lies in layers above, and is loaded when it is asked for.

    Attributes
    ----------
    name
        What manifests call it.
    title
        What heads its reports.
    first
        The table that answers first, where there is one of this name.
    result
        Home of its class, ``module:name``.
    figures
        Home of a function of the result and of chosen nations, that returns what draws each figure by name;
        none if empty.
    document
        Home of a function of the result, that returns what it says.
    left_out
        Home of a function of the result that returns why figures of its kind are not drawn, by name; none if
        empty.
    usual
        The figures that are drawn when it is saved; all if none are named.
    of_nations
        The figures that can show chosen nations.
    page, page_file
        Home of a function of the result that returns a page of documentation, and the name of its file; none
        if empty.
    """

    name: str
    title: str
    first: str
    result: str
    document: str
    figures: str = ""
    left_out: str = ""
    usual: tuple[str, ...] = ()
    of_nations: tuple[str, ...] = ()
    page: str = ""
    page_file: str = ""

    def figures_of(self, result: Any, nations: Sequence[str] = ()) -> Mapping[str, Any]:
        """Return what draws each figure of a result, by name."""
        drawn: Mapping[str, Any] = load(self.figures)(result, nations) if self.figures else {}
        return drawn

    def why_no_figure(self, result: Any, name: str, drawn: Sequence[str]) -> str:
        """Return why a result has no figure of a name, and which it has."""
        left_out: Mapping[str, str] = load(self.left_out)(result) if self.left_out else {}
        reason = f"left out: {left_out[name]}" if name in left_out else "no such figure here"
        return f"{reason}; there are {', '.join(drawn) or 'none'}{near_match(name, drawn)}"


def load(home: str) -> Any:
    """Return what stands at a home, ``module:name``."""
    module, _, name = home.partition(":")
    return getattr(import_module(module), name)


KINDS = {
    kind.name: kind
    for kind in (
        ResultKind(
            "run",
            title="",
            first="summary",
            result="sim.experiments.results:LoadedRun",
            figures="sim.outputs.figures:figures_of",
            left_out="sim.outputs.figures:left_out",
            document="sim.outputs.tables:run_report",
            usual=("coalition-size", "joining"),
            of_nations=("nation", "joining", "willingness"),
        ),
        ResultKind(
            "comparison",
            title="Compared",
            first="coalition",
            result="sim.experiments.comparison.result:Comparison",
            figures="sim.outputs.comparison.figures:figures_of",
            document="sim.outputs.comparison.tables:comparison_report",
            of_nations=("nations-over-time",),
        ),
        ResultKind(
            "sweep",
            title="A sweep",
            first="points",
            result="sim.experiments.sweep.result:SweepResult",
            figures="sim.outputs.sweep.figures:figures_of",
            document="sim.outputs.sweep.tables:sweep_report",
        ),
        ResultKind(
            "sensitivity",
            title="What matters",
            first="spread",
            result="sim.experiments.sensitivity.result:Sensitivity",
            figures="sim.outputs.sensitivity.figures:figures_of",
            document="sim.outputs.sensitivity.tables:sensitivity_report",
        ),
        ResultKind(
            "explanation",
            title="Explained",
            first="levers",
            result="sim.experiments.explain.result:LoadedExplanation",
            figures="sim.outputs.explain.figures:figures_of",
            document="sim.outputs.explain.tables:explain_report",
        ),
        ResultKind(
            "hindcast",
            title="Held against what was recorded",
            first="scores",
            result="sim.experiments.hindcast.tables:LoadedHindcast",
            figures="sim.outputs.hindcast.figures:figures_of",
            document="sim.outputs.hindcast.tables:hindcast_report",
        ),
        ResultKind(
            "calibration",
            title="Fitted to what was recorded",
            first="summary",
            result="sim.experiments.calibration.calibrate:Calibration",
            figures="sim.outputs.calibration.figures:figures_of",
            document="sim.outputs.calibration.tables:calibration_report",
        ),
        ResultKind(
            "cross-validation",
            title="Fitted to a part of what was recorded, scored on the rest",
            first="scores",
            result="sim.experiments.cross_validation:LoadedCrossValidation",
            figures="sim.outputs.cross_validation.figures:figures_of",
            document="sim.outputs.cross_validation.tables:cross_validation_report",
            page="sim.outputs.cross_validation.page:validation_page",
            page_file="validation.md",
        ),
        ResultKind(
            "evidence",
            title="What past coalitions teach",
            first="coefficients",
            result="sim.experiments.evidence.results:LoadedTaught",
            figures="sim.outputs.evidence.figures:figures_of_fit",
            document="sim.outputs.evidence.tables:fit_report",
        ),
        ResultKind(
            "left out",
            title="Past coalitions, each family left out",
            first="summary",
            result="sim.experiments.evidence.results:LoadedLeftOut",
            figures="sim.outputs.evidence.figures:figures_of_left_out",
            document="sim.outputs.evidence.tables:left_out_report",
            page="sim.outputs.evidence.page:evidence_page",
            page_file="evidence.md",
        ),
        ResultKind(
            "forecast",
            title="Forecast from past coalitions alone",
            first="nations",
            result="sim.experiments.evidence.forecast:LoadedForecast",
            document="sim.outputs.evidence.forecast:forecast_report",
        ),
        ResultKind(
            "patterns",
            title="Stylised facts",
            first="patterns",
            result="sim.experiments.patterns.verdicts:LoadedPatterns",
            document="sim.outputs.patterns.tables:patterns_report",
            page="sim.outputs.patterns.tables:patterns_markdown",
            page_file="patterns.md",
        ),
    )
}
"""By the word that `kind` has in a manifest."""
