"""Coordinates as clients ask for them (OGC API Features, part 2): names, axis order, boxes.

Only the order of the two numbers is decided here, by `Crs.north_first`; every transformation is that of `twin.values`.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.errors import InvalidInput, UnknownCRS
from twin.values.crs import Crs, lnglat_from_map, map_from_lnglat, resolve

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Points = NDArray[np.float64]
Geometries = NDArray[np.object_]

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
GCJ02 = "urn:city-twin:crs:GCJ02"
CITY = "urn:city-twin:crs:city"
_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
_ALWAYS = ("EPSG:4326", "EPSG:3857", "EPSG:4490")
_DEGREES_ALREADY = ("EPSG:4326", "EPSG:4490")  # longitude and latitude of `lnglat` but for their order
_PIECES = 128  # of each side of a box, where its sides are not straight in longitude and latitude
_EDGE = 20037508.342789244  # of Web Mercator, metres


@dataclass(frozen=True, slots=True)
class Frame:
    """A coordinate system that can be asked for.

    uri : its name in requests and in Content-Crs
    crs : None for longitude and latitude themselves, of WGS 84 or shifted to GCJ-02
    """

    uri: str
    crs: Crs | None

    @property
    def north_first(self) -> bool:
        """Whether the first number is the northing or latitude."""
        return self.crs is not None and self.crs.north_first

    @property
    def degrees(self) -> bool:
        """Whether the numbers are longitude and latitude of WGS 84, in whatever order."""
        return self.uri != GCJ02 and (self.crs is None or self.crs.text in _DEGREES_ALREADY)

    def from_lnglat(self, points: Points) -> Points:
        """Return (n, 2) points as this frame has them, in its axis order; from longitude, latitude in degrees."""
        if self.uri == GCJ02:
            from twin.values.gcj02 import gcj02_from_lnglat

            return gcj02_from_lnglat(points)
        if self.crs is not None and not self.degrees:
            points = map_from_lnglat(self.crs, _flat(points))[:, :2]
        return points[:, ::-1] if self.north_first else points

    def to_lnglat(self, points: Points) -> Points:
        """Return longitude, latitude in degrees, (n, 2); the inverse of `from_lnglat`."""
        if self.uri == GCJ02:
            from twin.values.gcj02 import lnglat_from_gcj02

            return lnglat_from_gcj02(points)
        points = points[:, ::-1] if self.north_first else points
        if self.crs is not None and not self.degrees:
            points = lnglat_from_map(self.crs, _flat(points))[:, :2]
        return points


LNGLAT = Frame(CRS84, None)


def offered(city: str | None) -> Mapping[str, Frame]:
    """Return the frames that can be asked for, by their names; `city` is the twin's own coordinate system."""
    frames = {CRS84: LNGLAT}
    for name in (*_ALWAYS, *([city] if city else [])):
        try:
            crs = resolve(name)
        except UnknownCRS:
            continue  # an old twin's setting: nothing that a request could mend
        uri = _EPSG + crs.text.removeprefix("EPSG:") if crs.text.startswith("EPSG:") else CITY
        frames.setdefault(uri, Frame(uri, crs))
    frames[GCJ02] = Frame(GCJ02, None)
    return frames


def frame(name: str | None, frames: Mapping[str, Frame], parameter: str) -> Frame:
    """Return the frame of a name; longitude and latitude for None."""
    if name is None:
        return LNGLAT
    found = frames.get(name)
    if found is None:
        raise InvalidInput(
            "{parameter} is {value}, which is not offered: choose one of {known}.",
            parameter=parameter,
            value=name[:200],
            known=", ".join(frames),
        )
    return found


def moved(geometry: Geometries, move: Callable[[Points], Points]) -> Geometries:
    """Return geometries whose (n, 2) horizontal coordinates went through `move`; heights stay as they are."""
    import shapely

    out = geometry.copy()
    tall = shapely.has_z(geometry)
    for heights in (False, True):
        chosen = np.flatnonzero(tall == heights)
        if len(chosen):
            points = shapely.get_coordinates(geometry[chosen], include_z=heights)
            made = np.column_stack([move(points[:, :2]), points[:, 2:]])
            out[chosen] = shapely.set_coordinates(geometry[chosen].copy(), made)
    return out


def in_frame(geometry: Geometries, wanted: Frame) -> Geometries:
    """Return geometries from longitude, latitude in degrees as `wanted` has them."""
    if wanted is LNGLAT:
        return geometry

    def move(points: Points) -> Points:
        made = wanted.from_lnglat(points)
        if not np.isfinite(made).all():
            raise InvalidInput("A feature lies where {crs} has no coordinates: ask for another crs.", crs=wanted.uri)
        return made

    return moved(geometry, move)


def box_in_lnglat(numbers: tuple[float, float, float, float], given: Frame, parameter: str) -> "BaseGeometry":
    """Return a box of a frame as an area of longitude and latitude in degrees.

    numbers : least first, least second, greatest first, greatest second coordinate, in the frame's axis order.  Degrees
        may cross the antimeridian: the least longitude is then the greater number, or one goes beyond 180.
    """
    import shapely

    first, second, third, fourth = numbers
    low, high = ((second, first), (fourth, third)) if given.north_first else ((first, second), (third, fourth))
    if low[1] > high[1] or (low[0] > high[0] and not given.degrees):
        raise InvalidInput(
            "{parameter} has its corners in the wrong order: write the least coordinates first.", parameter=parameter
        )
    if given.degrees:
        return _degrees_box(low[0], low[1], high[0], high[1])
    if given.crs is not None and given.crs.text == "EPSG:3857":
        corners = np.clip(np.array([low, high]), -_EDGE, _EDGE)
        west, south, east, north = given.to_lnglat(corners).ravel().tolist()
        return shapely.box(west, south, east, north)
    points = _outline(low, high)
    made = given.to_lnglat(points[:, ::-1] if given.north_first else points)
    if not np.isfinite(made).all():
        raise InvalidInput("{parameter} lies where {crs} has no coordinates.", parameter=parameter, crs=given.uri)
    if low == high:
        return shapely.points(made[0])
    return shapely.linestrings(made) if low[0] == high[0] or low[1] == high[1] else shapely.polygons(made)


def _degrees_box(west: float, south: float, east: float, north: float) -> "BaseGeometry":
    """Return a box, or the two halves of one that crosses the antimeridian."""
    import shapely

    if west > east:
        east += 360
    if west >= -180 and east <= 180:
        return _box(west, south, east, north)
    if east - west >= 360:
        return _box(-180, south, 180, north)
    turn = 360 * math.floor((west + 180) / 360)
    west, east = west - turn, east - turn
    if east <= 180:
        return _box(west, south, east, north)
    halves = [_box(west, south, 180, north), _box(-180, south, east - 360, north)]
    return shapely.multipolygons(halves) if south < north else shapely.geometrycollections(halves)


def _box(west: float, south: float, east: float, north: float) -> "BaseGeometry":
    """Return a box; one without width or height is a line or a point, for which GEOS answers as well."""
    import shapely

    if west < east and south < north:
        return shapely.box(west, south, east, north)
    return (
        shapely.points(west, south)
        if west == east and south == north
        else shapely.linestrings([[west, south], [east, north]])
    )


def _outline(low: tuple[float, float], high: tuple[float, float]) -> Points:
    """Return points around a box, (n, 2), so close that its sides are straight between them."""
    corners = np.array([low, (high[0], low[1]), high, (low[0], high[1]), low])
    share = np.arange(4 * _PIECES + 1) / _PIECES
    return np.column_stack([np.interp(share, np.arange(5), corners[:, axis]) for axis in (0, 1)])


def _flat(points: Points) -> Points:
    """Return (n, 2) points with a height of nothing."""
    return np.column_stack([points, np.zeros(len(points))])
