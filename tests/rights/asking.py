"""Asking the app as somebody, past the door, and looking into everything that comes back."""

import gzip
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
from flask import Flask
from werkzeug.test import Client, TestResponse

from tests.rights.city import HIDDEN, SHOWN
from twin.values.rights import PUBLIC, Identity, Role
from web.app import create_app
from web.settings import Settings


def person(name: str, role: Role = Role.PUBLIC, **grants: Role) -> Identity:
    return Identity("person", name, name.title(), f"id-{name}", role, grants, csrf="c")


# who asks → identity; each is asked for things of the hidden project
ASKERS: dict[str, Identity] = {
    "nobody": PUBLIC,
    "viewer": person("vera", **{HIDDEN: Role.VIEWER}),
    "engineer": person("eric", **{HIDDEN: Role.ENGINEER}),
    "manager": person("mary", **{HIDDEN: Role.MANAGER}),
    "administrator": person("adam", Role.ADMINISTRATOR),
    "manager elsewhere": person("otto", **{SHOWN: Role.MANAGER}),
    "key elsewhere": Identity("program", "key", role=Role.ADMINISTRATOR, limit=frozenset({SHOWN})),
}


class Asking:
    """An app in which people are told apart; who asks is said with each request, in the door's place."""

    def __init__(self, twin: Path, page: Path) -> None:
        self.app: Flask = create_app(Settings(twin, 5.0, page))
        self.app.extensions["twin.views"].users = True
        self.app.extensions["twin.views"].whole.search.patience = 30.0
        self.app.extensions["twin.views"].whole.timeline.threaded = False
        self.store = self.app.extensions["twin.store"]
        self._client = Client(self.app.extensions["twin.gate"], TestResponse)

    def close(self) -> None:
        self.store.close()

    def ask(self, who: Identity, address: str, method: str = "GET", **more: Any) -> TestResponse:
        said = {"twin.identity": who, "twin.address": "127.0.0.1"}
        return self._client.open(address, method=method, environ_overrides=said, **more)

    def get(self, who: Identity, address: str) -> Any:
        answer = self.ask(who, address)
        assert answer.status_code == 200, answer.text
        return answer.json


def exposed(answer: TestResponse) -> str:
    """Return everything that an answer tells: headers, body, what is packed in it, the text of a PDF."""
    told = [str(answer.headers), *opened(answer.data)]
    if answer.mimetype == "application/pdf":
        reader = pypdf.PdfReader(BytesIO(answer.data))
        told += [*(page.extract_text() for page in reader.pages), str(reader.metadata)]
    return "\n".join(told)


def opened(content: bytes) -> list[str]:
    """Return a body as text, and what is packed in it."""
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    told = [content.decode("utf-8", "replace")]
    if content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for name in archive.namelist():
                told += [name, *opened(archive.read(name))]
    return told
