"""From shapes to renderable corners: normals with creases, merged vertices, all elements of a tile in a few arrays.

Frame: `local`, metres, z up, float64 throughout; quantisation happens in `tiles.glb`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.values.model import Shape

CREASE_COSINE = np.cos(
    np.radians(35.0)
)  # faces that meet at less than this share a normal: pipes look round, walls sharp
MOST_NEIGHBOURS = 24  # corners round one vertex that are compared; a fan with more keeps flat normals


@dataclass(frozen=True, slots=True)
class Surface:
    """Triangles of one or many elements, ready to be written.

    positions : (n, 3) float64, metres
    normals : (n, 3) float64, unit
    features : (n,) int64, which element each vertex belongs to
    triangles : (m, 3) int64, into the vertices
    colours : (m,) uint32, RGBA of each triangle, packed
    """

    positions: NDArray[np.float64]
    normals: NDArray[np.float64]
    features: NDArray[np.int64]
    triangles: NDArray[np.int64]
    colours: NDArray[np.uint32]


MOST_VERTICES = 1 << 22  # of the shapes that are treated in one go: bounds memory, and vertex numbers have 24 bits


def surfaces_of_shapes(shapes: Sequence[Shape]) -> list[Surface]:
    """Return each shape's surface in its own frame: features are all 0, degenerate triangles are gone.

    Many shapes are treated as one mesh, so the cost follows the triangles, not the number of shapes.
    """
    surfaces: list[Surface] = []
    batch: list[Shape] = []
    size = 0
    for shape in shapes:
        if batch and size + len(shape.vertices) > MOST_VERTICES:
            surfaces += _surfaces(batch)
            batch, size = [], 0
        batch.append(shape)
        size += len(shape.vertices)
    return surfaces + (_surfaces(batch) if batch else [])


def _surfaces(shapes: Sequence[Shape]) -> list[Surface]:
    vertices = np.concatenate([s.vertices for s in shapes])
    offsets = np.cumsum([0, *(len(s.vertices) for s in shapes)])
    faces = np.concatenate([s.faces.astype(np.int64) + o for s, o in zip(shapes, offsets[:-1], strict=True)])
    colours = np.concatenate([np.ascontiguousarray(s.materials).view("<u4")[:, 0][s.face_materials] for s in shapes])
    corners = vertices[faces]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(cross, axis=1)
    sound = area > 1e-12
    faces, colours, cross, area = faces[sound], colours[sound], cross[sound], area[sound]
    normals = _creased_normals(faces, cross / area[:, None], cross)
    whole, origin = _merge_corners(vertices, faces, normals, colours)
    vertex_cuts = np.searchsorted(origin, offsets)
    face_shape = np.searchsorted(offsets, faces[:, 0], side="right") - 1
    face_cuts = np.searchsorted(face_shape, np.arange(len(shapes) + 1))
    return [
        Surface(
            whole.positions[v0:v1],
            whole.normals[v0:v1],
            whole.features[v0:v1],
            whole.triangles[f0:f1] - v0,
            whole.colours[f0:f1],
        )
        for v0, v1, f0, f1 in zip(vertex_cuts[:-1], vertex_cuts[1:], face_cuts[:-1], face_cuts[1:], strict=True)
    ]


def _creased_normals(
    faces: NDArray[np.int64], flat: NDArray[np.float64], weighted: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return (m, 3, 3) float64: for each corner the mean, weighted by area, of the faces round its vertex that turn
    away by less than the crease angle."""
    vertex = faces.ravel()
    face = np.repeat(np.arange(len(faces)), 3)
    order = np.argsort(vertex, kind="stable")
    starts = np.searchsorted(vertex[order], np.arange(vertex.max() + 1 if len(vertex) else 0))
    counts = np.diff(np.append(starts, len(order)))
    degree = counts[vertex]
    normals = flat[face].copy()
    few = np.flatnonzero((degree > 1) & (degree <= MOST_NEIGHBOURS))
    left = np.repeat(few, degree[few])
    step = np.arange(len(left)) - np.repeat(np.cumsum(degree[few]) - degree[few], degree[few])
    right = face[order[starts[vertex[left]] + step]]
    near = np.einsum("ij,ij->i", flat[face[left]], flat[right]) > CREASE_COSINE
    total = np.stack(
        [np.bincount(left[near], weighted[right[near], axis], minlength=len(vertex)) for axis in range(3)], axis=1
    )
    length = np.linalg.norm(total, axis=1)
    summed = length > 0
    normals[summed] = total[summed] / length[summed, None]
    return normals.reshape(-1, 3, 3)


def _merge_corners(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int64],
    normals: NDArray[np.float64],
    colours: NDArray[np.uint32],
) -> tuple[Surface, NDArray[np.int64]]:
    """Make one vertex of the corners that share vertex, normal (to 1/127) and colour.

    Returns the surface, its vertices in the order of `vertices`, and for each the row of `vertices` it came from.
    """
    corner_normals = normals.reshape(-1, 3)
    rounded = np.round(corner_normals * 127).astype(np.int64) + 128
    packed = (rounded[:, 0] << 16) | (rounded[:, 1] << 8) | rounded[:, 2]
    _, colour_index = np.unique(colours, return_inverse=True)
    key = (faces.ravel() << 40) | (np.repeat(colour_index, 3) << 24) | packed
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    origin = faces.ravel()[first]
    surface = Surface(
        vertices[origin],
        corner_normals[first],
        np.zeros(len(first), np.int64),
        inverse.reshape(-1, 3),
        colours,
    )
    return surface, origin


def placed(
    surfaces: Sequence[Surface],
    shape: NDArray[np.int64],
    matrices: NDArray[np.float64],
    features: NDArray[np.int64],
) -> Surface | None:
    """Return many placed surfaces as one; None where they hold no triangle.

    shape : (k,) int64, which of `surfaces` each is
    matrices : (k, 4, 4) float64, rigid
    features : (k,) int64, the feature of each

    Placed shape by shape, so the cost follows the vertices and not the number of elements.
    """
    parts: list[Surface] = []
    offset = 0
    for index in np.unique(shape):
        surface, uses = surfaces[index], np.flatnonzero(shape == index)
        count = len(surface.positions)
        turns, shifts = matrices[uses, :3, :3], matrices[uses, None, :3, 3]
        starts = offset + count * np.arange(len(uses))
        parts.append(
            Surface(
                (np.einsum("kij,nj->kni", turns, surface.positions) + shifts).reshape(-1, 3),
                np.einsum("kij,nj->kni", turns, surface.normals).reshape(-1, 3),
                np.repeat(features[uses], count),
                (surface.triangles[None] + starts[:, None, None]).reshape(-1, 3),
                np.tile(surface.colours, len(uses)),
            )
        )
        offset += count * len(uses)
    if not sum(len(p.triangles) for p in parts):
        return None
    return Surface(
        np.concatenate([p.positions for p in parts]),
        np.concatenate([p.normals for p in parts]),
        np.concatenate([p.features for p in parts]),
        np.concatenate([p.triangles for p in parts]),
        np.concatenate([p.colours for p in parts]),
    )


def placed_boxes(
    surfaces: Sequence[Surface], shape: NDArray[np.int64], matrices: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return (k, 2, 3) float64, least and greatest corner of placed surfaces; of a turned one, of its turned box."""
    empty = np.zeros((1, 3))  # all its triangles were degenerate
    low = np.array([(s.positions if len(s.positions) else empty).min(axis=0) for s in surfaces])
    high = np.array([(s.positions if len(s.positions) else empty).max(axis=0) for s in surfaces])
    middle = np.einsum("kij,kj->ki", matrices[:, :3, :3], ((low + high) / 2)[shape]) + matrices[:, :3, 3]
    half = np.einsum("kij,kj->ki", np.abs(matrices[:, :3, :3]), ((high - low) / 2)[shape])
    return np.stack([middle - half, middle + half], axis=1)


def flat_surface(
    positions: NDArray[np.float64],
    features: NDArray[np.int64],
    triangles: NDArray[np.int64],
    colours: NDArray[np.uint32],
) -> Surface:
    """Return a surface with one normal per face; vertices are shared by faces of the same normal and colour.

    positions : (n, 3) float64, metres
    features : (n,) int64
    triangles : (m, 3) int64
    colours : (m,) uint32
    """
    corners = positions[triangles]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(cross, axis=1)
    sound = area > 1e-12
    normals = np.repeat((cross[sound] / area[sound, None])[:, None], 3, axis=1)
    surface, origin = _merge_corners(positions, triangles[sound], normals, colours[sound])
    return Surface(surface.positions, surface.normals, features[origin], surface.triangles, surface.colours)
