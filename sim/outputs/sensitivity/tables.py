"""What a sensitivity analysis says: what matters for each outcome, and where it is likely."""

import math
from collections.abc import Iterator
from typing import Any

from sim.experiments.sensitivity.discovery import LIKELY, Box, Discovery, Limit
from sim.experiments.sensitivity.result import LEADING, Sensitivity
from sim.experiments.sweep.point_model import OutcomeOfNation
from sim.outputs.sensitivity import words
from sim.outputs.sensitivity.words import (
    effort,
    factor_kinds,
    factor_labels,
    level_text,
    noise_note,
    outcome_name,
    share_text,
    unit,
)
from sim.outputs.words import RESTS_ON, mark
from sim.results.document import Block, Cell, Details, Document, Note, Section, Table, number, word
from sim.system.libraries import pd

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
MOST_ROWS = 8
"""Factors that stand on the first screen."""

LEGEND = (
    f"[ ] is the 95 % interval, by bootstrap for indices and effects. {RESTS_ON} Of the scenario as it is, "
    "before its factors vary."
)
CONDITIONS = (
    "Coverage: share of all such points that the box holds; density: share of the box's points that are "
    "such. Both among {unseen} points that the search has not seen; each further box among those outside the "
    "ones before. p: chance that a limit of no use would look as good."
)


def sensitivity_report(result: Sensitivity) -> Document:
    """Return what matters for each outcome asked about, and the conditions found."""
    outcomes = (_outcome(result, outcome) for outcome in result.outcomes)
    discoveries = (_discovery(result, discovery) for discovery in result.discoveries)
    return Document(f"What matters: {result.about.title}", (*outcomes, *discoveries, Note(LEGEND)))


def _outcome(result: Sensitivity, outcome: OutcomeOfNation) -> Section:
    spread = result.of(result.spread, outcome).iloc[0]
    mean, deviation, least, most = (
        words.number(outcome, spread[name]) for name in ("mean", "deviation", "least", "most")
    )
    summary = (
        f"{unit(outcome)} {mark(result.verdict(outcome))}: mean {mean}, standard deviation {deviation}, "
        f"from {least} to {most} over all points. {noise_note(result, outcome)}"
    )
    blocks: list[Block] = [summary]
    if spread["deviation"] > 0.0 and not result.indices.empty:
        blocks += _indices(result, outcome)
    if spread["deviation"] > 0.0 and not result.morris.empty:
        effects = tuple(_effects(result, outcome))
        blocks += effects if result.indices.empty else [Details(effects)]
    return Section(f"What matters for {outcome_name(result, outcome)}", tuple(blocks))


def _indices(result: Sensitivity, outcome: OutcomeOfNation) -> Iterator[Block]:
    """Yield the leading Sobol indices, pairs if there are any, and how far they have settled."""
    rows = result.of(result.indices, outcome)
    total, first = (rows[rows["index"] == index].set_index("factor") for index in ("total", "first"))
    leading = total.nlargest(MOST_FACTORS, "estimate").index
    lines = (
        (*_names(result, factor), _estimate(total.loc[factor]), _estimate(first.loc[factor]))
        for factor in leading
    )
    yield Table(("factor", "kind", "total", "first order"), tuple(lines), most=MOST_ROWS)
    pairs = rows[rows["index"] == "second"].nlargest(MOST_PAIRS, "estimate")
    if len(pairs):
        yield _pairs(result, pairs)
    yield Note(f"{effort(result, 'sobol')}. {TOTALS} {_settled(result, outcome)}".strip())


def _pairs(result: Sensitivity, pairs: "pd.DataFrame") -> Table:
    labels = factor_labels(result)
    lines = (
        (word(labels[row["factor"]]), word(labels[row["other"]]), _estimate(row))
        for _, row in pairs.iterrows()
    )
    return Table(("factor", "with", "second order"), tuple(lines))


def _settled(result: Sensitivity, outcome: OutcomeOfNation) -> str:
    """Say how far indices have settled."""
    settled = result.settled(outcome)
    if settled is None:
        return ""
    same = "the same" if settled.same_factors_lead else "not the same: take more --samples"
    return (
        f"Settled? The widest interval of a total is {settled.widest:.2f}; from half of the points the "
        f"factors of {LEADING} or more are {same}."
    )


def _effects(result: Sensitivity, outcome: OutcomeOfNation) -> Iterator[Block]:
    """Yield the leading elementary effects."""
    rows = result.of(result.morris, outcome).nlargest(MOST_FACTORS, "mu_star").set_index("factor")
    lines = (
        (*_names(result, str(factor)), *(_measure(outcome, row, name) for name in ("mu_star", "mu", "sigma")))
        for factor, row in rows.iterrows()
    )
    yield Table(("factor", "kind", "mu*", "mu", "sigma"), tuple(lines), most=MOST_ROWS)
    trajectories = f"{result.options.trajectories} trajectories, {effort(result, 'morris')}"
    yield Note(f"{trajectories}. {EFFECTS.format(unit=unit(outcome))}")


def _discovery(result: Sensitivity, discovery: Discovery) -> Section:
    """Return the conditions under which an outcome is likely."""
    name = outcome_name(result, discovery.outcome)
    where = f"So it is at {discovery.of_interest:,} of {discovery.points:,} points."
    boxes = [block for place, box in enumerate(discovery.boxes, 1) for block in _box(result, place, box)]
    source = f"{effort(result, 'discovery')}. {CONDITIONS.format(unseen=f'{discovery.points // 2:,}')}"
    return Section(
        f"Where {name} is {LIKELY} or more",
        (
            where if boxes else f"{where} No conditions tell these from the others.",
            *boxes,
            Note(source),
        ),
    )


def _box(result: Sensitivity, position: int, box: Box) -> Iterator[Block]:
    """Yield what a box is worth, and its limits."""
    labels, score = factor_labels(result), box.judged
    yield (
        f"box {position}: coverage {share_text(score.coverage)}, density {share_text(score.density)}: "
        f"{score.hits:,} of the {score.in_box:,} points in it, of {score.of_interest:,} such points in all"
    )
    lines = ((word(labels[limit.factor]), word(_bounds(limit)), _p_value(limit)) for limit in box.limits)
    yield Table(("condition", "range", "p"), tuple(lines))


def _p_value(limit: Limit) -> Cell:
    return number(limit.p_value, "<0.001" if limit.p_value < 0.001 else f"{limit.p_value:.3f}")


def _bounds(limit: Limit) -> str:
    low, high = level_text(limit.low), level_text(limit.high)
    if math.isinf(limit.high):
        return f"at least {low}"
    return f"at most {high}" if math.isinf(limit.low) else f"{low} to {high}"


def _estimate(row: Any) -> Cell:
    return number(row["estimate"], f"{row['estimate']:.2f} [{row['low']:.2f} to {row['high']:.2f}]")


def _measure(outcome: OutcomeOfNation, row: "pd.Series[float]", name: str) -> Cell:
    value, low, high = (
        words.number(outcome, row[column]) for column in (name, f"{name}_low", f"{name}_high")
    )
    return number(row[name], f"{value} [{low} to {high}]")


def _names(result: Sensitivity, factor: str) -> tuple[Cell, Cell]:
    return word(factor_labels(result)[factor]), word(factor_kinds(result)[factor])
