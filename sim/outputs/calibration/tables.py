"""What a calibration says: what it rests on, then what was learned of each parameter."""

from typing import Any

from sim.experiments.calibration.calibrate import Calibration
from sim.outputs.calibration import words
from sim.outputs.words import signed
from sim.results.document import Block, Cell, Details, Document, Note, Table, number, word

RANGE = (
    "[ ] is the range of the middle 90 %. Fitted: of these the waves may tell something; the others are "
    "weighed along with them."
)
LEGEND = (
    "Moved: of the mean, in standard deviations of the prior; SD left: standard deviation as a share of the "
    "prior's. Distance: Kolmogorov-Smirnov, of the posterior from the prior."
)

MOST_ROWS = 10
"""Parameters that stand on the first screen."""
ASIDE = ("moved", "SD left", "distance", "learned")
"""Columns that do not: a sentence names what was not learned."""


def calibration_report(calibration: Calibration) -> Document:
    """Return what a calibration says: first what it rests on, then what was learned of each parameter."""
    about = calibration.about
    rests_on = f"{words.evidence(about)} {about.caution}"
    return Document(f"Calibration: {about.title}", (rests_on, *lessons(calibration)))


def lessons(calibration: Calibration) -> tuple[Block, ...]:
    """Return what was fitted, and what was learned of each parameter."""
    return (
        f"{words.fitted(calibration.about)} {words.MEANING}",
        f"{words.effort(calibration)} {words.likelihoods(calibration)}",
        parameters(calibration),
        words.learned(calibration),
        Note(RANGE),
        Details((Note(LEGEND),)),
    )


def parameters(calibration: Calibration) -> Table:
    """Return a row a parameter, those that may be fitted first, of these the most learned."""
    keys = ["fitted", "learned", "distance"]
    rows = calibration.summary.sort_values(keys, ascending=False, kind="stable")
    headings = ("parameter", "prior", "posterior", *ASIDE)
    return Table(headings, tuple(map(_parameter, rows.itertuples())), most=MOST_ROWS, aside=ASIDE)


def _parameter(row: Any) -> tuple[Cell, ...]:
    prior = words.estimate(row.prior_mean, row.prior_low, row.prior_high)
    posterior = words.estimate(row.posterior_mean, row.posterior_low, row.posterior_high)
    return (
        word(f"{row.parameter}{' (fitted)' if row.fitted else ''}"),
        number(row.prior_mean, prior),
        number(row.posterior_mean, posterior),
        number(row.shift, signed(row.shift, 1)),
        number(row.spread, f"{row.spread:.2f}"),
        number(row.distance, f"{row.distance:.2f}"),
        word(words.lesson(row)),
    )
