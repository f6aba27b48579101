"""The box of 人民广场站: diaphragm walls, slabs, columns, beams; tracks, a train, the ends of the tunnels. Metres."""

import math
from collections.abc import Mapping

from sample_data.catalogue import Plan
from sample_data.parts import rectangle, slab
from sample_data.writer import Entity, IfcWriter, Point

LENGTH, WIDTH, WALL = 184.0, 22.0, 0.8
PLATFORM, CONCOURSE, ROOF = -14.0, -7.0, -2.5  # the levels people and ground stand on
BASE, TOE = -15.6, -22.0  # top of the base slab, foot of the diaphragm walls
RAIL = -15.05
TRACKS = (3.45, 18.55)  # across the station
BORE = -13.2  # middle of the tunnels
ROWS = (7.6, 14.4)  # columns, across
UP = {"西": (60.0, 76.5), "东": (107.5, 124.0)}  # openings in the concourse floor, along
UP_SIDES = (8.6, 13.4)
LIFT = (90.8, 9.9, 93.2, 12.1)  # x0, y0, x1, y1

Shafts = Mapping[str, tuple[float, float, float, float]]


def columns_at() -> list[float]:
    """Return where columns stand along the station."""
    return [9.0 + i * 8.3 for i in range(21)]


def shell(p: Plan, shafts: Shafts) -> None:
    """Add walls, slabs, columns and beams; `shafts` are the openings in the roof."""
    _diaphragm_walls(p)
    inner = rectangle(WALL, WALL, LENGTH - WALL, WIDTH - WALL)
    kind = p.c.slab("地下室底板-1000", "BASESLAB")
    low = BASE - PLATFORM
    slab(p.b, p.storeys["站台层"], "底板", inner, (low - 1.0, low), colour="清水混凝土", kind=kind, use="BASESLAB")
    ways = [rectangle(x0, UP_SIDES[0], x1, UP_SIDES[1]) for x0, x1 in UP.values()]
    holes = [*ways, rectangle(*LIFT)]
    kind = p.c.slab("中板-400")
    slab(p.b, p.storeys["站厅层"], "中板", inner, (-0.4, 0.0), colour="清水混凝土", kind=kind, holes=holes)
    openings = [rectangle(*shaft) for shaft in shafts.values()]
    kind = p.c.slab("顶板-800", "ROOF", external=True)
    slab(p.b, p.storeys["顶板"], "顶板", inner, (-0.8, 0.0), colour="清水混凝土", kind=kind, holes=openings, use="ROOF")
    _frame(p)


def _diaphragm_walls(p: Plan) -> None:
    """Add the walls round the station in panels, as they are cast; the end walls let the tunnels through."""
    b, w, storey = p.b, p.b.w, p.storeys["站台层"]
    tall, count = ROOF - TOE, 30
    panel = LENGTH / count
    kind = p.c.of(
        "IfcWallType",
        "地下连续墙-800",
        lambda: p.c.boxes([("花岗岩", (0.01, 0.0, 0.0, panel - 0.01, WALL, tall))]),
        material="C35 P8 防水混凝土",
        code="DT-01 围护结构",
        use="STANDARD",
    )
    for side, y in (("南", 0.0), ("北", WIDTH - WALL)):
        for i in range(count):
            at = (i * panel, y, TOE - PLATFORM)
            made = b.add("IfcWall", f"{side}侧地下连续墙 {i + 1:02d}", storey, at, kind=kind, storey=storey)
            facts = {"施工段": f"第{i // 6 + 1}段", "槽段": f"{'SN'[side == '北']}{i + 1:02d}"}
            w.properties(made, "滨江_施工信息", facts)
    outline = rectangle(WALL + 0.01, TOE, WIDTH - WALL - 0.01, ROOF)
    for name, x in (("小里程端墙", 0.0), ("大里程端墙", LENGTH - WALL)):
        body = w.prism(w.profile(outline, [ring(3.15, 24, (y, BORE)) for y in TRACKS]), WALL, facing_x(w))
        made = b.add(
            "IfcWall", name, storey, (x, 0, -PLATFORM), items=[w.painted(body, "花岗岩")], kind=kind, storey=storey
        )
        w.properties(made, "滨江_施工信息", {"施工段": "端头井", "槽段": name})


def ring(radius: float, count: int, middle: Point = (0.0, 0.0)) -> list[Point]:
    """Return a circle's corners, counter-clockwise."""
    x, y = middle
    steps = (math.tau * i / count for i in range(count))
    return [(x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in steps]


def facing_x(w: IfcWriter) -> Entity:
    """Return the axes of a profile that is drawn in the yz plane and extruded along x."""
    return w.axes((0, 0, 0), z=(1, 0, 0), x=(0, 1, 0))


def _frame(p: Plan) -> None:
    """Add columns on both levels, and the beams along them under floor and roof."""
    b, places = p.b, columns_at()
    lower, upper = p.storeys["站台层"], p.storeys["站厅层"]
    for row, y in enumerate(ROWS):
        for i, x in enumerate(places):
            for storey, foot, top in (
                (lower, BASE - PLATFORM, CONCOURSE - 0.4 - PLATFORM),
                (upper, 0.0, ROOF - 0.8 - CONCOURSE),
            ):
                kind = p.c.column(0.8, round(top - foot, 3))
                made = b.add("IfcColumn", f"柱 {'AB'[row]}-{i + 1}", storey, (x, y, foot), kind=kind, storey=storey)
                b.w.properties(made, "滨江_施工信息", {"施工段": f"第{i // 5 + 1}段", "轴线": f"{'AB'[row]}-{i + 1}"})
            if i + 1 < len(places):
                beam = p.c.beam(round(places[i + 1] - x - 0.8, 3), 0.8, 0.9)
                at = (x + 0.4, y, ROOF - 0.8 - CONCOURSE)
                b.add("IfcBeam", f"顶纵梁 {'AB'[row]}-{i + 1}", upper, at, kind=beam, storey=upper)


def tracks(p: Plan) -> None:
    """Add track beds, track panels, the tunnels' first rings, and a train at the platform."""
    b, w, storey = p.b, p.b.w, p.storeys["站台层"]
    bed = p.c.slab("整体道床", "BASESLAB")
    panel = p.c.of(
        "IfcMemberType", "轨排-25m", lambda: _panel(w), material="U75V 钢轨", code="DT-05 轨道", use="MEMBER"
    )
    lining = p.c.of(
        "IfcBuildingElementProxyType",
        "盾构管片环-6200",
        lambda: [w.painted(w.prism(w.profile(ring(3.1, 24), [ring(2.75, 24)]), 1.48, facing_x(w)), "清水混凝土")],
        material="C50 P12 管片混凝土",
        code="DT-02 盾构隧道",
    )
    low = BASE - PLATFORM
    for side, y in zip(("左线", "右线"), TRACKS, strict=True):
        outline = rectangle(-20.0, y - 1.3, LENGTH + 20.0, y + 1.3)
        slab(b, storey, f"{side}道床", outline, (low, low + 0.3), colour="花岗岩", kind=bed, use="BASESLAB")
        for i in range(8):
            at = (-16.0 + i * 27.0, y, RAIL - PLATFORM)
            b.add("IfcMember", f"{side}轨排 {i + 1}", storey, at, kind=panel, storey=storey)
        for end, x0 in (("小里程", -19.5), ("大里程", LENGTH)):
            for i in range(13):
                at = (x0 + i * 1.5, y, BORE - PLATFORM)
                b.add("IfcBuildingElementProxy", f"{side}{end}端管片 {i + 1}", storey, at, kind=lining, storey=storey)
    car = p.c.of("IfcBuildingElementProxyType", "B2 型车厢", lambda: _car(p), material="铝合金车体", code="DT-09 车辆")
    for i in range(6):
        at = (33.0 + i * 19.8, TRACKS[0], RAIL - PLATFORM)
        b.add("IfcBuildingElementProxy", f"列车 0201 第{i + 1}节", storey, at, kind=car, storey=storey)


def _panel(w: IfcWriter) -> list[Entity]:
    """Return two rails and their sleepers over 27 m, the rails' heads at z = 0."""
    items = []
    for y in (-0.7535, 0.7535):
        items.append(w.painted(w.box((0, y - 0.035, -0.17), (27, y + 0.035, 0.0)), "深灰铝合金"))
    for i in range(18):
        items.append(w.painted(w.box((0.6 + i * 1.5, -1.05, -0.25), (0.85 + i * 1.5, 1.05, -0.17)), "清水混凝土"))
    return items


def _car(p: Plan) -> list[Entity]:
    """Return a car of a train along x, on rails at z = 0 about y = 0: white, a blue band, dark windows, doors."""
    w, long, half = p.b.w, 19.2, 1.38
    outline = [(-half, 0.9), (half, 0.9), (half, 3.2), (1.0, 3.75), (-1.0, 3.75), (-half, 3.2)]
    body = w.painted(w.prism(w.profile(outline), long, facing_x(w)), "银白铝合金")
    boxes: list[tuple[str, tuple[float, ...]]] = [("深灰铝合金", (1.0, -1.1, 0.2, long - 1.0, 1.1, 0.9))]
    for sign in (-1, 1):
        low, high = sorted((sign * half, sign * (half + 0.02)))
        boxes.append(("线路蓝", (0.0, low, 1.15, long, high, 1.45)))
        boxes += [("深灰铝合金", (x, low, 1.75, x + 2.2, high, 2.75)) for x in (0.8, 5.6, 10.4, 15.2)]
        low, high = sorted((sign * half, sign * (half + 0.03)))
        boxes += [("不锈钢", (x, low, 1.05, x + 1.4, high, 2.95)) for x in (3.6, 8.4, 13.2)]
    return [body, *p.c.boxes(boxes)]
