"""The overlap of two convex bodies by cutting one with the planes of the other; it shares nothing with a kernel.

Points are (n, 3) float64, metres.  A body is its faces, each a loop of points counter-clockwise seen from outside.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Loop = NDArray[np.float64]
Plane = tuple[NDArray[np.float64], float]  # outward normal (3,), and its product with any point of the plane
NOTHING = 1e-12  # metres: points nearer than this to a plane are not cut off
ON = 1e-10  # metres: points nearer than this to a plane lie on it


@dataclass(frozen=True, slots=True)
class Overlap:
    """volume : cubic metres; depth : least width over the normals of the faces, metres; both 0 without an overlap."""

    volume: float
    depth: float


def box_faces(matrix: NDArray[np.float64], size: Sequence[float]) -> list[Loop]:
    """Return the faces of a box of that size, one corner at the origin of (4, 4) `matrix`."""
    corners = np.array([[i & 1, i >> 1 & 1, i >> 2 & 1] for i in range(8)]) * np.asarray(size)
    corners = corners @ matrix[:3, :3].T + matrix[:3, 3]
    loops = ((0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5))
    return [corners[list(loop)] for loop in loops]


def planes(faces: Sequence[Loop]) -> list[Plane]:
    """Return the planes of faces."""
    made = []
    for loop in faces:
        normal = np.cross(loop[1] - loop[0], loop[2] - loop[1])
        normal /= np.linalg.norm(normal)
        made.append((normal, float(normal @ loop[0])))
    return made


def overlap(a: Sequence[Loop], b: Sequence[Loop], grown: float = 0.0) -> Overlap:
    """Return the overlap of two convex bodies, the second with all its planes moved out by `grown` metres."""
    faces, normals = list(a), [normal for normal, _ in planes(a)]
    for normal, offset in planes(b):
        faces = _cut(faces, normal, offset + grown)
        normals.append(normal)
        if not faces:
            return Overlap(0.0, 0.0)
    points = np.concatenate(faces)
    kept = [n for n in normals if _has_face(faces, n)]
    middle = points.mean(axis=0)
    volume = sum(
        float(np.dot(loop[0] - middle, np.cross(loop[i] - middle, loop[i + 1] - middle))) / 6
        for loop in faces
        for i in range(1, len(loop) - 1)
    )
    return Overlap(volume, min((float(np.ptp(points @ n)) for n in kept), default=0.0))


def _has_face(faces: Sequence[Loop], normal: NDArray[np.float64]) -> bool:
    """Tell whether a face of more than nothing looks that way."""
    for loop in faces:
        area = sum(np.cross(loop[i] - loop[0], loop[i + 1] - loop[0]) for i in range(1, len(loop) - 1))
        size = float(np.linalg.norm(area))
        if size > 1e-9 and float(area @ normal) > (1 - 1e-9) * size:
            return True
    return False


def _cut(faces: Sequence[Loop], normal: NDArray[np.float64], offset: float) -> list[Loop]:
    """Return the faces of what lies below a plane, its lid included."""
    kept: list[Loop] = []
    rim: list[NDArray[np.float64]] = []
    for loop in faces:
        heights = loop @ normal - offset
        part: list[NDArray[np.float64]] = []
        for i, (point, height) in enumerate(zip(loop, heights, strict=True)):
            after, next_height = loop[(i + 1) % len(loop)], heights[(i + 1) % len(loop)]
            if height <= NOTHING:
                part.append(point)
            if (height < -NOTHING and next_height > NOTHING) or (height > NOTHING and next_height < -NOTHING):
                part.append(point + (after - point) * (height / (height - next_height)))
        if len(part) >= 3:
            kept.append(np.array(part))
        rim += [point for point in part if abs(point @ normal - offset) < ON]
    if any((np.abs(loop @ normal - offset) < ON).all() for loop in kept):
        return kept  # a face lies in the plane: it is the lid
    lid = _lid(rim, normal) if kept else None
    return [*kept, lid] if lid is not None else kept


def _lid(rim: Sequence[NDArray[np.float64]], normal: NDArray[np.float64]) -> Loop | None:
    """Return the rim of a cut as a loop around its middle, None where it encloses nothing."""
    points: list[NDArray[np.float64]] = []
    for point in rim:
        if all(np.linalg.norm(point - other) > 1e-10 for other in points):
            points.append(point)
    if len(points) < 3:
        return None
    found = np.array(points)
    arms = found - found.mean(axis=0)
    side = np.cross(normal, arms[0])
    return found[np.argsort(np.arctan2(arms @ side / np.linalg.norm(side), arms @ arms[0] / np.linalg.norm(arms[0])))]
