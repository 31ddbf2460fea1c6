"""Figures of a sensitivity analysis: functions of a result that return a matplotlib Figure."""

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.experiments.sensitivity.plan import file_name
from sim.experiments.sensitivity.result import LEADING, Sensitivity
from sim.experiments.sweep.point_model import OutcomeOfNation
from sim.outputs import style
from sim.outputs.figure_folder import Draw
from sim.outputs.labels import name_ends
from sim.outputs.sensitivity.axes import COLOURS, legend, short_labels, source
from sim.outputs.sensitivity.boxes import boxes
from sim.outputs.sensitivity.words import (
    factor_kinds,
    noise_note,
    outcome_name,
    unit,
)
from sim.system.libraries import pd

MOST_FACTORS = 12
LEAST_DEVIATION = 0.05
"""Standard deviation of P(committed) over the points below which a nation has no row in the heat map."""

WIDEST = 0.5
"""Width of a nation's widest interval of a total effect above which it has none either."""

CONVERGENCE = (
    "Line: total effect. Band: 95 % bootstrap interval; it does not know of the unevenness of short samples, "
    f"jumps do. Each step adds points to those before. Factors of {LEADING} or more, at most 6."
)
LINES = (style.BLUE, style.VERMILION, style.GREEN, style.PURPLE, style.ORANGE, style.SKY)


def total_effects(result: Sensitivity, outcome: OutcomeOfNation) -> Figure:
    """Draw the factors ranked by the share of an outcome's variance that they account for."""
    table = result.of(result.indices, outcome)
    total = table[table["index"] == "total"].nlargest(MOST_FACTORS, "estimate")
    first = table[table["index"] == "first"].set_index("factor").loc[total["factor"]]
    notes = _notes_of_totals(result, outcome, len(total))
    with style.figure_style():
        title = f"What matters for {outcome_name(result, outcome)}"
        figure, axes = _bars_page(result, title, notes, list(total["factor"]))
        at = np.arange(len(total))
        _bars(axes, result, total, ("estimate", "low", "high"), at - 0.12)
        _intervals(axes, first, ("estimate", "low", "high"), at + 0.2, mark="d")
        right = float(max(total["high"].max(), first["high"].max()))
        axes.set_xlim(min(0.0, float(first["low"].min())), max(right * 1.02, LEADING))
        axes.axvline(0.0, color=style.MUTED, lw=0.8)
        axes.set_xlabel("share of the variance over all points")
    return figure


def elementary_effects(result: Sensitivity, outcome: OutcomeOfNation) -> Figure:
    """Draw the factors ranked by how far an outcome moves where they do."""
    table = result.of(result.morris, outcome).query("mu_star > 0").nlargest(MOST_FACTORS, "mu_star")
    notes = _notes_of_effects(result, len(table))
    with style.figure_style():
        title = f"How far factors move {outcome_name(result, outcome)}"
        figure, axes = _bars_page(result, title, notes, list(table["factor"]))
        at = np.arange(len(table))
        _bars(axes, result, table, ("mu_star", "mu_star_low", "mu_star_high"), at - 0.12)
        _intervals(axes, table, ("sigma", "sigma_low", "sigma_high"), at + 0.2, mark="d")
        ends = table[["mu_star_high", "sigma_high"]].max(axis=1)
        right = float(ends.max()) or 1.0
        for place, end, low, high in zip(at, ends, table["mu_low"], table["mu_high"], strict=True):
            axes.text(end + 0.015 * right, float(place), _sign(low, high), va="center", weight="bold")
        axes.set_xlim(0, right * 1.06)
        axes.set_xlabel(f"mean size of the change over a factor's whole range ({unit(outcome)})")
    return figure


def convergence_lines(result: Sensitivity, outcome: OutcomeOfNation) -> Figure:
    """Draw the total effects that matter as estimated from ever more points of the same design."""
    table = result.of(result.convergence, outcome).query("index == 'total'")
    last = table[table["samples"] == table["samples"].max()].nlargest(len(LINES), "estimate")
    last = last[(last["estimate"] >= LEADING) | (last["estimate"] == last["estimate"].max())]
    labels = short_labels(result, 8)
    wide = max(style.text_width(labels[factor], 8) for factor in last["factor"])
    with style.figure_style():
        figure, axes = style.page(
            f"Do the indices settle? Total effects on {outcome_name(result, outcome)}",
            (
                CONVERGENCE,
                *source(result, "sobol"),
            ),
            plot=3.2,
            left=0.7,
            right=wide + 0.35,
            below=0.5,
        )
        for colour, factor in zip(LINES, last["factor"], strict=False):
            part = table[table["factor"] == factor]
            axes.fill_between(part["points"], part["low"], part["high"], color=colour, alpha=0.15, lw=0)
            axes.plot(part["points"], part["estimate"], color=colour, lw=2, marker="o", ms=3)
        axes.set_xscale("log")
        points = sorted(table["points"].unique())
        axes.set_xticks(points, [f"{number:,}" for number in points])
        axes.minorticks_off()
        axes.set_xlim(points[0], points[-1])
        axes.set_ylim(0, min(float(table[table["factor"].isin(last["factor"])]["high"].max()) * 1.05, 1.5))
        axes.set_xlabel("points")
        axes.set_ylabel("share of the variance")
        axes.grid(axis="y", color=style.GRID, lw=0.6)
        ends = zip(last["estimate"], map(labels.__getitem__, last["factor"]), LINES, strict=False)
        name_ends(axes, list(ends), 0.055, fontsize=8)
    return figure


def nation_heat_map(result: Sensitivity) -> Figure:
    """Draw which factors matter for whether each nation joins."""
    shares = _nation_effects(result)
    labels, kinds = short_labels(result, 8), factor_kinds(result)
    names = result.about.nations
    rows, columns = [names[iso3] for iso3 in shares.index], [labels[factor] for factor in shares.columns]
    notes = _notes_of_nations(result, len(names) - len(rows))
    with style.figure_style():
        figure, axes = style.page(
            "Which factors decide whether a nation joins",
            notes,
            plot=0.2 * len(rows),
            left=max(style.text_width(name, 8) for name in rows) + 0.2,
            right=0.2,
            below=max(style.text_width(label, 8) for label in columns) + 0.2,
        )
        axes.imshow(shares.to_numpy(), cmap=style.SHARE_MAP, vmin=0.0, vmax=1.0, aspect="auto")
        for (row, column), share in np.ndenumerate(shares.to_numpy()):
            if share >= LEADING:
                colour = "white" if share > 0.55 else style.INK
                axes.text(
                    column, row, f"{share * 100:.0f}", ha="center", va="center", fontsize=7, color=colour
                )
        axes.set_yticks(range(len(rows)), rows, fontsize=8)
        axes.set_xticks(range(len(columns)), columns, rotation=90, fontsize=8)
        for tick, factor in zip(axes.get_xticklabels(), shares.columns, strict=True):
            tick.set_color(COLOURS[kinds[factor]])
        axes.tick_params(length=0)
        legend(axes)
    return figure


def figures_of(result: Sensitivity, _: Sequence[str] = ()) -> dict[str, Draw]:
    """Return what draws each figure that an analysis has something for, by name."""
    return dict(_figures(result))


def _figures(result: Sensitivity) -> Iterator[tuple[str, Draw]]:
    for outcome in result.outcomes:
        varies = result.of(result.spread, outcome)["deviation"].iloc[0] > 0.0
        name = file_name(outcome)
        if varies and not result.indices.empty:
            yield f"total-effects-{name}", partial(total_effects, result, outcome)
            yield f"convergence-{name}", partial(convergence_lines, result, outcome)
        if varies and not result.morris.empty:
            yield f"elementary-effects-{name}", partial(elementary_effects, result, outcome)
    if not result.indices.empty and _nation_effects(result).size:
        yield "nations", partial(nation_heat_map, result)
    for discovery in result.discoveries:
        if discovery.boxes:
            yield f"conditions-{file_name(discovery.outcome)}", partial(boxes, result, discovery)


def _bars_page(
    result: Sensitivity, title: str, notes: tuple[str, ...], factors: list[str]
) -> tuple[Figure, Axes]:
    """Return a figure with a row a factor, the first on top."""
    names = [short_labels(result, 9)[factor] for factor in factors]
    left = max(style.text_width(name, 9) for name in names) + 0.25
    figure, axes = style.page(title, notes, plot=0.3 * len(names), left=left, right=0.25, below=0.5)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(axis="x", color=style.GRID, lw=0.6, zorder=0)
    legend(axes)
    return figure, axes


def _bars(
    axes: Axes, result: Sensitivity, table: "pd.DataFrame", columns: tuple[str, str, str], at: np.ndarray
) -> None:
    """Draw a bar a row, with its interval."""
    colours = [COLOURS[factor_kinds(result)[factor]] for factor in table["factor"]]
    axes.barh(at, table[columns[0]], color=colours, height=0.5, zorder=2)
    _intervals(axes, table, columns, at)


def _intervals(
    axes: Axes, table: "pd.DataFrame", columns: tuple[str, str, str], at: np.ndarray, mark: str = ""
) -> None:
    """Draw intervals, and a white mark at the estimates if one is given."""
    middle, low, high = (table[column].to_numpy() for column in columns)
    margins = (middle - low, high - middle)
    axes.errorbar(middle, at, xerr=margins, ls="", ecolor=style.INK, elinewidth=1, capsize=2, zorder=3)
    axes.plot(middle, at, ls="", marker=mark, ms=4, mfc="white", mec=style.INK, mew=0.8, zorder=4)


def _nation_effects(result: Sensitivity) -> "pd.DataFrame":
    """Return total effects of the factors that matter for some nation, a row a nation that varies."""
    table = result.indices.query("outcome == 'p_committed' and index == 'total'")
    widest = (table["high"] - table["low"]).groupby(table["iso3"]).max()
    spread = result.spread.query("outcome == 'p_committed'").set_index("iso3")["deviation"]
    shown = spread[(spread >= LEAST_DEVIATION) & (widest.reindex(spread.index) <= WIDEST)]
    order = shown.sort_values(ascending=False, kind="stable").index
    shares = table.pivot_table(index="iso3", columns="factor", values="estimate").reindex(order)
    most = shares.max().sort_values(ascending=False, kind="stable")
    leading = set(most[most >= LEADING].index[:MOST_FACTORS])
    return shares[[path for path in result.factors.paths if path in leading]]


def _sign(low: float, high: float) -> str:
    """Return the direction of a mean effect whose interval does not hold 0."""
    return "+" if low > 0 else "-" if high < 0 else ""


def _notes_of_totals(result: Sensitivity, outcome: OutcomeOfNation, shown: int) -> tuple[str, ...]:
    key = (
        "Bar: total effect, alone and with other factors. White mark: alone (first order). Lines: 95 % "
        "bootstrap intervals. What the total has beyond the first order is interaction."
    )
    leading = f"The {shown} leading of {len(result.factors.all)} factors. {noise_note(result, outcome)}"
    return key, leading, *source(result, "sobol")


def _notes_of_effects(result: Sensitivity, shown: int) -> tuple[str, ...]:
    key = (
        "Bar: mean absolute elementary effect (mu*), scaled to the whole range from steps of two thirds of "
        "it. White mark: standard deviation of the effects (sigma); where it is large, the effect depends on "
        "other factors or on the level. Lines: 95 % bootstrap intervals. + and -: the outcome rises or falls "
        "with the factor, on average; without, the interval of that average holds 0."
    )
    leading = (
        f"The {shown} leading of {len(result.factors.all)} factors, moved one at a time along "
        f"{result.options.trajectories} trajectories."
    )
    return key, leading, *source(result, "morris")


def _notes_of_nations(result: Sensitivity, left_out: int) -> tuple[str, ...]:
    key = (
        "Colour and number: total effect, the share of the variance of P(committed) at the end that a factor "
        f"accounts for, alone and with others, in per cent; no number below {LEADING * 100:.0f}. The 95 % "
        f"intervals are in indices.parquet; they are at most {WIDEST * 100:.0f} wide."
    )
    order = (
        f"Nations ordered by how much P(committed) varies. {left_out} are left out: it varies too little "
        f"(standard deviation below {LEAST_DEVIATION}), or more points would be needed. Columns: factors of "
        f"{LEADING * 100:.0f} or more in some nation, at most {MOST_FACTORS}."
    )
    return key, order, *source(result, "sobol")
