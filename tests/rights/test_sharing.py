"""What the public gets: kept by whom, read by whose pages, the same from memory as from the app; its sums."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema
import pytest

from tests.rights import city
from tests.rights.asking import ASKERS, Asking, exposed, opened, person
from tests.rights.city import HIDDEN, HIDDEN_LAYER, HIDDEN_MODEL, LAYER, MODEL, SHOWN
from tests.store import samples
from tests.web.conftest import settings_of
from tests.web.test_api import validate
from twin.values.rights import ALL_FIELDS, LOCAL, PUBLIC, Identity, Role
from web.tile_gate import TileGate

ADMIN = ASKERS["administrator"]
TILE = f"/tiles/{quote(LAYER)}/15/26766/14277.mvt"
DAY = "2026-03-31"


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return city.build(tmp_path_factory.mktemp("sharing"))


@pytest.fixture
def asking(twin: Path, tmp_path: Path) -> Iterator[Asking]:
    made = Asking(city.copied(twin, tmp_path / "twin"), settings_of(tmp_path).page)
    yield made
    made.close()


def caching(asking: Asking, who: Identity, address: str, **headers: str) -> tuple[str | None, str | None, str | None]:
    answer = asking.ask(who, address, headers=headers)
    return tuple(answer.headers.get(name) for name in ("Cache-Control", "Vary", "Access-Control-Allow-Origin"))  # type: ignore[return-value]


def test_who_may_keep_an_answer(asking: Asking) -> None:
    asking.store.publish("project", SHOWN, by="x")
    asking.store.publish("layer", LAYER, by="x")
    vary = "Accept-Encoding, Cookie, Authorization"
    assert caching(asking, PUBLIC, "/api/projects") == ("no-cache", vary, "*")
    assert caching(asking, ADMIN, "/api/projects") == ("private, no-cache", vary, None)
    assert caching(asking, LOCAL, "/api/projects") == ("no-cache", "Accept-Encoding, Origin", None)
    tile = f"/3dtiles/{quote(MODEL)}/{samples.tile_file(b'glTF coarse').path}"
    ever = "max-age=31536000, immutable"
    assert caching(asking, PUBLIC, tile) == (f"public, {ever}", "Accept-Encoding", "*")
    assert caching(asking, ADMIN, tile) == (f"private, {ever}", vary, None)
    assert caching(asking, LOCAL, tile) == (f"public, {ever}", "Accept-Encoding, Origin", None)
    assert caching(asking, PUBLIC, f"/api/models/{quote(HIDDEN_MODEL)}") == ("no-store", "Cookie, Authorization", "*")
    assert caching(asking, ADMIN, "/")[:2] == ("private, no-cache", vary)
    assert caching(asking, PUBLIC, "/")[:2] == ("no-cache", "Accept-Encoding")
    assert caching(asking, ADMIN, "/assets/index-a1b2.js")[0] == f"public, {ever}"


def test_an_etag_of_another_view_is_worth_nothing(asking: Asking) -> None:
    """Who knows what an administrator's answer is called learns nothing with it: neither 304 nor anything else."""
    asking.store.publish("project", SHOWN, by="x")
    for address in ("/api/projects", f"/3dtiles/{quote(HIDDEN_MODEL)}/tileset.json", "/api/overview", "/api/layers"):
        tag = asking.ask(ADMIN, address).headers["ETag"]
        assert asking.ask(ADMIN, address, headers={"If-None-Match": tag}).status_code == 304
        for tags in (tag, "*"):
            for method in ("GET", "HEAD"):
                with_tag = asking.ask(PUBLIC, address, method, headers={"If-None-Match": tags})
                plain = asking.ask(PUBLIC, address, method)
                if tags == "*" and plain.status_code == 200:
                    continue  # any answer of the own view
                assert with_tag.status_code == plain.status_code, address
                assert with_tag.data == plain.data


def test_a_tile_is_not_reached_by_its_hash_through_another_model(asking: Asking) -> None:
    asking.store.publish("project", SHOWN, by="x")
    hidden_tile = samples.tile_file(f"glTF h1 {city.MARK}".encode()).path
    assert asking.ask(ADMIN, f"/3dtiles/{quote(HIDDEN_MODEL)}/{hidden_tile}").status_code == 200
    for model in (MODEL, HIDDEN_MODEL):
        for path in (hidden_tile, f"spaces/{hidden_tile}"):
            assert asking.ask(PUBLIC, f"/3dtiles/{quote(model)}/{path}").status_code == 404


def test_a_room_is_not_reached_as_a_tile_of_the_building(asking: Asking) -> None:
    asking.store.publish("project", SHOWN, by="x")  # without the field "elements", which rooms belong to
    document = asking.ask(ADMIN, f"/3dtiles/{quote(MODEL)}/spaces/tileset.json").data.decode()
    rooms = re.findall(r"[0-9a-f]{64}\.glb", document)
    assert rooms
    for room in rooms:
        assert asking.ask(ADMIN, f"/3dtiles/{quote(MODEL)}/spaces/{room}").status_code == 200
        for path in (room, f"spaces/{room}"):
            assert asking.ask(PUBLIC, f"/3dtiles/{quote(MODEL)}/{path}").status_code == 404, path
    building = asking.ask(ADMIN, f"/3dtiles/{quote(MODEL)}/tileset.json").data.decode()
    for tile in re.findall(r"[0-9a-f]{64}\.glb", building):
        assert asking.ask(PUBLIC, f"/3dtiles/{quote(MODEL)}/{tile}").status_code == 200


def test_warm_tiles_are_those_of_the_view(asking: Asking) -> None:
    """Everybody asks for the same tiles twice: the second answer comes from memory, and is the asker's own."""
    asking.store.publish("project", SHOWN, by="x")
    gate: TileGate = asking.app.extensions["twin.gate"]
    zipped = {"Accept-Encoding": "gzip"}
    secret = f"/tiles/{HIDDEN_LAYER}/15/26766/14277.mvt"
    projects = "/tiles/projects/0/0/0.mvt"
    askers = (ADMIN, PUBLIC, ASKERS["viewer"], ASKERS["manager elsewhere"], PUBLIC, ADMIN)
    cold = {
        (who.name, path): asking.ask(who, path, headers=zipped) for who in askers for path in (projects, secret, TILE)
    }
    called: list[str] = []
    app = gate._app

    def counted(environ: Any, start_response: Any) -> Any:
        called.append(environ["PATH_INFO"])
        return app(environ, start_response)

    gate._app = counted
    for (name, path), first in cold.items():
        who = next(asker for asker in askers if asker.name == name)
        warm = asking.ask(who, path, headers=zipped)
        assert (warm.status_code, warm.data, list(warm.headers)) == (first.status_code, first.data, list(first.headers))
    assert len(called) == sum(first.status_code != 200 for first in cold.values())  # nothing else was kept
    assert cold["", secret].status_code == cold["", TILE].status_code == 404
    assert cold["adam", secret].status_code == 200
    told = {name: exposed(cold[name, projects]) for name in ("", "adam", "vera", "otto")}
    assert city.MARK in told["adam"]
    assert city.MARK in told["vera"]
    assert city.MARK not in told[""]
    assert city.MARK not in told["otto"]
    asking.store.publish("layer", LAYER, by="x")
    assert asking.ask(PUBLIC, TILE, headers=zipped).status_code == 200
    asking.store.unpublish("layer", LAYER)
    assert asking.ask(PUBLIC, TILE, headers=zipped).status_code == 404


def test_what_is_published_is_seen_at_once_and_taken_back_at_once(asking: Asking) -> None:
    def codes(who: Identity) -> set[str]:
        return {found["id"] for found in asking.get(who, f"/api/projects?as_of={DAY}")["features"]}

    assert codes(PUBLIC) == set()
    mary = ASKERS["manager"]
    answer = asking.ask(mary, f"/api/publications/project/{HIDDEN}", "PUT", json={"fields": ["light"]})
    assert answer.status_code == 200, answer.text
    validate(answer.json, "Publication")
    assert json.loads(answer.data)["published_by"] == "Mary"
    assert codes(PUBLIC) == {HIDDEN}
    validate(asking.get(mary, "/api/publications"), "Publications")
    (listed,) = asking.get(mary, "/api/publications")["publications"]
    assert (listed["name"], listed["fields"]) == (HIDDEN, ["light"])
    assert asking.get(ASKERS["manager elsewhere"], "/api/publications")["publications"] == []
    done = asking.ask(mary, f"/api/publications/project/{HIDDEN}", "DELETE")
    validate(done.json, "Unpublished")
    assert codes(PUBLIC) == set()
    assert asking.ask(mary, f"/api/publications/project/{HIDDEN}", "DELETE").status_code == 404


def test_layers_are_published_by_administrators(asking: Asking) -> None:
    manager_of_all = person("max", Role.MANAGER)
    address = f"/api/publications/layer/{quote(LAYER)}"
    for who in (ASKERS["manager"], manager_of_all, ASKERS["key elsewhere"]):
        assert asking.ask(who, address, "PUT", json={}).status_code == 403
        assert asking.ask(who, address, "DELETE").status_code == 403
    assert asking.ask(ADMIN, address, "PUT", json={}).status_code == 200
    assert asking.ask(ADMIN, address, "PUT", json={"fields": ["light"]}).status_code == 400
    assert asking.ask(ADMIN, "/api/publications/layer/none", "PUT", json={}).status_code == 404
    assert asking.ask(ADMIN, f"/api/publications/other/{SHOWN}", "PUT", json={}).status_code == 400
    assert asking.ask(ADMIN, f"/api/publications/project/{SHOWN}", "PUT", json={"fields": ["no"]}).status_code == 400
    assert asking.ask(ADMIN, f"/api/publications/project/{SHOWN}", "PUT", json={"fields": "light"}).status_code == 400
    assert asking.ask(ADMIN, f"/api/publications/project/{SHOWN}", "PUT", json={"more": 1}).status_code == 400


@pytest.mark.parametrize("fields", [[], ["light"], ["progress"], ["funds"], ["steel", "contacts"], sorted(ALL_FIELDS)])
def test_answers_of_a_part_have_the_promised_shape(asking: Asking, fields: list[str]) -> None:
    """What is not shown is null or empty, never another kind of thing."""
    asking.store.publish("project", SHOWN, fields, by="x")
    routes = {route.path: route for route in asking.app.extensions["twin.routes"] if route.method == "GET"}
    for path, address in {
        "/api/projects": "/api/projects",
        "/api/projects/<code>": f"/api/projects/{SHOWN}",
        "/api/projects/<code>/tasks": f"/api/projects/{SHOWN}/tasks",
        "/api/overview": "/api/overview",
        "/api/resources": "/api/resources",
        "/api/timeline": "/api/timeline",
        "/api/models": "/api/models",
        "/api/clashes": f"/api/clashes?project={SHOWN}",
        "/api/search": f"/api/search?q={quote('桥')}",
        "/api/scenes/<code>": f"/api/scenes/{SHOWN}",
    }.items():
        schema = routes[path].schema
        assert schema
        for day in ("2026-03-31", "2026-05-31&forecast=1"):
            found = asking.get(PUBLIC, f"{address}{'&' if '?' in address else '?'}as_of={day}")
            try:
                validate(found, schema)
            except jsonschema.ValidationError as error:
                raise AssertionError(f"{path} {fields}: {error.message}") from error


def test_totals_are_those_of_what_is_seen(asking: Asking) -> None:
    address = f"/api/overview?as_of={DAY}"
    whole = asking.get(ADMIN, address)["totals"]
    assert whole["funds"]["used"] == 9174629 + 8174629
    asking.store.publish("project", SHOWN, ["progress", "steel"], by="x")
    seen = asking.get(PUBLIC, address)
    assert set(seen["totals"]) == {"budget", "steel"}
    assert seen["totals"]["budget"] == {}
    assert seen["totals"]["steel"]["used"] == 9549617
    assert seen["lights"] == {"green": 0, "yellow": 0, "red": 0, "grey": 1}
    assert [month["green"] + month["yellow"] + month["red"] for month in asking.get(PUBLIC, "/api/timeline")["months"]]
    details = asking.get(PUBLIC, f"/api/projects/{SHOWN}?as_of={DAY}")
    assert details["evidence"] == []
    true = asking.get(ADMIN, f"/api/projects/{SHOWN}?as_of={DAY}")
    assert details["progress"] == true["progress"] is not None
    assert details["bac"] is None
    assert details["curve"]["planned"][-1] == 1.0  # shares of the whole
    assert true["curve"]["planned"][-1] == true["bac"]
    shares = [None if value is None else round(value / true["bac"], 2) for value in true["curve"]["earned"]]
    assert details["curve"]["earned"] == shares
    asking.store.publish("project", SHOWN, ["light"], by="x")
    told = asking.get(PUBLIC, f"/api/projects/{SHOWN}?as_of={DAY}")
    assert told["light"] == true["light"]
    assert [item["clause"] for item in told["evidence"]] == [item["clause"] for item in true["evidence"]]
    assert all(item["value"] is None and not item["inputs"] for item in told["evidence"])
    assert told["progress"] is told["status_date"] is None


def test_a_search_finds_what_is_seen(asking: Asking) -> None:
    def found(who: Identity, query: str) -> set[tuple[str, str]]:
        answer = asking.get(who, f"/api/search?q={quote(query)}&limit=100")
        assert answer["complete"]
        assert answer["left_off"] == 0 or who is ADMIN
        return {(result["kind"], result["project"] or result["layer"]) for result in answer["results"]}

    assert {kind for kind, _ in found(ADMIN, city.MARK)} == {"project", "model", "element", "place"}
    assert found(PUBLIC, city.MARK) == set()
    assert found(ASKERS["manager elsewhere"], city.MARK) == {("place", HIDDEN_LAYER)}
    asking.store.publish("project", SHOWN, ["light", "elements"], by="x")
    assert ("element", SHOWN) in found(PUBLIC, "外墙")
    assert found(PUBLIC, f"{city.OWN_MARK}contacts") == set()
    asking.store.publish("project", SHOWN, ["contacts"], by="x")
    assert found(PUBLIC, "外墙") == set()
    assert found(PUBLIC, f"{city.OWN_MARK}contacts") == {("project", SHOWN)}
    asking.store.publish("layer", LAYER, by="x")
    assert ("place", LAYER) in found(PUBLIC, "号楼")


def test_a_change_is_made_under_the_own_name(asking: Asking) -> None:
    from tests.rights.city import HIDDEN_IDS
    from tests.web.clash_samples import CLASHES

    clash = HIDDEN_IDS[CLASHES[1]]
    eric = ASKERS["engineer"]
    answer = asking.ask(eric, f"/api/clashes/{clash}", "POST", json={"by": "somebody else", "assignee": "z"})
    assert answer.status_code == 200, answer.text
    assert [event["by"] for event in json.loads(answer.data)["history"]][-1] == "Eric"
    user = asking.get(eric, "/bcf/3.0/current-user?by=somebody")
    assert user == {"id": "eric", "name": "Eric"}
    local = asking.ask(LOCAL, f"/api/clashes/{clash}", "POST", json={"by": "who sits here", "assignee": "y"})
    assert [event["by"] for event in json.loads(local.data)["history"]][-1] == "who sits here"


def test_views_are_shared_and_few(asking: Asking) -> None:
    views = asking.app.extensions["twin.views"]
    assert views.seen(LOCAL, Role.PUBLIC).view is views.seen(ADMIN, Role.ADMINISTRATOR).view is views.whole
    ann, ben = (person(name, **{SHOWN: Role.VIEWER}) for name in ("ann", "ben"))
    assert views.seen(ann, Role.VIEWER).view is views.seen(ben, Role.VIEWER).view
    for number in range(60):
        views.seen(person(f"p{number}", **{f"code {number}": Role.VIEWER}), Role.VIEWER)
    from web.views import MOST_VIEWS

    assert len(views._views) == MOST_VIEWS
    held = views.whole.layers.features(LAYER)[1]
    assert views.seen(ann, Role.VIEWER).view.layers.features(LAYER)[1] is held  # in memory once


def test_a_name_that_is_not_a_route_tells_nothing(asking: Asking) -> None:
    for address in ("/api/none", "/blobs/x", f"/api/projects/{HIDDEN}/none"):
        answer = asking.ask(PUBLIC, address)
        assert answer.status_code == 404
        assert json.loads(answer.data)["title"] in ("Not Found", "NotFound")


def test_a_public_copy_holds_what_is_published_and_nothing_else(
    twin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from web.cli import main

    folder = city.copied(twin, tmp_path / "twin")
    monkeypatch.setenv("TWIN_PAGE", str(settings_of(tmp_path).page))
    for command in (["publish", SHOWN], ["publish", "--layer", LAYER], ["export", str(tmp_path / "site"), "--public"]):
        assert main.run([*command, "--twin", str(folder)]) == 0
    files = [path for path in (tmp_path / "site").rglob("*") if path.is_file()]
    told = "\n".join(f"{path}\n" + "\n".join(opened(path.read_bytes())) for path in files)
    assert [mark for mark in city.secrets() if mark in told] == []
    hidden = {field: of for field, of in city.marks(SHOWN).items() if field != "progress"}
    assert [mark for of in hidden.values() for mark in of if mark in told] == []
    assert "江北大桥" in told
    assert f"{city.OWN_MARK}progress" in told
    assert main.run(["export", str(tmp_path / "whole"), "--twin", str(folder)]) == 0
    whole = "\n".join(path.read_bytes().decode("utf-8", "replace") for path in (tmp_path / "whole").rglob("*.json"))
    assert f"{city.MARK}contacts" in whole
