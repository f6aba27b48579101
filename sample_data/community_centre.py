"""滨江社区服务中心: an IFC4 file in metres, placed by IfcMapConversion in EPSG:4547.

Three storeys under a hipped roof, a hall with a roof terrace beside them.  The file's local frame is the architect's:
x along the street, the ground at z = 0, the ground floor 0.45 m above it.
"""

import math
from pathlib import Path

from sample_data.building import Building, Kind
from sample_data.catalogue import Catalogue, Plan
from sample_data.community_extras import PLINTH, entrance, furniture, hall, roof
from sample_data.community_schedule import add_schedule
from sample_data.parts import Hole, rectangle, slab, stair, wall
from sample_data.writer import IfcWriter, Point

BAY, DEEP, NORTH, SOUTH = 6.0, 16.0, 9.4, 6.6  # bay width, depth of the block, the corridor's two walls
STOREYS = (("首层", 0.0, 4.2), ("二层", 4.2, 3.9), ("三层", 8.1, 3.9))
EAVES = 12.0

# Where it stands: a corner of the block in EPSG:4547, and the bearing of the street (map x axis to local x axis).
EASTINGS, NORTHINGS, HEIGHT, TURN_DEG = 506180.0, 2493650.0, 6.2, 12.0
LATITUDE, LONGITUDE = (22, 32, 25, 688943), (114, 3, 36, 280733)  # the same corner, as IfcSite says it

# Rooms of each storey: first bay, last bay, name; south of the corridor, then north of it.
ROOMS = {
    "首层": (
        [(0, 2, "老年活动室"), (2, 4, "入口大厅"), (4, 6, "便民服务大厅")],
        [(0, 1, "1号楼梯间"), (1, 2, "卫生间"), (2, 4, "社区卫生站"), (4, 5, "值班室"), (5, 6, "2号楼梯间")],
    ),
    "二层": (
        [(0, 2, "图书阅览室"), (2, 3, "书画室"), (3, 4, "棋牌室"), (4, 6, "儿童活动室")],
        [(0, 1, "1号楼梯间"), (1, 2, "卫生间"), (2, 4, "多功能教室"), (4, 5, "心理咨询室"), (5, 6, "2号楼梯间")],
    ),
    "三层": (
        [(0, 2, "会议室"), (2, 4, "议事厅"), (4, 5, "社工办公室"), (5, 6, "资料室")],
        [
            (0, 1, "1号楼梯间"),
            (1, 2, "卫生间"),
            (2, 3, "档案室"),
            (3, 4, "办公室"),
            (4, 5, "机房"),
            (5, 6, "2号楼梯间"),
        ],
    ),
}


def write(path: Path) -> None:
    """Write the file."""
    w = IfcWriter("IFC4", 1, "滨江社区服务中心")
    b = Building(w, "滨江社区服务中心", "滨江社区地块", "滨江社区服务中心", "滨江路 18 号")
    _georeference(b)
    b.building.ObjectPlacement.RelativePlacement = w.axes((0, 0, PLINTH))
    plan = Plan(b, Catalogue(b), {"室外地坪": b.storey("室外地坪", -PLINTH)})
    plan.storeys |= {name: b.storey(name, level) for name, level, _ in STOREYS}
    plan.storeys["屋面"] = b.storey("屋面", EAVES)
    _ground(plan)
    for index, (name, _, height) in enumerate(STOREYS):
        _structure(plan, name, height, index)
        _facade(plan, name, height)
        _rooms(plan, name, height)
    _stairs(plan)
    entrance(plan)
    hall(plan)
    roof(plan)
    furniture(plan)
    add_schedule(w)
    w.save(path)


def _georeference(b: Building) -> None:
    w = b.w
    turn = math.radians(TURN_DEG)
    metre = b.project.UnitsInContext.Units[0]
    crs = w.make(
        "IfcProjectedCRS",
        Name="EPSG:4547",
        Description="CGCS2000 / 3-degree Gauss-Kruger CM 114E",
        GeodeticDatum="CGCS2000",
        VerticalDatum="1985 国家高程基准",
        MapProjection="Gauss-Kruger",
        MapZone="CM 114E",
        MapUnit=metre,
    )
    w.make(
        "IfcMapConversion",
        SourceCRS=b.context,
        TargetCRS=crs,
        Eastings=EASTINGS,
        Northings=NORTHINGS,
        OrthogonalHeight=HEIGHT,
        XAxisAbscissa=round(math.cos(turn), 12),
        XAxisOrdinate=round(math.sin(turn), 12),
        Scale=1.0,
    )
    b.site.RefLatitude, b.site.RefLongitude, b.site.RefElevation = LATITUDE, LONGITUDE, HEIGHT
    b.context.TrueNorth = w.direction(math.sin(turn), math.cos(turn))


def _ground(p: Plan) -> None:
    w = p.b.w
    paving = w.painted(w.box((-6, -12, -0.12), (58, 24, 0.02)), "场地")
    lawn = [w.painted(w.box((x, -9, 0.02), (x + 14, -5.5, 0.14)), "草绿地坪") for x in (-4.0, 28.0)]
    p.b.site.Representation = w.make("IfcProductDefinitionShape", Representations=[p.b.representation([paving, *lawn])])
    base = slab(
        p.b,
        p.storeys["室外地坪"],
        "室外平台",
        rectangle(-1, -1, 53, 17),
        (0.0, PLINTH - 0.15),
        colour="花岗岩",
        kind=p.c.slab("基础底板", "BASESLAB", external=True),
        use="BASESLAB",
    )
    p.b.w.properties(base, "滨江_施工信息", {"施工段": "基础", "责任单位": "滨江建工第三分公司"})


def _structure(p: Plan, name: str, height: float, index: int) -> None:
    storey, b = p.storeys[name], p.b
    holes = [rectangle(x + 1.2, 9.8, x + 4.8, 15.6) for x in (0.0, 30.0)] if index else []
    floor = rectangle(0.13, 0.13, 35.87, 15.87)
    slab(b, storey, f"{name}楼板", floor, (-0.15, 0.0), colour="清水混凝土", kind=p.c.slab(), holes=holes)
    column = p.c.column(0.5, height - 0.15)
    across = {6.6: p.c.beam(6.1, 0.3, 0.5), 2.8: p.c.beam(2.3, 0.3, 0.5)}
    along = p.c.beam(BAY - 0.5, 0.3, 0.5)
    rows = (0.0, SOUTH, NORTH, DEEP)
    for i in range(7):
        for j, y in enumerate(rows):
            grid = f"{i + 1}-{'ABCD'[j]}"
            made = b.add("IfcColumn", f"柱 {grid}", storey, (i * BAY, y, 0), kind=column, storey=storey)
            facts = {"施工段": "西段" if i < 3 else "东段", "轴线": grid}
            b.w.properties(made, "滨江_施工信息", facts)
            if i < 6:
                at = (i * BAY + 0.25, y, height - 0.15)
                b.add("IfcBeam", f"纵梁 {grid}", storey, at, kind=along, storey=storey)
            if j < 3:
                kind = across[round(rows[j + 1] - y, 3)]
                at = (i * BAY, y + 0.25, height - 0.15)
                b.add("IfcBeam", f"横梁 {grid}", storey, at, math.pi / 2, kind=kind, storey=storey)


def _facade(p: Plan, name: str, height: float) -> None:
    ground = name == "首层"
    colour = "陶土面砖" if ground else "米白涂料"
    tall = p.c.window(1.8, 2.4 if ground else 2.1, 2, 1.6 if ground else 1.4)
    stairs = p.c.window(1.8, 1.5, 2)
    storey, kind = p.storeys[name], p.c.outer_wall()

    def outer(label: str, ends: tuple[Point, Point], holes: list[Hole]) -> None:
        wall(p.b, storey, f"{label}{name}外墙", ends, 0.25, heights=(0, height), colour=colour, kind=kind, holes=holes)

    def window(offset: float) -> Hole:
        width, high = tall.size["OverallWidth"], tall.size["OverallHeight"]
        return Hole(offset, 0.9, width, high, "IfcWindow", tall, tall.entity.Name)

    pairs = [i * BAY + shift for i in range(6) for shift in (0.85, 3.35)]
    if ground:
        outer("南侧西段", ((0.125, 0), (12, 0)), [window(x - 0.125) for x in pairs[:4]])
        outer("南侧东段", ((24, 0), (35.875, 0)), [window(x - 24) for x in pairs[8:]])
    else:
        outer("南侧", ((0.125, 0), (35.875, 0)), [window(x - 0.125) for x in pairs])
        grille = p.c.made.get("木色格栅") or _grille(p)
        for i in range(6):
            at = (i * BAY + 2.66, -0.3, 0.9)
            p.b.add("IfcShadingDevice", "竖向格栅", storey, at, kind=grille, storey=storey)
    north = [35.875 - x - 1.8 for x in reversed(pairs[2:10])]
    steps = [Hole(x, 1.6, 1.8, 1.5, "IfcWindow", stairs, "C1815 楼梯窗") for x in (1.975, 31.975)]
    outer("北侧", ((35.875, DEEP), (0.125, DEEP)), [steps[0], *[window(x) for x in north], steps[1]])
    ends = [window(2.4), window(12.2)]
    door = p.c.door(1.8, 2.4, "深灰铝合金", external=True)
    exit_ = Hole(7.1, 0, 1.8, 2.4, "IfcDoor", door, "M1824-外 安全出口")
    lobby = Hole(7.1, 0.9, 1.8, 1.5, "IfcWindow", stairs, "C1815 走廊窗")
    outer("西侧", ((0, DEEP + 0.125), (0, -0.125)), [window(1.925), exit_ if ground else lobby, window(12.025)])
    east = exit_ if name != "三层" else lobby
    outer("东侧", ((36, -0.125), (36, DEEP + 0.125)), [east] if ground else [ends[0], east, ends[1]])


def _grille(p: Plan) -> Kind:
    w = p.b.w
    fins = [w.painted(w.box((0.04 + i * 0.2, 0, 0), (0.08 + i * 0.2, 0.16, 2.1)), "木色格栅") for i in range(4)]
    made = p.b.kind(
        "IfcShadingDeviceType",
        "木色格栅",
        fins,
        material=p.b.material("竹木复合格栅"),
        code="ZS-02 遮阳",
        PredefinedType="SHUTTER",
    )
    p.c.made["木色格栅"] = made
    return made


def _rooms(p: Plan, name: str, height: float) -> None:
    storey, clear = p.storeys[name], height - 0.15
    south, north = ROOMS[name]
    inner = p.c.inner_wall()
    number = list(p.storeys).index(name)

    def partition(label: str, ends: tuple[Point, Point], holes: list[Hole]) -> None:
        wall(p.b, storey, label, ends, 0.2, heights=(0, clear), colour="内墙乳胶漆", kind=inner, holes=holes)

    for rooms, y, sides in ((south, SOUTH, (0.125, SOUTH - 0.1)), (north, NORTH, (NORTH + 0.1, DEEP - 0.125))):
        holes = []
        for k, (first, last, use) in enumerate(rooms):
            x0, x1 = first * BAY + (0.125 if first == 0 else 0.1), last * BAY - (0.125 if last == 6 else 0.1)
            if first:
                partition(f"{name}隔墙", ((first * BAY, sides[0]), (first * BAY, sides[1])), [])
            side = "南" if y == SOUTH else "北"
            p.b.space(storey, f"{number}{side}{k + 1:02d}", use, rectangle(x0, sides[0], x1, sides[1]), clear)
            holes.append(_doorway(p, (first, last, use)))
        partition(f"{name}走廊{'南' if y == SOUTH else '北'}墙", ((0.125, y), (35.875, y)), holes)
    p.b.space(storey, f"{number}走廊", "走廊", rectangle(0.125, SOUTH + 0.1, 35.875, NORTH - 0.1), clear)


def _doorway(p: Plan, room: tuple[int, int, str]) -> Hole:
    first, last, use = room
    middle = (first + last) / 2 * BAY
    if use == "入口大厅":
        return Hole(middle - 4.5, 0, 9.0, 3.2)
    if use.endswith("楼梯间"):
        return Hole(middle - 1.5, 0, 3.0, 2.6)
    width = 1.5 if last - first > 1 else 1.0
    middle += 0.0 if last - first == 1 else 1.6  # a column stands where two bays meet
    kind = p.c.door(width, 2.2)
    return Hole(middle - width / 2 - 0.125, 0, width, 2.2, "IfcDoor", kind, f"{kind.entity.Name} {use}")


def _stairs(p: Plan) -> None:
    for name, _, height in STOREYS[:2]:
        for number, x in ((1, 4.7), (2, 34.7)):
            storey, size = p.storeys[name], (5.5, 3.4)
            at = (x, 9.9, 0.0)
            stair(p.b, storey, f"{number}号楼梯", at, math.pi / 2, rise=height, size=size, kinds=p.c.stair())
