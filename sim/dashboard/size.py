"""The coalition's size over time."""

from sim.dashboard.picture import CHARACTER, HEIGHT, WIDTH, Picture, TimePlot
from sim.experiments.results import RunResult
from sim.outputs import style

BOLD = 13


def size_picture(result: RunResult, pinned: RunResult | None) -> str:
    """Return the coalition's size as a fan, with the mean of a pinned setting beside it."""
    rounds, end = result.rounds, result.rounds.iloc[-1]
    words = f"{end.size_mean:.1f} [{end.size_q05:.0f}-{end.size_q95:.0f}]"
    picture = Picture(WIDTH, HEIGHT, f"Size of the coalition over time; at the end {words} nations")
    highest = max(8.0, 2.0 + float(rounds["size_q95"].max()))
    if pinned is not None:
        highest = max(highest, 1.0 + float(pinned.rounds["size_mean"].max()))
    plot = TimePlot(picture, len(rounds) - 1, highest, len(words) * CHARACTER * BOLD / 11 + 12)
    plot.draw_axes(rounds["date"])
    for event in result.about.events:
        at = plot.x(event.round)
        picture.rule(
            (at, plot.top), (at, plot.bottom), style.MUTED, stroke_dasharray="3 2", title=event.title
        )
    for low, high, colour in (("q05", "q95", style.SKY), ("q25", "q75", style.BLUE)):
        plot.area(rounds[f"size_{low}"].tolist(), rounds[f"size_{high}"].tolist(), fill=colour, opacity=0.35)
    if pinned is not None:
        means = pinned.rounds["size_mean"].tolist()
        plot.line(means, style.VERMILION, class_="pinned", stroke_width=2, stroke_dasharray="5 3")
    plot.line(rounds["size_mean"].tolist(), style.BLUE, class_="mean", stroke_width=2.5)
    at = plot.y(float(end.size_mean))
    picture.text(plot.end + 7, at, words, fill=style.BLUE, font_size=BOLD, font_weight="bold")
    plot.draw_cursor()
    return picture.svg()


def size_note(pinned: RunResult | None) -> str:
    """Return what the picture shows."""
    also = " Dashed line: mean of the pinned setting." if pinned else ""
    return (
        "Committed nations. Line: mean. Dark band: half of the runs; light band and brackets: 90 % of the "
        f"runs. Vertical lines: events.{also}"
    )
