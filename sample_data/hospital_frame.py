"""The frame that the hospital's three files share: axes, storeys, identities, and the ways elements are put in it.

Local frame: metres, x along the street, y away from it, z = 0 at the ground.  The podium stands on axes 1 to 9 and rows
A to D, the tower on axes 2 to 8 and rows D to F.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sample_data.building import Building, Kind
from sample_data.catalogue import Catalogue, Plan
from sample_data.parts import rectangle
from sample_data.sites import HOSPITAL
from sample_data.writer import Entity, IfcWriter, Point, Point3, global_id

BAY = 9.0
AXIS = {number: 29.0 + BAY * (number - 1) for number in range(1, 10)}
ROW = {"A": 24.0, "B": 32.4, "C": 40.8, "D": 49.2, "E": 56.8, "F": 67.2}
AISLE = 59.6  # the wall between the ward corridor and the northern rooms
EDGE, SKIN = 0.45, 0.6  # beyond the outer axes: the slabs' edge, the middle of the facade
PLINTH = 0.3  # the ground floor above the ground
COLUMN = 0.7
SLAB_TOP, SLAB_DEPTH, GROUND_DEPTH = -0.05, 0.15, 0.35  # top of the concrete under the finish, its thickness

SEEDS = {label: f"{HOSPITAL.name}/{label}" for label in ("建筑", "结构", "机电")}
FILES = {label: f"{HOSPITAL.name}_{label}.ifc" for label in SEEDS}


@dataclass(frozen=True)
class Floor:
    """A storey: its name, its level above the ground floor, its height; index 0 is the basement."""

    index: int
    name: str
    level: float
    height: float

    @property
    def podium(self) -> bool:
        """Whether the storey spreads over the podium as well."""
        return self.index <= 4

    @property
    def under(self) -> float:
        """Underside of the slab above, over this storey."""
        return self.height + SLAB_TOP - (GROUND_DEPTH if self.index == 0 else SLAB_DEPTH)

    @property
    def beam(self) -> float:
        """Depth of the beams under that slab; the basement has none."""
        return 0.0 if self.index == 0 else 0.6 if self.podium else 0.5

    @property
    def soffit(self) -> float:
        """Underside of the beams."""
        return self.under - self.beam

    @property
    def ceiling(self) -> float:
        """Underside of the suspended ceiling; its top is 20 mm above."""
        return round(self.soffit - 0.75, 3)


def _floors() -> tuple[Floor, ...]:
    made, level = [Floor(0, "地下一层", -5.1, 5.1)], 0.0
    for index, name in enumerate("一二三四五六七八九十", 1):
        height = 4.5 if index <= 4 else 3.9
        made.append(Floor(index, f"{name}层", round(level, 3), height))
        level += height
    return tuple(made)


FLOORS = _floors()
OUTSIDE = Floor(-1, "室外地坪", -PLINTH, PLINTH)  # what stands on the ground; its level is local z = 0
BASEMENT, PODIUM, TOWER = FLOORS[0], FLOORS[1:5], FLOORS[5:]
ROOF_LEVEL = round(FLOORS[-1].level + FLOORS[-1].height, 3)
CORES = (2, 4, 7)  # the axis west of each core of concrete: stair, lifts, stair
CORE_LOW, CORE_HIGH = 59.9, 66.6
VOID = rectangle(AXIS[3] + 0.7, 24.45, AXIS[7] - 0.7, 31.9)  # of the atrium
STAIR_SIZE, STAIR_FOOT = (5.0, 3.3), 61.27  # of the core's stairs: length and width; where they start, along y
SIDE_STAIR_SIZE, SIDE_STAIRS = (5.6, 3.4), ((31.6, 42.0), (94.6, 42.0))
CANOPY_FEET = ((54.0, 16.5), (61.5, 16.5), (68.5, 16.5), (76.0, 16.5))  # columns of the entrance's canopy
EMERGENCY_FEET = ((111.4, 27.5), (111.4, 33.5), (111.4, 39.5))
SHAFT = (AXIS[2] + 5.0, 60.4, AXIS[2] + 7.8, 61.8)  # of the risers


def core(axis: int) -> tuple[float, float]:
    """Return the outer faces of a core along x."""
    return AXIS[axis] + 0.8, AXIS[axis + 1] - 0.8


def core_stair(axis: int) -> Point3:
    """Return the corner a core's stair starts from; it climbs along y and comes back to the west."""
    return (core(axis)[0] + 0.32 + STAIR_SIZE[1], STAIR_FOOT, 0.0)


def outline(out: float, podium: bool = True, tower: bool = True) -> list[Point]:
    """Return the plan's outline `out` metres beyond the outer axes, counter-clockwise."""
    west, east, low, high = AXIS[1] - out, AXIS[9] + out, ROW["A"] - out, ROW["D"] + out
    left, right, top = AXIS[2] - out, AXIS[8] + out, ROW["F"] + out
    if not podium:
        return rectangle(left, ROW["D"] - out, right, top)
    if not tower:
        return rectangle(west, low, east, high)
    return [
        (west, low),
        (east, low),
        (east, high),
        (right, high),
        (right, top),
        (left, top),
        (left, high),
        (west, high),
    ]


def holes(floor: Floor) -> list[list[Point]]:
    """Return the openings in a storey's slab: stairs, lifts, risers, atrium."""
    if floor.index == 0:
        return []
    made = [rectangle(*SHAFT)]
    for axis in (CORES[0], CORES[2]):
        x = core_stair(axis)[0]
        made.append(rectangle(x - STAIR_SIZE[1] - 0.01, STAIR_FOOT - 0.01, x + 0.01, STAIR_FOOT + STAIR_SIZE[0] + 0.02))
    x0, x1 = core(CORES[1])
    made.append(rectangle(x0 + 0.31, CORE_LOW + 0.31, x1 - 0.31, CORE_HIGH - 0.31))
    if 2 <= floor.index <= 4:
        made.append(list(VOID))
        length, width = SIDE_STAIR_SIZE
        for x, y in SIDE_STAIRS:
            made.append(rectangle(x - 0.01, y - 0.01, x + length + 0.02, y + width + 0.01))
    elif floor.index == 5:
        made.append(list(VOID))
    return made


def columns(floor: Floor) -> list[tuple[str, float, float]]:
    """Return the columns of a storey: name of the crossing, x, y."""
    made = []
    for row, y in ROW.items():
        wide = row in "ABCD" if floor.podium else False
        if floor.podium or row in "DEF":
            made += [(f"{n}-{row}", x, y) for n, x in AXIS.items() if wide or 2 <= n <= 8]
    return made


@dataclass
class Hospital(Plan):
    """One of the three files in the making."""

    label: str = ""
    seen: dict[str, int] = field(default_factory=dict)

    @property
    def w(self) -> IfcWriter:
        """The writer."""
        return self.b.w

    def storey(self, floor: Floor) -> Entity:
        """Return the entity of a storey."""
        return self.storeys[floor.name]

    def kind(self, ifc_class: str, name: str, items: Sequence[Entity] = (), **options: Any) -> Kind:
        """Return the type of that name, made when first asked for."""
        if name not in self.c.made:
            self.c.made[name] = self.b.kind(f"{ifc_class}Type", name, items, **options)
        return self.c.made[name]

    def key(self, name: str) -> str:
        """Return the key of the next element of that name: the name itself for the first."""
        self.seen[name] = self.seen.get(name, 0) + 1
        return name if self.seen[name] == 1 else f"{name}#{self.seen[name]}"

    def place(
        self,
        ifc_class: str,
        name: str,
        floor: Floor | None,
        at: Point3,
        kind: Kind | None,
        items: Sequence[Entity] = (),
        turn: float = 0.0,
        **attributes: Any,
    ) -> Entity:
        """Add an element to a storey, the roof for None; its shape is `items`, else its kind's."""
        storey = self.storeys["屋面"] if floor is None else self.storey(floor)
        key = self.key(name)
        made = self.b.add(
            ifc_class, name, storey, at, turn, items=items, kind=kind, storey=storey, key=key, **attributes
        )
        self.schedule(made, floor, at)
        return made

    def block(
        self, ifc_class: str, name: str, floor: Floor | None, low: Point3, high: Point3, kind: Kind, colour: str
    ) -> Entity:
        """Add an upright box between two corners, heights above the storey."""
        size = (high[0] - low[0], high[1] - low[1], high[2] - low[2])
        body = self.w.painted(self.w.box((0, 0, 0), size), colour)
        return self.place(ifc_class, name, floor, low, kind, [body])

    def schedule(self, element: Entity, floor: Floor | None, at: Point3) -> None:
        """Say in which section and when an element is built."""
        index = len(FLOORS) if floor is None else floor.index
        section = "住院楼" if at[1] > ROW["D"] + 0.3 or index > 4 else "门诊西段" if at[0] < AXIS[5] else "门诊东段"
        name = "屋面" if floor is None else floor.name
        start = {"结构": 0, "机电": 4, "建筑": 5}[self.label] + index
        facts = {
            "施工段": section,
            "楼层": name,
            "计划开始": ("IfcDate", month(start)),
            "计划完成": ("IfcDate", month(start + (1 if self.label == "结构" else 3))),
        }
        self.w.properties(element, "滨江_施工信息", facts)


def month(count: int) -> str:
    """Return the first day of the month that many months after March 2026.

    >>> month(0), month(10)
    ('2026-03-01', '2027-01-01')
    """
    year, index = divmod(2 + count, 12)
    return f"{2026 + year}-{index + 1:02d}-01"


def begin(label: str) -> Hospital:
    """Start one of the files: its storeys in the shared frame, without a georeference."""
    b = Building(
        IfcWriter("IFC4", 1, SEEDS[label]), HOSPITAL.name, f"{HOSPITAL.name}院区", "门急诊住院综合楼", "康宁路 33 号"
    )
    b.building.ObjectPlacement.RelativePlacement = b.w.axes((0, 0, PLINTH))
    made = Hospital(b, Catalogue(b), {}, label)
    made.storeys = {floor.name: b.storey(floor.name, floor.level) for floor in (FLOORS[0], OUTSIDE, *FLOORS[1:])}
    made.storeys["屋面"] = b.storey("屋面", ROOF_LEVEL)
    return made


def identity(label: str, name: str) -> str:
    """Return the GlobalId of the element of that key in that file."""
    return global_id(SEEDS[label], name)


def circle(radius: float, count: int = 24) -> list[Point]:
    """Return a ring of points, counter-clockwise."""
    return [(radius * math.cos(math.tau * i / count), radius * math.sin(math.tau * i / count)) for i in range(count)]
