"""Hypothesis strategies: geometries in degrees of the sizes that a tile pyramid meets."""

import math

import numpy as np
import shapely
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

ZOOM = 14
DEGREES = 360 / 2**ZOOM  # of longitude in a tile of that zoom
SIZES = st.sampled_from([1e-4, 0.003, 0.05, 0.4, 1.7, 3.0])  # in tiles

places = st.tuples(
    st.one_of(st.floats(-179, 179), st.sampled_from([0.0, 114.06, -180 + DEGREES, 179.999, 180.0])),
    st.one_of(st.floats(-84, 84), st.sampled_from([0.0, 22.5])),
)


@st.composite
def stars(draw: st.DrawFn) -> BaseGeometry:
    """A star-shaped polygon, mostly concave, round or a sliver, with up to two holes."""
    (lng, lat), size = draw(places), draw(SIZES)
    count = draw(st.integers(3, 24))
    radii = np.array(draw(st.lists(st.floats(0.2, 1), min_size=count, max_size=count)))
    angles = np.linspace(0, 2 * math.pi, count, endpoint=False) + draw(st.floats(0, 1))
    flat = draw(st.sampled_from([1.0, 1.0, 0.3, 0.001]))
    shrink = math.cos(math.radians(lat))

    def ring(scale: float, x: float = 0.0, y: float = 0.0) -> NDArray[np.float64]:
        around = np.stack([x + scale * radii * np.cos(angles), flat * (y + scale * radii * np.sin(angles))])
        return np.asarray((np.array([[lng], [lat]]) + around * size * DEGREES * np.array([[1], [shrink]])).T)

    holes = [ring(0.3), ring(0.05, 0.12 * radii.min())][: draw(st.integers(0, 1))]
    made = shapely.Polygon(ring(1.0), holes)
    if draw(st.booleans()):
        made = shapely.Polygon(list(made.exterior.coords)[::-1], [list(h.coords)[::-1] for h in made.interiors])
    return made


@st.composite
def several(draw: st.DrawFn) -> BaseGeometry:
    """A multi-polygon of up to three stars that do not overlap."""
    parts = draw(st.lists(stars().filter(lambda p: p.is_valid and abs(p.bounds[1]) < 80), min_size=1, max_size=3))
    lng, lat = parts[0].centroid.coords[0]
    moved = [
        shapely.affinity.translate(part, lng + i * 6.5 * DEGREES - part.centroid.x, lat - part.centroid.y)
        for i, part in enumerate(parts)
    ]
    return shapely.MultiPolygon(moved)


polygons = st.one_of(stars(), several()).filter(
    lambda g: g.is_valid and not g.is_empty and g.area > 0 and abs(g.bounds[0]) < 185 and abs(g.bounds[2]) < 185
)


@st.composite
def walks(draw: st.DrawFn) -> BaseGeometry:
    """A line of up to 30 vertices, or several lines near each other."""
    lng, lat = draw(places)
    lines = []
    for _ in range(draw(st.integers(1, 2))):
        steps = draw(st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=2, max_size=30))
        points = np.array([lng, min(max(lat, -80), 80)]) + np.array(steps) * draw(SIZES) * DEGREES
        lines.append(points)
    return shapely.LineString(lines[0]) if len(lines) == 1 else shapely.MultiLineString(lines)


lines = walks().filter(lambda g: g.is_valid and g.length > 0)


@st.composite
def clouds(draw: st.DrawFn) -> BaseGeometry:
    """A point, or several within two tiles."""
    lng, lat = draw(places)
    steps = draw(st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), max_size=4, unique=True))
    cloud = [(lng + x * DEGREES, lat + y * DEGREES) for x, y in steps]
    return shapely.MultiPoint(cloud) if cloud else shapely.Point(lng, lat)


points = clouds()
