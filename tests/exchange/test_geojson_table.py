"""GeoJSON as a table: properties are cells, geometries are places."""

import json
from pathlib import Path

import pytest

from twin.errors import InvalidInput
from twin.exchange.tables import read_table


def saved(folder: Path, content: str, name: str = "t.geojson") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


SQUARE = [[[106.0, 38.0], [106.1, 38.0], [106.1, 38.1], [106.0, 38.0]]]


def features(*geometries: object) -> str:
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "properties": {"code": f"P{i}", "n": i, "o": {"a": 1}}, "geometry": g}
                for i, g in enumerate(geometries)
            ],
        }
    )


def test_features_are_rows_with_places(tmp_path: Path) -> None:
    text = features(
        {"type": "Point", "coordinates": [106.2, 38.5, 1100]},
        None,
        {"type": "Polygon", "coordinates": SQUARE},
        {"type": "MultiPolygon", "coordinates": [SQUARE]},
    )
    table = read_table(saved(tmp_path, "\ufeff" + text, "t.geojson"))
    assert [n for n, _ in table.rows] == [1, 2, 3, 4]
    assert table.rows[0][1] == {"code": "P0", "n": 0, "o": '{"a": 1}'}
    assert sorted(table.places) == [1, 3, 4]
    assert table.places[1] == {"type": "Point", "coordinates": [106.2, 38.5]}
    assert table.places[4] == {"type": "MultiPolygon", "coordinates": [SQUARE]}
    assert not table.problems


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "LineString", "coordinates": [[106, 38], [107, 38]]},
        {"type": "GeometryCollection", "geometries": []},
        {"type": "Point", "coordinates": [500000, 4200000]},
        {"type": "Point", "coordinates": [38.5, 106.2]},
        {"type": "Point", "coordinates": ["106", "38"]},
        {"type": "Point", "coordinates": [True, False]},
        {"type": "Point", "coordinates": [106]},
        {"type": "Point", "coordinates": {"x": 1}},
        {"type": "Point"},
        {"type": "Polygon", "coordinates": [[[106, 38], [107, 38], [107, 39], [106, 39]]]},
        {"type": "Polygon", "coordinates": []},
        {"type": ["Point"]},
        "POINT(106 38)",
        17,
    ],
)
def test_wrong_places_are_problems_of_their_feature(tmp_path: Path, geometry: object) -> None:
    table = read_table(saved(tmp_path, features({"type": "Point", "coordinates": [1, 2]}, geometry), "t.json"))
    assert [(p.row, p.column) for p in table.problems] == [(2, "geometry")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (features({"type": "Point", "coordinates": [float("nan"), 1]}), "NaN"),
        ('{"type":"FeatureCollection","features":[{"type":"Feature","geometry":' + "[" * 100_000, "no valid GeoJSON"),
        ('{"type":"FeatureCollection","features":[]}', "empty"),
        ('{"type":"FeatureCollection","features":{}}', "no GeoJSON"),
        ('{"type":"FeatureCollection","crs":{"properties":{"name":"EPSG:3857"}},"features":[{}]}', "EPSG:4326"),
        ('{"type":"Feature","properties":{"n":' + "9" * 5_000 + "}}", "no valid GeoJSON"),
    ],
)
def test_hostile_geojson_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_table(saved(tmp_path, text, "t.geojson"))


def test_a_feature_that_is_none_is_a_problem(tmp_path: Path) -> None:
    text = '{"type":"FeatureCollection","features":[1, {"type":"Feature","properties":[1]}, {"properties":{"a":1}}]}'
    assert [p.row for p in read_table(saved(tmp_path, text)).problems] == [1, 2]
