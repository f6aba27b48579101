"""The features of a page as a small drawing (SVG): north up, no script, each feature a link."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from markupsafe import Markup
from numpy.typing import NDArray

_WIDTH, _HEIGHT, _MARGIN = 640.0, 400.0, 12.0
_SMALL = 4.0  # pixels: what is smaller is a dot
_MOST_FEATURES, _MOST_POINTS = 2_000, 100_000


def outline(geometry: NDArray[np.object_], names: Sequence[str], addresses: Sequence[str], title: str) -> Markup:
    """Return the drawing of features, "" where there is nothing to draw or too much.

    geometry : (n,) in longitude and latitude, degrees; names, addresses : n, of the features
    """
    points = int(shapely.get_num_coordinates(geometry).sum()) if len(geometry) else 0
    if not points or len(geometry) > _MOST_FEATURES or points > _MOST_POINTS:
        return Markup("")
    flat = shapely.force_2d(geometry)
    west, south, east, north = shapely.total_bounds(flat).tolist()
    narrow = max(math.cos(math.radians((south + north) / 2)), 0.01)
    scale = min(
        (_WIDTH - 2 * _MARGIN) / max((east - west) * narrow, 1e-9), (_HEIGHT - 2 * _MARGIN) / max(north - south, 1e-9)
    )
    middle = np.array([(west + east) / 2, (south + north) / 2])
    factor = np.array([scale * narrow, -scale])
    drawn = shapely.transform(flat, lambda at: (at - middle) * factor + (_WIDTH / 2, _HEIGHT / 2))
    shapes = [
        Markup('<a href="{}"><title>{}</title>{}</a>').format(address, name, _shape(shape))
        for shape, name, address in zip(shapely.simplify(drawn, 0.3), names, addresses, strict=True)
    ]
    view = f"0 0 {_WIDTH:.0f} {_HEIGHT:.0f}"
    head = Markup('<svg class="map" viewBox="{}" role="img" aria-label="{}">').format(view, title)
    return head + Markup("").join(shapes) + Markup("</svg>")


def _shape(shape: Any) -> Markup:
    """Return a geometry in pixels as SVG."""
    west, south, east, north = shape.bounds
    if max(east - west, north - south) < _SMALL:
        middle = ((west + east) / 2, (south + north) / 2)
        return Markup('<circle class="point" r="3.5" cx="{}" cy="{}"/>').format(*_pair(middle))
    drawn = []
    for part in _simple(shape):
        if part.geom_type == "Point":
            drawn.append(Markup('<circle class="point" r="3.5" cx="{}" cy="{}"/>').format(*_pair(part.coords[0])))
        elif part.geom_type == "Polygon":
            rings = "".join(_path(ring.coords) + "Z" for ring in (part.exterior, *part.interiors))
            drawn.append(Markup('<path class="area" d="{}"/>').format(rings))
        else:
            drawn.append(Markup('<path class="line" d="{}"/>').format(_path(part.coords)))
    return Markup("").join(drawn)


def _simple(shape: Any) -> list[Any]:
    """Return the parts of a geometry, of collections in collections as well."""
    if not hasattr(shape, "geoms"):
        return [] if shape.is_empty else [shape]
    return [simple for part in shape.geoms for simple in _simple(part)]


def _path(coordinates: Any) -> str:
    return "M" + "L".join("{} {}".format(*_pair(at)) for at in coordinates)


def _pair(at: Sequence[float]) -> tuple[str, str]:
    return f"{at[0]:.1f}", f"{at[1]:.1f}"
