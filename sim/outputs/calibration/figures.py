"""Figures of a calibration: functions of a result that return a matplotlib Figure."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.calibration.calibrate import Calibration
from sim.inputs.prior import ParameterPrior
from sim.outputs import style
from sim.outputs.calibration import words
from sim.outputs.figure_folder import save_all
from sim.outputs.panels import Panels
from sim.outputs.words import signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS, PANEL, GAP = 5, 0.75, 0.42
"""Panels beside each other, their height and what stands between two rows, in inches."""

BARS = 24
ENDS = np.array([0.002, 0.998])
"""Between which shares of the prior an axis runs, at least."""

MOST_PARAMETERS = 6
"""How many parameters are drawn in pairs."""

UNCHANGED = "#BBBBBB"


def marginals(calibration: Calibration) -> "Figure":
    """Draw what is believed of each parameter against what was believed before."""
    prior, table = calibration.about.prior, calibration.summary
    panels = Panels(len(table), COLUMNS, PANEL, GAP)
    key = (
        "Line: prior density. Bars: posterior, blue where something was learned, grey where the data said "
        "nothing. Across: value of the parameter; heights are comparable within a panel only."
    )
    after = prior.at_normal(calibration.particles).T
    with style.figure_style():
        figure, area = style.page(
            "What was learned of each parameter",
            [key, *_basis(calibration)],
            plot=panels.plot,
            left=0.15,
            right=0.15,
            below=0.3,
        )
        area.set_axis_off()
        shown = zip(prior.parameters, after, table["learned"], panels.axes(area, 0.88), strict=True)
        for parameter, values, learned, (_, axes) in shown:
            _marginal(axes, parameter, values, style.BLUE if learned else UNCHANGED)
    return figure


def _marginal(axes: "Axes", parameter: ParameterPrior, values: np.ndarray, colour: str) -> None:
    low, high = parameter.quantile(ENDS)
    low, high = min(low, values.min()), max(high, values.max())
    grid = np.linspace(low, high, 200)
    axes.hist(values, bins=np.linspace(low, high, BARS + 1).tolist(), density=True, color=colour, lw=0)
    axes.plot(grid, parameter.density(grid), color=style.INK, lw=1)
    axes.set_xlim(low, high)
    axes.set_ylim(0, None)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.locator_params(axis="x", nbins=3)
    axes.tick_params(labelsize=6, length=2)
    axes.set_title(parameter.name, fontsize=7.5, loc="left", pad=2)


def pairs(calibration: Calibration) -> "Figure":
    """Draw how the parameters of which most was learned go together."""
    names = _leading(calibration)
    prior = calibration.about.prior
    columns = [prior.names.index(name) for name in names]
    values = prior.at_normal(calibration.particles)[:, columns]
    number = len(names)
    key = (
        f"A dot a particle. The {number} parameters furthest from their prior. Numbers: correlations, of "
        "parameters brought to the scale on which their prior is normal; bold where more than chance."
    )
    with style.figure_style():
        figure, area = style.page(
            "How the leading parameters go together",
            [key, *_basis(calibration)],
            plot=6.6,
            left=0.75,
            right=0.1,
            below=0.5,
        )
        area.set_axis_off()
        for row in range(number):
            for column in range(number):
                axes = area.inset_axes(
                    (column / number, (number - 1 - row) / number, 0.92 / number, 0.92 / number)
                )
                if row > column:
                    axes.plot(values[:, column], values[:, row], ".", ms=1.5, color=style.BLUE, alpha=0.5)
                elif row == column:
                    axes.hist(values[:, row], bins=BARS, color=style.SKY, lw=0)
                    axes.set_title(names[row], fontsize=7.5, loc="left", pad=2)
                else:
                    _correlation(axes, calibration, names[row], names[column])
                _label(axes, names, row, column)
    return figure


FIGURES = {"marginals": marginals, "pairs": pairs}


def save_figures(calibration: Calibration, folder: Path) -> list[Path]:
    """Draw all figures as PNG and SVG into a folder that appears when all of them are there."""
    return save_all(((name, partial(draw, calibration)) for name, draw in FIGURES.items()), folder)


def _leading(calibration: Calibration) -> list[str]:
    table = calibration.summary.nlargest(MOST_PARAMETERS, "distance")
    return list(table["parameter"])


def _correlation(axes: "Axes", calibration: Calibration, name: str, other: str) -> None:
    """Write how two parameters go together."""
    table = calibration.pairs
    chosen = table["parameter"].isin([name, other]) & table["other"].isin([name, other])
    row: Any = table[chosen].iloc[0]
    weight, colour = ("bold", style.INK) if row.learned else ("normal", style.MUTED)
    text = signed(row.correlation, 2)
    axes.text(0.5, 0.5, text, ha="center", va="center", fontsize=9, weight=weight, color=colour)


def _label(axes: "Axes", names: list[str], row: int, column: int) -> None:
    """Name the axes at the left and at the bottom only."""
    is_text, is_last = row < column, row == len(names) - 1
    if is_text:
        axes.set_axis_off()
        return
    axes.locator_params(nbins=3)
    axes.tick_params(labelsize=6, length=2, labelbottom=is_last, labelleft=column == 0 and row > 0)
    if column == 0 and row > 0:
        axes.set_ylabel(names[row], fontsize=7)
    if is_last:
        axes.set_xlabel(names[column], fontsize=7)
    if row == column:
        axes.set_yticks([])


def _basis(calibration: Calibration) -> list[str]:
    """Return what stands under every figure: what it rests on, and what it is."""
    about = calibration.about
    rosters = "; ".join(sorted({hindcast.roster for hindcast in about.hindcasts}))
    return [
        f"{words.evidence(about)} {words.fitted(about)}",
        f"{words.MEANING} {words.tolerance(calibration)}",
        f"{words.effort(calibration)} Data: {rosters}.",
    ]
