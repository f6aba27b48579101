"""`/ogc/collections/{id}/items`: a layer's features, by number, box, time, value and filter."""

import json
from typing import TYPE_CHECKING, Any

import numpy as np
from flask import Response, request

from twin.errors import NotFound
from twin.values.rights import Role
from twin.values.sentence import in_language
from web.ogc import links, pages
from web.ogc.collections import frames
from web.ogc.crs import Frame, frame
from web.ogc.links import address, asked_again, link
from web.ogc.negotiate import COMMON, Asked, form, page_answer
from web.ogc.query import COLUMNS, ITEM, ITEMS, Query, chosen, parse
from web.routes.asked import layers
from web.routes.table import JSON, Routes

if TYPE_CHECKING:
    from gis_layers.geoparquet import LayerFile
    from twin.store import Layer

routes = Routes()


@routes.get(
    "/ogc/collections/<collection>/items",
    "The layer's features, a page at a time",
    needs=Role.PUBLIC,
    schema="OgcItems",
    media_type=links.GEOJSON,
    asks=(*ITEMS, COLUMNS, *COMMON),
)
def ogc_items(collection: str) -> Response:
    """Answer with a page of features as GeoJSON."""
    from web.ogc.selection import select

    layer, file = layers().features(collection)
    asked = form(*ITEMS, also=file.schema.names)
    query = parse(request.args, file.schema.names, frames())
    found = select(layer, file, query.condition)
    matched = layer.features if found is None else len(found)
    end = min(query.offset + query.limit, matched)
    start = min(query.offset, end)
    rows = np.arange(start, end) if found is None else found[start:end].astype(np.int64)
    return _page(layer, file, asked, query, matched, rows)


@routes.get(
    "/ogc/collections/<collection>/items/<feature>",
    "A feature",
    needs=Role.PUBLIC,
    schema="OgcItem",
    media_type=links.GEOJSON,
    asks=(*ITEM, *COMMON),
)
def ogc_item(collection: str, feature: str) -> Response:
    """Answer with one feature as GeoJSON."""
    layer, file = layers().features(collection)
    asked = form(*ITEM)
    wanted = frame(request.args.get("crs"), frames(), "crs")
    properties = chosen(request.args.get("properties"), file.schema.names)
    known = feature.isascii() and feature.isdigit() and len(feature) <= 12 and 1 <= int(feature) <= layer.features
    if not known:
        raise NotFound(
            "The layer {layer} has no feature {feature}: its features are numbered from 1 to {count}.",
            layer=layer.name,
            feature=feature[:100],
            count=layer.features,
        )
    from web.ogc.geojson import feature_texts

    row = np.array([int(feature) - 1], dtype=np.int64)
    taken = file.take(row)
    text = feature_texts(taken, row, wanted, properties)[0]
    here = address("collections", layer.name)
    own = [
        *links.own_links(asked.html, links.GEOJSON),
        link("collection", here, JSON, layer.name),
    ]
    body = f'{text},"links":{_json(own)}}}'
    if asked.html:
        return page_answer(pages.item_page(layer.name, json.loads(body), taken.geometry, asked.language))
    return _geojson(body, wanted)


def _page(layer: "Layer", file: "LayerFile", asked: Asked, query: Query, matched: int, rows: Any) -> Response:
    """Return the page of features in these rows."""
    from web.ogc.geojson import feature_texts

    taken = file.take(rows)
    texts = feature_texts(taken, rows, query.frame, query.properties)
    more = _turns(query, matched, asked)
    own = [
        *links.own_links(asked.html, links.GEOJSON),
        *more,
        link("collection", address("collections", layer.name), JSON, layer.name),
    ]
    # no timeStamp: the standard leaves it open, and with it no two answers would be the same, nor have the same ETag
    head = f'"numberMatched":{matched},"numberReturned":{len(texts)},"links":{_json(own)}'
    features = ",".join(text + "}" for text in texts)
    body = f'{{"type":"FeatureCollection",{head},"features":[{features}]}}'
    if asked.html:
        return page_answer(
            pages.items_page(layer.name, json.loads(body), taken.geometry, asked.language, first=query.offset + 1)
        )
    response = _geojson(body, query.frame)
    for turn in more:
        response.headers.add("Link", f'<{turn["href"]}>; rel="{turn["rel"]}"; type="{turn["type"]}"')
    return response


def _turns(query: Query, matched: int, asked: Asked) -> list[links.Link]:
    """Return the links to the next and the previous page, which keep every other parameter."""
    media_type = links.HTML if asked.html else links.GEOJSON
    turns: list[links.Link] = []
    if query.limit == 0:
        return turns
    if query.offset + query.limit < matched:
        href = asked_again(offset=query.offset + query.limit)
        turns.append(link("next", href, media_type, in_language(pages.NEXT, asked.language)))
    if query.offset > 0:
        before = max(0, min(query.offset, matched) - query.limit)
        href = asked_again(offset=before or None)
        turns.append(link("prev", href, media_type, in_language(pages.PREVIOUS, asked.language)))
    return turns


def _geojson(body: str, wanted: Frame) -> Response:
    response = Response(body.encode(), content_type=links.GEOJSON)
    response.headers["Content-Crs"] = f"<{wanted.uri}>"
    return response


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
