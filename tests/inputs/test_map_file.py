"""Maps: what is read of a GeoJSON file, and how its mistakes are told."""

import json
from pathlib import Path
from typing import Any

import pytest

from sim.inputs.bundled import scenarios_folder
from sim.inputs.errors import InputError
from sim.inputs.map_file import read_map
from sim.inputs.roster import load_roster

SQUARE = [[0, 50], [1, 50], [1, 51], [0, 51], [0, 50]]
HOLE = [[0.4, 50.4], [0.6, 50.4], [0.6, 50.6], [0.4, 50.4]]

DOT = [[0.1, 0.7]] * 5


def feature(code: str, kind: str, coordinates: Any) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": {"iso3": code, "name": "Land"}, "geometry": geometry}


def collection(*features: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features), **members}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "map.geojson"


def test_polygons_are_read_with_their_holes_and_parts(file: Path) -> None:
    file.write_text(
        json.dumps(
            collection(
                feature("AAA", "Polygon", [SQUARE, HOLE]),
                feature("BBB", "MultiPolygon", [[SQUARE], [HOLE]]),
                feature("AAA", "Polygon", [SQUARE]),
                source="A survey",
            )
        )
    )
    found = read_map(file)
    assert (found.source, found.names) == ("A survey", {"AAA": "Land", "BBB": "Land"})
    rings = {
        code: [[ring.tolist() for ring in part] for part in parts] for code, parts in found.outlines.items()
    }
    assert rings == {"AAA": [[SQUARE, HOLE], [SQUARE]], "BBB": [[SQUARE], [HOLE]]}


def test_the_bundled_map_shows_all_nations_of_europe_and_says_where_it_is_from() -> None:
    roster = load_roster(scenarios_folder() / "rosters" / "europe-2025")
    assert roster.map_file is not None
    found = read_map(roster.map_file)
    assert set(roster.iso3) - set(found.outlines) == {"AUS", "CAN", "JPN", "NZL"}
    assert {"RUS", "UKR", "BLR"} <= set(found.outlines)
    assert "Natural Earth" in found.source


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", ":1: is no JSON: "),
        ("[1]", ": is no GeoJSON: a table of type FeatureCollection is wanted"),
        ("[" * 100_000, ": nested too deeply"),
        (json.dumps({"type": "Feature"}), ': type: must be one of FeatureCollection, not "Feature"'),
        (json.dumps({"type": "FeatureCollection"}), ": features: is missing"),
        (json.dumps(collection(feature("DE", "Polygon", [SQUARE]))), 'no code of three capitals but "DE"'),
        (json.dumps(collection(feature("DEU", "Point", [0, 50]))), 'is no polygon but of type "Point"'),
        (json.dumps(collection(feature("DEU", "Polygon", [DOT]))), ": features[0]: encloses no area"),
        (json.dumps(collection(feature("DEU", "Polygon", [SQUARE[:2]]))), ".geometry.coordinates[0]: "),
        (json.dumps(collection(feature("DEU", "Polygon", [[*SQUARE, [0]]]))), "[0][5][1]: is missing"),
        (json.dumps(collection(feature("DEU", "Polygon", [[*SQUARE, [0, 91]]]))), "at most 90, not 91"),
        (json.dumps(collection(feature("DEU", "Polygon", [[*SQUARE, [0, "x"]]]))), 'a number, not "x"'),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_one_line(file: Path, content: str, message: str) -> None:
    file.write_text(content)
    with pytest.raises(InputError) as caught:
        read_map(file)
    assert str(caught.value).startswith(f"{file}")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


# What RFC 7946 allows and no map needs


def test_altitudes_are_not_looked_at(file: Path) -> None:
    high = [[*place, 4810.0] for place in SQUARE]
    file.write_text(json.dumps(collection(feature("AAA", "Polygon", [high]))))
    ((ring,),) = read_map(file).outlines["AAA"]
    assert ring.tolist() == SQUARE


def test_rings_that_enclose_nothing_are_left_out(file: Path) -> None:
    file.write_text(json.dumps(collection(feature("AAA", "MultiPolygon", [[DOT], [SQUARE, DOT]]))))
    ((ring,),) = read_map(file).outlines["AAA"]
    assert ring.tolist() == SQUARE


OTHERS = {
    'its property iso3 is no code of three capitals but "-99"': feature("-99", "Polygon", [SQUARE]),
    "has no property iso3": {**feature("", "", []), "properties": None},
    "has no geometry": {**feature("ZZZ", "", []), "geometry": None},
    'is no polygon but of type "Point"': feature("ZZZ", "Point", [999, 999]),
    'is no polygon but of type "[0]"': feature("ZZZ", [0], []),
    "encloses no area": feature("ZZZ", "Polygon", [DOT]),
}


@pytest.mark.parametrize(("why", "other"), OTHERS.items(), ids=OTHERS)
def test_features_that_are_no_outline_of_a_country_are_left_out_with_a_word(
    file: Path, caplog: pytest.LogCaptureFixture, why: str, other: dict[str, Any]
) -> None:
    country = feature("AAA", "Polygon", [SQUARE])
    file.write_text(json.dumps(collection(country, other, other, other)))
    assert list(read_map(file).outlines) == ["AAA"]
    assert caplog.messages == [f"{file}: features[1]: {why}; it is not drawn (nor are 2 more)"]


def test_a_file_that_is_no_text_is_told(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="is not UTF-8 text"):
        read_map(file)


def test_a_roster_needs_no_map(tiny: Path) -> None:
    assert load_roster(tiny).map_file is None


@pytest.mark.parametrize("name", ["nowhere.geojson", "../europe.geojson"])
def test_a_map_that_is_not_in_the_folder_is_told_with_its_line(tiny: Path, name: str) -> None:
    declared = tiny / "roster.toml"
    declared.write_text(f'map = "{name}"\n{declared.read_text("utf-8")}', encoding="utf-8")
    with pytest.raises(InputError, match=r"roster\.toml:1: map: .*") as caught:
        load_roster(tiny)
    assert name in str(caught.value)
