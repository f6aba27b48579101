"""City layers over HTTP: tiles, TileJSON and their freshness; what the gate keeps is what the app gave."""

import gzip
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import pyarrow as pa
import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient

from tests.layers import features, put
from tests.store import samples
from tests.web.test_api import validate
from twin.store import Store
from twin.values.crs import lnglat_from_ecef
from twin.values.layer import Features
from web import tile_gate
from web.app import create_app
from web.settings import Settings
from web.tile_gate import TileGate

GZIP = {"Accept-Encoding": "gzip"}
Z, X, Y = 15, 26766, 14277  # holds 114.06 E 22.54 N


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "twin") as opened:
        yield opened


@pytest.fixture
def app(tmp_path: Path, store: Store) -> Flask:
    return create_app(Settings(tmp_path / "twin", 5.0, tmp_path))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def answer(client: FlaskClient, path: str, **asked: Any) -> Any:
    return client.get(path, **asked).json


def decoded(response: Any) -> list[dict[str, Any]]:
    content = gzip.decompress(response.data) if response.headers.get("Content-Encoding") == "gzip" else response.data
    found: list[dict[str, Any]] = next(iter(mapbox_vector_tile.decode(content).values()))["features"]
    return found


@pytest.mark.parametrize("baked", [False, True])
def test_live_and_baked_tiles_have_one_url_and_the_same_features(
    store: Store, client: FlaskClient, tmp_path: Path, baked: bool
) -> None:
    put(store, tmp_path, "buildings", features(), baked=baked)
    response = client.get(f"/tiles/buildings/{Z}/{X}/{Y}.mvt", headers=GZIP)
    assert response.status_code == 200
    assert response.mimetype == "application/vnd.mapbox-vector-tile"
    found = decoded(response)
    assert [f["id"] for f in found] == list(range(1, 10))
    assert [f["properties"]["name"] for f in found] == [f"{i}号楼" for i in range(1, 10)]
    plain = client.get(f"/tiles/buildings/{Z}/{X}/{Y}.mvt", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert plain.data == gzip.decompress(response.data)


@pytest.mark.parametrize("baked", [False, True])
def test_empty_is_204_and_outside_is_404(store: Store, client: FlaskClient, tmp_path: Path, baked: bool) -> None:
    put(store, tmp_path, "buildings", features(), baked=baked)
    empty = client.get(f"/tiles/buildings/{Z}/{X + 40}/{Y}.mvt")
    assert (empty.status_code, empty.data) == (204, b"")
    for path in (f"16/{2 * X}/{2 * Y}", "3/8/0", "3/0/8", "40/0/0"):
        assert client.get(f"/tiles/buildings/{path}.mvt").status_code == 404
    for path in ("a/0/0", "3/-1/0", "3/0.5/0"):
        assert client.get(f"/tiles/buildings/{path}.mvt").status_code == 404
    assert client.get("/tiles/nowhere/0/0/0.mvt").status_code == 404
    assert "nowhere" in answer(client, "/tiles/nowhere/0/0/0.mvt")["detail"]


def test_tilejson_is_absolute_and_complete(store: Store, client: FlaskClient, tmp_path: Path) -> None:
    put(store, tmp_path, "建筑", features())
    document = answer(client, "/tiles/建筑.json", headers={"Host": "twin.example.cn:8080"})
    validate(document, "TileJSON")
    (url,) = document["tiles"]
    assert url.startswith("http://twin.example.cn:8080/tiles/%E5%BB%BA%E7%AD%91/{z}/{x}/{y}.mvt?v=")
    (layer,) = document["vector_layers"]
    assert layer["id"] == "建筑"
    assert layer["fields"] == {"name": "String", "floors": "Number"}
    assert document["bounds"] == pytest.approx([114.06, 22.54, 114.0643, 22.5403])
    assert (document["minzoom"], document["maxzoom"]) == (0, 15)
    tile = url.removeprefix("http://twin.example.cn:8080").format(z=Z, x=X, y=Y)
    assert len(decoded(client.get(tile))) == 9


@pytest.mark.parametrize(
    ("reach", "bounds"),
    [
        ((179.0, 10.0, 181.0, 11.0), [-180, 10, 180, 11]),
        ((-181.0, 10.0, -179.0, 11.0), [-180, 10, 180, 11]),
        ((181.0, 10.0, 182.0, 11.0), [-179, 10, -178, 11]),
    ],
)
def test_bounds_do_not_cross_the_antimeridian(
    store: Store, client: FlaskClient, tmp_path: Path, reach: tuple[float, float, float, float], bounds: list[float]
) -> None:
    put(store, tmp_path, "sea", Features(np.array([shapely.box(*reach)]), pa.table({"name": ["海"]})))
    document = answer(client, "/tiles/sea.json")
    assert document["bounds"] == bounds
    assert client.get("/tiles/sea/8/0/120.mvt").status_code == 200  # the first column, from -180 to -178.6


def test_a_proxy_may_give_the_server_another_address(store: Store, tmp_path: Path) -> None:
    put(store, tmp_path, "buildings", features())
    settings = Settings(tmp_path / "twin", 5.0, tmp_path, base_url="https://twin.example.cn/city")
    document = answer(create_app(settings).test_client(), "/tiles/buildings.json")
    assert document["tiles"][0].startswith("https://twin.example.cn/city/tiles/buildings/{z}")


def test_a_replaced_layer_is_fresh_at_once_and_the_rest_stays_cached(
    store: Store, client: FlaskClient, tmp_path: Path
) -> None:
    put(store, tmp_path, "buildings", features())
    put(store, tmp_path, "roads", features(3))
    path, other = f"/tiles/buildings/{Z}/{X}/{Y}.mvt", f"/tiles/roads/{Z}/{X}/{Y}.mvt"
    first, kept = client.get(path, headers=GZIP), client.get(other, headers=GZIP)
    again = {**GZIP, "If-None-Match": first.headers["ETag"]}
    for _ in range(2):  # by the app, then by the gate
        assert client.get(path, headers=again).status_code == 304
    put(store, tmp_path, "buildings", features(4))  # another process would do the same
    fresh = client.get(path, headers=again)
    assert fresh.status_code == 200
    assert len(decoded(fresh)) == 4
    assert fresh.headers["ETag"] != first.headers["ETag"]
    assert client.get(other, headers={**GZIP, "If-None-Match": kept.headers["ETag"]}).status_code == 304
    store.remove_layer("buildings")
    assert client.get(path, headers=GZIP).status_code == 404


def test_a_tile_of_the_current_version_is_cached_for_ever(store: Store, client: FlaskClient, tmp_path: Path) -> None:
    put(store, tmp_path, "buildings", features())
    version = store.layer("buildings").version
    path = f"/tiles/buildings/{Z}/{X}/{Y}.mvt"
    assert "immutable" in client.get(f"{path}?v={version}").headers["Cache-Control"]
    assert client.get(f"{path}?v=0000000000000000").headers["Cache-Control"] == "no-cache"
    assert client.get(path).headers["Cache-Control"] == "no-cache"


def test_the_gate_answers_as_the_app_does(store: Store, app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    put(store, tmp_path, "buildings", features())
    path = f"/tiles/buildings/{Z}/{X}/{Y}.mvt"
    asked: list[str] = []

    @app.before_request
    def count() -> None:
        asked.append("")

    first = client.get(path, headers=GZIP)
    second = client.get(path, headers=GZIP)
    assert len(asked) == 1
    assert second.data == first.data
    assert list(second.headers) == list(first.headers)
    unchanged = client.get(path, headers={**GZIP, "If-None-Match": first.headers["ETag"]})
    assert (unchanged.status_code, unchanged.data, len(asked)) == (304, b"", 1)
    assert unchanged.headers["ETag"] == first.headers["ETag"]
    assert client.head(path, headers=GZIP).data == b""
    assert client.get(path, headers={"Accept-Encoding": "gzip;q=0"}).headers.get("Content-Encoding") is None


def test_names_of_any_script_and_nothing_else(store: Store, client: FlaskClient, tmp_path: Path) -> None:
    put(store, tmp_path, "水系", features())
    assert client.get(f"/tiles/水系/{Z}/{X}/{Y}.mvt").status_code == 200
    assert client.get("/tiles/../../etc/passwd.json").status_code == 404


def test_the_list_tells_what_layers_are(store: Store, client: FlaskClient, tmp_path: Path) -> None:
    put(store, tmp_path, "b", features(), baked=True)
    put(store, tmp_path, "a", features(2))
    listed = answer(client, "/api/layers")["layers"]
    assert [(layer["name"], layer["features"], layer["baked"]) for layer in listed] == [("a", 2, False), ("b", 9, True)]
    assert listed[0]["tilejson"] == "/tiles/a.json"


def test_projects_are_a_live_layer(store: Store, client: FlaskClient) -> None:
    assert client.get("/tiles/projects/0/0/0.mvt").status_code == 204
    before = answer(client, "/tiles/projects.json")["tiles"]
    store.put_revision(samples.revision())
    after = answer(client, "/tiles/projects.json")["tiles"]
    assert before != after
    (project,) = decoded(client.get("/tiles/projects/0/0/0.mvt"))
    assert project["properties"] == {"code": "P001", "name": "P001", "light": "grey"}


def test_a_building_under_a_model_is_replaced(store: Store, client: FlaskClient, tmp_path: Path) -> None:
    assert answer(client, "/api/replaced")["layers"] == {}
    kept = store.put_revision(replace(samples.revision(), footprint=[[[(0, 0), (40, 0), (40, 40), (0, 40)]]]))
    origin = kept.georeference.ecef_from_local[:3, 3]  # the sample stands on a sphere: its latitude is another here
    longitude, latitude, _ = lnglat_from_ecef(origin[None])[0].tolist()
    inside = shapely.box(longitude + 0.00005, latitude + 0.00005, longitude + 0.0003, latitude + 0.0003)
    beside = shapely.box(longitude - 0.001, latitude, longitude - 0.0005, latitude + 0.0003)
    put(store, tmp_path, "buildings", Features(np.array([beside, inside]), pa.table({"name": ["旁", "内"]})))
    put(store, tmp_path, "parcels", Features(np.array([inside]), pa.table({"name": ["地"]})), kind="parcels")
    told = answer(client, "/api/replaced?lang=en")
    validate(told, "Replaced")
    assert told["layers"] == {"buildings": {"ids": [2], "by": {"2": kept.model}}}
    assert "third" in told["rule"]


def gate_of(app: Flask) -> TileGate:
    """Return the gate, which lies behind the door."""
    found: Any = app.wsgi_app
    while not isinstance(found, TileGate):
        found = found._app
    return found


def test_the_gate_keeps_nothing_for_odd_questions(
    store: Store, app: Flask, client: FlaskClient, tmp_path: Path
) -> None:
    put(store, tmp_path, "buildings", features())
    path = f"/tiles/buildings/{Z}/{X}/{Y}.mvt"
    gate = gate_of(app)
    for query in ("?x=1", "?v=", "?" + "a" * 5000, "?v=0000000000000000&x=1"):
        assert client.get(path + query, headers=GZIP).status_code == 200
    assert not gate._kept
    first = client.get(path, headers=GZIP)
    assert len(gate._kept) == 1
    for wanted, status in ((first.headers["ETag"], 200), ('"another"', 412)):
        assert client.get(path, headers={**GZIP, "If-Match": wanted}).status_code == status
    assert client.get(path, headers={**GZIP, "If-None-Match": "*"}).status_code == 304


def test_the_gate_keeps_that_a_tile_is_empty(
    store: Store, app: Flask, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, tmp_path, "buildings", features())
    path = f"/tiles/buildings/{Z}/{X + 5}/{Y}.mvt"
    first = client.get(path, headers=GZIP)
    assert (first.status_code, first.data) == (204, b"")
    gate = gate_of(app)
    monkeypatch.setattr(gate, "_app", None)  # nobody is asked again
    again = client.get(path, headers=GZIP)
    assert (again.status_code, again.data, dict(again.headers)) == (204, b"", dict(first.headers))
    known = client.get(path, headers={**GZIP, "If-None-Match": first.headers["ETag"]})
    assert (known.status_code, known.data) == (304, b"")


def test_the_gate_forgets_the_oldest_when_it_is_full(
    store: Store, app: Flask, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, tmp_path, "buildings", features())
    monkeypatch.setattr(tile_gate, "KEPT_BYTES", 3 * tile_gate.OVERHEAD)
    for z in range(15, 8, -1):
        client.get(f"/tiles/buildings/{z}/{X >> (15 - z)}/{Y >> (15 - z)}.mvt", headers=GZIP)
    gate = gate_of(app)
    assert 0 < len(gate._kept) <= 3
    assert gate._bytes == sum(len(kept.body) + tile_gate.OVERHEAD for kept in gate._kept.values())
