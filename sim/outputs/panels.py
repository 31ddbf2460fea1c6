"""Panels of a figure, beside and below each other."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from matplotlib.axes import Axes


@dataclass(frozen=True)
class Panels:
    """A grid of panels of one size, filled line by line.

    Parameters
    ----------
    number
        How many there are.
    columns
        How many stand beside each other at most.
    height
        Of a panel, in inches.
    gap
        Between two lines of panels, in inches: room for titles and the labels of axes.
    above
        Above the first line, in inches.
    """

    number: int
    columns: int
    height: float
    gap: float
    above: float = 0.0

    @property
    def plot(self) -> float:
        """Height of all panels together, in inches."""
        lines = max(math.ceil(self.number / self.columns), 1)
        return self.above + lines * self.height + (lines - 1) * self.gap

    def axes(self, area: Axes, share: float) -> Iterator[tuple[int, Axes]]:
        """Yield the column and the axes of each panel.

        Parameters
        ----------
        area
            What they are drawn in, `plot` inches high.
        share
            Share of the width of a column that a panel takes.
        """
        area.set_axis_off()
        width, height = share / self.columns, self.height / self.plot
        for number in range(self.number):
            line, column = divmod(number, self.columns)
            bottom = 1 - (self.above + line * (self.height + self.gap)) / self.plot - height
            yield column, area.inset_axes((column / self.columns, bottom, width, height))
