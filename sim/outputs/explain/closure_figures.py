"""The figure of what closes a nation's gap."""

from matplotlib.figure import Figure

from sim.experiments.explain.closure import LEVER, ONLY_POSITION, PAIR
from sim.experiments.explain.result import Answers
from sim.outputs import style
from sim.outputs.explain.words import share, shown_changes, source
from sim.outputs.forest import interval, name_rows, room_for
from sim.outputs.labels import beside

ROW = 0.27
"""Height of a row, in inches."""

COLOURS = {LEVER: style.BLUE, PAIR: style.SKY, ONLY_POSITION: style.VERMILION}
"""Of the kinds of changes; the others are grey."""


def closure_bars(result: Answers, iso3: str) -> Figure:
    """Draw in which share of the runs in which a nation is out each change would bring it in."""
    rows = shown_changes(result.of("closure", iso3))
    labels = rows["change"].tolist()
    with style.figure_style():
        figure, axes = style.page(
            f"{result.about.nations[iso3]}: what would bring it in",
            _notes(result, int(rows["out"].iloc[0])),
            plot=ROW * len(rows),
            left=room_for(labels),
            right=1.1,
            below=0.45,
        )
        for place, (_, row) in enumerate(rows.iterrows()):
            axes.barh(place, row["p"], height=0.6, color=COLOURS.get(row["kind"], style.MUTED), zorder=2)
            interval(axes, place, row["p_low"], row["p_high"], color=style.INK, lw=1, zorder=3)
            beside(axes, place, share(row), fontsize=8)
        name_rows(axes, labels)
        axes.set_xlim(0.0, 1.0)
        axes.set_xticks([0.0, 0.25, 0.5, 0.75, 1.0], ["0 %", "25 %", "50 %", "75 %", "100 %"])
        axes.set_xlabel("of the runs in which it is out at the end")
    return figure


def _notes(result: Answers, out: int) -> list[str]:
    key = (
        f"Bar and line: of the {out:,} runs in which it is out at the end, the share in which it would be in "
        "with the change, in the same draws, and its 95 % interval. Levers are set in round 1 at an end of "
        "their ranges; pairs count where neither lever alone is enough."
    )
    return [key, source(result.about, "closure")]
