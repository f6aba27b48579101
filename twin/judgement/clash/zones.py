"""Free room on one side of an element: headroom above a stair, the swing of a door, working space before a board."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from twin.values.clash import CheckedModel
from twin.values.clash_rules import ClashRule, Zone

Array = NDArray[np.float64]
Place = tuple[CheckedModel, int]
STEEP = 0.1  # cosine to the vertical: what is steeper is no upper face
LEAST = 1e-3  # metres: what laps into a zone by less only passes along it


def in_zone(rule: ClashRule, a: Place, b: Place) -> bool:
    """Say whether `b` stands in the zone of `a` that a rule asks to be free."""
    return zone_gap(rule, a, b) is not None


def zone_gap(rule: ClashRule, a: Place, b: Place) -> float | None:
    """Return how much room `b` leaves to `a` in the direction of the rule's zone, metres; None where it leaves enough.

    Straight up for ABOVE; along the element's short side for FRONT.  Of bodies that wholly enclose the zone nothing is
    seen: they overlap the element as well.
    """
    finds = headroom if rule.zone is Zone.ABOVE else reach_before
    gap = finds(a, b, rule.clearance)
    return gap if gap < rule.clearance else None


def headroom(a: Place, b: Place, limit: float) -> float:
    """Return the least height of `b` over the upper faces of `a`, metres; infinite where it is nowhere above."""
    lower, upper = _triangles(a), _triangles(b)
    normals = np.cross(lower[:, 1] - lower[:, 0], lower[:, 2] - lower[:, 0])
    lower = lower[normals[:, 2] > STEEP * np.linalg.norm(normals, axis=1)]
    lower = lower[_overlaps(lower, upper.min(axis=(0, 1)), upper.max(axis=(0, 1)), slice(0, 2))]
    if not len(lower):
        return np.inf
    top = lower.max(axis=(0, 1)) + np.array([0.0, 0.0, limit])
    upper = upper[_overlaps(upper, lower.min(axis=(0, 1)), top, slice(0, 3))]
    least = np.inf
    for face in lower:
        tops = upper[_overlaps(upper, face.min(axis=0), face.max(axis=0), slice(0, 2))]
        least = min([least, *(_height(face, top) for top in tops)])
    return float(least)


def _height(face: Array, top: Array) -> float:
    """Return the least height of a triangle over an upper face, both (3, 3); infinite where it is not above."""
    common = top
    for k in range(3):  # the triangle, cut by the three upright planes through the sides of the face
        start, along = face[k], face[(k + 1) % 3] - face[k]
        inward = np.array([-along[1], along[0]]) / max(np.hypot(along[0], along[1]), 1e-12)
        common = _cut(common, (common[:, :2] - start[:2]) @ inward - LEAST)
        if not len(common):
            return np.inf
    normal = np.cross(face[1] - face[0], face[2] - face[0])
    below = face[0, 2] - ((common[:, :2] - face[0, :2]) @ normal[:2]) / normal[2]
    heights = common[:, 2] - below
    return float(max(heights.min(), 0.0)) if heights.max() > LEAST else np.inf


def reach_before(a: Place, b: Place, limit: float) -> float:
    """Return how far `b` is from `a` along its shorter plan side, metres; infinite where it is not before or behind.

    Before and behind: within the width and height of the box around `a`, in the axes of its own shape.
    """
    model, row = a
    shape_from_frame = np.linalg.inv(model.frame_from_local @ model.bodies.local_from_shape[row])
    own = model.bodies.shape_mesh(int(model.bodies.shapes[row]))[0]
    low, high = own.min(axis=0), own.max(axis=0)
    axis = int(np.argmin((high - low)[:2]))
    triangles = _triangles(b) @ shape_from_frame[:3, :3].T + shape_from_frame[:3, 3]
    least = np.inf
    for near, far, sign in ((high[axis], high[axis] + limit, 1.0), (low[axis] - limit, low[axis], -1.0)):
        first, last = low + LEAST, high - LEAST
        first[axis], last[axis] = near, far
        for triangle in triangles[_overlaps(triangles, first, last, slice(0, 3))]:
            inside = _clipped(triangle, first, last)
            if len(inside):
                start = high[axis] if sign > 0 else low[axis]
                least = min(least, float((sign * (inside[:, axis] - start)).min()))
    return max(least, 0.0)


def _clipped(polygon: Array, low: Array, high: Array) -> Array:
    """Return (k, 3) what of a polygon lies in a box."""
    for axis in range(3):
        polygon = _cut(polygon, polygon[:, axis] - low[axis])
        polygon = _cut(polygon, high[axis] - polygon[:, axis])
    return polygon


def _cut(polygon: Array, sides: Array) -> Array:
    """Return (k, 3) what of a convex polygon lies where `sides`, (n,), is not negative."""
    kept = []
    for k in range(len(polygon)):
        here, there = sides[k - 1], sides[k]
        if (here < 0) != (there < 0):
            kept.append(polygon[k - 1] + (polygon[k] - polygon[k - 1]) * (here / (here - there)))
        if there >= 0:
            kept.append(polygon[k])
    return np.array(kept, np.float64).reshape(-1, 3)


def _overlaps(triangles: Array, low: Array, high: Array, axes: slice) -> NDArray[np.bool_]:
    """Return (n,) which triangles' boxes meet a box, over some axes."""
    meet: Callable[..., NDArray[np.bool_]] = np.all
    return meet((triangles.max(axis=1) >= low)[:, axes] & (triangles.min(axis=1) <= high)[:, axes], axis=1)


def _triangles(place: Place) -> Array:
    """Return (m, 3, 3) the triangles of an element in the frame of the run, metres."""
    model, row = place
    vertices, faces = model.bodies.mesh(row)
    moved: Array = vertices @ model.frame_from_local[:3, :3].T + model.frame_from_local[:3, 3]
    return moved[faces]
