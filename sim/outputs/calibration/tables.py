"""The tables of a calibration for the terminal."""

from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from sim.experiments.calibration.calibrate import Calibration
from sim.outputs.calibration import words
from sim.outputs.grids import Grid, as_table
from sim.outputs.words import signed

LEGEND = (
    "[ ] is the range of the middle 90 %. Moved: of the mean, in standard deviations of the prior; SD left: "
    "standard deviation as a share of the prior's. Distance: Kolmogorov-Smirnov, of the posterior from the "
    "prior. Fitted: of these the waves may tell something; the others are weighed along with them."
)


def calibration_report(calibration: Calibration) -> RenderableType:
    """Return what a calibration says: first what it rests on, then what was learned of each parameter."""
    about = calibration.about
    return Group(
        Text(f"Calibration: {about.title}", style="bold"),
        Text(f"{words.evidence(about)} {about.caution}"),
        Text(f"{words.fitted(about)} {words.MEANING}"),
        Text(f"{words.effort(calibration)} {words.likelihoods(calibration)}\n"),
        as_table(parameters(calibration)),
        Text(f"\n{words.learned(calibration)}"),
        Text(f"\n{LEGEND}", style="dim"),
    )


def parameters(calibration: Calibration) -> Grid:
    """Return a row a parameter, those that may be fitted first, of these the most learned."""
    keys = ["fitted", "learned", "distance"]
    rows = calibration.summary.sort_values(keys, ascending=False, kind="stable")
    columns = ("parameter", "prior", "posterior", "moved", "SD left", "distance", "")
    return Grid(columns, tuple(map(_parameter, rows.itertuples())), numbers=5)


def _parameter(row: Any) -> tuple[str, ...]:
    return (
        f"{row.parameter}{' (fitted)' if row.fitted else ''}",
        words.estimate(row.prior_mean, row.prior_low, row.prior_high),
        words.estimate(row.posterior_mean, row.posterior_low, row.posterior_high),
        signed(row.shift, 1),
        f"{row.spread:.2f}",
        f"{row.distance:.2f}",
        words.lesson(row),
    )
