"""The hospital's rooms: partitions, doors, spaces and suspended ceilings, storey by storey. Metres."""

from sample_data.hospital_frame import AISLE, AXIS, CORES, FLOORS, ROW, Floor, Hospital, core
from sample_data.parts import Hole, rectangle, wall
from sample_data.writer import Point

WEST, EAST, SOUTH = AXIS[1] - 0.475, AXIS[9] + 0.475, ROW["A"] - 0.475  # inner faces of the facade
LEFT, RIGHT, BACK = AXIS[2] - 0.475, AXIS[8] + 0.475, ROW["F"] + 0.475
B_WALL, C_WALL, D_WALL, E_WALL = ROW["B"] + 0.45, ROW["C"] - 0.45, ROW["D"] + 0.45, ROW["E"] - 0.45
PASSAGE = (AXIS[4], AXIS[5])  # from the podium's street to the tower

# South of the street from the west (4.5 m each), north of it (9 m each), in the tower south and north of its corridor.
USES: dict[int, tuple[str, str, str, str]] = {
    1: (
        "挂号收费处 西药房 中药房 客服中心 输液室 儿科诊室 发热筛查室 急诊分诊室",
        "卫生间 检验采血室 急诊抢救室 DR室 CT室",
        "急诊留观室 清创缝合室 急诊药房 EICU 石膏室",
        "急诊办公室 值班室 保安室 污物间 库房 卫生间",
    ),
    2: (
        "内科1诊室 内科2诊室 心内科诊室 呼吸科诊室 神经科诊室 消化科诊室 内分泌诊室 肾内科诊室",
        "卫生间 超声科 心电图室 内镜中心 病理科",
        "生化检验室 免疫检验室 微生物室 血库 标本室",
        "检验办公室 试剂库 值班室 污物间 更衣室 卫生间",
    ),
    3: (
        "外科1诊室 外科2诊室 骨科诊室 泌尿科诊室 妇科诊室 产科诊室 眼科诊室 口腔科诊室",
        "卫生间 换药室 康复大厅 理疗室 口腔综合诊疗室",
        "1号手术室 2号手术室 3号手术室 4号手术室 麻醉准备室",
        "医生更衣室 护士更衣室 器械间 无菌库 苏醒室 卫生间",
    ),
    4: (
        "中医1诊室 中医2诊室 针灸推拿室 皮肤科诊室 体检1室 体检2室 体检3室 体检总检室",
        "卫生间 多功能厅 图书资料室 信息机房 行政会议室",
        "ICU病房1 ICU病房2 ICU病房3 ICU病房4 ICU办公室",
        "治疗室 处置室 院长办公室 医务科 护理部 卫生间",
    ),
}
WARD_NORTH = "护士站 治疗室 医生办公室 处置室 值班室 污洗间"
WARDS = ("心血管内科", "呼吸内科", "普外科", "骨科", "妇产科", "儿科")
Room = tuple[str, float, float, float, float]  # use, x0, y0, x1, y1 between the faces of the walls


def rooms(p: Hospital) -> None:
    """Draw partitions, doors, spaces and ceilings of every storey."""
    _basement(p)
    for floor in FLOORS[1:]:
        if floor.podium:
            _podium_walls(p, floor)
        _tower_walls(p, floor)
        for number, (use, x0, y0, x1, y1) in enumerate(rooms_of(floor), 1):
            label = f"{floor.index}{number:02d}"
            space = p.b.space(p.storey(floor), label, use, rectangle(x0, y0, x1, y1), floor.ceiling)
            p.schedule(space, floor, (x0, y0, 0.0))
            if _has_ceiling(floor, use):
                _ceiling(p, floor, label, (use, x0, y0, x1, y1))


def rooms_of(floor: Floor) -> list[Room]:
    """Return the rooms of a storey above ground."""
    made: list[Room] = []
    split = [AXIS[n] + shift for n in range(2, 8) for shift in (0.0, 4.5)]
    north = [(core(2)[1], 51.5), (51.5, core(4)[0]), (core(4)[1], 69.5), (69.5, 74.0), (74.0, 78.5), (78.5, core(7)[0])]
    if floor.podium:
        south_uses, street, deep, back = (names.split() for names in USES[floor.index])
        xs = [(29.0 + 4.5 * i, 33.5 + 4.5 * i) for i in (0, 1, 2, 3, 12, 13, 14, 15)]
        made += [(use, _in(x0), SOUTH, _in(x1, -1), B_WALL - 0.1) for use, (x0, x1) in zip(south_uses, xs, strict=True)]
        made.append(("门诊大厅" if floor.index == 1 else "中庭回廊", 47.6, _hall(floor), 82.4, B_WALL + 0.1))
        made.append(("医疗街候诊区", WEST, B_WALL + 0.1, EAST, C_WALL - 0.1))
        for use, n in zip(["楼梯间", *street[:2], "连廊", *street[2:], "楼梯间"], range(1, 9), strict=True):
            x0, x1 = _in(AXIS[n]), _in(AXIS[n + 1], -1)
            made.append((use, x0, C_WALL + 0.1, x1, (D_WALL if 2 <= n <= 7 else ROW["D"] + 0.575) - 0.1))
        for use, n in zip([*deep[:2], "连廊", *deep[2:]], range(2, 8), strict=True):
            made.append((use, _in(AXIS[n], 1, LEFT), D_WALL + 0.1, _in(AXIS[n + 1], -1, RIGHT), E_WALL - 0.1))
    else:
        back = WARD_NORTH.split()
        ward = WARDS[floor.index - 5]
        for i, x in enumerate(split):
            x0, x1 = _in(x, 1, LEFT), _in(x + 4.5, -1, RIGHT)
            made.append((f"{ward}{floor.index}{i + 1:02d}病房", x0, ROW["D"] - 0.475, x1, E_WALL - 0.1))
    made.append(("病区走廊" if not floor.podium else "医技走廊", LEFT, E_WALL + 0.1, RIGHT, AISLE - 0.1))
    made += [(use, x0 + 0.1, AISLE + 0.1, x1 - 0.1, BACK) for use, (x0, x1) in zip(back, north, strict=True)]
    for axis, use in zip(CORES, ("1号楼梯间", "电梯厅", "2号楼梯间"), strict=True):
        x0, x1 = core(axis)
        made.append((use, x0 + 0.3, AISLE + 0.6, x1 - 0.3, 66.3))
    return made


def _hall(floor: Floor) -> float:
    return SOUTH if floor.index == 1 else 31.9


def _in(x: float, side: int = 1, end: float | None = None) -> float:
    """Return the face of the wall on an axis: half a partition inside, or the facade's inner face at the ends."""
    if end is not None and abs(x - end) < 1.0:
        return end
    if abs(x - AXIS[1]) < 0.1 or abs(x - AXIS[9]) < 0.1:
        return WEST if x < 60 else EAST
    return round(x + 0.1 * side, 3)


def _partition(
    p: Hospital, floor: Floor, name: str, ends: tuple[Point, Point], doors: list[Hole] | None = None
) -> None:
    label = f"{floor.name}隔墙 {name}"
    made = wall(
        p.b,
        p.storey(floor),
        label,
        ends,
        0.2,
        heights=(0, floor.ceiling),
        colour="内墙乳胶漆",
        kind=p.c.inner_wall(),
        holes=doors or [],
        key=p.key(label),
    )
    p.schedule(made, floor, (*ends[0], 0.0))


def _door(p: Hospital, floor: Floor, at: float, use: str, width: float = 1.0) -> Hole:
    kind, key = p.c.door(width, 2.1, "橡木"), p.key(f"{floor.name}门 {use}")
    return Hole(round(at, 3), 0, width, 2.1, "IfcDoor", kind, key, key)


def _podium_walls(p: Hospital, floor: Floor) -> None:
    found = rooms_of(floor)
    south, north = found[:8], found[10:18]
    for label, x0, x1, some in (("B西", WEST, 47.6, south[:4]), ("B东", 82.4, EAST, south[4:])):
        doors = [_door(p, floor, room[1] + 1.2 - x0, room[0]) for room in some]
        _partition(p, floor, label, ((x0, B_WALL), (x1, B_WALL)), doors)
    doors = []
    for use, x0, _, x1, _ in north:
        if use == "连廊":
            doors.append(Hole((x0 + x1) / 2 - 1.5 - WEST, 0, 3.0, 2.6))
        elif use == "楼梯间":  # before the stair's first step
            doors.append(_door(p, floor, (29.6 if x0 < 60 else 92.6) - WEST, use, 1.5))
        else:
            doors.append(_door(p, floor, x0 + 1.4 - WEST, use, 1.5))
    _partition(p, floor, "C", ((WEST, C_WALL), (EAST, C_WALL)), doors)
    middle = (PASSAGE[0] + PASSAGE[1]) / 2 - 1.5 - LEFT
    _partition(p, floor, "D", ((LEFT, D_WALL), (RIGHT, D_WALL)), [Hole(middle, 0, 3.0, 2.6)])
    for x in (33.5, 42.5, 87.5, 96.5):
        _partition(p, floor, f"南 {x:g}", ((x, SOUTH), (x, B_WALL - 0.1)))
    for n in (2, 8):
        _partition(p, floor, f"南 {n}轴", ((AXIS[n], ROW["A"] + 0.35), (AXIS[n], ROW["B"] - 0.35)))
    for label, x in (("中庭西", 47.5), ("中庭东", 82.5)):
        _partition(p, floor, label, ((x, SOUTH), (x, B_WALL - 0.1)))
    for n in range(2, 9):
        _partition(p, floor, f"北 {n}轴", ((AXIS[n], ROW["C"] + 0.35), (AXIS[n], ROW["D"] - 0.35)))
    for n in range(3, 8):
        _partition(p, floor, f"医技 {n}轴", ((AXIS[n], D_WALL + 0.1), (AXIS[n], E_WALL - 0.1)))


def _tower_walls(p: Hospital, floor: Floor) -> None:
    doors = []
    for use, x0, y0, x1, _ in rooms_of(floor):
        if use == "连廊" and y0 > ROW["D"]:
            doors.append(Hole((x0 + x1) / 2 - 1.5 - LEFT, 0, 3.0, 2.6 if floor.podium else 2.2))
        elif y0 in (D_WALL + 0.1, ROW["D"] - 0.475):
            doors.append(_door(p, floor, x0 + 1.2 - LEFT, use, 1.2))
    _partition(p, floor, "E", ((LEFT, E_WALL), (RIGHT, E_WALL)), doors)
    found = [room for room in rooms_of(floor) if room[2] == AISLE + 0.1]
    for label, x0, x1, some in (
        ("病区北1", core(2)[1], core(4)[0], found[:2]),
        ("病区北2", core(4)[1], core(7)[0], found[2:]),
    ):
        _partition(
            p, floor, label, ((x0, AISLE), (x1, AISLE)), [_door(p, floor, room[1] + 1.3 - x0, room[0]) for room in some]
        )
    for x in (51.5, 69.5, 78.5):
        _partition(p, floor, f"病区北 {x:g}", ((x, AISLE + 0.1), (x, BACK)))
    _partition(p, floor, "病区北 6轴", ((AXIS[6], AISLE + 0.1), (AXIS[6], ROW["F"] - 0.35)))
    if not floor.podium:
        for n in range(2, 8):
            x = AXIS[n] + 4.5
            _partition(p, floor, f"病房 {x:g}", ((x, ROW["D"] - 0.475), (x, E_WALL - 0.1)))
            if n > 2:
                _partition(p, floor, f"病房 {n}轴", ((AXIS[n], ROW["D"] + 0.35), (AXIS[n], E_WALL - 0.1)))


def _basement(p: Hospital) -> None:
    floor = FLOORS[0]
    doors = [_door(p, floor, AXIS[n] + 3.0 - LEFT, "设备用房", 1.5) for n in (2, 4, 5, 7)]
    _partition(p, floor, "D", ((LEFT, D_WALL), (RIGHT, D_WALL)))
    _partition(p, floor, "E", ((LEFT, E_WALL), (RIGHT, E_WALL)), doors)
    bounds = (LEFT, AXIS[4], AXIS[5], AXIS[7], RIGHT)
    for n in (4, 5, 7):
        _partition(p, floor, f"设备 {n}轴", ((AXIS[n], D_WALL + 0.1), (AXIS[n], E_WALL - 0.1)))
    names = ("空调机房", "生活水泵房", "变配电室", "消防水泵房")
    for number, name in enumerate(names, 1):
        x0, x1 = _in(bounds[number - 1], 1, LEFT), _in(bounds[number], -1, RIGHT)
        p.b.space(p.storey(floor), f"B{number:02d}", name, rectangle(x0, D_WALL + 0.1, x1, E_WALL - 0.1), floor.ceiling)
    p.b.space(p.storey(floor), "B05", "地下车库", rectangle(WEST, SOUTH, EAST, ROW["D"] - 0.4), floor.ceiling)
    p.b.space(p.storey(floor), "B06", "设备走廊", rectangle(LEFT, E_WALL + 0.1, RIGHT, AISLE - 0.1), floor.ceiling)


def _has_ceiling(floor: Floor, use: str) -> bool:
    wet = any(word in use for word in ("楼梯", "电梯", "卫生间", "大厅", "回廊", "机房", "污"))
    if floor.index in {1, 2}:
        return not wet
    return floor.index in {5, 6, 8} and use.endswith("走廊")


def _ceiling(p: Hospital, floor: Floor, label: str, room: Room) -> None:
    """Hang a ceiling 60 mm clear of the room's walls; columns stand outside that line or get a cut-out."""
    use, x0, y0, x1, y1 = room
    pset = ("Pset_CoveringCommon", {"Reference": "矿棉板吊顶", "FireRating": "A级", "IsExternal": False})
    material = p.b.material("矿棉吸音板")
    kind = p.kind(
        "IfcCovering", "矿棉板吊顶", material=material, pset=pset, code="ZS-04 吊顶", PredefinedType="CEILING"
    )
    gap = 0.06
    cuts = []
    for ax in AXIS.values():
        for ay in ROW.values():
            if x0 - 0.3 < ax < x1 + 0.3 and y0 - 0.3 < ay < y1 + 0.3:
                cuts.append((ax, ay))
    low, high = y0 + gap, y1 - gap
    for _, ay in cuts:  # a strip along the columns stays open, for the curtains' rails
        low, high = (max(low, ay + 0.4), high) if ay < (y0 + y1) / 2 else (low, min(high, ay - 0.4))
    made = p.block(
        "IfcCovering",
        f"{floor.name}吊顶 {label} {use}",
        floor,
        (x0 + gap, low, floor.ceiling),
        (x1 - gap, high, floor.ceiling + 0.02),
        kind,
        "内墙乳胶漆",
    )
    made.PredefinedType = "CEILING"
