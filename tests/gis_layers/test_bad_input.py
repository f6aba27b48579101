"""Broken geometry, mixed types, nothing at all, hostile names and texts: kept, repaired or refused in one sentence."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_layers import gdal
from gis_layers.reader import check_name, read_layers
from gis_layers.repair import Repairs, geometry_of_wkb, make_valid, strip_numberless, take_apart
from tests.gis_layers.made import HOUSES, frame, read, told, write
from twin.errors import InvalidInput

BOW_TIE = shapely.Polygon([(114, 22), (114.01, 22.01), (114.01, 22), (114, 22.01)])


def geojson(path: Path, geometries: list[Any], properties: list[dict[str, Any]] | None = None, **more: Any) -> Path:
    """Write GeoJSON by hand, so that it can be wrong."""
    given = properties or [{} for _ in geometries]
    features = [{"type": "Feature", "properties": p, "geometry": g} for g, p in zip(geometries, given, strict=True)]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **more}), "utf-8")
    return path


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "..", "../etc", "a/b", "a\\b", "<b>x</b>", "a b", "a\n", "-rf", ".hidden", "x" * 101, "projects"),
        *("Projects", "a\u202eb", "a\0b", "?", "a%2fb", "名 称", "a:b", "a;b", "a'b", 'a"b'),
    ],
)
def test_names_that_are_refused(name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_layers(Path("nowhere.gpkg"), name)
    assert "no file" not in str(refused.value)


@pytest.mark.parametrize("name", ["roads", "道路-2024", "Straßen_1.v2", "1", "x" * 100, "дороги", "दिल्ली"])
def test_names_that_are_good(name: str) -> None:
    check_name(name)


def test_unknown_kind_datum_and_encoding(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", frame())
    for stated in ({"kind": "bridges"}, {"datum": "bd09"}, {"encoding": "klingon"}):
        with pytest.raises(InvalidInput) as refused:
            read(path, **stated)
        assert next(iter(stated.values())) in str(refused.value)


def test_a_file_without_features(tmp_path: Path) -> None:
    geojson(tmp_path / "a.geojson", [])
    write(tmp_path / "a.gpkg", frame().iloc[:0])
    write(tmp_path / "a.shp", frame().iloc[:0])
    frame().iloc[:0].to_parquet(tmp_path / "a.parquet")
    for file in ("a.geojson", "a.gpkg", "a.shp", "a.parquet"):
        with pytest.raises(
            InvalidInput, match=f"^{file} has no (features|layer with geometry): there is nothing to add"
        ):
            read(tmp_path / file)


def test_no_feature_with_a_geometry(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"None of the 2 features of a\.geojson"):
        read(geojson(tmp_path / "a.geojson", [None, {"type": "Polygon", "coordinates": []}]))


def test_missing_and_empty_geometries_are_counted(tmp_path: Path) -> None:
    layer = read(write(tmp_path / "a.gpkg", frame(geometry=[HOUSES[0], None, shapely.Polygon(), HOUSES[3], HOUSES[4]])))
    assert (layer.lost, len(layer.features)) == (2, 3)
    assert "2 features have no geometry" in told(layer)
    assert layer.features.attributes["floors"].to_pylist() == [3, 30, 6]


def test_broken_polygons_are_repaired_and_counted(tmp_path: Path) -> None:
    spike = shapely.Polygon([(114, 22), (114.01, 22), (114.01, 22.01), (114.02, 22.01), (114.01, 22.01), (114, 22.01)])
    flat = shapely.Polygon([(114, 22), (114.01, 22), (114.02, 22), (114, 22)])
    overlap = shapely.MultiPolygon([shapely.box(114, 22, 114.02, 22.01), shapely.box(114.01, 22, 114.03, 22.01)])
    layer = read(write(tmp_path / "a.gpkg", frame(geometry=[BOW_TIE, spike, flat, overlap, HOUSES[0]])))
    assert (layer.lost, len(layer.features)) == (1, 4)
    assert "3 invalid geometries were repaired" in told(layer)
    assert "1 geometries have no extent" in told(layer)
    areas = shapely.area(layer.features.geometry)
    # two triangles; a square without its spike; the union, not its two outer parts
    assert areas[:3] == pytest.approx([0.01 * 0.01 / 2, 0.01 * 0.01, 0.03 * 0.01])


def test_unclosed_rings_and_curves(tmp_path: Path) -> None:
    ring = [[114, 22], [114.01, 22], [114.01, 22.01]]
    layer = read(geojson(tmp_path / "a.geojson", [{"type": "Polygon", "coordinates": [ring]}]))
    assert shapely.area(layer.features.geometry)[0] == pytest.approx(0.01 * 0.01 / 2)
    (tmp_path / "c.csv").write_text(
        'name,wkt\nround,"CURVEPOLYGON(CIRCULARSTRING(114 22,114.01 22.01,114.02 22,114.01 21.99,114 22))"\n'
        'flat,"POLYGON((114 22,114.01 22,114.01 22.01,114 22))"\n',
    )
    layer = read(tmp_path / "c.csv", datum="wgs84")
    assert shapely.area(layer.features.geometry)[0] == pytest.approx(np.pi * 0.01**2, rel=0.001)
    assert layer.features.attributes["name"].to_pylist() == ["round", "flat"]
    assert "Arcs" in told(layer)


def test_heights_are_kept_and_measures_dropped(tmp_path: Path) -> None:
    high = shapely.Polygon([(114, 22, 5), (114.01, 22, 6), (114.01, 22.01, 7), (114, 22, 5)])
    metric = frame({"a": [1]}, [high]).to_crs(4547)
    layer = read(write(tmp_path / "a.gpkg", metric))
    assert shapely.get_coordinates(layer.features.geometry, include_z=True)[:, 2].tolist() == [5, 6, 7, 5]
    measured = shapely.from_wkt(["POINT ZM (114 22 5 9)", "POINT M (114 22 9)", "POINT (114 22)"])
    plain = geometry_of_wkb(
        np.array([shapely.to_wkb(g, output_dimension=4, flavor="iso") for g in measured]), Repairs()
    )
    assert [g.wkt for g in plain] == ["POINT Z (114 22 5)", "POINT (114 22)", "POINT (114 22)"]


def numberless(holed: list[tuple[float, float]], nothing: list[tuple[float, float]]) -> Any:
    return np.array(
        [
            shapely.Polygon(holed),
            shapely.LineString(nothing),
            shapely.Point(np.inf, 3),
            shapely.LineString([(0, 0), (np.inf, 2), (1, 1)]),
            shapely.MultiPoint([(0, 0), (np.nan, 1)]),
            shapely.Point(1, 2),
        ],
        dtype=object,
    )


def test_corners_without_coordinates() -> None:
    holed = [(114, 22), (114.01, 22), (np.nan, np.nan), (114.01, 22.01), (114, 22)]
    nothing = [(np.nan, np.nan)] * 4
    with np.errstate(invalid="ignore"):
        geometry = numberless(holed, nothing)
    repairs = Repairs()
    strip_numberless(geometry, repairs)
    assert (repairs.stripped, repairs.unreachable) == (3, 2)
    assert [None if g is None else g.wkt for g in geometry] == [
        *("POLYGON ((114 22, 114.01 22, 114.01 22.01, 114 22))", None, None, "LINESTRING (0 0, 1 1)"),
        *("MULTIPOINT ((0 0))", "POINT (1 2)"),
    ]


def test_mixed_types_are_all_kept_and_told(tmp_path: Path) -> None:
    mixed = [HOUSES[0], shapely.Point(114, 22), shapely.LineString([(114, 22), (114.1, 22)]), HOUSES[1], HOUSES[2]]
    path = write(tmp_path / "a.geojson", frame(geometry=mixed))
    layer = read(path, kind="buildings")
    assert [g.geom_type for g in layer.features.geometry] == ["Polygon", "Point", "LineString", "Polygon", "Polygon"]
    assert "mixes 3 areas, 1 lines and 1 points; all are kept" in told(layer)
    assert "2 features are no areas and are not drawn as buildings" in told(layer)
    assert layer.lost == 0
    assert "not drawn" not in told(read(path, "things", kind="other"))


def test_collections_are_taken_apart(tmp_path: Path) -> None:
    line = shapely.LineString([(114, 22), (114.1, 22)])
    nested = shapely.GeometryCollection(
        [HOUSES[0], shapely.GeometryCollection([HOUSES[1], line]), shapely.Point(114, 22)]
    )
    same = shapely.GeometryCollection([line])
    path = write(tmp_path / "a.geojson", frame({"name": ["a", "b"]}, [nested, same]))
    houses = read(path, kind="buildings")
    assert [g.geom_type for g in houses.features.geometry] == ["MultiPolygon", "LineString"]
    parts = read(path, "things", kind="other")
    assert [g.geom_type for g in parts.features.geometry] == ["MultiPolygon", "LineString", "Point", "LineString"]
    assert parts.features.attributes["name"].to_pylist() == ["a", "a", "a", "b"]
    assert "2 collections" in told(parts)


def test_a_text_that_is_too_long_names_feature_and_field(tmp_path: Path) -> None:
    good, bad = "房" * 100_000, "x" * 100_001
    for file in ("a.geojson", "a.gpkg", "a.fgb", "a.parquet"):
        for text, fails in ((good, False), (bad, True)):
            features = frame({"note": ["a", "b", text]}, HOUSES[:3])
            path = tmp_path / f"{fails}{file}"
            if file.endswith("parquet"):
                features.to_parquet(path)
            else:
                write(path, features, **({"SPATIAL_INDEX": "NO"} if file == "a.fgb" else {}))
            if not fails:
                assert read(path).features.attributes["note"].to_pylist()[2] == good
                continue
            with pytest.raises(InvalidInput, match=r"Feature 3 of .* more than 100,000 characters in note"):
                read(path)


def test_a_long_text_in_a_big_database_is_found_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.gpkg", frame({'n"o': ["a", "b", "c"]}, HOUSES[:3]), layer='la"yer')
    with sqlite3.connect(path) as database:  # 500 MB that SQLite makes itself and that no one should read
        database.execute("PRAGMA trusted_schema=ON")
        database.create_function("ST_IsEmpty", 1, lambda _: 0)
        for side in ("MinX", "MaxX", "MinY", "MaxY"):
            database.create_function(f"ST_{side}", 1, lambda _: 0.0)
        database.execute('UPDATE "la""yer" SET "n""o" = replace(hex(zeroblob(60000000)), "00", "xxxx") WHERE fid = 2')
    monkeypatch.setattr(gdal, "read_batches", lambda *_, **__: pytest.fail("the text was read"))
    with pytest.raises(InvalidInput, match=r'Feature 2 of a\.gpkg has a text of more than 100,000 characters in n"o'):
        read(path)


@pytest.mark.parametrize("file", ["a.geojson", "a.geojsonl", "a.csv", "a.kml", "a.gml"])
def test_a_text_without_end_is_never_handed_to_gdal(tmp_path: Path, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    starts = {
        **{
            "a.geojson": '{"type":"FeatureCollection","features":[',
            "a.geojsonl": '{"type":"Feature"}\n',
            "a.csv": "x,y\n",
        },
        **{"a.kml": '<?xml version="1.0"?><kml><name>', "a.gml": "<ogr:FeatureCollection>"},
    }
    monkeypatch.setattr(gdal, "layer_names", lambda *_: pytest.fail("GDAL was asked"))
    with (tmp_path / file).open("wb") as sparse:
        sparse.write(starts[file].encode() + b"x" * 70_000)
        sparse.truncate(2_000_000_000)  # zeros that take no place on disk
    with pytest.raises(InvalidInput, match=rf"{file} has a feature larger than 100 MB"):
        read(tmp_path / file)


def test_a_feature_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(gdal._FENCE, "OGR_GEOJSON_MAX_OBJ_SIZE", "1")
    path = geojson(tmp_path / "a.geojson", [shapely.geometry.mapping(HOUSES[0])], [{"a": "x" * 3_000_000}])
    with pytest.raises(InvalidInput, match=r"a\.geojson has a feature larger than"):
        read(path)


def test_html_is_text(tmp_path: Path) -> None:
    script = "<script>alert(1)</script>"
    layer = read(write(tmp_path / "a.gpkg", frame({"name": [script], script: ["&lt;"]}, HOUSES[:1])))
    assert layer.features.attributes["name"].to_pylist() == [script]
    assert layer.features.attributes[script].to_pylist() == ["&lt;"]


def test_odd_columns(tmp_path: Path) -> None:
    path = geojson(
        tmp_path / "a.geojson",
        [shapely.geometry.mapping(HOUSES[i]) for i in range(2)],
        [
            {"a": [1, 2], "A": "x", "b": True, "d": "2020-01-02", "o": {"k": 1}, "": 1},
            {"a": None, "t": "2020-01-02T03:04:05Z"},
        ],
    )
    table = read(path).features.attributes
    assert len({name.lower() for name in table.column_names}) == len(table.column_names)
    assert json.loads(table["a"].to_pylist()[0]) == [1, 2]
    assert table.schema.field("b").type == pa.bool_()
    assert table.schema.field("d").type == pa.date32()
    assert pa.types.is_timestamp(table.schema.field("t").type)
    parquet = frame({"raw": [b"1"], "list": [[1, 2]], "i": np.array([3], dtype=np.uint16)}, HOUSES[:1])
    parquet.to_parquet(tmp_path / "b.parquet")
    layer = read(tmp_path / "b.parquet")
    assert layer.features.attributes.select(["list", "i"]).to_pylist() == [{"list": "[1, 2]", "i": 3}]
    assert "left out: raw" in told(layer)


COORDINATE = st.tuples(st.integers(-5, 5), st.integers(-5, 5))
RINGS = st.lists(COORDINATE, min_size=3, max_size=9).map(lambda corners: [*corners, corners[0]])


@given(st.lists(st.lists(RINGS, min_size=1, max_size=3), min_size=1, max_size=6))
def test_whatever_a_polygon_looks_like_it_comes_out_valid_or_is_counted(polygons: list[list[Any]]) -> None:
    geometry = np.array([shapely.Polygon(rings[0], rings[1:]) for rings in polygons], dtype=object)
    before, repairs = geometry.copy(), Repairs()
    make_valid(geometry, repairs)
    kept = ~shapely.is_missing(geometry)
    assert repairs.lost == int(np.sum(~kept))
    assert shapely.is_valid(geometry[kept]).all()
    assert (shapely.get_dimensions(geometry[kept]) == 2).all()
    was_valid = shapely.is_valid(before)
    assert shapely.equals_identical(geometry[was_valid], before[was_valid]).all()
    assert repairs.repaired == int(np.sum(kept & ~was_valid))


@given(st.lists(st.sampled_from([HOUSES[0], shapely.Point(1, 2), shapely.LineString([(0, 0), (1, 1)])]), max_size=6))
def test_taking_apart_keeps_every_part_of_other(parts: list[shapely.Geometry]) -> None:
    geometry = np.array([shapely.Point(9, 9), shapely.GeometryCollection(parts)], dtype=object)
    apart, rows = take_apart(geometry, "other", Repairs())
    found = shapely.get_parts(apart[1:][~shapely.is_missing(apart[1:])])
    assert sorted(g.wkt for g in found) == sorted(g.wkt for g in parts)
    assert rows.tolist() == [0, *[1] * (len(apart) - 1)]
