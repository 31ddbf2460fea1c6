"""The force pledged, and by whom, against the force required."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Transform, offset_copy

from sim.declarations.arrays import Floats
from sim.experiments.results import RunTables
from sim.outputs import style
from sim.outputs.figures.timeline import Dates, date_axis, dates_of, mark_events, notes
from sim.outputs.labels import apart
from sim.outputs.words import percent, percent_interval, thousands

PLOT, LEFT, LABEL = 3.8, 0.85, 8
LEAST, MOST = 0.01, 20
"""Share of the force at its largest from which nations have layers of their own, and how many may have."""

TINTS = ("#9ECAE1", "#C6DBEF")
"""Of neighbouring layers, in turn."""


def force_by_nation(result: RunTables) -> Figure:
    """Draw the soldiers pledged over time, a layer a nation, against the force required."""
    layers, names = _layers(result)
    ends = [f"{name} {thousands(layer[-1])}" for name, layer in zip(names, layers, strict=True)]
    end = result.rounds.iloc[-1]
    required = result.about.force_required
    total = f"all {thousands(end.force_mean)} [{thousands(end.force_q05)}-{thousands(end.force_q95)}]"
    met = (
        f"P(pledged >= {thousands(required)}) at the end: {percent(end.p_force_met)} "
        f"[{percent_interval(end.p_force_met_low, end.p_force_met_high)}]."
    )
    key = (
        "Layers: mean pledge of each nation, in soldiers; those below 1 % of the force together. Line: their "
        "sum; dotted, and [ ]: 90 % of the runs. Green: mean in the field at a time, "
        f"{thousands(end.fielded_mean)} at the end. {met}"
    )
    right = max(style.text_width(words, LABEL, "bold") for words in (*ends, total)) + 0.25
    dates = dates_of(result)
    with style.figure_style():
        figure, axes = style.page(
            f"The force – {result.about.title}",
            notes(result, key),
            plot=PLOT,
            left=LEFT,
            right=right,
            below=0.5,
        )
        _draw_layers(axes, dates, layers)
        for name in ("force_q05", "force_q95"):
            axes.plot(dates, result.rounds[name], color=style.BLUE, lw=1, ls=":")
        axes.plot(dates, result.rounds["force_mean"], color=style.BLUE, lw=1.8)
        axes.plot(dates, result.rounds["fielded_mean"], color=style.GREEN, lw=1.8)
        _draw_required(axes, required)
        highest = max(float(result.rounds["force_q95"].max()), required) * 1.07
        axes.set_ylim(0, highest)
        beside = offset_copy(axes.get_yaxis_transform(), figure, x=12, units="points")
        _name_layers(axes, beside, layers, ends, total)
        mark_events(axes, result, style.WIDTH - LEFT - right)
        axes.set_ylabel("soldiers pledged")
        axes.yaxis.set_major_formatter(lambda value, _: thousands(value))
        date_axis(axes, dates[0], dates[-1])
    return figure


def _layers(result: RunTables) -> tuple[list[Floats], list[str]]:
    """Return mean pledges over time, the largest at the end first, and whose they are."""
    troops = result.nations["troops_mean"].to_numpy(dtype=np.float64).reshape(-1, len(result.summary)).T
    names = [str(name) for name in result.summary["name"]]
    least = LEAST * float(result.rounds["force_mean"].max())
    order = sorted(range(len(names)), key=lambda index: (-troops[index, -1], -troops[index].sum(), index))
    shown = [index for index in order if troops[index].max() >= max(least, 1.0)][:MOST]
    rest = [index for index in order if index not in shown and troops[index].max() > 0]
    layers = [troops[index] for index in shown]
    labels = [style.wrapped(names[index], 1.3, LABEL, max_lines=1)[0] for index in shown]
    if rest:
        layers.append(troops[rest].sum(axis=0))
        labels.append(f"{len(rest)} others" if len(rest) > 1 else names[rest[0]])
    return layers, labels


def _draw_layers(axes: Axes, dates: Dates, layers: list[Floats]) -> None:
    """Draw the layers on top of each other, or say that there is none."""
    if not layers:
        nobody = "Nobody pledges a soldier in any run."
        axes.text(0.5, 0.5, nobody, transform=axes.transAxes, ha="center", va="center", color=style.MUTED)
        return
    colours = [TINTS[number % 2] for number in range(len(layers))]
    axes.stackplot(dates, *layers, colors=colours, edgecolor="white", lw=0.6)


def _draw_required(axes: Axes, required: float) -> None:
    axes.axhline(required, color=style.VERMILION, lw=1.2, ls=(0, (4, 2)))
    axes.annotate(
        f"required: {thousands(required)}",
        (0.0, required),
        xycoords=("axes fraction", "data"),
        xytext=(4, 3),
        textcoords="offset points",
        va="bottom",
        fontsize=LABEL,
        color=style.VERMILION,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.8},
        zorder=4,
    )


def _name_layers(axes: Axes, beside: Transform, layers: list[Floats], ends: list[str], total: str) -> None:
    """Write beside the plot what each layer is at its end, and the sum above them."""
    highest = axes.get_ylim()[1]
    tops = np.cumsum([layer[-1] for layer in layers])
    middles = [*(tops - [layer[-1] / 2 for layer in layers]), tops[-1] if layers else 0.0]
    gap = highest * 0.14 / PLOT
    for words, middle, place in zip((*ends, total), middles, apart(middles, gap, 0, highest), strict=True):
        is_total = words == total
        axes.annotate(
            words,
            (1.0, middle),
            xycoords=("axes fraction", "data"),
            xytext=(1.0, place),
            textcoords=beside,
            va="center",
            fontsize=LABEL,
            weight="bold" if is_total else "normal",
            color=style.BLUE if is_total else style.INK,
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": style.MUTED,
                "lw": 0.5,
                "shrinkA": 0,
                "shrinkB": 0,
                "relpos": (0.0, 0.5),
            },
        )
