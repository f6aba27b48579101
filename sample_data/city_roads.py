"""Streets of the sample city: the sketched main roads, and the streets that grow between them.

A face between main roads is cut again and again across its long side until it is as small as the blocks of its quarter.
A cut prefers to go on from a street that ends on the other side of the road, so that streets run through.
"""

import heapq
import math
from dataclasses import dataclass, field, replace

import numpy as np
import shapely
import shapely.ops

from sample_data import city_plan as plan
from sample_data import sites
from sample_data.city_plan import CITY, EXPRESSWAY, MAIN, MANNERS, MINOR, RING, RIVER, SECOND, WALK
from sample_data.city_shapes import Floats, Geometries, Geometry, direction, frames, parts

KEPT = tuple(site for site in sites.SITES if site is not sites.VIADUCT)  # a street may run below the viaduct
QUARTER = np.array([[0.0, 1.0], [-1.0, 0.0]])  # turns a row vector to the left by a right angle
RANKS = {EXPRESSWAY: 0, MAIN: 1, SECOND: 2, MINOR: 3, WALK: 4}


@dataclass(frozen=True)
class Street:
    """A street: centre line in the plan's frame, metres; the name of grown streets is given later."""

    name: str
    rank: str
    width: float
    line: Geometry
    manner: str = ""
    bridge: bool = False
    one_way: bool = False


class Quarters:
    """Which manner of building, and which bearing of streets, is where."""

    def __init__(self) -> None:
        self.tree = shapely.STRtree(shapely.points([(q[0], q[1]) for q in plan.QUARTERS]))
        self.inside = shapely.Polygon(RING.line)
        shapely.prepare(self.inside)

    def at(self, points: Geometries) -> tuple[list[str], Floats]:
        """Return manner (n) and bearing (n,) in degrees at points."""
        nearest = self.tree.nearest(points)
        inside = shapely.contains(self.inside, points)
        manners = [plan.QUARTERS[i][2] if ok else "fringe" for i, ok in zip(nearest, inside, strict=True)]
        for i in np.flatnonzero(shapely.contains(plan.PARK, points)):
            manners[i] = "park"
        for x, y, radius, manner in plan.SUBURBS:
            for i in np.flatnonzero(~inside & (shapely.distance(points, shapely.Point(x, y)) < radius)):
                manners[i] = manner
        return manners, np.array([plan.QUARTERS[i][3] for i in nearest], float)


def main_roads() -> list[Street]:
    """Return the sketched roads and the drives along the river, loose ends trimmed."""
    streets = [Street(r.name, r.rank, r.width, shapely.intersection(r.line, CITY)) for r in plan.ROADS]
    for side, names in ((-1, ("滨江北路", "滨江路", "滨江南路")), (1, ("沿江北大道", "沿江大道", "沿江南大道"))):
        drive = shapely.intersection(shapely.simplify(shapely.offset_curve(RIVER, side * plan.BANK), 0.5), CITY)
        for name, low, high in zip(names, (5720, 3260, -1), (9600, 5720, 3260), strict=True):
            piece = shapely.intersection(drive, shapely.box(-1, low, 20000, high))
            streets.append(Street(name, MAIN if side > 0 else SECOND, 30, shapely.line_merge(piece)))
    lines = np.array([street.line for street in streets])
    sketched = len(plan.ROADS)  # the drives end where the next drive begins
    return [replace(s, line=trimmed(i, lines)) if i < sketched else s for i, s in enumerate(streets)]


def trimmed(row: int, lines: Geometries, least: float = 90.0) -> Geometry:
    """Return a line without the short ends that it has beyond the last road it crosses."""
    line = lines[row]
    if line.is_ring:
        return line
    others = np.delete(lines, row)
    crossings = shapely.get_parts(shapely.intersection(line, others))
    at = np.sort(shapely.line_locate_point(line, shapely.centroid(crossings[~shapely.is_empty(crossings)])))
    length = shapely.length(line)
    inside = shapely.contains_properly(CITY.buffer(-1.0), shapely.points([line.coords[0], line.coords[-1]]))
    start = at[0] if len(at) and inside[0] and 0 < at[0] < least else 0.0
    end = at[-1] if len(at) and inside[1] and length - least < at[-1] < length else length
    return shapely.ops.substring(line, start, end)


@dataclass
class Growth:
    """Streets in the making; `ends` are (x, y, dx, dy, street) of every end of a grown street."""

    rng: np.random.Generator
    quarters: Quarters
    keep: Geometries
    ends: Floats = field(default_factory=lambda: np.zeros((6000, 5)))
    count: int = 0
    lines: list[Geometry] = field(default_factory=list)
    ranks: list[tuple[str, float, str]] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)

    def add(self, line: Geometry, rank: tuple[str, float, str], parent: int) -> None:
        """Add a street that goes on from the street `parent`, or from none (-1)."""
        at = shapely.get_coordinates(line)
        for end, inner in ((at[0], at[1]), (at[-1], at[-2])):
            along = (end - inner) / np.linalg.norm(end - inner)
            self.ends[self.count] = (*end, *along, len(self.lines))
            self.count += 1
        self.lines.append(line)
        self.ranks.append(rank)
        self.parent.append(parent)


def grow(faces: Geometries, rng: np.random.Generator) -> Growth:
    """Return the streets that divide the faces between the main roads into blocks."""
    growth = Growth(rng, Quarters(), np.array([plan.site_ground(site, 24.0) for site in KEPT]))
    heap = [(-face.area, i, face) for i, face in enumerate(faces)]
    heapq.heapify(heap)
    number = len(heap)
    while heap:
        area, _, face = heapq.heappop(heap)
        names, bearings = growth.quarters.at(np.array([face.representative_point()]))
        manner = MANNERS[names[0]]
        if -area < manner.block * 1e4 * rng.uniform(1.1, 1.9):
            continue
        for piece in cut(growth, face, names[0], float(bearings[0])):
            heapq.heappush(heap, (-piece.area, number, piece))
            number += 1
    return growth


def rank_of(area: float, manner: str) -> tuple[str, float, str]:
    """Return rank, width and manner of the street that cuts a face of so many square metres."""
    if manner in {"fringe", "park"}:
        return MINOR, MANNERS[manner].minor, manner
    if area > max(28e4, MANNERS[manner].block * 4e4) or (manner == "old" and area > 14e4):
        return SECOND, 20.0 if manner == "old" else 28.0, manner
    return MINOR, MANNERS[manner].minor, manner


def cut(growth: Growth, face: Geometry, name: str, bearing: float) -> list[Geometry]:
    """Cut a face by a new street and return the pieces; none when no cut is good."""
    _, axes, lengths, widths = frames(np.array([face]))
    if widths[0] < 45 or (lengths[0] < 150 and name != "old"):
        return []
    first = across(axes[0], bearing, growth.rng)
    return cut_along(growth, face, name, first) or cut_along(growth, face, name, np.array([-first[1], first[0]]))


def cut_along(growth: Growth, face: Geometry, name: str, along: Floats) -> list[Geometry]:
    """Cut a face by a new street in the direction `along` (2,); return the pieces, none when no cut is good."""
    normal = np.array([-along[1], along[0]])
    ring = shapely.get_coordinates(face)
    offsets = ring @ normal
    low, high = offsets.min(), offsets.max()
    near = nearby_ends(growth, face)
    snaps = near[abs(near[:, 2:4] @ along) > 0.94]
    free = low + (high - low) * (0.5 + growth.rng.uniform(-0.16, 0.16, 9) * np.linspace(0.6, 1.7, 9))
    all_offsets = np.concatenate([free, snaps[:, :2] @ normal])
    parents = np.concatenate([np.full(len(free), -1), snaps[:, 4]]).astype(int)
    reach = np.array([(ring @ along).min() - 5, (ring @ along).max() + 5])
    rays = shapely.linestrings(all_offsets[:, None, None] * normal + reach[None, :, None] * along)
    chords = shapely.intersection(rays, face)
    fractions = (all_offsets - low) / (high - low)
    hopes = abs(fractions - 0.5) - 0.25 * (parents >= 0)  # no cut is better than its hope
    wobble, best, best_cost = MANNERS[name].wobble, None, 1.0
    turns = ring[corners(ring)]
    for i in np.argsort(hopes, kind="stable"):
        if hopes[i] >= best_cost:
            break
        chord = longest(chords[i])
        if chord is not None and 0.22 < fractions[i] < 0.78:
            cost = hopes[i] + judged(growth, face, chord, turns, near, wobble)
            if cost < best_cost:
                best, best_cost = (chord, parents[i]), cost
    if best is None:
        return []
    line = bent(best[0], wobble, growth.rng)
    pieces, _ = parts(np.array([shapely.polygonize([shapely.union(face.exterior, lengthened(line))])]))
    if len(pieces) < 2:
        return []
    rank = rank_of(face.area, name)
    if best[1] >= 0 and growth.ranks[best[1]][2] == name and rank[0] == MINOR and face.area > 11e4:
        rank = growth.ranks[best[1]]
    growth.add(line, rank, best[1])
    return list(pieces)


def across(axis: Floats, bearing: float, rng: np.random.Generator) -> Floats:
    """Return the direction (2,) of a cut across a face: the quarter's bearing if that is nearly square to the face."""
    square: Floats = axis @ QUARTER
    for turn in (bearing, bearing + 90):
        grid = direction(turn + rng.normal(0.0, 0.8))
        if abs(grid @ square) > math.cos(math.radians(24)):
            return grid
    return square


def nearby_ends(growth: Growth, face: Geometry) -> Floats:
    """Return the ends (n, 5) of grown streets on the border of a face."""
    west, south, east, north = face.bounds
    ends: Floats = growth.ends[: growth.count]
    x, y = ends[:, 0], ends[:, 1]
    ends = ends[(x > west - 1) & (x < east + 1) & (y > south - 1) & (y < north + 1)]
    if not len(ends):
        return ends
    on = np.asarray(shapely.distance(shapely.points(ends[:, :2]), face.exterior) < 0.5)
    found: Floats = ends[on]
    return found


def longest(chord: Geometry) -> Geometry:
    """Return the longest line of what a ray has in common with a face."""
    lines = shapely.get_parts(chord)
    return lines[np.argmax(shapely.length(lines))] if len(lines) else None


def judged(growth: Growth, face: Geometry, chord: Geometry, turns: Floats, near: Floats, wobble: float) -> float:
    """Return how bad a cut is that leaves the corners `turns` (n, 2) and ends `near` (n, 5); 1 and more is no cut."""
    length = shapely.length(chord)
    if length < 30 or shapely.intersects(growth.keep, chord).any():
        return 2.0
    middle = shapely.line_interpolate_point(chord, [0.25, 0.5, 0.75], normalized=True)
    if shapely.distance(middle, face.exterior).min() < 34 + 1.4 * wobble * length:
        return 2.0
    slant = slants(face.exterior, chord)
    if slant < 32:
        return 2.0
    cost = 0.3 * (slant < 50)
    ends = shapely.get_coordinates(chord)[[0, -1]]
    if len(turns):
        away = np.sqrt(((ends[:, None] - turns[None]) ** 2).sum(axis=2)).min(axis=1)
        cost += 0.25 * float((away < 34).sum())
    if len(near):
        gap = np.sqrt(((ends[:, None] - near[None, :, :2]) ** 2).sum(axis=2)).min(axis=1)
        cost += 0.2 * float(((gap > 1.0) & (gap < 45)).sum())
    return cost


def slants(ring: Geometry, chord: Geometry) -> float:
    """Return the smaller of the angles at which a chord meets a ring, degrees."""
    ends = shapely.get_coordinates(chord)[[0, -1]]
    at = shapely.line_locate_point(ring, shapely.points(ends))
    before = shapely.get_coordinates(shapely.line_interpolate_point(ring, np.maximum(at - 3, 0.0)))
    after = shapely.get_coordinates(shapely.line_interpolate_point(ring, np.minimum(at + 3, ring.length)))
    side, along = after - before, ends[1] - ends[0]
    cosine = abs(side @ along) / np.maximum(np.linalg.norm(side, axis=1) * np.linalg.norm(along), 1e-9)
    return float(np.degrees(np.arccos(np.clip(cosine.max(), 0.0, 1.0))))


def corners(ring: Floats) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Return which vertices of a closed ring (n, 2) are corners of more than 25 degrees."""
    step = np.diff(np.vstack([ring[-2], ring, ring[1]]), axis=0)
    step /= np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-9)
    return np.asarray((step[:-1] * step[1:]).sum(axis=1) < math.cos(math.radians(25)))


def bent(line: Geometry, wobble: float, rng: np.random.Generator) -> Geometry:
    """Return the line with a slight bend, as old streets have."""
    (x0, y0), (x1, y1) = shapely.get_coordinates(line)[[0, -1]]
    amount = rng.normal(0.0, wobble, 2)
    if abs(amount).max() < 0.004:
        return shapely.LineString([(x0, y0), (x1, y1)])
    t = np.linspace(0.0, 1.0, 7)
    aside = amount[0] * np.sin(np.pi * t) + 0.5 * amount[1] * np.sin(2 * np.pi * t)
    return shapely.LineString(
        np.column_stack([x0 + (x1 - x0) * t - (y1 - y0) * aside, y0 + (y1 - y0) * t + (x1 - x0) * aside])
    )


def lengthened(line: Geometry, by: float = 0.02) -> Geometry:
    """Return the line, a little longer at both ends, so that it surely meets what it was cut at."""
    at = shapely.get_coordinates(line)
    first, last = at[0] - at[1], at[-1] - at[-2]
    at[0] += first / np.linalg.norm(first) * by
    at[-1] += last / np.linalg.norm(last) * by
    return shapely.LineString(at)


def superblocks(streets: list[Street], barriers: list[Geometry]) -> Geometries:
    """Return the faces between main roads and barriers (canals, railway), without those along the river."""
    sketched = len(plan.ROADS)  # their ends were computed; those of the drives meet exactly
    lines = [lengthened(s.line) for s in streets[:sketched] if not s.line.is_ring]
    lines += (
        [s.line for s in streets if s.line.is_ring] + [s.line for s in streets[sketched:]] + barriers + [CITY.exterior]
    )
    faces, _ = parts(np.array([shapely.polygonize([shapely.union_all(lines)])]), 500.0)
    in_river = shapely.distance(shapely.point_on_surface(faces), RIVER) < plan.BANK
    return faces[~in_river]


def streets_of(growth: Growth, closed: Geometry) -> list[Street]:
    """Return the grown streets, joined where one goes on from another, cut off at `closed` ground."""
    root = list(range(len(growth.lines)))
    for i, parent in enumerate(growth.parent):
        if parent >= 0 and growth.ranks[i][:2] == growth.ranks[parent][:2]:
            root[i] = root[parent]
    streets = []
    roots = np.array(root)
    lines = np.array(growth.lines, dtype=object)
    shapely.prepare(closed)
    touched = shapely.intersects(lines, closed)
    lines[touched] = shapely.difference(lines[touched], closed)
    for i in np.unique(roots):
        merged = shapely.get_parts(shapely.line_merge(shapely.union_all(lines[roots == i])))
        rank, width, manner = growth.ranks[i]
        streets += [Street(f"#{i}", rank, width, line, manner) for line in merged if line.length > 25]
    return streets


def carriageways(streets: list[Street]) -> Geometries:
    """Return the ground (n,) of the streets: centre line and half the width to either side."""
    lines = np.array([street.line for street in streets])
    halves = np.array([street.width / 2 for street in streets])
    return shapely.buffer(lines, halves, cap_style="flat", join_style="round", quad_segs=4)


def with_bridges(streets: list[Street], water: Geometry) -> list[Street]:
    """Return the streets with the pieces over water as features of their own."""
    lines = np.array([street.line for street in streets])
    shapely.prepare(water)
    wet = shapely.intersects(water, lines)
    over = shapely.buffer(water, 6.0)
    result = []
    for street, is_wet in zip(streets, wet, strict=True):
        if not is_wet:
            result.append(street)
            continue
        for bridge, line in ((True, street.line.intersection(over)), (False, street.line.difference(over))):
            pieces = shapely.get_parts(shapely.line_merge(line) if line.geom_type != "LineString" else line)
            result += [replace(street, line=piece, bridge=bridge) for piece in pieces if piece.length > 1]
    return result
