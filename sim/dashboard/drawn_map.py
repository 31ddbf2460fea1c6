"""The map as the page draws it: outlines as SVG paths, in kilometres, and where codes fit into them."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from sim.inputs.map_file import Polygon, read_map
from sim.outputs.geography import Chart, chart_of, largest, place_of_box, simplified

ACROSS = 560
"""Pixels that the map is wide, about."""

TOLERANCE = 0.5
"""How far outlines may be off, in pixels."""

LABEL = (26, 12)
"""Room that a code takes, in pixels."""


def drawn_map(file: Path | None, codes: Sequence[str]) -> dict[str, Any] | None:
    """Return the map of a roster, ready to be drawn; None where it has none, or none of the nations is on it.

    Keys: `box`, the view box; `source`; `countries`, each with `code`, `name`, `path`, and where its code
    fits, `at`, the south pointing down.

    Raises
    ------
    InputError
        If the map cannot be read.
    """
    if file is None:
        return None
    modified = file.stat().st_mtime_ns if file.exists() else 0
    return _drawn(file, modified, tuple(codes))


@lru_cache(maxsize=4)
def _drawn(file: Path, modified: int, codes: tuple[str, ...]) -> dict[str, Any] | None:  # noqa: ARG001 - the key
    outlines = read_map(file)
    chart = chart_of(outlines, codes)
    if chart is None:
        return None
    frame, scale = chart.frame, chart.frame.width / ACROSS
    return {
        "box": [round(frame.left), round(-frame.top), round(frame.width), round(frame.height)],
        "source": outlines.source,
        "countries": [
            {
                "code": code,
                "name": outlines.names.get(code, code),
                "path": _path(simplified(polygons, TOLERANCE * scale)),
                "at": _label_place(chart, code, scale) if code in codes else None,
            }
            for code, polygons in chart.outlines.items()
        ],
    }


def _path(polygons: Sequence[Polygon]) -> str:
    """Return polygons as one path of SVG; holes are left open by its rule `evenodd`."""
    rings = (np.rint(ring * (1, -1)).astype(int)[:-1].tolist() for polygon in polygons for ring in polygon)
    return "".join("M" + "L".join(f"{x} {y}" for x, y in ring) + "Z" for ring in rings)


def _label_place(chart: Chart, code: str, scale: float) -> list[int] | None:
    width, height = (side * scale for side in LABEL)
    place = place_of_box(largest(chart.outlines[code]), chart.frame, width, height)
    return None if place is None else [round(place[0]), round(-place[1])]
