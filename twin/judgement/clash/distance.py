"""The least distance of two triangles and where it is, for many pairs of triangles at once."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_AT_ONCE = 200_000
_ONE, _OTHER = np.repeat(np.arange(3), 3), np.tile(np.arange(3), 3)  # the edges of two triangles, each against each
Ways = tuple[Array, Array, Array]


def triangle_distances(first: Array, second: Array) -> Ways:
    """Return (n,) least distances, metres, and the (n, 3) and (n, 3) points between which they lie, of (n, 3, 3) and
    (n, 3, 3) triangles that do not cross: a corner is nearest to a face, or an edge to an edge."""
    count = len(first)
    ends = (first[:, _ONE], first[:, _ONE - 2], second[:, _OTHER], second[:, _OTHER - 2])
    edges = _edges(*(points.reshape(-1, 3) for points in ends))
    corners = np.concatenate([first.reshape(-1, 3), second.reshape(-1, 3)])
    faces = np.concatenate([np.repeat(second, 3, axis=0), np.repeat(first, 3, axis=0)])
    lengths, at, foot = _corner(corners, faces)
    half = 3 * count
    ones, others = np.concatenate([at[:half], foot[half:]]), np.concatenate([foot[:half], at[half:]])

    def ways(of_edges: Array, of_corners: Array) -> Array:
        """Put the ways of each pair of triangles beside each other: (n, 15, …)."""
        shape = of_edges.shape[1:]
        parts = (of_edges.reshape(count, 9, *shape), of_corners[:half].reshape(count, 3, *shape))
        return np.concatenate([*parts, of_corners[half:].reshape(count, 3, *shape)], axis=1)

    found = ways(edges[0], lengths)
    best, all_of = found.argmin(axis=1), np.arange(count)
    return found[all_of, best], ways(edges[1], ones)[all_of, best], ways(edges[2], others)[all_of, best]


def cross(u: Array, v: Array) -> Array:
    """Return (…, 3) cross products; np.cross takes many times as long over a few."""
    found = np.zeros(np.broadcast_shapes(u.shape, v.shape))
    for k in range(3):
        found[..., k] = u[..., k - 2] * v[..., k - 1] - u[..., k - 1] * v[..., k - 2]
    return found


def depths(points: Array, triangles: Array) -> Array:
    """Return (n,) least distances of (n, 3) points from a surface of (m, 3, 3) triangles, metres."""
    found = np.zeros(len(points))
    step = max(1, _AT_ONCE // max(1, len(triangles)))
    for start in range(0, len(points), step):
        some = points[start : start + step]
        least = _to_faces(some, triangles)
        for k in range(3):
            np.minimum(least, _to_segments(some, triangles[:, k], triangles[:, (k + 1) % 3]), out=least)
        found[start : start + step] = np.sqrt(least.min(axis=1))
    return found


def _to_segments(points: Array, start: Array, end: Array) -> Array:
    """Return (n, m) squares of the distances of (n, 3) points from the segments between (m, 3) and (m, 3) points."""
    way = end - start
    square = _dot(way, way)
    total = np.zeros((len(points), len(start)))
    aside = points[:, None] - start[None]
    along = np.einsum("nmi,mi->nm", aside, way / np.where(square > 0, square, 1.0)[:, None])
    aside -= np.clip(along, 0, 1, out=along)[..., None] * way
    return np.asarray(np.einsum("nmi,nmi->nm", aside, aside, out=total))


def _to_faces(points: Array, triangles: Array) -> Array:
    """Return (n, m) squares of the distances of (n, 3) points straight down to (m, 3, 3) triangles; infinite where they
    miss them."""
    a, u, v = triangles[:, 0], triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    normal = cross(u, v)
    area = _dot(normal, normal)
    scale = np.where(area > 0, area, 1.0)[:, None]
    aside = points[:, None] - a[None]
    beta = np.einsum("nmi,mi->nm", aside, cross(v, normal) / scale)
    gamma = np.einsum("nmi,mi->nm", aside, cross(normal, u) / scale)
    height = np.einsum("nmi,mi->nm", aside, normal / np.sqrt(scale))
    inside = (area > 0) & (beta >= 0) & (gamma >= 0) & (beta + gamma <= 1)
    return np.where(inside, height**2, np.inf)


def _edges(p: Array, q: Array, r: Array, s: Array) -> Ways:
    """Return the shortest ways between the segments p q and r s, each (n, 3)."""
    u, v, w = q - p, s - r, p - r
    a, e, f = _dot(u, u), _dot(v, v), _dot(v, w)
    b, c = _dot(u, v), _dot(u, w)
    crossed = a * e - b * b
    with np.errstate(divide="ignore", invalid="ignore"):
        along = np.where(crossed > 1e-14 * a * e, np.clip((b * f - c * e) / crossed, 0, 1), 0.0)
        across = np.where(e > 0, (b * along + f) / e, 0.0)
        low, high = across < 0, across > 1
        along = np.where(low & (a > 0), np.clip(-c / a, 0, 1), along)
        along = np.where(high & (a > 0), np.clip((b - c) / a, 0, 1), along)
    across = np.clip(across, 0, 1)
    one, other = p + along[:, None] * u, r + across[:, None] * v
    return _norm(one - other), one, other


def _corner(p: Array, triangle: Array) -> Ways:
    """Return the ways from points (n, 3) straight down to triangles (n, 3, 3); infinite where they miss them."""
    a, u, v = triangle[:, 0], triangle[:, 1] - triangle[:, 0], triangle[:, 2] - triangle[:, 0]
    normal = cross(u, v)
    area = _dot(normal, normal)
    w = p - a
    with np.errstate(divide="ignore", invalid="ignore"):
        beta = _dot(cross(w, v), normal) / area
        gamma = _dot(cross(u, w), normal) / area
        height = _dot(w, normal) / area
    inside = (area > 0) & (beta >= 0) & (gamma >= 0) & (beta + gamma <= 1)
    foot = p - np.where(inside, height, 0.0)[:, None] * normal
    return np.where(inside, _norm(p - foot), np.inf), p, foot


def _dot(u: Array, v: Array) -> Array:
    return np.asarray(np.einsum("ni,ni->n", u, v))


def _norm(u: Array) -> Array:
    return np.asarray(np.sqrt(_dot(u, u)))
