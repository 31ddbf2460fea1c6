"""Figures of how nations answer pressure, whom to persuade, and who was not named."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.experiments.explain.result import Answers
from sim.outputs import style
from sim.outputs.explain.words import drawn_over, gain, next_sentences, observed_sentences, share, source
from sim.outputs.forest import (
    SIZE,
    Estimate,
    ForestRow,
    dot,
    few_ticks,
    forest,
    interval,
    name_rows,
    room_for,
)
from sim.outputs.labels import beside
from sim.outputs.words import date_words, percent_with_interval, thousands
from sim.system.libraries import pd

ROW = 0.24
"""Height of a nation's row, in inches."""

COLOURS = (style.VERMILION, style.BLUE, style.GREEN, style.PURPLE, style.ORANGE)
MOST_FOLLOWERS = 12

COLUMN = 1.05
"""Width of a column of numbers beside the plot, in inches."""


def hardened_dots(result: Answers) -> Figure:
    """Draw which way each nation answers pressure, a colour a world."""
    table = result.table("hardened")
    worlds = list(dict.fromkeys(table["world"]))
    first = table[table["world"] == worlds[0]].sort_values("slope", ascending=False, kind="stable")
    labels = [style.wrapped(str(name), 1.8, SIZE, max_lines=1)[0] for name in first["name"]]
    with style.figure_style():
        figure, axes = style.page(
            "Hardened or cowed: how nations answer pressure",
            _hardened_notes(result),
            plot=ROW * len(labels) + 0.1,
            left=room_for(labels),
            right=COLUMN * len(worlds) + 0.25,
            below=0.5,
        )
        for which, (world, colour) in enumerate(zip(worlds, COLOURS, strict=False)):
            look: Any = {"points": 8 + 72 * COLUMN * which, "fontsize": 7, "color": colour}
            beside(axes, -1.2, f"P(cowed)\n{world}", **look)
            rows = table[table["world"] == world].set_index("iso3").loc[first["iso3"]]
            for place, (_, row) in enumerate(rows.iterrows()):
                at = place + 0.16 * (2 * which - len(worlds) + 1)
                dot(axes, at, Estimate(row["slope"], row["slope_q05"], row["slope_q95"]), colour)
                beside(axes, place, share(row, "p_cowed"), **look)
        axes.axvline(0, color=style.INK, lw=0.8, zorder=1)
        name_rows(axes, labels)
        axes.set_xlabel("log-odds of any contribution per unit of pressure: cowed < 0 < hardened")
    return figure


def persuasion(result: Answers) -> Figure:
    """Draw how the force grows as one nation after the other is persuaded, a panel a stance."""
    table = result.table("persuade")
    groups = [(str(stance), rows) for stance, rows in table.groupby("stance", sort=False)]
    most = max(len(rows) for _, rows in groups)
    required = result.about.force_required
    row, head, gap = 0.2, 0.3, 0.25
    heights = [row * len(rows) for _, rows in groups]
    plot = sum(heights) + (head + gap) * len(groups)
    labels = table["name"].tolist()
    with style.figure_style():
        figure, area = style.page(
            f"Whom to persuade, so that the force reaches {thousands(required)} soldiers",
            _persuade_notes(result),
            plot=plot,
            left=room_for([f"{most}. {label}" for label in labels]),
            right=3.8,
            below=0.2,
        )
        area.set_axis_off()
        top = plot
        limit = 1.05 * max(float(table["force_high"].max()), required)
        for place, ((stance, rows), height) in enumerate(zip(groups, heights, strict=True)):
            top -= head
            axes = area.inset_axes((0.0, (top - height) / plot, 1.0, height / plot))
            _draw_sequence(axes, rows, required, limit)
            axes.set_title(stance, fontsize=9, loc="left", weight="bold", pad=3)
            if place < len(groups) - 1:
                axes.set_xticklabels([])
            top -= height + gap
    return figure


def _draw_sequence(axes: Axes, rows: "pd.DataFrame", required: float, limit: float) -> None:
    """Draw the force after each step with its interval, and what the step costs beside it."""
    for place, (_, row) in enumerate(rows.iterrows()):
        axes.barh(place, row["force"], height=0.6, color=style.SKY, zorder=2)
        interval(axes, place, row["force_low"], row["force_high"], color=style.INK, lw=1, zorder=3)
        step = (
            ""
            if row["step"] == 0
            else f"{gain(row)} at {row['cost']:.2f} [{row['cost_low']:.2f}-{row['cost_high']:.2f}]"
        )
        starred = "*" if row["p_demands"] >= 0.5 else ""
        beside(axes, place, f"{step}{starred}", fontsize=7)
        beside(axes, place, f"P {share(row, 'p_enough')}", points=194, fontsize=7, color=style.MUTED)
    names = ["nobody", *(f"{row['step']}. {row['name']}" for _, row in rows.iloc[1:].iterrows())]
    axes.axvline(required, color=style.INK, lw=1, ls=(0, (4, 2)), zorder=4)
    name_rows(axes, names)
    few_ticks(axes)
    axes.set_xlim(0, limit)


def unnamed_members(result: Answers) -> Figure:
    """Draw who the unnamed member is the first time, from the day of the report on, that there is one."""
    first = result.table("observed-next")
    rows = first[first["p"] > 0.0].head(MOST_FOLLOWERS)
    labels = [style.wrapped(str(name), 1.8, SIZE, max_lines=1)[0] for name in rows["name"]]
    estimates = [Estimate(*each) for each in rows[["p", "p_low", "p_high"]].to_numpy(float).tolist()]
    with style.figure_style():
        figure, axes = style.page(
            f"Who was not named on {date_words(result.about.report.date)}?",
            [
                *observed_sentences(result),
                *next_sentences(result),
                _observed_key(),
                source(result.about, "observed"),
            ],
            plot=0.26 * len(rows) + 0.1,
            left=room_for(labels),
            right=1.1,
            below=0.5,
        )
        forest(
            axes,
            [
                ForestRow(label, each, beside=percent_with_interval(*each))
                for label, each in zip(labels, estimates, strict=True)
            ],
        )
        axes.set_xlim(0, None)
        axes.xaxis.set_major_formatter(lambda value, _: f"{round(value * 100, 1):g} %")
        axes.set_xlabel("share of the runs in which there is an unnamed member at some time")
    return figure


def _observed_key() -> str:
    return "Line and [ ]: 95 % interval. More than one may be the first together."


def _hardened_notes(result: Answers) -> list[str]:
    key = (
        "Point: mean over runs of what a unit of pressure adds to the log-odds of any military "
        "contribution, as past coalitions teach of nations like it. Line: 90 % of the runs. P(cowed): "
        "share of the runs in which it is negative, with its 95 % interval."
    )
    return [key, drawn_over(result.about.rows_of_parameters), source(result.about, "hardened")]


def _persuade_notes(result: Answers) -> list[str]:
    key = (
        "Bar: mean force at the end with the nations up to here held committed from round 1; thin line: its "
        "95 % interval; dashed: the force required. Beside: soldiers that the step adds (others who follow "
        "included), at what cost: by how many log-odds the nation falls short of its threshold before the "
        "step; P: share of the runs with the required force. [ ]: 95 % intervals."
    )
    star = (
        "* In half of the runs or more a condition that it has stated is not met; the cost does not count "
        "that. Greedy: the next nation is the one that adds most of what is required for its cost."
    )
    return [key, star, source(result.about, "persuade")]
