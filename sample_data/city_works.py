"""Works of the sample city other than housing: offices, shops, schools, hospitals, sheds, and the landmarks."""

from collections.abc import Callable

import numpy as np
import shapely

from sample_data.city_plan import RIVER
from sample_data.city_shapes import Geometry
from sample_data.city_stock import Rects, Stock, aligned, facing_south, largest, moved, rows_in

# The skyline's summits: name, where, height, floors, the tower's outline.
LANDMARKS = (
    ("滨江金融中心", (3560, 4330), 298.0, 66, "soft"),
    ("人民广场大厦", (3950, 4120), 236.0, 54, "chamfer"),
    ("江湾国际中心", (3550, 3980), 258.0, 58, "round"),
    ("中央商务大厦", (3150, 4050), 199.5, 46, "box"),
    ("滨江环球中心", (3750, 3850), 218.0, 49, "three"),
    ("市广播电视中心", (3300, 4450), 172.0, 38, "hexagon"),
    ("江景大厦", (3850, 4550), 184.0, 42, "chamfer"),
    ("河东国际广场", (6500, 4400), 208.0, 47, "soft"),
    ("望江大厦", (6300, 5250), 165.0, 38, "round"),
    ("南湖中心", (3950, 2950), 168.0, 39, "box"),
    ("江北中心", (5150, 7350), 176.0, 41, "chamfer"),
    ("科创中心", (7500, 6400), 152.0, 34, "hexagon"),
)
HEART = shapely.Point(3600, 4150)  # of the business district
Builder = Callable[[Stock, Geometry, str, float, np.random.Generator], None]


def offices(stock: Stock, lot: Geometry, manner: str, bearing: float, rng: np.random.Generator) -> None:
    """Build a tower on a podium, lower away from the business district; in a technology park, loose slabs."""
    if manner == "tech":
        rects = rows_in(lot.buffer(-10), aligned(lot, bearing), rng.uniform(20, 26), rng.uniform(42, 70), 18, 26, rng)
        floors = rng.integers(4, 13, len(rects)).astype(float)
        kinds = rng.choice(["box", "L", "H", "U", "box"], len(rects))
        stock.add(rects, kinds, "办公", floors, floors * 4.1 + 2, rng.integers(2008, 2024, len(rects)).astype(float))
        return
    near = np.exp(-((shapely.distance(lot, HEART) / 620) ** 2)) + 0.35 * (shapely.distance(lot, RIVER) < 500)
    height = float(np.clip(30 + 135 * near * rng.uniform(0.35, 1.1) ** 1.3 + rng.uniform(0, 26), 26, 178))
    home = largest(lot.buffer(-7), 2.6)
    draw = rng.random()
    if draw < 0.3 or len(home) == 0 or home.depths[0] < 30:
        tower_on_podium(stock, home, height, rng)
    else:
        (tower_beside if draw < 0.68 else twin_towers if draw < 0.84 else tower_alone)(stock, home, height, rng)


def tower_beside(stock: Stock, home: Rects, height: float, rng: np.random.Generator) -> None:
    """Build a tower at one end of its ground and a low wing for shops at the other, wall to wall."""
    w, d = min(float(home.widths[0]), 110.0), min(float(home.depths[0]), 64.0)
    share, side = float(rng.uniform(0.34, 0.48)), 1 if rng.random() < 0.5 else -1
    year, size = int(rng.integers(1994, 2025)), min(d, float(rng.uniform(30, 46)))
    kind = str(rng.choice(["box", "chamfer", "soft", "box", "round"]))
    tower = moved(home, side * w * (1 - share) / 2, (d - size) / 2, min(w * share, 46.0), size)
    stock.add(tower, kind, "办公", round(height / 4.1), height, year)
    low = int(rng.integers(3, 7))
    wing = str(rng.choice(["box", "L", "J", "court", "box"]))
    stock.add(moved(home, -side * w * (share + 0.03) / 2, 0, w * (0.96 - share), d), wing, "商业", low, low * 4.6, year)


def twin_towers(stock: Stock, home: Rects, height: float, rng: np.random.Generator) -> None:
    """Build two towers of unlike height and a hall between them."""
    w, d = min(float(home.widths[0]), 124.0), min(float(home.depths[0]), 44.0)
    year, kind = int(rng.integers(2003, 2025)), str(rng.choice(["box", "chamfer", "soft"]))
    for side, share in ((-1, 1.0), (1, float(rng.uniform(0.7, 1.0)))):
        high = round(height * share, 1)
        stock.add(moved(home, side * w * 0.35, 0, w * 0.29, d), kind, "办公", round(high / 4.1), high, year)
    stock.add(moved(home, 0, 0, w * 0.38, d * 0.7), "box", "商业", 4, 20.4, year)


def tower_alone(stock: Stock, home: Rects, height: float, rng: np.random.Generator) -> None:
    """Build a tower or a slab of offices that stands free on a paved square."""
    w, d = min(float(home.widths[0]), 78.0), min(float(home.depths[0]), 58.0)
    kind = str(rng.choice(["box", "T", "round", "hexagon", "L", "soft", "chamfer", "plus"]))
    w, d = (min(w, d) * 0.85,) * 2 if kind in {"round", "hexagon", "plus"} else (w * 0.75, min(d * 0.7, 34.0))
    stock.add(moved(home, 0, 0, w, d), kind, "办公", round(height / 3.9), height, int(rng.integers(1992, 2024)))


def tower_on_podium(stock: Stock, rects: Rects, height: float, rng: np.random.Generator, name: str = "",
                    kind: str = "") -> None:  # fmt: skip
    """Build a tower that rises from the hole of its podium; only the tower where the ground is small."""
    if not len(rects):
        return
    width, depth = (min(float(rects.widths[0]), 96.0), min(float(rects.depths[0]), 84.0))
    kind = kind or str(rng.choice(["box", "chamfer", "soft", "box", "chamfer", "hexagon"]))
    floors, year = max(6, round(height / 4.2)), int(rng.integers(1998, 2025))
    if min(width, depth) < 34:
        stock.add(moved(rects, 0, 0, width * 0.8, depth * 0.8), kind, "办公", floors, height, year, name)
        return
    size = 0.5
    if depth * size > 52:
        depth = 104.0
    podium = moved(rects, 0, 0, width, depth)
    stock.add(podium, f"podium {kind}", "商业", 4, 19.5, year)
    stock.add(moved(rects, 0, 0, width * size, depth * size), kind, "办公", floors, height, year, name)


def trade(stock: Stock, lot: Geometry, manner: str, bearing: float, rng: np.random.Generator) -> None:
    """Build shops: lanes of houses in the old town, else a mall, a hotel or rows of shops."""
    if manner == "old":
        rects = rows_in(
            lot.buffer(-2.5), aligned(lot, bearing), rng.uniform(12, 16), rng.uniform(14, 24), 1.0, 4.5, rng
        )
        floors = rng.integers(2, 5, len(rects)).astype(float)
        kinds = rng.choice(["box", "L", "court", "box"], len(rects))
        stock.add(rects, kinds, "商业", floors, floors * 3.8 + 1, rng.integers(1950, 2010, len(rects)).astype(float))
        return
    draw, year = rng.random(), int(rng.integers(1994, 2023))
    rects = largest(lot.buffer(-7), 2.2)
    if not len(rects):
        return
    width, depth = min(float(rects.widths[0]), 150.0), min(float(rects.depths[0]), 90.0)
    if draw < 0.3:
        kind = str(rng.choice(["atrium", "box", "chamfer", "L", "soft"]))
        stock.add(moved(rects, 0, 0, width, depth), kind, "商业", 5, 26.4, year)
    elif draw < 0.62:
        tower_on_podium(stock, rects, float(rng.uniform(45, 92)), rng)
    else:
        row = rows_in(lot.buffer(-7), aligned(lot, bearing), 15, 40, 6, 16, rng)
        floors = rng.integers(2, 6, len(row)).astype(float)
        stock.add(row, "box", "商业", floors, floors * 4.2 + 1, year)


def school(stock: Stock, lot: Geometry, manner: str, bearing: float, rng: np.random.Generator) -> None:
    """Build a school: teaching wings in one part of the ground, a running track in the other."""
    if manner == "campus" and rng.random() < 0.8:
        campus(stock, lot, bearing, rng)
        return
    rects = largest(lot.buffer(-8), 2.6)
    if not len(rects):
        return
    width, depth = float(rects.widths[0]), float(rects.depths[0])
    track = min(0.46 * width, 1.1 * depth, 100.0)
    side = 1 if rng.random() < 0.5 else -1
    wide = min(0.9 * depth, track * 1.8, 172.0)
    if 0.65 < wide / track < 1.5:  # an oval, not a circle
        track, wide = (wide / 1.6, wide) if wide > 0.9 * track else (track, track / 1.6)
    oval = moved(rects, side * (width - track) / 2, 0, track, wide)
    radius = min(track, wide) / 2 - 0.5
    stock.fields.append(("运动场", shapely.buffer(oval.polygons()[0], -radius).buffer(radius, quad_segs=8)))
    room = width - track - 12
    home = facing_south(moved(rects, -side * (width - room) / 2, 0, room, depth))
    w, d = float(home.widths[0]), float(home.depths[0])
    floors, year = int(rng.integers(4, 6)), int(rng.integers(1985, 2021))
    kind = str(rng.choice(["U", "E", "L", "H", "J"]))
    part = 0.62 if d > 70 else 1.0
    d1 = min(d * part, 62.0)
    if d > 130:
        rows = rows_in(home.polygons()[0], southern_of(home), 17, 58, 14, 24, rng)
        stock.add(rows, rng.choice(["box", "L", "T", "box"], len(rows)), "学校", floors, floors * 3.9 + 1, year)
        return
    stock.add(moved(home, 0, (d - d1) / 2, min(w, 88.0), d1), kind, "学校", floors, floors * 3.9 + 0.9, year)
    if d - d1 > 24:
        stock.add(moved(home, 0, -(d - 16) / 2, min(w, 46.0), 16.0), "box", "学校", 3, 13.2, year)


def campus(stock: Stock, lot: Geometry, bearing: float, rng: np.random.Generator) -> None:
    """Build a part of a university: institutes around a lawn, or halls of residence in rows."""
    ground, bearing, year = lot.buffer(-10), aligned(lot, bearing), int(rng.integers(1978, 2020))
    if rng.random() < 0.4:
        rows = rows_in(ground, bearing, 15, rng.uniform(48, 66), 12, 21, rng)
        stock.add(rows, "box", "学校", 6, 20.6, year)
        return
    rows = rows_in(ground, bearing, rng.uniform(36, 48), rng.uniform(52, 76), 22, 26, rng)
    lawn = ground.centroid.buffer(float(rng.uniform(24, 40)))
    around = rows[~shapely.intersects(lawn, rows.polygons())]
    if len(around) >= 3:
        stock.fields.append(("草坪", lawn))
        rows = around
    floors = rng.integers(3, 8, len(rows)).astype(float)
    stock.add(rows, rng.choice(["U", "H", "E", "L", "court", "T"], len(rows)), "学校", floors, floors * 4 + 1.5, year)


def southern_of(rects: Rects) -> float:
    """Return the bearing of the first rectangle's axis, degrees."""
    return float(np.degrees(np.arctan2(rects.axes[0, 1], rects.axes[0, 0])))


def hospital(stock: Stock, lot: Geometry, manner: str, bearing: float, rng: np.random.Generator) -> None:
    """Build a hospital: wards in a high slab behind wings for outpatients."""
    home = facing_south(largest(lot.buffer(-10), 1.8))
    if not len(home):
        return
    w, d, year = float(home.widths[0]), float(home.depths[0]), int(rng.integers(1990, 2022))
    stock.add(moved(home, 0, -d * 0.24, min(w, 110.0), d * 0.46), "E", "医院", 5, 21.5, year)
    stock.add(moved(home, 0, d * 0.34, min(w * 0.8, 84.0), min(d * 0.26, 24.0)), "box", "医院", 17, 68.6, year)


def modest(stock: Stock, lot: Geometry, use: str, bearing: float, rng: np.random.Generator) -> None:
    """Build small houses on ground that is too narrow or crooked for what its use asks for."""
    rects = rows_in(lot.buffer(-4), aligned(lot, bearing), 13, 27, 8, 12, rng)
    floors = rng.integers(2, 5, len(rects)).astype(float)
    kind = {"R": "住宅", "B": "商业", "M": "工业", "W": "仓储", "A": "公建", "U": "市政"}.get(use[0], "公建")
    stock.add(rects, "box", kind, floors, floors * 3.5 + 1, int(rng.integers(1985, 2015)))


def public(stock: Stock, lot: Geometry, manner: str, bearing: float, rng: np.random.Generator) -> None:
    """Build offices of a public body: a wide front with wings."""
    home = facing_south(largest(lot.buffer(-9), 2.0))
    if not len(home):
        return
    w, d = min(float(home.widths[0]) * 0.85, 84.0), min(float(home.depths[0]) * 0.75, 56.0)
    floors = int(rng.integers(3, 6)) if manner == "old" else int(rng.integers(4, 13))
    kind = str(rng.choice(["U", "H", "T", "L", "court"]))
    stock.add(moved(home, 0, 0, w, d), kind, "公建", floors, floors * 3.9 + 1.5, int(rng.integers(1982, 2020)))


def works(stock: Stock, lot: Geometry, manner: str, bearing: float, rng: np.random.Generator) -> None:
    """Build a factory: rows of sheds, an office at the gate."""
    depth, length = rng.uniform(18, 42), rng.uniform(36, 95)
    bearing = aligned(lot, bearing)
    if manner in {"old", "fringe"}:
        depth, length = rng.uniform(14, 20), rng.uniform(28, 50)
    rects = rows_in(lot.buffer(-10), bearing, depth, length, rng.uniform(10, 16), rng.uniform(11, 18), rng)
    rects = rects[rng.random(len(rects)) > 0.1]
    count = len(rects)
    small = rng.random(count) < 0.22
    rects = Rects(rects.centres, rects.axes, np.where(small, rects.widths * 0.55, rects.widths), rects.depths)
    floors = rng.choice([1, 1, 1, 2, 3, 4], count).astype(float)
    height = np.where(floors == 1, rng.uniform(8, 14.5, count), floors * 5.2 + 1)
    kinds = np.where(rng.random(count) < 0.14, "L", "box")
    stock.add(rects, kinds, "工业", floors, height, int(rng.integers(1992, 2022)))


def stores(stock: Stock, lot: Geometry, manner: str, bearing: float, rng: np.random.Generator) -> None:
    """Build warehouses: long, deep and low."""
    rects = rows_in(lot.buffer(-12), aligned(lot, bearing), rng.uniform(38, 56), rng.uniform(70, 130), 20, 28, rng)
    stock.add(rects, "box", "仓储", 1, float(rng.uniform(10, 13)), int(rng.integers(2004, 2024)))


def supply(stock: Stock, lot: Geometry, manner: str, bearing: float, rng: np.random.Generator) -> None:
    """Build a works of water, gas or power: tanks in a row and a hall."""
    home = largest(lot.buffer(-10), 2.5)
    if not len(home):
        return
    w, d = float(home.widths[0]), float(home.depths[0])
    size = min(26.0, d * 0.34)
    for i in range(max(1, int(w * 0.8 // (size + 8)))):
        stock.add(moved(home, -w / 2 + size / 2 + i * (size + 8), d / 4, size, size), "round", "市政", 1, 11.5, 1998)
    stock.add(moved(home, 0, -d / 4, min(w * 0.6, 60.0), min(d * 0.3, 22.0)), "L", "市政", 2, 9.8, 1998)


def sport(stock: Stock, lot: Geometry, manner: str, bearing: float, rng: np.random.Generator) -> None:
    """Build a sports hall beside a track."""
    home = facing_south(largest(lot.buffer(-10), 2.4))
    if not len(home):
        return
    w, d = float(home.widths[0]), float(home.depths[0])
    stock.add(moved(home, -w * 0.26, 0, min(w * 0.42, 80.0), min(d * 0.7, 60.0)), "soft", "公建", 2, 19.0, 2009)
    oval = moved(home, w * 0.24, 0, min(w * 0.46, 92.0), min(d * 0.9, 170.0)).polygons()[0]
    stock.fields.append(("运动场", oval.buffer(-min(w * 0.2, 38.0)).buffer(min(w * 0.2, 38.0), quad_segs=8)))


BUILDERS: dict[str, Builder] = {
    "B1": trade, "B2": offices, "A3": school, "A5": hospital, "A1": public, "A2": public, "A4": sport, "M1": works,
    "M2": works, "W1": stores, "S4": stores, "U1": supply,
}  # fmt: skip
# The great single buildings: outline, longest side, floors, height, use.
GREAT: dict[str, tuple[str, float, float, int, float, str]] = {
    "滨江市人民政府": ("U", 130, 80, 9, 42.0, "办公"),
    "滨江博物馆": ("court", 96, 96, 4, 28.0, "公建"),
    "滨江大剧院": ("round", 110, 78, 4, 38.5, "公建"),
    "滨江市图书馆": ("J", 90, 70, 6, 32.0, "公建"),
    "滨江市体育中心": ("bowl", 240, 205, 4, 42.0, "公建"),
    "滨江国际会展中心": ("chamfer", 240, 120, 3, 31.0, "公建"),
    "滨江站": ("box", 220, 62, 3, 33.0, "交通"),
    "滨江汽车客运站": ("U", 110, 60, 3, 16.5, "交通"),
    "江湾万象城": ("atrium", 170, 110, 7, 38.0, "商业"),
    "河东中心广场": ("atrium", 150, 95, 6, 33.0, "商业"),
    "滨江科技馆": ("three", 100, 100, 4, 35.0, "公建"),
    "江湾体育馆": ("round", 120, 104, 3, 29.0, "公建"),
}


def great(stock: Stock, lot: Geometry, name: str) -> None:
    """Build one of the great single buildings in its parcel."""
    kind, width, depth, floors, height, use = GREAT[name]
    home = largest(lot.buffer(-10), 3.2)
    if kind in {"U", "J"}:
        home = facing_south(home)
    if len(home):
        fit = moved(home, 0, 0, min(width, float(home.widths[0])), min(depth, float(home.depths[0])))
        stock.add(fit, kind, use, floors, height, 2012, name)
