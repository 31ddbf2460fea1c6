"""The page of the documentation that says how far the model can be relied on."""

from collections.abc import Iterator, Sequence

from sim.experiments.calibration.held_out import SCORES, CrossValidation
from sim.outputs.calibration import words as calibration_words
from sim.outputs.calibration.tables import LEGEND, parameters
from sim.outputs.cross_validation import words as cross_validation_words
from sim.outputs.cross_validation.tables import differences, generations, heading, rows_of, scores
from sim.outputs.grids import as_markdown

PAST_COALITIONS = (
    "What is forecast of coalitions that were never seen is another page, and comes first: "
    "`coalition cross-validate` writes it."
)


def validation_page(result: CrossValidation, sections: Sequence[str] = ()) -> str:
    """Return the page in Markdown: what it rests on, scores in and out of sample, what was learned.

    Parameters
    ----------
    result
        What was found.
    sections
        Further sections, such as that of patterns.
    """
    lines = [
        "# Validation",
        "",
        "Made by `coalition cross-validate europe-2025`; do not edit it by hand.",
        "",
    ]
    lines += [PAST_COALITIONS, ""]
    lines += [*_rests_on(result), *_in_and_out(result), *_learned(result)]
    return "\n".join([*lines, *sections]).rstrip() + "\n"


def _rests_on(result: CrossValidation) -> Iterator[str]:
    about = result.about
    yield from ("## What it rests on", "", calibration_words.evidence(about), "")
    for wave in about.waves:
        repeated = wave.carried_forward
        carried = f", {repeated} of the records carried forward from before" if repeated else ""
        yield f"- {heading(wave)}{carried}"
    yield from ("", *(" ".join(hindcast.caution.split()) for hindcast in about.hindcasts), "")


def _in_and_out(result: CrossValidation) -> Iterator[str]:
    yield from ("## Scores in and out of sample", "")
    yield from (f"- {line}" for line in cross_validation_words.kinds(result))
    for wave in result.about.waves:
        yield from ("", f"### {heading(wave)}", "", *as_markdown(scores(result, wave, "rps")))
        yield from ("", *as_markdown(differences(result, wave)), "")
        for score in SCORES:
            rows = rows_of(result.differences, wave, score)
            yield from (f"- {line}" for line in cross_validation_words.verdicts(rows))
        rows = rows_of(result.differences, wave, *SCORES)
        yield from (f"- {line}" for line in cross_validation_words.scored_otherwise(rows))
        yield from ("", *as_markdown(generations(result, wave)))
        for score in SCORES[1:]:
            yield from ("", *as_markdown(scores(result, wave, score)))
    yield from ("", cross_validation_words.how_far(result))
    yield from ("", f"{cross_validation_words.effort(result)} {cross_validation_words.LEGEND}", "")


def _learned(result: CrossValidation) -> Iterator[str]:
    calibration, words = result.calibration, calibration_words
    yield from ("## What was learned", "", f"{words.fitted(calibration.about)} {words.MEANING}", "")
    yield from (words.tolerance(calibration), "", *as_markdown(parameters(calibration)), "")
    yield from (words.not_learned(calibration), "", words.together(calibration), "")
    yield from (f"{words.effort(calibration)} {words.noise(calibration)} {LEGEND}", "")
