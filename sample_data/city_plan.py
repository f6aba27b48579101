"""The plan of the sample city 滨江市: main roads, quarters and districts as a planner would sketch them.

The plan's frame is metres from the south-west corner of the city (`sites.LOW`), x east, y north.
"""

from dataclasses import dataclass, field

import numpy as np
import shapely

from sample_data import sites
from sample_data.city_shapes import Geometry, Point, smooth

WIDTH, HEIGHT = sites.HIGH[0] - sites.LOW[0], sites.HIGH[1] - sites.LOW[1]
CITY = shapely.box(0.0, 0.0, WIDTH, HEIGHT)
EXPRESSWAY, MAIN, SECOND, MINOR, WALK = "快速路", "主干路", "次干路", "支路", "步行街"
BANK = 225.0  # from the river's axis to the drives on its banks


def to_plan(points: list[Point]) -> list[Point]:
    """Return points of EPSG:4547 in the plan's frame."""
    return [(x - sites.LOW[0], y - sites.LOW[1]) for x, y in points]


def site_ground(site: sites.Site, margin: float = 0.0) -> Geometry:
    """Return the polygon of a key project's parcel, `margin` metres around it included."""
    return shapely.Polygon(np.round(to_plan(site.corners(margin)), 3))


def from_metro(along: float, across: float) -> Point:
    """Return the point `along` and `across` the metro station from its site's corner, metres."""
    x, y = to_plan([(sites.METRO.eastings, sites.METRO.northings)])[0]
    turn = np.radians(sites.METRO.turn_deg)
    return (
        float(x + along * np.cos(turn) - across * np.sin(turn)),
        float(y + along * np.sin(turn) + across * np.cos(turn)),
    )


@dataclass(frozen=True)
class MainRoad:
    """A road of the sketch: its name, rank, width in metres, and the points it runs through."""

    name: str
    rank: str
    width: float
    points: list[Point]
    closed: bool = False
    line: Geometry = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "line", smooth(self.points, closed=self.closed))


def river_line() -> Geometry:
    """Return the river's axis, smooth, from beyond the city's north edge to beyond its south edge."""
    axis = np.array(to_plan(sites.river_axis()))
    before, after = axis[0] - axis[1], axis[-1] - axis[-2]
    ends = (axis[0] + before / np.hypot(*before) * BEYOND, axis[-1] + after / np.hypot(*after) * BEYOND)
    return smooth([(float(x), float(y)) for x, y in np.vstack([ends[0], axis, ends[1]])], 60.0)


def expressway() -> MainRoad:
    """Return the expressway that the viaduct is a part of: from the city's west edge to its east edge."""
    viaduct = to_plan(sites.viaduct_axis())
    west = [(x, viaduct[0][1]) for x in (0.0, 400.0, 800.0)]
    east = [(1990, 3372), (2500, 3520), (3200, 3600), (4200, 3540), (5100, 3370), (5900, 3210), (6800, 3080)]
    rest = [(7900, 2960), (9000, 2880), (10000, 2850)]
    return MainRoad("江湾快速路", EXPRESSWAY, 50, west + viaduct + [(float(x), float(y)) for x, y in east + rest])


BEYOND = 400.0  # metres that the river's line goes on outside the city
RIVER = river_line()
RING = MainRoad(
    "环城快速路", EXPRESSWAY, 56,
    [(760, 1500), (1250, 960), (2300, 760), (4000, 730), (5420, 860), (7200, 760), (8600, 1000), (9180, 1700),
     (9280, 2900), (9200, 4500), (9250, 6200), (9150, 7600), (8500, 8400), (7300, 8600), (6200, 8560), (4500, 8620),
     (2500, 8700), (1100, 8450), (620, 7600), (520, 6200), (640, 4700), (600, 3200)],
    closed=True,
)  # fmt: skip
THROUGH = expressway()
VIADUCT_LINE = shapely.LineString(to_plan(sites.viaduct_axis()))
ROADS = (
    RING,
    THROUGH,
    # From south to north, west of the river.
    MainRoad("城西大道", MAIN, 44, [(1700, 0), (1780, 1200), (2000, 2400), (2060, 3400), (1900, 4600), (1740, 5800),
                                    (1650, 6900), (1520, 8300), (1450, 9500)]),
    MainRoad("中央大道", MAIN, 52, [(3300, 0), (3360, 1200), (3410, 2000), (3430, 3000), (3390, 3900), (3300, 4800),
                                    (3230, 5800), (3280, 6900), (3200, 8000), (3190, 9500)]),
    MainRoad("解放大道", MAIN, 44, [(4450, 0), (4380, 1300), (4290, 2400), (4250, 3500), (4080, 4600), (3930, 5400),
                                    (4060, 6600), (4230, 7800), (4180, 9500)]),
    # From west to east.
    MainRoad("江北路", MAIN, 40, [(0, 7760), (1600, 7690), (3200, 7830), (4200, 7720), (5200, 7560), (5980, 7560),
                                  (7000, 7420), (8050, 6930), (9250, 6900), (10000, 7040)]),
    MainRoad("建设路", MAIN, 36, [(0, 6550), (1700, 6480), (3250, 6640), (4060, 6650), (5050, 6480), (5560, 6470)]),
    MainRoad("中山路", MAIN, 40, [(0, 5500), (1000, 5470), (1780, 5370), (2600, 5250), (3270, 5230), (3950, 5350),
                                  (5000, 5580), (5750, 5750), (6200, 5850), (6750, 5730), (7350, 5420), (8300, 4780),
                                  (9210, 4480), (10000, 4420)]),
    MainRoad("人民路", MAIN, 44, [(0, 4080), (800, 4060), (2000, 3930), (2800, 3960), from_metro(-260, -40),
                                  from_metro(-40, -40), from_metro(230, -40), (4700, 4385), (5500, 4560), (5980, 4660),
                                  (6380, 4780), (6780, 5080), (7150, 5560), (7580, 6200), (8050, 6930), (8130, 7600),
                                  (7950, 8500), (7960, 9500)]),
    MainRoad("南湖路", MAIN, 40, [(0, 2420), (1900, 2390), (3410, 2440), (4290, 2390), (5000, 2300), (5370, 2260)]),
    MainRoad("振兴路", MAIN, 40, [(5370, 2260), (6200, 2230), (7800, 2190), (9230, 2150), (10000, 2150)]),
    # East of the river.
    MainRoad("河东大道", MAIN, 44, [(6250, 3150), (6520, 3720), (7030, 4450), (7680, 5240), (8250, 5900), (8800, 6480),
                                    (9250, 6900), (10000, 7640)]),
    MainRoad("港城大道", MAIN, 40, [(7150, 0), (7130, 1500), (7050, 3050), (6960, 3700), (7030, 4450)]),
    MainRoad("工业大道", MAIN, 40, [(8380, 0), (8330, 1500), (8270, 2920), (8260, 4000), (8300, 4780), (8250, 5900)]),
    MainRoad("科创大道", MAIN, 40, [(7320, 9500), (7180, 8610), (7000, 7420), (6850, 6500), (6750, 5730)]),
    MainRoad("港务路", MAIN, 32, [(5660, 1320), (7130, 1400), (8330, 1390), (9120, 1500)]),
    # Second rank, where the plan wants them in one place.
    MainRoad("滨江路", SECOND, 24, [(4078, 4496), (4684, 4628), (5250, 4745), (5745, 4850)]),
    MainRoad("湖滨路", SECOND, 24, [(2440, 2360), (2400, 2900), (2510, 3570)]),
    MainRoad("站前路", SECOND, 28, [(1870, 1970), (2800, 1830), (3405, 1830), (4330, 1830), (5160, 1950)]),
    MainRoad("鼓楼步行街", WALK, 14, [(4548, 5520), (4720, 4920), (4797, 4620)]),
)  # fmt: skip
METRO_LINES = {
    "1号线": [("江湾北", 3200, 8250), ("江北路", 3235, 7700), ("建设路", 3270, 6630), ("市三医院", 3245, 5600),
             ("中央大道", 3375, 4120), ("会展中心", 3425, 3250), ("南湖公园", 3425, 2430), ("滨江站", 3400, 1640),
             ("大学城", 3360, 1100), ("南郊", 3310, 300)],
    "2号线": [("西郊", 250, 4078), ("城西", 1050, 4040), ("桃源", 1990, 3930), ("中央大道", 3375, 4120),
             ("人民广场", 0, 0), ("鼓楼", 4760, 4397), ("江滨", 5480, 4555), ("河东", 6420, 4800), ("学苑", 7080, 5460),
             ("科创中心", 7640, 6290), ("河东水厂", 8080, 7120), ("北苑", 8060, 8000)],
    "3号线": [("江湾西", 500, 7735), ("江湾新城", 1620, 7690), ("江北路", 3235, 7700), ("北岸", 4260, 7690),
             ("江北大桥", 5500, 7520), ("望江", 6480, 7500), ("科创大道", 6990, 7400), ("紫云", 6870, 6560),
             ("中山路东", 6770, 5720), ("河东", 6420, 4800), ("河东大道", 6560, 3770), ("港城", 7060, 3030),
             ("振兴路", 7090, 2210), ("港务区", 7130, 1400)],
}  # fmt: skip
RAILWAY: list[Point] = [
    (0, 1830), (900, 1790), (1900, 1640), (2700, 1545), (3400, 1530), (4100, 1545), (4800, 1660), (5420, 1760),
    (6300, 1790), (7600, 1760), (8800, 1780), (10000, 1900),
]  # fmt: skip
CANALS: dict[str, tuple[float, list[Point]]] = {
    "护城河": (26.0, [(5640, 5660), (5000, 5445), (4420, 5325), (4215, 5225), (4205, 4990), (4290, 4600), (4420, 4120),
                     (4500, 3920), (4720, 3850), (5200, 3890), (5900, 3990)]),
    "江湾河": (24.0, [(0, 7020), (800, 6960), (1450, 7090), (2000, 6960), (2560, 7020), (3100, 7180), (3700, 7060),
                     (4400, 7180), (5000, 7020), (5700, 7060)]),
    "河东渠": (20.0, [(5850, 3000), (6500, 2700), (7300, 2620), (8000, 2560), (8700, 2700), (9100, 3300), (9500, 3700),
                     (10000, 3800)]),
    "南溪": (18.0, [(1000, 0), (1300, 500), (2050, 1050), (2800, 1180), (3600, 1130), (4500, 1330), (5400, 1300)]),
}  # fmt: skip
LAKE: list[Point] = [
    (2560, 2700), (2720, 2600), (2960, 2640), (3120, 2570), (3300, 2690), (3310, 2950), (3200, 3120), (3220, 3280),
    (3020, 3330), (2850, 3230), (2700, 3270), (2600, 3080),
]  # fmt: skip
PARK = shapely.box(2470, 2420, 3430, 3570)  # the park around the lake, up to the roads
# The district's name, a point in it; the borders are the river and the roads below.
DISTRICTS = (
    ("江湾区", (1500, 7500)), ("城北区", (4500, 7500)), ("城西区", (1500, 4500)), ("城中区", (4200, 4500)),
    ("南湖区", (3000, 2000)), ("高新区", (7800, 7800)), ("河东区", (7500, 4000)), ("东港区", (7500, 1500)),
)  # fmt: skip
# Quarters: a point, the manner of building there, the bearing of the streets. Each block is of the nearest quarter.
QUARTERS = (
    (3550, 4200, "cbd", 12), (3650, 4800, "cbd", 12), (3750, 3850, "cbd", 10), (3150, 3900, "cbd", 10),
    (3050, 4500, "cbd", 6), (2600, 4300, "core", 4), (2250, 3700, "tower", 4), (2850, 3780, "core", 4),
    (3250, 3750, "cbd", 6), (3600, 5300, "core", 8), (4700, 4650, "old", 12),
    (4450, 5150, "old", 14), (5100, 5250, "old", 11), (5350, 5100, "old", 15), (4750, 4150, "old", 11),
    (5350, 4300, "old", 10), (5000, 4900, "old", 12), (5000, 3650, "tower", -8), (5450, 5950, "tower", 8),
    (2850, 5750, "mixed", 8), (2250, 4900, "mixed", 6), (1200, 4750, "slab", 3), (1300, 6000, "slab", 4),
    (2400, 6100, "slab", 7), (3650, 6150, "slab", 5), (4700, 6050, "slab", 9), (5100, 6900, "tower", 3),
    (3700, 7300, "slab", 4), (2500, 7300, "tower", 5), (1150, 7200, "slab", 4), (2350, 8250, "tower", 3),
    (3700, 8200, "slab", 2), (5100, 8100, "tower", -6), (1250, 3650, "slab", 0), (1250, 2850, "mixed", 2),
    (2900, 2950, "park", 0),
     (2230, 2950, "tower", 2), (4700, 2900, "tower", -5), (3850, 2950, "core", 2),
    (1300, 2050, "industry", 2), (2700, 2100, "mixed", 1), (3900, 2100, "core", 0), (4700, 2050, "slab", -4),
    (2400, 1150, "campus", 2), (3850, 1150, "slab", 0), (4850, 1150, "slab", -3), (1300, 1400, "industry", 8),
    (6450, 4250, "core", 55), (7200, 5150, "slab", 55), (6900, 4900, "mixed", 55), (7700, 4700, "slab", 52),
    (6450, 5350, "tower", 62), (8000, 5300, "slab", 50), (8750, 5400, "slab", 40), (8700, 4000, "slab", 3),
    (7600, 3500, "mixed", 12), (7600, 4000, "slab", 30), (6650, 3350, "tower", -10), (6300, 2700, "mixed", -4),
    (7500, 6100, "tech", 48), (7250, 6700, "tech", 20), (6450, 6500, "tower", 8), (6450, 7100, "tower", 8),
    (6650, 8050, "tower", 12), (7600, 7950, "tech", 14), (8500, 7300, "tech", 20), (8550, 6350, "slab", 42),
    (8600, 7800, "tech", 20), (7600, 2550, "industry", -2), (8700, 2500, "industry", -2), (6500, 1950, "industry", 0),
    (7700, 1800, "industry", -1), (8700, 1800, "industry", 0), (6400, 1150, "port", 2), (7700, 1050, "industry", 2),
    (8600, 1200, "industry", 4),
)  # fmt: skip


# Where the city has grown beyond its ring: x, y, radius, the manner of building.
SUBURBS = (
    (4300, 9050, 700, "mixed"), (2400, 9150, 420, "industry"), (9700, 5100, 620, "mixed"), (250, 4400, 620, "slab"),
    (3650, 250, 620, "mixed"), (6500, 350, 620, "industry"), (9750, 2600, 520, "industry"), (7600, 9100, 560, "tower"),
    (200, 7300, 480, "mixed"), (300, 1900, 520, "industry"),
)  # fmt: skip


@dataclass(frozen=True)
class Manner:
    """How a quarter is laid out and used.

    block : hectares of a block between streets
    minor : width of its minor streets, metres
    wobble : how far a street bends aside, as a share of its length
    lot : hectares of a parcel
    uses : land-use code and its share
    """

    block: float
    minor: float
    wobble: float
    lot: float
    uses: dict[str, float]


LIVING = {
    "R2": 0.82, "B1": 0.06, "A3": 0.035, "G1": 0.045, "A1": 0.01, "A4": 0.01, "A5": 0.01, "U1": 0.01,
}  # fmt: skip
MANNERS = {
    "old": Manner(1.15, 9, 0.035, 0.24, {"R2": 0.70, "B1": 0.17, "A2": 0.03, "A3": 0.03, "G1": 0.04, "A1": 0.03}),
    "cbd": Manner(2.1, 18, 0.0, 1.1, {"B2": 0.55, "B1": 0.24, "R2": 0.10, "G1": 0.06, "A1": 0.03, "A2": 0.02}),
    "core": Manner(2.6, 16, 0.0, 1.3, {"B1": 0.26, "B2": 0.24, "R2": 0.38, "G1": 0.05, "A1": 0.04, "A2": 0.03}),
    "mixed": Manner(3.2, 15, 0.01, 1.6, {**LIVING, "R2": 0.62, "B1": 0.14, "B2": 0.08}),
    "slab": Manner(3.8, 15, 0.012, 2.4, LIVING),
    "tower": Manner(4.8, 18, 0.01, 3.6, {**LIVING, "G1": 0.08}),
    "tech": Manner(5.2, 18, 0.008, 2.6, {"B2": 0.40, "M1": 0.28, "R2": 0.16, "A3": 0.06, "G1": 0.08, "U1": 0.02}),
    "industry": Manner(9.0, 16, 0.0, 3.6, {"M1": 0.30, "M2": 0.46, "W1": 0.13, "U1": 0.04, "G2": 0.03, "R2": 0.04}),
    "port": Manner(8.0, 16, 0.0, 3.6, {"W1": 0.60, "M2": 0.26, "S4": 0.08, "G2": 0.06}),
    "campus": Manner(8.0, 14, 0.02, 3.0, {"A3": 0.85, "G1": 0.08, "R2": 0.07}),
    "park": Manner(1000.0, 12, 0.0, 1000.0, {"G1": 1.0}),
    "fringe": Manner(14.0, 9, 0.06, 6.0, {"E2": 0.46, "H14": 0.42, "M1": 0.07, "G2": 0.06}),
}
