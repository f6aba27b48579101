"""`/ogc/`: the ways in, what is conformed to, the style sheet of the pages."""

from flask import Response

from twin.values.rights import Role
from twin.values.sentence import in_language, say
from web.ogc import links, pages
from web.ogc.links import address, link
from web.ogc.negotiate import COMMON, answer, form
from web.ogc.style import STYLE
from web.routes.asked import store
from web.routes.table import JSON, Routes

routes = Routes()

_SPEC = "http://www.opengis.net/spec"
CONFORMS_TO = (
    *(f"{_SPEC}/ogcapi-common-1/1.0/conf/{name}" for name in ("core", "landing-page", "json", "html", "oas30")),
    f"{_SPEC}/ogcapi-common-2/1.0/conf/collections",
    *(f"{_SPEC}/ogcapi-features-1/1.0/conf/{name}" for name in ("core", "geojson", "html", "oas30")),
    f"{_SPEC}/ogcapi-features-2/1.0/conf/crs",
    *(
        f"{_SPEC}/ogcapi-features-3/1.0/conf/{name}"
        for name in ("queryables", "queryables-query-parameters", "filter", "features-filter")
    ),
    *(
        f"{_SPEC}/cql2/1.0/conf/{name}"
        for name in (
            *("cql2-text", "basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison"),
            *("accent-insensitive-comparison", "basic-spatial-functions", "basic-spatial-functions-plus"),
            *("spatial-functions", "temporal-functions", "property-property", "arithmetic"),
        )
    ),
    *(
        f"{_SPEC}/ogcapi-tiles-1/1.0/conf/{name}"
        for name in ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt", "oas30")
    ),
)


@routes.get(
    "/ogc/", "OGC API: the city's layers as features and tiles", needs=Role.PUBLIC, schema="OgcLanding", asks=COMMON
)
def ogc_landing() -> Response:
    """Answer with the ways in."""
    asked = form()
    name = store().settings().name
    schemes = in_language(pages.TILE_MATRIX_SETS, asked.language)
    document = {
        "title": name,
        "description": in_language(
            say("The city's layers by the standards OGC API Features and OGC API Tiles."), asked.language
        ),
        "links": [
            *links.own_links(asked.html),
            link("service-desc", address("api"), links.OPENAPI, "OpenAPI"),
            link("service-doc", address("api", f="html"), links.HTML, "OpenAPI"),
            link("conformance", address("conformance"), JSON, in_language(pages.CONFORMANCE, asked.language)),
            link(links.CONFORMANCE, address("conformance"), JSON, in_language(pages.CONFORMANCE, asked.language)),
            link("data", address("collections"), JSON, in_language(pages.LAYERS, asked.language)),
            link(links.DATA, address("collections"), JSON, in_language(pages.LAYERS, asked.language)),
            link(links.TILING_SCHEMES, address("tileMatrixSets"), JSON, schemes),
        ],
    }
    return answer(asked, document, pages.landing_page)


@routes.get("/ogc/conformance", "Which parts of the standards hold", needs=None, schema="OgcConformance", asks=COMMON)
def ogc_conformance() -> Response:
    """Answer with the conformance classes."""
    asked = form()
    document = {"conformsTo": list(CONFORMS_TO), "links": links.own_links(asked.html)}
    return answer(asked, document, pages.conformance_page)


@routes.get("/ogc/style.css", "The style sheet of the readable pages", needs=None, media_type="text/css; charset=utf-8")
def ogc_style() -> Response:
    """Answer with the pages' style sheet."""
    return Response(STYLE, content_type="text/css; charset=utf-8")
