"""The tables of a calibration for the terminal."""

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.experiments.calibrate import Calibration
from sim.outputs import calibration_words as words
from sim.outputs.words import signed

MOST_PAIRS = 5

LEGEND = (
    "[ ] is the range of the middle 90 %. Moved: of the mean, in standard deviations of the prior; SD left: "
    "standard deviation as a share of the prior's. Distance: Kolmogorov-Smirnov, of the posterior from the "
    "prior. Correlations: of parameters brought to the scale on which their prior is normal."
)


def calibration_report(calibration: Calibration) -> RenderableType:
    """Return what a calibration says: first what it rests on, then what was learned of each parameter."""
    plan = calibration.plan
    title = "; ".join(target.hindcast.title for target in plan.targets)
    notes = [words.effort(calibration), words.noise(calibration), LEGEND]
    return Group(
        Text(f"Calibration: {title}", style="bold"),
        Text(words.evidence(plan)),
        Text(f"{words.fitted(plan)} {words.MEANING}"),
        Text(f"{words.tolerance(calibration)}\n"),
        _parameters(calibration),
        Text(),
        Text(words.not_learned(calibration)),
        Text(_pairs(calibration)),
        Text(f"\n{' '.join(notes)}", style="dim"),
    )


def _parameters(calibration: Calibration) -> Table:
    """Return a row a parameter, the most learned first."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("parameter", no_wrap=True)
    for column in ("prior", "posterior", "moved", "SD left", "distance"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("")
    rows = calibration.summary.sort_values(["learned", "distance"], ascending=False, kind="stable")
    row: Any
    for row in rows.itertuples():
        table.add_row(
            row.parameter,
            words.estimate(row.prior_mean, row.prior_low, row.prior_high),
            words.estimate(row.posterior_mean, row.posterior_low, row.posterior_high),
            signed(row.shift, 1),
            f"{row.spread:.2f}",
            f"{row.distance:.2f}",
            words.lesson(row),
        )
    return table


def _pairs(calibration: Calibration) -> str:
    """Return which parameters go together."""
    found = calibration.pairs
    leading = [words.correlation(row) for row in found[found["learned"]].head(MOST_PAIRS).itertuples()]
    if not leading:
        return "No two parameters go together more closely than chance would have it."
    return f"Learned only together: {'; '.join(leading)} (correlations)."
