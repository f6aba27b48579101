"""`/ogc/collections/{id}/tiles`: OGC API Tiles, whose tiles are those of `/tiles`, in the order z/row/column.

There are no tiles of several layers at once: one of the whole city would be larger than a tile may be.
"""

import math
from typing import Any

from flask import Response, request

from twin.errors import InvalidInput, NotFound
from twin.store import Layer
from twin.values.bounds import range_in_degrees
from twin.values.rights import Role
from twin.values.sentence import in_language
from web.ogc import links, pages
from web.ogc.crs import CRS84
from web.ogc.describe import column_type
from web.ogc.links import address, link
from web.ogc.negotiate import COMMON, answer, form, known_only
from web.routes.asked import base_url, layers
from web.routes.layers import tile_answer
from web.routes.table import JSON, LANG, Parameter, Routes

routes = Routes()

QUAD = "WebMercatorQuad"
QUAD_URI = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{QUAD}"
MERCATOR = "http://www.opengis.net/def/crs/EPSG/0/3857"
_EDGE = 20037508.342789244
TILE_FORM = Parameter("f", "The tile's form.", {"enum": ["mvt"], "default": "mvt"})
_PIXEL = 0.00028  # metres, of the standard's screen
_DEEPEST = 24


@routes.get(
    "/ogc/collections/<collection>/tiles",
    "The layer's sets of tiles",
    needs=Role.PUBLIC,
    schema="OgcTileSets",
    asks=COMMON,
)
def ogc_tilesets(collection: str) -> Response:
    """Answer with the layer's tile sets: one."""
    asked = form()
    layer = layers().layer(collection)
    where = address("collections", layer.name, "tiles", QUAD)
    entry = {**_entry(layer), "links": [link("self", where, JSON, QUAD), _scheme(asked.language)]}
    return answer(asked, {"links": links.own_links(asked.html), "tilesets": [entry]}, pages.tilesets_page)


@routes.get(
    "/ogc/collections/<collection>/tiles/WebMercatorQuad",
    "A set of tiles",
    needs=Role.PUBLIC,
    schema="OgcTileSet",
    asks=COMMON,
)
def ogc_tileset(collection: str) -> Response:
    """Answer with what is known of the layer's tiles."""
    asked = form()
    layer, file = layers().features(collection)
    columns = {field.name: column_type(field.type) for field in file.schema}
    dimension = max((_DIMENSIONS[kind.removeprefix("Multi")] for kind in layer.geometry_types), default=0)
    where = address("collections", layer.name, "tiles", QUAD)
    west, south, east, north = range_in_degrees(layer.bounds)
    document = {
        **_entry(layer),
        "tileMatrixSetLimits": [_limits(layer, z) for z in range(layer.minzoom, layer.maxzoom + 1)],
        "boundingBox": {"lowerLeft": [west, south], "upperRight": [east, north], "crs": CRS84},
        "layers": [
            {
                "id": layer.name,
                "dataType": "vector",
                "geometryDimension": dimension,
                "minTileMatrix": str(layer.minzoom),
                "maxTileMatrix": str(layer.maxzoom),
                "propertiesSchema": {"type": "object", "properties": columns},
            }
        ],
        "links": [*links.own_links(asked.html), _scheme(asked.language), *_tile_links(layer, where)],
    }
    return answer(asked, document, pages.tileset_page)


@routes.get(
    "/ogc/collections/<collection>/tiles/WebMercatorQuad/<matrix>/<row>/<column>",
    "A vector tile by zoom, row and column: 204 where the layer has nothing, 404 outside of its tile matrices",
    needs=Role.PUBLIC,
    media_type=links.MVT,
    asks=(TILE_FORM, LANG),
)
def ogc_tile(collection: str, matrix: str, row: str, column: str) -> Response:
    """Answer with a vector tile (z/row/column; `/tiles` has z/x/y)."""
    if request.args.get("f", "mvt") != "mvt":
        raise InvalidInput("f is {value}: a tile is mvt.", value=request.args["f"][:100])
    known_only((TILE_FORM, LANG))
    if not all(text.isascii() and text.isdigit() and len(text) < 10 for text in (matrix, row, column)):
        layers().layer(collection)
        raise NotFound(
            "There is no tile {matrix}/{row}/{column}: these must be whole numbers, zoom, row and column.",
            matrix=matrix[:50],
            row=row[:50],
            column=column[:50],
        )
    return tile_answer(collection, int(matrix), int(column), int(row))


@routes.get("/ogc/tileMatrixSets", "The tiling schemes", needs=None, schema="OgcTileMatrixSets", asks=COMMON)
def ogc_tile_matrix_sets() -> Response:
    """Answer with the tiling schemes: one."""
    asked = form()
    here = link("self", address("tileMatrixSets", QUAD), JSON, QUAD)
    entry = {"id": QUAD, "title": QUAD, "uri": QUAD_URI, "links": [here]}
    return answer(asked, {"links": links.own_links(asked.html), "tileMatrixSets": [entry]}, pages.matrix_sets_page)


@routes.get(
    "/ogc/tileMatrixSets/WebMercatorQuad", "The tiling scheme", needs=None, schema="OgcTileMatrixSet", asks=COMMON
)
def ogc_tile_matrix_set() -> Response:
    """Answer with the quad tree of Web Mercator."""
    asked = form()
    document = {
        "id": QUAD,
        "title": "Google Maps Compatible for the World",
        "uri": QUAD_URI,
        "crs": MERCATOR,
        "orderedAxes": ["E", "N"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": [_matrix(z) for z in range(_DEEPEST + 1)],
        "links": links.own_links(asked.html),
    }
    return answer(asked, document, pages.matrix_set_page)


_DIMENSIONS = {"Point": 0, "LineString": 1, "LinearRing": 1, "Polygon": 2, "GeometryCollection": 2}


def _entry(layer: Layer) -> dict[str, Any]:
    return {"title": layer.name, "dataType": "vector", "crs": MERCATOR, "tileMatrixSetURI": QUAD_URI}


def _scheme(language: str) -> links.Link:
    title = in_language(pages.TILING_SCHEME, language)
    return link(links.TILING_SCHEME, address("tileMatrixSets", QUAD), JSON, title)


def _tile_links(layer: Layer, where: str) -> list[links.Link]:
    """Return the template of the tiles' addresses, and the TileJSON."""
    from urllib.parse import quote

    template = f"{where.partition('?')[0]}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"
    tilejson = f"{base_url()}/tiles/{quote(layer.name, safe='')}.json"
    return [
        link("item", template, links.MVT, "Mapbox vector tiles", templated=True),
        link("describedby", tilejson, JSON, "TileJSON"),
    ]


def _matrix(z: int) -> dict[str, Any]:
    """Return one level of the quad tree."""
    size = 2 * _EDGE / 256 / 2**z
    return {
        "id": str(z),
        "scaleDenominator": size / _PIXEL,
        "cellSize": size,
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": [-_EDGE, _EDGE],
        "tileWidth": 256,
        "tileHeight": 256,
        "matrixWidth": 2**z,
        "matrixHeight": 2**z,
    }


def _limits(layer: Layer, z: int) -> dict[str, Any]:
    """Return which rows and columns of a level the layer's bounds touch."""
    west, south, east, north = range_in_degrees(layer.bounds)
    count: int = 2**z

    def column(longitude: float) -> int:
        return min(max(math.floor((longitude + 180) / 360 * count), 0), count - 1)

    def row(latitude: float) -> int:
        turned = math.asinh(math.tan(math.radians(min(max(latitude, -85.0511), 85.0511)))) / math.pi
        return min(max(math.floor((1 - turned) / 2 * count), 0), count - 1)

    return {
        "tileMatrix": str(z),
        "minTileRow": row(north),
        "maxTileRow": row(south),
        "minTileCol": column(west),
        "maxTileCol": column(east),
    }
