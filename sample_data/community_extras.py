"""What makes 滨江社区服务中心 recognisable: entrance, hall with its roof terrace, hipped roof, furniture. Metres."""

import math

from sample_data.building import Kind
from sample_data.catalogue import Box, Plan, chair, table
from sample_data.parts import Hole, railing, rectangle, slab, wall
from sample_data.writer import Entity, IfcWriter, Point3

PLINTH = 0.45  # the ground floor above the ground


def entrance(p: Plan) -> None:
    """Glass front, canopy on round columns, steps and ramp."""
    b, w, storey, ground = p.b, p.b.w, p.storeys["首层"], p.storeys["室外地坪"]
    _glass_front(p)
    canopy = w.painted(w.box((10.6, -4.0, 3.62), (25.4, -0.13, 3.82)), "浅灰涂料")
    edge = w.painted(w.box((10.5, -4.1, 3.56), (25.5, -4.0, 3.9)), "深灰铝合金")
    roof = p.c.slab("雨篷", "ROOF", external=True)
    b.add("IfcSlab", "入口雨篷", storey, items=[canopy, edge], kind=roof, storey=storey, PredefinedType="ROOF")
    for i, x in enumerate((11.2, 15.4, 20.6, 24.8)):
        kind = p.c.round_column(0.18, 3.62 + 0.15, "浅灰涂料")
        b.add("IfcColumn", f"雨篷柱 {i + 1}", storey, (x, -3.6, -0.15), kind=kind, storey=storey)
    terrace = rectangle(10, -4.4, 26, -1)
    base = p.c.slab("基础底板", "BASESLAB", external=True)
    slab(b, ground, "入口平台", terrace, (0.0, PLINTH - 0.15), colour="花岗岩", kind=base, use="BASESLAB")
    whole = b.add("IfcStair", "入口台阶", ground, storey=ground, PredefinedType="STRAIGHT_RUN_STAIR")
    kind = p.c.stair().flight
    profile = [(0.0, 0.0), (0.7, 0.0), (0.7, 0.3), (0.35, 0.3), (0.35, 0.15), (0.0, 0.15)]
    steps = w.painted(w.upright(profile, 12.0, -6.0), "花岗岩")
    place = (12, -5.1, 0)
    flight = b.add("IfcStairFlight", "入口踏步", whole, place, math.pi / 2, items=[steps], kind=kind)
    b.parts(whole, flight)
    slope = [(0.0, 0.0), (4.2, 0.0), (0.0, 0.3)]
    body = w.painted(w.upright(slope, 1.6, 0.0), "花岗岩")
    b.add(
        "IfcRamp",
        "无障碍坡道",
        ground,
        (26, -2.4, 0),
        items=[body],
        storey=ground,
        PredefinedType="STRAIGHT_RUN_RAMP",
    )
    for y in (-3.15, -1.65):
        ends = ((26.0, y, PLINTH - 0.15), (30.2, y, 0.0))
        railing(b, ground, "坡道栏杆", ends, "不锈钢", p.c.railing())


def _glass_front(p: Plan) -> None:
    b, w, storey = p.b, p.b.w, p.storeys["首层"]
    whole = b.add("IfcCurtainWall", "入口玻璃幕墙", storey, (12.25, 0, 0), storey=storey)
    height, step, count = 3.55, 11.5 / 8, 8
    post = b.kind(
        "IfcMemberType",
        "幕墙立柱",
        [w.painted(w.box((-0.03, -0.08, 0), (0.03, 0.08, height)), "深灰铝合金")],
        material=b.material("铝合金型材"),
        code="WQ-01 幕墙",
        PredefinedType="MULLION",
    )
    bar = b.kind(
        "IfcMemberType",
        "幕墙横梁",
        [w.painted(w.box((0.03, -0.05, -0.03), (step - 0.03, 0.05, 0.03)), "深灰铝合金")],
        material=b.material("铝合金型材"),
        code="WQ-01 幕墙",
        PredefinedType="MULLION",
    )
    panes = {
        size: b.kind(
            "IfcPlateType",
            f"幕墙玻璃-{size * 1000:.0f}",
            [w.painted(w.box((0.03, -0.012, 0), (step - 0.03, 0.012, size)), "中空玻璃")],
            material=b.material("夹胶中空玻璃"),
            code="WQ-01 幕墙",
            PredefinedType="CURTAIN_PANEL",
        )
        for size in (2.34, 1.05)
    }
    parts = [b.add("IfcMember", f"立柱 {i + 1}", whole, (i * step, 0, 0), kind=post) for i in range(count + 1)]
    for i in range(count):
        for z in (0.03, 2.43, height - 0.03):
            parts.append(b.add("IfcMember", f"横梁 {i + 1}", whole, (i * step, 0, z), kind=bar))
        for z, size in ((0.06, 2.34), (2.46, 1.05)):
            parts.append(b.add("IfcPlate", f"玻璃 {i + 1}", whole, (i * step, 0, z), kind=panes[size]))
    b.parts(whole, *parts)


def hall(p: Plan) -> None:
    """The hall east of the block, one storey high, with a terrace on its roof."""
    b, storey, outer = p.b, p.storeys["首层"], p.c.outer_wall()
    wide = p.c.window(3.6, 2.7, 4, 1.9)
    holes = [Hole(x, 0.6, 3.6, 2.7, "IfcWindow", wide, wide.entity.Name) for x in (1.1, 6.1, 11.1)]
    door = p.c.door(1.8, 2.4, "深灰铝合金", external=True)
    for label, ends, openings in (
        ("礼堂南墙", ((36.125, 2), (52, 2)), holes),
        ("礼堂东墙", ((52, 1.875), (52, 14.125)), [Hole(5.2, 0, 1.8, 2.4, "IfcDoor", door, "M1824-外 礼堂")]),
        ("礼堂北墙", ((52, 14), (36.125, 14)), holes),
    ):
        wall(b, storey, label, ends, 0.25, heights=(0, 4.05), colour="陶土面砖", kind=outer, holes=openings)
    floor = rectangle(36.13, 2.13, 51.87, 13.87)
    slab(b, storey, "礼堂地面", floor, (-0.15, 0.0), colour="橡木", kind=p.c.slab())
    b.space(storey, "1东01", "社区礼堂", floor, 4.05)
    upper = p.storeys["二层"]
    kind = p.c.slab("屋面板", "ROOF", external=True)
    deck = rectangle(36.13, 1.875, 52.125, 14.125)
    slab(b, upper, "屋顶露台", deck, (-0.15, 0.02), colour="草绿地坪", kind=kind, use="ROOF")
    for label, a, c in (("南", (36.2, 2.0), (52, 2)), ("东", (52, 2.0), (52, 14)), ("北", (52, 14), (36.2, 14))):
        wall(b, upper, f"露台{label}女儿墙", (a, c), 0.2, heights=(0.02, 0.5), colour="浅灰涂料", kind=outer)
        rail: tuple[Point3, Point3] = ((a[0], a[1], 0.5), (c[0], c[1], 0.5))
        railing(b, upper, f"露台{label}栏杆", rail, "不锈钢", p.c.railing())
    for i, x in enumerate((41.4, 46.6)):
        beam = p.c.beam(11.7, 0.4, 0.8)
        b.add("IfcBeam", f"礼堂梁 {i + 1}", storey, (x, 2.15, 4.05), math.pi / 2, kind=beam, storey=storey)


def roof(p: Plan) -> None:
    """A hipped roof on the eaves, four slopes."""
    b, w, storey = p.b, p.b.w, p.storeys["屋面"]
    slab(b, storey, "屋面板", rectangle(-0.12, -0.12, 36.12, 16.12), (-0.15, 0.0), colour="浅灰涂料", kind=p.c.slab())
    whole = b.add("IfcRoof", "四坡屋顶", storey, storey=storey, PredefinedType="HIP_ROOF")
    low, high, out = 0.15, 3.75, 1.0
    eaves = [(-out, -out, low), (36 + out, -out, low), (36 + out, 16 + out, low), (-out, 16 + out, low)]
    ridge = [(8.0, 8.0, high), (28.0, 8.0, high)]
    slopes = {
        "南坡": [eaves[0], eaves[1], ridge[1], ridge[0]],
        "东坡": [eaves[1], eaves[2], ridge[1]],
        "北坡": [eaves[2], eaves[3], ridge[0], ridge[1]],
        "西坡": [eaves[3], eaves[0], ridge[0]],
    }
    kind = p.c.slab("瓦屋面", "ROOF", external=True)
    parts = []
    for label, corners in slopes.items():
        body = w.painted(plate(w, corners, 0.18), "青灰瓦")
        parts.append(b.add("IfcSlab", f"{label}屋面", whole, items=[body], kind=kind, PredefinedType="ROOF"))
    b.parts(whole, *parts)


def plate(w: IfcWriter, corners: list[Point3], thickness: float) -> Entity:
    """Return a sloping plate: its upper face counter-clockwise seen from above, its lower face straight below."""
    n = len(corners)
    lower = [(x, y, z - thickness) for x, y, z in corners]
    sides = [[i, i + n, (i + 1) % n + n, (i + 1) % n] for i in range(n)]
    return w.polyhedron([*corners, *lower], [list(range(n)), list(reversed(range(n, 2 * n))), *sides])


def furniture(p: Plan) -> None:
    """Seats in the hall, shelves and tables in the reading room, tables in the two meeting rooms."""
    c, b = p.c, p.b
    desk, seat = c.furniture("阅览桌-1.6", table(1.6, 0.8)), c.furniture("椅子", chair())
    boards: list[Box] = [("橡木", (0.0, 0.0, 0.1 + i * 0.4, 1.8, 0.35, 0.13 + i * 0.4)) for i in range(5)]
    sides: list[Box] = [("深色木", (x, 0.0, 0.0, x + 0.03, 0.35, 1.9)) for x in (0.0, 1.77)]
    shelf = c.furniture("书架-1.8", [*boards, *sides])

    def put(name: str, storey: str, kind: Kind, at: Point3, turn: float = 0.0) -> None:
        b.add("IfcFurniture", name, p.storeys[storey], at, turn, kind=kind, storey=p.storeys[storey])

    for row in range(6):
        y = 4.2 + row * 1.3 + (0.6 if row > 2 else 0.0)  # an aisle in the middle
        for column in range(4):
            put("礼堂座椅", "首层", seat, (38.5 + column * 1.4, y, 0.0), -math.pi / 2)
    for i in range(6):
        put("书架", "二层", shelf, (0.4 + i * 1.9, 0.2, 0.0))
    places = ((0.2, -0.6, 0.0), (0.95, -0.6, 0.0), (0.65, 1.4, math.pi), (1.4, 1.4, math.pi))
    for storey, first, count in (("二层", 1.2, 4), ("三层", 1.2, 4), ("三层", 13.0, 4)):
        for i in range(count):
            x = first + i * 2.6
            put("桌", storey, desk, (x, 3.0, 0.0))
            for k, (dx, dy, turn) in enumerate(places):
                put(f"椅 {k + 1}", storey, seat, (x + dx, 3.0 + dy, 0.0), turn)
