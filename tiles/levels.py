"""What a layer shows at each zoom level: everything at the deepest one, above it less and simpler from level to level.

Polygons too small to be seen give their area to a neighbour, which is drawn as a square of that area, so that a city
keeps its texture; lines go by their class first, so that those that stay are connected; of points that fall together
one stays.  Where a tile would still be too large, its smallest grow together further.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from tiles.columns import Columns
from tiles.grid import EXTENT, MORTON_ZOOM, morton_of
from tiles.ragged import ranges, row_of, starts_of, sums
from tiles.shapes import LINE, POINT, POLYGON, PORTION, Shapes, boxes_of
from twin.values.layer import BASE, CLASS, HEIGHT, NAME

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

LIMIT = 500_000  # bytes of a tile before compression, at most
AIM = 350_000  # what the estimate of a tile is brought below
STYLE = (NAME, CLASS, HEIGHT, BASE)  # the columns that remain where there is no room for all
TOLERANCE = 2.0  # grid steps by which a simplified line may be off: a quarter of a pixel
SEEN = 16.0  # grid steps squared, a quarter of a pixel: the least polygon that is drawn as it is
SEEN_LENGTH = 2.0  # grid steps, the same of a line
MOST_PRESSURE = 60  # more does not help: something is huge by itself
GROWTH = 1.5  # by which both grow where a tile is too full

# class of a line → how soon it goes where it gets crowded, and the least zoom at which it is shown
CLASS_RANKS: Mapping[str, tuple[int, int]] = {
    **{"motorway": (0, 0), "primary": (1, 5), "secondary": (2, 8), "tertiary": (3, 10)},
    **{"minor": (4, 12), "service": (5, 13), "path": (6, 13)},
    **{"rail": (0, 0), "subway": (1, 7), "tram": (2, 10)},
    **{"river": (0, 0), "canal": (1, 8), "stream": (2, 11)},
}
_LAST_RANK = 6


@dataclass(frozen=True, slots=True)
class Level:
    """A layer at a zoom level.

    shapes : simplified, in the order of `code`
    columns : all attributes, or those of `STYLE`; by row of the layer
    weight : (n,) area (polygons, world units squared) or length (lines, world units) that each stands for
    code : (n,) ascending Morton codes of the middles: each tile's own features stand together
    rank, least_zoom : (n,) of the line's class
    """

    zoom: int
    shapes: Shapes
    columns: Columns
    weight: Floats
    code: Ints
    rank: NDArray[np.int8]
    least_zoom: NDArray[np.int8]

    @property
    def importance(self) -> Floats:
        """How reluctantly each is left out, (n,)."""
        return self.weight - self.rank


def deepest(shapes: Shapes, columns: Columns, classes: "NDArray[np.object_] | None", zoom: int) -> Level:
    """Return the level that holds everything.

    classes : (n,) of every row of the layer, texts or None
    """
    code = morton_of((shapes.box[:2] + shapes.box[2:]) / 2)
    order = np.argsort(code, kind="stable")
    shapes = shapes.take(order)
    ranks = np.zeros((2, len(order)), np.int8)
    if classes is not None:
        known, index = np.unique([str(name) for name in classes], return_inverse=True)
        ranks = np.array([CLASS_RANKS.get(name, (0, 0)) for name in known.tolist()], np.int8).T[:, index[shapes.row]]
        ranks = np.where(shapes.types == LINE, ranks, 0).astype(np.int8)
    weight = np.where(shapes.types == LINE, _lengths(shapes), shapes.areas())
    return Level(zoom, shapes, columns, weight, code[order], ranks[0], ranks[1])


def coarser(level: Level) -> Level:
    """Return the next level towards the whole world."""
    zoom = level.zoom - 1
    step = 2.0**-zoom / EXTENT
    kept, square, columns = _choose(level, zoom, step)
    features = np.flatnonzero(kept)
    square = square[features]
    shapes = level.shapes if kept.all() else level.shapes.take(features)
    shapes = simplified(shapes, TOLERANCE * step)
    weight = np.maximum(level.weight[features], square)
    shapes = _with_squares(shapes, np.where(shapes.types == POLYGON, np.sqrt(square), 0.0))
    return Level(zoom, shapes, columns, weight, level.code[features], level.rank[features], level.least_zoom[features])


def _choose(level: Level, zoom: int, step: float) -> tuple[NDArray[np.bool_], Floats, Columns]:
    """Return what is kept, the weight of those that stand for others (else 0), and the attributes."""
    tile = level.code >> (2 * (MORTON_ZOOM - zoom))
    first = np.ones(len(tile), bool)
    first[1:] = tile[1:] != tile[:-1]
    starts = np.append(np.flatnonzero(first), len(tile))
    types = level.shapes.types
    weight = level.weight / np.where(types == POLYGON, step * step, step)
    vertices = np.diff(level.shapes.vertices)
    span = _extent(level.shapes) / step
    # no more vertices than the grid has room for, and of what spans many tiles each has its part
    geometry = 16.0 + 2.2 * np.where(types == POINT, vertices, np.minimum(vertices, 4 + span) / (1 + span / EXTENT))
    pressure = np.zeros(len(starts) - 1, np.int64)
    square: Floats
    kept, square = _thin(level, zoom, pressure, starts, weight)
    columns = level.columns
    cost = geometry + columns.cost.sum()
    if (sums(kept * cost, starts) > AIM).any():
        columns = columns.only(STYLE)
    cost = geometry + columns.cost.sum()
    busy = np.arange(len(starts) - 1)
    while True:
        full = sums(kept * np.where(square > 0, np.minimum(cost, 25 + columns.cost.sum()), cost), starts)[busy] > AIM
        busy = busy[full]
        if not len(busy) or pressure.max() > MOST_PRESSURE:
            return kept, np.where(types == POINT, 0, square * np.where(types == POLYGON, step * step, step)), columns
        pressure[busy] += 1
        sizes = np.diff(starts)[busy]
        some = ranges(starts[busy], sizes)
        kept[some], square[some] = _thin(_part(level, some), zoom, pressure[busy], starts_of(sizes), weight[some])


def _part(level: Level, some: Ints) -> Level:
    """Return what thinning asks of some features."""
    shapes = replace(level.shapes, types=level.shapes.types[some])
    return replace(
        level, shapes=shapes, code=level.code[some], rank=level.rank[some], least_zoom=level.least_zoom[some]
    )


def _thin(level: Level, zoom: int, pressure: Ints, starts: Ints, weight: Floats) -> tuple[NDArray[np.bool_], Floats]:
    """Return what is kept at a pressure per tile, and the weight of those that stand for others.

    weight : in grid steps (squared)
    """
    types, of = level.shapes.types, row_of(starts)
    line, point = types == LINE, types == POINT
    beyond = np.maximum(pressure - _LAST_RANK * bool(level.rank.any()), 0)[of]
    least: Floats = np.where(line, SEEN_LENGTH * GROWTH**beyond, SEEN * GROWTH ** pressure[of])
    shown = ~line | ((level.least_zoom <= zoom) & (level.rank <= np.maximum(_LAST_RANK - pressure[of], 0)))
    # the small give their weight to one of them, each time it has come to the least that is seen
    gathered: Floats = np.zeros(len(of))
    emitted = np.zeros(len(of), bool)
    small = (weight < least) & shown & ~point
    for kind in (line, types == POLYGON):
        chosen = np.flatnonzero(small & kind)
        if len(chosen):
            heap = weight[chosen] / least[chosen]
            running = np.cumsum(heap)
            before = running - heap
            begins = np.searchsorted(of[chosen], np.arange(len(starts) - 1))
            base = before[np.minimum(begins, len(chosen) - 1)][of[chosen]]
            emitted[chosen] = np.floor(running - base) > np.floor(before - base)
    kept = shown & (~small | emitted)
    # a tile that has something shows something
    alone = np.flatnonzero(small)
    alone = alone[np.diff(of[alone], prepend=-1) > 0]
    alone = alone[sums(kept, starts)[of[alone]] == 0]
    kept[alone] = emitted[alone] = True
    gathered[emitted] = least[emitted]
    chosen = np.flatnonzero(point)
    if len(chosen):
        shift = np.maximum(2 * (MORTON_ZOOM - zoom - 12) + 4 + pressure[of[chosen]], 0)
        cell = level.code[chosen] >> shift
        first = np.ones(len(chosen), bool)
        first[1:] = (cell[1:] != cell[:-1]) | (of[chosen][1:] != of[chosen][:-1])
        kept[chosen] = first
    return kept, gathered


def _extent(shapes: Shapes) -> Floats:
    """Return half the way round the boxes of the features, (n,) world."""
    west, north, east, south = shapes.box
    return np.asarray(east - west + south - north)


def _lengths(shapes: Shapes) -> Floats:
    """Return the (n,) lengths of lines; what others get has no meaning."""
    steps = np.hypot(*np.diff(shapes.xy, axis=1, append=shapes.xy[:, -1:])) if shapes.xy.shape[1] else np.zeros(0)
    steps[shapes.rings[1:] - 1] = 0
    return np.asarray(sums(steps, shapes.vertices))


def simplified(shapes: Shapes, tolerance: float) -> Shapes:
    """Leave out vertices of lines and rings that are not off by more than a tolerance (world); none vanishes."""
    counts = np.diff(shapes.rings)
    kind = np.repeat(shapes.types, np.diff(shapes.parts))
    closed = kind == POLYGON
    chosen = np.flatnonzero(np.where(closed, counts > 4, counts > 2) & (kind != POINT))
    if not len(chosen):
        return shapes
    closed = closed[chosen]
    firsts = shapes.rings[chosen]
    at = ranges(firsts, counts[chosen] + closed)
    run = starts_of(counts[chosen] + closed)
    at[run[1:][closed] - 1] = firsts[closed]  # back to where the ring began
    # in portions: GEOS's lines take ten times the memory of their vertices
    found = [_simplified(shapes.xy, at, run[i : i + PORTION + 1], tolerance) for i in range(0, len(chosen), PORTION)]
    vertices, left = np.concatenate([xy for xy, _ in found]), np.concatenate([count for _, count in found])
    begins = starts_of(left)[:-1]
    left = left - closed
    good = left >= np.where(closed, 3, 2)
    chosen, left, begins = chosen[good], left[good], begins[good]
    begin, length = shapes.rings[:-1].copy(), counts.copy()
    begin[chosen], length[chosen] = begins + shapes.xy.shape[1], left
    xy = np.concatenate([shapes.xy, vertices.T], axis=1).take(ranges(begin, length), axis=1)
    rings = starts_of(length)
    return replace(shapes, xy=xy, rings=rings, box=boxes_of(xy, rings[shapes.parts]))


def _simplified(xy: Floats, at: Ints, run: Ints, tolerance: float) -> tuple[Floats, Ints]:
    """Simplify lines of vertices `at[run[i] : run[i + 1]]`; return (m, 2) vertices left and how many of each."""
    lines = shapely.linestrings(xy[:, at[run[0] : run[-1]]].T, indices=row_of(run - run[0]))
    left = shapely.simplify(lines, tolerance, preserve_topology=False)
    return shapely.get_coordinates(left), shapely.get_num_coordinates(left).astype(np.int64)


def _with_squares(shapes: Shapes, side: Floats) -> Shapes:
    """Draw features as squares about their middles where `side` (n,), world, is not 0."""
    square = side > 0
    if not square.any():
        return shapes
    middle, half = ((shapes.box[:2] + shapes.box[2:]) / 2)[:, square], side[square] / 2
    corners = np.stack([np.stack([-half, half, half, -half]), np.stack([-half, -half, half, half])])
    drawn = (middle[:, None, :] + corners).transpose(0, 2, 1).reshape(2, -1)
    # one ring each: the first of the feature's, with other vertices
    parts = np.where(square, 1, np.diff(shapes.parts))
    rings = ranges(shapes.parts[:-1], parts)
    begin, length = shapes.rings[rings], np.diff(shapes.rings)[rings]
    first = starts_of(parts)[:-1][square]
    begin[first], length[first] = shapes.xy.shape[1] + 4 * np.arange(len(first)), 4
    xy = np.concatenate([shapes.xy, drawn], axis=1).take(ranges(begin, length), axis=1)
    starts, at = starts_of(length), starts_of(parts)
    return replace(shapes, xy=xy, rings=starts, exterior=shapes.exterior[rings], parts=at, box=boxes_of(xy, starts[at]))
