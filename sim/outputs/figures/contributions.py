"""Who gives what: soldiers on land, other military means, words or staff officers."""

from typing import TYPE_CHECKING

import numpy as np

from sim.experiments.about import RunTables
from sim.experiments.statistics import Floats
from sim.outputs import style
from sim.outputs.figures.timeline import notes

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW, LABEL = 0.19, 8
"""Height of a nation's row in inches, and the size of what is written beside it."""

LOOKS = (
    ("soldiers on land", style.BLUE, "white"),
    ("other military means", style.GREEN, "white"),
    ("words or staff officers", style.GRID, style.INK),
)
"""What is given, its colour, and that of numbers on it."""

LEAST_NAMED = 0.1
"""Share from which a part of a bar has its number."""


def contributions(result: RunTables) -> "Figure":
    """Draw what each nation gives at the end, as shares of the runs, and the kinds that it named."""
    summary = result.summary.sort_values(
        ["p_committed", "p_contributes", "name"], ascending=[False, False, True]
    )
    names = [style.wrapped(str(name), 2.5, LABEL, max_lines=1)[0] for name in summary["name"]]
    kinds = [str(named).replace(" ", ", ") for named in summary["kinds"]]
    left = max(style.text_width(name, LABEL) for name in names) + 0.2
    right = max([style.text_width(words, LABEL) for words in kinds] + [0.6]) + 0.3
    plot = ROW * len(names)
    with style.figure_style():
        figure, axes = style.page(
            f"Who gives what – {result.about.title}",
            notes(
                result,
                "At the end; shares of the runs. Right: military kinds that the government named before.",
            ),
            plot=plot,
            left=left,
            right=right,
            below=0.7,
        )
        shares = given_shares(result).loc[summary.index].to_numpy()
        _draw_bars(axes, shares)
        rows = np.arange(len(names))
        axes.set_yticks(rows, names, fontsize=LABEL)
        axes.tick_params(axis="y", length=0)
        for row, words in enumerate(kinds):
            axes.annotate(
                words,
                (1.0, row),
                xycoords=("axes fraction", "data"),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
                fontsize=LABEL,
                color=style.MUTED,
            )
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value * 100:.0f} %")
        axes.legend(loc="upper left", bbox_to_anchor=(0, -0.3 / plot), ncols=3, frameon=False, fontsize=LABEL)
        for side in ("left", "bottom"):
            axes.spines[side].set_visible(False)
    return figure


def given_shares(result: RunTables) -> "pd.DataFrame":
    """Return the shares of the runs in which a nation gives each of `LOOKS`, most first; a row a nation."""
    import pandas as pd

    summary = result.summary
    land, military, any_ = (summary[f"p_{name}"] for name in ("committed", "contributes", "supports"))
    parts = {"soldiers on land": land, "other military means": military - land}
    return pd.DataFrame({**parts, "words or staff officers": any_ - military})


def _draw_bars(axes: "Axes", shares: Floats) -> None:
    """Draw a bar a nation, whose parts lie side by side."""
    rows, start = np.arange(len(shares)), np.zeros(len(shares))
    for part, (words, colour, ink) in zip(shares.T, LOOKS, strict=True):
        axes.barh(rows, part, left=start, height=0.8, color=colour, label=words)
        for row, (share, begins) in enumerate(zip(part, start, strict=True)):
            if share >= LEAST_NAMED:
                axes.text(
                    begins + share / 2,
                    row,
                    f"{share * 100:.0f}",
                    ha="center",
                    va="center",
                    fontsize=7,
                    color=ink,
                )
        start = start + part
