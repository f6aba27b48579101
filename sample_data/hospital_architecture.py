"""市第三人民医院, architecture: an IFC4 file in metres, placed by IfcMapConversion in a zone-prefixed grid.

EPSG:4526 is CGCS2000 / 3-degree Gauss-Krüger zone 38: eastings carry the zone's number in front, 38 500 000 on the
central meridian of 114°.  A podium of four storeys round an atrium, a ward tower of ten behind it, a helipad on top.
"""

import math
from itertools import pairwise
from pathlib import Path

from sample_data.building import Kind
from sample_data.hospital_facade import facade
from sample_data.hospital_faults import architecture_faults
from sample_data.hospital_frame import (
    AXIS,
    COLUMN,
    CORE_HIGH,
    CORE_LOW,
    CORES,
    EDGE,
    FLOORS,
    SIDE_STAIR_SIZE,
    SIDE_STAIRS,
    STAIR_SIZE,
    VOID,
    Floor,
    Hospital,
    begin,
    columns,
    core,
    core_stair,
    holes,
    outline,
)
from sample_data.hospital_furniture import furniture
from sample_data.hospital_grounds import grounds
from sample_data.hospital_roof import roof
from sample_data.hospital_rooms import rooms
from sample_data.parts import railing, rectangle, stair
from sample_data.sites import HOSPITAL
from sample_data.writer import Point

ZONE = 38_000_000.0  # the zone's number before the eastings
LATITUDE, LONGITUDE = (22, 32, 59, 844480), (114, 2, 30, 496891)  # of the local origin, as IfcSite says it


def write(path: Path) -> None:
    """Write the file."""
    p = begin("建筑")
    _georeference(p)
    for floor in FLOORS:
        _finish(p, floor)
    facade(p)
    rooms(p)
    _stairs(p)
    _galleries(p)
    roof(p)
    grounds(p)
    furniture(p)
    architecture_faults(p)
    p.w.save(path)


def _georeference(p: Hospital) -> None:
    w, b, turn = p.w, p.b, math.radians(HOSPITAL.turn_deg)
    crs = w.make(
        "IfcProjectedCRS",
        Name="EPSG:4526",
        Description="CGCS2000 / 3-degree Gauss-Kruger zone 38",
        GeodeticDatum="CGCS2000",
        VerticalDatum="1985 国家高程基准",
        MapProjection="Gauss-Kruger",
        MapZone="38",
        MapUnit=b.project.UnitsInContext.Units[0],
    )
    w.make(
        "IfcMapConversion",
        SourceCRS=b.context,
        TargetCRS=crs,
        Eastings=ZONE + HOSPITAL.eastings,
        Northings=HOSPITAL.northings,
        OrthogonalHeight=HOSPITAL.height,
        XAxisAbscissa=round(math.cos(turn), 12),
        XAxisOrdinate=round(math.sin(turn), 12),
        Scale=1.0,
    )
    b.site.RefLatitude, b.site.RefLongitude, b.site.RefElevation = LATITUDE, LONGITUDE, HOSPITAL.height
    b.context.TrueNorth = w.direction(math.sin(turn), math.cos(turn))


def _finish(p: Hospital, floor: Floor) -> None:
    """Lay a storey's floor finish round columns, cores and openings."""
    cuts = [rectangle(x - COLUMN / 2, y - COLUMN / 2, x + COLUMN / 2, y + COLUMN / 2) for _, x, y in columns(floor)]
    cuts += [rectangle(core(axis)[0], CORE_LOW, core(axis)[1], CORE_HIGH) for axis in CORES]
    inside = [(core(axis)[0], core(axis)[1]) for axis in CORES]
    for hole in holes(floor):
        (x0, y0), (x1, y1) = hole[0], hole[2]
        if not any(a <= x0 and x1 <= b for a, b in inside) or y1 < CORE_LOW:
            cuts.append(rectangle(x0, y0, x1, y1))
    points = outline(EDGE if floor.index else 0.47, podium=floor.podium)
    names = {True: "石英石地面-50", False: "PVC 卷材地面-50"}
    name = names[floor.index == 1] if floor.index else "环氧地坪-50"
    pset = ("Pset_CoveringCommon", {"Reference": name, "IsExternal": False})
    material = p.b.material(name.split("-")[0])
    kind = p.kind("IfcCovering", name, material=material, pset=pset, code="ZS-05 楼地面", PredefinedType="FLOORING")
    colour = "米白涂料" if floor.index else "浅灰涂料"
    body = p.w.painted(p.w.prism(p.w.profile(points, cuts), 0.05), colour)
    p.place("IfcCovering", f"{floor.name}楼地面", floor, (0, 0, -0.05), kind, [body], PredefinedType="FLOORING")


def _stairs(p: Hospital) -> None:
    kinds = p.c.stair()
    for floor in FLOORS:
        storey, rise = p.storey(floor), floor.height
        for axis, label in ((CORES[0], "1号楼梯"), (CORES[2], "2号楼梯")):
            if floor.index == len(FLOORS) - 1:
                continue  # the roof is reached from the lift hall
            at = core_stair(axis)
            name = f"{floor.name}{label}"
            made = stair(p.b, storey, name, at, math.pi / 2, rise, STAIR_SIZE, kinds, key=name)
            p.schedule(made, floor, at)
        if 1 <= floor.index <= 3:
            for (x, y), label in zip(SIDE_STAIRS, ("3号楼梯", "4号楼梯"), strict=True):
                name = f"{floor.name}{label}"
                made = stair(p.b, storey, name, (x, y, 0.0), 0.0, rise, SIDE_STAIR_SIZE, kinds, key=name)
                p.schedule(made, floor, (x, y, 0.0))
    lift = _lift(p)
    x0, _ = core(CORES[1])
    for i in range(4):
        at = (x0 + 0.5 + i * 1.62, CORE_LOW + 3.4, 0.0)
        p.place("IfcTransportElement", f"医梯 {i + 1}", FLOORS[1 + i * 2], at, lift)


def _lift(p: Hospital) -> Kind:
    w = p.w
    items = [w.painted(w.box((0, 0, 0.05), (1.5, 2.6, 2.4)), "不锈钢")]
    pset = ("Pset_TransportElementElevator", {"FireFightingLift": False, "ClearWidth": 1.3, "ClearDepth": 2.4})
    kind = {"PredefinedType": "ELEVATOR"}
    return p.kind("IfcTransportElement", "病床梯-1600kg", items, material=p.b.material("电梯"), pset=pset, **kind)


def _galleries(p: Hospital) -> None:
    """Railings of glass round the atrium and beside the podium's stairs."""
    x0, x1, y = VOID[0][0], VOID[2][0], VOID[2][1] + 0.07
    for floor in FLOORS[2:5]:
        for i, (start, stop) in enumerate(_between_columns(x0, x1), 1):
            ends = ((start + 0.05, y, 0.0), (stop - 0.05, y, 0.0))
            made = railing(p.b, p.storey(floor), f"{floor.name}中庭栏杆 {i}", ends, "不锈钢", p.c.railing())
            p.schedule(made, floor, (start, y, 0.0))


def _between_columns(x0: float, x1: float) -> list[Point]:
    bounds = [x0, *(AXIS[n] for n in (4, 5, 6)), x1]
    return list(pairwise(bounds))
