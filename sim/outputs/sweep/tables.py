"""What a sweep found: where each outcome is least and where it is most."""

from sim.experiments.sweep.result import SweepResult
from sim.outputs.sweep.axes import MEASURES, OutcomeStyle, caption, outcome_of
from sim.outputs.words import RESTS_ON, mark, thousands
from sim.results.document import Cell, Details, Document, Note, Table, number, word

LEGEND = f"Least and most: over the points, each with the 95 % interval of its estimate. {RESTS_ON}"
EVERYWHERE = "every point"


def sweep_report(result: SweepResult) -> Document:
    """Return where each outcome is least and where it is most."""
    measures = [each for each in MEASURES if each.outcome in result.sweep.outcomes]
    rows = {measure: _extremes(result, measure) for measure in measures}
    table = Table(
        ("outcome", "least", "at", "most", "at"),
        tuple((word(f"{each.title} ({each.unit})"), *cells) for each, cells in rows.items()),
    )
    sentences = (_sentence(each, *(cell.text for cell in cells)) for each, cells in rows.items())
    return Document(
        f"Sweep: {result.sweep.title}",
        (*sentences, Details((table,)), Note(" ".join([*caption(result), LEGEND]))),
    )


def _extremes(result: SweepResult, measure: OutcomeStyle) -> list[Cell]:
    """Return the least of an outcome and where that is, and the most."""
    least, most = result.extremes[measure.outcome]
    cells = []
    for point in (least, most):
        parts = outcome_of(result, measure.outcome)
        estimate, low, high = (float(part[point]) * measure.factor for part in parts)
        interval = f"[{thousands(low, 1)}-{thousands(high, 1)}]"
        verdict = mark(result.verdicts(point)[measure.outcome])
        place = _place(result, point) if least != most else EVERYWHERE
        cells += [number(estimate, f"{thousands(estimate, 1)} {interval} {verdict}"), word(place)]
    return cells


def _sentence(measure: OutcomeStyle, least: str, at_least: str, most: str, at_most: str) -> str:
    """Say where an outcome is least and where it is most, unless it is the same everywhere."""
    if at_least == EVERYWHERE:
        return f"{measure.title}: {least} {measure.unit} at {EVERYWHERE}."
    return f"{measure.title}: from {least} {measure.unit} at {at_least} to {most} at {at_most}."


def _place(result: SweepResult, point: int) -> str:
    """Return the factors' values at a point; of many factors, the number of the point."""
    values = result.values.iloc[point]
    if len(values) > 3:
        return f"point {point}"
    return ", ".join(f"{factor.path} {factor.shown(values[factor.path])}" for factor in result.factors)
