"""Geometry as it comes → geometry that can be drawn: valid, not empty, of plain types; what was done is counted."""

from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.values.sentence import Sentence, say

# Kinds that are drawn as areas, or as lines: the dimension that is kept of a geometry with parts of several.
_AREAS = ("districts", "parcels", "land_use", "buildings")
DIMENSION = {**dict.fromkeys(_AREAS, 2), "roads": 1, "rail": 1}
_COLLECTION = 7
_PART_TYPES = ((0, 4), (1, 2, 5), (3, 6))  # GEOS type numbers of points, lines, areas


@dataclass(slots=True)
class Repairs:
    """How many features were lost, changed or are of an unexpected type."""

    missing: int = 0  # no geometry, or an empty one
    unreadable: int = 0
    unread: int = 0  # the file counts more features than can be read
    collapsed: int = 0  # nothing of it has an area (or a length)
    unreachable: int = 0  # coordinates that are no place on Earth
    repaired: int = 0
    stripped: int = 0  # single corners without coordinates left out
    taken_apart: int = 0  # collections
    notes: list[Sentence] = field(default_factory=list)

    @property
    def lost(self) -> int:
        """Return how many features of the source are not kept."""
        return self.missing + self.unreadable + self.unread + self.collapsed + self.unreachable

    def sentences(self) -> list[Sentence]:
        """Return what a user should know."""
        told = [
            (self.missing, say("{count} features have no geometry and were left out.", count=self.missing)),
            (self.unreadable, say("{count} geometries cannot be read and were left out.", count=self.unreadable)),
            (
                self.unread,
                say(
                    "{count} features that the file counts cannot be read: copy or export it again.", count=self.unread
                ),
            ),
            (
                self.collapsed,
                say("{count} geometries have no extent (an area of nothing) and were left out.", count=self.collapsed),
            ),
            (
                self.unreachable,
                say("{count} features lie at no place on Earth and were left out.", count=self.unreachable),
            ),
            (self.repaired, say("{count} invalid geometries were repaired.", count=self.repaired)),
            (
                self.stripped,
                say("{count} geometries have corners without coordinates, which were left out.", count=self.stripped),
            ),
            (
                self.taken_apart,
                say("{count} collections of geometries were taken apart by type.", count=self.taken_apart),
            ),
        ]
        return [*(sentence for count, sentence in told if count), *self.notes]


def geometry_of_wkb(wkb: NDArray[np.object_], repairs: Repairs) -> NDArray[np.object_]:
    """Return geometries of WKB, (n,) objects; None for what is missing or cannot be read. Measures (M) are dropped.

    Raises NotImplementedError for arcs.
    """
    given = np.array([value is not None for value in wkb], dtype=bool)
    try:
        geometry: NDArray[np.object_] = shapely.from_wkb(wkb)
    except shapely.errors.GEOSException:
        geometry = shapely.from_wkb(wkb, on_invalid="fix")  # closes rings, which nearly all of them need
    repairs.unreadable += int(np.sum(given & shapely.is_missing(geometry)))
    repairs.missing += int(np.sum(~given))
    measured = np.flatnonzero(shapely.has_m(geometry))
    if len(measured):
        geometry[measured] = _without_measure(geometry[measured])
    return geometry


def _without_measure(geometry: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return geometries without M; Z stays."""
    high = shapely.has_z(geometry)
    flat = shapely.force_2d(geometry)
    if high.any():
        coordinates = shapely.get_coordinates(geometry[high], include_z=True)
        flat[high] = shapely.set_coordinates(shapely.force_3d(flat[high]), coordinates)
    return np.asarray(flat, dtype=object)


def strip_numberless(geometry: NDArray[np.object_], repairs: Repairs) -> None:
    """Take corners that are no numbers out of (n,) geometries, in place; what nothing is left of becomes None."""
    finite = np.isfinite(shapely.get_coordinates(geometry)).all(axis=1)
    if finite.all():
        return
    owners = np.repeat(np.arange(len(geometry)), shapely.get_num_coordinates(geometry))
    for row in np.unique(owners[~finite]).tolist():
        kept = _stripped(geometry[row])
        if kept is None or kept.is_empty:
            geometry[row] = None
            repairs.unreachable += 1
        else:
            geometry[row] = kept
            repairs.stripped += 1


def _stripped(geometry: shapely.Geometry) -> shapely.Geometry | None:
    """Return a geometry without the corners that are no numbers; None when too little is left."""
    if geometry.geom_type == "Point":
        return None
    if geometry.geom_type == "Polygon":
        shell = _ring(geometry.exterior)
        holes = [ring for hole in geometry.interiors if (ring := _ring(hole)) is not None]
        return None if shell is None else shapely.Polygon(shell, holes)
    if geometry.geom_type in ("LineString", "LinearRing"):
        line = _finite(geometry)
        return shapely.LineString(line) if len(line) >= 2 else None
    parts = [part for part in geometry.geoms if np.isfinite(shapely.get_coordinates(part)).all()]
    parts += [
        kept
        for part in geometry.geoms
        if not np.isfinite(shapely.get_coordinates(part)).all() and (kept := _stripped(part)) is not None
    ]
    return type(geometry)(parts) if parts else None


def _finite(geometry: shapely.Geometry) -> NDArray[np.float64]:
    coordinates = shapely.get_coordinates(geometry, include_z=bool(geometry.has_z))
    kept: NDArray[np.float64] = coordinates[np.isfinite(coordinates[:, :2]).all(axis=1)]
    return kept


def _ring(ring: shapely.LinearRing) -> NDArray[np.float64] | None:
    corners = _finite(ring)
    return corners if len(np.unique(corners[:, :2], axis=0)) >= 3 else None


def make_valid(geometry: NDArray[np.object_], repairs: Repairs) -> None:
    """Repair what of (n,) geometries is invalid, in place, keeping its dimension; what has no extent becomes None.

    A line of a single place is valid to GEOS only as long as it has two corners; it is no line either.
    """
    present = ~shapely.is_missing(geometry)
    empty = present & shapely.is_empty(geometry)
    geometry[empty] = None
    repairs.missing += int(empty.sum())
    present &= ~empty
    for row in np.flatnonzero(present & ~shapely.is_valid(geometry)).tolist():
        before = geometry[row]
        after = _repaired(before, int(shapely.get_dimensions(before)))
        geometry[row] = after
        repairs.collapsed += after is None
        repairs.repaired += after is not None


def _repaired(geometry: shapely.Geometry, dimension: int) -> shapely.Geometry | None:
    """Return a valid geometry of the same dimension, None when nothing of that is left."""
    made = _of_dimension(shapely.make_valid(geometry, method="structure", keep_collapsed=False), dimension)
    if made is not None and not made.is_valid:  # rings that touch along an edge come out as two polygons
        made = _of_dimension(shapely.union_all(shapely.get_parts(made)), dimension)
    if made is not None and not made.is_valid:
        made = _of_dimension(shapely.make_valid(geometry, method="linework"), dimension)
    return made


def _of_dimension(geometry: shapely.Geometry, dimension: int) -> shapely.Geometry | None:
    """Return the parts of one dimension (0 points, 1 lines, 2 areas) as one geometry; None when there is none."""
    if geometry.is_empty:
        return None
    if shapely.get_type_id(geometry) != _COLLECTION:
        return geometry if shapely.get_dimensions(geometry) == dimension else None
    simple = shapely.get_parts(_flattened(geometry))
    parts = simple[np.isin(shapely.get_type_id(simple), _PART_TYPES[dimension])]
    if not len(parts):
        return None
    return (
        parts[0]
        if len(parts) == 1
        else (shapely.multipoints, shapely.multilinestrings, shapely.multipolygons)[dimension](parts)
    )


def _flattened(collection: shapely.Geometry) -> shapely.Geometry:
    """Return a collection without collections and multi-geometries inside."""
    parts = np.array([collection], dtype=object)
    while np.isin(shapely.get_type_id(parts), (4, 5, 6, _COLLECTION)).any():
        parts = shapely.get_parts(parts)
    return shapely.geometrycollections(parts)


def take_apart(
    geometry: NDArray[np.object_], kind: str, repairs: Repairs
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Return geometries without collections, and the row that each of them came from, (m,) int64, ascending.

    A collection is replaced by its parts of the dimension that the kind is drawn in; where it has none of these, or
    the kind is drawn in all, it becomes a feature for each dimension.
    """
    rows = np.arange(len(geometry))
    collections = np.flatnonzero(shapely.get_type_id(geometry) == _COLLECTION)
    if not len(collections):
        return geometry, rows
    extra: list[tuple[int, shapely.Geometry]] = []
    for row in collections.tolist():
        found = [part for d in (2, 1, 0) if (part := _of_dimension(geometry[row], d)) is not None]
        mine = [part for part in found if shapely.get_dimensions(part) == DIMENSION.get(kind)] or found
        geometry[row] = mine[0] if mine else None
        repairs.missing += not mine
        repairs.taken_apart += bool(mine)
        extra += [(row, part) for part in mine[1:]]
    more = np.array([part for _, part in extra], dtype=object)
    rows = np.concatenate([rows, np.array([row for row, _ in extra], dtype=np.int64)])
    order = np.argsort(rows, kind="stable")
    return np.concatenate([geometry, more])[order], rows[order]
