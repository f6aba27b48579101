"""Which feature reaches into which tile of a zoom level, and the work of a level in portions."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tiles.cut import Units
from tiles.grid import BUFFER, EXTENT, morton, tile_from_morton
from tiles.ragged import ranges, starts_of
from tiles.shapes import Shapes

Ints = NDArray[np.int64]
PORTION = 120_000  # vertices: a worker's memory follows it, and so does how evenly two share the work
_MARGIN = BUFFER / EXTENT


@dataclass(frozen=True, slots=True)
class Plan:
    """Pairs of a tile and a feature, by the Morton code of the tile.

    tile : (p,) ascending Morton codes
    feature : (p,) index in the shapes of the level
    wrap : (p,) int8, turns round the globe
    portions : (k + 1,) starts of the portions, each of whole tiles
    """

    tile: Ints
    feature: Ints
    wrap: NDArray[np.int8]
    portions: Ints

    def units(self, portion: int, row: Ints) -> tuple[Units, Ints]:
        """Return the units of a portion, in each tile in the order of their rows, and which tile each lies in."""
        some = slice(int(self.portions[portion]), int(self.portions[portion + 1]))
        tile, feature, wrap = self.tile[some], self.feature[some], self.wrap[some]
        order = np.lexsort((row[feature], tile))
        tile, feature, wrap = tile[order], feature[order], wrap[order]
        x, y = tile_from_morton(tile)
        fresh = np.ones(len(tile), bool)
        fresh[1:] = tile[1:] != tile[:-1]
        return Units(feature, x, y, wrap.astype(np.int64)), np.cumsum(fresh) - 1

    def save(self, folder: Path) -> None:
        """Write one array per file."""
        for field in ("tile", "feature", "wrap", "portions"):
            np.save(folder / f"plan_{field}.npy", getattr(self, field))

    @classmethod
    def mapped(cls, folder: Path) -> "Plan":
        """Return a plan that was saved."""
        fields = ("tile", "feature", "wrap", "portions")
        return cls(*(np.load(folder / f"plan_{field}.npy", mmap_mode="r") for field in fields))


def plan_of(shapes: Shapes, zoom: int) -> Plan:
    """Find the tiles that each feature's box, with the buffer about the tile, reaches into."""
    last = (1 << zoom) - 1
    low = np.floor(shapes.box[:2] * 2.0**zoom - _MARGIN).astype(np.int64)
    high = np.floor(shapes.box[2:] * 2.0**zoom + _MARGIN).astype(np.int64)
    low[1], high[1] = np.clip(low[1], 0, last + 1), np.clip(high[1], -1, last)
    wide, tall = high - low + 1
    counts = wide * np.maximum(tall, 0)
    feature = np.repeat(np.arange(len(shapes)), counts)
    cell = ranges(np.zeros(len(shapes), np.int64), counts)
    down, right = np.divmod(cell, wide[feature])
    # a column beyond the edge is one on the other side; looked at from there, the feature lies a turn further
    turns, x = np.divmod(low[0, feature] + right, last + 1)
    tile = morton(x, low[1, feature] + down)
    order = np.argsort(tile, kind="stable")
    tile, feature = tile[order], feature[order]
    vertices = np.diff(shapes.vertices)[feature]
    return Plan(tile, feature, (-turns[order]).astype(np.int8), _portions(tile, vertices))


def _portions(tile: Ints, vertices: Ints) -> Ints:
    """Return the starts of runs of whole tiles with about `PORTION` vertices each."""
    begins = np.append(np.flatnonzero(np.diff(tile, prepend=-1)), len(tile))
    done = starts_of(vertices)[begins]
    number = done[:-1] // PORTION
    fresh = np.flatnonzero(np.diff(number, prepend=-1))
    return np.append(begins[:-1][fresh], len(tile))
