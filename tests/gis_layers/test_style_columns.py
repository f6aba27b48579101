"""The columns that styles rely on: names, classes and heights out of whatever a source calls them."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_layers.classes import class_of
from gis_layers.heights import floors_in, metres_in
from tests.gis_layers.made import HOUSES, frame, read, told, write
from twin.values.layer import CLASSES, KINDS

LINES = [shapely.LineString([(114 + i / 10, 22.5), (114.05 + i / 10, 22.5)]) for i in range(5)]


@pytest.mark.parametrize(
    "field",
    ["名称", "名字", "路名", "MC", "NAME", "Name", "道路名称", "mingcheng", "name_zh", "标准名称", "ROADNAME", "name"],
)
def test_names(tmp_path: Path, field: str) -> None:
    table = read(
        write(tmp_path / "a.gpkg", frame({"id": ["1"], field: ["深南大道"]}, LINES[:1])), "roads"
    ).features.attributes
    assert table["name"].to_pylist() == ["深南大道"]
    # a client that cannot tell cases apart can still read the layer
    assert len({n.lower() for n in table.column_names}) == len(table.column_names)
    assert field in table.column_names or field.lower() == "name"


def test_the_best_name_that_is_filled(tmp_path: Path) -> None:
    fields: dict[str, Any] = {"路名": ["深南大道"], "NAME": [None], "mc": ["x"]}
    table = read(write(tmp_path / "a.gpkg", frame(fields, LINES[:1])), "roads").features.attributes
    assert table["name"].to_pylist() == ["深南大道"]


@pytest.mark.parametrize(
    ("kind", "field", "values", "classes"),
    [
        (
            "roads",
            "等级",
            ["快速路", "城市主干路", "次干路", "支路", "步行街"],
            ["motorway", "primary", "secondary", "tertiary", "path"],
        ),
        (
            "roads",
            "道路等级",
            ["高速公路", "国道", "省道", "县道", "乡道"],
            ["motorway", "primary", "secondary", "tertiary", "minor"],
        ),
        (
            "roads",
            "fclass",
            ["trunk_link", "primary", "unclassified", "living_street", "footway"],
            ["motorway", "primary", "tertiary", "minor", "path"],
        ),
        ("roads", "TYPE", ["Motorway", "SERVICE", "?", "path", None], ["motorway", "service", None, "path", None]),
        (
            "land_use",
            "用地代码",
            ["R2", "A33", "B1", "M1", "W1"],
            ["residential", "education", "commercial", "industrial", "industrial"],
        ),
        ("land_use", "YDXZ", ["S1", "U", "A51", "A2", "x9"], ["transport", "utility", "medical", "public", None]),
        (
            "land_use",
            "用地性质",
            ["二类居住用地", "商业用地", "一类工业用地", "中小学用地", "医院用地"],
            ["residential", "commercial", "industrial", "education", "medical"],
        ),
        ("water", "类型", ["河流", "湖泊", "水库", "运河", "沟渠"], ["river", "lake", "lake", "canal", "canal"]),
        (
            "green",
            "类别",
            ["公园绿地", "防护绿地", "耕地", "湿地", "草地"],
            ["park", "forest", "farmland", "wetland", "grass"],
        ),
        ("rail", "类型", ["地铁", "铁路", "有轨电车", "高铁", "轻轨"], ["subway", "rail", "tram", "rail", "tram"]),
        ("utilities", "管类", ["给水", "污水", "燃气", "电力", "通信"], ["water", "sewage", "gas", "power", "telecom"]),
    ],
)
def test_classes(tmp_path: Path, kind: str, field: str, values: list[Any], classes: list[Any]) -> None:
    geometry = HOUSES if kind in ("land_use", "green") else LINES
    layer = read(write(tmp_path / "a.gpkg", frame({"id": list("abcde"), field: values}, geometry)), "x", kind=kind)
    assert layer.features.attributes["class"].to_pylist() == classes
    assert f"from the field {field}" in told(layer)
    assert layer.features.attributes[field].to_pylist() == values


def test_a_class_of_another_meaning_is_renamed(tmp_path: Path) -> None:
    fields = {"Class": ["x1", "x2"], "fclass": ["primary", "path"]}
    table = read(write(tmp_path / "a.gpkg", frame(fields, LINES[:2])), "roads").features.attributes
    assert table.column_names == ["source_class", "fclass", "class"]
    assert table["class"].to_pylist() == ["primary", "path"]
    good = read(write(tmp_path / "b.gpkg", frame({"class": ["minor", "path"]}, LINES[:2])), "roads").features.attributes
    assert good.column_names == ["class"]


@given(st.sampled_from(KINDS), st.text(max_size=12) | st.from_regex(r"[A-Z][0-9]{0,3}[a-z*]?", fullmatch=True))
def test_a_class_is_one_of_the_kinds(kind: str, value: str) -> None:
    assert class_of(kind, value) in (None, *CLASSES.get(kind, ()))


@pytest.mark.parametrize(
    ("fields", "heights", "rule"),
    [
        (
            {"HEIGHT": [10.0, 0.0, np.nan, -3.0, 5000.0]},
            [10, 6, 6, 6, 6],
            ": 1 from HEIGHT, 4 by default (6 m).",
        ),
        ({"建筑高度": ["12 m", "40'", "12,5", "高", None]}, [12, 12.19, 12.5, 6, 6], "3 from 建筑高度"),
        ({"层数": ["6层", "12F", "1", "33", "0"]}, [18, 36, 3, 99, 6], "4 from 层数 × 3 m, 1 by default"),
        (
            {"CS": [1, 2, 3, 4, 999], "GD": [5.5, np.nan, 0, 20, np.nan]},
            [5.5, 6, 9, 20, 6],
            "2 from GD, 2 from CS × 3 m, 1 by",
        ),
        ({"building:levels": ["2", "3;5", None, "1.5", "x"]}, [6, 15, 6, 4.5, 6], "3 from building:levels × 3 m"),
        ({"a": [1, 2, 3, 4, 5]}, [6] * 5, "6 m each, as no field tells"),
        ({"render_height": [1.0, 2.0, 3.0, 4.0, 5.0]}, [1, 2, 3, 4, 5], "5 from render_height"),
    ],
)
def test_heights(tmp_path: Path, fields: dict[str, Any], heights: list[float], rule: str) -> None:
    layer = read(write(tmp_path / "a.gpkg", frame(fields)), kind="buildings")
    assert layer.features.attributes["render_height"].to_pylist() == heights
    assert rule in str(layer.height_rule)


def test_only_buildings_have_heights(tmp_path: Path) -> None:
    layer = read(write(tmp_path / "a.gpkg", frame({"height": [1.0, 2, 3, 4, 5]})), kind="green")
    assert layer.height_rule is None
    assert "render_height" not in layer.features.attributes.column_names


@given(st.floats(0.1, 999).map(lambda x: round(x, 2)))
def test_heights_in_words(metres: float) -> None:
    for text in (f"{metres}", f" {metres} m", f"{metres}m", f"{metres}米", str(metres).replace(".", ",")):
        assert metres_in(text) == metres
    assert metres_in(f"{metres} ft") == pytest.approx(metres * 0.3048)


@given(st.text(max_size=10))
def test_no_text_breaks_the_reading_of_numbers(text: str) -> None:
    assert math.isnan(metres_in(text)) or metres_in(text) < 1e10
    assert math.isnan(floors_in(text)) or floors_in(text) >= 0


@pytest.mark.parametrize(
    ("name", "file", "fields", "geometry", "kind"),
    [
        *(
            ("a", "建筑物.gpkg", {}, HOUSES, "buildings"),
            ("a", "x.gpkg", {"floors": [1, 2, 3, 4, 5]}, HOUSES, "buildings"),
        ),
        *(
            ("道路中心线", "x.gpkg", {}, LINES, "roads"),
            ("水系", "x.gpkg", {}, HOUSES, "water"),
            ("a", "x.gpkg", {}, LINES, "other"),
        ),
        *(("行政区", "x.gpkg", {}, HOUSES, "districts"), ("行政区", "x.gpkg", {}, LINES, "other")),
        *(("规划用地", "x.gpkg", {}, HOUSES, "land_use"), ("宗地", "x.gpkg", {}, HOUSES, "parcels")),
        *(("地铁线路", "x.gpkg", {}, LINES, "rail"), ("污水管网", "x.gpkg", {}, LINES, "utilities")),
        *(("city-parks", "x.gpkg", {}, HOUSES, "green"), ("parking", "x.gpkg", {}, HOUSES, "other")),
    ],
)
def test_the_kind_is_guessed_and_told(
    tmp_path: Path, name: str, file: str, fields: dict[str, Any], geometry: list[Any], kind: str
) -> None:
    layer = read(write(tmp_path / file, frame(fields, geometry)), name)
    assert layer.kind == kind
    assert "--kind says it" in told(layer)
    assert "--kind" not in told(read(tmp_path / file, name, kind=kind))
