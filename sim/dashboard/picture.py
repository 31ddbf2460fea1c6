"""Pictures as SVG, written here and drawn by the visitor's browser as they are.

Measured at every move of a lever: two charts by Vega-Lite took the browser 0.37 s of processor time and the
server 0.1, by Matplotlib they would take the server 0.2 each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring

import numpy as np
from matplotlib.ticker import MaxNLocator

from sim.outputs import style
from sim.outputs.labels import apart
from sim.system.libraries import pd

WIDTH, HEIGHT = 400, 270
"""Of pictures over time, in pixels where there is room; they shrink with the page."""

FONT = 11
CHARACTER = 6.3
"""Height of letters, and how wide they are, about."""

LABELS = "#444444"

GHOST = "#8C8C8C"
"""Lines of a pinned setting, which lie beneath those of what is shown."""


class End(NamedTuple):
    """What is written where a line, or a layer, ends: the value there, the words, and how they look."""

    value: float
    words: str
    look: dict[str, Any]


def pinned_end(value: float, number: str) -> End:
    """Return what is written where the line of a pinned setting ends."""
    return End(value, f"pinned {number}", {"fill": style.MUTED, "class_": "pinned-end"})


Coordinates = tuple[float, float]


class Svg:
    """An SVG picture. Texts may hold anything: they are escaped.

    Parameters
    ----------
    width, height
        In pixels.
    words
        What it shows, for who cannot see it.
    """

    def __init__(self, width: float, height: float, words: str) -> None:
        self.width, self.height = width, height
        box = f"0 0 {width:.0f} {height:.0f}"
        size = f"width: 100%; max-width: {width * 1.2:.0f}px"
        self._root = Element("svg", {"viewBox": box, "role": "img", "aria-label": words, "style": size})

    def add(self, tag: str, *, text: str = "", title: str = "", **attributes: Any) -> None:
        """Add an element; underscores in names of attributes stand for hyphens, `title` is shown on hover."""
        written = {name.strip("_").replace("_", "-"): _shown(value) for name, value in attributes.items()}
        element = SubElement(self._root, tag, written)
        element.text = text
        if title:
            SubElement(element, "title").text = title

    def text(self, x: float, y: float, text: str, **attributes: Any) -> None:
        """Write a text beside a point, vertically in the middle."""
        usual = {"font_size": FONT, "fill": LABELS, "dominant_baseline": "central"}
        self.add("text", text=text, x=x, y=y, **{**usual, **attributes})

    def rule(self, start: Coordinates, end: Coordinates, colour: str, **attributes: Any) -> None:
        """Draw a straight line."""
        (x1, y1), (x2, y2) = start, end
        self.add("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=colour, **attributes)

    def svg(self) -> str:
        """Return the picture."""
        return tostring(self._root, encoding="unicode")


def _shown(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class TimePlot:
    """A plot over the rounds of a result, from 0 up.

    Attributes
    ----------
    picture
        What it is drawn on.
    rounds
        The number of the last round.
    highest
        The value at its upper edge.
    right
        Room for labels to its right, in pixels.
    """

    picture: Svg
    rounds: int
    highest: float
    right: float

    left = 46.0
    top = 12.0
    bottom = HEIGHT - 26.0

    def x(self, round_: float) -> float:
        """Return where a round is."""
        return self.left + (self.end - self.left) * round_ / self.rounds

    def y(self, value: float) -> float:
        """Return where a value is."""
        return self.bottom - (self.bottom - self.top) * value / self.highest

    @property
    def end(self) -> float:
        """Where the last round is."""
        return self.picture.width - self.right

    def draw_axes(self, dates: "pd.Series[pd.Timestamp]") -> None:
        """Draw a grid, values and dates."""
        for value in MaxNLocator(6, integer=True).tick_values(0, self.highest):
            if value <= self.highest:
                at = self.y(value)
                self.picture.rule((self.left, at), (self.end, at), style.GRID)
                self.picture.text(self.left - 6, at, f"{value:,.0f}", text_anchor="end")
        shape = "%-d %b" if (dates.iloc[-1] - dates.iloc[0]).days < 120 else "%b %Y"
        for round_ in np.unique(np.linspace(0, self.rounds, 4).round().astype(int)).tolist():
            at = self.x(round_)
            self.picture.text(at, self.bottom + 16, f"{dates.iloc[round_]:{shape}}", text_anchor="middle")

    def draw_cursor(self) -> None:
        """Draw the line that shows the round which is played."""
        self.picture.rule(
            (self.end, self.top),
            (self.end, self.bottom),
            style.VERMILION,
            class_="cursor",
            stroke_width=2,
            data_left=self.left,
            data_right=self.end,
        )

    def area(self, low: Sequence[float], high: Sequence[float], **attributes: Any) -> None:
        """Fill what lies between two lines."""
        d = f"{self._path(low)}L{self._path(high, backwards=True)[1:]}Z"
        self.picture.add("path", d=d, **attributes)

    def line(self, values: Sequence[float], colour: str, **attributes: Any) -> None:
        """Draw a line."""
        self.picture.add("path", d=self._path(values), fill="none", stroke=colour, **attributes)

    def ghost(self, values: Sequence[float], name: str) -> None:
        """Draw a line of the pinned setting."""
        self.line(values, GHOST, class_=f"pinned {name}", stroke_width=2.5)

    def name_ends(self, ends: Sequence[End], gap: float) -> None:
        """Write what lines end as to their right, so many pixels apart at least."""
        values = [end.value for end in ends]
        for end, at in zip(ends, apart(values, gap / HEIGHT * self.highest, 0.0, self.highest), strict=True):
            self.picture.text(self.end + 7, self.y(at), end.words, **end.look)

    def _path(self, values: Sequence[float], *, backwards: bool = False) -> str:
        points = [f"{self.x(round_):.1f} {self.y(value):.1f}" for round_, value in enumerate(values)]
        return "M" + "L".join(reversed(points) if backwards else points)
