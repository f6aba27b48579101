"""Every JSON answer has the shape that `/-/openapi.json` promises, and says what the store holds."""

from contextlib import closing
from typing import Any
from urllib.parse import quote

import jsonschema
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.store import samples
from tests.web import clash_samples
from tests.web.clash_samples import FOREIGN, SAID, SEEN
from tests.web.job_samples import JOB
from tests.web.upload_samples import UPLOAD
from web.schemas import SCHEMAS

MODEL = "P001-办公楼"
WALL = f"{1:022d}"
OGC = f"/ogc/collections/{quote('建筑')}"

BCF = "/bcf/3.0/projects/P001"
BCF_TOPIC = f"{BCF}/topics/{FOREIGN}"
BCF_ROUTE = "/bcf/3.0/projects/<project_id>"
BCF_TOPIC_ROUTE = f"{BCF_ROUTE}/topics/<guid>"

# One address for each route of the table, "{…}" filled in.
ADDRESSES = {
    "/api/projects": "/api/projects",
    "/api/projects/<code>": "/api/projects/P001",
    "/api/overview": "/api/overview",
    "/api/timeline": "/api/timeline",
    "/api/projects/<code>/elements/<global_id>": f"/api/projects/P001/elements/{WALL}",
    "/api/projects/<code>/tasks": "/api/projects/P001/tasks",
    "/api/projects/<code>/links": "/api/projects/P001/links",
    "/api/models/<model>/states": f"/api/models/{quote(MODEL)}/states?by=light",
    "/api/legends/<by>": "/api/legends/state",
    "/api/resources": "/api/resources",
    "/api/search": f"/api/search?q={quote('外墙')}",
    "/api/stages": "/api/stages",
    "/api/rules": "/api/rules",
    "/api/reports/city.pdf": "/api/reports/city.pdf",
    "/api/reports/city.xlsx": "/api/reports/city.xlsx",
    "/api/reports/projects/<code>.pdf": "/api/reports/projects/P001.pdf",
    "/api/reports/projects/<code>.xlsx": "/api/reports/projects/P001.xlsx",
    "/api/clashes": "/api/clashes?project=P001&all=1",
    "/api/clashes/<clash>": f"/api/clashes/{clash_samples.CLASHES[1]}",
    "/api/clash-groups": "/api/clash-groups?project=P001",
    "/api/clashes.bcf": "/api/clashes.bcf?project=P001",
    "/foundation/versions": "/foundation/versions",
    "/foundation/1.1/auth": "/foundation/1.1/auth",
    "/foundation/1.1/current-user": "/foundation/1.1/current-user",
    "/bcf/versions": "/bcf/versions",
    "/bcf/3.0/auth": "/bcf/3.0/auth",
    "/bcf/3.0/current-user": "/bcf/3.0/current-user",
    "/bcf/3.0/projects": "/bcf/3.0/projects?includeAuthorization=true",
    BCF_ROUTE: BCF,
    **{f"{BCF_ROUTE}/{name}": f"{BCF}/{name}" for name in ("extensions", "files_information", "topics/events")},
    f"{BCF_ROUTE}/topics": f"{BCF}/topics?includeAuthorization=true",
    BCF_TOPIC_ROUTE: BCF_TOPIC,
    **{
        f"{BCF_TOPIC_ROUTE}/{name}": f"{BCF_TOPIC}/{name}"
        for name in ("files", "comments", "viewpoints", "related_topics", "document_references", "events")
    },
    f"{BCF_TOPIC_ROUTE}/comments/<comment>": f"{BCF_TOPIC}/comments/{SAID}",
    f"{BCF_TOPIC_ROUTE}/viewpoints/<viewpoint>": f"{BCF_TOPIC}/viewpoints/{SEEN}",
    **{
        f"{BCF_TOPIC_ROUTE}/viewpoints/<viewpoint>/{name}": f"{BCF_TOPIC}/viewpoints/{SEEN}/{name}"
        for name in ("snapshot", "selection", "coloring", "visibility")
    },
    "/api/models": "/api/models",
    "/api/models/<model>": f"/api/models/{quote(MODEL)}",
    "/api/models/<model>/revisions": f"/api/models/{quote(MODEL)}/revisions",
    "/api/models/<model>/elements": f"/api/models/{quote(MODEL)}/elements",
    "/api/models/<model>/ledger": f"/api/models/{quote(MODEL)}/ledger",
    "/api/scenes/city": "/api/scenes/city",
    "/api/scenes/<code>": "/api/scenes/P001",
    "/3dtiles/tileset.json": "/3dtiles/tileset.json",
    "/3dtiles/<model>/tileset.json": f"/3dtiles/{quote(MODEL)}/tileset.json",
    "/3dtiles/<model>/spaces/tileset.json": f"/3dtiles/{quote(MODEL)}/spaces/tileset.json",
    "/3dtiles/<model>/<sha256>.glb": f"/3dtiles/{quote(MODEL)}/{samples.tile_file(b'glTF coarse').path}",
    "/3dtiles/<model>/spaces/<sha256>.glb": "/3dtiles/{}/spaces/{}".format(
        quote(MODEL), samples.tile_file(b"glTF spaces of ISO-10303-21; one").path
    ),
    "/tiles/<layer>.json": f"/tiles/{quote('建筑')}.json",
    "/tiles/<layer>/<int:z>/<int:x>/<int:y>.mvt": f"/tiles/{quote('建筑')}/15/26766/14277.mvt",
    "/styles/<theme>.json": "/styles/dark.json",
    "/api/layers": "/api/layers",
    "/api/replaced": "/api/replaced",
    "/ogc/": "/ogc/",
    "/ogc/conformance": "/ogc/conformance",
    "/ogc/style.css": "/ogc/style.css",
    "/ogc/api": "/ogc/api",
    "/ogc/collections": "/ogc/collections",
    "/ogc/collections/<collection>": OGC,
    "/ogc/collections/<collection>/queryables": f"{OGC}/queryables",
    "/ogc/collections/<collection>/schema": f"{OGC}/schema",
    "/ogc/collections/<collection>/items": f"{OGC}/items",
    "/ogc/collections/<collection>/items/<feature>": f"{OGC}/items/1",
    "/ogc/collections/<collection>/tiles": f"{OGC}/tiles",
    "/ogc/collections/<collection>/tiles/WebMercatorQuad": f"{OGC}/tiles/WebMercatorQuad",
    "/ogc/collections/<collection>/tiles/WebMercatorQuad/<matrix>/<row>/<column>": (
        f"{OGC}/tiles/WebMercatorQuad/15/14277/26766"
    ),
    "/ogc/tileMatrixSets": "/ogc/tileMatrixSets",
    "/ogc/tileMatrixSets/WebMercatorQuad": "/ogc/tileMatrixSets/WebMercatorQuad",
    "/api/me": "/api/me",
    "/api/users": "/api/users",
    "/api/tokens": "/api/tokens",
    "/api/audit": "/api/audit",
    "/api/publications": "/api/publications",
    "/api/jobs": "/api/jobs?project=P001&state=failed&limit=5",
    "/api/jobs/<job>": f"/api/jobs/{JOB}?lang=en",
    "/api/jobs/<job>/events": f"/api/jobs/{JOB}/events",
    "/api/uploads": "/api/uploads?project=P001",
    "/api/uploads/<upload>": f"/api/uploads/{UPLOAD}?lang=en",
    "/-/health": "/-/health",
    "/-/ready": "/-/ready",
    "/-/metrics": "/-/metrics",
    "/-/openapi.json": "/-/openapi.json",
    "/": "/",
    "/assets/<path:name>": "/assets/index-a1b2.js",
    "/help/": "/help/",
    "/help/<path:name>": "/help/en/index.html",
    "/<name>": "/licences.txt",
}

# They lead to another server: `tests/people/test_sign_on.py`.
LEADING_AWAY = {"/oidc/login", "/oidc/callback", "/oidc/logout"}

TILE_PATH = ADDRESSES["/3dtiles/<model>/<sha256>.glb"]


def validate(value: Any, schema: str) -> None:
    whole = {"$ref": f"#/components/schemas/{schema}", "components": {"schemas": SCHEMAS}}
    jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker()).validate(value)


def get(client: FlaskClient, path: str) -> Any:
    response = client.get(path)
    assert response.status_code == 200, response.text
    return response.json


def test_every_route_has_an_address_here(app: Flask) -> None:
    routes = app.extensions["twin.routes"]
    assert {route.path for route in routes if route.method == "GET"} == set(ADDRESSES) | LEADING_AWAY
    assert {str(rule) for rule in app.url_map.iter_rules()} == {route.path for route in routes}


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_answer_has_the_promised_shape(app: Flask, client: FlaskClient, path: str) -> None:
    route = next(r for r in app.extensions["twin.routes"] if r.path == path and r.method == "GET")
    with closing(client.get(ADDRESSES[path])) as response:  # a stream gives its place back
        assert response.status_code == 200, response.text
        if route.media_type != "*/*":
            assert response.mimetype == route.media_type.partition(";")[0]
        assert ("json" in route.media_type) == (route.schema is not None)
        if route.schema:
            validate(response.json, route.schema)


def test_schemas_refuse_what_is_missing_or_unknown(client: FlaskClient) -> None:
    model = get(client, ADDRESSES["/api/models/<model>"])
    with pytest.raises(jsonschema.ValidationError):
        validate({**model, "surprise": 1}, "Model")
    del model["rows"]
    with pytest.raises(jsonschema.ValidationError):
        validate(model, "Model")


def test_the_description_names_every_route_once(client: FlaskClient) -> None:
    described = get(client, "/-/openapi.json")
    operations = [found["operationId"] for methods in described["paths"].values() for found in methods.values()]
    assert len(operations) == len(set(operations))
    assert sum("get" in methods for methods in described["paths"].values()) == len(ADDRESSES) + len(LEADING_AWAY)
    for path, methods in described["paths"].items():
        for operation in methods.values():
            named = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert named == {part.split("}")[0] for part in path.split("{")[1:]}
    for schema in described["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_projects_are_points_longitude_first(client: FlaskClient) -> None:
    found = get(client, "/api/projects")
    assert found["name"] == "深圳"
    first, second = found["features"]
    assert first["id"] == first["properties"]["code"] == "P-2"
    assert first["geometry"]["coordinates"] == pytest.approx([114.1005, 22.60025])
    assert second["properties"]["models"] == ["P001-duplex", MODEL]
    assert second["properties"]["bounds"] == pytest.approx([113.9, 22.5, 113.901, 22.5005])
    assert {f["properties"]["light"] for f in found["features"]} == {"grey"}


def test_a_model_says_all_that_the_store_holds(client: FlaskClient) -> None:
    found = get(client, ADDRESSES["/api/models/<model>"])
    new = samples.revision(count=60)
    assert found["ledger"] == {"products": 65, "drawn": 60, "empty": 3, "skipped": 1, "failed": 1}
    assert (found["rows"], found["revision"], found["sha256"]) == (60, 1, new.source_sha256)
    assert (found["imported_at"], found["file"], found["discipline"]) == ("2026-06-01T08:30:00Z", "办公楼.ifc", "建筑")
    assert (found["ground_height"], found["height_reference"], found["heights"]) == (12.2, "orthometric", [12.2, 19.0])
    assert found["georeference"]["true_north_deg"] == 310.1
    assert "ecef_from_local" not in found["georeference"]
    assert found["tileset"] == ADDRESSES["/3dtiles/<model>/tileset.json"]
    assert found["spaces_tileset"] == ADDRESSES["/3dtiles/<model>/spaces/tileset.json"]
    assert get(client, "/api/models/P001-duplex")["spaces_tileset"] is None
    assert get(client, "/api/projects/P001")["models"][1] == found


def test_an_element_has_path_storey_and_properties(client: FlaskClient) -> None:
    found = get(client, ADDRESSES["/api/projects/<code>/elements/<global_id>"])
    assert (found["model"], found["row"], found["ifc_class"], found["name"]) == ("P001-duplex", 1, "IfcWall", "外墙 1")
    assert found["storey"] == {"global_id": "S1", "name": "一层", "elevation": 0.0}
    assert [step["ifc_class"] for step in found["path"]] == ["IfcSite", "IfcBuilding", "IfcBuildingStorey"]
    assert found["properties"]["psets"]["Pset_WallCommon"]["FireRating"] == "2h"
    assert found["properties"]["quantities"]["Qto"]["Length"] == {"value": 3.5, "unit": "m"}
    assert found["properties"]["materials"] == []
    chosen = get(client, f"/api/projects/P001/elements/{WALL}?model={quote(MODEL)}")
    assert chosen["model"] == MODEL


def test_columns_count_the_rows(client: FlaskClient) -> None:
    found = get(client, ADDRESSES["/api/models/<model>/elements"])
    assert len(found["global_id"]) == len(found["name"]) == len(found["ifc_class"]) == len(found["storey"]) == 60
    assert found["classes"] == ["IfcSpace", "IfcWall"]
    assert found["storeys"][found["storey"][1]]["name"] == "一层"
    assert found["storey"][0] == -1


def test_sentences_come_in_the_language_asked_for(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from twin.values import sentence

    told = {"{count} GlobalIds are used twice.": "{count} 个 GlobalId 重复。"}
    monkeypatch.setattr(sentence, "catalogue", lambda language: {} if language == "en" else told)
    path = ADDRESSES["/api/models/<model>"]
    assert get(client, path)["notices"] == ["2 个 GlobalId 重复。"]
    assert get(client, f"{path}?lang=en")["notices"] == ["2 GlobalIds are used twice."]
    assert get(client, f"{path}?lang=zh")["notices"] == ["2 个 GlobalId 重复。"]
    assert client.get(path).headers["ETag"] != client.get(f"{path}?lang=en").headers["ETag"]


def test_the_history_starts_with_the_newest(client: FlaskClient) -> None:
    found = get(client, ADDRESSES["/api/models/<model>/revisions"])
    assert [revision["revision"] for revision in found["revisions"]] == [1]


def test_the_city_refers_to_every_model(client: FlaskClient) -> None:
    from urllib.parse import urljoin

    root = get(client, "/3dtiles/tileset.json")["root"]
    uris = [child["content"]["uri"] for child in root["children"]]
    for uri in uris:
        document = get(client, urljoin("/3dtiles/tileset.json", uri))
        assert document["asset"]["version"] == "1.1"
    assert len(uris) == 3


def test_metrics_tell_what_the_twin_holds(client: FlaskClient) -> None:
    lines = client.get("/-/metrics").text.splitlines()
    assert "twin_models 3.0" in lines
    assert "twin_elements_drawn 68.0" in lines


def test_readiness_notices_a_database_that_went_away(
    twin_folder: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    from tests.engines import execute
    from tests.web.conftest import settings_of
    from web.app import create_app

    shutil.copytree(twin_folder, tmp_path / "twin")
    app = create_app(settings_of(tmp_path / "twin"))
    client = app.test_client()
    monkeypatch.setattr("web.readiness.GOOD_FOR", 0.0)
    assert client.get("/-/ready").status_code == 200
    execute(tmp_path / "twin", "UPDATE alembic_version SET version_num = '9999'")
    response = client.get("/-/ready?lang=en")
    assert (response.status_code, response.mimetype) == (503, "application/problem+json")
    assert client.get("/-/health").status_code == 200
    app.extensions["twin.store"].close()
