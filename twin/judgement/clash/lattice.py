"""Lattices of points, and which of them lie in a surface: by how often their rows go in and out of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.judgement.clash.winding import winding_numbers

INSIDE = 0.5 + 1e-6  # of a winding: more is inside
_AT_ONCE = 2_000_000
_EDGE = 1e-9  # of a triangle: a row so near its edge may miss it and its neighbour, or meet both


@dataclass(frozen=True, slots=True)
class Lattice:
    """Points in the middle of so many cells along each axis of a box, metres."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    count: int

    @property
    def cell(self) -> float:
        """The volume each point stands for, cubic metres."""
        return float((self.high - self.low).prod()) / max(1, self.count) ** 3

    def along(self, axis: int) -> NDArray[np.float64]:
        """Return (count,) where the points lie along an axis, metres."""
        size = self.high[axis] - self.low[axis]
        places: NDArray[np.float64] = self.low[axis] + (np.arange(self.count) + 0.5) / max(1, self.count) * size
        return places

    def points(self) -> NDArray[np.float64]:
        """Return (count³, 3) all points, metres."""
        return np.stack(np.meshgrid(*(self.along(k) for k in range(3)), indexing="ij"), axis=-1).reshape(-1, 3)


def within(points: NDArray[np.float64], triangles: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return (n,) around which points triangles wind more than half."""
    return np.asarray(np.abs(winding_numbers(points, triangles)) > INSIDE)


def lattice_within(
    lattice: Lattice, triangles: NDArray[np.float64], asked: NDArray[np.bool_] | None = None
) -> NDArray[np.bool_]:
    """Return (count³,) which points of a lattice lie in a surface of (m, 3, 3) triangles.

    Rows along each axis that leave the surface as often as they enter it, through no edge, tell of all their points.
    Where two axes do not agree, or only one can tell, the winding number decides.

    asked : (count³,) of which points that matters; the others are not inside
    """
    n = lattice.count
    told, inside = np.zeros((n, n, n), np.int64), np.zeros((n, n, n), np.int64)
    for axis in range(3):
        turns, closed = _rows(lattice, triangles, axis)
        told += np.moveaxis(closed[:, :, None] & np.ones(n, bool), 2, axis)
        inside += np.moveaxis(closed[:, :, None] & (turns != 0), 2, axis)
    wanted = np.ones(n**3, bool) if asked is None else asked
    found: NDArray[np.bool_] = (inside.ravel() == told.ravel()) & wanted
    doubtful = np.flatnonzero(wanted & ((told.ravel() < 2) | ((inside.ravel() > 0) & ~found)))
    if len(doubtful):
        found[doubtful] = within(lattice.points()[doubtful], triangles)
    return found


def _rows(lattice: Lattice, triangles: NDArray[np.float64], axis: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return (count, count, count) how often triangles wind around the points of each row along an axis, which comes
    last, and (count, count) of which rows that can be told."""
    n = lattice.count
    across = [k for k in range(3) if k != axis]
    turns = np.zeros((n * n, n + 1), np.int64)
    if n == 0:
        return turns[:, :0].reshape(n, n, n), np.zeros((n, n), bool)
    plan = np.stack(np.meshgrid(*(lattice.along(k) for k in across), indexing="ij"), axis=-1).reshape(-1, 2)
    flat, heights = triangles[:, :, across], triangles[:, :, axis]
    a, u, v = flat[:, 0], flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0]
    area = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    kept = np.flatnonzero(area)
    a, u, v, area, heights = a[kept], u[kept], v[kept], area[kept], heights[kept]
    places, edged = lattice.along(axis), np.zeros(n * n, bool)
    for start in range(0, n * n, max(1, _AT_ONCE // max(1, len(kept)))):
        some = plan[start : start + max(1, _AT_ONCE // max(1, len(kept)))]
        x, y = some[:, None, 0] - a[:, 0], some[:, None, 1] - a[:, 1]
        beta = (x * v[:, 1] - y * v[:, 0]) / area
        gamma = (u[:, 0] * y - u[:, 1] * x) / area
        margin = np.minimum(np.minimum(beta, gamma), 1 - beta - gamma)
        edged[start : start + len(some)] = (np.abs(margin) < _EDGE).any(axis=1)
        row, met = np.nonzero(margin > 0)
        b, c = beta[row, met], gamma[row, met]
        at = heights[met, 0] * (1 - b - c) + heights[met, 1] * b + heights[met, 2] * c
        below = np.searchsorted(places, at)  # so many points of the row lie before this face
        np.add.at(turns, (row + start, below), np.where(area[met] > 0, 1, -1))
    closed = (turns.sum(axis=1) == 0) & ~edged
    # around a point wind the faces behind it: those that more points than it lie before
    behind = np.cumsum(turns[:, ::-1], axis=1)[:, ::-1][:, 1:]
    return behind.reshape(n, n, n), closed.reshape(n, n)
