"""Between the towers of 江湾安居小区: kindergarten, garage with its ramp, gate, fence. Metres."""

import math

from sample_data.catalogue import Box, Plan
from sample_data.housing_block import Block, block
from sample_data.parts import Hole, rectangle, slab, wall
from sample_data.sites import HOUSING
from sample_data.writer import Entity, Point

YARD, CELLAR = "室外地面", "地下车库"
DOWN = 4.2  # of the garage's floor
RAMP = (14.0, 5.0, 19.5, 31.0)  # x0, y0, x1, y1; it goes down to the south
GARAGE = (9.0, 3.5, 36.0, 24.0)  # half of it lies beside the ramp
HEADROOM = 16.0  # where, along y, the ramp dives under the roof


def kindergarten(p: Plan) -> None:
    """Add two wings of three and two storeys, bright colours, a slide and a sandpit."""
    window, low = p.c.window(2.4, 1.8, 3, 1.2, "银白铝合金"), p.c.window(1.8, 1.8, 2, 1.2, "银白铝合金")
    door = p.c.door(1.8, 2.4, "银白铝合金", external=True)
    three = (("1层", 3.0), ("2层", 2.9), ("3层", 3.2))
    rooms = ("小班活动室", "中班活动室", "大班活动室")
    main = Block(
        "幼儿园主楼",
        (66.0, 9.0, 96.0, 21.0),
        three,
        ("标线黄", "米白涂料", "暖橙涂料"),
        window,
        4.2,
        doors=(("北", 14.0, door),),
        rooms=rooms,
        bare=("东",),
    )
    block(p, main)
    hall = Block(
        "幼儿园音体室",
        (96.3, 9.0, 108.0, 19.0),
        three[:1],
        ("管道蓝",),
        low,
        3.0,
        doors=(("北", 4.5, door),),
        bare=("西",),
        rooms=("音体活动室",),
    )
    block(p, hall)
    b, yard = p.b, p.storeys[YARD]
    slide: list[Box] = [("管道蓝", (0.0, 0.0, 0.0, 0.15, 0.15, 2.6)), ("管道蓝", (1.3, 0.0, 0.0, 1.45, 0.15, 2.6))]
    slide += [("管道蓝", (x, 1.3, 0.0, x + 0.15, 1.45, 2.6)) for x in (0.0, 1.3)]
    slide += [("暖橙涂料", (-0.1, -0.1, 2.6, 1.55, 1.55, 2.75)), ("标线黄", (0.0, 0.0, 1.4, 1.45, 1.45, 1.5))]
    kind = p.c.of(
        "IfcBuildingElementProxyType",
        "滑梯",
        lambda: [
            *p.c.boxes(slide),
            b.w.painted(
                b.w.prism(
                    b.w.profile([(0, 1.4), (2.8, 0.1), (2.8, 0.25), (0, 1.55)]),
                    0.8,
                    b.w.axes((1.45, 1.1, 0), z=(0, -1, 0)),
                ),
                "标线黄",
            ),
        ],
        material="工程塑料",
        code="JJ-02 游乐设施",
    )
    for i, x in enumerate((71.0, 77.0), 1):
        b.add("IfcBuildingElementProxy", f"滑梯 {i}", yard, (x, 30.0, 0.05), kind=kind, storey=yard)


def garage(p: Plan) -> None:
    """Add the ramp with its walls and glass roof, and the garage that it leads to."""
    b, w, cellar, yard = p.b, p.b.w, p.storeys[CELLAR], p.storeys[YARD]
    x0, y0, x1, y1 = RAMP
    body = w.prism(
        w.profile([(y0 + 4, 0.0), (y1, DOWN), (y1, DOWN + 0.05), (y1 - 0.2, DOWN + 0.05), (y0 + 4.0, 0.2)]),
        x1 - x0,
        w.axes((x0, 0, 0), z=(1, 0, 0), x=(0, 1, 0)),
    )
    ramp = b.add("IfcRamp", "车库坡道", cellar, storey=cellar, PredefinedType="STRAIGHT_RUN_RAMP")
    flight = b.add("IfcRampFlight", "车库坡道板", ramp, items=[w.painted(body, "沥青")], PredefinedType="STRAIGHT")
    b.parts(ramp, flight)
    outer = p.c.outer_wall()
    for side, x in (("西", x0 - 0.15), ("东", x1 + 0.15)):
        wall(
            b,
            cellar,
            f"坡道{side}侧墙",
            ((x, HEADROOM), (x, y1)),
            0.3,
            heights=(0.0, DOWN + 0.9),
            colour="花岗岩",
            kind=outer,
        )
    _cellar(p)
    span = x1 - x0 + 0.9
    frames: list[Box] = []
    for i in range(6):
        y = HEADROOM + 0.4 + i * 2.8
        frames += [("深灰铝合金", (x, y - 0.06, 0.9, x + 0.12, y + 0.06, 3.0)) for x in (-0.3, span - 0.72)]
        frames.append(("深灰铝合金", (-0.3, y - 0.06, 3.0, span - 0.6, y + 0.06, 3.15)))
    kind = p.c.of(
        "IfcMemberType", "坡道雨棚钢架", lambda: p.c.boxes(frames), material="Q355 钢", code="ZS-03 雨篷", use="MEMBER"
    )
    b.add("IfcMember", "坡道雨棚钢架", yard, (x0, 0.0, 0.0), kind=kind, storey=yard)
    pane: list[Box] = [("中空玻璃", (-0.5, 0.05, 3.15, span - 0.4, 2.75, 3.18))]
    kind = p.c.of(
        "IfcPlateType", "坡道雨棚玻璃", lambda: p.c.boxes(pane), material="夹胶玻璃", code="ZS-03 雨篷", use="SHEET"
    )
    for i in range(5):
        at = (x0, HEADROOM + 0.4 + i * 2.8, 0.0)
        b.add("IfcPlate", f"坡道雨棚玻璃 {i + 1}", yard, at, kind=kind, storey=yard)


def _cellar(p: Plan) -> None:
    b, cellar = p.b, p.storeys[CELLAR]
    x0, y0, x1, y1 = GARAGE
    kind = p.c.slab("车库底板-400", "BASESLAB")
    slab(b, cellar, "车库底板", rectangle(*GARAGE), (-0.4, 0.0), colour="清水混凝土", kind=kind, use="BASESLAB")
    lid = [
        (x0, y0),
        (x1, y0),
        (x1, y1),
        (RAMP[2], y1),
        (RAMP[2], HEADROOM),
        (RAMP[0], HEADROOM),
        (RAMP[0], y1),
        (x0, y1),
    ]
    kind = p.c.slab("车库顶板-300", "ROOF", external=True)
    slab(b, cellar, "车库顶板", lid, (DOWN - 0.9, DOWN - 0.6), colour="清水混凝土", kind=kind, use="ROOF")
    outer = p.c.outer_wall()
    sides = {"南": ((x0, y0), (x1, y0)), "东": ((x1, y0), (x1, y1)), "西": ((x0, y1), (x0, y0))}
    sides |= {"北东": ((x1, y1), (RAMP[2] + 0.3, y1)), "北西": ((RAMP[0] - 0.3, y1), (x0, y1))}
    for side, ends in sides.items():
        wall(b, cellar, f"车库{side}墙", ends, 0.3, heights=(0.0, DOWN - 0.9), colour="清水混凝土", kind=outer)
    column = p.c.column(0.6, round(DOWN - 0.9, 3))
    for i, x in enumerate((12.0, 22.5, 29.5)):
        for j, y in enumerate((8.0, 14.5, 21.0)):
            b.add("IfcColumn", f"车库柱 {i + 1}-{j + 1}", cellar, (x, y, 0.0), kind=column, storey=cellar)
    b.space(cellar, "B1-01", "地下停车库", rectangle(x0 + 0.2, y0 + 0.2, RAMP[0] - 0.4, y1 - 0.2), DOWN - 1.0)


def gate(p: Plan) -> None:
    """Add the gate: portal, lodge, two barriers."""
    b, yard, ground = p.b, p.storeys[YARD], p.storeys["1层"]
    portal: list[Box] = [("花岗岩", (x, 0.0, 0.0, x + 1.2, 1.4, 5.0)) for x in (-1.4, 8.2)]
    portal += [("米白涂料", (-2.4, -0.2, 5.0, 10.4, 1.6, 5.9)), ("暖橙涂料", (-2.4, -0.4, 5.9, 10.4, 1.8, 6.1))]
    portal += [("深灰铝合金", (2.0 + i * 1.2, -0.25, 5.2, 2.8 + i * 1.2, -0.2, 5.75)) for i in range(4)]
    kind = p.c.of(
        "IfcBuildingElementProxyType", "小区门头", lambda: p.c.boxes(portal), material="花岗岩", code="JZ-05 大门"
    )
    b.add("IfcBuildingElementProxy", "小区大门门头", yard, (40.0, 1.0, 0.0), kind=kind, storey=yard)
    arm: list[Box] = [("标线黄", (-0.2, -0.2, 0.0, 0.2, 0.2, 1.1)), ("标线白", (0.2, -0.04, 0.9, 3.4, 0.04, 1.0))]
    barrier = p.c.of(
        "IfcBuildingElementProxyType", "道闸", lambda: p.c.boxes(arm), material="成套设备", code="JZ-05 大门"
    )
    for name, at, turn in (("入口道闸", (40.3, 4.0, 0.0), 0.0), ("出口道闸", (47.7, 4.0, 0.0), math.pi)):
        b.add("IfcBuildingElementProxy", name, yard, at, turn, kind=barrier, storey=yard)
    x0, y0, x1, y1 = 50.0, 3.0, 54.0, 6.0
    door, window = p.c.door(1.0, 2.1), p.c.window(1.5, 1.5, 2)
    sides: tuple[tuple[str, tuple[Point, Point], Hole], ...] = (
        ("南", ((x0, y0), (x1, y0)), Hole(1.2, 0.9, 1.5, 1.5, "IfcWindow", window, "C1515 门卫窗")),
        ("东", ((x1, y0 + 0.125), (x1, y1 - 0.125)), Hole(0.9, 0.0, 1.0, 2.1, "IfcDoor", door, "M1021 门卫门")),
        ("北", ((x1, y1), (x0, y1)), Hole(1.2, 0.9, 1.5, 1.5, "IfcWindow", window, "C1515 门卫窗")),
        ("西", ((x0, y1 - 0.125), (x0, y0 + 0.125)), Hole(0.6, 0.9, 1.5, 1.5, "IfcWindow", window, "C1515 门卫窗")),
    )
    low = -0.45
    for side, ends, hole in sides:
        wall(
            b,
            ground,
            f"门卫室{side}墙",
            ends,
            0.25,
            heights=(low, 2.6),
            colour="陶土面砖",
            kind=p.c.outer_wall(),
            holes=[_lifted(hole, -low)],
        )
    roof = p.c.slab("屋面板", "ROOF", external=True)
    slab(
        b,
        ground,
        "门卫室屋面",
        rectangle(x0 - 0.5, y0 - 0.5, x1 + 0.5, y1 + 0.5),
        (2.6, 2.8),
        colour="浅灰涂料",
        kind=roof,
        use="ROOF",
    )


def _lifted(hole: Hole, by: float) -> Hole:
    return Hole(hole.offset, hole.sill + by, hole.width, hole.height, hole.fill, hole.kind, hole.name)


def fence(p: Plan) -> None:
    """Add the fence in panels of 10 m, but for the gate."""
    b, yard = p.b, p.storeys[YARD]

    def panel() -> list[Entity]:
        boxes: list[Box] = [("花岗岩", (0.0, -0.1, 0.0, 10.0, 0.1, 0.5)), ("花岗岩", (-0.2, -0.2, 0.0, 0.2, 0.2, 2.2))]
        boxes += [("深灰铝合金", (0.2, -0.02, z, 9.8, 0.02, z + 0.05)) for z in (0.6, 1.8)]
        boxes += [("深灰铝合金", (0.3 + i * 0.5, -0.015, 0.5, 0.33 + i * 0.5, 0.015, 2.0)) for i in range(19)]
        return p.c.boxes(boxes)

    kind = p.c.of("IfcRailingType", "铁艺围墙-10m", panel, material="热镀锌钢", code="JZ-04 围墙", use="USERDEFINED")
    width, depth = HOUSING.width, HOUSING.depth
    sides: dict[str, tuple[Point, float, int]] = {"南": ((0.0, 0.0), 0.0, 12), "东": ((width, 0.0), 90.0, 8)}
    sides |= {"北": ((width, depth), 180.0, 12), "西": ((0.0, depth), 270.0, 8)}
    for side, ((x, y), degrees, count) in sides.items():
        turn = math.radians(degrees)
        for i in range(count):
            if side == "南" and i == 4:
                continue  # the gate
            at = (x + 10.0 * i * math.cos(turn), y + 10.0 * i * math.sin(turn), 0.0)
            made = b.add("IfcRailing", f"{side}侧围墙 {i + 1}", yard, at, turn, kind=kind, storey=yard)
            made.PredefinedType = "USERDEFINED"
