"""Blocks between the streets of the sample city, their use, the parcels inside them, and the green."""

from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from sample_data import city_plan as plan
from sample_data import sites
from sample_data.city_plan import CITY, MANNERS, RIVER
from sample_data.city_ramps import reserved
from sample_data.city_roads import Quarters
from sample_data.city_shapes import Floats, Geometries, Geometry, divided, parts

USES = {
    "R2": "二类居住用地", "A1": "行政办公用地", "A2": "文化设施用地", "A3": "教育科研用地", "A4": "体育用地",
    "A5": "医疗卫生用地", "B1": "商业用地", "B2": "商务用地", "M1": "一类工业用地", "M2": "二类工业用地",
    "W1": "一类物流仓储用地", "S3": "交通枢纽用地", "S4": "交通场站用地", "U1": "供应设施用地", "G1": "公园绿地",
    "G2": "防护绿地", "G3": "广场用地", "H14": "村庄建设用地", "H21": "铁路用地", "E2": "农林用地",
}  # fmt: skip
SITE_USES = {"community": "R2", "school": "A3", "hospital": "A5", "viaduct": "S1", "metro": "G3", "water": "U1",
             "housing": "R2"}  # fmt: skip
GREEN = ("G1", "G2", "G3")
# Single great buildings: name, where, land use, and the least hectares of the block.
SPECIAL = (
    ("滨江市人民政府", (3650, 4720), "A1", 1.5),
    ("滨江博物馆", (3050, 4800), "A2", 1.5),
    ("滨江大剧院", (5430, 4760), "A2", 0.8),
    ("滨江市图书馆", (4000, 5600), "A2", 1.0),
    ("滨江市体育中心", (8050, 5450), "A4", 3.0),
    ("滨江国际会展中心", (3800, 3150), "A2", 2.0),
    ("滨江站", (3400, 1690), "S3", 1.0),
    ("滨江汽车客运站", (3000, 1720), "S3", 1.0),
    ("江湾万象城", (3000, 4150), "B1", 1.5),
    ("河东中心广场", (6650, 4480), "B1", 1.2),
    ("滨江科技馆", (7350, 6700), "A2", 1.5),
    ("江湾体育馆", (2500, 7750), "A4", 2.0),
)


@dataclass(frozen=True, slots=True)
class Ground:
    """Pieces of ground (n,): polygons, land-use codes, manners of building, bearings in degrees, names."""

    polygons: Geometries
    uses: NDArray[np.object_]
    manners: NDArray[np.object_]
    bearings: Floats
    names: NDArray[np.object_]

    def __getitem__(self, rows: NDArray[np.generic]) -> "Ground":
        return Ground(
            self.polygons[rows], self.uses[rows], self.manners[rows], self.bearings[rows], self.names[rows]
        )  # fmt: skip


def blocks(taken: Geometries) -> Ground:
    """Return the blocks that streets, water and railway (`taken`) leave, each with its use."""
    free = shapely.difference(CITY, shapely.union_all(taken))
    opened = shapely.buffer(shapely.buffer(shapely.get_parts(free), -5.0, join_style="mitre"), 5.0, quad_segs=3)
    polygons, _ = parts(shapely.simplify(opened, 0.15), 150.0)
    polygons, _ = parts(shapely.intersection(polygons, CITY), 150.0)
    inner = shapely.point_on_surface(polygons)
    manners, bearings = Quarters().at(inner)
    uses = zoned(polygons, manners, np.random.default_rng(20260401))
    names = np.full(len(polygons), "", dtype=object)
    tree = shapely.STRtree(polygons)
    for name, point, use, least in SPECIAL:
        near = tree.query(shapely.Point(point).buffer(420.0))
        fit = [i for i in near if shapely.area(polygons[i]) > least * 1e4 and not names[i] and uses[i] != "G1"]
        if fit:
            row = min(fit, key=lambda i: (polygons[i].distance(shapely.Point(point)), i))
            uses[row], names[row] = use, name
    for site in sites.SITES:
        if site is not sites.VIADUCT:
            row = tree.nearest(plan.site_ground(site).centroid)
            uses[row], names[row] = SITE_USES[site.kind], "人民广场" if site is sites.METRO else ""
    return Ground(polygons, uses, np.array(manners, dtype=object), bearings, names)


def zoned(polygons: Geometries, manners: list[str], rng: np.random.Generator) -> NDArray[np.object_]:
    """Return the land-use code (n,) of blocks: by the shares of the quarter, green where small or by the river."""
    inner = shapely.point_on_surface(polygons)
    areas = shapely.area(polygons)
    thin = 4 * np.pi * areas / shapely.length(polygons) ** 2 < 0.16
    strip = shapely.distance(inner, RIVER) < plan.BANK - 15
    round_about = shapely.within(inner, reserved())
    draws = rng.random(len(polygons))
    uses = np.full(len(polygons), "", dtype=object)
    for i, manner in enumerate(manners):
        shares = MANNERS[manner].uses
        total = np.cumsum(list(shares.values()))
        uses[i] = list(shares)[int(np.searchsorted(total, draws[i] * total[-1], side="right"))]
        if uses[i] == "G1" and areas[i] > 6e4 and manner != "park":
            uses[i] = next(iter(shares))
        if round_about[i]:
            uses[i] = "G2"
        elif strip[i]:
            uses[i] = "G1"
        elif areas[i] < 1500 or (thin[i] and areas[i] < 40000):
            uses[i] = "G2"
    return uses


def parcels(ground: Ground) -> Ground:
    """Return the parcels of the blocks; every key project's site is one, cut out of the others."""
    rng = np.random.default_rng(20260402)
    hectares = np.array([lot_size(m, u) for m, u in zip(ground.manners, ground.uses, strict=True)])
    whole = ground.names != ""
    hectares[whole] = 1000.0
    pieces, rows = divided(ground.polygons, hectares * 1e4 * rng.uniform(0.7, 1.3, len(hectares)), rng)
    clear = np.array([plan.site_ground(site) for site in sites.SITES])
    hit, by = shapely.STRtree(pieces).query(clear, predicate="intersects")[::-1]
    for row, site in zip(hit, by, strict=True):
        pieces[row] = shapely.difference(pieces[row], clear[site])
    pieces, source = parts(pieces, 60.0)
    return replace(ground[rows[source]], polygons=pieces)


def lot_size(manner: str, use: str) -> float:
    """Return how many hectares a parcel of this use has."""
    if use in GREEN or use in {"E2", "H14"}:
        return 1000.0
    least = {"A3": 4.2, "A4": 3.0, "A5": 3.0, "A1": 1.5, "A2": 1.6, "U1": 3.0, "M2": 3.6, "W1": 3.2, "R2": 0.0}.get(
        use, 0.0
    )
    most = {"B1": 1.4, "B2": 1.2, "A1": 2.2, "A2": 2.2}.get(use, 100.0)
    return min(max(MANNERS[manner].lot, least), most)


def shrunk(polygons: Geometries, by: Floats | float) -> Geometries:
    """Return the ground that is left `by` metres inside, the largest piece of it."""
    inner = shapely.buffer(polygons, -np.asarray(by), join_style="mitre")
    several = shapely.get_type_id(inner) == 6
    inner[several] = [max(g.geoms, key=lambda p: p.area) for g in inner[several]]
    return inner


def belts(ground: Ground, water: Geometry) -> tuple[Geometries, list[str]]:
    """Return green belts along canals and lake (inside the blocks that are not green themselves), and their names."""
    built = ~np.isin(ground.uses, GREEN)
    belt = shapely.buffer(water, 16.0, quad_segs=4)
    shapely.prepare(belt)
    near = built & shapely.intersects(belt, ground.polygons)
    pieces, _ = parts(shapely.intersection(ground.polygons[near], belt), 200.0)
    return pieces, ["滨水绿带"] * len(pieces)
