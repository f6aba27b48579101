"""What two bodies do to each other: how much they overlap and how thick, else how far they are apart."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.judgement.clash.solids import Solid
from twin.judgement.clash.surfaces import closest, probe, surfaces
from twin.values.clash import Measured, Method

_AT_ONCE = 4_000_000
NOTHING = 1e-9  # metres: an overlap thinner than this is two faces that touch, as far as float64 can tell


def measure(a: Solid, b: Solid, reach: float) -> Measured | None:
    """Return what two bodies in one frame near its origin do to each other; None where they are `reach` apart or more
    (or, with a reach of 0, do not overlap).

    reach : metres, how far apart bodies are of interest
    """
    if (np.maximum(b.box[0] - a.box[1], a.box[0] - b.box[1]) > reach).any():
        return None
    if a.manifold is not None and b.manifold is not None:
        return _solids(a, b, reach)
    if a.manifold is None and b.manifold is None:
        return surfaces(a, b, reach)
    return probe(a, b, reach)


def _solids(a: Solid, b: Solid, reach: float) -> Measured | None:
    """Measure two closed bodies by the solid they have in common."""
    common = a.manifold ^ b.manifold
    if not common.is_empty():
        parts = [hull for part in common.decompose() if not (hull := part.hull()).is_empty()]
        thickness = [least_width(_corners(hull), _faces(hull)) for hull in parts]
        if thickness and max(thickness) > NOTHING:
            return _overlap(a, b, common, thickness)
    if reach <= 0:
        return None
    gap = float(a.manifold.min_gap(b.manifold, reach))
    if gap >= reach:
        return None
    return apart(a, b, gap, Method.EXACT_SOLID)


def _overlap(a: Solid, b: Solid, common: Any, thickness: list[float]) -> Measured:
    """Return the measures of a solid that two bodies have in common."""
    box = np.array(common.bounding_box()).reshape(2, 3)
    volume = float(common.volume())
    return Measured(
        volume=volume,
        depth=max(thickness),
        distance=0.0,
        shares=(min(volume / a.volume, 1.0), min(volume / b.volume, 1.0)),
        point=box.mean(axis=0),
        box=box,
        method=Method.EXACT_SOLID,
    )


def apart(a: Solid, b: Solid, gap: float, method: Method) -> Measured:
    """Return the measures of bodies that do not overlap and are `gap` apart, metres."""
    box = closest(a.triangles, b.triangles, gap)
    return Measured(0.0, 0.0, gap, (0.0, 0.0), box.mean(axis=0), box, method)


def least_width(points: NDArray[np.float64], faces: NDArray[np.int64]) -> float:
    """Return the thickness of a convex body: the least distance of two parallel planes that hold it, one of them
    along a face.

    points : (n, 3) metres
    faces : (m, 3) numbers of corners
    """
    corners = points[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = np.linalg.norm(normals, axis=1)
    normals = normals[areas > 0] / areas[areas > 0, None]
    width = np.inf
    step = max(1, _AT_ONCE // max(1, len(points)))
    for start in range(0, len(normals), step):
        along = normals[start : start + step] @ points.T
        width = min(width, float((along.max(axis=1) - along.min(axis=1)).min()))
    return width if np.isfinite(width) else 0.0


def _corners(body: Any) -> NDArray[np.float64]:
    return np.asarray(body.to_mesh64().vert_properties[:, :3])


def _faces(body: Any) -> NDArray[np.int64]:
    return np.asarray(body.to_mesh64().tri_verts).astype(np.int64)
