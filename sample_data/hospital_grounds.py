"""The hospital's grounds: paving, lawns, trees, canopies, the ambulances' ramp, the way down to the garage. Metres."""

from sample_data.building import Kind
from sample_data.hospital_frame import CANOPY_FEET, EMERGENCY_FEET, FLOORS, OUTSIDE, PLINTH, Hospital, circle
from sample_data.parts import rectangle
from sample_data.sites import HOSPITAL
from sample_data.writer import Entity, Point, Point3

GROUND = -PLINTH  # the ground, from the ground floor
RAMP = (14.0, 21.0, 2.0, 38.0)  # the way down to the garage: x0, x1, y from the street to its foot
LANDING = 46.5  # y where the garage's forecourt ends
DEEP = -5.1  # the garage's floor


def grounds(p: Hospital) -> None:
    """Draw what stands around the building."""
    _paving(p)
    _garage_ramp(p)
    _entrance(p)
    _emergency(p)
    _trees(p)


def _paving(p: Hospital) -> None:
    w, b = p.w, p.b
    width, depth = HOSPITAL.width, HOSPITAL.depth
    pit = [(13.7, 1.9), (21.3, 1.9), (21.3, 37.7), (28.0, 37.7), (28.0, 46.8), (13.7, 46.8)]
    house = [
        (28.1, 23.1),
        (101.9, 23.1),
        (101.9, 50.1),
        (92.9, 50.1),
        (92.9, 68.1),
        (37.1, 68.1),
        (37.1, 50.1),
        (28.1, 50.1),
    ]
    items = [
        w.painted(w.prism(w.profile(rectangle(0, 0, width, depth), [pit, house]), 0.15, w.axes((0, 0, -0.15))), "场地")
    ]
    b.site.Representation = w.make("IfcProductDefinitionShape", Representations=[b.representation(items)])
    roads = [(22.0, 8.0, 129.0, 15.0), (113.0, 15.0, 120.0, 76.0), (4.0, 76.0, 120.0, 82.0), (4.0, 2.0, 10.0, 76.0)]
    for i, (x0, y0, x1, y1) in enumerate(roads, 1):
        _ground(p, f"院内道路 {i}", (x0, y0, 0.0), (x1, y1, 0.04), "沥青")
    lawns = [(24.0, 1.5, 58.0, 6.5), (72.0, 1.5, 126.0, 6.5), (38.0, 70.0, 92.0, 74.5), (122.0, 17.0, 128.0, 80.0)]
    lawns += [(10.0, 84.5, 126.0, 89.0), (94.5, 53.0, 111.0, 74.5), (15.0, 52.0, 35.5, 74.5)]
    for i, (x0, y0, x1, y1) in enumerate(lawns, 1):
        _ground(p, f"绿地 {i}", (x0, y0, 0.0), (x1, y1, 0.12), "草绿地坪")
    stripes = [(30.0 + 2.6 * i, 76.4, 30.12 + 2.6 * i, 81.6) for i in range(28)]
    stripes += [(24.0 + 4.0 * i, 11.4, 26.0 + 4.0 * i, 11.6) for i in range(26)]
    boxes = [w.painted(w.box((x0, y0, 0.04), (x1, y1, 0.06)), "标线白") for x0, y0, x1, y1 in stripes]
    p.place("IfcGeographicElement", "地面标线", OUTSIDE, (0, 0, 0), None, boxes)


def _ground(p: Hospital, name: str, low: Point3, high: Point3, colour: str) -> None:
    """Add a piece of road or lawn; heights above the ground."""
    use = name.partition(" ")[0]
    kind = p.kind("IfcGeographicElement", use, material=p.b.material(use), code="WM-05 场地", PredefinedType="TERRAIN")
    p.block("IfcGeographicElement", name, OUTSIDE, low, high, kind, colour)


def _slope(p: Hospital, low: Point, high: Point, tops: Point, feet: Point) -> Entity:
    """Return a body between two corners in plan; its top and its underside run along y from one height to the other."""
    (x0, y0), (x1, y1) = low, high
    points = [(x0, y0, feet[0]), (x1, y0, feet[0]), (x1, y1, feet[1]), (x0, y1, feet[1])]
    points += [(x0, y0, tops[0]), (x1, y0, tops[0]), (x1, y1, tops[1]), (x0, y1, tops[1])]
    faces = [[3, 2, 1, 0], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]]
    return p.w.polyhedron(points, faces)


def _garage_ramp(p: Hospital) -> None:
    w, ground = p.w, FLOORS[1]
    x0, x1, y0, y1 = RAMP
    slab = p.kind(
        "IfcRamp",
        "车库坡道",
        material=p.b.material("C30 混凝土"),
        code="WM-02 坡道",
        PredefinedType="STRAIGHT_RUN_RAMP",
    )
    body = w.painted(_slope(p, (x0, y0), (x1, y1), (GROUND, DEEP), (GROUND - 0.3, DEEP - 0.3)), "沥青")
    p.place("IfcRamp", "地下车库坡道", ground, (0, 0, 0), slab, [body])
    yard = p.kind("IfcSlab", "车库坡道平台", material=p.b.material("C30 混凝土"), PredefinedType="BASESLAB")
    p.block("IfcSlab", "地下车库入口平台", ground, (x0, y1, DEEP - 0.3), (27.0, LANDING, DEEP), yard, "沥青")
    kind = p.kind(
        "IfcWall",
        "坡道挡墙-300",
        material=p.b.material("C30 混凝土"),
        code="JG-06 地下室墙",
        PredefinedType="SOLIDWALL",
    )
    walls = {
        "西": ((x0 - 0.3, y0), (x0, LANDING + 0.3)),
        "东": ((x1, y0), (x1 + 0.3, y1)),
        "南": ((x1 + 0.3, y1 - 0.3), (27.0, y1)),
        "北": ((x0, LANDING), (27.0, LANDING + 0.3)),
    }
    for side, (a, b) in walls.items():
        p.block("IfcWall", f"坡道挡墙 {side}", ground, (*a, DEEP - 0.3), (*b, 0.7), kind, "清水混凝土")
    _shelter(p)


def _shelter(p: Hospital) -> None:
    """A glass roof on hoops over the ramp's lower half."""
    w = p.w
    x0, x1, _, y1 = RAMP
    items = []
    for i in range(7):
        y = y1 - 24 + i * 5.4
        for x in (x0 - 0.25, x1 + 0.05):
            items.append(w.painted(w.box((x, y, 0.7), (x + 0.2, y + 0.2, 3.2)), "银白铝合金"))
        items.append(w.painted(w.box((x0 - 0.25, y, 3.2), (x1 + 0.25, y + 0.2, 3.5)), "银白铝合金"))
    items.append(w.painted(w.box((x0 - 0.6, y1 - 24.5, 3.5), (x1 + 0.6, LANDING + 0.6, 3.56)), "幕墙玻璃"))
    kind = p.kind(
        "IfcRoof", "坡道雨棚", material=p.b.material("夹胶玻璃"), code="WM-03 雨棚", PredefinedType="FLAT_ROOF"
    )
    p.place("IfcRoof", "车库坡道雨棚", FLOORS[1], (0, 0, 0), kind, items)


def _canopy_kind(p: Hospital, name: str) -> Kind:
    return p.kind("IfcRoof", name, material=p.b.material("铝板雨棚"), code="WM-03 雨棚", PredefinedType="FLAT_ROOF")


def _entrance(p: Hospital) -> None:
    w, ground = p.w, FLOORS[1]
    items = [w.painted(w.box((51.0, 9.0, 4.75), (79.0, 23.1, 5.15)), "浅灰涂料")]
    items.append(w.painted(w.box((50.8, 8.7, 4.65), (79.2, 9.0, 5.45)), "湖蓝铝板"))
    items += [w.painted(w.box((51.0 + 7 * i, 9.0, 4.62), (51.4 + 7 * i, 23.0, 4.75)), "木色格栅") for i in range(5)]
    items += [w.painted(w.box((x, 10.0, 5.15), (x + 5.4, 22.4, 5.19)), "幕墙玻璃") for x in (53.2, 62.3, 71.4)]
    p.place("IfcRoof", "门诊入口雨棚", ground, (0, 0, 0), _canopy_kind(p, "门诊入口雨棚"), items)
    kind = p.c.round_column(0.3, 5.05, "白铝板")
    for i, (x, y) in enumerate(CANOPY_FEET):
        p.place("IfcColumn", f"雨棚柱 {i + 1}", ground, (x, y, GROUND), kind)
    plaza = p.kind(
        "IfcSlab", "入口平台", material=p.b.material("花岗岩"), code="WM-04 铺装", PredefinedType="NOTDEFINED"
    )
    for i, (inset, top) in enumerate(((0.0, -0.15), (0.35, 0.0))):
        low, high = (49.0 + inset, 17.4 + inset, GROUND + 0.15 * i), (81.0 - inset, 23.1, top)
        p.block("IfcSlab", f"入口平台 {i + 1}", ground, low, high, plaza, "花岗岩").PredefinedType = "NOTDEFINED"
    _revolving(p)


def _revolving(p: Hospital) -> None:
    """Two drums of glass before the entrance."""
    w = p.w
    wall = w.painted(w.prism(w.profile(circle(1.6, 32), [circle(1.55, 32)]), 2.6), "幕墙玻璃")
    cap = w.painted(w.prism(w.profile(circle(1.7, 32)), 0.3, w.axes((0, 0, 2.6))), "银白铝合金")
    leaves = [w.painted(w.box((-1.5, -0.02, 0), (1.5, 0.02, 2.6)), "中空玻璃")]
    kind = p.kind(
        "IfcDoor", "旋转门-3200", [wall, cap, *leaves], material=p.b.material("自动旋转门"), PredefinedType="DOOR"
    )
    for i, x in enumerate((61.0, 69.0), 1):
        made = p.place("IfcDoor", f"旋转门 {i}", FLOORS[1], (x, 21.3, 0.0), kind)
        made.OverallWidth, made.OverallHeight = 3.2, 2.9


def _emergency(p: Hospital) -> None:
    """The ambulances' drive: up a ramp, under a red canopy, down again."""
    w, ground = p.w, FLOORS[1]
    paving = p.kind(
        "IfcRamp",
        "急救坡道",
        material=p.b.material("沥青混凝土"),
        code="WM-02 坡道",
        PredefinedType="STRAIGHT_RUN_RAMP",
    )
    x0, x1 = 103.0, 110.5
    for label, y0, y1, tops in (("上", 15.0, 25.0, (GROUND, -0.02)), ("下", 42.0, 52.0, (-0.02, GROUND))):
        body = w.painted(_slope(p, (x0, y0), (x1, y1), tops, (GROUND - 0.02, GROUND - 0.02)), "沥青")
        p.place("IfcRamp", f"急救坡道 {label}", ground, (0, 0, 0), paving, [body])
    yard = p.kind("IfcSlab", "急救平台", material=p.b.material("沥青混凝土"), PredefinedType="BASESLAB")
    p.block("IfcSlab", "急救平台", ground, (102.0, 25.0, GROUND), (112.0, 42.0, -0.02), yard, "沥青")
    items = [w.painted(w.box((101.8, 26.0, 4.4), (112.5, 41.0, 4.7)), "浅灰涂料")]
    items.append(w.painted(w.box((112.5, 25.7, 4.2), (112.8, 41.3, 5.2)), "急救红"))
    items += [w.painted(w.box((101.8, y, 4.2), (112.5, y + 0.3, 5.2)), "急救红") for y in (25.7, 41.0)]
    p.place("IfcRoof", "急诊雨棚", ground, (0, 0, 0), _canopy_kind(p, "急诊雨棚"), items)
    kind = p.c.round_column(0.25, 4.42, "白铝板")
    for i, (x, y) in enumerate(EMERGENCY_FEET, 1):
        p.place("IfcColumn", f"急诊雨棚柱 {i}", ground, (x, y, -0.02), kind)
    van = p.kind("IfcTransportElement", "救护车", _ambulance(p), PredefinedType="NOTDEFINED")
    for i, y in enumerate((28.0, 35.0), 1):
        p.place("IfcTransportElement", f"救护车 {i}", ground, (105.0, y, -0.02), van)


def _ambulance(p: Hospital) -> list[Entity]:
    w = p.w
    boxes = [
        ("标线白", (0, 0, 0.35, 2.0, 4.0, 2.4)),
        ("标线白", (0, 4.0, 0.35, 2.0, 5.4, 1.3)),
        ("中空玻璃", (0.1, 4.0, 1.3, 1.9, 4.7, 2.1)),
        ("急救红", (-0.01, 0.0, 1.1, 2.01, 5.41, 1.35)),
        ("送风蓝", (0.4, 2.8, 2.4, 1.6, 3.1, 2.58)),
    ]
    boxes += [("深灰铝合金", (x, y, 0.0, x + 0.25, y + 0.7, 0.7)) for x in (-0.02, 1.77) for y in (0.6, 4.1)]
    return [w.painted(w.box((b[0], b[1], b[2]), (b[3], b[4], b[5])), colour) for colour, b in boxes]


def _trees(p: Hospital) -> None:
    w = p.w
    trunk = w.painted(w.prism(w.profile(circle(0.14, 8)), 2.4), "深色木")
    crown = []
    for z, high, radius in ((1.9, 1.0, 1.2), (2.9, 1.2, 1.7), (4.1, 1.0, 1.3), (5.1, 0.7, 0.7)):
        crown.append(w.painted(w.prism(w.profile(circle(radius, 9)), high, w.axes((0, 0, z))), "树冠"))
    kind = p.b.kind(
        "IfcGeographicElementType", "香樟", [trunk, *crown], material=p.b.material("乔木"), PredefinedType="NOTDEFINED"
    )
    rows = ((range(27, 58, 6), 4.0), (range(75, 126, 6), 4.0), (range(41, 92, 7), 72.0), (range(12, 126, 9), 86.5))
    spots: list[Point] = [(float(x), y) for xs, y in rows for x in xs]
    spots += [(125.0, float(y)) for y in range(20, 80, 8)]
    spots += [(98.0, 57.0), (105.0, 62.0), (100.0, 69.0), (20.0, 58.0), (30.0, 66.0)]
    for i, (x, y) in enumerate(spots, 1):
        p.place("IfcGeographicElement", f"香樟 {i}", OUTSIDE, (x, y, 0.12), kind)
