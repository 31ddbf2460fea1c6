"""The tables of a hindcast for the terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from sim.experiments.hindcast.result import BASELINES, MODEL, RECORDED, HindcastResult
from sim.experiments.hindcast.skill import SCORES
from sim.experiments.hindcast.waves import Wave
from sim.inputs.roster_file import Vocabulary
from sim.outputs.grids import Grid, as_table
from sim.outputs.hindcast.words import (
    FORECASTS,
    MEANINGS,
    SCORE_NAMES,
    VARIANTS,
    caution,
    evidence_line,
    expected,
    fit_line,
    interval,
    reason,
    rungs,
    span,
    verdicts,
)
from sim.outputs.words import signed

if TYPE_CHECKING:
    import pandas as pd

MISSES = 6
"""How many nations are told in words for each wave."""

LEGEND = (
    "Scores: the lower, the better. RPS: ranked probability score, the sum over the three cut points of the "
    "ladder. Log score: minus the logarithm of the probability of what was recorded, in nats. Brier score: "
    "of P(committed). CRPS: of the coalition's size, in nations; one number a wave, so without an interval. "
    "[ ]: 95 % bootstrap intervals over nations, each for itself; differences are paired."
)


class Scores(Protocol):
    """What has scores: a hindcast, or a cross-validation."""

    @property
    def scores(self) -> "pd.DataFrame": ...  # noqa: D102

    @property
    def differences(self) -> "pd.DataFrame": ...  # noqa: D102


def hindcast_report(result: HindcastResult) -> RenderableType:
    """Return what a hindcast says: first how little it rests on, then wave by wave."""
    which = (
        f"{result.options.runs:,} runs of each forecast, seed {result.options.seed}, "
        f"{result.options.resamples:,} resamples."
    )
    variants = "; ".join(f"{each.name}: {each.title}" for each in result.variants[1:])
    return Group(
        Text(result.hindcast.title, style="bold"),
        Text(evidence_line(result)),
        Text(f"{fit_line(result)} {caution(result)}".strip()),
        *(_wave(result, place) for place, wave in enumerate(result.recorded.waves) if wave.number),
        Text(f"{which} {LEGEND} {MEANINGS} {f'Indented: {variants}.' if variants else ''}", style="dim"),
    )


def _wave(result: HindcastResult, place: int) -> RenderableType:
    """Return what a hindcast says of a wave."""
    wave = result.recorded.waves[place]
    title = f"From {span(wave)}{f', {wave.title}' if wave.title else ''}: {wave.round} rounds"
    rows = result.differences[result.differences["wave"] == wave.name]
    sources = [f"  {_source_line(result, wave.name, name)}" for name in BASELINES]
    return Group(
        Text(f"\n{title}, {wave.number} nations", style="bold"),
        as_table(scores(result, wave.name)),
        Text(_noise(result, wave.name), style="dim"),
        Padding(as_table(differences(result, wave.name)), (1, 0, 1, 0)),
        *(Text(line) for line in verdicts(rows)),
        Text("RPS, range without the nations of one source, each left out in turn:", style="dim"),
        *(Text(line, style="dim") for line in sources if line.strip()),
        Text("\nLargest misses", style="bold"),
        *_misses(result, wave),
        Text(),
    )


def scores(result: "Scores", wave: str) -> Grid:
    """Return a row a forecast, a column a score, as recorded."""
    rows = result.scores[(result.scores["wave"] == wave) & (result.scores["variant"] == RECORDED)]
    cells = {(row.forecast, row.score): _score(row) for row in _each(rows)}
    told = tuple(
        (words, *(cells[name, score] for score in SCORES))
        for name, words in FORECASTS.items()
        if (name, SCORES[0]) in cells
    )
    return Grid(("as recorded", *(SCORE_NAMES[score] for score in SCORES)), told, len(SCORES))


def differences(result: "Scores", wave: str) -> Grid:
    """Return the model's paired differences: for each baseline a row a way of scoring."""
    rows = result.differences[result.differences["wave"] == wave]
    cells = {(row.baseline, row.variant, row.score): interval(row) for row in _each(rows)}
    told = tuple(
        (_label(baseline, variant), *(cells[baseline, variant, score] for score in SCORES))
        for baseline in BASELINES
        for variant in dict.fromkeys(rows["variant"])
        if (baseline, variant, SCORES[0]) in cells
    )
    return Grid(("the model minus ...", *(SCORE_NAMES[score] for score in SCORES)), told, len(SCORES))


def _label(baseline: str, variant: str) -> str:
    return f"... {FORECASTS[baseline]}" if variant == RECORDED else f"  {VARIANTS.get(variant, variant)}"


def _each(table: "pd.DataFrame") -> Iterator[Any]:
    yield from table.itertuples()


def _score(row: Any) -> str:
    return f"{row.value:.3f}" if row.low != row.low else f"{row.value:.3f} [{row.low:.3f}-{row.high:.3f}]"


def _noise(result: HindcastResult, wave: str) -> str:
    """Return how far the number of runs limits what the model's scores say."""
    rows = result.scores[(result.scores["wave"] == wave) & (result.scores["variant"] == RECORDED)]
    errors = rows[rows["forecast"] == MODEL].set_index("score")["noise"]
    told = ", ".join(f"{SCORE_NAMES[score]} {errors[score]:.4f}" for score in SCORES)
    return f"standard errors of the model's scores from the number of runs: {told}"


def _source_line(result: HindcastResult, wave: str, baseline: str) -> str:
    """Return between what the difference lies without the nations of one source; empty if all are of one."""
    span = _source_range(result, wave, baseline)
    return f"against {FORECASTS[baseline]} {span}" if span else ""


def _source_range(result: HindcastResult, wave: str, baseline: str) -> str:
    """Return between what the difference lies if the nations of one source are left out, each in turn."""
    table = result.sources
    rows = table if table.empty else table[(table["wave"] == wave) & (table["baseline"] == baseline)]
    if rows.empty:  # all records of the wave rest on one source
        return ""
    return f"{signed(rows['difference'].min(), 3)} to {signed(rows['difference'].max(), 3)}"


def _misses(result: HindcastResult, wave: Wave) -> list[RenderableType]:
    """Return the nations that the model was worst at, each with the model's reason."""
    rows = result.nations[result.nations["wave"] == wave.name]
    worst = rows.sort_values(["rps_model", "iso3"], ascending=[False, True], kind="stable").head(MISSES)
    vocabulary = result.case.roster.vocabulary
    return [Padding(_miss(row, vocabulary), (0, 0, 0, 2)) for row in worst.set_index("name").itertuples()]


def _miss(row: Any, vocabulary: Vocabulary) -> Text:
    """Return what was expected of a nation and what was recorded."""
    start, recorded = rungs(row.start_low, row.start_high), rungs(row.recorded_low, row.recorded_high)
    told = f": {start} at the start, recorded {recorded}; expected {expected(row)}. {reason(row, actors)}."
    return Text.assemble((row.Index, "bold"), told)
