"""The tanks of 河东水厂: rectangular basins with their fittings, round clarifiers with their bridges. Metres."""

import math
from collections.abc import Callable
from typing import Any

from sample_data.catalogue import Box, Plan
from sample_data.parts import flight_profile, railing, rectangle, slab, wall
from sample_data.writer import Entity, IfcWriter, Point, Point3

YARD = "厂区地面"
Area = tuple[float, float, float, float]  # x0, y0, x1, y1


def circle(radius: float, count: int = 40) -> list[Point]:
    """Return a circle's corners about the origin, counter-clockwise."""
    return [(radius * math.cos(math.tau * i / count), radius * math.sin(math.tau * i / count)) for i in range(count)]


def cylinder(w: IfcWriter, radius: float, low: float, high: float, colour: str) -> Entity:
    """Return an upright cylinder about the origin."""
    return w.painted(w.prism(w.profile(circle(radius, 24)), high - low, w.axes((0, 0, low))), colour)


def pond(p: Plan, name: str, area: Area, level: float, colour: str = "水面") -> None:
    """Add the water of a basin, as a thin body whose upper face is the level."""
    b, yard, (x0, y0, x1, y1) = p.b, p.storeys[YARD], area
    body = b.w.painted(b.w.box((x0, y0, level - 0.1), (x1, y1, level)), colour)
    made = b.add("IfcBuildingElementProxy", f"{name}水面", yard, items=[body], storey=yard, ObjectType="水体")
    b.w.properties(made, "滨江_工艺参数", {"设计水位": ("IfcLengthMeasure", level), "水体": name})


def basin(p: Plan, name: str, area: Area, levels: tuple[float, float], thick: float = 0.4) -> None:
    """Add a rectangular basin: floor and four walls; `levels` are of its floor and of its walls' tops."""
    b, yard, (x0, y0, x1, y1), half = p.b, p.storeys[YARD], area, thick / 2
    floor, top = levels
    kind = p.c.slab("池底板-500", "BASESLAB", external=True)
    slab(b, yard, f"{name}底板", rectangle(*area), (floor - 0.5, floor), colour="清水混凝土", kind=kind, use="BASESLAB")
    sides = {
        "南": ((x0 - half, y0), (x1 + half, y0)),
        "东": ((x1, y0 + half), (x1, y1 - half)),
        "北": ((x1 + half, y1), (x0 - half, y1)),
        "西": ((x0, y1 - half), (x0, y0 + half)),
    }
    for side, ends in sides.items():
        tank_wall(p, f"{name}{side}池壁", ends, (floor, top), thick)


def tank_wall(p: Plan, name: str, ends: tuple[Point, Point], heights: tuple[float, float], thick: float) -> None:
    """Add a wall of a basin."""
    kind = p.c.of(
        "IfcWallType", f"池壁-{thick * 1000:.0f}", list, material="C30 P6 抗渗混凝土", code="SC-01 池体", use="STANDARD"
    )
    made = wall(p.b, p.storeys[YARD], name, ends, thick, heights=heights, colour="清水混凝土", kind=kind)
    p.b.w.properties(made, "Pset_WallCommon", {"Reference": kind.entity.Name, "IsExternal": True, "LoadBearing": True})


def guard(p: Plan, name: str, ends: tuple[Point3, Point3]) -> None:
    """Add a railing of steel."""
    railing(p.b, p.storeys[YARD], name, ends, "不锈钢", p.c.railing())


def sedimentation(p: Plan, name: str, area: Area) -> None:
    """Add a basin for mixing, flocculation and sedimentation, along x, with its suction bridge and launders."""
    b, yard, (x0, y0, x1, y1) = p.b, p.storeys[YARD], area
    basin(p, name, area, (-0.6, 3.4))
    mixed = x0 + 16.0
    tank_wall(p, f"{name}配水花墙", ((mixed, y0 + 0.2), (mixed, y1 - 0.2)), (-0.6, 3.25), 0.3)
    for i in range(6):
        x = x0 + 2.4 + i * 2.2
        low, high = (y0 + 0.2, y1 - 2.2) if i % 2 else (y0 + 2.2, y1 - 0.2)
        tank_wall(p, f"{name}絮凝隔墙 {i + 1}", ((x, low), (x, high)), (-0.6, 3.25), 0.2)
    middle = (y0 + y1) / 2
    tank_wall(p, f"{name}导流墙", ((mixed + 1.0, middle), (x1 - 15.0, middle)), (-0.6, 3.25), 0.2)
    pond(p, f"{name}絮凝区", (x0 + 0.2, y0 + 0.2, mixed - 0.15, y1 - 0.2), 3.0, "沉淀池水")
    pond(p, f"{name}沉淀区", (mixed + 0.15, y0 + 0.2, x1 - 0.2, y1 - 0.2), 2.95)
    kind = p.c.of(
        "IfcBuildingElementProxyType",
        "指形出水槽-12m",
        lambda: p.c.boxes(
            [("银白铝合金", (0.0, -0.3, 2.6, 12.0, 0.3, 3.1)), ("水面", (0.1, -0.2, 3.1, 12.0, 0.2, 3.12))]
        ),
        material="304 不锈钢",
        code="SC-03 工艺设备",
    )
    for i in range(5):
        y = y0 + (i + 0.5) * (y1 - y0) / 5
        b.add("IfcBuildingElementProxy", f"{name}出水槽 {i + 1}", yard, (x1 - 12.2, y, 0), kind=kind, storey=yard)
    bridge = p.c.of(
        "IfcBuildingElementProxyType",
        f"行车式吸泥机-{y1 - y0:.0f}m",
        lambda: p.c.boxes(_travelling_bridge(y1 - y0)),
        material="Q235 钢",
        code="SC-03 工艺设备",
    )
    b.add("IfcBuildingElementProxy", f"{name}吸泥机", yard, (mixed + 18.0, y0, 3.4), kind=bridge, storey=yard)
    for side, y in (("南", y0), ("北", y1)):
        guard(p, f"{name}{side}侧栏杆", ((x0, y, 3.4), (x1, y, 3.4)))
    _steps(p, name, (x0 - 0.2, middle, 0.0), 3.4, math.pi)


def _travelling_bridge(width: float) -> list[Box]:
    boxes: list[Box] = [("管道蓝", (x, -0.4, 0.35, x + 0.2, width + 0.4, 0.8)) for x in (0.0, 1.8)]
    boxes.append(("银白铝合金", (0.2, -0.2, 0.75, 1.8, width + 0.2, 0.8)))
    boxes += [("深灰铝合金", (-0.3, y - 0.25, 0.05, 2.3, y + 0.25, 0.4)) for y in (0.0, width)]
    boxes += [("不锈钢", (x, -0.4, 1.75, x + 0.06, width + 0.4, 1.81)) for x in (0.05, 1.9)]
    count = round(width / 2)
    boxes += [
        ("不锈钢", (x, i * width / count - 0.03, 0.8, x + 0.06, i * width / count + 0.03, 1.75))
        for x in (0.05, 1.9)
        for i in range(count + 1)
    ]
    return [*boxes, ("设备绿", (0.4, 0.5, 0.8, 1.6, 1.9, 1.7))]


def _steps(p: Plan, name: str, top: Point3, rise: float, turn: float) -> None:
    """Add steps up to the edge of a tank; `top` is the foot of its wall, they come down in the direction `turn`."""
    b, w, yard = p.b, p.b.w, p.storeys[YARD]
    steps = round(rise / 0.17)
    tread, riser = 0.26, rise / steps
    run = tread * (steps - 1)
    at = (top[0] + run * math.cos(turn), top[1] + run * math.sin(turn), top[2])
    body = w.painted(w.upright(flight_profile(steps, tread, riser), 1.1), "清水混凝土")
    whole = b.add(
        "IfcStair", f"{name}上池楼梯", yard, at, turn + math.pi, storey=yard, PredefinedType="STRAIGHT_RUN_STAIR"
    )
    measures: dict[str, Any] = {
        "NumberOfRisers": steps,
        "NumberOfTreads": steps - 1,
        "RiserHeight": riser,
        "TreadLength": tread,
    }
    b.parts(whole, b.add("IfcStairFlight", f"{name}上池梯段", whole, items=[body], kind=p.c.stair().flight, **measures))


def filters(p: Plan, area: Area) -> None:
    """Add eight filter cells in two rows; between the rows stands the pipe gallery, which is built elsewhere."""
    x0, y0, x1, y1 = area
    deep, wide = 12.5, (x1 - x0) / 4
    for row, (low, high) in (("南排", (y0, y0 + deep)), ("北排", (y1 - deep, y1))):
        basin(p, f"V 型滤池{row}", (x0, low, x1, high), (-0.8, 4.0))
        for i in range(4):
            name = f"滤池 {row}{i + 1}"
            left = x0 + i * wide
            if i:
                tank_wall(p, f"{name}隔墙", ((left, low + 0.2), (left, high - 0.2)), (-0.8, 4.0), 0.3)
            pond(p, name, (left + 0.2, low + 0.2, left + wide - 0.2, high - 0.2), 3.5)
            kind = p.c.of(
                "IfcBuildingElementProxyType",
                "V 型槽与排水渠",
                lambda: p.c.boxes(
                    [
                        ("清水混凝土", (-0.5, 0.3, 2.4, 0.5, deep - 0.3, 3.65)),
                        ("水面", (-0.3, 0.3, 3.65, 0.3, deep - 0.3, 3.67)),
                    ]
                ),
                material="C30 P6 抗渗混凝土",
                code="SC-03 工艺设备",
            )
            at, yard = (left + wide / 2, low, 0.0), p.storeys[YARD]
            p.b.add("IfcBuildingElementProxy", f"{name}排水渠", yard, at, kind=kind, storey=yard)
        edge = low if row == "南排" else high
        guard(p, f"滤池{row}栏杆", ((x0, edge, 4.0), (x1, edge, 4.0)))


def reservoir(p: Plan, area: Area) -> None:
    """Add the covered reservoir: half buried, grass on its roof, ventilators and manholes."""
    b, yard, (x0, y0, x1, y1) = p.b, p.storeys[YARD], area
    basin(p, "清水池", area, (-3.0, 1.2))
    kind = p.c.slab("清水池顶板-250", "ROOF", external=True)
    slab(b, yard, "清水池顶板", rectangle(*area), (1.2, 1.45), colour="清水混凝土", kind=kind, use="ROOF")
    grass = b.w.painted(b.w.box((x0 + 0.3, y0 + 0.3, 1.45), (x1 - 0.3, y1 - 0.3, 1.75)), "草绿地坪")
    b.add("IfcCovering", "清水池种植覆土", yard, items=[grass], storey=yard, PredefinedType="ROOFING")
    vent = p.c.of(
        "IfcBuildingElementProxyType",
        "通气管-DN300",
        lambda: [
            b.w.painted(b.w.prism(b.w.profile(circle(0.15, 12)), 1.2), "银白铝合金"),
            b.w.painted(b.w.prism(b.w.profile(circle(0.35, 12)), 0.25, b.w.axes((0, 0, 1.2))), "深灰铝合金"),
        ],
        material="304 不锈钢",
        code="SC-02 管道",
    )
    for i in range(5):
        for y in (y0 + 8.0, y1 - 8.0):
            x = x0 + (i + 0.5) * (x1 - x0) / 5
            b.add("IfcBuildingElementProxy", f"清水池通气管 {i + 1}", yard, (x, y, 1.75), kind=vent, storey=yard)
    for i, x in enumerate((x0 + 3.0, x1 - 4.5), 1):
        hatch = b.w.painted(b.w.box((x, y0 + 2.0, 1.45), (x + 1.5, y0 + 3.5, 2.1)), "花岗岩")
        b.add("IfcBuildingElementProxy", f"清水池检修孔 {i}", yard, items=[hatch], storey=yard)


def clarifier(p: Plan, name: str, centre: Point, radius: float, top: float, water: str = "水面") -> None:
    """Add a round tank: wall, floor, water, launders, drum, a bridge from the rim to the middle, a railing round it."""
    yard, label = p.storeys[YARD], f"{radius * 2:.0f}m"

    def tube(outer: float, thick: float, low: float, high: float, colour: str) -> Entity:
        w = p.b.w
        ring = w.profile(circle(outer), [circle(outer - thick)])
        return w.painted(w.prism(ring, high - low, w.axes((0, 0, low))), colour)

    def disc(size: float, low: float, high: float, colour: str) -> Entity:
        w = p.b.w
        return w.painted(w.prism(w.profile(circle(size)), high - low, w.axes((0, 0, low))), colour)

    def launders() -> list[Entity]:
        return [tube(radius - x, 0.15, top - 0.7, top - 0.1, "银白铝合金") for x in (1.2, 1.9)]

    concrete, gear = "SC-01 池体", "SC-03 工艺设备"
    parts: list[tuple[str, str, str, Callable[[], list[Entity]], str]] = [
        ("IfcWall", "池壁", "STANDARD", lambda: [tube(radius, 0.35, -1.0, top, "清水混凝土")], concrete),
        ("IfcSlab", "底板", "BASESLAB", lambda: [disc(radius, -1.5, -1.0, "清水混凝土")], concrete),
        (
            "IfcBuildingElementProxy",
            "水面",
            "",
            lambda: [disc(radius - 0.36, top - 0.5, top - 0.4, water)],
            "SC-04 水体",
        ),
        (
            "IfcBuildingElementProxy",
            "导流筒",
            "",
            lambda: [tube(radius * 0.3, 0.2, top - 1.5, top + 0.3, "清水混凝土")],
            gear,
        ),
        ("IfcBuildingElementProxy", "集水槽", "", launders, gear),
        ("IfcBuildingElementProxy", "工作桥", "", lambda: p.c.boxes(_rim_bridge(radius, top)), gear),
        ("IfcRailing", "池顶栏杆", "GUARDRAIL", lambda: _rim_railing(p, radius, top), "ZS-01 栏杆"),
    ]
    for ifc_class, part, use, items, code in parts:
        kind = p.c.of(
            f"{ifc_class}Type",
            f"圆池{part}-{label}",
            items,
            material="C30 P6 抗渗混凝土" if code == concrete else "成套设备",
            code=code,
            use=use or "NOTDEFINED",
        )
        p.b.add(ifc_class, f"{name}{part}", yard, (*centre, 0.0), kind=kind, storey=yard)
    _steps(p, name, (centre[0] + radius, centre[1], 0.0), top, 0.0)


def _rim_railing(p: Plan, radius: float, top: float) -> list[Entity]:
    w, items = p.b.w, []
    for z in (0.55, 1.06):
        ring = w.profile(circle(radius - 0.15), [circle(radius - 0.2)])
        items.append(w.painted(w.prism(ring, 0.04, w.axes((0, 0, top + z))), "不锈钢"))
    for x, y in circle(radius - 0.175, 32):
        items.append(w.painted(w.box((x - 0.025, y - 0.025, top), (x + 0.025, y + 0.025, top + 1.06)), "不锈钢"))
    return items


def _rim_bridge(radius: float, top: float) -> list[Box]:
    """Return a bridge along x from the middle to the rim, with the drive in the middle."""
    edges = (-0.72, 0.67)
    boxes: list[Box] = [("管道蓝", (-1.0, y, top + 0.1, radius, y + 0.15, top + 0.55)) for y in (-0.75, 0.6)]
    boxes.append(("银白铝合金", (-1.0, -0.6, top + 0.45, radius, 0.6, top + 0.5)))
    boxes.append(("设备绿", (-0.9, -0.6, top + 0.55, 0.6, 0.6, top + 1.7)))
    boxes += [("不锈钢", (-1.0, y, top + 1.5, radius, y + 0.05, top + 1.56)) for y in edges]
    posts = [float(x) for x in range(0, int(radius), 2)]
    return [*boxes, *(("不锈钢", (x, y, top + 0.55, x + 0.05, y + 0.05, top + 1.5)) for x in posts for y in edges)]
