"""Geometry of a layer as flat arrays in the frame `world`: what tiles are cut from, no Python object per feature."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from tiles.grid import world_from_lnglat
from tiles.ragged import ranges, row_of, starts_of, sums

POINT, LINE, POLYGON = 1, 2, 3  # as a vector tile numbers them
PORTION = 50_000  # features turned into shapes at once


@dataclass(frozen=True, slots=True)
class Shapes:
    """n features with r rings and m vertices; a "ring" is also a line, or all points of a point feature.

    xy : (2, m) float64, world, contiguous (else `take` copies all of it first); polygon rings are not closed, exteriors
        run clockwise on the map (positive area with y down), holes the other way
    rings : (r + 1,) int64, start of each ring in `xy`
    exterior : (r,) bool; a hole follows its exterior
    parts : (n + 1,) int64, start of each feature in the rings
    types : (n,) uint8, POINT, LINE or POLYGON
    row : (n,) int64, number of the feature in its layer, from 0
    box : (4, n) float64, world: least x, least y, greatest x, greatest y
    """

    xy: NDArray[np.float64]
    rings: NDArray[np.int64]
    exterior: NDArray[np.bool_]
    parts: NDArray[np.int64]
    types: NDArray[np.uint8]
    row: NDArray[np.int64]
    box: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.row)

    @property
    def vertices(self) -> NDArray[np.int64]:
        """The (n + 1,) starts of the features in `xy`."""
        return self.rings[self.parts]

    def areas(self) -> NDArray[np.float64]:
        """Return the (n,) areas of polygons, world units squared; 0 for others."""
        twice = ring_areas(self.xy, self.rings)
        return np.where(self.types == POLYGON, np.abs(sums(twice, self.parts)) / 2, 0.0)

    def take(self, features: NDArray[np.int64]) -> "Shapes":
        """Return these features, (k,) indices, in this order."""
        counts = np.diff(self.parts)[features]
        rings = ranges(self.parts[features], counts)
        lengths = np.diff(self.rings)[rings]
        return Shapes(
            xy=self.xy.take(ranges(self.rings[rings], lengths), axis=1),
            rings=starts_of(lengths),
            exterior=self.exterior[rings],
            parts=starts_of(counts),
            types=self.types[features],
            row=self.row[features],
            box=self.box.take(features, axis=1),
        )

    def save(self, folder: Path) -> None:
        """Write one array per file, for a process that maps them."""
        folder.mkdir(parents=True)
        for field in fields(self):
            np.save(folder / f"{field.name}.npy", getattr(self, field.name))

    @classmethod
    def mapped(cls, folder: Path) -> "Shapes":
        """Return shapes that were saved, mapped into memory as they are used."""
        return cls(**{field.name: np.load(folder / f"{field.name}.npy", mmap_mode="r") for field in fields(cls)})


def ring_areas(xy: NDArray[Any], rings: NDArray[np.int64]) -> NDArray[Any]:
    """Return twice the signed area of every ring, positive where it runs clockwise on a map whose y points down.

    xy : (2, m) vertices, rings not closed; integers stay exact
    """
    if not xy.shape[1]:
        return np.zeros(len(rings) - 1, xy.dtype)
    if xy.dtype == np.float64:  # about a vertex of their own: a shed is 1e-7 of the world
        counts = np.diff(rings)
        xy = xy - np.repeat(xy.take(rings[:-1] - (counts == 0), axis=1), counts, axis=1)
    x, y = xy
    cross = np.zeros_like(x)
    np.subtract(x[:-1] * y[1:], x[1:] * y[:-1], out=cross[:-1])
    full = rings[1:] > rings[:-1]
    first, last = rings[:-1][full], rings[1:][full] - 1
    cross[last] = x[last] * y[first] - x[first] * y[last]
    return sums(cross, rings)


def reverse_rings(xy: NDArray[Any], rings: NDArray[np.int64], wrong: NDArray[np.bool_]) -> NDArray[Any]:
    """Return (2, m) vertices with the rings that run the wrong way, (r,), turned round; `rings` are (r + 1,) starts."""
    if not wrong.any():
        return xy
    each, row = np.arange(xy.shape[1]), row_of(rings)
    return xy.take(np.where(wrong[row], (rings[:-1] + rings[1:] - 1)[row] - each, each), axis=1)


def shapes_from(geometry: NDArray[np.object_]) -> Shapes:
    """Turn geometries in degrees into shapes; of a collection the parts of its greatest dimension count.

    geometry : (n,) shapely geometries, frame `lnglat`; an empty one gets no shape
    """
    # in portions: GEOS's parts and rings on the way take ten times the memory of the result
    portions = [_shapes_from(geometry[i : i + PORTION], i) for i in range(0, max(len(geometry), 1), PORTION)]
    return portions[0] if len(portions) == 1 else _joined(portions)


def _joined(portions: list[Shapes]) -> Shapes:
    return Shapes(
        xy=np.concatenate([one.xy for one in portions], axis=1),
        rings=starts_of(np.concatenate([np.diff(one.rings) for one in portions])),
        exterior=np.concatenate([one.exterior for one in portions]),
        parts=starts_of(np.concatenate([np.diff(one.parts) for one in portions])),
        types=np.concatenate([one.types for one in portions]),
        row=np.concatenate([one.row for one in portions]),
        box=np.concatenate([one.box for one in portions], axis=1),
    )


def _shapes_from(geometry: NDArray[np.object_], first_row: int) -> Shapes:
    dimension = shapely.get_dimensions(geometry)
    parts, owner = shapely.get_parts(geometry, return_index=True)
    while (shapely.get_type_id(parts) >= 4).any():  # collections of collections
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
    kept = (shapely.get_dimensions(parts) == dimension[owner]) & ~shapely.is_empty(parts)
    parts, owner = parts[kept], owner[kept]
    rings, exterior, owner = _rings_of(parts, owner)
    types = (dimension[owner] + 1).astype(np.uint8)
    lengths = shapely.get_num_coordinates(rings).astype(np.int64)
    xy = np.ascontiguousarray(shapely.get_coordinates(rings).T)
    starts = starts_of(lengths)
    # the closing vertex of a polygon's ring is said by ClosePath
    closing = starts[1:][types == POLYGON] - 1
    xy = world_from_lnglat(np.delete(xy, closing, axis=1))
    lengths -= types == POLYGON
    first = np.ones(len(owner), bool)
    first[1:] = owner[1:] != owner[:-1]
    begins = first | (types != POINT)  # all points of a feature are one row
    ring_rows = np.cumsum(begins) - 1
    rings_at = starts_of(np.bincount(ring_rows, weights=lengths).astype(np.int64))
    exterior, firsts = exterior[begins], first[begins]
    row = owner[first].astype(np.int64) + first_row
    parts_at = np.append(np.flatnonzero(firsts), len(exterior))
    wrong = (ring_areas(xy, rings_at) > 0) != exterior
    xy = reverse_rings(xy, rings_at, wrong & (types[begins] == POLYGON))
    return Shapes(xy, rings_at, exterior, parts_at, types[first], row, boxes_of(xy, rings_at[parts_at]))


def boxes_of(xy: NDArray[np.float64], starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return (4, n): least x, least y, greatest x, greatest y of n runs of vertices, none of them empty."""
    if len(starts) == 1:
        return np.zeros((4, 0))
    firsts = starts[:-1]
    return np.concatenate([np.minimum.reduceat(xy, firsts, axis=1), np.maximum.reduceat(xy, firsts, axis=1)])


def _rings_of(
    parts: NDArray[np.object_], owner: NDArray[np.int64]
) -> tuple[NDArray[np.object_], NDArray[np.bool_], NDArray[np.int64]]:
    """Return rings of polygons and everything else as it is, whether each is an exterior, and its feature."""
    rings, part = shapely.get_rings(parts, return_index=True)  # of polygons only
    other = np.flatnonzero(shapely.get_type_id(parts) != 3)
    exterior = np.ones(len(rings), bool)
    exterior[1:] = part[1:] != part[:-1]
    if len(other):
        rings, part = np.concatenate([rings, parts[other]]), np.concatenate([part, other])
        exterior = np.concatenate([exterior, np.ones(len(other), bool)])
        order = np.argsort(part, kind="stable")
        rings, part, exterior = rings[order], part[order], exterior[order]
    return rings, exterior, owner[part]
