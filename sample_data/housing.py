"""江湾安居小区: an IFC4 file in metres with a mistake that is made every day: its IfcMapConversion names the wrong CRS.

Eastings and northings are those of EPSG:4547 (CM 114°E), the CRS says EPSG:4549 (CM 120°E): six degrees too far east.
IfcSite's latitude and longitude are right, so that the audit finds the conflict.

Three towers of 18 storeys, a kindergarten, the ramp of the garage, a gate.  The local frame: x and y along the fence.
"""

import math
from pathlib import Path

from sample_data.building import Building
from sample_data.catalogue import Box, Catalogue, Plan
from sample_data.housing_block import tree_items
from sample_data.housing_estate import HEADROOM, RAMP, fence, garage, gate, kindergarten
from sample_data.housing_tower import DEEP, FLOORS, HEIGHT, PLINTH, Tower, tower
from sample_data.parts import rectangle
from sample_data.sites import HOUSING
from sample_data.writer import IfcWriter

CLAIMED = "EPSG:4549"  # the coordinates are those of EPSG:4547
LATITUDE, LONGITUDE = (22, 33, 48, 614130), (114, 2, 6, 9704)  # of the local origin, rightly
TOWERS = (
    Tower("1号楼", (8.0, 50.0), "陶土面砖"),
    Tower("2号楼", (46.0, 56.0), "暖橙涂料"),
    Tower("3号楼", (84.0, 50.0), "陶土面砖"),
)


def write(path: Path) -> None:
    """Write the file."""
    w = IfcWriter("IFC4", 1, "江湾安居小区")
    b = Building(w, "江湾安居小区", "江湾安居小区用地", "江湾安居小区", "江湾路 66 号")
    _misplaced(b)
    storeys = {"地下车库": b.storey("地下车库", -4.2), "室外地面": b.storey("室外地面", 0.0)}
    storeys |= {f"{i + 1}层": b.storey(f"{i + 1}层", PLINTH + i * HEIGHT) for i in range(FLOORS)}
    storeys["屋面"] = b.storey("屋面", PLINTH + FLOORS * HEIGHT)
    plan = Plan(b, Catalogue(b), storeys)
    _ground(plan)
    for one in TOWERS:
        tower(plan, one)
    kindergarten(plan)
    garage(plan)
    gate(plan)
    fence(plan)
    _trees(plan)
    w.save(path)


def _misplaced(b: Building) -> None:
    """Say where the estate stands: rightly on the site, in the wrong zone by the map conversion."""
    w, turn = b.w, math.radians(HOUSING.turn_deg)
    crs = w.make(
        "IfcProjectedCRS",
        Name=CLAIMED,
        Description="CGCS2000 / 3-degree Gauss-Kruger CM 120E",
        GeodeticDatum="CGCS2000",
        VerticalDatum="1985 国家高程基准",
        MapProjection="Gauss-Kruger",
        MapZone="CM 120E",
        MapUnit=b.project.UnitsInContext.Units[0],
    )
    w.make(
        "IfcMapConversion",
        SourceCRS=b.context,
        TargetCRS=crs,
        Eastings=HOUSING.eastings,
        Northings=HOUSING.northings,
        OrthogonalHeight=HOUSING.height,
        XAxisAbscissa=round(math.cos(turn), 12),
        XAxisOrdinate=round(math.sin(turn), 12),
        Scale=1.0,
    )
    b.site.RefLatitude, b.site.RefLongitude, b.site.RefElevation = LATITUDE, LONGITUDE, HOUSING.height
    b.context.TrueNorth = w.direction(math.sin(turn), math.cos(turn))


def _ground(p: Plan) -> None:
    """Lawn, roads and paths, a square in the middle, the playground."""
    b, w = p.b, p.b.w
    hole = list(reversed(rectangle(RAMP[0], HEADROOM, RAMP[2], RAMP[3])))  # where the ramp goes down
    outline = rectangle(0.0, 0.0, HOUSING.width, HOUSING.depth)
    lawn = w.painted(w.prism(w.profile(outline, [hole]), 0.1, w.axes((0, 0, -0.1))), "草绿地坪")
    roads = [(2.5, 38.0, 117.5, 44.0), (2.5, 2.5, 8.0, 77.5), (112.0, 2.5, 117.5, 77.5), (2.5, 72.5, 117.5, 77.5)]
    roads += [(40.0, 0.0, 48.0, 38.0), (14.0, 31.0, 19.5, 38.0)]
    boxes: list[Box] = [("沥青", (x0, y0, 0.0, x1, y1, 0.03)) for x0, y0, x1, y1 in roads]
    boxes += [
        ("场地", (x + 11.5, y + DEEP + 0.4, 0.0, x + 16.5, 72.5, 0.04)) for x, y in (one.corner for one in TOWERS)
    ]
    boxes += [("场地", (52.0, 26.0, 0.0, 60.0, 37.0, 0.04)), ("场地", (64.0, 26.0, 0.0, 108.0, 36.0, 0.02))]
    boxes += [("暖橙涂料", (86.0, 27.5, 0.02, 104.0, 34.5, 0.05)), ("管道蓝", (68.0, 27.5, 0.02, 82.0, 34.5, 0.05))]
    whole = b.representation([lawn, *p.c.boxes(boxes)])
    b.site.Representation = w.make("IfcProductDefinitionShape", Representations=[whole])


def _trees(p: Plan) -> None:
    b, yard = p.b, p.storeys["室外地面"]
    kind = p.c.of(
        "IfcGeographicElementType",
        "香樟",
        lambda: tree_items(b.w),
        material="乔木",
        code="JZ-06 绿化",
        use="USERDEFINED",
    )
    places = [(x, y) for x in (38.0, 41.0, 77.0, 80.0) for y in (49.0, 58.0, 67.0)]
    places += [(10.5 + i * 9.0, 46.8) for i in range(12)]
    places += [(x, 9.0 + i * 8.0) for x in (36.5, 51.0) for i in range(4)]
    places += [(23.0 + i * 5.0, 35.0) for i in range(3)] + [(66.0 + i * 8.0, 4.0) for i in range(6)]
    for i, (x, y) in enumerate(places):
        made = b.add("IfcGeographicElement", f"香樟 {i + 1}", yard, (x, y, 0.0), kind=kind, storey=yard)
        made.PredefinedType = "USERDEFINED"
