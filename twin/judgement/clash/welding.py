"""Corners that are one point, faces that are no faces, edges that meet half-way."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

WELD = 1e-6  # metres
_ROUNDS = 12
_MOST_OPEN = 20_000  # open edges that are looked at: a surface with more is none that was meant to be closed


def mended(points: NDArray[np.float64], faces: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return (n, 3) vertices, metres, and (m, 3) faces of what `one_point` gave: all corners within `WELD` made one,
    faces without area left out, faces that come twice taken once (not at all where they face each other), and faces
    split where corners of others lie on their edges."""
    faces = _once(faces)
    if len(open_edges(faces)) == 0:
        return points, faces
    points, faces = _near_points(points, faces)
    faces = _once(faces)
    for _ in range(_ROUNDS):
        split = _split(points, faces)
        if split is None:
            break
        faces = _once(split)
    return points, faces


def one_point(vertices: NDArray[np.float64], faces: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Make corners of the same cell of a fine grid one; each keeps the place of one of them."""
    cells = np.round(vertices / WELD)
    order = np.lexsort(cells.T)
    new = np.ones(len(order), bool)
    new[1:] = (cells[order[1:]] != cells[order[:-1]]).any(axis=1)
    numbers = np.zeros(len(order), np.int64)
    numbers[order] = np.cumsum(new) - 1
    return vertices[order[new]], numbers[faces]


def open_edges(faces: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return (k, 2) sorted edges that an odd number of faces share."""
    edges = np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    found, counts = np.unique(edges, axis=0, return_counts=True)
    odd: NDArray[np.int64] = found[counts % 2 == 1]
    return odd


def _near_points(
    points: NDArray[np.float64], faces: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Make corners of open edges one that lie on two sides of a border of the grid."""
    loose = np.unique(open_edges(faces))
    near = cKDTree(points[loose]).query_pairs(WELD, output_type="ndarray")
    if not len(near):
        return points, faces
    pairs = loose[near]
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(points), len(points)))
    _, cluster = connected_components(graph, directed=False)
    _, first = np.unique(cluster, return_index=True)
    return points[first], cluster.astype(np.int64)[faces]


def _once(faces: NDArray[np.int64]) -> NDArray[np.int64]:
    """Leave out faces without three corners, and all but one of those that come again; opposite ones go both."""
    a, b, c = faces.T
    faces = faces[(a != b) & (b != c) & (c != a)]
    if not len(faces):
        return faces
    least = faces.argmin(axis=1)
    turned = np.take_along_axis(faces, (least[:, None] + np.arange(3)) % 3, axis=1)
    straight = turned[:, 1] < turned[:, 2]
    corners, first, same = np.unique(np.sort(faces, axis=1), axis=0, return_index=True, return_inverse=True)
    if len(corners) == len(faces):
        return faces
    same = same.reshape(-1)
    forwards = np.bincount(same, straight, len(corners)) > 0
    backwards = np.bincount(same, ~straight, len(corners)) > 0
    return faces[np.sort(first[~(forwards & backwards)])]


def _split(points: NDArray[np.float64], faces: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """Split faces at corners of other open edges that lie on an open edge of theirs; None where none does."""
    loose = open_edges(faces)
    if not len(loose) or len(loose) > _MOST_OPEN:
        return None
    corners = np.unique(loose)
    tree = cKDTree(points[corners])
    start, end = points[loose[:, 0]], points[loose[:, 1]]
    half = np.linalg.norm(end - start, axis=1) / 2
    cuts: dict[tuple[int, int], list[int]] = {}
    for number, near in enumerate(tree.query_ball_point((start + end) / 2, half + WELD)):
        cut = _corners_on(points, corners[near], loose[number])
        if cut:
            cuts[int(loose[number, 0]), int(loose[number, 1])] = cut
    return _cut_faces(faces, cuts) if cuts else None


def _corners_on(points: NDArray[np.float64], near: NDArray[np.int64], edge: NDArray[np.int64]) -> list[int]:
    """Return the corners within `WELD` of an edge, from its start to its end."""
    near = near[(near != edge[0]) & (near != edge[1])]
    start, way = points[edge[0]], points[edge[1]] - points[edge[0]]
    length = float(np.linalg.norm(way))
    if not len(near) or not length > 2 * WELD:
        return []
    along = (points[near] - start) @ way / length
    aside = np.linalg.norm(points[near] - start - along[:, None] * way / length, axis=1)
    on = (aside <= WELD) & (along > WELD) & (along < length - WELD)
    order = np.argsort(along[on], kind="stable")
    kept: list[int] = near[on][order].tolist()
    return kept


def _cut_faces(faces: NDArray[np.int64], cuts: dict[tuple[int, int], list[int]]) -> NDArray[np.int64]:
    """Return the faces, each cut along one of its edges with corners on it (the next round sees the other edges)."""
    touched = np.array(sorted(cuts))
    edges = np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 3, 2), axis=2)
    most = int(faces.max()) + 1
    is_cut = np.isin(edges[..., 0] * most + edges[..., 1], touched[:, 0] * most + touched[:, 1])
    whole = faces[~is_cut.any(axis=1)]
    parts: list[tuple[int, int, int]] = []
    for face, where in zip(faces[is_cut.any(axis=1)], is_cut[is_cut.any(axis=1)].argmax(axis=1), strict=True):
        a, b, c = np.roll(face, -int(where)).tolist()
        between = cuts[min(a, b), max(a, b)]
        stops = [a, *(between if a < b else between[::-1]), b]
        parts += [(one, other, c) for one, other in pairwise(stops) if c not in (one, other)]
    return np.concatenate([whole, np.array(parts, np.int64).reshape(-1, 3)])
