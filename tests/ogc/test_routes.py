"""Every address of `/ogc`: its shape, its links, its readable page, its headers."""

import json
import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, unquote

import jsonschema
import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient

from tests.layers import put
from tests.ogc.cities import EVIL, houses, roads
from tests.web.test_api import validate
from twin.store import Store
from twin.values.layer import Features
from web.app import create_app
from web.openapi import openapi_path
from web.settings import Settings

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"}
TOWERS = quote("塔 & <i>")
TILE = "/ogc/collections/houses/tiles/WebMercatorQuad/12/1784/3344"
ADDRESSES = {
    "/ogc/": "/ogc/",
    "/ogc/conformance": "/ogc/conformance",
    "/ogc/api": "/ogc/api",
    "/ogc/style.css": "/ogc/style.css",
    "/ogc/collections": "/ogc/collections",
    "/ogc/collections/<collection>": f"/ogc/collections/{TOWERS}",
    "/ogc/collections/<collection>/queryables": "/ogc/collections/houses/queryables",
    "/ogc/collections/<collection>/schema": "/ogc/collections/houses/schema",
    "/ogc/collections/<collection>/items": "/ogc/collections/houses/items",
    "/ogc/collections/<collection>/items/<feature>": "/ogc/collections/houses/items/2",
    "/ogc/collections/<collection>/tiles": "/ogc/collections/houses/tiles",
    "/ogc/collections/<collection>/tiles/WebMercatorQuad": f"/ogc/collections/{TOWERS}/tiles/WebMercatorQuad",
    "/ogc/collections/<collection>/tiles/WebMercatorQuad/<matrix>/<row>/<column>": TILE,
    "/ogc/tileMatrixSets": "/ogc/tileMatrixSets",
    "/ogc/tileMatrixSets/WebMercatorQuad": "/ogc/tileMatrixSets/WebMercatorQuad",
}
NOT_PAGES = {"/ogc/style.css", TILE}
OWN_WORDS = ("塔", "深圳", "用途", "住宅", "商业", "学校", "低", "中", "高", "城市.gpkg")
PAGES = sorted(set(ADDRESSES.values()) - NOT_PAGES)


class Reader(HTMLParser):
    """Collects what a page links to and what it must not have."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.hrefs: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.hrefs += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader


def local(address: str) -> str:
    assert address.startswith("http://localhost/"), address
    return address.removeprefix("http://localhost")


def hrefs(document: Any) -> list[dict[str, Any]]:
    if isinstance(document, list):
        return [link for part in document for link in hrefs(part)]
    if not isinstance(document, dict):
        return []
    own = [document] if "href" in document and "rel" in document else []
    return own + [link for part in document.values() for link in hrefs(part)]


def test_every_route_of_ogc_has_an_address_here(layered_app: Flask) -> None:
    served = {route.path for route in layered_app.extensions["twin.routes"] if route.path.startswith("/ogc")}
    assert served == set(ADDRESSES)


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_answer_has_the_promised_shape(layered_app: Flask, client: FlaskClient, path: str) -> None:
    route = next(route for route in layered_app.extensions["twin.routes"] if route.path == path)
    response = client.get(ADDRESSES[path])
    assert response.status_code == 200, response.text
    assert response.mimetype == route.media_type.partition(";")[0]
    assert ("json" in route.media_type) == (route.schema is not None)
    if route.schema:
        validate(response.json or json.loads(response.text), route.schema)


@pytest.mark.parametrize(
    "path", ["/ogc/collections/projects", "/ogc/collections/projects/items", "/ogc/collections/islands"]
)
def test_layers_of_other_kinds_have_the_shape_too(client: FlaskClient, path: str) -> None:
    validate(client.get(path).json, "OgcItems" if path.endswith("items") else "OgcCollection")


@pytest.mark.parametrize("path", ADDRESSES.values())
def test_every_link_leads_somewhere(client: FlaskClient, path: str) -> None:
    if path in NOT_PAGES or path == "/ogc/api":
        return
    for link in hrefs(json.loads(client.get(path).text)):
        if link.get("templated"):
            assert client.get(local(link["href"]).format(tileMatrix=12, tileRow=1784, tileCol=3344)).status_code in (
                200,
                204,
            )
            continue
        response = client.get(local(link["href"]))
        assert response.status_code == 200, link
        if link["rel"] in ("self", "alternate", "next", "items", "describedby") or "/rel/" in link["rel"]:
            assert response.content_type.split(";")[0] == link["type"].split(";")[0], link


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("path", [*ADDRESSES.values(), "/ogc/collections/houses/items?limit=200&f=html"])
def test_every_answer_has_a_strong_etag_and_honours_it(client: FlaskClient, path: str, encoding: str) -> None:
    headers = {"Accept-Encoding": encoding}
    first = client.get(path, headers=headers)
    tag, weak = first.get_etag()
    assert tag
    assert not weak
    again = client.get(path, headers={**headers, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.head(path, headers=headers).headers["Content-Length"] == first.headers["Content-Length"]


def test_a_replaced_layer_has_another_etag(tmp_path: Any) -> None:
    with Store.open(tmp_path / "twin") as store:
        put(store, tmp_path, "a", houses(20))
        client = create_app(Settings(tmp_path / "twin", 5.0, tmp_path)).test_client()
        asked = "/ogc/collections/a/items?filter=floors%3E0"
        first = client.get(asked)
        put(store, tmp_path, "a", houses(21))
        second = client.get(asked)
        assert first.headers["ETag"] != second.headers["ETag"]
        put(store, tmp_path, "a", roads())
        assert client.get(asked).status_code == 400  # the new layer has no such property
        store.remove_layer("a")
        assert client.get(asked).status_code == 404


def test_programs_get_json_and_browsers_pages(client: FlaskClient) -> None:
    for path in PAGES:
        for accept in (
            None,
            "*/*",
            "application/json",
            "application/geo+json, application/json",
            "text/html;q=0.5, */*",
        ):
            response = client.get(path, headers={"Accept": accept} if accept else {})
            assert "json" in (response.mimetype or ""), (path, accept)
        assert client.get(path, headers=BROWSER).mimetype == "text/html"
        joined = "&" if "?" in path else "?"
        assert "json" in client.get(path + joined + "f=json", headers=BROWSER).content_type
        assert client.get(path + joined + "f=html").mimetype == "text/html"
        refused = client.get(path + joined + "f=xml&lang=en")
        assert refused.status_code == 400
        assert client.get(path + joined + "unknown=1").status_code == 400


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", [*PAGES, "/ogc/collections/houses/items?limit=240", "/ogc/collections/projects/items"])
def test_pages_are_plain_and_safe(client: FlaskClient, path: str, language: str) -> None:
    joined = "&" if "?" in path else "?"
    response = client.get(f"{path}{joined}lang={language}", headers=BROWSER)
    assert response.status_code == 200
    policy = response.headers["Content-Security-Policy"]
    assert "script-src" not in policy
    assert "unsafe" not in policy
    page = read(response.text)
    assert not {"script", "style", "iframe", "i", "img", "form", "b"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "style"]
    assert "\ufffd" not in response.text
    assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in response.text
    said = re.sub("|".join(["English", "中文", *OWN_WORDS]), "", page.text)
    assert bool(re.search("[\u4e00-\u9fff]", said)) == (language == "zh"), said
    for href in page.hrefs:
        if href.startswith("http://www.opengis.net/"):
            continue
        answered = client.get(local(href), headers=BROWSER)
        assert answered.status_code == 200, href


def test_hostile_names_are_shown_as_they_are(client: FlaskClient) -> None:
    for path in ("/ogc/collections/houses/items", "/ogc/collections/houses/items/2"):
        response = client.get(path, headers=BROWSER)
        assert EVIL in read(response.text).text
        assert "<script>" not in response.text
    listed = client.get("/ogc/collections", headers=BROWSER)
    assert "塔 & <i>" in read(listed.text).text
    assert "<i>" not in listed.text


def test_the_drawing_has_every_feature_of_the_page(client: FlaskClient) -> None:
    page = client.get("/ogc/collections/houses/items?limit=50&f=html").text
    assert page.count("<title>") == 1 + 50
    numbers = [float(number) for number in re.findall(r'd="M([0-9.]+) ', page)]
    assert len(numbers) + page.count("<circle") >= 50
    assert len(numbers) > 30
    assert all(0 <= number <= 640 for number in numbers)
    assert '<circle class="point"' in client.get(f"/ogc/collections/{TOWERS}/items?f=html").text
    assert '<path class="line"' in client.get("/ogc/collections/roads/items?f=html").text


def test_a_collection_says_what_it_is(client: FlaskClient, sources: dict[str, Features]) -> None:
    found = client.get("/ogc/collections/houses?lang=en").json
    assert found is not None
    assert found["itemCount"] == 240
    assert found["extent"]["spatial"]["bbox"][0] == shapely.total_bounds(sources["houses"].geometry).tolist()
    start, end = found["extent"]["temporal"]["interval"][0]
    days = [day for day in sources["houses"].attributes.column("built").to_pylist() if day]
    assert start == f"{min(days)}T00:00:00Z"
    assert end >= f"{max(days)}"
    assert found["crs"][0] == found["storageCrs"] == "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    assert found["crs"][1:] == [
        *(f"http://www.opengis.net/def/crs/EPSG/0/{code}" for code in (4326, 3857, 4490, 4547)),
        "urn:city-twin:crs:GCJ02",
    ]
    assert {"items", "self", "alternate", "describedby"} <= {link["rel"] for link in found["links"]}
    assert "temporal" not in client.get("/ogc/collections/roads").json["extent"]  # type: ignore[index]


def test_schemas_hold_for_the_features(client: FlaskClient) -> None:
    features = client.get("/ogc/collections/houses/items?limit=240").json["features"]  # type: ignore[index]
    schema = json.loads(client.get("/ogc/collections/houses/schema?profile=geojson").text)
    queryables = json.loads(client.get("/ogc/collections/houses/queryables").text)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert list(features[0]["properties"]) == list(schema["properties"]["properties"]["properties"])
    assert list(queryables["properties"]) == [*features[0]["properties"], "geometry"]
    told = {name: kind.get("format", kind.get("type")) for name, kind in queryables["properties"].items()}
    assert told == {
        **{"name": "string", "用途": "string", "height": "number", "floors": "integer", "listed": "boolean"},
        **{"built": "date", "seen": "date-time", "limit": "integer", "two words": "string"},
        "geometry": "geometry-polygon-or-multi",
    }
    for feature in features:
        known = {name: value for name, value in feature["properties"].items() if value is not None}
        jsonschema.validate({**feature, "properties": known}, schema)


def test_the_description_names_each_layers_properties(client: FlaskClient) -> None:
    described = json.loads(client.get("/ogc/api").text)
    assert described["openapi"].startswith("3.0")
    assert described["servers"] == [{"url": "http://localhost/ogc"}]
    for path in ADDRESSES:
        assert openapi_path(path).removeprefix("/ogc") in described["paths"]
    parameters = described["paths"]["/collections/houses/items"]["get"]["parameters"]
    names = [parameter["name"] for parameter in parameters]
    assert {"bbox", "limit", "datetime", "filter", "floors", "用途", "built"} <= set(names)
    assert "two words" not in names  # clients would write it into filters without quotes
    assert names.count("limit") == 1
    assert [p["schema"]["maximum"] for p in parameters if p["name"] == "limit"] == [10_000]
    assert "const" not in json.dumps(described).replace("Constraint", "")
    operations = [operation["get"]["operationId"] for operation in described["paths"].values()]
    assert len(operations) == len(set(operations))


def test_a_proxy_may_give_the_server_another_address(layered_folder: Any) -> None:
    made = create_app(Settings(layered_folder, 5.0, layered_folder, base_url="https://twin.example.cn/city"))
    client = made.test_client()
    for path in ("/ogc/", "/ogc/collections", "/ogc/collections/houses/items?limit=5&offset=5"):
        for link in hrefs(client.get(path).json):
            assert link["href"].startswith("https://twin.example.cn/city/ogc/"), link
    assert 'href="https://twin.example.cn/city/ogc/style.css"' in client.get("/ogc/", headers=BROWSER).text
    made.extensions["twin.store"].close()


def test_tiles_are_those_of_the_map_with_row_before_column(client: FlaskClient) -> None:
    ours = client.get(TILE, headers={"Accept-Encoding": "gzip"})
    theirs = client.get("/tiles/houses/12/3344/1784.mvt", headers={"Accept-Encoding": "gzip"})
    assert ours.data == theirs.data != b""
    assert ours.headers["ETag"] == theirs.headers["ETag"]
    start = "/ogc/collections/houses/tiles/WebMercatorQuad"
    empty = client.get(f"{start}/12/0/0")
    assert (empty.status_code, empty.data) == (204, b"")
    for outside in ("12/4096/0", "12/0/4096", "16/0/0", "99/0/0", "-1/0/0", "a/0/0", "12/1.5/0", "12/1/9999999999"):
        assert client.get(f"{start}/{outside}").status_code == 404, outside
    assert client.get("/ogc/collections/none/tiles/WebMercatorQuad/0/0/0").status_code == 404
    assert client.get("/ogc/collections/houses/tiles/WorldCRS84Quad").status_code == 404
    assert client.get(f"{TILE}?f=mvt").data == client.get(TILE).data
    assert client.get(f"{TILE}?f=json").status_code == 400


def test_tile_limits_hold_every_tile_with_something_in_it(client: FlaskClient) -> None:
    document = client.get("/ogc/collections/houses/tiles/WebMercatorQuad").json
    assert document is not None
    limits = next(limits for limits in document["tileMatrixSetLimits"] if limits["tileMatrix"] == "11")
    start = "/ogc/collections/houses/tiles/WebMercatorQuad/11"
    rows, columns = (limits["minTileRow"], limits["maxTileRow"]), (limits["minTileCol"], limits["maxTileCol"])
    full = {
        (row, column)
        for row in range(rows[0] - 1, rows[1] + 2)
        for column in range(columns[0] - 1, columns[1] + 2)
        if client.get(f"{start}/{row}/{column}").status_code == 200
    }
    inside = {at for at in full if rows[0] <= at[0] <= rows[1] and columns[0] <= at[1] <= columns[1]}
    assert {row for row, _ in inside} == set(range(rows[0], rows[1] + 1))
    assert min(column for _, column in inside) == columns[0]
    assert max(column for _, column in inside) == columns[1]


def test_the_tiling_scheme_is_the_standards(client: FlaskClient) -> None:
    matrices = client.get("/ogc/tileMatrixSets/WebMercatorQuad").json["tileMatrices"]  # type: ignore[index]
    assert len(matrices) == 25
    assert matrices[0]["scaleDenominator"] == pytest.approx(559082264.028717)
    assert matrices[24]["scaleDenominator"] == pytest.approx(33.3238997477002)
    assert matrices[0]["cellSize"] == pytest.approx(156543.033928041)
    assert matrices[3]["matrixWidth"] == matrices[3]["matrixHeight"] == 8


@pytest.mark.parametrize(
    "path",
    [
        *("/ogc/x", "/ogc/collections/none", "/ogc/collections/none/items", "/ogc/collections/none/items/1"),
        *("/ogc/collections/none/schema", "/ogc/collections/none/queryables", "/ogc/collections/none/tiles"),
        *("/ogc/collections/../secret", "/ogc/collections/%2e%2e%2f", "/ogc/collections/", "/ogc/collections/houses/"),
    ],
)
def test_what_is_not_there_is_a_problem(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers=BROWSER)
    assert (response.status_code, response.mimetype) == (404, "application/problem+json")
    validate(response.json, "Problem")


def test_conformance_names_no_class_twice(client: FlaskClient) -> None:
    classes = client.get("/ogc/conformance").json["conformsTo"]  # type: ignore[index]
    assert len(classes) == len(set(classes))
    for wanted in ("ogcapi-features-1/1.0/conf/core", "ogcapi-features-2/1.0/conf/crs", "cql2/1.0/conf/cql2-text"):
        assert f"http://www.opengis.net/spec/{wanted}" in classes


def test_without_layers_there_is_the_projects_layer_alone(tmp_path: Any) -> None:
    app = create_app(Settings(tmp_path / "twin", 5.0, tmp_path))
    found = app.test_client().get("/ogc/collections").json
    validate(found, "OgcCollections")
    assert [layer["id"] for layer in found["collections"]] == ["projects"]  # type: ignore[index]
    assert unquote(found["collections"][0]["links"][0]["href"]).endswith("/collections/projects")  # type: ignore[index]
    app.extensions["twin.store"].close()
