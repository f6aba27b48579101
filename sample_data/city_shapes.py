"""Shapes of the sample city: smooth curves, cuts through polygons, and the outlines that buildings are stamped from.

Everything is in the plan's frame: metres, x east, y north, from the south-west corner of the city.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Geometry = Any  # a shapely geometry
Geometries = Any  # an array (n,) of shapely geometries
Floats = NDArray[np.float64]
Point = tuple[float, float]


def direction(bearing: float) -> Floats:
    """Return the unit vector (2,) of a bearing in degrees from east, counter-clockwise."""
    return np.array([math.cos(math.radians(bearing)), math.sin(math.radians(bearing))])


def smooth(points: Sequence[Point], step: float = 45.0, closed: bool = False) -> Geometry:
    """Return a smooth line (centripetal Catmull-Rom) through the points, vertices about `step` metres apart."""
    given = np.asarray(points, float)
    if closed:
        given = np.vstack([given[-1], given, given[:2]])
    else:
        given = np.vstack([2 * given[0] - given[1], given, 2 * given[-1] - given[-2]])
    parts = []
    for p0, p1, p2, p3 in zip(given, given[1:], given[2:], given[3:], strict=False):
        t1, t2, t3 = np.cumsum([math.sqrt(math.dist(a, b)) for a, b in ((p0, p1), (p1, p2), (p2, p3))])
        t = np.linspace(t1, t2, max(2, round(math.dist(p1, p2) / step)) + 1)[:-1, None]
        a1, a2, a3 = (
            p0 + (p1 - p0) * t / t1,
            p1 + (p2 - p1) * (t - t1) / (t2 - t1),
            p2 + (p3 - p2) * (t - t2) / (t3 - t2),
        )
        b1, b2 = a1 + (a2 - a1) * t / t2, a2 + (a3 - a2) * (t - t1) / (t3 - t1)
        parts.append(b1 + (b2 - b1) * (t - t1) / (t2 - t1))
    return shapely.LineString(np.vstack([*parts, given[-2] if not closed else given[1]]))


def wave(count: int, waves: Sequence[tuple[float, float, float]]) -> Floats:
    """Return (count,) sums of sines (amplitude, periods over the length, phase)."""
    t = np.linspace(0.0, 2 * math.pi, count)
    total: Floats = np.sum([a * np.sin(n * t + phase) for a, n, phase in waves], axis=0)
    return total


def ribbon(axis: Geometry, half_widths: Floats) -> Geometry:
    """Return the polygon `half_widths` (n,) metres to either side of a line of n vertices."""
    at = shapely.get_coordinates(axis)
    along = np.gradient(at, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    left = np.column_stack([-along[:, 1], along[:, 0]]) * half_widths[:, None]
    return shapely.make_valid(shapely.Polygon(np.vstack([at + left, (at - left)[::-1]])))


def frames(polygons: Geometries) -> tuple[Floats, Floats, Floats, Floats]:
    """Return centre (n, 2), long axis (n, 2), length (n,) and width (n,) of the least boxes around polygons (n,)."""
    boxes = shapely.oriented_envelope(polygons)
    ring = shapely.get_coordinates(shapely.get_exterior_ring(boxes)).reshape(-1, 5, 2)
    first, second = ring[:, 1] - ring[:, 0], ring[:, 2] - ring[:, 1]
    one, two = np.linalg.norm(first, axis=1), np.linalg.norm(second, axis=1)
    long = np.where((one >= two)[:, None], first, second)
    return ring[:, :4].mean(axis=1), long / np.maximum(one, two)[:, None], np.maximum(one, two), np.minimum(one, two)


def boxes(centres: Floats, axes: Floats, widths: Floats, depths: Floats) -> Geometries:
    """Return rectangles (n,) from centres (n, 2), axes (n, 2), and sizes along and across the axes (n,)."""
    corners = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
    return shapely.polygons(placed(corners, centres, axes, widths, depths))


def placed(outline: Floats, centres: Floats, axes: Floats, widths: Floats, depths: Floats) -> Floats:
    """Return an outline (m, 2) of the unit square, put (n, m, 2) where the rectangles are."""
    x, y = outline[None, :, 0] * widths[:, None], outline[None, :, 1] * depths[:, None]
    cosine, sine = axes[:, :1], axes[:, 1:]
    return np.stack([centres[:, :1] + x * cosine - y * sine, centres[:, 1:] + x * sine + y * cosine], axis=2)


def parts(geometries: Geometries, least: float = 0.0) -> tuple[Geometries, NDArray[np.intp]]:
    """Return the polygons of any geometries with more than `least` square metres, and the row that each is of."""
    found, rows = shapely.get_parts(geometries, return_index=True)
    keep = (shapely.get_type_id(found) == 3) & (shapely.area(found) > least)
    return found[keep], rows[keep]


def halved(polygons: Geometries, fractions: Floats) -> tuple[Geometries, NDArray[np.intp]]:
    """Cut polygons (n,) across their long axes at the fraction (n,) of the length; return the pieces and their rows."""
    centres, axes, lengths, widths = frames(polygons)
    at = (fractions - 0.5) * lengths
    pieces = []
    for low, high in ((-lengths, at), (at, lengths)):
        middle = centres + axes * ((low + high) / 2)[:, None]
        pieces.append(shapely.intersection(polygons, boxes(middle, axes, high - low, 2 * widths + 2)))
    found, rows = parts(np.concatenate(pieces), 1.0)
    return found, rows % len(polygons)


def divided(polygons: Geometries, areas: Floats, rng: np.random.Generator) -> tuple[Geometries, NDArray[np.intp]]:
    """Cut polygons (n,) in halves until each piece is below its area (n,); return the pieces and their rows."""
    rows = np.arange(len(polygons))
    for _ in range(9):
        large = shapely.area(polygons) > areas[rows] * 1.45
        if not large.any():
            break
        pieces, source = halved(polygons[large], rng.uniform(0.42, 0.58, large.sum()))
        polygons = np.concatenate([polygons[~large], pieces])
        rows = np.concatenate([rows[~large], rows[large][source]])
    return polygons, rows


def circle(count: int, power: float = 2.0) -> Floats:
    """Return the outline (count, 2) of a circle of diameter 1; a power above 2 makes it squarer."""
    t = np.arange(count) * 2 * math.pi / count
    x, y = np.cos(t), np.sin(t)
    return 0.5 * np.column_stack([np.sign(x) * abs(x) ** (2 / power), np.sign(y) * abs(y) ** (2 / power)])


def notched(units: int) -> Floats:
    """Return the outline of a slab of flats: a straight south front, stairs standing out on the north side."""
    top = [(0.5, 0.36)]
    for i in reversed(range(units)):
        middle = (i + 0.5) / units - 0.5
        half = 0.18 / units
        top += [(middle + half, 0.36), (middle + half, 0.5), (middle - half, 0.5), (middle - half, 0.36)]
    return np.array([(-0.5, -0.5), (0.5, -0.5), *top, (-0.5, 0.36)])


def three_sided() -> Floats:
    """Return the outline of a triangle with rounded corners."""
    t = np.radians([90.0, 210.0, 330.0])
    triangle = shapely.Polygon(np.column_stack([np.cos(t), np.sin(t)]) * 0.42)
    ring = shapely.get_coordinates(shapely.normalize(shapely.buffer(triangle, 0.14, quad_segs=4)))[:-1]
    low, high = ring.min(axis=0), ring.max(axis=0)
    result: Floats = (ring - low) / (high - low) - 0.5
    return result


def _points(text: str) -> Floats:
    """Return an outline written as "x y, x y" in hundredths, from the south-west corner of the unit square."""
    return np.array([[float(number) for number in pair.split()] for pair in text.split(",")]) / 100 - 0.5


BOX = _points("0 0, 100 0, 100 100, 0 100")
OUTLINES: dict[str, Floats] = {
    "box": BOX,
    "slab2": notched(2),
    "slab3": notched(3),
    "slab4": notched(4),
    "plus": _points(
        "30 0, 70 0, 70 22, 100 22, 100 44, 92 44, 92 62, 100 62, 100 84, 70 84, 70 100, 30 100, 30 84, 0 84,"
        "0 62, 8 62, 8 44, 0 44, 0 22, 30 22"
    ),
    "wings": _points("0 12, 26 0, 40 26, 60 26, 74 0, 100 12, 84 52, 66 66, 66 100, 34 100, 34 66, 16 52"),
    "L": _points("0 0, 100 0, 100 42, 40 42, 40 100, 0 100"),
    "J": _points("0 0, 100 0, 100 100, 64 100, 64 40, 0 40"),
    "U": _points("0 0, 30 0, 30 64, 70 64, 70 0, 100 0, 100 100, 0 100"),
    "H": _points("0 0, 26 0, 26 38, 74 38, 74 0, 100 0, 100 100, 74 100, 74 62, 26 62, 26 100, 0 100"),
    "E": _points("0 0, 18 0, 18 60, 41 60, 41 0, 59 0, 59 60, 82 60, 82 0, 100 0, 100 100, 0 100"),
    "T": _points("34 0, 66 0, 66 56, 100 56, 100 100, 0 100, 0 56, 34 56"),
    "chamfer": _points("14 0, 86 0, 100 14, 100 86, 86 100, 14 100, 0 86, 0 14"),
    "round": circle(28),
    "soft": circle(32, 4.0),
    "hexagon": _points("25 0, 75 0, 100 50, 75 100, 25 100, 0 50"),
    "three": three_sided(),
}
# Outlines with a hole: the outer outline, the hole's, and the hole's size as a share of the box.
HOLED: dict[str, tuple[str, str, float]] = {
    "court": ("box", "box", 0.45),
    "atrium": ("chamfer", "box", 0.5),
    "bowl": ("round", "round", 0.62),
    **{f"podium {tower}": ("box", tower, 0.5) for tower in ("box", "chamfer", "soft", "round", "hexagon", "three")},
}


def stamped(kinds: NDArray[np.str_], centres: Floats, axes: Floats, widths: Floats, depths: Floats) -> Geometries:
    """Return polygons (n,) of the kinds (n,), each in its rectangle, counter-clockwise, rounded to millimetres."""
    result = np.full(len(kinds), None, dtype=object)
    for kind in sorted(set(kinds.tolist())):
        here = kinds == kind
        where = (centres[here], axes[here], widths[here], depths[here])
        if kind in HOLED:
            outer, inner, share = HOLED[kind]
            shells = placed(OUTLINES[outer], *where)
            holes = placed(OUTLINES[inner] * share, *where)
            result[here] = [
                shapely.Polygon(np.round(shell, 3), [np.round(hole[::-1], 3)])
                for shell, hole in zip(shells, holes, strict=True)
            ]
        else:
            result[here] = shapely.polygons(np.round(placed(OUTLINES[kind], *where), 3))
    return result
