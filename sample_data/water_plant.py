"""河东水厂: an IFC4 file in metres that says nothing of its place; a sidecar beside it does, in EPSG:4547.

Water comes in from the west: sedimentation, filters, reservoir, pumps; round clarifiers and the sludge's tanks north of
them, houses south.  The local frame: x and y along the fence, the ground at z = 0.
"""

import json
import math
from pathlib import Path

from sample_data.building import Building
from sample_data.catalogue import Box, Catalogue, Plan
from sample_data.housing_block import Block, block, tree_items
from sample_data.sites import WATER
from sample_data.water_plant_pipes import pipes
from sample_data.water_plant_tanks import YARD, clarifier, cylinder, filters, reservoir, sedimentation
from sample_data.writer import Entity, IfcWriter, Point

STOREYS = ((YARD, 0.0), ("首层", 0.15), ("二层", 4.05), ("三层", 7.65))
BASINS = {"1号沉淀池": (14.0, 58.0, 84.0, 72.0), "2号沉淀池": (14.0, 76.0, 84.0, 90.0)}
FILTERS = (94.0, 58.0, 128.0, 90.0)
RESERVOIR = (138.0, 58.0, 188.0, 90.0)
CLARIFIERS = {"1号澄清池": (28.0, 119.0), "2号澄清池": (60.0, 119.0)}
THICKENERS = {"1号浓缩池": (128.0, 118.0), "2号浓缩池": (146.0, 118.0)}


def write(path: Path) -> None:
    """Write the file, and the sidecar beside it."""
    w = IfcWriter("IFC4", 1, "河东水厂")
    b = Building(w, "河东水厂", "河东水厂厂区", "河东水厂", "河东路 88 号")
    plan = Plan(b, Catalogue(b), {name: b.storey(name, level) for name, level in STOREYS})
    _ground(plan)
    for name, area in BASINS.items():
        sedimentation(plan, name, area)
    filters(plan, FILTERS)
    reservoir(plan, RESERVOIR)
    for name, centre in CLARIFIERS.items():
        clarifier(plan, name, centre, 13.0, 4.2)
    for name, centre in THICKENERS.items():
        clarifier(plan, name, centre, 7.0, 3.4, "沉淀池水")
    _houses(plan)
    _pumps(plan)
    _dosing_tanks(plan)
    pipes(plan)
    _fence(plan)
    _trees(plan)
    w.save(path)
    _sidecar(path)


def _sidecar(path: Path) -> None:
    """Write where the plant stands, beside the model: `rotation` is the bearing of +Y from grid north, clockwise."""
    place = {
        "crs": "EPSG:4547",
        "eastings": WATER.eastings,
        "northings": WATER.northings,
        "orthogonal_height": WATER.height,
        "rotation": 360.0 - WATER.turn_deg,
        "vertical_datum": "EPSG:5737",
    }
    beside = path.with_name(f"{path.stem}.georef.json")
    beside.write_bytes((json.dumps(place, ensure_ascii=False, indent=2) + "\n").encode("utf-8"))


def _ground(p: Plan) -> None:
    """Lawn over the whole plant, roads on it."""
    b, w = p.b, p.b.w
    boxes: list[Box] = [("草绿地坪", (0.0, 0.0, -0.1, WATER.width, WATER.depth, 0.0))]
    roads = [(0.0, 28.0, 200.0, 35.0), (0.0, 97.0, 200.0, 103.0)]
    roads += [(190.0, 35.0, 196.0, 97.0), (56.0, 0.0, 64.0, 28.0)]
    boxes += [("沥青", (x0, y0, 0.0, x1, y1, 0.03)) for x0, y0, x1, y1 in roads]
    boxes.append(("场地", (12.0, 5.0, 0.0, 56.0, 28.0, 0.02)))
    w.relate("IfcRelAssociatesMaterial", "RelatingMaterial", b.material("种植土"), b.site)
    b.site.Representation = w.make("IfcProductDefinitionShape", Representations=[b.representation(p.c.boxes(boxes))])


# Houses of one storey: name, area, height, colour, large windows?, their distance and sill, door, side without them.
SHEDS = (
    ("送水泵房", (142.0, 40.0, 184.0, 53.0), 7.2, "陶土面砖", True, (6.0, 1.6), ("西", 5.0), ""),
    ("滤池管廊", (94.0, 70.9, 128.0, 77.1), 5.6, "米白涂料", False, (5.6, 3.4), ("西", 1.2), "东"),
    ("加药间", (80.0, 108.0, 106.0, 120.0), 5.2, "米白涂料", False, (5.0, 0.9), ("南", 4.0), "东"),
    ("污泥脱水机房", (164.0, 108.0, 188.0, 122.0), 7.0, "米白涂料", True, (6.0, 2.0), ("南", 10.0), ""),
    ("变配电间", (100.0, 40.0, 124.0, 50.0), 5.2, "浅灰涂料", False, (6.0, 0.9), ("北", 4.0), ""),
)


def _houses(p: Plan) -> None:
    window, wide = p.c.window(2.1, 1.8, 3, 1.2), p.c.window(2.4, 3.0, 4, 2.0)
    door, gate = p.c.door(1.8, 2.4, "深灰铝合金", external=True), p.c.door(3.0, 3.3, "银白铝合金", external=True)
    office = (("首层", 3.9), ("二层", 3.6), ("三层", 3.6))
    rooms = ("综合办公与中控室", "化验室", "会议与档案室")
    area, colours = (14.0, 8.0, 50.0, 22.0), ("陶土面砖", "米白涂料")
    block(p, Block("综合楼", area, office, colours, window, 6.0, doors=(("北", 17.0, door),), rooms=rooms))
    for name, area, height, colour, large, (pitch, sill), (side, offset), bare in SHEDS:
        house = Block(
            name,
            area,
            (("首层", height),),
            (colour,),
            wide if large else window,
            pitch,
            sill,
            doors=((side, offset, gate),),
            rooms=(name,),
            bare=(bare,),
        )
        block(p, house)
    small, leaf = p.c.window(1.5, 1.5, 2), p.c.door(1.0, 2.1)
    lodge = (65.5, 2.0, 71.5, 6.5)
    doors = (("西", 1.4, leaf),)
    block(p, Block("门卫", lodge, (("首层", 3.0),), ("陶土面砖",), small, 2.6, doors=doors, parapet=0.3))


def _pumps(p: Plan) -> None:
    """Add five pumps with their motors in the pump house, and a crane above them."""
    b, storey = p.b, p.storeys["首层"]
    body: list[Box] = [
        ("清水混凝土", (-1.4, -0.7, 0.0, 1.8, 0.7, 0.35)),
        ("管道蓝", (-1.2, -0.5, 0.35, 0.0, 0.5, 1.35)),
        ("设备绿", (0.2, -0.45, 0.4, 1.6, 0.45, 1.3)),
        ("深灰铝合金", (0.0, -0.1, 0.75, 0.2, 0.1, 0.95)),
        ("管道蓝", (-0.85, -2.4, 0.55, -0.35, 2.4, 1.05)),
    ]
    kind = p.c.of(
        "IfcPumpType",
        "双吸离心泵-2600m³/h",
        lambda: p.c.boxes(body),
        material="球墨铸铁",
        code="SC-03 工艺设备",
        use="SPLITCASE",
    )
    for i in range(5):
        made = b.add("IfcPump", f"{i + 1}号送水泵", storey, (148.0 + i * 7.5, 46.5, 0.0), kind=kind, storey=storey)
        b.w.properties(made, "滨江_工艺参数", {"流量": "2600 m³/h", "扬程": "46 m", "备用": i == 4})
    beam: list[Box] = [("标线黄", (-0.25, -6.0, 5.6, 0.25, 6.0, 6.2)), ("深灰铝合金", (-0.5, -1.0, 5.2, 0.5, 0.2, 5.9))]
    crane = p.c.of(
        "IfcTransportElementType",
        "电动单梁起重机-10t",
        lambda: p.c.boxes(beam),
        material="Q235 钢",
        code="SC-03 工艺设备",
        use="CRANEWAY",
    )
    b.add(
        "IfcTransportElement",
        "泵房起重机",
        storey,
        (170.0, 46.5, 0.0),
        kind=crane,
        storey=storey,
        PredefinedType="CRANEWAY",
    )


def _dosing_tanks(p: Plan) -> None:
    """Add the tanks for alum and chlorine beside the house where they are dosed."""
    b, w, yard = p.b, p.b.w, p.storeys[YARD]
    kind = p.c.of(
        "IfcTankType",
        "PE 储药罐-20m³",
        lambda: [
            cylinder(w, 1.5, 0.3, 3.3, "米白涂料"),
            cylinder(w, 1.52, 0.0, 0.3, "清水混凝土"),
            cylinder(w, 0.9, 3.3, 3.6, "米白涂料"),
            cylinder(w, 0.3, 3.6, 3.9, "深灰铝合金"),
        ],
        material="聚乙烯",
        code="SC-03 工艺设备",
        use="STORAGE",
    )
    for i in range(4):
        at = (109.5 + (i % 2) * 4.0, 111.0 + (i // 2) * 5.0, 0.0)
        b.add("IfcTank", f"{'混凝剂' if i < 2 else '次氯酸钠'}储罐 {i % 2 + 1}", yard, at, kind=kind, storey=yard)


def _fence(p: Plan) -> None:
    """Add the fence in panels of 10 m, and the gate."""
    b, yard = p.b, p.storeys[YARD]

    def panel() -> list[Entity]:
        boxes: list[Box] = [("花岗岩", (0.0, -0.1, 0.0, 10.0, 0.1, 0.4)), ("花岗岩", (-0.2, -0.2, 0.0, 0.2, 0.2, 2.3))]
        boxes += [("深灰铝合金", (0.2, -0.02, z, 9.8, 0.02, z + 0.05)) for z in (0.55, 1.9)]
        boxes += [("深灰铝合金", (0.3 + i * 0.4, -0.015, 0.4, 0.33 + i * 0.4, 0.015, 2.1)) for i in range(24)]
        return p.c.boxes(boxes)

    kind = p.c.of("IfcRailingType", "铁艺围墙-10m", panel, material="热镀锌钢", code="SC-05 围墙", use="USERDEFINED")
    width, depth = WATER.width, WATER.depth
    sides: dict[str, tuple[Point, float, int]] = {"南": ((0.0, 0.0), 0.0, 20), "东": ((width, 0.0), 90.0, 14)}
    sides |= {"北": ((width, depth), 180.0, 20), "西": ((0.0, depth), 270.0, 14)}
    for side, ((x, y), degrees, count) in sides.items():
        turn = math.radians(degrees)
        for i in range(count):
            if side == "南" and i in (5, 6):
                continue  # the gate
            at = (x + 10.0 * i * math.cos(turn), y + 10.0 * i * math.sin(turn), 0.0)
            made = b.add("IfcRailing", f"{side}侧围墙 {i + 1}", yard, at, turn, kind=kind, storey=yard)
            made.PredefinedType = "USERDEFINED"
    gate: list[Box] = [("花岗岩", (x, -0.6, 0.0, x + 1.2, 0.6, 3.2)) for x in (53.0, 64.4)]
    gate += [("不锈钢", (54.2 + i * 0.42, -0.15, 0.1, 54.5 + i * 0.42, 0.15, 1.5)) for i in range(24)]
    gate += [("管道蓝", (53.05, -0.62, 1.2, 54.15, -0.6, 2.8))]
    b.add("IfcDoor", "电动伸缩大门", yard, items=p.c.boxes(gate), storey=yard, OverallWidth=10.2, OverallHeight=1.5)


def _trees(p: Plan) -> None:
    b, yard = p.b, p.storeys[YARD]
    kind = p.c.of(
        "IfcGeographicElementType",
        "香樟",
        lambda: tree_items(b.w),
        material="乔木",
        code="SC-06 绿化",
        use="USERDEFINED",
    )
    rows = [(8.0 + i * 9.0, 38.5) for i in range(8)] + [(20.0 + i * 12.0, 94.0) for i in range(5)]
    rows += [(78.0 + i * 11.0, 5.0) for i in range(11)] + [(78.0 + i * 11.0, 24.0) for i in range(11)]
    rows += [(15.0 + i * 18.0, 136.5) for i in range(10)]
    for i, (x, y) in enumerate(rows):
        made = b.add("IfcGeographicElement", f"香樟 {i + 1}", yard, (x, y, 0.0), kind=kind, storey=yard)
        made.PredefinedType = "USERDEFINED"
