"""`/-/`: is it alive, is it ready, what does it offer. Under `/-/` so that nothing of the city can have these names."""

from flask import Response, current_app

from twin.values.rights import Role
from web.responses import json_answer
from web.routes.asked import store
from web.routes.table import Routes

routes = Routes()

_TEXT = "text/plain; version=0.0.4; charset=utf-8"


@routes.get("/-/health", "The process is alive", needs=None, schema="Health")
def health() -> Response:
    """Answer that the process is alive."""
    return json_answer({"status": "ok"})


@routes.get("/-/ready", "The database opens and has this program's version; else 503", needs=None, schema="Ready")
def ready() -> Response:
    """Answer that requests can be served."""
    store().check()
    return json_answer({"status": "ready", "name": store().settings().name})


@routes.get("/-/metrics", "What the twin holds, for Prometheus", needs=Role.ADMINISTRATOR, media_type=_TEXT)
def metrics() -> Response:
    """Answer with gauges."""
    models = store().models()
    gauges = {
        "twin_projects": ("Projects in the twin.", len(store().projects())),
        "twin_models": ("Models in the twin.", len(models)),
        "twin_elements_drawn": ("Drawn elements of all models.", sum(model.ledger.drawn for model in models)),
        "twin_elements_failed": ("Elements that could not be drawn.", sum(model.ledger.failed for model in models)),
        "twin_tile_bytes": ("Stored bytes of all tiles.", sum(model.tiles.bytes for model in models)),
    }
    lines = [f"# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n" for name, (help, value) in gauges.items()]
    return Response("".join(lines), content_type=_TEXT)


@routes.get("/-/openapi.json", "This description of all routes", needs=None, schema="OpenAPI")
def openapi() -> Response:
    """Answer with the description of all routes."""
    from web.openapi import document

    return json_answer(document(current_app.extensions["twin.routes"]))
