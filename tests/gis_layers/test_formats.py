"""Every format is read as GDAL wrote it; nothing else is opened."""

import json
import zipfile
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import pytest
import shapely

from gis_layers.reader import read_layers
from tests.gis_layers.made import HOUSES, NAMES, apart, frame, read, told, write
from twin.errors import InvalidInput

FORMATS: list[tuple[str, str, dict[str, Any]]] = [
    ("a.gpkg", "GPKG", {}),
    ("a.shp", "ESRI Shapefile", {"encoding": "UTF-8"}),
    ("a.geojson", "GeoJSON", {}),
    ("a.json", "GeoJSON", {"RFC7946": "YES"}),
    ("a.fgb", "FlatGeobuf", {"SPATIAL_INDEX": "NO"}),
    ("a.kml", "KML", {}),
    ("b.kml", "LIBKML", {}),
    ("a.gml", "GML", {}),
    ("a.tab", "MapInfo File", {"ENCODING": "UTF-8"}),
    ("a.mif", "MapInfo File", {"ENCODING": "UTF-8"}),
    ("a.gdb", "OpenFileGDB", {}),
    ("a.sqlite", "SQLite", {"SPATIALITE": "NO"}),
    ("a.geojsonl", "GeoJSONSeq", {}),
]


@pytest.mark.parametrize(("file", "driver", "options"), FORMATS, ids=[f"{d}-{f}" for f, d, _ in FORMATS])
def test_every_format_gives_the_same_layer(tmp_path: Path, file: str, driver: str, options: dict[str, Any]) -> None:
    layer = read(write(tmp_path / file, frame(), driver, **options))
    assert apart(layer, HOUSES) < 1e-6
    assert layer.features.attributes["name"].to_pylist() == NAMES
    assert layer.features.attributes["render_height"].to_pylist() == [9, 36, 3, 90, 18]
    assert (layer.kind, layer.lost, layer.datum) in [("buildings", 0, "cgcs2000"), ("buildings", 0, "wgs84")]


@pytest.mark.parametrize("file", ["a.parquet", "a.geoparquet"])
@pytest.mark.parametrize("encoding", ["WKB", "geoarrow"])
def test_geoparquet_of_others(tmp_path: Path, file: str, encoding: Any) -> None:
    written = frame().to_crs(4547)
    written.to_parquet(tmp_path / file, geometry_encoding=encoding, write_covering_bbox=True)
    layer = read(tmp_path / file)
    assert apart(layer, HOUSES) < 1e-9
    assert layer.crs == "EPSG:4547"
    assert layer.features.attributes.column_names == ["name", "floors", "render_height"]


def test_tables_with_wkt_and_with_columns(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", frame(), "CSV", GEOMETRY="AS_WKT")
    layer = read(tmp_path / "a.csv", crs="EPSG:4490")
    assert apart(layer, HOUSES) < 1e-9
    assert layer.features.attributes["floors"].to_pylist() == [3, 12, 1, 30, 6]
    (tmp_path / "b.csv").write_text("站名,经度,纬度\n福田,114.05,22.54\n市民中心,114.06,22.55\n", "gb18030")
    points = read(tmp_path / "b.csv", datum="wgs84")
    assert shapely.get_coordinates(points.features.geometry).tolist() == [[114.05, 22.54], [114.06, 22.55]]
    assert points.features.attributes["name"].to_pylist() == ["福田", "市民中心"]
    assert "GB18030" in told(points)


def test_a_drawing_has_no_crs_and_is_refused_without_one(tmp_path: Path) -> None:
    write(tmp_path / "a.dxf", frame({}).to_crs(4547).boundary.to_frame("geometry"), "DXF")
    with pytest.raises(InvalidInput, match="type --crs, for instance --crs EPSG:4547"):
        read(tmp_path / "a.dxf")
    layer = read(tmp_path / "a.dxf", crs="EPSG:4547")
    assert len(layer.features) == 5
    assert shapely.get_coordinates(layer.features.geometry).mean(axis=0) == pytest.approx([114.052, 22.54], abs=0.001)


def test_zipped(tmp_path: Path) -> None:
    write(tmp_path / "a.shp", frame(), encoding="UTF-8")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for suffix in ("shp", "shx", "dbf", "prj", "cpg"):
            archive.write(tmp_path / f"a.{suffix}", f"data/../../建筑.{suffix}")
    layer = read(tmp_path / "a.zip")
    assert layer.features.attributes["name"].to_pylist() == NAMES
    assert layer.kind == "buildings"
    assert layer.source_layer == "建筑"
    with zipfile.ZipFile(tmp_path / "a.zip", "a") as archive:
        archive.writestr("roads.geojson", "{}")
    with pytest.raises(InvalidInput, match=r"--layer: roads, 建筑"):
        read(tmp_path / "a.zip")
    assert len(read(tmp_path / "a.zip", source_layer="建筑").features) == 5


def test_a_zipped_geodatabase(tmp_path: Path) -> None:
    write(tmp_path / "a.gdb", frame(), "OpenFileGDB")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        for path in (tmp_path / "a.gdb").iterdir():
            archive.write(path, f"a.gdb/{path.name}")
    assert len(read(tmp_path / "b.zip").features) == 5


def test_several_layers_need_a_choice(tmp_path: Path) -> None:
    path = tmp_path / "city.gpkg"
    write(path, frame(), layer="建筑")
    write(path, frame({"名称": ["深南大道"]}, [shapely.LineString([(114, 22.5), (114.1, 22.5)])]), layer="Roads")
    geopandas.pd.DataFrame({"a": [1]}).pipe(lambda table: pyogrio.write_dataframe(table, path, layer="table"))
    with pytest.raises(InvalidInput, match=r"several layers: choose one with --layer: 建筑, Roads\."):
        read(path)
    with pytest.raises(InvalidInput, match="no layer 'streets': its layers are 建筑, Roads"):
        read(path, source_layer="streets")
    layer = read(path, source_layer="roads")
    assert (layer.kind, layer.source_layer) == ("roads", "Roads")
    assert layer.features.attributes["name"].to_pylist() == ["深南大道"]


LINK = "http://127.0.0.1:9/features.json"
HOSTILE = {
    "a.vrt": f'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>{LINK}</SrcDataSource></OGRVRTLayer>',
    "a.geojson": json.dumps({"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read {LINK}"}),
    "b.geojson": json.dumps({"type": "FeatureCollection", "features": [], "x": {"type": "gdal_streamed_alg"}}),
    "a.kml": '<!-- <kml> --><OGRVRTDataSource><OGRVRTLayer name="a"/></OGRVRTDataSource>',
    "b.kml": "<kml><!-- <OGRVRTDataSource> --></kml>",
    "a.xml": f"<OGRWFSDataSource><URL>{LINK}</URL></OGRWFSDataSource>",
    "a.wfs": f"<wfs:WFS_Capabilities><href>{LINK}</href></wfs:WFS_Capabilities>",
    "a.csv": '<OGRVRTDataSource><OGRVRTLayer name="a"/></OGRVRTDataSource>',
    "a.html": "<html><body>404</body></html>",
    "a.txt": "hello",
    "a.shp": "not a shapefile",
    "empty.geojson": "",
    "a.pdf": "%PDF-1.4",
    "a.gpkg": "SQLite?",
}


@pytest.mark.parametrize("file", sorted(HOSTILE))
def test_what_is_no_map_file_is_never_handed_to_gdal(
    tmp_path: Path, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / file).write_text(HOSTILE[file], "utf-8")
    for name in ("list_layers", "read_info", "open_arrow"):
        monkeypatch.setattr(pyogrio, name, lambda *_, **__: pytest.fail("GDAL was asked"))
    with pytest.raises(InvalidInput) as refused:
        read_layers(tmp_path / file, "a")
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize(
    "name",
    [
        *(
            "http://127.0.0.1:9/a.geojson",
            "/vsicurl/http://127.0.0.1:9/a.geojson",
            "PG:dbname=city",
            "WFS:http://127.0.0.1",
        ),
        *("/vsimem/a.geojson", "MYSQL:city", "OAPIF:http://127.0.0.1:9", '{"type":"FeatureCollection","features":[]}'),
    ],
)
def test_only_local_files(name: str) -> None:
    with pytest.raises(InvalidInput, match="There is no file"):
        read_layers(Path(name), "a")


def test_folders_devices_and_broken_files(tmp_path: Path) -> None:
    for path in (tmp_path, Path("/dev/null")):
        with pytest.raises(InvalidInput):
            read_layers(path, "a")
    write(tmp_path / "a.gpkg", frame())
    whole = (tmp_path / "a.gpkg").read_bytes()
    (tmp_path / "cut.gpkg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "cut.geojson").write_text('{"type":"FeatureCollection","features":[{"type":')
    for file in ("cut.gpkg", "cut.geojson"):
        with pytest.raises(InvalidInput) as refused:
            read_layers(tmp_path / file, "a")
        assert str(tmp_path) not in str(refused.value)


def test_an_index_that_is_missing_is_made_elsewhere(tmp_path: Path) -> None:
    write(tmp_path / "a.shp", frame(), encoding="UTF-8")
    (tmp_path / "a.shx").unlink()
    layer = read(tmp_path / "a.shp")
    assert (len(layer.features), layer.crs, layer.source_layer) == (5, "EPSG:4490", "a")
    assert not (tmp_path / "a.shx").exists()


def test_reading_leaves_gdals_settings_and_the_folder_alone(tmp_path: Path) -> None:
    write(tmp_path / "a.gml", frame(), "GML")
    (tmp_path / "a.xsd").unlink()
    before = pyogrio.get_gdal_config_option("GDAL_HTTP_PROXY"), sorted(p.name for p in tmp_path.iterdir())
    read(tmp_path / "a.gml")
    assert (pyogrio.get_gdal_config_option("GDAL_HTTP_PROXY"), sorted(p.name for p in tmp_path.iterdir())) == before
