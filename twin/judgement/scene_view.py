"""What a scene looks at: what stands in it, as far as the camera must know, and where that camera is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from twin.judgement.scene_page import VIEWPORT

Bounds = tuple[float, float, float, float]

_FILL = 0.8  # of the viewport that the models may take up
_TILE = 512.0  # pixels of the world at zoom 0, as in MapLibre and deck.gl
_EQUATOR = 40_075_016.7  # metres
_CLOSEST, _FARTHEST = 19.5, 3.0
PITCH, BEARING = 50.0, 0.0
# Columns grow with the city: height of a whole one and radius, as shares of its extent; the least extent, metres.
_COLUMN_HEIGHT, _COLUMN_RADIUS, _LEAST_EXTENT = 0.09, 0.004, 500.0
_NEIGHBOURS = 50_000.0  # metres: what lies farther apart is not the same city
_CHINA = (104.0, 35.0)  # degrees: where an empty twin without bounds looks


class SceneModel(Protocol):
    """What a scene must know of a model; bounds in degrees, heights in metres."""

    @property
    def model(self) -> str:
        """Its id."""
        ...

    @property
    def project(self) -> str:
        """The code of its project."""
        ...

    @property
    def ground_height(self) -> float:
        """Height of its ground, metres."""
        ...

    @property
    def bounds(self) -> Bounds | None:
        """West, south, east, north in degrees; None when nothing is drawn."""
        ...

    @property
    def heights(self) -> tuple[float, float] | None:
        """Least and greatest height, metres; None when nothing is drawn."""
        ...

    @property
    def has_building(self) -> bool:
        """Has it a tileset of its building."""
        ...

    @property
    def has_spaces(self) -> bool:
        """Has it a tileset of its spaces."""
        ...


@dataclass(frozen=True, slots=True)
class Mark:
    """A project on the map: where, in which colour, and what is told of it.

    longitude, latitude : degrees; colour : "#rrggbb"; shape : of a light, see `twin.judgement.legend`; "" is a dot
    share : of the height of a whole column; 0 draws none
    footprint : polygons in degrees, each its outer ring and its holes; what stands there is drawn as a block
    rise : height of that block, metres
    """

    code: str
    name: str
    longitude: float
    latitude: float
    colour: str
    label: str
    shape: str = ""
    share: float = 0.0
    footprint: Sequence[Sequence[Sequence[tuple[float, float]]]] = ()
    rise: float = 0.0


def view_state(models: Sequence[SceneModel], city: Bounds | None, marks: Sequence[Mark] = ()) -> dict[str, float]:
    """Return longitude and latitude in degrees and the zoom at which all is seen, else the city, else China."""
    drawn = [model.bounds for model in models if model.bounds]
    if marks:
        drawn = main_cluster([*drawn, *map(_box, marks)])
    heights = [high - low for low, high in (model.heights for model in models if model.heights)]
    height = max([*heights, *(mark.share * column_size(marks)[0] for mark in marks)], default=0.0)
    if not drawn and city is None:
        return {"longitude": _CHINA[0], "latitude": _CHINA[1], "zoom": _FARTHEST}
    bounds = _union(drawn) if drawn else city or (0.0, 0.0, 0.0, 0.0)
    low, high = _FARTHEST, _CLOSEST
    if _fits(bounds, height, high):
        low = high
    while high - low > 0.005:
        middle = (low + high) / 2
        low, high = (middle, high) if _fits(bounds, height, middle) else (low, middle)
    longitude, latitude = _middle(bounds)
    return {"longitude": round(longitude, 7), "latitude": round(latitude, 7), "zoom": math.floor(low * 100) / 100}


def _middle(bounds: Bounds) -> tuple[float, float]:
    """Return the longitude and latitude, degrees, that are seen in the middle of `bounds`."""
    west, south, east, north = bounds
    return (west + east) / 2, latitude_of((mercator_y(south) + mercator_y(north)) / 2)


def _fits(bounds: Bounds, height: float, zoom: float) -> bool:
    """Is everything within `bounds` (degrees) up to `height` (metres) seen at a zoom, with a margin around it.

    The camera is that of MapLibre and deck.gl: 1.5 screen heights away from what it looks at, pitched.
    """
    west, south, east, north = bounds
    scale = _TILE * 2.0**zoom
    sine, cosine, far = math.sin(math.radians(PITCH)), math.cos(math.radians(PITCH)), 1.5 * VIEWPORT[1]
    across = (east - west) / 360 * scale / 2
    along = (mercator_y(south) - mercator_y(north)) * scale / 2
    up = height / (_EQUATOR * math.cos(math.radians(_middle(bounds)[1]))) * scale
    for y in (-along, along):
        for z in (0.0, up):
            depth = far + y * sine - z * cosine
            if depth <= 0:
                return False
            if across * far / depth > VIEWPORT[0] / 2 * _FILL:
                return False
            if abs(y * cosine + z * sine) * far / depth > VIEWPORT[1] / 2 * _FILL:
                return False
    return True


def mercator_y(latitude: float) -> float:
    """Return the web-mercator height of a latitude in degrees: 0 at the top of the world, 1 at its bottom.

    >>> mercator_y(0.0), round(mercator_y(66.51326044311186), 12)
    (0.5, 0.25)
    """
    limited = math.radians(min(max(latitude, -85.0511287798066), 85.0511287798066))
    return 0.5 - math.asinh(math.tan(limited)) / (2 * math.pi)


def latitude_of(y: float) -> float:
    """Return the latitude in degrees of a web-mercator height.

    >>> round(latitude_of(mercator_y(22.5)), 12)
    22.5
    """
    return math.degrees(math.atan(math.sinh((0.5 - y) * 2 * math.pi)))


def _union(bounds: Sequence[Bounds]) -> Bounds:
    west, south, east, north = zip(*bounds, strict=True)
    return min(west), min(south), max(east), max(north)


def column_size(marks: Sequence[Mark]) -> tuple[float, float]:
    """Return the height of a whole column and the radius of columns, metres, for projects that lie so far apart."""
    if not marks:
        return 0.0, 0.0
    extent = max(_extent(_union(main_cluster([_box(mark) for mark in marks]))), _LEAST_EXTENT)
    return extent * _COLUMN_HEIGHT, extent * _COLUMN_RADIUS


def main_cluster(boxes: Sequence[Bounds]) -> list[Bounds]:
    """Return the boxes, degrees, of the place where most lie: one far away must not push all others out of sight."""
    if not boxes:
        return []
    west, south, east, north = np.array(boxes, np.float64).T
    height = np.maximum.outer(north, north) - np.minimum.outer(south, south)
    middle = np.radians((np.maximum.outer(north, north) + np.minimum.outer(south, south)) / 2)
    width = (np.maximum.outer(east, east) - np.minimum.outer(west, west)) * np.cos(middle)
    near = np.hypot(width, height) * (_EQUATOR / 360) < _NEIGHBOURS
    return [box for box, found in zip(boxes, near[near.sum(axis=1).argmax()], strict=True) if found]


def _box(mark: Mark) -> Bounds:
    return mark.longitude, mark.latitude, mark.longitude, mark.latitude


def _extent(bounds: Bounds) -> float:
    """Return how far apart the corners of a box in degrees are, metres."""
    west, south, east, north = bounds
    across = (east - west) * math.cos(math.radians((south + north) / 2))
    return math.hypot(across, north - south) * _EQUATOR / 360
