"""Files that end too early or whose parts do not fit: refused, never half-read in silence."""

import struct
import zlib
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from gis_layers.reader import read_layers
from tests.gis_layers.made import frame, read, told, write
from tests.gis_layers.test_osm import written
from twin.errors import InvalidInput

MANY = [shapely.box(114 + i * 1e-4, 22, 114.00005 + i * 1e-4, 22.0001) for i in range(400)]


def many() -> geopandas.GeoDataFrame:
    """Return 400 houses with names."""
    return frame({"name": [f"楼{i}" for i in range(400)], "floors": np.arange(400)}, MANY)


def cut(path: Path, share: float = 0.5) -> Path:
    """Leave only the first part of a file."""
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    return path


@pytest.mark.parametrize("share", [0.3, 0.5, 0.9, 0.998])
@pytest.mark.parametrize("suffix", [".gml", ".kml", ".dxf", ".geojson", ".geojsonl", ".fgb", ".gpkg", ".shp"])
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, suffix: str, share: float) -> None:
    features = many()[["geometry"]] if suffix == ".dxf" else many()
    path = write(tmp_path / f"a{suffix}", features, "KML" if suffix == ".kml" else None)
    datum = {"datum": "wgs84"} if suffix == ".dxf" else {}
    assert len(read(path, **datum).features) == 400
    with pytest.raises(InvalidInput, match=r"a\.(.*) (is cut off or damaged|cannot be read as)"):
        read(cut(path, share), **datum)


def test_gpx_and_utf16_and_comments_at_the_end(tmp_path: Path) -> None:
    points = frame({"name": ["a", "b"]}, [shapely.Point(114, 22), shapely.Point(114.1, 22)], 4326)
    gpx = write(tmp_path / "a.gpx", points, layer="waypoints")
    gpx.write_text(gpx.read_text() + "\n<!-- </gpx> --> <?end now?>\n")
    assert len(read(gpx, source_layer="waypoints").features) == 2
    kml = write(tmp_path / "a.kml", points, "KML")
    kml.write_text(kml.read_text("utf-8").replace('encoding="utf-8"', 'encoding="UTF-16"'), "utf-16")
    assert len(read(kml).features) == 2
    with pytest.raises(InvalidInput, match=r"a\.kml is cut off"):
        read(cut(kml))
    gpx.write_text(gpx.read_text().replace("</gpx>", "", 1))
    with pytest.raises(InvalidInput, match=r"a\.gpx is cut off"):
        read(gpx, source_layer="waypoints")


def test_an_osm_text_that_is_cut_off(tmp_path: Path) -> None:
    path = written(tmp_path / "a.osm")
    assert read_layers(path, "osm")
    with pytest.raises(InvalidInput, match=r"a\.osm is cut off"):
        read_layers(cut(path, 0.8), "osm")


def blob(kind: bytes, content: bytes, packed: bytes | None = None) -> bytes:
    """Return a blob of OpenStreetMap's PBF, written by hand from its description."""

    def field(key: int, value: bytes) -> bytes:
        sizes = [len(value) & 127 | 128, len(value) >> 7] if len(value) > 127 else [len(value)]
        return bytes([key << 3 | 2, *sizes]) + value

    body = field(3, zlib.compress(content) if packed is None else packed)
    sizes = [len(body) & 127 | 128, len(body) >> 7] if len(body) > 127 else [len(body)]
    header = field(1, kind) + bytes([3 << 3, *sizes])
    return struct.pack(">I", len(header)) + header + body


HEAD = blob(b"OSMHeader", b"\x22\x0eOsmSchema-V0.6")
NODE = zlib.compress(b"\x0a\x00" * 40)
DATA = blob(b"OSMData", b"\x0a\x00" * 40)


@pytest.mark.parametrize(
    "content",
    [
        *(HEAD + DATA[:-1], HEAD + DATA[:9], HEAD + DATA + b"\0\0", HEAD + DATA + b"\0"),
        *(HEAD + DATA + b"\x7f\0\0\0", HEAD[:40]),
        HEAD + blob(b"OSMData", b"", NODE[:-3]),
        HEAD + blob(b"OSMData", b"", NODE[:4] + b"\xff" + NODE[5:]),
    ],
)
def test_an_osm_pbf_file_that_is_damaged(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.osm.pbf").write_bytes(content)
    with pytest.raises(InvalidInput, match=r"a\.osm\.pbf is cut off or damaged"):
        read_layers(tmp_path / "a.osm.pbf", "osm")
    (tmp_path / "a.osm.pbf").write_bytes(HEAD + DATA)
    with pytest.raises(InvalidInput, match="has no features of OpenStreetMap"):
        read_layers(tmp_path / "a.osm.pbf", "osm")


@pytest.mark.parametrize("suffix", [".dbf", ".shx", ".shp"])
def test_a_part_of_a_shapefile_that_is_cut_off(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path / "a.shp", many())
    cut(path.with_suffix(suffix))
    with pytest.raises(InvalidInput, match=rf"a\{suffix} is cut off"):
        read(path)


def test_a_table_of_another_shapefile(tmp_path: Path) -> None:
    path = write(tmp_path / "a.shp", many())
    other = write(tmp_path / "b.shp", many().iloc[:300])
    other.with_suffix(".dbf").replace(path.with_suffix(".dbf"))
    with pytest.raises(InvalidInput, match=r"a\.shp does not fit its \.dbf file \(400 shapes, 300 rows\)"):
        read(path)


def test_features_that_a_database_counts_but_does_not_give(tmp_path: Path) -> None:
    import sqlite3

    path = write(tmp_path / "a.gpkg", many(), layer="a")
    with sqlite3.connect(path) as database:
        database.execute("UPDATE gpkg_ogr_contents SET feature_count = 405")
    layer = read(path)
    assert (len(layer.features), layer.lost) == (400, 5)
    assert "5 features that the file counts cannot be read" in told(layer)
