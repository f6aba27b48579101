"""The hospital's skin: white panels with windows, glass before atrium and corridors, coloured fins. Metres."""

import math
from itertools import product

from sample_data.building import Kind
from sample_data.hospital_frame import (
    AXIS,
    CORES,
    FLOORS,
    PODIUM,
    ROW,
    SKIN,
    SLAB_TOP,
    TOWER,
    Floor,
    Hospital,
    core,
)
from sample_data.parts import Hole, wall
from sample_data.writer import Entity, Point

THICK = 0.25
WEST, EAST, SOUTH, NORTH = AXIS[1] - SKIN, AXIS[9] + SKIN, ROW["A"] - SKIN, ROW["D"] + SKIN
LEFT, RIGHT, FRONT, BACK = AXIS[2] - SKIN, AXIS[8] + SKIN, ROW["D"] - SKIN, ROW["F"] + SKIN
HALF = THICK / 2
GLAZED = (56.3, 59.7)  # the ends of the ward corridor, along y
ACCENTS = ("湖蓝铝板", "薄荷绿铝板", "湖蓝铝板", "白铝板", "薄荷绿铝板", "暖橙涂料", "白铝板")


def facade(p: Hospital) -> None:
    """Draw the skin of every storey above ground."""
    for floor in FLOORS[1:]:
        if floor.podium:
            _podium(p, floor)
        _tower(p, floor)


def skin(p: Hospital, floor: Floor, label: str, ends: tuple[Point, Point], windows: list[float]) -> Entity:
    """Add a piece of outer wall one storey high, windows at those places along it."""
    size = (2.4, 2.6, 1.8) if floor.podium else (2.4, 2.1, 1.5)
    kind = p.c.window(size[0], size[1], 2, size[2])
    sill = 1.0 if floor.podium else 0.85
    made = [
        Hole(at, sill, *size[:2], "IfcWindow", kind, *(f"{floor.name}窗 {label} {i}",) * 2)
        for i, at in enumerate(windows, 1)
    ]
    name = f"{floor.name}外墙 {label}"
    solid = label.startswith("住院楼") and not windows
    colour = "湖蓝铝板" if solid else "花岗岩" if floor.index == 1 else "白铝板"
    heights = (SLAB_TOP, floor.height + SLAB_TOP)
    whole = wall(
        p.b,
        p.storey(floor),
        name,
        ends,
        THICK,
        heights=heights,
        colour=colour,
        kind=p.c.outer_wall(),
        holes=made,
        key=p.key(name),
    )
    p.schedule(whole, floor, (*ends[0], 0.0))
    return whole


def glazing(p: Hospital, length: float, height: float) -> Kind:
    """Return the type of a glazed bay in the plane y = 0, its lower left corner at the origin."""
    name = f"玻璃幕墙-{length * 1000:.0f}x{height * 1000:.0f}"
    items: list[Entity] = []
    if name not in p.c.made:
        w, count = p.w, max(2, round(length / 1.5))
        for i in range(count + 1):
            x = (length - 0.06) * i / count
            items.append(w.painted(w.box((x, -0.08, 0), (x + 0.06, 0.07, height)), "银白铝合金"))
        for z in (0.0, 1.1, height - 0.2):
            deep = 0.2 if z > 1.1 else 0.06
            items.append(w.painted(w.box((0.06, -0.05, z), (length - 0.06, 0.05, z + deep)), "银白铝合金"))
        items.append(w.painted(w.box((0.02, -0.015, 0.02), (length - 0.02, 0.015, height - 0.02)), "幕墙玻璃"))
    facts = {"Reference": name, "IsExternal": True, "FireRating": "1.0h"}
    facts |= {"ThermalTransmittance": ("IfcThermalTransmittanceMeasure", 2.2)}
    pset, material = ("Pset_CurtainWallCommon", facts), p.b.material("隐框玻璃幕墙")
    return p.kind("IfcCurtainWall", name, items, material=material, pset=pset, code="MC-03 幕墙")


def _glazed(p: Hospital, floor: Floor, label: str, ends: tuple[Point, Point]) -> None:
    (x0, y0), (x1, y1) = ends
    kind = glazing(p, round(math.dist(*ends), 3), floor.height)
    turn = math.atan2(y1 - y0, x1 - x0)
    p.place("IfcCurtainWall", f"{floor.name}幕墙 {label}", floor, (x0, y0, SLAB_TOP), kind, turn=turn)


def _podium(p: Hospital, floor: Floor) -> None:
    thirds = [0.3, 3.3, 6.3]
    for label, x0, x1, start in (("南西", WEST - HALF, AXIS[3], AXIS[1]), ("南东", AXIS[7], EAST + HALF, AXIS[7])):
        windows = [start - x0 + bay * 9.0 + shift for bay in (0, 1) for shift in thirds]
        skin(p, floor, label, ((x0, SOUTH), (x1, SOUTH)), windows)
    for n in range(3, 7):
        _glazed(p, floor, f"中庭 {n}~{n + 1}", ((AXIS[n], SOUTH), (AXIS[n + 1], SOUTH)))
    for side, x in (("西", WEST), ("东", EAST)):
        doorless = floor.index > 1 or side == "西"
        skin(p, floor, f"{side}前", ((x, SOUTH + HALF), (x, ROW["B"])), [1.2, 5.0] if doorless else [])
        _glazed(p, floor, f"医疗街{side}", ((x, ROW["B"]), (x, ROW["C"])))
        skin(p, floor, f"{side}后", ((x, ROW["C"]), (x, NORTH - HALF)), [1.2, 5.0])
    skin(p, floor, "北西", ((WEST - HALF, NORTH), (LEFT - HALF, NORTH)), [1.4, 5.2])
    skin(p, floor, "北东", ((RIGHT + HALF, NORTH), (EAST + HALF, NORTH)), [1.4, 5.2])
    _fins(p, floor)


def _fins(p: Hospital, floor: Floor) -> None:
    """Coloured fins before the podium's southern windows and the bands between storeys."""
    edge = SOUTH - HALF
    for n, shift in product((1, 2, 7, 8), (0.0, 3.0, 6.0)):
        index = int(n * 3 + shift / 3)
        colour = ACCENTS[(index * 5 + floor.index * 3) % len(ACCENTS)]
        high = floor.height - 0.12
        kind = _upright(p, f"竖向铝板-{colour}-{high * 1000:.0f}", colour, (0.14, 0.4, high))
        at = (AXIS[n] + shift - 0.07, edge - 0.4, SLAB_TOP)
        p.place("IfcShadingDevice", f"{floor.name}竖向铝板 {index}", floor, at, kind)
    z = floor.height + SLAB_TOP
    for label, x0, x1 in (("西", WEST - HALF, AXIS[3] - 0.1), ("东", AXIS[7] + 0.1, EAST + HALF)):
        band = p.kind("IfcShadingDevice", "层间线脚", material=p.b.material("3mm 铝单板"), code="ZS-02 遮阳")
        low, high_ = (x0, edge - 0.45, z - 0.12), (x1, edge, z)
        p.block("IfcShadingDevice", f"{floor.name}层间线脚 {label}", floor, low, high_, band, "白铝板")


def _upright(p: Hospital, name: str, colour: str, size: tuple[float, float, float]) -> Kind:
    items = [] if name in p.c.made else [p.w.painted(p.w.box((0, 0, 0), size), colour)]
    material = p.b.material("3mm 铝单板")
    return p.kind("IfcShadingDevice", name, items, material=material, code="ZS-02 遮阳", PredefinedType="NOTDEFINED")


def _tower(p: Hospital, floor: Floor) -> None:
    low = NORTH - HALF if floor.podium else FRONT - HALF
    for side, x in (("西", LEFT), ("东", RIGHT)):
        skin(p, floor, f"住院楼{side}前", ((x, low), (x, GLAZED[0])), [2.2] if floor.podium else [2.9])
        _glazed(p, floor, f"住院楼{side}", ((x, GLAZED[0]), (x, GLAZED[1])))
        skin(p, floor, f"住院楼{side}后", ((x, GLAZED[1]), (x, BACK + HALF)), [])
    halves = [1.05, 5.55]
    behind = [(core(axis)[0] - 1.0, core(axis)[1] + 1.0) for axis in CORES]
    north = [AXIS[n] + shift for n in range(2, 8) for shift in halves]
    free = [x for x in north if not any(x0 < x + 1.2 < x1 for x0, x1 in behind)]
    x0 = LEFT + HALF
    skin(p, floor, "住院楼北", ((x0, BACK), (RIGHT - HALF, BACK)), [x - x0 for x in free])
    if floor in TOWER:
        skin(p, floor, "住院楼南", ((x0, FRONT), (RIGHT - HALF, FRONT)), [x - x0 for x in north])
        _panels(p, floor)
    else:
        assert floor in PODIUM


def _panels(p: Hospital, floor: Floor) -> None:
    """Coloured panels between the wards' windows, and a ledge that shades them."""
    edge = FRONT - HALF
    for i in range(1, 12):
        colour = ACCENTS[(i * 3 + floor.index * 5) % len(ACCENTS)]
        if colour == "白铝板":
            continue
        name = f"彩色铝板-{colour}"
        items = [] if name in p.c.made else [p.w.painted(p.w.box((-0.85, -0.04, 0), (0.85, 0, 2.1)), colour)]
        material = p.b.material("3mm 铝单板")
        kind = p.kind("IfcPlate", name, items, material=material, code="ZS-03 外墙板", PredefinedType="CURTAIN_PANEL")
        p.place("IfcPlate", f"{floor.name}彩色铝板 {i}", floor, (AXIS[2] + 4.5 * i, edge, 0.85), kind)
    ledge = p.kind("IfcShadingDevice", "遮阳挑板", material=p.b.material("3mm 铝单板"), code="ZS-02 遮阳")
    low, high = (LEFT - HALF, edge - 0.6, 3.15), (RIGHT + HALF, edge, 3.27)
    p.block("IfcShadingDevice", f"{floor.name}遮阳挑板", floor, low, high, ledge, "白铝板")
