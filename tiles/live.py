"""A small layer, held in memory and cut into tiles as they are asked for."""

from threading import Lock

import numpy as np
import shapely
from numpy.typing import NDArray

from tiles.columns import columns_from
from tiles.cut import Units, cut
from tiles.fit import write_fitting
from tiles.grid import BUFFER, EXTENT, tile_exists
from tiles.levels import Level, coarser, deepest
from tiles.mvt import contents_of
from tiles.ranges import class_texts, tile_range_of
from tiles.shapes import Shapes, shapes_from
from twin.values.layer import Features, TileRange

__all__ = ["LiveLayer", "tile_range_of"]

MARGIN = BUFFER / EXTENT


class LiveLayer:
    """Features in Web Mercator under a tree of their boxes, and what of them each zoom level shows."""

    def __init__(self, name: str, features: Features, tile_range: TileRange) -> None:
        self._name = name
        self._range = tile_range
        self._lock = Lock()
        shapes, columns = shapes_from(features.geometry), columns_from(features.attributes)
        level = deepest(shapes, columns, class_texts(features.attributes), tile_range.maxzoom)
        self._levels = {tile_range.maxzoom: (level, _tree(level.shapes))}

    def tile(self, z: int, x: int, y: int) -> bytes:
        """Return the bytes of a tile, b"" where there is nothing. Safe to call from several threads."""
        if not tile_exists(z, x, y) or not self._range.minzoom <= z <= self._range.maxzoom:
            return b""
        level, tree = self._level(z)
        units = find_units(tree, level.shapes, z, x, y)
        if not len(units):
            return b""
        contents = contents_of(level.shapes, units, np.zeros(len(units), np.int64), cut(level.shapes, z, units))
        return next(write_fitting(self._name, contents, level, 1)).content

    def _level(self, zoom: int) -> tuple[Level, shapely.STRtree]:
        """Return a level, made when it is first asked for from the next deeper one."""
        if (found := self._levels.get(zoom)) is not None:
            return found
        with self._lock:
            for z in range(self._range.maxzoom - 1, zoom - 1, -1):
                if z not in self._levels:
                    level = coarser(self._levels[z + 1][0])
                    self._levels[z] = level, _tree(level.shapes)
            return self._levels[zoom]


def _tree(shapes: Shapes) -> shapely.STRtree:
    tree = shapely.STRtree(shapely.box(*shapes.box))
    tree.query(shapely.box(0, 0, 1, 1))  # the tree is built by its first query: not by two threads at once
    return tree


def find_units(tree: shapely.STRtree, shapes: Shapes, z: int, x: int, y: int) -> Units:
    """Return what may reach into a tile, once for each way round the globe that it does, in the source's order."""
    size = 2.0**-z
    west, north, east, south = np.array([x - MARGIN, y - MARGIN, x + 1 + MARGIN, y + 1 + MARGIN]) * size
    found: list[NDArray[np.int64]] = [tree.query(shapely.box(west - w, north, east - w, south)) for w in (1, 0, -1)]
    feature = np.concatenate(found)
    wrap = np.repeat([1, 0, -1], [len(rows) for rows in found])
    order = np.argsort(shapes.row[feature], kind="stable")
    count = len(feature)
    return Units(feature[order], np.full(count, x), np.full(count, y), wrap[order])
