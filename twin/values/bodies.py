"""The triangles of a model's elements at full precision, as flat arrays: what clashes are decided on.

Tiles are for the eye: quantised, cut, simplified.  Bodies are what the geometry kernels drew, in float64.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from twin.values.model import Element, Shape


@dataclass(frozen=True, slots=True)
class Bodies:
    """Shapes (each possibly used by many elements) and where the drawn elements stand.

    vertices : (n, 3) float64, metres, each shape in its own frame (z up), shape after shape
    faces : (m, 3) uint32, counter-clockwise seen from outside, numbers within the shape's own vertices
    vertex_starts, face_starts : (shapes + 1,) int64, where each shape begins
    shapes : (elements,) int32, the shape of each feature row
    local_from_shape : (elements, 4, 4) float64, rigid, metres
    """

    vertices: NDArray[np.float64]
    faces: NDArray[np.uint32]
    vertex_starts: NDArray[np.int64]
    face_starts: NDArray[np.int64]
    shapes: NDArray[np.int32]
    local_from_shape: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.shapes)

    def shape_mesh(self, shape: int) -> tuple[NDArray[np.float64], NDArray[np.uint32]]:
        """Return (n, 3) vertices in the shape's frame, metres, and (m, 3) faces of a shape."""
        vertices = self.vertices[self.vertex_starts[shape] : self.vertex_starts[shape + 1]]
        return vertices, self.faces[self.face_starts[shape] : self.face_starts[shape + 1]]

    def mesh(self, row: int) -> tuple[NDArray[np.float64], NDArray[np.uint32]]:
        """Return (n, 3) vertices in the local frame, metres, and (m, 3) faces of a feature row."""
        vertices, faces = self.shape_mesh(int(self.shapes[row]))
        matrix = self.local_from_shape[row]
        return vertices @ matrix[:3, :3].T + matrix[:3, 3], faces


def bodies_of(drawn: Sequence[Element], shapes: Sequence[Shape]) -> Bodies:
    """Return the bodies of a model's drawn elements, which are in row order."""
    placed = [element.placed for element in drawn if element.placed is not None]
    matrices = np.array([p.local_from_shape for p in placed], np.float64).reshape(-1, 4, 4)
    return Bodies(
        vertices=np.concatenate([np.zeros((0, 3)), *(shape.vertices for shape in shapes)]),
        faces=np.concatenate([np.zeros((0, 3), np.uint32), *(shape.faces for shape in shapes)]),
        vertex_starts=_starts([len(shape.vertices) for shape in shapes]),
        face_starts=_starts([len(shape.faces) for shape in shapes]),
        shapes=np.array([p.shape for p in placed], np.int32),
        local_from_shape=matrices,
    )


def _starts(counts: Sequence[int]) -> NDArray[np.int64]:
    """Return where each of some runs begins, and where the last one ends."""
    return np.array([0, *accumulate(counts)], np.int64)
