"""`/-/`: is it alive, is it ready, what does it offer. Under `/-/` so that nothing of the city can have these names."""

from flask import Response, current_app

from twin.values.rights import Role
from twin.values.sentence import in_language
from web.readiness import Readiness
from web.responses import json_answer
from web.routes.asked import language, store
from web.routes.table import PROBLEM, Routes

routes = Routes()

_TEXT = "text/plain; version=0.0.4; charset=utf-8"


@routes.get("/-/health", "The process is alive", needs=None, schema="Health")
def health() -> Response:
    """Answer that the process is alive."""
    return json_answer({"status": "ok"})


@routes.get(
    "/-/ready", "Database, blobs and page are there, so requests can be served; else 503", needs=None, schema="Ready"
)
def ready() -> Response:
    """Answer what was looked at; 503 with the sentences where something is wrong."""
    checks = _readiness().checks()
    shown = [
        {
            "name": check.name,
            "ok": check.problem is None,
            "seconds": round(check.seconds, 3),
            "problem": check.problem and in_language(check.problem, language()),
        }
        for check in checks
    ]
    problems = [check["problem"] for check in shown if not check["ok"]]
    if not problems:
        return json_answer({"status": "ready", "name": store().settings().name, "checks": shown})
    value = {
        "type": "urn:city-twin:problem:NotReady",
        "title": "NotReady",
        "status": 503,
        "detail": " ".join(str(problem) for problem in problems),
        "checks": shown,
    }
    response = json_answer(value, status=503, media_type=PROBLEM)
    response.headers["Retry-After"] = "5"
    return response


def _readiness() -> Readiness:
    found: Readiness | None = current_app.extensions.get("twin.readiness")
    if found is None:
        found = Readiness(current_app.extensions["twin.store"], current_app.extensions["twin.page"])
        current_app.extensions["twin.readiness"] = found
    return found


@routes.get("/-/metrics", "What Prometheus is told", needs=Role.ADMINISTRATOR, media_type=_TEXT)
def metrics() -> Response:
    """Answer with requests, caches, jobs, and what the twin holds."""
    from web.metrics import exposition  # the library takes a twentieth of a second to load

    return Response(exposition(current_app.extensions["twin.store"]), content_type=_TEXT)


@routes.get("/-/openapi.json", "This description of all routes", needs=None, schema="OpenAPI")
def openapi() -> Response:
    """Answer with the description of all routes."""
    from web.openapi import document

    return json_answer(document(current_app.extensions["twin.routes"]))
