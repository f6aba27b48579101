"""What a collection says of itself: extent, coordinate systems, columns as a JSON Schema."""

from typing import TYPE_CHECKING, Any

from twin.values.bounds import extent_in_degrees
from twin.values.sentence import Sentence, in_language, say
from web.ogc import times
from web.ogc.crs import CRS84
from web.ogc.selection import extent_in_time

if TYPE_CHECKING:
    from gis_layers.geoparquet import LayerFile
    from twin.store import Layer

KIND_NAMES = {
    "districts": say("Districts"),
    "parcels": say("Parcels"),
    "land_use": say("Land use"),
    "water": say("Water"),
    "green": say("Green"),
    "roads": say("Roads"),
    "rail": say("Rail"),
    "utilities": say("Utilities"),
    "buildings": say("Buildings"),
    "other": say("Other"),
}
_SHAPES = {
    "Point": "geometry-point",
    "LineString": "geometry-linestring",
    "Polygon": "geometry-polygon",
    "MultiPoint": "geometry-multipoint",
    "MultiLineString": "geometry-multilinestring",
    "MultiPolygon": "geometry-multipolygon",
}
_GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
_KEPT = 1000
_times: dict[tuple[str, str], tuple[str | None, str | None] | None] = {}  # by name and data version of a layer
_wide: dict[tuple[str, str], dict[str, bool]] = {}  # the same
_FIRST = 10  # features that a client looks at to find out a type; GDAL looks at 20
JSON_SCHEMA = "https://json-schema.org/draft/2020-12/schema"


def description(layer: "Layer") -> Sentence:
    """Return what a layer is, in a sentence."""
    kind = KIND_NAMES.get(layer.kind, KIND_NAMES["other"])
    if not layer.file:
        return say("{kind}: {count} features.", kind=kind, count=layer.features)
    return say("{kind}: {count} features from {file}.", kind=kind, count=layer.features, file=layer.file)


def extent(layer: "Layer", file: "LayerFile") -> dict[str, Any]:
    """Return where and when a layer's features are."""
    found: dict[str, Any] = {"spatial": {"bbox": [list(extent_in_degrees(layer.bounds))], "crs": CRS84}}
    key = (layer.name, layer.version)
    if key not in _times:
        if len(_times) > _KEPT:
            _times.clear()
        _times[key] = extent_in_time(file)
    if _times[key] is not None:
        found["temporal"] = {"interval": [_times[key]], "trs": _GREGORIAN}
    return found


def schema(layer: "Layer", file: "LayerFile", address: str, language: str, *, queryables: bool) -> dict[str, Any]:
    """Return the columns of a layer as a JSON Schema: what can be asked for, or what a feature has."""
    columns = {field.name: {"title": field.name, **column_type(field.type)} for field in file.schema}
    shape: dict[str, Any] = {"format": _shape(layer), "x-ogc-role": "primary-geometry"}
    key: dict[str, Any] = {"type": "integer", "minimum": 1, "x-ogc-role": "id"}
    if queryables:
        members = {**columns, **({} if "geometry" in columns else {"geometry": shape})}
    else:
        members = {("id" if "id" not in columns else "feature_id"): key, **columns}
        members.setdefault("geometry", shape)
    return {
        "$schema": JSON_SCHEMA,
        "$id": address,
        "type": "object",
        "title": layer.name,
        "description": in_language(description(layer), language),
        "properties": members,
        "additionalProperties": False,
    }


def feature_schema(layer: "Layer", file: "LayerFile", address: str) -> dict[str, Any]:
    """Return the schema of a layer's features as GeoJSON.

    GDAL takes "integer" for 32 bits and cuts what is larger, but finds out for itself what a column has that is not
    here: from its first features.  So wide numbers are left out if they show there; if not, "number" keeps 53 bits.
    """
    columns = {field.name: column_type(field.type) for field in file.schema}
    for name, early in _wide_columns(layer, file).items():
        if early:
            del columns[name]
        else:
            columns[name] = {"type": "number"}
    return {
        "$schema": JSON_SCHEMA,
        "$id": address,
        "type": "object",
        "title": layer.name,
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "integer"},
            "geometry": {"type": "object"},
            "properties": {"type": "object", "properties": columns},
        },
        "required": ["type", "id", "geometry", "properties"],
    }


def _wide_columns(layer: "Layer", file: "LayerFile") -> dict[str, bool]:
    """Return which columns have whole numbers beyond 32 bits, and whether one of their first ones is such."""
    key = (layer.name, layer.version)
    if key not in _wide:
        found = {}
        for name in (field.name for field in file.schema if column_type(field.type)["type"] == "integer"):
            column = file.attributes([name]).column(name)
            if _beyond_32_bits(column):
                found[name] = _beyond_32_bits(column.slice(0, _FIRST))
        if len(_wide) > _KEPT:
            _wide.clear()
        _wide[key] = found
        return found
    return _wide[key]


def _beyond_32_bits(column: Any) -> bool:
    import pyarrow.compute as pc

    least, most = pc.min_max(column).as_py().values()
    return least is not None and not -(2**31) <= least <= most < 2**31


def column_type(arrow_type: Any) -> dict[str, str]:
    """Return a column's type in the words of JSON Schema."""
    import pyarrow as pa

    if pa.types.is_boolean(arrow_type):
        return {"type": "boolean"}
    if pa.types.is_integer(arrow_type):
        return {"type": "integer"}
    if pa.types.is_floating(arrow_type):
        return {"type": "number"}
    if times.is_time(arrow_type):
        return {"type": "string", "format": "date" if times.is_day(arrow_type) else "date-time"}
    return {"type": "string"}


def _shape(layer: "Layer") -> str:
    """Return the JSON Schema format of a layer's geometry: one type, the type with its multiple, or any."""
    kinds = set(layer.geometry_types)
    single = {kind.removeprefix("Multi") for kind in kinds}
    if len(single) != 1 or not kinds <= set(_SHAPES):
        return "geometry-any"
    name = f"Multi{single.pop()}" if any(kind.startswith("Multi") for kind in kinds) else single.pop()
    return _SHAPES[name] if len(kinds) == 1 else _SHAPES[name.removeprefix("Multi")] + "-or-multi"
