"""How many nations declare soldiers, and how many contribute, over time."""

from collections.abc import Iterator

from sim.dashboard.picture import CHARACTER, FONT, HEIGHT, WIDTH, End, Svg, TimePlot, pinned_end
from sim.experiments.results import RunResult
from sim.outputs import style
from sim.system.libraries import pd

BOLD = 13


LAND, ANY = "size", "contributors"
COLOURS = {LAND: style.BLUE, ANY: style.GREEN}


def size_picture(result: RunResult, pinned: RunResult | None) -> str:
    """Return how many declare soldiers and how many contribute, as fans, over means of a pinned setting."""
    rounds, ends = result.rounds, [*_ends(result), *_pinned_ends(pinned)]
    numbers = f"{ends[0].words} declare soldiers on land, {ends[1].words} contribute"
    picture = Svg(WIDTH, HEIGHT, f"Nations over time; at the end {numbers}")
    highest = max(8.0, 2.0 + float(rounds[f"{ANY}_q95"].max()))
    if pinned is not None:
        highest = max(highest, 1.0 + float(pinned.rounds[f"{ANY}_mean"].max()))
    right = max(len(end.words) for end in ends) * CHARACTER * BOLD / FONT + 12
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
            plot.ghost(pinned.rounds[f"{name}_mean"].tolist(), name)
    for name, colour in COLOURS.items():
        means = rounds[f"{name}_mean"].tolist()
        plot.line(means, colour, class_=f"mean {name}", stroke_width=2.5)
    plot.name_ends(ends, 16)
    plot.draw_cursor()
    return picture.svg()


def _ends(result: RunResult) -> Iterator[End]:
    """Yield where the numbers of nations end."""
    end = result.rounds.iloc[-1]
    for name, colour in COLOURS.items():
        mean, low, high = (float(end[f"{name}_{column}"]) for column in ("mean", "q05", "q95"))
        look = {"fill": colour, "font_size": BOLD, "font_weight": "bold"}
        yield End(mean, f"{mean:.1f} [{low:.0f}-{high:.0f}]", look)


def _pinned_ends(pinned: RunResult | None) -> Iterator[End]:
    """Yield where those of a pinned setting end."""
    if pinned is not None:
        for name in COLOURS:
            mean = float(pinned.rounds[f"{name}_mean"].iloc[-1])
            yield pinned_end(mean, f"{mean:.1f}")


def _draw_fan(plot: TimePlot, rounds: "pd.DataFrame", name: str) -> None:
    for low, high, opacity in (("q05", "q95", 0.15), ("q25", "q75", 0.35)):
        bounds = (rounds[f"{name}_{column}"].tolist() for column in (low, high))
        plot.area(*bounds, fill=COLOURS[name], opacity=opacity)


def size_note(pinned: RunResult | None) -> str:
    """Return what the picture shows."""
    also = " Grey lines: means of the pinned setting." if pinned else ""
    return (
        "Nations that declare soldiers on land (blue), and that contribute any military means (green). "
        "Lines: means. Dark bands: half of the runs; light bands and brackets: 90 % of the runs. Vertical "
        f"lines: events.{also}"
    )
