"""What stands in the hospital's rooms: beds, desks, benches, imaging machines, sanitary ware. Metres."""

import math

from sample_data.building import Kind
from sample_data.catalogue import Box, chair, table
from sample_data.hospital_frame import FLOORS, Floor, Hospital, circle
from sample_data.hospital_rooms import Room, rooms_of


def furniture(p: Hospital) -> None:
    """Furnish some storeys; the others would only repeat them."""
    for floor in FLOORS[1:]:
        for room in rooms_of(floor):
            use = room[0]
            if use == "卫生间":
                _toilet(p, floor, room)
            elif use.endswith("病房") and floor.index <= 7:
                _ward(p, floor, room)
            elif use.endswith("诊室") and floor.index in {1, 2, 3}:
                _consulting(p, floor, room)
            elif use.endswith("手术室"):
                _theatre(p, floor, room)
    _hall(p)
    _machines(p)


def _ward(p: Hospital, floor: Floor, room: Room) -> None:
    use, x0, y0, _, _ = room
    for i, y in enumerate((y0 + 1.6, y0 + 4.2), 1):
        p.place("IfcFurniture", f"{use}病床 {i}", floor, (x0 + 0.15, y, 0.0), _bed(p))


def _bed(p: Hospital) -> Kind:
    boxes: list[Box] = [("标线白", (0.0, 0.0, 0.3, 2.1, 1.0, 0.4)), ("灰蓝织物", (0.1, 0.05, 0.4, 2.0, 0.95, 0.55))]
    boxes += [("标线白", (0.15, 0.2, 0.55, 0.55, 0.8, 0.65)), ("湖蓝铝板", (0.0, 0.0, 0.4, 0.04, 1.0, 1.0))]
    boxes += [("湖蓝铝板", (2.06, 0.0, 0.4, 2.1, 1.0, 0.8)), ("不锈钢", (0.2, 0.1, 0.0, 1.9, 0.9, 0.3))]
    return p.c.furniture("病床", boxes)


def _consulting(p: Hospital, floor: Floor, room: Room) -> None:
    use, x0, y0, _, y1 = room
    desk = p.c.furniture("诊桌", [*table(1.4, 0.7), ("深灰铝合金", (0.6, 0.5, 0.75, 1.1, 0.55, 1.1))])
    couch: list[Box] = [("薄荷绿铝板", (0.0, 0.0, 0.5, 1.9, 0.65, 0.6)), ("不锈钢", (0.1, 0.1, 0.0, 1.8, 0.55, 0.5))]
    p.place("IfcFurniture", f"{use}诊桌", floor, (x0 + 1.2, y0 + 2.0, 0.0), desk)
    p.place("IfcFurniture", f"{use}医生椅", floor, (x0 + 1.6, y0 + 1.3, 0.0), p.c.furniture("椅子", chair()))
    p.place("IfcFurniture", f"{use}诊查床", floor, (x0 + 0.5, y1 - 3.4, 0.0), p.c.furniture("诊查床", couch))


def _theatre(p: Hospital, floor: Floor, room: Room) -> None:
    use, x0, y0, x1, y1 = room
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    bed: list[Box] = [("不锈钢", (-0.2, -0.2, 0.0, 0.2, 0.2, 0.75)), ("停机坪绿", (-1.0, -0.3, 0.75, 1.0, 0.3, 0.85))]
    p.place("IfcFurniture", f"{use}手术床", floor, (x, y, 0.0), p.c.furniture("手术床", bed))


def _toilet(p: Hospital, floor: Floor, room: Room) -> None:
    _, x0, y0, x1, y1 = room
    count = 4 if x1 - x0 > 6 else 2
    w = p.w
    for name, use, boxes, at in (
        ("坐便器", "WCSEAT", [(0, 0, 0, 0.4, 0.55, 0.42), (0, -0.15, 0, 0.4, 0.05, 0.8)], y0 + 0.5),
        ("洗手盆", "WASHHANDBASIN", [(0, 0, 0.7, 0.55, 0.45, 0.85), (0.2, 0.3, 0, 0.35, 0.45, 0.7)], y1 - 1.3),
    ):
        items = []
        if name not in p.c.made:
            items = [w.painted(w.box((b[0], b[1], b[2]), (b[3], b[4], b[5])), "标线白") for b in boxes]
        material = p.b.material("卫生陶瓷")
        kind = p.kind("IfcSanitaryTerminal", name, items, material=material, code="JJ-02 洁具", PredefinedType=use)
        for i in range(count):
            place = (x0 + 0.8 + i * 1.1, at, 0.0)
            p.place("IfcSanitaryTerminal", f"{floor.name}{name} {room[1]:.0f}-{i + 1}", floor, place, kind)


def _hall(p: Hospital) -> None:
    """Benches in the hall and along the street, the reception."""
    ground = FLOORS[1]
    seats: list[Box] = [("湖蓝铝板", (i * 0.6, 0.0, 0.42, i * 0.6 + 0.55, 0.5, 0.47)) for i in range(4)]
    seats += [("湖蓝铝板", (i * 0.6, 0.0, 0.47, i * 0.6 + 0.55, 0.05, 0.85)) for i in range(4)]
    seats += [("不锈钢", (x, 0.1, 0.0, x + 0.06, 0.4, 0.42)) for x in (0.3, 1.95)]
    bench = p.c.furniture("四联候诊椅", seats)
    for i in range(8):
        x = 49.5 + (i % 4) * 3.2 + (16.0 if i >= 4 else 0.0)
        p.place("IfcFurniture", f"大厅候诊椅 {i + 1}", ground, (x, 26.5, 0.0), bench)
    for floor in FLOORS[1:4]:
        for i, x in enumerate((34.0, 40.0, 85.0, 91.0), 1):
            p.place("IfcFurniture", f"{floor.name}候诊椅 {i}", floor, (x, 38.6, 0.0), bench, turn=0.0)
    desk: list[Box] = [("标线白", (0.0, 0.0, 0.0, 6.0, 0.8, 1.1)), ("湖蓝铝板", (0.0, -0.02, 0.2, 6.0, 0.0, 0.6))]
    p.place("IfcFurniture", "导诊台", ground, (62.0, 33.6, 0.0), p.c.furniture("导诊台", desk))
    station: list[Box] = [("标线白", (0.0, 0.0, 0.0, 3.0, 0.7, 1.1)), ("薄荷绿铝板", (0.0, -0.02, 0.2, 3.0, 0.0, 0.6))]
    for floor in FLOORS[5:]:
        p.place("IfcFurniture", f"{floor.name}护士台", floor, (47.5, 60.6, 0.0), p.c.furniture("护士台", station))


def _machines(p: Hospital) -> None:
    w = p.w
    found = {room[0]: room for room in rooms_of(FLOORS[1])}
    ring = w.prism(w.profile(circle(0.95, 24), [circle(0.38, 24)]), 0.9, w.axes((0, 0.45, 1.05), z=(0, -1, 0)))
    items = [w.painted(ring, "标线白"), w.painted(w.box((-0.25, -2.3, 0.8), (0.25, 0.4, 0.9)), "灰蓝织物")]
    items.append(w.painted(w.box((-0.2, -2.2, 0.0), (0.2, -0.7, 0.8)), "标线白"))
    kind = p.kind(
        "IfcMedicalDevice", "CT 扫描机", items, material=p.b.material("医疗设备"), PredefinedType="NOTDEFINED"
    )
    for name in ("CT室", "DR室"):
        _, x0, y0, x1, y1 = found[name]
        at = ((x0 + x1) / 2, (y0 + y1) / 2, 0.0)
        p.place("IfcMedicalDevice", f"{name}扫描机", FLOORS[1], at, kind, turn=math.pi / 2)
