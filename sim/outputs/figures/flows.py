"""Where nations start and where they end, as flows between stances."""

from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from sim.declarations.words import Stance
from sim.experiments.results import RunTables
from sim.outputs import style
from sim.outputs.figures.timeline import source_note
from sim.outputs.labels import apart
from sim.outputs.words import date_words, percent

PLOT, SIDE, LABEL = 4.2, 1.45, 8
BAR, CLEAR = 0.035, 0.025
"""Width of a bar, as a share of the plot's; what lies between two stances, of its height."""

ORDER = tuple(stance.name.lower() for stance in reversed(Stance))
COLOURS = dict(zip(ORDER, (style.BLUE, style.SKY, style.ORANGE, style.VERMILION), strict=True))

LEAST, LABELLED, MOST_NAMED = 0.05, 0.5, 7
"""Mean numbers of nations from which a flow is drawn, and from which it has a label; how many of the nations
that go this way are named below."""


class Flow(NamedTuple):
    """How many nations of a run went from one stance to another: mean, and range of 90 % of the runs."""

    start: str
    end: str
    mean: float
    low: int
    high: int

    @property
    def words(self) -> str:
        """How many, as labels say it."""
        return f"{self.mean:.1f} [{self.low}-{self.high}]"


def stance_flows(result: RunTables) -> Figure:
    """Draw how many nations go from each stance at the start to each at the end, and name those that move."""
    columns = ["start", "end", "nations_mean", "nations_q05", "nations_q95"]
    flows = [Flow(*row) for row in result.flows[columns].itertuples(index=False) if row[2] >= LEAST]
    key = (
        "Width of a band: mean number of nations that go this way; [ ]: the range of 90 % of the runs. "
        "Below: the share of the runs in which a nation does. Bands of less than half a nation have no "
        "label. Where a nation without a stated position starts is drawn too."
    )
    labelled = [flow for flow in flows if flow.mean >= LABELLED]
    with style.figure_style():
        figure, axes = style.page(
            f"Where nations start and end – {result.about.title}",
            [key, *_movers(result, labelled), source_note(result)],
            plot=PLOT,
            left=SIDE,
            right=SIDE,
            below=0.35,
        )
        axes.set_axis_off()
        axes.set(xlim=(0, 1), ylim=(0, 1))
        scale = (1 - CLEAR * (len(ORDER) - 1)) / len(result.summary)
        starts = _stack(sorted(flows, key=lambda flow: _place(flow.start, flow.end)), "start", scale)
        ends = _stack(sorted(flows, key=lambda flow: _place(flow.end, flow.start)), "end", scale)
        for flow in flows:
            _draw_band(axes, flow, starts[flow], ends[flow], scale)
        _write_numbers(axes, {flow: starts[flow] for flow in starts if flow in labelled}, scale)
        _draw_bars(axes, starts, scale, at_start=True)
        _draw_bars(axes, ends, scale, at_start=False)
        for at, step in ((0.0, 0), (1.0, -1)):
            day = date_words(result.rounds["date"].iloc[step])
            axes.text(at, -0.02, day, ha="center", va="top", fontsize=LABEL, color=style.MUTED)
    return figure


def _place(first: str, second: str) -> tuple[int, int]:
    return ORDER.index(first), ORDER.index(second)


def _stack(flows: list[Flow], side: str, scale: float) -> dict[Flow, float]:
    """Return the upper edge of each flow on a side, from the top down."""
    edges: dict[Flow, float] = {}
    at, before = 1.0, ""
    for flow in flows:
        stance = getattr(flow, side)
        at -= CLEAR if before not in ("", stance) else 0.0
        edges[flow] = at
        at, before = at - flow.mean * scale, stance
    return edges


def _draw_band(axes: Axes, flow: Flow, start: float, end: float, scale: float) -> None:
    """Draw a flow from its place on the left to that on the right."""
    high, left, right = flow.mean * scale, BAR, 1 - BAR
    corners = [
        (left, start),
        (0.5, start),
        (0.5, end),
        (right, end),
        (right, end - high),
        (0.5, end - high),
        (0.5, start - high),
        (left, start - high),
        (left, start),
    ]
    curve = [Path.CURVE4] * 3
    codes = [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY]
    axes.add_patch(PathPatch(Path(corners, codes), facecolor=COLOURS[flow.end], alpha=0.4, lw=0))


def _write_numbers(axes: Axes, starts: dict[Flow, float], scale: float) -> None:
    """Write how many nations go each way, where the bands begin."""
    middles = [top - flow.mean * scale / 2 for flow, top in starts.items()]
    for flow, place in zip(starts, apart(middles, 0.135 / PLOT, 0.0, 1.0), strict=True):
        to = "stay" if flow.start == flow.end else f"to {flow.end}"
        axes.text(BAR + 0.012, place, f"{flow.words} {to}", va="center", fontsize=LABEL)


def _draw_bars(axes: Axes, edges: dict[Flow, float], scale: float, *, at_start: bool) -> None:
    """Draw a bar a stance on a side, with its name and the mean number of nations."""
    places, labels = [], []
    for stance in ORDER:
        flows = [flow for flow in edges if (flow.start if at_start else flow.end) == stance]
        if not flows:
            continue
        number = sum(flow.mean for flow in flows)
        top = max(edges[flow] for flow in flows)
        left = 0.0 if at_start else 1 - BAR
        bar = Rectangle((left, top - number * scale), BAR, number * scale, facecolor=COLOURS[stance], lw=0)
        axes.add_patch(bar)
        places.append(top - number * scale / 2)
        labels.append(f"{stance} {number:.1f}")
    at, side = (-0.012, "right") if at_start else (1.012, "left")
    for label, place in zip(labels, apart(places, 0.15 / PLOT, 0.0, 1.0), strict=True):
        axes.text(at, place, label, ha=side, va="center", fontsize=9, weight="bold")


def _movers(result: RunTables, flows: list[Flow]) -> list[str]:
    """Return a line for each flow that leads elsewhere: the nations that go this way, the surest first."""
    names, moves = result.summary["name"], result.moves
    lines = []
    for flow in sorted(flows, key=lambda flow: _place(flow.end, flow.start)):
        if flow.start == flow.end:
            continue
        rows = moves[(moves["start"] == flow.start) & (moves["end"] == flow.end)]
        surest = rows.sort_values(["share", "iso3"], ascending=[False, True])
        shares = dict(zip(surest["iso3"], surest["share"], strict=True))
        named = [_unbroken(f"{names[code]} {percent(share)}") for code, share in shares.items()]
        if len(named) > MOST_NAMED + 1:
            named[MOST_NAMED:] = [f"{len(named) - MOST_NAMED} others"]
        lines.append(f"{flow.start.capitalize()} to {flow.end}: {', '.join(named)}.")
    return lines


def _unbroken(text: str) -> str:
    """Return a text that stays on one line."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")
