"""The tables of a cross-validation."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.text import Text

from sim.experiments.calibration.about import CrossValidationTables, FittedWave
from sim.experiments.calibration.held_out import FORECASTS, VARIANTS, CrossValidation
from sim.experiments.calibration.splits import KINDS
from sim.experiments.hindcast.result import RECORDED
from sim.outputs.calibration import words as calibration_words
from sim.outputs.cross_validation import words
from sim.outputs.grids import Grid, as_table
from sim.outputs.hindcast.words import SCORE_NAMES, day, interval

if TYPE_CHECKING:
    import pandas as pd


def cross_validation_report(result: CrossValidation) -> RenderableType:
    """Return the scores in and out of sample: first what they rest on."""
    parts: list[RenderableType] = [
        Text("Cross-validation", style="bold"),
        Text(calibration_words.evidence(result.about)),
        *(Text(line) for line in words.kinds(result)),
    ]
    for wave in result.about.waves:
        parts.append(Text(f"\n{heading(wave)}", style="bold"))
        parts += [
            as_table(scores(result, wave, "rps")),
            Text(),
            as_table(differences(result, wave)),
            Text(),
        ]
        parts += [Text(line) for line in words.verdicts(rows_of(result.differences, wave, "rps"))]
        parts += [Text(), as_table(generations(result, wave))]
    parts.append(Text(f"\n{words.how_far(result)}"))
    parts.append(Text(f"\n{words.effort(result)} {words.LEGEND}", style="dim"))
    return Group(*parts)


def heading(wave: FittedWave) -> str:
    """Return which wave it is, and how little it tells."""
    return f"{wave.hindcast}, {day(wave.date)}: {wave.number} nations, {wave.changed} of a changed rung"


def about_wave(table: "pd.DataFrame", wave: FittedWave) -> "pd.DataFrame":
    """Return the rows that are about a wave."""
    return table[(table["hindcast"] == wave.hindcast) & (table["wave"] == str(wave.date))]


def rows_of(table: "pd.DataFrame", wave: FittedWave, *scores: str) -> "pd.DataFrame":
    """Return the rows that are about a wave and some scores."""
    return about_wave(table[table["score"].isin(scores)], wave)


def generations(result: CrossValidationTables, wave: FittedWave) -> Grid:
    """Return a row a generation, a column a kind of fit: the score after it, against that of the prior."""
    chosen = about_wave(result.generations, wave)
    cells = {(row.generation, row.kind): f"{row.value:.3f}, {interval(row)}" for row in _each(chosen)}
    labels = {number: words.generation(number) for number in sorted(set(chosen["generation"]))}
    return _grid("RPS, and minus that of the prior", labels, cells)


def _each(table: "pd.DataFrame") -> Iterator[Any]:
    yield from table.itertuples()


def scores(result: CrossValidation, wave: FittedWave, score: str) -> Grid:
    """Return a row a forecast, a column a kind of fit."""
    rows = rows_of(result.scores, wave, score)
    cells = {
        (row.forecast, row.kind): f"{row.value:.3f} [{row.low:.3f}-{row.high:.3f}]"
        for row in _each(rows[rows["variant"] == RECORDED])
    }
    return _grid(SCORE_NAMES[score], {name: words.NAMES[name] for name in FORECASTS}, cells)


def differences(result: CrossValidationTables, wave: FittedWave) -> Grid:
    """Return the calibrated model's paired differences: for each baseline a row a variant."""
    rows = rows_of(result.differences, wave, "rps")
    cells = {((row.baseline, row.variant), row.kind): interval(row) for row in _each(rows)}
    labels = {
        (baseline, variant): words.NAMES[baseline] if variant == RECORDED else f"  {words.ALSO[variant]}"
        for baseline in FORECASTS[1:]
        for variant in VARIANTS
    }
    return _grid("RPS, the calibrated model minus", labels, cells)


def _grid(title: str, labels: Mapping[Any, str], cells: Mapping[tuple[Any, str], str]) -> Grid:
    """Return a table of the rows and kinds of fit that there are."""
    kinds = [kind for kind in KINDS if any(kind == each for _, each in cells)]
    rows = [
        (label, *(cells.get((key, kind), "-") for kind in kinds))
        for key, label in labels.items()
        if any(key == each for each, _ in cells)
    ]
    return Grid((title, *kinds), tuple(rows), len(kinds))
