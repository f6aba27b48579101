"""Warm vector tiles are answered before Flask: a browser asks for dozens at once, and they never change in a version.

The gate keeps whole answers as the app gave them, headers included, so it decides nothing itself.  An answer is good
for the data version of its layer (`Layers.version`), for those who see the same view, and for pages of one origin.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from twin.values.rights import Role
from web.views import Views

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
_Key = tuple[int, str, str, str]  # of a view, path, query, the origin that may read (`web.people.door`)
App = Callable[[Environ, StartResponse], Iterable[bytes]]

KEPT_BYTES = 64_000_000
OVERHEAD = 2_000  # bytes that an answer takes beside its body: headers, its key
QUERY = re.compile(r"(?:v=[0-9a-f]{16})?")  # what a page asks; anything else is the app's


@dataclass(frozen=True, slots=True)
class _Answer:
    version: str
    status: str
    headers: list[tuple[str, str]]
    body: bytes
    etag: str
    short: list[tuple[str, str]]  # headers of a 304


class TileGate:
    """A WSGI app around the app: keeps compressed tile answers, and gives the rest on."""

    def __init__(self, app: App, views: Views) -> None:
        self._app = app
        self._views = views
        self._kept: dict[_Key, _Answer] = {}
        self._bytes = 0
        self._lock = Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from memory where that is the app's own answer, else ask the app."""
        path = environ["PATH_INFO"]
        if not (path.startswith("/tiles/") and path.endswith(".mvt") and environ["REQUEST_METHOD"] == "GET"):
            return self._app(environ, start_response)
        accepted, query = environ.get("HTTP_ACCEPT_ENCODING", ""), environ.get("QUERY_STRING", "")
        odd = "HTTP_IF_MATCH" in environ or environ.get("HTTP_IF_NONE_MATCH") == "*" or not QUERY.fullmatch(query)
        if odd or len(path) > 1000 or "gzip" not in accepted or "q=0" in accepted:
            return self._app(environ, start_response)
        view = self._views.seen(self._views.who(environ), Role.PUBLIC).view
        version = view.layers.version(_layer_of(path))
        if version is None:
            return self._app(environ, start_response)
        key = (view.number, path, query, environ.get("twin.reader", ""))
        kept = self._kept.get(key)
        if kept is None or kept.version != version:
            return self._asked(environ, start_response, key, version)
        if kept.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
            start_response("304 NOT MODIFIED", kept.short)
            return [b""]
        start_response(kept.status, kept.headers)
        return [kept.body]

    def _asked(self, environ: Environ, start_response: StartResponse, key: _Key, version: str) -> Iterable[bytes]:
        """Ask the app, and keep a whole compressed tile, or that there is nothing in it."""
        answered: list[tuple[str, list[tuple[str, str]]]] = []

        def heard(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            answered.append((status, headers))
            return start_response(status, headers, *rest)

        given = self._app(environ, heard)
        try:
            body = b"".join(given)
        finally:
            close = getattr(given, "close", None)
            if close is not None:
                close()
        status, headers = answered[-1]
        named = {name.lower(): value for name, value in headers}
        whole = status.startswith("200") and named.get("content-encoding") == "gzip"
        if (whole or status.startswith("204")) and "etag" in named:
            short = [(name, value) for name, value in headers if not name.lower().startswith("content-")]
            self._keep(key, _Answer(version, status, headers, body, named["etag"], short))
        return [body]

    def _keep(self, key: _Key, answer: _Answer) -> None:
        with self._lock:
            self._forget(key)
            while self._kept and self._bytes + len(answer.body) + OVERHEAD > KEPT_BYTES:
                self._forget(next(iter(self._kept)))
            self._kept[key] = answer
            self._bytes += len(answer.body) + OVERHEAD

    def _forget(self, key: _Key) -> None:
        gone = self._kept.pop(key, None)
        self._bytes -= len(gone.body) + OVERHEAD if gone else 0


def _layer_of(path: str) -> str:
    """Return the name of the layer in a tile's path, which WSGI gives as bytes in disguise (PEP 3333).

    >>> _layer_of("/tiles/roads/1/0/0.mvt"), _layer_of("/tiles/" + "水".encode().decode("latin-1") + "/1/0/0.mvt")
    ('roads', '水')
    """
    name = path[len("/tiles/") :].partition("/")[0]
    return name if name.isascii() else name.encode("latin-1", "replace").decode("utf-8", "replace")
