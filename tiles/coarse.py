"""The coarse level: a building's large elements, simplified, so that it is seen from afar for few bytes.

Vertices are clustered on a grid (Rossignac and Borrel 1993), each element for itself so that feature ids stay right;
what collapses is dropped, and so are elements that are small against the cell.
"""

import numpy as np
from numpy.typing import NDArray

from tiles.geometry import Surface, flat_surface

CELLS_PER_DIAGONAL = 96
SMALLEST_CELL = 0.15  # metres: walls become one sheet, window frames vanish
OMITTED_BELOW = 4.0  # cells: elements with a smaller box are left out
MOST_SHARE = 0.3  # of the full triangles; a coarser grid is taken until this holds


def coarse_surface(surface: Surface, boxes: NDArray[np.float64]) -> tuple[Surface, float]:
    """Return the simplified surface and its geometric error in metres.

    surface : all elements of the building, local frame
    boxes : (k, 2, 3) float64, box of each feature, metres
    """
    sizes = np.linalg.norm(boxes[:, 1] - boxes[:, 0], axis=1)
    diagonal = float(np.linalg.norm(boxes[:, 1].max(axis=0) - boxes[:, 0].min(axis=0)))
    cell = max(diagonal / CELLS_PER_DIAGONAL, SMALLEST_CELL)
    for _ in range(6):
        kept = sizes >= min(OMITTED_BELOW * cell, float(sizes.max()))
        simplified = _cluster(surface, kept, cell)
        if len(simplified.triangles) <= MOST_SHARE * len(surface.triangles):
            break
        cell *= 1.6
    omitted = float(sizes[~kept].max()) if (~kept).any() else 0.0
    return simplified, max(omitted, cell * np.sqrt(3.0))


def _cluster(surface: Surface, kept: NDArray[np.bool_], cell: float) -> Surface:
    triangles = surface.triangles[kept[surface.features[surface.triangles[:, 0]]]]
    colours = surface.colours[kept[surface.features[surface.triangles[:, 0]]]]
    used, corners = np.unique(triangles, return_inverse=True)
    positions, features = surface.positions[used], surface.features[used]
    grid = np.round((positions - positions.min(axis=0)) / cell).astype(np.int64)
    span = grid.max(axis=0) + 1
    key = ((features * span[0] + grid[:, 0]) * span[1] + grid[:, 1]) * span[2] + grid[:, 2]
    _, cluster = np.unique(key, return_inverse=True)
    weight = np.bincount(cluster)
    means = np.stack([np.bincount(cluster, positions[:, axis]) / weight for axis in range(3)], axis=1)
    clustered_features = np.zeros(len(weight), np.int64)
    clustered_features[cluster] = features
    faces = cluster[corners.reshape(-1, 3)]
    alive = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    faces, colours = faces[alive], colours[alive]
    # two sides of a thin wall fall onto one sheet: draw it once
    _, once = np.unique(np.sort(faces, axis=1), axis=0, return_index=True)
    once = np.sort(once)
    return flat_surface(means, clustered_features, faces[once], colours[once])
