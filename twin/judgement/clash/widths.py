"""How thick convex bodies are."""

from typing import Any

import numpy as np
from manifold3d import Manifold
from numpy.typing import NDArray

from twin.judgement.clash.distance import cross

_AT_ONCE = 4_000_000


def hull_width(points: NDArray[np.float64]) -> float:
    """Return the thickness of the convex hull of (n, 3) points, metres; 0 where they lie in a plane."""
    return body_width(Manifold.hull_points(points))


def body_width(hull: Any) -> float:
    """Return the thickness of a convex manifold, metres; 0 of an empty one."""
    if hull.is_empty():
        return 0.0
    mesh = hull.to_mesh64()
    return least_width(np.asarray(mesh.vert_properties)[:, :3], np.asarray(mesh.tri_verts).astype(np.int64))


def least_width(points: NDArray[np.float64], faces: NDArray[np.int64]) -> float:
    """Return the thickness of a convex body: the least distance of two parallel planes that hold it, one of them
    along a face.

    points : (n, 3) metres
    faces : (m, 3) numbers of corners
    """
    corners = points[faces]
    normals = cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = np.sqrt(np.einsum("mi,mi->m", normals, normals))
    normals = normals[areas > 0] / areas[areas > 0, None]
    width = np.inf
    step = max(1, _AT_ONCE // max(1, len(points)))
    for start in range(0, len(normals), step):
        along = normals[start : start + step] @ points.T
        width = min(width, float((along.max(axis=1) - along.min(axis=1)).min()))
    return width if np.isfinite(width) else 0.0
