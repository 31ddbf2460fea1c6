"""Maps: outlines of nations, read from GeoJSON (RFC 7946)."""

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, FailFast, Field

from sim.inputs.errors import InputError
from sim.inputs.indicators import FloatArray
from sim.inputs.text_file import read_text
from sim.inputs.toml_file import TomlPath, dotted
from sim.inputs.validation import ErrorAt, shown, validate

MAX_BYTES = 5_000_000

Polygon = tuple[FloatArray, ...]
"""Rings as arrays (points, 2) of longitude and latitude: the outer one, then the holes."""


@dataclass(frozen=True, eq=False)
class Map:
    """Outlines of countries in degrees.

    Attributes
    ----------
    file
        Where they were read from.
    source
        Where they come from; empty if the file does not say.
    outlines
        Polygons by ISO code, in the order of the file.
    names
        Names by ISO code, as far as the file gives them.
    """

    file: Path
    source: str
    outlines: Mapping[str, tuple[Polygon, ...]]
    names: Mapping[str, str]


class _Part(BaseModel):
    """A part of a GeoJSON file; what is not needed may be anything."""

    model_config = ConfigDict(frozen=True, strict=True)


def _without_altitude(position: Any) -> Any:
    return position[:2] if isinstance(position, list) else position


_Position = tuple[
    Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)],
    Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)],
]
_FIRST = FailFast()  # one mistake is reported, a million would not fit into memory
_Ring = Annotated[
    list[Annotated[_Position, Field(strict=False), BeforeValidator(_without_altitude)]],
    Field(min_length=4),
    _FIRST,
]
_Polygon = Annotated[list[_Ring], Field(min_length=1), _FIRST]


class _OnePolygon(_Part):
    coordinates: _Polygon

    @property
    def polygons(self) -> list[_Polygon]:
        return [self.coordinates]


class _Polygons(_Part):
    coordinates: Annotated[list[_Polygon], _FIRST]

    @property
    def polygons(self) -> list[_Polygon]:
        return self.coordinates


_SHAPES: dict[str, type[_OnePolygon] | type[_Polygons]] = {
    "Polygon": _OnePolygon,
    "MultiPolygon": _Polygons,
}


class _Feature(_Part):
    type: Literal["Feature"]
    properties: dict[str, Any] | None = None
    geometry: dict[str, Any] | None = None

    def text(self, name: str) -> str:
        """Return a property that is a text, else nothing."""
        value = (self.properties or {}).get(name)
        return value if isinstance(value, str) else ""

    def shape(self) -> str:
        """Return the type of its geometry, as a word."""
        return str((self.geometry or {}).get("type"))


class _Collection(_Part):
    type: Literal["FeatureCollection"]
    source: str = ""
    features: Annotated[list[_Feature], _FIRST]


def read_map(file: Path) -> Map:
    """Read outlines from a GeoJSON file: polygons with a property `iso3`, and perhaps `name`.

    The member `source` of the collection, if there is one, says where they come from. Other features, such
    as those without a code or a geometry, are left out, and altitudes are not looked at (RFC 7946).

    Raises
    ------
    InputError
        If the file cannot be read, is no GeoJSON, holds outlines of places that do not exist, or holds
        nothing that can be drawn.
    """

    def error_at(key_path: TomlPath, problem: str) -> InputError:
        return InputError(problem, file=file, key=dotted(key_path))

    collection = validate(_Collection, _content(file), error_at)
    outlines: dict[str, tuple[Polygon, ...]] = {}
    names: dict[str, str] = {}
    left_out: list[InputError] = []
    for number, feature in enumerate(collection.features):
        place = ("features", number)
        drawn = () if (why := _why_left_out(feature)) else _drawn(feature, place, error_at)
        if not drawn:
            left_out.append(error_at(place, why or "encloses no area"))
            continue
        code, name = feature.text("iso3"), feature.text("name")
        outlines[code] = outlines.get(code, ()) + drawn
        names |= {code: name} if name else {}
    _tell(left_out, nothing_else=not outlines)
    return Map(file, collection.source, outlines, names)


def _why_left_out(feature: _Feature) -> str:
    """Return why a feature is no outline of a country, in words; nothing if it is one."""
    if not re.fullmatch("[A-Z]{3}", feature.text("iso3")):
        code = (feature.properties or {}).get("iso3")
        no_code = f"its property iso3 is no code of three capitals but {shown(code)}"
        return "has no property iso3" if code is None else no_code
    if feature.geometry is None:
        return "has no geometry"
    return "" if feature.shape() in _SHAPES else f"is no polygon but of type {shown(feature.shape())}"


def _drawn(feature: _Feature, place: TomlPath, error_at: ErrorAt) -> tuple[Polygon, ...]:
    """Return the polygons of a feature, without rings that enclose nothing."""
    shape = validate(
        _SHAPES[feature.shape()],
        feature.geometry or {},
        lambda key_path, problem: error_at((*place, "geometry", *key_path), problem),
    )
    polygons = ([np.array(ring) for ring in polygon] for polygon in shape.polygons)
    return tuple(tuple(filter(_has_area, rings)) for rings in polygons if _has_area(rings[0]))


def _has_area(ring: FloatArray) -> bool:
    x, y = (ring - ring[0]).T  # points that are equal are then 0, whatever the rounding
    return bool(x @ np.roll(y, 1) != y @ np.roll(x, 1))


def _tell(left_out: list[InputError], *, nothing_else: bool) -> None:
    """Say what is not drawn; refuse a map of which nothing is."""
    if not left_out:
        return
    first, others = left_out[0], len(left_out) - 1
    if nothing_else:
        raise InputError(f"{first.problem}; nothing of the map can be drawn", file=first.file, key=first.key)
    more = f" (nor {'is' if others == 1 else 'are'} {others} more)" if others else ""
    _warn(f"{first}; it is not drawn{more}")


@cache
def _warn(problem: str) -> None:
    """Say it once a process, however often the map is read."""
    logging.getLogger("sim").warning(problem)


def _content(file: Path) -> dict[str, Any]:
    """Return what a JSON file says."""
    text = read_text(file, MAX_BYTES, "a GeoJSON file with simple outlines")
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"is no JSON: {error.msg}", file=file, line=error.lineno) from None
    except RecursionError:
        raise InputError("nested too deeply", file=file) from None
    except ValueError as error:  # a whole number of thousands of digits
        raise InputError(f"is no JSON: {error}", file=file) from None
    if not isinstance(content, dict):
        raise InputError("is no GeoJSON: a table of type FeatureCollection is wanted", file=file)
    return content
