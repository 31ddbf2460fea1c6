"""The tables of a hindcast for the terminal."""

from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from sim.experiments.hindcast.result import BASELINES, MODEL, RECORDED, HindcastResult
from sim.experiments.hindcast.skill import SCORES
from sim.experiments.hindcast.waves import Wave
from sim.inputs.roster_file import Actors
from sim.outputs.hindcast.words import (
    FORECASTS,
    MEANINGS,
    SCORE_NAMES,
    caution,
    day,
    evidence_line,
    expected,
    fit_line,
    interval,
    reason,
    rungs,
    verdicts,
)
from sim.outputs.whole_table import WholeTable
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
    name = str(wave.date)
    title = f"{day(wave.date)}{f', {wave.title}' if wave.title else ''}: round {wave.round}"
    return Group(
        Text(f"\n{title}, {wave.number} nations", style="bold"),
        _scores(result, name),
        Text(_noise(result, name), style="dim"),
        Padding(_differences(result, name), (1, 0, 1, 0)),
        *(Text(line) for line in verdicts(result, name)),
        Text("\nLargest misses", style="bold"),
        *_misses(result, wave),
        Text(),
    )


def _scores(result: HindcastResult, wave: str) -> WholeTable:
    """Return a row a forecast."""
    rows = result.scores[(result.scores["wave"] == wave) & (result.scores["variant"] == RECORDED)]
    table = _table("as recorded")
    for forecast in FORECASTS:
        cells = [_score(rows, forecast, score) for score in SCORES if (rows["forecast"] == forecast).any()]
        if cells:
            table.add_row(FORECASTS[forecast], *cells)
    return table


def _score(rows: "pd.DataFrame", forecast: str, score: str) -> str:
    row: Any = rows[(rows["forecast"] == forecast) & (rows["score"] == score)].iloc[0]
    return f"{row.value:.3f}" if row.low != row.low else f"{row.value:.3f} [{row.low:.3f}-{row.high:.3f}]"


def _noise(result: HindcastResult, wave: str) -> str:
    """Return how far the number of runs limits what the model's scores say."""
    rows = result.scores[(result.scores["wave"] == wave) & (result.scores["variant"] == RECORDED)]
    errors = rows[rows["forecast"] == MODEL].set_index("score")["noise"]
    told = ", ".join(f"{SCORE_NAMES[score]} {errors[score]:.4f}" for score in SCORES)
    return f"standard errors of the model's scores from the number of runs: {told}"


def _differences(result: HindcastResult, wave: str) -> WholeTable:
    """Return the model's paired differences: for each baseline a row a way of scoring."""
    rows = result.differences[result.differences["wave"] == wave]
    table = _table("the model minus ...")
    for baseline in BASELINES:
        chosen = rows[rows["baseline"] == baseline]
        for variant in result.variants:
            given = chosen[chosen["variant"] == variant.name].set_index("score")
            if given.empty:
                continue
            is_first = variant.name == RECORDED
            label = f"... {FORECASTS[baseline]}" if is_first else f"  {variant.name}"
            table.add_row(Text(label), *(interval(given.loc[score]) for score in SCORES))
        if not chosen.empty:
            table.add_row("  without a source, range", _source_range(result, wave, baseline))
    return table


def _source_range(result: HindcastResult, wave: str, baseline: str) -> str:
    """Return between what the difference lies if the nations of one source are left out, each in turn."""
    table = result.sources
    rows = table if table.empty else table[(table["wave"] == wave) & (table["baseline"] == baseline)]
    if rows.empty:  # all records of the wave rest on one source
        return "-"
    return f"{signed(rows['difference'].min(), 3)} to {signed(rows['difference'].max(), 3)}"


def _misses(result: HindcastResult, wave: Wave) -> list[RenderableType]:
    """Return the nations that the model was worst at, each with the model's reason."""
    rows = result.nations[result.nations["wave"] == str(wave.date)]
    worst = rows.sort_values(["rps_model", "iso3"], ascending=[False, True], kind="stable").head(MISSES)
    actors = result.case.roster.actors
    return [Padding(_miss(row, actors), (0, 0, 0, 2)) for row in worst.set_index("name").itertuples()]


def _miss(row: Any, actors: Actors) -> Text:
    """Return what was expected of a nation and what was recorded."""
    start, recorded = rungs(row.start_low, row.start_high), rungs(row.recorded_low, row.recorded_high)
    told = f": {start} at the start, recorded {recorded}; expected {expected(row)}. {reason(row, actors)}."
    return Text.assemble((row.Index, "bold"), told)


def _table(first: str) -> WholeTable:
    table = WholeTable()
    table.add_column(first, no_wrap=True)
    for score in SCORES:
        table.add_column(SCORE_NAMES[score], justify="right", no_wrap=True)
    return table
