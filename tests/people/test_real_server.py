"""The server as it runs: workers, their end, addresses, names."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.people.conftest import PASSWORD
from tests.serving import serving
from tests.store import samples
from twin.store import Store
from twin.values.rights import Role


@pytest.fixture
def folder(tmp_path: Path, cheap_hash: str) -> Path:
    with Store.open(tmp_path / "twin") as store:
        store.put_revision(samples.revision(count=3))
        store.add_user("root", at=datetime.now(UTC), role=Role.ADMINISTRATOR, password_hash=cheap_hash)
    return tmp_path / "twin"


def ask(url: str, value: Any = None, **headers: str) -> tuple[int, Any, Any]:
    body = None if value is None else json.dumps(value).encode()
    given = {"Content-Type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}}
    try:
        with urlopen(Request(url, body, given), timeout=30) as answer:
            return answer.status, json.load(answer), answer.headers
    except HTTPError as error:
        with error:
            return error.code, json.load(error), error.headers


def test_people_sign_in_at_any_worker_and_the_end_loses_nothing(folder: Path) -> None:
    with serving(folder, "--no-jobs", "--host", "0.0.0.0", "--workers", "2", TWIN_RATE="sign_in=0") as at:  # noqa: S104
        url = at.replace("0.0.0.0", "127.0.0.1")  # noqa: S104
        assert ask(f"{url}/api/projects")[1]["features"] == []
        status, me, headers = ask(f"{url}/api/session", {"name": "root", "password": PASSWORD})
        assert (status, me["role"]) == (200, "administrator")
        cookie = headers["Set-Cookie"].partition(";")[0]
        for _ in range(12):  # by either worker
            assert ask(f"{url}/api/me", Cookie=cookie)[1]["name"] == "root"
            assert len(ask(f"{url}/api/projects", Cookie=cookie)[1]["features"]) == 1
        assert ask(f"{url}/api/projects/P001", Cookie=cookie)[0] == 200
        assert ask(f"{url}/api/session", {"name": "root", "password": "wrong"})[0] == 401
    with Store.open(folder) as store:
        found = store.audit()
        assert sorted((e.who, e.action, e.outcome) for e in found) == [
            ("root", "see", "200"),
            ("root", "sign_in", "refused"),
            ("root", "sign_in", "signed in"),
        ]
        assert {e.address for e in found} == {"127.0.0.1"}


def test_on_this_machine_nobody_signs_in_and_no_other_name_is_answered(folder: Path) -> None:
    with serving(folder, "--no-jobs") as url:
        status, me, _ = ask(f"{url}/api/me")
        assert (status, me["kind"], me["users"]) == (200, "local", False)
        for name in ("evil.example", "192.168.1.7"):
            status, told, _ = ask(f"{url}/api/me", Host=name)
            assert (status, told["title"]) == (403, "NotAllowed")
