"""The map on paper: areas stay true, labels lie within outlines."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.inputs.bundled import scenarios_folder
from sim.inputs.map_file import read_map
from sim.outputs.geography import (
    EARTH_RADIUS,
    Frame,
    centre_of,
    chart_of,
    largest,
    path_of,
    place_of_box,
    project,
    simplified,
)

EVERYWHERE = Frame(-1e4, 1e4, -1e4, 1e4)


def area(ring: np.ndarray) -> float:
    x, y = ring.T
    return abs(float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2))


def cell(west: float, south: float, size: float) -> np.ndarray:
    """The outline of a cell of the grid of longitudes and latitudes, with many points a side."""
    along = np.linspace(0.0, size, 200)
    sides = [
        np.column_stack([west + along, np.full(200, south)]),
        np.column_stack([np.full(200, west + size), south + along]),
        np.column_stack([west + size - along, np.full(200, south + size)]),
        np.column_stack([np.full(200, west), south + size - along]),
    ]
    return np.concatenate(sides)


@pytest.mark.parametrize("centre", [(0.0, 0.0), (10.0, 52.0), (-150.0, -30.0)])
@given(west=st.floats(-170, 160), south=st.floats(-80, 70))
def test_areas_are_those_on_the_sphere(centre: tuple[float, float], west: float, south: float) -> None:
    size = 10.0
    opposite = math.cos(math.radians(90 - abs(south))) if abs(abs(west - centre[0]) - 180) < 20 else 0.0
    if opposite > 0.2:  # near the other side of the earth, shapes are torn
        return
    bounds = np.radians([south, south + size])
    on_sphere = EARTH_RADIUS**2 * math.radians(size) * float(np.diff(np.sin(bounds))[0])
    assert area(project(cell(west, south, size), centre)) == pytest.approx(on_sphere, rel=2e-3)


def test_the_projection_gives_the_numbers_of_snyder() -> None:
    # Snyder 1987, p. 332: R = 3, centre 40 N 100 W, the point 20 S 100 E.
    x, y = project(np.array([[100.0, -20.0]]), (-100.0, 40.0))[0] * 3.0 / EARTH_RADIUS
    assert (x, y) == pytest.approx((-4.2339303, 4.0257775), abs=1e-7)


def test_the_centre_lies_in_the_middle_even_across_the_date_line() -> None:
    outlines = [cell(170, -5, 10), cell(180, -5, 10)]
    east, north = centre_of(outlines)
    assert abs(east) == pytest.approx(180, abs=0.5)
    assert north == pytest.approx(0, abs=0.5)


SQUARE = np.array([[0.0, 0], [100, 0], [100, 100], [0, 100], [0, 0]])
HOLE = np.array([[20.0, 20], [80, 20], [80, 80], [20, 80], [20, 20]])


def test_a_box_that_fits_lies_in_the_middle() -> None:
    assert place_of_box((SQUARE,), EVERYWHERE, 60, 30) == pytest.approx((50, 50), abs=5)


@pytest.mark.parametrize(("width", "height"), [(120, 10), (10, 120), (104, 104)])
def test_a_box_that_does_not_fit_has_no_place(width: float, height: float) -> None:
    assert place_of_box((SQUARE,), EVERYWHERE, width, height) is None


def test_a_box_avoids_a_hole_and_what_is_not_shown() -> None:
    assert place_of_box((SQUARE, HOLE), EVERYWHERE, 40, 40) is None
    x, y = place_of_box((SQUARE, HOLE), EVERYWHERE, 40, 10)
    assert y <= 15 or y >= 85
    x, y = place_of_box((SQUARE,), Frame(50, 300, 0, 300), 40, 40)
    assert x >= 70


def test_a_hole_is_no_part_of_a_path_whichever_way_it_turns() -> None:
    for hole in (HOLE, HOLE[::-1]):
        path = path_of([(SQUARE, hole)])
        # Filled by winding number, as PDF, SVG and Agg do.
        turns = [area(part) for part in (SQUARE, hole)]
        assert turns == [10_000, 3_600]
        first, second = path.vertices[:5], path.vertices[5:10]
        assert signed(first) > 0 > signed(second)


def signed(ring: np.ndarray) -> float:
    x, y = ring.T
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())


def test_simpler_outlines_have_fewer_points_and_nearly_the_same_area() -> None:
    angles = np.linspace(0, 2 * np.pi, 2001)
    circle = np.column_stack([np.cos(angles), np.sin(angles)]) * 100
    ((simple,),) = simplified([(circle,)], 1.0)
    assert len(simple) < 200
    assert area(simple) == pytest.approx(area(circle), rel=0.02)
    assert np.array_equal(simple[0], simple[-1])


def test_what_is_too_small_to_simplify_stays_as_it_is() -> None:
    tiny = np.array([[0.0, 0], [0.1, 0], [0.1, 0.1], [0, 0]])
    assert simplified([(tiny,)], 50.0) == [(tiny,)]


def test_the_chart_holds_the_nations_and_knows_the_largest_part() -> None:
    europe = read_map(scenarios_folder() / "rosters" / "europe-2025" / "europe.geojson")
    chart = chart_of(europe, ["FRA", "GRC", "CAN"])
    assert chart is not None
    for code in ("FRA", "GRC"):
        for polygon in chart.outlines[code]:
            assert polygon[0][:, 0].min() > chart.frame.left
            assert polygon[0][:, 0].max() < chart.frame.right
            assert polygon[0][:, 1].min() > chart.frame.bottom
            assert polygon[0][:, 1].max() < chart.frame.top
    # Mainland France: 543,940 km2 (IGN), on outlines that are a few kilometres off.
    assert area(largest(chart.outlines["FRA"])[0]) == pytest.approx(543_940, rel=0.02)
    assert chart_of(europe, ["CAN"]) is None
