"""The page of the documentation that says how far the model can be relied on."""

from collections.abc import Iterable, Iterator, Sequence

from sim.experiments.calibration.held_out import CrossValidation
from sim.experiments.evidence.left_out import LeftOut
from sim.inputs.coalitions.coalitions import Coalitions
from sim.outputs.calibration import words as calibration_words
from sim.outputs.calibration.tables import LEGEND, parameters
from sim.outputs.cross_validation import words
from sim.outputs.evidence.page import forecast_sections
from sim.outputs.grids import as_markdown
from sim.outputs.hindcast.tables import differences, scores
from sim.outputs.hindcast.words import verdicts

ACCEPTANCE = ("```{include} acceptance.inc", "```")
"""What was asked of the model before it was built, and what of it holds: written by hand."""


def validation_page(
    result: CrossValidation, headline: Iterable[str] = (), sections: Sequence[str] = ()
) -> str:
    """Return the page in Markdown: what it rests on, scores out of sample, what was learned.

    Parameters
    ----------
    result
        What was found.
    headline
        Lines that come first: what is forecast of coalitions that were never seen.
    sections
        Further sections at the end, such as that of patterns.
    """
    lines = [
        "# Validation",
        "",
        "Made by `coalition cross-validate europe-2025`; do not edit it by hand.",
        "",
        *headline,
    ]
    lines += [*_rests_on(result), *_out_of_sample(result), *_learned(result)]
    return "\n".join([*lines, *sections]).rstrip() + "\n"


def headline(result: LeftOut, coalitions: Coalitions) -> Iterator[str]:
    """Yield what comes first in the documentation: families of past coalitions, each left out.

    Parameters
    ----------
    result
        Coalitions of soldiers and ships, each family left out.
    coalitions
        All that were read.
    """
    yield from ("## Coalitions that it never saw", "")
    for line in forecast_sections(result, coalitions):
        yield f"#{line}" if line.startswith("##") else line
    yield from ("What was learned of them is told in [](evidence.md).", "", *ACCEPTANCE, "")
    yield from ("What follows is about the waves of the hindcast alone.", "")


def _rests_on(result: CrossValidation) -> Iterator[str]:
    about = result.about.fit
    yield from ("## What it rests on", "", calibration_words.evidence(about), "")
    yield from (f"- {words.heading(wave)}" for wave in about.waves)
    yield from ("", about.caution, "")


def _out_of_sample(result: CrossValidation) -> Iterator[str]:
    yield from ("## Scores out of sample", "")
    for wave in result.about.fit.waves:
        yield from ("", f"### {words.heading(wave)}", "", words.seen(result.about.fit, wave), "")
        yield from (*as_markdown(scores(result, wave.name)), "")
        yield from (*as_markdown(differences(result, wave.name)), "")
        rows = result.differences[result.differences["wave"] == wave.name]
        yield from (f"- {line}" for line in verdicts(rows))
    yield from ("", f"{words.effort(result.about)} {words.LEGEND}", "")


def _learned(result: CrossValidation) -> Iterator[str]:
    calibration, said = result.calibration, calibration_words
    yield from ("## What was learned", "", f"{said.fitted(calibration.about)} {said.MEANING}", "")
    yield from (f"{said.effort(calibration)} {said.likelihoods(calibration)}", "")
    yield from (*as_markdown(parameters(calibration)), "", said.learned(calibration), "", LEGEND, "")
