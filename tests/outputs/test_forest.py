"""Forests: rows from the top, dots where values are, lines from bound to bound, headings without either."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from sim.outputs import style
from sim.outputs.forest import Estimate, ForestRow, forest
from sim.outputs.labels import name_ends
from sim.outputs.panels import Panels

ROWS: list[ForestRow | str] = [
    "against persistence",
    ForestRow("as recorded", Estimate(-0.2, -0.3, -0.1), style.BLUE, "-0.20 [-0.30 to -0.10]"),
    ForestRow("otherwise", Estimate(0.1, -0.4, 0.6), style.MUTED, "0.10 [-0.40 to +0.60]"),
]


@pytest.fixture
def axes() -> Axes:
    return Figure().add_axes((0.2, 0.2, 0.6, 0.6))


def lines(axes: Axes, marker: str) -> list[np.ndarray]:
    """Return the points of level lines that have such a marker, shape (2, points)."""
    drawn = [
        np.asarray(line.get_data(), dtype=np.float64) for line in axes.lines if line.get_marker() == marker
    ]
    return [points for points in drawn if np.ptp(points[1]) == 0]


def texts(axes: Axes) -> list[Any]:
    """Return what is written beside the rows or lines."""
    return list(axes.texts)


def test_a_row_is_a_line_from_bound_to_bound_and_a_dot_at_the_value(axes: Axes) -> None:
    forest(axes, ROWS)
    assert [points.tolist() for points in lines(axes, "None")] == [
        [[-0.3, -0.1], [1, 1]],
        [[-0.4, 0.6], [2, 2]],
    ]
    assert [points.tolist() for points in lines(axes, "o")] == [[[-0.2], [1]], [[0.1], [2]]]


def test_the_first_row_is_on_top_and_a_heading_is_bold(axes: Axes) -> None:
    forest(axes, ROWS)
    labels = axes.get_yticklabels()
    assert [label.get_text() for label in labels] == ["against persistence", "as recorded", "otherwise"]
    assert [label.get_fontweight() for label in labels] == ["bold", "normal", "normal"]
    assert axes.yaxis_inverted()


def test_only_what_may_be_either_is_hollow(axes: Axes) -> None:
    forest(axes, ROWS)
    fillings = [to_hex(line.get_markerfacecolor()) for line in axes.lines if line.get_marker() == "o"]
    assert fillings == [style.BLUE.lower(), to_hex("white")]


def test_numbers_stand_beside_their_rows_in_their_colours(axes: Axes) -> None:
    forest(axes, ROWS)
    assert [(text.xy[1], text.get_text(), text.get_color()) for text in texts(axes)] == [
        (1, "-0.20 [-0.30 to -0.10]", style.BLUE),
        (2, "0.10 [-0.40 to +0.60]", style.MUTED),
    ]


def test_the_reference_is_seen_even_where_no_interval_reaches_it(axes: Axes) -> None:
    forest(axes, ROWS[:2], reference=0.0)
    left, right = axes.get_xlim()
    assert left < -0.3
    assert right >= 0.0


def test_names_of_lines_that_end_alike_are_apart(axes: Axes) -> None:
    axes.set_ylim(0, 50)
    name_ends(axes, [(20.0, "one", style.BLUE), (20.0, "other", style.INK), (21.0, "third", style.SKY)], 0.1)
    heights = [text.xy[1] for text in texts(axes)]
    assert [text.get_text() for text in texts(axes)] == ["one", "other", "third"]
    assert all(later - sooner == pytest.approx(5.0) for sooner, later in pairwise(heights))


def test_panels_fill_their_area_line_by_line_below_what_stands_above() -> None:
    panels = Panels(3, 2, height=2.0, gap=0.5, above=0.5)
    area = Figure(figsize=(1, 1)).add_axes((0, 0, 1, 1))
    placed = [(column, axes.get_position().bounds) for column, axes in panels.axes(area, 0.8)]
    assert panels.plot == 5.0
    assert [column for column, _ in placed] == [0, 1, 0]
    expected = [(0.0, 0.5, 0.4, 0.4), (0.5, 0.5, 0.4, 0.4), (0.0, 0.0, 0.4, 0.4)]
    assert [bounds for _, bounds in placed] == [pytest.approx(each, abs=1e-9) for each in expected]
