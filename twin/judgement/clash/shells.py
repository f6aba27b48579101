"""Faces → closed shells that face outward, as a boolean needs them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from twin.judgement.clash.closing import parts_of
from twin.judgement.clash.welding import open_edges
from twin.judgement.clash.winding import winding_numbers

FLAT = 1e-12  # cubic metres: a body with less volume is none
_MOST_SHELLS = 500  # that are looked at one by one for being inside each other


@dataclass(frozen=True, slots=True)
class Shell:
    """Closed faces that bound one body (with its cavities, if it has some), turned outward: (m, 3) int64."""

    faces: NDArray[np.int64]


def shells_of(points: NDArray[np.float64], faces: NDArray[np.int64]) -> list[Shell] | None:
    """Return the bodies a welded mesh bounds; None where it is not closed or has no inside.

    points : (n, 3) metres, near the origin
    """
    shells = _closed(faces) or _agreed(faces)
    if shells is None:
        return None
    volumes = np.array([signed_volume(points, shell) for shell in shells])
    solid = np.abs(volumes) > FLAT  # a sheet that is drawn from both sides bounds nothing
    shells, volumes = [shell for shell, kept in zip(shells, solid, strict=True) if kept], volumes[solid]
    if not shells:
        return None
    if len(shells) == 1:
        return [Shell(_outward(shells[0], volumes[0]))]
    if volumes.sum() < 0:  # drawn inside out as a whole, cavities and all
        shells, volumes = [shell[:, ::-1] for shell in shells], -volumes
    return _nested(points, shells, volumes)


def signed_volume(points: NDArray[np.float64], faces: NDArray[np.int64]) -> float:
    """Return the volume inside closed faces, cubic metres; negative where they face inward."""
    corners = points[faces] - points[faces[0, 0]]
    return float(np.einsum("ij,ij->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6)


def _closed(faces: NDArray[np.int64]) -> list[NDArray[np.int64]] | None:
    """Return the closed shells of a mesh, each turned one way; None where there is an open edge or but one side.

    Where more than two faces share an edge, shells that are closed without it meet there; else faces that are turned
    alike belong together.
    """
    for most in (2, len(faces)):
        links = _links(faces, most)
        turned = None if links is None else _consistent(faces, *links)
        if turned is None:
            continue
        order = np.argsort(turned[1], kind="stable")
        shells = np.split(turned[0][order], np.flatnonzero(np.diff(turned[1][order])) + 1)
        if all(balanced(shell) for shell in shells):
            return shells
    return None


def _agreed(faces: NDArray[np.int64]) -> list[NDArray[np.int64]] | None:
    """Return the closed shells of a mesh, of each part by itself; None where one is open or cannot be turned.

    Pieces between edges that more than two faces share may be turned either way: such that all pass as often forth as
    back over each edge.
    """
    if len(open_edges(faces)):
        return None
    part_of = parts_of(faces)
    shells = []
    for part in range(int(part_of.max()) + 1):
        own = faces[part_of == part]
        closed = _closed(own) or _pieces_turned(own)
        if closed is None:
            return None
        shells += closed
    return shells


def _pieces_turned(faces: NDArray[np.int64]) -> list[NDArray[np.int64]] | None:
    """Return a mesh whose pieces are turned to fit each other as one shell; None where they do not."""
    links = _links(faces, 2)
    turned = None if links is None else _consistent(faces, *links)
    if turned is None:
        return None
    faces, piece_of = turned[0], np.unique(turned[1], return_inverse=True)[1].reshape(-1)
    flows = _flows(faces, piece_of)
    signs = np.zeros(int(piece_of.max()) + 1, np.int64)
    for first in range(len(signs)):
        waiting = [] if signs[first] else [first]
        signs[first] = signs[first] or 1
        while waiting:
            piece = waiting.pop()
            for (one, forth), (other, back) in flows:
                if piece in (one, other) and forth and abs(forth) == abs(back):
                    neighbour = other if piece == one else one
                    if not signs[neighbour]:
                        signs[neighbour] = -signs[piece] * (1 if forth == back else -1)
                        waiting.append(neighbour)
    whole = np.where((signs[piece_of] < 0)[:, None], faces[:, ::-1], faces)
    return [whole] if balanced(whole) else None


def _flows(faces: NDArray[np.int64], piece_of: NDArray[np.int64]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return, of each edge that just two pieces pass more often one way than the other, (piece, how often) of both."""
    ends = faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    edges = ends.min(axis=1) * (int(faces.max()) + 1) + ends.max(axis=1)
    sums: dict[int, dict[int, int]] = {}
    _, numbers, counts = np.unique(edges, return_inverse=True, return_counts=True)
    for at in np.flatnonzero(counts[numbers.reshape(-1)] > 2).tolist():
        passed = sums.setdefault(int(edges[at]), {})
        piece = int(piece_of[at // 3])
        passed[piece] = passed.get(piece, 0) + (1 if ends[at, 0] < ends[at, 1] else -1)
    flows = [[(piece, often) for piece, often in passed.items() if often] for passed in sums.values()]
    return [(flow[0], flow[1]) for flow in flows if len(flow) == 2]


def balanced(faces: NDArray[np.int64]) -> bool:
    """Is every edge passed as often one way as the other."""
    ends = faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    keys = ends.min(axis=1) * (int(faces.max()) + 1) + ends.max(axis=1)
    _, edge = np.unique(keys, return_inverse=True)
    return not np.bincount(edge, np.where(ends[:, 0] < ends[:, 1], 1, -1)).any()


def _outward(faces: NDArray[np.int64], volume: float) -> NDArray[np.int64]:
    """Return the faces of a shell, turned if they face inward."""
    return faces if volume >= 0 else faces[:, ::-1]


def _links(faces: NDArray[np.int64], most: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]] | None:
    """Return (k, 2) neighbouring faces and (k,) whether they are turned alike; None where an edge is open.

    Over edges that more than `most` faces share nothing is a neighbour; over others of more than two, faces are paired
    that are turned alike.
    """
    ends = faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    face_of = np.repeat(np.arange(len(faces)), 3)
    up = ends[:, 0] < ends[:, 1]
    low, high = ends.min(axis=1), ends.max(axis=1)
    order = np.lexsort((up, high, low))
    key = np.stack([low, high], axis=1)[order]
    begins = np.flatnonzero(np.concatenate([[True], (key[1:] != key[:-1]).any(axis=1)]))
    counts = np.diff(np.append(begins, len(key)))
    if (counts % 2).any():
        return None
    # within an edge the k-th half from the front is paired with the k-th half from behind
    place = np.arange(len(key)) - np.repeat(begins, counts)
    mate = np.repeat(begins + counts - 1, counts) - place
    half = (place < np.repeat(counts, counts) // 2) & (np.repeat(counts, counts) <= most)
    one, two = order[half], order[mate[half]]
    return np.stack([face_of[one], face_of[two]], axis=1), up[one] != up[two]


def _consistent(
    faces: NDArray[np.int64], pairs: NDArray[np.int64], alike: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """Return the faces turned like their neighbours and the shell of each; None where a shell has but one side."""
    count = len(faces)
    if alike.all():
        _, shell_of = _parts(pairs, count)
        return faces, shell_of
    # each face as it is (f) and turned (f + count): what belongs together is one part of this graph
    one = np.concatenate([pairs[:, 0], pairs[:, 0] + count])
    other = np.where(alike, pairs[:, 1], pairs[:, 1] + count)
    two = np.concatenate([other, (other + count) % (2 * count)])
    _, part = _parts(np.stack([one, two], axis=1), 2 * count)
    straight, back = part[:count], part[count:]
    if (straight == back).any():
        return None
    turn = back < straight
    return np.where(turn[:, None], faces[:, ::-1], faces), np.minimum(straight, back)


def _parts(pairs: NDArray[np.int64], count: int) -> tuple[int, NDArray[np.int64]]:
    """Return how many connected parts a graph of `count` nodes has, and the part of each."""
    graph = coo_array((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    parts, part_of = connected_components(graph, directed=False)
    return int(parts), part_of.astype(np.int64)


def _nested(points: NDArray[np.float64], shells: list[NDArray[np.int64]], volumes: NDArray[np.float64]) -> list[Shell]:
    """Return the bodies of several shells: those that face inward inside another one are its cavities."""
    inward = np.flatnonzero(volumes < 0)
    bodies = {int(number): [shells[number]] for number in np.flatnonzero(volumes >= 0)}
    if len(inward) > _MOST_SHELLS:
        inward = inward[:0]
    outer = sorted(bodies, key=lambda number: volumes[number])  # the least that holds it is the one it hollows
    for number in inward:
        probe = points[shells[number][:1, 0]]
        holder = next((n for n in outer if winding_numbers(probe, points[shells[n]])[0] > 0.5), None)
        if holder is None:
            bodies[int(number)] = [shells[number][:, ::-1]]
        else:
            bodies[holder].append(shells[number])
    return [Shell(np.concatenate(parts)) for parts in bodies.values()]
