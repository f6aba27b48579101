"""A small layer, held in memory and cut into tiles as they are asked for."""

import numpy as np
import shapely
from numpy.typing import NDArray

from tiles.columns import columns_from
from tiles.cut import Units, cut
from tiles.grid import BUFFER, EXTENT, tile_exists
from tiles.mvt import contents_of, write_tiles
from tiles.shapes import Shapes, shapes_from
from twin.values.layer import Features, TileRange

MARGIN = BUFFER / EXTENT


def tile_range_of(features: Features) -> TileRange:
    """Choose the zoom levels of a layer."""
    return TileRange(0, 16)


class LiveLayer:
    """Features in Web Mercator under a tree of their boxes."""

    def __init__(self, name: str, features: Features, tile_range: TileRange) -> None:
        self._name = name
        self._range = tile_range
        self._shapes = shapes_from(features.geometry)
        self._columns = columns_from(features.attributes)
        self._tree = shapely.STRtree(shapely.box(*self._shapes.box))
        self._tree.query(shapely.box(0, 0, 1, 1))  # the tree is built by the first query: not by two threads at once

    def tile(self, z: int, x: int, y: int) -> bytes:
        """Return the bytes of a tile, b"" where there is nothing. Safe to call from several threads."""
        if not tile_exists(z, x, y) or not self._range.minzoom <= z <= self._range.maxzoom:
            return b""
        units = find_units(self._tree, self._shapes, z, x, y)
        if not len(units):
            return b""
        pieces = cut(self._shapes, z, units)
        contents = contents_of(self._shapes, units, np.zeros(len(units), np.int64), pieces)
        return next(write_tiles(self._name, contents, self._columns, 1))


def find_units(tree: shapely.STRtree, shapes: Shapes, z: int, x: int, y: int) -> Units:
    """Return what may reach into a tile, once for each way round the globe that it does, in the layer's order."""
    size = 2.0**-z
    box = np.array([x - MARGIN, y - MARGIN, x + 1 + MARGIN, y + 1 + MARGIN]) * size
    found: list[tuple[int, NDArray[np.int64]]] = []
    for wrap in (0, -1, 1):
        found.append((wrap, tree.query(shapely.box(box[0] - wrap, box[1], box[2] - wrap, box[3]))))
    feature = np.concatenate([rows for _, rows in found])
    wrap_of = np.repeat([wrap for wrap, _ in found], [len(rows) for _, rows in found])
    order = np.argsort(feature, kind="stable")
    count = len(feature)
    return Units(feature[order], np.full(count, x), np.full(count, y), wrap_of[order])
