"""地铁2号线人民广场站: an IFC2X3 file in millimetres, placed by ePset_MapConversion and ePset_ProjectedCRS on its site.

An island station of two levels under a square: platform hall at −14 m, concourse at −7 m, four entrances above ground.
The local frame: x along the platform, y across it, z = 0 on the square.
"""

import math
from collections.abc import Sequence
from pathlib import Path

from sample_data.building import Building
from sample_data.catalogue import Catalogue, Plan
from sample_data.metro_entrances import SHAFTS, entrances, vent_towers
from sample_data.metro_fittings import concourse, platform, ways_up
from sample_data.metro_shell import CONCOURSE, LENGTH, PLATFORM, ROOF, WIDTH, shell, tracks
from sample_data.parts import rectangle
from sample_data.sites import METRO
from sample_data.writer import IfcWriter, Point

# Rooms: storey, number, use, x0, y0, x1, y1, height.
ROOMS = (
    ("站台层", "T01", "公共区站台", 32.0, 5.0, 152.0, 17.0, 5.4),
    ("站台层", "T02", "小里程端设备区", 0.8, 0.8, 31.7, 21.2, 5.4),
    ("站台层", "T03", "大里程端设备区", 152.3, 0.8, 183.2, 21.2, 5.4),
    ("站厅层", "C01", "公共区站厅", 40.0, 0.8, 144.0, 21.2, 3.6),
    ("站厅层", "C02", "环控机房", 0.8, 6.9, 21.8, 15.1, 3.6),
    ("站厅层", "C03", "车站控制室", 22.0, 6.9, 39.8, 15.1, 3.6),
    ("站厅层", "C04", "变电所", 162.2, 6.9, 183.2, 15.1, 3.6),
    ("站厅层", "C05", "通信信号设备室", 144.2, 6.9, 162.0, 15.1, 3.6),
)


def write(path: Path) -> None:
    """Write the file."""
    w = IfcWriter("IFC2X3", 1000, "地铁2号线人民广场站")
    b = Building(w, "地铁2号线人民广场站", "人民广场站用地", "人民广场站", "人民广场, 地铁 2 号线")
    _georeference(b)
    levels = {"站台层": PLATFORM, "站厅层": CONCOURSE, "顶板": ROOF, "地面": 0.0}
    plan = Plan(b, Catalogue(b), {name: b.storey(name, level) for name, level in levels.items()})
    _square(plan)
    shell(plan, SHAFTS)
    tracks(plan)
    platform(plan)
    concourse(plan)
    ways_up(plan)
    entrances(plan)
    vent_towers(plan)
    for storey, number, use, x0, y0, x1, y1, height in ROOMS:
        b.space(plan.storeys[storey], number, use, rectangle(x0, y0, x1, y1), height)
    w.save(path)


def _georeference(b: Building) -> None:
    """Say where the station stands, in the words of IFC2X3's property sets for it."""
    turn = math.radians(METRO.turn_deg)
    crs = {
        "Name": "EPSG:4547",
        "Description": "CGCS2000 / 3-degree Gauss-Kruger CM 114E",
        "GeodeticDatum": "CGCS2000",
        "VerticalDatum": "1985 国家高程基准",
        "MapProjection": "Gauss-Kruger",
        "MapZone": "CM 114E",
        "MapUnit": "METRE",
    }
    conversion = {
        "TargetCRS": "EPSG:4547",
        "Eastings": METRO.eastings,
        "Northings": METRO.northings,
        "OrthogonalHeight": METRO.height,
        "XAxisAbscissa": round(math.cos(turn), 12),
        "XAxisOrdinate": round(math.sin(turn), 12),
        "Scale": 0.001,
    }
    b.w.properties(b.site, "ePset_ProjectedCRS", crs)
    b.w.properties(b.site, "ePset_MapConversion", conversion)


def _square(p: Plan) -> None:
    """Pave the square above the station, but for the entrances, with lawns between them."""
    b, w = p.b, p.b.w
    holes: Sequence[Sequence[Point]] = [list(reversed(rectangle(*shaft))) for shaft in SHAFTS.values()]
    paving = w.painted(
        w.prism(w.profile(rectangle(-2, -2, LENGTH + 2, WIDTH + 2), holes), 0.1, w.axes((0, 0, -0.1))), "场地"
    )
    lawns = [
        w.painted(w.box((x, y, 0.0), (x + 22.0, y + 5.0, 0.15)), "草绿地坪")
        for x in (44.0, 70.0, 94.0, 120.0)
        for y in (2.0, 15.0)
    ]
    b.site.Representation = w.make("IfcProductDefinitionShape", Representations=[b.representation([paving, *lawns])])
