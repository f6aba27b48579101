"""What is refused or changed is said in words for people: archives, encodings, dates, coordinates, heights."""

import datetime
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely

from gis_layers import gdal, long_texts, source
from gis_layers.reader import read_layers
from tests.gis_layers.made import frame, read, told, write
from tests.gis_layers.test_bad_input import geojson
from tests.gis_layers.test_osm import written
from twin.errors import InvalidInput
from web.cli import guard, main

POINT = {"type": "Point", "coordinates": [114, 22]}


def points(path: Path, *properties: dict[str, Any]) -> Path:
    """Write points with attributes as GeoJSON, GeoJSON lines or CSV."""
    features = [{"type": "Feature", "properties": p, "geometry": POINT} for p in properties]
    if path.suffix == ".geojsonl":
        path.write_text("\n".join(map(json.dumps, features)), "utf-8")
    elif path.suffix == ".csv":
        rows = [["lon", "lat", *properties[0]], *(["114", "22", *p.values()] for p in properties)]
        path.write_text("\n".join(map(",".join, rows)), "utf-8")
    else:
        geojson(path, [POINT] * len(properties), list(properties))
    return path


@pytest.mark.parametrize("suffix", [".geojson", ".geojsonl"])
def test_field_names_in_gb18030(tmp_path: Path, suffix: str) -> None:
    feature = {"type": "Feature", "properties": {"名称": "人民医院", "n": 3}, "geometry": POINT}
    path = tmp_path / f"a{suffix}"
    path.write_text(json.dumps(feature, ensure_ascii=False), "gb18030")
    layer = read(path, encoding="GBK")
    assert layer.features.attributes["名称"].to_pylist() == ["人民医院"]
    assert layer.encoding == "gb18030"
    with pytest.raises(InvalidInput, match=r"field names of a\.geojsonl? are .* --encoding GB18030"):
        read(path)
    path.write_text(json.dumps(feature, ensure_ascii=False), "utf-8")
    assert read(path, encoding="GBK").features.attributes["名称"].to_pylist() == ["人民医院"]


def test_dates_that_do_not_exist_stay_text(tmp_path: Path) -> None:
    days = ["2020-02-30", "2020-06-31"]
    path = points(tmp_path / "a.geojson", *({"d": d, "t": f"{d}T01:02:03Z", "good": "2020-02-29"} for d in days))
    table = read(path).features.attributes
    assert table["d"].to_pylist() == days
    assert table["t"].to_pylist() == [f"{d}T01:02:03Z" for d in days]
    assert table["good"].to_pylist() == [datetime.date(2020, 2, 29)] * 2


def test_dates_and_times_are_known(tmp_path: Path) -> None:
    values = {"a": "2020/01/02", "b": "2020-01-02T03:04:05", "c": "2020-01-02T03:04:05.5+08:00", "d": "2020-01"}
    table = read(points(tmp_path / "a.geojson", values, dict.fromkeys("abcd"))).features.attributes
    moment = datetime.datetime(2020, 1, 2, 3, 4, 5)
    assert table["a"].to_pylist() == [datetime.date(2020, 1, 2), None]
    assert table["b"].to_pylist() == [moment, None]
    assert table.schema.field("c").type == pa.timestamp("ms", "UTC")
    assert table["c"].to_pylist()[0].isoformat() == "2020-01-01T19:04:05.500000+00:00"
    assert table["d"].to_pylist() == ["2020-01", None]


@pytest.mark.parametrize("file", ["a.csv", "a.geojsonl"])
def test_dates_that_a_format_changes_are_told(tmp_path: Path, file: str) -> None:
    bad = read(points(tmp_path / file, {"d": "2021-02-29"}, {"d": "2020-02-01"}), datum="wgs84")
    assert bad.features.attributes["d"].to_pylist()[0] == datetime.date(2021, 3, 1)
    assert "such as 2021-02-29, were read as days of the next month" in told(bad)
    good = read(points(tmp_path / file, {"d": "2020-02-29"}, {"d": "2020-06-30"}), datum="wgs84")
    assert "do not exist" not in told(good)


def zipped(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return path


def test_archives_that_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped(tmp_path / "bomb.zip", a_geojson=b'{"type":' + b" " * 21_000_000)
    with pytest.raises(InvalidInput, match=r"bomb\.zip unpacks to over 20 MB from 20 kB, as a zip bomb does"):
        read(bomb)
    locked = zipped(tmp_path / "locked.zip", a_geojson=b"{}" * 90)
    content = bytearray(locked.read_bytes())
    content[6] |= 1  # general purpose flag of the member, and of its entry in the directory
    content[content.index(b"PK\x01\x02") + 8] |= 1
    locked.write_bytes(content)
    with pytest.raises(InvalidInput, match=r"^locked\.zip is encrypted: unzip it"):
        read(locked)
    crowd = zipped(tmp_path / "crowd.zip", **{f"a{i}_geojson": b"{}" for i in range(300)})
    with pytest.raises(InvalidInput, match=r"several map files.* …\.$") as refused:
        read(crowd)
    assert len(str(refused.value)) < 400
    damaged = zipped(tmp_path / "damaged.zip", a_geojson=np.random.default_rng(1).bytes(9000))
    damaged.write_bytes(damaged.read_bytes().replace(damaged.read_bytes()[3000:3100], bytes(100)))
    with pytest.raises(InvalidInput, match=r"^damaged\.zip is a damaged zip archive"):
        read(damaged)
    strange = zipped(tmp_path / "strange.zip", a_geojson=b"no map")
    with pytest.raises(InvalidInput, match=r"^strange\.zip is no map file"):
        read(strange)
    monkeypatch.setattr(source, "_MAX_ZIP_RATIO", 300)
    with pytest.raises(InvalidInput, match=r"bomb\.zip cannot be read"):
        read(bomb)


@pytest.mark.parametrize("start", ["<kml", "<ogr:FeatureCollection", '<?xml version="1.0"?><!-- x --><gpx'])
def test_document_type_declarations(tmp_path: Path, start: str) -> None:
    head, _, root = start.rpartition("<")
    (tmp_path / "a.kml").write_text(f'{head}<!DOCTYPE x [<!ENTITY a "lol">]><{root}>&a;</{root}>')
    with pytest.raises(InvalidInput, match=r"a\.kml has a document type declaration"):
        read(tmp_path / "a.kml")


def test_a_table_without_coordinates(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,a,b\n1,114.05,22.54\n")
    with pytest.raises(InvalidInput, match=r"a\.csv has no columns of coordinates: name them x and y"):
        read(tmp_path / "a.csv", datum="wgs84")


def test_damage_is_told_without_queries_and_with_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", frame(), layer="a")
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * 8192 + content[12_288:])
    with pytest.raises(InvalidInput) as refused:
        read(path)
    assert "SELECT" not in str(refused.value)
    assert "sqlite3_" not in str(refused.value)
    flat = write(tmp_path / "a.fgb", frame(), SPATIAL_INDEX="NO")
    flat.write_bytes(flat.read_bytes()[:-40])
    with pytest.raises(InvalidInput, match=r"^a\.fgb cannot be read as FlatGeobuf"):
        read(flat)


def test_thirst_for_memory_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "a.gpkg", frame())

    faults: list[Exception] = []

    def thirsty(*_: Any, **__: Any) -> Any:
        raise faults[-1]

    monkeypatch.setattr(gdal, "read_batches", thirsty)
    for fault in (MemoryError(), RuntimeError("std::bad_alloc"), pa.ArrowMemoryError("malloc of size 9 failed")):
        faults.append(fault)
        with pytest.raises(InvalidInput, match=r"^a\.gpkg needs more memory than"):
            read(path)
    monkeypatch.undo()
    monkeypatch.setattr("gis_layers.reader.make_valid", thirsty)
    monkeypatch.setattr(guard, "may_fork", lambda: False)
    faults.append(shapely.errors.GEOSException("std::bad_alloc"))
    assert main.run(("layers", "add", "a", str(path), "--twin", str(tmp_path / "twin"))) == 1
    assert str(long_texts.no_memory("a.gpkg")) in capfd.readouterr().err


def test_coordinates_without_measure_are_counted_not_printed(tmp_path: Path) -> None:
    far = {"type": "Point", "coordinates": [1e308, -1e308]}
    layer = read(geojson(tmp_path / "a.geojson", [far, POINT]))
    assert (layer.lost, len(layer.features)) == (1, 1)
    with pytest.raises(InvalidInput, match=r"^None of the 2 features") as refused:
        read(geojson(tmp_path / "a.geojson", [far, far]))
    assert len(str(refused.value)) < 200


def test_no_advice_in_a_circle(tmp_path: Path) -> None:
    fives = [shapely.Point(13_500_000 + i, 9_500_000) for i in range(3)]
    path = write(tmp_path / "a.gpkg", frame({"a": [1, 2, 3]}, fives, 4491))
    with pytest.raises(InvalidInput, match=r"cannot lie in EPSG:4491") as refused:
        read(path)
    assert "for instance --crs EPSG:4491" not in str(refused.value)


def test_heights_tell_only_the_parts_that_count(tmp_path: Path) -> None:
    rules: dict[str, dict[str, Any]] = {
        "Heights of 5 buildings: 5 from floors × 3 m.": {"floors": [1, 2, 3, 4, 5]},
        "Heights of 5 buildings: 5 by default (6 m).": {"height": [0.0] * 5},
        "Heights of 5 buildings: 3 from height, 2 by default (6 m).": {"height": [9.0, 8.0, 7.0, 0.0, 0.0]},
    }
    for rule, fields in rules.items():
        assert str(read(write(tmp_path / "a.gpkg", frame(fields))).height_rule) == rule


def test_the_same_system_in_other_words_is_no_contradiction(tmp_path: Path) -> None:
    metric = frame(crs=4490).to_crs(4547)
    own = metric.set_crs("+proj=tmerc +lon_0=114 +x_0=500000 +ellps=GRS80 +units=m +no_defs", allow_override=True)
    write(tmp_path / "a.shp", metric)  # its .prj names no EPSG code
    path = tmp_path / "a.csv"
    path.write_text("name,wkt\n" + "".join(f'x,"{house.wkt}"\n' for house in metric.geometry))
    assert "counts" not in told(read(path, crs="EPSG:4547"))
    other = read(path, crs="EPSG:4546")
    assert "but --crs EPSG:4546 counts" in told(other)
    words = told(read(write(tmp_path / "b.gpkg", own)))
    assert "unknown" not in words
    assert "names no datum" in words


def test_options_that_mean_nothing_for_openstreetmap(tmp_path: Path) -> None:
    path = written(tmp_path / "a.osm")
    layers = read_layers(path, "osm", crs="EPSG:4547", datum="gcj02", source_layer="x")
    assert "--crs, --datum, --layer changed nothing" in told(layers[0])
    assert not any("changed nothing" in told(layer) for layer in [*read_layers(path, "osm"), *layers[1:]])


def test_fields_that_differ_in_case(tmp_path: Path) -> None:
    layer = read(points(tmp_path / "a.geojson", {"A": 1, "a": 2}))
    assert layer.features.attributes.column_names == ["A", "a_2"]
    assert "renamed: a → a_2." in told(layer)
