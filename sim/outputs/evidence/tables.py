"""Tables of what past coalitions teach."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from sim.experiments.evidence.about import AboutCoalitions, about
from sim.experiments.evidence.left_out import EVIDENCE, LeftOut
from sim.experiments.evidence.results import LeftOutResult, Taught
from sim.experiments.evidence.scores import SCORES
from sim.inputs.coalitions.coalitions import Coalitions
from sim.outputs.evidence import words
from sim.results.document import (
    Block,
    Cell,
    Details,
    Document,
    Note,
    Section,
    Table,
    nothing,
    number,
    points,
    word,
)
from sim.system.libraries import pd


def score_table(result: LeftOut) -> Table:
    """Return a row a forecast: its scores, with intervals."""
    cells = {
        (row.forecast, row.score): number(row.value, f"{row.value:.3f} [{row.low:.3f}-{row.high:.3f}]")
        for row in _each(result.summary)
    }
    rows = tuple((word(name), *(cells[name, score] for score in SCORES)) for name in result.forecasts)
    headings = ("mean over coalitions", *(words.SCORE_NAMES[score] for score in SCORES))
    return Table(headings, rows, aside=(words.SCORE_NAMES["log"],))


def coding_table(results: Mapping[str, LeftOut]) -> Table:
    """Return a row a coding of levels: the scores of the evidence layer, with intervals."""
    rows = []
    for name, result in results.items():
        (mine,) = (row for row in score_table(result).rows if row[0].text == EVIDENCE)
        rows.append((word(f"evidence layer, {name}"), *mine[1:]))
    return Table(("levels of", *(words.SCORE_NAMES[score] for score in SCORES)), tuple(rows))


def difference_table(result: LeftOut) -> Table:
    """Return a row a baseline: the evidence layer minus it, paired."""
    cells = {
        (row.forecast, row.score): number(
            row.difference, f"{row.difference:+.3f} [{row.difference_low:+.3f} to {row.difference_high:+.3f}]"
        )
        for row in _each(result.summary)
    }
    names = [name for name in result.forecasts if name != EVIDENCE]
    rows = tuple((word(name), *(cells[name, score] for score in SCORES)) for name in names)
    return Table(("evidence layer minus", *(words.SCORE_NAMES[score] for score in SCORES)), rows)


def coalition_table(result: LeftOut, known: AboutCoalitions) -> Table:
    """Return a row a coalition, the one that was ranked worst first: scores, and size with its interval."""
    mine = result.coalitions[result.coalitions["forecast"] == EVIDENCE].merge(
        result.sizes[["coalition", "low", "high"]], on="coalition"
    )
    rows = tuple(
        (
            word(known.titles[row.coalition]),
            number(row.auc, f"{row.auc:.2f}"),
            number(row.brier, f"{row.brier:.2f}"),
            number(row.took_part, f"{row.took_part * row.candidates:.0f} of {row.candidates}"),
            number(row.expected, f"{row.expected * row.candidates:.0f} [{row.low:.0f}-{row.high:.0f}]"),
        )
        for row in _each(mine.sort_values("auc", kind="stable"))
    )
    return Table(("left out", "AUC", "Brier", "took part", "expected"), rows)


def calibration_table(result: LeftOut) -> Table:
    """Return a row a tenth of probability: how many were forecast so, and how many of them took part."""
    rows = tuple(
        (
            word(f"{row.low:.1f} to {row.high:.1f}"),
            number(row.candidates, f"{row.candidates}"),
            number(row.forecast, f"{row.forecast:.2f}"),
            number(row.took_part, f"{row.took_part:.2f}"),
        )
        for row in _each(result.calibration[result.calibration["candidates"] > 0])
    )
    return Table(("probability", "candidates", "mean forecast", "share that took part"), rows)


def coefficient_table(coefficients: "pd.DataFrame") -> Table:
    """Return a row a term: its coefficient, how sure it is and what both codings say."""
    rows = tuple(
        (
            word(row.label),
            number(row.mean, f"{row.mean:+.2f} ({row.sd:.2f})"),
            number(row.sd_new, f"{row.sd_new:.2f}"),
            number(row.p_positive, f"{row.p_positive:.3f}"),
            _coefficient(row.first_coding),
            _coefficient(row.second_coding),
            word(row.verdict),
        )
        for row in _each(coefficients)
    )
    aside = spread, first, second = "SD in a new one", "1st coding", "2nd coding"
    headings = ("term", "mean (SD)", spread, "P(positive)", first, second, "verdict")
    return Table(headings, rows, aside=aside)


def _coefficient(value: float) -> Cell:
    return nothing("?") if math.isnan(value) else number(value, f"{value:+.2f}")


def left_out_report(result: LeftOutResult) -> Document:
    """Return what leaving out families says: failures first."""
    blocks = failures_and_scores(result.left_out, result.coalitions.forces())
    return Document("Past coalitions, each family left out", (*blocks, Note(f"Seed {result.about.seed}.")))


def failures_and_scores(result: LeftOut, coalitions: Coalitions) -> Iterator[Block]:
    """Yield what was forecast of coalitions that were never seen: failures, scores, calibration, sizes.

    Parameters
    ----------
    result
        Coalitions of soldiers and ships, each family left out.
    coalitions
        All that were read.
    """
    known = about(coalitions.forces())
    failures = points([*words.failures(result, known), words.outside(result.sizes, known)])
    cautions = points(coalitions.declaration.cautions)
    yield f"{words.counted(known)}. {words.WHAT}"
    yield Section("Where it fails", (failures, Details((cautions,))))
    yield Section("What it is worth", (*comparisons(result), Note(words.READ_SCORES)))
    yield Section(
        "Are its probabilities right?", (words.calibrated(result), Details((calibration_table(result),)))
    )
    how = "The worst first. Expected: mean and 90 % interval of how many take part."
    yield Details((Section("Coalition by coalition", (how, coalition_table(result, known))),))


def comparisons(result: LeftOut) -> tuple[Block, ...]:
    """Return the scores, and what they tell of the baselines."""
    return score_table(result), Details((difference_table(result),)), points([*words.against(result)])


def fit_report(taught: Taught) -> Document:
    """Return what past coalitions teach: terms that are not told first."""
    evidence, table = taught.posterior.log_evidence, taught.coefficients
    learned_from = f"{words.counted(taught.about.learned_from)}; log evidence {evidence:.2f}."
    return Document(
        "What past coalitions teach",
        (learned_from, *words.term_verdicts(table), coefficient_table(table), Note(words.READ_COEFFICIENTS)),
    )


def _each(table: "pd.DataFrame") -> Any:
    return table.itertuples()
