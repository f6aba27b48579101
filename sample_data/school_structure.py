"""The two wings of 河东小学教学楼: their plan, columns, beams, slabs, corridors and roofs. Metres."""

import math
from itertools import pairwise

from sample_data.building import Kind
from sample_data.catalogue import Plan
from sample_data.parts import Hole, railing, rectangle, slab, wall
from sample_data.writer import Entity, Point, Point3

ROOM, DEEP, WALK = 9.0, 7.2, 2.4  # a classroom along the corridor, across it, and the corridor's width
HEIGHT = 3.6
STOREYS = ("一层", "二层", "三层", "四层")
LONG, SHORT = 6, 3  # classrooms in the long wing and in the short one, which has a storey less
STAIRS = 5.4  # width of a stair hall
PLINTH = 0.3  # the ground floor above the ground


class Wing:
    """One wing in its own axes: x along the corridor, y from the corridor's edge over the rooms to the outer wall."""

    def __init__(self, origin: Point, turn: float, length: float, name: str) -> None:
        self.origin, self.turn, self.length, self.name = origin, turn, length, name

    def at(self, x: float, y: float) -> Point:
        """Return the place of wing coordinates in the building."""
        cos, sin = math.cos(self.turn), math.sin(self.turn)
        return (round(self.origin[0] + cos * x - sin * y, 9), round(self.origin[1] + sin * x + cos * y, 9))

    def ends(self, x0: float, y0: float, x1: float, y1: float) -> tuple[Point, Point]:
        """Return two places."""
        return self.at(x0, y0), self.at(x1, y1)

    def area(self, x0: float, y0: float, x1: float, y1: float) -> list[Point]:
        """Return the corners of a rectangle, counter-clockwise."""
        return [self.at(x, y) for x, y in rectangle(x0, y0, x1, y1)]


# The long wing runs west, rooms to the south; the short one runs south, rooms to the east, and closes the corner.
DEPTH = WALK + DEEP
STAIR, STAIR_FOOT = (5.5, 4.6), 3.6  # length and width of a stair; where it starts, across the wing
WEST = Wing((LONG * ROOM + STAIRS, DEPTH), math.pi, LONG * ROOM + STAIRS, "A")
SOUTH = Wing((WEST.length, SHORT * ROOM + STAIRS), -math.pi / 2, SHORT * ROOM + STAIRS, "B")
ABUTS = SOUTH.length - DEPTH  # where the short wing meets the long one, along itself


def _bounds(wing: Wing, rooms: int) -> list[float]:
    """Return the grid lines along a wing."""
    return [*(i * ROOM for i in range(rooms + 1)), wing.length]


def _stair_hole(wing: Wing) -> list[Point]:
    x, (length, width) = wing.length - 0.4, STAIR
    return wing.area(x - width - 0.02, STAIR_FOOT, x + 0.02, STAIR_FOOT + length + 0.02)


def structure(p: Plan, wing: Wing, rooms: int, floor: int) -> None:
    """Slab, columns, beams and corridor railings of one storey."""
    storey, b, grid = p.storeys[STOREYS[floor]], p.b, _bounds(wing, rooms)
    label = f"{wing.name}区{STOREYS[floor]}"
    outline = wing.area(0.13 if wing is SOUTH else 0.0, -0.02, wing.length - 0.13, DEPTH - 0.13)
    holes = [_stair_hole(wing)] if floor else []
    slab(b, storey, f"{label}楼板", outline, (-0.15, 0.0), colour="清水混凝土", kind=p.c.slab(), holes=holes)
    column = p.c.column(0.4, HEIGHT - 0.15)
    for i, x in enumerate(grid):
        for j, y in enumerate((0.2, WALK, DEPTH)):
            px, py = wing.at(min(max(x, 0.2), wing.length - 0.2) if j == 0 else x, y)
            name = f"{wing.name}-{i + 1}-{'ABC'[j]}"
            made = b.add("IfcColumn", f"柱 {name}", storey, (px, py, 0.0), wing.turn, kind=column, storey=storey)
            b.w.properties(made, "滨江_施工信息", {"施工段": f"{wing.name}区", "轴线": name})
        deep = p.c.beam(DEPTH - 0.6, 0.25, 0.5)
        px, py = wing.at(min(x, wing.length - 0.13), 0.4)
        place = (px, py, HEIGHT - 0.15)
        b.add("IfcBeam", f"横梁 {wing.name}-{i + 1}", storey, place, wing.turn + math.pi / 2, kind=deep, storey=storey)
    for i, (x0, x1) in enumerate(pairwise(grid)):
        start, stop = max(x0, 0.2) + 0.2, min(x1, wing.length - 0.2) - 0.2
        px, py = wing.at(start, 0.2)
        beam = p.c.beam(stop - start, 0.25, 0.5)
        place = (px, py, HEIGHT - 0.15)
        b.add("IfcBeam", f"走廊梁 {wing.name}-{i + 1}", storey, place, wing.turn, kind=beam, storey=storey)
        if floor:
            _corridor_rail(p, wing, storey, (start, stop))
    if floor:
        ends = (0.0, wing.length) if wing is SOUTH else (wing.length,)
        for end in ends:
            x = min(max(end, 0.1), wing.length - 0.1)
            _rail(p, storey, wing.at(x, 0.45), wing.at(x, WALK - 0.15), 0.0)


def _corridor_rail(p: Plan, wing: Wing, storey: Entity, span: tuple[float, float]) -> None:
    start, stop = span
    if wing is SOUTH:
        stop = min(stop, ABUTS)  # beyond, the long wing's corridor comes in
    if stop - start > 0.5:
        _rail(p, storey, wing.at(start, 0.12), wing.at(stop, 0.12), 0.0)


def _rail(p: Plan, storey: Entity, start: Point, stop: Point, level: float) -> None:
    ends: tuple[Point3, Point3] = ((*start, level), (*stop, level))
    railing(p.b, storey, "走廊栏杆", ends, "银白铝合金", p.c.railing("铝合金栏杆"))


def roof(p: Plan, wing: Wing, rooms: int, floors: int) -> None:
    """The flat roof of a wing: a parapet round the long one, a terrace with railings on the short one."""
    b, storey = p.b, p.storeys[(*STOREYS, "屋面")[floors]]
    kind = p.c.slab("屋面板", "ROOF", external=True)
    out = 0.5 if wing is WEST else 0.13
    outline = wing.area(-out if wing is WEST else -0.13, -0.5, wing.length + out, DEPTH + out)
    holes = [_stair_hole(wing)] if wing is WEST else []
    colour = "浅灰涂料" if wing is WEST else "陶土面砖"
    slab(b, storey, f"{wing.name}区屋面", outline, (-0.15, 0.02), colour=colour, kind=kind, holes=holes, use="ROOF")
    outer = p.c.outer_wall()
    sides = {
        "外侧": wing.ends(-0.1, DEPTH, wing.length + 0.1, DEPTH),
        "内侧": wing.ends(-0.1, -0.35, (ABUTS if wing is SOUTH else wing.length) + 0.1, -0.35),
        "端部": wing.ends(wing.length, -0.2, wing.length, DEPTH - 0.1),
        "首端": wing.ends(0.0, -0.2, 0.0, DEPTH - 0.1),
    }
    for label, ends in sides.items():
        name, top = f"{wing.name}区{label}女儿墙", 1.0 if wing is WEST else 0.45
        wall(b, storey, name, ends, 0.2, heights=(0.02, top), colour="米白涂料", kind=outer)
        if wing is SOUTH:
            _rail(p, storey, *ends, 0.45)
    if wing is WEST:
        _head_house(p, wing, rooms, storey)


def _head_house(p: Plan, wing: Wing, rooms: int, storey: Entity) -> None:
    """The little house over the stair that leads to the roof."""
    x0, x1, high = rooms * ROOM, wing.length - 0.3, 3.0
    door = p.c.door(1.0, 2.1, "深色木")
    hole = Hole(0.6, 0.05, 1.0, 2.1, "IfcDoor", door, "M1021 屋面门")
    kind: Kind = p.c.outer_wall()
    sides = {
        "北": (wing.ends(x0, WALK, x1, WALK), [hole]),
        "南": (wing.ends(x0, DEPTH - 0.3, x1, DEPTH - 0.3), []),
        "东": (wing.ends(x0, WALK + 0.125, x0, DEPTH - 0.425), []),
        "西": (wing.ends(x1, WALK + 0.125, x1, DEPTH - 0.425), []),
    }
    for label, (ends, holes) in sides.items():
        name = f"出屋面楼梯间{label}墙"
        wall(p.b, storey, name, ends, 0.25, heights=(0.02, high), colour="陶土面砖", kind=kind, holes=holes)
    outline = wing.area(x0 - 0.4, WALK - 0.4, x1 + 0.4, DEPTH + 0.1)
    roof_kind = p.c.slab("屋面板", "ROOF", external=True)
    slab(p.b, storey, "楼梯间屋面", outline, (high, high + 0.15), colour="浅灰涂料", kind=roof_kind, use="ROOF")
