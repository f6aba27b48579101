"""Bodies that are all but closed, as pipes drawn without their ends.

What is filled in here is flat, small beside the body, and bounded by its own edges; everything else stays open.
"""

import numpy as np
from manifold3d import triangulate
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from twin.judgement.clash.welding import open_edges

FLATNESS = 1e-4  # metres that the border of an end may stand out of its plane
SMALL = 0.05  # of the surface of a body: what its ends may take together
_MOST_EDGES = 20_000


def parts_of(faces: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return (m,) which of the parts that share edges each face belongs to."""
    edges = np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    _, edge_of = np.unique(edges[:, 0] * (int(faces.max()) + 1) + edges[:, 1], return_inverse=True)
    face_of = np.repeat(np.arange(len(faces)), 3)
    count = len(faces) + int(edge_of.max()) + 1
    graph = coo_array((np.ones(len(face_of), np.int8), (face_of, len(faces) + edge_of)), shape=(count, count))
    part: NDArray[np.int64] = connected_components(graph, directed=False)[1][: len(faces)].astype(np.int64)
    return np.unique(part, return_inverse=True)[1].reshape(-1)


def capped(points: NDArray[np.float64], faces: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the faces of a welded mesh and flat ends for the parts of it that are open only at some.

    points : (n, 3) metres, near the origin
    """
    loose = open_edges(faces)
    if not len(loose) or len(loose) > _MOST_EDGES:
        return faces
    part_of = parts_of(faces)
    areas = np.bincount(part_of, _areas(points, faces))
    loose_at = np.isin(part_of, part_of[_has_an_edge_of(faces, loose)])
    added = [faces]
    for part in np.unique(part_of[loose_at]):
        ends = [_end(points, loop) for loop in _loops(open_edges(faces[part_of == part]))]
        whole = [end for end in ends if end is not None]
        if len(whole) == len(ends) and sum(_areas(points, end).sum() for end in whole) <= SMALL * areas[part]:
            added += whole
    return np.concatenate(added)


def _has_an_edge_of(faces: NDArray[np.int64], edges: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return (m,) which faces have one of some sorted edges."""
    own = np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    most = int(faces.max()) + 1
    found = np.isin(own[:, 0] * most + own[:, 1], edges[:, 0] * most + edges[:, 1])
    return np.asarray(found.reshape(-1, 3).any(axis=1))


def _loops(loose: NDArray[np.int64]) -> list[list[int]]:
    """Return the closed rings of corners that open edges make, in order; a lone corner where a way has an end.

    Where rings share a corner, a way that comes back to one of its corners is cut off there as a ring.
    """
    next_to: dict[int, list[int]] = {}
    for a, b in loose.tolist():
        next_to.setdefault(a, []).append(b)
        next_to.setdefault(b, []).append(a)
    loops = []
    for start, ends in next_to.items():
        way = [start]
        while ends or len(way) > 1:
            here = way[-1]
            if not next_to[here]:
                return [[here]]
            there = next_to[here].pop()
            next_to[there].remove(here)
            if there in way:
                at = way.index(there)
                loops.append(way[at:])
                way = way[: at + 1]
            else:
                way.append(there)
    return loops


def _end(points: NDArray[np.float64], loop: list[int]) -> NDArray[np.int64] | None:
    """Return the triangles in a ring of corners; None where it is not flat."""
    if len(loop) < 3:
        return None
    ring = points[loop]
    middle = ring.mean(axis=0)
    _, _, axes = np.linalg.svd(ring - middle, full_matrices=False)
    if np.abs((ring - middle) @ axes[2]).max() > FLATNESS:
        return None
    if not np.abs((ring - middle) @ axes[1]).max() > FLATNESS:  # a slit
        return np.array([(loop[0], loop[k], loop[k + 1]) for k in range(1, len(loop) - 1)], np.int64)
    flat = (ring - middle) @ axes[:2].T
    x, y = flat.T
    if (x * np.roll(y, -1) - y * np.roll(x, -1)).sum() < 0:
        flat, loop = flat[::-1], loop[::-1]
    found = np.asarray(triangulate([np.ascontiguousarray(flat)]), np.int64).reshape(-1, 3)
    return np.array(loop, np.int64)[found] if len(found) == len(loop) - 2 else None


def _areas(points: NDArray[np.float64], faces: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return (m,) areas of faces, square metres."""
    a, b, c = (points[faces[:, k]] for k in range(3))
    areas: NDArray[np.float64] = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
    return areas
