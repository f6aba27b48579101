"""JSON schemas (2020-12) of every JSON answer: what `/-/openapi.json` promises and the tests hold it to."""

from typing import Any

from web.ogc.schemas import SCHEMAS as OGC_SCHEMAS
from web.schema_words import ANY_OBJECT, BOUNDS, COUNT, NUMBER, SHA256, TEXT, TIME, listed, named, numbers, obj, or_null
from web.schemas_bcf import BCF_SCHEMAS
from web.schemas_clashes import CLASH_SCHEMAS
from web.schemas_facts import ELEMENT, FACT_SCHEMAS
from web.schemas_find import FIND_SCHEMAS, HISTORY, SYSTEMS
from web.schemas_jobs import JOB_SCHEMAS
from web.schemas_people import PEOPLE_SCHEMAS
from web.schemas_sharing import SHARING_SCHEMAS
from web.schemas_uploads import UPLOAD_SCHEMAS

Schema = dict[str, Any]

STATE: Schema = {"enum": ["drawn", "empty", "skipped", "failed"]}
COUNTS = dict.fromkeys(("products", "drawn", "empty", "skipped", "failed"), COUNT)

_GEOREFERENCE = obj(
    {
        "source": {
            "enum": [
                *("IfcMapConversion", "IfcRigidOperation", "ePset_MapConversion", "sidecar", "option", "IfcSite"),
                *("project_frame", "none"),
            ]
        },
        "lo_geo_ref": {"type": "integer", "minimum": 0, "maximum": 50},
        "crs": or_null(TEXT),
        "longitude": NUMBER,
        "latitude": NUMBER,
        "orthogonal_height": NUMBER,
        "true_north_deg": NUMBER,
        "grid_convergence_deg": NUMBER,
        "point_scale": NUMBER,
        "height_reference": {"enum": ["orthometric", "ellipsoidal", "unknown"]},
        "conflicts": listed(TEXT),
        "inside_city": or_null({"type": "boolean"}),
        "present": listed(ANY_OBJECT),
        "notices": listed(TEXT),
    }
)

_MODEL = obj(
    {
        "model": TEXT,
        "project": TEXT,
        "file": TEXT,
        "discipline": or_null(TEXT),
        "revision": {"type": "integer", "minimum": 1},
        "sha256": SHA256,
        "schema": TEXT,
        "kernel": TEXT,
        "imported_at": TIME,
        "placed_at": TIME,
        "ledger": named("Counts"),
        "georeference": named("Georeference"),
        "notices": listed(TEXT),
        "ground_height": NUMBER,
        "height_reference": {"enum": ["orthometric", "ellipsoidal", "unknown"]},
        "bounds": BOUNDS,
        "heights": or_null(numbers(2, "least and greatest height in metres")),
        "rows": COUNT,
        "tileset": or_null(TEXT),
        "spaces_tileset": or_null(TEXT),
        "tiles": obj({"count": COUNT, "bytes": COUNT}),
    }
)

_PROPERTIES: Schema = {
    "type": "object",
    "properties": {
        **{name: or_null(TEXT) for name in ("predefined_type", "tag", "description", "object_type")},
        "type": or_null(obj({"global_id": TEXT, "name": or_null(TEXT), "ifc_class": TEXT})),
        "psets": {"type": "object", "additionalProperties": ANY_OBJECT},
        "quantities": {"type": "object", "additionalProperties": ANY_OBJECT},
        "materials": listed(ANY_OBJECT),
        "classifications": listed(ANY_OBJECT),
    },
    "required": ["type", "psets", "quantities", "materials", "classifications"],
}

_ELEMENT = obj(
    {
        "project": TEXT,
        "model": TEXT,
        "global_id": TEXT,
        "row": {"type": "integer", "minimum": -1},
        "ifc_class": TEXT,
        "name": TEXT,
        "state": STATE,
        "reason": or_null(TEXT),
        "storey": or_null(named("Storey")),
        "path": listed(obj({"global_id": TEXT, "ifc_class": TEXT, "name": TEXT})),
        "properties": _PROPERTIES,
        **ELEMENT,
        **HISTORY,
    }
)

_LAYER: Schema = {
    "type": "object",
    "properties": {
        "@@type": TEXT,
        "id": TEXT,
        "data": TEXT,
        "model": TEXT,
        "project": TEXT,
        "groundHeight": NUMBER,
        "spaces": {"type": "boolean"},
        "visible": {"type": "boolean"},
    },
    "required": ["@@type", "id"],
}

ZOOM: Schema = {"type": "integer", "minimum": 0, "maximum": 24}
_CITY_LAYER = obj(
    {
        **dict.fromkeys(("name", "group", "kind", "file", "source_layer", "crs", "datum"), TEXT),
        "encoding": or_null(TEXT),
        "version": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
        "added_at": TIME,
        "features": COUNT,
        "bounds": numbers(4, "west, south, east, north in degrees"),
        "geometry_types": {"type": "object", "additionalProperties": COUNT},
        "fields": {"type": "object", "additionalProperties": {"enum": ["String", "Number", "Boolean"]}},
        "height_rule": or_null(TEXT),
        "notices": listed(TEXT),
        "lost": COUNT,
        "minzoom": ZOOM,
        "maxzoom": ZOOM,
        "baked": {"type": "boolean"},
        "bytes": COUNT,
        "tilejson": TEXT,
    }
)
_TILEJSON = obj(
    {
        "tilejson": {"const": "3.0.0"},
        **dict.fromkeys(("name", "description", "version", "attribution"), TEXT),
        "scheme": {"const": "xyz"},
        "tiles": listed({"type": "string", "pattern": "^https?://"}),
        "minzoom": ZOOM,
        "maxzoom": ZOOM,
        "bounds": numbers(4, "west, south, east, north in degrees"),
        "center": numbers(3, "longitude, latitude in degrees, zoom"),
        "vector_layers": listed(
            obj({"id": TEXT, "description": TEXT, "minzoom": ZOOM, "maxzoom": ZOOM, "fields": ANY_OBJECT})
        ),
    },
    optional=("attribution",),
)
_REPLACED_IN_LAYER = obj(
    {"ids": listed({"type": "integer", "minimum": 1}), "by": {"type": "object", "additionalProperties": TEXT}}
)

SCHEMAS: dict[str, Schema] = {
    "LayerList": obj({"layers": listed(_CITY_LAYER)}),
    "TileJSON": _TILEJSON,
    "Style": {
        "type": "object",
        "properties": {"version": {"const": 8}, "sources": ANY_OBJECT, "layers": listed(ANY_OBJECT)},
        "required": ["version", "sources", "layers"],
    },
    "Replaced": obj(
        {"rule": TEXT, "layers": {"type": "object", "additionalProperties": _REPLACED_IN_LAYER}},
    ),
    "Problem": obj(
        {"type": TEXT, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT, "message": TEXT},
        optional=("message",),
    ),
    "Counts": obj(COUNTS),
    "Georeference": _GEOREFERENCE,
    "Storey": obj({"global_id": TEXT, "name": TEXT, "elevation": NUMBER}),
    "Model": _MODEL,
    "ModelList": obj({"models": listed(named("Model"))}),
    "Revisions": obj(
        {
            "model": TEXT,
            "revisions": listed(
                obj(
                    {
                        "revision": {"type": "integer", "minimum": 1},
                        "file": TEXT,
                        "sha256": SHA256,
                        "schema": TEXT,
                        "kernel": TEXT,
                        "imported_at": TIME,
                        "ledger": named("Counts"),
                    }
                )
            ),
        }
    ),
    "ElementColumns": obj(
        {
            "global_id": listed(TEXT),
            "name": listed(TEXT),
            "ifc_class": listed(COUNT),
            "storey": listed({"type": "integer", "minimum": -1}),
            "classes": listed(TEXT),
            "storeys": listed(named("Storey")),
            "systems": SYSTEMS,
        }
    ),
    "Ledger": obj(
        {
            **COUNTS,
            "items": listed(
                obj({"global_id": TEXT, "ifc_class": TEXT, "name": TEXT, "state": STATE, "reason": or_null(TEXT)})
            ),
        }
    ),
    "Element": _ELEMENT,
    "Scene": {
        "type": "object",
        "properties": {
            "initialViewState": obj(
                dict.fromkeys(("longitude", "latitude", "zoom", "pitch", "bearing"), NUMBER),
            ),
            "layers": listed(_LAYER),
        },
        "required": ["initialViewState", "layers"],
    },
    "Tileset": {
        "type": "object",
        "properties": {"asset": ANY_OBJECT, "geometricError": NUMBER, "root": ANY_OBJECT},
        "required": ["asset", "geometricError", "root"],
    },
    "Health": obj({"status": {"const": "ok"}}),
    "Ready": obj(
        {
            "status": {"const": "ready"},
            "name": TEXT,
            "checks": listed(
                obj({"name": TEXT, "ok": {"type": "boolean"}, "seconds": NUMBER, "problem": {"type": "null"}})
            ),
        }
    ),
    "OpenAPI": {
        "type": "object",
        "properties": {"openapi": TEXT, "info": ANY_OBJECT, "paths": ANY_OBJECT, "components": ANY_OBJECT},
        "required": ["openapi", "info", "paths", "components"],
    },
    **BCF_SCHEMAS,
    **CLASH_SCHEMAS,
    **FACT_SCHEMAS,
    **FIND_SCHEMAS,
    **JOB_SCHEMAS,
    **OGC_SCHEMAS,
    **PEOPLE_SCHEMAS,
    **SHARING_SCHEMAS,
    **UPLOAD_SCHEMAS,
}
