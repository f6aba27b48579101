"""Twins with users, served in-process."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask

from tests.store import samples
from twin.store import Store
from twin.values.rights import Role
from web.app import create_app
from web.people import passwords
from web.people.people import People
from web.people.settings import PeopleSettings, Rates
from web.settings import Settings

PASSWORD = "seven green cranes over the harbour"
FREE = Rates(0, 0, 0)


@dataclass
class Clock:
    """The app's time, moved by tests."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.at

    def on(self, **by: float) -> None:
        self.at += timedelta(**by)


class City:
    """An app with users: root (administrator), wang (viewer; engineer in P001), and nobody's client."""

    def __init__(self, folder: Path, people: PeopleSettings, base_url: str = "") -> None:
        page = folder / "page"
        page.mkdir(exist_ok=True)
        (page / "index.html").write_text("<!doctype html><title>twin</title>", "utf-8")
        self.app: Flask = create_app(Settings(folder, 5.0, page, base_url, people))
        self.people: People = self.app.extensions["twin.people"]
        self.store: Store = self.people.store
        self.clock = Clock()
        self.people.now = self.clock
        self.people.keys._now = self.clock
        self.people._floor = 0.0

    def client(self) -> Any:
        return self.app.test_client()

    def with_cookie(self, cookie: str) -> Any:
        """Return a client that brings this header and keeps no cookies."""
        client = self.app.test_client(use_cookies=False)
        client.environ_base["HTTP_COOKIE"] = cookie
        return client

    def signed_in(self, name: str, password: str = PASSWORD) -> "Browser":
        browser = Browser(self.client())
        answer = browser.post("/api/session", {"name": name, "password": password})
        assert answer.status_code == 200, answer.text
        browser.csrf = answer.json["csrf"]
        return browser

    def look_anew(self) -> None:
        """Forget what is remembered for two seconds."""
        self.people.keys.forget()


@dataclass
class Browser:
    """A client that sends its CSRF token along, as the page does."""

    client: Any
    csrf: str = ""

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, **more)

    def change(self, method: str, path: str, value: Any = None, **headers: str) -> Any:
        sent = {"X-CSRF-Token": self.csrf, **{name.replace("_", "-"): text for name, text in headers.items()}}
        return self.client.open(path, method=method, json=value, headers=sent)

    def post(self, path: str, value: Any = None, **headers: str) -> Any:
        return self.change("POST", path, value, **headers)

    def put(self, path: str, value: Any = None, **headers: str) -> Any:
        return self.change("PUT", path, value, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.change("DELETE", path, **headers)


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords that cost little to check: what they cost is `test_passwords`' matter."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", lambda: hasher)


@pytest.fixture
def cheap_hash(cheap: None) -> str:
    """The hash of PASSWORD."""
    return passwords.hashed(PASSWORD, "")


MakeCity = Callable[..., City]


@pytest.fixture
def make_city(tmp_path: Path, cheap_hash: str) -> Iterator[MakeCity]:
    made: list[City] = []

    def make(base_url: str = "", **settings: Any) -> City:
        folder = tmp_path / f"twin{len(made)}"
        with Store.init(folder, name="深圳", crs="EPSG:4547", bounds=None) as store:
            store.put_revision(samples.revision(count=3))
            now = datetime.now(UTC)
            store.add_user("root", at=now, role=Role.ADMINISTRATOR, password_hash=cheap_hash)
            store.add_user("wang", at=now, display_name="王芳", role=Role.VIEWER, password_hash=cheap_hash)
            store.grant("wang", "P001", Role.ENGINEER)
        city = City(folder, PeopleSettings(**{"users": True, "rates": FREE, **settings}), base_url)
        made.append(city)
        return city

    yield make
    for city in made:
        city.people.close()
        city.store.close()


@pytest.fixture
def city(make_city: MakeCity) -> City:
    return make_city()
