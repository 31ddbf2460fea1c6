"""The tables of a cross-validation."""

from rich.console import Group, RenderableType
from rich.text import Text

from sim.experiments.calibration.held_out import CrossValidation
from sim.outputs.calibration import words as calibration_words
from sim.outputs.cross_validation import words
from sim.outputs.grids import as_table
from sim.outputs.hindcast.tables import differences, scores
from sim.outputs.hindcast.words import verdicts


def cross_validation_report(result: CrossValidation) -> RenderableType:
    """Return the scores of each wave by the fit to the others: first what they rest on."""
    about = result.about.fit
    parts: list[RenderableType] = [
        Text("Cross-validation", style="bold"),
        Text(f"{calibration_words.evidence(about)} {about.caution}"),
    ]
    for wave in about.waves:
        rows = result.differences[result.differences["wave"] == wave.name]
        parts += [
            Text(f"\n{words.heading(wave)}", style="bold"),
            Text(words.seen(about, wave)),
            as_table(scores(result, wave.name)),
            Text(),
            as_table(differences(result, wave.name)),
            Text(),
            *(Text(line) for line in verdicts(rows)),
        ]
    parts.append(Text(f"\n{words.effort(result.about)} {words.LEGEND}", style="dim"))
    return Group(*parts)
