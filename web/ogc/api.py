"""`/ogc/api`: the description of `/ogc` alone, with every layer's own properties as parameters.

`/-/openapi.json` describes all routes of the server, but knows no layer; clients such as GDAL look here for what they
may leave to the server.  It is OpenAPI 3.0, the version that the standard names and clients ask for.
"""

from copy import deepcopy
from dataclasses import replace
from typing import Any

from flask import Response, current_app

from twin.values.rights import Role
from web.ogc import links, pages
from web.ogc.describe import column_type
from web.ogc.filters import plain_name
from web.ogc.negotiate import COMMON, form, page_answer
from web.ogc.query import COLUMNS
from web.responses import json_answer
from web.routes.asked import base_url, layers
from web.routes.table import Routes

routes = Routes()

_ITEMS = "/collections/{collection}/items"


@routes.get(
    "/ogc/api",
    "This description of OGC API (OpenAPI)",
    needs=Role.PUBLIC,
    schema="OpenAPI",
    media_type=links.OPENAPI,
    asks=COMMON,
)
def ogc_api() -> Response:
    """Answer with the description of everything under /ogc."""
    from web.openapi import document

    asked = form()
    own = [route for route in current_app.extensions["twin.routes"] if route.path.startswith("/ogc/")]
    described = document(replace(route, path=route.path.removeprefix("/ogc")) for route in own)
    described["servers"] = [{"url": f"{base_url()}/ogc"}]
    if asked.html:
        return page_answer(pages.api_page(described, asked.language))
    described = older(described)
    for name in layers().current():
        described["paths"][f"/collections/{name}/items"] = _items(described["paths"][_ITEMS], name)
    return json_answer(described, media_type=links.OPENAPI)


def older(described: dict[str, Any]) -> dict[str, Any]:
    """Return an OpenAPI 3.1 document of this server as OpenAPI 3.0: only the schemas it uses, in 3.0's words."""
    described = {**described, "openapi": "3.0.3", "info": {**described["info"], "license": {"name": "Apache-2.0"}}}
    schemas, used = described["components"]["schemas"], set[str]()
    wanted = _references(described["paths"])
    while wanted - used:
        name = min(wanted - used)
        used.add(name)
        wanted |= _references(schemas[name])
    kept = {name: _older_schema(schema) for name, schema in schemas.items() if name in used}
    return {**described, "paths": _older_schema(described["paths"]), "components": {"schemas": kept}}


def _references(value: Any) -> set[str]:
    """Return the names of all schemas that are referred to."""
    if isinstance(value, list):
        return set().union(*map(_references, value))
    if not isinstance(value, dict):
        return set()
    own = {str(value["$ref"]).rpartition("/")[2]} if "$ref" in value else set()
    return own.union(*map(_references, value.values()))


def _older_schema(value: Any) -> Any:
    """Return a part of a document without what OpenAPI 3.0 does not know: const, lists of types, arrays of anything."""
    if isinstance(value, list):
        return [_older_schema(part) for part in value]
    if not isinstance(value, dict):
        return value
    made = {name: _older_schema(part) for name, part in value.items()}
    if "const" in made and not isinstance(made["const"], dict):
        made["enum"] = [made.pop("const")]
    if isinstance(made.get("type"), list):
        made["nullable"] = "null" in made["type"]
        made["type"] = next(kind for kind in made["type"] if kind != "null")
    if made.get("type") == "array":
        made.setdefault("items", {})
    return made


def _items(general: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the description of a layer's features: that of all layers, with this one's properties."""
    entry = deepcopy(general)
    operation = entry["get"]
    operation["operationId"] = f"ogc_items:{name}"
    kept = [asked for asked in operation["parameters"] if asked["in"] == "query" and asked["name"] != COLUMNS.name]
    taken = {asked["name"] for asked in kept}
    _, file = layers().features(name)
    operation["parameters"] = kept + [
        {"name": field.name, "in": "query", "schema": column_type(field.type)}
        for field in file.schema
        if field.name not in taken and plain_name(field.name)  # clients write filters without quotes
    ]
    return entry
