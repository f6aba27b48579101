"""What goes into the audit: every change that a route makes, and the first look at a project in an hour."""

import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, Response, current_app, g, request

from twin.errors import TwinError
from twin.values.person import SEEN, AuditEntry
from twin.values.rights import LOCAL, Identity
from web.people.door import READING
from web.people.people import People, who_of

if TYPE_CHECKING:
    from twin.store import Store

OWN_WORDS = frozenset({"sign_in", "sign_out"})  # these routes say more than their name in the audit, or less
_DETAILS = ("/api/", "/bcf/", "/foundation/")  # what is asked for there is looked at by somebody, tiles are drawn
_MOST = 20_000


def about(*, project: str = "", what: str = "") -> None:
    """Say what a request is about, where its address does not: for the audit."""
    g.twin_about = (project, what)


def register(app: Flask, people: People) -> None:
    """Have every change recorded before its answer leaves."""
    looks = _Looks()

    def after(response: Response) -> Response:
        try:
            _note(people, looks, response)
        except Exception as error:  # what is done is done: the answer leaves
            current_app.logger.error("the audit failed", exc_info=error)
        return response

    app.after_request(after)


def _note(people: People, looks: "_Looks", response: Response) -> None:
    identity: Identity = request.environ.get("twin.identity", LOCAL)
    status = response.status_code
    reads = request.method in READING
    if request.endpoint is None or request.endpoint in OWN_WORDS:
        return
    if reads and (identity.kind not in ("person", "program") or status not in (200, 304)):
        return
    if not reads and (identity.kind == "public" or (request.method == "PATCH" and status < 400)):
        return  # nothing was done; or one more part of an upload, whose start and end are there
    if reads and not request.path.startswith(_DETAILS):
        return
    project = _project(people.store, request, looks)
    now, who, address = people.now(), who_of(identity), request.environ.get("twin.address", "")
    if not reads:
        what = _what(request)
        entry = AuditEntry(now, who, address, request.endpoint, project, what, str(status))
        people.recorder.record(entry, wait=True)
    elif (project or request.path.startswith("/api/reports/")) and looks.is_first(who, project, now):
        people.recorder.record(AuditEntry(now, who, address, SEEN, project, request.endpoint, str(status)))


def _what(asked: Request) -> str:
    """Return what a change is about, from its address."""
    said: tuple[str, str] | None = g.get("twin_about")
    if said is not None and said[1]:
        return said[1]
    return " ".join(str(value) for name, value in (asked.view_args or {}).items() if name not in _PROJECTS)


_PROJECTS = ("code", "project", "project_id")


def _project(store: "Store", asked: Request, looks: "_Looks") -> str:
    """Return the code of the project that a request is about; empty where it is about none, or about all."""
    said: tuple[str, str] | None = g.get("twin_about")
    if said is not None and said[0]:
        return said[0]
    given: dict[str, Any] = asked.view_args or {}
    if given.get("what") == "project":  # a publication
        return str(given["name"])
    for name in ("code", "project"):
        if name in given:
            return str(given[name])
    for name, find in _OWNERS.items():
        if name in given:
            thing = str(given[name])
            return looks.project_of(f"{name} {thing}", partial(find, store, thing))
    return asked.args.get("project", "")


def _by_bcf(store: "Store", project_id: str) -> str:
    from web.bcf.api import project_code

    return project_code(store, project_id)


def _by_group(store: "Store", group: str) -> str:
    return next((clash.project for clash in store.group_clashes(group)), "")


# What an address may name beside a project, and which project it is of.
_OWNERS: dict[str, Callable[["Store", str], str]] = {
    "project_id": _by_bcf,
    "model": lambda store, name: store.model(name).project,
    "clash": lambda store, name: store.clash(name).project,
    "group": _by_group,
    "job": lambda store, name: store.job(name).project,
    "upload": lambda store, name: store.upload(name).project,
}


class _Looks:
    """Who looked at which project in this hour, and which project a model is of; one for each app."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hour: datetime | None = None
        self._seen: set[tuple[str, str]] = set()
        self._projects: dict[str, str] = {}

    def is_first(self, who: str, project: str, now: datetime) -> bool:
        hour = now.replace(minute=0, second=0, microsecond=0)
        with self._lock:
            if hour != self._hour or len(self._seen) > _MOST:
                self._hour, self._seen = hour, set()
            if (who, project) in self._seen:
                return False
            self._seen.add((who, project))
            return True

    def project_of(self, key: str, find: Callable[[], str]) -> str:
        known = self._projects.get(key)
        if known is None:
            try:
                known = str(find())
            except TwinError:
                return ""
            if len(self._projects) > _MOST:
                self._projects.clear()
            self._projects[key] = known
        return known
