"""What a sweep found, for the terminal."""

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from sim.outputs.sweep.axes import MEASURES, Measure, caption, outcome_of
from sim.outputs.whole_table import WholeTable
from sim.outputs.words import RESTS_ON, mark, thousands

if TYPE_CHECKING:
    from sim.experiments.sweep.result import SweepResult

LEGEND = f"Least and most: over the points, each with the 95 % interval of its estimate. {RESTS_ON}"
EVERYWHERE = "every point"


def sweep_report(result: "SweepResult") -> RenderableType:
    """Return where each outcome is least and where it is most."""
    table, sentences = WholeTable(), []
    for heading in ("outcome", "least", "at", "most", "at"):
        is_number = heading in ("least", "most")
        table.add_column(heading, justify="right" if is_number else "left")
    for measure in MEASURES:
        if measure.outcome in result.sweep.outcomes:
            found = outcome_of(result, measure.outcome)
            least, most = result.extremes[measure.outcome]
            cells = []
            for point in (least, most):
                estimate, low, high = (thousands(part[point] * measure.factor, 1) for part in found)
                place = _place(result, point) if least != most else EVERYWHERE
                verdict = result.verdicts(point)[measure.outcome]
                cells += [f"{estimate} [{low}-{high}] {mark(verdict)}", place]
            table.add_row(f"{measure.title} ({measure.unit})", *cells)
            sentences.append(_sentence(measure, *cells))
    return Group(
        Text(result.sweep.title, style="bold"),
        *map(Text, sentences),
        table,
        Text(" ".join([*caption(result), LEGEND]), style="dim"),
    )


def _sentence(measure: Measure, least: str, at_least: str, most: str, at_most: str) -> str:
    """Say where an outcome is least and where it is most, unless it is the same everywhere."""
    if at_least == EVERYWHERE:
        return f"{measure.title}: {least} {measure.unit} at {EVERYWHERE}."
    return f"{measure.title}: from {least} {measure.unit} at {at_least} to {most} at {at_most}."


def _place(result: "SweepResult", point: int) -> str:
    """Return the factors' values at a point; of many factors, the number of the point."""
    values = result.values.iloc[point]
    if len(values) > 3:
        return f"point {point}"
    return ", ".join(f"{factor.path} {factor.shown(values[factor.path])}" for factor in result.factors)
