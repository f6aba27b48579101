"""An OpenStreetMap file → one layer for each kind that it has features of.

Areas are closed ways that their tags make areas, and multipolygon and boundary relations; lines are the other ways with
tags; points are nodes with tags. Each feature goes to the first kind below whose rule it meets. Routes and other
relations repeat their ways and are not kept.
"""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from importlib.resources import as_file, files

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from gis_layers.classes import class_of

# GDAL's layers, and what a feature of each is.
_LAYERS = {"multipolygons": 2, "lines": 1, "points": 0}
_ANY: AbstractSet[str] = frozenset()
_RAIL = {"rail", "light_rail", "subway", "tram", "narrow_gauge", "funicular", "monorail", "preserved"}
_STATIONS = {"station", "halt", "tram_stop", "subway_entrance"}
_ROADS_NOT = {"proposed", "construction", "abandoned", "razed", "platform", "rest_area", "services", "no", "elevator"}
_GREEN = {
    "leisure": {"park", "garden", "pitch", "golf_course", "nature_reserve", "playground", "dog_park", "track"},
    "landuse": {
        *("forest", "grass", "meadow", "farmland", "orchard", "vineyard", "cemetery", "village_green", "greenfield"),
        *("recreation_ground", "allotments", "plant_nursery", "farmyard", "flowerbed"),
    },
    "natural": {"wood", "scrub", "heath", "grassland", "wetland", "fell"},
    "amenity": {"grave_yard"},
}
_WATER = {
    "natural": {"water", "bay", "strait"},
    "waterway": {"riverbank", "dock", "river", "canal", "stream"},
    "landuse": {"reservoir", "basin"},
    "leisure": {"swimming_pool"},
    "water": _ANY,
}
_UTILITIES = {
    "power": _ANY,
    "man_made": {
        *("pipeline", "water_works", "wastewater_plant", "water_tower", "water_well", "storage_tank", "gasometer"),
        *("communications_tower",),
    },
}
# Kind, dimension → tag → values (none: any value but "no") and the tags that its class is read from.
_RULES: tuple[tuple[str, int, Mapping[str, AbstractSet[str]]], ...] = (
    ("buildings", 2, {"building": _ANY}),
    ("districts", 2, {"boundary": {"administrative"}}),
    ("water", 2, _WATER),
    ("green", 2, _GREEN),
    ("utilities", 2, _UTILITIES),
    ("land_use", 2, {"landuse": _ANY, "amenity": {"school", "university", "college", "kindergarten", "hospital"}}),
    ("roads", 1, {"highway": _ANY}),
    ("rail", 1, {"railway": _RAIL}),
    ("water", 1, {"waterway": {"river", "stream", "canal", "drain", "ditch", "tidal_channel"}}),
    ("utilities", 1, {"power": _ANY, "man_made": {"pipeline"}}),
    ("rail", 0, {"railway": _STATIONS}),
    ("utilities", 0, _UTILITIES),
)
_CLASS_TAGS = {
    "roads": ("highway",),
    "rail": ("railway", "station"),
    "water": ("water", "waterway", "landuse", "leisure", "natural"),
    "green": ("leisure", "landuse", "natural", "amenity"),
    "land_use": ("amenity", "landuse"),
    "utilities": ("power", "substance", "man_made"),
}


@dataclass(frozen=True, slots=True)
class OsmLayer:
    """The features of one kind: geometry in degrees, attributes as columns, and how many areas, lines and points."""

    kind: str
    geometry: NDArray[np.object_]
    table: pa.Table
    areas: int
    lines: int
    points: int


Read = Callable[[str, dict[str, str]], tuple[NDArray[np.object_], pa.Table]]


def read_osm(read: Read, kinds: tuple[str, ...]) -> list[OsmLayer]:
    """Return the layers of an OpenStreetMap file, in the order of `kinds`.

    read : reads one of GDAL's layers with open options: geometry and attributes
    """
    parts: dict[str, list[tuple[int, NDArray[np.object_], pa.Table]]] = {kind: [] for kind in kinds}
    with as_file(files("gis_layers") / "osmconf.ini") as settings:
        for layer, dimension in _LAYERS.items():
            geometry, table = read(layer, {"CONFIG_FILE": str(settings)})
            if dimension == 2:
                single = shapely.get_num_geometries(geometry) == 1
                geometry[single] = shapely.get_geometry(geometry[single], 0)
            of = kinds_of(table, dimension)
            table = _identified(table, dimension)
            for kind in kinds:
                rows = np.flatnonzero(of == kind)
                if len(rows):
                    parts[kind].append((dimension, geometry[rows], table.take(pa.array(rows))))
    return [_joined(kind, found) for kind, found in parts.items() if found]


def kinds_of(table: pa.Table, dimension: int) -> NDArray[np.object_]:
    """Return the kind of each feature of one dimension, (n,) objects; "" for one that no tag says anything of."""
    found = np.full(len(table), "", dtype=object)
    for kind, of, tags in _RULES:
        if of != dimension:
            continue
        for tag, values in tags.items():
            if tag in table.column_names:
                found[(found == "") & _has(table[tag], values, kind)] = kind
    said = np.zeros(len(table), dtype=bool)
    for name in table.column_names:
        if name not in ("osm_id", "osm_way_id", "type", "area"):
            said |= table[name].is_valid().to_numpy(zero_copy_only=False)
    found[(found == "") & said] = "other"
    return found


def _has(column: pa.ChunkedArray, values: AbstractSet[str], kind: str) -> NDArray[np.bool_]:
    """Return which features have one of the values of a tag."""
    if values:
        found = pc.is_in(column, value_set=pa.array(sorted(values)))
    else:
        refused = sorted(_ROADS_NOT if kind == "roads" else {"no"})
        found = pc.and_(pc.is_valid(column), pc.invert(pc.is_in(column, value_set=pa.array(refused))))
    result: NDArray[np.bool_] = found.to_numpy(zero_copy_only=False).astype(bool)
    return result


def _identified(table: pa.Table, dimension: int) -> pa.Table:
    """Return a table whose columns `osm_type` and `osm_id` say which object of OpenStreetMap a feature is."""
    ids = table["osm_id"].cast(pa.int64())
    kind = pa.array(["node" if dimension == 0 else "way"] * len(table), pa.string())
    rest = table.drop_columns([name for name in ("osm_id", "osm_way_id", "type") if name in table.column_names])
    if "osm_way_id" in table.column_names:
        kind = pc.if_else(pc.is_valid(ids), "relation", "way")
        ids = pc.coalesce(ids, table["osm_way_id"].cast(pa.int64()))
    return rest.add_column(0, "osm_id", ids).add_column(0, "osm_type", kind)


def _joined(kind: str, parts: list[tuple[int, NDArray[np.object_], pa.Table]]) -> OsmLayer:
    """Return the parts of a kind as one layer, areas first."""
    table = pa.concat_tables([table for _, _, table in parts], promote_options="default")
    counts = {dimension: len(geometry) for dimension, geometry, _ in parts}
    geometry = np.concatenate([geometry for _, geometry, _ in parts])
    return OsmLayer(kind, geometry, table, counts.get(2, 0), counts.get(1, 0), counts.get(0, 0))


def classes(kind: str, table: pa.Table) -> pa.Array | None:
    """Return the class of each feature, from the first of the kind's tags that means one."""
    found: list[str | None] = [None] * len(table)
    for tag in _CLASS_TAGS.get(kind, ()):
        if tag in table.column_names:
            found = [
                was or (class_of(kind, value) if value is not None else None)
                for was, value in zip(found, table[tag].to_pylist(), strict=True)
            ]
    return pa.array(found, pa.string()) if any(found) else None
