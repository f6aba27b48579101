"""The hospital's roofs: parapets, skylight, roof gardens, stair heads, the helipad and the sign. Metres."""

from sample_data.building import Kind
from sample_data.hospital_facade import BACK, EAST, FRONT, HALF, LEFT, NORTH, RIGHT, SOUTH, WEST
from sample_data.hospital_frame import (
    AXIS,
    CORE_HIGH,
    CORE_LOW,
    CORES,
    EDGE,
    FLOORS,
    ROW,
    SHAFT,
    SLAB_TOP,
    VOID,
    Floor,
    Hospital,
    circle,
    core,
    outline,
)
from sample_data.parts import Hole, railing, rectangle, wall
from sample_data.writer import Entity, Point

PAD = (76.0, 58.2, 9.0)  # the helipad's middle and radius
PAD_HEIGHT = 4.3
TERRACE = FLOORS[5]  # the podium's roof is on the level of this storey


def roof(p: Hospital) -> None:
    """Draw what lies on the podium's and on the tower's roof."""
    _finishes(p)
    _parapets(p)
    _skylight(p)
    _heads(p)
    _helipad(p)
    _sign(p)


def _finishes(p: Hospital) -> None:
    pset = ("Pset_CoveringCommon", {"Reference": "保温防水屋面", "IsExternal": True})
    kind = p.kind(
        "IfcCovering", "保温防水屋面", material=p.b.material("细石混凝土"), pset=pset, PredefinedType="ROOFING"
    )
    west, east = AXIS[1] - EDGE, AXIS[9] + EDGE
    front, low = FRONT - HALF, ROW["A"] - EDGE
    podium = [(west, low), (east, low), (east, NORTH - 0.15), (RIGHT + HALF, NORTH - 0.15), (RIGHT + HALF, front)]
    podium += [(LEFT - HALF, front), (LEFT - HALF, NORTH - 0.15), (west, NORTH - 0.15)]
    for name, floor, points, cuts in (
        ("裙楼屋面面层", TERRACE, podium, [list(VOID)]),
        ("塔楼屋面面层", None, outline(EDGE, podium=False), [rectangle(*SHAFT)]),
    ):
        body = p.w.painted(p.w.prism(p.w.profile(points, cuts), 0.05), "浅灰涂料")
        made = p.place("IfcCovering", name, floor, (0, 0, -0.05), kind, [body])
        made.PredefinedType = "ROOFING"
    lawn = p.kind("IfcCovering", "种植屋面", material=p.b.material("种植土"), PredefinedType="ROOFING")
    for i, (x0, y0, x1, y1) in enumerate(
        ((84.5, 26.0, 99.5, 31.0), (84.5, 33.0, 99.5, 38.5), (31.0, 26.0, 45.5, 31.0), (50.0, 35.0, 80.0, 40.0)), 1
    ):
        p.block("IfcCovering", f"屋顶花园 {i}", TERRACE, (x0, y0, 0.0), (x1, y1, 0.3), lawn, "草绿地坪")


def _wall(
    p: Hospital, floor: Floor | None, name: str, ends: tuple[Point, Point], heights: tuple[float, float]
) -> Entity:
    storey = p.storeys["屋面"] if floor is None else p.storey(floor)
    kind = p.c.outer_wall()
    made = wall(p.b, storey, name, ends, 0.25, heights=heights, colour="白铝板", kind=kind, key=p.key(name))
    p.schedule(made, floor, (*ends[0], 0.0))
    return made


def _parapets(p: Hospital) -> None:
    heights = (SLAB_TOP, 1.2)
    west, east, low = WEST - HALF, EAST + HALF, SOUTH + HALF
    for label, ends in {
        "南": ((west, SOUTH), (east, SOUTH)),
        "西": ((WEST, low), (WEST, NORTH - HALF)),
        "东": ((EAST, low), (EAST, NORTH - HALF)),
        "北西": ((west, NORTH), (LEFT - HALF, NORTH)),
        "北东": ((RIGHT + HALF, NORTH), (east, NORTH)),
    }.items():
        _wall(p, TERRACE, f"裙楼女儿墙 {label}", ends, heights)
    heights = (SLAB_TOP, 1.5)
    for label, ends in {
        "南": ((LEFT - HALF, FRONT), (RIGHT + HALF, FRONT)),
        "北": ((LEFT + HALF, BACK), (RIGHT - HALF, BACK)),
        "西": ((LEFT, FRONT + HALF), (LEFT, BACK + HALF)),
        "东": ((RIGHT, FRONT + HALF), (RIGHT, BACK + HALF)),
    }.items():
        _wall(p, None, f"塔楼女儿墙 {label}", ends, heights)


def _skylight(p: Hospital) -> None:
    """A ridge of glass over the atrium on a curb."""
    w = p.w
    x0, y0, x1, y1 = VOID[0][0], VOID[0][1], VOID[2][0], VOID[2][1]
    kind = p.kind(
        "IfcRoof", "中庭采光顶", material=p.b.material("夹胶玻璃"), code="MC-03 幕墙", PredefinedType="GABLE_ROOF"
    )
    items = []
    for low, high in (((x0, y0), (x1, y0 + 0.2)), ((x0, y1 - 0.2), (x1, y1))):
        items.append(w.painted(w.box((*low, 0.0), (*high, 0.7)), "银白铝合金"))
    span, ridge = y1 - y0, 2.2
    for i in range(13):
        x = x0 + (x1 - x0 - 0.1) * i / 12
        bars = [(0.0, 0.7), (span / 2, ridge), (span, 0.7), (span, 0.82), (span / 2, ridge + 0.12), (0.0, 0.82)]
        points = [(x, y0 + y, z) for y, z in bars] + [(x + 0.1, y0 + y, z) for y, z in bars]
        faces = [[5, 4, 1, 0], [4, 3, 2, 1], [6, 7, 10, 11], [7, 8, 9, 10]]
        faces += [[i, (i + 1) % 6, (i + 1) % 6 + 6, i + 6] for i in range(6)]
        items.append(w.painted(w.polyhedron(points, faces), "银白铝合金"))
    for side in (0, 1):
        foot, top = (y0, y0 + span / 2) if side == 0 else (y1, y0 + span / 2)
        sheet = [(x0, foot, 0.72), (x1, foot, 0.72), (x1, top, ridge + 0.02), (x0, top, ridge + 0.02)]
        points = sheet + [(x, y, z + 0.03) for x, y, z in sheet]
        faces = [[3, 2, 1, 0], [4, 5, 6, 7], *([i, (i + 1) % 4, (i + 1) % 4 + 4, i + 4] for i in range(4))]
        faces = faces if side == 0 else [list(reversed(face)) for face in faces]
        items.append(w.painted(w.polyhedron(points, faces), "幕墙玻璃"))
    for x in (x0 + 0.12, x1 - 0.15):
        ends = [(x + d, y, z) for d in (0.0, 0.03) for y, z in ((y0, 0.7), (y1, 0.7), (y0 + span / 2, ridge))]
        faces = [[2, 1, 0], [3, 4, 5], [0, 1, 4, 3], [1, 2, 5, 4], [2, 0, 3, 5]]
        items.append(w.painted(w.polyhedron(ends, [list(reversed(face)) for face in faces]), "幕墙玻璃"))
    p.place("IfcRoof", "中庭采光顶", TERRACE, (0, 0, 0), kind, items)


def _heads(p: Hospital) -> None:
    """The little houses over stairs and lifts."""
    slab_kind = p.c.slab("屋面板", "ROOF", external=True)
    door = p.c.door(1.2, 2.1, "深灰铝合金", external=True)
    for axis, label in zip(CORES, ("1号", "电梯机房", "2号"), strict=True):
        (x0, x1), high = core(axis), 3.2
        holes = [Hole(0.6, 0.0, 1.2, 2.1, "IfcDoor", door, f"{label}屋面门")]
        low, top = CORE_LOW + 0.125, CORE_HIGH - 0.125
        kind = p.c.outer_wall()
        for side, ends in {
            "南": ((x0, low), (x1, low)),
            "北": ((x0, top), (x1, top)),
            "西": ((x0 + 0.125, low + 0.125), (x0 + 0.125, top - 0.125)),
            "东": ((x1 - 0.125, low + 0.125), (x1 - 0.125, top - 0.125)),
        }.items():
            name, some = f"出屋面{label}{side}墙", holes if side == "南" else []
            storey, heights = p.storeys["屋面"], (0.0, high)
            colour, key = "湖蓝铝板" if axis == CORES[1] else "白铝板", p.key(name)
            wall(p.b, storey, name, ends, 0.25, heights=heights, colour=colour, kind=kind, holes=some, key=key)
        low_, high_ = (x0 - 0.3, CORE_LOW - 0.3, high), (x1 + 0.3, CORE_HIGH + 0.3, high + 0.15)
        made = p.block("IfcSlab", f"出屋面{label}顶板", None, low_, high_, slab_kind, "浅灰涂料")
        made.PredefinedType = "ROOF"


def _helipad(p: Hospital) -> None:
    w, (x, y, radius) = p.w, PAD
    deck = w.painted(w.prism(w.profile(circle(radius, 48)), 0.35), "停机坪绿")
    ring = w.prism(w.profile(circle(radius - 0.7, 48), [circle(radius - 1.1, 48)]), 0.02, w.axes((0, 0, 0.35)))
    letter = [(-2.2, -2.6, -1.4, 2.6), (1.4, -2.6, 2.2, 2.6), (-1.4, -0.4, 1.4, 0.4)]
    marks = [w.painted(w.box((a, b, 0.35), (c, d, 0.37)), "标线白") for a, b, c, d in letter]
    net = w.prism(w.profile(circle(radius + 1.3, 48), [circle(radius, 48)]), 0.06, w.axes((0, 0, 0.1)))
    items = [deck, w.painted(ring, "标线黄"), *marks, w.painted(net, "银白铝合金")]
    kind = p.kind(
        "IfcSlab", "直升机停机坪", material=p.b.material("铝合金甲板"), code="WM-01 停机坪", PredefinedType="FLOOR"
    )
    p.place("IfcSlab", "直升机停机坪", None, (x, y, PAD_HEIGHT), kind, items, PredefinedType="FLOOR")
    name = "停机坪支柱-D300"
    legs = [w.painted(w.prism(w.profile(circle(0.15, 16)), PAD_HEIGHT), "不锈钢")]
    leg = p.kind("IfcColumn", name, legs, material=p.b.material("Q355 钢"), code="JG-01 柱", PredefinedType="COLUMN")
    spots = [(-5.4, -5.4), (0.0, -7.4), (5.4, -5.4), (-7.4, 0.0), (7.4, 0.0), (-5.4, 5.4), (0.0, 7.4), (5.4, 5.4)]
    for i, (dx, dy) in enumerate(spots, 1):
        p.place("IfcColumn", f"停机坪支柱 {i}", None, (x + dx, y + dy, 0.0), leg)
    bridge: Kind = p.kind("IfcSlab", "停机坪连桥", material=p.b.material("Q355 钢"), PredefinedType="FLOOR")
    low, high = (core(CORES[1])[1] + 0.3, 62.0, PAD_HEIGHT + 0.2), (67.8, 63.6, PAD_HEIGHT + 0.35)
    p.block("IfcSlab", "停机坪连桥", None, low, high, bridge, "银白铝合金")
    for i, ly in enumerate((62.05, 63.55)):
        ends = ((low[0], ly, high[2]), (67.3, ly, high[2]))
        railing(p.b, p.storeys["屋面"], f"停机坪连桥栏杆 {i + 1}", ends, "不锈钢", p.c.railing())


def _sign(p: Hospital) -> None:
    """A red cross on the tower's front, and one over the entrance."""
    w = p.w
    kind = p.kind("IfcBuildingElementProxy", "红十字标识", material=p.b.material("发光标识"), code="ZS-06 标识")
    for name, floor, x, y, z, size in (
        ("住院楼红十字", None, 47.0, FRONT - HALF - 0.62, -3.6, 2.6),
        ("门诊红十字", TERRACE, 65.0, SOUTH - HALF, 0.2, 1.8),
    ):
        third = size / 3
        boxes = [(-third, -size, third, size), (-size, -third, -third, third), (third, -third, size, third)]
        items = [w.painted(w.box((-size * 1.3, -0.15, 0), (size * 1.3, 0, size * 2.6)), "标线白")]
        for a, b, c, d in boxes:
            items.append(w.painted(w.box((a, -0.3, b + size * 1.3), (c, -0.15, d + size * 1.3)), "急救红"))
        p.place("IfcBuildingElementProxy", name, floor, (x, y, z), kind, items)
