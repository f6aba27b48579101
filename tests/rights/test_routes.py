"""Every route is asked by everybody for what they may see and for what they may not; the docs have the table."""

from pathlib import Path
from typing import Any

import pytest

from tests.rights import city
from tests.rights.asked import EVERYBODY, PUBLISHED, ROUTES, ask_all, example
from tests.rights.asking import exposed
from tests.rights.city import HIDDEN, HIDDEN_LAYER, SHOWN
from tests.rights.examples import CHANGES, OWN
from tests.rights.table import DOCS, documents
from twin.values.rights import Identity, Role
from web.routes.table import Route


def test_every_route_has_an_example() -> None:
    for route in ROUTES:
        example(route)
    assert {(route.method, route.path) for route in ROUTES if route.method != "GET"} <= set(CHANGES)


def test_every_route_says_what_it_needs() -> None:
    nothing_of_the_city = {route.path for route in ROUTES if route.needs is None}
    assert nothing_of_the_city == {
        *("/", "/assets/<path:name>", "/help/", "/help/<path:name>", "/<name>", "/api/legends/<by>", "/api/stages"),
        *("/api/rules", "/foundation/versions", "/foundation/1.1/auth", "/bcf/versions", "/bcf/3.0/auth"),
        *("/ogc/conformance", "/ogc/style.css", "/ogc/tileMatrixSets", "/ogc/tileMatrixSets/WebMercatorQuad"),
        *("/-/health", "/-/ready", "/-/openapi.json", "/api/me", "/api/session", "/api/me/password"),
        *("/oidc/login", "/oidc/callback", "/oidc/logout", "/api/uploads"),
    }
    assert all(route.needs is not Role.PUBLIC for route in ROUTES if route.method not in ("GET", "HEAD", "OPTIONS"))


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return city.build(tmp_path_factory.mktemp("rights"))


@pytest.fixture(scope="module", params=EVERYBODY)
def asked(request: pytest.FixtureRequest, twin: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Ask everything as one asker; return their name, who they are, and (method, route) → what came of it."""
    name: str = request.param
    return name, *ask_all(name, twin, tmp_path_factory.mktemp("asked") / "twin")


def expected(route: Route, name: str, who: Identity, address: str) -> set[int]:
    """Return which statuses are right."""
    done = {200, 201, 204} if route.method == "GET" else {200, 201, 204, 409}  # 409: it came too far for that
    refused = {401} if who.kind == "public" else {403}
    if route.needs is None or route.path in OWN:
        return {*range(200, 600)} - {500} if route.path in OWN or "oidc" in route.path else done
    if route.needs is Role.ADMINISTRATOR:
        return {*done, 400, 404} if name == "administrator" else refused
    there = who.kind != "public" and any(who.role_in(code) >= route.needs for code in (SHOWN, HIDDEN))
    if route.needs > Role.PUBLIC and not there:
        return refused
    if city.MARK not in address and "dead5ec" not in address:
        return {*done, 404} if name == PUBLISHED else done  # what belongs to fields that are not published is not there
    if _of_layer(address):
        return {404} if who.kind == "public" else done
    seen = who.kind != "public" and who.role_in(HIDDEN) >= max(route.needs, Role.VIEWER)
    return done if seen else {404}


def _of_layer(address: str) -> bool:
    return f"/{HIDDEN_LAYER}" in address


def test_everybody_gets_what_they_may(asked: Any) -> None:
    name, who, found = asked
    wrong = {
        key: (each.answer.status_code, each.answer.text[:200])
        for key, each in found.items()
        if each.answer.status_code not in expected(each.route, name, who, each.address)
    }
    assert not wrong


def test_nothing_hidden_is_told(asked: Any) -> None:
    """What one may not see is like what is not there; and no answer names it."""
    name, who, found = asked
    if name == "administrator" or who.role_in(HIDDEN) > Role.PUBLIC:
        pytest.skip("sees all of the hidden project")
    layers_too = who.kind != "public"  # who is signed in sees every layer
    for key, each in found.items():
        told = exposed(each.answer)
        if each.nothing is not None and not (layers_too and _of_layer(each.address)):
            assert each.answer.status_code == each.nothing.status_code, key
            for name_of, id in each.ids.items():
                told = told.replace(id, name_of)
            there = exposed(each.nothing).replace("zzz", city.MARK).replace("dead5ef", "dead5ec")
            assert _plain(told) == _plain(there), key
            continue
        secrets = [mark for mark in city.secrets() if mark in told and not (layers_too and key[1] in _ALL_LAYERS)]
        assert not secrets, (key, secrets)


# what shows all layers to whoever is signed in, the hidden one included
_ALL_LAYERS = {
    *("/api/layers", "/ogc/collections", "/ogc/api", "/styles/<theme>.json", "/tiles/<layer>.json"),
    "/tiles/<layer>/<int:z>/<int:x>/<int:y>.mvt",
    *(route.path for route in ROUTES if route.path.startswith("/ogc/collections/<collection>")),
}


def _plain(told: str) -> str:
    """Return what is told without what differs by the length of a name."""
    return "\n".join(line for line in told.splitlines() if not line.startswith(("ETag", "Content-Length")))


def test_fields_that_are_not_published_are_not_told(asked: Any) -> None:
    name, _, found = asked
    if name != PUBLISHED:
        pytest.skip("asks for other things")
    hidden_fields = {field: marks for field, marks in city.marks(SHOWN).items() if field not in ("progress", "light")}
    for key, each in found.items():
        told = exposed(each.answer)
        assert not [(key, field, mark) for field, marks in hidden_fields.items() for mark in marks if mark in told]


@pytest.fixture(scope="session")
def collected() -> dict[tuple[str, str], dict[str, int]]:
    return {}


def test_answers_are_collected(asked: Any, collected: dict[tuple[str, str], dict[str, int]]) -> None:
    name, _, found = asked
    for key, each in found.items():
        collected.setdefault(key, {})[name] = each.answer.status_code


def test_the_table_in_the_docs_is_what_was_answered(collected: dict[tuple[str, str], dict[str, int]]) -> None:
    if any(set(statuses) != set(EVERYBODY) for statuses in collected.values()) or not collected:
        pytest.skip("only some were asked")
    for path, text in documents(ROUTES, collected).items():
        assert (DOCS / path).read_text("utf-8") == text, f"run `python -m tests.rights.table`: docs/{path} is stale"
