"""`/ogc/collections`: what layers there are, where they lie, what their features have."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from twin.errors import InvalidInput
from twin.store import Layer
from twin.values.rights import Role
from twin.values.sentence import in_language
from web.ogc import links, pages
from web.ogc.crs import CRS84, Frame, offered
from web.ogc.describe import description, extent, feature_schema, schema
from web.ogc.links import address, link
from web.ogc.negotiate import COMMON, Asked, answer, form
from web.responses import json_answer
from web.routes.asked import base_url, layers, store
from web.routes.layers import OSM_CREDIT, is_openstreetmap
from web.routes.table import JSON, Parameter, Routes

routes = Routes()

PROFILE = Parameter(
    "profile",
    "columns: the layer's columns; geojson: its features as they are sent.",
    {"enum": ["columns", "geojson"], "default": "columns"},
)


def frames() -> Mapping[str, Frame]:
    """Return the coordinate systems that can be asked for."""
    return offered(store().settings().crs)


@routes.get("/ogc/collections", "All layers", needs=Role.PUBLIC, schema="OgcCollections", asks=COMMON)
def ogc_collections() -> Response:
    """Answer with all layers."""
    asked = form()
    listed = [collection(layer, asked) for layer in layers().current().values()]
    document = {
        "links": links.own_links(asked.html),
        "numberMatched": len(listed),
        "numberReturned": len(listed),
        "crs": list(frames()),
        "collections": listed,
    }
    return answer(asked, document, pages.collections_page)


@routes.get("/ogc/collections/<collection>", "A layer", needs=Role.PUBLIC, schema="OgcCollection", asks=COMMON)
def ogc_collection(collection: str) -> Response:
    """Answer with one layer."""
    asked = form()
    document = _collection(layers().layer(collection), asked, links.own_links(asked.html))
    return answer(asked, document, pages.collection_page)


@routes.get(
    "/ogc/collections/<collection>/queryables",
    "The properties that requests can use, as a JSON Schema",
    needs=Role.PUBLIC,
    schema="JsonSchema",
    media_type=links.SCHEMA,
    asks=COMMON,
)
def ogc_queryables(collection: str) -> Response:
    """Answer with the properties that `filter` and property parameters can use."""
    asked = form()
    layer, file = layers().features(collection)
    where = address("collections", collection, "queryables")
    document = schema(layer, file, where, asked.language, queryables=True)
    return answer(asked, document, pages.schema_page, links.SCHEMA)


@routes.get(
    "/ogc/collections/<collection>/schema",
    "What the layer's features have, as a JSON Schema",
    needs=Role.PUBLIC,
    schema="JsonSchema",
    media_type=links.SCHEMA,
    asks=(*COMMON, PROFILE),
)
def ogc_schema(collection: str) -> Response:
    """Answer with the schema of the layer, or of its GeoJSON."""
    asked = form(PROFILE)
    profile = request.args.get("profile", "columns")
    if profile not in ("columns", "geojson"):
        raise InvalidInput("profile is {value}: it must be columns or geojson.", value=profile[:100])
    layer, file = layers().features(collection)
    where = address("collections", collection, "schema")
    if profile == "geojson":
        return json_answer(feature_schema(layer, file, where), media_type=links.SCHEMA)
    return answer(asked, schema(layer, file, where, asked.language, queryables=False), pages.schema_page, links.SCHEMA)


def collection(layer: Layer, asked: Asked) -> dict[str, Any]:
    """Return a layer as an entry of the list of layers."""
    here = address("collections", layer.name)
    return _collection(layer, asked, [link("self", here, JSON, layer.name)])


def _collection(layer: Layer, asked: Asked, own: list[links.Link]) -> dict[str, Any]:
    _, file = layers().features(layer.name)
    document: dict[str, Any] = {
        "id": layer.name,
        "title": layer.name,
        "description": in_language(description(layer), asked.language),
        "kind": layer.kind,
        "itemType": "feature",
        "itemCount": layer.features,
        "dataType": "vector",
        "extent": extent(layer, file),
        "crs": list(frames()),
        "storageCrs": CRS84,
        "minTileMatrix": str(layer.minzoom),
        "maxTileMatrix": str(layer.maxzoom),
        "links": [*own, *_links(layer, asked.language)],
    }
    return {**document, "attribution": OSM_CREDIT} if is_openstreetmap(layer) else document


def _links(layer: Layer, language: str) -> list[links.Link]:
    """Return a layer's links to its parts."""

    def to(rel: str, media_type: str, title: Any, *steps: str, **query: str) -> links.Link:
        return link(rel, address("collections", layer.name, *steps, **query), media_type, in_language(title, language))

    return [
        to("items", links.GEOJSON, pages.FEATURES, "items"),
        to("items", links.HTML, pages.FEATURES, "items", f="html"),
        to(links.QUERYABLES, links.SCHEMA, pages.QUERYABLES, "queryables"),
        to(links.SCHEMA_REL, links.SCHEMA, pages.SCHEMA, "schema"),
        to("describedby", links.SCHEMA, pages.SCHEMA, "schema", profile="geojson"),
        to(links.TILESETS, JSON, pages.TILES, "tiles"),
        link("root", f"{base_url()}/ogc/", JSON, in_language(pages.START, language)),
    ]
