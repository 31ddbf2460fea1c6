"""Figures of who is pivotal: the ranking, and the network of who follows whom."""

from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure

from sim.experiments.explain.result import Answers
from sim.outputs import style
from sim.outputs.explain.words import source
from sim.outputs.forest import SIZE, Estimate, ForestRow, few_ticks, forest, room_for
from sim.outputs.panels import Panels
from sim.outputs.words import counted, percent, signed_with_interval
from sim.system.libraries import pd

ROW = 0.19
"""Height of a nation's row, in inches."""

LEAST = 0.05
"""Share of the largest effect from which a nation has a row."""

MOST_EDGES = 20
"""Pairs that have a row, the strongest."""


def pivotal_ranking(result: Answers) -> Figure:
    """Draw how many other members, and how many of their soldiers, each nation brings along."""
    table, left_out = _worth_a_row(result.table("pivotal"))
    labels = [style.wrapped(str(name), 1.8, SIZE, max_lines=1)[0] for name in table["name"]]
    measures = (
        ("size", "other members (nations)", 2),
        ("troops", "soldiers of other nations", 0),
    )
    panels = Panels(len(measures), len(measures), ROW * len(table) + 0.1, gap=0.0)
    with style.figure_style():
        figure, area = style.page(
            "Who is pivotal: what others do with a nation in rather than out",
            _ranking_notes(result, left_out),
            plot=panels.plot,
            left=room_for(labels),
            right=0.1,
            below=0.5,
        )
        for (name, title, decimals), (column, axes) in zip(measures, panels.axes(area, 0.53), strict=True):
            estimates = table[[name, f"{name}_low", f"{name}_high"]].to_numpy(float).tolist()
            rows = [
                _row(label, Estimate(*each), decimals) for label, each in zip(labels, estimates, strict=True)
            ]
            forest(axes, rows, reference=0.0)
            few_ticks(axes)
            axes.tick_params(labelleft=column == 0)
            axes.set_title(title, fontsize=9, loc="left")
    return figure


def _row(label: str, estimate: Estimate, decimals: int) -> ForestRow:
    """Return a difference with its interval, written beside."""
    text = signed_with_interval(*estimate, decimals)
    return ForestRow(label, estimate, _colour(estimate.low, estimate.high), text)


def influence_network(result: Answers) -> Figure:
    """Draw who follows whom: a row a pair whose effect is beyond chance, the strongest first."""
    network = result.table("influence")
    edges = network[network["is_edge"]]
    strongest = edges.loc[edges["difference"].abs().sort_values(ascending=False, kind="stable").index]
    drawn = strongest.head(MOST_EDGES)
    rows = [_edge(edge, result.about.nations) for _, edge in drawn.iterrows()]
    with style.figure_style():
        figure, axes = style.page(
            "Who follows whom",
            _network_notes(result, len(edges), len(drawn)),
            plot=ROW * max(len(rows), 1) + 0.1,
            left=room_for([row.label for row in rows]),
            right=1.6,
            below=0.5,
        )
        forest(axes, rows, reference=0.0)
        few_ticks(axes)
        axes.set_xlabel("P(committed) of the follower, percentage points", fontsize=SIZE)
    return figure


def _edge(edge: "pd.Series[Any]", names: Mapping[str, str]) -> ForestRow:
    """Return what a leader changes for a follower, in percentage points."""
    estimate = Estimate(*(float(edge[name]) * 100 for name in ("difference", "low", "high")))
    label = f"{names[edge['follower']]} follows {names[edge['leader']]}"
    return _row(style.wrapped(label, 3.2, SIZE, max_lines=1)[0], estimate, 1)


def _colour(low: float, high: float) -> str:
    """Return blue for more with it in, vermilion for fewer, grey where it may be either."""
    if low > 0:
        return style.BLUE
    return style.VERMILION if high < 0 else style.MUTED


def _worth_a_row(table: "pd.DataFrame") -> tuple["pd.DataFrame", int]:
    """Return the nations with an effect that can be seen beside the largest, and how many have none."""
    sizes = table[["size", "troops"]].abs()
    visible = (sizes >= LEAST * sizes.max()).any(axis=1)
    return table[visible], int((~visible).sum())


def _ranking_notes(result: Answers, left_out: int) -> list[str]:
    key = (
        "Each nation is held in the coalition from round 1 on, and out of it: mean number of other members "
        "at the end, and of the soldiers that they pledge, in less out. Lines and [ ]: paired 95 % "
        "intervals, each for itself. Hollow: may be either."
    )
    if left_out:
        key += (
            f" Not drawn: {counted(left_out, 'nation')}, less than {percent(LEAST)} of the largest in both."
        )
    return [key, source(result.about, "pivotal")]


def _network_notes(result: Answers, edges: int, drawn: int) -> list[str]:
    pairs = len(result.table("influence"))
    key = (
        "The follower is more (blue) or less (orange) surely committed at the end with the leader held in "
        "the coalition than with it held out. Answers of third nations are part of it."
    )
    chance = (
        f"{edges} of {pairs:,} pairs have a paired interval that leaves out 0; the intervals are "
        f"Bonferroni's: the chance that any of them does so by chance is at most 5 %. Drawn: the {drawn} "
        "strongest. All are in influence.parquet with their intervals."
    )
    return [key, chance, source(result.about, "pivotal")]
