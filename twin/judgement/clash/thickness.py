"""How thick bodies are that are not convex: rings, sleeves, angles, crosses.

The hull of a sleeve is as thick as the pipe in it, so its width says nothing.  A body is as thick as the thickest of
the balls that lie in it and touch it at two opposite points: the balls between its walls.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from twin.judgement.clash.distance import cross, depths
from twin.judgement.clash.widths import body_width

Array = NDArray[np.float64]
NOTHING = 1e-6  # metres: who cares for the shape of what is so thin
_CONVEX = 0.9  # of its hull's volume: a body that fills so much of it is as thick as it
_WORK = 300_000  # rays times triangles that one body is worth
_FINEST = 4  # parts of a side of a triangle, from the points between which rays start
_OPPOSITE = 0.98  # of a ray that the ball around its middle must reach for the two ends to be opposite
_INSET = 1e-3  # of the way to the middle: a ray from the very edge of a face may leave the body where it starts
# A ball in a corner where three walls meet is so much thicker than the walls.
_CORNER = 2 * np.sqrt(3) / (1 + np.sqrt(3))
_AT_ONCE = 128


def thickness(body: Any) -> float:
    """Return how thick the thickest connected part of a manifold is, metres."""
    best = 0.0
    hulls = [(part, part.hull()) for part in body.decompose()]
    widths = [body_width(hull) for _, hull in hulls]
    for at in np.argsort(widths)[::-1].tolist():
        part, hull = hulls[at]
        if widths[at] <= best:
            break
        if widths[at] <= NOTHING or part.volume() >= _CONVEX * hull.volume():
            best = widths[at]
            continue
        mesh = part.to_mesh64()
        points = np.asarray(mesh.vert_properties)[:, :3]
        walls = wall_thickness(points[np.asarray(mesh.tri_verts).astype(np.int64)])
        best = max(best, min(widths[at], walls))
    return best


def wall_thickness(triangles: Array) -> float:
    """Return the thickness of the walls of a closed body of (m, 3, 3) triangles that face outward, metres.

    From points all over the surface a ray goes straight inward to the next face.  Where the ball around its middle
    reaches both ends, the ray is as long as the wall is thick; else that ball is a bound from below, of which what it
    may gain in a corner is taken off.
    """
    starts, inward = _starts(triangles)
    lengths = _lengths(starts, inward, triangles)
    there = np.isfinite(lengths)
    if not there.any():
        return 0.0
    starts, lengths = starts[there], lengths[there]
    middles = starts + lengths[:, None] / 2 * inward[there]
    # no ball is larger than to the nearest point that is known of the surface
    most = _value(lengths, cKDTree(starts).query(middles)[0])
    order = np.argsort(-most)
    best = 0.0
    for at in range(0, len(order), _AT_ONCE):
        some = order[at : at + _AT_ONCE]
        some = some[most[some] > best]
        if not len(some):
            break
        best = max(best, float(_value(lengths[some], depths(middles[some], triangles)).max()))
    return best


def _value(lengths: Array, radii: Array) -> Array:
    """Return (n,) how thick a body is for sure of which rays and the balls around their middles are known, metres."""
    found: Array = np.where(2 * radii >= _OPPOSITE * lengths, lengths, 2 * radii / _CORNER)
    return found


def _starts(triangles: Array) -> tuple[Array, Array]:
    """Return (n, 3) points all over a surface and (n, 3) the unit normals there, turned inward."""
    normals = cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    areas = np.linalg.norm(normals, axis=1)
    kept = np.flatnonzero(areas > 0)
    most = max(16, _WORK // len(triangles))
    if len(kept) > most // 4:  # the largest ones, and some of the others
        order = kept[np.argsort(-areas[kept], kind="stable")]
        half = most // 8
        kept = np.concatenate([order[:half], order[half :: 1 + (len(order) - half) // half]])
    weights = _weights(most // max(1, len(kept)))
    points = np.einsum("kc,mcx->mkx", weights, triangles[kept]).reshape(-1, 3)
    inward = np.repeat(-normals[kept] / areas[kept, None], len(weights), axis=0)
    return points, inward


def _weights(most: int) -> Array:
    """Return (k, 3) barycentric weights of points of a triangle: its middle, and what `most` allows of a lattice."""
    best = np.full((1, 3), 1 / 3)
    for parts in range(2, _FINEST + 1, 2):  # the middle of the longest side is the middle of a rectangle
        lattice = np.array([(i, j, parts - i - j) for i in range(parts + 1) for j in range(parts + 1 - i)]) / parts
        lattice = lattice[lattice.max(axis=1) < 1]  # not the corners
        if len(lattice) + 1 > most:
            break
        best = np.concatenate([np.full((1, 3), 1 / 3), lattice * (1 - _INSET) + _INSET / 3])
    return best


def _lengths(starts: Array, along: Array, triangles: Array) -> Array:
    """Return (n,) how far rays go from a surface to where they leave the body, metres; infinite where they do not."""
    found = np.full(len(starts), np.inf)
    a, u, v = triangles[:, 0], triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    normal = cross(u, v)
    square = np.einsum("mi,mi->m", normal, normal)
    scale = 1e-9 * float(np.ptp(triangles, axis=(0, 1)).max())
    step = max(1, 400_000 // len(triangles))
    with np.errstate(divide="ignore", invalid="ignore"):
        to_beta, to_gamma = cross(v, normal) / square[:, None], cross(normal, u) / square[:, None]
        for at in range(0, len(starts), step):
            p, way = starts[at : at + step], along[at : at + step]
            # heights over the planes and speeds towards them, then where the planes are met, all (n, m)
            speed = way @ normal.T
            height = np.einsum("mi,mi->m", a, normal) - p @ normal.T
            length = height / speed
            beta = p @ to_beta.T - np.einsum("mi,mi->m", a, to_beta) + length * (way @ to_beta.T)
            gamma = p @ to_gamma.T - np.einsum("mi,mi->m", a, to_gamma) + length * (way @ to_gamma.T)
            hit = (length > scale) & (beta >= -1e-9) & (gamma >= -1e-9) & (beta + gamma <= 1 + 1e-9)
            length[~hit] = np.inf
            first = length.argmin(axis=1)[:, None]
            leaves = np.take_along_axis(speed, first, axis=1) > 0
            found[at : at + step] = np.where(leaves, np.take_along_axis(length, first, axis=1), np.inf)[:, 0]
    return found
