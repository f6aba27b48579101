"""A plain house on a rectangle: floors, outer walls with windows and doors, a flat roof with its parapet. Metres."""

import math
from dataclasses import dataclass, field

from sample_data.building import Kind
from sample_data.catalogue import Plan
from sample_data.parts import Hole, rectangle, slab, wall
from sample_data.writer import Entity, IfcWriter, Point

THICK = 0.25
SIDES = "南东北西"


@dataclass(frozen=True)
class Block:
    """What to build.

    area : x0, y0, x1, y1 of the outer walls' axes
    floors : storeys from below, each with its height
    roof : the storey that the roof stands on, None where `parapet` stands on the uppermost floor's own storey
    colours : of the outer walls, floor by floor; the last one serves all above
    pitch : distance of the windows
    doors : side, distance of the left edge from the side's beginning (counter-clockwise), type
    rooms : use of each floor's space
    """

    name: str
    area: tuple[float, float, float, float]
    floors: tuple[tuple[str, float], ...]
    colours: tuple[str, ...]
    window: Kind
    pitch: float = 4.0
    sill: float = 0.9
    doors: tuple[tuple[str, float, Kind], ...] = ()
    rooms: tuple[str, ...] = ()
    parapet: float = 0.6
    bare: tuple[str, ...] = field(default=())  # sides without windows


def block(p: Plan, what: Block) -> None:
    """Add the house."""
    x0, y0, x1, y1 = what.area
    inner = rectangle(x0 + THICK / 2, y0 + THICK / 2, x1 - THICK / 2, y1 - THICK / 2)
    for number, (name, height) in enumerate(what.floors):
        storey = p.storeys[name]
        slab(p.b, storey, f"{what.name}{name}楼板", inner, (-0.15, 0.0), colour="清水混凝土", kind=p.c.slab())
        _walls(p, what, number)
        if number < len(what.rooms):
            p.b.space(storey, f"{what.name}-{number + 1}F", what.rooms[number], inner, height - 0.15)
    name, height = what.floors[-1]
    storey, top = p.storeys[name], height
    out = 0.35
    kind = p.c.slab("屋面板", "ROOF", external=True)
    outline = rectangle(x0 - out, y0 - out, x1 + out, y1 + out)
    slab(p.b, storey, f"{what.name}屋面", outline, (top, top + 0.15), colour="浅灰涂料", kind=kind, use="ROOF")
    for side, ends in zip(SIDES, _sides(what, THICK / 2), strict=True):
        label = f"{what.name}{side}女儿墙"
        heights = (top + 0.15, top + 0.15 + what.parapet)
        wall(p.b, storey, label, ends, 0.2, heights=heights, colour=what.colours[-1], kind=p.c.outer_wall())


def _sides(what: Block, half: float) -> list[tuple[Point, Point]]:
    """Return the four sides, counter-clockwise from the south; north and south take the corners."""
    x0, y0, x1, y1 = what.area
    return [
        ((x0 - half, y0), (x1 + half, y0)),
        ((x1, y0 + half), (x1, y1 - half)),
        ((x1 + half, y1), (x0 - half, y1)),
        ((x0, y1 - half), (x0, y0 + half)),
    ]


def _walls(p: Plan, what: Block, number: int) -> None:
    name, height = what.floors[number]
    colour = what.colours[min(number, len(what.colours) - 1)]
    for side, ends in zip(SIDES, _sides(what, THICK / 2), strict=True):
        length = abs(ends[1][0] - ends[0][0]) + abs(ends[1][1] - ends[0][1])
        doors = [
            Hole(
                offset,
                0.0,
                kind.size["OverallWidth"] / p.b.w.unit,
                kind.size["OverallHeight"] / p.b.w.unit,
                "IfcDoor",
                kind,
            )
            for where, offset, kind in what.doors
            if where == side and number == 0
        ]
        holes = _named(sorted([*doors, *_windows(p, what, side, length, doors)], key=lambda hole: hole.offset))
        label = f"{what.name}{name}{side}外墙"
        wall(
            p.b,
            p.storeys[name],
            label,
            ends,
            THICK,
            heights=(0, height),
            colour=colour,
            kind=p.c.outer_wall(),
            holes=holes,
        )


def _windows(p: Plan, what: Block, side: str, length: float, doors: list[Hole]) -> list[Hole]:
    """Return the windows of a side, at even distances, but where a door is."""
    if side in what.bare:
        return []
    width = what.window.size["OverallWidth"] / p.b.w.unit
    height = what.window.size["OverallHeight"] / p.b.w.unit
    count = int((length - 1.0) // what.pitch)
    first = (length - (count - 1) * what.pitch - width) / 2
    holes = [Hole(first + i * what.pitch, what.sill, width, height, "IfcWindow", what.window) for i in range(count)]
    return [
        hole
        for hole in holes
        if all(hole.offset > d.offset + d.width + 0.15 or hole.offset + width + 0.15 < d.offset for d in doors)
    ]


def _named(holes: list[Hole]) -> list[Hole]:
    """Name what fills the openings after its type."""
    return [
        Hole(
            h.offset,
            h.sill,
            h.width,
            h.height,
            h.fill,
            h.kind,
            f"{h.kind.entity.Name} 外{'窗' if h.fill == 'IfcWindow' else '门'}",
        )
        for h in holes
        if h.kind is not None
    ]


def tree_items(w: IfcWriter, height: float = 5.8, radius: float = 2.0) -> list[Entity]:
    """Return a tree, its foot at the origin: a trunk and a crown of eight sides."""
    rings = ((0.28, 0.5), (0.45, 0.95), (0.68, 1.0), (0.88, 0.6))
    points = [
        (radius * part * math.cos(math.tau * i / 8), radius * part * math.sin(math.tau * i / 8), height * z)
        for z, part in rings
        for i in range(8)
    ]
    points += [(0.0, 0.0, height * 0.24), (0.0, 0.0, height)]
    faces = [[32, (i + 1) % 8, i] for i in range(8)] + [[24 + i, 24 + (i + 1) % 8, 33] for i in range(8)]
    for ring in range(0, 24, 8):
        for i in range(8):
            a, b = ring + i, ring + (i + 1) % 8
            faces += [[a, b, b + 8], [a, b + 8, a + 8]]
    trunk = w.painted(w.box((-0.13, -0.13, 0.0), (0.13, 0.13, height * 0.4)), "深色木")
    return [trunk, w.painted(w.polyhedron(points, faces), "树冠")]
