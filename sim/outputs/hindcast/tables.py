"""What a hindcast says: how little it rests on, then wave by wave."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from sim.experiments.hindcast.result import BASELINES, MODEL, RECORDED, HindcastResult
from sim.experiments.hindcast.skill import SCORES
from sim.experiments.hindcast.waves import Wave
from sim.inputs.roster_file import Vocabulary
from sim.outputs.hindcast.words import (
    FORECASTS,
    MEANINGS,
    MEASURED,
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
from sim.outputs.words import RESTS_ON, counted, mark, signed
from sim.results.document import Details, Document, Note, Section, Table, nothing, number, points, word
from sim.system.libraries import pd

MISSES = 6
"""How many nations are described in words for each wave."""

OVERVIEW = "rps"
"""The score that stands on the first screen."""

INTERVALS = (
    "Scores: the lower, the better. RPS: ranked probability score, the sum over the three cut points of the "
    "ladder. Brier score: of P(committed). "
    f"[ ]: 95 % bootstrap intervals over nations, each for itself; differences are paired. {MEASURED}"
)
LEGEND = (
    "Log score: minus the logarithm of the probability of what was recorded, in nats. "
    "CRPS: of the coalition's size, in nations; one number a wave, so without an interval. "
    f"What was expected of a nation is a forecast. {RESTS_ON}"
)


class Scores(Protocol):
    """What has scores: a hindcast, or a cross-validation."""

    @property
    def scores(self) -> "pd.DataFrame": ...  # noqa: D102

    @property
    def differences(self) -> "pd.DataFrame": ...  # noqa: D102


def hindcast_report(result: HindcastResult) -> Document:
    """Return what a hindcast says: first how little it rests on, then wave by wave."""
    which = (
        f"{counted(result.options.number, 'run')} of each forecast, seed {result.options.seed}, "
        f"{counted(result.options.resamples, 'resample')}."
    )
    variants = "; ".join(f"{each.name}: {each.title}" for each in result.variants[1:])
    notes = (
        Note(f"{which} {INTERVALS}"),
        Details((Note(f"{LEGEND} {MEANINGS} {f'Variants: {variants}.' if variants else ''}".strip()),)),
    )
    basis = (evidence_line(result), f"{fit_line(result)} {caution(result)}".strip())
    scored = [wave for wave in result.recorded.waves if wave.number]
    all_waves = overview(result, {wave.name: span(wave) for wave in scored})
    waves = (_wave(result, wave) for wave in scored)
    return Document(f"Hindcast: {result.hindcast.title}", (*basis, all_waves, *waves, *notes))


def _wave(result: HindcastResult, wave: Wave) -> Section:
    """Return what a hindcast says of a wave."""
    title = f"From {span(wave)}{f', {wave.title}' if wave.title else ''}: {counted(wave.round, 'round')}"
    rows = result.differences[result.differences["wave"] == wave.name]
    lines = verdicts(rows)
    return Section(
        f"{title}, {counted(wave.number, 'nation')}",
        (
            Details((scores(result, wave.name),)),
            points(lines[:1]),
            Details(
                (
                    points(lines[1:]),
                    Note(_noise(result, wave.name)),
                    *differences(result, wave.name),
                    *_sources(result, wave.name),
                    Section("Largest misses", (points(_misses(result, wave)),)),
                )
            ),
        ),
    )


def overview(result: Scores, waves: Mapping[str, str]) -> Table:
    """Return a row a forecast, a column a wave by its heading: the score that stands on the first screen."""
    rows = result.scores[(result.scores["score"] == OVERVIEW) & (result.scores["variant"] == RECORDED)]
    cells = {(row.forecast, row.wave): number(row.value, _score(row, 2)) for row in _each(rows)}
    lines = tuple(
        (word(words), *(cells.get((name, wave), nothing()) for wave in waves))
        for name, words in FORECASTS.items()
        if any((name, wave) in cells for wave in waves)
    )
    return Table((f"{SCORE_NAMES[OVERVIEW]}, as recorded", *waves.values()), lines)


def scores(result: Scores, wave: str) -> Table:
    """Return a row a forecast, a column a score, as recorded."""
    rows = result.scores[(result.scores["wave"] == wave) & (result.scores["variant"] == RECORDED)]
    cells = {(row.forecast, row.score): number(row.value, _score(row)) for row in _each(rows)}
    lines = (
        (word(words), *(cells[name, score] for score in SCORES))
        for name, words in FORECASTS.items()
        if (name, SCORES[0]) in cells
    )
    return Table(("as recorded", *(SCORE_NAMES[score] for score in SCORES)), tuple(lines))


def differences(result: Scores, wave: str) -> Iterator[Table]:
    """Yield the model's paired differences: a table a way of scoring, a row a baseline."""
    rows = result.differences[result.differences["wave"] == wave]
    for variant in dict.fromkeys(rows["variant"]):
        cells = {
            (row.baseline, row.score): number(row.difference, interval(row))
            for row in _each(rows[rows["variant"] == variant])
        }
        lines = (
            (word(FORECASTS[baseline]), *(cells[baseline, score] for score in SCORES))
            for baseline in BASELINES
            if (baseline, SCORES[0]) in cells
        )
        headings = ("the model minus", *(SCORE_NAMES[score] for score in SCORES))
        yield Table(headings, tuple(lines), VARIANTS.get(variant, variant))


def _each(table: "pd.DataFrame") -> Iterator[Any]:
    yield from table.itertuples()


def _score(row: Any, decimals: int = 3) -> str:
    value, low, high = (f"{each:.{decimals}f}" for each in (row.value, row.low, row.high))
    return value if row.low != row.low else f"{value} [{low}-{high}]"


def _noise(result: HindcastResult, wave: str) -> str:
    """Return how far the number of runs limits what the model's scores say."""
    rows = result.scores[(result.scores["wave"] == wave) & (result.scores["variant"] == RECORDED)]
    errors = rows[rows["forecast"] == MODEL].set_index("score")["noise"]
    each = ", ".join(f"{SCORE_NAMES[score]} {errors[score]:.4f}" for score in SCORES)
    return f"standard errors of the model's scores from the number of runs: {each}"


def _sources(result: HindcastResult, wave: str) -> Iterator[Note]:
    """Yield between what each difference lies without the nations of one source, if there are several."""
    table = result.sources
    rows = table if table.empty else table[table["wave"] == wave]
    against = {} if rows.empty else {name: rows[rows["baseline"] == name]["difference"] for name in BASELINES}
    ranges = [
        f"against {FORECASTS[name]} {signed(values.min(), 3)} to {signed(values.max(), 3)}"
        for name, values in against.items()
        if len(values)
    ]
    if ranges:
        without = "RPS, range without the nations of one source, each left out in turn"
        yield Note(f"{without}: {'; '.join(ranges)}")


def _misses(result: HindcastResult, wave: Wave) -> list[str]:
    """Return the nations that the model was worst at, each with the model's reason."""
    rows = result.nations[result.nations["wave"] == wave.name]
    worst = rows.sort_values(["rps_model", "iso3"], ascending=[False, True], kind="stable").head(MISSES)
    vocabulary = result.case.roster.vocabulary
    return [_miss(row, vocabulary) for row in _each(worst)]


def _miss(row: Any, vocabulary: Vocabulary) -> str:
    """Return what was expected of a nation and what was recorded."""
    start, recorded = rungs(row.start_low, row.start_high), rungs(row.recorded_low, row.recorded_high)
    forecast = f"expected {expected(row)} {mark(row.rests_on)}"
    return f"{row.name}: {start} at the start, recorded {recorded}; {forecast}. {reason(row, vocabulary)}."
