"""Which features lie in an area, or stand in another relation to it: by their boxes first, then by geometry.

Only features whose box does not decide are read, some thousand at a time: a layer may have a million.
"""

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from gis_layers.geoparquet import LayerFile

Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]

_AT_ONCE = 20_000  # features whose geometry is in memory


def turned(file: "LayerFile", area: "BaseGeometry") -> Iterator["BaseGeometry"]:
    """Give an area, and again some whole turns farther if it or a feature goes beyond the antimeridian."""
    yield area
    boxes = file.boxes()
    if not len(boxes) or area.is_empty:
        return
    west, _, east, _ = area.bounds
    first, last = float(boxes[:, 0].min()), float(boxes[:, 2].max())
    if min(west, first) < -180 or max(east, last) > 180:
        for turn in range(math.ceil((first - east) / 360), math.floor((last - west) / 360) + 1):
            if turn:
                yield shapely.transform(area, lambda at, by=360 * turn: at + np.array([by, 0]))


def touching(file: "LayerFile", area: "BaseGeometry", among: Mask | None = None) -> Mask:
    """Return which features, of those in `among`, have a point in common with an area of longitude and latitude.

    What lies beyond the antimeridian is found from both sides.
    """
    found = np.zeros(file.count, dtype=bool)
    for part in turned(file, area):
        found |= _touching(file, part, among)
    return found


def _touching(file: "LayerFile", area: "BaseGeometry", among: Mask | None) -> Mask:
    boxes = file.boxes()
    found = np.zeros(len(boxes), dtype=bool)
    shapely.prepare(area)
    for part in _boxes(area):
        near = _near(boxes, part, among)
        sure = near.copy()
        if _is_box(part):
            west, south, east, north = part.bounds
            sure &= (boxes[:, 0] >= west) & (boxes[:, 1] >= south) & (boxes[:, 2] <= east) & (boxes[:, 3] <= north)
        else:
            rows = np.flatnonzero(near)
            sure[rows] = shapely.covers(area, shapely.box(*boxes[rows].T))
        found |= sure
        found |= by_geometry(file, near & ~found, lambda geometry: shapely.intersects(area, geometry))
    return found


def related(
    file: "LayerFile",
    area: "BaseGeometry",
    holds: Callable[[NDArray[np.object_]], NDArray[np.bool_]],
    among: Mask | None,
) -> Mask:
    """Return which features, (n,), of those in `among` a relation holds for that needs a common point with the area.

    area : in `lnglat`, degrees
    holds : (k,) geometries → (k,) whether it does
    """
    return by_geometry(file, _near(file.boxes(), area, among), holds)


def at_height(file: "LayerFile", heights: tuple[float, float], among: Mask) -> Mask:
    """Return which features of `among` have a height in the range (metres), or no heights at all."""

    def holds(geometry: NDArray[np.object_]) -> NDArray[np.bool_]:
        tall = shapely.has_z(geometry)
        points, owner = shapely.get_coordinates(geometry[tall], include_z=True, return_index=True)
        owner = np.flatnonzero(tall)[owner]
        least, most = np.full(len(geometry), np.inf), np.full(len(geometry), -np.inf)
        np.minimum.at(least, owner, points[:, 2])
        np.maximum.at(most, owner, points[:, 2])
        result: NDArray[np.bool_] = ~tall | ((least <= heights[1]) & (most >= heights[0]))
        return result

    return by_geometry(file, among, holds)


def by_geometry(file: "LayerFile", candidates: Mask, holds: Callable[[NDArray[np.object_]], NDArray[np.bool_]]) -> Mask:
    """Return which candidates, (n,), a relation holds for; `holds` judges (k,) geometries of theirs at a time."""
    found = np.zeros(len(candidates), dtype=bool)
    for rows in _chunks(np.flatnonzero(candidates)):
        found[rows] = holds(file.take(rows).geometry)
    return found


def _chunks(rows: Rows) -> Iterator[Rows]:
    for start in range(0, len(rows), _AT_ONCE):
        yield rows[start : start + _AT_ONCE]


def _near(boxes: NDArray[np.float64], area: "BaseGeometry", among: Mask | None) -> Mask:
    """Return which boxes have a point in common with the box of an area."""
    if area.is_empty:
        return np.zeros(len(boxes), dtype=bool)
    west, south, east, north = area.bounds
    near: Mask = (boxes[:, 2] >= west) & (boxes[:, 0] <= east) & (boxes[:, 3] >= south) & (boxes[:, 1] <= north)
    return near if among is None else near & among


def _is_box(area: Any) -> bool:
    """Tell whether an area is a rectangle along the axes."""
    return area.geom_type == "Polygon" and bool(shapely.equals(area, shapely.box(*area.bounds)))


def _boxes(area: Any) -> list[Any]:
    """Return the rectangles that an area is made of, else the area."""
    parts = shapely.get_parts(area).tolist()
    return parts if all(_is_box(part) for part in parts) else [area]
