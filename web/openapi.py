"""The description of all routes (OpenAPI 3.1), made from the route table that the app itself is made from."""

import re
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

from web.routes.table import JSON, PROBLEM, Route
from web.schemas import SCHEMAS

_PARAMETER = re.compile(r"<(?:(path):)?(\w+)>")


def document(routes: Iterable[Route]) -> dict[str, Any]:
    """Return the OpenAPI document of the routes."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "City twin",
            "version": version("city-twin"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {openapi_path(route.path): {"get": _operation(route)} for route in routes},
        "components": {"schemas": SCHEMAS},
    }


def openapi_path(path: str) -> str:
    """Return a Flask path in OpenAPI's form.

    >>> openapi_path("/3dtiles/<model>/<sha256>.glb")
    '/3dtiles/{model}/{sha256}.glb'
    """
    return _PARAMETER.sub(r"{\2}", path)


def _operation(route: Route) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": {"$ref": f"#/components/schemas/{route.schema}"}} if route.schema else {}
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for _, name in _PARAMETER.findall(route.path)
    ]
    parameters += [
        {"name": asked.name, "in": "query", "description": asked.help, "schema": dict(asked.schema)}
        for asked in route.query
    ]
    return {
        "operationId": route.name,
        "summary": route.summary,
        "parameters": parameters,
        "responses": {
            "200": {
                "description": route.summary,
                "headers": {"ETag": {"description": "Strong; changes with the content.", "schema": {"type": "string"}}},
                "content": {route.media_type.partition(";")[0] or JSON: content},
            },
            "304": {"description": "If-None-Match names the current ETag."},
            "default": {
                "description": "A problem (RFC 9457), its detail in the language asked for.",
                "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        },
    }
