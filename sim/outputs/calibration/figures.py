"""Figures of a calibration: functions of a result that return a matplotlib Figure."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.declarations.arrays import Floats
from sim.experiments.calibration.calibrate import Calibration
from sim.inputs.prior import ParameterPrior
from sim.outputs import style
from sim.outputs.calibration import words
from sim.outputs.figure_folder import Draw
from sim.outputs.panels import Panels

COLUMNS, PANEL, GAP = 5, 0.75, 0.42
"""Panels beside each other, their height and what stands between two rows, in inches."""

BARS = 24
ENDS = np.array([0.002, 0.998])
"""Between which shares of the prior an axis runs."""

UNCHANGED = "#BBBBBB"


def marginals(calibration: Calibration) -> Figure:
    """Draw what is believed of each parameter against what was believed before."""
    prior, table = calibration.about.prior, calibration.summary
    panels = Panels(len(table), COLUMNS, PANEL, GAP)
    key = (
        "Line: prior density. Bars: posterior, blue where something was learned, grey where the data said "
        "nothing. Across: value of the parameter; heights are comparable within a panel only."
    )
    after = prior.at_normal(calibration.coordinates).T
    with style.figure_style():
        figure, area = style.page(
            "What was learned of each parameter",
            [key, *_basis(calibration)],
            plot=panels.plot,
            left=0.15,
            right=0.15,
            below=0.3,
        )
        shown = zip(prior.parameters, after, table["learned"], panels.axes(area, 0.88), strict=True)
        for parameter, values, learned, (_, axes) in shown:
            _marginal(axes, parameter, values, calibration.weights, style.BLUE if learned else UNCHANGED)
    return figure


def _marginal(axes: Axes, parameter: ParameterPrior, values: Floats, weighted: Floats, colour: str) -> None:
    low, high = parameter.quantile(ENDS)
    grid = np.linspace(low, high, 200)
    bins = np.linspace(low, high, BARS + 1).tolist()
    axes.hist(values, bins=bins, weights=weighted.tolist(), density=True, color=colour, lw=0)
    axes.plot(grid, parameter.density(grid), color=style.INK, lw=1)
    axes.set_xlim(low, high)
    axes.set_ylim(0, None)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.locator_params(axis="x", nbins=3)
    axes.tick_params(labelsize=6, length=2)
    axes.set_title(parameter.name, fontsize=7.5, loc="left", pad=2)


FIGURES = {"marginals": marginals}


def figures_of(calibration: Calibration, _: Sequence[str] = ()) -> dict[str, Draw]:
    """Return what draws each figure of a calibration, by name."""
    return {name: partial(draw, calibration) for name, draw in FIGURES.items()}


def _basis(calibration: Calibration) -> list[str]:
    """Return what stands under the figure: what it rests on, and what it is."""
    about = calibration.about
    return [
        f"{words.evidence(about)} {words.fitted(about)}",
        words.MEANING,
        f"{words.effort(calibration)} Data: {about.roster}.",
    ]
