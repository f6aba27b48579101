"""The glb writer: what an independent decoder reads is what was put in, to half a grid step."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.glb_decoder import decode
from tests.ifc_import.test_repeats import rigid
from tests.tiles.test_geometry import box, tube
from tiles.geometry import Surface, placed, surfaces_of_shapes
from tiles.glb import STEPS, Columns, Instanced, quaternions, write_glb

angles = st.tuples(*[st.floats(-3.1, 3.1)] * 3)


def columns(count: int) -> Columns:
    ids = [f"{i:022}" for i in range(count)]
    return Columns(ids, ["IfcWall"] * count, ["二层"] * count, np.arange(count, dtype=np.uint32) + 7)


def moved(surface: Surface, matrix: NDArray[np.float64]) -> Surface:
    whole = placed([surface], np.zeros(1, np.int64), matrix[None], np.zeros(1, np.int64))
    assert whole is not None
    return whole


@pytest.mark.parametrize("size", [1.0, 20.0, 40.0, 64.0, 500.0])
def test_positions_survive_to_half_a_step(size: float) -> None:
    (surface,) = surfaces_of_shapes([box(size, size / 2, 3.0)])
    surface = moved(surface, rigid((0.1, 0.2, 0.3), (1234.5, -77.0, 9.0)))
    (part,) = decode(write_glb(surface, (), columns(1))).parts
    extent = np.ptp(surface.positions, axis=0).max()
    step = next((s for s in STEPS if extent / s <= 65535), None)
    allowed = step / 2 if step else 4e-5  # float32 about the middle of 500 m
    nearest = np.abs(part.positions[:, None] - surface.positions[None]).max(axis=2).min(axis=1)
    assert nearest.max() <= allowed * 1.01
    assert len(part.triangles) == 12


@settings(max_examples=30, deadline=None)
@given(st.lists(angles, min_size=1, max_size=6))
def test_instances_are_drawn_where_they_stand(turns: list[tuple[float, float, float]]) -> None:
    (surface,) = surfaces_of_shapes([tube()])
    matrices = np.stack([rigid(turn, (5.0 * i, 2.0, -1.0)) for i, turn in enumerate(turns)])
    glb = decode(write_glb(None, [Instanced(surface, matrices, np.arange(len(turns)))], columns(len(turns))))
    found = glb.triangles_of()
    for i, matrix in enumerate(matrices):
        expected = moved(surface, matrix)
        triangles = expected.positions[expected.triangles]
        assert np.abs(found[f"{i:022}"] - triangles).max() < 0.002


def test_the_property_table_reads_back() -> None:
    surfaces = surfaces_of_shapes([box(), tube()])
    whole = placed(surfaces, np.arange(2), np.stack([np.eye(4)] * 2), np.arange(2))
    glb = decode(write_glb(whole, (), columns(2)))
    assert glb.table["row"] == [7, 8]
    assert glb.table["storey"] == ["二层", "二层"]
    assert glb.table["global_id"] == [f"{i:022}" for i in range(2)]


@settings(max_examples=60, deadline=None)
@given(angles)
def test_quaternions_turn_as_their_matrices(turn: tuple[float, float, float]) -> None:
    rotation = rigid(turn, (0, 0, 0))[:3, :3]
    x, y, z, w = quaternions(rotation[None])[0]
    again = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    assert np.allclose(again, rotation, atol=1e-12)


def test_half_turns_have_quaternions_too() -> None:
    for diagonal in ((1, -1, -1), (-1, 1, -1), (-1, -1, 1)):
        assert np.isclose(np.abs(quaternions(np.diag(diagonal).astype(float)[None])).max(), 1.0)
