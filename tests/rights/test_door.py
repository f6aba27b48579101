"""The same through the door: by cookie, by token, with a session of somebody who was disabled, with nothing at all."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.people.conftest import FREE, PASSWORD, City, cheap, cheap_hash
from tests.rights import city as rights
from tests.rights.asking import exposed
from tests.rights.city import HIDDEN, SHOWN
from twin.store import Store
from twin.values.rights import Role
from web.people.settings import PeopleSettings

assert cheap
assert cheap_hash
ADDRESSES = ("/api/projects", "/api/overview", "/api/models", "/3dtiles/tileset.json", "/api/search?q=qzh", "/api/me")


@pytest.fixture
def town(tmp_path: Path, cheap_hash: str) -> Iterator[City]:
    folder = rights.build(tmp_path)
    now = datetime.now(UTC)
    with Store.open(folder) as store:
        store.add_user("root", at=now, role=Role.ADMINISTRATOR, password_hash=cheap_hash)
        for name, project in (("vera", HIDDEN), ("otto", SHOWN)):
            store.add_user(name, at=now, password_hash=cheap_hash)
            store.grant(name, project, Role.MANAGER)
    made = City(folder, PeopleSettings(users=True, rates=FREE))
    made.app.extensions["twin.views"].whole.search.patience = 30.0
    yield made
    made.people.close()
    made.store.close()


def test_each_sees_their_own(town: City) -> None:
    details = f"/api/projects/{HIDDEN}"
    vera, otto, root = (town.signed_in(name, PASSWORD) for name in ("vera", "otto", "root"))
    nobody = town.client()
    assert [browser.get(details).status_code for browser in (vera, root, otto)] == [200, 200, 404]
    assert nobody.get(details).status_code == 404
    assert nobody.get(f"/bcf/3.0/projects/{HIDDEN}").status_code == 401
    for address in ADDRESSES:
        assert rights.MARK not in exposed(nobody.get(address)).replace("q=qzh", "").replace('"query":"qzh"', "")
        told = exposed(otto.get(address)).replace('"query":"qzh"', "").replace(rights.HIDDEN_LAYER, "")
        assert f"{rights.MARK}name" not in told
        assert HIDDEN not in told
    publication = f"/api/publications/project/{HIDDEN}"
    assert otto.put(publication, {}).status_code == 404
    assert nobody.put(publication, json={}).status_code == 401
    assert vera.put(publication, {"fields": ["light"]}).status_code == 200
    assert nobody.get(details).status_code == 200
    assert vera.delete(publication).status_code == 200
    assert nobody.get(details).status_code == 404


def test_a_disabled_users_session_is_nobodys(town: City) -> None:
    vera = town.signed_in("vera", PASSWORD)
    assert vera.get(f"/api/projects/{HIDDEN}").status_code == 200
    town.store.change_user("vera", disabled=True)
    town.look_anew()
    for address in (f"/api/projects/{HIDDEN}", "/api/projects", "/api/overview"):
        mine, nobodys = vera.get(address), town.client().get(address)
        assert (mine.status_code, mine.data) == (nobodys.status_code, nobodys.data)
    assert vera.get(f"/bcf/3.0/projects/{HIDDEN}").status_code == 401


def test_a_token_sees_its_projects_only(town: City) -> None:
    root = town.signed_in("root", PASSWORD)
    made = root.post("/api/tokens", {"name": "t", "role": "viewer", "projects": [SHOWN]})
    assert made.status_code == 201, made.text
    key = {"Authorization": f"Bearer {made.json['key']}"}
    program = town.client()
    assert program.get(f"/api/projects/{SHOWN}", headers=key).status_code == 200
    assert program.get(f"/api/projects/{HIDDEN}", headers=key).status_code == 404
    assert program.get("/-/metrics", headers=key).status_code == 403
    assert program.put(f"/api/publications/project/{SHOWN}", json={}, headers=key).status_code == 403
