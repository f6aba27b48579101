"""OpenStreetMap files: what becomes which layer, counted against the file read by GDAL with its own settings."""

import warnings
from collections import Counter
from pathlib import Path

import pyogrio
import pytest
import shapely

from gis_layers.reader import read_layers
from twin.errors import InvalidInput
from twin.values.layer import CLASSES, KINDS, ReadLayer

OSM = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6">
{nodes}
{ways}
<relation id="900"><member type="way" ref="100" role="outer"/><member type="way" ref="101" role="inner"/>
 <tag k="type" v="multipolygon"/><tag k="building" v="yes"/><tag k="building:levels" v="10"/>
 <tag k="building:min_level" v="2"/><tag k="roof:levels" v="1"/></relation>
<relation id="901"><member type="way" ref="200" role=""/><tag k="type" v="route"/><tag k="route" v="bus"/></relation>
</osm>"""


def square(first: int, lon: float, lat: float, size: float = 0.001) -> tuple[str, str]:
    """Return four nodes and the references of a closed way of them."""
    corners = [(lon, lat), (lon + size, lat), (lon + size, lat + size), (lon, lat + size)]
    nodes = "".join(f'<node id="{first + i}" lon="{x}" lat="{y}"/>' for i, (x, y) in enumerate(corners))
    refs = "".join(f'<nd ref="{first + i % 4}"/>' for i in range(5))
    return nodes, refs


def written(path: Path) -> Path:
    """Write a small OpenStreetMap file with something for most kinds."""
    nodes, ways = [], []

    def area(way: int, lon: float, tags: dict[str, str], size: float = 0.001, lat: float = 22.5) -> None:
        n, refs = square(way * 10, lon, lat, size)
        nodes.append(n)
        ways.append(f'<way id="{way}">{refs}{said(tags)}</way>')

    def said(tags: dict[str, str]) -> str:
        return "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())

    area(100, 114.0, {}, 0.004)
    area(101, 114.001, {}, lat=22.501)
    area(102, 114.01, {"building": "yes", "height": "12 m", "name": "塔", "name:zh": "塔楼", "min_height": "3"})
    area(103, 114.02, {"building": "no", "leisure": "park"})
    area(104, 114.03, {"landuse": "residential"})
    area(105, 114.04, {"natural": "water", "water": "lake"})
    area(106, 114.05, {"power": "substation"})
    area(107, 114.06, {"amenity": "school", "building": "school"})
    area(108, 114.07, {"building": "yes", "height": "40'", "building:levels": "2"})
    nodes.append('<node id="1" lon="114.1" lat="22.5"/><node id="2" lon="114.2" lat="22.5"/>')
    nodes.append('<node id="3" lon="114.1" lat="22.6"><tag k="railway" v="station"/><tag k="name" v="福田"/></node>')
    nodes.append('<node id="4" lon="114.1" lat="22.7"><tag k="building" v="yes"/><tag k="shop" v="tea"/></node>')
    for way, tags in {
        200: {"highway": "trunk", "name": "深南大道"},
        201: {"railway": "subway"},
        202: {"waterway": "stream"},
        203: {"highway": "proposed"},
        204: {"man_made": "pipeline", "substance": "gas"},
        205: {"barrier": "fence"},
    }.items():
        ways.append(f'<way id="{way}"><nd ref="1"/><nd ref="2"/>{said(tags)}</way>')
    path.write_text(OSM.format(nodes="".join(nodes), ways="".join(ways)), "utf-8")
    return path


@pytest.fixture
def layers(tmp_path: Path) -> dict[str, ReadLayer]:
    return {layer.name: layer for layer in read_layers(written(tmp_path / "a.osm"), "城")}


def test_each_feature_goes_to_one_kind(layers: dict[str, ReadLayer]) -> None:
    assert {name: len(layer.features) for name, layer in layers.items()} == {
        **{"城-land_use": 1, "城-water": 2, "城-green": 1, "城-roads": 1, "城-rail": 2, "城-utilities": 2},
        **{"城-buildings": 4, "城-other": 3},
    }
    assert [layer.kind for layer in layers.values()] == [k for k in KINDS if f"城-{k}" in layers]
    classes = {
        name: layer.features.attributes["class"].to_pylist()
        for name, layer in layers.items()
        if CLASSES.get(layer.kind)
    }
    assert classes == {
        **{
            "城-land_use": ["residential"],
            "城-water": ["lake", "stream"],
            "城-green": ["park"],
            "城-roads": ["motorway"],
        },
        **{"城-rail": ["subway", None], "城-utilities": ["power", "gas"]},
    }


def test_heights_of_tags(layers: dict[str, ReadLayer]) -> None:
    buildings = layers["城-buildings"]
    rows = {(r["osm_type"], r["osm_id"]): r for r in buildings.features.attributes.to_pylist()}
    found = {key: (row["render_height"], row["render_min_height"]) for key, row in rows.items()}
    assert found == {
        **{("way", 102): (12.0, 3.0), ("way", 107): (6.0, 0.0), ("way", 108): (12.19, 0.0)},
        ("relation", 900): (33.0, 6.0),  # ten floors and one in the roof; it begins on the second
    }
    assert str(buildings.height_rule) == (
        "Heights of 4 buildings: 2 from height, 1 from building:levels × 3 m, 1 by default (6 m)."
    )
    relation = next(
        g
        for g, i in zip(buildings.features.geometry, buildings.features.attributes["osm_id"].to_pylist(), strict=True)
        if i == 900
    )
    assert len(relation.interiors) == 1
    assert rows["way", 102]["name"] == "塔"
    assert rows["way", 102]["name:zh"] == "塔楼"


def test_one_kind_alone(tmp_path: Path) -> None:
    found = read_layers(written(tmp_path / "a.osm"), "x", kind="roads")
    assert [layer.name for layer in found] == ["x-roads"]
    with pytest.raises(InvalidInput, match="no features of OpenStreetMap"):
        read_layers(tmp_path / "a.osm", "x", kind="parcels")


def test_a_name_that_is_too_long_with_its_kind(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be the name"):
        read_layers(written(tmp_path / "a.osm"), "x" * 95)


@pytest.mark.real_data
def test_liechtenstein(real_data: Path) -> None:
    file = real_data / "gis" / "liechtenstein.osm.pbf"
    layers = {layer.kind: layer for layer in read_layers(file, "osm")}
    with warnings.catch_warnings(action="ignore"):
        oracle = pyogrio.read_dataframe(file, layer="multipolygons")
        lines = pyogrio.read_dataframe(file, layer="lines")
    houses = oracle[oracle["building"].notna()]
    buildings = layers["buildings"].features
    assert len(buildings) == len(houses) == 3723
    assert shapely.area(buildings.geometry).sum() == pytest.approx(
        shapely.area(houses.geometry.to_numpy()).sum(), rel=1e-9
    )
    assert Counter(buildings.attributes["building"].to_pylist()) == Counter(houses["building"])
    roads = lines[lines["highway"].notna() & ~lines["highway"].isin(["proposed", "construction", "platform"])]
    assert len(layers["roads"].features) == pytest.approx(len(roads), abs=5)
    assert all(shapely.is_valid(layer.features.geometry).all() for layer in layers.values())
    assert all(layer.lost == 0 for layer in layers.values())
    assert set(layers) == {
        "districts",
        "land_use",
        "water",
        "green",
        "roads",
        "rail",
        "utilities",
        "buildings",
        "other",
    }
    assert "Vaduz" in layers["districts"].features.attributes["name"].to_pylist()
    for layer in layers.values():
        known = CLASSES.get(layer.kind)
        if known and "class" in layer.features.attributes.column_names:
            assert set(layer.features.attributes["class"].to_pylist()) <= {*known, None}
