"""Pairs of upright boxes: aligned, flush, nested, touching, nearly touching; the answers are differences of numbers.

Each function makes one pair from a random generator.  Lengths are metres.
"""

import math
from random import Random

from sample_data.clash_truth import Body, Case, moved
from sample_data.writer import Point3

SMALL = 0.5e-3  # no answer hangs on less than this, except where a class is about just that


def block(low: Point3, high: Point3, ifc_class: str = "IfcBeam") -> Body:
    """Make an upright box between two corners."""
    size = tuple(q - p for p, q in zip(low, high, strict=True))
    return Body(moved(*low), size[2], size=(size[0], size[1]), ifc_class=ifc_class)


def overlapping(a: Body, b: Body, sides: Point3) -> Case:
    """Return the case of two bodies whose overlap is a box of those sides; of a thin one, 0.1 mm is a large share."""
    return Case(a, b, "hard", min(sides), math.prod(sides), volume_within=max(2e-3, 1e-4 / min(sides)))


def lot(r: Random, positive: float = 0.7) -> str:
    """Draw what a pair is to be: "in", with that probability, else "touch" or "gap"."""
    drawn = r.random()
    return "in" if drawn < positive else "touch" if drawn < (1 + positive) / 2 else "gap"


def shift(r: Random, kind: str, most: float, least: float = 0.005) -> float:
    """Draw how far one body goes into the other: below zero is a gap."""
    return {"in": r.uniform(least, most), "touch": 0.0, "gap": -r.uniform(0.001, 0.1)}[kind]


def verdict(a: Body, b: Body, into: float, sides: Point3) -> Case:
    """Return the case of two bodies of which one goes `into` the other, the overlap being a box of those sides."""
    if into > 0:
        return overlapping(a, b, sides)
    return Case(a, b, "none" if into < 0 else "touch", distance=-into)


def collinear(r: Random) -> Case:
    """Beams of one section in one line: all four sides are flush."""
    width, height, first, second = r.uniform(0.1, 0.6), r.uniform(0.2, 1.5), r.uniform(1, 3), r.uniform(1, 3)
    into = shift(r, lot(r), 0.6 * min(first, second))
    a = block((0, 0, 0), (first, width, height))
    b = block((first - into, 0, 0), (first - into + second, width, height))
    return verdict(a, b, into, (into, width, height))


def junction(r: Random) -> Case:
    """Walls of one height that meet in a T: one ends inside the other, at times at its far face."""
    long, first, second, height = r.uniform(2, 4), r.uniform(0.1, 0.4), r.uniform(0.1, 0.4), r.uniform(2, 4)
    into = first if r.random() < 0.2 else shift(r, lot(r), first)
    start = r.uniform(0.3, long - 0.3 - second)
    a = block((0, 0, 0), (long, first, height), "IfcWall")
    b = block((start, into - r.uniform(1, 3), 0), (start + second, into, height), "IfcWall")
    return verdict(a, b, into, (into, second, height))


def flush_corner(r: Random) -> Case:
    """Walls of one height that meet in an L, outer faces flush on both sides."""
    first, second, height = r.uniform(0.1, 0.4), r.uniform(0.1, 0.4), r.uniform(2, 4)
    long, other = r.uniform(1, 4), r.uniform(1, 4)
    kind = lot(r)
    start = {"in": 0.0, "touch": first, "gap": first + r.uniform(0.001, 0.1)}[kind]
    a = block((0, 0, 0), (long, first, height), "IfcWall")
    b = block((0, start, 0), (second, start + other, height), "IfcWall")
    return verdict(a, b, first - start, (first, second, height))


def column_in_slab(r: Random) -> Case:
    """A column that goes through a slab and ends flush with its top."""
    long, wide, thick = r.uniform(2, 5), r.uniform(2, 5), r.uniform(0.1, 0.4)
    x, y, side, other = r.uniform(0.3, 0.9), r.uniform(0.3, 0.9), r.uniform(0.2, 0.8), r.uniform(0.2, 0.8)
    kind = lot(r)
    top = {"in": 0.0, "touch": -thick, "gap": -thick - r.uniform(0.001, 0.1)}[kind]
    a = block((0, 0, -thick), (long, wide, 0), "IfcSlab")
    b = block((x, y, -3.2), (x + side, y + other, top), "IfcColumn")
    return verdict(a, b, top + thick, (side, other, thick))


def column_in_corner(r: Random) -> Case:
    """A column in the corner of a slab, flush with its top and two of its sides."""
    long, wide, thick = r.uniform(2, 5), r.uniform(2, 5), r.uniform(0.1, 0.4)
    side, other = r.uniform(0.2, 0.8), r.uniform(0.2, 0.8)
    kind = lot(r)
    top = -thick - r.uniform(0.001, 0.1) if kind == "gap" else 0.0
    x = -side if kind == "touch" else 0.0
    a = block((0, 0, -thick), (long, wide, 0), "IfcSlab")
    b = block((x, 0, -3.2), (x + side, other, top), "IfcColumn")
    return verdict(a, b, {"in": thick, "touch": 0.0, "gap": top + thick}[kind], (side, other, thick))


def duplicate(r: Random) -> Case:
    """The same box twice; or moved along itself, so that it is none."""
    x, y, z = r.uniform(0.1, 3), r.uniform(0.1, 3), r.uniform(0.1, 3)
    a = block((0, 0, 0), (x, y, z))
    if r.random() < 0.6:
        return Case(a, a, "duplicate", min(x, y, z), x * y * z)
    into = {"in": r.uniform(0.3, 0.7) * x, "touch": 0.0, "gap": -r.uniform(0.001, 0.1)}[lot(r, 0.4)]
    return verdict(a, block((x - into, 0, 0), (2 * x - into, y, z)), into, (into, y, z))


def embedded(r: Random) -> Case:
    """A member inside a wall, one face flush with the wall's; or half outside; or on the wall."""
    long, thick, height = r.uniform(2, 4), r.uniform(0.2, 0.5), r.uniform(2, 4)
    wide, high, deep = r.uniform(0.3, 1.5), r.uniform(0.05, 0.5), r.uniform(0.05, 0.15)
    x, z = r.uniform(0.05, 0.4), r.uniform(0.05, 1.0)
    kind = lot(r, 0.8)
    out = {"in": 0.0 if r.random() < 0.7 else deep / 2, "touch": deep, "gap": deep + r.uniform(0.001, 0.1)}[kind]
    a = block((0, 0, 0), (long, thick, height), "IfcWall")
    b = block((x, -out, z), (x + wide, deep - out, z + high), "IfcMember")
    if out == 0.0:
        return Case(a, b, "contained", min(wide, high, deep), wide * high * deep)
    return verdict(a, b, deep - out, (wide, high, deep - out))


def enclosed(r: Random) -> Case:
    """A box wholly inside another; or in the hollow of a tube, where nothing is."""
    x, y, z = r.uniform(1, 3), r.uniform(1, 3), r.uniform(1, 3)
    margin = [r.uniform(0.02, 0.3) for _ in range(6)]
    low: Point3 = (margin[0], margin[1], margin[2])
    high: Point3 = (x - margin[3], y - margin[4], z - margin[5])
    b = block(low, high, "IfcMember")
    if r.random() < 0.65:
        sides = [q - p for p, q in zip(low, high, strict=True)]
        return Case(block((0, 0, 0), (x, y, z)), b, "contained", min(sides), math.prod(sides))
    gap = r.uniform(0.005, 0.019)
    (x0, y0), (x1, y1) = (low[0] - gap, low[1] - gap), (high[0] + gap, high[1] + gap)
    hole = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    tube = Body(moved(0, 0, 0), z, outline=((0, 0), (x, 0), (x, y), (0, y)), holes=(hole,), ifc_class="IfcBeam")
    return Case(tube, b, "none", distance=gap)


def scattered(r: Random) -> Case:
    """Boxes of random sizes at random places."""
    while True:
        first = [(0.0, r.uniform(0.1, 3)) for _ in range(3)]
        second = [(low := r.uniform(-1.5, 1.8), low + r.uniform(0.1, 3)) for _ in range(3)]
        sides = [min(p[1], q[1]) - max(p[0], q[0]) for p, q in zip(first, second, strict=True)]
        if abs(min(sides)) < SMALL or 0 < min(sides) < 2.5e-3:
            continue
        a = block(*(tuple(p[i] for p in first) for i in (0, 1)))  # type: ignore[arg-type]
        b = block(*(tuple(p[i] for p in second) for i in (0, 1)))  # type: ignore[arg-type]
        if min(sides) < 0:
            return Case(a, b, "none", distance=math.hypot(*(min(0.0, side) for side in sides)))
        share = max(math.prod(sides) / math.prod(q - p for p, q in box) for box in (first, second))
        if share > 1 - 1e-9:
            return Case(a, b, "contained", min(sides), math.prod(sides))
        if share < 0.99:
            return overlapping(a, b, (sides[0], sides[1], sides[2]))


def touching_faces(r: Random) -> Case:
    """Boxes whose faces meet in full, or that are pushed into each other by a little."""
    x, y, z, other = (r.uniform(0.2, 2) for _ in range(4))
    into = r.uniform(2.5e-3, 0.05) if r.random() < 0.4 else 0.0
    return verdict(block((0, 0, 0), (x, y, z)), block((x - into, 0, 0), (x + other, y, z)), into, (into, y, z))


def touching_edges(r: Random) -> Case:
    """Boxes that meet in an edge or a corner, or that are pushed into each other by a little."""
    x, y, z, other = (r.uniform(0.2, 2) for _ in range(4))
    into = r.uniform(2.5e-3, 0.05) if r.random() < 0.4 else 0.0
    corner = r.random() < 0.5
    bottom, deep = (z - into, into) if corner else (0.0, min(z, other))
    b = block((x - into, y - into, bottom), (x + other, y + other, bottom + other))
    return verdict(block((0, 0, 0), (x, y, z)), b, into, (into, into, deep))


CLEARANCE = 0.05


def clearance(r: Random) -> Case:
    """Boxes whose gap is the clearance, a tenth of a millimetre more or less: across a face, an edge or a corner."""
    wanted = CLEARANCE + r.choice((-1e-4, 1e-4))
    x, y, z = r.uniform(0.2, 2), r.uniform(0.2, 2), r.uniform(0.2, 2)
    if r.random() < 0.3:  # by size: boxes that differ by less than a millimetre are not the same
        x, y, z = 1.0 + CLEARANCE - wanted, 0.5, 0.5
        a, b = block((0, 0, 0), (x, y, z)), block((1.0 + CLEARANCE, 0, 0), (2.0 + CLEARANCE, 0.5, 0.5))
    else:
        axes = r.choice((1, 2, 3))
        parts = [r.uniform(0.3, 1.0) if axis < axes else 0.0 for axis in range(3)]
        gap = [wanted * part / math.hypot(*parts) for part in parts]
        low = (x + gap[0], (y if axes > 1 else 0.0) + gap[1], (z if axes > 2 else 0.0) + gap[2])
        b = block(low, (low[0] + r.uniform(0.2, 2), low[1] + r.uniform(0.2, 2), low[2] + r.uniform(0.2, 2)))
        a = block((0, 0, 0), (x, y, z))
    return Case(a, b, "clearance" if wanted < CLEARANCE else "none", distance=wanted)


def tolerance(r: Random) -> Case:
    """Overlaps of 1, 1.9, 2.1 and 3 mm where 2 mm are allowed."""
    into = r.choice((1e-3, 1.9e-3, 2.1e-3, 3e-3))
    x, y, z, other = (r.uniform(0.2, 2) for _ in range(4))
    inset = r.choice((0.0, r.uniform(0.01, 0.05)))
    a = block((0, 0, 0), (x, y, z))
    b = block((x - into, inset, inset), (x + other, y - inset, z - inset))
    sides = (into, y - 2 * inset, z - 2 * inset)
    if into > 2e-3:
        return overlapping(a, b, sides)
    return Case(a, b, "touch", into, math.prod(sides))


def centimetre(r: Random) -> Case:
    """A gap of 10 mm is no clash where no clearance is asked for; 10 mm deep is one."""
    into = r.choice((-0.01, 0.01))
    x, y, z, other = (r.uniform(0.2, 2) for _ in range(4))
    return verdict(block((0, 0, 0), (x, y, z)), block((x - into, 0, 0), (x + other, y, z)), into, (into, y, z))
