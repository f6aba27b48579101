"""Pairs of bodies that are no upright boxes: turned in space, round, hollow, cut, concave, mapped.

Round bodies become prisms of chords, so nothing may hang on the last few millimetres of a radius: overlaps are at least
10 mm and a twentieth of the radius, gaps at least 5 mm, depths are promised to a thirtieth of the radii.
"""

import math
from random import Random

import numpy as np

from sample_data.clash_truth import Body, Case, Matrix, moved, turned
from sample_data.clash_truth_boxes import block, lot, overlapping, verdict
from sample_data.clash_truth_convex import box_faces, overlap
from sample_data.writer import Point, Point3

FACETS = 1 / 30  # of a radius
ROUND_VOLUME = 0.04


def along(start: Point3, direction: Point3) -> Matrix:
    """Return the frame at `start` whose z axis points along `direction`."""
    z = np.array(direction, float) / math.hypot(*direction)
    x = np.cross((0.0, 1.0, 0.0) if abs(z[1]) < 0.9 else (0.0, 0.0, 1.0), z)
    x /= np.linalg.norm(x)
    matrix = np.eye(4)
    matrix[:3, 0], matrix[:3, 1], matrix[:3, 2], matrix[:3, 3] = x, np.cross(z, x), z, start
    return matrix


def pipe(start: Point3, direction: Point3, length: float, radius: float) -> Body:
    """Make a round bar."""
    return Body(along(start, direction), length, radius=radius, ifc_class="IfcPipeSegment")


def any_turn(r: Random) -> Matrix:
    """Draw a rotation in space."""
    w, x, y, z = (r.gauss(0, 1) for _ in range(4))
    n = math.hypot(w, x, y, z)
    w, x, y, z = w / n, x / n, y / n, z / n
    matrix = np.eye(4)
    matrix[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    return matrix


def tilted(r: Random) -> Case:
    """Boxes, each turned in space in its own way; the answer is one cut by the planes of the other."""
    while True:
        sizes = [[r.uniform(0.2, 2.5) for _ in range(3)] for _ in range(2)]
        places = [any_turn(r), moved(r.uniform(-1.5, 1.5), r.uniform(-1.5, 1.5), r.uniform(-1, 1)) @ any_turn(r)]
        a, b = (
            Body(m @ moved(-s[0] / 2, -s[1] / 2, -s[2] / 2), s[2], size=(s[0], s[1]), ifc_class="IfcBeam")
            for m, s in zip(places, sizes, strict=True)
        )
        first, second = (box_faces(body.place, s) for body, s in zip((a, b), sizes, strict=True))
        if overlap(first, second, grown=1e-3).volume == 0.0:
            return Case(a, b, "none")
        found = overlap(first, second)
        if found.depth > 3e-3 and found.volume < 0.99 * min(math.prod(s) for s in sizes):
            return Case(a, b, "hard", found.depth, found.volume, volume_within=max(2e-3, 3e-4 / found.depth))


def aligned_tilted(r: Random) -> Case:
    """Beams of one section in one line, turned in space together."""
    turn, width, height, long = any_turn(r), r.uniform(0.1, 0.5), r.uniform(0.1, 0.8), r.uniform(1, 3)
    kind = lot(r)
    into = {"in": r.uniform(0.005, 0.6 * long), "touch": 0.0, "gap": -r.uniform(0.001, 0.1)}[kind]
    a = Body(turn, long, size=(width, height), ifc_class="IfcBeam")
    b = Body(turn @ moved(0, 0, long - into), long, size=(width, height), ifc_class="IfcBeam")
    return verdict(a, b, into, (into, width, height))


def pipe_through_wall(r: Random) -> Case:
    """A pipe through a wall, straight or askew; or along the wall, in its face or beside it."""
    thick, radius, length = r.uniform(0.1, 0.3), r.uniform(0.03, 0.25), r.uniform(1.5, 3)
    wall = block((0, 0, 0), (4, thick, 3), "IfcWall")
    kind = lot(r, 0.8)
    if kind == "in" and r.random() < 0.6:
        angle = r.choice((0.0, math.radians(r.uniform(-30, 30))))
        axis = (math.sin(angle), math.cos(angle), 0.0)
        start = (2 - axis[0] * length / 2, thick / 2 - axis[1] * length / 2, r.uniform(0.5, 2.5))
        body = pipe(start, axis, length, radius)
        volume = math.pi * radius**2 * thick / math.cos(angle)
        # the thinner of the wall and the pipe, where one is clearly the thinner
        depth = thick if thick < 1.8 * radius else 2 * radius if angle == 0 and thick > 2.1 * radius else None
        within = 1e-4 if depth == thick else 2 * radius * FACETS
        return Case(wall, body, "hard", depth, volume, depth_within=within, volume_within=ROUND_VOLUME)
    if kind == "in":
        into = r.uniform(max(0.01, radius / 20), min(radius, thick))
        body = pipe((0.5, into - radius, 1.5), (1, 0, 0), length, radius)
        # the segment is wider than deep as long as less than half the pipe is in
        return Case(wall, body, "hard", into, None, depth_within=2 * radius * FACETS)
    gap = r.uniform(0.005, 0.1)
    return Case(wall, pipe((0.5, -gap - radius, 1.5), (1, 0, 0), length, radius), "none")


def pipes(r: Random) -> Case:
    """Two pipes: side by side, crossing, one in the other."""
    first, second, length = r.uniform(0.04, 0.3), r.uniform(0.04, 0.3), r.uniform(1, 3)
    a = pipe((0, 0, 0), (1, 0, 0), length, first)
    small = min(first, second)
    if r.random() < 0.15:
        inner = pipe((0.2, 0, 0), (1, 0, 0), length - 0.4, 0.6 * first)
        volume, width = math.pi * (0.6 * first) ** 2 * (length - 0.4), 1.2 * first
        within = width * FACETS
        return Case(a, inner, "contained", width, volume, depth_within=within, volume_within=ROUND_VOLUME)
    into = r.uniform(max(0.01, small / 20), small) if lot(r, 0.65) == "in" else -r.uniform(0.005, 0.1)
    apart = first + second - into
    if r.random() < 0.5:
        b = pipe((0.1, apart, 0), (1, 0, 0), length, second)
    else:
        b = pipe((length / 2, -length / 2, apart), (0, 1, 0), length, second)
    if into < 0:
        return Case(a, b, "none")
    return Case(a, b, "hard", into, depth_within=2 * (first + second) * FACETS)


def through_opening(r: Random) -> Case:
    """A wall with an opening: a duct or a pipe goes through it, fits it, or goes through the wall beside it."""
    thick, wide, high = r.uniform(0.1, 0.3), r.uniform(0.3, 0.8), r.uniform(0.3, 0.8)
    x, z = r.uniform(1.2, 1.8), r.uniform(0.8, 1.5)
    opening = ((x, -0.1, z), (x + wide, thick + 0.1, z + high))
    wall = Body(moved(0, 0, 0), 3.0, size=(4.0, thick), openings=(opening,), ifc_class="IfcWall")
    kind = lot(r, 0.5)
    if kind == "touch":
        return Case(wall, block((x, -0.5, z), (x + wide, 0.7, z + high), "IfcDuctSegment"), "touch")
    if kind == "gap":
        gap = r.uniform(0.005, 0.05)
        if r.random() < 0.5:
            low, high_corner = (x + gap, -0.5, z + gap), (x + wide - gap, 0.7, z + high - gap)
            return Case(wall, block(low, high_corner, "IfcDuctSegment"), "none")
        radius = min(wide, high) / 2 - gap
        return Case(wall, pipe((x + wide / 2, -0.5, z + high / 2), (0, 1, 0), 1.3, radius), "none")
    if r.random() < 0.5:  # a duct that is too wide on one side
        over = r.uniform(0.005, 0.3)
        duct = block((x + 0.02, -0.5, z + 0.02), (x + wide + over, 0.7, z + high - 0.02), "IfcDuctSegment")
        return overlapping(wall, duct, (over, thick, high - 0.04))
    radius = r.uniform(0.03, 0.2)
    body = pipe((x - radius - 0.05, -0.5, z + high / 2), (0, 1, 0), 1.3, radius)
    return Case(wall, body, "hard", None, math.pi * radius**2 * thick, volume_within=ROUND_VOLUME)


def notch(r: Random, arm: float, thick: float, deep: float, sign: float) -> tuple[Body, float, Point3]:
    """Draw a box in the notch of an L of that arm and thickness; return it, how far it is in, and the overlap."""
    into = {"in": r.uniform(0.003, 0.8 * thick), "touch": 0.0, "gap": -r.uniform(0.005, 0.2)}[lot(r, 0.5)]
    x, y = thick - into, thick + r.uniform(0.21, 0.4)
    wide, long, low = r.uniform(0.3, 0.5), r.uniform(0.2, 0.4), r.uniform(0, 0.2)
    high = low + r.uniform(0.1, deep - 0.3)
    left, right = sorted((sign * x, sign * (x + into + wide)))
    body = block((left, y, low), (right, y + long, high))
    assert y + long < arm
    return body, into, (into, long, high - low)


def angle(arm: float, thick: float) -> tuple[Point, ...]:
    """Return the outline of an L."""
    return ((0, 0), (arm, 0), (arm, thick), (thick, thick), (thick, arm), (0, arm))


def concave(r: Random) -> Case:
    """A box in the notch of an L: the boxes of the two overlap, the bodies only where it is pushed into a leg."""
    arm, thick, deep = r.uniform(1.2, 2.5), r.uniform(0.1, 0.3), r.uniform(0.5, 3)
    body, into, sides = notch(r, arm, thick, deep, 1.0)
    return verdict(Body(moved(0, 0, 0), deep, outline=angle(arm, thick), ifc_class="IfcBeam"), body, into, sides)


def channel(r: Random) -> Case:
    """A bar in a channel: between its legs, or longer than the channel is wide."""
    wide, arm, thick, deep = r.uniform(0.6, 1.5), r.uniform(0.4, 1), r.uniform(0.05, 0.2), r.uniform(1, 3)
    right = wide - thick
    outer = ((0.0, 0.0), (wide, 0.0), (wide, arm), (right, arm))
    outline = (*outer, (right, thick), (thick, thick), (thick, arm), (0.0, arm))
    a = Body(moved(0, 0, 0), deep, outline=outline, ifc_class="IfcBeam")
    kind = lot(r, 0.5)
    into = {"in": r.uniform(0.003, 0.8 * thick), "touch": 0.0, "gap": -r.uniform(0.005, 0.05)}[kind]
    low, high = (thick - into, thick + 0.05, 0.2), (right - 0.1, arm - 0.05, deep - 0.2)
    return verdict(a, block(low, high, "IfcMember"), into, (into, high[1] - low[1], deep - 0.4))


SHAPES: tuple[tuple[float, float, float], ...] = ((1.2, 0.1, 1.0), (1.5, 0.2, 2.0), (2.0, 0.15, 0.8), (1.8, 0.3, 3.0))


def mapped(r: Random) -> Case:
    """An L that many elements share by a map, as it is or mirrored, and a box in its notch."""
    number = r.randrange(len(SHAPES))
    arm, thick, deep = SHAPES[number]
    mirrored = r.random() < 0.4
    body, into, sides = notch(r, arm, thick, deep, -1.0 if mirrored else 1.0)
    turn = turned(r.uniform(0, 360))
    shared = Body(
        turn,
        deep,
        outline=angle(arm, thick),
        mapped=f"angle {number}",
        mirrored=mirrored,
        ifc_class="IfcMember",
    )
    put = Body(turn @ body.place, body.depth, size=body.size, ifc_class=body.ifc_class)
    return verdict(shared, put, into, sides)
