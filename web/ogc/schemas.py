"""JSON schemas of the answers of `/ogc`; `web.schemas` takes them over."""

from typing import Any

Schema = dict[str, Any]


def _object(properties: dict[str, Schema], *, optional: tuple[str, ...] = ()) -> Schema:
    """Return the schema of an object that has these members and no others."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _list(items: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": items, **more}


def _named(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "number"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_ANY: Schema = {"type": "object"}
_ADDRESS: Schema = {"type": "string", "format": "uri"}
_LINKS = _list(_named("OgcLink"))
_DIGITS: Schema = {"type": "string", "pattern": "^[0-9]+$"}
_GEOMETRY: Schema = {
    "type": "object",
    "properties": {"type": _TEXT, "coordinates": {"type": "array"}, "geometries": {"type": "array"}},
    "required": ["type"],
    "additionalProperties": False,
}
_FEATURE: dict[str, Schema] = {
    "type": {"const": "Feature"},
    "id": {"type": "integer", "minimum": 1},
    "geometry": _GEOMETRY,
    "properties": _ANY,
}
_EXTENT = _object(
    {
        "spatial": _object({"bbox": _list(_list(_NUMBER, minItems=4, maxItems=4), minItems=1), "crs": _ADDRESS}),
        "temporal": _object(
            {"interval": _list(_list({"type": ["string", "null"]}, minItems=2, maxItems=2)), "trs": _ADDRESS}
        ),
    },
    optional=("temporal",),
)
_COLLECTION: dict[str, Schema] = {
    **dict.fromkeys(("id", "title", "description", "kind"), _TEXT),
    "itemType": {"const": "feature"},
    "itemCount": _COUNT,
    "dataType": {"const": "vector"},
    "extent": _EXTENT,
    "crs": _list(_TEXT, minItems=1),
    "storageCrs": _ADDRESS,
    "minTileMatrix": _DIGITS,
    "maxTileMatrix": _DIGITS,
    "links": _LINKS,
    "attribution": _TEXT,
}
_TILESET: dict[str, Schema] = {
    "title": _TEXT,
    "dataType": {"const": "vector"},
    "crs": _ADDRESS,
    "tileMatrixSetURI": _ADDRESS,
    "links": _LINKS,
}
_CORNER = _list(_NUMBER, minItems=2, maxItems=2)

SCHEMAS: dict[str, Schema] = {
    "OgcLink": _object(
        {"rel": _TEXT, "href": _TEXT, "type": _TEXT, "title": _TEXT, "templated": {"const": True}},
        optional=("templated",),
    ),
    "OgcLanding": _object({"title": _TEXT, "description": _TEXT, "links": _LINKS}),
    "OgcConformance": _object({"conformsTo": _list(_ADDRESS, minItems=1), "links": _LINKS}),
    "OgcCollection": _object(_COLLECTION, optional=("attribution",)),
    "OgcCollections": _object(
        {
            "links": _LINKS,
            "numberMatched": _COUNT,
            "numberReturned": _COUNT,
            "crs": _list(_TEXT),
            "collections": _list(_named("OgcCollection")),
        }
    ),
    "OgcItem": _object({**_FEATURE, "links": _LINKS}),
    "OgcItems": _object(
        {
            "type": {"const": "FeatureCollection"},
            "numberMatched": _COUNT,
            "numberReturned": _COUNT,
            "links": _LINKS,
            "features": _list(_object(_FEATURE)),
        }
    ),
    "JsonSchema": {
        "type": "object",
        "properties": {"$schema": _ADDRESS, "$id": _TEXT, "type": {"const": "object"}, "properties": _ANY},
        "required": ["$schema", "$id", "type", "properties"],
    },
    "OgcTileSets": _object({"links": _LINKS, "tilesets": _list(_object(_TILESET))}),
    "OgcTileSet": _object(
        {
            **_TILESET,
            "tileMatrixSetLimits": _list(
                _object(
                    {
                        "tileMatrix": _DIGITS,
                        **dict.fromkeys(("minTileRow", "maxTileRow", "minTileCol", "maxTileCol"), _COUNT),
                    }
                )
            ),
            "boundingBox": _object({"lowerLeft": _CORNER, "upperRight": _CORNER, "crs": _ADDRESS}),
            "layers": _list(
                _object(
                    {
                        "id": _TEXT,
                        "dataType": {"const": "vector"},
                        "geometryDimension": {"enum": [0, 1, 2]},
                        "minTileMatrix": _DIGITS,
                        "maxTileMatrix": _DIGITS,
                        "propertiesSchema": _ANY,
                    }
                )
            ),
        }
    ),
    "OgcTileMatrixSets": _object(
        {
            "links": _LINKS,
            "tileMatrixSets": _list(_object({"id": _TEXT, "title": _TEXT, "uri": _ADDRESS, "links": _LINKS})),
        }
    ),
    "OgcTileMatrixSet": _object(
        {
            **dict.fromkeys(("id", "title"), _TEXT),
            **dict.fromkeys(("uri", "crs", "wellKnownScaleSet"), _ADDRESS),
            "orderedAxes": _list(_TEXT),
            "tileMatrices": _list(
                _object(
                    {
                        "id": _DIGITS,
                        "scaleDenominator": _NUMBER,
                        "cellSize": _NUMBER,
                        "cornerOfOrigin": {"const": "topLeft"},
                        "pointOfOrigin": _CORNER,
                        **dict.fromkeys(("tileWidth", "tileHeight", "matrixWidth", "matrixHeight"), _COUNT),
                    }
                ),
            ),
            "links": _LINKS,
        }
    ),
}
