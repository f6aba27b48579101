"""Where a clash is looked at from: it fills enough of the picture, is in its middle, and is seen from above."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.judgement.clash.framing import framing
from twin.values.topic import Camera

sizes = st.floats(0.01, 20.0)
places = st.floats(-1e6, 1e6)


def corners(box: np.ndarray) -> np.ndarray:
    return np.array([[box[i, 0], box[j, 1], box[k, 2]] for i in (0, 1) for j in (0, 1) for k in (0, 1)])


def on_picture(camera: Camera, points: np.ndarray) -> np.ndarray:
    """Return points as right and up, -1 to 1 over the picture, and depth: by the words of the BCF specification."""
    forward = np.array(camera.direction)
    up = np.array(camera.up)
    right = np.cross(forward, up)
    seen = (points - np.array(camera.position)) @ np.array([right, up, forward]).T
    assert camera.field_of_view is not None
    assert camera.aspect is not None
    half = math.tan(math.radians(camera.field_of_view) / 2)
    return np.stack([seen[:, 0] / seen[:, 2] / half / camera.aspect, seen[:, 1] / seen[:, 2] / half, seen[:, 2]], 1)


@given(
    st.tuples(places, places, places),
    st.tuples(sizes, sizes, sizes),
    st.tuples(sizes, sizes, sizes),
    st.sampled_from([4 / 3, 0.5, 2.0]),
    st.sampled_from([45.0, 60.0, 100.0]),
)
@settings(max_examples=40, deadline=None)
def test_a_clash_is_whole_and_large_enough(
    at: tuple[float, ...], size: tuple[float, ...], around: tuple[float, ...], aspect: float, fov: float
) -> None:
    middle, half = np.array(at), np.array(size) / 2
    clash = np.array([middle - half, middle + half])
    element = np.array([clash[0] - around, clash[1]])
    camera = framing(clash, [element, clash], fov=fov, aspect=aspect)
    forward, up = np.array(camera.direction), np.array(camera.up)
    assert np.linalg.norm(forward) == pytest.approx(1)
    assert np.linalg.norm(up) == pytest.approx(1)
    assert forward @ up == pytest.approx(0, abs=1e-9)
    seen = on_picture(camera, corners(clash))
    assert (seen[:, 2] > 0).all()
    assert (np.abs(seen[:, :2]) < 1).all()
    assert on_picture(camera, middle[None])[0, :2] == pytest.approx([0, 0], abs=1e-4)
    radius = np.linalg.norm(half)
    if radius > 0.1:  # a ball around the clash, as a share of the shorter side of the picture
        distance = np.linalg.norm(np.array(camera.position) - middle)
        assert radius / distance / (math.tan(math.radians(fov) / 2) * min(1.0, aspect)) > 0.1


def test_both_elements_are_seen_where_they_are_not_too_large() -> None:
    clash = np.array([[0.0, 0, 0], [1, 1, 1]])
    pipe, wall = np.array([[-3.0, 0, 0], [4, 1, 1]]), np.array([[0.0, -2, -2], [1, 3, 3]])
    camera = framing(clash, [pipe, wall])
    for element in (pipe, wall):
        assert (np.abs(on_picture(camera, corners(element))[:, :2]) <= 1).all()


def test_a_small_clash_of_a_long_wall_is_not_lost_in_the_picture() -> None:
    clash, wall = np.array([[0.0, 0, 0], [0.3, 0.3, 0.3]]), np.array([[-50.0, 0, -1], [50, 0.3, 3]])
    camera = framing(clash, [wall, clash])
    shown = on_picture(camera, corners(clash))[:, 1]
    assert np.ptp(shown) / 2 > 0.08  # of the height of the picture: the ball around it has more than 0.1


def test_a_free_side_is_looked_at_from_above() -> None:
    clash = np.array([[9.0, 0, 3], [10, 1, 4]])
    slab = np.array([[0.0, -50, 0], [10, 51, 4]])  # free at +x and on top
    camera = framing(clash, [slab])
    assert camera.position[0] > 10
    assert camera.position[2] > 4
    under = framing(np.array([[5.0, 5, 0], [6, 6, 0.1]]), [np.array([[0.0, 0, 0], [10, 10, 9]])])
    assert under.position[2] < 0


def test_a_view_straight_down_has_an_up() -> None:
    camera = framing([[0, 0, 0], [1, 1, 1]], up=(0.6, 0.0, 0.8))
    assert np.isfinite(camera.up).all()
