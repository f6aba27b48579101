"""Repeated geometry: copies are found however they are turned, and nothing else is."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ifc_import.repeats import TOLERANCE, find_repeats

BOX = np.array([[x, y, z] for x in (0.0, 1.0) for y in (0.0, 2.0) for z in (0.0, 3.0)])
FACES = np.array([[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1], [2, 3, 7], [2, 7, 6]], np.uint32)


def rigid(turn: tuple[float, float, float], shift: tuple[float, float, float]) -> NDArray[np.float64]:
    """Return a (4, 4) rigid matrix from three angles and a shift."""
    a, b, c = turn
    rx = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    ry = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    rz = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    matrix = np.eye(4)
    matrix[:3, :3] = rx @ ry @ rz
    matrix[:3, 3] = shift
    return matrix


angles = st.tuples(*[st.floats(-3.1, 3.1)] * 3)
shifts = st.tuples(*[st.floats(-1e4, 1e4)] * 3)


@settings(max_examples=60, deadline=None)
@given(angles, shifts)
def test_what_is_called_a_copy_lands_on_its_mesh(
    turn: tuple[float, float, float], shift: tuple[float, float, float]
) -> None:
    matrix = rigid(turn, shift)
    moved = BOX @ matrix[:3, :3].T + matrix[:3, 3]
    of, back = find_repeats([BOX, moved], [FACES, FACES], [b"", b""])
    placed = BOX @ back[1][:3, :3].T + back[1][:3, 3] if of[1] == 0 else moved
    assert np.abs(placed - moved).max() < 10 * TOLERANCE


def test_a_turned_copy_is_found() -> None:
    matrix = rigid((0.0, 0.0, 1.0), (5.0, 6.0, 7.0))
    of, _ = find_repeats([BOX, BOX @ matrix[:3, :3].T + matrix[:3, 3]], [FACES, FACES], [b"", b""])
    assert of.tolist() == [0, 0]


def test_mirrored_scaled_recoloured_and_other_meshes_are_no_copies() -> None:
    skewed = BOX.copy()
    skewed[7] += (0.002, 0.0, 0.0)
    meshes = [BOX, BOX * (-1, 1, 1), BOX * (1, 1, 1.001), skewed, BOX]
    of, _ = find_repeats(meshes, [FACES] * 5, [b"a", b"a", b"a", b"a", b"b"])
    # a mirrored box with the same vertex order has turned-over faces: it must not be drawn as the original
    assert of.tolist() == [0, 1, 2, 3, 4]


def test_flat_and_degenerate_meshes_are_left_alone() -> None:
    line = np.array([[0.0, 0, 0], [1, 0, 0], [2, 0, 0], [3, 0, 0]])
    of, moved = find_repeats([line, line + 5.0], [FACES[:1]] * 2, [b"", b""])
    assert of.tolist() == [0, 1]
    assert np.array_equal(moved[1], np.eye(4))
