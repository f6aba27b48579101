"""`twin users`, `twin tokens`, `twin audit`, and when `twin serve` refuses."""

import io
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.people.conftest import PASSWORD
from tests.store import samples
from twin.errors import InvalidInput
from twin.store import Store
from twin.values.rights import Role
from web.cli.main import run
from web.people.listening import settle_users
from web.settings import load


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TWIN_DIR", str(tmp_path / "twin"))
    monkeypatch.setenv("TWIN_USERS", "")
    return tmp_path / "twin"


class Command:
    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def __call__(self, *words: str, typed: str = "", code: int = 0) -> Any:
        self._monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        assert run([*words, "--json"]) == code
        return json.loads(self._capsys.readouterr().out)


@pytest.fixture
def twin(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def test_users_from_the_first_to_the_last(twin: Command, folder: Path) -> None:
    made = twin("users", "add", "Root", "--role", "administrator", "--password-stdin", typed=f"{PASSWORD}\n")
    assert (made["name"], made["role"], made["has_password"]) == ("root", "administrator", True)
    assert twin("users", "add", "wang", "--display-name", "王芳", "--no-password")["has_password"] is False
    assert twin("users", "grant", "wang", "P001", "manager")["grants"] == {"P001": "manager"}
    assert twin("users", "revoke", "WANG", "P001")["grants"] == {}
    changed = twin("users", "change", "wang", "--role", "viewer", "--password-stdin", typed=PASSWORD)
    assert (changed["role"], changed["has_password"]) == ("viewer", True)
    assert twin("users", "change", "wang", "--disable")["disabled"] is True
    assert twin("users", "change", "wang", "--enable", "--role", "none")["role"] == ""
    assert twin("users", "remove", "root", code=1)["detail"].startswith("root is the last administrator")
    assert twin("users", "remove", "wang") == {"removed": "wang"}
    assert [user["name"] for user in twin("users", "list")["users"]] == ["root"]
    rows = twin("audit")["entries"]
    assert [row["action"] for row in rows][::-1] == [
        *("users add", "users add", "users grant", "users revoke"),
        *("users change", "users change", "users change", "users remove"),
    ]
    assert {row["who"][:4] for row in rows} == {"cli:"}
    assert PASSWORD not in json.dumps(rows)
    with Store.open(folder) as store:
        found = store.credentials("root")
    assert found is not None
    assert str(found.password_hash).startswith("$argon2id$")


@pytest.mark.parametrize("typed", ["", "short\n", "password12345\n"])
def test_easy_passwords_are_refused_and_nobody_is_made(twin: Command, typed: str) -> None:
    refused = twin("users", "add", "wang", "--password-stdin", typed=typed, code=1)
    assert "password" in refused["detail"]
    assert twin("users", "list") == {"users": []}


def test_a_password_is_no_argument(twin: Command) -> None:
    assert "--password-stdin" in twin("users", "add", "wang", code=1)["detail"]
    assert twin("users", "add", "wang", "--password", "x", code=2)["title"] == "WrongUsage"


def test_tokens(twin: Command, folder: Path) -> None:
    twin("users", "add", "wang", "--no-password", "--role", "manager")
    made = twin("tokens", "add", "wang", "--name", "sync", "--role", "engineer", "--project", "P1", "--days", "30")
    assert made["key"].startswith("twin_")
    assert (made["role"], made["projects"], made["owner"]) == ("engineer", ["P1"], "wang")
    kept = (folder / "twin.sqlite").read_bytes()
    assert made["key"].encode() not in kept
    listed = twin("tokens", "list")["tokens"]
    assert [token["id"] for token in listed] == [made["id"]]
    assert "key" not in listed[0]
    assert twin("tokens", "remove", made["id"]) == {"removed": made["id"]}
    assert twin("tokens", "remove", made["id"], code=1)["title"] == "NotFound"


def test_lists_for_people_move_no_cursor(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["users", "add", "wang", "--display-name", "a\x1b[2Jb", "--no-password"]) == 1
    assert run(["users", "add", "wang", "--display-name", "王芳", "--no-password"]) == 0
    assert run(["users", "list"]) == 0
    assert run(["audit"]) == 0
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("host", "environment", "users"),
    [
        ("127.0.0.1", {}, False),
        ("localhost", {"TWIN_BASE_URL": "http://localhost:8000"}, False),
        ("::1", {"TWIN_USERS": "on"}, True),
        ("0.0.0.0", {}, True),  # noqa: S104
        ("127.0.0.1", {"TWIN_BASE_URL": "https://twin.example.cn"}, True),
    ],
)
def test_when_people_must_sign_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, environment: dict[str, str], users: bool
) -> None:
    monkeypatch.setenv("TWIN_USERS", "")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with Store.open(tmp_path / "twin") as store:
        if users:
            with pytest.raises(InvalidInput, match="twin users add NAME --role administrator"):
                settle_users(store, host, load())
            store.add_user("root", at=store_time(), role=Role.ADMINISTRATOR, password_hash="x")
        assert settle_users(store, host, load()) is users
    assert os.environ["TWIN_USERS"] == ("on" if users else "")


def store_time() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC)


def test_users_cannot_be_off_where_others_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWIN_USERS", "off")
    with Store.open(tmp_path / "twin") as store, pytest.raises(InvalidInput, match="TWIN_USERS is off"):
        settle_users(store, "0.0.0.0", load())  # noqa: S104
    monkeypatch.setenv("TWIN_BASE_URL", "https://twin.example.cn")
    with pytest.raises(InvalidInput, match="TWIN_USERS is off"):
        load()


def test_the_server_itself_refuses_and_listens_to_nobody(folder: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "web.cli.main", "serve", "--host", "0.0.0.0", "--port", str(port), "--json"]  # noqa: S104
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "twin users add NAME --role administrator" in json.loads(done.stdout)["detail"]


@pytest.mark.parametrize(
    "environment",
    [
        {"TWIN_USERS": "maybe"},
        {"TWIN_SESSION_HOURS": "0"},
        {"TWIN_IDLE_HOURS": "nan"},
        {"TWIN_RATE": "sign_in=-1"},
        {"TWIN_RATE": "logins=3"},
        {"TWIN_PROXIES": "10.0.0.0/33"},
        {"TWIN_ORIGINS": "*"},
        {"TWIN_ORIGINS": "https://lab.bureau.cn/page"},
        {"TWIN_ORIGINS": "lab.bureau.cn"},
        {"TWIN_OIDC_ISSUER": "http://sso.example.cn", "TWIN_OIDC_CLIENT_ID": "t", "TWIN_BASE_URL": "https://t.cn"},
        {"TWIN_OIDC_ISSUER": "https://sso.example.cn"},
        {
            **{"TWIN_OIDC_ISSUER": "https://sso.example.cn", "TWIN_OIDC_CLIENT_ID": "t"},
            **{"TWIN_BASE_URL": "https://t.cn", "TWIN_OIDC_ROLES": "groups:a=king"},
        },
    ],
)
def test_settings_that_mean_nothing(environment: dict[str, str]) -> None:
    with pytest.raises(InvalidInput, match="TWIN_"):
        load(environment)


def test_changes_of_other_commands_are_in_the_audit(twin: Command, folder: Path) -> None:
    with Store.open(folder) as store:
        store.put_revision(samples.revision(count=3))
        before = store.changes()
    twin("publish", "P001")
    twin("models", "list")
    twin("models", "remove", "nothing", code=1)
    with Store.open(folder) as store:
        (model,) = (found.model for found in store.models())
        assert store.changes() == before + 1
    twin("models", "remove", model)
    rows = [(row["action"], row["what"], row["outcome"]) for row in twin("audit")["entries"]]
    assert rows == [("models remove", model, "done"), ("publish", "P001", "done")]
