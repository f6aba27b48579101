"""The stock of buildings in the making: rectangles with a kind of outline, filled into a parcel in rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from sample_data.city_shapes import Floats, Geometries, Geometry, boxes, direction, frames, stamped

Chosen = NDArray[np.object_]


@dataclass
class Stock:
    """Buildings as columns; `add` takes a batch of buildings that share their axis and use."""

    kinds: list[Chosen] = field(default_factory=list)
    numbers: list[Floats] = field(default_factory=list)  # x, y, axis x, axis y, width, depth, floors, height, year
    uses: list[Chosen] = field(default_factory=list)
    names: list[Chosen] = field(default_factory=list)
    fields: list[tuple[str, Geometry]] = field(default_factory=list)  # sports grounds and gardens: name, polygon

    def add(
        self,
        rects: "Rects",
        kinds: str | Sequence[str] | Chosen,
        use: str,
        floors: "Floats | float",
        height: "Floats | float",
        years: "Floats | float",
        name: str = "",
    ) -> None:
        """Add a building in each rectangle (n,); every other value is one for all or an array (n,)."""
        count = len(rects.widths)
        if not count:
            return
        columns = [rects.centres, rects.axes, rects.widths, rects.depths, floors, height, years]
        spread = [np.broadcast_to(np.asarray(c, float), (count,)) if np.ndim(c) < 2 else c for c in columns]
        self.numbers.append(np.column_stack(spread))
        self.kinds.append(np.full(count, kinds, dtype=object) if isinstance(kinds, str) else np.array(kinds, object))
        self.uses.append(np.full(count, use, dtype=object))
        self.names.append(np.full(count, name, dtype=object))

    def polygons(self) -> tuple[Geometries, Floats, Chosen, Chosen]:
        """Return polygons (n,), floors, height and year (n, 3), uses (n,) and names (n,)."""
        numbers = np.vstack(self.numbers)
        kinds = np.concatenate(self.kinds).astype(str)
        shapes = stamped(kinds, numbers[:, :2], numbers[:, 2:4], numbers[:, 4], numbers[:, 5])
        return shapes, numbers[:, 6:], np.concatenate(self.uses), np.concatenate(self.names)


@dataclass(frozen=True, slots=True)
class Rects:
    """Rectangles: centres (n, 2), axes (n, 2), widths (n,) along and depths (n,) across the axes, metres."""

    centres: Floats
    axes: Floats
    widths: Floats
    depths: Floats

    def __len__(self) -> int:
        return len(self.widths)

    def __getitem__(self, rows: NDArray[np.generic]) -> "Rects":
        return Rects(self.centres[rows], self.axes[rows], self.widths[rows], self.depths[rows])

    def polygons(self) -> Geometries:
        """Return the rectangles as polygons (n,)."""
        return boxes(self.centres, self.axes, self.widths, self.depths)


NONE = Rects(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0), np.zeros(0))


def single(x: float, y: float, bearing: float, width: float, depth: float) -> Rects:
    """Return one rectangle around a point."""
    return Rects(np.array([[x, y]]), direction(bearing)[None], np.array([float(width)]), np.array([float(depth)]))


def moved(rects: Rects, along: float, across: float, width: float, depth: float) -> Rects:
    """Return the first rectangle moved along and across its axis, with another size."""
    axis = rects.axes[:1]
    normal = np.column_stack([-axis[:, 1], axis[:, 0]])
    return Rects(rects.centres[:1] + axis * along + normal * across, axis, np.array([width]), np.array([depth]))


def rows_in(
    ground: Geometry,
    bearing: float,
    depth: float,
    length: float,
    gap: float,
    spacing: float,
    rng: np.random.Generator,
) -> Rects:
    """Return rows of rectangles that fill a polygon.

    bearing : of the rows, degrees; depth, length : of a rectangle; gap : between neighbours; spacing : between rows
    """
    if ground.is_empty or ground.area < depth * length * 0.6:
        return NONE
    axis = direction(bearing)
    turn = np.column_stack([axis, [-axis[1], axis[0]]])  # row vectors of the map times this are row vectors of the rows
    turned = shapely.transform(ground, lambda at: at @ turn)
    west, south, east, north = turned.bounds
    count = int((north - south - depth) // (depth + spacing)) + 1
    if count < 1:
        return NONE
    slack = (north - south - depth - (count - 1) * (depth + spacing)) / count
    slack = min(slack, 0.8 * spacing + 2)  # rows spread out a little to fill the ground
    first = (north - south - count * depth - (count - 1) * (spacing + slack * 0.6)) / 2
    lower = south + first + np.arange(count) * (depth + spacing + slack * 0.6)
    edges = np.concatenate([lower + 0.02, lower + depth - 0.02])
    ends = np.stack([np.column_stack([np.full(2 * count, x), edges]) for x in (west - 1, east + 1)], axis=1)
    found, source = shapely.get_parts(shapely.intersection(shapely.linestrings(ends), turned), return_index=True)
    low, high = chords(found, source, 2 * count)
    x0, x1 = np.maximum(low[:count], low[count:]) + 0.25, np.minimum(high[:count], high[count:]) - 0.25
    room = x1 - x0
    units = np.maximum(np.floor((room + gap) / (length * rng.uniform(0.9, 1.15, count) + gap)), 0)
    units = np.where((units == 0) & (room > 0.62 * length), 1, units).astype(int)
    each = np.minimum((room - (units - 1) * gap) / np.maximum(units, 1), length * 1.3)
    step = np.where(units > 1, (room - each) / np.maximum(units - 1, 1), 0.0)
    step = np.minimum(step, each + 2.2 * gap)
    row = np.repeat(np.arange(count), units)
    place = np.arange(len(row)) - np.repeat(np.cumsum(units) - units, units)
    rest = room - each - step * np.maximum(units - 1, 0)
    x = (x0 + each / 2 + rest / 2)[row] + place * step[row]
    centres = np.column_stack([x, lower[row] + depth / 2]) @ turn.T
    rects = Rects(centres, np.repeat(axis[None], len(row), axis=0), each[row], np.full(len(row), float(depth)))
    shapely.prepare(ground)
    return rects[shapely.contains(ground, rects.polygons())]


def chords(lines: Geometries, source: NDArray[np.intp], count: int) -> tuple[Floats, Floats]:
    """Return least and greatest x (count,) of the longest of the level lines that belong to each row."""
    low, high = np.zeros(count), np.zeros(count)
    full = ~shapely.is_empty(lines)  # a row beside every part of the ground has an empty line in common with it
    lines, source = lines[full], source[full]
    if len(lines):
        bounds = shapely.bounds(lines)
        order = np.argsort(bounds[:, 2] - bounds[:, 0], kind="stable")
        low[source[order]], high[source[order]] = bounds[order, 0], bounds[order, 2]
    return low, high


def aligned(lot: Geometry, bearing: float) -> float:
    """Return the bearing of a parcel's own sides, the one within 45 degrees of `bearing`."""
    axis = frames(np.array([lot]))[1][0]
    own = float(np.degrees(np.arctan2(axis[1], axis[0])))
    away = (own - bearing + 45) % 90 - 45
    return bearing + away


def largest(ground: Geometry, aspect: float = 10.0) -> Rects:
    """Return a large rectangle inside a polygon, along its least box, at most `aspect` times as long as wide."""
    if ground.is_empty:
        return NONE
    centres, axes, lengths, widths = frames(np.array([ground]))
    along, across = (g.ravel() for g in np.meshgrid(np.linspace(1.0, 0.3, 15), np.linspace(1.0, 0.3, 15)))
    dx, dy = (g.ravel() for g in np.meshgrid([0.0, -0.08, 0.08, -0.16, 0.16], [0.0, -0.08, 0.08]))
    w, d = np.repeat(lengths * along, len(dx)), np.repeat(widths * across, len(dx))
    w = np.minimum(w, d * aspect)
    shift = np.column_stack([np.tile(dx, len(along)) * lengths, np.tile(dy, len(along)) * widths])
    axis = axes[0]
    turn = np.vstack([axis, [-axis[1], axis[0]]])
    order = np.argsort(-w * d, kind="stable")
    shapely.prepare(ground)
    for some in np.array_split(order, 12):
        rects = Rects(centres + shift[some] @ turn, np.repeat(axes, len(some), axis=0), w[some], d[some])
        inside = np.flatnonzero(shapely.contains(ground, rects.polygons()))
        if len(inside):
            return rects[inside[:1]]
    return NONE


def facing_south(rects: Rects) -> Rects:
    """Return the rectangles with their axes turned by quarters until they point nearly east."""
    swap = abs(rects.axes[:, 1]) > abs(rects.axes[:, 0])
    axes = np.where(swap[:, None], np.column_stack([rects.axes[:, 1], -rects.axes[:, 0]]), rects.axes)
    axes = np.where(axes[:, :1] < 0, -axes, axes)
    return Rects(
        rects.centres, axes, np.where(swap, rects.depths, rects.widths), np.where(swap, rects.widths, rects.depths)
    )
