"""Clipping of many rings, lines and points to one box at once, without a loop over them.

Polygons are cut by one side of the box after the other (Sutherland and Hodgman): it cannot fail on invalid input, keeps
holes as rings of their own and areas exact.  What falls into several pieces stays one ring whose pieces are joined
along the side of the box, which lies in the buffer, outside of what is drawn.
"""

import numpy as np
from numpy.typing import NDArray

from tiles.ragged import neighbours, row_of, starts_of

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
    clipped[:, starts[:-1][inside]] = xy[:, inside]
    one = np.flatnonzero(crossing)
    # from the inner end, so that both neighbours of an edge find the same point
    outer, inner = np.where(inside[one], following[one], one), np.where(inside[one], one, following[one])
    along = distance[inner] / (distance[inner] - distance[outer])
    at = starts[one] + inside[one]
    clipped[axis, at] = bound
    clipped[1 - axis, at] = xy[1 - axis, inner] + along * (xy[1 - axis, outer] - xy[1 - axis, inner])
    return clipped, starts[rings]


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
