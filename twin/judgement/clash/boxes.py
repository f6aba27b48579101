"""Which elements come near each other at all: boxes against boxes, in time that grows with what is near, not with n².

An R-tree of the ground plan alone would hold every storey of a tower against every other; so the boxes are dealt to
layers of height, each with a tree of its own, and a pair belongs to the layer in which it first meets.
"""

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.values.bodies import Bodies

_VERTICES_AT_ONCE = 200_000
_BOXES_AT_ONCE = 4_000
_PAIRS_AT_ONCE = 4_000_000
_LAYERS = 256


def element_boxes(bodies: Bodies, frame_from_local: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (elements, 2, 3) least and greatest corner of each body in the frame, metres.

    NaN for a body without triangles, or with a coordinate that is no number.
    """
    boxes = np.full((len(bodies), 2, 3), np.nan)
    starts = bodies.vertex_starts[bodies.shapes]
    counts = bodies.vertex_starts[bodies.shapes + 1] - starts
    triangles = bodies.face_starts[bodies.shapes + 1] - bodies.face_starts[bodies.shapes]
    matrices = frame_from_local @ bodies.local_from_shape
    drawn = np.flatnonzero((counts > 0) & (triangles > 0))
    for rows in _runs(drawn, counts[drawn]):
        sizes = counts[rows]
        begins = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        numbers = np.arange(sizes.sum()) + np.repeat(starts[rows] - begins, sizes)
        turned = np.repeat(matrices[rows], sizes, axis=0)
        with np.errstate(invalid="ignore", over="ignore"):
            points = np.einsum("nij,nj->ni", turned[:, :3, :3], bodies.vertices[numbers]) + turned[:, :3, 3]
        boxes[rows, 0] = np.minimum.reduceat(points, begins)
        boxes[rows, 1] = np.maximum.reduceat(points, begins)
    boxes[~np.isfinite(boxes).all(axis=(1, 2))] = np.nan
    return boxes


def near_pairs(
    boxes: NDArray[np.float64], reach: NDArray[np.float64], first: NDArray[np.bool_], second: NDArray[np.bool_]
) -> Iterator[NDArray[np.int64]]:
    """Yield (p, 2) pairs i < j of different elements whose boxes are no further apart on any axis than both may reach.

    Each pair comes once; not in order.

    boxes : (n, 2, 3), metres; boxes of NaN are near nothing
    reach : (n,) metres
    first, second : (n,) of each pair one element is in `first`, the other one in `second`
    """
    there = np.isfinite(boxes).all(axis=(1, 2))
    asked, other = np.flatnonzero(first & there), np.flatnonzero(second & there)
    if not len(asked) or not len(other):
        return
    both = first & second
    wide = boxes + reach[:, None, None] * np.array([-1.0, 1.0])[None, :, None]
    cuts = _layer_cuts(wide[np.union1d(asked, other)])
    top_of = np.searchsorted(cuts, wide[:, 1, 2], side="right")
    bottom_of = np.searchsorted(cuts, wide[:, 0, 2], side="right")
    for layer in range(len(cuts) + 1):
        here = [rows[(bottom_of[rows] <= layer) & (top_of[rows] >= layer)] for rows in (asked, other)]
        if not len(here[0]) or not len(here[1]):
            continue
        for pairs in _layer_pairs(wide, here[0], here[1]):
            i, j = pairs[:, 0], pairs[:, 1]
            twice = both[i] & both[j] & (i > j)  # will come, or came, the other way round
            once = (np.maximum(bottom_of[i], bottom_of[j]) == layer) & (i != j) & ~twice
            found = np.sort(pairs[once], axis=1)
            gap = (boxes[found[:, 1], 0] - boxes[found[:, 0], 1], boxes[found[:, 0], 0] - boxes[found[:, 1], 1])
            allowed = np.minimum(reach[found[:, 0]], reach[found[:, 1]])[:, None]
            yield found[(np.maximum(*gap) <= allowed).all(axis=1)]


def _runs(rows: NDArray[np.int64], sizes: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Yield the rows in portions of about so many vertices."""
    portion = np.cumsum(sizes) // _VERTICES_AT_ONCE
    yield from np.split(rows, np.flatnonzero(np.diff(portion)) + 1) if len(rows) else ()


def _layer_cuts(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return heights that deal the boxes to as many layers as can be without many a box in several of them."""
    best = np.zeros(0)
    layers = 2
    while layers <= min(_LAYERS, len(boxes) // 16):
        cuts = np.unique(np.quantile(boxes[:, 0, 2], np.arange(1, layers) / layers))
        spans = np.searchsorted(cuts, boxes[:, 1, 2], "right") - np.searchsorted(cuts, boxes[:, 0, 2], "right") + 1
        if spans.sum() > 3 * len(boxes):
            break
        best, layers = cuts, layers * 2
    return best


def _layer_pairs(
    wide: NDArray[np.float64], asked: NDArray[np.int64], other: NDArray[np.int64]
) -> Iterator[NDArray[np.int64]]:
    """Yield (p, 2) pairs (asked, other) whose widened boxes overlap in plan and height, in bounded portions."""
    plans = shapely.box(wide[other, 0, 0], wide[other, 0, 1], wide[other, 1, 0], wide[other, 1, 1])
    tree = shapely.STRtree(plans)
    step = _BOXES_AT_ONCE
    start = 0
    while start < len(asked):
        rows = asked[start : start + step]
        boxes = shapely.box(wide[rows, 0, 0], wide[rows, 0, 1], wide[rows, 1, 0], wide[rows, 1, 1])
        number, met = tree.query(boxes)
        start += len(rows)
        if len(number) > _PAIRS_AT_ONCE:  # crowded: ask for fewer at a time from here on
            step = max(1, step // 4)
        i, j = rows[number], other[met]
        yield np.stack([i, j], axis=1)[(wide[i, 0, 2] <= wide[j, 1, 2]) & (wide[j, 0, 2] <= wide[i, 1, 2])]
