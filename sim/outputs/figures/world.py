"""The world that nations look at: the great powers, and the mandate."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.declarations.words import PURPOSES
from sim.experiments.results import RunTables
from sim.outputs import style
from sim.outputs.figures.timeline import date_axis, dates_of, mark_events, notes
from sim.outputs.labels import name_ends
from sim.outputs.levels_over_time import in_words, moves
from sim.outputs.panels import Panels

PANEL, ABOVE, GAP, LEFT = 1.7, 0.2, 0.6, 1.25
"""Height of a panel, what stands above it, between two of them, and left of them, in inches."""

LABEL = 8

PURPOSE_LOOKS = ((style.GREEN, "-"), (style.VERMILION, (0, (3, 3))), (style.BLUE, "-"))
"""Dashed: what lies on top shows what lies below, where purposes have the same share."""


class Line(NamedTuple):
    """A level of the world: its columns, what it is called, its colour and how it is drawn."""

    variable: str
    name: str
    colour: str
    style: Any = "-"


class LevelPanel(NamedTuple):
    """Levels drawn together: their title, the words for levels, the lines, and how numbers are written."""

    title: str
    words: Mapping[str, float]
    lines: Sequence[Line]
    factor: float = 1.0
    decimals: int = 2
    unit: str = ""

    @property
    def levels(self) -> list[str]:
        """What is drawn, as tables name it."""
        return [line.variable for line in self.lines]

    def number(self, level: float) -> str:
        """Return a level as a number, without its unit."""
        return f"{level * self.factor:.{self.decimals}f}"


PATRON = (Line("involvement", "involvement", style.BLUE),)
ADVERSARY = (Line("pressure", "pressure", style.VERMILION),)
MANDATE = (
    LevelPanel(
        "Purposes",
        {"all": 1.0, "two thirds": 2 / 3, "an even third": 1 / 3, "none": 0.0},
        [Line(name, name, *look) for name, look in zip(PURPOSES, PURPOSE_LOOKS, strict=True)],
        factor=100.0,
        decimals=0,
        unit=" %",
    ),
    LevelPanel(
        "Clarity", {"one purpose": 1.0, "anything goes": 0.0}, (Line("clarity", "clarity", style.INK),)
    ),
)


def _powers(result: RunTables) -> Sequence[LevelPanel]:
    vocabulary = result.about.vocabulary
    patron, adversary = vocabulary.actors.patron.name, vocabulary.actors.adversary.name
    return (
        LevelPanel(patron, vocabulary.steps("involvement"), PATRON),
        LevelPanel(adversary, vocabulary.steps("pressure"), ADVERSARY),
    )


def great_powers(result: RunTables) -> Figure:
    """Draw how far the patron is involved, and how hard the adversary presses, over time."""
    panels = _powers(result)
    patron, adversary = (panel.title for panel in panels)
    key = "Line: mean; band and [ ]: 90 % of the runs. Nations take some weeks to see a change."
    return _levels(result, f"{patron} and {adversary}", panels, key)


def mandate(result: RunTables) -> Figure:
    """Draw the shares of the mandate's three purposes, and its clarity, over time."""
    key = (
        "Line: mean; band and [ ]: 90 % of the runs. The shares of the purposes add up to 100 %. Clarity: "
        "normalised Herfindahl index of the shares, 0 where all are alike, unless the scenario gives it."
    )
    return _levels(result, "The mandate", MANDATE, key)


def _levels(result: RunTables, what: str, panels: Sequence[LevelPanel], key: str) -> Figure:
    """Draw panels of levels in [0, 1] below each other, named at their ends."""
    shown = [panel for panel in panels if moves(result, panel.levels)] or panels
    flat = [in_words(result, panel.levels) for panel in panels if panel not in shown]
    panels = shown
    key += f" Not drawn, for nothing moves: {'; '.join(flat)}." if flat else ""
    layout = Panels(len(panels), 1, PANEL, ABOVE + GAP, ABOVE)
    ends = [[_end(result, line, panel) for line in panel.lines] for panel in panels]
    right = max(style.text_width(end, LABEL, "bold") for words in ends for end in words) + 0.2
    width = style.WIDTH - LEFT - right
    dates = dates_of(result)
    with style.figure_style():
        figure, area = style.page(
            f"{what} – {result.about.title}",
            notes(result, key),
            plot=layout.plot,
            left=LEFT,
            right=right,
            below=0.5,
        )
        for panel, words, (_, axes) in zip(panels, ends, layout.axes(area, 1.0), strict=True):
            for line in panel.lines:
                _draw_line(axes, result, line)
            above = mark_events(axes, result, width)
            axes.set_title(panel.title, fontsize=9, loc="left", weight="bold", pad=3 + above)
            _label_axis(axes, panel)
            _name_ends(axes, result, panel.lines, words)
            date_axis(axes, dates[0], dates[-1])
            axes.tick_params(labelbottom=panel is panels[-1])
    return figure


def _draw_line(axes: Axes, result: RunTables, line: Line) -> None:
    rounds = result.rounds
    low, high, mean = (rounds[f"{line.variable}_{name}"] for name in ("q05", "q95", "mean"))
    axes.fill_between(rounds["date"], low, high, color=line.colour, alpha=0.25, lw=0)
    axes.plot(rounds["date"], mean, color=line.colour, lw=1.8, ls=line.style)


def _end(result: RunTables, line: Line, panel: LevelPanel) -> str:
    """Return a level at the end with its range."""
    end = result.rounds.iloc[-1]
    mean, low, high = (panel.number(end[f"{line.variable}_{name}"]) for name in ("mean", "q05", "q95"))
    return f"{line.name} {mean}{panel.unit} [{low}-{high}]"


def _name_ends(axes: Axes, result: RunTables, lines: Sequence[Line], ends: Sequence[str]) -> None:
    """Write what each line is at its end."""
    means = (float(result.rounds[f"{line.variable}_mean"].iloc[-1]) for line in lines)
    named = [(mean, words, line.colour) for mean, words, line in zip(means, ends, lines, strict=True)]
    name_ends(axes, named, 0.14 / PANEL, fontsize=LABEL, weight="bold")


def _label_axis(axes: Axes, panel: LevelPanel) -> None:
    """Write levels beside the axis, in words and numbers."""
    axes.set_ylim(-0.02, 1.02)
    labels = [
        f"{name.replace('_', ' ')}  {panel.number(level)}{panel.unit}" for name, level in panel.words.items()
    ]
    axes.set_yticks(list(panel.words.values()), labels, fontsize=7)
    axes.grid(axis="y", color=style.GRID, lw=0.6)
    axes.set_axisbelow(True)
