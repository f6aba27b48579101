"""The outermost WSGI app of a server: gives each request a number, counts it, and has it logged."""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from web import logs

if TYPE_CHECKING:
    from flask import Flask

    from twin.store import Store

Environ = dict[str, Any]
App = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

TILES = "/tiles/<layer>/<z>/<x>/<y>.mvt"  # as the gate answers them, before there is a route
_GIVEN = re.compile(r"[A-Za-z0-9._-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_PROBES = frozenset({"/-/health", "/-/ready"})  # asked every few seconds: logged only when they fail


def observe(app: "Flask", store: "Store") -> None:
    """Put the observer around an app."""
    from flask import request

    def note_route(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
        request.environ["twin.route"] = request.url_rule.rule if request.url_rule else None

    app.url_value_preprocessor(note_route)
    app.wsgi_app = Observed(app.wsgi_app, store)  # type: ignore[method-assign]


class Observed:
    """A WSGI app around another one, which it leaves as it is but for the header X-Request-Id."""

    def __init__(self, app: App, store: "Store") -> None:
        from web import metrics

        self._app = app
        self._store = store
        self._metrics = metrics
        self._logs = logs.wanted()
        self._seen = 0, 0  # cache hits and misses that are counted

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer, and take note of it when the answer has left."""
        began = time.perf_counter()
        given = environ.get("HTTP_X_REQUEST_ID", "")
        number = given if _GIVEN.fullmatch(given) else uuid4().hex
        environ["twin.request_id"] = number
        logs.request_id.set(number)
        told: list[tuple[str, int]] = [("500", 0)]

        def heard(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            length = next((value for name, value in headers if name.lower() == "content-length"), "0")
            told[0] = status[:3], int(length) if length.isdigit() else 0
            return start_response(status, [*headers, ("X-Request-Id", number)], *rest)

        self._metrics.IN_FLIGHT.inc()
        streamed = False
        try:
            answer = self._app(environ, heard)
            if isinstance(answer, list):
                return answer
            streamed = True
            return self._until_it_ends(answer, environ, began, told)
        finally:
            if not streamed:
                self._note(environ, began, *told[0])

    def _until_it_ends(
        self, answer: Iterable[bytes], environ: Environ, began: float, told: list[tuple[str, int]]
    ) -> "_Streamed":
        return _Streamed(answer, lambda: self._note(environ, began, *told[0]))

    def _note(self, environ: Environ, began: float, status: str, length: int) -> None:
        seconds = time.perf_counter() - began
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        gate = "twin.route" not in environ and path.endswith(".mvt") and status in ("200", "304")
        route = (environ.get("twin.route") or "(none)") if not gate else TILES
        known = method if method in _METHODS else "other"
        metrics = self._metrics
        metrics.IN_FLIGHT.dec()
        metrics.REQUESTS.labels(route, known, status).inc()
        metrics.DURATION.labels(route, known).observe(seconds)
        if gate:
            metrics.GATE_HITS.inc()
        self._count_cache()
        if self._logs and not (path in _PROBES and status == "200"):
            identity = environ.get("twin.identity")
            fields = {
                "request": environ["twin.request_id"],
                "method": known,
                "path": path[:500],
                "route": route,
                "status": int(status),
                "seconds": round(seconds, 4),
                "bytes": length,
                "address": environ.get("twin.address") or environ.get("REMOTE_ADDR", ""),
                "who": getattr(identity, "name", None) or None,
                "kind": getattr(identity, "kind", None),
            }
            logs.ACCESS.info("request", extra={"fields": fields})

    def _count_cache(self) -> None:
        cache = self._store.blobs.cache
        if cache is None or (cache.hits, cache.misses) == self._seen:
            return
        now, before = (cache.hits, cache.misses), self._seen
        self._seen = now
        self._metrics.CACHE_HITS.inc(max(0, now[0] - before[0]))
        self._metrics.CACHE_MISSES.inc(max(0, now[1] - before[1]))


class _Streamed:
    """The parts of an answer; says when the last one has left, or nobody wants more."""

    def __init__(self, parts: Iterable[bytes], ended: Callable[[], None]) -> None:
        self._parts = parts
        self._ended: Callable[[], None] | None = ended

    def __iter__(self) -> Iterator[bytes]:
        yield from self._parts
        self._end()

    def close(self) -> None:
        """Let the answer go."""
        try:
            close = getattr(self._parts, "close", None)
            if close is not None:
                close()
        finally:
            self._end()

    def _end(self) -> None:
        ended, self._ended = self._ended, None
        if ended is not None:
            ended()
