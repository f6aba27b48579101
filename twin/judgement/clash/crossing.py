"""Where triangles cross triangles, for many pairs at once."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
EPSILON = 1e-9  # metres: what lies no further from a plane lies in it


def crossings(first: Array, second: Array) -> tuple[NDArray[np.int64], Array]:
    """Return where (n, 3, 3) and (n, 3, 3) triangles go through each other, not merely touch: (k,) which pairs, and
    (k, 3) the points where an edge of one goes through the other, metres."""
    numbers, points = [], []
    for one, other in ((first, second), (second, first)):
        for k in range(3):
            through, at = _pierced(one[:, k], one[:, (k + 1) % 3], other)
            numbers.append(np.flatnonzero(through))
            points.append(at[through])
    return np.concatenate(numbers), np.concatenate(points)


def sink(first: Array, second: Array) -> Array:
    """Return (n,) how far (n, 3, 3) triangles would have to move to leave each other's planes, metres: of both
    triangles and both sides of the other's plane the least."""
    least: Array = np.minimum(_sides(first, second), _sides(second, first))
    return least


def _pierced(p: Array, q: Array, triangle: Array) -> tuple[NDArray[np.bool_], Array]:
    """Return (n,) which segments p q, (n, 3) each, go through triangles, and (n, 3) where."""
    a, u, v = triangle[:, 0], triangle[:, 1] - triangle[:, 0], triangle[:, 2] - triangle[:, 0]
    normal = np.cross(u, v)
    area = np.linalg.norm(normal, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        unit = normal / area[:, None]
        start, end = _dot(p - a, unit), _dot(q - a, unit)
        at = p + (start / (start - end))[:, None] * (q - p)
        beta = _dot(np.cross(at - a, v), unit) / area
        gamma = _dot(np.cross(u, at - a), unit) / area
        sides = (start > EPSILON) & (end < -EPSILON) | (start < -EPSILON) & (end > EPSILON)
        within = (beta >= 0) & (gamma >= 0) & (beta + gamma <= 1)
    return np.asarray((area > 0) & sides & within), at


def _sides(triangle: Array, plane: Array) -> Array:
    """Return (n,) the lesser of how far triangles reach to either side of the planes of others, metres."""
    normal = np.cross(plane[:, 1] - plane[:, 0], plane[:, 2] - plane[:, 0])
    length = np.linalg.norm(normal, axis=1)
    heights = np.einsum("nki,ni->nk", triangle - plane[:, :1], normal / np.maximum(length, 1e-300)[:, None])
    sides: Array = np.maximum(np.minimum(heights.max(axis=1), -heights.min(axis=1)), 0.0)
    return sides


def _dot(u: Array, v: Array) -> Array:
    return np.asarray(np.einsum("ni,ni->n", u, v))
