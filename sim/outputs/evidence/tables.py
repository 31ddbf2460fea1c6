"""Tables of what past coalitions teach."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.text import Text

from sim.experiments.evidence.about import AboutCoalitions, about
from sim.experiments.evidence.left_out import EVIDENCE, LeftOut
from sim.experiments.evidence.posterior import Posterior
from sim.experiments.evidence.scores import SCORES
from sim.inputs.coalitions.coalitions import Coalitions
from sim.outputs.evidence import words
from sim.outputs.grids import Grid, as_table

if TYPE_CHECKING:
    import pandas as pd


def score_grid(result: LeftOut) -> Grid:
    """Return a row a forecast: its scores, with intervals."""
    cells = {
        (row.forecast, row.score): f"{row.value:.3f} [{row.low:.3f}-{row.high:.3f}]"
        for row in _each(result.summary)
    }
    rows = tuple((name, *(cells[name, score] for score in SCORES)) for name in result.forecasts)
    return Grid(("mean over coalitions", *(words.SCORE_NAMES[score] for score in SCORES)), rows, len(SCORES))


def coding_grid(results: Mapping[str, LeftOut]) -> Grid:
    """Return a row a coding of levels: the scores of the evidence layer, with intervals."""
    rows = []
    for name, result in results.items():
        scored = score_grid(result)
        (mine,) = (row for row in scored.rows if row[0] == EVIDENCE)
        rows.append((f"evidence layer, {name}", *mine[1:]))
    return Grid(("levels of", *(words.SCORE_NAMES[score] for score in SCORES)), tuple(rows), len(SCORES))


def difference_grid(result: LeftOut) -> Grid:
    """Return a row a baseline: the evidence layer minus it, paired."""
    cells = {
        (row.forecast, row.score): (
            f"{row.difference:+.3f} [{row.difference_low:+.3f} to {row.difference_high:+.3f}]"
        )
        for row in _each(result.summary)
    }
    names = [name for name in result.forecasts if name != EVIDENCE]
    rows = tuple((name, *(cells[name, score] for score in SCORES)) for name in names)
    return Grid(("evidence layer minus", *(words.SCORE_NAMES[score] for score in SCORES)), rows, len(SCORES))


def coalition_grid(result: LeftOut, known: AboutCoalitions) -> Grid:
    """Return a row a coalition, the one that was ranked worst first: scores, and size with its interval."""
    mine = result.coalitions[result.coalitions["forecast"] == EVIDENCE].merge(
        result.sizes[["coalition", "low", "high"]], on="coalition"
    )
    rows = tuple(
        (
            known.titles[row.coalition],
            f"{row.auc:.2f}",
            f"{row.brier:.2f}",
            f"{row.took_part * row.candidates:.0f} of {row.candidates}",
            f"{row.expected * row.candidates:.0f} [{row.low:.0f}-{row.high:.0f}]",
        )
        for row in _each(mine.sort_values("auc", kind="stable"))
    )
    return Grid(("left out", "AUC", "Brier", "took part", "expected"), rows, 4)


def calibration_grid(result: LeftOut) -> Grid:
    """Return a row a tenth of probability: how many were forecast so, and how many of them took part."""
    rows = tuple(
        (
            f"{row.low:.1f} to {row.high:.1f}",
            f"{row.candidates}",
            f"{row.forecast:.2f}",
            f"{row.took_part:.2f}",
        )
        for row in _each(result.calibration[result.calibration["candidates"] > 0])
    )
    return Grid(("probability", "candidates", "mean forecast", "share that took part"), rows, 3)


def coefficient_grid(table: "pd.DataFrame") -> Grid:
    """Return a row a term: its coefficient, how sure it is and what both codings say."""
    rows = tuple(
        (
            row.label,
            f"{row.mean:+.2f} ({row.sd:.2f})",
            f"{row.sd_new:.2f}",
            f"{row.p_positive:.3f}",
            _number(row.first_coding),
            _number(row.second_coding),
            row.verdict,
        )
        for row in _each(table)
    )
    columns = ("term", "mean (SD)", "SD in a new one", "P(positive)", "1st coding", "2nd coding", "verdict")
    return Grid(columns, rows, 5)


def left_out_report(result: LeftOut, coalitions: Coalitions) -> RenderableType:
    """Return what leaving out families says: failures first."""
    known = about(coalitions)
    return Group(
        Text("Past coalitions, each family left out", style="bold"),
        Text(f"{words.counted(known)}. {words.WHAT}"),
        _heading("Where it fails"),
        *(Text(line) for line in words.failures(result, known)),
        Text(words.outside(result.sizes, known)),
        *(Text(line) for line in coalitions.declaration.cautions),
        _heading("Scores"),
        as_table(score_grid(result)),
        Text(),
        as_table(difference_grid(result)),
        Text(),
        *(Text(line) for line in words.against(result)),
        _heading("Calibration"),
        Text(words.calibrated(result)),
        as_table(calibration_grid(result)),
        _heading("Coalition by coalition"),
        as_table(coalition_grid(result, known)),
        Text(f"\n{words.READ_SCORES} Seed {result.seed}.", style="dim"),
    )


def fit_report(posterior: Posterior, table: "pd.DataFrame", coalitions: Coalitions) -> RenderableType:
    """Return what past coalitions teach: what is not told first."""
    return Group(
        Text("What past coalitions teach", style="bold"),
        Text(f"{words.counted(about(coalitions))}; log evidence {posterior.log_evidence:.2f}."),
        *(Text(line) for line in words.told(table)),
        Text(),
        as_table(coefficient_grid(table)),
        Text(f"\n{words.READ_COEFFICIENTS}", style="dim"),
    )


def _heading(text: str) -> Text:
    return Text(f"\n{text}", style="bold")


def _number(value: float) -> str:
    return "?" if math.isnan(value) else f"{value:+.2f}"


def _each(table: "pd.DataFrame") -> Any:
    return table.itertuples()
