"""A client of tus 1.0 for tests, with nothing of the house in it."""

import base64
import hashlib
import http.client
import json
import ssl
import time
from typing import Any
from urllib.parse import urlsplit


class Client:
    """Speaks to a server; each request is a connection of its own, so that any may be cut."""

    def __init__(self, url: str, **always: str) -> None:
        """Speak to a server, https without looking at its certificate, with some headers in every request."""
        self.host, self.secure, self.always = urlsplit(url).netloc, url.startswith("https:"), always

    def connection(self) -> http.client.HTTPConnection:
        """Return a new connection."""
        if not self.secure:
            return http.client.HTTPConnection(self.host, timeout=60)
        return http.client.HTTPSConnection(self.host, timeout=60, context=ssl._create_unverified_context())  # noqa: S323

    def ask(
        self, method: str, path: str, body: bytes | None = None, /, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        connection = self.connection()
        try:
            said = {name.replace("_", "-"): value for name, value in (self.always | headers).items()}
            asked = urlsplit(path)
            query = "&".join(filter(None, (asked.query, "lang=en" if method == "GET" else "")))
            connection.request(method, f"{asked.path}?{query}" if query else asked.path, body, said)
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def json(self, method: str, path: str, value: Any = None) -> tuple[int, Any]:
        body = None if value is None else json.dumps(value).encode()
        status, _, content = self.ask(method, path, body, Content_Type="application/json")
        return status, json.loads(content)

    def create(self, size: int, **said: str) -> str:
        status, headers, content = self.ask(
            "POST", "/api/uploads", Tus_Resumable="1.0.0", Upload_Length=str(size), Upload_Metadata=metadata(**said)
        )
        assert status == 201, content
        return urlsplit(headers["location"]).path

    def offset(self, place: str) -> int:
        status, headers, content = self.ask("HEAD", place, Tus_Resumable="1.0.0")
        assert status == 200, content
        return int(headers["upload-offset"])

    def part(self, place: str, offset: int, content: bytes, **more: str) -> tuple[int, dict[str, str], bytes]:
        sum_ = base64.b64encode(hashlib.sha256(content).digest()).decode()
        said = {
            "Tus_Resumable": "1.0.0",
            "Upload_Offset": str(offset),
            "Content_Type": "application/offset+octet-stream",
            "Upload_Checksum": f"sha256 {sum_}",
        }
        return self.ask("PATCH", place, content, **{**said, **more})

    def send(self, content: bytes, part: int = 1_000_000, **said: str) -> str:
        """Send a whole file; return its address."""
        place = self.create(len(content), **said)
        for start in range(0, len(content), part):
            status, _, answer = self.part(place, start, content[start : start + part])
            assert status == 204, answer
        return place

    def wait(self, place: str, *states: str, seconds: float = 180.0) -> dict[str, Any]:
        """Wait until an upload is in one of these states."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            status, found = self.json("GET", place)
            assert status == 200, found
            if found["state"] in states:
                return dict(found)
            time.sleep(0.2)
        raise AssertionError(found)


def metadata(**said: str) -> str:
    """Return an Upload-Metadata header."""
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in said.items())
