"""What the figures of a sweep have in common: measures, axes over factors, page and caption."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from matplotlib.patheffects import AbstractPathEffect, withStroke
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from sim.declarations.arrays import Floats
from sim.experiments.statistics import Interval
from sim.experiments.sweep.result import SweepResult
from sim.inputs.factors import Factor, FactorLevel
from sim.outputs import style
from sim.outputs.words import counted, thousands

LEFT, RIGHT = 0.62, 0.1
"""Of the area for panels, in inches."""

ACROSS = style.WIDTH - LEFT - RIGHT
"""Width of that area, in inches."""

LABEL = 8
CONTOUR = "contour"
"""What the labels of contours are called in a figure."""

MOST_NAMED = 12
"""Levels that are labelled on an axis where some have names; of more, only those."""


class OutcomeStyle(NamedTuple):
    """How an outcome is shown."""

    outcome: str
    title: str
    unit: str
    factor: float
    decimals: int
    contours: tuple[float, ...]

    def limits(self, values: Floats) -> tuple[float, float]:
        """Return where the scale of colours begins and ends, in the unit shown."""
        return float(values.min()) * self.factor, max(float(values.max()), 1e-9) * self.factor


SHARES = (10.0, 50.0, 90.0)
MEASURES = (
    OutcomeStyle("size", "size", "committed nations", 1.0, 1, tuple(range(2, 60, 2))),
    OutcomeStyle("contributors", "contributors", "nations", 1.0, 1, tuple(range(2, 60, 2))),
    OutcomeStyle("force", "force", "thousand soldiers", 1e-3, 1, tuple(range(5, 500, 5))),
    OutcomeStyle("p_force_met", "P(pledged ≥ required)", "% of runs", 100.0, 1, (5.0, *SHARES, 95.0)),
)
COMMITTED = OutcomeStyle("p_committed", "P(committed)", "% of runs", 100.0, 1, SHARES)


def outcome_of(result: SweepResult, outcome: str) -> Interval:
    """Return an outcome of the coalition, point by point."""
    rows = result.points[result.points["outcome"] == outcome]
    return Interval(*(rows[name].to_numpy(dtype=np.float64) for name in ("estimate", "low", "high")))


def nations_of(result: SweepResult) -> dict[str, Interval]:
    """Return P(committed) of every nation, point by point."""
    shape = (len(result.values), -1)
    columns = [result.nations[name].to_numpy().reshape(shape) for name in ("estimate", "low", "high")]
    codes = result.about.iso3
    return {code: Interval(*(column[:, place] for column in columns)) for place, code in enumerate(codes)}


@dataclass(frozen=True)
class FactorAxis:
    """An axis along a factor: numbers where they are, words side by side."""

    factor: Factor
    levels: tuple[FactorLevel, ...]

    @classmethod
    def rising(cls, factor: Factor) -> "FactorAxis":
        """Return the axis along the levels of a factor: numbers from the least, words as they stand."""
        return cls(factor, factor.extremes if factor.values is not None else factor.levels)

    @property
    def order(self) -> list[int]:
        """Where each level stands among those of the factor."""
        return [self.factor.levels.index(level) for level in self.levels]

    @property
    def is_words(self) -> bool:
        """Whether some of the levels are words."""
        return any(isinstance(level, str) for level in self.levels)

    @property
    def is_log(self) -> bool:
        """Whether it is drawn on a log scale."""
        return self.factor.scale == "log" and not self.is_words

    @property
    def places(self) -> Floats:
        """Where each level stands."""
        return np.array(range(len(self.levels)) if self.is_words else self.levels, dtype=np.float64)

    @property
    def edges(self) -> Floats:
        """Where one level's cell ends and the next begins, the outermost levels in the middle of theirs."""
        places = np.log(self.places) if self.is_log else self.places
        if len(places) == 1:
            return np.asarray(places[0] + np.array([-0.5, 0.5]))
        inner = (places[1:] + places[:-1]) / 2
        edges = np.concatenate([[2 * places[0] - inner[0]], inner, [2 * places[-1] - inner[-1]]])
        return np.asarray(np.exp(edges) if self.is_log else edges)

    def place_of(self, value: Any) -> float | None:
        """Return where a value stands, or None if it lies beyond the levels."""
        if self.is_words:
            return float(self.levels.index(value)) if value in self.levels else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value) if self.places.min() <= value <= self.places.max() else None

    def label(self, axis: Any, ticks: int = 6) -> None:
        """Label a matplotlib axis, with so many ticks at most."""
        if self.is_words:
            axis.set_ticks(range(len(self.levels)), [str(level) for level in self.levels])
            return
        if self.factor.names:
            levels = sorted(set(self.levels) if len(set(self.levels)) <= MOST_NAMED else self.factor.names)
            axis.set_ticks(levels, [self.factor.shown(level) for level in levels])
            return
        if self.is_log:
            axis.axes.set(**{f"{axis.axis_name}scale": "log"})
            wide = self.places.max() > 10 * self.places.min()
            dense = (1.0, 3.0) if wide else (1.0, 2.0, 5.0)
            axis.set_major_locator(LogLocator(subs=dense if ticks > 3 else (1.0,)))
            axis.set_minor_formatter(NullFormatter())
        else:
            axis.set_major_locator(MaxNLocator(ticks - 1, steps=[1, 2.5, 5, 10] if ticks > 3 else [1, 5, 10]))
        axis.set_major_formatter(lambda value, _: f"{value:,.6g}")


@dataclass(frozen=True)
class Ground:
    """A grid of two factors, or of three: then a layer for each value of the third.

    The first factor is the horizontal axis, the second the vertical one.
    """

    x: FactorAxis
    y: FactorAxis
    third: Factor | None
    layers: tuple[tuple[FactorLevel, ...], ...]

    @classmethod
    def of(cls, result: SweepResult) -> "Ground":
        """Return the ground that a grid of two or three factors covers."""
        first, second, *more = result.factors
        layers = tuple((level,) for level in more[0].levels) if more else ((),)
        return cls(FactorAxis.rising(first), FactorAxis.rising(second), more[0] if more else None, layers)

    def surface(self, values: Floats, layer: int) -> Floats:
        """Return the values of a layer as an array [vertical, horizontal]."""
        shape = (len(self.x.levels), len(self.y.levels), len(self.layers))
        return values.reshape(shape)[:, :, layer][np.ix_(self.x.order, self.y.order)].T

    def layer_name(self, layer: int) -> str:
        """Return the level of the third factor on a layer; nothing if there is but one layer."""
        return ", ".join(self.third.shown(level) for level in self.layers[layer]) if self.third else ""


def draw_surface(
    axes: Axes,
    ground: Ground,
    values: Floats,
    measure: OutcomeStyle,
    limits: tuple[float, float],
    *,
    small: bool = False,
) -> QuadMesh:
    """Draw a surface as colours with contour lines; a small panel has no numbers on them and fewer ticks."""
    image = axes.pcolormesh(
        ground.x.edges,
        ground.y.edges,
        values,
        cmap=style.SHARE_MAP,
        vmin=limits[0],
        vmax=limits[1],
        rasterized=True,
    )
    ground.x.label(axes.xaxis, 3 if small else 6)
    ground.y.label(axes.yaxis, 3 if small else 6)
    axes.tick_params(labelsize=7)
    levels = _contours(values, measure)
    if levels and min(values.shape) > 1 and not (ground.x.is_words or ground.y.is_words):
        lines = axes.contour(
            ground.x.places, ground.y.places, values, levels=levels, colors=style.INK, linewidths=0.7
        )
        if not small:
            halo: list[AbstractPathEffect] = [withStroke(linewidth=1.5, foreground="white")]
            for label in axes.clabel(lines, fontsize=7, fmt="%g"):
                label.set(path_effects=halo, gid=CONTOUR)
    return image


def _contours(values: Floats, measure: OutcomeStyle) -> list[float]:
    """Return the contours that a surface crosses, six at most."""
    crossed = [level for level in measure.contours if values.min() < level < values.max()]
    return crossed[:: -(-len(crossed) // 6)] if crossed else []


def draw_line(
    axes: Axes, result: SweepResult, interval: Interval, measure: OutcomeStyle, *, small: bool = False
) -> None:
    """Draw an outcome along the only factor, with its 95 % band; a small panel has fewer ticks."""
    factor = result.factors[0]
    column = result.values[factor.path]
    levels = tuple(column.tolist())
    scale = FactorAxis(factor, levels)
    order = np.argsort(scale.places, kind="stable")
    x = scale.places[order]
    low, middle, high = (
        np.asarray(part)[order] * measure.factor for part in (interval.low, interval.estimate, interval.high)
    )
    axes.fill_between(x, np.maximum(low, 0), high, color=style.SKY, alpha=0.5, lw=0)
    axes.plot(x, middle, color=style.BLUE, lw=1.5, marker="" if small or len(x) > 30 else "o", ms=2.5)
    scale.label(axes.xaxis, 3 if small else 6)
    axes.tick_params(labelsize=7)
    axes.grid(color=style.GRID, lw=0.6)
    axes.set_ylim(bottom=0)


def axis_name(factor: Factor, room: float) -> str:
    """Return what an axis of so many inches is called: the factor's name, of a long one what fits."""
    short, _, _ = factor.name.partition(" (")
    name = factor.name if style.text_width(factor.name, LABEL) <= room else short
    return style.wrapped(name, room, LABEL, max_lines=1)[0]


def whole_names(axes: Mapping[str, tuple[Factor, float]]) -> list[str]:
    """Return a note with the names that axes cut, by which way these run; of each its factor and length."""
    cut = [(way, factor) for way, (factor, room) in axes.items() if axis_name(factor, room) != factor.name]
    return [" ".join(f"{way}: {factor.name}." for way, factor in cut)] if cut else []


def page(
    result: SweepResult, title: str, notes: list[str], *, plot: float, below: float = 0.55
) -> tuple[Figure, Axes]:
    """Return a figure with the caption of a sweep, and an area for its panels."""
    notes = [*notes, *caption(result)]
    return style.page(title, notes, plot=plot, left=LEFT, right=RIGHT, below=below)


def caption(result: SweepResult) -> list[str]:
    """Return how many runs a figure rests on, and where its data come from."""
    about = result.about
    runs = (
        f"{counted(result.sweep.runs, 'run')} at each of {counted(about.points, 'point')}, the same runs "
        f"at all of them; seed {result.sweep.seed}."
    )
    source = (
        f"After {counted(about.rounds, 'round')} of {counted(about.days_per_round, 'day')}. "
        f"Base scenario: {about.title}. Data: {about.roster}."
    )
    return [runs, source]


def half_widths(intervals: dict[str, tuple[Interval, OutcomeStyle]]) -> str:
    """Return how sure values are that are drawn as colours, without bands: their widest intervals."""
    widest = [
        f"{title} {thousands(float((one.high - one.low).max()) / 2 * measure.factor, 2)} {measure.unit}"
        for title, (one, measure) in intervals.items()
    ]
    return f"Half-widths of the 95 % intervals, at most: {'; '.join(widest)}."
