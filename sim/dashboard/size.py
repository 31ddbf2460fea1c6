"""How many nations declare soldiers, and how many contribute, over time."""

from typing import Any

from sim.dashboard.picture import CHARACTER, HEIGHT, WIDTH, Svg, TimePlot
from sim.experiments.results import RunResult
from sim.outputs import style
from sim.outputs.labels import apart
from sim.system.libraries import pd

BOLD = 13


LAND, ANY = "size", "contributors"
COLOURS = {LAND: style.BLUE, ANY: style.GREEN}


def size_picture(result: RunResult, pinned: RunResult | None) -> str:
    """Return how many declare soldiers and how many contribute, as fans, and means of a pinned setting."""
    rounds, end = result.rounds, result.rounds.iloc[-1]
    ends = {name: _end(end, name) for name in COLOURS}
    numbers = f"{ends[LAND]} declare soldiers on land, {ends[ANY]} contribute"
    picture = Svg(WIDTH, HEIGHT, f"Nations over time; at the end {numbers}")
    highest = max(8.0, 2.0 + float(rounds[f"{ANY}_q95"].max()))
    if pinned is not None:
        highest = max(highest, 1.0 + float(pinned.rounds[f"{ANY}_mean"].max()))
    right = max(map(len, ends.values())) * CHARACTER * BOLD / 11 + 12
    plot = TimePlot(picture, len(rounds) - 1, highest, right)
    plot.draw_axes(rounds["date"])
    for event in result.about.past_events:
        at = plot.x(event.round)
        picture.rule(
            (at, plot.top), (at, plot.bottom), style.MUTED, stroke_dasharray="3 2", title=event.title
        )
    for name in COLOURS:
        _draw_fan(plot, rounds, name)
    if pinned is not None:
        for name in COLOURS:
            means = pinned.rounds[f"{name}_mean"].tolist()
            plot.line(means, style.VERMILION, class_=f"pinned {name}", stroke_width=2, stroke_dasharray="5 3")
    for name, colour in COLOURS.items():
        means = rounds[f"{name}_mean"].tolist()
        plot.line(means, colour, class_=f"mean {name}", stroke_width=2.5)
    for name, at_end in zip(ends, _places(end, highest), strict=True):
        look = {"fill": COLOURS[name], "font_size": BOLD, "font_weight": "bold"}
        picture.text(plot.end + 7, plot.y(at_end), ends[name], **look)
    plot.draw_cursor()
    return picture.svg()


def _end(end: Any, name: str) -> str:
    """Return where a number of nations ends."""
    mean, low, high = (end[f"{name}_{column}"] for column in ("mean", "q05", "q95"))
    return f"{mean:.1f} [{low:.0f}-{high:.0f}]"


def _draw_fan(plot: TimePlot, rounds: "pd.DataFrame", name: str) -> None:
    for low, high, opacity in (("q05", "q95", 0.15), ("q25", "q75", 0.35)):
        bounds = (rounds[f"{name}_{column}"].tolist() for column in (low, high))
        plot.area(*bounds, fill=COLOURS[name], opacity=opacity)


def _places(end: Any, highest: float) -> list[float]:
    """Return where the ends are written, moved apart where they would overlap."""
    means = [float(end[f"{name}_mean"]) for name in COLOURS]
    return [float(place) for place in apart(means, 16 / HEIGHT * highest, 0.0, highest)]


def size_note(pinned: RunResult | None) -> str:
    """Return what the picture shows."""
    also = " Dashed lines: means of the pinned setting." if pinned else ""
    return (
        "Nations that declare soldiers on land (blue), and that contribute any military means (green). "
        "Lines: means. Dark bands: half of the runs; light bands and brackets: 90 % of the runs. Vertical "
        f"lines: events.{also}"
    )
