"""河东小学教学楼: an IFC2X3 file in millimetres, placed by IfcSite's latitude and longitude and a turned TrueNorth.

An L of four and three storeys: rows of classrooms behind open corridors, as schools are built in the south, with a
roof terrace on the lower wing.  The file's +Y points 35° east of true north.
"""

import math
from pathlib import Path

from sample_data.building import Building, Kind
from sample_data.catalogue import Box, Catalogue, Plan, table
from sample_data.parts import Hole, slab, stair, wall
from sample_data.school_structure import (
    DEPTH,
    HEIGHT,
    LONG,
    PLINTH,
    ROOM,
    SHORT,
    SOUTH,
    STAIR,
    STAIR_FOOT,
    STAIRS,
    STOREYS,
    WALK,
    WEST,
    Wing,
    roof,
    structure,
)
from sample_data.writer import IfcWriter, Point

BEARING_DEG = 35.0
LATITUDE, LONGITUDE, ELEVATION = (22, 32, 42, 0), (114, 5, 6, 0), 8.4
SPECIAL = {("B", 0, 0): "图书室", ("B", 0, 1): "美术教室", ("B", 1, 0): "计算机教室", ("B", 2, 0): "音乐教室"}


def write(path: Path) -> None:
    """Write the file."""
    w = IfcWriter("IFC2X3", 1000, "河东小学教学楼")
    b = Building(w, "河东小学", "河东小学校园", "河东小学教学楼", "河东路 6 号")
    b.site.RefLatitude, b.site.RefLongitude = LATITUDE, LONGITUDE
    b.site.RefElevation = w.length(ELEVATION)
    bearing = math.radians(BEARING_DEG)
    b.context.TrueNorth = w.direction(-math.sin(bearing), math.cos(bearing))
    b.building.ObjectPlacement.RelativePlacement = w.axes((0, 0, PLINTH))
    names = (*STOREYS, "屋面")
    plan = Plan(b, Catalogue(b), {"室外地坪": b.storey("室外地坪", -PLINTH)})
    plan.storeys |= {name: b.storey(name, index * HEIGHT) for index, name in enumerate(names)}
    _ground(plan)
    for wing, rooms, floors in ((WEST, LONG, 4), (SOUTH, SHORT, 3)):
        for floor in range(floors):
            structure(plan, wing, rooms, floor)
            _walls(plan, wing, rooms, floor)
            _rooms(plan, wing, rooms, floor)
        roof(plan, wing, rooms, floors)
    _stairs(plan)
    _furniture(plan)
    w.save(path)


def _ground(p: Plan) -> None:
    w, b, storey = p.b.w, p.b, p.storeys["室外地坪"]
    paving = w.painted(w.box((-6, -6, -0.12), (76, 40, 0.02)), "场地")
    court = w.painted(w.box((14, 14, 0.02), (46, 34, 0.05)), "草绿地坪")
    b.site.Representation = w.make("IfcProductDefinitionShape", Representations=[b.representation([paving, court])])
    kind = p.c.slab("基础底板", "BASESLAB", external=True)
    east, north = WEST.length + DEPTH, SOUTH.length
    outline = [(-0.6, -0.6), (east + 0.6, -0.6), (east + 0.6, north + 0.6), (WEST.length - 0.6, north + 0.6)]
    outline += [(WEST.length - 0.6, DEPTH + 0.6), (-0.6, DEPTH + 0.6)]
    slab(b, storey, "散水平台", outline, (0.0, PLINTH - 0.15), colour="花岗岩", kind=kind, use="BASESLAB")
    ring = [(0.07 * math.cos(math.tau * i / 12), 0.07 * math.sin(math.tau * i / 12)) for i in range(12)]
    pole = w.painted(w.prism(w.profile(ring), 12.0), "不锈钢")
    foot = w.painted(w.box((-0.9, -0.9, 0), (0.9, 0.9, 0.45)), "花岗岩")
    b.add("IfcBuildingElementProxy", "旗杆", storey, (30, 37, 0), items=[pole, foot], storey=storey)


def _walls(p: Plan, wing: Wing, rooms: int, floor: int) -> None:
    storey, length, end = p.storeys[STOREYS[floor]], wing.length, rooms * ROOM
    outer, inner = p.c.outer_wall(), p.c.inner_wall()
    label = f"{wing.name}区{STOREYS[floor]}"

    def put(name: str, ends: tuple[Point, Point], kind: Kind, colour: str, holes: list[Hole]) -> None:
        thickness = 0.25 if kind is outer else 0.2
        top = HEIGHT if kind is outer else HEIGHT - 0.15
        wall(p.b, storey, name, ends, thickness, heights=(0, top), colour=colour, kind=kind, holes=holes)

    big, small, tall = p.c.window(2.1, 2.0, 3, 1.4), p.c.window(1.8, 1.5, 3), p.c.window(1.5, 1.8, 2)
    door = p.c.door(1.0, 2.1, "深色木")
    back, front = [], []
    for i in range(rooms):
        x = i * ROOM
        back += [Hole(x + shift, 0.9, 2.1, 2.0, "IfcWindow", big, "C2120 教室外窗") for shift in (0.85, 3.45, 6.05)]
        front += [
            Hole(x + 0.45, 0, 1.0, 2.1, "IfcDoor", door, "M1021 教室前门"),
            *(Hole(x + shift, 1.1, 1.8, 1.5, "IfcWindow", small, "C1815 教室内窗") for shift in (2.2, 5.0)),
            Hole(x + 7.55, 0, 1.0, 2.1, "IfcDoor", door, "M1021 教室后门"),
        ]
    back.append(Hole(end + STAIRS / 2 - 0.75, 1.2, 1.5, 1.8, "IfcWindow", tall, "C1518 楼梯窗"))
    front.append(Hole(end + 0.6, 0, STAIRS - 1.2, 2.7))
    put(f"{label}外墙", wing.ends(0, DEPTH, end, DEPTH), outer, "米白涂料", back[:-1])
    put(f"{label}楼梯间外墙", wing.ends(end, DEPTH, length, DEPTH), outer, "陶土面砖", [shifted(back[-1], -end)])
    put(f"{label}走廊墙", wing.ends(0, WALK, length, WALK), outer, "米白涂料", front)
    for x in (0.0, length):
        clear = wing.ends(x, WALK + 0.125, x, DEPTH - 0.125)
        put(f"{label}山墙", clear, outer, "陶土面砖" if x else "米白涂料", [])
    for i in range(1, rooms + 1):
        put(f"{label}隔墙", wing.ends(i * ROOM, WALK + 0.125, i * ROOM, DEPTH - 0.125), inner, "内墙乳胶漆", [])


def shifted(hole: Hole, by: float) -> Hole:
    """Return the hole moved along its wall."""
    return Hole(hole.offset + by, hole.sill, hole.width, hole.height, hole.fill, hole.kind, hole.name)


def _rooms(p: Plan, wing: Wing, rooms: int, floor: int) -> None:
    storey, clear, low = p.storeys[STOREYS[floor]], HEIGHT - 0.15, WALK + 0.125
    for i in range(rooms):
        area = wing.area(i * ROOM + 0.125, low, (i + 1) * ROOM - 0.1, DEPTH - 0.125)
        special = SPECIAL.get((wing.name, floor, i))
        use = special or f"{'一二三四五六'[(floor * rooms + i) % 6]}年级{1 + (floor * rooms + i) // 6}班教室"
        p.b.space(storey, f"{wing.name}{floor + 1}{i + 1:02d}", use, area, clear)
    stairs = wing.area(rooms * ROOM + 0.1, low, wing.length - 0.125, DEPTH - 0.125)
    p.b.space(storey, f"{wing.name}{floor + 1}楼梯", "楼梯间", stairs, clear)
    walk = wing.area(0.1, 0.1, wing.length - 0.1, WALK - 0.125)
    p.b.space(storey, f"{wing.name}{floor + 1}走廊", "开敞走廊", walk, clear)


def _stairs(p: Plan) -> None:
    for wing, floors in ((WEST, 4), (SOUTH, 2)):
        x, y = wing.at(wing.length - 0.4, STAIR_FOOT)
        for floor in range(floors):
            name, storey = f"{wing.name}区楼梯", p.storeys[STOREYS[floor]]
            turn, kinds = wing.turn + math.pi / 2, p.c.stair()
            stair(p.b, storey, name, (x, y, 0.0), turn, rise=HEIGHT, size=STAIR, kinds=kinds)


def _furniture(p: Plan) -> None:
    """Blackboards in every classroom, desks with stools on the ground floor."""
    c = p.c
    stools: list[Box] = [("灰蓝织物", (x, -0.45, 0.4, x + 0.35, -0.1, 0.44)) for x in (0.15, 0.7)]
    feet: list[Box] = [("不锈钢", (x + 0.15, -0.3, 0.0, x + 0.19, -0.26, 0.4)) for x in (0.15, 0.7)]
    frame: list[Box] = [("深灰铝合金", (0.0, 0.0, 0.9, 4.0, 0.03, 2.15))]
    slate: list[Box] = [("墨绿板面", (0.05, 0.03, 0.95, 3.95, 0.05, 2.1))]
    board = c.furniture("黑板", [*frame, *slate])
    desk = c.furniture("双人课桌椅", [*table(1.2, 0.5), *stools, *feet])
    teacher = c.furniture("讲台", [("深色木", (0.0, 0.0, 0.0, 1.4, 0.6, 0.95))])
    for wing, rooms, floors in ((WEST, LONG, 4), (SOUTH, SHORT, 3)):
        for floor in range(floors):
            for i in range(rooms):
                _put(p, wing, floor, (i * ROOM + 0.13, WALK + 5.6), -math.pi / 2, board)
                if floor == 0 and wing is WEST:
                    _put(p, wing, floor, (i * ROOM + 1.2, WALK + 4.3), -math.pi / 2, teacher)
                    for row in range(4):
                        for y in (1.0, 3.0, 5.0):
                            _put(p, wing, floor, (i * ROOM + 3.0 + row * 1.3, WALK + y), math.pi / 2, desk)


def _put(p: Plan, wing: Wing, floor: int, where: Point, turn: float, kind: Kind) -> None:
    storey, (x, y) = p.storeys[STOREYS[floor]], wing.at(*where)
    p.b.add("IfcFurniture", kind.entity.Name, storey, (x, y, 0.0), wing.turn + turn, kind=kind, storey=storey)
