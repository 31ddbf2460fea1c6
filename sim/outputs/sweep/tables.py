"""What a sweep found, for the terminal."""

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.outputs.sweep.axes import MEASURES, caption, outcome_of

if TYPE_CHECKING:
    from sim.experiments.sweep.sweep import SweepResult

LEGEND = "Least and most: over the points, each with the 95 % interval of its estimate."


def sweep_report(result: "SweepResult") -> RenderableType:
    """Return where each outcome is least and where it is most."""
    table, sentences = Table(box=None, pad_edge=False, header_style="bold"), []
    for heading in ("outcome", "least", "at", "most", "at"):
        is_number = heading in ("least", "most")
        table.add_column(heading, overflow="fold", justify="right" if is_number else "left")
    for measure in MEASURES:
        if measure.outcome in result.plan.sweep.outcomes:
            found = outcome_of(result, measure.outcome)
            cells = []
            for point in (int(found.estimate.argmin()), int(found.estimate.argmax())):
                estimate, low, high = (f"{part[point] * measure.factor:,.1f}" for part in found)
                cells += [f"{estimate} [{low}-{high}]", _place(result, point)]
            table.add_row(f"{measure.title} ({measure.unit})", *cells)
            least, at_least, most, at_most = cells
            sentences.append(
                f"{measure.title}: from {least} {measure.unit} at {at_least} to {most} at {at_most}."
            )
    return Group(
        Text(result.plan.sweep.title, style="bold"),
        *map(Text, sentences),
        table,
        Text(" ".join([*caption(result), LEGEND]), style="dim"),
    )


def _place(result: "SweepResult", point: int) -> str:
    """Return the factors' values at a point; of many factors, the number of the point."""
    values = result.plan.points.iloc[point]
    if len(values) > 3:
        return f"point {point}"
    return ", ".join(
        f"{path} {value if isinstance(value, str) else format(value, ',.6g')}"
        for path, value in values.items()
    )
