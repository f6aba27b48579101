"""The coarse level: a building's large elements, simplified, so that it is seen from afar for few bytes.

Vertices are clustered on a grid (Rossignac and Borrel 1993), each element for itself so that feature ids stay right;
what collapses is dropped, and so are elements that are small against the cell.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tiles.geometry import Surface, flat_surface

CELLS_PER_DIAGONAL = 96
SMALLEST_CELL = 0.15  # metres: walls become one sheet, window frames vanish
OMITTED_BELOW = 4.0  # cells: elements with a smaller box are left out
MOST_SHARE = 0.3  # of the full triangles, but
FEWEST_TRIANGLES, MOST_TRIANGLES = 5_000, 40_000  # in any case: the root is the first that a page loads
COARSER_TRIES = 4  # times that a grid 1.6 times as coarse is tried before whole elements are left out
MOST_SOURCE_TRIANGLES = 1_000_000  # that are looked at: bounds memory on models of any size
MOST_BOXES = 2_000  # where nothing survives the grid: so many of the largest elements are drawn as their boxes


def coarse_surface(
    boxes: NDArray[np.float64],
    triangles: NDArray[np.int64],
    surface_of: Callable[[NDArray[np.int64]], Surface | None],
) -> tuple[Surface, float]:
    """Return the simplified surface and its geometric error in metres.

    boxes : (k, 2, 3) float64, box of each element, metres, local frame
    triangles : (k,) int64, how many each element has
    surface_of : element numbers (n,) → their surface, features being the element numbers
    """
    sizes = np.linalg.norm(boxes[:, 1] - boxes[:, 0], axis=1)
    diagonal = float(np.linalg.norm(boxes[:, 1].max(axis=0) - boxes[:, 0].min(axis=0)))
    largest = float(sizes.max())
    # a long row of small elements (a viaduct, a fence) must not fall through a grid made for its length
    cell = max(min(diagonal / CELLS_PER_DIAGONAL, largest / 8), SMALLEST_CELL)
    most = int(np.clip(MOST_SHARE * triangles.sum(), FEWEST_TRIANGLES, MOST_TRIANGLES))
    kept = _largest(sizes, triangles, MOST_SOURCE_TRIANGLES) & (sizes >= min(OMITTED_BELOW * cell, largest))
    surface = surface_of(np.flatnonzero(kept))
    if surface is None:
        return _boxes(None, boxes, np.flatnonzero(kept)), largest
    for _ in range(COARSER_TRIES):
        kept &= sizes >= min(OMITTED_BELOW * cell, largest)
        simplified = _cluster(surface, kept, cell)
        if len(simplified.triangles) <= most:
            break
        cell *= 1.6
    else:
        left = np.bincount(simplified.features[simplified.triangles[:, 0]], minlength=len(sizes))
        kept &= _largest(sizes, left, most) & (left > 0)
        simplified = _cluster(surface, kept, cell)
    if not len(simplified.triangles):
        kept = _largest(sizes, np.full(len(sizes), 12), MOST_BOXES * 12)
        return _boxes(surface, boxes, np.flatnonzero(kept)), largest
    omitted = float(sizes[~kept].max()) if (~kept).any() else 0.0
    return simplified, max(omitted, cell * np.sqrt(3.0))


def _largest(sizes: NDArray[np.float64], triangles: NDArray[np.int64], most: int) -> NDArray[np.bool_]:
    """Return which elements to keep so that about `most` triangles remain: the largest, equals spread evenly."""
    spread = np.arange(len(sizes)) * 0.6180339887498949 % 1.0  # the golden ratio: any first part is evenly strewn
    order = np.lexsort((spread, -np.round(sizes, 1)))
    kept = np.zeros(len(sizes), bool)
    kept[order[(np.cumsum(triangles[order]) <= most) | (np.arange(len(order)) == 0)]] = True
    return kept


_CORNERS = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)])
_SIDES = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
_BOX_TRIANGLES = np.array([t for a, b, c, d in _SIDES for t in ((a, b, c), (a, c, d))])


def _boxes(surface: Surface | None, boxes: NDArray[np.float64], chosen: NDArray[np.int64]) -> Surface:
    """Return the boxes (k, 2, 3) of the chosen features, each in its first colour (grey where it has none)."""
    positions = boxes[chosen][:, _CORNERS, np.arange(3)].reshape(-1, 3)
    triangles = (_BOX_TRIANGLES[None] + 8 * np.arange(len(chosen))[:, None, None]).reshape(-1, 3)
    colour_of_feature = np.full(len(boxes), 0xFFCCCCCC, np.uint32)
    if surface is not None:
        colour_of_feature[surface.features[surface.triangles[:, 0]][::-1]] = surface.colours[::-1]
    return flat_surface(positions, np.repeat(chosen, 8), triangles, np.repeat(colour_of_feature[chosen], 12))


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
