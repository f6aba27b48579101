"""Features by page, box, time, value and coordinate system, held against shapely and PROJ asked directly."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

import numpy as np
import pyproj
import pytest
import shapely
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ogc.cities import COUNT
from twin.values.gcj02 import gcj02_from_lnglat
from twin.values.layer import Features

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
GCJ02 = "urn:city-twin:crs:GCJ02"
FUZZ = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def items(client: FlaskClient, layer: str = "houses", **asked: Any) -> Any:
    query = "&".join(f"{quote(name.replace('_', '-'))}={quote(str(value))}" for name, value in asked.items())
    response = client.get(f"/ogc/collections/{quote(layer)}/items?{query}")
    assert response.status_code == 200, response.text
    return response.json


def refused(client: FlaskClient, query: str, layer: str = "houses") -> str:
    response = client.get(f"/ogc/collections/{quote(layer)}/items?lang=en&{query}")
    assert (response.status_code, response.mimetype) == (400, "application/problem+json"), response.text
    detail: str = response.json["detail"]  # type: ignore[index]
    return detail


def ids(found: Any) -> list[int]:
    return [feature["id"] for feature in found["features"]]


def shape(feature: Any) -> Any:
    return shapely.from_geojson(json.dumps(feature["geometry"]))


@pytest.mark.parametrize("layer", ["houses", "塔 & <i>", "roads", "islands"])
def test_every_feature_comes_back_as_it_was(client: FlaskClient, sources: dict[str, Features], layer: str) -> None:
    source = sources[layer]
    found = items(client, layer, limit=10_000)
    assert found["numberMatched"] == found["numberReturned"] == len(source)
    assert ids(found) == list(range(1, len(source) + 1))
    made = np.array([shape(feature) for feature in found["features"]])
    assert shapely.equals_identical(made, source.geometry).all()
    one = client.get(f"/ogc/collections/{quote(layer)}/items/{len(source)}").json
    assert one is not None
    assert {name: one[name] for name in ("geometry", "properties", "id")} == {
        name: found["features"][-1][name] for name in ("geometry", "properties", "id")
    }


def test_values_of_every_type_come_back(client: FlaskClient, sources: dict[str, Features]) -> None:
    table = sources["houses"].attributes
    for i, feature in enumerate(items(client, limit=COUNT)["features"]):
        expected = {name: table.column(name)[i].as_py() for name in table.column_names}
        if expected["height"] != expected["height"]:
            expected["height"] = None
        expected["built"] = expected["built"] and expected["built"].isoformat()
        seen = feature["properties"].pop("seen")
        told = None if seen is None else datetime.fromisoformat(seen)
        assert told == expected.pop("seen")
        assert feature["properties"] == expected


@FUZZ
@given(limit=st.integers(1, 400), offset=st.integers(0, 300))
def test_pages_are_slices_and_name_their_neighbours(client: FlaskClient, limit: int, offset: int) -> None:
    found = items(client, limit=limit, offset=offset, properties="floors", 用途="住宅")
    everything = ids(items(client, limit=10_000, 用途="住宅"))
    assert ids(found) == everything[offset : offset + limit]
    assert found["numberMatched"] == len(everything) == 80
    assert found["numberReturned"] == len(found["features"])
    turns = {link["rel"]: link["href"] for link in found["links"]}
    assert ("next" in turns) == (offset + limit < 80)
    assert ("prev" in turns) == (offset > 0)
    for rel in turns.keys() & {"next", "prev"}:
        assert "properties=floors" in turns[rel]
        neighbour = client.get(turns[rel].removeprefix("http://localhost")).json
        assert neighbour is not None
        assert all(list(feature["properties"]) == ["floors"] for feature in neighbour["features"])
        start = offset + limit if rel == "next" else max(0, min(offset, 80) - limit)
        assert ids(neighbour) == everything[start : start + limit]


def test_following_next_meets_every_feature_once(client: FlaskClient) -> None:
    href: str | None = "http://localhost/ogc/collections/houses/items?limit=37"
    met: list[int] = []
    while href:
        response = client.get(href.removeprefix("http://localhost"))
        assert response.json is not None
        met += ids(response.json)
        href = next((link["href"] for link in response.json["links"] if link["rel"] == "next"), None)
        assert ('rel="next"' in str(response.headers.getlist("Link"))) == (href is not None)
    assert met == list(range(1, COUNT + 1))


BOXES = st.tuples(*(st.floats(113.85, 114.55), st.floats(22.35, 22.65)) * 2)


@FUZZ
@given(box=BOXES)
def test_a_box_finds_what_touches_it(client: FlaskClient, sources: dict[str, Features], box: tuple[float, ...]) -> None:
    west, east, south, north = *sorted((box[0], box[2])), *sorted((box[1], box[3]))
    expected = np.flatnonzero(shapely.intersects(sources["houses"].geometry, shapely.box(west, south, east, north))) + 1
    assert ids(items(client, bbox=f"{west},{south},{east},{north}", limit=1000)) == expected.tolist()
    turned = items(client, bbox=f"{south},{west},{north},{east}", bbox_crs=EPSG + "4326", limit=1000)
    assert ids(turned) == expected.tolist()


@pytest.mark.parametrize("code", [3857, 4490, 4547])
@FUZZ
@given(box=BOXES)
def test_a_box_of_another_system_finds_the_same(
    client: FlaskClient, sources: dict[str, Features], code: int, box: tuple[float, ...]
) -> None:
    transformer = pyproj.Transformer.from_crs("EPSG:4326", f"EPSG:{code}")  # the authority's axis order: latitude first
    geometry = shapely.transform(
        sources["houses"].geometry, lambda at: np.column_stack(transformer.transform(at[:, 1], at[:, 0]))
    )
    corners = np.array(transformer.transform([box[1], box[3]], [box[0], box[2]])).T
    low, high = corners.min(axis=0), corners.max(axis=0)
    asked = shapely.box(*low, *high)
    found = set(
        ids(
            items(
                client, bbox=",".join(map(repr, [*low.tolist(), *high.tolist()])), bbox_crs=EPSG + str(code), limit=1000
            )
        )
    )
    sure = shapely.intersects(geometry, shapely.buffer(asked, -0.05 if code != 4490 else -1e-7))
    near = shapely.intersects(geometry, shapely.buffer(asked, 0.05 if code != 4490 else 1e-7))
    assert set((np.flatnonzero(sure) + 1).tolist()) <= found <= set((np.flatnonzero(near) + 1).tolist())


def test_boxes_over_the_antimeridian(client: FlaskClient) -> None:
    assert ids(items(client, "islands", bbox="178,-20,-178,-10")) == [1, 2]
    assert ids(items(client, "islands", bbox="178,-20,182,-10")) == [1, 2]
    assert ids(items(client, "islands", bbox="-182,-20,-178,-10")) == [1, 2]
    assert ids(items(client, "islands", bbox="-178.5,-16.5,178.5,-16.5")) == [3]
    assert ids(items(client, "islands", bbox="178.5,-16.5,-178.5,-16.5")) == [1, 2]
    assert ids(items(client, "islands", bbox="-179.5,-20,179.5,-10")) == [1, 2, 3]
    assert ids(items(client, "islands", bbox="1.5,-20,0.5,-10")) == [1, 2, 3]
    assert ids(items(client, "islands", bbox="-20,178,-10,-178", bbox_crs=EPSG + "4326")) == [1, 2]
    assert ids(items(client, "islands", bbox="180,-20,180,-10")) == [1]
    assert ids(items(client, "islands", bbox="-180,-90,180,90")) == [1, 2, 3]


def test_a_box_with_heights(client: FlaskClient) -> None:
    assert ids(items(client, "塔 & <i>", bbox="113,22,0,115,23,200")) == [1, 2]
    assert ids(items(client, "塔 & <i>", bbox="113,22,100,115,23,100")) == [2]
    assert ids(items(client, "塔 & <i>", bbox="113,22,1001,115,23,2000")) == []
    flat = items(client, "houses", bbox="113,22,1001,115,23,2000", limit=1000)
    assert len(flat["features"]) == COUNT  # without heights they are at every height


@pytest.mark.parametrize("code", [4326, 3857, 4490, 4547])
def test_coordinates_in_another_system(client: FlaskClient, sources: dict[str, Features], code: int) -> None:
    response = client.get(f"/ogc/collections/houses/items?limit=20&crs={quote(EPSG)}{code}")
    assert response.headers["Content-Crs"] == f"<{EPSG}{code}>"
    assert response.json is not None
    transformer = pyproj.Transformer.from_crs("EPSG:4326", f"EPSG:{code}")
    for feature, source in zip(response.json["features"], sources["houses"].geometry[:20], strict=True):
        at = shapely.get_coordinates(source)
        expected = np.column_stack(transformer.transform(at[:, 1], at[:, 0]))
        tolerance = 1e-4 if code in (3857, 4547) else 1e-9
        assert shapely.get_coordinates(shape(feature)) == pytest.approx(expected, abs=tolerance)
    assert code != 4547 or shapely.get_coordinates(shape(response.json["features"][0]))[0, 0] > 2_000_000  # north first


def test_degrees_in_the_other_order_lose_no_digit(client: FlaskClient, sources: dict[str, Features]) -> None:
    for code in (4326, 4490):
        found = items(client, crs=EPSG + str(code), limit=COUNT)
        made = shapely.transform(np.array([shape(f) for f in found["features"]]), lambda at: at[:, ::-1])
        assert shapely.equals_identical(made, sources["houses"].geometry).all()


def test_gcj02(client: FlaskClient, sources: dict[str, Features]) -> None:
    response = client.get(f"/ogc/collections/{quote('塔 & <i>')}/items/2?crs={GCJ02}")
    assert response.headers["Content-Crs"] == f"<{GCJ02}>"
    longitude, latitude, height = response.json["geometry"]["coordinates"]  # type: ignore[index]
    expected = gcj02_from_lnglat(np.array([[114.01, 22.51]]))[0]
    assert (longitude, latitude, height) == (expected[0], expected[1], 100.0)
    assert 0.003 < longitude - 114.01 < 0.008  # some hundred metres east of where it is
    box = f"{longitude - 1e-5},{latitude - 1e-5},{longitude + 1e-5},{latitude + 1e-5}"
    assert ids(items(client, "塔 & <i>", bbox=box, bbox_crs=GCJ02)) == [2]
    assert ids(items(client, "塔 & <i>", bbox=box)) == []


@FUZZ
@given(
    a=st.datetimes(datetime(1989, 1, 1), datetime(2024, 1, 1)),
    b=st.datetimes(datetime(1989, 1, 1), datetime(2024, 1, 1)),
)
def test_an_interval_of_time(client: FlaskClient, sources: dict[str, Features], a: datetime, b: datetime) -> None:
    a, b = sorted((a.replace(microsecond=0, tzinfo=UTC), b.replace(microsecond=0, tzinfo=UTC)))
    table = sources["houses"].attributes
    days, seen = table.column("built").to_pylist(), table.column("seen").to_pylist()

    def inside(i: int, start: datetime, end: datetime) -> bool:
        day, at = days[i], seen[i]
        return (
            (day is not None and start.date() <= day <= end.date())
            or (at is not None and start <= at <= end)
            or (day is None and at is None)
        )

    def text(at: datetime) -> str:
        return at.isoformat().replace("+00:00", "Z")

    early, late = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    for asked, start, end in (
        (f"{text(a)}/{text(b)}", a, b),
        (f"../{text(b)}", early, b),
        (f"{text(a)}/", a, late),
        (text(a), a, a),
    ):
        expected = [i + 1 for i in range(COUNT) if inside(i, start, end)]
        assert ids(items(client, datetime=asked, limit=1000)) == expected


def test_an_interval_ends_with_its_last_day(client: FlaskClient, sources: dict[str, Features]) -> None:
    table = sources["houses"].attributes
    days, seen = table.column("built").to_pylist(), table.column("seen").to_pylist()
    chosen = next(at.date() for day, at in zip(days, seen, strict=True) if day is None and at is not None)
    known = [(i + 1, day, at and at.date()) for i, (day, at) in enumerate(zip(days, seen, strict=True)) if day or at]
    unknown = {i + 1 for i in range(COUNT)} - {number for number, _, _ in known}
    cases: list[tuple[str, Callable[[date], bool]]] = [
        (f"../{chosen}", lambda day: day <= chosen),
        (f"{chosen}", lambda day: day == chosen),
        (f"{chosen}/..", lambda day: day >= chosen),
    ]
    for asked, holds in cases:
        expected = {number for number, *both in known if any(day and holds(day) for day in both)} | unknown
        assert set(ids(items(client, datetime=asked, limit=1000))) == expected


def test_time_has_no_effect_on_layers_without_times(client: FlaskClient) -> None:
    assert len(items(client, "roads", datetime="2020-01-01")["features"]) == 2


def test_values_select(client: FlaskClient, sources: dict[str, Features]) -> None:
    rows = sources["houses"].attributes.to_pylist()
    for asked, holds in (
        ({"用途": "学校"}, lambda row: row["用途"] == "学校"),
        ({"floors": "7"}, lambda row: row["floors"] == 7),
        ({"listed": "true"}, lambda row: row["listed"] is True),
        ({"built": str(rows[1]["built"])}, lambda row: row["built"] == rows[1]["built"]),
        ({"floors": "-3", "用途": "住宅"}, lambda row: row["floors"] == -3 and row["用途"] == "住宅"),
        ({"name": "' OR 1=1 --"}, lambda row: False),
    ):
        expected = [i + 1 for i, row in enumerate(rows) if holds(row)]
        assert ids(items(client, limit=1000, **asked)) == expected, asked


def test_only_the_number(client: FlaskClient) -> None:
    found = items(client, resultType="hits", 用途="住宅")
    assert (found["numberMatched"], found["numberReturned"], found["features"]) == (80, 0, [])


def test_limits(client: FlaskClient) -> None:
    assert len(items(client)["features"]) == 10
    assert len(items(client, limit=123_456_789)["features"]) == COUNT


@pytest.mark.parametrize(
    ("query", "word"),
    [
        *(("limit=0", "limit"), ("limit=-1", "limit"), ("limit=1.5", "limit"), ("limit=%D9%A3", "limit")),
        *(("offset=-1", "offset"), ("offset=9999999999999999", "offset"), ("colour=red", "colour")),
        *(("bbox=1,2,3", "bbox"), ("bbox=1,2,3,nan", "bbox"), ("bbox=a,b,c,d", "bbox"), ("bbox=0,10,1,5", "bbox")),
        *(("bbox=1,2,3,inf", "bbox"), ("bbox=", "bbox"), ("bbox=0,0,9,1,1,3", "bbox")),
        (f"bbox=1,0,0,1&bbox-crs={EPSG}3857", "bbox"),
        (f"bbox=0,0,1e14,1e14&bbox-crs={EPSG}4547", "bbox"),
        *(("bbox-crs=EPSG:4326", "bbox-crs"), ("crs=x", "crs"), ("filter-crs=x&filter=TRUE", "filter-crs")),
        *(("datetime=yesterday", "yesterday"), ("datetime=2020-13-01", "2020-13-01"), ("datetime=../..", "datetime")),
        *(("datetime=2021-01-01/2020-01-01", "2021"), ("datetime=", ""), ("datetime=2020-01-01/x/y", "x/y")),
        *(("properties=none", "none"), ("floors=many", "floors"), ("listed=perhaps", "listed"), ("built=x", "x")),
        *(("f=xml", "xml"), ("limit=1&limit=2", "limit"), ("filter-lang=sql", "filter-lang")),
        *(("resultType=all", "resultType"), ("token=x", "token")),
    ],
)
def test_what_cannot_be_used_is_named(client: FlaskClient, query: str, word: str) -> None:
    assert word in refused(client, query)


@pytest.mark.parametrize("feature", ["0", "-1", str(COUNT + 1), "x", "1.0", "9" * 50, "%D9%A3", "1%00"])
def test_a_feature_that_is_not_there(client: FlaskClient, feature: str) -> None:
    assert client.get(f"/ogc/collections/houses/items/{feature}").status_code == 404


@FUZZ
@given(
    query=st.dictionaries(
        st.sampled_from(
            [
                "limit",
                "offset",
                "bbox",
                "bbox-crs",
                "crs",
                "datetime",
                "properties",
                "filter",
                "floors",
                "name",
                "built",
                "f",
                "lang",
                "filter-crs",
                "x",
            ]
        ),
        st.text(max_size=30),
    )
)
def test_no_query_breaks_the_server(client: FlaskClient, query: dict[str, str]) -> None:
    response = client.get("/ogc/collections/houses/items", query_string=query)
    assert response.status_code in (200, 400), response.text
