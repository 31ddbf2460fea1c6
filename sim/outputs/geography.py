"""Maps on paper: an equal-area projection, and where labels fit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

from sim.declarations.arrays import Floats
from sim.inputs.map_file import Map, Polygon

EARTH_RADIUS = 6371.0
"""In kilometres."""

MARGIN = 0.02
"""Share of the map's width that stays free around the nations."""

TALLEST = 1.1
"""Height of a map, at most, as a multiple of its width; a taller one is given room beside it."""

CELLS = 6
"""Into how many cells the shorter side of a label is cut to find out where it fits."""


class Frame(NamedTuple):
    """What of the plane is shown, in kilometres."""

    left: float
    right: float
    bottom: float
    top: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From bottom to top."""
        return self.top - self.bottom


@dataclass(frozen=True, eq=False)
class Chart:
    """Outlines in the plane, in kilometres.

    Attributes
    ----------
    outlines
        Polygons by ISO code.
    frame
        Holds all nations of the roster that are on the map.
    """

    outlines: dict[str, tuple[Polygon, ...]]
    frame: Frame


def chart_of(map_: Map, nations: Iterable[str]) -> Chart | None:
    """Project a map around nations; None if it shows none of them."""
    shown = [code for code in nations if code in map_.outlines]
    if not shown:
        return None
    centre = centre_of([np.concatenate([part[0] for part in map_.outlines[code]]) for code in shown])
    outlines = {
        code: tuple(tuple(project(ring, centre) for ring in polygon) for polygon in polygons)
        for code, polygons in map_.outlines.items()
    }
    points = np.concatenate([polygon[0] for code in shown for polygon in outlines[code]])
    (left, bottom), (right, top) = points.min(axis=0), points.max(axis=0)
    room = MARGIN * (right - left)
    beside = room + max((top - bottom) / TALLEST - (right - left), 0.0) / 2
    return Chart(outlines, Frame(left - beside, right + beside, bottom - room, top + room))


def project(places: Floats, centre: tuple[float, float]) -> Floats:
    """Return places in the plane by Lambert's azimuthal equal-area projection (Snyder 1987, p. 185).

    Parameters
    ----------
    places
        Longitudes and latitudes in degrees, shape (points, 2).
    centre
        Longitude and latitude of the point that keeps its shape.

    Returns
    -------
    Floats
        Kilometres east and north of the centre, same shape; the earth is taken as a sphere.
    """
    east, north = np.radians(places - np.array([centre[0], 0.0])).T
    middle = np.radians(centre[1])
    across = np.cos(north) * np.sin(east)
    up = np.cos(middle) * np.sin(north) - np.sin(middle) * np.cos(north) * np.cos(east)
    nearness = np.sin(middle) * np.sin(north) + np.cos(middle) * np.cos(north) * np.cos(east)
    scale = EARTH_RADIUS * np.sqrt(2.0 / np.maximum(1.0 + nearness, 1e-9))
    return np.asarray(np.column_stack([across, up]) * scale[:, np.newaxis])


def centre_of(outlines: Sequence[Floats]) -> tuple[float, float]:
    """Return longitude and latitude of the middle of some outlines, each counting alike."""
    vectors = []
    for outline in outlines:
        east, north = np.radians(outline).T
        on_sphere = [np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)]
        vectors.append(np.mean(on_sphere, axis=1))
    x, y, z = np.mean(vectors, axis=0).tolist()
    return float(np.degrees(np.arctan2(y, x))), float(np.degrees(np.arctan2(z, np.hypot(x, y))))


def simplified(polygons: Sequence[Polygon], tolerance: float) -> list[Polygon]:
    """Return polygons with fewer points, no line moved by more than so many kilometres, about.

    Rings of which too little remains are left out, but for the largest.
    """
    thin = [tuple(_simplified(ring, tolerance) for ring in polygon) for polygon in polygons]
    whole = [tuple(ring for ring in polygon if len(ring) > 3) for polygon in thin if len(polygon[0]) > 3]
    return whole or [largest(polygons)]


def _simplified(ring: Floats, tolerance: float) -> Floats:

    path = Path(ring)
    path.should_simplify, path.simplify_threshold = True, tolerance
    clean = path.cleaned(simplify=True)
    points = np.asarray(clean.vertices)[clean.codes != Path.STOP]
    return points if np.array_equal(points[0], points[-1]) else np.concatenate([points, points[:1]])


def path_of(polygons: Sequence[Polygon]) -> Path:
    """Return polygons as one path; holes stay open whichever way their rings turn."""
    rings = [_turned(ring, left=not number) for polygon in polygons for number, ring in enumerate(polygon)]
    return Path.make_compound_path(*(Path(ring, closed=True) for ring in rings))


def _turned(ring: Floats, *, left: bool) -> Floats:
    """Return a ring that turns left or right."""
    return ring if (_area(ring) > 0) == left else ring[::-1]


def _area(ring: Floats) -> float:
    """Return the area of a ring, negative if it turns right."""
    x, y = ring.T
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2)


def largest(polygons: Sequence[Polygon]) -> Polygon:
    """Return the polygon of the largest area."""
    return max(polygons, key=lambda polygon: abs(_area(polygon[0])))


def place_of_box(polygon: Polygon, frame: Frame, width: float, height: float) -> tuple[float, float] | None:
    """Return the centre of a box that lies within a polygon, as near its middle as can be; None if none does.

    Parameters
    ----------
    polygon, frame
        In kilometres; what of the polygon is shown.
    width, height
        Of the box, in kilometres.
    """
    step = min(width, height) / CELLS
    (left, bottom), (right, top) = (
        np.clip(corner, (frame.left, frame.bottom), (frame.right, frame.top))
        for corner in (polygon[0].min(axis=0), polygon[0].max(axis=0))
    )
    across, up = np.arange(left, right + step, step), np.arange(bottom, top + step, step)
    inside = _inside(polygon, across, up)
    wide, high = (int(np.ceil(side / step - 1e-9)) + 1 for side in (width, height))
    if inside.shape[0] < high or inside.shape[1] < wide or not inside.any():
        return None
    total = np.pad(inside.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    counts = total[high:, wide:] - total[:-high, wide:] - total[high:, :-wide] + total[:-high, :-wide]
    rows, columns = np.nonzero(counts == wide * high)
    if not rows.size:
        return None
    x, y = across[columns] + (wide - 1) * step / 2, up[rows] + (high - 1) * step / 2
    cells = np.nonzero(inside)
    nearest = np.argmin((x - across[cells[1]].mean()) ** 2 + (y - up[cells[0]].mean()) ** 2)
    return float(x[nearest]), float(y[nearest])


def _inside(polygon: Polygon, across: Floats, up: Floats) -> NDArray[np.bool_]:
    """Return which points of a grid lie within a polygon, shape (up, across)."""
    grid = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    outer, *holes = (np.asarray(Path(ring).contains_points(grid)) for ring in polygon)
    for hole in holes:
        outer &= ~hole
    return outer.reshape(len(up), len(across))
