"""Figures of a cross-validation: what fits are worth in and out of sample, and how far to fit."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiments.calibration.about import CrossValidationTables, FittedWave
from sim.experiments.calibration.held_out import FORECASTS
from sim.experiments.calibration.splits import HINDCAST, IN_SAMPLE, KINDS, NATIONS, WAVE
from sim.experiments.hindcast.baselines import CLIMATOLOGY
from sim.experiments.hindcast.result import RECORDED
from sim.outputs import style
from sim.outputs.calibration import words as calibration_words
from sim.outputs.cross_validation import words
from sim.outputs.cross_validation.tables import about_wave, rows_of
from sim.outputs.figure_folder import save_all
from sim.outputs.hindcast.words import NOT_IDENTIFIED, day
from sim.outputs.panels import Panels

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHOWN = tuple(name for name in FORECASTS[1:] if name != CLIMATOLOGY)
"""Climatology is so much worse that nothing else could be seen beside it."""

COLOURS = {IN_SAMPLE: style.SKY, WAVE: style.VERMILION, NATIONS: style.BLUE, HINDCAST: style.GREEN}
ROW, APART = 0.55, 0.2
"""Height of a row in inches, and how far apart kinds of fit are drawn in it, as a share."""

COLUMNS, PANEL, GAP = 2, 2.6, 0.9
"""Panels beside each other, and the height of a panel of lines and what stands between rows, in inches."""

LINES_KEY = (
    "Mean ranked probability score after each generation of the fits, minus that of draws of the prior: each "
    "generation gives up the half of the particles that is further from what is fitted. Dotted: where fits "
    "stop. Bands: 95 % intervals by bootstrap over nations, paired."
)


def differences(result: CrossValidationTables) -> "Figure":
    """Draw by how much the calibrated model is better or worse than the others, a panel a wave."""
    shown = result.about.waves
    names = [name for name in SHOWN if name in set(result.differences["baseline"])]
    kinds = [kind for kind in KINDS if kind in set(result.differences["kind"])]
    left = max(style.text_width(words.NAMES[name], 9) for name in names) + 0.2
    panels = Panels(len(shown), COLUMNS, ROW * len(names), GAP)
    with style.figure_style():
        figure, area = style.page(
            "What fits are worth where they have not looked",
            _notes(result),
            plot=panels.plot,
            left=left,
            right=0.15,
            below=0.55,
        )
        area.set_axis_off()
        for wave, (column, axes) in zip(shown, panels.axes(area, 0.95), strict=True):
            _panel(axes, rows_of(result.differences, wave, "rps"), names, kinds)
            axes.set_yticklabels([words.NAMES[name] if column == 0 else "" for name in names])
            axes.set_title(_title(wave), fontsize=9, loc="left")
        _legend(area, kinds)
    return figure


def generations(result: CrossValidationTables) -> "Figure":
    """Draw how scores change as fits come closer to what they are fitted to, a panel a wave."""
    shown = result.about.waves
    kinds = [kind for kind in KINDS if kind in set(result.generations["kind"])]
    panels = Panels(len(shown), COLUMNS, PANEL, GAP)
    with style.figure_style():
        figure, area = style.page(
            "How far does it help to fit more closely?",
            [LINES_KEY, words.how_far(result), *_basis(result)],
            plot=panels.plot,
            left=0.65,
            right=0.15,
            below=0.55,
        )
        area.set_axis_off()
        for wave, (column, axes) in zip(shown, panels.axes(area, 0.88), strict=True):
            _lines(axes, about_wave(result.generations, wave), kinds)
            axes.axvline(result.about.sampling.generations - 1, color=style.MUTED, lw=1, ls=":", zorder=1)
            axes.set_title(_title(wave), fontsize=9, loc="left")
            axes.set_ylabel("RPS minus that of the prior, rungs" if column == 0 else "", fontsize=8)
        _legend(area, kinds)
    return figure


FIGURES = {"in-and-out-of-sample": differences, "how-far-to-fit": generations}


def save_figures(result: CrossValidationTables, folder: Path) -> list[Path]:
    """Draw the figures as PNG and SVG."""
    return save_all(((name, partial(draw, result)) for name, draw in FIGURES.items()), folder)


def _lines(axes: "Axes", rows: "pd.DataFrame", kinds: list[str]) -> None:
    """Draw the difference from the prior after each generation, with its band, for each kind of fit."""
    for kind in kinds:
        part = rows[rows["kind"] == kind]
        axes.fill_between(
            part["generation"], part["low"], part["high"], color=COLOURS[kind], alpha=0.12, lw=0
        )
    for kind in kinds:
        part = rows[rows["kind"] == kind]
        axes.plot(part["generation"], part["difference"], color=COLOURS[kind], lw=2, marker="o", ms=3.5)
    axes.axhline(0, color=style.MUTED, lw=0.8, zorder=1)
    axes.set_xticks(sorted(set(rows["generation"])))
    axes.set_xlabel("generation (0: draws of the prior)", fontsize=8)
    axes.tick_params(labelsize=8)
    axes.grid(axis="y", color=style.GRID, lw=0.6)
    axes.set_axisbelow(True)


def _panel(axes: "Axes", rows: "pd.DataFrame", names: list[str], kinds: list[str]) -> None:
    """Draw a difference with its interval for each baseline and kind of fit, the first baseline on top."""
    from matplotlib.ticker import MaxNLocator

    row: Any
    for row in rows[(rows["variant"] == RECORDED) & rows["baseline"].isin(names)].itertuples():
        place = names.index(row.baseline) + APART * (kinds.index(row.kind) - (len(kinds) - 1) / 2)
        colour = COLOURS[row.kind]
        covers = row.low <= 0.0 <= row.high
        axes.plot([row.low, row.high], [place, place], color=colour, lw=1.5, solid_capstyle="butt")
        axes.plot(row.difference, place, "o", color=colour, ms=4.5, mfc="white" if covers else colour)
    axes.axvline(0, color=style.MUTED, lw=0.8, zorder=1)
    axes.set_yticks(range(len(names)))
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0, labelcolor=style.INK)
    axes.tick_params(axis="x", labelsize=8)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.10g}")
    axes.set_xlabel("difference of the RPS, rungs", fontsize=8)
    axes.grid(axis="x", color=style.GRID, lw=0.6)
    axes.set_axisbelow(True)


def _title(wave: FittedWave) -> str:
    return f"{day(wave.date)}, {wave.number} nations"


def _legend(area: "Axes", kinds: list[str]) -> None:
    """Write above the panels what the colours are."""
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], color=COLOURS[kind], marker="o", ms=4.5, label=kind) for kind in kinds]
    area.legend(
        handles=handles,
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        bbox_transform=area.transAxes,
        borderaxespad=1.6,
        fontsize=8,
        frameon=False,
        ncols=len(handles),
    )


def _notes(result: CrossValidationTables) -> list[str]:
    key = (
        "Mean ranked probability score of the calibrated model minus that of the other: left of 0 it is "
        f"better. Lines: 95 % intervals by {result.options.resamples:,} bootstraps over nations, paired, "
        f"each for itself. Hollow: {NOT_IDENTIFIED}. Climatology is far worse and not drawn."
    )
    return [key, *_basis(result)]


def _basis(result: CrossValidationTables) -> list[str]:
    """Return what stands under every figure: what the fits have seen, and what all rests on."""
    about = result.about
    rosters = "; ".join(sorted({hindcast.roster for hindcast in about.hindcasts}))
    return [
        " ".join(words.kinds(result)),
        calibration_words.evidence(about),
        f"{words.effort(result)} Data: {rosters}.",
    ]
