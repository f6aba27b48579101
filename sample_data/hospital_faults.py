"""The hospital's deliberate faults: elements drawn so that they clash; `hospital_clashes` says with what. Metres."""

from typing import TYPE_CHECKING

from sample_data.building import Kind
from sample_data.hospital_frame import AXIS, FLOORS, Floor, Hospital, identity
from sample_data.hospital_services import LAMP, Services, layers
from sample_data.parts import wall
from sample_data.writer import Point3

if TYPE_CHECKING:
    from sample_data.writer import Entity

COPY = "（重复）"
# A column of the atrium that was drawn 450 mm too far out: storey, crossing, y.
STRAY = (3, "5-A", 23.55)


def known(p: Hospital, name: str) -> "Entity":
    """Return the element of that key drawn before."""
    return p.w.file.by_guid(identity(p.label, name))


def copied(p: Hospital, name: str, floor: Floor) -> "Entity":
    """Draw an element a second time, in the same place and with the same shape, as a careless export does."""
    first = known(p, name)
    made = p.b.add(
        first.is_a(),
        f"{first.Name}{COPY}",
        p.storey(floor),
        storey=p.storey(floor),
        key=f"{name}{COPY}",
        ObjectType=first.ObjectType,
        PredefinedType=first.PredefinedType,
    )
    made.ObjectPlacement, made.Representation = first.ObjectPlacement, copied_shape(p, first)
    p.schedule(made, floor, (0.0, 50.0, 0.0))
    return made


def copied_shape(p: Hospital, first: "Entity") -> "Entity":
    """Return a shape of its own with the same bodies."""
    return p.w.make("IfcProductDefinitionShape", Representations=list(first.Representation.Representations))


def structure_faults(p: Hospital) -> None:
    """A column before a door, a beam over a stair, a beam in a window, a column drawn twice."""
    concrete = {"material": p.b.material("C30 混凝土"), "code": "JG-01 柱"}
    column = p.kind("IfcColumn", "构造柱-300x300", PredefinedType="COLUMN", **concrete)
    ground = FLOORS[1]
    low, high = (35.2, 31.75, 0.0), (35.5, 32.05, ground.ceiling)
    p.block("IfcColumn", "一层构造柱 GZ-1", ground, low, high, column, "清水混凝土")
    beam = p.kind("IfcBeam", "增设梁-200x400", PredefinedType="BEAM", **(concrete | {"code": "JG-02 梁"}))
    low, high = (33.9, 41.16, 3.1), (34.1, 43.55, 3.5)
    p.block("IfcBeam", "三层增设梁 L-1", FLOORS[3], low, high, beam, "清水混凝土")
    low, high = (48.3, 67.72, 2.5), (50.2, 67.88, 2.8)
    p.block("IfcBeam", "九层外挑梁 L-2", FLOORS[9], low, high, beam, "清水混凝土")
    copied(p, "五层柱 8-F", FLOORS[5])


def architecture_faults(p: Hospital) -> None:
    """A wall drawn twice, a wall through a column, a bed in a column, a basin in a wall."""
    floor = FLOORS[3]
    copied(p, "三层隔墙 南 33.5", floor)
    name, floor = "二层隔墙 增设", FLOORS[2]
    ends, heights = ((82.3, 40.9), (83.7, 40.9)), (0, floor.ceiling - 0.05)
    kind = p.c.inner_wall()
    storey, key = p.storey(floor), p.key(name)
    made = wall(p.b, storey, name, ends, 0.2, heights=heights, colour="内墙乳胶漆", kind=kind, key=key)
    p.schedule(made, floor, (*ends[0], 0.0))
    p.place("IfcFurniture", "八层走廊加床", FLOORS[8], (54.8, 56.5, 0.0), p.c.made["病床"])
    basin = p.c.made["洗手盆"]
    p.place("IfcSanitaryTerminal", "四层洗手盆 错位", FLOORS[4], (37.95, 46.0, 0.0), basin)


def mep_faults(s: Services) -> None:
    """Ducts, pipes, trays and machines where something else is."""
    _ducts(s)
    _pipes(s)
    _trays(s)
    _machines(s)
    s.join(copied(s.p, "八层喷淋干管 病区2", FLOORS[8]), "喷淋", "DN120")


def _ducts(s: Services) -> None:
    floor = FLOORS[2]
    z = floor.soffit
    s.duct("二层送风改线管", floor, (44.0, 35.2, z + 0.1), (50.0, 35.6, z + 0.35), "送风")
    low, high = (32.9, 27.0, floor.ceiling - 0.08), (33.2, 28.5, floor.ceiling + 0.07)
    s.duct("二层送风下降段", floor, low, high, "送风")
    s.duct("四层排风出口", FLOORS[4], (30.2, 22.9, 3.8), (30.6, 23.75, 4.1), "排风")
    s.duct("地下一层补风管", FLOORS[0], (33.0, 22.6, 4.1), (33.8, 24.5, 4.4), "送风")


def _pipes(s: Services) -> None:
    def pipe(name: str, index: int, start: Point3, stop: Point3, radius: float, system: str = "给水") -> None:
        s.pipe(name, FLOORS[index], start, stop, radius, system)

    z = {floor.index: layers(floor) for floor in FLOORS}
    up = z[7].soffit + 0.2
    pipe("七层给水改线管", 7, (64.4, 61.0, up), (65.8, 61.0, up), 0.04)
    pipe("三层给水穿柱管", 3, (91.0, 32.4, 3.4), (93.0, 32.4, 3.4), 0.05)
    pipe("五层喷淋穿墙管", 5, (88.5, 58.9, z[5].cross), (88.5, 61.5, z[5].cross), 0.03, "喷淋")
    pipe("六层给水埋管", 6, (70.0, 52.0, -0.125), (70.0, 56.0, -0.125), 0.02)
    pipe("二层给水穿幕墙管", 2, (27.8, 37.2, z[2].pipe), (29.6, 37.2, z[2].pipe), 0.05)
    low = z[6].soffit - 0.6
    pipe("六层喷淋改线管", 6, (48.0, 54.0, low), (49.3, 54.0, low), 0.03, "喷淋")
    pipe("一层给水立管 穿梁", 1, (51.5, 40.8, 3.2), (51.5, 40.8, 4.28), 0.055)
    pipe("四层给水改线管", 4, (70.0, 37.25, z[4].pipe), (70.0, 38.4, z[4].pipe), 0.03)
    close = z[9].soffit - 0.055
    pipe("九层给水平行管", 9, (46.4, 61.0, close), (47.6, 61.0, close), 0.04)
    pipe("地下一层埋地排水管", 0, (63.0, 40.8, -1.0), (67.0, 40.8, -1.0), 0.1)
    pipe("十层给水立管 柱内", 10, (65.0, 56.8, 0.2), (65.0, 56.8, 3.0), 0.03)


def _trays(s: Services) -> None:
    z = {floor.index: layers(floor) for floor in FLOORS}
    s.tray("四层桥架改线段", FLOORS[4], (52.0, 33.0, z[4].tray[0]), (52.3, 35.4, z[4].tray[1]))
    s.tray("三层桥架改线段", FLOORS[3], (60.0, 37.45, z[3].tray[0]), (60.3, 38.2, z[3].tray[1]))
    low = z[2].branch[1] + 0.02
    s.tray("二层桥架贴管段", FLOORS[2], (39.5, 41.2, low), (39.7, 45.4, round(low + 0.06, 3)))


def _machines(s: Services) -> None:
    from sample_data.hospital_plant import AHU, BOARD, FIRE_PUMP

    basement = FLOORS[0]
    place = (45.95, 62.0, 0.0)
    s.box("IfcUnitaryEquipment", "地下一层空调机组 3", basement, place, "送风", "AIRHANDLER", AHU)
    s.box("IfcPump", "地下一层消防泵 4", basement, (91.0, 56.5, 0.0), "喷淋", "ENDSUCTION", FIRE_PUMP)
    place = (74.0, 55.2, 0.0)
    s.box("IfcElectricDistributionBoard", "地下一层配电柜 9", basement, place, "桥架", "SWITCHBOARD", BOARD)
    floor = FLOORS[4]
    place = (AXIS[5] + 3.2, 43.0, layers(floor).soffit - 0.57)
    s.box("IfcLightFixture", "四层应急灯", floor, place, "照明", "DIRECTIONSOURCE", LAMP)
    kind: Kind = s.kind("IfcFireSuppressionTerminal", "喷淋", "消火栓箱 700x800", use="HOSEREEL")
    floor, low, high = FLOORS[3], (56.85, 62.0, 0.9), (57.05, 62.7, 1.7)
    made = s.p.block("IfcFireSuppressionTerminal", "三层消火栓箱", floor, low, high, kind, "喷淋红")
    s.join(made, "喷淋", "700x800")
