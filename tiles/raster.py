"""Triangles → pixels without a graphics card: a z-buffer in numpy, rows of all triangles at a time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.values.topic import Camera

NEAR = 0.02  # metres before the camera
MOST_FRAGMENTS = 3_000_000  # that are worked on at a time


@dataclass(frozen=True, slots=True)
class View:
    """A camera with the size of its picture, pixels.

    axes : (3, 3), rows: right, up, forward in the world
    """

    position: NDArray[np.float64]
    axes: NDArray[np.float64]
    perspective: bool
    scale: float  # pixels per metre (at 1 m from the camera where it is perspective)
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Layer:
    """What is nearest in each pixel.

    near : (height, width) float32, greater is nearer: 1/depth (perspective) or -depth; linear along any plane
    which : (height, width) int32, the row of `normals`; -1 where there is nothing
    normals : (k + 1, 3) float32, right/up/forward, of each triangle, turned to the camera; the last row is 0
    """

    near: NDArray[np.float32]
    which: NDArray[np.int32]
    normals: NDArray[np.float32]


def view_of(camera: Camera, width: int, height: int) -> View:
    """Return the view of a camera; its field of view is the vertical one."""
    forward = _unit(np.asarray(camera.direction, np.float64))
    right = np.cross(forward, np.asarray(camera.up, np.float64))
    if np.linalg.norm(right) < 1e-9:
        right = np.cross(forward, np.array([0.0, 1.0, 0.0]) if abs(forward[2]) > 0.9 else np.array([0.0, 0.0, 1.0]))
    right = _unit(right)
    if camera.field_of_view is not None:
        scale = height / 2 / np.tan(np.radians(camera.field_of_view) / 2)
    else:
        scale = height / (camera.view_height or 1.0)
    return View(
        position=np.asarray(camera.position, np.float64),
        axes=np.array([right, np.cross(right, forward), forward]),
        perspective=camera.field_of_view is not None,
        scale=float(scale),
        width=width,
        height=height,
    )


def draw(view: View, vertices: NDArray[np.float64], faces: NDArray[np.integer], nearest: float = NEAR) -> Layer:
    """Return what is nearest in each pixel.

    vertices : (n, 3) metres, in the camera's frame of reference (the world)
    faces : (m, 3), any way round
    nearest : what lies less far before the camera is cut off, metres
    """
    seen = (vertices - view.position) @ view.axes.T
    triangles = _cut(seen[faces], max(nearest, NEAR))
    near, which = _fill(view, _projected(view, triangles))
    normals = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    normals = normals / np.where(length > 0, length, 1.0)
    away = (normals * triangles[:, 0]).sum(axis=1) > 0 if view.perspective else normals[:, 2] > 0
    normals[away] *= -1
    table = np.concatenate([normals, np.zeros((1, 3))]).astype(np.float32)
    return Layer(near, which, table)


def front(view: View, layer: Layer) -> float | None:
    """Return metres from the camera to the nearest pixel; None where nothing is drawn."""
    nearest = float(layer.near.max(initial=-np.inf))
    if not np.isfinite(nearest):
        return None
    return 1 / nearest if view.perspective else -nearest


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(vector / np.linalg.norm(vector))


def _cut(triangles: NDArray[np.float64], nearest: float) -> NDArray[np.float64]:
    """Return the parts of the triangles, (m, 3, 3) right/up/depth, that lie beyond `nearest`."""
    inside = triangles[:, :, 2] > nearest
    count = inside.sum(axis=1)
    parts = [triangles[count == 3]]
    for kept in (1, 2):
        chosen = count == kept
        # turn each so that the odd corner out comes first
        odd = np.argmax(inside[chosen] if kept == 1 else ~inside[chosen], axis=1)
        order = (odd[:, None] + np.arange(3)) % 3
        corner = np.take_along_axis(triangles[chosen], order[:, :, None], axis=1)
        first, second, third = corner[:, 0], corner[:, 1], corner[:, 2]
        at_second = _crossing(first, second, nearest)
        at_third = _crossing(first, third, nearest)
        if kept == 1:
            parts.append(np.stack([first, at_second, at_third], axis=1))
        else:
            parts.append(np.stack([at_second, second, third], axis=1))
            parts.append(np.stack([at_second, third, at_third], axis=1))
    return np.concatenate(parts)


def _crossing(a: NDArray[np.float64], b: NDArray[np.float64], nearest: float) -> NDArray[np.float64]:
    """Return where the lines from a to b, (k, 3), cross the plane at depth `nearest`."""
    share = (nearest - a[:, 2]) / (b[:, 2] - a[:, 2])
    return np.asarray(a + share[:, None] * (b - a))


def _projected(view: View, triangles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (m, 3, 3): column, row (pixels) and nearness of the corners."""
    near = 1 / triangles[:, :, 2] if view.perspective else -triangles[:, :, 2]
    scale = view.scale * near if view.perspective else view.scale
    columns = view.width / 2 + triangles[:, :, 0] * scale
    rows = view.height / 2 - triangles[:, :, 1] * scale
    return np.stack([columns, rows, near], axis=2)


def _fill(view: View, corners: NDArray[np.float64]) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Return nearness and number of the nearest triangle of each pixel, (height, width); -1 where there is none."""
    near = np.full(view.height * view.width, -np.inf, np.float32)
    which = np.full(view.height * view.width, -1, np.int32)
    low, high = corners.min(axis=1), corners.max(axis=1)
    size = np.array([view.width, view.height])
    shown = np.flatnonzero(np.all((high[:, :2] > 0) & (low[:, :2] < size), axis=1))
    first = np.clip(np.ceil(low[shown, 1] - 0.5), 0, view.height).astype(np.int64)
    last = np.clip(np.ceil(high[shown, 1] - 0.5), 0, view.height).astype(np.int64)
    # as many triangles at a time as their boxes have pixels for
    wide = np.clip(high[shown, 0], 0, view.width) - np.clip(low[shown, 0], 0, view.width) + 1
    ends = np.cumsum((last - first + 1) * wide) // MOST_FRAGMENTS
    for part in np.split(np.arange(len(shown)), np.flatnonzero(np.diff(ends)) + 1):
        if len(part):
            _fill_some(view, corners, shown[part], first[part], last[part], (near, which))
    shape = (view.height, view.width)
    return near.reshape(shape), which.reshape(shape)


def _fill_some(
    view: View,
    corners: NDArray[np.float64],
    shown: NDArray[np.int64],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    buffers: tuple[NDArray[np.float32], NDArray[np.int32]],
) -> None:
    """Fill the rows `first` to `last` (the latter left out) of the triangles `shown` into the buffers."""
    near, which = buffers
    of, row = _runs(first, last - first)
    starts, ends = _spans(corners[shown], of, row.astype(np.float64) + 0.5)
    left = np.clip(np.ceil(starts - 0.5), 0, view.width).astype(np.int64)
    right = np.clip(np.ceil(ends - 0.5), 0, view.width).astype(np.int64)
    span, column = _runs(left, right - left)
    if not len(span):
        return
    plane = _planes(corners[shown])
    at_start = plane[of, 0] + plane[of, 1] * (left + 0.5) + plane[of, 2] * (row + 0.5)
    slope = plane[of, 1]
    value = (at_start[span] + slope[span] * (column - left[span])).astype(np.float32)
    flat = corners[shown][:, :, 2]
    owner = of[span]
    value = np.clip(value, flat.min(axis=1).astype(np.float32)[owner], flat.max(axis=1).astype(np.float32)[owner])
    pixel = row[span] * view.width + column
    ahead = value > near[pixel]
    pixel, value, owner = pixel[ahead], value[ahead], owner[ahead]
    np.maximum.at(near, pixel, value)
    won = value == near[pixel]
    which[pixel[won]] = shown[owner[won]]


def _runs(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for runs of whole numbers: which run each member belongs to, and the members."""
    counts = np.maximum(counts, 0)
    of = np.repeat(np.arange(len(counts)), counts)
    before = np.cumsum(counts) - counts
    return of, np.arange(len(of)) - before[of] + starts[of]


def _spans(
    corners: NDArray[np.float64], of: NDArray[np.int64], middle: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where the lines at height `middle` enter and leave their triangles; pixels."""
    starts, ends = np.full(len(of), np.inf), np.full(len(of), -np.inf)
    for a, b in ((0, 1), (1, 2), (2, 0)):
        p, q = corners[:, a], corners[:, b]
        rise = q[:, 1] - p[:, 1]
        slope = (q[:, 0] - p[:, 0]) / np.where(rise == 0, 1.0, rise)
        low, high = np.minimum(p[:, 1], q[:, 1]), np.maximum(p[:, 1], q[:, 1])
        crossed = (low[of] <= middle) & (middle < high[of])
        at = p[of, 0] + (middle - p[of, 1]) * slope[of]
        starts = np.where(crossed, np.minimum(starts, at), starts)
        ends = np.where(crossed, np.maximum(ends, at), ends)
    nothing = ends < starts
    starts[nothing] = ends[nothing] = 0.0
    return starts, ends


def _planes(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (m, 3): nearness at pixel (0, 0) and its change per column and per row."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    ab, ac = b - a, c - a
    area = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
    safe = np.where(np.abs(area) > 1e-12, area, np.inf)
    across = (ab[:, 2] * ac[:, 1] - ac[:, 2] * ab[:, 1]) / safe
    down = (ab[:, 0] * ac[:, 2] - ac[:, 0] * ab[:, 2]) / safe
    return np.stack([a[:, 2] - across * a[:, 0] - down * a[:, 1], across, down], axis=1)
