"""City layers as values: features in memory, on their way from a map file to GeoParquet and vector tiles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.values.sentence import Sentence

if TYPE_CHECKING:
    import pyarrow as pa

KINDS = (
    *("districts", "parcels", "land_use", "water", "green"),
    *("roads", "rail", "utilities", "buildings", "other"),
)

# Columns that a reader of map files adds beside the source's own, so that a style needs no guessing (a source column of
# the same name and meaning is kept, another one is renamed).  Heights are metres above the ground.
NAME, CLASS, HEIGHT, BASE = "name", "class", "render_height", "render_min_height"

# What `class` may say of each kind; a style and a legend can rely on it. Other kinds have no classes.
CLASSES: Mapping[str, tuple[str, ...]] = {
    "roads": ("motorway", "primary", "secondary", "tertiary", "minor", "service", "path"),
    "rail": ("rail", "subway", "tram"),
    "water": ("river", "lake", "canal", "stream", "sea", "pool"),
    "green": ("park", "forest", "grass", "farmland", "cemetery", "pitch", "garden", "wetland"),
    "land_use": (
        *("residential", "commercial", "industrial", "public", "education", "medical", "transport", "utility"),
        "green",
    ),
    "utilities": ("power", "water", "sewage", "gas", "heat", "telecom"),
}


@dataclass(frozen=True, slots=True)
class Features:
    """Features of one layer; row i is the feature with the id i + 1, in the source's order.

    geometry : (n,) object array of valid, not empty shapely geometries in the frame `lnglat` (WGS 84 degrees,
        longitude first); heights, where the source has them, are kept as they are
    attributes : n rows; every column is text, integer, float, boolean, date or timestamp
    """

    geometry: NDArray[np.object_]
    attributes: "pa.Table"

    def __len__(self) -> int:
        return len(self.geometry)


@dataclass(frozen=True, slots=True)
class ReadLayer:
    """What a reader of map files makes of one layer of a source.

    name, kind : of the city layer; a kind of `KINDS`
    source_layer : its name in the file
    crs : "EPSG:n" or WKT of the source, as it was read or given; `datum` says how it was understood
    height_rule : how `render_height` came about, with counts; None where no feature has a height
    notices : what a user should know: repairs, mixed geometry types, guesses
    lost : source features that could not be kept (each kind of loss is one of the notices)
    """

    name: str
    kind: str
    source_layer: str
    crs: str
    datum: str
    encoding: str | None
    features: Features
    height_rule: Sentence | None = None
    notices: Sequence[Sentence] = ()
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a layer; `type` in TileJSON's words: "String", "Number" or "Boolean"."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class TileRange:
    """The zoom levels of a layer's vector tiles; below `minzoom` there is none, beyond `maxzoom` clients overzoom."""

    minzoom: int
    maxzoom: int


@dataclass(frozen=True, slots=True)
class LayerSummary:
    """What stands in a layer, as counted from its features.

    bounds : west, south, east, north in degrees
    geometry_types : "Point", "LineString", "Polygon", … → count
    """

    features: int
    bounds: tuple[float, float, float, float]
    geometry_types: Mapping[str, int]
    fields: Sequence[Field] = field(default_factory=list)


def summary(features: Features) -> LayerSummary:
    """Count what stands in a layer; it must have a feature."""
    import shapely

    names, counts = np.unique(shapely.get_type_id(features.geometry), return_counts=True)
    west, south, east, north = shapely.total_bounds(features.geometry).tolist()
    return LayerSummary(
        features=len(features),
        bounds=(west, south, east, north),
        geometry_types={_TYPES[int(name)]: int(count) for name, count in zip(names, counts, strict=True)},
        fields=[Field(column.name, _field_type(column.type)) for column in features.attributes.schema],
    )


_TYPES = (
    *("Point", "LineString", "LinearRing", "Polygon"),
    *("MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection"),
)


def _field_type(arrow_type: Any) -> str:
    import pyarrow as pa

    if pa.types.is_boolean(arrow_type):
        return "Boolean"
    number = pa.types.is_integer(arrow_type) or pa.types.is_floating(arrow_type)
    return "Number" if number else "String"
