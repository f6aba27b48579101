"""Housing of the sample city: estates of slabs and towers, old courtyard lanes, villages."""

import numpy as np
import shapely

from sample_data.city_plan import RIVER
from sample_data.city_shapes import Geometry
from sample_data.city_stock import NONE, Rects, Stock, aligned, rows_in

FLOOR = 2.95  # metres from floor to floor of a dwelling
SUN = 1.05  # row spacing as a share of the height: the sun's rule for low slabs


def southern(bearing: float) -> float:
    """Return the bearing of a row of slabs whose front faces as far south as the street grid allows.

    >>> southern(12), southern(55), southern(95)
    (12, -35, 5)
    """
    return (bearing + 45) % 90 - 45


def homes(stock: Stock, lot: Geometry, manner: str, bearing: float, rng: np.random.Generator) -> None:
    """Fill a parcel with housing as its quarter builds it."""
    if manner in {"slab", "mixed", "industry"} and lot.area > 9000 and rng.random() < 0.07:
        village(stock, lot, bearing, rng, 7)  # a village that the city has grown around (城中村)
    elif manner == "old":
        lanes(stock, lot, bearing, rng)
    elif manner == "fringe":
        village(stock, lot, bearing, rng)
    else:
        estate(stock, lot, manner, bearing, rng)


def floors_of(lot: Geometry, manner: str, rng: np.random.Generator) -> tuple[int, int]:
    """Return the floors and the year of an estate: by quarter, and high along the river."""
    near = shapely.distance(lot, RIVER) < 620
    draw = rng.random()
    if manner in {"tower", "cbd", "core"} or near:
        floors = (11, 17, 18, 24, 26, 32, 33)[int(draw * 7)] if lot.area > 9000 else (9, 11, 18)[int(draw * 3)]
        return (max(floors, 24) if near and draw > 0.35 and lot.area > 9000 else floors), int(rng.integers(2005, 2024))
    if draw < (0.6 if manner == "slab" else 0.45):
        return int(rng.choice([5, 6, 6, 6, 7, 7])), int(rng.integers(1982, 2004))
    if draw < 0.82:
        return int(rng.choice([9, 11, 11])), int(rng.integers(2002, 2014))
    return int(rng.choice([17, 18, 18, 26])), int(rng.integers(2008, 2023))


def estate(stock: Stock, lot: Geometry, manner: str, bearing: float, rng: np.random.Generator) -> None:
    """Fill a parcel with one estate (小区): shops along a street, rows of slabs, towers at the north, a garden."""
    ground = shapely.buffer(lot, -5.5, join_style="mitre")
    bearing = southern(aligned(lot, bearing))
    floors, year = floors_of(lot, manner, rng)
    if lot.area > 8000 and rng.random() < 0.72:
        strip = shops(lot, rng)
        if len(strip):
            stock.add(strip, "box", "商业", 2, 8.4, year)
            ground = ground.difference(shapely.union_all(shapely.buffer(strip.polygons(), 9.0, join_style="mitre")))
    if ground.geom_type == "MultiPolygon":
        ground = max(ground.geoms, key=lambda g: g.area)
    if floors <= 8:
        walk_ups(stock, ground, bearing, (floors, year), rng)
    else:
        high_rises(stock, ground, bearing, (floors, year), rng)


def walk_ups(stock: Stock, ground: Geometry, bearing: float, built: tuple[int, int], rng: np.random.Generator) -> None:
    """Fill the ground with rows of slabs without lifts, as far apart as the sun asks for; some stand across."""
    floors, year = built
    height = floors * FLOOR + 0.9
    rects = rows_in(
        ground, bearing, rng.uniform(10.8, 13.0), rng.uniform(34, 62), rng.uniform(6, 10), height * SUN - 3, rng
    )  # fmt: skip
    stay = rng.random(len(rects)) > 0.03
    rects = rects[stay]
    kinds = np.where(rects.widths > 48, "slab4", np.where(rects.widths > 33, "slab3", "slab2"))
    kinds = np.where(rng.random(len(rects)) < 0.25, "box", kinds)
    each = np.clip(floors - (rng.random(len(rects)) < 0.2), 4, 7)
    stock.add(rects, kinds, "住宅", each, each * FLOOR + 0.9, year)


def high_rises(
    stock: Stock, ground: Geometry, bearing: float, built: tuple[int, int], rng: np.random.Generator
) -> None:
    """Fill the ground with high slabs or towers, lower in the south, higher in the north; a garden stays free."""
    floors, year = built
    height = floors * FLOOR + 1.8
    towers = floors >= 17 and rng.random() < 0.5
    depth = rng.uniform(21, 25) if towers else rng.uniform(13, 15.5)
    length = rng.uniform(24, 30) if towers else rng.uniform(30, 56)
    gap = rng.uniform(15, 24) if towers else rng.uniform(10, 15)
    spacing = min(max(height * (0.62 if towers else 0.85), 22), 34 if towers else 48)
    rects = rows_in(ground, bearing, depth, length, gap, spacing, rng)
    if not len(rects):
        rects = rows_in(ground, bearing, 14, 24, 10, 22, rng)
    garden = ground.centroid.buffer(float(rng.uniform(20, 30)), quad_segs=5)
    around = rects[~shapely.intersects(garden, rects.polygons())]
    if len(around) >= 4 and garden.within(ground):
        stock.fields.append(("小区花园", garden))
        rects = around
    if not len(rects):
        return
    north = rects.centres[:, 1] - rects.centres[:, 1].min()
    share = 0.72 + 0.28 * north / max(north.max(), 1.0)
    each = np.clip(np.round(floors * share + rng.integers(-1, 2, len(rects))), 8, None)
    options = ["plus", "wings", "plus", "chamfer"] if towers else ["slab2", "slab2", "slab3", "box"]
    kind = options[int(rng.integers(4))]
    stock.add(rects, kind, "住宅", each, each * FLOOR + 1.8, year)


def shops(lot: Geometry, rng: np.random.Generator) -> Rects:
    """Return a strip of shops along the longest side of a parcel, with a gate left open."""
    at = shapely.get_coordinates(shapely.simplify(lot, 1.0).exterior)
    side = np.diff(at, axis=0)
    lengths = np.hypot(side[:, 0], side[:, 1])
    i = int(np.argmax(lengths * np.where(rng.random(len(lengths)) < 0.3, 0.5, 1.0)))
    if lengths[i] < 60:
        return NONE
    axis = side[i] / lengths[i]
    inward = np.array([-axis[1], axis[0]]) * (1 if shapely.is_ccw(shapely.get_exterior_ring(lot)) else -1)
    depth, half = float(rng.uniform(8.5, 11)), lengths[i] / 2
    middle = (at[i] + at[i + 1]) / 2 + inward * (depth / 2 + 4.0)
    room = half - 16 - 7
    if room < 14:
        return NONE
    pieces = max(1, round(room / 45))
    width = room / pieces - 1.0
    along = 7 + room * (np.arange(pieces) + 0.5) / pieces
    offsets = np.concatenate([-along, along])
    rects = Rects(middle + offsets[:, None] * axis, np.repeat(axis[None], len(offsets), axis=0),
                  np.full(len(offsets), width), np.full(len(offsets), depth))  # fmt: skip
    return rects[shapely.contains(lot, rects.polygons())]


def lanes(stock: Stock, lot: Geometry, bearing: float, rng: np.random.Generator) -> None:
    """Fill a parcel of the old town: narrow lanes, houses around yards, here and there a slab of the eighties."""
    ground = shapely.buffer(lot, -2.2, join_style="mitre")
    bearing = aligned(lot, southern(bearing)) + float(rng.normal(0.0, 0.8))
    if ground.area > 1500 and rng.random() < 0.13:
        high = int(rng.integers(4, 7))
        rects = rows_in(ground, bearing, 10.5, 32, 5, high * 2.6, rng)
        stock.add(rects, "slab3", "住宅", high, high * FLOOR + 0.8, int(rng.integers(1979, 1993)))
        return
    rects = rows_in(ground, bearing, rng.uniform(9, 13), rng.uniform(9, 14), 1.0, rng.uniform(1.6, 3.0), rng)
    rects = rects[rng.random(len(rects)) > 0.05]
    count = len(rects)
    kinds = rng.choice(["court", "box", "L", "U", "J", "court"], count)
    shrink = rng.uniform(0.9, 1.0, (2, count))
    rects = Rects(rects.centres, rects.axes, rects.widths * shrink[0], rects.depths * shrink[1])
    floors = rng.choice([1, 2, 2, 2, 3], count).astype(float)
    trade = rng.random(count) < 0.16
    years = rng.integers(1925, 1988, count).astype(float)
    stock.add(rects[~trade], kinds[~trade], "住宅", floors[~trade], floors[~trade] * 3.1 + 1.2, years[~trade])
    stock.add(rects[trade], kinds[trade], "商业", floors[trade], floors[trade] * 3.4 + 1.2, years[trade])


def village(stock: Stock, lot: Geometry, bearing: float, rng: np.random.Generator, most: int = 5) -> None:
    """Build a village in the middle of a parcel: crooked rows of houses of at most so many floors."""
    centre = lot.centroid
    radius = min(np.sqrt(lot.area) * 0.44, float(rng.uniform(120, 210)))
    angle = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    reach = radius * rng.uniform(0.7, 1.15, 14)
    blob = shapely.Polygon(np.column_stack([centre.x + reach * np.cos(angle), centre.y + reach * np.sin(angle)]))
    ground = shapely.buffer(lot, -6.0).intersection(blob)
    pieces = [ground] if ground.geom_type == "Polygon" else list(ground.geoms)
    turn = southern(bearing) + float(rng.normal(0.0, 9.0))
    for piece in pieces:
        rects = rows_in(piece, turn, rng.uniform(10, 12.5), rng.uniform(10, 13), 1.6, rng.uniform(3.5, 6.5), rng)
        rects = rects[rng.random(len(rects)) > 0.12]
        floors = (most - rng.choice([0, 1, 1, 2, 2, 3], len(rects))).astype(float)
        kinds = rng.choice(["box", "box", "L", "J", "T"], len(rects))
        stock.add(rects, kinds, "住宅", floors, floors * 3.2 + 0.8, rng.integers(1986, 2016, len(rects)).astype(float))
