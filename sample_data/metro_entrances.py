"""What of 人民广场站 stands on the square: four entrances under glass, two ventilation towers. Metres."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from sample_data.catalogue import Box, Plan
from sample_data.metro_fittings import escalator, straight_stair
from sample_data.metro_shell import LENGTH, ROOF, WIDTH
from sample_data.parts import rectangle, slab, wall
from sample_data.writer import Entity, Point

DEEP, WIDE = 16.2, 5.6  # a pavilion from its mouth to its back, and across
BAYS = 4
MOUTH, BACK = 4.4, 3.2  # height of the glass roof
HOLE = (3.7, 0.3, 16.0, 5.3)  # the shaft in a pavilion's own axes: u0, v0, u1, v1
FOOT = 17.0  # where stairs and escalators begin, on the concourse


@dataclass(frozen=True)
class Entrance:
    """A pavilion's own axes: u from its mouth to its back, v across, its outer corner at the origin."""

    name: str
    origin: Point
    turned: bool  # by half a turn

    @property
    def turn(self) -> float:
        """Return the direction of u, radians."""
        return math.pi if self.turned else 0.0

    def at(self, u: float, v: float) -> Point:
        """Return the place of pavilion coordinates in the station."""
        sign = -1 if self.turned else 1
        return (round(self.origin[0] + sign * u, 6), round(self.origin[1] + sign * v, 6))


EAST = LENGTH - 21.5
ENTRANCES = (
    Entrance("A 口", (21.5, 0.9), False),
    Entrance("B 口", (EAST, 0.9 + WIDE), True),
    Entrance("C 口", (EAST, WIDTH - 0.9), True),
    Entrance("D 口", (21.5, WIDTH - 0.9 - WIDE), False),
)


def _shaft(entrance: Entrance) -> tuple[float, float, float, float]:
    (xa, ya), (xb, yb) = entrance.at(HOLE[0], HOLE[1]), entrance.at(HOLE[2], HOLE[3])
    return (min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb))


SHAFTS = {entrance.name: _shaft(entrance) for entrance in ENTRANCES}


def entrances(p: Plan) -> None:
    """Add the entrances: shafts, stairs and escalators, glass houses, signs."""
    concourse = p.storeys["站厅层"]
    for entrance in ENTRANCES:
        _walls(p, entrance)
        back = entrance.turn + math.pi
        for i, v in enumerate((1.35, 4.25), 1):
            escalator(p, concourse, f"{entrance.name}扶梯 {i}", (*entrance.at(FOOT, v), 0.0), back)
        straight_stair(p, concourse, f"{entrance.name}楼梯", (*entrance.at(FOOT, 2.8), 0.0), back, 1.3)
        _glass_house(p, entrance)
        _sign(p, entrance)


def _walls(p: Plan, entrance: Entrance) -> None:
    """Add the shaft between roof and ground, and the low walls that the glass stands on."""
    u0, v0, u1, v1 = HOLE
    outer, shaft, ground = p.c.outer_wall(), p.storeys["顶板"], p.storeys["地面"]
    at, name = entrance.at, entrance.name
    sides = {
        "左": (at(u0 - 0.1, v0 - 0.1), at(u1 + 0.1, v0 - 0.1)),
        "右": (at(u0 - 0.1, v1 + 0.1), at(u1 + 0.1, v1 + 0.1)),
        "前": (at(u0 - 0.1, v0), at(u0 - 0.1, v1)),
        "后": (at(u1 + 0.1, v0), at(u1 + 0.1, v1)),
    }
    for side, ends in sides.items():
        label = f"{name}{side}侧井壁"
        wall(p.b, shaft, label, ends, 0.2, heights=(0.0, -ROOF - 0.1), colour="清水混凝土", kind=outer)
    low = {
        "左": (at(0.3, 0.1), at(DEEP, 0.1)),
        "右": (at(0.3, WIDE - 0.1), at(DEEP, WIDE - 0.1)),
        "后": (at(DEEP - 0.1, 0.2), at(DEEP - 0.1, WIDE - 0.2)),
    }
    for side, ends in low.items():
        wall(p.b, ground, f"{name}{side}侧矮墙", ends, 0.2, heights=(-0.1, 0.8), colour="花岗岩", kind=outer)


def _roof(u: float) -> float:
    """Return the height of the glass roof over the ground."""
    return MOUTH + (BACK - MOUTH) * u / DEEP


def _glass_house(p: Plan, entrance: Entrance) -> None:
    b, w, ground = p.b, p.b.w, p.storeys["地面"]
    step = (DEEP - 0.4) / BAYS
    steel, glass = ("Q355 钢", "POST"), ("夹胶中空玻璃", "CURTAIN_PANEL")

    def put(ifc_class: str, label: str, items: Callable[[], list[Entity]], at: Point, what: tuple[str, str]) -> None:
        name, code = f"出入口{label}", "DT-04 出入口"
        kind = p.c.of(f"{ifc_class}Type", name, items, material=what[0], code=code, use=what[1])
        place = (*entrance.at(*at), 0.0)
        b.add(ifc_class, f"{entrance.name}{label}", ground, place, entrance.turn, kind=kind, storey=ground)

    for i in range(BAYS + 1):
        u = 0.2 + i * step

        def portal(top: float = _roof(u) - 0.12) -> list[Entity]:
            posts = [w.box((-0.08, v - 0.08, 0.0), (0.08, v + 0.08, top)) for v in (0.1, WIDE - 0.1)]
            bar = w.box((-0.06, -0.6, top - 0.2), (0.06, WIDE + 0.6, top))
            return [w.painted(item, "深灰铝合金") for item in (*posts, bar)]

        put("IfcMember", f"钢架-{i + 1}", portal, (u, 0.0), steel)
    for i in range(BAYS):
        u0, u1 = 0.28 + i * step, 0.12 + (i + 1) * step
        side = [(0.0, 0.85), (u1 - u0, 0.85), (u1 - u0, _roof(u1) - 0.15), (0.0, _roof(u0) - 0.15)]
        out = 1.4 if i == 0 else 0.0
        low = [(-out, _roof(u0 - out)), (u1 - u0 + 0.16, _roof(u1 + 0.16))]
        cover = [*low, *((u, z + 0.05) for u, z in reversed(low))]

        def pane(outline: list[Point] = side) -> list[Entity]:
            return [w.painted(w.upright(outline, 0.024), "中空玻璃")]

        def canopy(outline: list[Point] = cover) -> list[Entity]:
            return [w.painted(w.upright(outline, WIDE + 1.0, WIDE / 2), "中空玻璃")]

        for name, v in (("左侧玻璃", 0.1), ("右侧玻璃", WIDE - 0.1)):
            put("IfcPlate", f"{name}-{i + 1}", pane, (u0, v), glass)
        put("IfcPlate", f"玻璃雨篷-{i + 1}", canopy, (u0, 0.0), glass)
    behind: list[Box] = [("中空玻璃", (0.0, 0.2, 0.85, 0.024, WIDE - 0.2, _roof(DEEP) - 0.3))]
    put("IfcPlate", "背面玻璃", lambda: p.c.boxes(behind), (DEEP - 0.12, 0.0), glass)
    band: list[Box] = [("线路蓝", (0.0, 0.0, 0.0, 0.12, WIDE, 0.5))]
    band.append(("标线白", (-0.02, 1.6, 0.12, 0.0, WIDE - 1.6, 0.38)))
    kind = p.c.of(
        "IfcBuildingElementProxyType", "站名牌", lambda: p.c.boxes(band), material="铝板", code="DT-10 导向标识"
    )
    place = (*entrance.at(-0.1, 0.0), _roof(0.0) - 0.75)
    b.add("IfcBuildingElementProxy", f"{entrance.name}站名牌", ground, place, entrance.turn, kind=kind, storey=ground)


def _sign(p: Plan, entrance: Entrance) -> None:
    """Add the post with the metro's sign that stands before every entrance."""
    boxes: list[Box] = [
        ("深灰铝合金", (-0.35, -0.12, 0.0, 0.35, 0.12, 0.3)),
        ("不锈钢", (-0.1, -0.06, 0.3, 0.1, 0.06, 3.4)),
        ("线路蓝", (-0.55, -0.12, 3.4, 0.55, 0.12, 4.6)),
        ("标线白", (-0.35, -0.14, 3.7, 0.35, 0.14, 4.3)),
        ("线路蓝", (-0.2, -0.15, 3.85, 0.2, 0.15, 4.15)),
    ]
    kind = p.c.of(
        "IfcBuildingElementProxyType", "地铁标志柱", lambda: p.c.boxes(boxes), material="不锈钢", code="DT-10 导向标识"
    )
    place = (*entrance.at(-2.0, WIDE + 0.2), 0.0)
    ground = p.storeys["地面"]
    p.b.add("IfcBuildingElementProxy", f"{entrance.name}标志柱", ground, place, math.pi / 2, kind=kind, storey=ground)


def vent_towers(p: Plan) -> None:
    """Add a ventilation tower at each end: stone below, louvres above."""
    b, ground, outer = p.b, p.storeys["地面"], p.c.outer_wall()
    size = 6.0

    def louvre() -> list[Entity]:
        boxes: list[Box] = [("银白铝合金", (0.0, -0.05, i * 0.3, size - 0.4, 0.05, i * 0.3 + 0.12)) for i in range(10)]
        return p.c.boxes([*boxes, ("深灰铝合金", (0.0, 0.05, 0.0, size - 0.4, 0.1, 2.9))])

    kind = p.c.of("IfcPlateType", "百叶-5.6x2.9", louvre, material="铝合金型材", code="DT-03 风亭", use="SHEET")
    for number, x0 in ((1, 3.0), (2, LENGTH - 3.0 - size)):
        y0, name = (WIDTH - size) / 2, f"{number}号风亭"
        x1, y1 = x0 + size, y0 + size
        ends = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
        for i, side in enumerate("南东北西"):
            (xa, ya), (xb, yb) = ends[i], ends[(i + 1) % 4]
            wall(
                b,
                ground,
                f"{name}{side}墙",
                ((xa, ya), (xb, yb)),
                0.25,
                heights=(-0.1, 1.6),
                colour="花岗岩",
                kind=outer,
            )
            turn = i * math.pi / 2
            at = (xa + 0.2 * math.cos(turn), ya + 0.2 * math.sin(turn), 1.6)
            b.add("IfcPlate", f"{name}{side}侧百叶", ground, at, turn, kind=kind, storey=ground)
        post = p.c.column(0.4, 4.6)
        for i, (x, y) in enumerate(ends):
            b.add("IfcColumn", f"{name}角柱 {i + 1}", ground, (x, y, 0.0), kind=post, storey=ground)
        roof = rectangle(x0 - 0.5, y0 - 0.5, x1 + 0.5, y1 + 0.5)
        kind_of_roof = p.c.slab("风亭屋面板", "ROOF", external=True)
        slab(b, ground, f"{name}屋面", roof, (4.6, 4.8), colour="浅灰涂料", kind=kind_of_roof, use="ROOF")
