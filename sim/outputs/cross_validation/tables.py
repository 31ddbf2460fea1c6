"""What a cross-validation says: the scores of each wave by the fit to the others."""

from collections.abc import Iterator

from sim.experiments.calibration.about import FittedWave
from sim.experiments.cross_validation import CrossValidation
from sim.outputs.calibration import words as calibration_words
from sim.outputs.cross_validation import words
from sim.outputs.hindcast.tables import differences, overview, scores
from sim.outputs.hindcast.words import MEANINGS, verdicts
from sim.results.document import Block, Details, Document, Note, Section, points


def cross_validation_report(result: CrossValidation) -> Document:
    """Return the scores of each wave by the fit to the others: first what they rest on."""
    about = result.about.fit
    rests_on = f"{calibration_words.evidence(about)} {about.caution}"
    all_waves = overview(result, {wave.name: wave.name for wave in about.waves})
    return Document("Cross-validation", (rests_on, all_waves, *out_of_sample(result)))


def out_of_sample(result: CrossValidation) -> Iterator[Block]:
    """Yield the scores of each wave, then how to read them."""
    yield from (_wave(result, wave) for wave in result.about.fit.waves)
    yield Note(f"{words.effort(result.about)} {words.LEGEND}")
    yield Details((Note(MEANINGS),))


def _wave(result: CrossValidation, wave: FittedWave) -> Section:
    lines = verdicts(result.differences[result.differences["wave"] == wave.name])
    return Section(
        words.heading(wave),
        (
            words.seen(result.about.fit, wave),
            Details((scores(result, wave.name), *differences(result, wave.name))),
            points(lines[:1]),
            Details((points(lines[1:]),)),
        ),
    )
