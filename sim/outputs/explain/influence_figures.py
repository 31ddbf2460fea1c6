"""Figures of who is pivotal: the ranking, and the network of who follows whom."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch
from matplotlib.path import Path

from sim.experiments.explain.result import Answers
from sim.outputs import style
from sim.outputs.explain.words import source
from sim.outputs.forest import SIZE, Estimate, ForestRow, few_ticks, forest, room_for
from sim.outputs.panels import Panels
from sim.outputs.words import signed, signed_with_interval
from sim.system.libraries import pd

ROW = 0.19
"""Height of a nation's row, in inches."""

MOST_EDGES = 40
"""Edges that are drawn, the strongest: more would hide each other."""


def pivotal_ranking(result: Answers) -> Figure:
    """Draw how many other members, and how many of their soldiers, each nation brings along."""
    table = result.table("pivotal")
    labels = [style.wrapped(str(name), 1.8, SIZE, max_lines=1)[0] for name in table["name"]]
    measures = (
        ("size", "other members (nations)", 2),
        ("troops", "soldiers of other nations", 0),
    )
    panels = Panels(len(measures), len(measures), ROW * len(table) + 0.1, gap=0.0)
    with style.figure_style():
        figure, area = style.page(
            "Who is pivotal: what others do with a nation in rather than out",
            _ranking_notes(result),
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
    """Draw who follows whom: leaders left, followers right, a line for each effect beyond chance."""
    network = result.table("influence")
    edges = network[network["is_edge"]]
    strongest = edges.loc[edges["difference"].abs().sort_values(ascending=False, kind="stable").index]
    drawn = strongest.head(MOST_EDGES)
    names = result.about.nations
    leaders, followers = (_ranked(drawn, side) for side in ("leader", "follower"))
    rows = max(len(leaders), len(followers), 1)
    wide = max((style.text_width(names[code], 8) for code in (*leaders, *followers)), default=1.0) + 0.2
    with style.figure_style():
        figure, axes = style.page(
            "Who follows whom",
            _network_notes(result, len(edges), len(drawn)),
            plot=max(0.24 * rows, 1.0),
            left=wide,
            right=wide + 1.2,
            below=0.1,
        )
        axes.set_axis_off()
        heights = [
            {code: (place + 0.5) / len(codes) for place, code in enumerate(codes)}
            for codes in (leaders, followers)
        ]
        for _, edge in drawn[::-1].iterrows():  # the strongest on top
            _draw_edge(axes, edge, heights[0][edge["leader"]], heights[1][edge["follower"]])
        for code, height in heights[0].items():
            _name(axes, 0.0, height, names[code])
        for code, height in heights[1].items():
            _name(axes, 1.0, height, f"{names[code]}  {_strongest(drawn, code)}")
        axes.set_xlim(0, 1)
        axes.set_ylim(1, 0)
        for at, side, title in ((0.0, "right", "leader"), (1.0, "left", "follower")):
            axes.annotate(
                title, (at, 1.0), xycoords="axes fraction", xytext=(-6 if at == 0 else 6, 8),
                textcoords="offset points", ha=side, fontsize=9, weight="bold", annotation_clip=False,
            )  # fmt: skip
    return figure


def _ranked(edges: "pd.DataFrame", side: str) -> list[str]:
    """Return the nations on a side of the edges, the one with the largest effects first."""
    totals = edges["difference"].abs().groupby(edges[side]).sum()
    return [str(code) for code in totals.sort_values(ascending=False, kind="stable").index]


def _strongest(edges: "pd.DataFrame", follower: str) -> str:
    """Return the largest effect on a follower with its interval, in percentage points."""
    own = edges[edges["follower"] == follower]
    row = own.iloc[int(own["difference"].abs().to_numpy().argmax())]
    value, low, high = (signed(float(row[name]) * 100) for name in ("difference", "low", "high"))
    return f"{value} [{low} to {high}]"


def _draw_edge(axes: Axes, edge: "pd.Series[Any]", start: float, end: float) -> None:
    """Draw an effect as a curve, the wider the larger."""
    path = Path([(0.0, start), (0.4, start), (0.6, end), (1.0, end)], [1, 4, 4, 4])
    colour = style.BLUE if edge["difference"] > 0 else style.VERMILION
    width = 0.4 + 12 * abs(float(edge["difference"]))
    axes.add_patch(
        FancyArrowPatch(path=path, arrowstyle="-", lw=width, color=colour, alpha=0.55, capstyle="butt")
    )


def _name(axes: Axes, at: float, height: float, text: str) -> None:
    axes.annotate(
        text,
        (at, height),
        xytext=(-6 if at == 0.0 else 6, 0),
        textcoords="offset points",
        ha="right" if at == 0.0 else "left",
        va="center",
        fontsize=8,
        annotation_clip=False,
    )


def _colour(low: float, high: float) -> str:
    """Return blue for more with it in, vermilion for fewer, grey where it may be either."""
    if low > 0:
        return style.BLUE
    return style.VERMILION if high < 0 else style.MUTED


def _ranking_notes(result: Answers) -> list[str]:
    key = (
        "Each nation is held in the coalition from round 1 on, and out of it: mean number of other members "
        "at the end, and of the soldiers that they pledge, in less out. Lines and [ ]: paired 95 % "
        "intervals, each for itself. Hollow: may be either."
    )
    return [key, source(result.about, "pivotal")]


def _network_notes(result: Answers, edges: int, drawn: int) -> list[str]:
    pairs = len(result.table("influence"))
    key = (
        "Line: the follower is more (blue) or less (orange) surely committed at the end with the leader "
        "held in the coalition than with it held out; the wider, the larger the difference. Number: the "
        "largest, in percentage points, with its interval. Answers of third nations are part of it."
    )
    chance = (
        f"{edges} of {pairs:,} pairs have a paired interval that leaves out 0; the intervals are "
        f"Bonferroni's: the chance that any of them does so by chance is at most 5 %. Drawn: the {drawn} "
        "strongest. All are in influence.parquet with their intervals."
    )
    return [key, chance, source(result.about, "pivotal")]
