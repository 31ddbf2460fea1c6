"""Who is in, on a map."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure
from matplotlib.patches import Patch, PathPatch, Rectangle
from matplotlib.text import Text

from sim.declarations.arrays import Floats
from sim.experiments.results import RunTables
from sim.inputs.errors import InputError
from sim.outputs import style
from sim.outputs.figures.joining import committed_shares
from sim.outputs.figures.timeline import source_note
from sim.outputs.geography import Chart, chart_of, largest, path_of, place_of_box, simplified
from sim.outputs.words import date_words, percent

MAP_WIDTH, LIST_WIDTH, TILE_ROW, TILE = 5.8, 1.9, 0.17, 0.12
"""Of the map, of the list beside it, of a row of that and of a coloured tile in it, in inches."""

LABEL, CONTEXT_LABEL, LINE, CLEAR = 7, 6, 1.15 / 72, 0.01
"""Size of labels, in points; height of a line, in inches a point; inches to outlines beside a label."""

CONTEXT = "#EBEBEB"
DARK = 0.55
"""Shares from which labels on their colour are white."""

PANELS, COLUMNS, PANEL_WIDTH, CODE_WIDTH = 6, 3, 2.5, 0.42
"""Small maps and how many stand beside each other; width of one, and of a code below it, in inches."""

TOLERANCE = 1 / 120
"""How far outlines may be off, in inches."""


class Label(NamedTuple):
    """A text that tells a nation's share: what it says before it, whether it stands on its colour."""

    text: Text
    before: str
    tells_share: bool
    on_colour: bool


@dataclass
class ShadedMap:
    """What of a map changes with the shares it shows: what takes nations' colours, and their labels."""

    patches: list[tuple[str, Patch]] = field(default_factory=list)
    labels: list[tuple[str, Label]] = field(default_factory=list)

    def show(self, codes: Sequence[str], shares: Floats) -> None:
        """Colour nations by shares of the runs, and write these where there are labels."""
        share_of = dict(zip(codes, shares.tolist(), strict=True))
        colours = colormaps[style.SHARE_MAP]
        for code, patch in self.patches:
            patch.set_facecolor(colours(share_of[code]))
        for code, label in self.labels:
            share = share_of[code]
            label.text.set_text(f"{label.before}{percent(share) if label.tells_share else ''}")
            label.text.set_color("white" if label.on_colour and share > DARK else style.INK)


def committed_map(result: RunTables) -> Figure:
    """Draw P(committed) at the end on a map; nations without room on it stand in a list beside it.

    Raises
    ------
    InputError
        If the roster has no map, or the map shows none of its nations.
    """
    with style.figure_style():
        figure, picture = map_page(result, f"Who is in at the end – {result.about.title}")
        picture.show(list(result.summary.index), committed_shares(result)[:, -1])
    return figure


def map_page(result: RunTables, title: str) -> tuple[Figure, ShadedMap]:
    """Return a page with a map on which nothing is shown yet, see `committed_map`."""
    chart = check_map(result)
    by_share = result.summary.sort_values(["p_committed", "name"], ascending=[False, True])
    names = {str(code): str(name) for code, name in by_share["name"].items()}
    scale = chart.frame.width / MAP_WIDTH
    places = {code: _label_place(chart, code, name, scale) for code, name in names.items()}
    lists = {
        "not on the map": [code for code in names if code not in chart.outlines],
        "too small for their numbers": [
            code for code in chart.outlines if code in names and not _tells_share(places[code])
        ],
    }
    for codes in lists.values():
        codes.sort(key=list(names).index)
    rows = sum(len(codes) + 2 for codes in lists.values() if codes)
    plot = max(chart.frame.height / scale, rows * TILE_ROW)
    figure, area = style.page(title, _key(result), plot=plot, left=0.1, right=0.1, below=0.65)
    area.set_axis_off()
    across = style.WIDTH - 0.2
    high = chart.frame.height / scale / plot
    axes = area.inset_axes((0.0, 1 - high, MAP_WIDTH / across, high))
    picture = ShadedMap(_draw_outlines(axes, chart, list(names), scale))
    _name_context(axes, chart, result, scale)
    for code, place in places.items():
        if place is not None:
            text = axes.text(*place.at, "", ha="center", va="center", fontsize=place.size, linespacing=1.15)
            picture.labels.append((code, Label(text, place.before, _tells_share(place), True)))
    beside = area.inset_axes((1 - LIST_WIDTH / across, 0.0, LIST_WIDTH / across, 1.0))
    _draw_lists(beside, lists, names, plot, picture)
    add_bar(figure, area, plot)
    return figure, picture


def committed_maps(result: RunTables) -> Figure:
    """Draw P(committed) on a small map for each of a few moments from start to end.

    Raises
    ------
    InputError
        As for `committed_map`.
    """
    chart, shares = check_map(result), committed_shares(result)
    codes = list(result.summary.index)
    moments = np.unique(np.linspace(0, len(result.rounds) - 1, PANELS).round().astype(int)).tolist()
    off_map = [code for code in codes if code not in chart.outlines]
    below = TILE_ROW * -(-len(off_map) // int(PANEL_WIDTH / CODE_WIDTH))
    high = PANEL_WIDTH * chart.frame.height / chart.frame.width
    lines = -(-len(moments) // COLUMNS)
    row = high + below + 0.3
    across, plot = style.WIDTH - 0.2, lines * row
    key = "Above each map: mean number of committed nations, in [ ] the range of 90 % of the runs."
    with style.figure_style():
        figure, area = style.page(
            f"Who is in when – {result.about.title}",
            [key, *_key(result)],
            plot=plot,
            left=0.1,
            right=0.1,
            below=0.65,
        )
        area.set_axis_off()
        for number, step in enumerate(moments):
            line, column = divmod(number, COLUMNS)
            left = column * (across - PANEL_WIDTH) / (COLUMNS - 1) / across
            bottom = 1 - (line * row + 0.2 + high) / plot
            axes = area.inset_axes((left, bottom, PANEL_WIDTH / across, high / plot))
            picture = ShadedMap(_draw_outlines(axes, chart, codes, chart.frame.width / PANEL_WIDTH))
            if off_map:
                tiles = area.inset_axes((left, bottom - below / plot, PANEL_WIDTH / across, below / plot))
                _draw_codes(tiles, off_map, below, picture)
            picture.show(codes, shares[:, step])
            axes.set_title(moment(result, step), fontsize=8, loc="left", pad=3)
        add_bar(figure, area, plot)
    return figure


def moment(result: RunTables, step: int) -> str:
    """Return the date of a round, and how many nations are committed then."""
    now = result.rounds.iloc[step]
    return f"{date_words(now.date)}: {now.size_mean:.1f} [{now.size_q05:.0f}-{now.size_q95:.0f}]"


def check_map(result: RunTables) -> Chart:
    """Return the chart of a result's map, which must show some of its nations.

    Raises
    ------
    InputError
        If there is no map, or it shows none of them.
    """
    if result.map is None:
        problem = 'its roster has no map; roster.toml may declare one: map = "outlines.geojson"'
        raise InputError(problem, key="map")
    chart = chart_of(result.map, result.summary.index)
    if chart is None:
        raise InputError("shows none of the roster's nations", file=result.map.file)
    return chart


def _key(result: RunTables) -> list[str]:
    """Return what a map shows, how sure it is, and where it comes from."""
    widths = result.nations["p_committed_high"] - result.nations["p_committed_low"]
    colours = (
        "Share of the runs in which the nation is committed; grey: no nation of the roster. 95 % intervals "
        f"of the shares: at most {widths.max() * 100:.1f} points wide."
    )
    source = f" Outlines: {result.map.source}." if result.map and result.map.source else ""
    return [colours, source_note(result), f"Lambert's azimuthal equal-area projection.{source}"]


def _draw_outlines(axes: Axes, chart: Chart, codes: Sequence[str], scale: float) -> list[tuple[str, Patch]]:
    """Draw all countries and return those of the nations; a scale is in kilometres an inch."""
    patches: list[tuple[str, Patch]] = []
    for code, polygons in chart.outlines.items():
        is_nation = code in codes
        edge, order = (style.MUTED, 2) if is_nation else ("white", 1)
        outline = path_of(simplified(polygons, TOLERANCE * scale))
        patch = PathPatch(outline, facecolor=CONTEXT, edgecolor=edge, lw=0.5, zorder=order)
        axes.add_patch(patch)
        if is_nation:
            patches.append((code, patch))
    frame = chart.frame
    axes.set(xlim=(frame.left, frame.right), ylim=(frame.bottom, frame.top))
    axes.set_axis_off()
    return patches


class OutlineLabel(NamedTuple):
    """What fits into a nation's outline, before its share if there is room for that, how large and where."""

    before: str
    size: float
    at: tuple[float, float]


def _tells_share(place: OutlineLabel | None) -> bool:
    return place is not None and place.before.endswith("\n")


def _label_place(chart: Chart, code: str, name: str, scale: float) -> OutlineLabel | None:
    """Return what fits into a nation's outline: name and share, code and share, the code, or nothing."""
    if code not in chart.outlines:
        return None
    country = largest(chart.outlines[code])
    for words, size in ((f"{name}\n", LABEL), (f"{code}\n", LABEL), (code, CONTEXT_LABEL)):
        first, *second = words.split("\n")
        lines = [first, percent(0.999)] if second else [first]
        width = max(style.text_width(line, size) for line in lines) + CLEAR
        place = place_of_box(country, chart.frame, width * scale, len(lines) * size * LINE * scale)
        if place is not None:
            return OutlineLabel(words, size, place)
    return None


def _name_context(axes: Axes, chart: Chart, result: RunTables, scale: float) -> None:
    """Write the names of other countries where they fit."""
    names = result.map.names if result.map else {}
    for code, polygons in chart.outlines.items():
        if code in result.summary.index or code not in names:
            continue
        width = style.text_width(names[code], CONTEXT_LABEL)
        high = CONTEXT_LABEL * LINE
        place = place_of_box(largest(polygons), chart.frame, width * scale, high * scale)
        if place is not None:
            axes.text(
                *place, names[code], ha="center", va="center", fontsize=CONTEXT_LABEL, color=style.MUTED
            )


def _draw_lists(
    axes: Axes, lists: dict[str, list[str]], names: dict[str, str], plot: float, picture: ShadedMap
) -> None:
    """List nations beside the map: a tile of their colour, name and share."""
    axes.set(xlim=(0, LIST_WIDTH), ylim=(plot, 0))
    axes.set_axis_off()
    at = TILE_ROW / 2
    for heading, codes in lists.items():
        if not codes:
            continue
        axes.text(0, at, heading, fontsize=LABEL, color=style.MUTED, va="center")
        for code in codes:
            at += TILE_ROW
            picture.patches.append((code, _tile(axes, 0.0, at)))
            name = style.wrapped(names[code], LIST_WIDTH - 0.9, LABEL, max_lines=1)[0]
            axes.text(TILE + 0.08, at, f"{name}, {code}", fontsize=LABEL, va="center")
            text = axes.text(LIST_WIDTH, at, "", fontsize=LABEL, va="center", ha="right")
            picture.labels.append((code, Label(text, "", True, False)))
        at += 2 * TILE_ROW


def _draw_codes(axes: Axes, codes: Sequence[str], height: float, picture: ShadedMap) -> None:
    """Draw tiles of nations that are not on a small map, with their codes, below it."""
    axes.set(xlim=(0, PANEL_WIDTH), ylim=(height, 0))
    axes.set_axis_off()
    columns = int(PANEL_WIDTH / CODE_WIDTH)
    for number, code in enumerate(codes):
        row, column = divmod(number, columns)
        left, middle = column * CODE_WIDTH, (row + 0.5) * TILE_ROW
        picture.patches.append((code, _tile(axes, left, middle)))
        axes.text(left + TILE + 0.04, middle, code, fontsize=CONTEXT_LABEL, va="center")


def _tile(axes: Axes, left: float, middle: float) -> Patch:
    """Draw a small square that takes a colour."""
    square = Rectangle((left, middle - TILE / 2), TILE, TILE, edgecolor=style.MUTED, lw=0.5)
    return axes.add_patch(square)


def add_bar(figure: Figure, area: Axes, plot: float) -> None:
    """Draw the scale of colours below a plot of so many inches."""
    scale = ScalarMappable(cmap=style.SHARE_MAP)
    bar = figure.colorbar(
        scale, cax=area.inset_axes((0.25, -0.3 / plot, 0.5, 0.09 / plot)), orientation="horizontal"
    )
    bar.set_label("share of runs in which the nation is committed", fontsize=8)
    bar.ax.xaxis.set_major_formatter(lambda value, _: f"{value * 100:.0f} %")
