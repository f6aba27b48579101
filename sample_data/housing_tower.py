"""A tower of 江湾安居小区: one type storey, drawn once and repeated 18 times. Metres.

Its own axes: x along the front, which looks south, y to the back.  Four flats a storey, two and two mirrored.
"""

from dataclasses import dataclass

from sample_data.building import Kind
from sample_data.catalogue import Box, Plan
from sample_data.parts import rectangle, slab
from sample_data.writer import Entity, Point

FLOORS, HEIGHT, PLINTH = 18, 2.9, 0.45
LONG, DEEP, THICK = 28.0, 13.0, 0.25
BASE_FLOORS = 2  # in the colour of the plinth
# Openings: left edge, sill, width, height.
Opening = tuple[float, float, float, float]
FRONT: list[Opening] = [(0.9, 0.9, 1.8, 1.5), (3.6, 0.05, 2.7, 2.35), (7.7, 0.05, 2.7, 2.35), (11.3, 0.9, 1.8, 1.5)]
FRONT += [(LONG - x - wide, sill, wide, high) for x, sill, wide, high in reversed(FRONT)]
BACK: list[Opening] = [(2.2, 0.9, 1.8, 1.5), (8.0, 0.9, 1.8, 1.5), (13.1, 0.9, 1.8, 1.5), (18.2, 0.9, 1.8, 1.5)]
BACK += [(24.0, 0.9, 1.8, 1.5)]
ENTRANCE: Opening = (13.1, 0.0, 1.8, 2.4)
BALCONIES = ((3.3, 7.4), (17.3, 7.4))  # left edge, length
OUT = 1.5


@dataclass(frozen=True)
class Tower:
    """A tower: its name, its south-west corner, the colour of its base and of the stripes."""

    name: str
    corner: Point
    colour: str

    def at(self, x: float, y: float, z: float = 0.0) -> tuple[float, float, float]:
        """Return the place of tower coordinates on a storey."""
        return (self.corner[0] + x, self.corner[1] + y, z)


def tower(p: Plan, one: Tower) -> None:
    """Add a tower."""
    yard = p.storeys["室外地面"]
    outline = [one.at(x, y)[:2] for x, y in rectangle(-0.4, -0.4, LONG + 0.4, DEEP + 0.4)]
    kind = p.c.slab("基础平台", "BASESLAB", external=True)
    slab(p.b, yard, f"{one.name}台基", outline, (0.0, PLINTH - 0.15), colour="花岗岩", kind=kind, use="BASESLAB")
    for number in range(FLOORS):
        _storey(p, one, number)
    _entrance(p, one)
    _roof(p, one)


def _storey(p: Plan, one: Tower, number: int) -> None:
    b, name = p.b, f"{number + 1}层"
    storey, label = p.storeys[name], f"{one.name}{number + 1}层"
    plate = p.c.of(
        "IfcSlabType",
        "标准层楼板-150",
        lambda: p.c.boxes([("清水混凝土", (0.13, 0.13, -0.15, LONG - 0.13, DEEP - 0.13, 0.0))]),
        material="C30 混凝土",
        code="JG-03 板",
        use="FLOOR",
        pset=("Pset_SlabCommon", {"Reference": "标准层楼板-150", "IsExternal": False, "LoadBearing": True}),
    )
    b.add("IfcSlab", f"{label}楼板", storey, one.at(0, 0), kind=plate, storey=storey, PredefinedType="FLOOR")
    back = [ENTRANCE if number == 0 and opening[0] == ENTRANCE[0] else opening for opening in BACK]
    for side, openings, y in (("南", FRONT, 0.0), ("北", back, DEEP)):
        kind = _facade(p, one, side, number, openings)
        made = b.add("IfcWall", f"{label}{side}外墙", storey, one.at(0, y), kind=kind, storey=storey)
        b.w.properties(made, "滨江_施工信息", {"楼栋": one.name, "层号": number + 1})
        for left, sill, wide, high in openings:
            what = "IfcDoor" if sill == 0 else "IfcWindow"
            columns = 3 if wide > 2 else 2
            kind = p.c.door(wide, high, "深灰铝合金", external=True) if sill == 0 else p.c.window(wide, high, columns)
            b.add(what, f"{label}{kind.entity.Name}", storey, one.at(left, y, sill), kind=kind, storey=storey)
    for side, x in (("西", 0.0), ("东", LONG)):
        made = b.add("IfcWall", f"{label}{side}山墙", storey, one.at(x, 0), kind=_gable(p, one, number), storey=storey)
        b.w.properties(made, "滨江_施工信息", {"楼栋": one.name, "层号": number + 1})
    _balconies(p, one, number, storey)


def _colour(one: Tower, number: int) -> str:
    return one.colour if number < BASE_FLOORS else "米白涂料"


def _facts(name: str) -> tuple[str, dict[str, object]]:
    facts = {"Reference": name, "IsExternal": True, "LoadBearing": True, "FireRating": "3.0h"}
    return ("Pset_WallCommon", facts)


def _facade(p: Plan, one: Tower, side: str, number: int, openings: list[Opening]) -> Kind:
    """Return the long wall of a storey with its openings; stripes between the windows in the tower's colour."""
    colour, entrance = _colour(one, number), ENTRANCE in openings
    name = f"外墙-{side}-{colour}-{one.colour}" + ("-入口" if entrance else "")

    def items() -> list[Entity]:
        w, half = p.b.w, THICK / 2
        holes = [rectangle(x, sill, x + wide, sill + high) for x, sill, wide, high in openings if sill > 0]
        outline: list[Point] = [(-half, 0.0)]
        for x, sill, wide, high in openings:
            if sill == 0:  # a door cuts the wall's foot
                outline += [(x, 0.0), (x, high), (x + wide, high), (x + wide, 0.0)]
        outline += [(LONG + half, 0.0), (LONG + half, HEIGHT), (-half, HEIGHT)]
        body = w.painted(w.upright(outline, THICK, holes=holes), colour)
        face = -half - 0.05 if side == "南" else half
        bands = [(0.0, 0.6), (LONG - 0.6, LONG)] if side == "南" else [(5.2, 6.2), (LONG - 6.2, LONG - 5.2)]
        stripes: list[Box] = [(one.colour, (x0, face, 0.0, x1, face + 0.05, HEIGHT)) for x0, x1 in bands]
        stripes.append(("浅灰涂料", (-half, face, HEIGHT - 0.1, LONG + half, face + 0.05, HEIGHT)))
        return [body, *p.c.boxes(stripes)]

    return p.c.of(
        "IfcWallType", name, items, material="钢筋混凝土剪力墙", code="QT-01 外墙", use="STANDARD", pset=_facts(name)
    )


def _gable(p: Plan, one: Tower, number: int) -> Kind:
    colour = _colour(one, number)
    name = f"山墙-{colour}"

    def items() -> list[Entity]:
        half = THICK / 2
        return p.c.boxes([(colour, (-half, half, 0.0, half, DEEP - half, HEIGHT))])

    return p.c.of(
        "IfcWallType", name, items, material="钢筋混凝土剪力墙", code="QT-01 外墙", use="STANDARD", pset=_facts(name)
    )


def _balconies(p: Plan, one: Tower, number: int, storey: Entity) -> None:
    """Add the two balconies of a storey: a slab with its party wall, a railing of glass."""
    b, length = p.b, BALCONIES[0][1]
    label = f"{one.name}{number + 1}层"
    base = p.c.of(
        "IfcSlabType",
        f"阳台板-{one.colour}",
        lambda: p.c.boxes(
            [
                ("米白涂料", (0.0, -OUT, -0.12, length, -THICK / 2, 0.02)),
                (one.colour, (length / 2 - 0.1, -OUT, 0.02, length / 2 + 0.1, -THICK / 2, HEIGHT - 0.12)),
            ]
        ),
        material="C30 混凝土",
        code="JG-03 板",
        use="FLOOR",
        pset=("Pset_SlabCommon", {"Reference": "阳台板", "IsExternal": True, "LoadBearing": True}),
    )
    rail = p.c.of(
        "IfcRailingType",
        "阳台玻璃栏板",
        lambda: p.c.boxes(_rail(length)),
        material="夹胶玻璃",
        code="ZS-01 栏杆",
        use="GUARDRAIL",
    )
    for i, (left, _) in enumerate(BALCONIES, 1):
        at = one.at(left, 0.0)
        b.add("IfcSlab", f"{label}阳台板 {i}", storey, at, kind=base, storey=storey, PredefinedType="FLOOR")
        b.add("IfcRailing", f"{label}阳台栏板 {i}", storey, at, kind=rail, storey=storey, PredefinedType="GUARDRAIL")


def _rail(length: float) -> list[Box]:
    y0, y1 = -OUT, -THICK / 2
    boxes: list[Box] = [("中空玻璃", (0.05, y0 + 0.03, 0.08, length - 0.05, y0 + 0.05, 1.05))]
    boxes += [("中空玻璃", (x, y0 + 0.05, 0.08, x + 0.02, y1, 1.05)) for x in (0.03, length - 0.05)]
    boxes.append(("深灰铝合金", (0.0, y0, 1.05, length, y0 + 0.08, 1.12)))
    boxes += [("深灰铝合金", (x, y0, 1.05, x + 0.08, y1, 1.12)) for x in (0.0, length - 0.08)]
    return boxes


def _entrance(p: Plan, one: Tower) -> None:
    """Add canopy and steps at the front of the tower, where the path arrives, and its number."""
    b, yard, ground = p.b, p.storeys["室外地面"], p.storeys["1层"]
    canopy: list[Box] = [
        ("深灰铝合金", (12.3, DEEP, 2.6, 15.7, DEEP + 2.2, 2.75)),
        (one.colour, (12.3, DEEP + 2.2, 2.5, 15.7, DEEP + 2.3, 2.9)),
    ]
    kind = p.c.of(
        "IfcSlabType",
        f"单元雨篷-{one.colour}",
        lambda: p.c.boxes(canopy),
        material="钢结构",
        code="ZS-03 雨篷",
        use="ROOF",
    )
    b.add("IfcSlab", f"{one.name}单元雨篷", ground, one.at(0, 0), kind=kind, storey=ground, PredefinedType="ROOF")
    steps: list[Box] = [
        ("花岗岩", (12.2, DEEP + 0.4, 0.0, 15.8, DEEP + 2.0 + i * 0.35, 0.45 - i * 0.15)) for i in range(3)
    ]
    kind = p.c.of(
        "IfcStairFlightType",
        "单元入口台阶",
        lambda: p.c.boxes(steps),
        material="花岗岩",
        code="JG-04 楼梯",
        use="STRAIGHT",
    )
    b.add(
        "IfcStairFlight",
        f"{one.name}入口台阶",
        yard,
        one.at(0, 0),
        kind=kind,
        storey=yard,
        NumberOfRisers=3,
        RiserHeight=0.15,
    )


def _roof(p: Plan, one: Tower) -> None:
    """Add roof, parapet, the head house of lift and stairs, water tank, and the frame that crowns the tower."""
    b, storey = p.b, p.storeys["屋面"]

    def put(ifc_class: str, name: str, boxes: list[Box], material: str, code: str, use: str) -> None:
        label = f"{name}-{one.colour}"
        kind = p.c.of(f"{ifc_class}Type", label, lambda: p.c.boxes(boxes), material=material, code=code, use=use)
        b.add(ifc_class, f"{one.name}{name}", storey, one.at(0, 0), kind=kind, storey=storey)

    put(
        "IfcSlab",
        "屋面板",
        [("浅灰涂料", (-0.13, -0.13, -0.15, LONG + 0.13, DEEP + 0.13, 0.05))],
        "C30 混凝土",
        "JG-03 板",
        "ROOF",
    )
    rim: list[Box] = [("米白涂料", (-0.13, y, 0.05, LONG + 0.13, y + 0.25, 1.2)) for y in (-0.13, DEEP - 0.12)]
    rim += [("米白涂料", (x, 0.12, 0.05, x + 0.25, DEEP - 0.12, 1.2)) for x in (-0.13, LONG - 0.12)]
    put("IfcWall", "女儿墙", rim, "钢筋混凝土", "QT-01 外墙", "PARAPET")
    house: list[Box] = [
        (one.colour, (10.5, 6.5, 0.05, 17.5, 12.5, 4.2)),
        ("浅灰涂料", (10.1, 6.1, 4.2, 17.9, 12.9, 4.4)),
    ]
    put("IfcWall", "电梯机房", house, "加气混凝土砌块", "QT-01 外墙", "SOLIDWALL")
    tank: list[Box] = [
        ("银白铝合金", (20.0, 8.0, 0.6, 24.0, 11.0, 2.8)),
        ("深灰铝合金", (20.2, 8.2, 0.05, 23.8, 10.8, 0.6)),
    ]
    put("IfcTank", "屋顶水箱", tank, "304 不锈钢", "SB-01 给水", "STORAGE")
    posts = (3.3, 10.7, 17.3, 24.7)
    crown: list[Box] = [("米白涂料", (x - 0.2, -0.1, 1.2, x + 0.2, 0.3, 4.6)) for x in posts]
    crown += [("米白涂料", (x - 0.2, 4.0, 0.05, x + 0.2, 4.4, 4.6)) for x in posts]
    crown += [(one.colour, (2.3, y, 4.6, LONG - 2.3, y + 0.5, 5.1)) for y in (-1.4, -0.1, 3.9)]
    crown += [(one.colour, (x - 0.2, -1.4, 4.6, x + 0.2, 4.4, 5.0)) for x in posts]
    put("IfcMember", "屋顶构架", crown, "钢筋混凝土", "JG-02 梁", "MEMBER")
