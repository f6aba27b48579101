"""Every route, asked by somebody for its example."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from tests.bcf.files import VERSION_2_1, archive
from tests.rights import city
from tests.rights.asking import ASKERS, Asking
from tests.rights.city import LAYER, SHOWN, hidden
from tests.rights.examples import CHANGES, READS, headers
from tests.web.conftest import settings_of
from twin.values.job import NewJob
from twin.values.rights import PUBLIC, Identity
from twin.values.upload import NewUpload
from web.app import route_table
from web.routes.table import Route

ROUTES = route_table()
# beside the askers of the hidden project: the public, once P001 is published, asked for that, and for the hidden one
PUBLISHED, UNPUBLISHED = "public", "public, of what is not published"
EVERYBODY = (*ASKERS, PUBLISHED, UNPUBLISHED)


@dataclass(frozen=True)
class Each:
    """What was asked of a route; `nothing`: the answer to the same request for what is not there at all.

    ids : name in the address → what it stands for
    """

    route: Route
    address: str
    answer: TestResponse
    nothing: TestResponse | None
    ids: Mapping[str, str]


def example(route: Route) -> tuple[str, Any]:
    """Return the address and the body of an example; KeyError: give the route one in `examples`."""
    if route.method == "GET":
        return READS[route.path], None
    return CHANGES[route.method, route.path]


def ask(asking: Asking, who: Identity, route: Route, address: str, body: Any, ids: Mapping[str, str]) -> TestResponse:
    """Ask a route at an address, in which the names of `ids` stand for those ids."""
    own = headers(route.method, route.path, address)
    for name, id in ids.items():
        address = address.replace(name, id)
    if body == b"" and route.path == "/api/clashes.bcf":
        body = archive({"bcf.version": VERSION_2_1})
    if isinstance(body, dict):
        return asking.ask(who, address, route.method, json=body, headers=own)
    if isinstance(body, bytes):
        kind = own.pop("Content-Type", "application/octet-stream")
        return asking.ask(who, address, route.method, data=body, content_type=kind, headers=own)
    return asking.ask(who, address, route.method, headers=own)


def ask_all(name: str, twin: Path, folder: Path) -> tuple[Identity, dict[tuple[str, str], Each]]:
    """Ask everything as one of EVERYBODY, of a copy of the twin in `folder`."""
    asking = Asking(city.copied(twin, folder), settings_of(folder).page)
    if name in (PUBLISHED, UNPUBLISHED):
        asking.store.publish("project", SHOWN, by="x")
        asking.store.publish("layer", LAYER, by="x")
    who = ASKERS.get(name, PUBLIC)
    ids = _work(asking, who)
    found = {}
    for route in sorted(ROUTES, key=_harm):
        ours, body = example(route)
        if name != PUBLISHED:
            ours, body = hidden(ours), _hidden_body(body)
        answer = ask(asking, who, route, ours, body, ids)
        stranger = ours.replace(city.MARK, "zzz").replace("dead5ec", "dead5ef")
        nothing = ask(asking, who, route, stranger, body, {}) if stranger != ours else None
        found[route.method, route.path] = Each(route, ours, answer, nothing, ids)
    asking.close()
    return who, found


def _harm(route: Route) -> tuple[bool, bool, bool]:
    """Sort routes so that none takes away what another one is asked for."""
    return route.method not in ("GET", "HEAD"), route.method == "DELETE", route.path.endswith("/withdraw")


def _hidden_body(body: Any) -> Any:
    return {**body, "project": city.HIDDEN} if isinstance(body, dict) and "project" in body else body


def _work(asking: Asking, who: Identity) -> dict[str, str]:
    """Have the asker send a file for each project and begin a job in each; return name → id."""
    ids = {}
    for code in (SHOWN, city.HIDDEN):
        ids[f"upload-of-{code}"] = asking.store.put_upload(NewUpload(code, "a.ifc", 10, created_by=who.name)).id
        job = asking.store.put_job(NewJob("clash", code, {}, who.name))
        ids[f"job-of-{code}"] = asking.store.cancel_job(job.id).id
    return ids
