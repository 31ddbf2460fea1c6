"""The page of the documentation that says how far the model can be relied on."""

from sim.experiments.cross_validation import CrossValidation
from sim.experiments.evidence.left_out import LeftOut
from sim.inputs.coalitions.coalitions import Coalitions
from sim.outputs.calibration import words as calibration_words
from sim.outputs.calibration.tables import lessons
from sim.outputs.cross_validation import words
from sim.outputs.cross_validation.tables import out_of_sample
from sim.outputs.document.markdown import markdown
from sim.outputs.evidence.tables import failures_and_scores
from sim.results.document import Block, Document, Section, points

ACCEPTANCE = "```{include} acceptance.inc\n```"
"""What was asked of the model before it was built, and what of it holds: written by hand."""


def validation_page(
    result: CrossValidation, headline: tuple[Block, ...] = (), sections: tuple[Section, ...] = ()
) -> str:
    """Return the page in Markdown: what it rests on, scores out of sample, what was learned.

    Parameters
    ----------
    result
        A cross-validation.
    headline
        What comes first: what is forecast of coalitions that were never seen.
    sections
        Further sections at the end, such as that of patterns.
    """
    about = result.about.fit
    waves = points([words.heading(wave) for wave in about.waves])
    return markdown(
        Document(
            "Validation",
            (
                "Made by `coalition cross-validate europe-2025`; do not edit it by hand.",
                *headline,
                Section("What it rests on", (calibration_words.evidence(about), waves, about.caution)),
                Section("Scores out of sample", tuple(out_of_sample(result))),
                Section("What was learned", lessons(result.calibration)),
                *sections,
            ),
        )
    )


def headline(result: LeftOut, coalitions: Coalitions) -> tuple[Block, ...]:
    """Return what comes first in the documentation: families of past coalitions, each left out.

    Parameters
    ----------
    result
        Coalitions of soldiers and ships, each family left out.
    coalitions
        All that were read.
    """
    return (
        Section("Coalitions that it never saw", tuple(failures_and_scores(result, coalitions))),
        "What was learned of them is told in [](evidence.md).",
        ACCEPTANCE,
        "What follows is about the waves of the hindcast alone.",
    )
