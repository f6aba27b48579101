"""Ends of pipes, ducts and trays: where two elements of one run meet."""

import numpy as np
from numpy.typing import NDArray

from twin.judgement.clash.select import Columns

Array = NDArray[np.float64]
MARGIN = 0.02  # metres that an end may stop short of what it meets, or stand out of it
COMPACT = 1.5  # what is not longer than this many times its width has ends on every side: a fitting


def meet_at_an_end(columns: Columns, i: int, j: int) -> bool:
    """Say whether an end of one of two elements lies in or at the other; two that cross midway do not meet."""
    return _ends_in(columns, i, j) or _ends_in(columns, j, i)


def _ends_in(columns: Columns, i: int, j: int) -> bool:
    """Say whether the middle of an end of `i` lies in the box around `j`, in the axes of its shape."""
    ends = _ends(columns, i)
    model, row = columns.place(j)
    shape_from_frame = np.linalg.inv(model.frame_from_local @ model.bodies.local_from_shape[row])
    low, high = _extent(columns, j)
    there = ends @ shape_from_frame[:3, :3].T + shape_from_frame[:3, 3]
    return bool(((there >= low - MARGIN) & (there <= high + MARGIN)).all(axis=1).any())


def _ends(columns: Columns, element: int) -> Array:
    """Return (k, 3) the middles of the ends of an element, frame: of its two far ends, of all sides of a fitting."""
    model, row = columns.place(element)
    low, high = _extent(columns, element)
    size, middle = high - low, (low + high) / 2
    axes = [int(np.argmax(size))] if size.max() > COMPACT * np.sort(size)[1] else [0, 1, 2]
    points = []
    for axis in axes:
        for side in (low, high):
            point = middle.copy()
            point[axis] = side[axis]
            points.append(point)
    frame_from_shape = model.frame_from_local @ model.bodies.local_from_shape[row]
    moved: Array = np.array(points) @ frame_from_shape[:3, :3].T + frame_from_shape[:3, 3]
    return moved


def _extent(columns: Columns, element: int) -> tuple[Array, Array]:
    """Return the least and greatest corner of an element, in the axes of its shape."""
    model, row = columns.place(element)
    vertices = model.bodies.shape_mesh(int(model.bodies.shapes[row]))[0]
    return vertices.min(axis=0), vertices.max(axis=0)
