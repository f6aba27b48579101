"""Finding repeated geometry: meshes in world coordinates in, unique shapes and rigid placements out.

The fast kernel returns world coordinates, which hides that 40 windows are one window.  Two meshes are repeats when they
have the same faces and the same vertices up to a rotation and a translation, compared in full to `TOLERANCE`, never by
hash alone.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

TOLERANCE = 5e-5  # metres: clashes are decided to 0.1 mm, and a pair may hold two copies that are not quite the same
FEWEST_VERTICES = 4


def find_repeats(
    vertices: Sequence[NDArray[np.float64]], faces: Sequence[NDArray[np.uint32]], kinds: Sequence[bytes]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Find which meshes are moved copies of an earlier one.

    vertices : each (n, 3) float64, metres
    faces : each (m, 3) uint32
    kinds : what else must be equal (the colour)

    Returns `of` (k,) int64, the index of the mesh that each is a copy of (itself when it is the first), and
    `moved` (k, 4, 4) float64, the rigid matrix that takes the first one's vertices to the copy's.
    """
    of = np.arange(len(vertices))
    moved = np.broadcast_to(np.eye(4), (len(vertices), 4, 4)).copy()
    groups: dict[tuple[int, bytes, bytes], list[int]] = {}
    for index, (points, triangles, kind) in enumerate(zip(vertices, faces, kinds, strict=True)):
        if len(points) >= FEWEST_VERTICES:
            groups.setdefault((len(points), triangles.tobytes(), kind), []).append(index)
    for members in groups.values():
        if len(members) > 1:
            _find_in_group(np.array(members), np.stack([vertices[i] for i in members]), of, moved)
    return of, moved


def _find_in_group(
    members: NDArray[np.int64], points: NDArray[np.float64], of: NDArray[np.int64], moved: NDArray[np.float64]
) -> None:
    """Compare meshes of the same faces, `points` (k, n, 3), in a frame that each carries itself."""
    origins, axes, sound = _own_frames(points)
    own = np.einsum("knj,kji->kni", points - origins[:, None], axes)
    rounded = np.round(own / (TOLERANCE * 10)).astype(np.int64) + 0
    firsts: dict[bytes, int] = {}
    for k in np.flatnonzero(sound):
        first = firsts.setdefault(rounded[k].tobytes(), int(k))
        if first == k or np.abs(own[k] - own[first]).max() > TOLERANCE:
            continue
        rotation = axes[k] @ axes[first].T
        of[members[k]] = members[first]
        moved[members[k], :3, :3] = rotation
        moved[members[k], :3, 3] = origins[k] - rotation @ origins[first]


def _own_frames(
    points: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return origins (k, 3), axes (k, 3, 3) as columns, and which are well conditioned, from three vertices of each.

    The three are those that lie widest apart in the first mesh, so that copies get the same frame to rounding.
    """
    first = points[0]
    a = int(np.argmax(np.linalg.norm(first - first.mean(axis=0), axis=1)))
    b = int(np.argmax(np.linalg.norm(first - first[a], axis=1)))
    c = int(np.argmax(np.linalg.norm(np.cross(first - first[a], first[b] - first[a]), axis=1)))
    along = points[:, b] - points[:, a]
    normal = np.cross(along, points[:, c] - points[:, a])
    sound = (np.linalg.norm(along, axis=1) > 0.01) & (np.linalg.norm(normal, axis=1) > 1e-4)
    along[~sound], normal[~sound] = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)
    x = along / np.linalg.norm(along, axis=1, keepdims=True)
    z = normal / np.linalg.norm(normal, axis=1, keepdims=True)
    return points[:, a], np.stack([x, np.cross(z, x), z], axis=-1), sound
