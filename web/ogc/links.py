"""Addresses and links: absolute, because clients follow them as they stand."""

from typing import Any
from urllib.parse import quote, urlencode

from flask import request

from web.routes.asked import base_url
from web.routes.table import JSON

Link = dict[str, Any]

GEOJSON = "application/geo+json"
SCHEMA = "application/schema+json"
HTML = "text/html"
MVT = "application/vnd.mapbox-vector-tile"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"

_REL = "http://www.opengis.net/def/rel/ogc/1.0"
CONFORMANCE = f"{_REL}/conformance"
DATA = f"{_REL}/data"
QUERYABLES = f"{_REL}/queryables"
SCHEMA_REL = f"{_REL}/schema"
TILESETS = f"{_REL}/tilesets-vector"
TILING_SCHEME = f"{_REL}/tiling-scheme"
TILING_SCHEMES = f"{_REL}/tiling-schemes"


def address(*parts: str | int, **query: str | int) -> str:
    """Return the address of a resource under /ogc; a language that was asked for is kept.

    The parts are single steps of the path: whatever is in a layer's name is quoted.
    """
    path = "/".join(quote(str(part), safe="") for part in parts)
    kept = {"lang": request.args["lang"], **query} if "lang" in request.args else query
    return f"{base_url()}/ogc/{path}" + (f"?{urlencode(kept)}" if kept else "")


def link(rel: str, href: str, media_type: str, title: str, **more: Any) -> Link:
    """Return a link."""
    return {"rel": rel, "href": href, "type": media_type, "title": title, **more}


def own_links(html: bool, media_type: str = JSON) -> list[Link]:
    """Return the links of an answer to itself and to its other form."""
    forms = [("json", media_type, "JSON"), ("html", HTML, "HTML")]
    me, other = reversed(forms) if html else forms
    return [
        link("self", asked_again(f=me[0]), me[1], me[2]),
        link("alternate", asked_again(f=other[0]), other[1], other[2]),
    ]


def asked_again(**changed: str | int | None) -> str:
    """Return the address that was asked, with some parameters changed, or taken away by None."""
    query = [(name, value) for name, value in request.args.items(multi=True) if name not in changed]
    query += [(name, str(value)) for name, value in changed.items() if value is not None]
    return f"{base_url()}{quote(request.path)}" + (f"?{urlencode(query)}" if query else "")
