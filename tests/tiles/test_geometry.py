"""Surfaces: what a shape becomes keeps its triangles, its volume and its sharp edges."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tiles.geometry import Surface, placed, placed_boxes, surfaces_of_shapes
from twin.values.model import Shape

GREY = np.array([[128, 128, 128, 255]], np.uint8)


def box(x: float = 1.0, y: float = 2.0, z: float = 3.0) -> Shape:
    """Return a closed box, normals outwards."""
    corners = np.array([[a, b, c] for a in (0.0, x) for b in (0.0, y) for c in (0.0, z)])
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = np.array([t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))], np.uint32)
    return Shape(corners, faces, np.zeros(len(faces), np.uint16), GREY)


def tube(sides: int = 24) -> Shape:
    """Return an open tube of radius 1 and length 5."""
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    ring = np.column_stack([np.cos(angle), np.sin(angle)])
    vertices = np.concatenate([np.column_stack([ring, np.full(sides, z)]) for z in (0.0, 5.0)])
    i, j = np.arange(sides), (np.arange(sides) + 1) % sides
    faces = np.concatenate([np.column_stack([i, j, j + sides]), np.column_stack([i, j + sides, i + sides])])
    return Shape(vertices, faces.astype(np.uint32), np.zeros(len(faces), np.uint16), GREY)


def volume(surface: Surface) -> float:
    a, b, c = (surface.positions[surface.triangles[:, i]] for i in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)


def corner_normals(surface: Surface) -> NDArray[np.float64]:
    return surface.normals[surface.triangles]


def test_a_box_keeps_sharp_edges_and_its_volume() -> None:
    (surface,) = surfaces_of_shapes([box()])
    assert len(surface.positions) == 24  # three faces meet in each of eight corners
    assert np.isclose(volume(surface), 6.0)
    assert np.allclose(np.abs(surface.normals).max(axis=1), 1.0)


def test_a_tube_is_smooth() -> None:
    (surface,) = surfaces_of_shapes([tube()])
    radial = surface.positions.copy()
    radial[:, 2] = 0
    assert np.einsum("ij,ij->i", radial, surface.normals).min() > 0.99
    assert len(surface.positions) == 48


def test_shapes_together_are_as_each_alone() -> None:
    shapes = [box(), tube(), box(2, 2, 2), tube(7)]
    for together, shape in zip(surfaces_of_shapes(shapes), shapes, strict=True):
        (alone,) = surfaces_of_shapes([shape])
        assert np.array_equal(together.positions, alone.positions)
        assert np.array_equal(together.triangles, alone.triangles)
        assert np.allclose(together.normals, alone.normals)


def test_degenerate_triangles_go() -> None:
    whole = box()
    faces = np.concatenate([whole.faces, [[0, 0, 1], [2, 2, 2]]]).astype(np.uint32)
    (surface,) = surfaces_of_shapes([Shape(whole.vertices, faces, np.zeros(14, np.uint16), GREY)])
    assert len(surface.triangles) == 12


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(*[st.floats(0.01, 50.0)] * 3), min_size=1, max_size=5), st.floats(-3, 3))
def test_moving_and_joining_keeps_volume_and_features(sizes: list[tuple[float, float, float]], angle: float) -> None:
    surfaces = surfaces_of_shapes([box(*size) for size in sizes])
    matrix = np.eye(4)
    matrix[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    matrix[:3, 3] = (3.0, -4.0, 5.0)
    numbers = np.arange(len(sizes))
    matrices = np.stack([matrix] * len(sizes))
    whole = placed(surfaces, numbers, matrices, numbers)
    assert whole is not None
    boxes = placed_boxes(surfaces, numbers, matrices)
    for i in numbers:
        own = whole.positions[whole.features == i]
        assert (own >= boxes[i, 0] - 1e-9).all()
        assert (own <= boxes[i, 1] + 1e-9).all()
    assert np.isclose(volume(whole), sum(x * y * z for x, y, z in sizes))
    assert (whole.features[whole.triangles] == np.repeat(np.arange(len(sizes)), 12)[:, None]).all()
