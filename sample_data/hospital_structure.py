"""市第三人民医院, structure: an IFC4 file in metres without any georeference; it shares the architecture's frame.

Frames of concrete on a grid of 9 m, three cores of shear walls, a basement of one storey on capped piles.
"""

import math
from itertools import pairwise
from pathlib import Path

from sample_data.building import Kind
from sample_data.hospital_faults import STRAY, structure_faults
from sample_data.hospital_frame import (
    AXIS,
    BASEMENT,
    BAY,
    CANOPY_FEET,
    COLUMN,
    CORE_HIGH,
    CORE_LOW,
    CORES,
    EDGE,
    EMERGENCY_FEET,
    FLOORS,
    GROUND_DEPTH,
    OUTSIDE,
    ROW,
    SHAFT,
    SLAB_DEPTH,
    SLAB_TOP,
    Floor,
    Hospital,
    begin,
    columns,
    core,
    holes,
    outline,
)
from sample_data.parts import Hole, wall
from sample_data.writer import Point

HALF = COLUMN / 2
BEAM_WIDTH, BASE_DEPTH, BAY_CLEAR = 0.3, 0.5, BAY - COLUMN
WALL_OUT = 0.65  # middle of the basement walls beyond the outer axes
NAMES = ("1号核心筒", "电梯核心筒", "2号核心筒")


def write(path: Path) -> None:
    """Write the file."""
    p = begin("结构")
    _foundation(p)
    _outside(p)
    for floor in FLOORS:
        _columns(p, floor)
        _slab(p, floor)
        _shear_walls(p, floor)
        if floor.index:
            _beams(p, floor)
    _roof(p)
    structure_faults(p)
    p.w.save(path)


def concrete(p: Hospital, ifc_class: str, name: str, grade: str, code: str, kind: str) -> Kind:
    """Return a type of cast concrete; its grade stands in its material and in a property set."""
    common = {"Reference": name, "IsExternal": False, "LoadBearing": True}
    pset = (f"Pset_{ifc_class.removeprefix('Ifc')}Common", common)
    if ifc_class == "IfcFooting":
        pset = ("Pset_FootingCommon", {"Reference": name})
    material = p.b.material(f"{grade} 混凝土")
    return p.kind(ifc_class, name, material=material, pset=pset, code=code, PredefinedType=kind)


def grade_of(floor: Floor) -> str:
    """Return the concrete grade of a storey's columns and walls: stronger below."""
    return "C50" if floor.index <= 4 else "C40"


def cast(p: Hospital, made: object, grade: str) -> None:
    """Say what concrete an element is cast of."""
    facts = {"StrengthClass": grade, "ExposureClass": "一类", "ConstructionMethod": "现浇"}
    p.w.properties(made, "Pset_ConcreteElementGeneral", facts)


def _foundation(p: Hospital) -> None:
    cap = concrete(p, "IfcFooting", "承台 CT-2400", "C35", "JG-05 基础", "PILE_CAP")
    top = SLAB_TOP - BASE_DEPTH
    for name, x, y in columns(BASEMENT):
        low, high = (x - 1.2, y - 1.2, top - 1.3), (x + 1.2, y + 1.2, top)
        cast(p, p.block("IfcFooting", f"承台 {name}", BASEMENT, low, high, cap, "清水混凝土"), "C35")
    kind = concrete(p, "IfcWall", "地下室外墙-350", "C35", "JG-06 地下室墙", "SOLIDWALL")
    for number, (start, stop) in enumerate(_sides(outline(WALL_OUT), 0.175), 1):
        name = f"地下室外墙 {number}"
        gate = [Hole(3.7, 0.05, 7.0, 3.2)] if number == 8 else []  # the ramp comes in from the west
        heights = (SLAB_TOP, BASEMENT.under)
        made = wall(
            p.b,
            p.storey(BASEMENT),
            name,
            (start, stop),
            0.35,
            heights=heights,
            colour="清水混凝土",
            kind=kind,
            holes=gate,
            key=p.key(name),
        )
        p.schedule(made, BASEMENT, (*start, 0.0))
        cast(p, made, "C35")


def _outside(p: Hospital) -> None:
    """Footings of the canopies' columns."""
    kind = concrete(p, "IfcFooting", "独立基础-1200", "C30", "JG-05 基础", "PAD_FOOTING")
    spots = [*CANOPY_FEET, *EMERGENCY_FEET]
    for i, (x, y) in enumerate(spots, 1):
        low, high = (x - 0.6, y - 0.6, -1.4), (x + 0.6, y + 0.6, -0.6)
        cast(p, p.block("IfcFooting", f"雨棚柱基础 {i}", OUTSIDE, low, high, kind, "清水混凝土"), "C30")


def _sides(points: list[Point], reach: float) -> list[tuple[Point, Point]]:
    """Return the sides of an outline as axes of walls of half thickness `reach` that meet without overlapping.

    Walls along x run over the corners, walls along y between them.
    """
    made = []
    for (x0, y0), (x1, y1) in pairwise([*points, points[0]]):
        longer = reach * math.copysign(1, x1 - x0) if y0 == y1 else 0.0
        shorter = reach * math.copysign(1, y1 - y0) if x0 == x1 else 0.0
        made.append(((x0 - longer, y0 + shorter), (x1 + longer, y1 - shorter)))
    return made


def _columns(p: Hospital, floor: Floor) -> None:
    grade = grade_of(floor)
    height = floor.under - SLAB_TOP
    name = f"KZ-700x700-{grade}-{height * 1000:.0f}"
    body = [] if name in p.c.made else [p.w.painted(p.w.box((-HALF, -HALF, 0), (HALF, HALF, height)), "清水混凝土")]
    pset = ("Pset_ColumnCommon", {"Reference": name, "IsExternal": False, "LoadBearing": True})
    material = p.b.material(f"{grade} 混凝土")
    kind = p.kind("IfcColumn", name, body, material=material, pset=pset, code="JG-01 柱", PredefinedType="COLUMN")
    for crossing, x, y in columns(floor):
        stray = (floor.index, crossing) == STRAY[:2]  # on its finish, beside the hole that is left for it
        place = (x, STRAY[2], 0.0) if stray else (x, y, SLAB_TOP)
        items = [p.w.painted(p.w.box((-HALF, -HALF, 0), (HALF, HALF, floor.under)), "清水混凝土")] if stray else []
        cast(p, p.place("IfcColumn", f"{floor.name}柱 {crossing}", floor, place, kind, items), grade)


def _beam_kind(p: Hospital, length: float, depth: float) -> Kind:
    name = f"KL-300x{depth * 1000:.0f}-{length * 1000:.0f}"
    half = BEAM_WIDTH / 2
    body = [] if name in p.c.made else [p.w.painted(p.w.box((0, -half, -depth), (length, half, 0)), "清水混凝土")]
    pset = ("Pset_BeamCommon", {"Reference": name, "Span": ("IfcPositiveLengthMeasure", length), "LoadBearing": True})
    material = p.b.material("C35 混凝土")
    return p.kind("IfcBeam", name, body, material=material, pset=pset, code="JG-02 梁", PredefinedType="BEAM")


def _beams(p: Hospital, floor: Floor) -> None:
    """Beams between the columns, under the slab above; none across the atrium but at its roof."""
    there = {crossing for crossing, _, _ in columns(floor)}
    for crossing in sorted(there):
        number, row = crossing.split("-")
        x, y, n = AXIS[int(number)], ROW[row], int(number)
        if f"{n + 1}-{row}" in there:
            kind = _beam_kind(p, BAY_CLEAR, floor.beam)
            name = f"{floor.name}纵梁 {n}~{n + 1}/{row}"
            cast(p, p.place("IfcBeam", name, floor, (x + HALF, y, floor.under), kind), "C35")
        after = chr(ord(row) + 1)
        atrium = row == "A" and n in {4, 5, 6} and floor.index < 4
        if f"{n}-{after}" in there and not atrium:
            kind = _beam_kind(p, round(ROW[after] - y - COLUMN, 3), floor.beam)
            name = f"{floor.name}横梁 {n}/{row}~{after}"
            cast(p, p.place("IfcBeam", name, floor, (x, y + HALF, floor.under), kind, turn=math.pi / 2), "C35")


def _slab(p: Hospital, floor: Floor) -> None:
    if floor.index == 0:
        kind = concrete(p, "IfcSlab", "筏板-500", "C35", "JG-05 基础", "BASESLAB")
        points, depth, grade, use = outline(1.4), BASE_DEPTH, "C35", "BASESLAB"
    else:
        depth = GROUND_DEPTH if floor.index == 1 else SLAB_DEPTH
        grade, use = "C35" if floor.index == 1 else "C30", "FLOOR"
        kind = concrete(p, "IfcSlab", f"楼板-{depth * 1000:.0f}", grade, "JG-03 板", use)
        points = outline(WALL_OUT + 0.175 if floor.index == 1 else EDGE, podium=floor.index <= 5)
    body = p.w.painted(p.w.prism(p.w.profile(points, holes(floor)), depth), "清水混凝土")
    name = f"{floor.name}{'筏板' if floor.index == 0 else '结构楼板'}"
    at = (0.0, 0.0, SLAB_TOP - depth)
    cast(p, p.place("IfcSlab", name, floor, at, kind, [body], PredefinedType=use), grade)


def _roof(p: Hospital) -> None:
    kind = concrete(p, "IfcSlab", "屋面板-150", "C30", "JG-03 板", "ROOF")
    risers = [(SHAFT[0], SHAFT[1]), (SHAFT[2], SHAFT[1]), (SHAFT[2], SHAFT[3]), (SHAFT[0], SHAFT[3])]
    body = p.w.painted(p.w.prism(p.w.profile(outline(EDGE, podium=False), [risers]), SLAB_DEPTH), "清水混凝土")
    made = p.place("IfcSlab", "屋面结构板", None, (0, 0, SLAB_TOP - SLAB_DEPTH), kind, [body], PredefinedType="ROOF")
    cast(p, made, "C30")
    base = concrete(p, "IfcFooting", "设备基础", "C30", "JG-05 基础", "PAD_FOOTING")
    for i in range(3):
        x = AXIS[2] + 3.0 + i * 5.0
        low, high = (x, 51.0, 0.0), (x + 3.4, 54.0, 0.25)
        cast(p, p.block("IfcFooting", f"屋面设备基础 {i + 1}", None, low, high, base, "清水混凝土"), "C30")


def _shear_walls(p: Hospital, floor: Floor) -> None:
    grade = grade_of(floor)
    kind = concrete(p, "IfcWall", f"剪力墙-300-{grade}", grade, "JG-07 剪力墙", "SHEAR")
    for axis, label in zip(CORES, NAMES, strict=True):
        (x0, x1), low, high = core(axis), CORE_LOW + 0.15, CORE_HIGH - 0.15
        sides = {
            "南": ((x0, low), (x1, low)),
            "北": ((x0, high), (x1, high)),
            "西": ((x0 + 0.15, low + 0.15), (x0 + 0.15, high - 0.15)),
            "东": ((x1 - 0.15, low + 0.15), (x1 - 0.15, high - 0.15)),
        }
        for side, ends in sides.items():
            name = f"{floor.name}剪力墙 {label}{side}"
            made = wall(
                p.b,
                p.storey(floor),
                name,
                ends,
                0.3,
                heights=(SLAB_TOP, floor.under),
                colour="清水混凝土",
                kind=kind,
                holes=_doors(floor, axis) if side == "南" else [],
                key=p.key(name),
            )
            p.schedule(made, floor, (*ends[0], 0.0))
            cast(p, made, grade)


def _doors(floor: Floor, axis: int) -> list[Hole]:
    """Return the openings in a core's southern wall: doors, and the services' way into the shaft."""
    foot = -SLAB_TOP
    if axis == CORES[1]:
        return [Hole(0.6 + i * 1.6, foot, 1.3, 2.2) for i in range(4)]
    made = [Hole(1.2, foot, 1.5, 2.2)]
    if axis == CORES[0]:
        x = SHAFT[0] - core(axis)[0]
        made.append(Hole(x, round(floor.soffit - 0.74 - SLAB_TOP, 3), SHAFT[2] - SHAFT[0] - 0.1, 0.5))
    return made
