"""JSON schemas (2020-12) of every JSON answer: what `/-/openapi.json` promises and the tests hold it to."""

from typing import Any

from web.ogc.schemas import SCHEMAS as OGC_SCHEMAS

Schema = dict[str, Any]


def _object(properties: dict[str, Schema], *, optional: tuple[str, ...] = ()) -> Schema:
    """Return the schema of an object that has these members and no others."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _named(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _numbers(count: int, description: str) -> Schema:
    return {
        "type": "array",
        "items": {"type": "number"},
        "minItems": count,
        "maxItems": count,
        "description": description,
    }


TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
COUNT: Schema = {"type": "integer", "minimum": 0}
ANY_OBJECT: Schema = {"type": "object"}
SHARE = _or_null({"type": "number", "minimum": 0, "maximum": 1})
SHA256: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
TIME: Schema = {"type": "string", "format": "date-time"}
BOUNDS = _or_null(_numbers(4, "west, south, east, north in degrees"))
STATE: Schema = {"enum": ["drawn", "empty", "skipped", "failed"]}
COUNTS = dict.fromkeys(("products", "drawn", "empty", "skipped", "failed"), COUNT)
PROJECT: dict[str, Schema] = {
    "code": TEXT,
    "name": TEXT,
    "light": {"enum": ["green", "yellow", "red", "grey"]},
    "progress": SHARE,
    "planned_progress": SHARE,
    "models": _list(TEXT),
    "bounds": BOUNDS,
}

_GEOREFERENCE = _object(
    {
        "source": {
            "enum": [
                *("IfcMapConversion", "IfcRigidOperation", "ePset_MapConversion", "sidecar", "option", "IfcSite"),
                *("project_frame", "none"),
            ]
        },
        "lo_geo_ref": {"type": "integer", "minimum": 0, "maximum": 50},
        "crs": _or_null(TEXT),
        "longitude": NUMBER,
        "latitude": NUMBER,
        "orthogonal_height": NUMBER,
        "true_north_deg": NUMBER,
        "grid_convergence_deg": NUMBER,
        "point_scale": NUMBER,
        "height_reference": {"enum": ["orthometric", "ellipsoidal", "unknown"]},
        "conflicts": _list(TEXT),
        "inside_city": _or_null({"type": "boolean"}),
        "present": _list(ANY_OBJECT),
        "notices": _list(TEXT),
    }
)

_MODEL = _object(
    {
        "model": TEXT,
        "project": TEXT,
        "file": TEXT,
        "discipline": _or_null(TEXT),
        "revision": {"type": "integer", "minimum": 1},
        "sha256": SHA256,
        "schema": TEXT,
        "kernel": TEXT,
        "imported_at": TIME,
        "placed_at": TIME,
        "ledger": _named("Counts"),
        "georeference": _named("Georeference"),
        "notices": _list(TEXT),
        "ground_height": NUMBER,
        "height_reference": {"enum": ["orthometric", "ellipsoidal", "unknown"]},
        "bounds": BOUNDS,
        "heights": _or_null(_numbers(2, "least and greatest height in metres")),
        "rows": COUNT,
        "tileset": _or_null(TEXT),
        "spaces_tileset": _or_null(TEXT),
        "tiles": _object({"count": COUNT, "bytes": COUNT}),
    }
)

_PROPERTIES: Schema = {
    "type": "object",
    "properties": {
        **{name: _or_null(TEXT) for name in ("predefined_type", "tag", "description", "object_type")},
        "type": _or_null(_object({"global_id": TEXT, "name": _or_null(TEXT), "ifc_class": TEXT})),
        "psets": {"type": "object", "additionalProperties": ANY_OBJECT},
        "quantities": {"type": "object", "additionalProperties": ANY_OBJECT},
        "materials": _list(ANY_OBJECT),
        "classifications": _list(ANY_OBJECT),
    },
    "required": ["type", "psets", "quantities", "materials", "classifications"],
}

_ELEMENT = _object(
    {
        "project": TEXT,
        "model": TEXT,
        "global_id": TEXT,
        "row": {"type": "integer", "minimum": -1},
        "ifc_class": TEXT,
        "name": TEXT,
        "state": STATE,
        "reason": _or_null(TEXT),
        "storey": _or_null(_named("Storey")),
        "path": _list(_object({"global_id": TEXT, "ifc_class": TEXT, "name": TEXT})),
        "properties": _PROPERTIES,
    }
)

_FEATURE = _object(
    {
        "type": {"const": "Feature"},
        "id": TEXT,
        "geometry": _or_null(_object({"type": {"const": "Point"}, "coordinates": _numbers(2, "longitude, latitude")})),
        "properties": _object(PROJECT),
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
_CITY_LAYER = _object(
    {
        **dict.fromkeys(("name", "group", "kind", "file", "source_layer", "crs", "datum"), TEXT),
        "encoding": _or_null(TEXT),
        "version": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
        "added_at": TIME,
        "features": COUNT,
        "bounds": _numbers(4, "west, south, east, north in degrees"),
        "geometry_types": {"type": "object", "additionalProperties": COUNT},
        "fields": {"type": "object", "additionalProperties": {"enum": ["String", "Number", "Boolean"]}},
        "height_rule": _or_null(TEXT),
        "notices": _list(TEXT),
        "lost": COUNT,
        "minzoom": ZOOM,
        "maxzoom": ZOOM,
        "baked": {"type": "boolean"},
        "bytes": COUNT,
        "tilejson": TEXT,
    }
)
_TILEJSON = _object(
    {
        "tilejson": {"const": "3.0.0"},
        **dict.fromkeys(("name", "description", "version", "attribution"), TEXT),
        "scheme": {"const": "xyz"},
        "tiles": _list({"type": "string", "pattern": "^https?://"}),
        "minzoom": ZOOM,
        "maxzoom": ZOOM,
        "bounds": _numbers(4, "west, south, east, north in degrees"),
        "center": _numbers(3, "longitude, latitude in degrees, zoom"),
        "vector_layers": _list(
            _object({"id": TEXT, "description": TEXT, "minzoom": ZOOM, "maxzoom": ZOOM, "fields": ANY_OBJECT})
        ),
    },
    optional=("attribution",),
)
_REPLACED_IN_LAYER = _object(
    {"ids": _list({"type": "integer", "minimum": 1}), "by": {"type": "object", "additionalProperties": TEXT}}
)

SCHEMAS: dict[str, Schema] = {
    "LayerList": _object({"layers": _list(_CITY_LAYER)}),
    "TileJSON": _TILEJSON,
    "Style": {
        "type": "object",
        "properties": {"version": {"const": 8}, "sources": ANY_OBJECT, "layers": _list(ANY_OBJECT)},
        "required": ["version", "sources", "layers"],
    },
    "Replaced": _object(
        {"rule": TEXT, "layers": {"type": "object", "additionalProperties": _REPLACED_IN_LAYER}},
    ),
    "Problem": _object({"type": TEXT, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT}),
    "Counts": _object(COUNTS),
    "Georeference": _GEOREFERENCE,
    "Storey": _object({"global_id": TEXT, "name": TEXT, "elevation": NUMBER}),
    "Model": _MODEL,
    "ModelList": _object({"models": _list(_named("Model"))}),
    "Revisions": _object(
        {
            "model": TEXT,
            "revisions": _list(
                _object(
                    {
                        "revision": {"type": "integer", "minimum": 1},
                        "file": TEXT,
                        "sha256": SHA256,
                        "schema": TEXT,
                        "kernel": TEXT,
                        "imported_at": TIME,
                        "ledger": _named("Counts"),
                    }
                )
            ),
        }
    ),
    "Project": _object({**PROJECT, "evidence": _list(ANY_OBJECT), "models": _list(_named("Model"))}),
    "ProjectCollection": _object(
        {"type": {"const": "FeatureCollection"}, "name": TEXT, "features": _list(_FEATURE)},
    ),
    "ElementColumns": _object(
        {
            "global_id": _list(TEXT),
            "name": _list(TEXT),
            "ifc_class": _list(COUNT),
            "storey": _list({"type": "integer", "minimum": -1}),
            "classes": _list(TEXT),
            "storeys": _list(_named("Storey")),
        }
    ),
    "Ledger": _object(
        {
            **COUNTS,
            "items": _list(
                _object({"global_id": TEXT, "ifc_class": TEXT, "name": TEXT, "state": STATE, "reason": _or_null(TEXT)})
            ),
        }
    ),
    "Element": _ELEMENT,
    "Scene": {
        "type": "object",
        "properties": {
            "initialViewState": _object(
                dict.fromkeys(("longitude", "latitude", "zoom", "pitch", "bearing"), NUMBER),
            ),
            "layers": _list(_LAYER),
        },
        "required": ["initialViewState", "layers"],
    },
    "Tileset": {
        "type": "object",
        "properties": {"asset": ANY_OBJECT, "geometricError": NUMBER, "root": ANY_OBJECT},
        "required": ["asset", "geometricError", "root"],
    },
    "Health": _object({"status": {"const": "ok"}}),
    "Ready": _object({"status": {"const": "ready"}, "name": TEXT}),
    "OpenAPI": {
        "type": "object",
        "properties": {"openapi": TEXT, "info": ANY_OBJECT, "paths": ANY_OBJECT, "components": ANY_OBJECT},
        "required": ["openapi", "info", "paths", "components"],
    },
    **OGC_SCHEMAS,
}
