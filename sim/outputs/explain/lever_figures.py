"""Figures of what it would take: each lever alone, and pairs of levers."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.experiments.explain.levers import (
    COMMITTED_ALREADY,
    NOT_ALONE,
    REACHED,
    UNDECIDED,
)
from sim.experiments.explain.result import Answers
from sim.inputs.questions import LEADING
from sim.outputs import style
from sim.outputs.explain.words import level, share, source
from sim.outputs.forest import SIZE, Estimate, dot, interval, name_rows, room_for
from sim.outputs.labels import beside
from sim.outputs.panels import Panels
from sim.system.libraries import pd

ROW = 0.3
"""Height of a lever's row, in inches."""

NATION_ROW = 0.19
"""Height of a nation's row, in inches."""

SETTLED = {
    COMMITTED_ALREADY: "committed already",
    NOT_ALONE: "not by this alone",
    UNDECIDED: "open: P may reach 0.5",
}


def nation_levers(result: Answers, iso3: str) -> Figure:
    """Draw the least level of each lever, alone, that brings a nation in, along the lever's range."""
    rows = result.of("levers", iso3).reset_index(drop=True)
    labels = rows["label"].tolist()
    with style.figure_style():
        figure, axes = style.page(
            f"{result.about.nations[iso3]}: what it would take, one lever alone",
            _notes(result),
            plot=ROW * len(rows),
            left=max(style.text_width(label, 9) for label in labels) + 0.45,
            right=3.3,
            below=0.15,
        )
        for place, row in rows.iterrows():
            _draw_lever(axes, int(str(place)), row)
        axes.set_yticks(range(len(rows)), labels)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xlim(-0.02, 1.02)
        axes.set_axis_on()
        axes.set_xticks([])
        axes.tick_params(axis="y", length=0, pad=18)
        for side in ("left", "bottom"):
            axes.spines[side].set_visible(False)
    return figure


def _draw_lever(axes: Axes, place: int, row: "pd.Series[Any]") -> None:
    """Draw a lever's range with the present level, and the level that is needed."""
    text = SETTLED.get(row["status"]) or level(row) or "enough"
    colour = style.BLUE if row["status"] == REACHED else style.MUTED
    if not np.isnan(row["range_low"]):
        _draw_range(axes, place, row)
    p = f"P {'' if row['status'] in (REACHED, COMMITTED_ALREADY) else 'at most '}{share(row)}"
    beside(axes, place, f"{text}   {p}", points=26, fontsize=8, color=colour)


def _draw_range(axes: Axes, place: int, row: "pd.Series[Any]") -> None:
    low, high = row["range_low"], row["range_high"]

    def at(value: float) -> float:
        return float((value - low) / (high - low))

    interval(axes, place, 0, 1, color=style.GRID, lw=5, zorder=1)
    axes.plot(at(row["present"]), place, "|", color=style.INK, ms=11, mew=1.5, zorder=3)
    for end, value, side in ((0.0, low, "right"), (1.0, high, "left")):
        axes.annotate(
            f"{value:g}",
            (end, place),
            xytext=(-5 if side == "right" else 5, 0),
            textcoords="offset points",
            ha=side,
            va="center",
            fontsize=7,
            color=style.MUTED,
            annotation_clip=False,
        )
    if row["status"] == REACHED:
        value, *ends = map(at, _estimate(row))
        interval(axes, place, *ends, color=style.BLUE, lw=2, zorder=3)
        axes.plot(value, place, "o", color=style.BLUE, ms=6, zorder=4)


def _estimate(row: "pd.Series[Any]") -> Estimate:
    """Return the level that is needed; an interval that has no end ends with the lever's range."""
    low = row["range_low"] if np.isnan(row["value_low"]) else row["value_low"]
    high = row["range_high"] if np.isnan(row["value_high"]) else row["value_high"]
    return Estimate(row["value"], low, high)


def all_levers(result: Answers) -> Figure:
    """Draw the least level of each lever, alone, that brings each nation in: a panel a lever."""
    table = result.table("levers")
    in_already = table[table["status"] == COMMITTED_ALREADY]["iso3"].unique()
    reached = table[table["status"] == REACHED]
    order = reached.groupby("iso3").size().sort_values(ascending=False, kind="stable").index.tolist()
    names = result.about.nations
    every = _panels(table)
    panels = {lever: title for lever, title in every.items() if (reached["declared"] == lever).any()} or every
    idle = [title for lever, title in every.items() if lever not in panels]
    has_names = any(LEADING in lever for lever in panels)
    labels = [style.wrapped(names[iso3], 1.6, SIZE, max_lines=1)[0] for iso3 in order]
    grid = Panels(len(panels), len(panels), NATION_ROW * max(len(order), 1) + 0.1, gap=0.0)
    with style.figure_style():
        figure, area = style.page(
            "What it would take, one lever alone",
            [*_notes(result), " ".join([_left_out(result, len(in_already), len(order)), *_idle(idle)])],
            plot=grid.plot,
            left=room_for(labels),
            right=0.1,
            below=0.85 if has_names else 0.4,
        )
        for (declared, title), (column, axes) in zip(panels.items(), grid.axes(area, 0.86), strict=True):
            rows = table[table["declared"] == declared]
            name_rows(axes, labels)
            _draw_panel(axes, rows, order, names)
            axes.tick_params(labelleft=column == 0)
            axes.set_title("\n".join(style.wrapped(title, 6.3 / len(panels), 8)), fontsize=8, loc="left")
    return figure


def _panels(table: "pd.DataFrame") -> dict[str, str]:
    """Return the levers as declared, with their labels; those of leading nations share a panel."""
    labels = table.groupby("declared", sort=False)["label"].first()
    return {
        str(declared): "a leading nation joins" if LEADING in str(declared) else str(label)
        for declared, label in labels.items()
    }


def _draw_panel(axes: Axes, rows: "pd.DataFrame", order: list[str], names: dict[str, str]) -> None:
    """Draw a lever's panel: a row a nation."""
    leading = [code for code in dict.fromkeys(rows["leading"]) if code]
    for _, row in rows.iterrows():
        if row["status"] != REACHED or row["iso3"] not in order:
            continue
        place = order.index(row["iso3"])
        if leading:
            axes.plot(leading.index(row["leading"]), place, "o", color=style.BLUE, ms=5)
        else:
            dot(axes, place, _estimate(row), style.BLUE)
    if leading:
        words = [style.wrapped(names[code], 0.7, 7, max_lines=1)[0] for code in leading]
        axes.set_xticks(range(len(leading)), words, rotation=90)
        axes.set_xlim(-0.6, len(leading) - 0.4)
    else:
        _scale(axes, rows)
    axes.tick_params(axis="x", labelsize=7)
    axes.grid(axis="y", color=style.GRID, lw=0.6)


def _scale(axes: Axes, rows: "pd.DataFrame") -> None:
    """Show a lever's range, and where it stands now if that is the same for all."""
    low, high = rows["range_low"].iloc[0], rows["range_high"].iloc[0]
    room = 0.04 * (high - low)
    axes.set_xlim(low - room, high + room)
    axes.set_xticks([low, (low + high) / 2, high], [f"{tick:g}" for tick in (low, (low + high) / 2, high)])
    if (rows["present"] == rows["present"].iloc[0]).all():
        axes.axvline(rows["present"].iloc[0], color=style.INK, lw=1, ls=(0, (3, 2)))


def frontier_line(result: Answers, iso3: str) -> Figure:
    """Draw the least level of the second lever for each level of the first, for a nation's best pair."""
    rows = result.of("frontier", iso3)
    first, second = rows["first"].iloc[0], rows["second"].iloc[0]
    reached = rows[rows["second_level"].notna()]
    rising = bool((reached["second_level"] >= reached["second_present"]).all())
    with style.figure_style():
        figure, axes = style.page(
            f"{result.about.nations[iso3]}: how {first} and {second} stand in for each other",
            _frontier_notes(result, rows),
            plot=3.6,
            left=0.6,
            right=0.35,
            below=0.5,
        )
        low, high = rows["second_range_low"].iloc[0], rows["second_range_high"].iloc[0]
        bounds = (reached["second_level_low"].fillna(low), reached["second_level_high"].fillna(high))
        side = high if rising else low
        axes.fill_between(
            reached["first_level"], reached["second_level"], side, color=style.SKY, alpha=0.2, lw=0
        )
        axes.fill_between(reached["first_level"], *bounds, color=style.BLUE, alpha=0.3, lw=0)
        axes.plot(reached["first_level"], reached["second_level"], "o-", color=style.BLUE, ms=4, lw=1.5)
        axes.plot(rows["first_present"].iloc[0], rows["second_present"].iloc[0], "D", color=style.INK, ms=6)
        axes.annotate(
            "now",
            (rows["first_present"].iloc[0], rows["second_present"].iloc[0]),
            xytext=(7, 4),
            textcoords="offset points",
            fontsize=8,
        )
        if len(reached):
            _name_sides(axes, reached, rising)
        first_low, first_high = rows["first_level"].min(), rows["first_level"].max()
        axes.set_xlim(
            first_low - 0.02 * (first_high - first_low), first_high + 0.02 * (first_high - first_low)
        )
        axes.set_ylim(low - 0.03 * (high - low), high + 0.03 * (high - low))
        axes.set_xlabel(first)
        axes.set_ylabel(second)
        axes.grid(color=style.GRID, lw=0.6)
        axes.set_axisbelow(True)
    return figure


def _name_sides(axes: Axes, reached: "pd.DataFrame", rising: bool) -> None:
    """Write on which side of the line the nation joins."""
    row = reached.iloc[len(reached) // 2]
    side = row["second_range_high"] if rising else row["second_range_low"]
    axes.annotate(
        "P(committed) >= 0.5",
        (row["first_level"], (row["second_level"] + side) / 2),
        ha="center",
        va="center",
        fontsize=9,
        color=style.BLUE,
    )


def _left_out(result: Answers, already: int, shown: int) -> str:
    """Say which nations have no row, and why."""
    asked = len(result.about.nations_asked)
    none = asked - already - shown
    return (
        f"{shown} of {asked} nations; {already} are committed already, {none} are brought in "
        "by no lever alone."
    )


def _idle(levers: list[str]) -> list[str]:
    """Say which levers have no panel, if there are any."""
    return [f"No nation is brought in by: {', '.join(levers)}."] if levers else []


def _notes(result: Answers) -> list[str]:
    key = (
        "Point: the level nearest to the present one (black line) with P(committed at the end) >= 0.5, the "
        "lever set in round 1. Line and [ ]: its 95 % interval, the levels at which the 95 % interval of P "
        "holds 0.5."
    )
    return [key, source(result.about, "levers")]


def _frontier_notes(result: Answers, rows: "pd.DataFrame") -> list[str]:
    first, second = rows["first"].iloc[0], rows["second"].iloc[0]
    key = (
        f"Line: the level of {second} nearest to the present one with P(committed at the end) >= 0.5, for "
        f"each level of {first}, both set in round 1. Dark band: its 95 % interval, the levels at which the "
        "95 % interval of P holds 0.5."
    )
    missing = rows[rows["second_level"].isna()]["first_level"].tolist()
    text = f"No level of {second} is enough at {first} {', '.join(f'{level:g}' for level in missing)}."
    none = [text] if missing else []
    if (rows["second_level"] == rows["second_present"]).any():
        none.append("Where the line lies at the present level, that is enough; beyond it nothing was tried.")
    return [key, *none, source(result.about, "frontier")]
