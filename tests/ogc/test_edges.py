"""What lies beyond the antimeridian, numbers beyond 32 bits, and requests that mean harm."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import pytest
import shapely
from flask.testing import FlaskClient

from tests.layers import put
from tests.ogc.test_items import ids, items, refused
from tests.serving import serving
from twin.store import Store
from twin.values.layer import Features
from web.app import create_app
from web.ogc import selection
from web.settings import Settings

CODES = [440304001001 + i for i in range(40)]
LATE = [*range(39), 2**40 + 1]
BEYOND = [shapely.box(179, 10, 181, 11), shapely.Point(181, 10.5), shapely.box(170, 10, 171, 11)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made, scratch = tmp_path_factory.mktemp("edges"), tmp_path_factory.mktemp("scratch")
    places = shapely.points(np.linspace(114, 114.1, 40), 22.5)
    columns = {"code": CODES, "late": LATE, "small": list(range(40)), "least": [-(2**31)] * 40, "none": [None] * 40}
    types = {name: pa.array(values, pa.int64()) for name, values in columns.items()}
    with Store.init(made, name="边", crs="EPSG:4547", bounds=(113.7, 22.4, 114.7, 22.9)) as store:
        put(store, scratch, "codes", Features(places, pa.table(types)))
        put(store, scratch, "beyond", Features(np.array(BEYOND, dtype=object), pa.table({"a": [1, 2, 3]})))
        put(store, scratch, "point", Features(np.array(BEYOND[1:2], dtype=object), pa.table({"a": [1]})))
    return made


@pytest.fixture(scope="module")
def edges(folder: Path) -> Iterator[FlaskClient]:
    made = create_app(Settings(folder, 5.0, folder))
    yield made.test_client()
    made.extensions["twin.store"].close()


def test_gdal_reads_numbers_beyond_32_bits(folder: Path) -> None:
    with serving(folder) as url:
        known, _, _, columns = pyogrio.raw.read(f"OAPIF:{url}/ogc/", layer="codes")
    read = dict(zip(known["fields"], columns, strict=True))
    assert read["code"].dtype == np.int64
    assert read["code"].tolist() == CODES
    assert read["late"].tolist() == LATE
    assert read["small"].tolist() == list(range(40))
    assert read["least"].tolist() == [-(2**31)] * 40
    assert set(read) == {"code", "late", "small", "least", "none"}


def test_only_wide_numbers_are_left_out_of_the_schema_for_geojson(edges: FlaskClient) -> None:
    def told(query: str) -> Any:
        return json.loads(edges.get(f"/ogc/collections/codes/schema{query}").text)["properties"]

    geojson = told("?profile=geojson")["properties"]["properties"]
    assert {name: kind["type"] for name, kind in geojson.items()} == {
        **{"late": "number", "small": "integer", "least": "integer", "none": "integer"}
    }
    assert told("")["code"]["type"] == "integer"


@pytest.mark.parametrize(
    ("box", "found"),
    [
        ("180.2,10,180.8,11", [1]),
        ("-180,10,-179.5,11", [1]),
        ("-179,10,-178,11", [1, 2]),
        ("179.5,10,-179.5,11", [1]),
        ("170.5,10,170.6,11", [3]),
        ("-178,10,170,11", [3]),
        ("-180,-90,180,90", [1, 2, 3]),
        ("-178,10,169,11", []),
    ],
)
def test_boxes_find_what_lies_beyond_the_antimeridian(edges: FlaskClient, box: str, found: list[int]) -> None:
    assert ids(items(edges, "beyond", bbox=box)) == found


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("S_INTERSECTS(geometry, POINT(-179.5 10.5))", [1]),
        ("S_DISJOINT(geometry, POINT(-179.5 10.5))", [2, 3]),
        ("S_CONTAINS(geometry, POINT(-179.5 10.5))", [1]),
        ("S_WITHIN(geometry, POLYGON((-182 9,-178 9,-178 12,-182 12,-182 9)))", [1, 2]),
        ("S_WITHIN(geometry, POLYGON((-190.5 9,-188 9,-188 12,-190.5 12,-190.5 9)))", [3]),
    ],
)
def test_filters_find_what_lies_beyond_the_antimeridian(edges: FlaskClient, asked: str, found: list[int]) -> None:
    assert ids(items(edges, "beyond", filter=asked)) == found


@pytest.mark.parametrize(
    ("layer", "extent", "corners"),
    [
        ("beyond", [170, 10, -179, 11], ([-180, 10], [180, 11])),
        ("point", [-179, 10.5, -179, 10.5], ([-179, 10.5], [-179, 10.5])),
    ],
)
def test_extents_keep_to_the_globe(edges: FlaskClient, layer: str, extent: Any, corners: Any) -> None:
    told: Any = edges.get(f"/ogc/collections/{layer}").json
    assert told["extent"]["spatial"]["bbox"] == [extent]
    box = (edges.get(f"/ogc/collections/{layer}/tiles/WebMercatorQuad").json or {})["boundingBox"]
    assert (box["lowerLeft"], box["upperRight"]) == corners


def test_the_memory_of_selections_is_bounded(edges: FlaskClient) -> None:
    for number in range(selection._KEPT_SELECTIONS + 20):
        items(edges, "codes", code=number)
    assert 0 < len(selection._kept) <= selection._KEPT_SELECTIONS
    before = len(selection._kept), list(selection._kept._found)
    for number in range(3):
        answer = edges.get(f"/ogc/collections/beyond/items?a={number}{'0' * 12_000}")
        assert answer.status_code in (200, 400)
    assert (len(selection._kept), list(selection._kept._found)) == before
    assert selection._kept.rows == sum(map(len, selection._kept._found.values()))


def test_a_host_that_is_none_is_refused(folder: Path, edges: FlaskClient) -> None:
    for host in ("a b", "a/b", 'x"><script>'):
        answer = edges.get("/ogc/?lang=en", headers={"Host": host})
        assert (answer.status_code, answer.mimetype) == (400, "application/problem+json"), host
        assert "Host" in answer.text
    made = create_app(Settings(folder, 5.0, folder, base_url="https://twin.example.cn"))
    assert made.test_client().get("/ogc/", headers={"Host": "a b"}).status_code == 200
    made.extensions["twin.store"].close()


def test_a_pattern_that_ends_in_a_backslash_is_refused(client: FlaskClient) -> None:
    for pattern in ("%5C", "a%5C", "a%5C%5C%5C"):
        assert "backslash" in refused(client, f"filter=name%20LIKE%20'{pattern}'")
    assert ids(items(client, filter=r"name LIKE '\\'")) == []
