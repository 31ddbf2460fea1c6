"""The force pledged, and by whom, against the force required."""

from typing import NamedTuple

import numpy as np

from sim.dashboard.picture import CHARACTER, HEIGHT, WIDTH, End, Svg, TimePlot, pinned_end
from sim.declarations.arrays import Floats
from sim.experiments.results import RunResult
from sim.outputs import style
from sim.outputs.figures.force import TINTS
from sim.outputs.words import percent, percent_interval, thousands

MOST = 9
"""Nations that have layers of their own, at most."""

REQUIRED = "#A84300"
"""Vermilion, dark enough to be read."""


class ForceLayer(NamedTuple):
    """What a nation, or several together, pledge in each round."""

    name: str
    code: str
    soldiers: Floats


def force_picture(result: RunResult, pinned: RunResult | None) -> str:
    """Return the force pledged, a layer a nation, against the force required and that of a pinned setting."""
    rounds, required = result.rounds, result.about.force_required
    layers, end = layers_of(result), result.rounds.iloc[-1]
    force = f"{thousands(end.force_mean)} [{thousands(end.force_q05)}-{thousands(end.force_q95)}]"
    field = thousands(end.fielded_mean)
    title = f"Soldiers pledged over time; at the end {force}, of whom {field} in the field"
    picture = Svg(WIDTH, HEIGHT, title)
    highest = 1.07 * max(float(rounds["force_q95"].max()), required)
    ends = _ends(layers)
    if pinned is not None:
        highest = max(highest, 1.07 * float(pinned.rounds["force_mean"].max()))
        last = float(pinned.rounds["force_mean"].iloc[-1])
        ends.append(pinned_end(last, thousands(last)))
    right = max((len(end.words) for end in ends), default=0) * CHARACTER + 12
    plot = TimePlot(picture, len(rounds) - 1, highest, right)
    plot.draw_axes(rounds["date"])
    below = np.zeros(len(rounds))
    for place, layer in enumerate(layers):
        above = below + layer.soldiers
        look = {"fill": TINTS[place % 2], "stroke": "white", "stroke_width": 0.6}
        plot.area(below.tolist(), above.tolist(), class_="layer", title=layer.name, **look)
        below = above
    if pinned is not None:
        plot.ghost(pinned.rounds["force_mean"].tolist(), "force")
    plot.line(rounds["fielded_mean"].tolist(), style.GREEN, class_="fielded", stroke_width=2)
    for name in ("force_q05", "force_q95"):
        plot.line(rounds[name].tolist(), style.BLUE, stroke_width=1.2, stroke_dasharray="1 2")
    at = plot.y(required)
    picture.rule((plot.left, at), (plot.end, at), style.VERMILION, stroke_width=1.5, stroke_dasharray="5 3")
    picture.text(plot.left + 6, at - 9, f"required: {thousands(required)}", fill=REQUIRED)
    plot.name_ends(ends, 14)
    plot.draw_cursor()
    return picture.svg()


def force_note(result: RunResult, pinned: RunResult | None) -> str:
    """Return what the picture shows."""
    end, required = result.rounds.iloc[-1], thousands(result.about.force_required)
    met = f"{percent(end.p_force_met)} [{percent_interval(end.p_force_met_low, end.p_force_met_high)}]"
    also = " Grey line: mean pledged in the pinned setting." if pinned else ""
    return (
        "Soldiers. Layers: mean pledge of each nation. Dotted lines: 90 % of the runs. Green line: mean "
        f"in the field, {thousands(end.fielded_mean)} at the end. Dashed line: required; P(pledged >= "
        f"{required}) at the end: {met}, its 95 % interval.{also}"
    )


def layers_of(result: RunResult) -> list[ForceLayer]:
    """Return mean pledges over time, the largest at the end first, small ones together."""
    codes, names = result.case.roster.iso3, result.case.roster.names
    troops = result.nations["troops_mean"].to_numpy(dtype=np.float64).reshape(-1, len(codes)).T
    order = sorted(range(len(codes)), key=lambda nation: (-troops[nation, -1], -troops[nation].sum()))
    some = [nation for nation in order if troops[nation].max() >= 1.0]
    layers = [ForceLayer(names[nation], codes[nation], troops[nation]) for nation in some[:MOST]]
    if some[MOST:]:
        others = f"{len(some[MOST:])} others"
        layers.append(ForceLayer(others, others, troops[some[MOST:]].sum(axis=0)))
    return layers


def _ends(layers: list[ForceLayer]) -> list[End]:
    """Return what each layer ends as, in its middle."""
    soldiers = np.array([layer.soldiers[-1] for layer in layers])
    middles = (soldiers.cumsum() - soldiers / 2).tolist()
    words = [f"{layer.code} {thousands(layer.soldiers[-1])}" for layer in layers]
    return [End(*end, {"fill": style.INK}) for end in zip(middles, words, strict=True)]
