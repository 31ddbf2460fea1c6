"""Maps: outlines of nations, read from GeoJSON (RFC 7946)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, FailFast, Field

from sim.inputs.errors import InputError
from sim.inputs.indicators import FloatArray
from sim.inputs.text_file import read_text
from sim.inputs.toml_file import KeyPath, dotted
from sim.inputs.validation import validate

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


_Position = tuple[
    Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)],
    Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)],
]
_FIRST = FailFast()  # one mistake is told, a million would not fit into memory
_Ring = Annotated[list[Annotated[_Position, Field(strict=False)]], Field(min_length=4), _FIRST]
_Polygon = Annotated[list[_Ring], Field(min_length=1), _FIRST]


class _OnePolygon(_Part):
    type: Literal["Polygon"]
    coordinates: _Polygon


class _Polygons(_Part):
    type: Literal["MultiPolygon"]
    coordinates: Annotated[list[_Polygon], _FIRST]


class _Properties(_Part):
    iso3: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    name: str = ""


class _Feature(_Part):
    type: Literal["Feature"]
    properties: _Properties
    geometry: Annotated[_OnePolygon | _Polygons, Field(discriminator="type")]


class _Collection(_Part):
    type: Literal["FeatureCollection"]
    source: str = ""
    features: Annotated[list[_Feature], _FIRST]


def read_map(file: Path) -> Map:
    """Read outlines from a GeoJSON file: polygons with a property `iso3`, and perhaps `name`.

    The member `source` of the collection, if there is one, says where they come from.

    Raises
    ------
    InputError
        If the file cannot be read, is no GeoJSON, or holds other shapes or places that do not exist.
    """

    def error_at(key_path: KeyPath, problem: str) -> InputError:
        return InputError(problem, file=file, key=dotted(key_path))

    collection = validate(_Collection, _content(file), error_at)
    outlines: dict[str, tuple[Polygon, ...]] = {}
    for feature in collection.features:
        shape = feature.geometry
        polygons = shape.coordinates if isinstance(shape, _Polygons) else [shape.coordinates]
        drawn = tuple(tuple(np.array(ring) for ring in polygon) for polygon in polygons)
        outlines[feature.properties.iso3] = outlines.get(feature.properties.iso3, ()) + drawn
    given = (feature.properties for feature in collection.features)
    return Map(file, collection.source, outlines, {each.iso3: each.name for each in given if each.name})


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
