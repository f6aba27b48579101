"""What a body is known by from one revision to the next: where it stands, how large it is, which corners it has."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.values.bodies import Bodies

STEP = 1e-4  # metres to which corners are rounded before they are compared
_AT_ONCE = 1_000_000  # corners that are placed at a time
_MIX = tuple(np.uint64(word) for word in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))


@dataclass(frozen=True, slots=True)
class Features:
    """Numbers of the elements of a model by feature row; NaN where an element has no corners.

    signatures : (n,) uint64, the same for the same set of placed corners, in whatever order; 0 without corners
    middles : (n, 3) float64, middle of the box in the local frame, metres
    sides : (n, 3) float64, lengths of the box along the local axes, metres
    volumes, areas : (n,) float64, cubic and square metres
    """

    signatures: NDArray[np.uint64]
    middles: NDArray[np.float64]
    sides: NDArray[np.float64]
    volumes: NDArray[np.float64]
    areas: NDArray[np.float64]

    def take(self, rows: NDArray[np.int64]) -> "Features":
        """Return the numbers of some rows."""
        return Features(
            self.signatures[rows], self.middles[rows], self.sides[rows], self.volumes[rows], self.areas[rows]
        )


def features(bodies: Bodies) -> Features:
    """Return what the elements of a model are known by."""
    count = len(bodies)
    signatures = np.zeros(count, np.uint64)
    lows, highs = np.full((count, 3), np.nan), np.full((count, 3), np.nan)
    for rows, corners, starts in _placed(bodies):
        signatures[rows] = np.add.reduceat(_hashes(corners), starts)
        lows[rows] = np.minimum.reduceat(corners, starts, axis=0)
        highs[rows] = np.maximum.reduceat(corners, starts, axis=0)
    volumes, areas = _sizes(bodies)
    return Features(signatures, (lows + highs) / 2, highs - lows, volumes[bodies.shapes], areas[bodies.shapes])


def _placed(bodies: Bodies) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]]:
    """Yield rows that have corners, all their corners in the local frame, and where each row's corners begin."""
    counts = np.diff(bodies.vertex_starts)[bodies.shapes]
    rows = np.nonzero(counts)[0]
    parts = np.cumsum(counts[rows]) // _AT_ONCE
    for part in np.split(rows, np.nonzero(np.diff(parts))[0] + 1):
        if not len(part):
            continue
        lengths = counts[part]
        starts = np.cumsum(lengths) - lengths
        owners = np.repeat(np.arange(len(part)), lengths)
        within = np.arange(len(owners)) - starts[owners]
        shapes = bodies.vertices[bodies.vertex_starts[bodies.shapes[part]][owners] + within]
        matrices = bodies.local_from_shape[part]
        corners = np.einsum("nij,nj->ni", matrices[owners, :3, :3], shapes) + matrices[owners, :3, 3]
        yield part, corners, starts


def _hashes(corners: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Return (n,) uint64: equal for corners that round to the same place; sums of them tell sets apart."""
    steps = np.rint(corners / STEP).astype(np.int64).view(np.uint64)
    mixed: NDArray[np.uint64] = steps[:, 0] * _MIX[0] + steps[:, 1] * _MIX[1] + steps[:, 2] * _MIX[2]
    for shift, word in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(word)
    mixed = mixed ^ (mixed >> np.uint64(31))
    return mixed | np.uint64(1)


def _sizes(bodies: Bodies) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return volume and area of every shape, cubic and square metres; the volume of an open one means little."""
    counts = np.diff(bodies.face_starts)
    owners = np.repeat(np.arange(len(counts)), counts)
    firsts = bodies.vertex_starts[:-1][owners]
    a, b, c = (bodies.vertices[firsts + bodies.faces[:, corner]] for corner in range(3))
    origins = bodies.vertices[firsts]  # far from nought the products would lose their digits
    normals = np.cross(b - a, c - a)
    areas = np.bincount(owners, np.linalg.norm(normals, axis=1) / 2, len(counts))
    volumes = np.bincount(owners, np.einsum("ni,ni->n", a - origins, normals) / 6, len(counts))
    return volumes.astype(np.float64), areas.astype(np.float64)
