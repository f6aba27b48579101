"""The readable pages: made on the server, without script; every text in them is escaped by `Markup`."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from flask import request
from markupsafe import Markup

from twin.values.sentence import Sentence, in_language, say
from web.ogc.links import address, asked_again

START = say("Start")
LAYERS = say("City layers")
FEATURES = say("Features")
CONFORMANCE = say("Conformance")
QUERYABLES = say("Properties for filters")
SCHEMA = say("Properties")
TILES = say("Vector tiles")
TILING_SCHEME = say("Tiling scheme")
TILE_MATRIX_SETS = say("Tiling schemes")
NEXT = say("Next page")
PREVIOUS = say("Previous page")
_API = say("All addresses")
_LINKS = say("Links")
_NAMES = {
    "": START,
    "collections": LAYERS,
    "items": FEATURES,
    "conformance": CONFORMANCE,
    "queryables": QUERYABLES,
    "schema": SCHEMA,
    "tiles": TILES,
    "tileMatrixSets": TILE_MATRIX_SETS,
    "api": _API,
}
_LABELS = {
    "title": say("Name"),
    "kind": say("Kind"),
    "itemCount": say("Features"),
    "bbox": say("West, south, east, north"),
    "interval": say("From, until"),
    "crs": say("Coordinate systems"),
    "zoom": say("Zoom levels"),
    "attribution": say("Source"),
    "type": say("Type"),
    "format": say("Format"),
    "id": say("Number"),
    "geometry": say("Geometry"),
    "path": say("Address"),
    "summary": say("What it is"),
    "tileMatrix": say("Zoom"),
    "rows": say("Rows"),
    "columns": say("Columns"),
    "cellSize": say("Metres a pixel"),
}
_MOST_COLUMNS = 12  # of a table of features; the rest is on each feature's own page

Document = Mapping[str, Any]


def landing_page(document: Document, language: str) -> str:
    """Return the first page."""
    ways = [(LAYERS, address("collections")), (TILE_MATRIX_SETS, address("tileMatrixSets"))]
    ways += [(CONFORMANCE, address("conformance")), (_API, address("api"))]
    items = [Markup('<li><a href="{}">{}</a></li>').format(href, in_language(name, language)) for name, href in ways]
    body = Markup('<p class="lead">{}</p>').format(document["description"]) + _panel(_list(items))
    return _page(document["title"], body, language)


def conformance_page(document: Document, language: str) -> str:
    """Return the page of the conformance classes."""
    items = [Markup("<li><code>{}</code></li>").format(uri) for uri in document["conformsTo"]]
    return _page(in_language(CONFORMANCE, language), _panel(_list(items)), language)


def collections_page(document: Document, language: str) -> str:
    """Return the page of all layers."""
    rows = [
        [
            _anchor(address("collections", layer["id"]), layer["title"]),
            layer["description"],
            _anchor(address("collections", layer["id"], "items"), in_language(FEATURES, language)),
            _anchor(address("collections", layer["id"], "tiles"), in_language(TILES, language)),
        ]
        for layer in document["collections"]
    ]
    return _page(in_language(LAYERS, language), _panel(_table([], rows)), language)


def collection_page(document: Document, language: str) -> str:
    """Return the page of a layer."""
    name = document["id"]
    ways = [(FEATURES, "items"), (QUERYABLES, "queryables"), (SCHEMA, "schema"), (TILES, "tiles")]
    items = [
        Markup('<li><a href="{}">{}</a></li>').format(address("collections", name, step), in_language(title, language))
        for title, step in ways
    ]
    facts: list[tuple[str, Any]] = [
        ("kind", document["kind"]),
        ("itemCount", f"{document['itemCount']:,}"),
        ("bbox", ", ".join(f"{side:.6f}" for side in document["extent"]["spatial"]["bbox"][0])),
    ]
    if "temporal" in document["extent"]:
        facts.append(("interval", ", ".join(end or "…" for end in document["extent"]["temporal"]["interval"][0])))
    facts.append(("zoom", f"{document['minTileMatrix']}–{document['maxTileMatrix']}"))
    facts.append(("crs", _list([Markup("<li><code>{}</code></li>").format(uri) for uri in document["crs"]])))
    if "attribution" in document:
        facts.append(("attribution", document["attribution"]))
    body = Markup('<p class="lead">{}</p>').format(document["description"]) + _panel(_list(items))
    return _page(document["title"], body + _panel(_facts(facts, language)), language)


def items_page(layer: str, document: Document, geometry: Any, language: str, *, first: int) -> str:
    """Return a page of features: a drawing and a table."""
    from web.ogc.outline import outline

    features = document["features"]
    title = in_language(FEATURES, language)
    count = say(
        "{first} to {last} of {matched}.",
        first=first if features else 0,
        last=first + len(features) - 1 if features else 0,
        matched=document["numberMatched"],
    )
    columns = list(features[0]["properties"])[:_MOST_COLUMNS] if features else []
    places = [address("collections", layer, "items", feature["id"]) for feature in features]
    names = [f"{feature['id']} {feature['properties'].get('name') or ''}".strip() for feature in features]
    rows = [
        [_anchor(place, str(feature["id"])), *(feature["properties"][column] for column in columns)]
        for place, feature in zip(places, features, strict=True)
    ]
    turns = [
        Markup('<a rel="{}" href="{}">{}</a>').format(link["rel"], link["href"], link["title"])
        for link in document["links"]
        if link["rel"] in ("prev", "next")
    ]
    turn = Markup('<p class="turn">{}</p>').format(Markup(" ").join(turns)) if turns else Markup("")
    lead = Markup('<p class="lead">{}</p>').format(in_language(count, language))
    head = [in_language(_LABELS["id"], language), *columns]
    table = _panel(_table(head, rows)) if rows else Markup("")
    return _page(f"{layer}: {title}", lead + outline(geometry, names, places, title) + turn + table + turn, language)


def item_page(layer: str, document: Document, geometry: Any, language: str) -> str:
    """Return the page of a feature."""
    from web.ogc.outline import outline

    number = str(document["id"])
    name = document["properties"].get("name")
    facts = [(key, value) for key, value in document["properties"].items()]
    kind = document["geometry"]["type"]
    drawn = outline(geometry, [number], [address("collections", layer, "items", number)], kind)
    rows = [(column, value) for column, value in facts]
    body = drawn + _panel(_facts([("geometry", kind)], language) + _facts(rows, language, own=True))
    return _page(f"{layer} {number}" + (f": {name}" if name else ""), body, language)


def schema_page(document: Document, language: str) -> str:
    """Return the page of a layer's properties."""
    head = [in_language(_LABELS[name], language) for name in ("title", "type", "format")]
    rows = [[name, kind.get("type"), kind.get("format")] for name, kind in document["properties"].items()]
    body = Markup('<p class="lead">{}</p>').format(document.get("description", "")) + _panel(_table(head, rows))
    return _page(document["title"], body, language)


def tilesets_page(document: Document, language: str) -> str:
    """Return the page of a layer's tile sets."""
    rows = [[_anchor(entry["links"][0]["href"], entry["tileMatrixSetURI"])] for entry in document["tilesets"]]
    return _page(in_language(TILES, language), _panel(_table([], rows)), language)


def tileset_page(document: Document, language: str) -> str:
    """Return the page of a tile set."""
    head = [in_language(_LABELS[name], language) for name in ("tileMatrix", "rows", "columns")]
    rows = [
        [at["tileMatrix"], f"{at['minTileRow']}–{at['maxTileRow']}", f"{at['minTileCol']}–{at['maxTileCol']}"]
        for at in document["tileMatrixSetLimits"]
    ]
    return _page(document["title"], _panel(_table(head, rows)) + _links(document, language), language)


def matrix_sets_page(document: Document, language: str) -> str:
    """Return the page of the tiling schemes."""
    rows = [[_anchor(entry["links"][0]["href"], entry["id"]), entry["uri"]] for entry in document["tileMatrixSets"]]
    return _page(in_language(TILE_MATRIX_SETS, language), _panel(_table([], rows)), language)


def matrix_set_page(document: Document, language: str) -> str:
    """Return the page of a tiling scheme."""
    head = [in_language(_LABELS[name], language) for name in ("tileMatrix", "rows", "cellSize")]
    rows = [[at["id"], f"{at['matrixHeight']:,}", f"{at['cellSize']:.6g}"] for at in document["tileMatrices"]]
    return _page(document["id"], _panel(_table(head, rows)), language)


def api_page(document: Document, language: str) -> str:
    """Return the page of all addresses."""
    head = [in_language(_LABELS[name], language) for name in ("path", "summary")]
    rows = [
        [Markup("<code>{}</code>").format(path), Markup('<span lang="en">{}</span>').format(entry["get"]["summary"])]
        for path, entry in document["paths"].items()
    ]
    return _page(in_language(_API, language), _panel(_table(head, rows)), language)


# --- parts ---


def _page(title: str, body: Markup, language: str) -> str:
    """Return a whole page around its body."""
    other, named = ("en", "English") if language == "zh" else ("zh", "中文")
    shape = Markup(
        '<!doctype html>\n<html lang="{tag}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        '<link rel="stylesheet" href="{style}">\n</head>\n<body>\n<header>\n<nav aria-label="{here}">{crumbs}</nav>\n'
        '<nav class="forms"><a href="{json}">JSON</a><a href="{turned}" lang="{other}">{named}</a></nav>\n</header>\n'
        "<main>\n<h1>{title}</h1>\n{body}\n</main>\n<footer>OGC API</footer>\n</body>\n</html>\n"
    )
    return str(
        shape.format(
            tag="zh-CN" if language == "zh" else "en",
            title=title,
            style=address("style.css").partition("?")[0],
            here=in_language(LAYERS, language),
            crumbs=_crumbs(language),
            json=asked_again(f="json"),
            turned=asked_again(lang=other),
            other=other,
            named=named,
            body=body,
        )
    )


def _crumbs(language: str) -> Markup:
    """Return links to the pages above this one."""
    steps = [unquote(step) for step in request.path.removeprefix("/ogc/").split("/") if step]
    trail = [Markup('<a href="{}">{}</a>').format(address(""), in_language(START, language))]
    for end in range(1, len(steps)):
        named = _NAMES.get(steps[end - 1]) if end != 2 else None
        shown = in_language(named, language) if isinstance(named, Sentence) else steps[end - 1]
        trail.append(Markup('<a href="{}">{}</a>').format(address(*steps[:end]), shown))
    return Markup("").join(trail)


def _links(document: Document, language: str) -> Markup:
    items = [
        Markup('<li>{} <span class="kinds">{}</span></li>').format(
            Markup("<code>{}</code>").format(link["href"])
            if link.get("templated")
            else _anchor(link["href"], link["title"]),
            link["type"],
        )
        for link in document["links"]
        if link["rel"] not in ("self", "alternate")
    ]
    return Markup("<h2>{}</h2>").format(in_language(_LINKS, language)) + _panel(_list(items))


def _anchor(href: str, text: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(href, text)


def _panel(body: Markup) -> Markup:
    return Markup('<div class="panel">{}</div>').format(body)


def _list(items: Iterable[Markup]) -> Markup:
    return Markup("<ul>{}</ul>").format(Markup("").join(items))


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> Markup:
    top = Markup("").join(Markup('<th scope="col">{}</th>').format(name) for name in head)
    lines = [Markup("<tr>{}</tr>").format(Markup("").join(_cell(value) for value in row)) for row in rows]
    start = Markup("<thead><tr>{}</tr></thead>").format(top) if head else Markup("")
    return Markup("<table>{}<tbody>{}</tbody></table>").format(start, Markup("").join(lines))


def _facts(facts: Sequence[tuple[str, Any]], language: str, *, own: bool = False) -> Markup:
    """Return names and values; `own` names are the layer's and not translated."""
    lines = [
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            name if own else in_language(_LABELS[name], language), _cell(value)
        )
        for name, value in facts
    ]
    return Markup("<table><tbody>{}</tbody></table>").format(Markup("").join(lines))


def _cell(value: Any) -> Markup:
    if isinstance(value, bool):
        value = str(value).lower()
    if value is None:
        return Markup('<td class="none">–</td>')
    if isinstance(value, str) and value.startswith(("http://", "https://")) and not isinstance(value, Markup):
        return Markup('<td><a href="{}" rel="nofollow noreferrer">{}</a></td>').format(value, value)
    return Markup("<td>{}</td>").format(value)
