"""The tables of a sensitivity analysis for the terminal."""

import math
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.text import Text

from sim.experiments.sensitivity.discovery import LIKELY, Box, Discovery, Limit
from sim.experiments.sensitivity.plan import Outcome
from sim.experiments.sensitivity.result import LEADING, Sensitivity
from sim.outputs.sensitivity.words import (
    effort,
    factor_kinds,
    factor_labels,
    level_text,
    noise_note,
    number,
    outcome_name,
    share_text,
    unit,
)
from sim.outputs.whole_table import WholeTable
from sim.outputs.words import RESTS_ON, mark

if TYPE_CHECKING:
    import pandas as pd

MOST_FACTORS = 12
MOST_PAIRS = 5

TOTALS = (
    "Total: share of the variance over all points that a factor accounts for, alone and with others; first "
    "order: alone."
)
EFFECTS = (
    "mu*: mean size of the change over a factor's whole range, in {unit}, scaled from steps of two thirds of "
    "it; mu: with its sign; sigma: how far that depends on other factors and on the level."
)
LEGEND = (
    f"[ ] is the 95 % interval, by bootstrap for indices and effects. {RESTS_ON} Of the scenario as it is, "
    "before its factors vary."
)
CONDITIONS = (
    "Coverage: share of all such points that the box holds; density: share of the box's points that are "
    "such. Both among {unseen} points that the search has not seen; each further box among those outside the "
    "ones before. p: chance that a limit of no use would look as good."
)


def sensitivity_report(result: Sensitivity) -> RenderableType:
    """Return what matters for each outcome asked about, and the conditions found."""
    parts: list[RenderableType] = [Text(result.about.title, style="bold")]
    for outcome in result.outcomes:
        parts += _outcome(result, outcome)
    for discovery in result.discoveries:
        parts += _discovery(result, discovery)
    parts.append(Text(LEGEND, style="dim"))
    return Group(*parts)


def _outcome(result: Sensitivity, outcome: Outcome) -> list[RenderableType]:
    spread = result.of(result.spread, outcome).iloc[0]
    values = [number(outcome, spread[name]) for name in ("mean", "deviation", "least", "most")]
    heading = (
        f"{unit(outcome)} {mark(result.verdict(outcome))}: mean {values[0]}, standard deviation {values[1]}, "
        f"from {values[2]} to {values[3]} over all points. {noise_note(result, outcome)}"
    )
    parts: list[RenderableType] = [
        Text(f"\nWhat matters for {outcome_name(result, outcome)}", style="bold"),
        Text(heading),
    ]
    if not spread["deviation"] > 0.0:
        return parts
    if not result.indices.empty:
        parts += _indices(result, outcome)
    if not result.morris.empty:
        parts += _effects(result, outcome)
    return parts


def _indices(result: Sensitivity, outcome: Outcome) -> list[RenderableType]:
    """Return the leading Sobol indices, pairs if there are any, and how far they have settled."""
    rows = result.of(result.indices, outcome)
    total, first = (rows[rows["index"] == index].set_index("factor") for index in ("total", "first"))
    table = _table("factor", "", "total", "first order")
    for factor in total.nlargest(MOST_FACTORS, "estimate").index:
        table.add_row(*_names(result, factor), _estimate(total.loc[factor]), _estimate(first.loc[factor]))
    parts: list[RenderableType] = [Text(), table]
    pairs = rows[rows["index"] == "second"].nlargest(MOST_PAIRS, "estimate")
    if len(pairs):
        parts += [Text(), _pairs(result, pairs)]
    parts.append(Text(f"{effort(result, 'sobol')}. {TOTALS} {_settled(result, outcome)}", style="dim"))
    return parts


def _pairs(result: Sensitivity, pairs: "pd.DataFrame") -> WholeTable:
    labels = factor_labels(result)
    table = _table("pair", "", "second order")
    row: Any
    for row in pairs.itertuples():
        table.add_row(labels[row.factor], f"with {labels[row.other]}", _estimate(row._asdict()))
    return table


def _settled(result: Sensitivity, outcome: Outcome) -> str:
    """Say how far indices have settled."""
    settled = result.settled(outcome)
    if settled is None:
        return ""
    same = "the same" if settled.same_factors_lead else "not the same: take more --samples"
    return (
        f"Settled? The widest interval of a total is {settled.widest:.2f}; from half of the points the "
        f"factors of {LEADING} or more are {same}."
    )


def _effects(result: Sensitivity, outcome: Outcome) -> list[RenderableType]:
    """Return the leading elementary effects."""
    rows = result.of(result.morris, outcome).nlargest(MOST_FACTORS, "mu_star").set_index("factor")
    table = _table("factor", "", "mu*", "mu", "sigma")
    for factor, row in rows.iterrows():
        cells = [_measure(outcome, row, name) for name in ("mu_star", "mu", "sigma")]
        table.add_row(*_names(result, str(factor)), *cells)
    key = EFFECTS.format(unit=unit(outcome))
    trajectories = f"{result.options.trajectories} trajectories, {effort(result, 'morris')}"
    return [Text(), table, Text(f"{trajectories}. {key}", style="dim")]


def _discovery(result: Sensitivity, discovery: Discovery) -> list[RenderableType]:
    """Return the conditions under which an outcome is likely."""
    name = outcome_name(result, discovery.outcome)
    found = f"So it is at {discovery.of_interest:,} of {discovery.points:,} points."
    parts: list[RenderableType] = [
        Text(f"\nWhere {name} is {LIKELY} or more", style="bold"),
        Text(found if discovery.boxes else f"{found} No conditions tell these from the others."),
    ]
    for position, box in enumerate(discovery.boxes, start=1):
        parts += _box(result, position, box)
    key = CONDITIONS.format(unseen=f"{discovery.points // 2:,}")
    source = f"{effort(result, 'discovery')}. {key}"
    return [*parts, Text(source, style="dim")]


def _box(result: Sensitivity, position: int, box: Box) -> list[RenderableType]:
    labels = factor_labels(result)
    table = _table("condition", "", "p")
    for limit in box.limits:
        p_value = "<0.001" if limit.p_value < 0.001 else f"{limit.p_value:.3f}"
        table.add_row(labels[limit.factor], _bounds(limit), p_value)
    score = box.judged
    text = (
        f"box {position}: coverage {share_text(score.coverage)}, density {share_text(score.density)}: "
        f"{score.hits:,} of the {score.in_box:,} points in it, of {score.of_interest:,} such points in all"
    )
    return [Text(), Text(text), table]


def _bounds(limit: Limit) -> str:
    low, high = level_text(limit.low), level_text(limit.high)
    if math.isinf(limit.high):
        return f"at least {low}"
    return f"at most {high}" if math.isinf(limit.low) else f"{low} to {high}"


def _estimate(row: Any) -> str:
    return f"{row['estimate']:.2f} [{row['low']:.2f} to {row['high']:.2f}]"


def _measure(outcome: Outcome, row: "pd.Series[float]", name: str) -> str:
    value, low, high = (number(outcome, row[column]) for column in (name, f"{name}_low", f"{name}_high"))
    return f"{value} [{low} to {high}]"


def _names(result: Sensitivity, factor: str) -> tuple[str, str]:
    return factor_labels(result)[factor], factor_kinds(result)[factor]


def _table(*columns: str) -> WholeTable:
    table = WholeTable()
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place < 2 else "right", no_wrap=True)
    return table
