"""Which zoom levels a layer gets, and what else its features say about that."""

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from tiles.grid import MORTON_ZOOM, morton_of, world_from_lnglat
from tiles.levels import AIM
from twin.values.layer import CLASS, Features, TileRange

DEEPEST = 16  # a grid step of 15 cm at the equator
MOST_DEEPEST = 20  # where a tile of `DEEPEST` could not hold its features
MOST_TILES = 400_000  # pairs of a feature and a tile that a layer may have beyond four for each feature


def class_texts(attributes: pa.Table) -> "NDArray[np.object_] | None":
    """Return the class of every row, (n,), None where the layer has no such column."""
    if CLASS not in attributes.column_names:
        return None
    return np.array(attributes.column(CLASS).to_pylist(), object)


def tile_range_of(features: Features) -> TileRange:
    """Choose the zoom levels of a layer: from the whole world to where the grid is fine and tiles hold their features.

    Features so large that the deepest level would be mostly their inside stop earlier.
    """
    if not len(features):
        return TileRange(0, DEEPEST)
    west, south, east, north = shapely.bounds(features.geometry).T
    box = np.concatenate([world_from_lnglat(np.stack([west, north])), world_from_lnglat(np.stack([east, south]))])
    zoom = DEEPEST
    while zoom > 0 and _pairs(box, zoom) > MOST_TILES + 4 * len(features):
        zoom -= 1
    code = np.sort(morton_of((box[:2] + box[2:]) / 2))
    vertices = np.minimum(shapely.get_num_coordinates(features.geometry), 1000)  # a giant's are in many tiles
    each = 16 + 2.2 * vertices.mean() + _row_bytes(features.attributes)
    while zoom < MOST_DEEPEST and _fullest(code, zoom) * each > AIM:
        zoom += 1
    return TileRange(0, zoom)


def _pairs(box: NDArray[np.float64], zoom: int) -> float:
    """Return about how many pairs of a feature and a tile it touches there are."""
    wide, tall = (box[2:] - box[:2]) * 2.0**zoom + 1
    return float((wide * tall).sum())


def _fullest(code: NDArray[np.int64], zoom: int) -> int:
    """Return the greatest number of features in a tile, by ascending Morton codes of their middles."""
    tile = code >> (2 * (MORTON_ZOOM - zoom))
    starts = np.flatnonzero(np.diff(tile, prepend=-1))
    return int(np.diff(np.append(starts, len(tile))).max(initial=0))


def _row_bytes(attributes: pa.Table) -> float:
    """Return about how many bytes the attributes of a feature take in a tile."""
    rows = max(attributes.num_rows, 1)
    return sum((column.nbytes / rows + 3 * (1 - column.null_count / rows) for column in attributes.columns), 0.0)
