"""`/tiles`, `/styles`, `/api/layers`: the city's layers as vector tiles, their style, and what they are."""

from typing import Any, Literal
from urllib.parse import quote

from flask import Response, request

from twin.errors import NotFound
from twin.store import Layer
from twin.values.bounds import range_in_degrees
from twin.values.rights import Role
from twin.values.sentence import in_language
from web.answers import layer_details
from web.responses import FOR_EVER, REVALIDATE, json_answer, takes_gzip
from web.routes.asked import base_url, language, layers, replaced_by_models, store
from web.routes.table import LANG, Parameter, Routes

routes = Routes()

MVT = "application/vnd.mapbox-vector-tile"
VERSION = Parameter("v", "The data version; a tile asked for with the current one is cached for ever.")
OSM_CREDIT = "© OpenStreetMap contributors (ODbL)"


@routes.get("/tiles/<layer>.json", "TileJSON 3.0 of a layer", needs=Role.PUBLIC, schema="TileJSON")
def tilejson(layer: str) -> Response:
    """Answer with a layer's TileJSON."""
    return json_answer(tilejson_of(layers().layer(layer), base_url()))


@routes.get(
    "/tiles/<layer>/<int:z>/<int:x>/<int:y>.mvt",
    "A vector tile in XYZ order: 204 where the layer has nothing, 404 outside of its zoom levels",
    needs=Role.PUBLIC,
    media_type=MVT,
    asks=(VERSION,),
)
def vector_tile(layer: str, z: int, x: int, y: int) -> Response:
    """Answer with a vector tile (z/x/y; OGC API Tiles has z/row/column instead)."""
    return tile_answer(layer, z, x, y)


@routes.get(
    "/styles/<theme>.json",
    "The basemap as a MapLibre style: light or dark",
    needs=Role.PUBLIC,
    schema="Style",
    asks=(LANG,),
)
def basemap_style(theme: str) -> Response:
    """Answer with the style of the layers that are present."""
    from twin.judgement.basemap import LayerFacts, compose_style

    look: Literal["light", "dark"] | None = {"light": "light", "dark": "dark"}.get(theme)  # type: ignore[assignment]
    if look is None:
        raise NotFound("There is no style {theme}: ask for light or dark.", theme=theme)
    spoken: Literal["zh", "en"] = "en" if language() == "en" else "zh"
    facts = [
        LayerFacts(
            name=layer.name,
            kind=layer.kind,
            geometry_types=layer.geometry_types,
            fields=tuple(field.name for field in layer.fields),
            minzoom=layer.minzoom,
            maxzoom=layer.maxzoom,
            bounds=layer.bounds,
        )
        for layer in layers().city()
    ]
    city = store().settings().bounds
    return json_answer(compose_style(facts, theme=look, language=spoken, base_url=base_url(), city=city))


@routes.get(
    "/api/layers",
    "The city's layers: what they are, where they came from",
    needs=Role.PUBLIC,
    schema="LayerList",
    asks=(LANG,),
)
def layer_list() -> Response:
    """Answer with all layers."""
    asked = language()
    return json_answer({"layers": [layer_details(layer, asked) for layer in layers().city()]})


@routes.get(
    "/api/replaced",
    "Plain buildings that a BIM model stands for, and the rule that says so",
    needs=Role.PUBLIC,
    schema="Replaced",
    asks=(LANG,),
)
def replaced() -> Response:
    """Answer with the buildings that are not to be drawn."""
    from twin.judgement.replaced import RULE

    found = replaced_by_models()
    listed = {
        name: {"ids": sorted(by), "by": {str(number): by[number] for number in sorted(by)}}
        for name, by in found.items()
    }
    return json_answer({"rule": in_language(RULE, language()), "layers": listed})


def tile_answer(layer: str, z: int, x: int, y: int) -> Response:
    """Return a vector tile with the ETag of its data version."""
    tile = layers().tile(layer, z, x, y)
    asked = request.args.get("v")
    response = Response(tile.content, status=200 if tile.content else 204, content_type=MVT)
    tag = f"{tile.version}-{z}-{x}-{y}"
    if tile.content and takes_gzip(request):
        response.headers["Content-Encoding"] = "gzip"
        tag += "-gz"
    elif tile.content:
        import gzip

        response.set_data(gzip.decompress(tile.content))
    response.set_etag(tag)
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = FOR_EVER if asked == tile.version else REVALIDATE
    return response


def tilejson_of(layer: Layer, base: str) -> dict[str, Any]:
    """Return the TileJSON 3.0 of a layer; `base` is the server's absolute URL without a slash at the end."""
    west, south, east, north = range_in_degrees(layer.bounds)
    described = {
        "id": layer.name,
        "description": layer.kind,
        "minzoom": layer.minzoom,
        "maxzoom": layer.maxzoom,
        "fields": {field.name: field.type for field in layer.fields},
    }
    document = {
        "tilejson": "3.0.0",
        "name": layer.name,
        "description": f"{layer.kind}: {layer.file}",
        "version": "1.0.0",
        "scheme": "xyz",
        "tiles": [f"{base}/tiles/{quote(layer.name)}/{{z}}/{{x}}/{{y}}.mvt?v={layer.version}"],
        "minzoom": layer.minzoom,
        "maxzoom": layer.maxzoom,
        "bounds": [west, max(min(south, 85.05113), -85.05113), east, max(min(north, 85.05113), -85.05113)],
        "center": [(west + east) / 2, (south + north) / 2, min(layer.maxzoom, max(layer.minzoom, 12))],
        "vector_layers": [described],
    }
    return {**document, "attribution": OSM_CREDIT} if is_openstreetmap(layer) else document


def is_openstreetmap(layer: Layer) -> bool:
    """Tell whether a layer came from an OpenStreetMap file, whose licence asks for a credit."""
    return layer.file.lower().endswith((".osm.pbf", ".osm", ".pbf", ".osm.bz2"))
