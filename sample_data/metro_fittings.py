"""Inside 人民广场站: platform and screen doors, gates and ticket machines, stairs, escalators, a lift. Metres."""

import math
from typing import Any

from sample_data.building import Kind
from sample_data.catalogue import Box, Plan
from sample_data.metro_shell import BASE, CONCOURSE, LENGTH, LIFT, PLATFORM, UP, UP_SIDES, WALL, WIDTH
from sample_data.parts import Hole, flight_profile, railing, rectangle, slab, wall
from sample_data.writer import Entity, Point, Point3

EDGES = (5.0, 17.0)  # of the platform
FIRST, MODULE, MODULES = 32.0, 4.8, 25  # screen doors along the platform
GATES = (54.0, 130.0)  # where the paid area begins and ends
RISE = 7.0  # between levels, and from the concourse to the square
SLOPE = math.radians(30.0)


def platform(p: Plan) -> None:
    """Add the platform, its screen doors, the rooms at its ends, benches and displays."""
    b, storey = p.b, p.storeys["站台层"]
    floor = rectangle(WALL, EDGES[0], LENGTH - WALL, EDGES[1])
    slab(b, storey, "站台板", floor, (-0.25, 0.0), colour="浅灰涂料", kind=p.c.slab("站台板-250"))
    inner = p.c.inner_wall()

    def partition(name: str, ends: tuple[Point, Point], top: float, foot: float = 0.0, door: bool = False) -> None:
        holes = []
        if door:
            kind = p.c.door(1.0, 2.1, "深色木")
            holes = [Hole(math.dist(*ends) / 2 - 0.5, 0.0, 1.0, 2.1, "IfcDoor", kind, "M1021 设备区门")]
        wall(b, storey, name, ends, 0.2, heights=(foot, top), colour="内墙乳胶漆", kind=inner, holes=holes)

    clear = CONCOURSE - 0.4 - PLATFORM
    for side, y in (("左侧", EDGES[0] + 0.2), ("右侧", EDGES[1] - 0.2)):
        partition(f"站台{side}墙", ((WALL, y), (LENGTH - WALL, y)), -0.25, BASE - PLATFORM)
        partition(f"小里程设备区{side}墙", ((WALL, y), (31.7, y)), clear)
        partition(f"大里程设备区{side}墙", ((152.3, y), (LENGTH - WALL, y)), clear)
    for name, x in (("小里程", 31.8), ("大里程", 152.2)):
        partition(f"{name}设备区端墙", ((x, EDGES[0] + 0.3), (x, EDGES[1] - 0.3)), clear, door=True)
    _screen_doors(p, storey)
    bench = p.c.furniture("候车椅-2.4", _bench())
    for i, x in enumerate((38.0, 44.0, 50.0, 84.0, 98.0, 134.0, 140.0, 146.0)):
        b.add("IfcFurniture", f"候车椅 {i + 1}", storey, (x, 10.7, 0.0), kind=bench, storey=storey)
    screen = p.c.of(
        "IfcBuildingElementProxyType",
        "乘客信息屏",
        lambda: p.c.boxes(
            [("深灰铝合金", (-0.7, -0.08, 2.6, 0.7, 0.08, 3.3)), ("线路蓝", (-0.65, -0.1, 2.65, 0.65, 0.1, 3.25))]
            + [("不锈钢", (x, -0.03, 3.3, x + 0.06, 0.03, clear)) for x in (-0.5, 0.44)]
        ),
        material="电子设备",
        code="DT-10 乘客信息",
    )
    for i in range(6):
        for y in (6.4, 15.6):
            b.add(
                "IfcBuildingElementProxy", "乘客信息屏", storey, (42.0 + i * 20.0, y, 0.0), kind=screen, storey=storey
            )


def _bench() -> list[Box]:
    seats: list[Box] = [("不锈钢", (i * 0.6, 0.0, 0.4, i * 0.6 + 0.55, 0.55, 0.45)) for i in range(4)]
    backs: list[Box] = [("不锈钢", (i * 0.6, 0.5, 0.45, i * 0.6 + 0.55, 0.55, 0.8)) for i in range(4)]
    return [*seats, *backs, *(("深灰铝合金", (x, 0.2, 0.0, x + 0.06, 0.3, 0.4)) for x in (0.25, 1.15, 2.05))]


def _screen_doors(p: Plan, storey: Entity) -> None:
    def module() -> list[Entity]:
        boxes: list[Box] = [("银白铝合金", (0.0, -0.15, 2.2, MODULE, 0.15, 2.7))]
        boxes += [("银白铝合金", (x, -0.08, 0.0, x + 0.1, 0.08, 2.2)) for x in (0.0, 1.35, 3.35, MODULE - 0.1)]
        glass = ((0.1, 1.35), (1.45, 2.39), (2.41, 3.35), (3.45, MODULE - 0.1))
        boxes += [("中空玻璃", (x0, -0.02, 0.05, x1, 0.02, 2.2)) for x0, x1 in glass]
        boxes += [("线路蓝", (0.05, -0.16, 2.35, MODULE - 0.05, -0.15, 2.55))]
        return p.c.boxes(boxes)

    size = {"OverallWidth": MODULE, "OverallHeight": 2.7}
    kind = p.c.of(
        "IfcDoorType", "屏蔽门单元-4800", module, material="铝合金门", code="DT-06 屏蔽门", use="DOOR", size=size
    )
    for side, y, turn in (("左线", EDGES[0] + 0.2, 0.0), ("右线", EDGES[1] - 0.2, math.pi)):
        for i in range(MODULES):
            x = FIRST + (i if turn == 0 else i + 1) * MODULE
            b, name = p.b, f"{side}屏蔽门 {i + 1:02d}"
            b.add("IfcDoor", name, storey, (x, y, 0.0), turn, kind=kind, storey=storey)


def concourse(p: Plan) -> None:
    """Add gates, ticket machines and booths, the walls of the rooms at both ends."""
    b, storey = p.b, p.storeys["站厅层"]
    gate = p.c.of(
        "IfcBuildingElementProxyType",
        "自动检票机",
        lambda: p.c.boxes(
            [
                ("不锈钢", (-0.95, -0.14, 0.0, 0.95, 0.14, 1.0)),
                ("线路蓝", (-0.85, -0.15, 1.0, 0.85, 0.15, 1.04)),
                ("中空玻璃", (-0.15, 0.14, 0.3, 0.15, 0.45, 1.3)),
                ("中空玻璃", (-0.15, -0.45, 0.3, 0.15, -0.14, 1.3)),
            ]
        ),
        material="304 不锈钢",
        code="DT-07 自动售检票",
    )
    machine = p.c.of(
        "IfcBuildingElementProxyType",
        "自动售票机",
        lambda: p.c.boxes(
            [("线路蓝", (0.0, 0.0, 0.0, 0.95, 0.8, 1.9)), ("银白铝合金", (0.1, -0.03, 0.9, 0.85, 0.0, 1.7))]
        ),
        material="电子设备",
        code="DT-07 自动售检票",
    )
    booth = p.c.of(
        "IfcBuildingElementProxyType", "客服中心", lambda: _booth(p), material="成品岗亭", code="DT-07 自动售检票"
    )
    for end, x in zip(("西", "东"), GATES, strict=True):
        for i in range(10):
            at = (x, 6.7 + i * 0.95, 0.0)
            b.add("IfcBuildingElementProxy", f"{end}端检票机 {i + 1}", storey, at, kind=gate, storey=storey)
        for side, y0, y1 in (("南", WALL, 6.2), ("北", 15.7, WIDTH - WALL)):
            ends: tuple[Point3, Point3] = ((x, y0, 0.0), (x, y1, 0.0))
            railing(b, storey, f"{end}端{side}侧分区栏杆", ends, "不锈钢", p.c.railing())
        b.add("IfcBuildingElementProxy", f"{end}端客服中心", storey, (x, 18.0, 0.0), kind=booth, storey=storey)
        first = 42.0 if end == "西" else 136.0
        for i in range(5):
            at = (first + i * 1.2, WIDTH - WALL - 0.85, 0.0)
            b.add("IfcBuildingElementProxy", f"{end}端售票机 {i + 1}", storey, at, kind=machine, storey=storey)
    _rooms(p, storey)


def _booth(p: Plan) -> list[Entity]:
    return p.c.boxes(
        [
            ("深灰铝合金", (-1.5, -1.2, 0.0, 1.5, 1.2, 0.95)),
            ("中空玻璃", (-1.45, -1.15, 0.95, 1.45, 1.15, 2.3)),
            ("线路蓝", (-1.6, -1.3, 2.3, 1.6, 1.3, 2.6)),
        ]
    )


def _rooms(p: Plan, storey: Entity) -> None:
    clear, inner = 3.7, p.c.inner_wall()
    door = p.c.door(1.0, 2.1, "深色木")

    def put(name: str, ends: tuple[Point, Point], doors: bool) -> None:
        hole = Hole(math.dist(*ends) / 2 - 0.5, 0.0, 1.0, 2.1, "IfcDoor", door, "M1021 设备房门")
        holes = [hole] if doors else []
        wall(p.b, storey, name, ends, 0.2, heights=(0.0, clear), colour="内墙乳胶漆", kind=inner, holes=holes)

    for end, turn in (("小里程", False), ("大里程", True)):

        def x(value: float, turn: bool = turn) -> float:
            return LENGTH - value if turn else value

        for side, y in (("南", 6.8), ("北", 15.2)):
            put(f"{end}设备区{side}墙", ((x(WALL), y), (x(40.0), y)), doors=False)
        put(f"{end}设备区隔墙", ((x(21.9), 6.9), (x(21.9), 15.1)), doors=True)
        put(f"{end}设备区端墙", ((x(39.9), 6.9), (x(39.9), 15.1)), doors=True)


# -- ways up ---------------------------------------------------------------------------------------------------------


def ways_up(p: Plan) -> None:
    """Add stairs and escalators from the platform, railings round their openings, and the lift."""
    low, high = p.storeys["站台层"], p.storeys["站厅层"]
    for end, (x0, x1) in UP.items():
        foot, turn = (x0 + 1.5, 0.0) if end == "西" else (x1 - 1.5, math.pi)
        for i, y in enumerate((9.45, 12.55), 1):
            escalator(p, low, f"{end}端站台扶梯 {i}", (foot, y, 0.0), turn)
        straight_stair(p, low, f"{end}端站台楼梯", (foot, 11.0, 0.0), turn, 1.5)
        back = x0 if end == "西" else x1
        corners = [(back, UP_SIDES[0]), (back, UP_SIDES[1])]
        lines = [(corners[0], corners[1]), *(((x0, y), (x1, y)) for y in UP_SIDES)]
        for i, (a, c) in enumerate(lines, 1):
            ends: tuple[Point3, Point3] = ((*a, 0.0), (*c, 0.0))
            railing(p.b, high, f"{end}端楼扶梯口栏杆 {i}", ends, "不锈钢", p.c.railing())
    _lift(p, low)


def escalator_kind(p: Plan) -> Kind:
    """Return the escalator: up along x from the origin, 7 m, 30°, with level ends."""
    run = RISE / math.tan(SLOPE)

    def line(over: float, out: float) -> list[Point]:
        return [(-out, over), (0.0, over), (run, RISE + over), (run + out, RISE + over)]

    def band(foot: float, top: float, out: float) -> list[Point]:
        return [*line(foot, out), *reversed(line(top, out))]

    def items() -> list[Entity]:
        w = p.b.w
        bodies = [w.painted(w.upright(band(-1.0, 0.0, 1.15), 1.5), "不锈钢")]
        bodies.append(w.painted(w.upright(band(0.0, 0.03, 1.0), 1.0), "深灰铝合金"))
        for y in (-0.6, 0.6):
            bodies.append(w.painted(w.upright(band(0.0, 0.9, 0.9), 0.03, y), "中空玻璃"))
            bodies.append(w.painted(w.upright(band(0.9, 0.98, 0.95), 0.08, y), "深灰铝合金"))
        return bodies

    return p.c.of(
        "IfcTransportElementType", "自动扶梯-H7000", items, material="成套设备", code="DT-08 电扶梯", use="ESCALATOR"
    )


def escalator(p: Plan, storey: Entity, name: str, at: Point3, turn: float) -> None:
    """Add an escalator from its lower comb at `at`, rising in the direction `turn`."""
    kind = escalator_kind(p)
    p.b.add("IfcTransportElement", name, storey, at, turn, kind=kind, storey=storey, OperationType="ESCALATOR")


def straight_stair(p: Plan, storey: Entity, name: str, at: Point3, turn: float, width: float) -> None:
    """Add a straight stair of 7 m with a landing half way; `at` is the middle of its foot."""
    b, w, kinds = p.b, p.b.w, p.c.stair()
    steps, tread, landing = 22, 0.28, 1.4
    riser, run = RISE / 2 / 22, 0.28 * 21
    whole = b.add("IfcStair", name, storey, at, turn, storey=storey, ShapeType="TWO_STRAIGHT_RUN_STAIR")
    sizes = {"NumberOfRiser": steps, "NumberOfTreads": steps - 1}
    measures: dict[str, Any] = {**sizes, "RiserHeight": w.length(riser), "TreadLength": w.length(tread)}
    profile = flight_profile(steps, tread, riser)
    parts = []
    for label, x, z in (("下段", 0.0, 0.0), ("上段", run + landing, RISE / 2)):
        body = w.painted(w.upright([(px + x, pz + z) for px, pz in profile], width), "花岗岩")
        parts.append(b.add("IfcStairFlight", f"{name}{label}", whole, items=[body], kind=kinds.flight, **measures))
    top = RISE / 2
    plate = w.painted(w.box((run, -width / 2, top - 0.2), (run + landing, width / 2, top)), "花岗岩")
    parts.append(
        b.add("IfcSlab", f"{name}休息平台", whole, items=[plate], kind=kinds.landing, PredefinedType="LANDING")
    )
    b.parts(whole, *parts)


def _lift(p: Plan, storey: Entity) -> None:
    x0, y0, x1, y1 = LIFT
    long, deep, high = x1 - x0, y1 - y0, RISE + 2.9
    frame: list[Box] = [
        ("深灰铝合金", (x, y, 0.0, x + 0.12, y + 0.12, high)) for x in (0.0, long - 0.12) for y in (0.0, deep - 0.12)
    ]
    rings: list[Box] = [("深灰铝合金", (0.0, 0.0, z, long, deep, z + 0.15)) for z in (2.6, RISE - 0.3, high)]
    cabin: list[Box] = [("银白铝合金", (0.2, 0.2, 0.05, long - 0.2, deep - 0.2, 2.4))]
    panes: list[Box] = [("中空玻璃", (0.12, y, 0.0, long - 0.12, y + 0.02, high)) for y in (0.04, deep - 0.06)]
    panes += [("中空玻璃", (long - 0.06, 0.12, 0.0, long - 0.04, deep - 0.12, high))]
    kind = p.c.of(
        "IfcTransportElementType",
        "无障碍电梯-1000kg",
        lambda: p.c.boxes([*frame, *rings, *cabin, *panes]),
        material="成套设备",
        code="DT-08 电扶梯",
        use="ELEVATOR",
    )
    at = (x0, y0, 0.0)
    p.b.add("IfcTransportElement", "站内无障碍电梯", storey, at, kind=kind, storey=storey, OperationType="ELEVATOR")
