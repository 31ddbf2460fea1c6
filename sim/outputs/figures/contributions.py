"""Who gives what: soldiers on land, other military means, words or staff officers."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.declarations.arrays import Floats
from sim.declarations.words import WORDS_ALONE
from sim.experiments.results import RunTables
from sim.outputs import style
from sim.outputs.figures.timeline import notes
from sim.system.libraries import pd

ROW, LABEL = 0.19, 8
"""Height of a nation's row in inches, and the size of what is written beside it."""

CELL = 0.62
"""Width of a column of kinds in inches."""

LOOKS = (
    ("soldiers on land", style.BLUE, "white"),
    ("other military means", style.GREEN, "white"),
    (WORDS_ALONE, style.GRID, style.INK),
)
"""A contribution, its colour, and that of numbers on it."""

LEAST_NAMED = 0.1
"""Share from which a part of a bar has its number."""


def contributions(result: RunTables) -> Figure:
    """Draw what each nation gives at the end, as shares of the runs, and which kinds beside soldiers."""
    summary = result.summary.sort_values(
        ["p_committed", "p_contributes", "name"], ascending=[False, False, True]
    )
    names = [style.wrapped(str(name), 2.5, LABEL, max_lines=1)[0] for name in summary["name"]]
    kinds = kinds_beside(result)
    left = max(style.text_width(name, LABEL) for name in names) + 0.2
    plot = ROW * len(names)
    with style.figure_style():
        figure, axes = style.page(
            f"Who gives what – {result.about.title}",
            notes(
                result,
                "At the end; shares of the runs. Right: P(gives something of the kind) in %, by what "
                "governments named before (bold: its own): assumed. A nation may give several kinds.",
            ),
            plot=plot,
            left=left,
            right=CELL * kinds["kind"].nunique() + 0.2,
            below=0.7,
        )
        _draw_bars(axes, given_shares(result).loc[summary.index].to_numpy())
        axes.set_yticks(np.arange(len(names)), names, fontsize=LABEL)
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value * 100:.0f} %")
        axes.legend(loc="upper left", bbox_to_anchor=(0, -0.3 / plot), ncols=3, frameon=False, fontsize=LABEL)
        for side in ("left", "bottom"):
            axes.spines[side].set_visible(False)
        if len(kinds):
            _draw_kinds(axes, kinds, list(summary.index))
    return figure


def kinds_beside(result: RunTables) -> "pd.DataFrame":
    """Return the rows of the kinds beside soldiers on land and words."""
    kinds = result.kinds["kind"].unique()[1:-1]
    return result.kinds[result.kinds["kind"].isin(kinds)]


def given_shares(result: RunTables) -> "pd.DataFrame":
    """Return the shares of the runs in which a nation gives each of `LOOKS`, most first; a row a nation."""
    summary = result.summary
    land, military, any_ = (summary[f"p_{name}"] for name in ("committed", "contributes", "supports"))
    parts = {"soldiers on land": land, "other military means": military - land}
    return pd.DataFrame({**parts, WORDS_ALONE: any_ - military})


def _draw_kinds(axes: Axes, kinds: "pd.DataFrame", iso3: list[str]) -> None:
    """Write the chances of kinds beside the bars, a column a kind."""
    per_inch = 1 / (axes.get_position().width * style.WIDTH)
    headings = {name: column for column, name in enumerate(kinds["kind"].unique())}

    def write(column: int, row: float, text: str, **look: Any) -> None:
        at = 1 + (0.2 + CELL * (column + 0.5)) * per_inch
        axes.text(at, row, text, transform=axes.get_yaxis_transform(), ha="center", clip_on=False, **look)

    for name, column in headings.items():
        heading = "\n".join(style.wrapped(name, CELL - 0.05, 7))
        write(column, -0.7, heading, va="bottom", fontsize=7, color=style.MUTED)
    row: Any
    for row in kinds.itertuples():
        look: dict[str, Any] = {"weight": "bold", "color": style.INK} if row.named else {"color": style.MUTED}
        write(headings[row.kind], iso3.index(row.iso3), f"{row.p * 100:.0f}", va="center", fontsize=7, **look)


def _draw_bars(axes: Axes, shares: Floats) -> None:
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
