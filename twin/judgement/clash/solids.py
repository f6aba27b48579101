"""Triangles → a solid that booleans can be asked of, or why there is none.

What geometry kernels draw is seldom a solid as it stands: vertices come once per face, shells are inside out, faces
come twice, a long edge meets two short ones.  All of that is mended here, in float64 and near the origin; nothing is
moved by more than `WELD`.  Several shells of one element are one body: where they overlap they are united.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from manifold3d import Error, Manifold, Mesh64, OpType
from numpy.typing import NDArray

from twin.judgement.clash.closing import capped
from twin.judgement.clash.shells import FLAT, Shell, balanced, shells_of
from twin.judgement.clash.welding import mended, one_point
from twin.values.sentence import Sentence, say

MOST_TRIANGLES = 2_000_000  # of one element: more would hold up a whole run


@dataclass(frozen=True, slots=True)
class Solid:
    """A body in a frame near its origin.

    manifold : None where the triangles are no closed body
    vertices, faces : (n, 3) float64, metres, and (m, 3) int64, welded
    kept : what was found out about the body, by name
    """

    manifold: Any
    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]
    kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def volume(self) -> float:
        """Cubic metres; 0 for an open body."""
        if "volume" not in self.kept:
            self.kept["volume"] = 0.0 if self.manifold is None else float(self.manifold.volume())
        return float(self.kept["volume"])

    @property
    def box(self) -> NDArray[np.float64]:
        """(2, 3) least and greatest corner, metres."""
        if "box" not in self.kept:
            self.kept["box"] = np.array([self.vertices.min(axis=0), self.vertices.max(axis=0)])
        return np.asarray(self.kept["box"])

    @property
    def triangles(self) -> NDArray[np.float64]:
        """(m, 3, 3) corners of the faces, metres."""
        if "triangles" not in self.kept:
            self.kept["triangles"] = self.vertices[self.faces]
        return np.asarray(self.kept["triangles"])

    def placed(self, matrix: NDArray[np.float64]) -> "Solid":
        """Return the body moved by a rigid (4, 4) matrix, metres."""
        vertices = self.vertices @ matrix[:3, :3].T + matrix[:3, 3]
        moved = None if self.manifold is None else self.manifold.transform(matrix[:3])
        kept = {key: value for key, value in self.kept.items() if key in ("volume", "filled")}
        return Solid(moved, vertices, self.faces, kept)


def solid_of(vertices: NDArray[np.float64], faces: NDArray[np.integer[Any]]) -> Solid | Sentence:
    """Return the body of a mesh near the origin, or why it cannot be judged.

    vertices : (n, 3) float64, metres
    faces : (m, 3) numbers of vertices, counter-clockwise seen from outside, or not
    """
    reason = _unusable(vertices, faces)
    if reason is not None:
        return reason
    points, triangles = one_point(np.asarray(vertices, np.float64), np.asarray(faces, np.int64))
    body = _as_it_is(points, triangles)
    if body is not None:
        return Solid(body, points, triangles)
    points, triangles = mended(points, triangles)
    if not len(triangles):
        return say("its triangles are lines or points")
    closed = capped(points, triangles)
    found = shells_of(points, closed)
    manifold = None if found is None else _united(points, found)
    if manifold is not None and not manifold.volume() > FLAT:
        manifold = None
    return Solid(manifold, points, triangles if manifold is None else closed)


def _as_it_is(points: NDArray[np.float64], faces: NDArray[np.int64]) -> Any:
    """Return the manifold of a mesh that needs no mending: one closed shell that faces outward; else None."""
    if not len(faces) or not balanced(faces):  # the library dies of some open meshes: it never sees one
        return None
    body = Manifold(Mesh64(points, faces.astype(np.uint64)))
    if body.status() != Error.NoError or body.num_tri() != len(faces) or body.num_vert() != len(points):
        return None
    return body if body.volume() > FLAT and len(body.decompose()) == 1 else None


def _unusable(vertices: NDArray[np.float64], faces: NDArray[np.integer[Any]]) -> Sentence | None:
    """Return why a mesh cannot be looked at at all."""
    if not len(faces) or not len(vertices):
        return say("it has no triangles")
    if len(faces) > MOST_TRIANGLES:
        return say("it has {count} triangles, more than {most}", count=len(faces), most=MOST_TRIANGLES)
    if not np.isfinite(vertices).all():
        return say("some of its coordinates are no numbers")
    if int(faces.max()) >= len(vertices) or int(faces.min()) < 0:
        return say("its triangles name corners that are not there")
    return None


def _united(points: NDArray[np.float64], found: list[Shell]) -> Any:
    """Return one manifold of closed shells; None where the library does not take one."""
    bodies = [_manifold(points, shell.faces) for shell in found]
    if any(body is None for body in bodies):
        return None
    if len(bodies) == 1:
        return bodies[0]
    if not _boxes_meet(bodies):
        whole = _manifold(points, np.concatenate([shell.faces for shell in found]))
        if whole is not None:
            return whole
    return Manifold.batch_boolean(bodies, OpType.Add)


def _manifold(points: NDArray[np.float64], faces: NDArray[np.int64]) -> Any:
    """Return the manifold of some closed faces, or None."""
    if not balanced(faces):
        return None
    used, numbers = np.unique(faces, return_inverse=True)
    mesh = Mesh64(np.ascontiguousarray(points[used]), numbers.reshape(-1, 3).astype(np.uint64))
    body = Manifold(mesh)
    return None if body.status() != Error.NoError or body.is_empty() else body


def _boxes_meet(bodies: list[Any]) -> bool:
    """Do the boxes of any two of a few bodies meet."""
    boxes = np.array([body.bounding_box() for body in bodies]).reshape(-1, 2, 3)
    if len(boxes) > 2_000:
        return True
    apart = (boxes[:, None, 0] > boxes[None, :, 1]).any(axis=2)
    return int((~(apart | apart.T)).sum()) > len(boxes)
