"""Boxes of elements, and which of them are near each other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.clash.shapes import Array, bodies, box, pose
from twin.judgement.clash import boxes as module
from twin.judgement.clash.boxes import element_boxes, near_pairs


def all_pairs(boxes: Array, reach: Array, first: NDArray[np.bool_], second: NDArray[np.bool_]) -> set[tuple[int, int]]:
    found = set()
    for i in range(len(boxes)):
        for j in range(i + 1, len(boxes)):
            gap = np.maximum(boxes[i, 0] - boxes[j, 1], boxes[j, 0] - boxes[i, 1]).max()
            asked = (first[i] and second[j]) or (first[j] and second[i])
            if asked and gap <= min(reach[i], reach[j]):
                found.add((i, j))
    return found


def test_boxes_of_turned_bodies_in_another_frame() -> None:
    meshes = [box((1, 2, 3)), box((0.1, 0.1, 4), (5, 5, 5))]
    places = [pose((0, 0, 0.3), (1, 2, 3)), pose((1, 2, 0.5), (4e6, -5e5, 9))]
    frame = pose((0.1, 0.2, 0.3), (7, 8, 9))
    found = bodies(meshes, places)
    for row, result in enumerate(element_boxes(found, frame)):
        vertices = found.mesh(row)[0] @ frame[:3, :3].T + frame[:3, 3]
        assert np.allclose(result, [vertices.min(axis=0), vertices.max(axis=0)], rtol=0, atol=1e-8)


def test_boxes_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    meshes = [box((1, 1, 1 + k), (k, 0, 0)) for k in range(20)]
    whole = element_boxes(bodies(meshes), np.eye(4))
    monkeypatch.setattr(module, "_VERTICES_AT_ONCE", 20)
    assert np.array_equal(element_boxes(bodies(meshes), np.eye(4)), whole)
    assert np.array_equal(whole[:, 1, 2], 1 + np.arange(20))


def test_no_box_without_triangles_or_with_coordinates_that_are_no_numbers() -> None:
    broken = box()
    broken[0][3, 1] = np.nan
    far = box()
    far[0][0, 0] = np.inf
    bare = (box()[0], np.zeros((0, 3), np.int64))
    empty = (np.zeros((0, 3)), np.zeros((0, 3), np.int64))
    found = element_boxes(bodies([broken, empty, box(), bare, far, empty]), np.eye(4))
    assert np.isnan(found).all(axis=(1, 2)).tolist() == [True, True, False, True, True, True]
    assert len(list(near_pairs(found, np.ones(6), np.ones(6, bool), np.ones(6, bool)))) <= 1


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 150), st.sampled_from(["flat", "tower", "cube"]))
def test_pairs_are_those_of_the_plain_double_loop(seed: int, count: int, form: str) -> None:
    random = np.random.default_rng(seed)
    extent = {"flat": (20, 20, 1), "tower": (2, 2, 100), "cube": (6, 6, 6)}[form]
    low = random.uniform(0, 1, (count, 3)) * extent
    size = random.choice([0.0, 0.1, 1.0, 30.0], (count, 3), p=[0.1, 0.4, 0.4, 0.1])
    boxes = np.stack([low, low + size], axis=1).round(1)  # rounded: many touch exactly
    boxes[random.uniform(size=count) < 0.05] = np.nan
    reach = random.choice([0.0, 0.3, 2.0], count)
    first, second = random.uniform(size=(2, count)) < 0.6
    found = [tuple(pair) for pairs in near_pairs(boxes, reach, first, second) for pair in pairs.tolist()]
    assert len(found) == len(set(found))
    assert set(found) == all_pairs(boxes, reach, first, second)


def test_a_tower_of_ten_thousand_boxes_is_not_every_storey_against_every_other() -> None:
    """Work is counted, not timed: what the trees hand over per element stays the same."""
    handed = []
    for storeys in (25, 100):
        plan = np.stack(np.meshgrid(np.arange(10), np.arange(10), np.arange(storeys)), axis=-1).reshape(-1, 3) * 1.0
        boxes = np.stack([plan, plan + 1.05], axis=1)
        everything = np.ones(len(boxes), bool)
        layers = len(module._layer_cuts(boxes)) + 1
        handed.append(storeys / layers)
        pairs = sum(len(p) for p in near_pairs(boxes, np.zeros(len(boxes)), everything, everything))
        assert 10 * len(boxes) < pairs < 13 * len(boxes)
    assert handed[1] < 8
