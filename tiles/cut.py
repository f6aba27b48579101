"""Cutting shapes into tiles: clipped, in the integers of each tile, wound as the tile format wants it.

Works on many tiles at once: a *unit* is one feature in one tile, and all units are cut together.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiles.clip import clip_lines, clip_points, clip_polygons, cut_polygons, is_tangled
from tiles.grid import BUFFER, EXTENT
from tiles.ragged import neighbours, ranges, starts_of
from tiles.shapes import LINE, POINT, POLYGON, Shapes, reverse_rings, ring_areas

Ints = NDArray[np.int64]
LOW, HIGH = float(-BUFFER), float(EXTENT + BUFFER)


@dataclass(frozen=True, slots=True)
class Units:
    """Features to be cut, each into one tile, in the order in which they will stand in the tiles.

    feature : (u,) index in the shapes
    x, y : (u,) column and row of the tile
    wrap : (u,) whole turns to the east at which the feature is looked at, −1, 0 or 1; a feature that crosses the
        antimeridian may stand in one tile twice, in consecutive units
    """

    feature: Ints
    x: Ints
    y: Ints
    wrap: Ints

    def __len__(self) -> int:
        return len(self.feature)


@dataclass(frozen=True, slots=True)
class Pieces:
    """What lies in the tiles.

    xy : (2, m) vertices in the frame of their tile, int32 (float64 before rounding)
    rings : (r + 1,) starts
    unit : (r,) ascending
    exterior : (r,) bool
    """

    xy: NDArray[Any]
    rings: Ints
    unit: Ints
    exterior: NDArray[np.bool_]


def cut(shapes: Shapes, zoom: int, units: Units) -> Pieces:
    """Cut features into tiles of a zoom; a unit whose feature does not reach into its tile gets no ring."""
    scale = 2.0**zoom * EXTENT
    box = shapes.box.take(units.feature, axis=1) * scale
    box[0::2] += (units.wrap * scale) - units.x * EXTENT
    box[1::2] -= units.y * EXTENT
    whole = (box[:2].min(axis=0) >= LOW) & (box[2:].max(axis=0) <= HIGH)
    found = []
    types = shapes.types[units.feature]
    for some, kind in ((whole, None), *((~whole & (types == kind), kind) for kind in (POINT, LINE, POLYGON))):
        chosen = np.flatnonzero(some)
        if len(chosen):
            pieces = _clip(_local(shapes, scale, units, chosen), kind)
            found.append(_small(_rounded(pieces, types), pieces, types, chosen))
    return _merge(found)


def _local(shapes: Shapes, scale: float, units: Units, chosen: Ints) -> Pieces:
    """Return units in the frames of their tiles, not clipped and not rounded."""
    feature = units.feature[chosen]
    counts = shapes.parts[feature + 1] - shapes.parts[feature]
    rings = ranges(shapes.parts[feature], counts)
    lengths = shapes.rings[rings + 1] - shapes.rings[rings]
    xy = shapes.xy.take(ranges(shapes.rings[rings], lengths), axis=1)
    xy *= scale
    sizes = shapes.rings[shapes.parts[feature + 1]] - shapes.rings[shapes.parts[feature]]
    xy[0] += np.repeat(units.wrap[chosen] * scale - units.x[chosen] * EXTENT, sizes)
    xy[1] -= np.repeat(units.y[chosen] * EXTENT, sizes)
    return Pieces(xy, starts_of(lengths), np.repeat(chosen, counts), shapes.exterior[rings])


def _clip(pieces: Pieces, kind: int | None) -> Pieces:
    if kind is None:
        return pieces
    if kind == LINE:
        xy, rings, line = clip_lines(pieces.xy, pieces.rings, LOW, HIGH)
        return Pieces(xy, rings, pieces.unit[line], pieces.exterior[line])
    if kind == POINT:
        xy, rings = clip_points(pieces.xy, pieces.rings, LOW, HIGH)
        return replace(pieces, xy=xy, rings=rings)
    xy, rings = clip_polygons(pieces.xy, pieces.rings, LOW, HIGH)
    clipped = replace(pieces, xy=xy, rings=rings)
    tangled = is_tangled(xy, rings, pieces.exterior, LOW, HIGH)
    if not tangled.any():
        return clipped
    polygon = np.cumsum(pieces.exterior) - 1
    whole = np.bincount(polygon, weights=tangled)[polygon] > 0
    hard = some_rings(pieces, whole)
    xy, rings, exterior, begun = cut_polygons(hard.xy, hard.rings, hard.exterior, LOW, HIGH)
    return _merge([some_rings(clipped, ~whole), Pieces(xy, rings, hard.unit[begun], exterior)])


def some_rings(pieces: Pieces, kept: NDArray[np.bool_]) -> Pieces:
    """Return the pieces with only the rings that are kept, (r,)."""
    counts = np.diff(pieces.rings)
    return Pieces(
        xy=pieces.xy.take(np.flatnonzero(np.repeat(kept, counts)), axis=1),
        rings=starts_of(counts[kept]),
        unit=pieces.unit[kept],
        exterior=pieces.exterior[kept],
    )


def _rounded(pieces: Pieces, types: NDArray[np.uint8]) -> Pieces:
    """Round to the tile's grid, drop repeated vertices and what has become too small, wind the rings."""
    xy = np.rint(pieces.xy).astype(np.int32)
    kind = types[pieces.unit]
    xy, rings = _without_repeats(xy, pieces.rings, kind)
    rounded = replace(pieces, xy=xy, rings=rings)
    areas = ring_areas(xy, rings)
    counts = np.diff(rings)
    polygon = kind == POLYGON
    good = np.where(polygon, areas != 0, counts > (kind == LINE))
    if not good.all():
        # a hole goes with its exterior, the last one before it
        last = np.maximum.accumulate(np.where(rounded.exterior, np.arange(len(good)), 0))
        good &= good[last]
        areas, polygon = areas[good], polygon[good]
        rounded = some_rings(rounded, good)
    wrong = ((areas > 0) != rounded.exterior) & polygon
    return replace(rounded, xy=reverse_rings(rounded.xy, rounded.rings, wrong))


def _without_repeats(xy: NDArray[np.int32], rings: Ints, kind: NDArray[np.uint8]) -> tuple[NDArray[np.int32], Ints]:
    following = neighbours(rings)
    repeated = (xy[0] == xy[0, following]) & (xy[1] == xy[1, following])
    if not repeated.any():
        return xy, rings
    # the last vertex of an open line may equal its first; points are what they are
    full = rings[1:] > rings[:-1]
    repeated[rings[1:][full & (kind != POLYGON)] - 1] = False
    repeated &= np.repeat(kind != POINT, np.diff(rings))
    return xy.take(np.flatnonzero(~repeated), axis=1), starts_of(~repeated)[rings]


def _small(rounded: Pieces, pieces: Pieces, types: NDArray[np.uint8], chosen: Ints) -> Pieces:
    """Give the units of which nothing is left a square, or a line, of one grid step.

    Only what touches the tile itself counts, not what shows in its buffer: a neighbour has that.
    """
    left = np.zeros(len(types), bool)
    left[rounded.unit] = True
    if left[chosen].all():
        return rounded
    full = pieces.rings[1:] > pieces.rings[:-1]
    lost = full & ~left[pieces.unit] & (types[pieces.unit] != POINT) & pieces.exterior
    if not lost.any():
        return rounded
    firsts = pieces.rings[:-1][full]
    low = np.minimum.reduceat(pieces.xy, firsts, axis=1)[:, lost[full]]
    high = np.maximum.reduceat(pieces.xy, firsts, axis=1)[:, lost[full]]
    unit = pieces.unit[lost]
    touching = (high.min(axis=0) >= 0) & (low.max(axis=0) <= EXTENT)
    touching[1:] &= ~touching[:-1] | (unit[1:] != unit[:-1])  # one of several parts will do, or two
    unit = unit[touching]
    middle = np.clip(np.floor((low + high)[:, touching] / 2), 0, EXTENT - 1).astype(np.int32)
    square = types[unit] == POLYGON
    counts = np.where(square, 4, 2)
    corner = ranges(np.zeros(len(unit), np.int64), counts)
    xy = np.repeat(middle, counts, axis=1) + np.array([[0, 1, 1, 0], [0, 0, 1, 1]], np.int32)[:, corner]
    return _merge([rounded, Pieces(xy, starts_of(counts), unit, np.ones(len(unit), bool))])


def _merge(found: list[Pieces]) -> Pieces:
    """Return all pieces in the order of their units."""
    if not found:
        return Pieces(np.zeros((2, 0), np.int32), np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros(0, bool))
    if len(found) == 1:
        return found[0]
    unit = np.concatenate([pieces.unit for pieces in found])
    lengths = np.concatenate([np.diff(pieces.rings) for pieces in found])
    xy = np.concatenate([pieces.xy for pieces in found], axis=1)
    exterior = np.concatenate([pieces.exterior for pieces in found])
    order = np.argsort(unit, kind="stable")
    firsts = starts_of(lengths)[:-1]
    return Pieces(
        xy.take(ranges(firsts[order], lengths[order]), axis=1), starts_of(lengths[order]), unit[order], exterior[order]
    )
