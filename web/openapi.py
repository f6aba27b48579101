"""The description of all routes (OpenAPI 3.1), made from the route table that the app itself is made from."""

import re
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

from web.routes.table import JSON, PROBLEM, Route
from web.schemas import SCHEMAS

_SEEN = (
    "An answer holds what the asker may see, and has the same members for everybody: a figure that is not shown is "
    "null, a list or an object of such figures is empty, a light that is not shown is grey without evidence; what is "
    "asked for by itself and not seen is not found (404). `x-needs-role` is the role that an operation needs."
)
_ELSEWHERE = 303
_PARAMETER = re.compile(r"<(?:(path):)?(\w+)>")


def document(routes: Iterable[Route]) -> dict[str, Any]:
    """Return the OpenAPI document of the routes."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "City twin",
            "description": _SEEN,
            "version": version("city-twin"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": _paths(routes),
        "components": {"schemas": SCHEMAS},
    }


def _paths(routes: Iterable[Route]) -> dict[str, Any]:
    """Return the operations of each path, in the order of the routes."""
    paths: dict[str, Any] = {}
    for route in routes:
        paths.setdefault(openapi_path(route.path), {})[route.method.lower()] = _operation(route)
    return paths


def openapi_path(path: str) -> str:
    """Return a Flask path in OpenAPI's form.

    >>> openapi_path("/3dtiles/<model>/<sha256>.glb")
    '/3dtiles/{model}/{sha256}.glb'
    """
    return _PARAMETER.sub(r"{\2}", path)


def _content(schema: str | None) -> dict[str, Any]:
    return {"schema": {"$ref": f"#/components/schemas/{schema}"}} if schema else {}


def _bare(route: Route) -> bool:
    """Has the answer no body: headers say all."""
    return (
        route.method in ("HEAD", "OPTIONS")
        or route.status in (204, _ELSEWHERE)
        or (route.status == 201 and route.schema is None)
    )


def _operation(route: Route) -> dict[str, Any]:
    content = _content(route.schema)
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for _, name in _PARAMETER.findall(route.path)
    ]
    parameters += [
        {
            "name": asked.name,
            "in": asked.place,
            **({"required": True} if asked.place == "header" else {}),
            "description": asked.help,
            "schema": dict(asked.schema),
        }
        for asked in route.asks
    ]
    media_type = route.media_type.partition(";")[0] or JSON
    forms = {} if _bare(route) else {media_type: content}
    if any("html" in asked.schema.get("enum", ()) for asked in route.asks):  # the same in a form that people read
        forms["text/html"] = {}
    done: dict[str, Any] = {"description": route.summary, **({"content": forms} if forms else {})}
    asked_for: dict[str, Any] = {}
    problems: dict[str, Any] = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    if route.status == _ELSEWHERE:
        done["headers"] = {"Location": {"description": "Where to go on.", "schema": {"type": "string"}}}
        problems[media_type] = {}  # a browser is sent here: what goes wrong is told on a page
    elif route.method == "GET":
        done["headers"] = {"ETag": {"description": "Strong; changes with the content.", "schema": {"type": "string"}}}
        asked_for["304"] = {"description": "If-None-Match names the current ETag."}
    brought: dict[str, Any] = {}
    if route.body is not None:
        content_asked = {route.body.media_type: _content(route.body.schema)}
        brought["requestBody"] = {"required": True, "content": content_asked}
    return {
        "operationId": route.name,
        "summary": route.summary,
        "parameters": parameters,
        **brought,
        **({} if route.needs is None else {"x-needs-role": str(route.needs)}),
        "responses": {
            str(route.status): done,
            **asked_for,
            "default": {
                "description": "A problem (RFC 9457), its detail in the language asked for.",
                "content": problems,
            },
        },
    }
