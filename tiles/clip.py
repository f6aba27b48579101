"""Clipping of many rings, lines and points to one box at once, without a loop over them.

Polygons are cut by one side of the box after the other (Sutherland and Hodgman).  That leaves one ring even where a
polygon falls into several pieces, or where a hole reaches the side; those few are told apart and cut by GEOS instead,
which makes proper polygons of them.
"""

import numpy as np
import shapely
from numpy.typing import NDArray

from tiles.ragged import neighbours, row_of, starts_of, sums

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def clip_polygons(xy: Floats, rings: Ints, low: float, high: float) -> tuple[Floats, Ints]:
    """Clip closed rings to the square from low to high in both axes.

    xy : (2, m) vertices, rings not closed
    Returns vertices and ring starts; a ring that lies outside is empty.
    """
    for axis in (0, 1):
        for bound, sign in ((low, 1.0), (high, -1.0)):
            xy, rings = _clip_by_side(xy, rings, axis, bound, sign)
    return xy, rings


def _clip_by_side(xy: Floats, rings: Ints, axis: int, bound: float, sign: float) -> tuple[Floats, Ints]:
    """Keep what lies at or beyond `bound` in the direction of `sign`."""
    distance = (xy[axis] - bound) * sign
    inside = distance >= 0
    if inside.all():
        return xy, rings
    following = neighbours(rings)
    crossing = inside != inside[following]
    starts = starts_of(inside.astype(np.int64) + crossing)
    clipped = np.zeros((2, starts[-1]))
    kept = np.flatnonzero(inside)
    clipped[:, starts.take(kept)] = xy.take(kept, axis=1)
    one = np.flatnonzero(crossing)
    # from the inner end, so that both neighbours of an edge find the same point
    outer, inner = np.where(inside[one], following[one], one), np.where(inside[one], one, following[one])
    along = distance[inner] / (distance[inner] - distance[outer])
    at = starts[one] + inside[one]
    clipped[axis, at] = bound
    clipped[1 - axis, at] = xy[1 - axis, inner] + along * (xy[1 - axis, outer] - xy[1 - axis, inner])
    return clipped, starts[rings]


def is_tangled(xy: Floats, rings: Ints, exterior: NDArray[np.bool_], low: float, high: float) -> NDArray[np.bool_]:
    """Return whether rings run along the sides of the box more than once, as holes even once, (r,)."""
    following = neighbours(rings)
    along = np.zeros(xy.shape[1], bool)
    for axis in xy:
        along |= (axis == axis[following]) & ((axis == low) | (axis == high))
    runs = sums(~along & along[following], rings)
    return np.asarray((runs > 1) | (~exterior & (sums(along, rings) > 0)))


def cut_polygons(
    xy: Floats, rings: Ints, exterior: NDArray[np.bool_], low: float, high: float
) -> tuple[Floats, Ints, NDArray[np.bool_], Ints]:
    """Clip polygons by GEOS.

    xy : (2, m) vertices; rings : (r + 1,) starts; exterior : (r,), each polygon's exterior before its holes
    low, high : sides of the square, in the vertices' unit
    Returns vertices, ring starts, which rings are exteriors, and for each the ring that its polygon began with.
    """
    polygon = np.cumsum(exterior) - 1
    made = shapely.polygons(shapely.linearrings(xy.T, indices=row_of(rings)), indices=polygon)
    try:
        cut = shapely.intersection(made, shapely.box(low, low, high, high))
    except shapely.GEOSException:  # not valid after all
        cut = shapely.intersection(shapely.make_valid(made), shapely.box(low, low, high, high))
    parts, of = shapely.get_parts(cut, return_index=True)
    found, part = shapely.get_rings(parts, return_index=True)  # of polygons: what only touches is a line or a point
    counts = shapely.get_num_coordinates(found).astype(np.int64) - 1
    vertices, owner = shapely.get_coordinates(found, return_index=True)
    vertices = vertices[np.diff(owner, append=-1) == 0]  # without the closing ones
    first = np.ones(len(found), bool)
    first[1:] = part[1:] != part[:-1]
    return np.ascontiguousarray(vertices.T), starts_of(counts), first, np.flatnonzero(exterior)[of[part]]


def clip_lines(xy: Floats, lines: Ints, low: float, high: float) -> tuple[Floats, Ints, Ints]:
    """Clip lines to the square from low to high (Liang and Barsky); a line may fall into several pieces.

    Returns vertices, starts of the pieces and the line each piece is of.
    """
    last = lines[1:] - 1
    begin = np.ones(xy.shape[1], bool)
    begin[last] = False
    a = np.flatnonzero(begin)  # segments, by their first vertex
    start, step = xy[:, a], xy[:, a + 1] - xy[:, a]
    enter, leave = np.zeros(len(a)), np.ones(len(a))
    valid = np.ones(len(a), bool)
    for axis in (0, 1):
        moving = step[axis] != 0
        valid &= moving | ((start[axis] >= low) & (start[axis] <= high))
        slope = np.where(moving, step[axis], 1.0)
        first, second = (low - start[axis]) / slope, (high - start[axis]) / slope
        enter = np.where(moving, np.maximum(enter, np.minimum(first, second)), enter)
        leave = np.where(moving, np.minimum(leave, np.maximum(first, second)), leave)
    valid &= enter < leave
    a, start, step, enter, leave = a[valid], start[:, valid], step[:, valid], enter[valid], leave[valid]
    fresh = np.ones(len(a), bool)  # does a piece begin here
    fresh[1:] = (a[1:] != a[:-1] + 1) | (leave[:-1] < 1) | (enter[1:] > 0)
    starts = starts_of(1 + fresh.astype(np.int64))
    clipped = np.zeros((2, starts[-1]))
    clipped[:, starts[:-1][fresh]] = (start + enter * step)[:, fresh]
    clipped[:, starts[1:] - 1] = np.where(leave == 1, xy[:, a + 1] if len(a) else start, start + leave * step)
    pieces = np.append(starts[:-1][fresh], starts[-1])
    return clipped, pieces, row_of(lines)[a[fresh]]


def clip_points(xy: Floats, groups: Ints, low: float, high: float) -> tuple[Floats, Ints]:
    """Keep the points in the square from low to high; a group without any becomes empty."""
    inside = (xy[0] >= low) & (xy[0] <= high) & (xy[1] >= low) & (xy[1] <= high)
    return xy[:, inside], starts_of(inside)[groups]
