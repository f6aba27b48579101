"""Where the key projects of the sample city stand: the one plan that the city and the models share.

Coordinates are EPSG:4547 (CGCS2000 / 3-degree Gauss-Krüger CM 114E), metres; heights are above sea level.
"""

import math
from dataclasses import dataclass

from sample_data.writer import Point

# What the generated city covers: least and greatest corner, eastings and northings.
LOW, HIGH = (501500.0, 2489000.0), (511500.0, 2498500.0)
GROUND = 6.0  # height of the plain


@dataclass(frozen=True, slots=True)
class Site:
    """The ground of a key project.

    eastings, northings : one corner, where the model's local frame has its origin
    turn_deg : from the map's x axis (east) to the model's x axis, counter-clockwise
    width, depth : along the model's x and y axis, metres; the parcel is this much
    height : of the model's local z = 0
    """

    code: str
    name: str
    kind: str
    eastings: float
    northings: float
    turn_deg: float
    width: float
    depth: float
    height: float = GROUND

    def corners(self, margin: float = 0.0) -> list[Point]:
        """Return the parcel's four corners, counter-clockwise, `margin` metres around it included."""
        cosine, sine = math.cos(math.radians(self.turn_deg)), math.sin(math.radians(self.turn_deg))
        low, right, top = -margin, self.width + margin, self.depth + margin
        return [
            (self.eastings + x * cosine - y * sine, self.northings + x * sine + y * cosine)
            for x, y in ((low, low), (right, low), (right, top), (low, top))
        ]


COMMUNITY = Site("BJ-001", "滨江社区服务中心", "community", 506180.0, 2493650.0, 12.0, 52.0, 17.0, 6.2)
SCHOOL = Site("BJ-002", "河东小学教学楼", "school", 508743.352, 2494152.980, -35.0, 70.0, 36.0, 8.4)
HOSPITAL = Site("BJ-003", "市第三人民医院", "hospital", 504300.0, 2494700.0, 8.0, 130.0, 90.0, 6.4)
VIADUCT = Site("BJ-004", "江湾高架桥", "viaduct", 502600.0, 2492200.0, 0.0, 600.0, 26.0)
METRO = Site("BJ-005", "地铁2号线人民广场站", "metro", 505200.0, 2493200.0, 12.0, 184.0, 22.0)
WATER = Site("BJ-006", "河东水厂", "water", 509800.0, 2496300.0, 20.0, 200.0, 140.0, 9.0)
HOUSING = Site("BJ-007", "江湾安居小区", "housing", 503600.0, 2496200.0, 5.0, 120.0, 80.0, 6.8)
SITES = (COMMUNITY, SCHOOL, HOSPITAL, VIADUCT, METRO, WATER, HOUSING)

# The viaduct's axis: straight east from its site's corner, then an arc to the left; the deck rises from the ground over
# its first 190 m and is level from there on, 9 m above the ground.
VIADUCT_STRAIGHT, VIADUCT_RADIUS, VIADUCT_ARC = 300.0, 800.0, 300.0
VIADUCT_DECK_WIDTH, VIADUCT_DECK_HEIGHT = 25.5, 9.0


def viaduct_axis(step: float = 20.0) -> list[Point]:
    """Return the viaduct's axis as points in EPSG:4547, about `step` metres apart."""
    east, north = VIADUCT.eastings, VIADUCT.northings
    points = [(east, north), (east + VIADUCT_STRAIGHT, north)]
    count = max(2, round(VIADUCT_ARC / step))
    for i in range(1, count + 1):
        angle = VIADUCT_ARC / VIADUCT_RADIUS * i / count
        points.append(
            (
                east + VIADUCT_STRAIGHT + VIADUCT_RADIUS * math.sin(angle),
                north + VIADUCT_RADIUS * (1 - math.cos(angle)),
            )
        )
    return points


def river_axis() -> list[Point]:
    """Return the river's axis from north to south, EPSG:4547; it is 240 to 360 m wide."""
    return [
        (508000.0, 2498500.0),
        (507650.0, 2497300.0),
        (507250.0, 2496000.0),
        (507250.0, 2494700.0),
        (507500.0, 2493500.0),
        (507300.0, 2492300.0),
        (506850.0, 2491200.0),
        (507050.0, 2490100.0),
        (507600.0, 2489000.0),
    ]
